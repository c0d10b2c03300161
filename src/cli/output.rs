//! The only place that writes to standard output and standard error.
//!
//! Standard output carries results. When its reader has gone (`| head -1`), what follows is dropped quietly and the
//! command goes on: a pull must not end halfway because nobody reads its last line. Standard error carries the story;
//! when it cannot be written there is nobody left to tell.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is where the program prints"
)]

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Set once standard output has no reader any more.
static READER_GONE: AtomicBool = AtomicBool::new(false);

/// Writes exactly `bytes` to standard output.
///
/// # Errors
/// `Io` when it cannot be written for another reason than a reader that has gone.
pub(crate) fn bytes(bytes: &[u8]) -> Result<()> {
    if !has_reader() {
        return Ok(());
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            READER_GONE.store(true, Ordering::Relaxed);
            Ok(())
        }
        Err(source) => Err(Error::Io {
            doing: "cannot write to",
            path: PathBuf::from("standard output"),
            source,
        }),
    }
}

/// Standard output for content that is no text, such as an archive: a reader that goes away is an error there.
pub(crate) fn pipe() -> impl Write + Send {
    std::io::BufWriter::with_capacity(256 << 10, std::io::stdout())
}

/// Writes one line of result. The text must have been escaped if it is foreign.
pub(crate) fn line(text: &str) -> Result<()> {
    bytes(format!("{text}\n").as_bytes())
}

/// Whether anybody still reads standard output: listings stop when not.
pub(crate) fn has_reader() -> bool {
    !READER_GONE.load(Ordering::Relaxed)
}

/// Writes one line of the story to standard error.
pub(crate) fn story(text: &str) {
    write_story(&format!("{text}\n"));
}

/// Writes a question to standard error, without a newline.
pub(crate) fn question(text: &str) {
    write_story(text);
}

fn write_story(text: &str) {
    let mut stderr = anstream::stderr().lock();
    // Nobody could be told that standard error is gone.
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
