//! What layers are applied to: a folder of the system (`tree.rs`) or a picture of one in memory (`picture.rs`). The rules
//! of layers (`apply.rs`) and the walk over links are written once, over the steps that both can do.
//!
//! A directory is opened without following any link. Where a link is on the way, the way is walked component by
//! component; links are read and followed here, as if the ground were the root of a system: `/` starts again at it, and
//! `..` does not leave it.
//!
//! What is found has a *true name*: the clean name without links on the way.

use std::collections::VecDeque;
use std::io::BufRead;

use rustix::fs::FileType;
use rustix::io::Errno;

use super::Unpacked;
use super::attributes::Attributes;
use super::members::{Member, Members};
use super::name::{self, MAX_NAME, MAX_PATH};
use super::trouble::{Step, Trouble};

/// How many links may lead to one another: what Linux takes.
const MAX_LINKS: usize = 40;

/// What a ground answers: the errors are those of a file system.
pub(super) type Answer<T> = Result<T, Errno>;

/// An open directory, and where it is.
pub(super) struct Folder<P> {
    pub(super) place: P,
    /// Its true name.
    pub(super) path: Vec<u8>,
    /// True names of the directories that were made on the way.
    pub(super) made: Vec<Vec<u8>>,
}

impl<P> Folder<P> {
    /// The true name of `name` in it.
    pub(super) fn join(&self, name: &[u8]) -> Step<Vec<u8>> {
        let path = name::join(&self.path, name);
        if path.len() > MAX_PATH {
            return Err(Trouble::bad("links lead to a name of more than 4096 bytes"));
        }
        Ok(path)
    }
}

/// Where an entry goes.
pub(super) struct Spot<'a, P> {
    pub(super) folder: &'a Folder<P>,
    pub(super) name: &'a [u8],
    /// Its true name.
    pub(super) path: Vec<u8>,
}

/// What stands under a name, links not followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) kind: FileType,
    /// The same for two names of one file.
    pub(super) id: (u64, u64),
}

/// What is made where nothing is, directories apart.
pub(super) enum New<'a, P> {
    File,
    Pipe,
    Link {
        target: &'a [u8],
    },
    Device {
        kind: FileType,
        /// Major and minor.
        number: (u32, u32),
        attributes: &'a Attributes,
    },
    /// Another name of what `name` is in `folder`; a link there is not followed.
    Name {
        folder: &'a P,
        name: &'a [u8],
    },
}

/// What to do about directories that are not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Make,
    Leave,
}

/// A tree of files, each step of which follows no link.
pub(super) trait Ground {
    /// An open directory.
    type Place;
    /// What was just made, as far as it is needed to complete it.
    type Made;

    /// Opens the directory with the true name `path`.
    fn open(&self, path: &[u8]) -> Answer<Self::Place>;

    /// Opens the directory `name` in `place`.
    fn inner(&self, place: &Self::Place, name: &[u8]) -> Answer<Self::Place>;

    /// What stands under `name` in `place`.
    fn look(&self, place: &Self::Place, name: &[u8]) -> Answer<Found>;

    /// Where the link `name` in `place` leads.
    fn target(&self, place: &Self::Place, name: &[u8]) -> Answer<Vec<u8>>;

    /// The names in the directory with the true name `path`, and whether each is a directory.
    fn list(&self, path: &[u8]) -> Answer<Vec<(Vec<u8>, bool)>>;

    /// Makes a directory where nothing is.
    fn make_folder(&mut self, place: &Self::Place, name: &[u8]) -> Answer<()>;

    /// Makes something else where nothing is.
    fn make(
        &mut self,
        place: &Self::Place,
        name: &[u8],
        new: &New<Self::Place>,
    ) -> Answer<Self::Made>;

    /// Gives what was made its content and attributes.
    fn complete(
        &mut self,
        made: Self::Made,
        at: &Spot<Self::Place>,
        member: &Member,
        attributes: &Attributes,
        content: &mut Members<impl BufRead>,
        report: &mut Unpacked,
    ) -> Step<()>;

    /// Removes what stands under `name`, with all below it. Nothing there is as well.
    fn remove(&mut self, folder: &Folder<Self::Place>, name: &[u8]) -> Step<()>;

    /// Bytes of names that it keeps in memory.
    fn names(&self) -> usize {
        0
    }

    /// What comes now is of this entry of the image, counted over all layers.
    fn turn_to(&mut self, entry: u64) {
        let _ = entry;
    }

    /// The directory with the clean name `path`, links on the way followed inside; `None` where it is not there and
    /// should not be made.
    fn folder(&mut self, path: &[u8], missing: Missing) -> Step<Option<Folder<Self::Place>>> {
        match self.open(path) {
            Ok(place) => Ok(Some(Folder {
                place,
                path: path.to_vec(),
                made: Vec::new(),
            })),
            Err(Errno::NOENT) if missing == Missing::Leave => Ok(None),
            Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => self.walk(path, missing),
            Err(error) => Err(Trouble::system("cannot open", path)(error)),
        }
    }

    /// The same, component by component.
    fn walk(&mut self, path: &[u8], missing: Missing) -> Step<Option<Folder<Self::Place>>> {
        let mut here = self.root()?;
        let mut todo: VecDeque<Vec<u8>> = name::components(path).map(<[u8]>::to_vec).collect();
        let mut links = 0;
        while let Some(part) = todo.pop_front() {
            if part == b".." {
                here.path.truncate(name::split(&here.path).0.len());
                let opened = self.open(&here.path);
                here.place = opened.map_err(Trouble::system("cannot open", &here.path))?;
                continue;
            }
            if part.len() > MAX_NAME {
                return Err(Trouble::bad(
                    "a link leads to a component of more than 255 bytes",
                ));
            }
            let next = here.join(&part)?;
            match self.inner(&here.place, &part) {
                Ok(place) => (here.place, here.path) = (place, next),
                Err(Errno::NOENT) if missing == Missing::Leave => return Ok(None),
                Err(Errno::NOENT) => {
                    let made = self.make_folder(&here.place, &part);
                    made.map_err(Trouble::system("cannot make the directory", &next))?;
                    here.made.push(next);
                    todo.push_front(part);
                }
                Err(Errno::NOTDIR | Errno::LOOP) => {
                    let target = match self.target(&here.place, &part) {
                        Ok(target) => target,
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
                        let made = std::mem::take(&mut here.made);
                        here = self.root()?;
                        here.made = made;
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

    /// The root.
    fn root(&self) -> Step<Folder<Self::Place>> {
        let place = self.open(b"").map_err(Trouble::system("cannot open", b""));
        Ok(Folder {
            place: place?,
            path: Vec::new(),
            made: Vec::new(),
        })
    }

    /// What stands under `name` in `folder`, links not followed.
    fn stat(&self, folder: &Folder<Self::Place>, name: &[u8]) -> Step<Option<Found>> {
        match self.look(&folder.place, name) {
            Ok(found) => Ok(Some(found)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(Trouble::system("cannot look at", &folder.join(name)?)(
                error,
            )),
        }
    }
}
