//! One repository of the layout, as a Source and a Sink.
//!
//! Content is shared by all repositories of the store; only tags belong to one.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use tokio::sync::OnceCell;

use crate::error::{Error, Result, Thing};
use crate::event::{Observer, Silent};
use crate::oci::{Descriptor, Digest, Manifest, Name, Selector, Tag, manifest};
use crate::store::partial::{Complete, Partial, on_blocking_pool};
use crate::store::upload::held;
use crate::store::{BlobStream, BlobWriter, Sink, Source};

use super::disk::{free_space, on_disk};
use super::lease::Lease;
use super::{Entry, Layout, absent, disk};

const READ_BUFFER: usize = 256 << 10; // bytes: what the transfer holds at once of a lane
const HEADROOM: u64 = 20; // a twentieth more than the bytes to come must be free

/// One repository of a layout. Clones share one lease.
#[derive(Clone)]
pub struct At {
    layout: Layout,
    name: Name,
    lease: Arc<Mutex<Option<Lease>>>,
    origins: Arc<OnceCell<HashMap<Digest, Vec<Name>>>>,
    observer: Arc<dyn Observer>,
    /// Whether what gets no tag is listed under its digest.
    listing: bool,
}

impl At {
    pub(super) fn new(layout: Layout, name: Name) -> Self {
        Self {
            layout,
            name,
            lease: Arc::default(),
            origins: Arc::default(),
            observer: Arc::new(Silent),
            listing: true,
        }
    }

    /// The same, which lists nothing that gets no tag: whoever puts it calls it something afterwards.
    #[must_use]
    pub fn unlisted(self) -> Self {
        Self {
            listing: false,
            ..self
        }
    }

    /// The same, telling `observer` when it waits for another process.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    fn missing_name(&self, at: &Selector) -> Error {
        let reference = match at {
            Selector::Tag(tag) => self.name.with_tag(tag),
            Selector::Digest(digest) => self.name.with_digest(digest),
        };
        absent(Thing::Image, &reference.familiar())
    }

    /// Runs something on the layout that touches the disk.
    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Layout) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let layout = self.layout.clone();
        on_blocking_pool(move || job(&layout)).await
    }
}

#[async_trait]
impl Source for At {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        let (name, selector) = (self.name.clone(), at.clone());
        let found = self
            .run(move |layout| layout.resolve(&name, &selector))
            .await?;
        found.ok_or_else(|| self.missing_name(at))
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        let (name, selector) = (self.name.clone(), at.clone());
        let found = self.run(move |layout| match layout.resolve(&name, &selector)? {
            Some(root) => layout.manifest(&root.digest, Some(&root.media_type)),
            None => Ok(None),
        });
        found.await?.ok_or_else(|| self.missing_name(at))
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        let (digest, size) = (blob.digest, blob.size);
        let path = self.layout.blob_path(&digest);
        let file = self.run(move |layout| {
            let found = layout
                .size_of(&digest)?
                .ok_or_else(|| absent(Thing::Blob, &digest))?;
            if found != size {
                return Err(Error::SizeMismatch {
                    digest,
                    expected: size,
                    found,
                });
            }
            disk::open(&path).map_err(Error::io("cannot read", &path))
        });
        let file = Arc::new(file.await?);
        Ok(stream_file(file, self.layout.blob_path(&digest), range))
    }

    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        let digest = foreign.digest;
        let found = self.run(move |layout| layout.size_of(&digest));
        Ok(found.await?.is_some())
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        let name = self.name.clone();
        let entries = self.run(Layout::entries).await?;
        let tags: Vec<Tag> = entries
            .into_iter()
            .filter(|entry| entry.is_tag_of(&name))
            .filter_map(|entry| entry.reference?.tag)
            .collect();
        if tags.is_empty() {
            return Err(absent(Thing::Repository, &name.familiar()));
        }
        Ok(tags)
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        let (name, of) = (self.name.clone(), *of);
        self.run(move |layout| {
            let ours = |entry: &Entry| entry.reference.as_ref().is_some_and(|r| r.name == name);
            let entries = layout.entries()?.into_iter().filter(ours);
            layout.referrers(&of, entries.map(|entry| entry.descriptor))
        })
        .await
    }

    async fn origins(&self, blob: &Descriptor) -> Vec<Name> {
        // Without the record there is nothing to mount from, and everything still works.
        let all = self
            .origins
            .get_or_init(|| async { self.run(Layout::origins_of_blobs).await.unwrap_or_default() });
        all.await.get(&blob.digest).cloned().unwrap_or_default()
    }
}

/// Bytes of an open file that for people is `path`.
pub(in crate::store) fn stream_file(
    file: Arc<File>,
    path: PathBuf,
    range: Range<u64>,
) -> BlobStream {
    let bytes = stream::try_unfold(range.clone(), move |rest: Range<u64>| {
        let (file, path) = (file.clone(), path.clone());
        async move {
            if rest.is_empty() {
                return Ok(None);
            }
            let want = usize::try_from(rest.end - rest.start)
                .unwrap_or(usize::MAX)
                .min(READ_BUFFER);
            let start = rest.start;
            let read = on_blocking_pool(move || {
                read_exact(&file, start, want).map_err(Error::io("cannot read", path))
            });
            let bytes = read.await?;
            Ok(Some((bytes, start + want as u64..rest.end)))
        }
    });
    BlobStream {
        range,
        bytes: bytes.boxed(),
    }
}

fn read_exact(file: &File, offset: u64, want: usize) -> std::io::Result<Bytes> {
    let mut buffer = vec![0; want];
    if disk::read_at(file, &mut buffer, offset)? < want {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(buffer.into())
}

#[async_trait]
impl Sink for At {
    async fn resolve(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        let (name, selector) = (self.name.clone(), Selector::Tag(tag.clone()));
        self.run(move |layout| layout.resolve(&name, &selector))
            .await
    }

    async fn reserve(&self, plan: &[Descriptor]) -> Result<()> {
        let (plan, lease) = (plan.to_vec(), self.lease.clone());
        self.run(move |layout| {
            let lock = layout.lock()?;
            let mut lease = lease.lock().unwrap_or_else(PoisonError::into_inner);
            let held = match &mut *lease {
                Some(held) => held,
                none => none.insert(Lease::begin(layout)?),
            };
            held.add(plan.iter().map(|content| content.digest))?;
            drop(lock);
            layout.check_space(&plan)
        })
        .await
    }

    async fn has(&self, what: &Descriptor) -> Result<bool> {
        let (digest, size) = (what.digest, what.size);
        if what.media_type.is_manifest() {
            // Small enough to be looked at, so that a damaged one is put again.
            return self.run(move |layout| layout.holds(&digest)).await;
        }
        match self.run(move |layout| layout.size_of(&digest)).await? {
            Some(found) if found != size => Err(Error::SizeMismatch {
                digest,
                expected: size,
                found,
            }),
            found => Ok(found.is_some()),
        }
    }

    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>> {
        disk::make_folder(
            &self
                .layout
                .path()
                .join("blobs")
                .join(blob.digest.algorithm()),
        )?;
        match Partial::open(blob, self.layout.places(&blob.digest), &*self.observer).await? {
            Some(partial) => Ok(Box::new(partial)),
            None => Ok(Box::new(Complete)),
        }
    }

    async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<()> {
        let (manifest, name, tag) = (manifest.clone(), self.name.clone(), tag.cloned());
        let listing = self.listing;
        self.run(move |layout| {
            layout.write_manifest(&manifest)?;
            match tag {
                Some(tag) => layout.tag(manifest.descriptor(), &name.with_tag(&tag)),
                None if listing => layout.keep(manifest.descriptor(), &name),
                None => Ok(()),
            }
        })
        .await
    }
}

impl Layout {
    /// Whether a manifest is here and undamaged.
    fn holds(&self, digest: &Digest) -> Result<bool> {
        match self.read_digest(digest, manifest::MAX_BYTES as u64) {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() || error.is_damage() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes a manifest among the blobs, if all that an image owes is here.
    pub(super) fn write_manifest(&self, manifest: &Manifest) -> Result<()> {
        let digest = *manifest.digest();
        let found = digest.same_algorithm_of(manifest.bytes());
        if found != digest {
            return Err(Error::DigestMismatch {
                expected: digest,
                found,
            });
        }
        if self.holds(&digest)? {
            return Ok(());
        }
        if manifest.image().is_some() {
            for owed in manifest
                .children()
                .filter(|owed| !owed.media_type.is_foreign_layer())
            {
                if self.size_of(&owed.digest)?.is_none() {
                    return Err(absent(Thing::Blob, &owed.digest));
                }
            }
        }
        disk::make_folder(&self.path().join("blobs").join(digest.algorithm()))?;
        let mut upload = held(&self.path().join("ingest"), "manifest-")?;
        std::io::Write::write_all(&mut upload, manifest.bytes())
            .map_err(Error::io("cannot write", upload.path()))?;
        let (file, path) = upload.into_parts();
        super::super::partial::publish(&file, &path, &self.blob_path(&digest), self.durable)?;
        Ok(())
    }

    /// Makes sure that what is still to come of `plan` fits, with a little room left.
    fn check_space(&self, plan: &[Descriptor]) -> Result<()> {
        let Space { coming, available } = self.space_for(plan)?;
        let needed = coming + coming / HEADROOM;
        match available {
            Some(available) if available < needed => Err(Error::NoSpace {
                path: self.path().to_owned(),
                needed,
                available,
            }),
            _ => Ok(()),
        }
    }

    /// How much disk the content of `plan` still takes, and how much there is. What is here, also in part, takes none.
    ///
    /// # Errors
    /// `Io`, `BadFile`.
    pub fn space_for(&self, plan: &[Descriptor]) -> Result<Space> {
        let mut coming: u64 = 0;
        let mut counted = HashSet::new();
        for content in plan.iter().filter(|content| counted.insert(content.digest)) {
            // Of something that is no file, too, everything is still to come.
            if !matches!(self.size_of(&content.digest), Ok(Some(_))) {
                coming += content
                    .size
                    .saturating_sub(on_disk(&self.places(&content.digest).part));
            }
        }
        Ok(Space {
            coming,
            available: free_space(self.path()),
        })
    }
}

/// Room on the disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// What is still to be written.
    pub coming: u64,
    /// What is free for us, if the system says.
    pub available: Option<u64>,
}
