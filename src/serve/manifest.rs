//! Manifests: read, write and delete, by tag or digest (distribution-spec, "Pulling manifests", "Pushing Manifests",
//! "Deleting Manifests").
//!
//! A manifest is written only when it is one (exact bytes, its type, one shape), hashes to the digest it came under,
//! and everything it points at is here with the size it says. Only layers that may live elsewhere, and subjects,
//! may be absent.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::body::Chunks;
use super::error::{Answer, Code, Refusal};
use super::path::selector;
use super::{Call, DIGEST};
use crate::error::Error;
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Selector, manifest::MAX_BYTES};
use crate::store::partial::on_blocking_pool;
use crate::store::{Sink as _, Source};

/// Tells the client that the registry links a manifest to its subject by itself.
const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");

/// `manifests/<reference>`
pub(super) async fn answer(call: Call, body: Body, reference: String) -> Answer {
    let at = selector(&reference, call.method == Method::PUT)?;
    match call.method {
        Method::GET => get(call, at).await,
        Method::HEAD => head(call, at).await,
        Method::PUT => put(call, body, at).await,
        Method::DELETE => delete(call, at).await,
        _ => Err(Refusal::method("GET, HEAD, PUT, DELETE")),
    }
}

async fn get(call: Call, at: Selector) -> Answer {
    found(&call, &at).await?;
    let repository = call.service.layout.at(&call.place.name);
    let manifest = repository
        .manifest(&at)
        .await
        .map_err(|error| misread(error, &at))?;
    let body = Body::from(manifest.bytes().clone());
    Ok((described(manifest.descriptor()), body).into_response())
}

async fn head(call: Call, at: Selector) -> Answer {
    found(&call, &at).await?;
    let repository = call.service.layout.at(&call.place.name);
    let descriptor = Source::resolve(&repository, &at)
        .await
        .map_err(|error| misread(error, &at))?;
    Ok(described(&descriptor).into_response())
}

/// Refuses digests of content that is not here or too large to be a manifest before any of it is read.
async fn found(call: &Call, at: &Selector) -> Result<(), Refusal> {
    if let Selector::Digest(digest) = at {
        let size = call.service.size_of(*digest).await?;
        size.filter(|size| *size <= MAX_BYTES as u64)
            .ok_or_else(|| unknown(at))?;
    }
    Ok(())
}

/// Manifests and blobs lie side by side in the store: the digest of a blob names no manifest.
fn misread(error: Error, at: &Selector) -> Refusal {
    match (error, at) {
        (Error::Manifest { .. }, Selector::Digest(_)) => unknown(at),
        (error, _) => error.into(),
    }
}

fn unknown(at: &Selector) -> Refusal {
    Refusal::absent(
        Code::ManifestUnknown,
        format!("there is no manifest {at} here"),
    )
}

fn described(descriptor: &Descriptor) -> HeaderMap {
    let digest = descriptor.digest.to_string();
    let mut headers = HeaderMap::from_iter([
        (CONTENT_LENGTH, HeaderValue::from(descriptor.size)),
        (ETAG, super::ascii(format!("\"{digest}\""))),
        (DIGEST, super::ascii(digest)),
    ]);
    // The type comes from a document: where it is no header value it is left out.
    if let Ok(media_type) = HeaderValue::from_str(descriptor.media_type.as_str()) {
        headers.insert(CONTENT_TYPE, media_type);
    }
    headers
}

async fn put(call: Call, body: Body, at: Selector) -> Answer {
    let stated = call
        .headers
        .get(CONTENT_TYPE)
        .map(|value| MediaType::from_header(&String::from_utf8_lossy(value.as_bytes())));
    let announced = call
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let body = if announced.is_some_and(|length| length > MAX_BYTES) {
        None
    } else {
        Chunks::of(body).collect(MAX_BYTES).await?
    };
    let bytes = body.ok_or_else(too_large)?;
    let digest = match &at {
        Selector::Digest(expected) => expected.same_algorithm_of(&bytes),
        Selector::Tag(_) => Digest::of(&bytes),
    };
    let tag = match &at {
        Selector::Digest(expected) if *expected != digest => {
            let message = format!("the manifest hashes to {digest}");
            return Err(Refusal::invalid(Code::DigestInvalid, message));
        }
        Selector::Digest(_) => None,
        Selector::Tag(tag) => Some(tag),
    };
    let manifest = Manifest::read(bytes, stated.as_ref(), digest)
        .map_err(|error| Refusal::invalid(Code::ManifestInvalid, error.to_string()))?;
    let repository = call.service.layout.at(&call.place.name);
    let owed: Vec<Descriptor> = owed(&manifest).cloned().collect();
    present(&call, &owed).await?;
    // From here nobody may remove what was found; what went in between is found missing by the second look.
    repository.reserve(&owed).await?;
    present(&call, &owed).await?;
    repository.put_manifest(&manifest, tag).await?;
    Ok(created(&call.place.path, &manifest))
}

fn created(path: &str, manifest: &Manifest) -> Response {
    let digest = manifest.digest().to_string();
    let mut headers = HeaderMap::from_iter([
        (
            LOCATION,
            super::ascii(format!("/v2/{path}/manifests/{digest}")),
        ),
        (DIGEST, super::ascii(digest)),
    ]);
    if let Some(subject) = manifest.subject() {
        headers.insert(SUBJECT, super::ascii(subject.digest.to_string()));
    }
    (StatusCode::CREATED, headers).into_response()
}

/// What must be here before a manifest may be.
fn owed(manifest: &Manifest) -> impl Iterator<Item = &Descriptor> {
    manifest
        .children()
        .filter(|child| !child.media_type.is_foreign_layer())
}

/// Looks whether everything in `owed` is here.
async fn present(call: &Call, owed: &[Descriptor]) -> Result<(), Refusal> {
    for child in owed {
        match call.service.size_of(child.digest).await? {
            Some(size) if size == child.size => {}
            Some(size) => {
                let message = format!("{} has {size} bytes, not {}", child.digest, child.size);
                return Err(Refusal::invalid(Code::ManifestInvalid, message));
            }
            None => {
                let message = format!("{} was not pushed", child.digest);
                return Err(Refusal::invalid(Code::ManifestBlobUnknown, message));
            }
        }
    }
    Ok(())
}

fn too_large() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        Code::ManifestInvalid,
        format!("a manifest has at most {MAX_BYTES} bytes"),
    )
}

async fn delete(call: Call, at: Selector) -> Answer {
    let (layout, name) = (call.service.layout.clone(), call.place.name.clone());
    let wanted = at.clone();
    if on_blocking_pool(move || layout.untag(&name, &wanted)).await? {
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    Err(unknown(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_foreign_layers_of_an_image_may_be_absent() {
        let child = |kind: &str, seed: &str| {
            let digest = Digest::of(seed.as_bytes());
            format!(r#"{{"mediaType":"{kind}","digest":"{digest}","size":1}}"#)
        };
        let image = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{},{}]}}"#,
            child("a/config", "c"),
            child(
                "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
                "f"
            ),
            child("a/layer", "l"),
        );
        let manifest = Manifest::parse(image, None).unwrap();
        let owed: Vec<Digest> = owed(&manifest).map(|child| child.digest).collect();
        assert_eq!(owed, [Digest::of(b"c"), Digest::of(b"l")]);
    }
}
