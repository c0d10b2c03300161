//! Layers as they were before compression.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

/// How gzip and zstd begin.
pub(crate) const GZIP: [u8; 2] = [0x1f, 0x8b];
pub(crate) const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The largest window of zstd that is decoded, as a power of two: 128 MiB, what `zstd` itself takes by default.
const ZSTD_WINDOW_LOG: u32 = 27;
/// Bytes read at once.
const BUFFER: usize = 256 << 10;

/// What comes out of `from`: decompressed where it is gzip (all its members, zeros behind them left out) or zstd, else as
/// it is.
///
/// # Errors
/// The system's, and what the decoders find wrong.
pub(crate) fn decompressed<'a>(
    from: impl Read + Send + 'a,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut from = BufReader::with_capacity(BUFFER, from);
    let start = from.fill_buf()?;
    if start.starts_with(&GZIP) {
        return Ok(Box::new(Gzip(Some(GzDecoder::new(from)))));
    }
    if start.starts_with(&ZSTD) {
        let mut decoder = zstd::Decoder::with_buffer(from)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG)?;
        return Ok(Box::new(decoder));
    }
    Ok(Box::new(from))
}

/// All members of a gzip file (RFC 1952, 2.2). Zeros may follow, as tape and block devices fill up with them; anything
/// else is an error, because some readers would stop there and others would not.
struct Gzip<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let Some(mut rest) = self.0.take().map(GzDecoder::into_inner) else {
                break;
            };
            match rest.fill_buf()?.first() {
                None => break,
                Some(0) => return only_zeros(rest).map(|()| 0),
                Some(&start) if start == GZIP[0] => self.0 = Some(GzDecoder::new(rest)),
                Some(_) => return Err(trailing()),
            }
        }
        Ok(0)
    }
}

fn only_zeros(mut rest: impl BufRead) -> io::Result<()> {
    loop {
        let bytes = rest.fill_buf()?;
        if bytes.is_empty() {
            return Ok(());
        }
        if bytes.iter().any(|&byte| byte != 0) {
            return Err(trailing());
        }
        let length = bytes.len();
        rest.consume(length);
    }
}

fn trailing() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "trailing data after the gzip stream",
    )
}

/// Whether what begins with `start` is compressed.
pub(crate) fn is_compressed(start: &[u8]) -> bool {
    start.starts_with(&GZIP) || start.starts_with(&ZSTD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn all(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        decompressed(bytes)?.read_to_end(&mut out)?;
        Ok(out)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_layer_comes_out_as_it_was_however_it_was_compressed() {
        let text = b"what was there before".repeat(1000);
        assert_eq!(all(&text).unwrap(), text);
        let two = [gzip(&text[..500]), gzip(&text[500..])].concat();
        assert_eq!(all(&two).unwrap(), text);
        assert_eq!(all(&zstd::encode_all(&text[..], 3).unwrap()).unwrap(), text);
        assert_eq!(all(b"").unwrap(), b"");
    }

    #[test]
    fn what_is_cut_off_or_has_a_tail_is_an_error() {
        let text = b"x".repeat(1000);
        let whole = gzip(&text);
        assert!(all(&whole[..whole.len() - 5]).is_err());
        for tail in [&b"rubbish"[..], b"\x1f", b"\x1f\x8brubbish", b"\0\0\0x"] {
            assert!(all(&[&whole[..], tail].concat()).is_err(), "{tail:?}");
        }
    }

    #[test]
    fn zeros_may_fill_up_a_gzip_file() {
        let text = b"x".repeat(1000);
        let filled = [&gzip(&text)[..], &gzip(&text), &vec![0; 700_000]].concat();
        assert_eq!(all(&filled).unwrap(), text.repeat(2));
    }
}
