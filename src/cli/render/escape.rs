//! The one way of foreign text to a terminal.
//!
//! Registries, archives and arguments may hold escape sequences, carriage returns or bidirectional controls that move
//! the cursor, set the clipboard or make a line read backwards. Here they become visible text, and a newline in a name
//! stays in its line.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` as one harmless line: every control and direction character is written out.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    written_out(text, false)
}

/// `text` of several lines: as [`escape`], but newlines and tabs stay.
pub(crate) fn escape_lines(text: &str) -> Cow<'_, str> {
    written_out(text, true)
}

fn written_out(text: &str, lines: bool) -> Cow<'_, str> {
    let kept =
        |character: char| !is_harmful(character) || (lines && matches!(character, '\n' | '\t'));
    if text.chars().all(kept) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if kept(character) {
            out.push(character);
            continue;
        }
        // Writing to a string cannot fail.
        let _ = match character {
            '\n' => write!(out, "\\n"),
            '\r' => write!(out, "\\r"),
            '\t' => write!(out, "\\t"),
            ascii if ascii.is_ascii() => write!(out, "\\x{:02x}", u32::from(ascii)),
            other => write!(out, "\\u{{{:x}}}", u32::from(other)),
        };
    }
    Cow::Owned(out)
}

/// C0, DEL and C1; separators of lines and paragraphs; marks, embeddings, overrides and isolates of direction.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(escape("Größe → 3…"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_moves_a_terminal_is_written_out() {
        assert_eq!(escape("\x1b]0;x\x07"), "\\x1b]0;x\\x07");
        assert_eq!(escape("a\r\nb\tc\x7f"), "a\\r\\nb\\tc\\x7f");
        assert_eq!(escape("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(escape("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
        assert_eq!(
            escape("\u{2066}\u{200f}\u{61c}"),
            "\\u{2066}\\u{200f}\\u{61c}"
        );
    }

    #[test]
    fn several_lines_keep_newlines_and_tabs_only() {
        assert_eq!(escape_lines("a\n\tb\r\x1bc"), "a\n\tb\\r\\x1bc");
    }

    proptest::proptest! {
        #[test]
        fn nothing_harmful_is_left(text in ".*") {
            proptest::prop_assert!(!escape(&text).chars().any(is_harmful));
        }
    }
}
