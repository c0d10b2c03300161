//! How failures are told: one `error:` line, `cause:` lines below it, a `hint:` when there is one.
//!
//! Everything printed here passes the one escape function. A broken name is shown with a caret under the characters
//! that are at fault.

use std::error::Error as _;
use std::fmt::Display;

use super::output;
use super::render::escape::escape;
use crate::error::{Error, Result};
use crate::oci::reference::ReferenceError;

const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[36m";
const PLAIN: &str = "\x1b[0m";

/// An error together with what was being done, as a command ends with it.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Box<Error>,
    doing: Option<String>,
    instead: Option<String>,
    hint: Option<String>,
}

/// How a command ended that did not fail as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u8);

impl Status {
    /// Everything asked for was done.
    pub(crate) const SUCCESS: Self = Self(0);
}

/// What a command returns.
pub(crate) type Outcome = Result<Status, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error: Box::new(error),
            doing: None,
            instead: None,
            hint: None,
        }
    }
}

impl From<ReferenceError> for Failure {
    fn from(error: ReferenceError) -> Self {
        Error::from(error).into()
    }
}

impl Failure {
    /// The same with other words for what went wrong: docker's, where scripts look for them.
    pub(crate) fn saying(mut self, text: impl Into<String>) -> Self {
        self.instead = Some(text.into());
        self
    }

    /// The same with a hint of its own.
    pub(crate) fn hinting(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// What went wrong.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// The exit code of a program that ends with this.
    pub(crate) fn exit_code(&self) -> u8 {
        self.error.exit_code()
    }

    /// Prints it, for a program called `program`.
    pub(crate) fn print(&self, program: &str) {
        output::story(&self.lines(program).join("\n"));
    }

    fn lines(&self, program: &str) -> Vec<String> {
        let own = self
            .instead
            .clone()
            .unwrap_or_else(|| self.error.to_string());
        let first = match &self.doing {
            Some(doing) => format!("{doing}: {own}"),
            None => own,
        };
        let mut lines = vec![headed(&first)];
        if let Error::Reference(error) = self.error.as_ref() {
            lines.extend(pointed_at(error));
        }
        let mut told = first;
        let mut cause = self.error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !told.contains(&text) {
                lines.push(format!("  cause: {}", escape(&text)));
                told = text;
            }
            cause = error.source();
        }
        if let Some(hint) = self.hint.clone().or_else(|| self.error.hint(program)) {
            lines.push(format!("  {CYAN}hint:{PLAIN} {}", escape(&hint)));
        }
        lines
    }
}

/// The first line of a failure.
pub(crate) fn headed(text: &str) -> String {
    format!("{RED}error:{PLAIN} {}", escape(text))
}

/// Prints `error` and returns its exit code.
pub(crate) fn told(error: Error, program: &str) -> u8 {
    let failure = Failure::from(error);
    failure.print(program);
    failure.exit_code()
}

/// The text, and a caret under each character at fault.
fn pointed_at(error: &ReferenceError) -> Option<String> {
    let before = error.input.get(..error.at.start)?;
    let fault = error.input.get(error.at.clone())?;
    let indent = escape(before).chars().count();
    let carets = escape(fault).chars().count().max(1);
    Some(format!(
        "  {}\n  {}{}",
        escape(&error.input),
        " ".repeat(indent),
        "^".repeat(carets)
    ))
}

/// Says what was being done when something fails.
pub(crate) trait Doing<T> {
    /// The value, or a failure that begins with `what`, such as `cannot pull alpine`.
    fn doing(self, what: impl Display) -> Result<T, Failure>;
}

impl<T, E: Into<Failure>> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T, Failure> {
        self.map_err(|error| {
            let mut failure = error.into();
            failure.doing = Some(match failure.doing.take() {
                Some(inner) => format!("{what}: {inner}"),
                None => what.to_string(),
            });
            failure
        })
    }
}

/// A usage error with a hint.
pub(crate) fn usage(message: impl Into<String>, hint: Option<&str>) -> Error {
    Error::Usage {
        message: message.into(),
        hint: hint.map(str::to_owned),
    }
}

/// Tells the user something that is no failure.
pub(crate) fn warn(message: &str) {
    output::story(&format!("{YELLOW}warning:{PLAIN} {}", escape(message)));
}

/// What is left of several tasks: the failures were told as they came, the first one's exit code counts.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    first: Option<u8>,
}

impl Tally {
    /// Tells a failure at once and remembers the first one's exit code.
    pub(crate) fn note(&mut self, outcome: Outcome, program: &str) {
        let code = match outcome {
            Ok(status) => status.0,
            Err(failure) => {
                failure.print(program);
                failure.exit_code()
            }
        };
        if code != 0 {
            self.first.get_or_insert(code);
        }
    }

    /// How it all ended.
    pub(crate) fn status(&self) -> Status {
        Status(self.first.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Answer, Thing};
    use crate::oci::Reference;

    fn text(failure: &Failure) -> String {
        let painted = failure.lines("rg").join("\n");
        [RED, CYAN, PLAIN]
            .iter()
            .fold(painted, |text, paint| text.replace(paint, ""))
    }

    #[test]
    fn a_failure_says_what_was_done_why_it_failed_and_what_to_do() {
        let answer = Answer {
            method: "GET".into(),
            url: "https://ghcr.io/token".into(),
            status: 403,
            errors: vec![(
                "DENIED".into(),
                "requested access to the resource is denied".into(),
                String::new(),
            )],
            tries: 1,
            retry_after: None,
        };
        let denied: Result<()> = Err(Error::Denied {
            host: "ghcr.io".parse().unwrap(),
            what: "repository:acme/app:pull".into(),
            with_credentials: false,
            answer: Some(Box::new(answer)),
        });
        let failure = denied.doing("cannot pull ghcr.io/acme/app:v2").unwrap_err();
        assert_eq!(
            text(&failure),
            "error: cannot pull ghcr.io/acme/app:v2: access denied to repository:acme/app:pull\n  \
             cause: GET https://ghcr.io/token: 403 DENIED: requested access to the resource is denied\n  \
             hint: run `rg login ghcr.io` if the repository is private, and check its name"
        );
        assert_eq!(failure.exit_code(), 4);
    }

    #[test]
    fn a_broken_name_has_a_caret_under_its_fault() {
        let error = "lab/UPPER".parse::<Reference>().unwrap_err();
        assert_eq!(
            text(&error.into()),
            "error: invalid reference format: repository name (lab/UPPER) must be lowercase\n  lab/UPPER\n      ^"
        );
        let error = "a\tb".parse::<Reference>().unwrap_err();
        assert!(text(&error.into()).ends_with("\n  a\\tb\n   ^^"));
    }

    #[test]
    fn server_text_cannot_move_the_cursor() {
        let failure = Failure::from(Error::Network {
            doing: "GET https://x/".into(),
            reason: "a\x1b]0;x\x07\r\nb".into(),
        });
        assert_eq!(
            text(&failure),
            "error: GET https://x/: a\\x1b]0;x\\x07\\r\\nb"
        );
    }

    #[test]
    fn a_cause_that_was_told_is_not_told_again() {
        let io = Error::io("cannot read", "/x")(std::io::Error::other("broken"));
        assert_eq!(text(&io.into()), "error: cannot read /x\n  cause: broken");
    }

    #[test]
    fn the_first_exit_code_of_several_tasks_counts() {
        let missing = |what| -> Outcome {
            Err(Error::NotFound {
                what,
                name: "x".into(),
                answer: None,
            }
            .into())
        };
        let mut tally = Tally::default();
        tally.note(Ok(Status::SUCCESS), "rg");
        tally.note(missing(Thing::Image), "rg");
        tally.note(Err(Error::Machine("x".into()).into()), "rg");
        assert_eq!(tally.status(), Status(3));
    }

    #[test]
    fn what_an_index_lacks_is_counted_in_words_that_agree() {
        let lacking = |absent| {
            let name = "h/app:v1".to_owned();
            Error::Incomplete { name, absent }.to_string()
        };
        assert_eq!(
            lacking(1),
            "h/app:v1 lists one image that is neither here nor at the target"
        );
        assert_eq!(
            lacking(2),
            "h/app:v1 lists 2 images that are neither here nor at the target"
        );
    }
}
