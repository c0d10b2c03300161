//! Foreign layers: blobs that a registry does not hold and whose descriptors list addresses elsewhere (image-spec,
//! `urls`; Windows base layers). They are fetched from there only where the user allowed it.
//!
//! Whoever made the image chose the addresses, so nothing of the user's goes there: no `Authorization`, not even after
//! a 401, and no client certificate (CVE-2020-15157 was a client that answered such a 401). Only http and https, and
//! no address of a private network unless the registry itself is on one. What comes is checked like every blob.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use super::blob::{self, Place, Versions};
use super::endpoint::Server;
use super::{Repository, origin};
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest};
use crate::store::BlobStream;

/// The most addresses of one layer that are tried.
const MAX_ADDRESSES: usize = 8;

/// What was learnt about blobs that lie outside of a registry.
#[derive(Default)]
pub(super) struct Outside {
    /// Blobs that the registry was found to lack, and which of their addresses gave them last.
    known: Mutex<HashMap<Digest, usize>>,
    ignores_ranges: AtomicBool,
    versions: Versions,
}

impl Outside {
    /// Whether the registry was found to lack `blob`.
    pub(super) fn holds(&self, blob: &Digest) -> bool {
        self.known().contains_key(blob)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, usize>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes of a blob that the registry lacks, from the first of its addresses that gives them.
pub(super) async fn get(
    repository: &Repository,
    server: &Arc<Server>,
    outside: &Outside,
    blob: &Descriptor,
    range: &Range<u64>,
) -> Result<BlobStream> {
    let first = *outside.known().entry(blob.digest).or_default();
    let count = blob.urls.len().min(MAX_ADDRESSES);
    let mut refusals = Vec::new();
    let mut failure: Option<Error> = None;
    for at in (0..count).map(|next| (first + next) % count) {
        let url = match origin::foreign(&server.base, &blob.urls[at]) {
            Ok(url) => url,
            Err(reason) => {
                refusals.push(reason);
                continue;
            }
        };
        let place = Place {
            url,
            foreign: true,
            ignores_ranges: &outside.ignores_ranges,
            versions: &outside.versions,
        };
        match blob::fetch(repository, server, &place, blob, range.clone()).await {
            Ok(stream) => {
                outside.known().insert(blob.digest, at);
                return Ok(stream);
            }
            Err(Error::Refused { answer }) => refusals.push(answer.to_string()),
            // One that may work later is the one worth telling: then all of them are asked again.
            Err(error) if failure.as_ref().is_none_or(|told| !told.is_transient()) => {
                failure = Some(error);
            }
            Err(_) => {}
        }
    }
    Err(failure.unwrap_or_else(|| Error::Foreign {
        host: repository.name.host.clone(),
        digest: blob.digest,
        refusals: Some(refusals.join("; ")),
    }))
}
