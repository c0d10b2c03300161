//! Go's formatted printing, as far as templates use it.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value;

use super::eval::Shown;
use crate::cli::render::escape::escape;

/// The most characters that a width or a precision asks for.
const MAX_WIDTH: usize = 10_000;

/// What stands between a percent sign and its verb.
#[derive(Default)]
struct Directive {
    left: bool,
    zero: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

/// `format` with its verbs filled in from `given`. As in Go, mistakes are shown in the text.
pub(super) fn printf(format: &str, given: &[Shown]) -> String {
    let mut out = String::new();
    let mut given = given.iter();
    let mut rest = format.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        let mut directive = Directive::default();
        while let Some(flag) = rest.next_if(|next| "-+# 0".contains(*next)) {
            match flag {
                '-' => directive.left = true,
                '0' => directive.zero = true,
                '+' => directive.plus = true,
                _ => {}
            }
        }
        directive.width = digits(&mut rest);
        if rest.next_if_eq(&'.').is_some() {
            directive.precision = Some(digits(&mut rest));
        }
        match rest.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) => match given.next() {
                // Writing to a string cannot fail.
                None => drop(write!(out, "%!{verb}(MISSING)")),
                Some(one) => out.push_str(&directive.padded(&directive.verb(verb, one))),
            },
        }
    }
    let extra: Vec<String> = given
        .map(|one| format!("{}={}", go_type(&one.value), one.nested()))
        .collect();
    if !extra.is_empty() {
        let _ = write!(out, "%!(EXTRA {})", extra.join(", "));
    }
    out
}

/// The number that comes next; 0 where none does.
fn digits(rest: &mut Peekable<Chars<'_>>) -> usize {
    let mut found = 0;
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        let digit = digit.to_digit(10).unwrap_or_default() as usize;
        found = (found * 10 + digit).min(MAX_WIDTH);
    }
    found
}

impl Directive {
    fn verb(&self, verb: char, of: &Shown) -> String {
        let cut = |text: String| match self.precision {
            Some(most) => text.chars().take(most).collect(),
            None => text,
        };
        match (verb, &of.value) {
            ('s', Value::String(_)) => cut(of.nested()),
            ('v', _) | ('s', Value::Array(_) | Value::Object(_)) => of.nested(),
            // Harmful characters are written out by both; what is left are quotes and backslashes.
            ('q', Value::String(text)) => format!("{:?}", cut(of.harmless(text.clone()))),
            ('t', Value::Bool(flag)) => flag.to_string(),
            ('d' | 'x' | 'X' | 'o' | 'b' | 'c', Value::Number(number))
                if number.as_i64().is_some() =>
            {
                self.integer(verb, number.as_i64().unwrap_or_default())
            }
            ('x' | 'X', Value::String(text)) => {
                let hex = text.bytes().map(|byte| format!("{byte:02x}"));
                let hex: String = hex.collect();
                if verb == 'X' { hex.to_uppercase() } else { hex }
            }
            ('f' | 'g' | 'e', Value::Number(number)) if number.is_f64() => {
                let real = number.as_f64().unwrap_or_default();
                match verb {
                    'f' => format!("{real:.*}", self.precision.unwrap_or(6)),
                    'e' => format!("{real:e}"),
                    _ => format!("{real}"),
                }
            }
            ('T', value) => go_type(value).to_owned(),
            (verb, value) => format!("%!{verb}({}={})", go_type(value), of.nested()),
        }
    }

    fn integer(&self, verb: char, number: i64) -> String {
        let sign = if number < 0 {
            "-"
        } else if self.plus {
            "+"
        } else {
            ""
        };
        let amount = number.unsigned_abs();
        let digits = match verb {
            'x' => format!("{amount:x}"),
            'X' => format!("{amount:X}"),
            'o' => format!("{amount:o}"),
            'b' => format!("{amount:b}"),
            'c' => {
                let character = u32::try_from(number).ok().and_then(char::from_u32);
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER).to_string();
                return escape(&character).into_owned();
            }
            _ => amount.to_string(),
        };
        let filled = sign.len() + digits.len();
        let missing = if self.zero && !self.left {
            self.width.saturating_sub(filled)
        } else {
            0
        };
        format!("{sign}{}{digits}", "0".repeat(missing))
    }

    fn padded(&self, text: &str) -> String {
        let blanks = " ".repeat(self.width.saturating_sub(text.chars().count()));
        if self.left {
            format!("{text}{blanks}")
        } else {
            format!("{blanks}{text}")
        }
    }
}

/// What Go calls a type of JSON.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}
