//! Images in one tar: OCI image layouts as `save`, `ctr` and `docker` from 25 on write them, and docker's older
//! archives.
//!
//! An archive is never extracted. Its members are looked up by name among themselves and read where they lie; nothing in
//! it becomes a path. What is taken out of it is content with a digest, checked like content from a registry.
//!
//! | file | what it does |
//! |---|---|
//! | `entries` | a tar gone through, with limits |
//! | `members` | the names in a tar, and where their bytes are: in the file, or spooled into a store |
//! | `docker` | `manifest.json`: docker's list of images |
//! | `read` | the images of an archive, as a [`Source`](super::Source) |
//! | `write` | a tar being written, as a [`Sink`](super::Sink) |
//! | `plain` | docker's older form, with layers as they were before compression |
//!
//! Formats: OCI image-layout 1.1; docker's image specification 1.2 for `manifest.json`.

mod docker;
mod entries;
mod members;
mod plain;

mod read;
mod write;

pub use members::Members;
pub use plain::{save_plain, write_plain};

pub use read::Archive;
pub use write::{Form, Writer};

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use crate::error::{Error, Result};
use crate::oci::Digest;
use crate::store::disk;

/// What marks a layout.
const LAYOUT: &str = "oci-layout";
/// The list of images of a layout.
const INDEX: &str = "index.json";
/// Docker's list of images.
const MANIFEST: &str = "manifest.json";

/// A private file beside `path`, to become it. Where that is a link to a file, the file is meant: see [`publish`].
///
/// # Errors
/// `BadFile` where a device, a pipe or a folder is, which would be replaced, not written to; `Io`.
pub(crate) fn begin(path: &Path) -> Result<NamedTempFile> {
    let path = &meant(path);
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Error::BadFile {
            path: path.to_owned(),
            reason: "it is no regular file; to write into it, redirect standard output".to_owned(),
        });
    }
    // Made with mode 0600.
    let temporary = tempfile::Builder::new()
        .prefix(".rg-")
        .suffix(".tmp")
        .tempfile_in(folder_of(path));
    temporary.map_err(Error::io("cannot write", path))
}

/// The file that a link leads to, such as `/dev/stdout` where that is redirected into one.
fn meant(path: &Path) -> PathBuf {
    if path.is_symlink() && path.is_file() {
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    } else {
        path.to_owned()
    }
}

/// Gives a complete file its name, durably. A link to a file stays one.
///
/// # Errors
/// `Io`. The file then does not appear.
pub(crate) fn publish(file: &File, temporary: TempPath, path: &Path) -> Result<()> {
    let path = &meant(path);
    file.sync_all().map_err(Error::io("cannot write", path))?;
    let named = temporary.persist(path);
    named.map_err(|error| Error::io("cannot write", path)(error.error))?;
    disk::sync_folder(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    folder
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."))
}

/// The name of a blob in a layout.
fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.hex())
}
