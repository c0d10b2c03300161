//! What refers to a manifest (distribution-spec, "Listing Referrers"): by the API where there is one, else by the index
//! under the tag made of the digest. Old registries answer the unknown path with anything, so whatever is not an index
//! means that there is no API.

use bytes::Bytes;
use reqwest::Method;
use serde_json::{Value, json};

use super::link::Pages;
use super::request::Request;
use super::{Repository, manifest};
use crate::error::{Error, Result, Thing};
use crate::oci::manifest::MAX_BYTES;
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Selector, Tag, View};

/// The most that may refer to one manifest: what goes on after that has no end.
const MAX_REFERRERS: usize = 100_000;

/// Everything that names `of` as its subject.
pub(super) async fn list(repository: &Repository, of: &Digest) -> Result<Vec<Descriptor>> {
    if let Some(found) = by_api(repository, of).await? {
        return Ok(found);
    }
    let index = by_tag(repository, of).await?;
    Ok(index.as_ref().map(entries).transpose()?.unwrap_or_default())
}

/// The tag under which registries without the API keep the list.
fn tag(of: &Digest) -> Result<Tag> {
    Ok(of.tie().parse()?)
}

fn entries(index: &Manifest) -> Result<Vec<Descriptor>> {
    match index.view() {
        View::Index(index) => Ok(index.manifests.clone()),
        View::Image(_) => Err(Error::Malformed {
            doing: "reading referrers".to_owned(),
            reason: "the referrers tag points at something that is no index".to_owned(),
        }),
    }
}

impl Repository {
    /// Whether the registry has the API for referrers, asked about the manifest `of`. Without it they are kept under a
    /// tag.
    ///
    /// # Errors
    /// Whatever keeps it from being found out; that it is denied is a no.
    pub async fn offers_referrers(&self, of: &Digest) -> Result<bool> {
        Ok(by_api(self, of).await?.is_some())
    }

    /// Takes what was deleted off the list of what refers to `subject`, if that is kept under a tag and it is on it
    /// (distribution-spec, "Deleting Manifests").
    ///
    /// # Errors
    /// Whatever keeps the list from being read or written.
    pub async fn unlist(&self, subject: &Digest, deleted: &Digest) -> Result<()> {
        let Some(index) = by_tag(self, subject).await? else {
            return Ok(());
        };
        let mut listed = entries(&index)?;
        let all = listed.len();
        listed.retain(|entry| entry.digest != *deleted);
        if listed.len() == all {
            return Ok(());
        }
        keep(self, subject, &listed).await
    }
}

async fn by_api(repository: &Repository, of: &Digest) -> Result<Option<Vec<Descriptor>>> {
    let server = repository.server().await?;
    let mut url = repository.url(&server, &format!("referrers/{of}"));
    let mut pages = Pages::new(url.clone());
    // Behind the first page there is the API, and whatever goes wrong is no answer.
    let (mut found, mut answered) = (Vec::new(), false);
    loop {
        let request = Request::new(Method::GET, url.clone(), repository.pull())
            .accept(MediaType::OCI_INDEX.as_str())
            .document(MAX_BYTES);
        let mut answer = match repository.client.send(&server, &request).await {
            Ok(answer) => answer,
            // Behind the token of a repository that may be read, a refusal is about the unknown path.
            Err(Error::Denied { .. }) if !answered => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_index = answer.status() == 200 && answer.refuse_html("an index").is_ok();
        if !is_index {
            let busy = matches!(answer.status(), 429 | 502..=504);
            if busy || answered {
                let name = answer.url().path().to_owned();
                let transport = repository.transport();
                return Err(answer.fail(transport, Thing::Endpoint, name).await);
            }
            tracing::debug!(status = answer.status(), "no referrers API");
            return Ok(None);
        }
        let next = pages.after(&url, answer.headers())?;
        let claims = answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with(MediaType::OCI_INDEX.as_str()));
        let malformed = |reason: String| Error::Malformed {
            doing: format!("the referrers of {of}"),
            reason,
        };
        let body = answer.bounded(repository.transport(), MAX_BYTES).await?;
        let body =
            body.ok_or_else(|| malformed(format!("a page is larger than {MAX_BYTES} bytes")))?;
        let index = match Manifest::parse(body, Some(&MediaType::OCI_INDEX)) {
            Ok(index) => index,
            Err(error) if claims || answered => return Err(malformed(error.to_string())),
            Err(_) => return Ok(None),
        };
        found.extend(entries(&index)?);
        answered = true;
        if found.len() > MAX_REFERRERS {
            return Err(malformed(format!("there are more than {MAX_REFERRERS}")));
        }
        match next {
            Some(next) => url = next,
            None => return Ok(Some(found)),
        }
    }
}

async fn by_tag(repository: &Repository, of: &Digest) -> Result<Option<Manifest>> {
    let at = Selector::Tag(tag(of)?);
    match manifest::get(repository, &at, repository.pull()).await {
        Ok(index) => Ok(Some(index)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Adds `referrer` to the list of what refers to `subject`, at a registry that does not keep it by itself
/// (distribution-spec, "Pushing Manifests with Subject").
pub(super) async fn add(
    repository: &Repository,
    subject: &Digest,
    referrer: &Manifest,
) -> Result<()> {
    let mut listed = match by_tag(repository, subject).await? {
        Some(index) => entries(&index)?,
        None => Vec::new(),
    };
    if listed
        .iter()
        .any(|entry| entry.digest == *referrer.digest())
    {
        return Ok(());
    }
    listed.push(referrer.referrer());
    keep(repository, subject, &listed).await
}

/// Writes the list of what refers to `subject`.
async fn keep(repository: &Repository, subject: &Digest, listed: &[Descriptor]) -> Result<()> {
    let document: Value = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_INDEX,
        "manifests": listed,
    });
    let bytes = Bytes::from(document.to_string());
    let index = Manifest::parse(bytes, Some(&MediaType::OCI_INDEX)).map_err(|source| {
        let name = repository.name.to_string();
        Error::Manifest { name, source }
    })?;
    let tag = tag(subject)?;
    manifest::put(repository, &index, Some(&tag)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_referrers_tag_is_a_tag() {
        let tag_of = |digest: Digest| tag(&digest).unwrap().to_string();
        assert!(tag_of(Digest::of(b"")).starts_with("sha256-e3b0c44298fc"));
        let long = tag_of(Digest::Sha512([1; 64]));
        assert_eq!(long.len(), "sha512-".len() + 64);
    }
}
