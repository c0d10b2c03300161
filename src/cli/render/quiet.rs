//! `-q` and `--progress none`: nothing of what moves, only what the user should know.

use super::{Progress, notice};
use crate::cli::output;
use crate::event::{Event, Observer};

/// Shows warnings and nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quiet;

impl Observer for Quiet {
    fn observe(&self, event: &Event) {
        if let Event::Warning { .. } = event
            && let Some(text) = notice(event)
        {
            output::story(&text);
        }
    }
}

impl Progress for Quiet {
    fn finish(&self) {}
}
