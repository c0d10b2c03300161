//! Numbers as tars write them.

/// A number of a header: octal digits between blanks and NULs, or the whole field as one big-endian number whose first
/// bit is set (GNU). An empty field is zero. `None` for anything else, and for what 64 bits do not hold.
pub(super) fn field(field: &[u8]) -> Option<i64> {
    let first = *field.first()?;
    if first & 0x80 == 0 {
        return octal(field);
    }
    // Two's complement over all bits but the first one, which only marks the form.
    let negative = first & 0x40 != 0;
    let mut value: i128 = if negative { -1 } else { 0 };
    for (at, &byte) in field.iter().enumerate() {
        let byte = match at {
            0 if negative => byte,
            0 => byte & 0x7f,
            _ => byte,
        };
        value = value.checked_mul(256)? | i128::from(byte);
        i64::try_from(value).ok()?;
    }
    i64::try_from(value).ok()
}

fn octal(field: &[u8]) -> Option<i64> {
    let digits = field.split(|&byte| byte == 0).find(|part| !part.is_empty());
    let digits = digits.unwrap_or_default().trim_ascii();
    let mut value: i64 = 0;
    for digit in digits {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 8)?;
        value = value.checked_mul(8)? | i64::from(digit);
    }
    Some(value)
}

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
    fn fields_are_octal_or_a_number_over_all_their_bytes() {
        assert_eq!(field(b"0000644\0"), Some(0o644));
        assert_eq!(field(b"   644 \0"), Some(0o644));
        assert_eq!(field(b"644     "), Some(0o644));
        assert_eq!(field(b"\0\0\0\0\0\0\0\0"), Some(0));
        assert_eq!(field(b"777777777777"), Some(0o777_777_777_777));
        assert_eq!(field(&[0x80, 0, 0, 0, 0, 0, 1, 0]), Some(256));
        assert_eq!(field(&[0xff; 12]), Some(-1));
        let mut large = [
            0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        ];
        assert_eq!(field(&large), Some(i64::MAX));
        large[4] = 0x80;
        assert_eq!(field(&large), None);
        assert_eq!(field(b"0000648\0"), None);
        assert_eq!(field(b"-1\0"), None);
    }

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
