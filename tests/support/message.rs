//! What a scripted server is asked and what it answers, as values: nothing here opens a socket.

use std::time::Duration;

use super::wire::{self, Headers};

/// What a client asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        wire::path(&self.target)
    }

    /// A query value.
    pub(crate) fn query(&self, key: &str) -> Option<String> {
        wire::query(&self.target, key)
    }

    /// `GET` or `HEAD`.
    pub(crate) fn reads(&self) -> bool {
        self.method == "GET" || self.method == "HEAD"
    }

    /// What the client believes this server is called, `host:port`.
    pub(crate) fn host(&self) -> &str {
        self.headers.get("Host").unwrap_or_default()
    }

    /// `METHOD path`, for assertions and their messages.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// How an answer ends before its body does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The connection is closed in an orderly way.
    Close,
    /// The connection is reset.
    Reset,
    /// The connection stays open and silent.
    Stall,
}

/// What a server answers.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// Whether the body states its length; without, the end of the connection ends it.
    pub(crate) framed: bool,
    /// After how many bytes of the body the answer ends early, and how.
    pub(crate) cut: Option<(usize, End)>,
    /// The body is repeated for ever.
    pub(crate) endless: bool,
    /// After how many bytes of the head the server falls silent, the connection open.
    pub(crate) silent_after: Option<usize>,
    /// The body comes in pieces of so many bytes, each this long after the one before.
    pub(crate) pace: Option<(usize, Duration)>,
}

impl Response {
    /// An answer without a body.
    pub(crate) fn new(status: u16) -> Self {
        Self {
            status,
            headers: Headers::default(),
            body: Vec::new(),
            framed: true,
            cut: None,
            endless: false,
            silent_after: None,
            pace: None,
        }
    }

    /// Sets a header, replacing one of that name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.set(name, value);
        self
    }

    /// Sets the body.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets a body of JSON.
    pub(crate) fn json(self, value: &serde_json::Value) -> Self {
        self.header("Content-Type", "application/json")
            .body(value.to_string())
    }

    /// Leaves the length out: the body goes until the connection is closed.
    pub(crate) fn until_close(mut self) -> Self {
        self.framed = false;
        self
    }

    /// Ends the answer after `bytes` of its body.
    pub(crate) fn cut(mut self, bytes: usize, end: End) -> Self {
        self.cut = Some((bytes, end));
        self
    }

    /// Falls silent after `bytes` of the head.
    pub(crate) fn silent_after(mut self, bytes: usize) -> Self {
        self.silent_after = Some(bytes);
        self
    }

    /// Sends `bytes` of the body at a time, with `between` before each.
    pub(crate) fn trickle(mut self, bytes: usize, between: Duration) -> Self {
        self.pace = Some((bytes, between));
        self
    }

    /// Repeats the body for ever, without a length.
    pub(crate) fn endless(mut self) -> Self {
        self.endless = true;
        self.until_close()
    }

    /// An error in the words of the distribution-spec.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = serde_json::json!({"errors": [{"code": code, "message": message}]});
        Self::new(status).json(&body)
    }
}
