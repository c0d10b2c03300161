//! The members of a tar by name.
//!
//! A tar in a plain file is read in place. One that comes through a pipe or compressed can be read only once: its members
//! go into the store as they come, small ones into memory. Only the last member of a name counts, as for `tar -x`; links
//! lead to other members and nowhere else.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tar::EntryType;

use super::entries::{Entries, Entry, Plain, Stream};

use crate::error::{Error, Result};
use crate::oci::Digest;
use crate::store::layer::{decompressed, is_compressed};
use crate::store::layout::{Hold, Layout};
use crate::store::{disk, upload::Upload};

/// The most members looked at: an archive of a thousand images has tens of thousands.
const MAX_MEMBERS: usize = 1 << 20;
/// The longest name, in bytes.
const MAX_NAME: usize = 4096;
/// The most bytes of all names.
const MAX_NAMES: usize = 64 << 20;
/// Members up to this many bytes are kept in memory when they cannot be read again: manifests and configs.
const SMALL: u64 = 256 << 10;
/// The most bytes kept in memory so; the rest goes into the store.
const MAX_SMALL: u64 = 64 << 20;
/// How many links may lead to one another.
const MAX_LINKS: usize = 16;
/// Bytes read at once.
const BUFFER: usize = 256 << 10;

/// The members of one tar.
pub struct Members {
    /// Where the tar is, for errors.
    path: PathBuf,
    found: HashMap<String, Member>,
    /// Bytes of the names in it.
    bytes: usize,
    /// What was spooled is named by no image yet: this keeps it from removal.
    hold: Option<Hold>,
}

#[derive(Clone)]
enum Member {
    /// In the tar itself.
    At {
        file: Arc<File>,
        offset: u64,
        size: u64,
    },
    /// In memory.
    Held(Bytes),
    /// A file of the store.
    Stored {
        path: PathBuf,
        digest: Digest,
        size: u64,
    },
    /// Another member.
    Link(String),
}

impl Members {
    /// The members of the tar that comes from `input`: in place where that is a plain file that is not compressed, else
    /// read through once, the large ones becoming files of `layout`. Blocks, and must run inside a runtime.
    ///
    /// # Errors
    /// As [`Members::in_place`] and [`Members::spooled`].
    pub fn open(path: &Path, input: File, layout: &Layout) -> Result<Self> {
        let mut start = [0; 4];
        let plain = input
            .metadata()
            .is_ok_and(|found| found.is_file())
            .then(|| disk::read_at(&input, &mut start, 0))
            .transpose()
            .map_err(Error::io("cannot read", path))?;
        if plain.is_some_and(|read| !is_compressed(&start[..read])) {
            return Self::in_place(path, input);
        }
        let out = decompressed(input).map_err(Error::io("cannot read", path))?;
        Self::spooled(path, out, layout)
    }

    /// The members of the tar in `file`, a regular file, without reading their content. Blocks.
    ///
    /// # Errors
    /// `BadFile` for what is no tar; `Io`.
    pub fn in_place(path: &Path, file: File) -> Result<Self> {
        let shared = Arc::new(file.try_clone().map_err(Error::io("cannot read", path))?);
        let mut file = file;
        file.seek(SeekFrom::Start(0))
            .map_err(Error::io("cannot read", path))?;
        let mut members = Self::new(path);
        let mut entries = Entries::new(Plain(file));
        let length = shared
            .metadata()
            .map_err(Error::io("cannot read", path))?
            .len();
        while let Some(entry) = entries.next().map_err(|error| members.bad(&error))? {
            let Some(name) = members.name(&entry)? else {
                continue;
            };
            let member = match members.link(&entry)? {
                Some(link) => link,
                None if entry.offset.saturating_add(entry.size) > length => {
                    return Err(Error::Malformed {
                        doing: path.display().to_string(),
                        reason: format!("it ends in the middle of {name}"),
                    });
                }
                None => Member::At {
                    file: shared.clone(),
                    offset: entry.offset,
                    size: entry.size,
                },
            };
            members.insert(name, member)?;
        }
        members.complete()
    }

    /// The members of a tar that can be read only once; the large ones become files of `layout`. Blocks, and must run
    /// inside a runtime.
    ///
    /// # Errors
    /// `BadFile` for what is no tar; `Io`; `DigestMismatch` for a blob that is not what its name says.
    pub fn spooled(path: &Path, from: impl Read, layout: &Layout) -> Result<Self> {
        let mut members = Self::new(path);
        let mut entries = Entries::new(Stream(from));
        let mut held = 0;
        while let Some(entry) = entries.next().map_err(|error| members.bad(&error))? {
            let Some(name) = members.name(&entry)? else {
                continue;
            };
            let member = match members.link(&entry)? {
                Some(link) => link,
                None if entry.size <= SMALL && held + entry.size <= MAX_SMALL => {
                    let mut bytes = Vec::new();
                    entries
                        .content()
                        .read_to_end(&mut bytes)
                        .map_err(|error| members.bad(&error))?;
                    held += bytes.len() as u64;
                    Member::Held(bytes.into())
                }
                None => members.store(&mut entries.content(), &name, layout)?,
            };
            members.insert(name, member)?;
        }
        members.complete()
    }

    fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            found: HashMap::new(),
            bytes: 0,
            hold: None,
        }
    }

    fn complete(self) -> Result<Self> {
        if self.found.is_empty() {
            return Err(self.wrong("it is no tar, or an empty one"));
        }
        Ok(self)
    }

    /// The name of an entry that has content or is a link; others do not count.
    fn name(&self, entry: &Entry) -> Result<Option<String>> {
        match entry.kind {
            EntryType::Regular | EntryType::Continuous | EntryType::Link | EntryType::Symlink => {}
            EntryType::GNUSparse => return Err(self.wrong("a member is sparse")),
            _ => return Ok(None),
        }
        if entry.path.len() > MAX_NAME || entry.link.len() > MAX_NAME {
            return Err(self.wrong("the name of a member is too long"));
        }
        Ok(std::str::from_utf8(&entry.path).ok().map(normal))
    }

    fn link(&self, entry: &Entry) -> Result<Option<Member>> {
        let kind = entry.kind;
        if !(kind.is_symlink() || kind.is_hard_link()) {
            return Ok(None);
        }
        let Ok(target) = std::str::from_utf8(&entry.link) else {
            return Err(self.wrong("the target of a link is not UTF-8"));
        };
        let target = if kind.is_symlink() {
            let name = String::from_utf8_lossy(&entry.path);
            let folder = name.trim_end_matches('/').rsplit_once('/');
            let folder = folder.map_or("", |(folder, _)| folder);
            normal(&format!("{folder}/{target}"))
        } else {
            normal(target)
        };
        Ok(Some(Member::Link(target)))
    }

    fn insert(&mut self, name: String, member: Member) -> Result<()> {
        self.bytes += name.len();
        if let Member::Link(target) = &member {
            self.bytes += target.len();
        }
        self.found.insert(name, member);
        if self.found.len() > MAX_MEMBERS || self.bytes > MAX_NAMES {
            return Err(self.wrong("it has too many members"));
        }
        Ok(())
    }

    /// Writes a member into the store, as the blob that it is.
    fn store(&mut self, from: &mut impl Read, name: &str, layout: &Layout) -> Result<Member> {
        let runtime = tokio::runtime::Handle::current();
        let mut upload: Upload = layout.upload()?;
        let mut buffer = BytesMut::zeroed(BUFFER);
        loop {
            let read = from.read(&mut buffer).map_err(|error| self.bad(&error))?;
            if read == 0 {
                break;
            }
            let bytes = Bytes::copy_from_slice(&buffer[..read]);
            runtime.block_on(upload.append(bytes))?;
        }
        let named = digest_of_name(name);
        let digest = named.unwrap_or_else(|| upload.digest());
        match &mut self.hold {
            Some(hold) => hold,
            none => none.insert(layout.hold()?),
        }
        .add(std::iter::once(digest))?;
        let size = runtime.block_on(layout.commit(upload, &digest))?;
        Ok(Member::Stored {
            path: layout.blob_path(&digest),
            digest,
            size,
        })
    }

    fn find(&self, name: &str) -> Option<&Member> {
        let mut name = normal(name);
        for _ in 0..MAX_LINKS {
            match self.found.get(&name)? {
                Member::Link(target) => name.clone_from(target),
                member => return Some(member),
            }
        }
        None
    }

    /// The names of all members, in no order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.found.keys().map(String::as_str)
    }

    /// How many bytes `name` has, if it is there.
    pub(super) fn size(&self, name: &str) -> Option<u64> {
        Some(match self.find(name)? {
            Member::At { size, .. } | Member::Stored { size, .. } => *size,
            Member::Held(bytes) => bytes.len() as u64,
            Member::Link(_) => return None,
        })
    }

    /// The digest of `name`, where it is known without reading.
    pub(super) fn digest(&self, name: &str) -> Option<Digest> {
        match self.find(name)? {
            Member::Stored { digest, .. } => Some(*digest),
            _ => None,
        }
    }

    /// Reads `length` bytes of `name` at `offset`. Blocks.
    ///
    /// # Errors
    /// `BadFile` when they are not there; `Io`.
    pub(super) fn read_at(&self, name: &str, offset: u64, length: usize) -> Result<Bytes> {
        let short = || self.wrong(format!("{name} ends too early"));
        let member = self
            .find(name)
            .ok_or_else(|| self.wrong(format!("{name} is missing")))?;
        let mut buffer = BytesMut::zeroed(length);
        let read = |file: &File, at: u64, buffer: &mut [u8]| {
            let read =
                disk::read_at(file, buffer, at).map_err(Error::io("cannot read", &self.path))?;
            if read < length { Err(short()) } else { Ok(()) }
        };
        match member {
            Member::Held(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let end = start.checked_add(length).filter(|end| *end <= bytes.len());
                return end.map(|end| bytes.slice(start..end)).ok_or_else(short);
            }
            Member::At {
                file,
                offset: at,
                size,
            } => {
                if offset.saturating_add(length as u64) > *size {
                    return Err(short());
                }
                read(file, at + offset, &mut buffer)?;
            }
            Member::Stored { path, .. } => {
                let file = disk::open(path).map_err(Error::io("cannot read", path))?;
                read(&file, offset, &mut buffer)?;
            }
            Member::Link(_) => return Err(short()),
        }
        Ok(buffer.freeze())
    }

    /// All of a small member; `None` where it is not there. Blocks.
    ///
    /// # Errors
    /// `BadFile` when it has more than `limit` bytes; `Io`.
    pub(super) fn read(&self, name: &str, limit: u64) -> Result<Option<Bytes>> {
        let Some(size) = self.size(name) else {
            return Ok(None);
        };
        match usize::try_from(size) {
            Ok(length) if size <= limit => self.read_at(name, 0, length).map(Some),
            _ => Err(self.wrong(format!("{name} has more than {limit} bytes"))),
        }
    }

    /// What is wrong with the archive.
    pub(super) fn wrong(&self, reason: impl Into<String>) -> Error {
        Error::BadFile {
            path: self.path.clone(),
            reason: reason.into(),
        }
    }

    fn bad(&self, error: &std::io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::InvalidData => self.wrong(error.to_string()),
            _ => self.wrong(format!("it cannot be read as a tar: {error}")),
        }
    }
}

/// A name without `.` and `..`, as tars write it: it never leaves the archive, so there is nothing to refuse.
fn normal(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The digest that a name in `blobs/` stands for.
pub(super) fn digest_of_name(name: &str) -> Option<Digest> {
    let (algorithm, hex) = name.strip_prefix("blobs/")?.split_once('/')?;
    format!("{algorithm}:{hex}").parse().ok()
}

#[cfg(test)]
mod tests;
