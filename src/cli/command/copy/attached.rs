//! What is attached to an image goes with it: signatures, attestations, SBOMs.

use std::collections::HashSet;

use super::compared::Compared;
use super::{Copy, Target};
use crate::cli::report::{Failure, warn};
use crate::error::{Error, Result};
use crate::oci::{Digest, Manifest, Name, Selector};
use crate::store::attached::{Attached, MAX_ATTACHED, MAX_DEPTH, attached};

impl Copy<'_> {
    /// Copies what is attached to the image `root`, to those that it lists, and to what was copied so; tags become those
    /// of `repository` where the target is none. In a dry run, `planned` would be copied of it.
    pub(super) async fn bring_attached(
        &self,
        root: &Digest,
        planned: &[Manifest],
        repository: Option<&Name>,
    ) -> Result<(), Failure> {
        let images = self.images(root, planned).await?;
        let mut waiting: Vec<(Digest, usize)> =
            images.into_iter().map(|image| (image, 0)).collect();
        let (mut seen, mut brought) = (HashSet::new(), 0);
        while let Some((of, depth)) = waiting.pop() {
            if !seen.insert(of) {
                continue;
            }
            for found in attached(self.from.source(), &of).await? {
                if !self.is_about(&found, &of).await? {
                    warn(&format!(
                        "{} is listed as attached to {of} and is not: it is left out",
                        found.descriptor.digest
                    ));
                    continue;
                }
                brought += 1;
                if brought > MAX_ATTACHED || depth == MAX_DEPTH {
                    let reason =
                        format!("it is more than {MAX_ATTACHED}, or more than {MAX_DEPTH} deep");
                    let doing = format!("what is attached to {root}");
                    return Err(Error::Malformed { doing, reason }.into());
                }
                let wanted = match &found.tag {
                    Some(tag) => self.to.tagged(repository, tag)?,
                    None => Target::nameless(),
                };
                let item = self.whole(found.selector(), &wanted);
                let root = if self.options.dry_run {
                    let shown = format!("{}, attached to {of}", self.to.shown());
                    self.dry_run(&item, &shown).await?.root.digest
                } else {
                    let copied = self.copy(&item, &wanted, Compared::Not).await?;
                    self.tell(&format!("{}: attached to {of}", copied.put))?;
                    copied.root
                };
                waiting.push((root, depth + 1));
            }
        }
        Ok(())
    }

    /// Whether what is listed as attached to `of` says so itself. Tags are tied by their names.
    async fn is_about(&self, found: &Attached, of: &Digest) -> Result<bool> {
        if found.tag.is_some() {
            return Ok(true);
        }
        let manifest = self.from.source().manifest(&found.selector()).await?;
        Ok(manifest
            .subject()
            .is_some_and(|subject| subject.digest == *of))
    }

    /// The image itself and, where it is an index, those of its images that the target has, or would have.
    async fn images(&self, root: &Digest, planned: &[Manifest]) -> Result<Vec<Digest>> {
        let manifest = self
            .from
            .source()
            .manifest(&Selector::Digest(*root))
            .await?;
        let planned: HashSet<&Digest> = planned.iter().map(Manifest::digest).collect();
        let mut images = vec![*root];
        for entry in manifest.index().iter().flat_map(|index| &index.manifests) {
            if planned.contains(&entry.digest) || self.to.sink.has(entry).await? {
                images.push(entry.digest);
            }
        }
        Ok(images)
    }
}
