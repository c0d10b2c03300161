//! Places that hold images, and the contract every one of them keeps.
//!
//! An image is a small graph of content: manifests that point at blobs. What can be read is a [`Source`], what can be
//! written is a [`Sink`]; a repository on a registry and one in the local layout are both. `transfer::copy` moves
//! content between any two of them and asks nothing else about either end.
//!
//! The contract:
//!
//! 1. Nothing is visible before it is right. A blob can be found only after [`BlobWriter::commit`] verified its size
//!    and digest; a manifest only after [`Sink::put_manifest`] returned, and then everything it points at is there.
//! 2. [`BlobWriter::missing`] is the hinge. Each range it returns is written by one lane, ascending from its start;
//!    different ranges may be written at once, in any order. A local partial returns the pieces not on disk yet; an
//!    upload returns one range from where the far side stands. A complete blob returns nothing.
//! 3. Dropping a writer keeps what it holds, where the place can keep it, for the next run.
//! 4. Every method may be called again after an error; committing a committed blob is not an error.

use std::ops::Range;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;

use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, Manifest, Name, Selector, Tag};

pub mod archive;
pub mod attached;
#[cfg(unix)]
pub mod daemon;
mod disk;
mod gzip;
mod journal;
pub(crate) mod layer;
pub mod layout;
pub mod listed;
pub mod memory;
pub mod partial;
pub mod ranges;
pub mod recompress;
pub(crate) mod tar;
pub mod upload;

/// Where content is read from.
#[async_trait]
pub trait Source: Send + Sync {
    /// What `at` points at now, by the cheapest question (a HEAD). The descriptor has media type, digest and size.
    ///
    /// # Errors
    /// `NotFound` when there is nothing of that name.
    async fn resolve(&self, at: &Selector) -> Result<Descriptor>;

    /// The manifest `at` points at now, verified against it when it is a digest.
    ///
    /// # Errors
    /// `NotFound`; `DigestMismatch`; `Manifest` when the document breaks a rule.
    async fn manifest(&self, at: &Selector) -> Result<Manifest>;

    /// Bytes of a blob, `range` of it. The stream says which range it really carries and may carry more; it does not
    /// resume: when it breaks, the error is transient.
    ///
    /// # Errors
    /// `NotFound`; whatever keeps the stream from beginning.
    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream>;

    /// Whether a layer that may be kept elsewhere (a foreign layer) is to be had here. One that is not is left out of a
    /// copy, as its image allows. A place that fails to give it says so by [`Source::blob`] instead.
    ///
    /// # Errors
    /// Whatever keeps that from being known.
    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        let _ = foreign;
        Ok(true)
    }

    /// Takes note that what came of a blob is not what its digest says. Whether it comes from elsewhere when it is
    /// asked for again: a registry may have mirrors, and one of them may be wrong.
    fn doubt(&self, blob: &Descriptor) -> bool {
        let _ = blob;
        false
    }

    /// All tags of the repository, in no particular order, each once.
    ///
    /// # Errors
    /// `NotFound` when there is no such repository.
    async fn tags(&self) -> Result<Vec<Tag>>;

    /// What refers to `of` as its subject.
    ///
    /// # Errors
    /// Whatever keeps the list from being read. No referrers is an empty list.
    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>>;

    /// Repositories known to hold a blob, most likely first: what a sink may mount it from.
    async fn origins(&self, blob: &Descriptor) -> Vec<Name>;
}

/// Where content is written to.
#[async_trait]
pub trait Sink: Send + Sync {
    /// What a tag points at now, if it exists.
    ///
    /// # Errors
    /// Whatever keeps that from being known; absence is not an error.
    async fn resolve(&self, tag: &Tag) -> Result<Option<Descriptor>>;

    /// Announces everything the coming calls may ask for, in the order in which they begin to, before the first of them:
    /// so that the place can protect it from removal, make sure there is room, and keep that order. Called once for each
    /// item that is copied; each call adds to what is protected.
    ///
    /// # Errors
    /// `NoSpace` when it cannot fit.
    async fn reserve(&self, plan: &[Descriptor]) -> Result<()> {
        let _ = plan;
        Ok(())
    }

    /// Whether content, blob or manifest by its media type, is here, complete and verified.
    ///
    /// # Errors
    /// Whatever keeps that from being known.
    async fn has(&self, what: &Descriptor) -> Result<bool>;

    /// Takes a blob over from another repository of the same place, if the place can and one of `from` has it; says
    /// which. `None` is an ordinary answer. At most two of `from` are tried.
    ///
    /// # Errors
    /// Only what would make [`Sink::begin`] fail too.
    async fn mount(&self, blob: &Descriptor, from: &[Name]) -> Result<Option<Name>> {
        let _ = (blob, from);
        Ok(None)
    }

    /// Begins to write a blob, or takes up where an earlier run stopped. Waits while another process writes the same
    /// one; if that finished it, the writer has nothing missing.
    ///
    /// # Errors
    /// Whatever keeps it from being written.
    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>>;

    /// Writes a manifest, its exact bytes, and points `tag` at it. All it points at must be here (or, for an index,
    /// may be absent as whole images where the place allows that).
    ///
    /// # Errors
    /// Whatever keeps it from being written.
    async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<()>;
}

/// A blob being written.
#[async_trait]
pub trait BlobWriter: Send + Sync {
    /// The ranges still to be written, ascending, disjoint. From memory while healthy; asks the far side only after an
    /// error.
    ///
    /// # Errors
    /// Transient when the far side cannot be asked now.
    async fn missing(&self) -> Result<Vec<Range<u64>>>;

    /// Writes `bytes` at `offset`, inside a range that [`BlobWriter::missing`] returned.
    ///
    /// # Errors
    /// Transient when the far side broke off.
    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()>;

    /// Verifies size and digest, then makes the blob visible and durable. May be asked again.
    ///
    /// # Errors
    /// `DigestMismatch` after dropping all it holds: the blob starts over. Transient when the far side broke off.
    async fn commit(&self) -> Result<()>;
}

/// All of a small blob (a config), verified.
///
/// # Errors
/// `SizeMismatch` for one that is larger than `limit` bytes or another size than it says; `DigestMismatch`; what the
/// source says.
pub async fn read_blob(source: &dyn Source, blob: &Descriptor, limit: u64) -> Result<Bytes> {
    let wrong_size = |found| Error::SizeMismatch {
        digest: blob.digest,
        expected: blob.size.min(limit),
        found,
    };
    if blob.size > limit {
        return Err(wrong_size(blob.size));
    }
    loop {
        match read_once(source, blob).await {
            Err(Error::DigestMismatch { .. }) if source.doubt(blob) => {}
            read => return read,
        }
    }
}

async fn read_once(source: &dyn Source, blob: &Descriptor) -> Result<Bytes> {
    let mut stream = source.blob(blob, 0..blob.size).await?;
    let mut all = BytesMut::new();
    while let Some(bytes) = stream.bytes.try_next().await? {
        all.extend_from_slice(&bytes);
        if all.len() as u64 > blob.size {
            return Err(Error::SizeMismatch {
                digest: blob.digest,
                expected: blob.size,
                found: all.len() as u64,
            });
        }
    }
    let found = blob.digest.same_algorithm_of(&all);
    if found != blob.digest {
        let expected = blob.digest;
        return Err(Error::DigestMismatch { expected, found });
    }
    Ok(all.freeze())
}

/// Bytes of a blob on their way.
pub struct BlobStream {
    /// The range of the blob that `bytes` carries. Wider than asked when the far side does not honour ranges.
    pub range: Range<u64>,
    /// The bytes, in order, in buffers of at most 256 KiB or so. Ends after the last byte of `range` or with an error.
    pub bytes: BoxStream<'static, Result<Bytes>>,
}
