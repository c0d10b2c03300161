//! What moved: an observer that adds up bytes, and a source that counts the ranges asked of it.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use crate::cli::output;
use crate::cli::render::notice;
use crate::error::Result;
use crate::event::{Event, Observer, Step};
use crate::oci::{Descriptor, Digest, Manifest, Name, Selector, Tag};
use crate::store::{BlobStream, Source};

/// Sums of one transfer.
#[derive(Debug, Default)]
pub(super) struct Meter {
    moved: AtomicU64,
    resumed: AtomicU64,
}

impl Meter {
    /// Bytes that came.
    pub(super) fn moved(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Bytes that were there from an earlier run.
    pub(super) fn resumed(&self) -> u64 {
        self.resumed.load(Ordering::Relaxed)
    }
}

impl Observer for Meter {
    fn observe(&self, event: &Event) {
        match event {
            Event::Blob {
                step: Step::Moved { bytes },
                ..
            } => {
                self.moved.fetch_add(*bytes, Ordering::Relaxed);
            }
            Event::Blob {
                step: Step::Started { resumed, .. },
                ..
            } => {
                self.resumed.fetch_add(*resumed, Ordering::Relaxed);
            }
            other => {
                if let Some(text) = notice(other) {
                    output::story(&text);
                }
            }
        }
    }
}

/// A source that counts.
pub(super) struct Counted<S> {
    inner: S,
    requests: AtomicU64,
    parts: AtomicU64,
}

impl<S> Counted<S> {
    pub(super) fn new(inner: S) -> Self {
        Self {
            inner,
            requests: AtomicU64::new(0),
            parts: AtomicU64::new(0),
        }
    }

    /// Requests for blob bytes, and how many of them asked for a part of a blob.
    pub(super) fn ranges(&self) -> (u64, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (read(&self.requests), read(&self.parts))
    }
}

#[async_trait]
impl<S: Source> Source for Counted<S> {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        self.inner.resolve(at).await
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        self.inner.manifest(at).await
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if range != (0..blob.size) {
            self.parts.fetch_add(1, Ordering::Relaxed);
        }
        self.inner.blob(blob, range).await
    }

    fn doubt(&self, blob: &Descriptor) -> bool {
        self.inner.doubt(blob)
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        self.inner.tags().await
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        self.inner.referrers(of).await
    }

    async fn origins(&self, blob: &Descriptor) -> Vec<Name> {
        self.inner.origins(blob).await
    }
}
