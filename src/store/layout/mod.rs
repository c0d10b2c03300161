//! The local store: one OCI image layout for all images (image-spec, image layout 1.0.0).
//!
//! ```text
//! oci-layout                 {"imageLayoutVersion":"1.0.0"}
//! index.json                 an entry a name; the full reference stands in both annotations readers look at
//! blobs/<alg>/<hex>          complete, verified content and nothing else
//! ingest/<alg>-<hex>.part    a blob being written, with its journal beside it (.ranges)
//! leases/                    what running commands need kept
//! origins.json               which repositories are known to hold what
//! rg.lock                    held for short changes of index.json, origins.json and leases
//! ```
//!
//! Tags and repositories are data in `index.json`, never file names. The root may be a link, the user's choice; inside
//! it nothing is followed. What stands under `blobs/` is right by construction and trusted; what is handed out to
//! others is checked again by whoever sends it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Name, manifest};

use super::disk;
use super::disk::on_disk;
use super::partial::Places;
use super::upload::Upload;

mod at;
mod check;
mod collect;
mod images;
mod index;
mod lease;
mod mend;
mod origins;
mod remove;
mod usage;
mod whole;

pub(in crate::store) use at::stream_file;
pub use at::{At, Space};
pub use check::{Check, Fault, Findings, Note, Owner, Problem, Subject};
pub use collect::{Collect, Collected, GRACE};
pub use images::LocalImage;
pub use index::Entry;
pub(in crate::store) use index::{CONTAINERD_NAME, REF_NAME};
pub use lease::Hold;
pub use mend::{Mending, Wrong};
pub use remove::Removed;
pub use usage::{ImageUsage, Usage};
pub use whole::Whole;

const LOCK_WAIT: Duration = Duration::from_secs(30); // index.json changes take milliseconds
const LOCK_POLL: Duration = Duration::from_millis(10);
const LAYOUT_FILE: &[u8] = br#"{"imageLayoutVersion":"1.0.0"}"#;

/// A local OCI layout that holds all images. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Layout {
    root: Arc<PathBuf>,
    /// Whether what is written is synced to the disk.
    durable: bool,
}

impl Layout {
    /// Opens the layout at `path`, making it in an absent or empty folder.
    ///
    /// # Errors
    /// `BadFile` for a folder that is something else, that others may write to, or whose inner folders are links;
    /// `Io`.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, true)
    }

    /// The same for a store that may be thrown away: nothing that is written to it waits for the disk. A kill does no
    /// harm; after a power cut content may be damaged, and `fsck` finds it.
    ///
    /// # Errors
    /// As [`Layout::open`].
    pub fn open_unsynced(path: &Path) -> Result<Self> {
        Self::open_as(path, false)
    }

    fn open_as(path: &Path, durable: bool) -> Result<Self> {
        let there = path.try_exists();
        if !there.map_err(Error::io("cannot open the store", path))? {
            std::fs::create_dir_all(path.parent().unwrap_or(path))
                .map_err(Error::io("cannot make the folder", path))?;
            disk::make_folder(path)?;
        }
        let root = path
            .canonicalize()
            .map_err(Error::io("cannot open the store", path))?;
        check_owner(&root)?;
        let layout = Self {
            root: Arc::new(root),
            durable,
        };
        layout.check_version()?;
        for folder in ["blobs", "blobs/sha256", "ingest", "leases"] {
            // A layout on a disk that cannot be written to is read as it is.
            unless_read_only(disk::make_folder(&layout.root.join(folder)))?;
        }
        Ok(layout)
    }

    /// The layout at `path`, which any program may have made, for reading alone: nothing is made in it, and it may
    /// belong to anybody. What is read from it is not trusted: whoever takes it checks it.
    ///
    /// # Errors
    /// `BadFile` for what is no layout; `Io`.
    pub fn reading(path: &Path) -> Result<Self> {
        let root = path
            .canonicalize()
            .map_err(Error::io("cannot open", path))?;
        let layout = Self {
            root: Arc::new(root),
            durable: true,
        };
        if !layout.has_version()? {
            return Err(Error::BadFile {
                path: path.to_owned(),
                reason: "it is no OCI layout: there is no oci-layout in it".to_owned(),
            });
        }
        Ok(layout)
    }

    fn check_version(&self) -> Result<()> {
        if self.has_version()? {
            return Ok(());
        }
        if is_empty(&self.root)? {
            return self.replace(&self.root.join("oci-layout"), LAYOUT_FILE);
        }
        // Another process may have made it this moment; this file is the first that it writes.
        if self.has_version()? {
            return Ok(());
        }
        Err(Error::BadFile {
            path: self.root.to_path_buf(),
            reason: "neither empty nor an OCI layout; choose another folder".to_owned(),
        })
    }

    /// Whether there is an `oci-layout`, of the one version that is known.
    fn has_version(&self) -> Result<bool> {
        #[derive(serde::Deserialize)]
        struct Version {
            #[serde(rename = "imageLayoutVersion")]
            version: String,
        }
        let path = self.root.join("oci-layout");
        let Some(bytes) = disk::read(&path, 4096)? else {
            return Ok(false);
        };
        let wrong = |reason: String| Error::BadFile {
            path: path.clone(),
            reason,
        };
        let version: Version =
            crate::oci::json::strict(&bytes).map_err(|error| wrong(error.to_string()))?;
        if version.version != "1.0.0" {
            return Err(wrong(format!(
                "image layout version {:?} is not supported (1.0.0 is)",
                version.version
            )));
        }
        Ok(true)
    }

    /// Puts a file in place, as durably as the store is.
    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        if self.durable {
            disk::replace(path, bytes, 0o644)
        } else {
            disk::replace_in_time(path, bytes, 0o644)
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The Source and Sink of one repository in it.
    #[must_use]
    pub fn at(&self, name: &Name) -> At {
        At::new(self.clone(), name.clone())
    }

    /// The size of complete content in bytes, `None` when it is not here.
    ///
    /// # Errors
    /// `BadFile` when something that is no file has its name; `Io`.
    pub fn size_of(&self, digest: &Digest) -> Result<Option<u64>> {
        let path = self.blob_path(digest);
        match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Err(Error::BadFile {
                path,
                reason: "should be a blob and is no regular file".to_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("cannot read", path)(error)),
        }
    }

    /// All of a small piece of content (a manifest, a config), verified.
    ///
    /// # Errors
    /// `NotFound`, `SizeMismatch`, `DigestMismatch`, `Io`.
    pub fn read(&self, what: &Descriptor) -> Result<Bytes> {
        let limit = what.size.min(crate::oci::config::MAX_BYTES as u64);
        let bytes = self.read_digest(&what.digest, limit)?;
        if bytes.len() as u64 != what.size {
            let found = bytes.len() as u64;
            return Err(Error::SizeMismatch {
                digest: what.digest,
                expected: what.size,
                found,
            });
        }
        Ok(bytes)
    }

    fn read_digest(&self, digest: &Digest, limit: u64) -> Result<Bytes> {
        let bytes = disk::read(&self.blob_path(digest), limit)?;
        let bytes = bytes.ok_or_else(|| absent(Thing::Blob, &digest))?;
        let found = digest.same_algorithm_of(&bytes);
        if found != *digest {
            return Err(Error::DigestMismatch {
                expected: *digest,
                found,
            });
        }
        Ok(bytes.into())
    }

    /// A piece of content, open for reading; complete, but not verified again.
    ///
    /// # Errors
    /// `NotFound`, `Io`.
    pub fn open_blob(&self, what: &Descriptor) -> Result<File> {
        let path = self.blob_path(&what.digest);
        match disk::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(absent(Thing::Blob, &what.digest))
            }
            opened => opened.map_err(Error::io("cannot read", path)),
        }
    }

    /// The manifest with this digest, if it is here. `stated` is the media type it is known under, if any.
    ///
    /// # Errors
    /// `Manifest` when the content is no manifest; `DigestMismatch`; `Io`.
    pub fn manifest(
        &self,
        digest: &Digest,
        stated: Option<&MediaType>,
    ) -> Result<Option<Manifest>> {
        if self.size_of(digest)?.is_none() {
            return Ok(None);
        }
        let bytes = self.read_digest(digest, manifest::MAX_BYTES as u64)?;
        let stated = stated.filter(|stated| stated.is_manifest());
        let manifest = Manifest::read(bytes, stated, *digest);
        manifest.map(Some).map_err(|source| Error::Manifest {
            name: digest.to_string(),
            source,
        })
    }

    /// Begins an upload of content whose digest is not known yet.
    ///
    /// # Errors
    /// `Io`.
    pub fn upload(&self) -> Result<Upload> {
        Upload::create(&self.root.join("ingest"))
    }

    /// A private file without a name in the store's folder, for what is needed for a while: it goes with its last user.
    ///
    /// # Errors
    /// `Io`.
    pub fn scratch(&self) -> Result<File> {
        let folder = self.root.join("ingest");
        tempfile::tempfile_in(&folder).map_err(Error::io("cannot write in", &folder))
    }

    /// Verifies an upload and makes it a blob; says its size in bytes.
    ///
    /// # Errors
    /// `DigestMismatch`, `Io`.
    pub async fn commit(&self, upload: Upload, digest: &Digest) -> Result<u64> {
        disk::make_folder(&self.root.join("blobs").join(digest.algorithm()))?;
        upload.commit_to(*digest, self.blob_path(digest)).await
    }

    pub(in crate::store) fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.root
            .join("blobs")
            .join(digest.algorithm())
            .join(digest.hex())
    }

    fn places(&self, digest: &Digest) -> Places {
        let ingest = |suffix: &str| {
            self.root.join("ingest").join(format!(
                "{}-{}.{suffix}",
                digest.algorithm(),
                digest.hex()
            ))
        };
        Places {
            part: ingest("part"),
            ranges: ingest("ranges"),
            blob: self.blob_path(digest),
            durable: self.durable,
        }
    }

    /// The same for what only reads: a store that cannot be written to needs none.
    fn lock_for_reading(&self) -> Result<Option<File>> {
        unless_read_only(self.lock())
    }

    /// Takes the lock of the store for one short change. Blocks: for the blocking pool.
    fn lock(&self) -> Result<File> {
        let path = self.root.join("rg.lock");
        let file = disk::open_private(&path).map_err(Error::io("cannot lock the store", &path))?;
        let until = Instant::now() + LOCK_WAIT;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(std::fs::TryLockError::WouldBlock) if Instant::now() < until => {
                    std::thread::sleep(LOCK_POLL);
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    let held = io::Error::new(io::ErrorKind::TimedOut, "another process holds it");
                    return Err(Error::io("cannot lock the store", path)(held));
                }
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(Error::io("cannot lock the store", path)(error));
                }
            }
        }
    }
}

/// What became of a write, `None` where the store cannot be written to.
fn unless_read_only<T>(outcome: Result<T>) -> Result<Option<T>> {
    let read_only = [
        io::ErrorKind::ReadOnlyFilesystem,
        io::ErrorKind::PermissionDenied,
    ];
    match outcome {
        Err(Error::Io { source, .. }) if read_only.contains(&source.kind()) => Ok(None),
        outcome => outcome.map(Some),
    }
}

fn absent(what: Thing, name: &impl ToString) -> Error {
    Error::NotFound {
        what,
        name: name.to_string(),
        answer: None,
    }
}

/// Whether a folder has nothing in it but leftovers of an interrupted first start.
fn is_empty(path: &Path) -> Result<bool> {
    let entries = std::fs::read_dir(path).map_err(Error::io("cannot read", path))?;
    for entry in entries {
        let name = entry.map_err(Error::io("cannot read", path))?.file_name();
        if !name.to_string_lossy().starts_with(".rg-") {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses a store that somebody else could write to: what stands in it is trusted.
#[cfg(unix)]
fn check_owner(root: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(root).map_err(Error::io("cannot open the store", root))?;
    let wrong = |reason: String| {
        Err(Error::BadFile {
            path: root.to_owned(),
            reason,
        })
    };
    if !found.is_dir() {
        return wrong("it should be a folder".to_owned());
    }
    if found.mode() & 0o022 != 0 {
        return wrong(
            "others may write to it; `chmod go-w` it, or choose another folder".to_owned(),
        );
    }
    let us = rustix::process::geteuid().as_raw();
    if found.uid() != us && found.uid() != 0 && us != 0 {
        return wrong(format!("it belongs to another user (uid {})", found.uid()));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_owner(_: &Path) -> Result<()> {
    Ok(())
}
