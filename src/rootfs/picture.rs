//! The picture of a tree: the names that layers leave, without what is in the files, in memory. What a picture shows is
//! what a folder would hold if the same layers were applied to it.

use std::collections::BTreeMap;
use std::io::BufRead;

use rustix::fs::FileType;
use rustix::io::Errno;

use super::Unpacked;
use super::attributes::Attributes;
use super::ground::{Answer, Folder, Found, Ground, New, Spot};
use super::members::{Member, Members};
use super::name;
use super::trouble::Step;

/// Where in the list of nodes something is.
pub(super) type Id = usize;
/// The root of every picture.
pub(super) const ROOT: Id = 0;

/// The names in a directory.
pub(super) type Names = BTreeMap<Box<[u8]>, Id>;

/// Something that has names.
#[derive(Debug)]
pub(super) enum Node {
    Folder(Names),
    /// A file, by the number of the entry that has its content.
    File(u64),
    Other(Box<Other>),
    /// What nothing leads to any more.
    Gone,
}

/// What is no directory and has no content.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) kind: FileType,
    /// Where a link leads.
    pub(super) target: Vec<u8>,
    /// Major and minor number of a device.
    pub(super) device: (u32, u32),
    /// How many names it was given.
    pub(super) names: u64,
    /// Known as soon as it is complete.
    pub(super) attributes: Option<Attributes>,
}

/// A tree in memory.
pub(super) struct Picture {
    nodes: Vec<Node>,
    /// The entry that is being applied.
    entry: u64,
    /// Bytes of the names and targets.
    names: usize,
}

impl Picture {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Node::Folder(Names::new())],
            entry: 0,
            names: 0,
        }
    }

    /// What stands at `id`, which the picture gave.
    pub(super) fn node(&self, id: Id) -> &Node {
        self.nodes.get(id).unwrap_or(&Node::Gone)
    }

    fn names_in(&self, place: Id) -> Answer<&Names> {
        match self.node(place) {
            Node::Folder(names) => Ok(names),
            Node::File(_) | Node::Other(_) => Err(Errno::NOTDIR),
            Node::Gone => Err(Errno::NOENT),
        }
    }

    fn child(&self, place: Id, name: &[u8]) -> Answer<Id> {
        let names = self.names_in(place)?;
        names.get(name).copied().ok_or(Errno::NOENT)
    }

    /// Gives `id` the new name `name` in `place`.
    fn put(&mut self, place: Id, name: &[u8], id: Id) -> Answer<()> {
        let Some(Node::Folder(names)) = self.nodes.get_mut(place) else {
            return Err(Errno::NOENT);
        };
        if names.contains_key(name) {
            return Err(Errno::EXIST);
        }
        names.insert(name.into(), id);
        self.names += name.len();
        Ok(())
    }

    fn add(&mut self, place: Id, name: &[u8], node: Node) -> Answer<Id> {
        let id = self.nodes.len();
        self.put(place, name, id)?;
        self.nodes.push(node);
        Ok(id)
    }
}

impl Ground for Picture {
    type Place = Id;
    type Made = Id;

    fn open(&self, path: &[u8]) -> Answer<Id> {
        name::components(path).try_fold(ROOT, |place, part| self.inner(&place, part))
    }

    fn inner(&self, place: &Id, name: &[u8]) -> Answer<Id> {
        let id = self.child(*place, name)?;
        self.names_in(id).map(|_| id)
    }

    fn look(&self, place: &Id, name: &[u8]) -> Answer<Found> {
        let id = self.child(*place, name)?;
        let kind = match self.node(id) {
            Node::Folder(_) => FileType::Directory,
            Node::File(_) => FileType::RegularFile,
            Node::Other(other) => other.kind,
            Node::Gone => return Err(Errno::NOENT),
        };
        Ok(Found {
            kind,
            id: (0, id as u64),
        })
    }

    fn target(&self, place: &Id, name: &[u8]) -> Answer<Vec<u8>> {
        match self.node(self.child(*place, name)?) {
            Node::Other(other) if other.kind == FileType::Symlink => Ok(other.target.clone()),
            _ => Err(Errno::INVAL),
        }
    }

    fn list(&self, path: &[u8]) -> Answer<Vec<(Vec<u8>, bool)>> {
        let names = self.names_in(self.open(path)?)?;
        let is_folder = |id: Id| matches!(self.node(id), Node::Folder(_));
        Ok(names
            .iter()
            .map(|(name, &id)| (name.to_vec(), is_folder(id)))
            .collect())
    }

    fn make_folder(&mut self, place: &Id, name: &[u8]) -> Answer<()> {
        self.add(*place, name, Node::Folder(Names::new())).map(drop)
    }

    fn make(&mut self, place: &Id, name: &[u8], new: &New<Id>) -> Answer<Id> {
        let other = |kind, target: &[u8], device| {
            Node::Other(Box::new(Other {
                kind,
                target: target.to_vec(),
                device,
                names: 1,
                attributes: None,
            }))
        };
        let node = match new {
            New::Name {
                folder,
                name: known,
            } => {
                let id = self.child(**folder, known)?;
                self.put(*place, name, id)?;
                if let Some(Node::Other(other)) = self.nodes.get_mut(id) {
                    other.names += 1;
                }
                return Ok(id);
            }
            New::File => Node::File(self.entry),
            New::Pipe => other(FileType::Fifo, b"", (0, 0)),
            New::Link { target } => other(FileType::Symlink, target, (0, 0)),
            New::Device { kind, number, .. } => other(*kind, b"", *number),
        };
        let length = match &node {
            Node::Other(other) => other.target.len(),
            _ => 0,
        };
        let id = self.add(*place, name, node)?;
        self.names += length;
        Ok(id)
    }

    fn complete(
        &mut self,
        made: Id,
        _: &Spot<Id>,
        _: &Member,
        attributes: &Attributes,
        _: &mut Members<impl BufRead>,
        _: &mut Unpacked,
    ) -> Step<()> {
        if let Some(Node::Other(other)) = self.nodes.get_mut(made) {
            // Links, pipes and devices have no extended ones.
            other.attributes = Some(Attributes {
                extended: Vec::new(),
                ..attributes.clone()
            });
        }
        Ok(())
    }

    fn remove(&mut self, folder: &Folder<Id>, name: &[u8]) -> Step<()> {
        let Some(Node::Folder(names)) = self.nodes.get_mut(folder.place) else {
            return Ok(());
        };
        let Some((name, id)) = names.remove_entry(name) else {
            return Ok(());
        };
        self.names -= name.len();
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            let Some(node) = self.nodes.get_mut(id) else {
                continue;
            };
            // Files and links may have other names.
            if let Node::Folder(names) = node {
                let names = std::mem::take(names);
                *node = Node::Gone;
                self.names -= names.keys().map(|name| name.len()).sum::<usize>();
                todo.extend(names.into_values());
            }
        }
        Ok(())
    }

    fn names(&self) -> usize {
        self.names
    }

    fn turn_to(&mut self, entry: u64) {
        self.entry = entry;
    }
}
