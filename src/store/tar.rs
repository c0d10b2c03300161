//! What every tar is made of: blocks, and headers whose fields the `tar` crate finds. Shared by the readers of archives and
//! of layers, which ask for different things and agree on these.

use tar::Header;

/// The unit of a tar, in bytes.
pub(crate) const BLOCK: u64 = 512;
/// The largest extended header that is read, in bytes: what Go takes.
pub(crate) const MAX_EXTENDED: u64 = 1 << 20;

/// How many bytes lie behind a content of `size` bytes up to the next header.
pub(crate) fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK
}

/// Whether it marks the end: it is all zeros.
pub(crate) fn is_end(header: &Header) -> bool {
    header.as_bytes().iter().all(|&byte| byte == 0)
}

/// Whether the sum that a header states is that of its bytes, its own field taken for blanks.
pub(crate) fn is_sound(header: &Header) -> bool {
    let own = 148..156;
    let bytes = header.as_bytes();
    let sum = |of: fn(u8) -> i64| -> i64 {
        let bytes = bytes.iter().enumerate();
        bytes
            .map(|(at, &byte)| of(if own.contains(&at) { b' ' } else { byte }))
            .sum()
    };
    let stated = field(&bytes[own.clone()]);
    // Ancient tars added bytes with a sign.
    let signed = |byte: u8| i64::from(byte.cast_signed());
    stated == Some(sum(i64::from)) || stated == Some(sum(signed))
}

/// The text of a GNU long name: up to its NUL.
pub(crate) fn text(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|&byte| byte == 0);
    bytes.truncate(end.unwrap_or(bytes.len()));
    bytes
}

/// A number of a header: octal digits between blanks and NULs, or the whole field as one big-endian number whose first
/// bit is set (GNU). An empty field is zero. `None` for anything else, and for what 64 bits do not hold.
pub(crate) fn field(field: &[u8]) -> Option<i64> {
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
    fn a_sum_may_be_of_bytes_with_a_sign_and_may_not_be_another() {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[0] = 0xe9;
        header.set_cksum();
        assert!(is_sound(&header) && !is_end(&header));
        let unsigned = field(&header.as_old().cksum).unwrap();
        let signed = format!("{:06o}\0 ", unsigned - 256);
        header.as_old_mut().cksum.copy_from_slice(signed.as_bytes());
        assert!(is_sound(&header));
        header.as_old_mut().name[1] = b'x';
        assert!(!is_sound(&header));
        header.as_mut_bytes().fill(0);
        assert!(is_end(&header));
    }
}
