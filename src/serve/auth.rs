//! Who may come in: Basic authentication against an htpasswd file of bcrypt hashes (RFC 7617).
//!
//! The file is read once. A wrong user takes as long as a wrong password; what was right once is remembered as a
//! salted hash, so that not every request costs a bcrypt. Neither passwords nor hashes are ever logged.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bcrypt::HashParts;
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::Service;
use super::error::{Code, Refusal};
use crate::error::{Error, Result};
use crate::oci::Digest;
use crate::store::partial::on_blocking_pool;

const MAX_FILE: u64 = 1 << 20; // bytes: ten thousand users

/// The highest bcrypt cost accepted: about five seconds a login on today's machines, twice that for each step more.
const MAX_COST: u32 = 16;

/// How many passwords are checked at once: each keeps a processor busy, and anyone may send wrong ones.
const AT_ONCE: usize = 2;

/// How many good logins are remembered; when there are more, they are checked again.
const REMEMBERED: usize = 256;

/// The users of an htpasswd file.
pub(super) struct Guard {
    users: HashMap<String, String>,
    /// The hash that a password of an unknown user is checked against.
    decoy: String,
    salt: [u8; 32],
    known: Mutex<HashSet<Digest>>,
    turns: Semaphore,
}

impl Guard {
    /// Reads an htpasswd file.
    ///
    /// # Errors
    /// `BadFile` with the number of the line at fault; `Io`.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let bad = |reason: String| Error::BadFile {
            path: path.to_owned(),
            reason,
        };
        let found = std::fs::metadata(path).map_err(Error::io("cannot read", path))?;
        if !found.is_file() {
            return Err(bad("not a regular file".to_owned())); // a pipe could make us wait for ever
        }
        if found.len() > MAX_FILE {
            return Err(bad("larger than an htpasswd file can be (1 MiB)".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(Error::io("cannot read", path))?;
        let text = String::from_utf8(bytes).map_err(|_| bad("not UTF-8 text".to_owned()))?;
        let (users, decoy) = read(&text).map_err(bad)?;
        let mut salt = [0; 32];
        getrandom::fill(&mut salt)
            .map_err(|error| Error::Machine(format!("no random numbers: {error}")))?;
        Ok(Self {
            users,
            decoy,
            salt,
            known: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        })
    }

    /// Whether the request's credentials are right.
    async fn admits(&self, headers: &HeaderMap) -> Result<bool> {
        let Some((user, password)) = credentials(headers) else {
            return Ok(false);
        };
        let mark = self.mark(&user, &password);
        if self.remembers(&mark) {
            return Ok(true);
        }
        let _turn = self.turns.acquire().await;
        if self.remembers(&mark) {
            return Ok(true); // found right while this one waited
        }
        let (hash, exists) = match self.users.get(&user) {
            Some(hash) => (hash.clone(), true),
            None => (self.decoy.clone(), false),
        };
        // Hashes were checked when the file was read, so an error here is a wrong password.
        let right =
            on_blocking_pool(move || Ok(bcrypt::verify(&*password, &hash).unwrap_or(false)));
        let admitted = right.await? && exists;
        if admitted {
            self.remember(mark);
        }
        Ok(admitted)
    }

    /// What stands for these credentials among those found right: worthless outside of this run.
    fn mark(&self, user: &str, password: &[u8]) -> Digest {
        let mut hasher = Digest::Sha256([0; 32]).hasher();
        hasher.update(&self.salt);
        hasher.update(&(user.len() as u64).to_be_bytes());
        hasher.update(user.as_bytes());
        hasher.update(password);
        hasher.finish()
    }

    fn remembers(&self, mark: &Digest) -> bool {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(mark)
    }

    fn remember(&self, mark: Digest) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(mark);
    }
}

/// Lets a request pass if it needs no credentials or has the right ones.
pub(super) async fn check(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(guard) = &service.guard {
        match guard.admits(request.headers()).await {
            Ok(true) => {}
            Ok(false) => return unauthorized().into_response(),
            Err(error) => return Refusal::from(error).into_response(),
        }
    }
    next.run(request).await
}

fn unauthorized() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        Code::Unauthorized,
        "a user name and a password are needed",
    )
    .with(
        WWW_AUTHENTICATE,
        HeaderValue::from_static("Basic realm=\"registry\", charset=\"UTF-8\""),
    )
}

/// The user and password of an `Authorization: Basic` header.
fn credentials(headers: &HeaderMap) -> Option<(String, Zeroizing<Vec<u8>>)> {
    let (scheme, encoded) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
    let colon = decoded.iter().position(|&byte| byte == b':')?;
    let user = std::str::from_utf8(&decoded[..colon]).ok()?.to_owned();
    Some((user, Zeroizing::new(decoded[colon + 1..].to_vec())))
}

/// Reads `user:hash` lines; says the users and the first hash.
fn read(text: &str) -> Result<(HashMap<String, String>, String), String> {
    let mut users = HashMap::new();
    let mut first = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |reason: &str| format!("line {number}: {reason}");
        let (user, hash) = line
            .split_once(':')
            .ok_or_else(|| wrong("there is no colon between user and hash"))?;
        if user.is_empty() {
            return Err(wrong("the user name is empty"));
        }
        let parts: HashParts = hash
            .parse()
            .map_err(|_| wrong("the hash is not bcrypt (make it with `htpasswd -B`)"))?;
        if !(4..=MAX_COST).contains(&parts.get_cost()) {
            return Err(wrong("the bcrypt cost is not between 4 and 16"));
        }
        first.get_or_insert_with(|| hash.to_owned());
        if users.insert(user.to_owned(), hash.to_owned()).is_some() {
            return Err(wrong("this user was named before"));
        }
    }
    let first = first.ok_or("there is no user in it")?;
    Ok((users, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(lines: &str) -> Guard {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), lines).unwrap();
        Guard::open(file.path()).unwrap()
    }

    fn line(user: &str, password: &str) -> String {
        format!("{user}:{}\n", bcrypt::hash(password, 4).unwrap())
    }

    fn basic(text: &str) -> HeaderMap {
        let value = format!("Basic {}", STANDARD.encode(text));
        HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::try_from(value).unwrap())])
    }

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let guard = guard(&format!(
            "# users\n\n{}{}",
            line("ann", "a:b c"),
            line("bob", "ü")
        ));
        for (given, admitted) in [
            ("ann:a:b c", true),
            ("ann:a:b c", true),
            ("bob:ü", true),
            ("ann:ü", false),
            ("ann:", false),
            ("ann", false),
            ("eve:a:b c", false),
            (":", false),
        ] {
            assert_eq!(
                guard.admits(&basic(given)).await.unwrap(),
                admitted,
                "{given}"
            );
        }
        assert!(!guard.admits(&HeaderMap::new()).await.unwrap());
        let bearer = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer x"))]);
        assert!(!guard.admits(&bearer).await.unwrap());
    }

    #[tokio::test]
    async fn what_was_right_is_remembered_and_bounded() {
        let guard = guard(&line("ann", "pw"));
        assert!(guard.admits(&basic("ann:pw")).await.unwrap());
        assert!(guard.remembers(&guard.mark("ann", b"pw")));
        assert!(!guard.admits(&basic("ann:no")).await.unwrap());
        assert!(!guard.remembers(&guard.mark("ann", b"no")));
        assert_ne!(guard.mark("ann", b"pw"), guard.mark("annp", b"w"));
        for number in 0..2 * REMEMBERED {
            guard.remember(guard.mark("x", &number.to_be_bytes()));
        }
        assert!(guard.known.lock().unwrap().len() <= REMEMBERED);
    }

    #[test]
    fn a_bad_file_is_told_by_its_line() {
        let good = line("ann", "pw");
        for (text, reason) in [
            (String::new(), "no user"),
            ("\n# nobody\n".to_owned(), "no user"),
            (format!("{good}bob\n"), "line 2: there is no colon"),
            (format!("{good}\n:x\n"), "line 3: the user name is empty"),
            ("bob:$apr1$x$y".to_owned(), "line 1: the hash is not bcrypt"),
            ("bob:plain".to_owned(), "line 1: the hash is not bcrypt"),
            (
                format!("{good}{good}"),
                "line 2: this user was named before",
            ),
            (good.replace("$04$", "$31$"), "line 1: the bcrypt cost"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(reason), "{error}");
            assert!(
                !error.contains("$apr1$") && !error.contains("plain"),
                "{error}"
            );
        }
    }
}
