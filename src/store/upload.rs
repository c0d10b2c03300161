//! A blob that arrives in order before its digest is known, as `serve` gets them: written to `ingest/` under a name that
//! cannot be guessed, hashed as it comes, and a blob only once its digest was found right.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::oci::{Digest, Hasher};

use super::disk;
use super::partial::{hash_range, on_blocking_pool, publish};

/// How often another name is tried when a collection takes a new file before it can be locked.
const TRIES: usize = 16;

/// A blob received in order whose digest is not known yet, as `serve` gets them. Dropped, it is gone.
#[derive(Debug)]
pub struct Upload {
    file: Arc<File>,
    path: PathBuf,
    hasher: Option<Hasher>,
    length: u64,
    committed: bool,
}

impl Upload {
    /// A new upload in `folder`, under a name that cannot be guessed.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let (file, path) = held(folder, "upload-")?
            .keep()
            .map_err(|error| Error::io("cannot write in", folder)(error.error))?;
        let hasher = Some(Digest::Sha256([0; 32]).hasher());
        Ok(Self {
            file: Arc::new(file),
            path,
            hasher,
            length: 0,
            committed: false,
        })
    }

    /// Bytes received so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The SHA-256 of what was received so far; of nothing, when that failed.
    #[must_use]
    pub(crate) fn digest(&self) -> Digest {
        let hasher = self.hasher.clone();
        hasher.map_or_else(|| Digest::of(&[]), Hasher::finish)
    }

    /// Takes in the next bytes.
    ///
    /// # Errors
    /// `Io`; the upload is then of no more use.
    pub async fn append(&mut self, bytes: Bytes) -> Result<()> {
        let (file, offset, length) = (self.file.clone(), self.length, bytes.len() as u64);
        let Some(mut hasher) = self.hasher.take() else {
            return Err(Error::Machine(
                "an upload that failed was taken up again".to_owned(),
            ));
        };
        let path = self.path.clone();
        let hasher = on_blocking_pool(move || {
            disk::write_at(&file, &bytes, offset).map_err(Error::io("cannot write", path))?;
            hasher.update(&bytes);
            Ok(hasher)
        })
        .await?;
        self.hasher = Some(hasher);
        self.length += length;
        Ok(())
    }

    /// Verifies what was received against `digest` and makes it the blob at `blob`; says its size in bytes.
    ///
    /// # Errors
    /// `DigestMismatch`; `Io`.
    pub(crate) async fn commit_to(mut self, digest: Digest, blob: PathBuf) -> Result<u64> {
        let (file, path, length) = (self.file.clone(), self.path.clone(), self.length);
        let Some(hasher) = self.hasher.take() else {
            return Err(Error::Machine(
                "an upload that failed was taken up again".to_owned(),
            ));
        };
        self.committed = on_blocking_pool(move || {
            let found = match digest {
                Digest::Sha256(_) => hasher.finish(),
                Digest::Sha512(_) => {
                    let mut hasher = digest.hasher();
                    hash_range(&file, &mut hasher, 0..length)
                        .map_err(Error::io("cannot read", &path))?;
                    hasher.finish()
                }
            };
            if found != digest {
                return Err(Error::DigestMismatch {
                    expected: digest,
                    found,
                });
            }
            if blob.exists() {
                return Ok(false); // the same content, by its digest: keep the one that is there
            }
            publish(&file, &path, &blob, true)?;
            disk::sync_folder(blob.parent().unwrap_or(&blob))?;
            Ok(true)
        })
        .await?;
        Ok(length)
    }
}

/// A new file in `folder`, under a name that cannot be guessed, that no collection takes as long as it is open: its lock is
/// held, and it was not taken before it was.
pub(super) fn held(folder: &Path, prefix: &str) -> Result<NamedTempFile> {
    for _ in 0..TRIES {
        let named = tempfile::Builder::new()
            .prefix(prefix)
            .rand_bytes(16)
            .tempfile_in(folder)
            .map_err(Error::io("cannot write in", folder))?;
        // Who collects holds the lock for a moment.
        if named.as_file().try_lock().is_ok()
            && disk::is_same(named.as_file(), named.path())
                .map_err(Error::io("cannot read", named.path()))?
        {
            return Ok(named);
        }
    }
    let error = std::io::Error::other("its lock cannot be had");
    Err(Error::io("cannot write in", folder)(error))
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.committed {
            let _ = std::fs::remove_file(&self.path); // best effort: an hour-old leftover is garbage anyway
        }
    }
}
