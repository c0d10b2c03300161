//! Which bytes a request is about: the `Range` of a download (RFC 9110, section 14) and the `Content-Range` of a
//! chunk of an upload (distribution-spec, "Pushing a blob in chunks": `first-last`, no unit, no total).

use std::ops::Range;

/// What a `Range` header asks of content of a known size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything: there is no such header, or one that may be ignored.
    All,
    /// These bytes; never empty.
    Part(Range<u64>),
    /// None of the bytes there are.
    Nothing,
}

/// Reads a `Range` header. Other units, several ranges and broken syntax are ignored, as RFC 9110 14.2 allows.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((unit, set)) = header.and_then(|text| text.split_once('=')) else {
        return Wanted::All;
    };
    let Some((first, last)) = set.trim().split_once('-') else {
        return Wanted::All;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Wanted::All;
    }
    let part = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Wanted::All,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(suffix)) if first.is_empty() => size.saturating_sub(suffix)..size,
        _ => return Wanted::All,
    };
    if part.is_empty() {
        Wanted::Nothing
    } else {
        Wanted::Part(part)
    }
}

/// Reads the `Content-Range` of a chunk. `None` when it is none.
pub(super) fn chunk(header: &str) -> Option<Range<u64>> {
    let (first, last) = header.trim().split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    (first <= last && last < u64::MAX).then(|| first..last + 1)
}

/// Decimal digits; more than fit mean the largest there is.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_honoured() {
        for (header, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-5", 2..6),
            ("bytes=2-", 2..10),
            ("bytes=-3", 7..10),
            ("bytes=-300", 0..10),
            ("bytes=9-99999999999999999999999", 9..10),
            ("Bytes= 4-4 ", 4..5),
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::Part(range), "{header}");
        }
    }

    #[test]
    fn a_range_beyond_the_end_holds_nothing() {
        for header in [
            "bytes=10-",
            "bytes=10-20",
            "bytes=-0",
            "bytes=99999999999999999999999-",
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::Nothing, "{header}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }

    #[test]
    fn what_is_not_one_range_of_bytes_is_ignored() {
        assert_eq!(wanted(None, 10), Wanted::All);
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes=+1-2",
            "lines=0-1",
            "bytes=1",
            "bytes=--1",
            "0-5",
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::All, "{header}");
        }
    }

    #[test]
    fn a_chunk_says_its_first_and_last_byte() {
        assert_eq!(chunk("0-0"), Some(0..1));
        assert_eq!(chunk("1000-1999"), Some(1000..2000));
        for header in [
            "",
            "5",
            "5-",
            "-5",
            "5-4",
            "bytes 0-4/5",
            "0-18446744073709551615",
            "0-1, 2-3",
        ] {
            assert_eq!(chunk(header), None, "{header}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_part_lies_within_the_content(header in "bytes=[0-9]{0,22}-[0-9]{0,22}", size in 0u64..1000) {
            if let Wanted::Part(part) = wanted(Some(&header), size) {
                proptest::prop_assert!(part.start < part.end && part.end <= size);
            }
        }
    }
}
