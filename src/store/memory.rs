//! A store in memory: the simplest thing that keeps the contract, for tests of the algorithm.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};

use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest, Manifest, Name, Selector, Tag};

use super::partial::PIECE;
use super::ranges::Ranges;
use super::{BlobStream, BlobWriter, Sink, Source};

/// One repository in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    blobs: HashMap<Digest, Bytes>,
    manifests: HashMap<Digest, Manifest>,
    tags: HashMap<Tag, Digest>,
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a blob in, without asking.
    pub fn insert(&self, bytes: impl Into<Bytes>) -> Digest {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        self.lock().blobs.insert(digest, bytes);
        digest
    }

    /// The bytes of a blob.
    #[must_use]
    pub fn content(&self, digest: &Digest) -> Option<Bytes> {
        self.lock().blobs.get(digest).cloned()
    }
}

#[async_trait]
impl Source for Memory {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        Ok(self.manifest(at).await?.descriptor().clone())
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        let held = self.lock();
        let digest = match at {
            Selector::Tag(tag) => held.tags.get(tag).copied(),
            Selector::Digest(digest) => Some(*digest),
        };
        let found = digest.and_then(|digest| held.manifests.get(&digest).cloned());
        found.ok_or_else(|| Error::NotFound {
            what: Thing::Manifest,
            name: at.to_string(),
            answer: None,
        })
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        let absent = || Error::NotFound {
            what: Thing::Blob,
            name: blob.digest.to_string(),
            answer: None,
        };
        let whole = self.content(&blob.digest).ok_or_else(absent)?;
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(whole.len());
        let bytes = whole.slice(index(range.start)..index(range.end));
        Ok(BlobStream {
            range,
            bytes: stream::iter([Ok(bytes)]).boxed(),
        })
    }

    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        Ok(self.content(&foreign.digest).is_some())
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        Ok(self.lock().tags.keys().cloned().collect())
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        let held = self.lock();
        let about = |manifest: &&Manifest| {
            manifest
                .subject()
                .is_some_and(|subject| subject.digest == *of)
        };
        Ok(held
            .manifests
            .values()
            .filter(about)
            .map(Manifest::referrer)
            .collect())
    }

    async fn origins(&self, _: &Descriptor) -> Vec<Name> {
        Vec::new()
    }
}

#[async_trait]
impl Sink for Memory {
    async fn resolve(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        let held = self.lock();
        let found = held
            .tags
            .get(tag)
            .and_then(|digest| held.manifests.get(digest));
        Ok(found.map(|manifest| manifest.descriptor().clone()))
    }

    async fn has(&self, what: &Descriptor) -> Result<bool> {
        let held = self.lock();
        Ok(held.blobs.contains_key(&what.digest) || held.manifests.contains_key(&what.digest))
    }

    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>> {
        let state = Mutex::new((
            vec![0; usize::try_from(blob.size).unwrap_or_default()],
            Ranges::default(),
        ));
        Ok(Box::new(MemoryWriter {
            memory: self.clone(),
            blob: blob.clone(),
            state,
        }))
    }

    async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<()> {
        let mut held = self.lock();
        held.manifests.insert(*manifest.digest(), manifest.clone());
        if let Some(tag) = tag {
            held.tags.insert(tag.clone(), *manifest.digest());
        }
        Ok(())
    }
}

struct MemoryWriter {
    memory: Memory,
    blob: Descriptor,
    state: Mutex<(Vec<u8>, Ranges)>,
}

#[async_trait]
impl BlobWriter for MemoryWriter {
    async fn missing(&self) -> Result<Vec<Range<u64>>> {
        if self.memory.has(&self.blob).await? {
            return Ok(Vec::new());
        }
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(state.1.gaps(self.blob.size, PIECE))
    }

    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        let end = offset + bytes.len() as u64;
        if end > self.blob.size {
            return Err(Error::SizeMismatch {
                digest: self.blob.digest,
                expected: self.blob.size,
                found: end,
            });
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let start = usize::try_from(offset).unwrap_or_default();
        state.0[start..start + bytes.len()].copy_from_slice(&bytes);
        state.1.insert(offset..end);
        Ok(())
    }

    async fn commit(&self) -> Result<()> {
        if self.memory.has(&self.blob).await? {
            return Ok(());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.1.prefix() < self.blob.size {
            let found = state.1.total();
            return Err(Error::SizeMismatch {
                digest: self.blob.digest,
                expected: self.blob.size,
                found,
            });
        }
        let found = self.blob.digest.same_algorithm_of(&state.0);
        if found != self.blob.digest {
            state.1.clear();
            return Err(Error::DigestMismatch {
                expected: self.blob.digest,
                found,
            });
        }
        self.memory
            .lock()
            .blobs
            .insert(found, std::mem::take(&mut state.0).into());
        Ok(())
    }
}
