//! Layers applied to a folder beside which something precious lies. Every case runs on a system with `openat2` and on one
//! without, and whatever it asks for, what lies outside is as it was; and the tar of the same layers holds the same tree.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::apply::Applying;
use super::attributes::Who;
use super::tree::Tree;
use super::trouble::Trouble;
use super::{Options, Unpacked};

mod breakouts;
mod flat;
mod headers;
mod shapes;
mod table;
mod whiteouts;

/// What everything is dated.
const TIME: u64 = 1_704_164_645;
/// The most bytes that may come of an image here.
const LIMIT: u64 = 1 << 20;

/// A member to be written; `{out}` in its names is the folder outside.
#[derive(Debug, Clone)]
struct Entry {
    kind: u8,
    name: String,
    link: String,
    content: Vec<u8>,
    mode: u32,
    time: u64,
}

impl Entry {
    fn new(kind: u8, name: &str, link: &str, content: &[u8], mode: u32) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            link: link.to_owned(),
            content: content.to_vec(),
            mode,
            time: TIME,
        }
    }

    fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Its blocks, with a pax header where a name does not fit.
    fn bytes(&self, out: &str) -> Vec<u8> {
        let filled = |text: &str| text.replace("{out}", out);
        let (name, link) = (filled(&self.name), filled(&self.link));
        let mut bytes = Vec::new();
        let mut records = Vec::new();
        for (key, text) in [("path", &name), ("linkpath", &link)] {
            if text.len() > 100 {
                records.extend(record(key, text.as_bytes()));
            }
        }
        if !records.is_empty() {
            bytes.extend(blocks(
                &header(b'x', "pax", "", records.len(), 0o644),
                &records,
            ));
        }
        let mut head = header(self.kind, &name, &link, self.content.len(), self.mode);
        head.set_mtime(self.time);
        head.set_cksum();
        bytes.extend(blocks(&head, &self.content));
        bytes
    }
}

fn header(kind: u8, name: &str, link: &str, size: usize, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    let old = header.as_old_mut();
    for (field, text) in [(&mut old.name, name), (&mut old.linkname, link)] {
        let length = text.len().min(field.len());
        field[..length].copy_from_slice(&text.as_bytes()[..length]);
    }
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_size(size as u64);
    header.set_mode(mode);
    header.set_mtime(TIME);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    header
}

/// A header and its content, filled up to whole blocks.
fn blocks(header: &tar::Header, content: &[u8]) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// A record of an extended header.
fn record(key: &str, value: &[u8]) -> Vec<u8> {
    super::pax::record(key.as_bytes(), value)
}

fn file(name: &str, content: &str) -> Entry {
    Entry::new(b'0', name, "", content.as_bytes(), 0o644)
}

fn dir(name: &str) -> Entry {
    Entry::new(b'5', name, "", b"", 0o755)
}

fn link(name: &str, target: &str) -> Entry {
    Entry::new(b'2', name, target, b"", 0o777)
}

fn hard(name: &str, target: &str) -> Entry {
    Entry::new(b'1', name, target, b"", 0o644)
}

/// A folder to unpack into, and one beside it.
struct World {
    home: tempfile::TempDir,
}

/// Everything below a folder: kind and permissions, content or target.
type Snapshot = BTreeMap<PathBuf, (u32, Vec<u8>)>;

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let outside = home.path().join("outside");
        std::fs::create_dir_all(outside.join("sub")).unwrap();
        std::fs::create_dir(home.path().join("root")).unwrap();
        std::fs::write(outside.join("precious"), "precious").unwrap();
        std::fs::write(outside.join("sub/inner"), "inner").unwrap();
        Self { home }
    }

    fn root(&self) -> PathBuf {
        self.home.path().join("root")
    }

    fn outside(&self) -> PathBuf {
        self.home.path().join("outside")
    }

    /// `{out}` filled in, as a path below the root.
    fn at(&self, path: &str) -> PathBuf {
        let out = self.outside().display().to_string();
        let path = path.replace("{out}", &out);
        self.root().join(path.trim_start_matches('/'))
    }

    fn tree(&self, openat2: bool) -> Tree {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let fd = rustix::fs::open(self.root(), flags, Mode::empty()).unwrap();
        if openat2 {
            Tree::new(fd)
        } else {
            Tree::walking(fd)
        }
    }

    /// Applies tars as they are.
    fn apply(&self, layers: &[Vec<u8>], who: Who, openat2: bool) -> Result<Unpacked, Trouble> {
        let mut tree = self.tree(openat2);
        let options = Options::default();
        let mut applying = Applying::new(&mut tree, who, &options, LIMIT);
        for layer in layers {
            applying.layer(&layer[..]).map_err(|(trouble, _)| trouble)?;
        }
        applying.finish()
    }

    fn tars(&self, layers: &[Vec<Entry>]) -> Vec<Vec<u8>> {
        let out = self.outside().display().to_string();
        let tar = |entries: &Vec<Entry>| {
            let mut bytes: Vec<u8> = entries.iter().flat_map(|entry| entry.bytes(&out)).collect();
            bytes.extend([0; 1024]);
            bytes
        };
        layers.iter().map(tar).collect()
    }

    fn content(&self, path: &str) -> Option<String> {
        let path = self.at(path);
        let found = std::fs::symlink_metadata(&path).ok()?;
        Some(match found.file_type() {
            kind if kind.is_dir() => "/".to_owned(),
            kind if kind.is_symlink() => {
                format!("-> {}", std::fs::read_link(&path).unwrap().display())
            }
            kind if kind.is_file() => std::fs::read_to_string(&path).unwrap(),
            _ => "special".to_owned(),
        })
    }

    fn permissions(&self, path: &str) -> u32 {
        let found = std::fs::symlink_metadata(self.at(path)).unwrap();
        found.permissions().mode() & 0o7777
    }
}

fn snapshot(folder: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(path) = todo.pop() {
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        let content = if metadata.is_dir() {
            let inner = std::fs::read_dir(&path).unwrap();
            todo.extend(inner.map(|entry| entry.unwrap().path()));
            Vec::new()
        } else if metadata.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        found.insert(path, (metadata.mode(), content));
    }
    found
}

/// Applies layers in every way there is; gives the worlds in which it worked, and why it did not in the others.
fn everywhere(layers: &[Vec<Entry>]) -> Vec<(World, Result<Unpacked, Trouble>)> {
    [Who::User, Who::is()]
        .into_iter()
        .flat_map(|who| [(who, true), (who, false)])
        .map(|(who, openat2)| inside(layers, who, openat2))
        .collect()
}

/// Applies layers; nothing outside changes, and their tar holds the same.
fn inside(layers: &[Vec<Entry>], who: Who, openat2: bool) -> (World, Result<Unpacked, Trouble>) {
    let world = World::new();
    let before = snapshot(&world.outside());
    let result = world.apply(&world.tars(layers), who, openat2);
    assert_eq!(
        snapshot(&world.outside()),
        before,
        "something outside changed"
    );
    let beside: Vec<_> = std::fs::read_dir(world.home.path()).unwrap().collect();
    assert_eq!(beside.len(), 2, "something was put beside the root");
    flat::same(&world, &world.tars(layers), &result);
    (world, result)
}

/// Asserts that layers can be applied, and what is where then: content, `/` for a directory, `-> x` for a link, `None`
/// for nothing.
#[track_caller]
fn gives(layers: &[Vec<Entry>], expected: &[(&str, Option<&str>)]) {
    for (world, result) in everywhere(layers) {
        result.unwrap();
        for (path, content) in expected {
            let out = world.outside().display().to_string();
            let content = content.map(|content| content.replace("{out}", &out));
            assert_eq!(world.content(path), content, "{path}");
        }
    }
}

/// Asserts that layers are refused, and what is said.
#[track_caller]
fn refused(layers: &[Vec<Entry>], says: &str) {
    for (_, result) in everywhere(layers) {
        match result.unwrap_err() {
            Trouble::Bad(reason) => assert!(reason.contains(says), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
}
