//! What is attached to an image goes with it: signatures, attestations, SBOMs.

use std::collections::HashSet;

use super::{Copy, Target};
use crate::cli::report::Failure;
use crate::error::Result;
use crate::oci::{Digest, Name, Selector};
use crate::store::attached::attached;

impl Copy<'_> {
    /// Copies what is attached to the image `root`, to those that it lists, and to what was copied so; tags become those
    /// of `repository` where the target is none.
    pub(super) async fn bring_attached(
        &self,
        root: &Digest,
        repository: Option<&Name>,
    ) -> Result<(), Failure> {
        let mut waiting = self.images(root).await?;
        let mut seen = HashSet::new();
        while let Some(of) = waiting.pop() {
            if !seen.insert(of) {
                continue;
            }
            for found in attached(self.from.source(), &of).await? {
                let wanted = match &found.tag {
                    Some(tag) => self.to.tagged(repository, tag)?,
                    None => Target::nameless(),
                };
                let item = self.whole(found.selector(), &wanted);
                let copied = self.copy(&item, &wanted).await?;
                self.tell(&format!("{}: attached to {of}", copied.put))?;
                waiting.push(copied.root);
            }
        }
        Ok(())
    }

    /// The image itself and, where it is an index, those of its images that the target has.
    async fn images(&self, root: &Digest) -> Result<Vec<Digest>> {
        let manifest = self
            .from
            .source()
            .manifest(&Selector::Digest(*root))
            .await?;
        let mut images = vec![*root];
        for entry in manifest.index().iter().flat_map(|index| &index.manifests) {
            if self.to.sink.has(entry).await? {
                images.push(entry.digest);
            }
        }
        Ok(images)
    }
}
