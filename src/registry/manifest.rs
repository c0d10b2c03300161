//! Manifests of a repository: HEAD, GET, PUT, DELETE (distribution-spec, "Pulling manifests", "Pushing Manifests").
//!
//! A manifest asked for by digest is verified against that digest, whatever the headers say (GHSA-qv35-3gw6-8q4j is
//! what comes of trusting them). One asked for by tag gets the digest of its own bytes; the header decides only which
//! algorithm that is by. `Accept` names every type we read in one header, since some registries look at the first only.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderName;

use super::Repository;
use super::answer::Response;
use super::auth::Scopes;
use super::request::Request;
use crate::error::{Error, Result, Thing};
use crate::oci::manifest::{MAX_BYTES, ManifestError};
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Selector, Tag};

/// The digest a registry says its answer has.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
/// Says that the registry lists this manifest among the referrers of its subject.
const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

/// What a HEAD told.
pub(super) enum Head {
    /// All there is to know.
    Known(Box<Descriptor>),
    /// Not enough, or nothing: only a GET will tell.
    Vague,
    /// 404.
    Absent,
}

fn request(repository: &Repository, url: url::Url, method: Method, wanted: Scopes) -> Request {
    tracing::trace!(name = %repository.name, "manifest request");
    Request::new(method, url, wanted).accept(&MediaType::accepted())
}

fn display(repository: &Repository, at: &Selector) -> String {
    match at {
        Selector::Tag(tag) => repository.name.with_tag(tag).familiar(),
        Selector::Digest(digest) => repository.name.with_digest(digest).familiar(),
    }
}

/// What `at` points at: a HEAD, and a GET where that does not tell.
pub(super) async fn resolve(repository: &Repository, at: &Selector) -> Result<Descriptor> {
    match head(repository, at, repository.pull()).await? {
        Head::Known(descriptor) => Ok(*descriptor),
        Head::Absent
            if repository
                .place
                .as_ref()
                .is_some_and(|place| place.has_next) =>
        {
            Err(Error::NotFound {
                what: Thing::Manifest,
                name: display(repository, at),
                answer: None,
            })
        }
        // An absent one is asked for too: some registries know no HEAD, and the body says what is absent.
        Head::Vague | Head::Absent => {
            let manifest = get(repository, at, repository.pull()).await?;
            Ok(manifest.descriptor().clone())
        }
    }
}

/// Asks by HEAD what `at` points at.
pub(super) async fn head(repository: &Repository, at: &Selector, wanted: Scopes) -> Result<Head> {
    let server = repository.server().await?;
    let url = repository.url(&server, &format!("manifests/{at}"));
    let request = request(repository, url, Method::HEAD, wanted);
    let answer = repository.client.send(&server, &request).await?;
    match answer.status() {
        200 => described(repository, at, &answer),
        404 => Ok(Head::Absent),
        // Registries without HEAD, and presigned URLs made for GET alone.
        400 | 401 | 403 | 405 => Ok(Head::Vague),
        _ => {
            let name = display(repository, at);
            let error = answer.fail(repository.transport(), Thing::Manifest, name);
            Err(error.await)
        }
    }
}

fn described(repository: &Repository, at: &Selector, answer: &Response) -> Result<Head> {
    answer.refuse_html("a manifest")?;
    let media_type = answer.media_type().filter(|found| !found.is_vague());
    if media_type.as_ref().is_some_and(MediaType::is_schema1) {
        return Err(Error::Manifest {
            name: display(repository, at),
            source: ManifestError::Schema1,
        });
    }
    let stated = answer.header(CONTENT_DIGEST);
    let stated = stated.and_then(|text| text.trim().parse::<Digest>().ok());
    let digest = match at {
        Selector::Digest(digest) => Some(*digest),
        Selector::Tag(_) => stated,
    };
    let size = answer
        .length()
        .filter(|size| (1..=MAX_BYTES as u64).contains(size));
    Ok(match (media_type, digest, size) {
        (Some(media_type), Some(digest), Some(size)) if media_type.is_manifest() => {
            Head::Known(Box::new(Descriptor::new(media_type, digest, size)))
        }
        _ => Head::Vague,
    })
}

/// The manifest `at` points at, verified.
pub(super) async fn get(
    repository: &Repository,
    at: &Selector,
    wanted: Scopes,
) -> Result<Manifest> {
    let server = repository.server().await?;
    let url = repository.url(&server, &format!("manifests/{at}"));
    let request = request(repository, url, Method::GET, wanted).document(MAX_BYTES);
    let mut answer = repository.client.send(&server, &request).await?;
    let name = display(repository, at);
    if answer.status() != 200 {
        let error = answer.fail(repository.transport(), Thing::Manifest, name);
        return Err(error.await);
    }
    answer.refuse_html("a manifest")?;
    let wrong = |source| Error::Manifest {
        name: display(repository, at),
        source,
    };
    let media_type = answer.media_type();
    let bytes = answer
        .bounded(repository.transport(), MAX_BYTES)
        .await?
        .ok_or_else(|| wrong(ManifestError::TooLarge))?;
    if answer
        .length()
        .is_some_and(|length| length != bytes.len() as u64)
    {
        return Err(Error::Network {
            doing: answer.doing(),
            reason: "the answer ended early".to_owned(),
        });
    }
    let digest = verify(at, &bytes, answer.header(CONTENT_DIGEST))?;
    Manifest::read(bytes, media_type.as_ref(), digest).map_err(wrong)
}

/// The digest of what came: the one asked for, or else one of the bytes themselves.
fn verify(at: &Selector, bytes: &Bytes, stated: Option<&str>) -> Result<Digest> {
    if let Selector::Digest(expected) = at {
        let found = expected.same_algorithm_of(bytes);
        return if found == *expected {
            Ok(found)
        } else {
            Err(Error::DigestMismatch {
                expected: *expected,
                found,
            })
        };
    }
    let own = Digest::of(bytes);
    match stated.map(|text| text.trim().parse::<Digest>()) {
        Some(Ok(stated)) if stated.same_algorithm_of(bytes) == stated => Ok(stated),
        None => Ok(own),
        Some(_) => {
            // Registries behind caches have sent the digest of another form of the manifest. It is only a header.
            tracing::debug!(%own, "Docker-Content-Digest is wrong");
            Ok(own)
        }
    }
}

/// Whether the repository has a manifest.
pub(super) async fn has(repository: &Repository, what: &Descriptor) -> Result<bool> {
    let at = Selector::Digest(what.digest);
    match head(repository, &at, repository.push()).await {
        Ok(Head::Known(_)) => Ok(true),
        Ok(Head::Absent) | Err(Error::NotFound { .. } | Error::Refused { .. }) => Ok(false),
        Ok(Head::Vague) => match get(repository, &at, repository.push()).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
}

/// Writes a manifest under `tag`, or else under its digest. Returns whether the registry itself keeps the list of what
/// refers to its subject.
pub(super) async fn put(
    repository: &Repository,
    manifest: &Manifest,
    tag: Option<&Tag>,
) -> Result<bool> {
    let at = tag.map_or(Selector::Digest(*manifest.digest()), |tag| {
        Selector::Tag(tag.clone())
    });
    let server = repository.server().await?;
    let url = repository.url(&server, &format!("manifests/{at}"));
    let request = Request::new(Method::PUT, url, repository.push())
        .with_body(manifest.media_type().as_str(), manifest.bytes().clone());
    let answer = repository.client.send(&server, &request).await?;
    if !matches!(answer.status(), 200 | 201 | 202 | 204) {
        let what = if answer.status() == 404 {
            Thing::Repository
        } else {
            Thing::Manifest
        };
        let name = display(repository, &at);
        return Err(answer.fail(repository.transport(), what, name).await);
    }
    answer.refuse_html("a registry")?;
    let stated = answer.header(CONTENT_DIGEST);
    if let Some(Ok(found)) = stated.map(|text| text.trim().parse::<Digest>())
        && found.algorithm() == manifest.digest().algorithm()
        && found != *manifest.digest()
    {
        return Err(Error::DigestMismatch {
            expected: *manifest.digest(),
            found,
        });
    }
    Ok(answer.headers().contains_key(OCI_SUBJECT))
}

/// Deletes a manifest or a tag.
pub(super) async fn delete(repository: &Repository, at: &Selector) -> Result<()> {
    let server = repository.server().await?;
    let url = repository.url(&server, &format!("manifests/{at}"));
    // No `delete` is asked for: Quay does not read such a scope. Where it is needed the challenge says so.
    let request = Request::new(Method::DELETE, url, repository.push());
    let mut answer = repository.client.send(&server, &request).await?;
    match answer.status() {
        200 | 202 | 204 => Ok(()),
        400 | 405 | 501 => {
            let refused = answer.answer(repository.transport()).await;
            Err(Error::Unsupported {
                host: repository.name.host.clone(),
                what: match at {
                    Selector::Tag(_) => "to delete this tag alone",
                    Selector::Digest(_) => "to delete",
                },
                answer: Box::new(refused),
            })
        }
        _ => {
            let name = display(repository, at);
            Err(answer
                .fail(repository.transport(), Thing::Manifest, name)
                .await)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_asked_for_decides_over_every_header() {
        let (asked, other) = (Bytes::from_static(b"asked"), Bytes::from_static(b"other"));
        let at = Selector::Digest(Digest::of(&asked));
        assert!(verify(&at, &asked, Some("rubbish")).is_ok());
        let lie = Digest::of(&other).to_string();
        assert!(matches!(
            verify(&at, &other, Some(&lie)),
            Err(Error::DigestMismatch { .. })
        ));
    }

    #[test]
    fn a_tag_gets_the_digest_of_its_bytes() {
        let bytes = Bytes::from_static(b"{}");
        let at = Selector::Tag(Tag::latest());
        let own = Digest::of(&bytes);
        let sha512 = Digest::Sha512([0; 64]).same_algorithm_of(&bytes);
        let found = |stated: Option<&str>| verify(&at, &bytes, stated).unwrap();
        assert_eq!(found(None), own);
        assert_eq!(found(Some("abc")), own);
        assert_eq!(found(Some(&Digest::of(b"else").to_string())), own);
        assert_eq!(found(Some(&sha512.to_string())), sha512);
    }
}
