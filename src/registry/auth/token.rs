//! What a token server answers (distribution's token authentication; RFC 6749, section 5.1).

use std::time::{Duration, Instant};

use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::Value;

use crate::credential::Secret;

/// The largest answer of a token server, in bytes.
pub(super) const MAX_ANSWER: usize = 1 << 20;
/// How long a token lives when its server does not say.
const DEFAULT_LIFE: Duration = Duration::from_secs(60);
/// The longest life that is believed.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long before its end a token is renewed, if it lives long enough.
const MARGIN: Duration = Duration::from_secs(10);

/// The document, as loosely as servers write it.
#[derive(Deserialize)]
pub(super) struct Document {
    token: Option<String>,
    access_token: Option<String>,
    refresh_token: Option<String>,
    expires_in: Option<Value>,
}

/// The part of its life, one in so many, in which a token counts as new.
const NEW: u32 = 10;

/// A life that a slow moment can use up.
const FLEETING: Duration = Duration::from_secs(5);

/// A token, and how long it is good for. Its clock starts when it arrives: the server's own clock may be wrong.
#[derive(Clone)]
pub(super) struct Token {
    /// Ready for `Authorization`.
    pub(super) header: HeaderValue,
    /// What renews it without a password, if the server gives that.
    pub(super) refresh: Option<Secret>,
    /// How long it lives by its server's word; `None` where that says nothing that can be believed.
    pub(super) stated: Option<Duration>,
    received: Instant,
    life: Duration,
}

impl Token {
    /// Reads the answer. `None` if there is no token in it, or one that cannot stand in a header.
    pub(super) fn read(document: Document, received: Instant) -> Option<Self> {
        let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let token = [document.token, document.access_token]
            .into_iter()
            .find(filled)??;
        let stated = life(document.expires_in.as_ref());
        let refresh = document.refresh_token.filter(|token| !token.is_empty());
        Some(Self {
            header: bearer(&token)?,
            refresh: refresh.map(Secret::new),
            stated,
            received,
            life: stated.unwrap_or(DEFAULT_LIFE),
        })
    }

    /// Whether it may still be used at `now`. For a request that takes long, `lasting` is how long that is expected to
    /// be, zero when nobody knows: then half of its life must be left, and as much as the request takes. One that has
    /// just come is good for anything, since another would live no longer.
    pub(super) fn is_good(&self, now: Instant, lasting: Option<Duration>) -> bool {
        let half = self.life / 2;
        let until = match lasting {
            None => {
                let early = self.life.mul_f64(0.8).min(self.life.saturating_sub(MARGIN));
                early.max(half)
            }
            Some(time) => half
                .min(self.life.saturating_sub(time))
                .max(self.life / NEW),
        };
        now.duration_since(self.received) < until
    }

    /// The same token, `by` older.
    #[cfg(test)]
    pub(super) fn aged(self, by: Duration) -> Self {
        let received = self.received.checked_sub(by).expect("the machine is older");
        Self { received, ..self }
    }

    /// Whether it lives so shortly that it may have died on its way: `exp` is a whole second (RFC 7519), so of a life of
    /// two seconds one can be gone when it arrives.
    pub(super) fn is_fleeting(&self) -> bool {
        self.life <= FLEETING
    }
}

/// `Bearer` with a token, if that is visible ASCII: anything else could end the header and begin another.
pub(super) fn bearer(token: &str) -> Option<HeaderValue> {
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut header = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    header.set_sensitive(true);
    Some(header)
}

fn life(stated: Option<&Value>) -> Option<Duration> {
    let seconds = match stated {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    match seconds {
        Some(seconds) if seconds > 0.0 && seconds.is_finite() => Some(Duration::from_secs_f64(
            seconds.min(LONGEST_LIFE.as_secs_f64()),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::json;

    fn read(text: &str) -> Option<Token> {
        Token::read(json::strict(text.as_bytes()).ok()?, Instant::now())
    }

    #[test]
    fn either_name_of_the_token_will_do() {
        for text in [
            r#"{"token":"abc"}"#,
            r#"{"access_token":"abc","issued_at":7,"scope":""}"#,
            r#"{"token":"","access_token":"abc"}"#,
            r#"{"token":null,"access_token":"abc","refresh_token":null}"#,
        ] {
            assert_eq!(read(text).unwrap().header, "Bearer abc", "{text}");
        }
        for text in [
            "{}",
            r#"{"token":""}"#,
            r#"{"token":7}"#,
            r#"{"token":"a","token":"b"}"#,
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_cannot_smuggle_a_header() {
        for token in ["a\\r\\nX: y", "a b", "\\u00e4", "a\\u007f"] {
            let text = format!(r#"{{"token":"{token}"}}"#);
            assert!(read(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn absurd_lifetimes_are_survived() {
        let life_of = |stated: &str| {
            let text = format!(r#"{{"token":"t","expires_in":{stated}}}"#);
            read(&text).unwrap().life
        };
        assert_eq!(life_of("300"), Duration::from_secs(300));
        assert_eq!(life_of("\"300\""), Duration::from_secs(300));
        assert_eq!(life_of("2.5"), Duration::from_millis(2500));
        for absurd in ["0", "-1", "null", "\"soon\"", "[]", "\"NaN\""] {
            assert_eq!(life_of(absurd), DEFAULT_LIFE, "{absurd}");
        }
        assert_eq!(life_of("1e300"), LONGEST_LIFE);
        assert_eq!(life_of("18446744073709551615"), LONGEST_LIFE);
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let lives = |seconds: u64, age: u64, lasting: Option<Duration>| {
            let token = read(&format!(r#"{{"token":"t","expires_in":{seconds}}}"#)).unwrap();
            token.is_good(token.received + Duration::from_secs(age), lasting)
        };
        assert!(lives(300, 239, None) && !lives(300, 240, None));
        assert!(lives(20, 9, None) && !lives(20, 10, None));
        assert!(lives(3, 1, None) && !lives(3, 2, None));
        let unknown = Some(Duration::ZERO);
        assert!(lives(300, 149, unknown) && !lives(300, 150, unknown));
    }

    #[test]
    fn a_token_that_a_long_request_would_outlive_is_renewed_before_it() {
        let lives = |age: u64, lasting: u64| {
            let token = read(r#"{"token":"t","expires_in":300}"#).unwrap();
            let lasting = Some(Duration::from_secs(lasting));
            token.is_good(token.received + Duration::from_secs(age), lasting)
        };
        assert!(lives(99, 200) && !lives(100, 200));
        assert!(lives(149, 10) && !lives(150, 10));
        // A new one would not outlive it either.
        assert!(lives(29, 4000) && !lives(30, 4000));
    }
}
