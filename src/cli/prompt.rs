//! Questions to a person: a user name, a password that is not echoed. Without a terminal an error, never a hang.

use std::io::{ErrorKind, IsTerminal, Read};

use super::output;
use super::report::usage;
use crate::credential::Secret;
use crate::error::{Error, Result};

/// The most that is read as a password from standard input, in bytes: tokens have a few thousand.
const MAX_SECRET: u64 = 64 << 10;

/// Makes sure there is a person to ask.
///
/// # Errors
/// `Usage` in docker's words when standard input is no terminal.
pub(crate) fn require_terminal() -> Result<()> {
    if std::io::stdin().is_terminal() {
        Ok(())
    } else {
        Err(usage(
            "Cannot perform an interactive login from a non TTY device",
            Some("give --username USER and --password-stdin"),
        ))
    }
}

/// Standard input as the file that it may be: one that is no pipe can be read in any order.
///
/// # Errors
/// `Io`.
pub(crate) fn stdin_file() -> Result<std::fs::File> {
    #[cfg(unix)]
    let copy = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let copy = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned();
    copy.map(std::fs::File::from)
        .map_err(Error::io("cannot read", "standard input"))
}

/// Asks `question` and returns the line typed, without its end.
pub(crate) async fn line(question: &str) -> Result<String> {
    require_terminal()?;
    let asked = Question::ask(question);
    let text = off_the_workers(|| {
        let mut text = String::new();
        std::io::stdin().read_line(&mut text)?;
        Ok(text)
    })
    .await?;
    asked.answered(text.ends_with('\n'));
    Ok(text.trim().to_owned())
}

/// Asks `question` and returns what is typed, unseen. Typing the end of the input gives an empty one.
pub(crate) async fn password(question: &str) -> Result<Secret> {
    require_terminal()?;
    // Before the question, so that nothing typed after it can be seen, and the end of input is a character as any.
    let _echo = Echo::off();
    output::question(question);
    let typed = off_the_workers(|| match rpassword::read_password() {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        typed => typed.map(Some),
    })
    .await?;
    if typed.is_none() {
        output::story("");
    }
    Ok(Secret::new(typed.unwrap_or_default()))
}

/// Asks whether to go on; only `y` and `yes` are that.
///
/// # Errors
/// `Usage` without a terminal: nobody could answer.
pub(crate) async fn confirm(question: &str) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(usage(
            "there is no terminal to ask on",
            Some("give --yes to go on without a question"),
        ));
    }
    let answer = line(question).await?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

/// A question whose answer is seen: what is printed after it begins a new line, however it ended.
struct Question {
    line_ended: bool,
}

impl Question {
    fn ask(text: &str) -> Self {
        output::question(text);
        Self { line_ended: false }
    }

    /// Takes note that something was typed, with or without the end of the line, which the terminal shows.
    fn answered(mut self, line_ended: bool) {
        self.line_ended = line_ended;
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if !self.line_ended {
            output::story("");
        }
    }
}

/// Reads a password from standard input to its end, without one line ending.
pub(crate) async fn from_stdin() -> Result<Secret> {
    let text = off_the_workers(|| {
        let mut text = String::new();
        std::io::stdin()
            .take(MAX_SECRET)
            .read_to_string(&mut text)?;
        Ok(text)
    })
    .await?;
    Ok(Secret::new(without_line_ending(&text)))
}

/// `text` without one `\n` or `\r\n` at its end: more may belong to the password.
fn without_line_ending(text: &str) -> &str {
    match text.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => text,
    }
}

async fn off_the_workers<T, F>(read: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> std::io::Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.kind() == ErrorKind::Interrupted => {
            Err(Error::Interrupted { signal: 2 })
        }
        Ok(Err(error)) => Err(Error::io("cannot read", "standard input")(error)),
        Err(_) => Err(Error::Machine("reading the terminal failed".to_owned())),
    }
}

/// The terminal's settings before its echo was turned off: dropping this puts them back, also when a signal ends the
/// question in its middle.
struct Echo {
    #[cfg(unix)]
    saved: Option<rustix::termios::Termios>,
}

impl Echo {
    fn off() -> Self {
        #[cfg(unix)]
        {
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            let saved = tcgetattr(std::io::stdin()).ok();
            if let Some(mut silent) = saved.clone() {
                silent
                    .local_modes
                    .remove(LocalModes::ECHO | LocalModes::ICANON);
                // Reading the password asks for the same again, and says so if it cannot be had.
                let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &silent);
            }
            Self { saved }
        }
        #[cfg(not(unix))]
        Self {}
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(saved) = &self.saved {
            use rustix::termios::{OptionalActions, tcsetattr};
            // A terminal that is gone needs no echo.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, saved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_line_ending_is_taken_off_a_password() {
        assert_eq!(without_line_ending("secret"), "secret");
        assert_eq!(without_line_ending("secret\n"), "secret");
        assert_eq!(without_line_ending("secret\r\n"), "secret");
        assert_eq!(without_line_ending("secret\n\n"), "secret\n");
        assert_eq!(without_line_ending(" secret \r"), " secret \r");
        assert_eq!(without_line_ending("\n"), "");
    }
}
