//! `docker-credential-NAME`: other people's programs that keep logins.
//!
//! The protocol is docker's (docker-credential-helpers): one verb as the only argument, the server or a JSON document on
//! stdin, the answer on stdout, words for people on stdout or stderr when the exit code is not 0. What is on our side of
//! it:
//!
//! - the name is checked and looked up in absolute folders of `PATH` only; no shell takes part (CVE-2021-41092 was a
//!   helper that could not run and a login that then went elsewhere);
//! - nothing secret is in an argument, and no control byte is in a server (the class of CVE-2020-5260 and
//!   CVE-2024-50338, where a newline in a host smuggled a second request to the helper);
//! - it gets 30 seconds and may say 64 KiB; a helper that is cut off is killed, and so is one nobody waits for any more;
//! - "not found" is an answer; everything else that is not a login is [`Error::Credential`] with the helper's own words
//!   (raw, at most 1 KiB, and never with a secret in them).

use std::path::PathBuf;
use std::pin::pin;
use std::process::Stdio;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::protocol::{Login, NOT_FOUND};
use super::{Credential, off_the_workers};
use crate::config::{Environment, is_helper_name};
use crate::error::{Error, Result};

/// How long a helper may take: it may have to ask a person to unlock something.
const LIMIT: Duration = Duration::from_secs(30);
/// How long words on stderr are waited for after a helper has ended: a daemon it started may hold the pipe open.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// The longest answer taken, in bytes. Real ones have a few hundred; lists and cloud tokens some thousand.
const MAX_ANSWER: u64 = 64 << 10;
/// How much of a helper's words goes into an error, in bytes.
const MAX_WORDS: usize = 1 << 10;

/// One helper program.
pub(super) struct Helper {
    program: String,
    environment: Environment,
    limit: Duration,
}

/// How a helper ended.
struct Answer {
    /// What was asked.
    verb: &'static str,
    status: std::process::ExitStatus,
    out: Zeroizing<Vec<u8>>,
    err: Zeroizing<Vec<u8>>,
}

impl Helper {
    /// The helper called `name`, without `docker-credential-`. It is not looked for yet.
    ///
    /// # Errors
    /// [`Error::Credential`] for a name that cannot be one.
    pub(super) fn new(name: &str, environment: &Environment) -> Result<Self> {
        let helper = Self {
            program: format!("docker-credential-{name}"),
            environment: environment.clone(),
            limit: LIMIT,
        };
        if !is_helper_name(name) {
            return Err(helper
                .broken("its name has other characters than letters, digits, `.`, `_` and `-`"));
        }
        Ok(helper)
    }

    /// Its program's name.
    pub(super) fn program(&self) -> &str {
        &self.program
    }

    /// Finds its program on `PATH`.
    ///
    /// # Errors
    /// [`Error::Credential`] when it is not there or may not be run.
    pub(super) async fn locate(&self) -> Result<PathBuf> {
        let path = self.environment.get("PATH").unwrap_or_default().to_owned();
        let program = format!("{}{}", self.program, std::env::consts::EXE_SUFFIX);
        let (runnable, other) = off_the_workers(move || {
            let folders = std::env::split_paths(&path).filter(|folder| folder.is_absolute());
            let (runnable, other): (Vec<_>, Vec<_>) = folders
                .map(|folder| folder.join(&program))
                .filter(|path| path.is_file())
                .partition(|path| is_executable(path));
            Ok((runnable.into_iter().next(), other.into_iter().next()))
        })
        .await?;
        runnable.ok_or_else(|| match other {
            Some(path) => self.broken(format!("{} is not executable", path.display())),
            None => self.broken("it is not installed: no such program on PATH"),
        })
    }

    /// The login it keeps for `server`.
    ///
    /// # Errors
    /// [`Error::Credential`] when it is missing or breaks.
    pub(super) async fn get(&self, server: &str) -> Result<Option<Credential>> {
        let answer = self.ask("get", server, server).await?;
        if answer.is_not_found() {
            return Ok(None);
        }
        self.succeed(&answer, None)?;
        let (_, login) = Login::read(&answer.out)
            .ok_or_else(|| self.broken("its answer is not JSON with Username and Secret"))?;
        Ok(login.into_credential())
    }

    /// Gives it the login for `server` to keep.
    ///
    /// # Errors
    /// As [`Helper::get`]; also for a bearer token, which helpers have no form for.
    pub(super) async fn store(&self, server: &str, login: &Credential) -> Result<()> {
        let login = Login::of(login).ok_or_else(|| self.broken("it cannot keep a bearer token"))?;
        let answer = self.ask("store", server, &login.document(server)).await?;
        self.succeed(&answer, Some(login.secret.expose()))
    }

    /// Makes it forget the login for `server`. One it does not know is forgotten already.
    ///
    /// # Errors
    /// As [`Helper::get`].
    pub(super) async fn erase(&self, server: &str) -> Result<()> {
        let answer = self.ask("erase", server, server).await?;
        if answer.is_not_found() {
            return Ok(());
        }
        self.succeed(&answer, None)
    }

    /// The servers it keeps logins for.
    ///
    /// # Errors
    /// As [`Helper::get`]. Helpers need not have this verb.
    pub(super) async fn list(&self) -> Result<Vec<String>> {
        let answer = self.ask("list", "", "").await?;
        self.succeed(&answer, None)?;
        let servers: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(&answer.out)
                .map_err(|_| self.broken("its list is not a JSON object"))?;
        Ok(servers.into_iter().map(|(server, _)| server).collect())
    }

    /// Runs it with one verb and `input` on stdin.
    async fn ask(&self, verb: &'static str, server: &str, input: &str) -> Result<Answer> {
        if server.chars().any(char::is_control) {
            return Err(self.broken("a server name with control characters is not given to it"));
        }
        let path = self.locate().await?;
        tracing::debug!(program = ?path, verb, ?server, "asking a credential helper");
        let child = Command::new(&path)
            .arg(verb)
            .env_clear()
            .envs(&self.environment.variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| self.broken(format!("{} cannot be run: {error}", path.display())))?;
        let answer = tokio::time::timeout(self.limit, self.converse(child, verb, input)).await;
        answer.unwrap_or_else(|_| {
            let seconds = self.limit.as_secs_f32();
            Err(self.broken(format!("no answer to `{verb}` within {seconds} s")))
        })
    }

    async fn converse(&self, mut child: Child, verb: &'static str, input: &str) -> Result<Answer> {
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(self.broken("its pipes are missing"));
        };
        let mut out = Zeroizing::new(Vec::new());
        let mut err = Zeroizing::new(Vec::new());
        // All three at once: a helper that writes before it reads must not wait for us while we wait for it.
        let tell = async {
            // A helper that needs no input may have closed its end; what it says then tells more than that.
            let told = stdin.write_all(input.as_bytes()).await;
            drop(stdin);
            tracing::trace!(?told, "input of the helper");
            Ok::<_, std::io::Error>(())
        };
        let answer = async {
            stdout.take(MAX_ANSWER + 1).read_to_end(&mut out).await?;
            if out.len() as u64 > MAX_ANSWER {
                return Ok(None);
            }
            child.wait().await.map(Some)
        };
        let ended = {
            let both = pin!(async { tokio::try_join!(tell, answer) });
            let words = pin!(drain(stderr, &mut err));
            match select(both, words).await {
                Either::Right(((), both)) => both.await,
                Either::Left((ended, words)) => {
                    // Past this the words are lost, not the answer.
                    let late = tokio::time::timeout(LAST_WORDS, words).await;
                    tracing::trace!(?late, "last words of the helper");
                    ended
                }
            }
        };
        match ended {
            Err(error) => Err(self.broken(format!("its answer cannot be read: {error}"))),
            Ok(((), None)) => Err(self.broken("it answers with more than 64 KiB")),
            Ok(((), Some(status))) => Ok(Answer {
                verb,
                status,
                out,
                err,
            }),
        }
    }

    /// Turns an exit code other than 0 into the error that tells it, unless the words repeat the `secret`.
    fn succeed(&self, answer: &Answer, secret: Option<&str>) -> Result<()> {
        if answer.status.success() {
            return Ok(());
        }
        let words = answer.words();
        let repeats = secret
            .filter(|secret| !secret.is_empty())
            .is_some_and(|secret| {
                let escaped = serde_json::to_string(secret).unwrap_or_default();
                words.contains(secret) || words.contains(escaped.trim_matches('"'))
            });
        let words = if repeats || words.contains("\"Secret\"") {
            "(what it said holds a secret and is left out)"
        } else if words.is_empty() {
            "(it said nothing)"
        } else {
            beginning(&words)
        };
        let Answer { verb, status, .. } = answer;
        Err(self.broken(format!("`{verb}` ended with {status}: {words}")))
    }

    fn broken(&self, reason: impl Into<String>) -> Error {
        Error::Credential {
            store: self.program.clone(),
            reason: reason.into(),
        }
    }
}

impl Answer {
    /// What it said to people: helpers use stdout, their runtimes stderr.
    fn words(&self) -> Zeroizing<String> {
        let text =
            |bytes: &[u8]| Zeroizing::new(String::from_utf8_lossy(bytes.trim_ascii()).into_owned());
        let out = text(&self.out);
        if out.is_empty() { text(&self.err) } else { out }
    }

    fn is_not_found(&self) -> bool {
        !self.status.success() && *self.words() == NOT_FOUND
    }
}

/// As much of a text as goes into an error, whole characters only.
fn beginning(text: &str) -> &str {
    let fits = |at: &usize| *at <= MAX_WORDS;
    let ends = text
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    &text[..ends.take_while(fits).last().unwrap_or(0)]
}

/// Reads to the end so that the helper is never held up, and keeps the first of it.
async fn drain(mut from: impl AsyncRead + Unpin, kept: &mut Vec<u8>) {
    let mut first = (&mut from).take(MAX_ANSWER);
    if first.read_to_end(kept).await.is_ok() {
        let rest = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
        tracing::trace!(?rest, "stderr of the helper beyond what is kept");
    }
}

#[cfg(unix)]
fn is_executable(path: &std::path::Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_executable(_: &std::path::Path) -> bool {
    true
}

#[cfg(test)]
#[cfg(unix)]
pub(super) mod tests;
