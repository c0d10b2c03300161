//! Files with holes: which pieces of them a tar holds. GNU tar has written them in four ways; all end up as one map.

use std::io::BufRead;

use tar::{EntryType, GnuExtSparseHeader, GnuSparseHeader, Header};

use super::number::decimal;
use super::pax::Records;
use super::trouble::{Step, Trouble};
use crate::store::tar::{BLOCK, field};

/// The most pieces of one file.
const MAX_PIECES: usize = 1 << 20;
/// The most digits of a number in a map.
const MAX_DIGITS: usize = 20;

/// A file with holes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sparse {
    /// Its size with its holes, in bytes.
    pub(super) size: u64,
    /// Offset and length of each piece, ascending, disjoint.
    pub(super) pieces: Vec<(u64, u64)>,
}

impl Sparse {
    /// A map that fits: ascending, inside the size, of `stored` bytes in all.
    fn checked(size: u64, mut pieces: Vec<(u64, u64)>, stored: u64) -> Step<Self> {
        pieces.retain(|&(_, length)| length > 0);
        let (mut end, mut total) = (0_u64, 0_u64);
        for &(offset, length) in &pieces {
            let next = offset.checked_add(length);
            let next = next.filter(|&next| offset >= end && next <= size);
            end = next.ok_or_else(wrong)?;
            total += length;
        }
        if total != stored {
            return Err(wrong());
        }
        Ok(Self { size, pieces })
    }
}

fn wrong() -> Trouble {
    Trouble::bad("the map of its holes is wrong")
}

/// The map of a member, read from what follows its header where it stands there; `stored` bytes are in the tar for it,
/// and become less by the map. `None` for a file without holes.
///
/// # Errors
/// `Bad` for a wrong map; `Stream`.
pub(super) fn read(
    header: &Header,
    records: &Records,
    stored: &mut u64,
    from: &mut impl BufRead,
) -> Step<Option<Sparse>> {
    if header.entry_type() == EntryType::GNUSparse {
        return old(header, *stored, from).map(Some);
    }
    let major = records.number("GNU.sparse.major")?;
    if major == Some(1) {
        let size = records.number("GNU.sparse.realsize")?.ok_or_else(wrong)?;
        let pieces = leading(stored, from)?;
        return Sparse::checked(size, pieces, *stored).map(Some);
    }
    let Some(size) = records.number("GNU.sparse.size")? else {
        return Ok(None);
    };
    let texts: Vec<&[u8]> = match records.value("GNU.sparse.map") {
        Some(map) => map.split(|&byte| byte == b',').collect(),
        None => records
            .values("GNU.sparse.offset")
            .zip(records.values("GNU.sparse.numbytes"))
            .flat_map(|(offset, length)| [offset, length])
            .collect(),
    };
    let number = |text: &[u8]| decimal(text).ok_or_else(wrong);
    let numbers = texts.into_iter().map(number).collect::<Step<Vec<u64>>>()?;
    if !numbers.len().is_multiple_of(2) {
        return Err(wrong());
    }
    let pieces = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1]));
    Sparse::checked(size, pieces.collect(), *stored).map(Some)
}

/// The map in a GNU header and the blocks that follow it, which are no part of the stored bytes.
fn old(header: &Header, stored: u64, from: &mut impl BufRead) -> Step<Sparse> {
    let gnu = header.as_gnu().ok_or_else(wrong)?;
    let number = |bytes: &[u8]| {
        let number = field(bytes).ok_or_else(wrong)?;
        u64::try_from(number).map_err(|_| wrong())
    };
    let mut pieces = Vec::new();
    let mut add = |piece: &GnuSparseHeader| -> Step<()> {
        if !piece.is_empty() {
            pieces.push((number(&piece.offset)?, number(&piece.numbytes)?));
        }
        if pieces.len() > MAX_PIECES {
            return Err(wrong());
        }
        Ok(())
    };
    gnu.sparse.iter().try_for_each(&mut add)?;
    let mut more = gnu.is_extended();
    while more {
        let mut block = GnuExtSparseHeader::new();
        from.read_exact(block.as_mut_bytes())?;
        block.sparse().iter().try_for_each(&mut add)?;
        more = block.is_extended();
    }
    Sparse::checked(number(&gnu.realsize)?, pieces, stored)
}

/// The map that stands before the content: lines of decimal numbers, their count first, filled up to whole blocks.
fn leading(stored: &mut u64, from: &mut impl BufRead) -> Step<Vec<(u64, u64)>> {
    let mut taken = 0;
    let mut number = || -> Step<u64> {
        let mut digits = Vec::new();
        loop {
            let mut byte = [0];
            from.read_exact(&mut byte)?;
            taken += 1;
            match byte[0] {
                b'\n' if !digits.is_empty() => return decimal(&digits).ok_or_else(wrong),
                digit if digit.is_ascii_digit() && digits.len() < MAX_DIGITS => digits.push(digit),
                _ => return Err(wrong()),
            }
        }
    };
    let count = usize::try_from(number()?).unwrap_or(usize::MAX);
    if count > MAX_PIECES {
        return Err(wrong());
    }
    let mut pieces = Vec::new();
    for _ in 0..count {
        pieces.push((number()?, number()?));
    }
    let filled = u64::next_multiple_of(taken, BLOCK);
    let rest = usize::try_from(filled - taken).unwrap_or_default();
    from.read_exact(&mut vec![0; rest])?;
    *stored = stored.checked_sub(filled).ok_or_else(wrong)?;
    Ok(pieces)
}
