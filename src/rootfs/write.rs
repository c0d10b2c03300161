//! Members of a tar being written: ustar headers, with a pax header before them for what does not fit there.
//!
//! Names are bytes. Where a name in a pax header is no UTF-8, the header says so (`hdrcharset`, pax, "Extended Header").
//! Owners are numbers; there are no names of users.

use std::io::Write;

use tar::{EntryType, Header};

use super::attributes::Attributes;
use super::members::Kind;
use super::number::time_text;
use super::pax::{extended_record, record};
use super::trouble::{Step, Trouble};
use crate::store::tar::{BLOCK, padding};

/// The largest number in seven octal digits: what owners have.
const MAX_SMALL: u64 = (1 << 21) - 1;
/// The largest number in eleven octal digits: what sizes and times have.
const MAX_LARGE: u64 = (1 << 33) - 1;
/// Zeros, for holes and for the ends of members.
static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// What a member begins with.
pub(super) struct Head<'a> {
    pub(super) kind: Kind,
    /// A clean name.
    pub(super) path: &'a [u8],
    /// Where a link leads.
    pub(super) link: &'a [u8],
    /// The size of a file.
    pub(super) size: u64,
    /// Major and minor number of a device.
    pub(super) device: (u32, u32),
    pub(super) attributes: &'a Attributes,
}

/// A tar being written.
pub(super) struct Tar<'a> {
    out: &'a mut dyn Write,
    /// What `out` is called.
    name: &'a [u8],
}

impl<'a> Tar<'a> {
    pub(super) fn new(out: &'a mut dyn Write, name: &'a [u8]) -> Self {
        Self { out, name }
    }

    /// Begins a member.
    pub(super) fn begin(&mut self, head: &Head) -> Step<()> {
        let mut records = Vec::new();
        let header = header(head, &mut records);
        if !records.is_empty() {
            let mut before = Header::new_ustar();
            before.as_old_mut().name[..PAX.len()].copy_from_slice(PAX);
            before.set_entry_type(EntryType::XHeader);
            before.set_mode(0o644);
            before.set_uid(0);
            before.set_gid(0);
            before.set_mtime(0);
            before.set_size(records.len() as u64);
            before.set_cksum();
            self.content(before.as_bytes())?;
            self.content(&records)?;
            self.end(records.len() as u64)?;
        }
        self.content(header.as_bytes())
    }

    /// More of the content of the present member.
    pub(super) fn content(&mut self, bytes: &[u8]) -> Step<()> {
        let written = self.out.write_all(bytes);
        written.map_err(Trouble::system("cannot write", self.name))
    }

    /// A hole in it.
    pub(super) fn hole(&mut self, length: u64) -> Step<()> {
        let mut left = length;
        while left > 0 {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(ZEROS.len());
            self.content(&ZEROS[..length])?;
            left -= length as u64;
        }
        Ok(())
    }

    /// Ends a member of `size` bytes.
    pub(super) fn end(&mut self, size: u64) -> Step<()> {
        self.hole(padding(size))
    }

    /// Ends the tar.
    pub(super) fn finish(mut self) -> Step<()> {
        self.hole(2 * BLOCK)?;
        let flushed = self.out.flush();
        flushed.map_err(Trouble::system("cannot write", self.name))
    }
}

/// What the members are called that are pax headers.
const PAX: &[u8] = b"PaxHeaders/entry";

/// The header of a member; what does not fit in it is put into `records`.
fn header(head: &Head, records: &mut Vec<u8>) -> Header {
    let attributes = head.attributes;
    let mut header = Header::new_ustar();
    header.set_entry_type(kind(head.kind));
    header.set_mode(attributes.mode);
    names(&mut header, head, records);
    let (user, group) = attributes.owner.unwrap_or_default();
    let mut fitting = |key: &[u8], number: u64, most: u64| {
        if number <= most {
            return number;
        }
        records.extend(record(key, number.to_string().as_bytes()));
        0
    };
    header.set_uid(fitting(b"uid", user.into(), MAX_SMALL));
    header.set_gid(fitting(b"gid", group.into(), MAX_SMALL));
    header.set_size(fitting(b"size", head.size, MAX_LARGE));
    // What no layer describes has no time: the oldest one, as it is the same every time.
    let time = attributes.time.map(|time| (time.tv_sec, time.tv_nsec));
    let (seconds, nanoseconds) = time.unwrap_or_default();
    let whole = u64::try_from(seconds).ok();
    let whole = whole.filter(|&whole| whole <= MAX_LARGE);
    header.set_mtime(whole.unwrap_or_default());
    if whole.is_none() || nanoseconds != 0 {
        let text = time_text(seconds, nanoseconds);
        records.extend(record(b"mtime", text.as_bytes()));
    }
    for (name, value) in &attributes.extended {
        records.extend(extended_record(name, value));
    }
    if let Some(ustar) = header.as_ustar_mut() {
        // Seven octal digits hold what any system has.
        ustar.set_device_major(head.device.0);
        ustar.set_device_minor(head.device.1);
    }
    header.set_cksum();
    header
}

fn names(header: &mut Header, head: &Head, records: &mut Vec<u8>) {
    let path = match (head.kind, head.path) {
        (Kind::Directory, b"") => b"./".to_vec(),
        (Kind::Directory, path) => [path, b"/"].concat(),
        (_, path) => path.to_vec(),
    };
    let old = header.as_old_mut();
    let fields = [
        (&b"path"[..], &mut old.name, &path[..]),
        (&b"linkpath"[..], &mut old.linkname, head.link),
    ];
    let mut binary = false;
    let mut long = Vec::new();
    for (key, field, text) in fields {
        let length = text.len().min(field.len());
        field[..length].copy_from_slice(&text[..length]);
        if text.len() > field.len() {
            binary |= std::str::from_utf8(text).is_err();
            long.extend(record(key, text));
        }
    }
    if binary {
        records.extend(record(b"hdrcharset", b"BINARY"));
    }
    records.extend(long);
}

fn kind(kind: Kind) -> EntryType {
    match kind {
        Kind::File => EntryType::Regular,
        Kind::Directory => EntryType::Directory,
        Kind::Symlink => EntryType::Symlink,
        Kind::HardLink => EntryType::Link,
        Kind::CharacterDevice => EntryType::Char,
        Kind::BlockDevice => EntryType::Block,
        Kind::Fifo => EntryType::Fifo,
    }
}
