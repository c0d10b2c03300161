//! The client that hostile cases bite: it believes everything.
//!
//! It sends its credentials wherever it is sent, verifies nothing, joins server text to paths, prints it raw and never
//! stops before a bound of the test's own. Every hostile case runs it against the same server, so that the case is
//! known to be able to fail.

use std::cell::RefCell;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::client::{Answer, Client};
use super::layer::Content;

/// Where even this client stops, in requests or pages: a hostile server would lead it on for ever.
pub(crate) const BOUND: usize = 40;

/// A client without a guard.
pub(crate) struct Naive {
    client: Client,
    credentials: Option<(String, String)>,
    authorization: RefCell<Option<String>>,
    /// Where it keeps blobs, each in `blobs/` under what its digest says after the colon.
    pub(crate) folder: tempfile::TempDir,
}

impl Naive {
    /// One that knows no password.
    pub(crate) fn new() -> Self {
        Self::build(Client::new(), None)
    }

    /// One that knows a password and hands it to whoever asks.
    pub(crate) fn with_password(user: &str, password: &str) -> Self {
        Self::build(Client::new(), Some((user.to_owned(), password.to_owned())))
    }

    /// The same, trusting the authority in `pem`.
    pub(crate) fn over_tls(pem: &str, user: &str, password: &str) -> Self {
        let credentials = (user.to_owned(), password.to_owned());
        Self::build(Client::trusting(pem), Some(credentials))
    }

    fn build(client: Client, credentials: Option<(String, String)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("blobs")).expect("a folder");
        Self {
            client,
            credentials,
            authorization: RefCell::new(None),
            folder,
        }
    }

    /// Asks, following every redirect with every header and answering every challenge.
    pub(crate) fn ask(
        &self,
        method: &str,
        url: &str,
        body: Option<&Content>,
    ) -> Result<Answer, String> {
        let mut url = url.to_owned();
        for _ in 0..BOUND {
            let held = self.authorization.borrow().clone();
            let mut headers = vec![("Accept", "*/*")];
            if let Some(value) = &held {
                headers.push(("Authorization", value));
            }
            let answer = self.client.try_send(method, &url, &headers, body);
            let answer = answer.map_err(|error| format!("{error:?}"))?;
            match (
                answer.status,
                answer.header("Location"),
                answer.header("WWW-Authenticate"),
            ) {
                (301..=308, Some(place), _) => url = join(&url, place),
                (401, _, Some(challenge)) if self.authorization.borrow().is_none() => {
                    let proof = self.prove(challenge)?;
                    *self.authorization.borrow_mut() = Some(proof);
                }
                // It has no memory of having asked: a new challenge is a new hope.
                (401, _, Some(_)) => *self.authorization.borrow_mut() = None,
                (200..=299, ..) => return Ok(answer),
                (status, ..) => {
                    return Err(format!("{method} {url}: {status} {}", message(&answer)));
                }
            }
        }
        Err("led in circles".to_owned())
    }

    fn prove(&self, challenge: &str) -> Result<String, String> {
        let basic = self.credentials.as_ref().map(|(user, password)| {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        });
        let parameter = |name: &str| {
            let start = challenge.find(&format!("{name}=\""))? + name.len() + 2;
            challenge[start..].split('"').next()
        };
        let Some(realm) = parameter("realm").filter(|_| challenge.starts_with("Bearer")) else {
            return basic.ok_or_else(|| "no password".to_owned());
        };
        let headers: Vec<_> = basic
            .iter()
            .map(|value| ("Authorization", value.as_str()))
            .collect();
        let answer = self.client.try_send("GET", realm, &headers, None);
        let answer = answer.map_err(|error| format!("{error:?}"))?;
        let token = answer.json()["token"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Ok(format!("Bearer {token}"))
    }

    /// Pulls: the manifest as it came, every blob written under its name as it came.
    pub(crate) fn pull(
        &self,
        base: &str,
        repository: &str,
        reference: &str,
    ) -> Result<Answer, String> {
        let manifest = self.ask(
            "GET",
            &format!("{base}/v2/{repository}/manifests/{reference}"),
            None,
        )?;
        let Ok(document) = serde_json::from_slice::<Value>(&manifest.body) else {
            return Ok(manifest);
        };
        let layers = document["layers"].as_array().into_iter().flatten();
        for blob in document.get("config").into_iter().chain(layers) {
            let digest = blob["digest"].as_str().unwrap_or_default();
            let own = format!("{base}/v2/{repository}/blobs/{digest}");
            let url = blob["urls"][0].as_str().unwrap_or(&own);
            let answer = self.ask("GET", url, None)?;
            let path = self.blob(digest);
            let _ = std::fs::create_dir_all(path.parent().expect("it is in a folder"));
            std::fs::write(path, &answer.body).map_err(|error| error.to_string())?;
        }
        Ok(manifest)
    }

    /// Where it keeps a blob.
    pub(crate) fn blob(&self, digest: &str) -> PathBuf {
        let name = digest.split_once(':').map_or(digest, |(_, name)| name);
        self.folder.path().join("blobs").join(name)
    }

    /// Lists tags over every page it is shown.
    pub(crate) fn tags(&self, base: &str, repository: &str) -> Result<Vec<String>, String> {
        let mut url = format!("{base}/v2/{repository}/tags/list");
        let mut tags = Vec::new();
        for _ in 0..BOUND {
            let answer = self.ask("GET", &url, None)?;
            let page = answer.json();
            let page = page["tags"].as_array().cloned().unwrap_or_default();
            tags.extend(page.iter().filter_map(Value::as_str).map(str::to_owned));
            let Some(link) = answer.header("Link") else {
                return Ok(tags);
            };
            let place = link
                .trim_start_matches('<')
                .split('>')
                .next()
                .unwrap_or_default();
            url = join(&url, place);
        }
        Err("pages without end".to_owned())
    }

    /// Uploads a blob to wherever the session is said to be.
    pub(crate) fn upload(
        &self,
        base: &str,
        repository: &str,
        digest: &str,
        bytes: &Content,
    ) -> Result<(), String> {
        let url = format!("{base}/v2/{repository}/blobs/uploads/");
        let begun = self.ask("POST", &url, None)?;
        let place = join(&url, begun.header("Location").unwrap_or_default());
        let mark = if place.contains('?') { '&' } else { '?' };
        self.ask("PUT", &format!("{place}{mark}digest={digest}"), Some(bytes))?;
        Ok(())
    }
}

/// The words of an error, as the server chose them.
fn message(answer: &Answer) -> String {
    let body = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let message = body["errors"][0]["message"].as_str().map(str::to_owned);
    message.unwrap_or_else(|| answer.text())
}

fn join(base: &str, place: &str) -> String {
    let joined = url::Url::parse(base).and_then(|url| url.join(place));
    joined.map_or_else(|_| place.to_owned(), Into::into)
}
