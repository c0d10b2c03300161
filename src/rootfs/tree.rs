//! The folder that an image is unpacked into: every step below it goes through directory descriptors, never through a
//! path of the whole system.
//!
//! A directory is opened by one `openat2` that refuses every link on the way. Where a link is, or the system has no
//! `openat2`, the way is walked component by component with `O_NOFOLLOW`; links are read and followed here, as if the
//! folder were the root of the system: `/` starts again at it, and `..` does not leave it. A directory that somebody else
//! turns into a link meanwhile is not followed either way.
//!
//! What is found has a *true name*: the clean name without links on the way. Directories are made with mode 0700, and get
//! what they should have at the very end, so that nobody else can put anything into a tree that is being written.

use std::cell::Cell;
use std::collections::VecDeque;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::name::{self, MAX_PATH};
use super::trouble::{Step, Trouble};

/// How many links may lead to one another: what Linux takes.
const MAX_LINKS: usize = 40;
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

/// A directory in it.
pub(super) struct Folder {
    fd: OwnedFd,
    /// Its true name.
    pub(super) path: Vec<u8>,
    /// True names of the directories that were made on the way.
    pub(super) made: Vec<Vec<u8>>,
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Folder {
    /// The true name of `name` in it.
    pub(super) fn join(&self, name: &[u8]) -> Step<Vec<u8>> {
        let path = name::join(&self.path, name);
        if path.len() > MAX_PATH {
            return Err(Trouble::bad("links lead to a name of more than 4096 bytes"));
        }
        Ok(path)
    }

    /// What stands under `name`, links not followed.
    pub(super) fn stat(&self, name: &[u8]) -> Step<Option<Stat>> {
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(Trouble::system("cannot look at", &self.join(name)?)(error)),
        }
    }
}

/// Whether `found` is of this type.
pub(super) fn is(found: &Stat, kind: FileType) -> bool {
    FileType::from_raw_mode(found.st_mode) == kind
}

/// What to do about directories that are not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Make,
    Leave,
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

    /// The directory with the clean name `path`, links on the way followed inside; `None` where it is not there and
    /// should not be made.
    pub(super) fn folder(&self, path: &[u8], missing: Missing) -> Step<Option<Folder>> {
        match self.directly(path) {
            Ok(fd) => Ok(Some(Folder {
                fd,
                path: path.to_vec(),
                made: Vec::new(),
            })),
            Err(Errno::NOENT) if missing == Missing::Leave => Ok(None),
            Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => self.walk(path, missing),
            Err(error) => Err(Trouble::system("cannot open", path)(error)),
        }
    }

    /// The directory with the true name `path`.
    fn directly(&self, path: &[u8]) -> rustix::io::Result<OwnedFd> {
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
            here = rustix::fs::openat(&here, part, FOLDER, Mode::empty())?;
        }
        Ok(here)
    }

    fn walk(&self, path: &[u8], missing: Missing) -> Step<Option<Folder>> {
        let start = |path: &[u8]| {
            self.directly(path)
                .map_err(Trouble::system("cannot open", path))
        };
        let mut here = Folder {
            fd: start(b"")?,
            path: Vec::new(),
            made: Vec::new(),
        };
        let mut todo: VecDeque<Vec<u8>> = name::components(path).map(<[u8]>::to_vec).collect();
        let mut links = 0;
        while let Some(part) = todo.pop_front() {
            if part == b".." {
                here.path.truncate(name::split(&here.path).0.len());
                here.fd = start(&here.path)?;
                continue;
            }
            let next = here.join(&part)?;
            match rustix::fs::openat(&here.fd, &part[..], FOLDER, Mode::empty()) {
                Ok(fd) => (here.fd, here.path) = (fd, next),
                Err(Errno::NOENT) if missing == Missing::Leave => return Ok(None),
                Err(Errno::NOENT) => {
                    let made = rustix::fs::mkdirat(&here.fd, &part[..], PRIVATE);
                    made.map_err(Trouble::system("cannot make the directory", &next))?;
                    here.made.push(next);
                    todo.push_front(part);
                }
                Err(Errno::NOTDIR | Errno::LOOP) => {
                    let target = match rustix::fs::readlinkat(&here.fd, &part[..], Vec::new()) {
                        Ok(target) => target.into_bytes(),
                        Err(_) if missing == Missing::Leave => return Ok(None),
                        Err(_) => {
                            let name = String::from_utf8_lossy(&next).into_owned();
                            return Err(Trouble::Bad(format!("{name} is no directory")));
                        }
                    };
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Trouble::bad("too many links lead to one another"));
                    }
                    if target.starts_with(b"/") {
                        here.path.clear();
                        here.fd = start(b"")?;
                    }
                    for part in name::components(&target).rev() {
                        todo.push_front(part.to_vec());
                    }
                }
                Err(error) => return Err(Trouble::system("cannot open", &next)(error)),
            }
        }
        Ok(Some(here))
    }

    /// The directory with the true name `path`, to be listed or changed.
    pub(super) fn open(&self, path: &[u8]) -> Step<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = self
            .directly(path)
            .and_then(|folder| rustix::fs::openat(&folder, ".", flags, Mode::empty()));
        opened.map_err(Trouble::system("cannot open", path))
    }

    /// The names in the directory with the true name `path`, and whether each is a directory.
    pub(super) fn list(&self, path: &[u8]) -> Step<Vec<(Vec<u8>, bool)>> {
        listed(&self.open(path)?).map_err(Trouble::system("cannot list", path))
    }

    /// Removes what stands under `name` in `folder`, with all below it. Nothing there is as well.
    pub(super) fn remove(&self, folder: &Folder, name: &[u8]) -> Step<()> {
        let path = folder.join(name)?;
        match rustix::fs::unlinkat(folder, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            // Linux says EISDIR, POSIX EPERM.
            Err(Errno::ISDIR | Errno::PERM) => {}
            Err(error) => return Err(Trouble::system("cannot remove", &path)(error)),
        }
        // Directories are on a list, not on the stack: how deep they lie is up to the image.
        let mut todo = vec![path];
        while let Some(path) = todo.last().cloned() {
            let within = self.open(&path)?;
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
                self.directly(outer)
                    .and_then(|outer| rustix::fs::unlinkat(&outer, name, AtFlags::REMOVEDIR))
                    .map_err(Trouble::system("cannot remove", &path))?;
                todo.pop();
            }
        }
        Ok(())
    }

    /// Makes a directory, unless one is there; what else is there goes.
    pub(super) fn make_folder(&self, folder: &Folder, name: &[u8]) -> Step<()> {
        if let Some(found) = folder.stat(name)? {
            if is(&found, FileType::Directory) {
                return Ok(());
            }
            self.remove(folder, name)?;
        }
        let made = rustix::fs::mkdirat(folder, name, PRIVATE);
        made.map_err(Trouble::system(
            "cannot make the directory",
            &folder.join(name)?,
        ))
    }
}

/// The names in an open directory, and whether each is a directory.
fn listed(folder: &OwnedFd) -> rustix::io::Result<Vec<(Vec<u8>, bool)>> {
    let mut found = Vec::new();
    for entry in rustix::fs::Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                let stat = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
                FileType::from_raw_mode(stat.st_mode)
            }
            kind => kind,
        };
        found.push((name.to_vec(), kind == FileType::Directory));
    }
    Ok(found)
}
