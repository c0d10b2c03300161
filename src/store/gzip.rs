//! Compression by several threads into one gzip stream: the same bytes whatever their number.
//!
//! What comes in is cut into pieces, each compressed by itself up to a whole byte (a sync flush). They stand one after the
//! other in one member, with one header without a time and one checksum in the end (RFC 1951, 3.2.4; RFC 1952, 2.3).

use std::io::{self, Read, Write};
use std::num::NonZero;
use std::thread;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Bytes compressed by themselves: large enough to lose little by it.
const PIECE: usize = 1 << 20;
/// The most threads, and so pieces in memory twice: what they read and what they wrote.
const MAX_THREADS: usize = 8;
/// A member of deflate, without name and time, of no system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// The last block of deflate, with nothing in it.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// Compresses all that comes of `from`.
///
/// # Errors
/// What `from` and `to` say; the system's, where it has no more threads.
pub(crate) fn compress(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    compress_by(threads.min(MAX_THREADS), from, to)
}

fn compress_by(threads: usize, from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    to.write_all(&HEADER)?;
    let mut checksum = Crc::new();
    let mut pieces = read(from, threads)?;
    while !pieces.is_empty() {
        let (done, next) = thread::scope(|scope| {
            let running = pieces
                .iter()
                .map(|piece| thread::Builder::new().spawn_scoped(scope, || deflate(piece)))
                .collect::<io::Result<Vec<_>>>()?;
            // Meanwhile the next are read.
            let next = read(from, threads)?;
            let done = running.into_iter().map(|thread| {
                let stopped = |_| Err(io::Error::other("a thread stopped"));
                thread.join().unwrap_or_else(stopped)
            });
            Ok::<_, io::Error>((done.collect::<io::Result<Vec<_>>>()?, next))
        })?;
        for (bytes, of_piece) in done {
            to.write_all(&bytes)?;
            checksum.combine(&of_piece);
        }
        pieces = next;
    }
    to.write_all(&LAST_BLOCK)?;
    to.write_all(&checksum.sum().to_le_bytes())?;
    to.write_all(&checksum.amount().to_le_bytes())
}

/// The next pieces, at most `count`; none at the end.
fn read(from: &mut impl Read, count: usize) -> io::Result<Vec<Vec<u8>>> {
    let mut pieces = Vec::new();
    while pieces.len() < count {
        let mut piece = Vec::new();
        from.take(PIECE as u64).read_to_end(&mut piece)?;
        if piece.is_empty() {
            break;
        }
        pieces.push(piece);
    }
    Ok(pieces)
}

/// One piece compressed, and its checksum.
fn deflate(piece: &[u8]) -> io::Result<(Vec<u8>, Crc)> {
    let mut checksum = Crc::new();
    checksum.update(piece);
    let mut state = Compress::new(Compression::default(), false);
    let mut out = Vec::with_capacity(piece.len() / 2);
    let mut used = 0;
    // A flush is complete when there was room left behind it.
    while used < piece.len() || out.len() == out.capacity() {
        out.reserve(PIECE / 4);
        let status = state.compress_vec(&piece[used..], &mut out, FlushCompress::Sync)?;
        used = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        if status == Status::StreamEnd {
            break;
        }
    }
    Ok((out, checksum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::layer::decompressed;

    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let step = |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()[0]
        };
        (0..length).map(step).collect()
    }

    #[test]
    fn what_was_compressed_is_what_it_was_and_the_same_for_any_number_of_threads() {
        let text = b"what is said twice is said once ".repeat(150_000);
        for bytes in [&b""[..], b"x", &noise(3 * PIECE + 5), &noise(PIECE), &text] {
            let by = |threads| {
                let mut out = Vec::new();
                compress_by(threads, &mut &bytes[..], &mut out).unwrap();
                out
            };
            let (one, many) = (by(1), by(5));
            assert!(one == many, "{} bytes", bytes.len());
            let mut back = Vec::new();
            // Another decoder than ours would stop at the end of the first member: there is one.
            flate2::read::GzDecoder::new(&one[..])
                .read_to_end(&mut back)
                .unwrap();
            assert!(back == bytes);
            back.clear();
            decompressed(&one[..])
                .unwrap()
                .read_to_end(&mut back)
                .unwrap();
            assert!(back == bytes);
            assert!(one.len() < bytes.len() + bytes.len() / 500 + 64);
        }
    }

    #[test]
    fn a_reader_that_breaks_and_a_writer_that_is_full_are_errors() {
        struct Broken(usize);
        impl Read for Broken {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(1).ok_or(io::Error::other("broken"))?;
                into.fill(7);
                Ok(into.len())
            }
        }
        assert!(compress(&mut Broken(40), &mut Vec::new()).is_err());
        let mut small = [0; 100];
        assert!(compress(&mut &noise(1000)[..], &mut &mut small[..]).is_err());
    }
}
