//! The repositories of an archive that is being written, and blobs on their way into it.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::blob_name;
use super::write::{Inner, Out};
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Hasher, Manifest, Name, Tag};
use crate::store::partial::on_blocking_pool;
use crate::store::{BlobWriter, Sink};

/// One repository of an archive.
pub(super) struct At {
    inner: Arc<Inner>,
    name: Name,
}

impl At {
    pub(super) fn new(inner: Arc<Inner>, name: &Name) -> Self {
        let name = name.clone();
        Self { inner, name }
    }
}

#[async_trait]
impl Sink for At {
    async fn resolve(&self, _: &Tag) -> Result<Option<Descriptor>> {
        Ok(None)
    }

    async fn reserve(&self, plan: &[Descriptor]) -> Result<()> {
        self.inner.expect(plan);
        Ok(())
    }

    async fn has(&self, what: &Descriptor) -> Result<bool> {
        let state = self.inner.state();
        Ok(state.held.contains(&what.digest) || state.manifests.contains_key(&what.digest))
    }

    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>> {
        let (at, turn) = self.inner.begin(blob).await?;
        Ok(Box::new(Member {
            inner: self.inner.clone(),
            blob: blob.clone(),
            at,
            progress: tokio::sync::Mutex::new(Progress {
                written: 0,
                hasher: blob.digest.hasher(),
                turn: Some(turn),
            }),
        }))
    }

    async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<()> {
        let digest = *manifest.digest();
        if !self.inner.state().manifests.contains_key(&digest) {
            let bytes = manifest.bytes().clone();
            self.inner.append(blob_name(&digest), bytes).await?;
            self.inner
                .state()
                .manifests
                .insert(digest, manifest.clone());
        }
        if let Some(tag) = tag {
            let name = self.name.with_tag(tag).into();
            self.inner.list(manifest.descriptor(), Some(name));
        }
        Ok(())
    }
}

/// A blob on its way into the archive.
struct Member {
    inner: Arc<Inner>,
    blob: Descriptor,
    at: u64,
    progress: tokio::sync::Mutex<Progress>,
}

struct Progress {
    written: u64,
    hasher: Hasher,
    /// Held until the blob is complete.
    turn: Option<OwnedSemaphorePermit>,
}

#[async_trait]
impl BlobWriter for Member {
    async fn missing(&self) -> Result<Vec<Range<u64>>> {
        let progress = self.progress.lock().await;
        let all = progress.turn.is_none() || progress.written == self.blob.size;
        let rest = progress.written..self.blob.size;
        Ok((!all).then_some(rest).into_iter().collect())
    }

    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        let mut progress = self.progress.lock().await;
        let end = offset + bytes.len() as u64;
        if offset != progress.written || end > self.blob.size {
            return Err(Error::SizeMismatch {
                digest: self.blob.digest,
                expected: self.blob.size,
                found: end,
            });
        }
        let (inner, at) = (self.inner.clone(), self.at + offset);
        let mut hasher = progress.hasher.clone();
        progress.hasher = on_blocking_pool(move || {
            inner.write(&bytes, at)?;
            hasher.update(&bytes);
            Ok(hasher)
        })
        .await?;
        progress.written = end;
        Ok(())
    }

    async fn commit(&self) -> Result<()> {
        let mut progress = self.progress.lock().await;
        if progress.turn.is_none() {
            return Ok(());
        }
        let expected = self.blob.digest;
        if progress.written < self.blob.size {
            return Err(Error::SizeMismatch {
                digest: expected,
                expected: self.blob.size,
                found: progress.written,
            });
        }
        let found = progress.hasher.clone().finish();
        if found != expected {
            // What a pipe got cannot be taken back: writing it again then fails for good.
            if matches!(self.inner.out, Out::File(..)) {
                progress.written = 0;
                progress.hasher = expected.hasher();
            }
            return Err(Error::DigestMismatch { expected, found });
        }
        let (inner, at, size) = (self.inner.clone(), self.at, self.blob.size);
        on_blocking_pool(move || inner.fill(at, size)).await?;
        self.inner.state().held.insert(expected);
        progress.turn = None;
        Ok(())
    }
}
