//! A request of the distribution API, before it is sent.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};
use url::Url;

use super::auth::Scopes;
use super::origin::redact;

/// A request that can be sent more than once.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    /// What its token must be good for.
    pub(super) wanted: Scopes,
    /// Whether redirects to other origins are followed.
    pub(super) abroad: bool,
    /// The answer is a document of at most this many bytes: it is read as a part of the try, so that one whose body
    /// breaks off is asked for again.
    pub(super) document: Option<usize>,
    /// It may well be that the server does not have what is asked for, so it is repeated once at most.
    pub(super) brief: bool,
}

impl Request {
    pub(super) fn new(method: Method, url: Url, wanted: Scopes) -> Self {
        let mut headers = HeaderMap::new();
        // Digests and ranges are about the bytes as they are, so none may come compressed.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if matches!(method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Self {
            method,
            url,
            headers,
            body: None,
            wanted,
            abroad: true,
            document: None,
            brief: false,
        }
    }

    /// For what the server may not have: a failure is an answer, too.
    pub(super) fn briefly(mut self) -> Self {
        self.brief = true;
        self
    }

    /// For a document of at most `limit` bytes.
    pub(super) fn document(mut self, limit: usize) -> Self {
        self.document = Some(limit);
        self
    }

    /// With one more header. Values that cannot stand in a header come from outside, and such a header is left out.
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(super) fn accept(self, types: &str) -> Self {
        self.with(ACCEPT, types)
    }

    pub(super) fn with_body(mut self, media_type: &str, body: Bytes) -> Self {
        self.headers.insert(CONTENT_LENGTH, body.len().into());
        self.body = Some(body);
        self.with(CONTENT_TYPE, media_type)
    }

    /// Method and URL, as errors show them.
    pub(super) fn doing(&self) -> String {
        format!("{} {}", self.method, redact(&self.url))
    }
}
