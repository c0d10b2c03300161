//! JSON as a registry client must read it: no key twice in one object, bounded depth, then an ordinary decode.
//!
//! Two readers that disagree on a duplicate key see two images under one digest (the class of CVE-2021-41190), and
//! `serde_json` keeps the last silently wherever a map is the target. So every document is walked once for its shape
//! before it is decoded.

use std::collections::HashSet;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny,
    MapAccess, SeqAccess, Visitor,
};

/// The deepest nesting accepted in any document.
pub const MAX_DEPTH: usize = 64;

/// Decodes `bytes`, refusing duplicate keys at any depth and nesting beyond [`MAX_DEPTH`].
///
/// # Errors
/// The text of what is wrong, with line and column where `serde_json` knows them.
pub fn strict<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    check(bytes)?;
    serde_json::from_slice(bytes)
}

/// Walks `bytes` for the rules of this module without keeping anything.
///
/// # Errors
/// As [`strict`].
pub fn check(bytes: &[u8]) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    Shape { depth: 0 }.deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Visits a value at some depth and keeps nothing of it.
#[derive(Clone, Copy)]
struct Shape {
    depth: usize,
}

impl Shape {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("nested deeper than {MAX_DEPTH}")));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Shape {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shape {
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
    fn nothing_may_follow_the_document() {
        assert!(value("{} {}").is_err());
        assert!(value("{}\n").is_ok());
        assert!(value("").is_err());
    }
}
