//! Extended headers of POSIX tars: records of `LENGTH KEY=VALUE\n`, whose values may hold any byte (pax, "Extended
//! Header").

use super::number::decimal;
use super::trouble::{Step, Trouble};

/// How the keys of extended attributes begin, as star, GNU tar and Go write them.
const EXTENDED: &[u8] = b"SCHILY.xattr.";
/// The longest name of an extended attribute, in bytes (Linux).
const MAX_ATTRIBUTE: usize = 255;

/// The records of one member, in their order.
#[derive(Debug, Default)]
pub(super) struct Records(Vec<(Vec<u8>, Vec<u8>)>);

impl Records {
    /// Reads the content of an extended header.
    ///
    /// # Errors
    /// `Bad` when a record is broken.
    pub(super) fn read(mut bytes: &[u8]) -> Step<Self> {
        let broken = || Trouble::bad("an extended header is broken");
        let mut records = Vec::new();
        while !bytes.is_empty() {
            let space = bytes.iter().position(|&byte| byte == b' ');
            let space = space.ok_or_else(broken)?;
            let length = decimal(&bytes[..space]).ok_or_else(broken)?;
            let length = usize::try_from(length).map_err(|_| broken())?;
            let record = bytes.get(space + 1..length).ok_or_else(broken)?;
            let record = record.strip_suffix(b"\n").ok_or_else(broken)?;
            let equals = record.iter().position(|&byte| byte == b'=');
            let equals = equals.filter(|&at| at > 0).ok_or_else(broken)?;
            records.push((record[..equals].to_vec(), record[equals + 1..].to_vec()));
            bytes = &bytes[length..];
        }
        Ok(Self(records))
    }

    /// The value of `key`: the last one counts. An empty one means that the header's own holds.
    pub(super) fn value(&self, key: &str) -> Option<&[u8]> {
        let mut found = self.0.iter().rev();
        let (_, value) = found.find(|(name, _)| name == key.as_bytes())?;
        (!value.is_empty()).then_some(&value[..])
    }

    /// The number that `key` stands for.
    ///
    /// # Errors
    /// `Bad` when it is none.
    pub(super) fn number(&self, key: &str) -> Step<Option<u64>> {
        let number =
            |value| decimal(value).ok_or_else(|| Trouble::Bad(format!("{key} is no number")));
        self.value(key).map(number).transpose()
    }

    /// Every value of `key`, in order.
    pub(super) fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let named = self
            .0
            .iter()
            .filter(move |(name, _)| name == key.as_bytes());
        named.map(|(_, value)| &value[..])
    }

    /// The extended attributes.
    ///
    /// # Errors
    /// `Bad` for a name that no system takes.
    pub(super) fn extended(&self) -> Step<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut found = Vec::new();
        for (key, value) in &self.0 {
            let Some(name) = key.strip_prefix(EXTENDED) else {
                continue;
            };
            if name.is_empty() || name.len() > MAX_ATTRIBUTE || name.contains(&0) {
                return Err(Trouble::bad("the name of an extended attribute is invalid"));
            }
            found.push((name.to_vec(), value.clone()));
        }
        Ok(found)
    }
}

/// A record, to be written.
pub(super) fn record(key: &[u8], value: &[u8]) -> Vec<u8> {
    // The length counts its own digits.
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while length.to_string().len() + rest != length {
        length = length.to_string().len() + rest;
    }
    [length.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat()
}

/// The record of an extended attribute.
pub(super) fn extended_record(name: &[u8], value: &[u8]) -> Vec<u8> {
    record(&[EXTENDED, name].concat(), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_hold_newlines_and_the_last_one_counts() {
        let bytes = b"8 a=b\nc\n7 a=ok\n5 b=\n27 SCHILY.xattr.user.x=\0\n\xff\n";
        let records = Records::read(bytes).unwrap();
        assert_eq!(records.value("a"), Some(&b"ok"[..]));
        assert_eq!(records.values("a").count(), 2);
        assert_eq!(records.value("b"), None);
        assert_eq!(
            records.extended().unwrap(),
            [(b"user.x".to_vec(), b"\0\n\xff".to_vec())]
        );
    }

    #[test]
    fn a_record_that_is_written_is_read_again() {
        for length in [0, 1, 5, 90, 93, 94, 95, 986, 990, 991, 100_000] {
            let value = vec![b'v'; length];
            let bytes = [
                record(b"path", &value),
                extended_record(b"user.x", b"\0\n="),
            ]
            .concat();
            let records = Records::read(&bytes).unwrap();
            assert_eq!(records.values("path").next(), Some(&value[..]));
            assert_eq!(
                records.extended().unwrap(),
                [(b"user.x".to_vec(), b"\0\n=".to_vec())]
            );
        }
    }

    #[test]
    fn broken_records_are_errors() {
        for wrong in [
            &b"x"[..],
            b"7 a=b\n",
            b"5 a=b\n",
            b"6 =ab\n",
            b"6 abc\n",
            b"0 a=b\n",
            b"99999999999999999999 a=b\n",
            b"-6 a=b\n",
        ] {
            assert!(Records::read(wrong).is_err(), "{wrong:?}");
        }
        assert!(Records::read(b"6 a=b\n").is_ok());
    }
}
