//! How many requests for blobs are under way at once.
//!
//! Two bounds: one over all requests, and one for the ranges of blobs that are split. The second starts low and doubles
//! while that makes the whole faster, since towards a registry nearby one or two streams are fastest, and more only
//! cost both sides work. Towards one that takes long to answer all lanes are opened at once: each brings its own
//! window, and finding that out step by step would take as many round trips.
//!
//! What stands in one request is never governed: many small blobs mostly wait.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::error::{Error, Result};

const FIRST: usize = 2; // lanes for ranges at the start
const RISE: f64 = 1.15; // a doubling must bring this much, or it is taken back
const WINDOW: Duration = Duration::from_millis(50); // how long a rate is measured, at least
const LONGEST_WINDOW: Duration = Duration::from_millis(200);
const ANSWERS: u32 = 8; // times the time of an answer: new lanes must have got going within a window
const FAR: Duration = Duration::from_millis(20); // an answer takes this long: no use in going step by step
const CALM: u32 = 40; // windows before growth is tried again

/// The lanes of one copy.
pub(super) struct Lanes {
    requests: Semaphore,
    ranges: Semaphore,
    /// Permits for ranges that are to be taken back when their lanes end.
    excess: AtomicUsize,
    most: usize,
    moved: AtomicU64,
    /// The shortest time an answer took, in microseconds.
    nearest: AtomicU64,
    begun: Mutex<Option<Instant>>,
}

/// Leave for one request; ends when dropped.
pub(super) struct Lane<'a> {
    lanes: &'a Lanes,
    _request: SemaphorePermit<'a>,
    range: Option<SemaphorePermit<'a>>,
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let take_back = |excess: usize| excess.checked_sub(1);
        if let Some(permit) = self.range.take()
            && self
                .lanes
                .excess
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_back)
                .is_ok()
        {
            permit.forget();
        }
    }
}

impl Lanes {
    /// At most `requests` in all, and `ranges` of them for ranges of split blobs.
    pub(super) fn new(ranges: usize, requests: usize) -> Self {
        let most = ranges.max(1);
        Self {
            requests: Semaphore::new(requests.max(1)),
            ranges: Semaphore::new(FIRST.min(most)),
            excess: AtomicUsize::new(0),
            most,
            moved: AtomicU64::new(0),
            nearest: AtomicU64::new(u64::MAX),
            begun: Mutex::new(None),
        }
    }

    /// Waits for leave to send one request; `split` tells whether it is for a range of a blob that is split.
    pub(super) async fn enter(&self, split: bool) -> Result<Lane<'_>> {
        let closed = |error: tokio::sync::AcquireError| Error::Machine(error.to_string());
        let range = match split {
            true => Some(self.ranges.acquire().await.map_err(closed)?),
            false => None,
        };
        let request = self.requests.acquire().await.map_err(closed)?;
        self.begun
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_with(Instant::now);
        Ok(Lane {
            lanes: self,
            _request: request,
            range,
        })
    }

    /// Takes note that an answer began `after` its request.
    pub(super) fn answered(&self, after: Duration) {
        let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        self.nearest.fetch_min(micros, Ordering::Relaxed);
    }

    /// Takes note of `bytes` that were moved.
    pub(super) fn moved(&self, bytes: u64) {
        self.moved.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Opens and closes lanes as they prove useful, as long as it is polled.
    pub(super) async fn govern(&self) -> Infallible {
        let mut pace = Pace::new(FIRST.min(self.most), self.most);
        loop {
            let nearest = Duration::from_micros(self.nearest.load(Ordering::Relaxed));
            let window = nearest
                .saturating_mul(ANSWERS)
                .clamp(WINDOW, LONGEST_WINDOW);
            let window = if nearest >= FAR || pace.settled() {
                WINDOW
            } else {
                window
            };
            let (began, before) = (Instant::now(), self.moved.load(Ordering::Relaxed));
            tokio::time::sleep(window).await;
            let bytes = self.moved.load(Ordering::Relaxed) - before;
            let busy = self.ranges.available_permits() == 0;
            let was = pace.lanes;
            if self.is_far() {
                pace.open_all();
            } else if busy && bytes > 0 {
                pace.tick(bytes, began.elapsed());
            }
            self.allow(was, pace.lanes);
        }
    }

    /// Whether answers take long, those included that have not come at all yet.
    fn is_far(&self) -> bool {
        let nearest = self.nearest.load(Ordering::Relaxed);
        if nearest != u64::MAX {
            return Duration::from_micros(nearest) >= FAR;
        }
        let begun = *self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.is_some_and(|begun| begun.elapsed() >= FAR)
    }

    fn allow(&self, was: usize, now: usize) {
        if now == was {
            return;
        }
        tracing::debug!(was, now, "lanes for ranges");
        let more = now.saturating_sub(was);
        let kept = |excess: usize| Some(excess.saturating_sub(more));
        let excess = self
            .excess
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, kept)
            .unwrap_or_else(|excess| excess);
        self.ranges.add_permits(more.saturating_sub(excess));
        let fewer = was.saturating_sub(now);
        let rest = fewer - self.ranges.forget_permits(fewer);
        self.excess.fetch_add(rest, Ordering::SeqCst);
    }
}

/// What the rates so far say about the number of lanes.
#[derive(Debug)]
struct Pace {
    lanes: usize,
    most: usize,
    /// The rate before the last doubling, in bytes a second.
    before: Option<f64>,
    /// Windows until growth is tried again.
    calm: u32,
}

impl Pace {
    fn new(lanes: usize, most: usize) -> Self {
        Self {
            lanes,
            most,
            before: None,
            calm: 0,
        }
    }

    fn settled(&self) -> bool {
        self.lanes == self.most || self.calm > 0
    }

    fn open_all(&mut self) {
        (self.lanes, self.before) = (self.most, None);
    }

    /// Draws the conclusion from `bytes` that all lanes together moved in `time`.
    fn tick(&mut self, bytes: u64, time: Duration) {
        if self.calm > 0 {
            self.calm -= 1;
            return;
        }
        #[allow(clippy::cast_precision_loss)] // bytes of a fraction of a second
        let rate = bytes as f64 / time.as_secs_f64().max(1e-6);
        match self.before {
            Some(before) if rate < before * RISE => {
                self.lanes = (self.lanes / 2).max(1);
                (self.before, self.calm) = (None, CALM);
            }
            _ if self.lanes < self.most => {
                self.before = Some(rate);
                self.lanes = (self.lanes * 2).min(self.most);
            }
            _ => self.before = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the pace against a link on which so many lanes move so many bytes in a window.
    fn after(windows: u32, rate: impl Fn(usize) -> u64) -> Pace {
        let mut pace = Pace::new(FIRST, 16);
        for _ in 0..windows {
            pace.tick(rate(pace.lanes), WINDOW);
        }
        pace
    }

    #[test]
    fn lanes_double_while_each_brings_its_share() {
        let capped = |lanes: usize| lanes as u64 * 400_000;
        assert_eq!(after(1, capped).lanes, 4);
        assert_eq!(after(3, capped).lanes, 16);
        assert_eq!(after(20, capped).lanes, 16);
    }

    #[test]
    fn a_doubling_that_brings_nothing_is_taken_back() {
        let level = |_| 40_000_000;
        assert_eq!(after(1, level).lanes, 4);
        assert_eq!(after(2, level).lanes, 2);
        assert_eq!(after(2 + CALM, level).lanes, 2);
        assert_eq!(after(3 + CALM, level).lanes, 4, "tried again after a while");
        assert_eq!(after(4 + CALM, level).lanes, 2);
        let four_at_best = |lanes: usize| lanes.min(4) as u64 * 10_000_000;
        assert_eq!(after(10, four_at_best).lanes, 4);
    }

    #[tokio::test]
    async fn lanes_taken_back_are_closed_as_they_end() {
        let lanes = Lanes::new(16, 32);
        lanes.allow(2, 4);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(lanes.enter(true).await.unwrap());
        }
        lanes.allow(4, 2);
        held.truncate(2);
        assert_eq!(lanes.ranges.available_permits(), 0);
        lanes.allow(2, 1);
        lanes.allow(1, 2);
        held.pop();
        assert_eq!(lanes.ranges.available_permits(), 1);
        held.pop();
        assert_eq!(lanes.ranges.available_permits(), 2);
        let small = lanes.enter(false).await.unwrap();
        assert_eq!(lanes.ranges.available_permits(), 2);
        drop(small);
    }

    #[tokio::test(start_paused = true)]
    async fn a_registry_that_is_slow_to_answer_gets_all_lanes_at_once() {
        let lanes = Lanes::new(16, 32);
        lanes.answered(Duration::from_millis(60));
        let govern = lanes.govern();
        let _ = tokio::time::timeout(WINDOW * 2, govern).await;
        assert_eq!(lanes.ranges.available_permits(), 16);
    }
}
