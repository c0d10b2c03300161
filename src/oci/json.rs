//! JSON as a registry client must read it: no key twice in one object, bounded depth and memory, then an ordinary decode.
//!
//! Two readers that disagree on a duplicate key see two images under one digest (the class of CVE-2021-41190), and
//! `serde_json` keeps the last silently wherever a map is the target. So every document is walked once for its shape
//! before it is decoded.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny,
    MapAccess, SeqAccess, Visitor,
};

/// The deepest nesting accepted in any document.
pub const MAX_DEPTH: usize = 64;

/// The most values in an answer: a small one takes 25 times its text in memory, and a page of results has one in 20 bytes.
pub const MAX_VALUES: usize = 500_000;

/// Decodes `bytes`, refusing duplicate keys at any depth and nesting beyond [`MAX_DEPTH`].
///
/// # Errors
/// The text of what is wrong, with line and column where `serde_json` knows them.
pub fn strict<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    check(bytes)?;
    serde_json::from_slice(bytes)
}

/// The same for an answer that may be large: no more than [`MAX_VALUES`] either.
///
/// # Errors
/// As [`strict`].
pub fn bounded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    walk(bytes, MAX_VALUES)?;
    serde_json::from_slice(bytes)
}

/// Walks `bytes` for the rules of this module without keeping anything.
///
/// # Errors
/// As [`strict`].
pub fn check(bytes: &[u8]) -> Result<(), serde_json::Error> {
    walk(bytes, usize::MAX)
}

fn walk(bytes: &[u8], most: usize) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let left = Cell::new(most);
    let shape = Shape {
        depth: 0,
        left: &left,
    };
    shape.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Visits a value at some depth and keeps nothing of it.
#[derive(Clone, Copy)]
struct Shape<'a> {
    depth: usize,
    /// How many values may still come.
    left: &'a Cell<usize>,
}

impl Shape<'_> {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH}")));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Shape<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let left = self.left.get().checked_sub(1);
        let left = left.ok_or_else(|| D::Error::custom("too many values"))?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let below = self.below()?;
        while sequence.next_element_seed(below)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let below = self.below()?;
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(A::Error::custom(format_args!("duplicate key {key:?}")));
            }
            seen.insert(key);
            map.next_value_seed(below)?;
        }
        Ok(())
    }
}

/// An object, whatever is in it. Decoders of structs also take an array of the fields' values, which other readers of
/// the same document do not: where that matters, this is decoded too.
#[derive(Debug, Clone, Copy)]
pub struct Object;

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnyObject)
    }
}

struct AnyObject;

impl<'de> Visitor<'de> for AnyObject {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<serde_json::Value, String> {
        strict(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_may_stand_once_in_an_object_at_any_depth() {
        assert!(value(r#"{"a":1,"b":{"a":1}}"#).is_ok());
        assert!(
            value(r#"{"a":1,"a":2}"#)
                .unwrap_err()
                .contains("duplicate key \"a\"")
        );
        assert!(
            value(r#"{"x":[{"k":null,"k":null}]}"#)
                .unwrap_err()
                .contains("duplicate key \"k\"")
        );
        assert!(
            value("{\"a\":1,\"\\u0061\":2}").is_err(),
            "an escaped key is the same key"
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(&nested(MAX_DEPTH)).is_ok());
        assert!(
            value(&nested(MAX_DEPTH + 1))
                .unwrap_err()
                .contains("nested deeper")
        );
    }

    #[test]
    fn values_of_an_answer_are_counted_at_any_depth() {
        let read = |text: &str| bounded::<serde_json::Value>(text.as_bytes());
        let many = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
        assert!(read(&many(MAX_VALUES)).is_ok());
        let refused = read(&many(MAX_VALUES + 1)).unwrap_err().to_string();
        assert!(refused.contains("too many values"), "{refused}");
        assert!(value(&many(MAX_VALUES + 1)).is_ok());
        let objects = format!("[{}[]]", r#"{"a":0},"#.repeat(MAX_VALUES / 2));
        assert!(read(&objects).is_err());
    }

    #[test]
    fn nothing_may_follow_the_document() {
        assert!(value("{} {}").is_err());
        assert!(value("{}\n").is_ok());
        assert!(value("").is_err());
    }
}
