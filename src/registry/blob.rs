//! Blobs of a repository: HEAD and GET, whole or in ranges (distribution-spec, "Pulling blobs"; RFC 9110, section 14).
//!
//! A range is believed only if the status is 206 and `Content-Range` names exactly the first byte asked for and the
//! size of the descriptor. A registry that answers otherwise is not asked for ranges again, and the blob comes whole.
//! Where a strong `ETag` was seen, a later range is asked for on condition that it still holds (`If-Range`, RFC 9110,
//! section 13.1.5), so that a mirror with other content sends all of it. A tag that did not hold once is no reason to
//! go without ranges: servers behind one name may each have their own, and the digest decides in the end.
//! No more bytes are passed on than the range has; fewer are a transient error.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest::Method;
use reqwest::header::{CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use url::Url;

use super::answer::Response;
use super::endpoint::Server;
use super::http::Course;
use super::request::Request;
use super::retry::is_temporary;
use super::{Client, Repository, foreign};
use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest};
use crate::store::BlobStream;

/// The largest buffer passed on, in bytes (the contract of `store`).
const MAX_BUFFER: usize = 256 << 10;

/// The strong `ETag` of each blob in this run; `None` where it changed, and is not relied on any more.
#[derive(Debug, Default)]
pub(super) struct Versions(Mutex<HashMap<Digest, Option<String>>>);

impl Versions {
    /// What a range of `blob` is to be of.
    fn expected(&self, blob: &Digest) -> Option<String> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(blob).cloned().flatten()
    }

    /// Takes note of what an answer with `blob`, or a part of it, says. Whether it is what was known before.
    fn saw(&self, blob: &Digest, answer: &Response) -> bool {
        let tag = answer.header(ETAG).filter(|tag| is_strong(tag));
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match (seen.get_mut(blob), tag) {
            (None, Some(tag)) => {
                seen.insert(*blob, Some(tag.to_owned()));
                true
            }
            (Some(known), tag) if known.is_some() && known.as_deref() != tag => {
                *known = None;
                false
            }
            _ => true,
        }
    }
}

/// Whether an `ETag` promises the same bytes (RFC 9110, section 8.8.3).
fn is_strong(tag: &str) -> bool {
    tag.len() >= 2 && tag.starts_with('"') && tag.ends_with('"')
}

/// Where a blob is asked for, and what is known of that place.
pub(super) struct Place<'a> {
    pub(super) url: Url,
    /// An address that the image's own manifest lists: it learns nothing about who is asking.
    pub(super) foreign: bool,
    /// Whether it was seen to ignore or to garble ranges.
    pub(super) ignores_ranges: &'a AtomicBool,
    pub(super) versions: &'a Versions,
}

/// Bytes of a blob, from the registry; one that it lacks from where the user allowed it to be fetched.
pub(super) async fn get(
    repository: &Repository,
    blob: &Descriptor,
    range: Range<u64>,
) -> Result<BlobStream> {
    let server = repository.server().await?;
    if range.is_empty() && blob.size > 0 {
        return Ok(BlobStream {
            range,
            bytes: stream::empty().boxed(),
        });
    }
    let outside = repository.outside.as_deref();
    if let Some(outside) = outside.filter(|outside| outside.holds(&blob.digest)) {
        return foreign::get(repository, &server, outside, blob, &range).await;
    }
    let registry = Place {
        url: repository.url(&server, &format!("blobs/{}", blob.digest)),
        foreign: false,
        ignores_ranges: &server.ignores_ranges,
        versions: &server.versions,
    };
    match (
        fetch(repository, &server, &registry, blob, range.clone()).await,
        outside,
    ) {
        (Err(Error::Foreign { .. }), Some(outside)) => {
            foreign::get(repository, &server, outside, blob, &range).await
        }
        (fetched, _) => fetched,
    }
}

/// Bytes of a blob, from one place.
pub(super) async fn fetch(
    repository: &Repository,
    server: &Arc<Server>,
    place: &Place<'_>,
    blob: &Descriptor,
    range: Range<u64>,
) -> Result<BlobStream> {
    let whole = 0..blob.size;
    if range != whole && !place.ignores_ranges.load(Ordering::Relaxed) {
        let answer = ask(repository, server, place, blob, Some(&range)).await?;
        let same =
            !matches!(answer.status(), 200 | 206) || place.versions.saw(&blob.digest, &answer);
        match answer.status() {
            206 if covers(&answer, &range, blob.size) => {
                return Ok(stream(repository, answer, blob, range));
            }
            200 if !same => {
                tracing::debug!(digest = %blob.digest, "the registry has another version");
                return whole_of(repository, answer, blob);
            }
            200 => {
                place.ignores_ranges.store(true, Ordering::Relaxed);
                tracing::debug!(host = ?answer.url().host_str(), "ranges are ignored");
                return whole_of(repository, answer, blob);
            }
            206 | 416 => {
                place.ignores_ranges.store(true, Ordering::Relaxed);
                let told = answer.told(CONTENT_RANGE);
                tracing::debug!(
                    ?range,
                    ?told,
                    status = answer.status(),
                    "ranges cannot be trusted"
                );
            }
            _ => return Err(refused(repository, answer, place.foreign, blob).await),
        }
    }
    let answer = ask(repository, server, place, blob, None).await?;
    if matches!(answer.status(), 200 | 206) {
        place.versions.saw(&blob.digest, &answer);
    }
    match answer.status() {
        200 => whole_of(repository, answer, blob),
        206 if covers(&answer, &whole, blob.size) => Ok(stream(repository, answer, blob, whole)),
        206 => Err(answer.malformed("sent a part of the blob although all of it was asked for")),
        _ => Err(refused(repository, answer, place.foreign, blob).await),
    }
}

async fn ask(
    repository: &Repository,
    server: &Arc<Server>,
    place: &Place<'_>,
    blob: &Descriptor,
    range: Option<&Range<u64>>,
) -> Result<Response> {
    let mut request = Request::new(Method::GET, place.url.clone(), repository.pull());
    if let Some(range) = range {
        let closed = format!("bytes={}-{}", range.start, range.end - 1);
        request = request.with(RANGE, &closed);
        if let Some(tag) = place.versions.expected(&blob.digest) {
            request = request.with(IF_RANGE, &tag);
        }
    }
    if place.foreign {
        let sent = repository
            .client
            .deliver(server, &request, None, Course::Foreign);
        return sent.await;
    }
    repository.client.send(server, &request).await
}

async fn refused(
    repository: &Repository,
    mut answer: Response,
    foreign: bool,
    blob: &Descriptor,
) -> Error {
    if foreign && !is_temporary(answer.status()) {
        // Not the registry's word: a 401 there is about nobody's rights here.
        let answer = Box::new(answer.answer(repository.transport()).await);
        return Error::Refused { answer };
    }
    if answer.status() == 404 && !blob.urls.is_empty() {
        return Error::Foreign {
            host: repository.name.host.clone(),
            digest: blob.digest,
            refusals: None,
        };
    }
    let name = blob.digest.to_string();
    answer.fail(repository.transport(), Thing::Blob, name).await
}

/// The answer as the whole blob, if its length is not already wrong.
fn whole_of(repository: &Repository, answer: Response, blob: &Descriptor) -> Result<BlobStream> {
    if let Some(found) = answer.length().filter(|length| *length != blob.size) {
        answer.refuse_html("a blob")?;
        return Err(Error::SizeMismatch {
            digest: blob.digest,
            expected: blob.size,
            found,
        });
    }
    Ok(stream(repository, answer, blob, 0..blob.size))
}

/// Whether a 206 carries exactly `range` of something of `size` bytes.
fn covers(answer: &Response, range: &Range<u64>, size: u64) -> bool {
    let told = answer.header(CONTENT_RANGE).and_then(content_range);
    let length = range.end - range.start;
    told == Some((range.start, range.end - 1, size))
        && answer.length().is_none_or(|stated| stated == length)
}

/// Reads `bytes first-last/total`. A total of `*` tells too little.
fn content_range(value: &str) -> Option<(u64, u64, u64)> {
    let number = |text: &str| -> Option<u64> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    let (unit, rest) = value.trim().split_once([' ', '='])?;
    let (range, total) = rest.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total) = (number(first)?, number(last)?, number(total)?);
    (unit.eq_ignore_ascii_case("bytes") && first <= last && last < total)
        .then_some((first, last, total))
}

/// A body on its way.
struct Body {
    client: Client,
    answer: Response,
    blob: Descriptor,
    range: Range<u64>,
    left: u64,
    buffered: Bytes,
}

fn stream(
    repository: &Repository,
    answer: Response,
    blob: &Descriptor,
    range: Range<u64>,
) -> BlobStream {
    let body = Body {
        client: repository.client.clone(),
        answer,
        blob: blob.clone(),
        range: range.clone(),
        left: range.end - range.start,
        buffered: Bytes::new(),
    };
    let bytes: BoxStream<'static, Result<Bytes>> = stream::unfold(Some(body), |body| async {
        let mut body = body?;
        match body.next().await {
            Ok(Some(bytes)) => Some((Ok(bytes), Some(body))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
    .boxed();
    BlobStream { range, bytes }
}

impl Body {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.buffered.is_empty() {
            let Some(chunk) = self.answer.chunk(self.client.transport()).await? else {
                return self.end();
            };
            if chunk.len() as u64 > self.left {
                return Err(self.surplus());
            }
            self.left -= chunk.len() as u64;
            self.buffered = chunk;
        }
        let bytes = self.buffered.split_to(self.buffered.len().min(MAX_BUFFER));
        self.client.throttle(bytes.len()).await;
        Ok(Some(bytes))
    }

    fn end(&self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        Err(Error::Network {
            doing: self.answer.doing(),
            reason: format!("the answer ended {} bytes early", self.left),
        })
    }

    fn surplus(&self) -> Error {
        if self.range == (0..self.blob.size) {
            return Error::SizeMismatch {
                digest: self.blob.digest,
                expected: self.blob.size,
                found: self.blob.size + 1,
            };
        }
        self.answer
            .malformed("sent more bytes than the range it said it would send")
    }
}

/// Whether the repository has a blob. A redirect answers that already: it leads to the blob.
pub(super) async fn has(repository: &Repository, blob: &Descriptor) -> Result<bool> {
    let server = repository.server().await?;
    let url = repository.url(&server, &format!("blobs/{}", blob.digest));
    let mut request = Request::new(Method::HEAD, url, repository.push());
    request.abroad = false;
    let answer = repository.client.send(&server, &request).await?;
    match answer.status() {
        200 => Ok(answer.length().is_none_or(|length| length == blob.size)),
        300..=399 => Ok(true),
        // What cannot be asked about is sent; a registry that takes no blobs says so then.
        400 | 403 | 404 | 405 => Ok(false),
        _ => Err(refused(repository, answer, false, blob).await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_range_is_exact_or_nothing() {
        assert_eq!(content_range("bytes 0-9/10"), Some((0, 9, 10)));
        assert_eq!(content_range(" Bytes 5-9/10 "), Some((5, 9, 10)));
        for bad in [
            "bytes 0-9/*",
            "bytes */10",
            "bytes 9-5/10",
            "bytes 0-10/10",
            "0-9/10",
            "bytes -1-9/10",
            "bytes +1-9/10",
            "items 0-9/10",
            "bytes 0-9",
            "bytes 0-99999999999999999999/10",
            "",
        ] {
            assert_eq!(content_range(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(first in 0u64..1000, more in 0u64..1000, rest in 1u64..1000) {
            let (last, total) = (first + more, first + more + rest);
            let text = format!("bytes {first}-{last}/{total}");
            proptest::prop_assert_eq!(content_range(&text), Some((first, last, total)));
        }

        #[test]
        fn any_text_is_read_without_harm(text in "[bytes 0-9/*=-]{0,30}") {
            if let Some((first, last, total)) = content_range(&text) {
                proptest::prop_assert!(first <= last && last < total);
            }
        }
    }
}
