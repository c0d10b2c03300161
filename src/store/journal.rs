//! The journal of a partial blob: which ranges of it are on disk, kept so that any kill loses as little as can be.
//!
//! Records of 32 bytes are appended, each with a checksum bound to the blob's digest; reading stops at the first one
//! that does not check out. A range is noted twice in its life:
//!
//! 1. *written*, after the write: it is in the page cache, which outlives this process but not the machine. These
//!    count only while the machine has not been started anew, which the boot record before them tells.
//! 2. *durable*, after the data was synced: it outlives a power cut.
//!
//! The file is made with its first record: most blobs are small and complete before one is due.
//!
//! The journal never decides that a blob is right; it only saves fetching. What it claims is hashed before it counts.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::oci::Digest;

use super::disk;
use super::ranges::Ranges;

const RECORD: usize = 32; // bytes: kind and padding, two numbers, checksum
const MAX_BYTES: u64 = 64 << 20; // two million records: a 1 TiB blob in 512 KiB writes

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Boot = 1,
    Written = 2,
    Durable = 3,
}

/// An open journal.
#[derive(Debug)]
pub(crate) struct Journal {
    digest: Digest,
    path: PathBuf,
    /// Which run of the machine this is.
    boot: Option<(u64, u64)>,
    /// `None` until there is something to record.
    file: Option<Arc<File>>,
}

impl Journal {
    /// Opens the journal at `path` for the blob `digest`, begins it anew in compact form if it claims anything, and says
    /// which ranges below `size` can be relied on.
    ///
    /// # Errors
    /// `Io`. A damaged journal is not an error: it just claims less.
    pub(crate) fn open(path: PathBuf, digest: &Digest, size: u64) -> Result<(Self, Ranges)> {
        Self::open_in_boot(path, digest, size, boot_id())
    }

    fn open_in_boot(
        path: PathBuf,
        digest: &Digest,
        size: u64,
        boot: Option<(u64, u64)>,
    ) -> Result<(Self, Ranges)> {
        let bytes = disk::read(&path, MAX_BYTES)
            .unwrap_or_default()
            .unwrap_or_default();
        let Recorded {
            written, durable, ..
        } = recorded(&bytes, digest, size, boot);
        let mut journal = Self {
            digest: *digest,
            path,
            boot,
            file: None,
        };
        let have: Ranges = written.iter().chain(durable.iter()).cloned().collect();
        if have.total() > 0 {
            let mut compact = boot_record(digest, boot);
            compact.extend(records(digest, Kind::Written, &written));
            compact.extend(records(digest, Kind::Durable, &durable));
            disk::replace(&journal.path, &compact, 0o600)?;
            journal.file = Some(Arc::new(append_to(&journal.path)?));
        }
        Ok((journal, have))
    }

    /// Notes that `range` was written.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn written(&mut self, range: &Range<u64>) -> Result<()> {
        self.append(&record(&self.digest, Kind::Written, range.start, range.end))
            .map(drop)
    }

    /// Notes that `ranges`, all written before, were synced. The file returned is the journal's, to be synced by the
    /// caller when it holds no lock.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn durable(&mut self, ranges: &Ranges) -> Result<Arc<File>> {
        self.append(&records(&self.digest, Kind::Durable, ranges))
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) fn clear(&mut self) -> Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        file.set_len(0)
            .map_err(Error::io("cannot write", &self.path))?;
        self.append(&boot_record(&self.digest, self.boot)).map(drop)
    }

    fn append(&mut self, records: &[u8]) -> Result<Arc<File>> {
        let write = |mut file: &File, bytes: &[u8]| {
            file.write_all(bytes)
                .map_err(Error::io("cannot write", &self.path))
        };
        if let Some(file) = &self.file {
            write(file, records)?;
            return Ok(file.clone());
        }
        let file = disk::open_private(&self.path)
            .and_then(|file| file.set_len(0).map(|()| file)) // what it held claims nothing
            .map_err(Error::io("cannot write", &self.path))?;
        write(&file, &boot_record(&self.digest, self.boot))?;
        let file = Arc::new(append_to(&self.path)?);
        write(&file, records)?;
        self.file = Some(file.clone());
        Ok(file)
    }
}

fn boot_record(digest: &Digest, boot: Option<(u64, u64)>) -> Vec<u8> {
    boot.map(|(high, low)| record(digest, Kind::Boot, high, low).to_vec())
        .unwrap_or_default()
}

fn records(digest: &Digest, kind: Kind, ranges: &Ranges) -> Vec<u8> {
    ranges
        .iter()
        .flat_map(|range| record(digest, kind, range.start, range.end))
        .collect()
}

/// The name is ours under the lock of the partial.
fn append_to(path: &Path) -> Result<File> {
    File::options()
        .append(true)
        .open(path)
        .map_err(Error::io("cannot write", path))
}

fn recorded(bytes: &[u8], digest: &Digest, size: u64, boot: Option<(u64, u64)>) -> Recorded {
    let (mut written, mut durable) = (Ranges::default(), Ranges::default());
    let (mut this_boot, mut broken) = (false, false);
    for bytes in bytes.chunks_exact(RECORD) {
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default());
        let (first, second) = (word(8), word(16));
        let kind = [Kind::Boot, Kind::Written, Kind::Durable]
            .into_iter()
            .find(|kind| u64::from(*kind as u8) == word(0));
        let Some(kind) = kind.filter(|kind| record(digest, *kind, first, second) == bytes) else {
            broken = true;
            break;
        };
        match kind {
            Kind::Boot => this_boot = boot == Some((first, second)),
            _ if first >= second || second > size => {
                broken = true;
                break;
            }
            Kind::Written if this_boot => written.insert(first..second),
            Kind::Written => {}
            Kind::Durable => durable.insert(first..second),
        }
    }
    Recorded {
        written,
        durable,
        broken,
    }
}

/// What a journal says.
struct Recorded {
    written: Ranges,
    durable: Ranges,
    /// Whether a record that does not check out was met. Half a record at the end is what a kill leaves.
    broken: bool,
}

/// What a journal claims, for those who only look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claim {
    /// How many bytes of the blob are there.
    pub(crate) bytes: u64,
    /// Where the last of them ends.
    pub(crate) end: u64,
    /// Whether a record does not check out, so that what follows it does not count.
    pub(crate) broken: bool,
    /// Whether there is no journal, or none that can be read.
    pub(crate) absent: bool,
}

/// What the journal at `path` claims of the blob `digest`. Changes nothing and needs no lock: records are appended whole.
pub(crate) fn claim(path: &Path, digest: &Digest) -> Claim {
    let bytes = disk::read(path, MAX_BYTES).ok().flatten();
    let recorded = recorded(
        bytes.as_deref().unwrap_or_default(),
        digest,
        u64::MAX,
        boot_id(),
    );
    let written = recorded.written.iter();
    let have: Ranges = written.chain(recorded.durable.iter()).cloned().collect();
    Claim {
        bytes: have.total(),
        end: have.iter().last().map_or(0, |range| range.end),
        broken: recorded.broken,
        absent: bytes.is_none(),
    }
}

fn record(digest: &Digest, kind: Kind, first: u64, second: u64) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[0] = kind as u8;
    record[8..16].copy_from_slice(&first.to_le_bytes());
    record[16..24].copy_from_slice(&second.to_le_bytes());
    // FNV-1a, 64 bits: finds torn and stray records; the content itself is protected by its digest.
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in digest
        .to_string()
        .bytes()
        .chain(record[..24].iter().copied())
    {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    record[24..].copy_from_slice(&sum.to_le_bytes());
    record
}

/// What tells one run of the machine from the next. Where the system does not say, only durable ranges count.
fn boot_id() -> Option<(u64, u64)> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let hex: String = text
        .trim()
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    let half = |part: Option<&str>| u64::from_str_radix(part?, 16).ok();
    Some((half(hex.get(..16))?, half(hex.get(16..32))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: Option<(u64, u64)> = Some((1, 2));

    fn open(path: &Path, boot: Option<(u64, u64)>) -> (Journal, Vec<Range<u64>>) {
        let (journal, have) =
            Journal::open_in_boot(path.to_owned(), &Digest::of(b"x"), 1000, boot).unwrap();
        (journal, have.iter().cloned().collect())
    }

    #[test]
    fn written_ranges_outlive_the_process_and_durable_ones_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.ranges");
        let (mut journal, have) = open(&path, BOOT);
        assert!(have.is_empty());
        journal.written(&(0..10)).unwrap();
        journal.written(&(50..60)).unwrap();
        journal.durable(&std::iter::once(0..10).collect()).unwrap();
        drop(journal);
        assert_eq!(open(&path, BOOT).1, [0..10, 50..60]);
        assert_eq!(
            open(&path, BOOT).1,
            [0..10, 50..60],
            "and again, from the compact form"
        );
        assert_eq!(open(&path, Some((3, 4))).1, [Range { start: 0, end: 10 }]);
        assert_eq!(open(&path, None).1, [Range { start: 0, end: 10 }]);
    }

    #[test]
    fn a_damaged_journal_claims_less_and_never_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.ranges");
        let (mut journal, _) = open(&path, BOOT);
        for at in 0..5 {
            journal.written(&(at * 100..at * 100 + 50)).unwrap();
        }
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            let Recorded {
                written, durable, ..
            } = recorded(&damaged, &Digest::of(b"x"), 1000, BOOT);
            assert!(durable.iter().next().is_none());
            assert!(
                written
                    .iter()
                    .all(|range| range.start % 100 == 0 && range.end - range.start == 50)
            );
            assert!(written.total() < 250);
        }
        assert_eq!(
            recorded(&whole, &Digest::of(b"y"), 1000, BOOT)
                .written
                .total(),
            0,
            "another blob's journal"
        );
        assert_eq!(
            recorded(&whole, &Digest::of(b"x"), 120, BOOT)
                .written
                .total(),
            50,
            "a range past the end ends it"
        );
    }

    #[test]
    fn a_cleared_journal_claims_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.ranges");
        let (mut journal, _) = Journal::open(path.clone(), &Digest::of(b"x"), 1000).unwrap();
        journal.durable(&std::iter::once(0..10).collect()).unwrap();
        journal.clear().unwrap();
        journal.written(&(20..30)).unwrap();
        drop(journal);
        let (_, have) = Journal::open(path, &Digest::of(b"x"), 1000).unwrap();
        assert!(!have.contains(&(0..10)));
    }

    #[test]
    fn whoever_only_looks_sees_what_counts_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.ranges");
        let digest = Digest::of(b"x");
        assert!(claim(&path, &digest).absent);
        let (mut journal, _) = Journal::open(path.clone(), &digest, 1000).unwrap();
        journal.durable(&std::iter::once(0..10).collect()).unwrap();
        journal.durable(&std::iter::once(20..30).collect()).unwrap();
        drop(journal);
        let sound = claim(&path, &digest);
        assert_eq!((sound.bytes, sound.end), (20, 30));
        assert!(!sound.broken && !sound.absent);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        let torn = claim(&path, &digest);
        assert_eq!((torn.bytes, torn.broken), (10, false), "what a kill leaves");
        let mut damaged = bytes.clone();
        damaged[bytes.len() - RECORD + 9] ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        let broken = claim(&path, &digest);
        assert_eq!((broken.bytes, broken.broken), (10, true));
        assert_eq!(std::fs::read(&path).unwrap(), damaged);
    }
}
