//! The terminal that bars are drawn on, with the cursor kept at the beginning of the last line.
//!
//! A terminal echoes Ctrl-C as `^C` where the cursor stands. Behind a line that fills the width, where bars leave the
//! cursor, the echo wraps and moves everything up by a line, and the bars could not be taken away again. So the cursor
//! goes back after each drawing, and on by a line when the bars are left.

use std::io::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressDrawTarget, TermLike};

/// How often bars are drawn in a second, at most.
const DRAWS_PER_SECOND: u8 = 20;

/// A terminal; clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    terminal: Arc<dyn TermLike>,
    /// Whether the line of the cursor shows anything.
    drawn: Arc<AtomicBool>,
}

impl Screen {
    /// Standard error.
    pub(crate) fn stderr() -> Self {
        Self::on(console::Term::buffered_stderr())
    }

    pub(crate) fn on(terminal: impl TermLike + 'static) -> Self {
        Self {
            terminal: Arc::new(terminal),
            drawn: Arc::default(),
        }
    }

    /// This screen as a place for bars.
    pub(crate) fn target(&self) -> ProgressDrawTarget {
        ProgressDrawTarget::term_like_with_hz(Box::new(self.clone()), DRAWS_PER_SECOND)
    }

    /// Puts the cursor below what is drawn, for whoever writes next.
    pub(crate) fn leave(&self) {
        if self.drawn.swap(false, Ordering::Relaxed) {
            // A terminal that is gone cannot be told so.
            let _ = self
                .terminal
                .write_line("")
                .and_then(|()| self.terminal.flush());
        }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        self.terminal.width()
    }

    fn height(&self) -> u16 {
        self.terminal.height()
    }

    fn move_cursor_up(&self, lines: usize) -> Result<()> {
        self.terminal.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> Result<()> {
        self.terminal.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> Result<()> {
        self.terminal.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> Result<()> {
        self.terminal.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> Result<()> {
        self.drawn.store(false, Ordering::Relaxed);
        self.terminal.write_line(text)
    }

    fn write_str(&self, text: &str) -> Result<()> {
        if !text.is_empty() {
            self.drawn.store(true, Ordering::Relaxed);
        }
        self.terminal.write_str(text)
    }

    fn clear_line(&self) -> Result<()> {
        self.drawn.store(false, Ordering::Relaxed);
        self.terminal.clear_line()
    }

    fn flush(&self) -> Result<()> {
        if self.drawn.load(Ordering::Relaxed) {
            self.terminal.write_str("\r")?;
        }
        self.terminal.flush()
    }
}
