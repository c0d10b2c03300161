//! Images with their zstd layers as gzip, for readers that know no zstd: a source beside the layout it reads.
//!
//! Other bytes are another digest, so the manifests that point at such a layer are others, too, up to the root. Configs
//! stay, and with them image IDs: a config names its layers as they were before compression. The same layer gives the same
//! bytes each time (by one version of this program).
//!
//! Sizes stand in manifests and in the headers of tars, before the bytes. So a layer is compressed into a file first. That
//! file lies in the store's `ingest/` and has no name: however the process ends, it is gone.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::layer::{ZSTD, decompressed};
use super::layout::{At, Layout, stream_file};
use super::{BlobStream, Source, disk, gzip};
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, Hasher, Manifest, MediaType, Name, Selector, Tag};

/// Bytes written at once.
const BUFFER: usize = 256 << 10;

/// The layers of runnable images among `manifests` that are zstd, whatever their media types say. Blocks.
///
/// # Errors
/// `NotFound` for a layer that is not in `layout`; `Io`.
pub fn zstd_layers(layout: &Layout, manifests: &[Manifest]) -> Result<Vec<Descriptor>> {
    let mut found: Vec<Descriptor> = Vec::new();
    let images = manifests.iter().filter_map(Manifest::image);
    for layer in images
        .filter(|image| image.is_runnable())
        .flat_map(|image| &image.layers)
        .filter(|layer| !layer.media_type.is_foreign_layer())
    {
        if found.iter().any(|known| known.digest == layer.digest) {
            continue;
        }
        let file = layout.open_blob(layer)?;
        let mut start = [0; ZSTD.len()];
        let read = disk::read_at(&file, &mut start, 0)
            .map_err(Error::io("cannot read", layout.blob_path(&layer.digest)))?;
        if start[..read] == ZSTD {
            found.push(layer.clone());
        }
    }
    Ok(found)
}

/// Images of a layout, some of whose layers are others.
pub struct Recompressed {
    source: At,
    root: Manifest,
    /// By their own digests.
    manifests: HashMap<Digest, Manifest>,
    layers: HashMap<Digest, Arc<File>>,
    path: std::path::PathBuf,
}

impl Recompressed {
    /// `manifests` (children before parents, the root last) of `layout` with `layers` as gzip. `made` says what became of
    /// layers in this way; those it has already are not compressed again, and then not to be had here. Blocks.
    ///
    /// # Errors
    /// `DigestMismatch` for a damaged layer; `Layer` for one that cannot be decompressed; `Io`.
    pub fn gzip(
        layout: &Layout,
        source: At,
        manifests: &[Manifest],
        layers: &[Descriptor],
        made: &mut HashMap<Digest, Descriptor>,
    ) -> Result<Self> {
        let [.., root] = manifests else {
            return Err(Error::Machine("there is nothing to recompress".to_owned()));
        };
        let mut this = Self {
            source,
            root: root.clone(),
            manifests: HashMap::new(),
            layers: HashMap::new(),
            path: layout.path().join("ingest"),
        };
        for layer in layers {
            if made.contains_key(&layer.digest) {
                continue;
            }
            let (file, gzip) = compress(layout, layer)?;
            this.layers.insert(gzip.digest, Arc::new(file));
            made.insert(layer.digest, gzip);
        }
        let mut by = made.clone();
        for manifest in manifests {
            let digest = *manifest.digest();
            let wrong = |source| Error::Manifest {
                name: digest.to_string(),
                source,
            };
            let new = manifest.replaced(&by).map_err(wrong)?;
            if *new.digest() != digest {
                by.insert(digest, new.descriptor().clone());
                this.manifests.insert(*new.digest(), new.clone());
            }
            this.root = new;
        }
        Ok(this)
    }

    /// The root of all of it, as it is now.
    #[must_use]
    pub fn root(&self) -> &Manifest {
        &self.root
    }
}

/// What a layer is called when it is gzip.
fn gzip_type(zstd: &MediaType) -> MediaType {
    let text = zstd.as_str();
    match (text.strip_suffix("zstd"), text.strip_suffix(".tar")) {
        (Some(stem), _) => MediaType::new(format!("{stem}gzip")),
        // The type may be wrong, and be that of a layer that is not compressed.
        (_, Some(_)) if text.starts_with("application/vnd.docker.") => {
            MediaType::new(format!("{text}.gzip"))
        }
        (_, Some(_)) => MediaType::new(format!("{text}+gzip")),
        _ => zstd.clone(),
    }
}

/// Compresses a layer into a file without a name; a layer that is not what its digest says is an error.
fn compress(layout: &Layout, layer: &Descriptor) -> Result<(File, Descriptor)> {
    let file = layout.scratch()?;
    let read = Arc::new(Mutex::new(layer.digest.hasher()));
    let from = Counted {
        inner: layout.open_blob(layer)?,
        hasher: read.clone(),
    };
    let mut to = Hashed {
        inner: BufWriter::with_capacity(BUFFER, file),
        hasher: Digest::Sha256([0; 32]).hasher(),
        size: 0,
        failure: None,
    };
    let done = decompressed(from)
        .and_then(|mut from| gzip::compress(&mut from, &mut to))
        .and_then(|()| to.inner.flush());
    if let Some(error) = to.failure.take() {
        return Err(Error::io("cannot write in", layout.path().join("ingest"))(
            error,
        ));
    }
    let hasher = read.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let found = hasher.finish();
    if done.is_ok() && found != layer.digest {
        let expected = layer.digest;
        return Err(Error::DigestMismatch { expected, found });
    }
    done.map_err(|error| match error.raw_os_error() {
        Some(_) => Error::io("cannot read", layout.blob_path(&layer.digest))(error),
        None => Error::Layer {
            layer: layer.digest,
            reason: format!("it cannot be decompressed: {error}"),
        },
    })?;
    let digest = to.hasher.finish();
    let gzip = Descriptor::new(gzip_type(&layer.media_type), digest, to.size);
    let (file, _) = to.inner.into_parts(); // nothing waits in it after the flush
    Ok((file, gzip))
}

/// Hashes what is read.
struct Counted {
    inner: File,
    hasher: Arc<Mutex<Hasher>>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        let mut hasher = self.hasher.lock().unwrap_or_else(PoisonError::into_inner);
        hasher.update(&into[..read]);
        Ok(read)
    }
}

/// Hashes and counts what is written, and keeps why it could not be.
struct Hashed<W> {
    inner: W,
    hasher: Hasher,
    size: u64,
    failure: Option<io::Error>,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.inner.write_all(bytes) {
            Ok(()) => {
                self.hasher.update(bytes);
                self.size += bytes.len() as u64;
                Ok(bytes.len())
            }
            Err(error) => {
                self.failure = Some(error);
                Err(io::Error::other("it cannot be written"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[async_trait]
impl Source for Recompressed {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        Ok(self.manifest(at).await?.descriptor().clone())
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        if let Selector::Digest(digest) = at
            && let Some(made) = self.manifests.get(digest)
        {
            return Ok(made.clone());
        }
        self.source.manifest(at).await
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        match self.layers.get(&blob.digest) {
            Some(file) => Ok(stream_file(file.clone(), self.path.clone(), range)),
            None => self.source.blob(blob, range).await,
        }
    }

    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        self.source.offers(foreign).await
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        self.source.tags().await
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        self.source.referrers(of).await
    }

    async fn origins(&self, blob: &Descriptor) -> Vec<Name> {
        self.source.origins(blob).await
    }
}
