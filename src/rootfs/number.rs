//! Numbers as extended headers write them.

/// A number in decimal digits alone, as extended headers write them.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    if !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Seconds and nanoseconds since 1970, such as `1704164645.25` or `-1.5`; finer digits are dropped.
pub(super) fn time(text: &[u8]) -> Option<(i64, i64)> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let dot = text.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match dot {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[][..]),
    };
    let whole = i64::try_from(decimal(whole)?).ok()?;
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut nanoseconds = 0;
    for at in 0..9 {
        nanoseconds =
            nanoseconds * 10 + i64::from(fraction.get(at).map_or(0, |digit| digit - b'0'));
    }
    Some(match (negative, nanoseconds) {
        (false, _) => (whole, nanoseconds),
        (true, 0) => (-whole, 0),
        // Nanoseconds count forward from the second before.
        (true, _) => ((-whole).checked_sub(1)?, 1_000_000_000 - nanoseconds),
    })
}

/// The same as extended headers write it.
pub(super) fn time_text(seconds: i64, nanoseconds: i64) -> String {
    let (sign, whole, fraction) = match (seconds, nanoseconds) {
        (_, 0) => return seconds.to_string(),
        (0.., _) => ("", seconds, nanoseconds),
        _ => ("-", -(seconds + 1), 1_000_000_000 - nanoseconds),
    };
    let text = format!("{sign}{whole}.{fraction:09}");
    text.trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_may_have_a_fraction_and_lie_before_1970() {
        assert_eq!(time(b"1704164645"), Some((1_704_164_645, 0)));
        assert_eq!(time(b"1.25"), Some((1, 250_000_000)));
        assert_eq!(time(b"1.0000000019"), Some((1, 1)));
        assert_eq!(time(b"-1.5"), Some((-2, 500_000_000)));
        assert_eq!(time(b"-3"), Some((-3, 0)));
        for whole in [
            (1_704_164_645, 0),
            (1, 250_000_000),
            (1, 1),
            (-2, 500_000_000),
            (-1, 999_999_999),
            (-3, 0),
            (0, 0),
            (i64::MIN + 1, 1),
            (i64::MAX, 999_999_999),
        ] {
            assert_eq!(time(time_text(whole.0, whole.1).as_bytes()), Some(whole));
        }
        assert_eq!(time_text(-2, 500_000_000), "-1.5");
        for wrong in [&b"1e3"[..], b"x", b"1.x", b"+1", b"99999999999999999999"] {
            assert_eq!(time(wrong), None, "{wrong:?}");
        }
    }
}
