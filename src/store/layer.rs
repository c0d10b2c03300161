//! Layers as they were before compression.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// How gzip and zstd begin.
pub(crate) const GZIP: [u8; 2] = [0x1f, 0x8b];
pub(crate) const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The largest window of zstd that is decoded, as a power of two: 128 MiB, what `zstd` itself takes by default.
const ZSTD_WINDOW_LOG: u32 = 27;
/// Bytes read at once.
const BUFFER: usize = 256 << 10;

/// What comes out of `from`: decompressed where it is gzip (all its members) or zstd, else as it is.
///
/// # Errors
/// The system's, and what the decoders find wrong.
pub(crate) fn decompressed<'a>(
    from: impl Read + Send + 'a,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut from = BufReader::with_capacity(BUFFER, from);
    let start = from.fill_buf()?;
    if start.starts_with(&GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(from)));
    }
    if start.starts_with(&ZSTD) {
        let mut decoder = zstd::Decoder::with_buffer(from)?;
        decoder.window_log_max(ZSTD_WINDOW_LOG)?;
        return Ok(Box::new(decoder));
    }
    Ok(Box::new(from))
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
        assert!(all(&[&whole[..], b"rubbish"].concat()).is_err());
    }
}
