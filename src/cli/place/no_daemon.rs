//! Docker's daemon where there are no Unix sockets: it is not reached.

use std::io::Write;

use crate::cli::location::Place;
use crate::cli::report::{Failure, usage};
use crate::cli::session::Session;
use crate::store::archive::Archive;

/// Refuses.
///
/// # Errors
/// `Usage`, always.
#[allow(clippy::unused_async, reason = "it stands for what waits elsewhere")]
pub(crate) async fn saved(_: &Session, _: &Place) -> Result<Archive, Failure> {
    Err(refusal())
}

/// Refuses.
///
/// # Errors
/// `Usage`, always.
#[allow(clippy::unused_async, reason = "it stands for what waits elsewhere")]
pub(crate) async fn load<T, W>(
    _: &Session,
    _: impl FnOnce(Box<dyn Write + Send>) -> W,
    _: impl FnOnce(&T) -> bool,
) -> Result<T, Failure>
where
    W: Future<Output = Result<T, Failure>>,
{
    Err(refusal())
}

fn refusal() -> Failure {
    let hint = "go through `docker save` and `docker load`";
    usage("docker's daemon is reached on Unix alone", Some(hint)).into()
}
