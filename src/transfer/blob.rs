//! One blob from a source to a sink.
//!
//! A loop over the writer's `missing()`: when it is empty, commit; else move those ranges; after a transient error ask
//! again, and give up after a number of rounds without progress. So parallel chunks, resume after a kill and resume
//! after a broken connection are the same few lines.
//!
//! Doubt about ranges (a digest that does not match though the blob came in pieces, an answer that does not fit the
//! question) is settled by fetching the blob once in one plain stream; after that it is an error.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::store::ranges::Ranges;
use crate::store::{BlobStream, BlobWriter, Sink, Source};

use super::{Blob, Options};

const MIN_REQUEST: u64 = 8 << 20; // bytes a lane asks for at once: what is under way at a kill is at most this, a lane
const MAX_REQUEST: u64 = 64 << 20; // or this, where a lane is fast: each request costs the registry some milliseconds
const REQUEST_TIME: Duration = Duration::from_millis(250); // what a request should take
const MAX_WAIT: Duration = Duration::from_secs(30);
const ENOUGH: u64 = 1 << 20; // bytes of progress that refill the budget of tries

/// Moves the blobs of one copy.
pub(super) struct Mover<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) sink: &'a dyn Sink,
    pub(super) options: &'a Options<'a>,
    pub(super) lanes: &'a Semaphore,
}

/// How a lane ended.
enum Lane<'a> {
    /// Nothing is left to take.
    Finished,
    /// The source sends the whole blob whatever it is asked for: one lane goes on with this, the others stop.
    Whole(BlobStream, SemaphorePermit<'a>),
}

/// What has become of one blob so far.
struct Course<'a> {
    blob: &'a Blob,
    writer: &'a dyn BlobWriter,
    /// Bytes written since the budget of tries was last refilled.
    progress: Mutex<u64>,
}

impl Mover<'_> {
    /// Brings `blob` to the sink, unless it is there, can be mounted, or arrives by another's hand.
    pub(super) async fn move_blob(&self, blob: &Blob) -> Result<()> {
        let observer = self.options.observer;
        if self.sink.has(&blob.descriptor).await? {
            blob.tell(observer, Step::Exists);
            return Ok(());
        }
        let origins = self.source.origins(&blob.descriptor).await;
        if let Some(from) = self.sink.mount(&blob.descriptor, &origins).await? {
            blob.tell(observer, Step::Mounted { from });
            return Ok(());
        }
        let writer = self.sink.begin(&blob.descriptor).await?;
        self.fill(blob, &*writer).await?;
        blob.tell(observer, Step::Done);
        Ok(())
    }

    async fn fill(&self, blob: &Blob, writer: &dyn BlobWriter) -> Result<()> {
        let size = blob.descriptor.size;
        let course = Course {
            blob,
            writer,
            progress: Mutex::new(0),
        };
        let absent = total(&writer.missing().await?);
        blob.tell(
            self.options.observer,
            Step::Started {
                size,
                resumed: size - absent.min(size),
            },
        );
        let mut in_pieces = absent < size;
        let mut plain = false;
        let mut tries = 0;
        loop {
            let Err(error) = self.round(&course, plain, &mut in_pieces).await else {
                return Ok(());
            };
            let doubtful = matches!(
                error,
                Error::DigestMismatch { .. } | Error::Malformed { .. }
            );
            if doubtful && in_pieces && !plain {
                plain = true;
                self.retrying(blob, &error, Duration::ZERO);
                if matches!(error, Error::DigestMismatch { .. }) {
                    blob.tell(self.options.observer, Step::Rewound { bytes: size });
                }
                continue;
            }
            if !error.is_transient() {
                return Err(error);
            }
            if course.take_progress() {
                tries = 0;
            }
            if tries == self.options.retries {
                return Err(error);
            }
            let wait = backoff(self.options.retry_base, tries);
            tries += 1;
            self.retrying(blob, &error, wait);
            tokio::time::sleep(wait).await;
        }
    }

    /// Moves what is missing now, then commits.
    async fn round(&self, course: &Course<'_>, plain: bool, in_pieces: &mut bool) -> Result<()> {
        let missing = course.writer.missing().await?;
        if !missing.is_empty() {
            *in_pieces |= missing.len() > 1 || total(&missing) < course.blob.descriptor.size;
            if plain {
                let _lane = self.lane().await?;
                let stream = self
                    .source
                    .blob(&course.blob.descriptor, 0..course.blob.descriptor.size)
                    .await?;
                self.pour(course, stream, &missing).await?;
            } else {
                self.move_ranges(course, missing).await?;
            }
        }
        course.blob.tell(self.options.observer, Step::Verifying);
        course.writer.commit().await
    }

    /// Moves `missing` over as many lanes as are free and useful.
    async fn move_ranges(&self, course: &Course<'_>, missing: Vec<Range<u64>>) -> Result<()> {
        let count = missing.len().min(self.options.parallel.max(1));
        let request = (total(&missing) / count as u64).min(MAX_REQUEST);
        let queue = Mutex::new(VecDeque::from(missing));
        let mut lanes: FuturesUnordered<_> = (0..count)
            .map(|_| self.run_lane(course, &queue, request))
            .collect();
        let mut failure = None;
        while let Some(ended) = lanes.next().await {
            match ended {
                Ok(Lane::Finished) => {}
                Ok(Lane::Whole(stream, _lane)) => {
                    drop(lanes); // cancels the others where they wait
                    let missing = course.writer.missing().await?;
                    return self.pour(course, stream, &missing).await;
                }
                // The others go on: what they bring counts. A fault that stays comes up again next round.
                Err(error) if error.is_transient() => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Takes ranges off the queue until it is empty; `share` is the most one lane should ask for at once, in bytes.
    async fn run_lane(
        &self,
        course: &Course<'_>,
        queue: &Mutex<VecDeque<Range<u64>>>,
        share: u64,
    ) -> Result<Lane<'_>> {
        let mut request = MIN_REQUEST;
        loop {
            let lane = self.lane().await?;
            let Some(range) = next(queue, request.min(share)) else {
                return Ok(Lane::Finished);
            };
            let began = Instant::now();
            let stream = self
                .source
                .blob(&course.blob.descriptor, range.clone())
                .await?;
            if stream.range != range {
                return Ok(Lane::Whole(stream, lane));
            }
            self.pour(course, stream, std::slice::from_ref(&range))
                .await?;
            request = next_request(range.end - range.start, began.elapsed());
        }
    }

    async fn lane(&self) -> Result<SemaphorePermit<'_>> {
        self.lanes
            .acquire()
            .await
            .map_err(|error| Error::Machine(error.to_string()))
    }

    /// Writes those bytes of a stream that are in `wanted`.
    async fn pour(
        &self,
        course: &Course<'_>,
        mut stream: BlobStream,
        wanted: &[Range<u64>],
    ) -> Result<()> {
        let wanted: Ranges = wanted.iter().cloned().collect();
        let mut at = stream.range.start;
        while let Some(bytes) = stream.bytes.next().await {
            let bytes = bytes?;
            let here = at..at + bytes.len() as u64;
            for part in wanted.overlap(&here) {
                course.write(&part, &bytes, at).await?;
                let moved = part.end - part.start;
                course
                    .blob
                    .tell(self.options.observer, Step::Moved { bytes: moved });
            }
            at = here.end;
        }
        if at < stream.range.end {
            let reason = format!("the blob ended after {at} of {} bytes", stream.range.end);
            return Err(Error::Network {
                doing: course.blob.descriptor.digest.to_string(),
                reason,
            });
        }
        Ok(())
    }

    fn retrying(&self, blob: &Blob, error: &Error, wait: Duration) {
        let doing = blob.descriptor.digest.to_string();
        self.options.observer.observe(&Event::Retrying {
            doing,
            reason: error.to_string(),
            wait,
        });
    }
}

impl Course<'_> {
    /// Writes the part of `bytes`, which begin at `at`, that is `range`.
    async fn write(&self, range: &Range<u64>, bytes: &Bytes, at: u64) -> Result<()> {
        let index = |position: u64| {
            usize::try_from(position - at)
                .unwrap_or(usize::MAX)
                .min(bytes.len())
        };
        self.writer
            .write(
                range.start,
                bytes.slice(index(range.start)..index(range.end)),
            )
            .await?;
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) += range.end - range.start;
        Ok(())
    }

    /// Whether enough was moved since the last call for the budget of tries to be refilled.
    fn take_progress(&self) -> bool {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = *progress >= ENOUGH.min(self.blob.descriptor.size).max(1);
        if enough {
            *progress = 0;
        }
        enough
    }
}

/// Takes the next range off the queue: adjacent pieces together, about `request` bytes.
fn next(queue: &Mutex<VecDeque<Range<u64>>>, request: u64) -> Option<Range<u64>> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    let mut taken = queue.pop_front()?;
    while let Some(following) = queue.front() {
        if following.start != taken.end || following.end - taken.start > request {
            break;
        }
        taken.end = following.end;
        queue.pop_front();
    }
    Some(taken)
}

/// How much to ask for next, after `bytes` took `time`: a quarter of a second's worth.
fn next_request(bytes: u64, time: Duration) -> u64 {
    let micros = |time: Duration| time.as_micros().max(1);
    let worth = u128::from(bytes) * micros(REQUEST_TIME) / micros(time);
    u64::try_from(worth).map_or(MAX_REQUEST, |worth| worth.clamp(MIN_REQUEST, MAX_REQUEST))
}

fn total(ranges: &[Range<u64>]) -> u64 {
    ranges.iter().map(|range| range.end - range.start).sum()
}

/// How long to wait before another try: doubled each time, capped, with full jitter so that many clients cut off
/// together do not come back together.
fn backoff(base: Duration, tries: u32) -> Duration {
    let longest = base.saturating_mul(1 << tries.min(16)).min(MAX_WAIT);
    let random = getrandom::u32().unwrap_or(u32::MAX / 2); // without randomness: half of it
    longest.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_asks_for_a_quarter_of_a_second_within_bounds() {
        let after = |mebibytes: u64, millis| {
            next_request(mebibytes << 20, Duration::from_millis(millis)) >> 20
        };
        assert_eq!(after(8, 250), 8);
        assert_eq!(after(8, 125), 16);
        assert_eq!(after(32, 1000), 8);
        assert_eq!(after(8, 0), 64);
        assert_eq!(after(1, 60_000), 8);
    }

    #[test]
    fn waits_grow_and_are_capped() {
        for tries in 0..40 {
            let longest = Duration::from_millis(500).saturating_mul(1 << tries.min(16));
            assert!(backoff(Duration::from_millis(500), tries) <= longest.min(MAX_WAIT));
        }
        assert_eq!(backoff(Duration::ZERO, 5), Duration::ZERO);
    }
}
