//! The body of an upload request while it is being sent, and the task that sends it.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::registry::Client;
use crate::registry::answer::Response;
use crate::registry::endpoint::Server;
use crate::registry::pulse::{Pulse, Upstream};
use crate::registry::request::Request;

/// How many buffers may wait between the writer and the socket.
const QUEUE: usize = 2;

/// A request whose body is fed bit by bit. Dropping it breaks the request off.
pub(super) struct Sending {
    feed: Option<mpsc::Sender<Bytes>>,
    task: JoinHandle<Result<Option<Response>>>,
    /// When it began.
    pub(super) began: Instant,
    /// The offset in the blob where its body begins.
    pub(super) start: u64,
    /// The offset in the blob where its body ends.
    pub(super) end: u64,
    /// Whether it also closes the upload.
    pub(super) closes: bool,
}

impl Sending {
    /// Begins to send `request`, whose body to come is `range` of the blob.
    pub(super) fn start(
        client: &Client,
        server: &Arc<Server>,
        request: Request,
        range: &Range<u64>,
        closes: bool,
    ) -> Self {
        let (feed, queue) = mpsc::channel(QUEUE);
        let (client, server) = (client.clone(), Arc::clone(server));
        let length = range.end - range.start;
        let body = upstream(queue, length, server.uploads.will_take(length));
        let task = tokio::spawn(async move { client.send_stream(&server, &request, body).await });
        Self {
            feed: Some(feed),
            task,
            began: Instant::now(),
            start: range.start,
            end: range.end,
            closes,
        }
    }

    /// Hands on some bytes. `false` when the request has ended already: [`Sending::answer`] tells how.
    pub(super) async fn push(&self, bytes: Bytes) -> bool {
        match &self.feed {
            Some(feed) => feed.send(bytes).await.is_ok(),
            None => false,
        }
    }

    /// Waits for the answer. `None` when the token was renewed instead and the request is to be repeated.
    pub(super) async fn answer(&mut self) -> Result<Option<Response>> {
        self.feed = None;
        match (&mut self.task).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Network {
                doing: "uploading".to_owned(),
                reason: "the request was broken off".to_owned(),
            }),
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The queue as a request body that keeps the pulse. A queue that ends too early is an error, so that the request
/// breaks off and can never pass for complete.
fn upstream(queue: mpsc::Receiver<Bytes>, length: u64, lasting: Duration) -> Upstream {
    let pulse = Arc::new(Pulse::new());
    let state = (queue, Arc::clone(&pulse), length);
    let bytes = stream::unfold(state, |(mut queue, pulse, left)| async move {
        if left == 0 {
            return None;
        }
        let bytes = if let Ok(bytes) = queue.try_recv() {
            Some(bytes)
        } else {
            pulse.starve();
            queue.recv().await
        };
        let item = match bytes {
            Some(bytes) if bytes.len() as u64 <= left => bytes,
            _ => {
                let error = io::Error::new(io::ErrorKind::UnexpectedEof, "the source broke off");
                return Some((Err(error), (queue, pulse, 0)));
            }
        };
        let left = left - item.len() as u64;
        pulse.beat(left == 0);
        Some((Ok(item), (queue, pulse, left)))
    });
    Upstream {
        bytes: bytes.boxed(),
        length,
        lasting,
        pulse,
    }
}
