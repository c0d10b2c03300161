//! Removing images: names first, then what no other image and no running command needs.
//!
//! All of it happens under the store's lock, and manifests go before what they point at: at every instant a manifest
//! that is present has all it owes.

use std::collections::HashSet;

use crate::error::{Error, Result, Thing};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Name, Platform, Reference, Selector};

use super::images::undamaged;
use super::{Entry, Layout, absent};

/// One thing a removal did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// A name is gone.
    Untagged(Reference),
    /// A name that named no repository is gone.
    Unnamed(String),
    /// Content is gone.
    Deleted(Digest),
}

impl Layout {
    /// Removes what `text` names: a reference, only that name; an ID or digest, all names of that image. Content that
    /// nothing else uses goes with the last name.
    ///
    /// # Errors
    /// `NotFound`; `Ambiguous`; `Conflict` when an ID has names in several repositories and `force` is not given;
    /// `Io`.
    pub fn remove(&self, text: &str, force: bool) -> Result<Vec<Removed>> {
        let _lock = self.lock()?;
        let entries = self.entries()?;
        let wanted: Option<Reference> = text.parse::<Reference>().ok().map(Reference::or_latest);
        let by_name = |entry: &Entry| wanted.is_some() && entry.reference == wanted;
        let by_bare = |entry: &Entry| entry.bare() == Some(text);
        let (gone, kept): (Vec<Entry>, Vec<Entry>) = if entries.iter().any(by_name) {
            entries.into_iter().partition(by_name)
        } else if entries.iter().any(by_bare) {
            entries.into_iter().partition(by_bare)
        } else {
            let image = self.find(text, &Platform::host())?;
            let of_image = |entry: &Entry| image.roots.contains(&entry.descriptor.digest);
            let (gone, kept): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(of_image);
            check_conflict(text, &gone, force)?;
            (gone, kept)
        };
        self.remove_entries(&gone, &kept)
    }

    /// Removes a tag, or every entry of `name` with a digest. `false` when there was none.
    ///
    /// # Errors
    /// `Io`, `BadFile`.
    pub fn untag(&self, name: &Name, at: &Selector) -> Result<bool> {
        let _lock = self.lock()?;
        let (gone, kept): (Vec<Entry>, Vec<Entry>) =
            self.entries()?.into_iter().partition(|entry| {
                let reference = entry
                    .reference
                    .as_ref()
                    .filter(|reference| reference.name == *name);
                reference.is_some_and(|reference| match at {
                    Selector::Tag(tag) => reference.tag.as_ref() == Some(tag),
                    Selector::Digest(digest) => entry.descriptor.digest == *digest,
                })
            });
        let found = !gone.is_empty();
        self.remove_entries(&gone, &kept)?;
        Ok(found)
    }

    /// Removes a blob, or a manifest without a name, that no entry reaches and no running command holds. `false` when
    /// it is not here.
    ///
    /// # Errors
    /// `Conflict` when it is in use; `Io`, `BadFile`.
    pub fn discard(&self, digest: &Digest) -> Result<bool> {
        let _lock = self.lock()?;
        let mut needed = self.leased()?;
        for entry in self.entries()? {
            let root = &entry.descriptor;
            self.reach(&root.digest, Some(&root.media_type), &mut needed)?;
        }
        if needed.contains(digest) {
            return Err(Error::Conflict {
                id: digest.to_string(),
                reason: "content is in use",
            });
        }
        self.delete(digest)
    }

    pub(super) fn remove_entries(&self, gone: &[Entry], kept: &[Entry]) -> Result<Vec<Removed>> {
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let mut removed: Vec<Removed> = gone
            .iter()
            .filter_map(|entry| entry.reference.clone())
            .filter(|reference| reference.tag.is_some())
            .map(Removed::Untagged)
            .collect();
        let bare = gone.iter().filter_map(Entry::bare);
        removed.extend(bare.map(|name| Removed::Unnamed(name.to_owned())));
        let mut origins = self.origins()?;
        let roots: HashSet<Digest> = gone.iter().map(|entry| entry.descriptor.digest).collect();
        let orphans: Vec<&Descriptor> = gone
            .iter()
            .map(|entry| &entry.descriptor)
            .filter(|root| {
                !kept
                    .iter()
                    .any(|entry| entry.descriptor.digest == root.digest)
            })
            .collect();
        let mut digests: Vec<Reference> = Vec::new();
        for root in orphans
            .iter()
            .map(|root| root.digest)
            .collect::<HashSet<_>>()
        {
            let untagged = gone
                .iter()
                .filter_map(|entry| entry.reference.as_ref())
                .filter(|r| r.digest == Some(root));
            digests.extend(
                Self::holders(&origins, &root)
                    .iter()
                    .map(|name| name.with_digest(&root)),
            );
            digests.extend(untagged.cloned());
        }
        digests.sort_by_key(Reference::to_string);
        digests.dedup();
        removed.extend(digests.into_iter().map(Removed::Untagged));

        // What cannot be told to be unused stops the removal before anything is gone.
        let mut needed = self.leased()?;
        for entry in kept {
            self.reach(
                &entry.descriptor.digest,
                Some(&entry.descriptor.media_type),
                &mut needed,
            )?;
        }
        self.replace_entries(kept.to_vec())?;
        for root in orphans {
            self.delete_below(root, &needed, &mut removed)?;
        }
        for digests in origins.values_mut() {
            digests.retain(|digest| !roots.contains(digest) || needed.contains(digest));
        }
        origins.retain(|_, digests| !digests.is_empty());
        self.replace_origins(&origins)?;
        Ok(removed)
    }

    /// Deletes what `root` reaches and `needed` does not have: IDs and layers are told in docker's order, manifests
    /// last, though they go first.
    fn delete_below(
        &self,
        root: &Descriptor,
        needed: &HashSet<Digest>,
        removed: &mut Vec<Removed>,
    ) -> Result<()> {
        let Some(manifests) = undamaged(&root.digest, self.below(root))? else {
            // It cannot say what it pointed at; gone, it can be pulled again.
            if !needed.contains(&root.digest) && self.delete(&root.digest)? {
                removed.push(Removed::Deleted(root.digest));
            }
            return Ok(());
        };
        for manifest in manifests
            .iter()
            .rev()
            .filter(|manifest| !needed.contains(manifest.digest()))
        {
            self.delete(manifest.digest())?;
        }
        let mut told = Vec::new();
        for image in manifests.iter().filter_map(Manifest::image) {
            for blob in std::iter::once(&image.config).chain(image.layers.iter().rev()) {
                if !needed.contains(&blob.digest) && self.delete(&blob.digest)? {
                    told.push(Removed::Deleted(blob.digest));
                }
            }
        }
        removed.extend(told);
        let gone = manifests
            .iter()
            .rev()
            .filter(|manifest| !needed.contains(manifest.digest()));
        removed.extend(gone.map(|manifest| Removed::Deleted(*manifest.digest())));
        Ok(())
    }

    pub(super) fn delete(&self, digest: &Digest) -> Result<bool> {
        let path = self.blob_path(digest);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("cannot remove", path)(error)),
        }
    }

    /// Adds everything at and below `root` to `found`: manifests that are here, and all blobs they name.
    pub(super) fn reach(
        &self,
        root: &Digest,
        stated: Option<&MediaType>,
        found: &mut HashSet<Digest>,
    ) -> Result<()> {
        let mut manifests = Vec::new();
        self.walk(root, stated, 0, &mut HashSet::new(), &mut manifests)?;
        found.insert(*root);
        for manifest in &manifests {
            found.insert(*manifest.digest());
            found.extend(manifest.children().map(|child| child.digest));
        }
        Ok(())
    }

    /// The manifests at and below `root` that are here, children before parents, each once.
    pub(super) fn below(&self, root: &Descriptor) -> Result<Vec<Manifest>> {
        let mut found = Vec::new();
        self.walk(
            &root.digest,
            Some(&root.media_type),
            0,
            &mut HashSet::new(),
            &mut found,
        )?;
        Ok(found)
    }

    /// What names `of` as its subject among the manifests at and below `roots`, each once.
    pub(super) fn referrers(
        &self,
        of: &Digest,
        roots: impl IntoIterator<Item = Descriptor>,
    ) -> Result<Vec<Descriptor>> {
        let about = |manifest: &Manifest| manifest.subject().is_some_and(|it| it.digest == *of);
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for root in roots {
            let (stated, mut below) = (Some(&root.media_type), Vec::new());
            self.walk(&root.digest, stated, 0, &mut seen, &mut below)?;
            let about = below.into_iter().filter(about);
            found.extend(about.map(|manifest| manifest.referrer()));
        }
        Ok(found)
    }

    /// Adds the manifests at and below `digest` to `found`, as [`Layout::below`].
    pub(super) fn walk(
        &self,
        digest: &Digest,
        stated: Option<&MediaType>,
        depth: usize,
        seen: &mut HashSet<Digest>,
        found: &mut Vec<Manifest>,
    ) -> Result<()> {
        if depth > MAX_INDEX_DEPTH || !seen.insert(*digest) {
            return Ok(());
        }
        let Some(manifest) = self.manifest(digest, stated)? else {
            return Ok(());
        };
        if let Some(index) = manifest.index() {
            for child in index
                .manifests
                .iter()
                .filter(|child| child.media_type.is_manifest())
            {
                self.walk(
                    &child.digest,
                    Some(&child.media_type),
                    depth + 1,
                    seen,
                    found,
                )?;
            }
        }
        found.push(manifest);
        Ok(())
    }
}

fn check_conflict(id: &str, gone: &[Entry], force: bool) -> Result<()> {
    if gone.is_empty() {
        return Err(absent(Thing::Image, &id));
    }
    let tags = gone
        .iter()
        .filter_map(|entry| entry.reference.as_ref())
        .filter(|reference| reference.tag.is_some());
    let repositories: HashSet<&Name> = tags.map(|reference| &reference.name).collect();
    if repositories.len() > 1 && !force {
        let reason = "image is referenced in multiple repositories";
        return Err(Error::Conflict {
            id: id.to_owned(),
            reason,
        });
    }
    Ok(())
}
