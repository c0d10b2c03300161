//! A JSON object that can be edited without harming what it is not about.
//!
//! Docker's `config.json` is shared with docker and many other programs. Members keep their order, and the values of
//! those nobody touches keep their exact text (a number keeps its digits, a string its escapes); only the white space
//! between them becomes docker's: one tab a level.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use crate::oci::json;

/// The members of a JSON object, in order. It may hold secrets, so it cannot be printed for debugging.
#[derive(Clone, Default)]
pub(super) struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    /// Reads a whole document. Nothing but white space counts as an empty object, as docker has it.
    ///
    /// # Errors
    /// What is wrong, without a word of the content: not JSON, no object, a key twice, nested too deep.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        let place = |error: &serde_json::Error| match error.line() {
            0 => String::new(),
            line => format!(" (line {line}, column {})", error.column()),
        };
        if let Err(error) = json::check(bytes) {
            return Err(if error.is_data() {
                format!("it is ambiguous or nested too deep{}", place(&error))
            } else {
                format!("it is not valid JSON{}", place(&error))
            });
        }
        serde_json::from_slice(bytes).map_err(|_| "it is not a JSON object".to_owned())
    }

    /// Reads the value of a member as an object; `None` when it is no object.
    pub(super) fn of(value: &RawValue) -> Option<Self> {
        serde_json::from_str(value.get()).ok()
    }

    /// The value of `name`. A `null` is nothing.
    pub(super) fn value(&self, name: &str) -> Option<&RawValue> {
        self.place(name)
            .map(|at| &*self.0[at].1)
            .filter(|value| value.get() != "null")
    }

    /// How `name` is written here: docker finds its own members in any case when they are not there in the right one.
    pub(super) fn spelling(&self, name: &'static str) -> String {
        let mut names = self.0.iter().map(|(other, _)| other);
        let found = match self.place(name) {
            Some(_) => None,
            None => names.find(|other| other.eq_ignore_ascii_case(name)),
        };
        found.map_or_else(|| name.to_owned(), Clone::clone)
    }

    /// Names and values, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// Gives `name` a value: in its place where it has one, else at the end.
    pub(super) fn set(&mut self, name: &str, value: &impl Serialize) {
        let value = to_raw_value(value).expect("strings and members always serialize");
        match self.place(name) {
            Some(at) => self.0[at].1 = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Keeps only the members that `wanted` wants.
    pub(super) fn retain(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(other, _)| other == name)
    }

    /// The document, indented as docker does.
    pub(super) fn to_text(&self) -> String {
        indent(&serde_json::to_string(self).expect("strings and raw values always serialize"))
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Lays valid JSON out anew: one tab a level, one member a line, empty objects and arrays closed at once. Every
/// string and scalar is copied as it stands.
fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut rest = json.trim_start();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n('\t', depth));
    };
    while let Some(first) = rest.chars().next() {
        let token = if first == '"' {
            string(rest)
        } else {
            first.len_utf8()
        };
        let after = rest[token..].trim_start();
        match first {
            '{' | '[' if after.starts_with(['}', ']']) => {
                out.push(first);
                out.push_str(&after[..1]);
                rest = after[1..].trim_start();
                continue;
            }
            '{' | '[' => {
                depth += 1;
                out.push(first);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth -= 1;
                line(&mut out, depth);
                out.push(first);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => out.push_str(&rest[..token]),
        }
        rest = after;
    }
    out
}

/// How long the string is that `json` begins with, quotes included.
fn string(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_touched_keeps_its_order_and_its_exact_text() {
        let text = r#" {"z":{"n": 1.10 ,"big":123456789012345678901234567890,"s":"a\u003cb\"},{"},
            "auths":{"h":{}}, "a":[ ], "l":[1 , 2], "zero":-0.0e5}"#;
        let mut members = Members::parse(text.as_bytes()).unwrap();
        members.set("auths", &Members::default());
        members.set("new", &"v");
        assert_eq!(
            members.to_text(),
            "{\n\t\"z\": {\n\t\t\"n\": 1.10,\n\t\t\"big\": 123456789012345678901234567890,\n\t\t\"s\": \"a\\u003cb\\\"},{\"\n\t},\
             \n\t\"auths\": {},\n\t\"a\": [],\n\t\"l\": [\n\t\t1,\n\t\t2\n\t],\n\t\"zero\": -0.0e5,\n\t\"new\": \"v\"\n}"
        );
    }

    #[test]
    fn a_document_that_could_be_misread_is_refused_without_quoting_it() {
        for (text, expected) in [
            ("{\"hunter2\"", "not valid JSON (line 1"),
            ("[\"hunter2\"]", "not a JSON object"),
            ("\"hunter2\"", "not a JSON object"),
            ("{\"hunter2\":1,\"hunter2\":2}", "ambiguous"),
            ("{} hunter2", "not valid JSON"),
        ] {
            let error = Members::parse(text.as_bytes()).err().unwrap();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert_eq!(Members::parse(b" \n").unwrap().to_text(), "{}");
    }

    #[test]
    fn names_are_found_as_docker_finds_them() {
        let members =
            Members::parse(br#"{"CredsStore":"a","Auths":{},"auths":{},"x":null}"#).unwrap();
        assert_eq!(members.spelling("credsStore"), "CredsStore");
        assert_eq!(members.spelling("auths"), "auths");
        assert_eq!(members.spelling("credHelpers"), "credHelpers");
        assert!(members.value("credsStore").is_none() && members.value("x").is_none());
    }
}
