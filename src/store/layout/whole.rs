//! A layout that any program may have made, all of it as one source: its images by whatever names it lists them under.
//!
//! Tags are found without regard to repositories, as other programs write bare ones; referrers are found among all that
//! is listed.

use std::collections::HashSet;
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
}

impl Layout {
    /// All of it as one source.
    ///
    /// # Errors
    /// None that is known of: the name that nothing is asked by is a good one.
    pub fn whole(&self) -> Result<Whole> {
        Ok(Whole {
            layout: self.clone(),
            content: self.at(&"docker.io/library/none".parse::<Name>()?),
        })
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
            let mut found = Vec::new();
            for listed in layout.listed()? {
                for manifest in layout.below(&listed.root)? {
                    let subject = manifest.subject();
                    if subject.is_some_and(|subject| subject.digest == of) {
                        found.push(manifest.referrer());
                    }
                }
            }
            let mut seen = HashSet::new();
            found.retain(|referrer: &Descriptor| seen.insert(referrer.digest));
            Ok(found)
        })
        .await
    }

    async fn origins(&self, _: &Descriptor) -> Vec<Name> {
        Vec::new()
    }
}
