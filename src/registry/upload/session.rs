//! An upload as the registry knows it: begun by POST or by a mount that was not possible, asked about by GET, closed
//! by PUT, given up by DELETE. Locations are opaque: only `digest=` is ever appended to one.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HeaderName, LOCATION, RANGE};
use url::Url;

use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest, Name};
use crate::registry::Repository;
use crate::registry::answer::Response;
use crate::registry::auth::Scopes;
use crate::registry::endpoint::Server;
use crate::registry::origin;
use crate::registry::request::Request;
use crate::registry::session::Note;

/// The smallest chunk a registry takes, unless it is the last.
const CHUNK_MIN_LENGTH: HeaderName = HeaderName::from_static("oci-chunk-min-length");
/// The largest such demand that is believed, in bytes.
const MAX_CHUNK_MIN: u64 = 1 << 30;
/// How many repositories are tried for a mount (the contract of `store`).
const MAX_MOUNTS: usize = 2;
/// How long giving up an upload may take: it is a courtesy.
const COURTESY: Duration = Duration::from_secs(5);

/// One upload at the registry.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// Where it goes on.
    pub(super) location: Url,
    /// How many bytes the registry has of it.
    pub(super) has: u64,
    /// The smallest chunk it takes; 0 when it did not say.
    pub(super) least: u64,
    /// Where the very next request was redirected to.
    pub(super) redirected: Option<Url>,
}

impl Session {
    pub(super) fn at(location: Url) -> Self {
        Self {
            location,
            has: 0,
            least: 0,
            redirected: None,
        }
    }

    /// Begins an upload of `blob`, or takes the one that a mount has begun.
    pub(super) async fn begin(repository: &Repository, blob: &Descriptor) -> Result<Self> {
        let begun = repository.begun().remove(&blob.digest);
        if let Some(location) = begun {
            return Ok(Self::at(location));
        }
        let server = repository.server().await?;
        let mut url = repository.url(&server, "blobs/uploads/");
        if !matches!(blob.digest, Digest::Sha256(_)) {
            url.query_pairs_mut()
                .append_pair("digest-algorithm", blob.digest.algorithm());
        }
        let request = Request::new(Method::POST, url, repository.push());
        let answer = repository.client.send(&server, &request).await?;
        if !matches!(answer.status(), 200..=202 | 204) {
            let name = repository.name.to_string();
            let error = answer.fail(repository.transport(), Thing::Repository, name);
            return Err(error.await);
        }
        answer.refuse_html("an upload")?;
        let mut session = Self::at(
            location(&server, &answer)?
                .ok_or_else(|| answer.malformed("began an upload without saying where"))?,
        );
        session.least = chunk_minimum(&answer).unwrap_or(0).min(MAX_CHUNK_MIN);
        Ok(session)
    }

    /// An upload that an earlier run has noted, if the registry still knows it. Its location is checked as if the
    /// registry had named it now.
    pub(super) async fn kept(repository: &Repository, note: &Note, size: u64) -> Option<Self> {
        let server = repository.server().await.ok()?;
        let location = origin::upload(&server.base, &server.base, &note.location).ok()?;
        let session = Self {
            least: note.least.min(MAX_CHUNK_MIN),
            ..Self::at(location)
        };
        // Whatever goes wrong here costs a new upload, and that will say what it was.
        session.ask(repository, size).await.ok().flatten()
    }

    /// The URL that closes the upload.
    pub(super) fn closing(&self, digest: &Digest) -> Url {
        let mut url = self.location.clone();
        // `:` may stand in a query as it is, but every client before us has escaped it.
        let digest = format!("digest={}%3A{}", digest.algorithm(), digest.hex());
        let query = match self.location.query() {
            Some(query) if !query.is_empty() => format!("{query}&{digest}"),
            _ => digest,
        };
        url.set_query(Some(&query));
        url
    }

    /// Takes note of where the upload goes on and what the registry has of it. `otherwise` counts where it does not
    /// say.
    pub(super) fn update(
        &mut self,
        server: &Server,
        answer: &Response,
        otherwise: u64,
    ) -> Result<()> {
        if let Some(location) = location(server, answer)? {
            self.location = location;
        }
        self.has = answer
            .header(RANGE)
            .map_or(Some(otherwise), received)
            .unwrap_or(otherwise);
        // Some registries count one too many (`0-1000` for 1000 bytes).
        if self.has == otherwise + 1 {
            self.has = otherwise;
        }
        self.redirected = None;
        Ok(())
    }

    /// Asks what the registry has. `None` when it knows nothing of this upload any more.
    pub(super) async fn ask(mut self, repository: &Repository, size: u64) -> Result<Option<Self>> {
        let server = repository.server().await?;
        let request = Request::new(Method::GET, self.location.clone(), repository.push());
        let answer = match repository.client.send(&server, &request).await {
            Ok(answer) => answer,
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                tracing::debug!(%error, "the upload cannot be asked about");
                return Ok(None);
            }
        };
        let told = answer.header(RANGE).and_then(received);
        match (answer.status(), told) {
            (200 | 202 | 204, Some(has)) if has <= size => {
                self.update(&server, &answer, has)?;
                Ok(Some(self))
            }
            _ => Ok(None),
        }
    }

    /// Tells the registry that nothing more will come, as far as it wants to know.
    pub(super) async fn give_up(self, repository: &Repository) {
        let Ok(server) = repository.server().await else {
            return;
        };
        let request = Request::new(Method::DELETE, self.location, repository.push());
        let courtesy = repository.client.send(&server, &request);
        // Whatever comes of it changes nothing.
        let _ = tokio::time::timeout(COURTESY, courtesy).await;
    }
}

/// The location an answer names, if it names one. Its query may carry the registry's state, signed: that is no text
/// for people.
pub(super) fn location(server: &Server, answer: &Response) -> Result<Option<Url>> {
    let Some(value) = answer.headers().get(LOCATION) else {
        return Ok(None);
    };
    let text = value
        .to_str()
        .map_err(|_| answer.malformed("names a location that is no text"))?;
    let location = origin::upload(&server.base, answer.url(), text)
        .map_err(|reason| answer.malformed(reason))?;
    answer.secrets().learn_query(&location);
    Ok(Some(location))
}

/// The smallest chunk that an answer says is taken, in bytes.
pub(super) fn chunk_minimum(answer: &Response) -> Option<u64> {
    answer.header(CHUNK_MIN_LENGTH)?.trim().parse().ok()
}

/// Where an upload request is redirected to.
pub(super) fn redirected(server: &Server, answer: &Response) -> Result<Url> {
    location(server, answer)?.ok_or_else(|| answer.malformed("redirects an upload nowhere"))
}

/// How many bytes `Range: 0-last` says were received. `0-0` stands for none as often as for one: it is taken for none.
fn received(value: &str) -> Option<u64> {
    let range = value.trim();
    let range = range.strip_prefix("bytes=").unwrap_or(range);
    let last = range.trim().strip_prefix("0-")?;
    if last.is_empty() || !last.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match last.parse::<u64>().ok()? {
        0 => Some(0),
        last => last.checked_add(1),
    }
}

/// Takes a blob over from one of some repositories of the registry. Anything but success is an ordinary no. The first
/// refusal that has begun an upload ends the search: that upload is used.
pub(in crate::registry) async fn mount(
    repository: &Repository,
    blob: &Descriptor,
    from: &[Name],
) -> Result<Option<Name>> {
    let own = &repository.name;
    let candidates = from
        .iter()
        .filter(|name| name.host == own.host && *name != own);
    for name in candidates.take(MAX_MOUNTS) {
        if mount_from(repository, blob, name).await? {
            return Ok(Some(name.clone()));
        }
        if repository.begun().contains_key(&blob.digest) {
            break;
        }
    }
    Ok(None)
}

async fn mount_from(repository: &Repository, blob: &Descriptor, from: &Name) -> Result<bool> {
    let server = repository.server().await?;
    let mut url = repository.url(&server, "blobs/uploads/");
    url.query_pairs_mut()
        .append_pair("mount", &blob.digest.to_string())
        .append_pair("from", from.repository.as_str());
    let mut wanted = repository.push();
    wanted.extend(&Scopes::pull(&from.repository));
    let request = Request::new(Method::POST, url, wanted);
    let answer = match repository.client.send(&server, &request).await {
        Ok(answer) => answer,
        Err(error @ (Error::Network { .. } | Error::Stalled { .. } | Error::Tls { .. })) => {
            return Err(error);
        }
        Err(error) => {
            tracing::debug!(%error, %from, "not mounted");
            return Ok(false);
        }
    };
    if answer.status() == 202
        && let Ok(Some(location)) = location(&server, &answer)
    {
        repository.begun().insert(blob.digest, location);
    }
    Ok(answer.status() == 201)
}

/// A request for the closing PUT of an upload whose bytes are all there.
pub(super) async fn close(
    repository: &Repository,
    server: &Arc<Server>,
    session: &Session,
    digest: &Digest,
) -> Result<Response> {
    let request = Request::new(Method::PUT, session.closing(digest), repository.push());
    repository.client.send(server, &request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_opaque_and_gets_a_digest() {
        let digest = Digest::of(b"");
        let closing = |location: &str| {
            let url = Session::at(location.parse().unwrap()).closing(&digest);
            url.as_str().replace(&digest.hex(), "HEX")
        };
        assert_eq!(
            closing("https://r/u/1"),
            "https://r/u/1?digest=sha256%3AHEX"
        );
        assert_eq!(
            closing("https://r/u/1?_state=a%2Fb+c==&&x=|"),
            "https://r/u/1?_state=a%2Fb+c==&&x=|&digest=sha256%3AHEX"
        );
    }

    #[test]
    fn what_a_registry_has_is_read_from_its_range() {
        assert_eq!(received("0-999"), Some(1000));
        assert_eq!(received(" bytes=0-999 "), Some(1000));
        assert_eq!(received("0-0"), Some(0));
        for bad in [
            "",
            "0-",
            "5-9",
            "-1",
            "0-x",
            "bytes 0-9/10",
            "0-18446744073709551615",
        ] {
            assert_eq!(received(bad), None, "{bad}");
        }
    }
}
