//! Reading and deleting blobs (distribution-spec, "Pulling blobs", "Deleting Blobs"; RFC 9110, section 14).
//!
//! A blob is streamed from the disk in small buffers, all of it or one range.

use std::ops::Range;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::error::{Answer, Code, Refusal};
use super::range::Wanted;
use super::{Call, DIGEST, range};
use crate::error::Error;
use crate::oci::{Descriptor, Digest, MediaType};
use crate::store::Source as _;
use crate::store::partial::on_blocking_pool;

/// `blobs/<digest>`
pub(super) async fn answer(call: Call, digest: Digest) -> Answer {
    match call.method {
        Method::GET | Method::HEAD => read(call, digest).await,
        Method::DELETE => delete(call, digest).await,
        _ => Err(Refusal::method("GET, HEAD, DELETE")),
    }
}

async fn read(call: Call, digest: Digest) -> Answer {
    let Some(size) = call.service.size_of(digest).await? else {
        return Err(unknown(&digest));
    };
    let etag = super::ascii(format!("\"{digest}\""));
    let mut headers = HeaderMap::from_iter([
        (
            CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        ),
        (ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (DIGEST, super::ascii(digest.to_string())),
        (ETAG, etag.clone()),
    ]);
    // A condition that does not name this content asks for all of it (RFC 9110 13.1.5); only GET has ranges.
    let conditional = call.headers.get(IF_RANGE).is_none_or(|known| known == etag);
    let header = call
        .headers
        .get(RANGE)
        .and_then(|range| range.to_str().ok());
    let wanted = match header.filter(|_| conditional && call.method == Method::GET) {
        Some(header) => range::wanted(Some(header), size),
        None => Wanted::All,
    };
    let (status, part) = match wanted {
        Wanted::All => (StatusCode::OK, 0..size),
        Wanted::Part(part) => {
            let text = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            headers.insert(CONTENT_RANGE, super::ascii(text));
            (StatusCode::PARTIAL_CONTENT, part)
        }
        Wanted::Nothing => return Err(beyond(size)),
    };
    headers.insert(CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    let body = if call.method == Method::HEAD {
        Body::empty()
    } else {
        stream(
            &call,
            Descriptor::new(MediaType::OCTET_STREAM, digest, size),
            part,
        )
        .await?
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

async fn stream(call: &Call, blob: Descriptor, part: Range<u64>) -> Result<Body, Refusal> {
    let at = call.service.layout.at(&call.place.name);
    let stream = at.blob(&blob, part.clone()).await?;
    if stream.range != part {
        let reason = format!(
            "the store read {:?} where {part:?} was wanted",
            stream.range
        );
        return Err(Error::Machine(reason).into());
    }
    Ok(Body::from_stream(stream.bytes))
}

fn beyond(size: u64) -> Refusal {
    Refusal::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        Code::SizeInvalid,
        format!("the blob has {size} bytes"),
    )
    .with(CONTENT_RANGE, super::ascii(format!("bytes */{size}")))
}

async fn delete(call: Call, digest: Digest) -> Answer {
    let layout = call.service.layout.clone();
    match on_blocking_pool(move || layout.discard(&digest)).await {
        Ok(true) => Ok(StatusCode::ACCEPTED.into_response()),
        Ok(false) => Err(unknown(&digest)),
        Err(Error::Conflict { .. }) => Err(Refusal::unsupported(
            "an image or a running command uses this blob",
        )),
        Err(error) => Err(error.into()),
    }
}

fn unknown(digest: &Digest) -> Refusal {
    Refusal::absent(Code::BlobUnknown, format!("there is no blob {digest}"))
}
