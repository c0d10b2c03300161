//! One blob from a source to a sink.
//!
//! A loop over the writer's `missing()`: when it is empty, commit; else move those ranges; after a transient error ask
//! again, and give up after a number of tries without progress. So parallel chunks, resume after a kill and resume
//! after a broken connection are the same few lines. Where only the source broke off, the writer need not be asked: the
//! lane puts what is left of its range back into the queue and goes on, and the others never notice.
//!
//! Doubt about ranges (a digest that does not match though the blob came in pieces, an answer that does not fit the
//! question) is settled by fetching the blob once in one plain stream; after that it is an error. A source that knows
//! another place to take it from is asked to do that first.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::error::{Error, Result};
use crate::event::{Event, Step};
use crate::store::ranges::Ranges;
use crate::store::{BlobStream, BlobWriter, Sink, Source};

use super::budget::Budget;
use super::lanes::{Lane, Lanes};
use super::{Blob, Options};

const MIN_REQUEST: u64 = 8 << 20; // bytes a lane asks for at once: what is under way at a kill is at most this, a lane
const MAX_REQUEST: u64 = 64 << 20; // or this, where a lane is fast: each request costs the registry some milliseconds
const REQUEST_TIME: Duration = Duration::from_millis(250); // what a request should take

/// Moves the blobs of one copy.
pub(super) struct Mover<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) sink: &'a dyn Sink,
    pub(super) options: &'a Options<'a>,
    pub(super) lanes: &'a Lanes,
}

/// How a lane ended.
enum Ended<'a> {
    /// Nothing is left to take.
    Finished,
    /// The source sends the whole blob whatever it is asked for: one lane goes on with this, the others stop.
    Whole(BlobStream, Lane<'a>),
}

/// Whose fault it was that bytes did not get through.
enum Broken {
    /// The source broke off; everything before this offset was written.
    Source(Error, u64),
    /// The sink did, and has to be asked where it stands.
    Sink(Error),
}

/// What has become of one blob so far.
struct Course<'a> {
    blob: &'a Blob,
    writer: &'a dyn BlobWriter,
    /// Whether any of it came otherwise than in one piece from its beginning.
    in_pieces: AtomicBool,
    budget: Mutex<Budget>,
}

impl Mover<'_> {
    /// Brings `blob` to the sink, unless it is there, can be mounted, or arrives by another's hand.
    pub(super) async fn move_blob(&self, blob: &Blob) -> Result<()> {
        let (observer, asked) = (self.options.observer, Instant::now());
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
        self.lanes.sink_answered(asked.elapsed());
        self.fill(blob, &*writer).await?;
        blob.tell(observer, Step::Done);
        Ok(())
    }

    async fn fill(&self, blob: &Blob, writer: &dyn BlobWriter) -> Result<()> {
        let size = blob.descriptor.size;
        let absent = total(&writer.missing().await?);
        let course = Course {
            blob,
            writer,
            in_pieces: AtomicBool::new(absent < size),
            budget: Mutex::default(),
        };
        blob.tell(
            self.options.observer,
            Step::Started {
                size,
                resumed: size - absent.min(size),
            },
        );
        let mut plain = false;
        loop {
            let breaks = course.breaks();
            let Err(error) = self.round(&course, plain).await else {
                return Ok(());
            };
            let doubtful = matches!(
                error,
                Error::DigestMismatch { .. } | Error::Malformed { .. }
            );
            if matches!(error, Error::DigestMismatch { .. }) && self.source.doubt(&blob.descriptor)
            {
                self.retrying(blob, &error, Duration::ZERO);
                blob.tell(self.options.observer, Step::Rewound { bytes: size });
                continue;
            }
            if doubtful && course.in_pieces.load(Ordering::Relaxed) && !plain {
                plain = true;
                self.retrying(blob, &error, Duration::ZERO);
                if matches!(error, Error::DigestMismatch { .. }) {
                    blob.tell(self.options.observer, Step::Rewound { bytes: size });
                }
                continue;
            }
            self.wait_out(&course, error, breaks).await?;
        }
    }

    /// Waits until it is time to try again after `error`, met by somebody who began when so many `breaks` had happened.
    /// Returns the error when trying again is of no use.
    async fn wait_out(&self, course: &Course<'_>, error: Error, breaks: u32) -> Result<()> {
        if !error.is_transient() {
            return Err(error);
        }
        // A busy registry was already asked as often as a request is: only progress elsewhere is a reason to go on.
        let spent = matches!(&error, Error::Busy { answer } if answer.tries > self.options.retries);
        let again = course
            .lock()
            .broke(breaks, spent, self.options, Instant::now());
        let Some((wait, first)) = again else {
            return Err(error);
        };
        if first {
            self.retrying(course.blob, &error, wait);
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Moves what is missing now, then commits.
    async fn round(&self, course: &Course<'_>, plain: bool) -> Result<()> {
        let missing = course.writer.missing().await?;
        if !missing.is_empty() {
            if missing.len() > 1 || total(&missing) < course.blob.descriptor.size {
                course.in_pieces.store(true, Ordering::Relaxed);
            }
            if plain {
                let _lane = self.lanes.enter(false).await?;
                let whole = 0..course.blob.descriptor.size;
                let stream = self.source.blob(&course.blob.descriptor, whole).await?;
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
            .map(|_| self.run_lane(course, &queue, request, count > 1))
            .collect();
        let mut failure = None;
        while let Some(ended) = lanes.next().await {
            match ended {
                Ok(Ended::Finished) => {}
                Ok(Ended::Whole(stream, _lane)) => {
                    drop(lanes); // cancels the others where they wait
                    let missing = course.writer.missing().await?;
                    return self
                        .pour(course, stream, &missing)
                        .await
                        .map_err(Broken::into);
                }
                // The others go on: what they bring counts. A fault that stays comes up again next round.
                Err(error) if error.is_transient() => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Takes ranges off the queue until it is empty; `share` is the most one lane should ask for at once, in bytes,
    /// `split` tells whether there are other lanes.
    async fn run_lane(
        &self,
        course: &Course<'_>,
        queue: &Mutex<VecDeque<Range<u64>>>,
        share: u64,
        split: bool,
    ) -> Result<Ended<'_>> {
        let mut request = MIN_REQUEST;
        loop {
            let lane = self.lanes.enter(split).await?;
            let Some(range) = next(queue, request.min(share)) else {
                return Ok(Ended::Finished);
            };
            let (breaks, began) = (course.breaks(), Instant::now());
            let asked = self.source.blob(&course.blob.descriptor, range.clone());
            let outcome = match asked.await {
                Ok(stream) if stream.range != range => return Ok(Ended::Whole(stream, lane)),
                Ok(stream) => {
                    self.lanes.source_answered(began.elapsed());
                    self.pour(course, stream, std::slice::from_ref(&range))
                        .await
                }
                Err(error) => Err(Broken::Source(error, range.start)),
            };
            match outcome {
                Ok(()) => request = next_request(range.end - range.start, began.elapsed()),
                Err(Broken::Sink(error)) => return Err(error),
                Err(Broken::Source(error, at)) => {
                    drop(lane);
                    course.in_pieces.store(true, Ordering::Relaxed);
                    put_back(queue, at.max(range.start)..range.end);
                    self.wait_out(course, error, breaks).await?;
                }
            }
        }
    }

    /// Writes those bytes of a stream that are in `wanted`.
    async fn pour(
        &self,
        course: &Course<'_>,
        mut stream: BlobStream,
        wanted: &[Range<u64>],
    ) -> Result<(), Broken> {
        let wanted: Ranges = wanted.iter().cloned().collect();
        let mut at = stream.range.start;
        while let Some(bytes) = stream.bytes.next().await {
            let bytes = bytes.map_err(|error| Broken::Source(error, at))?;
            let here = at..at + bytes.len() as u64;
            for part in wanted.overlap(&here) {
                let written = course.write(&part, &bytes, at).await;
                written.map_err(Broken::Sink)?;
                let moved = part.end - part.start;
                self.lanes.moved(moved);
                course
                    .blob
                    .tell(self.options.observer, Step::Moved { bytes: moved });
            }
            at = here.end;
        }
        if at < stream.range.end {
            let error = Error::Network {
                doing: course.blob.descriptor.digest.to_string(),
                reason: format!("the blob ended after {at} of {} bytes", stream.range.end),
            };
            return Err(Broken::Source(error, at));
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
        self.lock().progress += range.end - range.start;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn breaks(&self) -> u32 {
        self.lock().breaks
    }
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Source(error, _) | Broken::Sink(error) => error,
        }
    }
}

/// Puts back what a lane took and could not move.
fn put_back(queue: &Mutex<VecDeque<Range<u64>>>, rest: Range<u64>) {
    if !rest.is_empty() {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_front(rest);
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
}
