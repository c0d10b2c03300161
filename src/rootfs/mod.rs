//! Images as the files they are made of: the layers of a local image applied to a folder, in order, or one tar of what
//! that folder would hold.
//!
//! Promised, for layers from anybody:
//!
//! 1. Nothing outside the folder is read, made, changed or removed, whatever names and links the layers have, and even if
//!    somebody else changes the folder meanwhile: every step is taken from a directory descriptor (`tree.rs`).
//! 2. Every layer is what the config says it is: the digest of what comes out of it is compared before the next one is
//!    applied.
//! 3. What comes out is bounded: bytes, entries, names, extended headers. Nothing is kept in memory but names.
//!
//! A tar is made in two passes: the first one applies the layers to a picture in memory, by the same rules; the second one
//! writes what is left in it. Nothing of a layer is written before all of them were verified.
//!
//! The folder is new or empty. When something fails it is left as it is, incomplete: whoever asked knows what else they
//! keep beside it. Durability is left to the system, as for every copy that can be made again.
//!
//! For Linux: rests on its descriptors of paths, and images of other systems have nothing to gain from it.

use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::sync_channel;

use rustix::fs::{Mode, OFlags};

use self::apply::Applying;
use self::attributes::Who;
use self::stream::{AHEAD, Incoming};
use self::tree::Tree;
use self::trouble::Trouble;
use crate::error::{Error, Result};
use crate::store::layout::Layout;

mod apply;
mod attributes;
mod flatten;
mod ground;
mod members;
mod name;
mod number;
mod pax;
mod picture;
mod plan;
mod sparse;
mod stream;
#[cfg(test)]
mod tests;
mod tree;
mod trouble;
mod write;

pub use flatten::{save_flat, write_flat};
pub use plan::Plan;

/// What the caller chooses.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether the superuser makes device files.
    pub devices: bool,
}

/// What was unpacked, and what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Entries of all layers, whiteouts included.
    pub entries: u64,
    /// Bytes of the content of files that were written.
    pub bytes: u64,
    /// Device files that were not made.
    pub devices: u64,
    /// Entries that lost set-user-ID or set-group-ID.
    pub stripped: u64,
    /// Extended attributes that the file system did not take.
    pub unattributed: u64,
}

/// The folder to unpack into, open.
#[derive(Debug)]
pub struct Target {
    path: PathBuf,
    fd: OwnedFd,
    /// Whether it was made here: then its mode is the image's, or 0755.
    new: bool,
}

impl Target {
    /// Makes the folder at `path`, private for now, or takes the empty one there. Folders above it are made too.
    ///
    /// # Errors
    /// `BadFile` where there is something else, or something in it; `Io`.
    pub fn open(path: &Path) -> Result<Self> {
        let new = match std::fs::metadata(path) {
            Ok(_) => false,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
            Err(error) => return Err(Error::io("cannot open", path)(error)),
        };
        if new {
            if let Some(outer) = path.parent() {
                std::fs::create_dir_all(outer)
                    .map_err(Error::io("cannot make the folder", outer))?;
            }
            let mut builder = std::fs::DirBuilder::new();
            builder
                .mode(0o700)
                .create(path)
                .map_err(Error::io("cannot make the folder", path))?;
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(rustix::io::Errno::NOTDIR) => return Err(unfit(path, "it is no folder")),
            Err(error) => return Err(Error::io("cannot open", path)(error.into())),
        };
        let entries = rustix::fs::Dir::read_from(&fd)
            .map_err(|error| Error::io("cannot list", path)(error.into()))?;
        for entry in entries {
            let entry = entry.map_err(|error| Error::io("cannot list", path)(error.into()))?;
            if ![&b"."[..], b".."].contains(&entry.file_name().to_bytes()) {
                return Err(unfit(
                    path,
                    "it is not empty; an image is unpacked into a new or empty folder",
                ));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            fd,
            new,
        })
    }
}

fn unfit(path: &Path, reason: &str) -> Error {
    Error::BadFile {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

/// Unpacks the layers of `plan`, which are in `layout`, into `target`. Gives up soon after `stop` was set. Blocks.
///
/// The superuser gets owners, all modes and capabilities as the image has them; anybody else owns everything, without
/// set-user-ID and set-group-ID bits. Device files are made only by the superuser who asks for them.
///
/// # Errors
/// `Layer` for what a layer must not hold or is too broken to hold; `DigestMismatch` for one that is not what the config
/// says; `TooLarge`; `Io`. What was unpacked by then stays.
pub fn unpack(
    layout: &Layout,
    plan: &Plan,
    target: Target,
    options: &Options,
    stop: &AtomicBool,
) -> Result<Unpacked> {
    let Target { path, fd, new } = target;
    let mut tree = Tree::new(fd);
    let mut applying = Applying::new(&mut tree, Who::is(), options, plan.limit);
    if new {
        applying.describe_root();
    }
    each_layer(layout, plan, &path, stop, |layer| applying.layer(layer))?;
    let finished = applying.finish();
    finished.map_err(|trouble| trouble.into_error(&path, &plan.image, None))
}

/// Hands one layer after the other to `to`, which reads it to its end; then it was verified. `root` is what names are
/// below, for errors.
fn each_layer(
    layout: &Layout,
    plan: &Plan,
    root: &Path,
    stop: &AtomicBool,
    mut to: impl FnMut(&mut Incoming) -> Result<(), (Trouble, Option<Vec<u8>>)>,
) -> Result<()> {
    std::thread::scope(|scope| {
        // `from` goes away with this closure: then the thread has nobody to send to, and ends.
        let (sender, from) = sync_channel(AHEAD);
        scope.spawn(move || stream::send(layout, &plan.layers, plan.limit, &sender));
        for layer in &plan.layers {
            let mut incoming = Incoming::new(&from, stop);
            let read = to(&mut incoming);
            if let Some(failure) = incoming.failure() {
                return Err(failure);
            }
            read.map_err(|(trouble, entry)| {
                trouble.into_error(root, &layer.descriptor.digest, entry.as_deref())
            })?;
        }
        Ok(())
    })
}
