//! The entries of a tar one after the other: ustar, GNU's long names and pax, with a limit on what is kept in memory.
//!
//! The `tar` crate knows where the fields are. It would read an extended header of any size, so going through the entries
//! is done here.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use tar::{EntryType, Header, PaxExtensions};

use crate::store::tar::{BLOCK, MAX_EXTENDED, is_end, is_sound, padding, text};

/// How files begin that are compressed by what is not read here, and what reads them.
const FOREIGN: [(&[u8], &str); 3] = [
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x04\x22\x4d\x18", "lz4"),
];

/// One entry.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) kind: EntryType,
    pub(super) path: Vec<u8>,
    /// Where a link leads.
    pub(super) link: Vec<u8>,
    /// Bytes of content.
    pub(super) size: u64,
    /// Where its content begins.
    pub(super) offset: u64,
}

/// What a tar is read from.
pub(super) trait Input: Read {
    /// Goes on behind the next `count` bytes.
    fn pass(&mut self, count: u64) -> io::Result<()>;
}

/// A plain file, in which nothing has to be read to be passed over.
pub(super) struct Plain(pub(super) File);

impl Read for Plain {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Input for Plain {
    fn pass(&mut self, count: u64) -> io::Result<()> {
        let count = i64::try_from(count).map_err(|_| bad("a size is out of bounds"))?;
        self.0.seek(SeekFrom::Current(count)).map(drop)
    }
}

/// What can be read only once.
pub(super) struct Stream<R>(pub(super) R);

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl<R: Read> Input for Stream<R> {
    fn pass(&mut self, count: u64) -> io::Result<()> {
        let passed = io::copy(&mut (&mut self.0).take(count), &mut io::sink())?;
        if passed < count {
            return Err(bad("it ends in the middle of a member"));
        }
        Ok(())
    }
}

/// The entries of a tar.
pub(super) struct Entries<I> {
    from: I,
    at: u64,
    /// Bytes of the present content that were not read, and zeros behind it.
    left: u64,
    padding: u64,
}

/// What was read before the header that it is about.
#[derive(Default)]
struct Ahead {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

impl<I: Input> Entries<I> {
    pub(super) fn new(from: I) -> Self {
        Self {
            from,
            at: 0,
            left: 0,
            padding: 0,
        }
    }

    /// The next entry, what is left of the present one passed over; `None` at the end.
    ///
    /// # Errors
    /// `InvalidData` for what is no tar; the system's.
    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut ahead = Ahead::default();
        while let Some(header) = self.header()? {
            let size = header.entry_size()?;
            let kind = header.entry_type();
            match kind {
                EntryType::GNULongName => ahead.path = Some(text(self.extended(size)?)),
                EntryType::GNULongLink => ahead.link = Some(text(self.extended(size)?)),
                EntryType::XHeader => self.records(size, &mut ahead)?,
                // It is about all that follow, and says nothing that counts here.
                EntryType::XGlobalHeader => self.expect(size),
                _ => {
                    let size = ahead.size.unwrap_or(size);
                    let (own, target) = (header.path_bytes(), header.link_name_bytes());
                    self.expect(size);
                    return Ok(Some(Entry {
                        kind,
                        path: ahead.path.unwrap_or_else(|| own.into_owned()),
                        link: ahead
                            .link
                            .unwrap_or_else(|| target.unwrap_or_default().into_owned()),
                        size,
                        offset: self.at,
                    }));
                }
            }
        }
        Ok(None)
    }

    /// The next header; `None` at the end mark and where the tar stops between two entries.
    fn header(&mut self) -> io::Result<Option<Header>> {
        self.from.pass(self.left + self.padding)?;
        self.at += self.left + self.padding;
        (self.left, self.padding) = (0, 0);
        let mut header = Header::new_old();
        let block = header.as_mut_bytes();
        let mut filled = 0;
        while filled < block.len() {
            match self.from.read(&mut block[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(bad("it ends in the middle of a header")),
                read => filled += read,
            }
        }
        let first = self.at == 0;
        self.at += BLOCK;
        if is_end(&header) {
            return Ok(None);
        }
        if !is_sound(&header) {
            return Err(if first {
                no_tar(header.as_bytes())
            } else {
                bad("a header has a wrong checksum")
            });
        }
        Ok(Some(header))
    }

    fn expect(&mut self, size: u64) {
        self.left = size;
        self.padding = padding(size);
    }

    /// The content of an extended header.
    fn extended(&mut self, size: u64) -> io::Result<Vec<u8>> {
        if size > MAX_EXTENDED {
            return Err(bad("an extended header is larger than 1 MiB"));
        }
        self.expect(size);
        let mut bytes = Vec::new();
        self.content().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn records(&mut self, size: u64, ahead: &mut Ahead) -> io::Result<()> {
        let bytes = self.extended(size)?;
        for record in PaxExtensions::new(&bytes) {
            let record = record?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" => ahead.path = Some(value.to_vec()),
                b"linkpath" => ahead.link = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok();
                    let size = size.and_then(|size| size.parse().ok());
                    ahead.size = Some(size.ok_or_else(|| bad("a size is no number"))?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What was not read yet of the present entry.
    pub(super) fn content(&mut self) -> Content<'_, I> {
        Content(self)
    }
}

/// The content of one entry.
pub(super) struct Content<'a, I>(&'a mut Entries<I>);

impl<I: Input> Read for Content<'_, I> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let entries = &mut *self.0;
        let most = usize::try_from(entries.left).unwrap_or(usize::MAX);
        let most = most.min(into.len());
        if most == 0 {
            return Ok(0);
        }
        let read = entries.from.read(&mut into[..most])?;
        if read == 0 {
            return Err(bad("it ends in the middle of a member"));
        }
        entries.left -= read as u64;
        entries.at += read as u64;
        Ok(read)
    }
}

fn no_tar(start: &[u8]) -> io::Error {
    let mut foreign = FOREIGN.iter().filter(|(magic, _)| start.starts_with(magic));
    match foreign.next() {
        Some((_, by)) => bad(&format!(
            "it is compressed by {by}; what `{by} -dc` makes of it can be read"
        )),
        None => bad("it is no tar"),
    }
}

fn bad(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Path, link, where the content begins, and the content.
    type Found = (String, String, u64, Vec<u8>);

    fn entries(bytes: &[u8]) -> io::Result<Vec<Found>> {
        let mut entries = Entries::new(Stream(bytes));
        let mut all = Vec::new();
        while let Some(entry) = entries.next()? {
            let mut content = Vec::new();
            entries.content().read_to_end(&mut content)?;
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            all.push((text(entry.path), text(entry.link), entry.offset, content));
        }
        Ok(all)
    }

    fn header(kind: EntryType, name: &str, size: u64) -> Vec<u8> {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        header.as_bytes().to_vec()
    }

    fn member(kind: EntryType, name: &str, content: &[u8]) -> Vec<u8> {
        let mut bytes = header(kind, name, content.len() as u64);
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    #[test]
    fn names_and_sizes_in_extended_headers_count() {
        let long = "n".repeat(300);
        let bytes = [
            member(EntryType::GNULongName, "x", format!("{long}\0").as_bytes()),
            member(EntryType::GNULongLink, "x", b"there\0"),
            member(EntryType::Symlink, "short", b""),
            member(EntryType::XGlobalHeader, "x", b"13 path=all.\n"),
            member(EntryType::XHeader, "x", b"10 path=p\n9 size=5\n"),
            header(EntryType::Regular, "other", 0),
            b"12345".to_vec(),
            vec![0; 507],
            member(EntryType::Regular, "last", b"content"),
            vec![0; 1024],
            member(EntryType::Regular, "behind the end", b""),
        ];
        let found = entries(&bytes.concat()).unwrap();
        let names: Vec<(&str, &str)> = found
            .iter()
            .map(|(path, link, ..)| (path.as_str(), link.as_str()))
            .collect();
        assert_eq!(names, [(long.as_str(), "there"), ("p", ""), ("last", "")]);
        assert_eq!(found[1].3, b"12345");
        assert_eq!(found[2].3, b"content");
        for (_, _, offset, content) in &found {
            let at = usize::try_from(*offset).unwrap();
            assert_eq!(bytes.concat()[at..at + content.len()], *content);
        }
    }

    #[test]
    fn what_is_too_large_broken_or_no_tar_is_told() {
        let large = |kind| header(kind, "x", 1 << 30);
        let short = member(EntryType::Regular, "x", b"content")[..515].to_vec();
        let mut damaged = member(EntryType::Regular, "x", b"content");
        let second = [damaged.clone(), damaged.clone()].concat();
        damaged[0] = b'y';
        let late = [&second[..1024], &damaged[..]].concat();
        for (bytes, says) in [
            (large(EntryType::GNULongName), "larger than 1 MiB"),
            (large(EntryType::GNULongLink), "larger than 1 MiB"),
            (large(EntryType::XHeader), "larger than 1 MiB"),
            (short, "in the middle of a member"),
            (second[..700].to_vec(), "in the middle of a member"),
            (second[..1500].to_vec(), "in the middle of a header"),
            (damaged, "it is no tar"),
            (late, "wrong checksum"),
            (
                member(EntryType::XHeader, "x", b"11 size=-1\n"),
                "size is no number",
            ),
            ([b"\xfd7zXZ\0".to_vec(), vec![1; 600]].concat(), "`xz -dc`"),
            ([b"BZh91AY".to_vec(), vec![1; 600]].concat(), "`bzip2 -dc`"),
        ] {
            let error = entries(&bytes).unwrap_err().to_string();
            assert!(error.contains(says), "{error}, not {says}");
        }
    }
}
