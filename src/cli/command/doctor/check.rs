//! What arrived, byte for byte: every blob against its digest, and the program inside against this one.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::image::{MEMBER, Made};
use super::{broken, ensure};
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, Image, Platform};
use crate::store::layout::{Layout, LocalImage};

/// Bytes read at once.
const BUFFER: usize = 256 << 10;

/// What was checked.
pub(super) struct Checked {
    /// Pieces of content, manifest included.
    pub(super) pieces: usize,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// Reads the image called `name` in `layout` again, from the disk, and compares it with what was `made`.
pub(super) fn arrived(layout: &Layout, name: &str, made: &Made) -> Result<Checked> {
    let image: LocalImage = layout.find(name, &Platform::host())?;
    ensure(
        image.root.digest == *made.manifest.digest(),
        "the image that arrived is another one",
    )?;
    let listed = layout.images(&Platform::host())?;
    ensure(
        listed.len() == 1,
        "the store lists another number of images than one",
    )?;
    let bytes = layout.read(&image.root)?;
    ensure(
        bytes == made.manifest.bytes(),
        "the manifest has other bytes",
    )?;
    let Some(parts) = made.manifest.image() else {
        return Err(broken("the manifest is no image's"));
    };
    let mut checked = Checked {
        pieces: 1,
        bytes: image.root.size,
    };
    for blob in made.manifest.children() {
        hash(&path(layout.path(), blob), blob)?;
        checked.pieces += 1;
        checked.bytes += blob.size;
    }
    same_program(layout, parts, made)?;
    Ok(checked)
}

fn path(store: &Path, blob: &Descriptor) -> std::path::PathBuf {
    let folder = store.join("blobs").join(blob.digest.algorithm());
    folder.join(blob.digest.hex())
}

fn hash(path: &Path, blob: &Descriptor) -> Result<()> {
    let mut file = std::fs::File::open(path).map_err(Error::io("cannot read", path))?;
    let mut hasher = blob.digest.hasher();
    let mut buffer = vec![0; BUFFER];
    let mut size = 0;
    loop {
        let read = file
            .read(&mut buffer)
            .map_err(Error::io("cannot read", path))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
    let found = hasher.finish();
    if found != blob.digest {
        return Err(Error::DigestMismatch {
            expected: blob.digest,
            found,
        });
    }
    if size != blob.size {
        return Err(Error::SizeMismatch {
            digest: blob.digest,
            expected: blob.size,
            found: size,
        });
    }
    Ok(())
}

/// Unpacks the layer with the program in it and compares.
fn same_program(layout: &Layout, image: &Image, made: &Made) -> Result<()> {
    let Some(layer) = image.layers.first() else {
        return Err(broken("the image has no layers"));
    };
    let path = path(layout.path(), layer);
    let unreadable = Error::io("cannot unpack", &path);
    let file = std::fs::File::open(&path).map_err(Error::io("cannot read", &path))?;
    let program = member(file).map_err(unreadable)?;
    ensure(
        program.is_some_and(|program| Digest::of(&program) == made.program),
        "the program in the image is not this one",
    )
}

fn member(layer: std::fs::File) -> std::io::Result<Option<Vec<u8>>> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(layer));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_os_str() == MEMBER {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
