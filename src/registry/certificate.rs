//! The few things about an X.509 certificate that are worth telling a person, read from its DER (RFC 5280, section 4.1).
//!
//! Nothing is verified here and nothing is decided by it but which client certificate is offered; what cannot be read is
//! simply not told.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `id-at-commonName` and `id-at-organizationName`, in the order they are looked for.
const NAMES: [&[u8]; 2] = [&[0x55, 4, 3], &[0x55, 4, 10]];

/// Who is named in a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names<'a> {
    /// Who signed it: the DER of the whole name.
    pub(super) issuer: &'a [u8],
    /// Whom it is for, in the same form.
    pub(super) subject: &'a [u8],
}

impl<'a> Names<'a> {
    /// Reads the names in `certificate`.
    pub(super) fn of(certificate: &'a [u8]) -> Option<Self> {
        read(certificate).map(|(names, _)| names)
    }

    /// The issuer as people call it.
    pub(super) fn issuer_name(&self) -> Option<String> {
        common_name(self.issuer)
    }

    /// Whom it is for, in the same way.
    pub(super) fn subject_name(&self) -> Option<String> {
        common_name(self.subject)
    }

    /// Whether it names itself as who signed it.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

/// The first and the last moment at which `certificate` counts.
pub(super) fn validity(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (_, validity) = read(certificate)?;
    let (first, rest) = element(validity, None)?;
    let (last, _) = element(rest, None)?;
    Some((time(&first)?, time(&last)?))
}

/// The names of a certificate, and the content of its validity.
fn read(certificate: &[u8]) -> Option<(Names<'_>, &[u8])> {
    let (whole, _) = element(certificate, Some(SEQUENCE))?;
    let (mut rest, _) = element(whole.content, Some(SEQUENCE))
        .map(|(to_be_signed, rest)| (to_be_signed.content, rest))?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest, None)?.1;
    }
    // serial number, algorithm, issuer, validity, subject
    let (_, rest) = element(rest, None)?;
    let (_, rest) = element(rest, Some(SEQUENCE))?;
    let (issuer, rest) = element(rest, Some(SEQUENCE))?;
    let (validity, rest) = element(rest, Some(SEQUENCE))?;
    let (subject, _) = element(rest, Some(SEQUENCE))?;
    let names = Names {
        issuer: issuer.whole,
        subject: subject.whole,
    };
    Some((names, validity.content))
}

/// A time to the second, always in UTC (RFC 5280, section 4.1.2.5).
fn time(element: &Element<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(element.content).ok()?;
    let digits = text.strip_suffix('Z')?;
    let whole = match element.tag {
        UTC_TIME if digits.len() == 12 => {
            let century = if digits.get(..2)?.parse::<u8>().ok()? < 50 {
                "20"
            } else {
                "19"
            };
            format!("{century}{digits}")
        }
        GENERALIZED_TIME if digits.len() == 14 => digits.to_owned(),
        _ => return None,
    };
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| whole.get(at..at + 2)?.parse::<i8>().ok();
    let year = whole.get(..4)?.parse::<i16>().ok()?;
    let moment = DateTime::new(year, part(4)?, part(6)?, part(8)?, part(10)?, part(12)?, 0);
    let zoned = moment.ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

/// One element of DER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    /// With tag and length.
    whole: &'a [u8],
}

/// The first element of `bytes`, which has the `tag` wanted, and what comes after it.
fn element(bytes: &[u8], tag: Option<u8>) -> Option<(Element<'_>, &[u8])> {
    let (&found, rest) = bytes.split_first()?;
    if tag.is_some_and(|tag| tag != found) {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        short @ 0..=0x7f => (usize::from(short), rest),
        long => {
            // The form without a length (0x80) is not DER; four bytes are more than any certificate needs.
            let count = usize::from(long & 0x7f);
            let (digits, rest) = rest.split_at_checked(count)?;
            if !(1..=4).contains(&count) {
                return None;
            }
            let length = digits
                .iter()
                .fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
            (length, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = &bytes[..bytes.len() - rest.len()];
    let element = Element {
        tag: found,
        content,
        whole,
    };
    Some((element, rest))
}

/// The common name in `name`, else the organization.
fn common_name(name: &[u8]) -> Option<String> {
    let (name, _) = element(name, Some(SEQUENCE))?;
    let wanted = |kind: &[u8]| {
        let mut sets = name.content;
        while let Some((set, rest)) = element(sets, Some(SET)) {
            sets = rest;
            let (pair, _) = element(set.content, Some(SEQUENCE))?;
            let (found, value) = element(pair.content, None)?;
            if found.tag == 6 && found.content == kind {
                let (text, _) = element(value, None)?;
                return Some(String::from_utf8_lossy(text.content).into_owned());
            }
        }
        None
    };
    NAMES.into_iter().find_map(wanted)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair};

    use super::*;

    fn params(common: &str) -> CertificateParams {
        let mut params = CertificateParams::new(vec!["r.example".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "a house");
        if !common.is_empty() {
            params.distinguished_name.push(DnType::CommonName, common);
        }
        params
    }

    #[test]
    fn who_signed_a_certificate_is_told() {
        let key = KeyPair::generate().unwrap();
        let own = params("Größe").self_signed(&key).unwrap();
        let names = Names::of(own.der()).unwrap();
        assert!(names.is_self_issued());
        assert_eq!(names.issuer_name().as_deref(), Some("Größe"));
        let issuer = Issuer::new(params(""), key);
        let other = KeyPair::generate().unwrap();
        let signed = params("a server").signed_by(&other, &issuer).unwrap();
        let names = Names::of(signed.der()).unwrap();
        assert!(!names.is_self_issued());
        assert_eq!(names.issuer_name().as_deref(), Some("a house"));
        assert_eq!(names.subject_name().as_deref(), Some("a server"));
    }

    #[test]
    fn from_when_until_when_a_certificate_counts_is_told_in_both_forms_of_time() {
        let mut dated = params("x");
        dated.not_before = rcgen::date_time_ymd(1999, 12, 31);
        dated.not_after = rcgen::date_time_ymd(2051, 2, 3);
        let own = dated.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let (first, last) = validity(own.der()).unwrap();
        assert_eq!(first.to_string(), "1999-12-31T00:00:00Z");
        assert_eq!(last.to_string(), "2051-02-03T00:00:00Z");
        let read = |tag: u8, text: &str| {
            let content = text.as_bytes();
            let whole = content;
            time(&Element {
                tag,
                content,
                whole,
            })
        };
        assert!(read(UTC_TIME, "260102030405Z").is_some());
        for (tag, text) in [
            (UTC_TIME, "2601020304Z"),
            (UTC_TIME, "260102030405+0100"),
            (UTC_TIME, "26010203040\u{e9}Z"),
            (UTC_TIME, "261302030405Z"),
            (GENERALIZED_TIME, "260102030405Z"),
            (SEQUENCE, "260102030405Z"),
        ] {
            assert_eq!(read(tag, text), None, "{text}");
        }
    }

    #[test]
    fn what_is_cut_off_or_no_certificate_names_nobody() {
        let key = KeyPair::generate().unwrap();
        let whole = params("x").self_signed(&key).unwrap().der().to_vec();
        for length in 0..whole.len() {
            assert_eq!(Names::of(&whole[..length]), None, "{length}");
            assert_eq!(validity(&whole[..length]), None, "{length}");
        }
        assert_eq!(Names::of(&[0x30, 0x80, 0, 0]), None);
        assert_eq!(Names::of(&[0x30, 0xff, 1, 1]), None);
        assert_eq!(Names::of(b"-----BEGIN"), None);
    }
}
