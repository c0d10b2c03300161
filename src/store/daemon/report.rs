//! What the daemon says about a load: objects of JSON one after the other, on lines of their own or not, a failure among
//! them. podman answers a single one.
//!
//! It answers 200 before it knows how the load ends, so that this alone tells. What cannot be understood is no success.

use std::collections::VecDeque;

use serde_json::Value;

use crate::error::{Error, Result};

/// The largest object that is read, in bytes.
const MAX_OBJECT: usize = 1 << 20;
/// The most objects that are kept: only the last ones are of use to anybody.
const MOST_TOLD: usize = 100;

/// What the next byte of an object belongs to.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Nothing in quotes.
    #[default]
    Object,
    /// A text.
    Text,
    /// A text, behind a backslash.
    Escape,
}

/// A report being heard.
#[derive(Default)]
pub(super) struct Report {
    /// The object that has begun.
    object: Vec<u8>,
    depth: usize,
    within: Within,
    /// Whether there was an object, and anything that is none.
    heard: bool,
    noise: bool,
    told: VecDeque<String>,
}

impl Report {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// `Machine`: the failure that they tell.
    pub(super) fn hear(&mut self, bytes: &[u8]) -> Result<()> {
        for &byte in bytes {
            if self.depth == 0 && byte != b'{' {
                self.noise |= !byte.is_ascii_whitespace();
                continue;
            }
            self.object.push(byte);
            if self.object.len() > MAX_OBJECT {
                return Err(machine("says more at once than is listened to"));
            }
            self.within = match (self.within, byte) {
                (Within::Text, b'\\') => Within::Escape,
                (Within::Object, b'"') | (Within::Escape, _) => Within::Text,
                (Within::Text, b'"') => Within::Object,
                (within, _) => within,
            };
            match byte {
                b'{' if self.within == Within::Object => self.depth += 1,
                b'}' if self.within == Within::Object => self.depth -= 1,
                _ => {}
            }
            if self.depth == 0 {
                let object = std::mem::take(&mut self.object);
                self.understand(&object)?;
            }
        }
        Ok(())
    }

    fn understand(&mut self, object: &[u8]) -> Result<()> {
        let text = String::from_utf8_lossy(object);
        let said: Value = serde_json::from_str(&text)
            .map_err(|_| machine(&format!("answers what is no report: {}", start(&text))))?;
        self.heard = true;
        for key in ["error", "errorDetail"] {
            match &said[key] {
                Value::Null => {}
                Value::String(error) => return Err(machine(&format!("does not take it: {error}"))),
                error => {
                    let message = error["message"].as_str();
                    let message = message.map_or_else(|| error.to_string(), str::to_owned);
                    return Err(machine(&format!("does not take it: {message}")));
                }
            }
        }
        if let Some(line) = said["stream"].as_str() {
            self.told.push_back(line.trim().to_owned());
        }
        if self.told.len() > MOST_TOLD {
            self.told.pop_front();
        }
        Ok(())
    }

    /// What was said in all.
    ///
    /// # Errors
    /// `Machine` when that is no report, or not all of one.
    pub(super) fn end(self) -> Result<Vec<String>> {
        if self.depth > 0 {
            let begun = String::from_utf8_lossy(&self.object).into_owned();
            return Err(machine(&format!(
                "stopped in the middle: {}",
                start(&begun)
            )));
        }
        if self.noise && !self.heard {
            return Err(machine("answers what is no report"));
        }
        Ok(self.told.into())
    }
}

fn start(text: &str) -> String {
    text.chars().take(200).collect()
}

fn machine(what: &str) -> Error {
    Error::Machine(format!("docker's daemon {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Told in pieces of every size, since the pieces say nothing.
    fn heard(text: &[u8]) -> Result<Vec<String>, String> {
        let whole = |size: usize| {
            let mut report = Report::default();
            for piece in text.chunks(size) {
                report.hear(piece)?;
            }
            report.end()
        };
        let outcomes: Vec<_> = [1, 2, 7, 4096]
            .into_iter()
            .map(|size| whole(size).map_err(|error| error.to_string()))
            .collect();
        assert!(
            outcomes.windows(2).all(|two| two[0] == two[1]),
            "{outcomes:?}"
        );
        outcomes[0].clone()
    }

    #[test]
    fn what_was_loaded_is_told_in_any_form_of_json() {
        for (text, lines) in [
            ("", vec![]),
            ("\r\n", vec![]),
            (
                "{\"stream\":\"Loaded image: app:v1\\n\"}\r\n",
                vec!["Loaded image: app:v1"],
            ),
            ("{\"status\":\"Loading\"}\n{\"error\":null}", vec![]),
            (
                "{\n \"stream\": \"a } \\\" {\"\n}{\"stream\":\"b\"}",
                vec!["a } \" {", "b"],
            ),
            ("Loaded\n{\"stream\":\"a\"}\n", vec!["a"]),
        ] {
            assert_eq!(heard(text.as_bytes()).unwrap(), lines, "{text}");
        }
        let many = "{\"stream\":\"x\"}\n".repeat(3 * MOST_TOLD);
        assert_eq!(heard(many.as_bytes()).unwrap().len(), MOST_TOLD);
    }

    #[test]
    fn a_failure_is_one_however_it_is_told() {
        for text in [
            &b"{\"errorDetail\":{\"message\":\"no space\"},\"error\":\"no space\"}"[..],
            b"{\"error\":{\"message\":\"no space\"}}",
            b"{\"errorDetail\":{\"message\":\"no space\"}}",
            b"{\"stream\":\"a\"}{\"error\":\"no space\"}",
            b"{\"stream\":1,\"error\":\"no space\"}",
            b"{\n \"error\": \"no space\"\n}",
            b"{\"error\":\"no space: \xff\"}\n",
        ] {
            let error = heard(text).unwrap_err();
            assert!(error.contains("does not take it: no space"), "{error}");
        }
    }

    #[test]
    fn what_is_no_report_is_no_success() {
        for (text, says) in [
            ("<html>hello</html>", "no report"),
            ("{\"stream\":\"a\"}{\"stre", "stopped in the middle"),
            ("{stream: a}", "no report"),
        ] {
            let error = heard(text.as_bytes()).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
        let long = format!("{{\"stream\":\"{}\"}}", "x".repeat(MAX_OBJECT));
        assert!(heard(long.as_bytes()).unwrap_err().contains("at once"));
    }
}
