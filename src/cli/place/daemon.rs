//! Docker's daemon as a place: images out of it, an archive into it.

use std::io::Write;
use std::path::{Path, PathBuf};

use futures_util::future::join;

use crate::cli::location::Place;
use crate::cli::report::{Failure, usage};
use crate::cli::session::{Session, blocking};
use crate::error::{Error, Result};
use crate::store::archive::{Archive, Members};
use crate::store::daemon::{Daemon, Pipe};

/// Where docker's daemon listens.
const SOCKET: &str = "/var/run/docker.sock";

/// The archive of an image that the daemon has, in a file that goes with it.
///
/// # Errors
/// What the daemon says; `Io`; `BadFile`.
pub(crate) async fn saved(session: &Session, place: &Place) -> Result<Archive, Failure> {
    let name = place.name.as_deref().unwrap_or_default();
    let daemon = daemon(session)?;
    let layout = session.layout()?;
    let scratch = blocking(move || layout.scratch()).await?;
    let file = scratch.try_clone();
    let file = file.map_err(Error::io("cannot write", place.to_string()))?;
    daemon.save(name, file).await.map_err(unreachable)?;
    let label = PathBuf::from(place.to_string());
    let open = move || Archive::open(Members::in_place(&label, scratch)?);
    Ok(blocking(open).await?)
}

/// Gives the daemon the archive that `write` writes at one end of a pipe; `ended` says whether it was written to its end.
///
/// # Errors
/// What `write` fails for, unless that is because the daemon does not take it; what the daemon says.
pub(crate) async fn load<T, W>(
    session: &Session,
    write: impl FnOnce(Box<dyn Write + Send>) -> W,
    ended: impl FnOnce(&T) -> bool,
) -> Result<T, Failure>
where
    W: Future<Output = Result<T, Failure>>,
{
    let daemon = daemon(session)?;
    let (pipe, feed) = Pipe::new();
    match join(write(Box::new(pipe)), daemon.load(feed)).await {
        (Ok(written), Ok(said)) => {
            for line in said {
                tracing::debug!(%line, "docker's daemon");
            }
            Ok(written)
        }
        // What was given up on purpose is nothing that the daemon could take.
        (Ok(written), Err(_)) if !ended(&written) => Ok(written),
        // Whoever does not take the archive is why it could not be written.
        (Err(failure), Err(_)) if !failure.error().is_broken_pipe() => Err(failure),
        (Err(failure), Ok(_)) => Err(failure),
        (_, Err(error)) => Err(unreachable(error)),
    }
}

/// The daemon of `DOCKER_HOST`, else the system's.
fn daemon(session: &Session) -> Result<Daemon> {
    let host = session.config.environment.get("DOCKER_HOST");
    let socket = match host {
        None => SOCKET,
        Some(host) => host.strip_prefix("unix://").ok_or_else(|| {
            usage(
                format!("docker's daemon is reached by a socket alone, and DOCKER_HOST is {host}"),
                Some(
                    "set DOCKER_HOST=unix:///path/of/the.sock, or go through `docker save` and `docker load`",
                ),
            )
        })?,
    };
    Ok(Daemon::at(Path::new(socket)))
}

/// What to do where there is no daemon.
fn unreachable(error: Error) -> Failure {
    let nobody = matches!(&error, Error::Io { doing, .. } if doing.contains("daemon"));
    let failure = Failure::from(error);
    if nobody {
        return failure.hinting(
            "is it running, and may you use it? DOCKER_HOST=unix:///PATH names another socket, such as podman's",
        );
    }
    failure
}
