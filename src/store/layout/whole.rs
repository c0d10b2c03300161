//! All of a layout as one source: its images by whatever names it lists them under.
//!
//! Tags are found without regard to repositories, as other programs write bare ones, and as an image here that got another
//! name keeps what is attached to it under the first; referrers are found among all that is listed.

use std::ops::Range;

use async_trait::async_trait;

use super::{At, Layout};
use crate::error::Result;
use crate::oci::{Descriptor, Digest, Manifest, Name, Selector, Tag};
use crate::store::listed::{Listed, meant};
use crate::store::partial::on_blocking_pool;
use crate::store::{BlobStream, Source};

/// All of a layout.
pub struct Whole {
    layout: Layout,
    /// Reads content, for which no repository matters.
    content: At,
    /// Whether the layout is ours and the tags of one repository, that of `content`, go before others.
    ours: bool,
}

impl Layout {
    /// All of it as one source, whoever made it.
    #[must_use]
    pub fn whole(&self) -> Whole {
        Whole {
            layout: self.clone(),
            content: self.at(&Name::stand_in()),
            ours: false,
        }
    }

    /// All of it as one source in which the tags of the repository `name` go before those of others.
    #[must_use]
    pub fn whole_for(&self, name: &Name) -> Whole {
        Whole {
            layout: self.clone(),
            content: self.at(name),
            ours: true,
        }
    }
}

impl Whole {
    async fn listed(&self) -> Result<Vec<Listed>> {
        let layout = self.layout.clone();
        on_blocking_pool(move || layout.listed()).await
    }

    /// The same question by digest, where a tag that is listed is asked for.
    async fn by_digest(&self, at: &Selector) -> Result<Selector> {
        let Selector::Tag(tag) = at else {
            return Ok(at.clone());
        };
        if self.ours {
            match Source::resolve(&self.content, at).await {
                Err(error) if error.is_not_found() => {}
                found => return Ok(Selector::Digest(found?.digest)),
            }
        }
        let all = self.listed().await?;
        let found = meant(&all, tag.as_str());
        Ok(match found.first() {
            Some(listed) => Selector::Digest(listed.root.digest),
            None => at.clone(),
        })
    }
}

#[async_trait]
impl Source for Whole {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        Source::resolve(&self.content, &self.by_digest(at).await?).await
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        self.content.manifest(&self.by_digest(at).await?).await
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        self.content.blob(blob, range).await
    }

    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        self.content.offers(foreign).await
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        let all = self.listed().await?;
        let mut tags: Vec<Tag> = all.iter().flat_map(Listed::tags).collect();
        tags.sort();
        tags.dedup();
        Ok(tags)
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        let (layout, of) = (self.layout.clone(), *of);
        on_blocking_pool(move || {
            let listed = layout.listed()?.into_iter();
            layout.referrers(&of, listed.map(|listed| listed.root))
        })
        .await
    }

    async fn origins(&self, blob: &Descriptor) -> Vec<Name> {
        // The record of a stranger would have us ask registries about whatever it names.
        if self.ours {
            self.content.origins(blob).await
        } else {
            Vec::new()
        }
    }
}
