//! Answers of servers: their bodies, read within bounds and under the stall clock, and the errors they mean.
//!
//! Error bodies are the distribution-spec's JSON ("Error Codes"), the token server's (RFC 6749, section 5.2) or
//! anything at all; the status alone decides what went wrong, the body only explains it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::failure::Failure;
use super::origin::redact;
use super::pulse::Trickle;
use super::retry::{self, is_temporary};
use super::secrets::Secrets;
use super::transport::Transport;
use crate::error::{Answer, Error, Result, Thing};
use crate::oci::{Host, MediaType, json};

/// The most of an error body that is read, in bytes.
const MAX_ERROR_BODY: usize = 64 << 10;
/// The most errors of one body that are kept; a person reads the first.
const MAX_ERRORS: usize = 8;
/// The most characters of one text of an error.
const MAX_TEXT: usize = 2000;
/// How many characters of a document that cannot be read are logged.
const MAX_START: usize = 200;

/// Whose request it was, for the errors its answer may mean.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// The registry.
    pub(super) host: Host,
    /// The scopes it needed, or the registry.
    pub(super) what: String,
    /// Whether it carried credentials, or a token got with some.
    pub(super) with_credentials: bool,
}

/// An answer whose head has arrived.
pub(super) struct Response {
    inner: reqwest::Response,
    url: Url,
    method: &'static str,
    stall: Duration,
    trickle: Trickle,
    /// Whether it came from another origin than the request went to.
    pub(super) elsewhere: bool,
    /// The body, where it was read with the head.
    document: Option<Document>,
    /// How often the request was sent.
    pub(super) tries: u32,
    /// Whose request it was.
    pub(super) asked: Asked,
    /// What its texts must not repeat.
    secrets: Arc<Secrets>,
}

/// A body that was read with its head.
enum Document {
    Whole(Bytes),
    TooLarge,
}

impl Response {
    pub(super) fn new(
        inner: reqwest::Response,
        method: &'static str,
        url: Url,
        stall: Duration,
        asked: Asked,
        secrets: Arc<Secrets>,
    ) -> Self {
        Self {
            inner,
            url,
            method,
            stall,
            trickle: Trickle::default(),
            elsewhere: false,
            document: None,
            tries: 1,
            asked,
            secrets,
        }
    }

    pub(super) fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    pub(super) fn is_success(&self) -> bool {
        self.inner.status().is_success()
    }

    /// Of HTTP, such as `HTTP/1.1`.
    pub(super) fn version(&self) -> String {
        format!("{:?}", self.inner.version())
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// A header as text; `None` when it is absent or not text.
    pub(super) fn header(&self, name: impl reqwest::header::AsHeaderName) -> Option<&str> {
        self.inner.headers().get(name)?.to_str().ok()
    }

    /// `Content-Length`, as stated: an answer to HEAD states it too.
    pub(super) fn length(&self) -> Option<u64> {
        self.header(CONTENT_LENGTH)?.trim().parse().ok()
    }

    /// `Content-Type` without its parameters.
    pub(super) fn media_type(&self) -> Option<MediaType> {
        self.header(CONTENT_TYPE).map(MediaType::from_header)
    }

    /// The URL that answered, after redirects.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Method and URL, as errors show them.
    pub(super) fn doing(&self) -> String {
        let url = self.secrets.mask_url(&redact(&self.url));
        format!("{} {url}", self.method)
    }

    /// What has been sent in confidence.
    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// A header as it may stand in the log.
    pub(super) fn told(&self, name: impl reqwest::header::AsHeaderName) -> Option<String> {
        self.header(name).map(|text| self.secrets.mask(text))
    }

    /// How long the server asks us to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        retry::retry_after(self.header(RETRY_AFTER)?, std::time::SystemTime::now())
    }

    /// An error about what the answer says.
    pub(super) fn malformed(&self, reason: impl Into<String>) -> Error {
        Error::Malformed {
            doing: self.doing(),
            reason: self.secrets.mask(&reason.into()),
        }
    }

    /// Refuses the page of a captive portal or a proxy where a registry's document was asked for.
    pub(super) fn refuse_html(&self, expected: &str) -> Result<()> {
        match self.media_type() {
            Some(found) if matches!(found.as_str(), "text/html" | "application/xhtml+xml") => {
                let status = self.status();
                Err(self.malformed(format!("answered {status} {found}, expected {expected}")))
            }
            _ => Ok(()),
        }
    }

    /// The next bytes of the body.
    pub(super) async fn chunk(&mut self, transport: &Transport) -> Result<Option<Bytes>> {
        let started = Instant::now();
        match tokio::time::timeout(self.stall, self.inner.chunk()).await {
            Ok(Ok(None)) => Ok(None),
            Ok(Ok(Some(chunk)))
                if self
                    .trickle
                    .is_flowing(started.elapsed(), chunk.len(), self.stall) =>
            {
                Ok(Some(chunk))
            }
            Ok(Err(error)) => {
                let Failure { error, .. } =
                    transport.failure(&error.into(), &self.doing(), &self.url, None);
                Err(error)
            }
            Ok(Ok(Some(_))) | Err(_) => Err(Error::Stalled {
                doing: self.doing(),
                waited: self.stall,
            }),
        }
    }

    /// Reads the whole body now, for a later [`Response::bounded`] with the same limit.
    pub(super) async fn read_document(
        &mut self,
        transport: &Transport,
        limit: usize,
    ) -> Result<()> {
        let body = self.bounded(transport, limit).await?;
        self.document = Some(body.map_or(Document::TooLarge, Document::Whole));
        Ok(())
    }

    /// The whole body, or `None` if it is larger than `limit` bytes.
    pub(super) async fn bounded(
        &mut self,
        transport: &Transport,
        limit: usize,
    ) -> Result<Option<Bytes>> {
        match self.document.take() {
            Some(Document::Whole(body)) => return Ok(Some(body)),
            Some(Document::TooLarge) => return Ok(None),
            None => {}
        }
        if self.length().is_some_and(|length| length > limit as u64) {
            return Ok(None);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = self.chunk(transport).await? {
            if body.len() + chunk.len() > limit {
                return Ok(None);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body.freeze()))
    }

    /// The body as a document of at most `limit` bytes.
    pub(super) async fn json<T: DeserializeOwned>(
        mut self,
        transport: &Transport,
        limit: usize,
        expected: &str,
    ) -> Result<T> {
        self.refuse_html(expected)?;
        let body = self
            .bounded(transport, limit)
            .await?
            .ok_or_else(|| self.malformed(format!("the answer is larger than {limit} bytes")))?;
        json::bounded(&body).map_err(|error| {
            let start = self.secrets.mask(&String::from_utf8_lossy(&body));
            let start: String = start.chars().take(MAX_START).collect();
            tracing::debug!(start, "not {expected}");
            self.malformed(format!("the answer is not {expected}: {error}"))
        })
    }

    /// Reads the error body, as far as it explains anything.
    pub(super) async fn answer(&mut self, transport: &Transport) -> Answer {
        let mut body = BytesMut::new();
        while body.len() < MAX_ERROR_BODY {
            match self.chunk(transport).await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) | Err(_) => break,
            }
        }
        body.truncate(MAX_ERROR_BODY);
        let answer = Answer {
            method: self.method.to_owned(),
            url: self.secrets.mask_url(&redact(&self.url)),
            status: self.status(),
            errors: errors(&body, self.media_type().as_ref(), &self.secrets),
            tries: self.tries,
            retry_after: self.retry_after(),
        };
        tracing::debug!(?answer, "refused");
        answer
    }

    /// Whether this looks like nginx before a registry, which lets a handshake without a client certificate succeed and
    /// then refuses every request by itself, a HEAD without saying why.
    fn wants_certificate(&self) -> bool {
        let page = self
            .media_type()
            .is_some_and(|found| found.as_str() == "text/html");
        let refused = matches!(self.status(), 400 | 495 | 496);
        page && refused && !self.elsewhere && self.url.scheme() == "https"
    }

    /// The error that this unwelcome answer to a request for `name` means.
    pub(super) async fn fail(
        mut self,
        transport: &Transport,
        what: Thing,
        name: impl Into<String>,
    ) -> Error {
        if self.wants_certificate() {
            let reason = format!(
                "it answered {} with a page for browsers, as servers do that want a client certificate they trust; see --cert-file and --key-file, or put NAME.cert and NAME.key into /etc/docker/certs.d/{}",
                self.status(),
                self.asked.host
            );
            let host = self.asked.host;
            return Error::Challenge { host, reason };
        }
        let answer = Box::new(self.answer(transport).await);
        match self.status() {
            404 => Error::NotFound {
                what,
                name: name.into(),
                answer: Some(answer),
            },
            // The refusal of an object store is not about the user's rights.
            401 | 403 if !self.elsewhere => Error::Denied {
                host: self.asked.host,
                what: self.asked.what,
                with_credentials: self.asked.with_credentials,
                answer: Some(answer),
            },
            status if is_temporary(status) => Error::Busy { answer },
            _ => Error::Refused { answer },
        }
    }
}

/// The errors in a body: (code, message, detail), without `secrets` that the server repeats.
fn errors(
    body: &[u8],
    media_type: Option<&MediaType>,
    secrets: &Secrets,
) -> Vec<(String, String, String)> {
    let text = |text: &str| cut(&secrets.mask(text));
    let value = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(found)) => text(found),
        Some(other) => text(&other.to_string()),
    };
    let Ok(document) = json::strict::<Value>(body) else {
        let plain = media_type.is_none_or(|media_type| media_type.as_str() == "text/plain");
        let body = String::from_utf8_lossy(body);
        return match body.trim() {
            body if plain && !body.is_empty() && !body.starts_with(['<', '{']) => {
                vec![(String::new(), text(body), String::new())]
            }
            _ => Vec::new(),
        };
    };
    if let Some(list) = document.get("errors").and_then(Value::as_array) {
        let registry_error = |error: &Value| {
            if let Some(message) = error.as_str() {
                return (String::new(), text(message), String::new());
            }
            let field = |name: &str| value(error.get(name));
            (field("code"), field("message"), field("detail"))
        };
        return list.iter().take(MAX_ERRORS).map(registry_error).collect();
    }
    // Token servers: {"error", "error_description"}, {"details"}, {"message"}.
    let code = value(document.get("error"));
    let message = ["error_description", "details", "message"]
        .iter()
        .map(|key| value(document.get(key)))
        .find(|text| !text.is_empty())
        .unwrap_or_default();
    if code.is_empty() && message.is_empty() {
        return Vec::new();
    }
    vec![(code, message, String::new())]
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<(String, String, String)> {
        errors(body.as_bytes(), None, &Secrets::default())
    }

    fn error(code: &str, message: &str, detail: &str) -> Vec<(String, String, String)> {
        vec![(code.to_owned(), message.to_owned(), detail.to_owned())]
    }

    #[test]
    fn errors_of_registries_and_token_servers_are_read() {
        assert_eq!(
            read(r#"{"errors":[{"code":"DENIED","message":"no","detail":{"a":1}}]}"#),
            error("DENIED", "no", "{\"a\":1}")
        );
        assert_eq!(
            read(r#"{"errors":[{"code":"DENIED","message":null,"detail":null}]}"#),
            error("DENIED", "", "")
        );
        assert_eq!(
            read(r#"{"error":"invalid_grant","error_description":"gone"}"#),
            error("invalid_grant", "gone", "")
        );
        assert_eq!(
            read(r#"{"details":"incorrect username or password"}"#),
            error("", "incorrect username or password", "")
        );
    }

    #[test]
    fn what_a_server_repeats_of_what_it_was_sent_is_left_out_however_long_it_is() {
        let secrets = Secrets::default();
        let token = "t0ken".repeat(1000);
        secrets.learn(&token);
        let bodies = [
            format!(
                r#"{{"errors":[{{"code":"DENIED","message":"Bearer {token}","detail":{{"a":"{token}"}}}}]}}"#
            ),
            format!(r#"{{"errors":["Bearer {token}"]}}"#),
            format!(r#"{{"error":"{token}","error_description":"Bearer {token}"}}"#),
            format!("Bearer {token}"),
        ];
        for body in bodies {
            let told = format!("{:?}", errors(body.as_bytes(), None, &secrets));
            assert!(told.contains("***") && !told.contains("t0ken"), "{told}");
        }
    }

    #[test]
    fn other_bodies_explain_nothing_and_do_no_harm() {
        for body in [
            "",
            "<html>",
            "[]",
            "null",
            "{}",
            r#"{"errors":{}}"#,
            "{\"errors\":",
        ] {
            assert_eq!(read(body), [], "{body}");
        }
        let plain = MediaType::from_header("text/plain; charset=utf-8");
        assert_eq!(
            errors(b"no such page\n", Some(&plain), &Secrets::default()),
            error("", "no such page", "")
        );
        let many = format!(r#"{{"errors":[{}]}}"#, vec!["\"x\""; 100].join(","));
        assert_eq!(read(&many).len(), MAX_ERRORS);
    }
}
