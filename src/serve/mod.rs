//! The embedded registry: the distribution API over the local store (distribution-spec 1.1, docker's v2 catalog and v1
//! search).
//!
//! It promises what a client may expect of a registry: digests are checked before anything becomes visible, every byte
//! of an upload counts, ranges and pages are right, errors are the spec's JSON. It is meant for tests, CI and handing
//! images over; a registry that is to last is another program's job.
//!
//! A repository in a URL is read as a docker name (`/v2/app/…` is `docker.io/library/app`), so everything that was
//! pulled can be pulled on from here under its familiar name.
//!
//! The store is one user's, and its content is shared by all its repositories: **whoever may talk to this server may
//! read any blob or manifest whose digest they know, through any repository**, and mount it into any other. Tags, lists
//! and referrers belong to their repository.
//!
//! Limits: bodies are streamed in small buffers, manifests end at 4 MiB, pages at 1000 entries, connections at
//! 256, uploads at 128 (`session.rs`); slow clients are given up (`connection.rs`, `body.rs`, `stall.rs`).
//! The same concern has the same file name here and in the client's `registry/`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::error::{Error, Result};
use crate::oci::{Digest, Name};
use crate::store::layout::Layout;
use crate::store::partial::on_blocking_pool;

use connection::{Limits, Requests, serve};

mod auth;
mod blob;
mod body;
mod browser;
mod connection;
mod error;
mod list;
mod manifest;
mod page;
mod path;
mod range;
mod route;
mod search;
mod session;
mod stall;
mod upload;

/// The most connections at once; more wait to be accepted.
const MAX_CONNECTIONS: usize = 256;

/// How long requests in flight may go on once the server was asked to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How often uploads that nobody goes on with are looked for.
const SWEEP: Duration = Duration::from_secs(60);

/// How long nothing is accepted after that failed: when files run out, others must be closed first.
const RECOVERY: Duration = Duration::from_millis(100);

/// Names the digest of what an answer is about.
const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// How the embedded registry behaves.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Refuse everything that writes.
    pub read_only: bool,
    /// Delete manifests and blobs when asked to.
    pub allow_delete: bool,
    /// Let in only the users of this htpasswd file (bcrypt).
    pub htpasswd: Option<PathBuf>,
}

/// The embedded registry, bound and not yet serving.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
}

/// What all requests share.
struct Service {
    /// Where it listens.
    address: SocketAddr,
    layout: Layout,
    options: Options,
    guard: Option<auth::Guard>,
    sessions: session::Sessions,
}

/// One request about a repository, without its body.
struct Call {
    service: Arc<Service>,
    place: path::Place,
    method: Method,
    parameters: path::Parameters,
    headers: HeaderMap,
}

impl Server {
    /// Binds to `address` (port 0: any free one) to serve `layout`.
    ///
    /// # Errors
    /// `BadFile` or `Io` for the htpasswd file; `Machine` when the address cannot be had.
    pub async fn bind(layout: Layout, address: SocketAddr, options: Options) -> Result<Self> {
        let guard = match options.htpasswd.clone() {
            Some(path) => Some(on_blocking_pool(move || auth::Guard::open(&path)).await?),
            None => None,
        };
        let unusable = |error| Error::Machine(format!("cannot listen on {address}: {error}"));
        let listener = TcpListener::bind(address).await.map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        Ok(Self {
            listener,
            address,
            service: Arc::new(Service {
                address,
                layout,
                options,
                guard,
                sessions: session::Sessions::default(),
            }),
        })
    }

    /// Where it listens, with the port it got.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` completes, then finishes requests in flight for at most five seconds. Dropped, it ends at
    /// once.
    ///
    /// # Errors
    /// None so far: trouble with one connection never ends the server.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<()> {
        let stopping = watch::Sender::new(false);
        let requests = Arc::new(Requests::default());
        let mut connections = JoinSet::new();
        self.accept_until(stop, &stopping, &requests, &mut connections)
            .await;
        drop(self.listener);
        stopping.send_replace(true);
        let finished = async {
            while connections.join_next().await.is_some() {}
            requests.finish().await;
        };
        if tokio::time::timeout(GRACE, finished).await.is_err() {
            tracing::info!("requests were cut off after {} s", GRACE.as_secs());
        }
        Ok(())
    }

    async fn accept_until(
        &self,
        stop: impl Future<Output = ()>,
        stopping: &watch::Sender<bool>,
        requests: &Arc<Requests>,
        connections: &mut JoinSet<()>,
    ) {
        let router: Router = route::router(Arc::clone(&self.service));
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let mut sweep = tokio::time::interval(SWEEP);
        tokio::pin!(stop);
        loop {
            let (stream, permit) = tokio::select! {
                () = &mut stop => return,
                _ = sweep.tick() => {
                    self.service.sessions.expire();
                    continue;
                }
                Some(_) = connections.join_next() => continue,
                accepted = accept(&self.listener, &permits) => accepted,
            };
            let (router, requests) = (router.clone(), Arc::clone(requests));
            let stopping = stopping.subscribe();
            connections.spawn(async move {
                serve(stream, router, requests, stopping, Limits::USUAL).await;
                drop(permit);
            });
        }
    }
}

/// Waits for a connection and the permission to serve it.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // Nothing closes the semaphore, so there is always a permit in the end.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(RECOVERY).await;
            }
        }
    }
}

impl Service {
    /// Bytes of content that is here.
    async fn size_of(&self, digest: Digest) -> Result<Option<u64>> {
        let layout = self.layout.clone();
        on_blocking_pool(move || layout.size_of(&digest)).await
    }

    /// The familiar names of all repositories.
    async fn repositories(&self) -> Result<Vec<String>> {
        let layout = self.layout.clone();
        let names = on_blocking_pool(move || layout.repositories()).await?;
        Ok(names.iter().map(Name::familiar).collect())
    }
}

/// A header of digests, names and numbers.
fn ascii(text: String) -> HeaderValue {
    HeaderValue::try_from(text)
        .expect("digests, numbers and names are visible ASCII by their grammars")
}
