//! What is attached to an image: signatures, attestations, SBOMs.
//!
//! Two ways are in use: manifests that name the image as their subject (distribution-spec, "Listing referrers", with its
//! fallback to a tag), and cosign's tags that are named after its digest.

use std::collections::HashSet;

use super::Copy;
use crate::cli::report::Failure;
use crate::error::Result;
use crate::oci::{Digest, Selector, Tag};

/// What cosign ends the names of its tags with.
const COSIGN: [&str; 3] = ["sig", "att", "sbom"];

impl Copy<'_> {
    /// Copies what is attached to the image `root`, to those that it lists, and to what was copied so.
    pub(super) async fn bring_attached(&self, root: &Digest) -> Result<(), Failure> {
        let mut waiting = self.images(root).await?;
        let mut seen = HashSet::new();
        while let Some(of) = waiting.pop() {
            if !seen.insert(of) {
                continue;
            }
            for (selector, tag) in self.attached(&of).await? {
                let copied = self.copy(&self.whole(selector, tag)).await?;
                self.tell(&format!("{}: attached to {of}", copied.put))?;
                waiting.push(copied.root);
            }
        }
        Ok(())
    }

    /// The image itself and, where it is an index, those of its images that the target has.
    async fn images(&self, root: &Digest) -> Result<Vec<Digest>> {
        let manifest = self.source.manifest(&Selector::Digest(*root)).await?;
        let mut images = vec![*root];
        for entry in manifest.index().iter().flat_map(|index| &index.manifests) {
            if self.sink.has(entry).await? {
                images.push(entry.digest);
            }
        }
        Ok(images)
    }

    /// What is attached to `of`: what to ask for, and the tag it has.
    async fn attached(&self, of: &Digest) -> Result<Vec<(Selector, Option<Tag>)>> {
        let listed = self.source.referrers(of).await?;
        let mut attached: Vec<_> = listed
            .into_iter()
            .map(|referrer| (Selector::Digest(referrer.digest), None))
            .collect();
        for kind in COSIGN {
            let tag: Tag = format!("{}-{}.{kind}", of.algorithm(), of.hex()).parse()?;
            let selector = Selector::Tag(tag.clone());
            match self.source.resolve(&selector).await {
                Ok(_) => attached.push((selector, Some(tag))),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(attached)
    }
}
