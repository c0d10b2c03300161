//! What is attached to an image: signatures, attestations, SBOMs.
//!
//! Two ways are in use: manifests that name the image as their subject (distribution-spec, "Listing Referrers", with its
//! fallback to a tag), and cosign's tags that are named after its digest.

use super::Source;
use crate::error::Result;
use crate::oci::digest::MAX_TIE;
use crate::oci::{Descriptor, Digest, Selector, Tag};

/// What cosign ends the names of its tags with.
const COSIGN: [&str; 3] = ["sig", "att", "sbom"];

/// How deep what is attached may hang: a signature of a signature is one step.
pub const MAX_DEPTH: usize = 16;
/// The most that is looked at of what is attached to one image.
pub const MAX_ATTACHED: usize = 10_000;

/// A manifest that is attached to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The manifest. Only a listed referrer tells its artifact type and annotations here.
    pub descriptor: Descriptor,
    /// The tag that ties it to its image; a referrer has none.
    pub tag: Option<Tag>,
}

impl Attached {
    /// What to ask its place for.
    #[must_use]
    pub fn selector(&self) -> Selector {
        match &self.tag {
            Some(tag) => Selector::Tag(tag.clone()),
            None => Selector::Digest(self.descriptor.digest),
        }
    }
}

/// What is attached to `of`: referrers in the order they are listed in, then cosign's tags.
///
/// # Errors
/// Whatever keeps either from being known; nothing attached is an empty list.
pub async fn attached(source: &dyn Source, of: &Digest) -> Result<Vec<Attached>> {
    let listed = source.referrers(of).await?;
    let mut attached: Vec<_> = listed
        .into_iter()
        .map(|descriptor| Attached {
            descriptor,
            tag: None,
        })
        .collect();
    for kind in COSIGN {
        // A tag has no room for a whole SHA-512: then there is none.
        let Ok(tag) = format!("{}-{}.{kind}", of.algorithm(), of.hex()).parse::<Tag>() else {
            continue;
        };
        match source.resolve(&Selector::Tag(tag.clone())).await {
            Ok(descriptor) => attached.push(Attached {
                descriptor,
                tag: Some(tag),
            }),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(attached)
}

/// The image that a tag is tied to by its own name, in the form of [`Digest::tie`].
#[must_use]
pub fn tied_to(tag: &Tag) -> Option<String> {
    let tag = tag.as_str();
    let kinds = COSIGN.iter();
    let mut stem = kinds.filter_map(|kind| tag.strip_suffix(kind)?.strip_suffix('.'));
    let (algorithm, hex) = stem.next().unwrap_or(tag).split_once('-')?;
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let known = matches!(algorithm, "sha256" | "sha512");
    (known && hex.len() == MAX_TIE && hex.bytes().all(is_hex)).then(|| format!("{algorithm}-{hex}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_tie_are_told_from_those_that_look_like_it() {
        for of in [Digest::of(b"x"), Digest::Sha512([7; 64])] {
            let tie = of.tie();
            for tag in [tie.clone(), format!("{tie}.sig"), format!("{tie}.sbom")] {
                assert_eq!(tied_to(&tag.parse().unwrap()), Some(tie.clone()), "{tag}");
            }
        }
        let hex = Digest::of(b"x").hex();
        for tag in [
            "v1.sig".to_owned(),
            format!("sha256-{}", &hex[1..]),
            format!("sha256-{hex}.sign"),
            format!("sha256-{}", hex.to_uppercase()),
            format!("sha1-{hex}.sig"),
            hex,
        ] {
            assert_eq!(tied_to(&tag.parse().unwrap()), None, "{tag}");
        }
    }
}
