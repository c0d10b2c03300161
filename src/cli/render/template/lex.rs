//! A template in pieces: text, and the words of its actions.

use super::{At, bad};
use crate::error::Result;

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Outside of all braces.
    Text(String),
    /// Between a pair of braces, and where that begins.
    Action(At, Vec<Token>),
}

/// A word of an action.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) at: At,
    pub(super) kind: Kind,
    /// No blank stands before it.
    pub(super) joined: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// `.A.B`; no names for the dot alone.
    Field(Vec<String>),
    /// `$x`, with its name; empty for `$` alone.
    Variable(String),
    /// A keyword or a function.
    Word(String),
    Text(String),
    Integer(i64),
    Float(f64),
    Open,
    Close,
    Pipe,
    Comma,
    /// `:=`
    Declare,
    /// `=`
    Assign,
}

/// Takes a template apart. Blanks beside `{{-` and `-}}` are gone, comments too.
pub(super) fn pieces(source: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    let mut trim = false;
    loop {
        let open = source[rest..].find("{{").map(|open| open + rest);
        let mut text = &source[rest..open.unwrap_or(source.len())];
        if trim {
            text = text.trim_start();
        }
        let Some(open) = open else {
            push_text(&mut pieces, text);
            return Ok(pieces);
        };
        let mut inside = open + 2;
        // A minus sign trims only where a blank follows it; else it belongs to a number.
        if let Some(after) = source[inside..].strip_prefix('-')
            && after.starts_with(char::is_whitespace)
        {
            text = text.trim_end();
            inside += 1;
        }
        push_text(&mut pieces, text);
        let mut reader = Reader {
            source,
            open,
            at: inside,
        };
        if let Some(end) = reader.comment()? {
            (rest, trim) = end;
            continue;
        }
        let tokens = reader.tokens()?;
        (rest, trim) = (reader.at, reader.trims());
        pieces.push(Piece::Action(open, tokens));
    }
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text.to_owned()));
    }
}

struct Reader<'a> {
    source: &'a str,
    open: At,
    at: At,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn take(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Whether the braces that were just closed trim the text behind them.
    fn trims(&self) -> bool {
        let before = &self.source[..self.at - 2];
        let minus = before.strip_suffix('-');
        minus.is_some_and(|before| before.ends_with(char::is_whitespace) || before.ends_with("*/"))
    }

    /// Passes over a comment: where the text behind it begins, and whether that is trimmed.
    fn comment(&mut self) -> Result<Option<(At, bool)>> {
        let blanks = self.rest().len() - self.rest().trim_start().len();
        let Some(comment) = self.rest()[blanks..].strip_prefix("/*") else {
            return Ok(None);
        };
        let Some(length) = comment.find("*/") else {
            return Err(bad(
                self.source,
                self.open,
                "this comment is not closed with */",
            ));
        };
        self.at += blanks + 2 + length + 2;
        let blanks = self.rest().len() - self.rest().trim_start().len();
        self.at += blanks;
        let trim = blanks > 0 && self.take("-");
        if self.take("}}") {
            Ok(Some((self.at, trim)))
        } else {
            Err(bad(
                self.source,
                self.open,
                "a comment stands alone in its braces",
            ))
        }
    }

    /// The words up to the closing braces, which are passed over.
    fn tokens(&mut self) -> Result<Vec<Token>> {
        let mut tokens: Vec<Token> = Vec::new();
        loop {
            let before = self.at;
            self.at += self.rest().len() - self.rest().trim_start().len();
            let blank = self.at > before;
            if self.take("}}") || (blank && self.take("-}}")) {
                return Ok(tokens);
            }
            let (at, joined) = (self.at, !blank && !tokens.is_empty());
            let kind = self.token()?;
            tokens.push(Token { at, kind, joined });
        }
    }

    fn token(&mut self) -> Result<Kind> {
        let at = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Err(bad(
                self.source,
                self.open,
                "this action is not closed with }}",
            ));
        };
        let simple = [
            ("(", Kind::Open),
            (")", Kind::Close),
            ("|", Kind::Pipe),
            (",", Kind::Comma),
            (":=", Kind::Declare),
            ("=", Kind::Assign),
        ];
        for (text, kind) in simple {
            if self.take(text) {
                return Ok(kind);
            }
        }
        match first {
            '.' => self.field(),
            '$' => {
                self.at += 1;
                Ok(Kind::Variable(self.name()))
            }
            '"' => self.quoted(),
            '`' => self.raw(),
            '\'' => self.character(),
            '0'..='9' | '+' | '-' => self.number(),
            _ => {
                let name = self.name();
                if name.is_empty() {
                    return Err(bad(
                        self.source,
                        at,
                        &format!("{first:?} is not understood"),
                    ));
                }
                Ok(Kind::Word(name))
            }
        }
    }

    fn name(&mut self) -> String {
        let letter = |character: char| character.is_alphanumeric() || character == '_';
        let end = self.rest().find(|character| !letter(character));
        let name = self.rest()[..end.unwrap_or(self.rest().len())].to_owned();
        self.at += name.len();
        name
    }

    fn field(&mut self) -> Result<Kind> {
        let mut names = Vec::new();
        while self.take(".") {
            let at = self.at;
            let name = self.name();
            if name.is_empty() && (!names.is_empty() || self.rest().starts_with('.')) {
                return Err(bad(
                    self.source,
                    at - 1,
                    "field names are letters, digits and _",
                ));
            }
            if name.is_empty() {
                break;
            }
            names.push(name);
        }
        Ok(Kind::Field(names))
    }

    fn raw(&mut self) -> Result<Kind> {
        let at = self.at;
        let Some(length) = self.source[at + 1..].find('`') else {
            return Err(bad(self.source, at, "this text is not closed with `"));
        };
        self.at += length + 2;
        Ok(Kind::Text(self.source[at + 1..at + 1 + length].to_owned()))
    }

    fn quoted(&mut self) -> Result<Kind> {
        let at = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(character) = self.rest().chars().next() else {
                return Err(bad(self.source, at, "this text is not closed with \""));
            };
            self.at += character.len_utf8();
            match character {
                '"' => return Ok(Kind::Text(text)),
                '\\' => text.push(self.escaped()?),
                other => text.push(other),
            }
        }
    }

    fn character(&mut self) -> Result<Kind> {
        let at = self.at;
        self.at += 1;
        let character = self.rest().chars().next();
        self.at += character.map_or(0, char::len_utf8);
        let character = match character {
            Some('\\') => Some(self.escaped()?),
            other => other,
        };
        match character {
            Some(character) if self.take("'") => Ok(Kind::Integer(u32::from(character).into())),
            _ => Err(bad(self.source, at, "a character stands between two '")),
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char> {
        let at = self.at - 1;
        let character = self.rest().chars().next();
        self.at += character.map_or(0, char::len_utf8);
        let digits = match character {
            Some('n') => return Ok('\n'),
            Some('t') => return Ok('\t'),
            Some('r') => return Ok('\r'),
            Some(itself @ ('\\' | '"' | '\'' | '`')) => return Ok(itself),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        let hex = self.rest().get(..digits).filter(|hex| !hex.is_empty());
        let found = hex
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        self.at += digits.min(self.rest().len());
        found.ok_or_else(|| bad(self.source, at, "this is no escape that Go knows"))
    }

    fn number(&mut self) -> Result<Kind> {
        let at = self.at;
        let part = |character: char| character.is_alphanumeric() || "+-._".contains(character);
        let end = self.rest().find(|character| !part(character));
        let text = self.rest()[..end.unwrap_or(self.rest().len())].to_owned();
        self.at += text.len();
        let plain = text.replace('_', "");
        let (sign, digits) = match plain.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, plain.strip_prefix('+').unwrap_or(&plain)),
        };
        let hex = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
        let integer = match hex {
            Some(hex) => i64::from_str_radix(hex, 16).ok(),
            None => digits.parse().ok(),
        };
        if let Some(integer) = integer {
            return Ok(Kind::Integer(sign * integer));
        }
        match plain.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Kind::Float(float)),
            _ => Err(bad(self.source, at, &format!("{text:?} is no number"))),
        }
    }
}
