//! Putting content that is here and wrong right again.
//!
//! [`Mending`] is the sink of one repository that counts such content as absent, so that a copy into it fetches exactly
//! that. What arrives is verified beside the wrong file and takes its name by a rename: at no instant is the content
//! absent, so that a pull which has counted on it goes on undisturbed.

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::{Error, Result};
use crate::event::Observer;
use crate::oci::{Descriptor, Digest, Manifest, Tag};
use crate::store::partial::{Complete, Partial, Places, on_blocking_pool};
use crate::store::{BlobWriter, Sink, disk};

use super::{At, Layout};

/// Digests of content that is here and wrong; what is mended leaves it.
#[derive(Debug, Clone, Default)]
pub struct Wrong(Arc<Mutex<HashSet<Digest>>>);

impl Wrong {
    /// These.
    #[must_use]
    pub fn new(digests: HashSet<Digest>) -> Self {
        Self(Arc::new(Mutex::new(digests)))
    }

    /// What is still wrong.
    #[must_use]
    pub fn left(&self) -> HashSet<Digest> {
        let wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.clone()
    }

    fn contains(&self, digest: &Digest) -> bool {
        let wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.contains(digest)
    }

    /// Strikes `digest` off.
    pub fn remove(&self, digest: &Digest) {
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.remove(digest);
    }
}

/// One repository of the layout as a sink that takes wrong content for absent. Names are left as they are.
pub struct Mending {
    at: At,
    layout: Layout,
    wrong: Wrong,
    observer: Arc<dyn Observer>,
}

impl Mending {
    /// Mends `wrong` in `layout`; `at` is any repository of it, and `observer` is told when another process is waited for.
    #[must_use]
    pub fn new(layout: &Layout, at: At, wrong: Wrong, observer: Arc<dyn Observer>) -> Self {
        Self {
            at,
            layout: layout.clone(),
            wrong,
            observer,
        }
    }
}

#[async_trait]
impl Sink for Mending {
    async fn resolve(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        Sink::resolve(&self.at, tag).await
    }

    async fn reserve(&self, plan: &[Descriptor]) -> Result<()> {
        self.at.reserve(plan).await
    }

    async fn has(&self, what: &Descriptor) -> Result<bool> {
        if self.wrong.contains(&what.digest) {
            return Ok(false);
        }
        // What is not owed is not fetched for the sake of something else.
        Ok(what.media_type.is_foreign_layer() || self.at.has(what).await?)
    }

    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>> {
        if !self.wrong.contains(&blob.digest) {
            return self.at.begin(blob).await;
        }
        let places = self.layout.places(&blob.digest);
        let mended = places.part.with_extension("mended");
        let beside = Places {
            blob: mended.clone(),
            ..places.clone()
        };
        let inner: Box<dyn BlobWriter> = match Partial::open(blob, beside, &*self.observer).await? {
            Some(partial) => Box::new(partial),
            None => Box::new(Complete),
        };
        Ok(Box::new(Replacement {
            inner,
            layout: self.layout.clone(),
            mended,
            blob: places.blob,
            digest: blob.digest,
            wrong: self.wrong.clone(),
        }))
    }

    async fn put_manifest(&self, manifest: &Manifest, _: Option<&Tag>) -> Result<()> {
        let (layout, manifest, wrong) = (self.layout.clone(), manifest.clone(), self.wrong.clone());
        on_blocking_pool(move || {
            make_way(&layout.blob_path(manifest.digest()))?;
            layout.write_manifest(&manifest)?;
            sync_blobs(&layout, manifest.digest())?;
            wrong.remove(manifest.digest());
            Ok(())
        })
        .await
    }
}

/// The writer of content that takes the place of a wrong file.
struct Replacement {
    inner: Box<dyn BlobWriter>,
    layout: Layout,
    mended: PathBuf,
    blob: PathBuf,
    digest: Digest,
    wrong: Wrong,
}

#[async_trait]
impl BlobWriter for Replacement {
    async fn missing(&self) -> Result<Vec<Range<u64>>> {
        self.inner.missing().await
    }

    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        self.inner.write(offset, bytes).await
    }

    async fn commit(&self) -> Result<()> {
        self.inner.commit().await?;
        if !self.wrong.contains(&self.digest) {
            return Ok(()); // committed before
        }
        let (layout, digest) = (self.layout.clone(), self.digest);
        let (mended, blob) = (self.mended.clone(), self.blob.clone());
        on_blocking_pool(move || {
            make_way(&blob)?;
            std::fs::rename(&mended, &blob).map_err(Error::io("cannot rename to", &blob))?;
            sync_blobs(&layout, &digest)
        })
        .await?;
        self.wrong.remove(&self.digest);
        Ok(())
    }
}

/// A rename replaces files and links, but not a folder that somebody put in the place of a blob.
fn make_way(blob: &std::path::Path) -> Result<()> {
    if std::fs::symlink_metadata(blob).is_ok_and(|found| found.is_dir()) {
        let aside = free_name(blob);
        std::fs::rename(blob, &aside).map_err(Error::io("cannot rename", blob))?;
    }
    Ok(())
}

fn sync_blobs(layout: &Layout, digest: &Digest) -> Result<()> {
    disk::sync_folder(&layout.path().join("blobs").join(digest.algorithm()))
}

/// A name beside `path` that nothing has.
fn free_name(path: &std::path::Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let numbered = (1..).map(|number: u32| path.with_file_name(format!("{name}.damaged-{number}")));
    let mut free = numbered.filter(|path| std::fs::symlink_metadata(path).is_err());
    free.next().unwrap_or_else(|| path.to_owned())
}

impl Layout {
    /// Puts an `origins.json` that cannot be read aside and says where; `None` when there is nothing wrong with it. What
    /// it knew is recorded again as images are pulled and pushed.
    ///
    /// # Errors
    /// `Io`.
    pub fn set_origins_aside(&self) -> Result<Option<PathBuf>> {
        let _lock = self.lock()?;
        if self.origins().is_ok() {
            return Ok(None);
        }
        let path = self.path().join("origins.json");
        let aside = free_name(&path);
        std::fs::rename(&path, &aside).map_err(Error::io("cannot rename", &path))?;
        disk::sync_folder(self.path())?;
        Ok(Some(aside))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Silent;
    use crate::oci::MediaType;

    const CONTENT: &[u8] = b"what it should be";

    /// A layout in which `CONTENT` is damaged, and the sink that mends it.
    fn damaged(folder: &std::path::Path) -> (Layout, Descriptor, Wrong, Mending) {
        let layout = Layout::open(&folder.join("store")).unwrap();
        let blob = Descriptor::of(MediaType::OCTET_STREAM, CONTENT);
        std::fs::write(layout.blob_path(&blob.digest), b"what it is").unwrap();
        let wrong = Wrong::new([blob.digest].into());
        let at = layout.at(&"h.example/app".parse().unwrap());
        let mending = Mending::new(&layout, at, wrong.clone(), Arc::new(Silent));
        (layout, blob, wrong, mending)
    }

    #[tokio::test]
    async fn a_wrong_blob_stays_until_the_right_one_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, blob, wrong, mending) = damaged(folder.path());
        let path = layout.blob_path(&blob.digest);
        assert!(!mending.has(&blob).await.unwrap());
        let writer = mending.begin(&blob).await.unwrap();
        let whole = 0..CONTENT.len() as u64;
        assert_eq!(writer.missing().await.unwrap(), vec![whole]);
        writer.write(0, Bytes::from_static(CONTENT)).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"what it is");
        writer.commit().await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), CONTENT);
        writer.commit().await.unwrap();
        assert!(wrong.left().is_empty() && mending.has(&blob).await.unwrap());
        let left = std::fs::read_dir(layout.path().join("ingest")).unwrap();
        assert_eq!(left.count(), 0, "nothing is left over");
    }

    #[tokio::test]
    async fn a_second_wrong_answer_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, blob, wrong, mending) = damaged(folder.path());
        let writer = mending.begin(&blob).await.unwrap();
        let lie = Bytes::from(vec![b'x'; CONTENT.len()]);
        writer.write(0, lie).await.unwrap();
        let error = writer.commit().await.unwrap_err();
        assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
        let path = layout.blob_path(&blob.digest);
        assert_eq!(std::fs::read(path).unwrap(), b"what it is");
        assert!(wrong.left().contains(&blob.digest));
    }

    #[tokio::test]
    async fn a_mended_blob_that_a_kill_left_beside_the_wrong_one_is_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let (layout, blob, wrong, mending) = damaged(folder.path());
        let places = layout.places(&blob.digest);
        std::fs::write(places.part.with_extension("mended"), CONTENT).unwrap();
        let writer = mending.begin(&blob).await.unwrap();
        assert!(writer.missing().await.unwrap().is_empty());
        writer.commit().await.unwrap();
        assert_eq!(std::fs::read(&places.blob).unwrap(), CONTENT);
        assert!(wrong.left().is_empty());
    }
}
