//! A blob on its way from one place, and from the next where that fails.

use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};

use super::{Place, Wanted};
use crate::error::{Error, Result};
use crate::oci::Descriptor;
use crate::registry::Repository;
use crate::store::BlobStream;

/// Bytes of a blob, from the first place that has them; where that breaks off, the rest from the next.
pub(in crate::registry) async fn blob(
    repository: &Repository,
    blob: &Descriptor,
    range: Range<u64>,
) -> Result<BlobStream> {
    let (place, stream) = ask(repository, blob, range).await?;
    if place + 1 == repository.places().len() {
        return Ok(stream);
    }
    let range = stream.range.clone();
    let relay = Relay {
        repository: repository.clone(),
        blob: blob.clone(),
        left: range.clone(),
        place,
        position: range.start,
        stream,
    };
    let bytes = stream::unfold(Some(relay), |relay| async {
        let mut relay = relay?;
        match relay.next().await {
            Ok(Some(bytes)) => Some((Ok(bytes), Some(relay))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    });
    let bytes: BoxStream<'static, Result<Bytes>> = bytes.boxed();
    Ok(BlobStream { range, bytes })
}

async fn ask(
    repository: &Repository,
    blob: &Descriptor,
    range: Range<u64>,
) -> Result<(usize, BlobStream)> {
    let wanted = Wanted::Blob(&blob.digest);
    let start = {
        let log = repository.log();
        log.blobs.get(&blob.digest).map_or(0, |known| known.start)
    };
    let ask = |there: Repository| {
        let range = range.clone();
        async move { crate::registry::blob::get(&there, blob, range).await }
    };
    repository.first(wanted, start, ask).await
}

/// A blob, or a range of it, that comes from a mirror.
struct Relay {
    repository: Repository,
    blob: Descriptor,
    /// What is still to come.
    left: Range<u64>,
    /// Which place it comes from now.
    place: usize,
    stream: BlobStream,
    /// Where in the blob the next bytes of the stream are.
    position: u64,
}

impl Relay {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        while !self.left.is_empty() || self.position == self.stream.range.end {
            match self.stream.bytes.next().await {
                None => break,
                Some(Ok(bytes)) => {
                    let bytes = self.cut(&bytes);
                    if bytes.is_empty() {
                        continue;
                    }
                    self.left.start += bytes.len() as u64;
                    self.serve();
                    return Ok(Some(bytes));
                }
                Some(Err(error)) => self.go_on(error).await?,
            }
        }
        Ok(None)
    }

    /// The part of the next `bytes` that is wanted: a place without ranges sends all of the blob.
    fn cut(&mut self, bytes: &Bytes) -> Bytes {
        let here = self.position..self.position + bytes.len() as u64;
        self.position = here.end;
        let index = |offset: u64| {
            let within = offset.clamp(here.start, here.end) - here.start;
            usize::try_from(within).unwrap_or(bytes.len())
        };
        bytes.slice(index(self.left.start)..index(self.left.end))
    }

    /// The mirror it comes from now; `None` when that is the last place.
    fn mirror(&self) -> Option<&Place> {
        let places = self.repository.places();
        let mirrors = places.split_last().map_or(&[][..], |(_, mirrors)| mirrors);
        mirrors.get(self.place)?.place.as_deref()
    }

    /// Notes where bytes came from.
    fn serve(&self) {
        if self.mirror().is_some() {
            let mut log = self.repository.log();
            let reading = log.blobs.entry(self.blob.digest).or_default();
            reading.served.insert(self.place);
        }
    }

    /// Has the rest come from the next place.
    async fn go_on(&mut self, error: Error) -> Result<()> {
        let Some(mirror) = self.mirror() else {
            return Err(error);
        };
        self.repository.complain(mirror, &error);
        let wanted = Wanted::Blob(&self.blob.digest);
        self.repository.pass(wanted, self.place);
        let rest = self.left.clone();
        (self.place, self.stream) = ask(&self.repository, &self.blob, rest).await?;
        self.position = self.stream.range.start;
        Ok(())
    }
}

/// What came of `blob` does not match its digest: the mirrors it came from are not asked for it again. Whether there were
/// any, so that it may come right from another place.
pub(in crate::registry) fn doubt(repository: &Repository, blob: &Descriptor) -> bool {
    let served = {
        let mut log = repository.log();
        let reading = log.blobs.entry(blob.digest).or_default();
        let served = std::mem::take(&mut reading.served);
        let next = served.last().map_or(0, |last| last + 1);
        reading.start = reading.start.max(next);
        served
    };
    for at in &served {
        if let Some(place) = &repository.places()[*at].place {
            let expected = blob.digest;
            let reason = format!("it sent other content than {expected}");
            let doing = format!("reading {expected}");
            repository.complain(place, &Error::Malformed { doing, reason });
        }
    }
    !served.is_empty()
}
