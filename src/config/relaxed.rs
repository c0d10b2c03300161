//! JSON as people write it into files of their own: with `//`, `#` and `/* */` comments, and commas before a closing
//! bracket.
//!
//! Docker's own reader is stricter; a file that it refuses is still understood here, because what somebody wrote down
//! about a registry should count.

/// Makes plain JSON of `text`. Lines stay where they are, so that errors name the right one.
pub(super) fn plain(text: &str) -> String {
    without_trailing_commas(&without_comments(text))
}

fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' {
            let length = string(rest);
            out.push_str(&rest[..length]);
            length
        } else if first == '#' || rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            let length = rest.find("*/").map_or(rest.len(), |end| end + 2);
            out.extend(rest[..length].chars().filter(|letter| *letter == '\n'));
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

fn without_trailing_commas(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' {
            string(rest)
        } else {
            first.len_utf8()
        };
        let next = rest[taken..].trim_start().chars().next();
        if first != ',' || !matches!(next, Some(']' | '}')) {
            out.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    out
}

/// How long the string is that `text` begins with, quotes included; all of it when it does not end.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> serde_json::Result<serde_json::Value> {
        serde_json::from_str(&plain(text))
    }

    #[test]
    fn comments_and_trailing_commas_are_looked_over() {
        let text =
            "// first\n{ # second\n \"a\": [1, 2, /* none, */ ], // \"b\"\n \"c\": {\"d\": 1,},\n}";
        assert_eq!(
            read(text).unwrap(),
            serde_json::json!({"a": [1, 2], "c": {"d": 1}})
        );
    }

    #[test]
    fn what_stands_in_strings_stays() {
        let text = r#"{"http://a": "x # y // z /* \" , ] */", "b\\": ",]"}"#;
        assert_eq!(
            read(text).unwrap(),
            serde_json::from_str::<serde_json::Value>(text).unwrap()
        );
    }

    #[test]
    fn what_is_wrong_is_still_wrong_on_its_line() {
        assert_eq!(read("{\n// x\n/* y\n*/ \"a\": }\n").unwrap_err().line(), 4);
        for text in ["{\"a", "/*", "[1,,2]", "#", ""] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
