//! Writing blobs: begin, chunks, status, commit, cancel, mount (distribution-spec, "Pushing Blobs").
//!
//! 1. `POST blobs/uploads/` begins (202), or takes the whole blob (`?digest=`, 201), or mounts (`?mount=`, 201).
//! 2. `PATCH <Location>` adds a chunk: in order when it has a `Content-Range`, else behind what is there.
//! 3. `GET <Location>` says how many bytes are here, `DELETE <Location>` drops them.
//! 4. `PUT <Location>?digest=` adds what it carries, checks the digest, and makes the blob visible.
//!
//! Bodies go to the disk as they come. Nothing is a blob before its digest was found right.

use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, Method, StatusCode};

use super::body::Chunks;
use super::error::{Answer, Code, Refusal};
use super::path::Place;
use super::session::{self, Session, Turn};
use super::{Call, DIGEST, range};
use crate::oci::Digest;
use crate::store::layout::Layout;

/// The id of an upload by itself; old docker clients want it.
const UPLOAD_ID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// `blobs/uploads/`
pub(super) async fn begin(call: Call, body: Body) -> Answer {
    if call.method != Method::POST {
        return Err(Refusal::method("POST"));
    }
    if let Some(digest) = call.parameters.first("mount") {
        let digest = super::path::read_digest(digest)?;
        // The store is one for all repositories (see `serve`), so whatever is here can be mounted from anywhere.
        if call.service.size_of(digest).await?.is_some() {
            return Ok(created(&call.place, &digest));
        }
    } else if call.parameters.first("digest").is_some() {
        return whole(call, body).await;
    }
    let id = call.service.sessions.begin(&call.place.name)?;
    Ok(progress(StatusCode::ACCEPTED, &call.place, &id, 0))
}

/// The whole blob in one request.
async fn whole(call: Call, body: Body) -> Answer {
    let digest = call.parameters.digest()?;
    let mut body = Chunks::of(body);
    let mut upload = session::begin(&call.service.layout).await?;
    while let Some(bytes) = body.next().await? {
        upload.append(bytes).await?;
    }
    session::commit(&call.service.layout, upload, &digest).await?;
    Ok(created(&call.place, &digest))
}

/// `blobs/uploads/<id>`
pub(super) async fn go_on(call: Call, body: Body, id: String) -> Answer {
    let session = call.service.sessions.find(&id, &call.place.name)?;
    match call.method {
        Method::GET | Method::HEAD => {
            let received = session.settled().await;
            Ok(progress(StatusCode::NO_CONTENT, &call.place, &id, received))
        }
        Method::PATCH => {
            let turn = receive(body, &call.headers, session, &call.service.layout)
                .await
                .map_err(|refusal| refusal.at(&call.place, &id))?;
            Ok(progress(
                StatusCode::ACCEPTED,
                &call.place,
                &id,
                turn.received(),
            ))
        }
        Method::PUT => {
            let digest = call.parameters.digest()?;
            let turn = receive(body, &call.headers, session, &call.service.layout)
                .await
                .map_err(|refusal| refusal.at(&call.place, &id))?;
            call.service.sessions.end(&id);
            turn.commit(&call.service.layout, &digest).await?;
            Ok(created(&call.place, &digest))
        }
        Method::DELETE => {
            session.take().await?.cancel();
            call.service.sessions.end(&id);
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        _ => Err(Refusal::method("GET, HEAD, PATCH, PUT, DELETE")),
    }
}

/// Why a body was not taken in, or not all of it; `received` when the client has to go on from another byte.
struct Broken {
    refusal: Refusal,
    received: Option<u64>,
}

impl Broken {
    /// With where to go on, when that is the point.
    fn at(self, place: &Place, id: &str) -> Refusal {
        match self.received {
            Some(received) => self.refusal.with_all(whereabouts(place, id, received)),
            None => self.refusal,
        }
    }
}

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Self {
        Self {
            refusal,
            received: None,
        }
    }
}

/// Takes in the body of a PATCH or PUT.
async fn receive(
    body: Body,
    headers: &HeaderMap,
    session: Arc<Session>,
    layout: &Layout,
) -> Result<Turn, Broken> {
    let mut turn = session.take().await?;
    let chunk = announced(headers)?;
    if let Some(chunk) = &chunk
        && chunk.start != turn.received()
    {
        return Err(Broken {
            received: Some(turn.received()),
            refusal: Refusal::new(
                StatusCode::RANGE_NOT_SATISFIABLE,
                Code::BlobUploadInvalid,
                format!("the next byte is number {}", turn.received()),
            ),
        });
    }
    let length = chunk.map(|chunk| chunk.end - chunk.start);
    turn.receive(layout, Chunks::of(body), length).await?;
    Ok(turn)
}

/// What `Content-Range` says about the body, checked against its `Content-Length`.
fn announced(headers: &HeaderMap) -> Result<Option<std::ops::Range<u64>>, Refusal> {
    let Some(header) = headers.get(CONTENT_RANGE) else {
        return Ok(None);
    };
    let Some(chunk) = header.to_str().ok().and_then(range::chunk) else {
        return Err(Refusal::invalid(
            Code::BlobUploadInvalid,
            "Content-Range is written first-last",
        ));
    };
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length != chunk.end - chunk.start) {
        return Err(Refusal::invalid(
            Code::SizeInvalid,
            "Content-Length and Content-Range disagree",
        ));
    }
    Ok(Some(chunk))
}

/// 201: the blob is here.
fn created(place: &Place, digest: &Digest) -> Response {
    let location = super::ascii(format!("/v2/{}/blobs/{digest}", place.path));
    let headers = [
        (LOCATION, location),
        (DIGEST, super::ascii(digest.to_string())),
    ];
    (StatusCode::CREATED, headers).into_response()
}

/// An answer that says where to go on and from which byte.
fn progress(status: StatusCode, place: &Place, id: &str, received: u64) -> Response {
    (status, whereabouts(place, id, received)).into_response()
}

fn whereabouts(place: &Place, id: &str, received: u64) -> HeaderMap {
    // Of nothing there is no last byte; `0-0` is what registries say then, and it means one byte too.
    let last = received.saturating_sub(1);
    let location = super::ascii(format!("/v2/{}/blobs/uploads/{id}", place.path));
    HeaderMap::from_iter([
        (LOCATION, location),
        (RANGE, super::ascii(format!("0-{last}"))),
        (UPLOAD_ID, super::ascii(id.to_owned())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn said(range: &str, length: &str) -> Result<Option<std::ops::Range<u64>>, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_RANGE, HeaderValue::from_str(range).unwrap());
        headers.insert(CONTENT_LENGTH, HeaderValue::from_str(length).unwrap());
        announced(&headers)
    }

    #[test]
    fn a_chunk_is_as_long_as_it_says() {
        assert_eq!(said("5-9", "5").unwrap(), Some(5..10));
        assert!(said("5-9", "4").is_err());
        assert!(said("bytes 5-9/10", "5").is_err());
        assert_eq!(announced(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn the_range_counts_from_zero_to_the_last_byte() {
        let place = Place {
            name: "a".parse().unwrap(),
            path: "a".to_owned(),
        };
        for (received, range) in [(0, "0-0"), (1, "0-0"), (1000, "0-999")] {
            assert_eq!(whereabouts(&place, "x", received)[RANGE], range);
        }
        assert_eq!(
            whereabouts(&place, "x", 0)[LOCATION],
            "/v2/a/blobs/uploads/x"
        );
    }
}
