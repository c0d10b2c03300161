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
//! | `output` | the file that an archive becomes when it is complete |
//! | `read` | the images of an archive, as a [`Source`](super::Source) |
//! | `write` | a tar being written |
//! | `sink` | the same, as a [`Sink`](super::Sink) |
//! | `plain` | docker's older form, with layers as they were before compression |
//!
//! Formats: OCI image-layout 1.1; docker's image specification 1.2 for `manifest.json`.

mod docker;
mod entries;
mod members;
mod output;
mod plain;

mod read;
mod sink;
mod write;

pub use members::Members;
pub(crate) use output::Unfinished;
pub use plain::{save_plain, write_plain};

pub use read::Archive;
pub use write::{Form, Writer};

use crate::oci::Digest;

/// What marks a layout.
const LAYOUT: &str = "oci-layout";
/// The list of images of a layout.
const INDEX: &str = "index.json";
/// Docker's list of images.
const MANIFEST: &str = "manifest.json";

/// The name of a blob in a layout.
fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.hex())
}
