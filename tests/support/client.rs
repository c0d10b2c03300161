//! A plain HTTP client for tests that talk to a registry or a support server directly, without `rg`.
//!
//! Blocking on the outside, `reqwest` inside. It follows no redirect, sends what it is told and judges nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream;

use super::image::Node;
use super::layer::Content;

/// Where even a test stops reading, in bytes: some servers here never end.
const MOST: usize = 64 << 20;

/// A client that can be asked from a synchronous test.
pub(crate) struct Client {
    runtime: tokio::runtime::Runtime,
    inner: reqwest::Client,
    authorization: Option<String>,
}

/// An answer, read to its end or to [`MOST`].
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Client {
    /// A client that trusts the usual authorities.
    pub(crate) fn new() -> Self {
        Self::build(reqwest::Client::builder())
    }

    /// A client that trusts only the authority in `pem`.
    pub(crate) fn trusting(pem: &str) -> Self {
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
        Self::build(reqwest::Client::builder().tls_certs_only([root]))
    }

    fn build(builder: reqwest::ClientBuilder) -> Self {
        super::tls::install_provider();
        let inner = builder
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client needs nothing");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime needs nothing");
        Self {
            runtime,
            inner,
            authorization: None,
        }
    }

    /// Sends these credentials with every request.
    pub(crate) fn with_basic(mut self, user: &str, password: &str) -> Self {
        let proof = STANDARD.encode(format!("{user}:{password}"));
        self.authorization = Some(format!("Basic {proof}"));
        self
    }

    /// Sends this token with every request.
    pub(crate) fn with_bearer(mut self, token: &str) -> Self {
        self.authorization = Some(format!("Bearer {token}"));
        self
    }

    /// Sends one request and reads the whole answer.
    pub(crate) fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Content>,
    ) -> Answer {
        let answer = self.try_send(method, url, headers, body);
        answer.unwrap_or_else(|error| panic!("{method} {url}: {error:?}"))
    }

    /// The same, for requests that are expected to break.
    pub(crate) fn try_send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Content>,
    ) -> reqwest::Result<Answer> {
        let method = method.parse().expect("a method");
        let mut request = self.inner.request(method, url);
        if let Some(value) = &self.authorization {
            request = request.header("Authorization", value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(content) = body {
            let pieces = content.pieces().map(Ok::<_, std::io::Error>);
            request = request
                .header("Content-Length", content.len())
                .body(reqwest::Body::wrap_stream(stream::iter(pieces)));
        }
        self.runtime.block_on(async {
            let mut response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut body = Vec::new();
            while let Some(piece) = response.chunk().await? {
                body.extend_from_slice(&piece);
                if body.len() > MOST {
                    break;
                }
            }
            Ok(Answer {
                status,
                headers,
                body: body.into(),
            })
        })
    }

    /// `GET`, nothing else said.
    pub(crate) fn get(&self, url: &str) -> Answer {
        self.send("GET", url, &[], None)
    }

    /// Uploads a blob: one POST, one PUT.
    pub(crate) fn upload(&self, base: &str, repository: &str, blob: &Node) {
        let url = format!("{base}/v2/{repository}/blobs/uploads/");
        let begun = self.send("POST", &url, &[("Content-Length", "0")], None);
        assert_eq!(begun.status, 202, "POST {url}: {}", begun.text());
        let place = begun.header("Location").expect("a session has a place");
        let mut place = url::Url::parse(&url)
            .and_then(|url| url.join(place))
            .expect("a session's place is a URL");
        place.query_pairs_mut().append_pair("digest", &blob.digest);
        let headers = [("Content-Type", "application/octet-stream")];
        let done = self.send("PUT", place.as_str(), &headers, Some(&blob.content));
        assert_eq!(done.status, 201, "PUT {place}: {}", done.text());
    }

    /// The manifest under `reference`, as its media type and bytes; `None` when there is none.
    pub(crate) fn manifest(
        &self,
        base: &str,
        repository: &str,
        reference: &str,
    ) -> Option<(String, Bytes)> {
        use super::image::{DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST};
        let accept = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(", ");
        let url = format!("{base}/v2/{repository}/manifests/{reference}");
        let answer = self.send("GET", &url, &[("Accept", &accept)], None);
        if answer.status == 404 {
            return None;
        }
        assert_eq!(answer.status, 200, "GET {url}: {}", answer.text());
        let kind = answer.header("Content-Type").unwrap_or_default().to_owned();
        Some((kind, answer.body))
    }
}
