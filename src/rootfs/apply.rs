//! One layer after the other applied to the ground (image-spec, layer.md, "Applying Changesets").
//!
//! 1. The name is cleaned; what AUFS keeps for itself is passed over.
//! 2. A whiteout removes what lower layers left under its name, an opaque one all that they left in its directory. What
//!    the layer itself brings stays, whatever the order.
//! 3. Anything else takes the place of what stands there, but a directory that of a directory. A file is always a new
//!    one: nothing is ever written through a name that exists.
//! 4. Directories get their modes, owners and times at the end, the inner ones first.

use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::ops::Bound;

use rustix::fs::FileType;

use super::attributes::{Attributes, Who};
use super::ground::{Folder, Ground, Missing, Spot};
use super::members::{Kind, Member, Members};
use super::name::{self, AUFS, OPAQUE, WHITEOUT};
use super::picture::Picture;
use super::tree::Tree;
use super::trouble::{Step, Trouble};
use super::{Options, Unpacked};

mod make;

/// The most bytes of names and attributes that are kept in memory: ten times what the largest images have.
const MAX_NAMES: usize = 512 << 20;
/// The most entries of an image.
const MAX_ENTRIES: u64 = 10_000_000;

/// A tree being made.
pub(super) struct Applying<'a, G> {
    ground: &'a mut G,
    who: Who,
    options: &'a Options,
    /// Bytes of content that may still be written.
    left: u64,
    limit: u64,
    /// What directories get at the end, by their true names.
    folders: BTreeMap<Vec<u8>, Attributes>,
    /// True names of what the present layer brought, and of the directories above.
    brought: HashSet<Vec<u8>>,
    /// True names of directories in which, and below, nothing is left but what the present layer brought.
    cleared: HashSet<Vec<u8>>,
    /// Bytes of the names in all of them.
    names: usize,
    report: Unpacked,
}

impl<'a, G: Ground> Applying<'a, G> {
    pub(super) fn new(ground: &'a mut G, who: Who, options: &'a Options, limit: u64) -> Self {
        Self {
            ground,
            who,
            options,
            left: limit,
            limit,
            folders: BTreeMap::new(),
            brought: HashSet::new(),
            cleared: HashSet::new(),
            names: 0,
            report: Unpacked::default(),
        }
    }

    /// Makes the root what it is where no layer describes it.
    pub(super) fn describe_root(&mut self) {
        let attributes = Attributes::of_folder(self.who);
        self.describe(Vec::new(), attributes);
    }

    /// Notes what the directory with the true name `path` should have.
    fn describe(&mut self, path: Vec<u8>, attributes: Attributes) {
        self.names += path.len() + attributes.weight();
        let length = path.len();
        if let Some(earlier) = self.folders.insert(path, attributes) {
            self.names -= length + earlier.weight();
        }
    }

    /// Applies the layer that comes from `from`, and reads it to its end. An error names the entry it is about.
    pub(super) fn layer(&mut self, from: impl BufRead) -> Result<(), (Trouble, Option<Vec<u8>>)> {
        let of_layer = self.brought.drain().chain(self.cleared.drain());
        self.names -= of_layer.map(|path| path.len()).sum::<usize>();
        let mut members = Members::new(from);
        while let Some(member) = members.next().map_err(|trouble| (trouble, None))? {
            self.report.entries += 1;
            if self.report.entries > MAX_ENTRIES {
                let many = Trouble::bad("the image has more than ten million entries");
                return Err((many, None));
            }
            self.ground.turn_to(self.report.entries);
            if let Err(trouble) = self.member(&member, &mut members) {
                return Err((trouble, Some(member.path)));
            }
            if self.names + self.ground.names() > MAX_NAMES {
                let many = Trouble::bad("the names of its entries take more than 512 MiB");
                return Err((many, None));
            }
        }
        members.drain().map_err(|error| (error.into(), None))
    }

    fn member(&mut self, member: &Member, content: &mut Members<impl BufRead>) -> Step<()> {
        let path = name::clean(&member.path)?;
        let (outer, name) = name::split(&path);
        if name == OPAQUE {
            return self.hide_all(outer);
        }
        if name::components(&path).any(|part| part.starts_with(AUFS)) {
            return Ok(());
        }
        match name.strip_prefix(WHITEOUT) {
            Some(hidden) => self.hide(outer, hidden),
            None if name.is_empty() => self.root(member),
            None => self.entry(member, outer, name, content),
        }
    }

    /// Notes what the root itself should have.
    fn root(&mut self, member: &Member) -> Step<()> {
        if member.kind != Kind::Directory {
            return Err(Trouble::bad("it would take the place of the root"));
        }
        let attributes = Attributes::of(member, self.who, &mut self.report)?;
        self.describe(Vec::new(), attributes);
        Ok(())
    }

    /// Removes what lower layers left under `hidden`.
    fn hide(&mut self, outer: &[u8], hidden: &[u8]) -> Step<()> {
        if hidden.is_empty() || hidden == b"." || hidden == b".." {
            return Err(Trouble::bad("it is a whiteout of no name"));
        }
        let Some(folder) = self.ground.folder(outer, Missing::Leave)? else {
            return Ok(());
        };
        let path = folder.join(hidden)?;
        if !self.brought.contains(&path) {
            return self.remove(&folder, hidden);
        }
        match self.ground.stat(&folder, hidden)? {
            Some(found) if found.kind == FileType::Directory => self.clear(path),
            _ => Ok(()),
        }
    }

    /// Removes what lower layers left in `path`.
    fn hide_all(&mut self, path: &[u8]) -> Step<()> {
        match self.ground.folder(path, Missing::Leave)? {
            Some(folder) => self.clear(folder.path),
            None => Ok(()),
        }
    }

    /// Removes all below the true name `path` that the present layer did not bring.
    fn clear(&mut self, path: Vec<u8>) -> Step<()> {
        // Any number of whiteouts may say the same.
        let mut above = &path[..];
        loop {
            if self.cleared.contains(above) {
                return Ok(());
            }
            if above.is_empty() {
                break;
            }
            above = name::split(above).0;
        }
        self.names += path.len();
        self.cleared.insert(path.clone());
        let mut todo = vec![path];
        while let Some(path) = todo.pop() {
            let inner = self.ground.list(&path);
            let inner = inner.map_err(Trouble::system("cannot list", &path))?;
            let Some(folder) = self.ground.folder(&path, Missing::Leave)? else {
                continue;
            };
            for (name, is_folder) in inner {
                let below = folder.join(&name)?;
                if !self.brought.contains(&below) {
                    self.remove(&folder, &name)?;
                } else if is_folder && !self.cleared.contains(&below) {
                    todo.push(below);
                }
            }
        }
        Ok(())
    }

    /// Removes what stands under `name`, and what is remembered of it.
    fn remove(&mut self, folder: &Folder<G::Place>, name: &[u8]) -> Step<()> {
        let path = folder.join(name)?;
        self.ground.remove(folder, name)?;
        self.forget(&path);
        let mut start = path;
        start.push(b'/');
        let from = (Bound::Included(&start[..]), Bound::Unbounded);
        let below = self.folders.range::<[u8], _>(from).map(|(path, _)| path);
        let below: Vec<Vec<u8>> = below
            .take_while(|path| path.starts_with(&start))
            .cloned()
            .collect();
        for path in below {
            self.forget(&path);
        }
        Ok(())
    }

    fn forget(&mut self, path: &[u8]) {
        if let Some(attributes) = self.folders.remove(path) {
            self.names -= path.len() + attributes.weight();
        }
    }

    /// Remembers that the present layer brought `path`, and with it the directories above.
    fn bring(&mut self, path: &[u8]) {
        let mut path = path;
        while !path.is_empty() && self.brought.insert(path.to_vec()) {
            self.names += path.len();
            path = name::split(path).0;
        }
    }

    /// The directory `path`, made where it is not there.
    fn folder(&mut self, path: &[u8]) -> Step<Folder<G::Place>> {
        let folder = self.ground.folder(path, Missing::Make)?;
        let folder = folder.ok_or_else(|| Trouble::bad("its directory cannot be made"))?;
        for path in &folder.made {
            let attributes = Attributes::of_folder(self.who);
            self.describe(path.clone(), attributes);
        }
        Ok(folder)
    }

    fn entry(
        &mut self,
        member: &Member,
        outer: &[u8],
        name: &[u8],
        content: &mut Members<impl BufRead>,
    ) -> Step<()> {
        let is_device = matches!(member.kind, Kind::CharacterDevice | Kind::BlockDevice);
        if is_device && !(self.options.devices && self.who == Who::Root) {
            self.report.devices += 1;
            // What it would have taken the place of goes all the same.
            return match self.ground.folder(outer, Missing::Leave)? {
                Some(folder) => self.remove(&folder, name),
                None => Ok(()),
            };
        }
        let folder = self.folder(outer)?;
        let at = Spot {
            folder: &folder,
            name,
            path: folder.join(name)?,
        };
        match member.kind {
            Kind::HardLink => self.name(&member.link, &at)?,
            Kind::Directory => self.directory(member, &at)?,
            _ => self.other(member, &at, content)?,
        }
        self.bring(&at.path);
        Ok(())
    }

    fn directory(&mut self, member: &Member, at: &Spot<G::Place>) -> Step<()> {
        let attributes = Attributes::of(member, self.who, &mut self.report)?;
        let found = self.ground.stat(at.folder, at.name)?;
        if !found.is_some_and(|found| found.kind == FileType::Directory) {
            if found.is_some() {
                self.remove(at.folder, at.name)?;
            }
            let made = self.ground.make_folder(&at.folder.place, at.name);
            made.map_err(Trouble::system("cannot make the directory", &at.path))?;
        }
        self.describe(at.path.clone(), attributes);
        Ok(())
    }
}

impl Applying<'_, Tree> {
    /// Gives the directories what they should have, and says what was done.
    pub(super) fn finish(mut self) -> Step<Unpacked> {
        let folders = std::mem::take(&mut self.folders);
        // A directory comes before what is in it: backwards, the inner ones are first.
        for (path, attributes) in folders.iter().rev() {
            self.ground.settle(path, attributes, &mut self.report)?;
        }
        Ok(self.report)
    }
}

impl Applying<'_, Picture> {
    /// What directories should have, by their true names.
    pub(super) fn folders(self) -> BTreeMap<Vec<u8>, Attributes> {
        self.folders
    }
}
