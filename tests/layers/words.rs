//! Rust code as words, as far as the house plan needs to read it: no comments, no texts, paths and their trees.

/// Reads `#[cfg(test)] mod NAME` at this place, other attributes and a `pub` between them, and what follows the name.
pub(super) fn test_module(tokens: &[String], mut at: usize) -> Option<(&str, &str)> {
    let mut is_test = false;
    while tokens.get(at)? == "#" {
        let end = at + tokens[at..].iter().position(|word| word == "]")?;
        let attribute = &tokens[at..end];
        let has = |what: &str| attribute.iter().any(|word| word == what);
        is_test |= has("cfg") && has("test") && !has("not");
        at = end + 1;
    }
    if tokens.get(at)? == "pub" {
        at += 1;
        if tokens.get(at)? == "(" {
            at += tokens[at..].iter().position(|word| word == ")")? + 1;
        }
    }
    let is_module = is_test && tokens.get(at)? == "mod";
    is_module.then_some((tokens.get(at + 1)?, tokens.get(at + 2)?))
}

/// Reads the path or the tree of paths that begins at `at`, each path below `before`. Returns where it ends.
pub(super) fn read_tree(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        match tokens.get(at).map(String::as_str) {
            Some("{") => {
                at += 1;
                while let Some(word) = tokens.get(at).filter(|word| *word != "}") {
                    at = if word == "," {
                        at + 1
                    } else {
                        read_tree(tokens, at, &path, found)
                    };
                }
                return at + 1;
            }
            Some(word) => path.push(word.to_owned()),
            None => break,
        }
        at += 1;
        if tokens.get(at).map(String::as_str) == Some("::") {
            at += 1;
            continue;
        }
        if tokens.get(at).map(String::as_str) == Some("as") {
            at += 2;
        }
        break;
    }
    found.push(path);
    at
}

/// The words of Rust code: names, `::`, single signs. Comments, texts and characters are left out.
pub(super) fn tokens(code: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word = rest
            .find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))
            .unwrap_or(rest.len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_text(rest) {
            length
        } else if first == '"' || rest.starts_with("b\"") {
            text(rest)
        } else if first == '\'' {
            character(rest)
        } else if word > 0 {
            tokens.push(rest[..word].to_owned());
            word
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    loop {
        match rest.as_bytes().get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            Some(_) => at += 1,
            None => return rest.len(),
        }
        if depth == 0 {
            return at;
        }
    }
}

/// The length of a raw text, if `rest` begins with one.
fn raw_text(rest: &str) -> Option<usize> {
    let start = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let marks = start.bytes().take_while(|byte| *byte == b'#').count();
    start[marks..].strip_prefix('"')?;
    let open = rest.len() - start.len() + marks + 1;
    let close = format!("\"{}", "#".repeat(marks));
    let end = rest[open..].find(&close)?;
    Some(open + end + close.len())
}

fn text(rest: &str) -> usize {
    let mut escaped = false;
    let open = rest.find('"').map_or(0, |at| at + 1);
    for (at, byte) in rest.bytes().enumerate().skip(open) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character in quotes, or the quote of a lifetime.
fn character(rest: &str) -> usize {
    let mut signs = rest.char_indices().skip(1);
    match (signs.next(), signs.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let after = at + escaped.len_utf8();
            rest[after..].find('\'').map_or(1, |end| after + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}
