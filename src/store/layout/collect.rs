//! Garbage: content that no image names, and what cut downloads left behind.
//!
//! A collection holds the store's lock, takes nothing that a held lease lists, and nothing younger than [`GRACE`]:
//! another program may be writing a layout of its own here, without leases. A partial blob goes only under its own lock,
//! so never one that is being written.

use std::collections::{HashMap, HashSet};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{Error, Result};
use crate::oci::{Digest, Manifest, manifest};

use super::{Entry, Layout, Removed, disk};

/// How long content that nothing names is left alone.
pub const GRACE: Duration = Duration::from_secs(60 * 60);

/// What may go.
#[derive(Debug, Clone, Copy)]
pub struct Collect {
    /// Images without a tag, last written before then, too.
    pub nameless_before: Option<SystemTime>,
    /// Content that nothing names, last written before then; [`GRACE`] holds in any case.
    pub content_before: SystemTime,
    /// What cut downloads left, last written before then.
    pub partials_before: SystemTime,
    /// Whether to leave everything where it is.
    pub dry_run: bool,
}

/// What went, or would go.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// Names and images, as a removal tells them.
    pub images: Vec<Removed>,
    /// Content that nothing named, with its size in bytes.
    pub content: Vec<(Digest, u64)>,
    /// What cut downloads left: whose, and the bytes it took on the disk.
    pub partials: Vec<(Digest, u64)>,
    /// Files of other kinds that killed commands left, and their bytes.
    pub leftovers: Vec<(PathBuf, u64)>,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes of content that nothing names and that was left for its age.
    pub young_content: u64,
    /// Bytes of parts of blobs that were left for their age.
    pub young_parts: u64,
}

/// A file of `blobs/`: digest, size in bytes, time of the last write.
type Content = (Digest, u64, SystemTime);

impl Layout {
    /// Removes garbage, or says what would be removed. Blocks.
    ///
    /// # Errors
    /// `Io`, `BadFile`, `DigestMismatch`: what cannot be told to be unused stops the collection before anything goes.
    pub fn collect(&self, what: &Collect) -> Result<Collected> {
        let _lock = if what.dry_run {
            self.lock_for_reading()?
        } else {
            Some(self.lock()?)
        };
        self.check_index()?;
        let mut collected = Collected::default();
        let mut content = self.content()?;
        let sizes: HashMap<Digest, u64> = content
            .iter()
            .map(|(digest, size, _)| (*digest, *size))
            .collect();
        let entries = self.entries()?;
        let (mut gone, mut kept): (Vec<Entry>, Vec<Entry>) = match what.nameless_before {
            Some(before) => entries
                .into_iter()
                .partition(|entry| self.is_nameless(entry, before)),
            None => (Vec::new(), entries),
        };
        self.spare_attached(&mut gone, &mut kept)?;
        if what.dry_run {
            let untagged = gone.iter().filter_map(|entry| entry.reference.clone());
            collected.images = untagged.map(Removed::Untagged).collect();
        } else {
            collected.images = self.remove_entries(&gone, &kept)?;
        }
        let deleted: HashSet<Digest> = collected
            .images
            .iter()
            .filter_map(|step| match step {
                Removed::Deleted(digest) => Some(*digest),
                Removed::Untagged(_) | Removed::Unnamed(_) => None,
            })
            .collect();
        collected.bytes = deleted.iter().filter_map(|digest| sizes.get(digest)).sum();
        content.retain(|(digest, ..)| !deleted.contains(digest));
        let mut needed = self.leased()?;
        for entry in &kept {
            let root = &entry.descriptor;
            self.reach(&root.digest, Some(&root.media_type), &mut needed)?;
        }
        self.collect_content(what, content, &needed, &mut collected)?;
        self.collect_ingest(what, &mut collected)?;
        Ok(collected)
    }

    /// Whether an entry has no tag and its content was last written before then.
    fn is_nameless(&self, entry: &Entry, before: SystemTime) -> bool {
        let tagged = entry.reference.as_ref().is_none_or(|r| r.tag.is_some());
        let path = self.blob_path(&entry.descriptor.digest);
        let written = std::fs::metadata(path).and_then(|found| found.modified());
        !tagged && written.is_ok_and(|written| written < before)
    }

    /// Moves what is attached to something that stays (signatures, SBOMs) from `gone` to `kept`, and what is attached to
    /// that. It has no tag of its own, and is wanted as long as its subject is.
    fn spare_attached(&self, gone: &mut Vec<Entry>, kept: &mut Vec<Entry>) -> Result<()> {
        let mut held = HashSet::new();
        for entry in kept.iter() {
            let root = &entry.descriptor;
            self.reach(&root.digest, Some(&root.media_type), &mut held)?;
        }
        loop {
            let before = gone.len();
            for entry in std::mem::take(gone) {
                let root = &entry.descriptor;
                // One that is damaged is about nothing.
                let manifest = self.manifest(&root.digest, Some(&root.media_type));
                let subject = manifest.ok().flatten();
                let subject = subject.as_ref().and_then(Manifest::subject);
                if subject.is_some_and(|subject| held.contains(&subject.digest)) {
                    self.reach(&root.digest, Some(&root.media_type), &mut held)?;
                    kept.push(entry);
                } else {
                    gone.push(entry);
                }
            }
            if gone.len() == before {
                return Ok(());
            }
        }
    }

    /// Everything under `blobs/`: digest, size, time of the last write.
    pub(super) fn content(&self) -> Result<Vec<Content>> {
        let mut content = Vec::new();
        for algorithm in ["sha256", "sha512"] {
            for file in files(&self.path().join("blobs").join(algorithm))? {
                let name = file.file_name();
                let digest = format!("{algorithm}:{}", name.to_string_lossy()).parse();
                if let (Ok(digest), Some((size, written))) = (digest, measure(&file)) {
                    content.push((digest, size, written));
                }
            }
        }
        Ok(content)
    }

    fn collect_content(
        &self,
        what: &Collect,
        mut garbage: Vec<Content>,
        needed: &HashSet<Digest>,
        collected: &mut Collected,
    ) -> Result<()> {
        let grace = SystemTime::now() - GRACE;
        let before = what.content_before.min(grace);
        garbage.retain(|(digest, size, written)| {
            let unneeded = !needed.contains(digest);
            if unneeded && *written >= before {
                collected.young_content += size;
            }
            unneeded && *written < before
        });
        // Parents first, so that a manifest that is here never lacks what it owes, killed now or not.
        garbage.sort_by_cached_key(|(digest, size, _)| self.depth(digest, *size));
        for (digest, size, _) in garbage {
            if what.dry_run || self.delete(&digest)? {
                collected.bytes += size;
                collected.content.push((digest, size));
            }
        }
        Ok(())
    }

    /// How far below a tag content can stand: indexes, images, what is no manifest.
    fn depth(&self, digest: &Digest, size: u64) -> u8 {
        if size > manifest::MAX_BYTES as u64 {
            return 2;
        }
        match self.manifest(digest, None) {
            Ok(Some(manifest)) if manifest.index().is_some() => 0,
            Ok(Some(_)) => 1,
            _ => 2,
        }
    }

    /// What is in `ingest/`: partial blobs and their journals, uploads and manifests of killed commands.
    fn collect_ingest(&self, what: &Collect, collected: &mut Collected) -> Result<()> {
        for file in files(&self.path().join("ingest"))? {
            let name = file.file_name();
            let name = name.to_string_lossy();
            let Some((size, written)) = measure(&file) else {
                continue;
            };
            let part = partial(&name);
            let before = match part {
                Some(_) => what.partials_before,
                // Others hold no lock on theirs, and other versions of this program not on what becomes a manifest.
                None => what.partials_before.min(SystemTime::now() - GRACE),
            };
            if name.ends_with(".ranges") {
                continue; // a journal goes with its blob
            }
            if written >= before {
                if part.is_some() {
                    collected.young_parts += size;
                }
                continue;
            }
            let path = file.path();
            if !what.dry_run && !remove_unheld(&path)? {
                continue;
            }
            collected.bytes += size;
            match part {
                Some(digest) => {
                    collected.partials.push((digest, size));
                    if !what.dry_run {
                        let _ = std::fs::remove_file(path.with_extension("ranges")); // often there is none
                    }
                }
                None => collected.leftovers.push((path, size)),
            }
        }
        Ok(())
    }
}

/// The blob whose part a file of `ingest/` is.
pub(super) fn partial(name: &str) -> Option<Digest> {
    let (algorithm, hex) = name.strip_suffix(".part")?.split_once('-')?;
    format!("{algorithm}:{hex}").parse().ok()
}

/// The files in a folder; none where it is not there.
pub(super) fn files(folder: &Path) -> Result<Vec<DirEntry>> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("cannot read", folder)(error)),
    };
    listed
        .map(|entry| entry.map_err(Error::io("cannot read", folder)))
        .collect()
}

/// Bytes on the disk, which is less than the length for a file with holes, and the time of the last write. `None` for what
/// is no regular file, or gone by now.
pub(super) fn measure(file: &DirEntry) -> Option<(u64, SystemTime)> {
    let found = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    #[cfg(unix)]
    let size = found
        .len()
        .min(std::os::unix::fs::MetadataExt::blocks(&found) * 512);
    #[cfg(not(unix))]
    let size = found.len();
    Some((size, found.modified().ok()?))
}

/// Removes a file that nobody holds the lock of; `false` when somebody does, or it is gone.
fn remove_unheld(path: &Path) -> Result<bool> {
    let file = match disk::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::io("cannot read", path)(error)),
    };
    if file.try_lock().is_err() {
        return Ok(false);
    }
    if !disk::is_same(&file, path).map_err(Error::io("cannot read", path))? {
        return Ok(false);
    }
    std::fs::remove_file(path).map_err(Error::io("cannot remove", path))?;
    Ok(true)
}
