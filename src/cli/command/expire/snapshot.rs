//! What a repository holds at one moment: its tags, their images, and what keeps what from going.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::cli::command::tagged::{Image, Root, Survey};
use crate::cli::report::Failure;
use crate::error::Result;
use crate::oci::{Digest, Tag};

/// The tags of a repository and what they point at.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    /// What each tag points at.
    pub(super) tags: BTreeMap<Tag, Digest>,
    /// What those are, as far as it could be read.
    pub(super) images: HashMap<Digest, Arc<Image>>,
    /// Tags of which not even that is known, and whether they may list images.
    pub(super) unread: BTreeMap<Tag, bool>,
}

impl Snapshot {
    /// Looks at the repository as it is now. Returns what could not be read as well.
    ///
    /// # Errors
    /// Whatever keeps the tags from being listed.
    pub(super) async fn take(survey: &Survey) -> Result<(Self, Vec<Failure>)> {
        let tags = survey.repository().tags_for_certain().await?;
        let reading = survey.read(tags).await;
        let mut snapshot = Self {
            images: reading.images,
            ..Self::default()
        };
        for (tag, root) in reading.roots {
            match root {
                Root::At(root) => drop(snapshot.tags.insert(tag, root.digest)),
                // Somebody removed it meanwhile.
                Root::Gone => {}
                Root::Unread { may_list } => drop(snapshot.unread.insert(tag, may_list)),
            }
        }
        Ok((snapshot, reading.troubles))
    }

    /// The image of a digest that a tag points at.
    pub(super) fn image(&self, digest: &Digest) -> Option<&Image> {
        self.images.get(digest).map(Arc::as_ref)
    }

    /// The manifests that a tag keeps: what it points at, and all that lists.
    pub(super) fn reach(&self, tag: &Tag) -> BTreeSet<Digest> {
        let root = self.tags.get(tag);
        let below = root.and_then(|root| self.image(root));
        let below = below.into_iter().flat_map(|image| &image.below);
        root.into_iter().chain(below).copied().collect()
    }

    /// Whether a tag keeps `digest`: it points at it, or at what lists it.
    pub(super) fn keeps(&self, tag: &Tag, digest: &Digest) -> bool {
        let root = self.tags.get(tag);
        root.is_some_and(|root| {
            let below = || {
                self.image(root)
                    .is_some_and(|image| image.below.contains(digest))
            };
            root == digest || below()
        })
    }

    /// The first tag, of those that `counts`, which keeps `digest`.
    pub(super) fn keeper(&self, digest: &Digest, counts: impl Fn(&Tag) -> bool) -> Option<&Tag> {
        let mut tags = self.tags.keys().filter(|tag| counts(tag));
        tags.find(|tag| self.keeps(tag, digest))
    }

    /// Whether the image of a digest is about one that another tag keeps, and so no image of its own.
    pub(super) fn is_attached(&self, digest: &Digest) -> bool {
        let subject = self.image(digest).and_then(|image| image.subject);
        subject.is_some_and(|subject| {
            let other = |tag: &Tag| self.tags.get(tag) != Some(digest);
            self.keeper(&subject, other).is_some()
        })
    }

    /// The first tag, of those that `counts`, which keeps an image that `tied` stands for.
    pub(super) fn keeper_of_tie(&self, tied: &str, counts: impl Fn(&Tag) -> bool) -> Option<&Tag> {
        let mut tags = self.tags.keys().filter(|tag| counts(tag));
        tags.find(|tag| self.reach(tag).iter().any(|digest| digest.tie() == tied))
    }

    /// A tag of which it is not known what it lists: it may keep anything.
    pub(super) fn obscure(&self) -> Option<&Tag> {
        let unread = self.unread.iter().filter(|(_, may_list)| **may_list);
        let partly = self
            .tags
            .iter()
            .filter(|(_, digest)| self.image(digest).is_none_or(|image| !image.complete));
        let unread = unread.map(|(tag, _)| tag);
        unread.chain(partly.map(|(tag, _)| tag)).next()
    }
}
