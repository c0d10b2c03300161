//! The members of a layer's tar, one after the other, from a stream that is read once.
//!
//! Ustar, GNU (`L`, `K`, sparse) and pax headers, read as Go's `archive/tar` reads them, because that is what images are
//! made and checked with: the size of an extended header beats the other one but never counts for extended headers
//! themselves; links, devices and directories have no content whatever their size says. The `tar` crate knows where the
//! fields are; what follows from them is decided here, with a limit on everything that is kept in memory.

use std::borrow::Cow;
use std::io::{self, BufRead};

use rustix::fs::Timespec;
use tar::{EntryType, Header};

use super::number;
use super::pax::Records;
use super::sparse::{self, Sparse};
use super::trouble::{Step, Trouble};
use crate::store::tar::{MAX_EXTENDED, field, is_end, is_sound, padding, text};

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Symlink,
    /// Another name of an earlier member.
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}

/// One member, as the tar says.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) kind: Kind,
    /// Not cleaned.
    pub(super) path: Vec<u8>,
    /// Where a link leads; not cleaned.
    pub(super) link: Vec<u8>,
    /// All bits that were written.
    pub(super) mode: u32,
    pub(super) user: u64,
    pub(super) group: u64,
    pub(super) time: Timespec,
    /// Major and minor number of a device.
    pub(super) device: (u32, u32),
    /// Extended attributes.
    pub(super) extended: Vec<(Vec<u8>, Vec<u8>)>,
    /// The size of a file, its holes counted.
    pub(super) size: u64,
    /// Where the bytes of a file with holes belong.
    pub(super) sparse: Option<Sparse>,
}

impl Member {
    pub(super) fn is_symlink(&self) -> bool {
        self.kind == Kind::Symlink
    }

    /// Offset and length of each piece of a file that the tar has; between them are holes.
    pub(super) fn pieces(&self) -> Cow<'_, [(u64, u64)]> {
        match &self.sparse {
            Some(sparse) => Cow::Borrowed(&sparse.pieces),
            None => Cow::Owned(vec![(0, self.size)]),
        }
    }
}

/// What was read before the header that it is about.
#[derive(Default)]
struct Ahead {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    records: Option<Records>,
}

/// A tar that is read once.
pub(super) struct Members<R> {
    from: R,
    /// Bytes of the present member that were not read.
    left: u64,
    /// Zeros behind it.
    padding: u64,
}

impl<R: BufRead> Members<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            left: 0,
            padding: 0,
        }
    }

    /// The next member, what is left of the present one skipped; `None` at the end mark or where the stream ends between
    /// two members.
    ///
    /// # Errors
    /// `Bad` for what is no tar; `Stream`.
    pub(super) fn next(&mut self) -> Step<Option<Member>> {
        let mut ahead = Ahead::default();
        loop {
            self.skip()?;
            let Some(header) = self.header()? else {
                return if ahead.path.is_some() || ahead.link.is_some() || ahead.records.is_some() {
                    Err(Trouble::bad("the tar ends behind an extended header"))
                } else {
                    Ok(None)
                };
            };
            let size = size(&header)?;
            match header.entry_type() {
                EntryType::GNULongName => ahead.path = Some(text(self.extended(size)?)),
                EntryType::GNULongLink => ahead.link = Some(text(self.extended(size)?)),
                EntryType::XHeader if ahead.records.is_some() => {
                    return Err(Trouble::bad("a member has two extended headers"));
                }
                EntryType::XHeader => {
                    ahead.records = Some(Records::read(&self.extended(size)?)?);
                }
                // About all members that follow; nothing in it is needed.
                EntryType::XGlobalHeader => drop(self.extended(size)?),
                _ => return self.member(&header, size, ahead).map(Some),
            }
        }
    }

    fn member(&mut self, header: &Header, size: u64, ahead: Ahead) -> Step<Member> {
        let records = ahead.records.unwrap_or_default();
        let named = |key| records.value(key).map(<[u8]>::to_vec);
        let path = ahead
            .path
            .or_else(|| named("GNU.sparse.name"))
            .or_else(|| named("path"))
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let link = ahead.link.or_else(|| named("linkpath"));
        let link = link.or_else(|| header.link_name_bytes().map(Cow::into_owned));
        let kind = kind(header, &path)?;
        let mut stored = records.number("size")?.unwrap_or(size);
        if kind != Kind::File {
            stored = 0;
        }
        let sparse = match kind {
            Kind::File => sparse::read(header, &records, &mut stored, &mut self.from)?,
            _ => None,
        };
        self.left = stored;
        self.padding = padding(stored);
        let old = header.as_old();
        let id = |key, raw: &[u8]| match records.number(key)? {
            Some(id) => Ok(id),
            None => positive(raw),
        };
        Ok(Member {
            kind,
            path,
            link: link.unwrap_or_default(),
            // What does not fit has no meaning as a mode.
            mode: u32::try_from(positive(&old.mode)? & 0o7777).unwrap_or_default(),
            user: id("uid", &old.uid)?,
            group: id("gid", &old.gid)?,
            time: time(&records, &old.mtime)?,
            device: device(header, kind)?,
            extended: records.extended()?,
            size: sparse.as_ref().map_or(stored, |sparse| sparse.size),
            sparse,
        })
    }

    /// More of the content of the present member; empty at its end. [`Members::consume`] says how much was used.
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Ok(&[]);
        }
        let bytes = self.from.fill_buf()?;
        if bytes.is_empty() {
            return Err(cut());
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX);
        Ok(&bytes[..bytes.len().min(most)])
    }

    /// Goes on behind `count` bytes of what [`Members::fill`] gave.
    fn consume(&mut self, count: usize) {
        self.from.consume(count);
        self.left -= count as u64;
    }

    /// Hands over the next `length` bytes of the content of the present member, piece by piece.
    ///
    /// # Errors
    /// `Bad` where it has less; `Stream`; what `to` says.
    pub(super) fn take(&mut self, length: u64, mut to: impl FnMut(&[u8]) -> Step<()>) -> Step<()> {
        let mut left = length;
        while left > 0 {
            let bytes = self.fill()?;
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
            if length == 0 {
                return Err(Trouble::bad("its content is cut off"));
            }
            to(&bytes[..length])?;
            self.consume(length);
            left -= length as u64;
        }
        Ok(())
    }

    /// Reads the stream to its end, whatever stands there: all of it belongs to the layer.
    pub(super) fn drain(mut self) -> io::Result<()> {
        loop {
            let length = self.from.fill_buf()?.len();
            if length == 0 {
                return Ok(());
            }
            self.from.consume(length);
        }
    }

    /// Leaves the rest of the present member out. Zeros that should stand behind the last one may lack: umoci writes none,
    /// and Go's reader asks for none.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let length = self.fill()?.len();
            if length == 0 {
                break;
            }
            self.consume(length);
        }
        self.left = std::mem::take(&mut self.padding);
        while self.left > 0 && !self.from.fill_buf()?.is_empty() {
            let length = self.fill()?.len();
            self.consume(length);
        }
        self.left = 0;
        Ok(())
    }

    /// The next header; `None` for the end mark and the end.
    fn header(&mut self) -> Step<Option<Header>> {
        if self.from.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut header = Header::new_old();
        self.from
            .read_exact(header.as_mut_bytes())
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => cut(),
                _ => error,
            })?;
        if is_end(&header) {
            return Ok(None);
        }
        if !is_sound(&header) {
            return Err(Trouble::bad(
                "it is no tar, or damaged: the sum of a header is wrong",
            ));
        }
        Ok(Some(header))
    }

    /// All of an extended header.
    fn extended(&mut self, size: u64) -> Step<Vec<u8>> {
        if size > MAX_EXTENDED {
            return Err(Trouble::bad("an extended header is larger than 1 MiB"));
        }
        (self.left, self.padding) = (size, padding(size));
        let mut all = Vec::new();
        loop {
            let bytes = self.fill()?;
            if bytes.is_empty() {
                return Ok(all);
            }
            all.extend_from_slice(bytes);
            let length = bytes.len();
            self.consume(length);
        }
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the tar is cut off")
}

fn positive(raw: &[u8]) -> Step<u64> {
    let number = field(raw).and_then(|number| u64::try_from(number).ok());
    number.ok_or_else(|| Trouble::bad("a number in its header is invalid"))
}

fn size(header: &Header) -> Step<u64> {
    positive(&header.as_old().size)
}

fn time(records: &Records, raw: &[u8]) -> Step<Timespec> {
    let time = match records.value("mtime") {
        Some(text) => number::time(text),
        None => field(raw).map(|seconds| (seconds, 0)),
    };
    let (seconds, nanoseconds) = time.ok_or_else(|| Trouble::bad("its time is invalid"))?;
    Ok(Timespec {
        tv_sec: seconds,
        tv_nsec: nanoseconds,
    })
}

fn device(header: &Header, kind: Kind) -> Step<(u32, u32)> {
    if !matches!(kind, Kind::CharacterDevice | Kind::BlockDevice) {
        return Ok((0, 0));
    }
    let bytes = header.as_bytes();
    let number = |raw: &[u8]| {
        u32::try_from(positive(raw)?).map_err(|_| Trouble::bad("its device number is invalid"))
    };
    Ok((number(&bytes[329..337])?, number(&bytes[337..345])?))
}

fn kind(header: &Header, path: &[u8]) -> Step<Kind> {
    Ok(match header.entry_type() {
        // Tars of old had no type for directories.
        EntryType::Regular if path.ends_with(b"/") => Kind::Directory,
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
        EntryType::Directory => Kind::Directory,
        EntryType::Symlink => Kind::Symlink,
        EntryType::Link => Kind::HardLink,
        EntryType::Char => Kind::CharacterDevice,
        EntryType::Block => Kind::BlockDevice,
        EntryType::Fifo => Kind::Fifo,
        other => {
            return Err(Trouble::Bad(format!(
                "members of type {:?} are not known",
                char::from(other.as_byte())
            )));
        }
    })
}
