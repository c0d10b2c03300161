//! Docker's older archive: configs and layers as they were before compression, and a `manifest.json`. Every docker and
//! podman reads it; compressed digests are lost on the way, image IDs are not.

use std::collections::HashSet;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use super::docker::Item;
use super::{MANIFEST, Unfinished};
use crate::error::{Error, Result};
use crate::oci::{Digest, ImageConfig, Manifest, Reference, config};
use crate::store::layer::decompressed;
use crate::store::layout::Layout;

/// Bytes hashed at once.
const BUFFER: usize = 256 << 10;

/// Writes `images` of `layout` as docker's older archive. `path` is what `out` is called in errors. Blocks.
///
/// # Errors
/// `BadFile` for what has no place in it: an index, an artifact; `DigestMismatch` when a layer is not
/// what its config says; `Io`.
pub fn write_plain(
    layout: &Layout,
    images: &[(Manifest, Vec<Reference>)],
    path: &Path,
    out: &mut dyn Write,
) -> Result<()> {
    let mut plain = Plain {
        layout,
        path,
        tar: tar::Builder::new(out),
        written: HashSet::new(),
    };
    let mut items: Vec<Item> = Vec::new();
    for (manifest, references) in images {
        items.push(plain.image(manifest, references)?);
    }
    let list = serde_json::to_vec(&items)
        .map_err(|error| Error::Machine(format!("cannot write {MANIFEST}: {error}")))?;
    plain.member(MANIFEST, list.len() as u64, &list[..])?;
    let finished = plain.tar.finish();
    finished.map_err(Error::io("cannot write", path))
}

/// The same, as the file at `path`. Blocks.
///
/// # Errors
/// As [`write_plain`]. The file then does not appear.
pub fn save_plain(
    layout: &Layout,
    images: &[(Manifest, Vec<Reference>)],
    path: &Path,
) -> Result<()> {
    let (file, unfinished) = Unfinished::begin(path)?;
    let mut out = BufWriter::with_capacity(BUFFER, &file);
    write_plain(layout, images, path, &mut out)?;
    out.flush().map_err(Error::io("cannot write", path))?;
    drop(out);
    unfinished.publish(&file)
}

struct Plain<'a> {
    layout: &'a Layout,
    path: &'a Path,
    tar: tar::Builder<&'a mut dyn Write>,
    written: HashSet<String>,
}

impl Plain<'_> {
    fn image(&mut self, manifest: &Manifest, references: &[Reference]) -> Result<Item> {
        let unfit = |reason: &str| Error::BadFile {
            path: self.path.to_owned(),
            reason: format!("{} cannot be in it: {reason}", manifest.digest()),
        };
        let image = manifest
            .image()
            .filter(|image| image.has_files())
            .ok_or_else(|| unfit("it is no image that has a root filesystem"))?;
        if image.config.size > config::MAX_BYTES as u64 {
            return Err(unfit("its config is too large"));
        }
        let bytes = self.layout.read(&image.config)?;
        let parsed = ImageConfig::parse(&bytes).map_err(|_| unfit("its config is damaged"))?;
        let diff_ids = parsed.rootfs.and_then(|rootfs| rootfs.diff_ids);
        let diff_ids = diff_ids.unwrap_or_default();
        if diff_ids.len() != image.layers.len() {
            return Err(unfit("its config names another number of layers"));
        }
        let mut layers = Vec::new();
        for (layer, diff_id) in image.layers.iter().zip(diff_ids) {
            layers.push(self.layer(&layer.digest, &diff_id)?);
        }
        let config = format!("{}.json", image.config.digest.hex());
        if self.written.insert(config.clone()) {
            self.member(&config, bytes.len() as u64, &bytes[..])?;
        }
        let tagged = references
            .iter()
            .filter(|reference| reference.tag.is_some());
        Ok(Item {
            config,
            repo_tags: Some(tagged.map(Reference::to_string).collect()),
            layers,
        })
    }

    /// Writes a layer, once; read twice, since a tar says a member's size before its bytes.
    fn layer(&mut self, digest: &Digest, diff_id: &Digest) -> Result<String> {
        let name = format!("{}.tar", diff_id.hex());
        if !self.written.insert(name.clone()) {
            return Ok(name);
        }
        let blob = self.layout.blob_path(digest);
        let open = || {
            let file = crate::store::disk::open(&blob)?;
            decompressed(file)
        };
        let (found, size) = open()
            .and_then(|from| measured(from, diff_id))
            .map_err(Error::io("cannot read", &blob))?;
        if found != *diff_id {
            return Err(Error::DigestMismatch {
                expected: *diff_id,
                found,
            });
        }
        let from = open().map_err(Error::io("cannot read", &blob))?;
        self.member(&name, size, from)?;
        Ok(name)
    }

    fn member(&mut self, name: &str, size: u64, from: impl Read) -> Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        let written = self.tar.append_data(&mut header, name, from.take(size));
        written.map_err(Error::io("cannot write", self.path))
    }
}

/// Digest, by the algorithm of `like`, and size of what comes.
pub(super) fn measured(mut from: impl Read, like: &Digest) -> io::Result<(Digest, u64)> {
    let (mut hasher, mut size) = (like.hasher(), 0);
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((hasher.finish(), size));
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
}
