//! One tar of the tree that the layers of an image make, without making it.
//!
//! 1. All layers are read once and applied to a picture in memory, by the rules of `apply.rs`: it knows which entries are
//!    still there at the end, and under which names.
//! 2. They are read again, and the files among those entries go into the tar as they come, each at once with its other
//!    names. Nothing is held but names and attributes.
//! 3. Directories come last, each before the links, pipes and devices in it and before the directories in it. GNU tar
//!    sets modes and times of a directory when it leaves it: what was put into it later would change its time again, or
//!    would not be let in.
//!
//! Everything is as the image says, whoever asks: owners, modes, devices, capabilities and the user's extended
//! attributes. Directories that no layer describes have mode 0755, belong to root, and are of 1970. Holes are zeros.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use rustix::fs::FileType;

use super::apply::Applying;
use super::attributes::{Attributes, Who};
use super::members::{Kind, Member, Members};
use super::name;
use super::picture::{Id, Node, Other, Picture, ROOT};
use super::trouble::{Step, Trouble};
use super::write::{Head, Tar};
use super::{Options, Plan, Unpacked, each_layer};
use crate::error::Result;
use crate::store::archive;
use crate::store::layout::Layout;

/// Bytes written at once.
const BUFFER: usize = 256 << 10;

/// Writes the tree of `plan`, whose layers are in `layout`, as one tar to `out`; `path` is what that is called in errors.
/// Gives up soon after `stop` was set. Blocks.
///
/// # Errors
/// As [`super::unpack`]. A layer that is not what the config says is found before anything was written, and the tar has no
/// end mark after an error.
pub fn write_flat(
    layout: &Layout,
    plan: &Plan,
    path: &Path,
    out: &mut dyn Write,
    stop: &AtomicBool,
) -> Result<Unpacked> {
    let mut picture = Picture::new();
    let options = Options { devices: true };
    let mut applying = Applying::new(&mut picture, Who::Root, &options, plan.limit);
    let inside = Path::new("");
    each_layer(layout, plan, inside, stop, |layer| applying.layer(layer))?;
    let folders = applying.folders();
    let tar = Tar::new(out, path.as_os_str().as_bytes());
    let mut flat = Flat::new(&picture, tar, plan.limit);
    each_layer(layout, plan, inside, stop, |layer| flat.files(layer))?;
    let finished = flat.others(&folders);
    finished.map_err(|trouble| trouble.into_error(inside, &plan.image, None))
}

/// The same, as the file at `path`. Blocks.
///
/// # Errors
/// As [`write_flat`]. The file then does not appear.
pub fn save_flat(layout: &Layout, plan: &Plan, path: &Path, stop: &AtomicBool) -> Result<Unpacked> {
    let (file, unfinished) = archive::Unfinished::begin(path)?;
    let mut out = BufWriter::with_capacity(BUFFER, &file);
    let written = write_flat(layout, plan, path, &mut out, stop)?;
    drop(out);
    unfinished.publish(&file)?;
    Ok(written)
}

/// What a picture shows, in the order in which it is written.
struct Shown<'a> {
    /// Directories, each before those in it, by their true names.
    folders: Vec<(Vec<u8>, Id)>,
    /// Files: the entry that has the content, where the directory is in the list, the name there. By entries.
    files: Vec<(u64, usize, &'a [u8])>,
}

impl<'a> Shown<'a> {
    fn of(picture: &'a Picture) -> Self {
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        let mut todo = vec![(Vec::new(), ROOT)];
        while let Some((path, id)) = todo.pop() {
            let place = folders.len();
            if let Node::Folder(names) = picture.node(id) {
                // Backwards, as the last one is taken first.
                for (name, &id) in names.iter().rev() {
                    match picture.node(id) {
                        Node::Folder(_) => todo.push((name::join(&path, name), id)),
                        Node::File(entry) => files.push((*entry, place, &name[..])),
                        Node::Other(_) | Node::Gone => {}
                    }
                }
            }
            folders.push((path, id));
        }
        files.sort_unstable();
        Self { folders, files }
    }

    fn path(&self, place: usize, name: &[u8]) -> Vec<u8> {
        let folder = self.folders.get(place).map(|(path, _)| &path[..]);
        name::join(folder.unwrap_or_default(), name)
    }
}

/// A tree on its way into a tar.
pub(super) struct Flat<'a> {
    picture: &'a Picture,
    shown: Shown<'a>,
    tar: Tar<'a>,
    /// Where in the list of files the next one is.
    next: usize,
    /// Bytes of content that may still come.
    left: u64,
    limit: u64,
    report: Unpacked,
}

impl<'a> Flat<'a> {
    /// What `picture` shows, on its way into `tar`; at most `limit` bytes of content.
    pub(super) fn new(picture: &'a Picture, tar: Tar<'a>, limit: u64) -> Self {
        Self {
            picture,
            shown: Shown::of(picture),
            tar,
            next: 0,
            left: limit,
            limit,
            report: Unpacked::default(),
        }
    }

    /// Writes what is still there of the files of a layer.
    pub(super) fn files(&mut self, layer: impl BufRead) -> Result<(), (Trouble, Option<Vec<u8>>)> {
        let mut members = Members::new(layer);
        while let Some(member) = members.next().map_err(|trouble| (trouble, None))? {
            self.report.entries += 1;
            let entry = self.report.entries;
            let Some(&(_, place, name)) = self.file(entry) else {
                continue;
            };
            let path = self.shown.path(place, name);
            let written = self.content(&path, &member, &mut members);
            let all = written.and_then(|attributes| self.names(entry, &path, &attributes));
            all.map_err(|trouble| (trouble, Some(path)))?;
        }
        members.drain().map_err(|error| (error.into(), None))
    }

    /// The next file, if `entry` has its content.
    fn file(&self, entry: u64) -> Option<&(u64, usize, &[u8])> {
        let next = self.shown.files.get(self.next);
        next.filter(|(of, ..)| *of == entry)
    }

    fn content(
        &mut self,
        path: &[u8],
        member: &Member,
        content: &mut Members<impl BufRead>,
    ) -> Step<Attributes> {
        // Whoever exchanges blobs meanwhile gets an error at the end of the layer at the latest.
        if member.kind != Kind::File {
            return Err(Trouble::bad("its layer has changed"));
        }
        let left = self.left.checked_sub(member.size);
        self.left = left.ok_or(Trouble::Large(self.limit))?;
        let attributes = Attributes::of(member, Who::Root, &mut self.report)?;
        self.tar.begin(&Head {
            kind: Kind::File,
            path,
            link: b"",
            size: member.size,
            device: (0, 0),
            attributes: &attributes,
        })?;
        let mut end = 0;
        for &(offset, length) in member.pieces().iter() {
            self.tar.hole(offset - end)?;
            content.take(length, |bytes| self.tar.content(bytes))?;
            end = offset + length;
        }
        self.tar.hole(member.size - end)?;
        self.tar.end(member.size)?;
        self.report.bytes += member.size;
        self.next += 1;
        Ok(attributes)
    }

    /// Writes the other names of the file at `path`.
    fn names(&mut self, entry: u64, path: &[u8], attributes: &Attributes) -> Step<()> {
        let attributes = plain(attributes);
        while let Some(&(_, place, name)) = self.file(entry) {
            let other = self.shown.path(place, name);
            self.next += 1;
            self.tar.begin(&another(&other, path, &attributes))?;
        }
        Ok(())
    }

    /// Writes what is no file, and the end; says what the tar has.
    pub(super) fn others(mut self, described: &BTreeMap<Vec<u8>, Attributes>) -> Step<Unpacked> {
        let picture = self.picture;
        let mut known: HashMap<Id, Vec<u8>> = HashMap::new();
        for (path, id) in &self.shown.folders {
            // The root may be described by no layer: then whoever unpacks the tar knows what theirs should be.
            if let Some(attributes) = described.get(path) {
                self.tar.begin(&Head {
                    kind: Kind::Directory,
                    path,
                    link: b"",
                    size: 0,
                    device: (0, 0),
                    attributes,
                })?;
            }
            let Node::Folder(names) = picture.node(*id) else {
                continue;
            };
            for (name, &id) in names {
                let Node::Other(other) = picture.node(id) else {
                    continue;
                };
                let path = name::join(path, name);
                let Some(attributes) = &other.attributes else {
                    continue;
                };
                if let Some(first) = known.get(&id) {
                    self.tar.begin(&another(&path, first, attributes))?;
                    continue;
                }
                self.tar.begin(&head(other, &path, attributes))?;
                if other.names > 1 {
                    known.insert(id, path);
                }
            }
        }
        self.tar.finish()?;
        Ok(self.report)
    }
}

fn head<'a>(other: &'a Other, path: &'a [u8], attributes: &'a Attributes) -> Head<'a> {
    Head {
        kind: match other.kind {
            FileType::Symlink => Kind::Symlink,
            FileType::CharacterDevice => Kind::CharacterDevice,
            FileType::BlockDevice => Kind::BlockDevice,
            _ => Kind::Fifo,
        },
        path,
        link: &other.target,
        size: 0,
        device: other.device,
        attributes,
    }
}

/// Another name of what is at `first`.
fn another<'a>(path: &'a [u8], first: &'a [u8], attributes: &'a Attributes) -> Head<'a> {
    Head {
        kind: Kind::HardLink,
        path,
        link: first,
        size: 0,
        device: (0, 0),
        attributes,
    }
}

/// The same without extended attributes, which the first name of a file has.
fn plain(attributes: &Attributes) -> Attributes {
    Attributes {
        extended: Vec::new(),
        ..attributes.clone()
    }
}
