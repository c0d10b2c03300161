//! What is attached to an image goes with it: signatures, attestations, SBOMs.

use std::collections::HashSet;

use super::Copy;
use crate::cli::report::Failure;
use crate::error::Result;
use crate::oci::{Digest, Selector};
use crate::store::attached::attached;

impl Copy<'_> {
    /// Copies what is attached to the image `root`, to those that it lists, and to what was copied so.
    pub(super) async fn bring_attached(&self, root: &Digest) -> Result<(), Failure> {
        let mut waiting = self.images(root).await?;
        let mut seen = HashSet::new();
        while let Some(of) = waiting.pop() {
            if !seen.insert(of) {
                continue;
            }
            for found in attached(self.source.as_ref(), &of).await? {
                let copied = self.copy(&self.whole(found.selector(), found.tag)).await?;
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
}
