//! Layouts, archives and docker's daemon opened for reading, and the image of them that is meant.

use std::collections::HashSet;
use std::fs::File;

use super::location::{Place, Transport};
use super::report::{Failure, usage};
use super::session::{Session, blocking};
use crate::error::{Error, Result, Thing};
use crate::oci::{Digest, Name, Reference, Selector, Tag};
use crate::store::Source;
use crate::store::archive::{Archive, Members};
use crate::store::attached::tied_to;
use crate::store::layout::Layout;
use crate::store::listed::{Listed, meant};

#[cfg_attr(not(unix), path = "no_daemon.rs")]
pub(crate) mod daemon;
mod subject;

pub(crate) use subject::Subject;

/// How many images are named where one has to be chosen.
const NAMED: usize = 10;

/// A place that lists images, open.
pub(crate) struct Listing {
    pub(crate) place: Place,
    pub(crate) source: Box<dyn Source>,
    listed: Vec<Listed>,
}

/// One image of a place.
pub(crate) struct Meant {
    /// What to ask the source for.
    pub(crate) selector: Selector,
    /// Its full names.
    pub(crate) references: Vec<Reference>,
    /// The tag that it has, where it has one.
    pub(crate) tag: Option<Tag>,
    /// Whether its manifest was made here: then its digest is known nowhere else.
    pub(crate) made: bool,
}

impl Listing {
    /// Opens a place. An archive that can be read only once is read into the local store; what the daemon hands out, into
    /// a file that goes with this.
    ///
    /// # Errors
    /// `Io`, `BadFile`, what the daemon says.
    pub(crate) async fn open(session: &Session, place: &Place) -> Result<Self, Failure> {
        let (source, listed): (Box<dyn Source>, _) = match place.transport {
            Transport::Oci => {
                let path = place.path.clone();
                let opened = blocking(move || {
                    let layout = Layout::reading(&path)?;
                    let listed = layout.listed()?;
                    Ok::<_, Error>((layout.whole(), listed))
                });
                let (whole, listed) = opened.await?;
                (Box::new(whole), listed)
            }
            Transport::OciArchive | Transport::DockerArchive => {
                let (path, layout) = (place.path.clone(), session.layout()?);
                let open = move || {
                    let file = File::open(&path).map_err(Error::io("cannot read", &path))?;
                    Archive::open(Members::open(&path, file, &layout)?)
                };
                archive(blocking(open).await?)
            }
            Transport::DockerDaemon => archive(daemon::saved(session, place).await?),
        };
        Ok(Self {
            place: place.clone(),
            source,
            listed,
        })
    }

    /// The image that is meant: by its name or digest, or the only one there is.
    ///
    /// # Errors
    /// `NotFound`; `Usage` where several could be meant.
    pub(crate) fn image(&self) -> Result<Meant, Failure> {
        // The daemon has handed out what was named, under the names that it gives it.
        let name = match self.place.transport {
            Transport::DockerDaemon => None,
            _ => self.place.name.as_deref(),
        };
        if let Some((_, digest)) = name.and_then(|name| name.split_once('@')) {
            let digest: Digest = digest.parse().map_err(Error::from)?;
            let known = self
                .listed
                .iter()
                .find(|listed| listed.root.digest == digest);
            return Ok(match known {
                Some(listed) => meant_by(listed, None),
                None => Meant {
                    selector: Selector::Digest(digest),
                    references: Vec::new(),
                    tag: None,
                    made: false,
                },
            });
        }
        let found = match name {
            Some(name) => meant(&self.listed, name),
            None => self.eligible(),
        };
        match &found[..] {
            [one] => Ok(meant_by(one, name)),
            [] => Err(Failure::from(Error::NotFound {
                what: Thing::Image,
                name: self.place.to_string(),
                answer: None,
            })
            .hinting(self.offer())),
            _ => {
                let message = format!("{} holds {} images", self.place, self.listed.len());
                let hint = format!(
                    "say which, as {}:NAME; {}",
                    self.place.whole(),
                    self.offer()
                );
                Err(usage(message, Some(&hint)).into())
            }
        }
    }

    /// What may be meant where nothing was said: what has a name that does not tie it to another image, if anything has.
    /// The rest is attached to it.
    fn eligible(&self) -> Vec<&Listed> {
        let is_tied = |name: &String| tag_in(name).is_some_and(|tag| tied_to(&tag).is_some());
        let named = |listed: &&Listed| !listed.names.iter().all(is_tied);
        let meant: Vec<&Listed> = self.listed.iter().filter(named).collect();
        if meant.is_empty() {
            return self.listed.iter().collect();
        }
        meant
    }

    /// All its images that have a tag, by tag. Of one repository where the place was said to be that.
    ///
    /// # Errors
    /// `Usage` where two images have one tag.
    pub(crate) fn tags(&self) -> Result<Vec<(Selector, Tag)>, Failure> {
        let repository = self.place.name.as_deref().map(str::parse::<Name>);
        let repository = repository.transpose()?;
        let mut all: Vec<(Selector, Tag)> = Vec::new();
        let mut seen = HashSet::new();
        for listed in &self.listed {
            let tags = match &repository {
                Some(name) => {
                    let ours = listed.references.iter().filter(|known| known.name == *name);
                    ours.filter_map(|known| known.tag.clone()).collect()
                }
                None => listed.tags(),
            };
            for tag in tags {
                if !seen.insert(tag.clone()) {
                    let message = format!("{} holds several images with the tag {tag}", self.place);
                    let hint = format!("say of which repository, as {}:NAME", self.place.whole());
                    return Err(usage(message, Some(&hint)).into());
                }
                all.push((Selector::Digest(listed.root.digest), tag));
            }
        }
        all.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(all)
    }

    /// The repository that its images are of, where that is one.
    pub(crate) fn repository(&self) -> Option<Name> {
        let mut names = self.listed.iter().flat_map(|listed| &listed.references);
        let first = names.next()?.name.clone();
        names.all(|other| other.name == first).then_some(first)
    }

    /// What there is to choose from.
    fn offer(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        for listed in &self.listed {
            names.extend(listed.names.iter().cloned());
            if listed.names.is_empty() {
                names.push(format!("@{}", listed.root.digest));
            }
        }
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        match (names.is_empty(), more) {
            (true, _) => "it lists no images".to_owned(),
            (false, 0) => format!("it has {}", names.join(", ")),
            (false, more) => format!("it has {} and {more} more", names.join(", ")),
        }
    }
}

fn meant_by(listed: &Listed, name: Option<&str>) -> Meant {
    let tags = listed.tags();
    // Of several, the one that was asked for.
    let asked = name.and_then(tag_in).filter(|asked| tags.contains(asked));
    Meant {
        selector: Selector::Digest(listed.root.digest),
        references: listed.references.clone(),
        tag: asked.or_else(|| tags.into_iter().next()),
        made: listed.made,
    }
}

/// The tag that a name is, or has.
fn tag_in(name: &str) -> Option<Tag> {
    match name.parse::<Tag>() {
        Ok(tag) => Some(tag),
        Err(_) => name.parse::<Reference>().ok()?.or_latest().tag,
    }
}

fn archive(archive: Archive) -> (Box<dyn Source>, Vec<Listed>) {
    let listed = archive.listed().to_vec();
    (Box::new(archive), listed)
}
