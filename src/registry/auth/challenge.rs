//! `WWW-Authenticate` (RFC 9110, section 11.6.1), read as loosely as servers write it.
//!
//! A header may hold several challenges, a challenge several parameters, and both are separated by commas; there may
//! be several headers. Parameters are tokens or quoted strings; some servers leave the quotes out of URLs. Nothing
//! here fails: what cannot be read is left out.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// One way to authenticate that a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    /// Such as `bearer`; lower case.
    pub(crate) scheme: String,
    /// Names in lower case, values unquoted, in the order written.
    pub(crate) parameters: Vec<(String, String)>,
}

/// Schemes with a name that people know (IANA's registry, and what servers of companies offer).
const KNOWN: [&str; 16] = [
    "aws4-hmac-sha256",
    "basic",
    "bearer",
    "concealed",
    "digest",
    "dpop",
    "gnap",
    "hoba",
    "mutual",
    "negotiate",
    "ntlm",
    "oauth",
    "privatetoken",
    "scram-sha-1",
    "scram-sha-256",
    "vapid",
];

impl Challenge {
    /// The scheme, for people. A server may write anything there, such as a secret it was sent.
    pub(crate) fn name(&self) -> &str {
        let known = KNOWN.contains(&self.scheme.as_str());
        if known {
            &self.scheme
        } else {
            "what nobody knows"
        }
    }

    /// The value of a parameter; of the first, if it stands twice.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Every challenge of an answer.
pub(crate) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .flat_map(|value| parse(&String::from_utf8_lossy(value.as_bytes())))
        .collect()
}

/// The challenges of one header.
fn parse(text: &str) -> Vec<Challenge> {
    let mut scanner = Scanner { rest: text };
    let mut found: Vec<Challenge> = Vec::new();
    loop {
        scanner.skip(|character| character == ',' || character.is_whitespace());
        let name = scanner.take(is_token).to_ascii_lowercase();
        if name.is_empty() {
            // Not a token: step over whatever it is, so that the loop always moves on.
            if !scanner.step() {
                return found;
            }
            continue;
        }
        if let Some(value) = scanner.value() {
            if let Some(challenge) = found.last_mut() {
                challenge.parameters.push((name, value));
            }
            continue;
        }
        scanner.skip_token68();
        found.push(Challenge {
            scheme: name,
            parameters: Vec::new(),
        });
    }
}

struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self
            .rest
            .find(|character| !wanted(character))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        self.take(wanted);
    }

    fn step(&mut self) -> bool {
        let mut characters = self.rest.chars();
        let stepped = characters.next().is_some();
        self.rest = characters.as_str();
        stepped
    }

    /// `= value` after a name, if that is what follows. Otherwise nothing is consumed.
    fn value(&mut self) -> Option<String> {
        let after = self.rest.trim_start().strip_prefix('=')?.trim_start();
        if let Some(quoted) = after.strip_prefix('"') {
            self.rest = quoted;
            return Some(self.quoted());
        }
        // `==` or `=` before the end is the padding of a token68, not a value.
        if !after.starts_with(is_token) {
            return None;
        }
        self.rest = after;
        let value = self.take(|character| character != ',' && !character.is_whitespace());
        Some(value.to_owned())
    }

    /// The inside of a quoted string, whose opening quote is gone.
    fn quoted(&mut self) -> String {
        let mut value = String::new();
        let mut characters = self.rest.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => value.extend(characters.next()),
                other => value.push(other),
            }
        }
        self.rest = characters.as_str();
        value
    }

    /// The single value that may stand for the parameters of a scheme (`Negotiate YII=`). No scheme of registries has
    /// one, so it is only stepped over.
    fn skip_token68(&mut self) {
        let after = self.rest.trim_start_matches([' ', '\t']);
        let end = after
            .find(|character| !is_token68(character))
            .unwrap_or(after.len());
        let tail = after[end..].trim_start_matches('=');
        let ends = tail.trim_start().is_empty() || tail.trim_start().starts_with(',');
        if end > 0 && ends {
            self.rest = tail;
        }
    }
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

fn is_token68(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~+/".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> Challenge {
        Challenge {
            scheme: scheme.to_owned(),
            parameters: parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn the_usual_bearer_challenge_is_read() {
        let text = r#"Bearer realm="https://a.example/token",service="r.example",scope="repository:a/b:pull,push""#;
        let expected = challenge(
            "bearer",
            &[
                ("realm", "https://a.example/token"),
                ("service", "r.example"),
                ("scope", "repository:a/b:pull,push"),
            ],
        );
        assert_eq!(parse(text), [expected]);
    }

    #[test]
    fn several_challenges_stand_in_one_header() {
        let text = r#"Negotiate, NTLM TlRMTVNTUAAB==, BASIC Realm = "a \"b\", c" , Bearer realm=https://a.example/t?x=y,error="x""#;
        let expected = [
            challenge("negotiate", &[]),
            challenge("ntlm", &[]),
            challenge("basic", &[("realm", "a \"b\", c")]),
            challenge(
                "bearer",
                &[("realm", "https://a.example/t?x=y"), ("error", "x")],
            ),
        ];
        assert_eq!(parse(text), expected);
    }

    #[test]
    fn several_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(WWW_AUTHENTICATE, "Digest realm=\"d\"".parse().unwrap());
        headers.append(WWW_AUTHENTICATE, "Basic realm=\"b\"".parse().unwrap());
        let schemes: Vec<String> = challenges(&headers)
            .into_iter()
            .map(|challenge| challenge.scheme)
            .collect();
        assert_eq!(schemes, ["digest", "basic"]);
    }

    #[test]
    fn only_known_schemes_are_named() {
        let names: Vec<String> = parse("NTLM, dG9rZW4, Basic realm=\"b\"")
            .iter()
            .map(|challenge| challenge.name().to_owned())
            .collect();
        assert_eq!(names, ["ntlm", "what nobody knows", "basic"]);
    }

    #[test]
    fn rubbish_is_left_out() {
        assert_eq!(parse(""), []);
        assert_eq!(parse(" ,, \"x\" ="), [challenge("x", &[])]);
        assert_eq!(parse("realm=\"x\""), [], "a parameter needs a scheme");
        let open = parse("Basic realm=\"never closed");
        assert_eq!(open, [challenge("basic", &[("realm", "never closed")])]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,120}") {
            for challenge in parse(&text) {
                proptest::prop_assert!(!challenge.scheme.is_empty());
            }
        }

        #[test]
        fn what_is_written_is_read(
            list in proptest::collection::vec(
                ("[a-z]{1,8}", proptest::collection::vec(("[a-z_]{1,8}", "[ -~]{0,20}"), 0..4)),
                1..4,
            )
        ) {
            let written: Vec<String> = list
                .iter()
                .map(|(scheme, parameters)| {
                    let parameters: Vec<String> = parameters
                        .iter()
                        .map(|(name, value)| {
                            format!("{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
                        })
                        .collect();
                    format!("{scheme} {}", parameters.join(", "))
                })
                .collect();
            let expected: Vec<Challenge> = list
                .into_iter()
                .map(|(scheme, parameters)| Challenge { scheme, parameters })
                .collect();
            proptest::prop_assert_eq!(parse(&written.join(", ")), expected);
        }
    }
}
