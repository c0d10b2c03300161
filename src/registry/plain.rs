//! Connections without TLS and without a proxy, straight over hyper.
//!
//! `reqwest` does everything else; but it leaves each HTTP/1.1 connection a read buffer of 400 KiB, and without the small
//! records of TLS a fast registry fills it: at thirty connections that is most of the memory of the process. Requests and
//! answers are `reqwest`'s own types, so that nothing above sees a difference.

use std::error::Error as StdError;
use std::time::Duration;

use http::HeaderValue;
use http::header::{ACCEPT, Entry, USER_AGENT};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as HyperError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// The most a connection reads at once, in bytes; what the head of an answer may take, too. Half of it costs a tenth more
/// CPU time.
const READ_BUFFER: usize = 128 << 10;

/// How hyper-util's connector says that a name was not found; it has no type for it.
const NOT_FOUND: &str = "dns error";

/// A client for `http` URLs. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    client: Client<HttpConnector, reqwest::Body>,
    agent: HeaderValue,
}

/// Why a request got no answer.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The request could not be put in hyper's terms.
    Request(reqwest::Error),
    /// There was no connection, or it broke.
    Connection(HyperError),
}

impl Plain {
    pub(super) fn new(agent: &'static str, connect: Duration, idle: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(connect));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(idle)
            .http1_max_buf_size(READ_BUFFER)
            // RFC 9112, section 5.2: a client reads a folded header as one line. Challenges are long enough to be folded.
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .build(connector);
        Self {
            client,
            agent: HeaderValue::from_static(agent),
        }
    }

    /// Sends one request; follows nothing, repeats nothing that was sent.
    pub(super) async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, Refusal> {
        let mut request: http::Request<reqwest::Body> =
            request.try_into().map_err(Refusal::Request)?;
        let headers = request.headers_mut();
        headers.insert(USER_AGENT, self.agent.clone());
        if let Entry::Vacant(entry) = headers.entry(ACCEPT) {
            entry.insert(HeaderValue::from_static("*/*"));
        }
        let answer = self.client.request(request).await;
        let answer = answer.map_err(Refusal::Connection)?;
        Ok(answer.map(reqwest::Body::wrap).into())
    }
}

/// Whether a name was looked up in vain, somewhere below `error`.
pub(super) fn is_dns(error: &HyperError) -> bool {
    let mut next = error.source();
    while let Some(error) = next {
        if error.to_string() == NOT_FOUND {
            return true;
        }
        next = error.source();
    }
    false
}

/// Whether a connection took too long, somewhere below `error`.
pub(super) fn is_timeout(error: &HyperError) -> bool {
    let mut next = error.source();
    while let Some(error) = next {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == std::io::ErrorKind::TimedOut) {
            return true;
        }
        next = error.source();
    }
    false
}
