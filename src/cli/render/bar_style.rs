//! What bars look like: docker's words, the numbers beside them, and the terminal they are drawn for.

use std::time::Duration;

use indicatif::{ProgressState, ProgressStyle};

use super::{Direction, units};

/// How long a transfer runs before the time left is guessed: earlier guesses are wild.
const GUESS_AFTER: Duration = Duration::from_secs(1);
/// Where the size of the terminal is not known.
const DEFAULT_SIZE: (u16, u16) = (24, 80);

/// Docker's words for the states of a layer.
pub(crate) struct Words {
    pub(crate) waiting: &'static str,
    pub(crate) moving: &'static str,
    pub(crate) verifying: &'static str,
    pub(crate) exists: &'static str,
    pub(crate) done: &'static str,
}

/// Of a pull.
const PULL: Words = Words {
    waiting: "Waiting",
    moving: "Downloading",
    verifying: "Verifying Checksum",
    exists: "Already exists",
    done: "Pull complete",
};

/// Of a push.
const PUSH: Words = Words {
    waiting: "Preparing",
    moving: "Pushing",
    verifying: "Pushing",
    exists: "Layer already exists",
    done: "Pushed",
};

/// Of a copy.
const COPY: Words = Words {
    waiting: "Waiting",
    moving: "Copying",
    verifying: "Copying",
    exists: "Already exists",
    done: "Copied",
};

impl Direction {
    /// The words for it.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Pull => &PULL,
            Self::Push => &PUSH,
            Self::Copy => &COPY,
        }
    }
}

/// Rows and columns of the terminal behind standard error.
pub(crate) fn console_size() -> (u16, u16) {
    #[cfg(unix)]
    if let Ok(size) = rustix::termios::tcgetwinsize(std::io::stderr())
        && size.ws_row > 0
        && size.ws_col > 0
    {
        return (size.ws_row, size.ws_col);
    }
    DEFAULT_SIZE
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
        .with_key(
            "moved",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let (done, all) = (state.pos(), state.len().unwrap_or(0));
                // Writing into indicatif's buffer cannot fail.
                let _ = write!(
                    out,
                    "{}/{}",
                    units::precise_size(done),
                    units::precise_size(all)
                );
            },
        )
        .with_key(
            "rate",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = write!(
                    out,
                    "{}",
                    units::rate(whole(state.per_sec()), Duration::from_secs(1))
                );
            },
        )
        .with_key(
            "left",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let begun = state.elapsed() >= GUESS_AFTER && state.pos() > 0;
                if begun && state.len().is_some_and(|all| state.pos() < all) {
                    let _ = write!(out, "{} left", units::duration(state.eta()));
                }
            },
        )
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate that is shown with three digits; `as` saturates"
)]
fn whole(rate: f64) -> u64 {
    rate as u64
}

/// A layer that waits or is done.
pub(crate) fn words_style() -> ProgressStyle {
    style("{prefix}: {msg}")
}

/// A layer on its way.
pub(crate) fn moving_style(wide: bool) -> ProgressStyle {
    style(if wide {
        "{prefix}: {msg} [{wide_bar}] {moved}"
    } else {
        "{prefix}: {moved}"
    })
}

/// Everything.
pub(crate) fn total_style(wide: bool) -> ProgressStyle {
    style(if wide {
        "Total [{wide_bar}] {moved}  {rate}  {left}"
    } else {
        "Total {moved} {rate}"
    })
}
