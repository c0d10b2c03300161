//! Images as layouts and archives list them, by names that any program may have written.
//!
//! A name is a full reference (`docker.io/library/alpine:3`), a short one (`alpine:3`), or a bare tag (`3`), which says
//! nothing of a repository. It stands in one annotation or in two: containerd's and the image layout's own (image-spec,
//! "Pre-Defined Annotation Keys").

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::oci::descriptor::Annotations;
use crate::oci::{Descriptor, Digest, Name, Reference, Tag};

use super::layout::{CONTAINERD_NAME, REF_NAME};

/// An image of a layout or an archive.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What it is: the index, if it is one.
    pub root: Descriptor,
    /// Its full names, each with a tag or a digest.
    pub references: Vec<Reference>,
    /// All its names as they are written, bare tags among them: text of strangers.
    pub names: Vec<String>,
    /// Whether its manifest was made here, from docker's list: then nobody else knows its digest.
    pub made: bool,
}

impl Listed {
    /// Whether a bare tag among its names is `tag`, or the tag of a full one.
    fn is_tagged(&self, tag: &Tag) -> bool {
        let mut full = self.references.iter();
        full.any(|name| name.tag.as_ref() == Some(tag))
            || self.names.iter().any(|name| name == tag.as_str())
    }

    /// The tags among its names, each once: those of full names, then bare ones.
    #[must_use]
    pub fn tags(&self) -> Vec<Tag> {
        let full = self.references.iter().filter_map(|name| name.tag.clone());
        let bare = self.names.iter().filter_map(|name| name.parse().ok());
        let mut tags: Vec<Tag> = Vec::new();
        for tag in full.chain(bare) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }
}

/// What an image is to be called in an `index.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryName {
    /// The text that readers of layouts ask for (`skopeo copy oci:DIR:TEXT`).
    pub written: String,
    /// The full name, for those that know repositories.
    pub full: Option<Reference>,
}

impl From<Reference> for EntryName {
    fn from(full: Reference) -> Self {
        Self {
            written: full.to_string(),
            full: Some(full),
        }
    }
}

impl EntryName {
    /// Reads what somebody wants an image of `repository` to be called: a bare tag, which is one of that repository, or
    /// a name with a repository of its own. Either is written as it is.
    ///
    /// # Errors
    /// `Reference` when it is neither.
    pub fn parse(text: &str, repository: Option<&Name>) -> Result<Self> {
        let full = match text.parse::<Tag>() {
            Ok(tag) => repository.map(|name| name.with_tag(&tag)),
            Err(_) => Some(tagged(text)?),
        };
        Ok(Self {
            written: text.to_owned(),
            full,
        })
    }

    /// The same where names are docker's: a bare word is a repository.
    ///
    /// # Errors
    /// `Reference` when it is none.
    pub fn parse_docker(text: &str) -> Result<Self> {
        Ok(tagged(text)?.into())
    }

    /// The tag in it.
    #[must_use]
    pub fn tag(&self) -> String {
        let tag = self.full.as_ref().and_then(|full| full.tag.as_ref());
        tag.map_or_else(|| self.written.clone(), ToString::to_string)
    }

    /// The annotations that carry it.
    pub(in crate::store) fn annotations(&self) -> Annotations {
        let written = (REF_NAME.to_owned(), self.written.as_str().into());
        let full = self.full.as_ref().map(ToString::to_string);
        let full = full.map(|full| (CONTAINERD_NAME.to_owned(), full.as_str().into()));
        std::iter::once(written).chain(full).collect()
    }
}

/// A full name with a tag.
fn tagged(text: &str) -> Result<Reference> {
    let full: Reference = text.parse()?;
    if full.digest.is_some() {
        return Err(Error::Usage {
            message: format!("{text}: an image is called by a tag, not by its digest"),
            hint: None,
        });
    }
    Ok(full.or_latest())
}

/// The images that descriptors of an `index.json` list, in their order, each once.
pub(in crate::store) fn listed(descriptors: Vec<Descriptor>) -> Vec<Listed> {
    let mut all: Vec<Listed> = Vec::new();
    let mut known: HashMap<Digest, usize> = HashMap::new();
    for descriptor in descriptors {
        let (names, reference) = names(&descriptor);
        let at = *known.entry(descriptor.digest).or_insert(all.len());
        if at == all.len() {
            all.push(Listed {
                root: descriptor,
                references: Vec::new(),
                names: Vec::new(),
                made: false,
            });
        }
        all[at].references.extend(reference);
        all[at].names.extend(names);
    }
    all
}

/// The names of one entry as they are written, and the full one.
fn names(descriptor: &Descriptor) -> (Vec<String>, Option<Reference>) {
    let written = descriptor.annotation(REF_NAME);
    let full = descriptor.annotation(CONTAINERD_NAME);
    let tag: Option<Tag> = written.and_then(|written| written.parse().ok());
    if let (Some(tag), Some(known)) = (&tag, full.and_then(full_name))
        && known.tag.as_ref() != Some(tag)
    {
        // umoci gives an image another tag and leaves the full name as it was.
        return (vec![tag.to_string()], Some(known.name.with_tag(tag)));
    }
    let mut names: Vec<String> = [full, written]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    names.dedup();
    let reference = names.iter().find_map(|name| full_name(name));
    (names, reference)
}

/// A name of an image with its repository; a bare tag has none.
pub(in crate::store) fn full_name(text: &str) -> Option<Reference> {
    let named = text.contains(['/', ':']);
    let reference: Option<Reference> = named.then(|| text.parse().ok()).flatten();
    reference.filter(|reference| reference.tag.is_some() || reference.digest.is_some())
}

/// The images that `name` can mean: those that have exactly that name; where there is none, those whose full name it is
/// in short (`alpine` for `docker.io/library/alpine:latest`); where there is none either, those of that tag.
#[must_use]
pub fn meant<'a>(all: &'a [Listed], name: &str) -> Vec<&'a Listed> {
    let exact = matching(all, |listed| listed.names.iter().any(|known| known == name));
    if !exact.is_empty() {
        return exact;
    }
    if let Ok(full) = name.parse::<Reference>().map(Reference::or_latest) {
        let short = matching(all, |listed| listed.references.contains(&full));
        if !short.is_empty() {
            return short;
        }
    }
    match name.parse::<Tag>() {
        Ok(tag) => matching(all, |listed| listed.is_tagged(&tag)),
        Err(_) => Vec::new(),
    }
}

fn matching(all: &[Listed], meets: impl Fn(&Listed) -> bool) -> Vec<&Listed> {
    all.iter().filter(|listed| meets(listed)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::MediaType;

    fn entry(content: u8, names: &[(&str, &str)]) -> Descriptor {
        let mut entry = Descriptor::new(MediaType::OCI_MANIFEST, Digest::of(&[content]), 1);
        let names = names
            .iter()
            .map(|(key, name)| ((*key).to_owned(), (*name).into()));
        entry.annotations = Some(names.collect());
        entry
    }

    fn sample() -> Vec<Listed> {
        listed(vec![
            entry(1, &[(REF_NAME, "v1")]),
            entry(
                2,
                &[
                    (REF_NAME, "3.20"),
                    (CONTAINERD_NAME, "docker.io/library/alpine:3.20"),
                ],
            ),
            entry(3, &[(REF_NAME, "busybox:1.36")]),
            entry(1, &[(REF_NAME, "docker.io/team/app:v1")]),
            entry(4, &[(REF_NAME, "ghcr.io/other/alpine:edge")]),
            entry(5, &[]),
        ])
    }

    fn found(name: &str) -> Vec<Digest> {
        let all = sample();
        let meant = meant(&all, name);
        meant.iter().map(|listed| listed.root.digest).collect()
    }

    #[test]
    fn an_image_is_listed_once_with_all_its_names() {
        let all = sample();
        assert_eq!(all.len(), 5);
        assert_eq!(all[0].names, ["v1", "docker.io/team/app:v1"]);
        assert_eq!(all[0].references.len(), 1);
        assert_eq!(all[0].tags(), ["v1".parse().unwrap()]);
        assert!(all[4].names.is_empty() && all[4].tags().is_empty());
        assert_eq!(
            all[1].references[0].to_string(),
            "docker.io/library/alpine:3.20"
        );
    }

    #[test]
    fn of_names_that_disagree_the_one_that_readers_of_layouts_ask_for_counts() {
        let names = [(REF_NAME, "v8"), (CONTAINERD_NAME, "docker.io/team/app:v7")];
        let all = listed(vec![entry(1, &names)]);
        assert_eq!(all[0].references[0].to_string(), "docker.io/team/app:v8");
        assert!(meant(&all, "v7").is_empty() && !meant(&all, "v8").is_empty());
    }

    #[test]
    fn a_name_may_be_exact_short_or_a_tag() {
        let one = |content: u8| vec![Digest::of(&[content])];
        assert_eq!(found("v1"), one(1));
        assert_eq!(found("team/app:v1"), one(1));
        assert_eq!(found("alpine:3.20"), one(2));
        assert_eq!(found("3.20"), one(2));
        assert_eq!(found("busybox:1.36"), one(3));
        assert_eq!(found("docker.io/library/busybox:1.36"), one(3));
        assert_eq!(found("1.36"), one(3));
        assert_eq!(found("edge"), one(4));
        assert!(found("alpine").is_empty() && found("../x").is_empty());
    }

    #[test]
    fn what_an_image_is_called_is_written_as_it_was_said() {
        let alpine: Name = "alpine".parse().unwrap();
        let called = |text: &str| {
            let name = EntryName::parse(text, Some(&alpine)).unwrap();
            assert_eq!(name.written, text);
            name.full.unwrap().to_string()
        };
        assert_eq!(called("v1"), "docker.io/library/alpine:v1");
        assert_eq!(called("team/app"), "docker.io/team/app:latest");
        assert_eq!(called("busybox:1.36"), "docker.io/library/busybox:1.36");
        assert_eq!(EntryName::parse("v1", None).unwrap().full, None);
        let digest = Digest::of(b"").to_string();
        for text in ["", "a b", "a//b", &format!("alpine@{digest}")] {
            assert!(EntryName::parse(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn an_exact_name_goes_before_a_tag_of_the_same_text() {
        let all = listed(vec![
            entry(1, &[(REF_NAME, "docker.io/library/app:edge")]),
            entry(2, &[(REF_NAME, "edge")]),
        ]);
        assert_eq!(meant(&all, "edge")[0].root.digest, Digest::of(&[2]));
        assert_eq!(meant(&all, "edge").len(), 1);
    }
}
