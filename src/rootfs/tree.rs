//! The folder that an image is unpacked into: every step below it goes through directory descriptors, never through a
//! path of the whole system.
//!
//! A directory is opened by one `openat2` that refuses every link on the way; where the system has no `openat2`,
//! component by component with `O_NOFOLLOW`. A directory that somebody else turns into a link meanwhile is not followed
//! either way.
//!
//! Directories are made with mode 0700, and get what they should have at the very end, so that nobody else can put
//! anything into a tree that is being written. A file is always a new one: nothing is ever written through a name that
//! exists.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::Unpacked;
use super::attributes::Attributes;
use super::ground::{Answer, Folder, Found, Ground, New, Spot};
use super::members::{Member, Members};
use super::name;
use super::trouble::{Step, Trouble};

/// A directory of ours while it is written to.
const PRIVATE: Mode = Mode::RWXU;
/// How directories on the way are opened.
const FOLDER: OFlags = OFlags::PATH
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// The folder.
pub(super) struct Tree {
    root: OwnedFd,
    /// Whether the system has `openat2`, as far as is known.
    at_once: Cell<bool>,
}

/// What was made: a file that is still open, or something that has a name only.
pub(super) enum Made {
    File(OwnedFd),
    Pipe,
    Named,
}

impl Tree {
    /// The folder that `root` is open on.
    pub(super) fn new(root: OwnedFd) -> Self {
        Self {
            root,
            at_once: Cell::new(true),
        }
    }

    /// The same on a system without `openat2`.
    #[cfg(test)]
    pub(super) fn walking(root: OwnedFd) -> Self {
        Self {
            root,
            at_once: Cell::new(false),
        }
    }

    /// The directory with the true name `path`, to be listed or changed.
    pub(super) fn readable(&self, path: &[u8]) -> Answer<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = self.open(path)?;
        rustix::fs::openat(&folder, ".", flags, Mode::empty())
    }

    /// Gives the directory with the true name `path` what it should have.
    pub(super) fn settle(
        &self,
        path: &[u8],
        attributes: &Attributes,
        report: &mut Unpacked,
    ) -> Step<()> {
        let folder = self.readable(path);
        let folder = folder.map_err(Trouble::system("cannot open", path))?;
        attributes.set(&folder, path, report)
    }
}

impl Ground for Tree {
    type Place = OwnedFd;
    type Made = Made;

    fn open(&self, path: &[u8]) -> Answer<OwnedFd> {
        let path: &[u8] = if path.is_empty() { b"." } else { path };
        if self.at_once.get() {
            let strict =
                ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
            match rustix::fs::openat2(&self.root, path, FOLDER, Mode::empty(), strict) {
                // Not there before Linux 5.6; old sandboxes refuse what they do not know.
                Err(Errno::NOSYS | Errno::PERM) => self.at_once.set(false),
                // Something was renamed meanwhile, anywhere on the system: walk this one.
                Err(Errno::AGAIN) => {}
                opened => return opened,
            }
        }
        let mut here = rustix::fs::openat(&self.root, ".", FOLDER, Mode::empty())?;
        for part in name::components(path) {
            here = self.inner(&here, part)?;
        }
        Ok(here)
    }

    fn inner(&self, place: &OwnedFd, name: &[u8]) -> Answer<OwnedFd> {
        rustix::fs::openat(place, name, FOLDER, Mode::empty())
    }

    fn look(&self, place: &OwnedFd, name: &[u8]) -> Answer<Found> {
        let found = rustix::fs::statat(place, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(Found {
            kind: kind(&found),
            id: (found.st_dev, found.st_ino),
        })
    }

    fn target(&self, place: &OwnedFd, name: &[u8]) -> Answer<Vec<u8>> {
        let target = rustix::fs::readlinkat(place, name, Vec::new())?;
        Ok(target.into_bytes())
    }

    fn list(&self, path: &[u8]) -> Answer<Vec<(Vec<u8>, bool)>> {
        listed(&self.readable(path)?)
    }

    fn make_folder(&mut self, place: &OwnedFd, name: &[u8]) -> Answer<()> {
        rustix::fs::mkdirat(place, name, PRIVATE)
    }

    fn make(&mut self, place: &OwnedFd, name: &[u8], new: &New<OwnedFd>) -> Answer<Made> {
        match new {
            New::File => {
                let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
                let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let mode = Mode::RUSR | Mode::WUSR;
                return rustix::fs::openat(place, name, flags, mode).map(Made::File);
            }
            New::Pipe => {
                rustix::fs::mknodat(place, name, FileType::Fifo, Mode::RUSR, 0)?;
                return Ok(Made::Pipe);
            }
            New::Link { target } => rustix::fs::symlinkat(*target, place, name)?,
            New::Name {
                folder,
                name: other,
            } => rustix::fs::linkat(folder, *other, place, name, AtFlags::empty())?,
            New::Device {
                kind,
                number,
                attributes,
            } => {
                let number = rustix::fs::makedev(number.0, number.1);
                // A device cannot be opened to set its mode, as opening one may do something: the mask is out of the
                // way while it is made.
                let mask = rustix::process::umask(Mode::empty());
                let mode = Mode::from_raw_mode(attributes.mode);
                let result = rustix::fs::mknodat(place, name, *kind, mode, number);
                rustix::process::umask(mask);
                result?;
            }
        }
        Ok(Made::Named)
    }

    fn complete(
        &mut self,
        made: Made,
        at: &Spot<OwnedFd>,
        member: &Member,
        attributes: &Attributes,
        content: &mut Members<impl BufRead>,
        report: &mut Unpacked,
    ) -> Step<()> {
        match made {
            Made::File(fd) => {
                let mut file = File::from(fd);
                write(&mut file, &at.path, member, content)?;
                attributes.set(&file, &at.path, report)
            }
            Made::Pipe => {
                let doing = "cannot make the pipe";
                // Opened for reading without waiting for a writer: a descriptor of the pipe itself.
                let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                let opened = rustix::fs::openat(&at.folder.place, at.name, flags, Mode::empty());
                let fd: OwnedFd = opened.map_err(Trouble::system(doing, &at.path))?;
                let found = rustix::fs::fstat(&fd).map_err(Trouble::system(doing, &at.path))?;
                if kind(&found) != FileType::Fifo {
                    return Err(Trouble::bad("something else took its place"));
                }
                attributes.set(&fd, &at.path, report)
            }
            Made::Named => attributes.set_at(at.folder.place.as_fd(), at.name, &at.path),
        }
    }

    fn remove(&mut self, folder: &Folder<OwnedFd>, name: &[u8]) -> Step<()> {
        let path = folder.join(name)?;
        match rustix::fs::unlinkat(&folder.place, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            // Linux says EISDIR, POSIX EPERM.
            Err(Errno::ISDIR | Errno::PERM) => {}
            Err(error) => return Err(Trouble::system("cannot remove", &path)(error)),
        }
        // Directories are on a list, not on the stack: how deep they lie is up to the image.
        let mut todo = vec![path];
        while let Some(path) = todo.last().cloned() {
            let within = self.readable(&path);
            let within = within.map_err(Trouble::system("cannot open", &path))?;
            let inner = listed(&within).map_err(Trouble::system("cannot list", &path))?;
            let before = todo.len();
            for (name, is_folder) in inner {
                let below = name::join(&path, &name);
                if is_folder {
                    todo.push(below);
                } else {
                    rustix::fs::unlinkat(&within, &name[..], AtFlags::empty())
                        .map_err(Trouble::system("cannot remove", &below))?;
                }
            }
            if todo.len() == before {
                let (outer, name) = name::split(&path);
                self.open(outer)
                    .and_then(|outer| rustix::fs::unlinkat(&outer, name, AtFlags::REMOVEDIR))
                    .map_err(Trouble::system("cannot remove", &path))?;
                todo.pop();
            }
        }
        Ok(())
    }
}

/// Writes the content of a file, which is new, with its holes.
fn write(
    file: &mut File,
    path: &[u8],
    member: &Member,
    content: &mut Members<impl BufRead>,
) -> Step<()> {
    let fail = || Trouble::system("cannot write", path);
    for &(offset, length) in member.pieces().iter() {
        if member.sparse.is_some() {
            file.seek(SeekFrom::Start(offset)).map_err(fail())?;
        }
        content.take(length, |bytes| file.write_all(bytes).map_err(fail()))?;
    }
    if member.sparse.is_some() {
        file.set_len(member.size).map_err(fail())?;
    }
    Ok(())
}

fn kind(found: &Stat) -> FileType {
    FileType::from_raw_mode(found.st_mode)
}

/// The names in an open directory, and whether each is a directory.
fn listed(folder: &OwnedFd) -> Answer<Vec<(Vec<u8>, bool)>> {
    let mut found = Vec::new();
    for entry in rustix::fs::Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => kind(&rustix::fs::statat(
                folder,
                name,
                AtFlags::SYMLINK_NOFOLLOW,
            )?),
            kind => kind,
        };
        found.push((name.to_vec(), kind == FileType::Directory));
    }
    Ok(found)
}
