//! `rg unpack`: images become files in a folder, and nowhere else.

mod attacks;
mod everyday;
mod flat;

use std::path::PathBuf;

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::image::{Graph, push_raw};
use crate::support::registry::{Options, Registry};

/// When everything was made that has a time.
pub(crate) const TIME: u64 = 1_704_164_645;

/// A member of a tar, its names to the letter.
pub(crate) struct Entry<'a> {
    pub(crate) kind: tar::EntryType,
    pub(crate) name: &'a str,
    pub(crate) link: &'a str,
    pub(crate) content: &'a [u8],
    pub(crate) mode: u32,
    pub(crate) owner: (u64, u64),
}

pub(crate) fn file<'a>(name: &'a str, content: &'a str) -> Entry<'a> {
    Entry {
        kind: tar::EntryType::Regular,
        name,
        link: "",
        content: content.as_bytes(),
        mode: 0o644,
        owner: (0, 0),
    }
}

pub(crate) fn dir(name: &str) -> Entry<'_> {
    Entry {
        kind: tar::EntryType::Directory,
        mode: 0o755,
        ..file(name, "")
    }
}

pub(crate) fn link<'a>(name: &'a str, link: &'a str) -> Entry<'a> {
    Entry {
        kind: tar::EntryType::Symlink,
        link,
        mode: 0o777,
        ..file(name, "")
    }
}

pub(crate) fn hard<'a>(name: &'a str, link: &'a str) -> Entry<'a> {
    Entry {
        kind: tar::EntryType::Link,
        link,
        ..file(name, "")
    }
}

impl Entry<'_> {
    pub(crate) fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    pub(crate) fn owner(mut self, user: u64, group: u64) -> Self {
        self.owner = (user, group);
        self
    }
}

/// A tar of `entries`, whatever their names are.
pub(crate) fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        let old = header.as_old_mut();
        for (field, text) in [(&mut old.name, entry.name), (&mut old.linkname, entry.link)] {
            field[..text.len()].copy_from_slice(text.as_bytes());
        }
        header.set_entry_type(entry.kind);
        header.set_size(entry.content.len() as u64);
        header.set_mode(entry.mode);
        header.set_uid(entry.owner.0);
        header.set_gid(entry.owner.1);
        header.set_mtime(TIME);
        if entry.kind == tar::EntryType::Char {
            // The null device.
            header.set_device_major(1).unwrap();
            header.set_device_minor(3).unwrap();
        }
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(entry.content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// A store with one image in it.
pub(crate) struct Stored {
    pub(crate) env: Env,
    /// What the image is called.
    pub(crate) name: String,
    _registry: Registry,
}

impl Stored {
    pub(crate) fn new(graph: &Graph) -> Self {
        let registry = Registry::embedded(&Options::default());
        push_raw(&Client::new(), &registry.base(), "lab/app", "v1", graph);
        let env = Env::new();
        let name = format!("{}/lab/app:v1", registry.host());
        env.rg(["pull", "-q", "--all-platforms", &name]).succeeds();
        Self {
            env,
            name,
            _registry: registry,
        }
    }

    /// Where it is unpacked.
    pub(crate) fn root(&self) -> PathBuf {
        self.env.path("rootfs")
    }

    pub(crate) fn unpack(&self, more: &[&str]) -> Output {
        let run = self.env.command(["unpack", &self.name, "rootfs"]);
        run.args(more).run()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap()
    }
}
