//! Docker's daemon, or podman in its place, as where images are taken from and brought to, over the socket of the Engine
//! API.
//!
//! The daemon hands out and takes images as docker's archive, one tar:
//!
//! 1. `GET /images/get?names=NAME` answers what `docker save NAME` writes.
//! 2. `POST /images/load` takes what `docker load` reads, and answers objects of JSON, a failure among them.
//!
//! One connection a request, and nothing is repeated: it is a socket on this machine.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::UnixStream;

use crate::error::{Error, Result, Thing};
use crate::store::partial::on_blocking_pool;

mod pipe;
mod report;

use pipe::Feed;
pub use pipe::Pipe;
use report::Report;

/// How long the daemon may say nothing. Before the first byte of an image it writes all its layers to its own disk, and
/// after the last one that it gets it unpacks them.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// The largest text of an error that is read, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// A daemon, by its socket.
#[derive(Debug, Clone)]
pub struct Daemon {
    socket: PathBuf,
}

#[derive(Deserialize)]
struct Complaint {
    message: String,
}

impl Daemon {
    /// The daemon that listens on `socket`.
    #[must_use]
    pub fn at(socket: &Path) -> Self {
        Self {
            socket: socket.to_owned(),
        }
    }

    /// Writes the archive of the image `name` into `file`.
    ///
    /// # Errors
    /// `NotFound` when the daemon has no such image; `Io` without a daemon; `Machine` for what the daemon says; `Stalled`.
    pub async fn save(&self, name: &str, file: File) -> Result<()> {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("names", name)
            .finish();
        let request = request(
            Method::GET,
            &format!("/images/get?{query}"),
            Feed::nothing(),
        )?;
        self.ask(request, async |answer: Response<Incoming>| {
            let (status, mut body) = (answer.status(), answer.into_body());
            if status == StatusCode::NOT_FOUND {
                return Err(Error::NotFound {
                    what: Thing::Image,
                    name: format!("{name} in docker's daemon"),
                    answer: None,
                });
            }
            if status != StatusCode::OK {
                return Err(refused(status, &text(&mut body).await?));
            }
            let mut file = file;
            while let Some(bytes) = next(&mut body).await? {
                file = on_blocking_pool(move || {
                    let written = file.write_all(&bytes);
                    written.map_err(Error::io("cannot write", "a temporary file"))?;
                    Ok(file)
                })
                .await?;
            }
            Ok(())
        })
        .await
    }

    /// Gives the daemon the archive that comes out of `feed`. Returns what it says of it, a line an image; text of the
    /// daemon's.
    ///
    /// # Errors
    /// `Io` without a daemon; `Machine` for what the daemon does not take; `Stalled`.
    pub async fn load(&self, feed: Feed) -> Result<Vec<String>> {
        let request = request(Method::POST, "/images/load?quiet=1", feed)?;
        self.ask(request, async |answer: Response<Incoming>| {
            let (status, mut body) = (answer.status(), answer.into_body());
            if status != StatusCode::OK {
                return Err(refused(status, &text(&mut body).await?));
            }
            report(&mut body).await
        })
        .await
    }

    /// Sends one request on a connection of its own and does `then` with the answer.
    async fn ask<T>(
        &self,
        request: Request<Feed>,
        then: impl AsyncFnOnce(Response<Incoming>) -> Result<T>,
    ) -> Result<T> {
        let unreachable = |source| Error::Io {
            doing: "cannot reach docker's daemon at",
            path: self.socket.clone(),
            source,
        };
        let stream = UnixStream::connect(&self.socket).await;
        let stream = TokioIo::new(stream.map_err(unreachable)?);
        let (mut sender, connection) = http1::handshake(stream)
            .await
            .map_err(|error| broken(&error))?;
        let sent = request.body().pulse();
        let asked = async {
            let mut answer = pin!(sender.send_request(request));
            let answer = loop {
                let before = sent.count();
                match tokio::time::timeout(PATIENCE, &mut answer).await {
                    Ok(answer) => break answer.map_err(|error| broken(&error))?,
                    // What is sent moves, and the answer comes after it.
                    Err(_) if sent.count() != before => {}
                    Err(_) => return Err(silent()),
                }
            };
            then(answer).await
        };
        // The connection is driven beside the question; it may end first, with all of the answer in it.
        match select(pin!(asked), pin!(connection)).await {
            Either::Left((done, _)) => done,
            Either::Right((_, asked)) => asked.await,
        }
    }
}

fn request(method: Method, target: &str, feed: Feed) -> Result<Request<Feed>> {
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("Host", "docker")
        .header("Content-Type", "application/x-tar")
        .body(feed);
    request.map_err(|error| Error::Machine(format!("cannot ask docker's daemon: {error}")))
}

fn broken(error: &hyper::Error) -> Error {
    let inner = std::error::Error::source(error).map(ToString::to_string);
    let reason = inner.unwrap_or_else(|| error.to_string());
    Error::Machine(format!("the connection to docker's daemon broke: {reason}"))
}

fn refused(status: StatusCode, said: &str) -> Error {
    let complaint: Option<Complaint> = serde_json::from_str(said).ok();
    let said = complaint.map_or_else(|| said.trim().to_owned(), |told| told.message);
    Error::Machine(format!(
        "docker's daemon refuses ({}): {said}",
        status.as_u16()
    ))
}

fn silent() -> Error {
    Error::Stalled {
        doing: "docker's daemon".to_owned(),
        waited: PATIENCE,
    }
}

/// The next bytes of a body.
async fn next(body: &mut Incoming) -> Result<Option<Bytes>> {
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context));
        let frame = tokio::time::timeout(PATIENCE, frame).await;
        let frame = frame.map_err(|_| silent())?;
        match frame {
            None => return Ok(None),
            Some(frame) => {
                if let Ok(bytes) = frame.map_err(|error| broken(&error))?.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// All of a small body; the rest of a large one is left.
async fn text(body: &mut Incoming) -> Result<String> {
    let mut all = Vec::new();
    while let Some(bytes) = next(body).await? {
        all.extend_from_slice(&bytes);
        if all.len() > MAX_TEXT {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&all).into_owned())
}

/// What the lines of a load say, to the last one: any of them may be a failure, behind a status that says otherwise.
async fn report(body: &mut Incoming) -> Result<Vec<String>> {
    let mut report = Report::default();
    while let Some(bytes) = next(body).await? {
        report.hear(&bytes)?;
    }
    report.end()
}
