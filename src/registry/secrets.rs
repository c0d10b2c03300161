//! What this run has told servers in confidence, so that it is not repeated when a server repeats it.
//!
//! Some servers put what they were sent into their answers: a proxy for debugging, a framework that prints the request
//! beside its error. Such a text is shown to the user, and in a build it ends up in a log that others read. So every
//! text of a server that an error, a warning or the log of this room takes over passes [`Secrets::mask`] first: each
//! secret that was sent is left out of it, also where it stands encoded. What was asked for itself (tags, search
//! results, manifests) is passed on as it is.
//!
//! A secret is learnt when it is sent, not when it is found: nobody can repeat what was not said.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use reqwest::header::HeaderValue;
use url::Url;
use zeroize::Zeroizing;

use crate::error::Error;

/// What stands where a secret was.
const MASK: &str = "***";
/// The most secrets that are remembered; the oldest go first. A long run renews its token every few minutes.
const MAX_KNOWN: usize = 256;
/// The least characters of a secret that is looked for inside of words. Shorter ones would tear other words apart.
const DISTINCT: usize = 8;

/// The secrets sent so far.
#[derive(Default)]
pub(super) struct Secrets(Mutex<VecDeque<Zeroizing<String>>>);

impl Secrets {
    fn known(&self) -> MutexGuard<'_, VecDeque<Zeroizing<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note that `secret` is being sent.
    pub(super) fn learn(&self, secret: &str) {
        if secret.is_empty() {
            return;
        }
        let mut known = self.known();
        let before = known.iter().position(|one| one.as_str() == secret);
        if let Some(one) = before.and_then(|at| known.remove(at)) {
            known.push_back(one);
            return;
        }
        if known.len() == MAX_KNOWN {
            known.pop_front();
        }
        known.push_back(Zeroizing::new(secret.to_owned()));
    }

    /// The same for the value of an `Authorization`: what follows the scheme, and the password in it.
    pub(super) fn learn_authorization(&self, value: &HeaderValue) {
        let Some((_, secret)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
            return;
        };
        self.learn(secret);
        let pair = base64::engine::general_purpose::STANDARD.decode(secret);
        let pair = pair.ok().map(Zeroizing::new);
        let pair = pair
            .as_deref()
            .and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some((_, password)) = pair.and_then(|pair| pair.split_once(':')) {
            self.learn(password);
        }
    }

    /// The same for a URL that a server made: the values of its query, which are what proves who is asking (presigned
    /// URLs, the state of an upload).
    pub(super) fn learn_query(&self, url: &Url) {
        let raw = url.query().unwrap_or_default().split('&');
        let raw = raw.filter_map(|pair| Some(pair.split_once('=')?.1));
        for value in raw.filter(|value| value.len() >= DISTINCT) {
            self.learn(value);
        }
        for (_, value) in url.query_pairs() {
            if value.len() >= DISTINCT {
                self.learn(&value);
            }
        }
    }

    /// The same for a URL of the user's that names a user and a password, a proxy's.
    pub(super) fn learn_user(&self, url: &str) {
        let Ok(url) = Url::parse(url) else { return };
        let Some(password) = url.password() else {
            return;
        };
        let decode = |text: &str| {
            let text = text.replace('+', "%2B");
            let decoded = url::form_urlencoded::parse(text.as_bytes()).next();
            decoded
                .map(|(text, _)| text.into_owned())
                .unwrap_or_default()
        };
        let (user, plain) = (decode(url.username()), Zeroizing::new(decode(password)));
        self.learn(password);
        self.learn(&plain);
        let pair = Zeroizing::new(format!("{user}:{}", *plain));
        self.learn(&base64::engine::general_purpose::STANDARD.encode(pair.as_bytes()));
    }

    /// `text` without the secrets that were sent.
    pub(super) fn mask(&self, text: &str) -> String {
        self.mask_from(1, text)
    }

    /// The same for a URL. Most of them are our own, and say which repository it is about: a password that is a short
    /// and common word stays in them.
    pub(super) fn mask_url(&self, url: &str) -> String {
        self.mask_from(DISTINCT, url)
    }

    /// `text` without the forms that have at least so many characters.
    fn mask_from(&self, least: usize, text: &str) -> String {
        let mut forms: Vec<Zeroizing<String>> = {
            let known = self.known();
            known.iter().flat_map(|secret| forms(secret)).collect()
        };
        forms.retain(|form| form.len() >= least);
        // What holds another secret goes first, or its rest would stay.
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms
            .iter()
            .fold(text.to_owned(), |text, form| without(text, form))
    }

    /// The same for what a server's word made of an error that is not an answer.
    pub(super) fn mask_error(&self, error: Error) -> Error {
        match error {
            Error::Challenge { host, reason } => Error::Challenge {
                host,
                reason: self.mask(&reason),
            },
            Error::Malformed { doing, reason } => Error::Malformed {
                doing: self.mask_url(&doing),
                reason: self.mask(&reason),
            },
            other => other,
        }
    }
}

/// A secret as it may stand in a text: plain, in JSON, in a URL or a form, in base64, alone or within something longer.
fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let mut forms = vec![secret.to_owned()];
    let json = serde_json::to_string(secret).unwrap_or_default();
    forms.push(json.trim_matches('"').replace('/', "\\/"));
    forms.push(json.trim_matches('"').to_owned());
    forms.push(percent(secret));
    forms.push(form_value(secret));
    for alphabet in [STANDARD, URL_SAFE] {
        let engine = GeneralPurpose::new(&alphabet, NO_PAD);
        for before in 0..3 {
            forms.push(within(&engine, secret, before));
        }
    }
    forms.sort();
    forms.dedup();
    let telling = |form: &String| form.as_str() == secret || form.len() >= DISTINCT;
    forms.retain(telling);
    forms.into_iter().map(Zeroizing::new).collect()
}

/// What base64 makes of `secret` wherever it stands `before` bytes after the beginning of a group of three: the
/// characters that are not shared with its neighbours.
fn within(engine: &GeneralPurpose, secret: &str, before: usize) -> String {
    let padded = Zeroizing::new([&vec![0; before], secret.as_bytes()].concat());
    let text = engine.encode(padded.as_slice());
    let first = (before * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    text.get(first..last).unwrap_or_default().to_owned()
}

/// Everything escaped that may not stand in any part of a URL as it is.
fn percent(secret: &str) -> String {
    let escaped = secret.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    });
    escaped.collect()
}

fn form_value(secret: &str) -> String {
    url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()
}

/// `text` with every `form` masked, in capital or small letters; a short one only where it is a word of its own.
fn without(text: String, form: &str) -> String {
    // Of the same length, byte by byte: only ASCII letters change.
    let lowered = text.to_ascii_lowercase();
    let form = form.to_ascii_lowercase();
    let mut masked = String::new();
    let mut end = 0;
    for (at, _) in lowered.match_indices(&form) {
        let word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        let after = &text[at + form.len()..];
        let inside = word(text[..at].chars().next_back()) || word(after.chars().next());
        if form.len() >= DISTINCT || !inside {
            masked.push_str(&text[end..at]);
            masked.push_str(MASK);
            end = at + form.len();
        }
    }
    if end == 0 {
        return text;
    }
    masked.push_str(&text[end..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    fn knowing(secrets: &[&str]) -> Secrets {
        let known = Secrets::default();
        for secret in secrets {
            known.learn(secret);
        }
        known
    }

    #[test]
    fn a_secret_is_masked_in_every_form_it_may_be_repeated_in() {
        let secret = "c0rrect h/rse+\"battery\"?~";
        let known = knowing(&[secret]);
        let escaped = serde_json::to_string(secret).unwrap();
        let url = percent(secret);
        for text in [
            secret.to_owned(),
            escaped.clone(),
            escaped.replace('/', "\\/"),
            url.to_lowercase(),
            url,
            form_value(secret),
            secret.to_uppercase(),
        ] {
            assert_eq!(
                known
                    .mask(&format!("you sent <{text}>, wrong"))
                    .replace('"', ""),
                "you sent <***>, wrong",
                "{text}"
            );
        }
    }

    #[test]
    fn a_header_teaches_its_password_too() {
        let known = Secrets::default();
        let pair = STANDARD.encode("alice:opensesame");
        let header = format!("Basic {pair}").parse().unwrap();
        known.learn_authorization(&header);
        known.learn_authorization(&"Bearer abc.def.ghi".parse().unwrap());
        let told = format!("Authorization: Basic {pair}; alice:opensesame; Bearer abc.def.ghi");
        assert_eq!(
            known.mask(&told),
            "Authorization: Basic ***; alice:***; Bearer ***"
        );
    }

    #[test]
    fn urls_teach_what_proves_something() {
        let known = Secrets::default();
        let url = "https://cdn.example/x?n=5&X-Amz-Signature=0123456789abcdef&state=a%2Fb%2Fc%2Fd";
        known.learn_query(&url.parse().unwrap());
        assert_eq!(
            known.mask("n=5: 0123456789abcdef, a%2Fb%2Fc%2Fd or a/b/c/d"),
            "n=5: ***, *** or a/b/c/d"
        );
        known.learn_user("http://proxy:p%40ssword+1@127.0.0.1:3128");
        let pair = STANDARD.encode("proxy:p@ssword+1");
        assert_eq!(
            known.mask(&format!("{pair} p@ssword+1 p%40ssword+1")),
            "*** *** ***"
        );
    }

    #[test]
    fn a_short_secret_is_masked_as_a_word_and_nowhere_else() {
        let known = knowing(&["test"]);
        assert_eq!(
            known.mask("\"test\" is no good for testing tests, test"),
            "\"***\" is no good for testing tests, ***"
        );
        let url = "https://r.example/v2/test/app/manifests/v1";
        assert_eq!(known.mask_url(url), url);
        known.learn("opensesame");
        assert_eq!(
            known.mask_url("https://r.example/opensesame"),
            "https://r.example/***"
        );
        assert_eq!(knowing(&[""]).mask("nothing is known"), "nothing is known");
    }

    #[test]
    fn what_holds_another_secret_goes_whole() {
        let known = knowing(&["opensesame", "opensesame-and-more"]);
        assert_eq!(known.mask("opensesame-and-more opensesame"), "*** ***");
    }

    #[test]
    fn only_so_many_secrets_are_remembered() {
        let known = Secrets::default();
        for number in 0..=MAX_KNOWN {
            known.learn(&format!("token-number-{number:04}"));
        }
        assert_eq!(known.mask("token-number-0000"), "token-number-0000");
        assert_eq!(known.mask("token-number-0001 token-number-0256"), "*** ***");
    }

    proptest::proptest! {
        #[test]
        fn no_secret_is_left_in_base64_wherever_it_stands(
            secret in "[ -~]{12,40}",
            before in "[a-z:]{0,7}",
            after in "[a-z:]{0,7}",
        ) {
            let known = knowing(&[&secret]);
            for engine in [&STANDARD, &URL_SAFE] {
                let text = engine.encode(format!("{before}{secret}{after}"));
                let masked = known.mask(&text);
                proptest::prop_assert!(masked.contains(MASK), "{text} became {masked}");
                // At most the characters it shares with its neighbours are left.
                let own = text.len() - (before.len() * 4).div_ceil(3) - (after.len() * 4).div_ceil(3);
                proptest::prop_assert!(masked.len() + own <= text.len() + MASK.len() + 6);
            }
        }
    }
}
