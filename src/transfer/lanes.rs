//! How many requests for blobs are under way at once.
//!
//! There is a bound over all, and below it two gates: one for ranges of blobs that are split, one for blobs that stand in
//! one request. Each starts low and doubles while that makes the whole faster, since near a registry a few streams are
//! fastest, and more only cost both sides work and memory. Towards a registry that takes long to answer both are opened at
//! once: there each connection brings its own window, small blobs mostly wait, and finding out step by step would take as
//! many round trips.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use crate::error::{Error, Result};

const FIRST_RANGES: usize = 2; // lanes at the start
const FIRST_WHOLE: usize = 8; // blobs that stand in one request, at the start
const RISE: f64 = 1.15; // a doubling must bring this much, or it is taken back
const WINDOW: Duration = Duration::from_millis(50); // how long a rate is measured, at least
const LONGEST_WINDOW: Duration = Duration::from_millis(200);
const ANSWERS: u32 = 8; // times the time of an answer: new lanes must have got going within a window
const FAR: Duration = Duration::from_millis(20); // an answer takes this long: no use in going step by step
const CALM: u32 = 40; // windows before growth is tried again

/// The lanes of one copy.
pub(super) struct Lanes {
    requests: Semaphore,
    ranges: Gate,
    whole: Gate,
    moved: AtomicU64,
    /// The shortest time an answer of the source took, in microseconds; `u64::MAX` before the first.
    source: AtomicU64,
    /// The same of the sink, of everything up to its first byte.
    sink: AtomicU64,
    begun: Mutex<Option<Instant>>,
}

/// Leave for one request; ends when dropped.
pub(super) struct Lane<'a> {
    _request: SemaphorePermit<'a>,
    gate: &'a Gate,
    permit: Option<SemaphorePermit<'a>>,
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let one_less = |excess: usize| excess.checked_sub(1);
        let excess = &self.gate.excess;
        let taken_back = excess.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less);
        if let (Ok(_), Some(permit)) = (taken_back, self.permit.take()) {
            permit.forget();
        }
    }
}

impl Lanes {
    /// At most `requests` in all, and `ranges` of them for ranges of split blobs.
    pub(super) fn new(ranges: usize, requests: usize) -> Self {
        Self {
            requests: Semaphore::new(requests.max(1)),
            ranges: Gate::new(FIRST_RANGES, ranges.max(1)),
            whole: Gate::new(FIRST_WHOLE, requests.max(1)),
            moved: AtomicU64::new(0),
            source: AtomicU64::new(u64::MAX),
            sink: AtomicU64::new(u64::MAX),
            begun: Mutex::new(None),
        }
    }

    /// Waits for leave to send one request; `split` tells whether it is for a range of a blob that is split.
    pub(super) async fn enter(&self, split: bool) -> Result<Lane<'_>> {
        let closed = |error: AcquireError| Error::Machine(error.to_string());
        let gate = if split { &self.ranges } else { &self.whole };
        let permit = gate.semaphore.acquire().await.map_err(closed)?;
        let request = self.requests.acquire().await.map_err(closed)?;
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.get_or_insert_with(Instant::now);
        Ok(Lane {
            _request: request,
            gate,
            permit: Some(permit),
        })
    }

    /// Takes note that the source began to answer `after` it was asked.
    pub(super) fn source_answered(&self, after: Duration) {
        self.source.fetch_min(micros(after), Ordering::Relaxed);
    }

    /// Takes note that the sink was ready for a blob `after` it was first asked about it.
    pub(super) fn sink_answered(&self, after: Duration) {
        self.sink.fetch_min(micros(after), Ordering::Relaxed);
    }

    /// Takes note of `bytes` that were moved.
    pub(super) fn moved(&self, bytes: u64) {
        self.moved.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Opens and closes the gates as that proves useful, as long as it is polled.
    pub(super) async fn govern(&self) -> Infallible {
        let gates = [&self.ranges, &self.whole];
        let mut paces = gates.map(|gate| Pace::new(gate.first, gate.most));
        loop {
            let (began, before) = (Instant::now(), self.moved.load(Ordering::Relaxed));
            tokio::time::sleep(self.window()).await;
            let bytes = self.moved.load(Ordering::Relaxed) - before;
            let far = self.is_far();
            for (gate, pace) in gates.into_iter().zip(&mut paces) {
                let was = pace.lanes;
                if far {
                    pace.open_all();
                } else if gate.semaphore.available_permits() == 0 && bytes > 0 {
                    pace.tick(bytes, began.elapsed());
                }
                gate.allow(was, pace.lanes);
            }
        }
    }

    /// How long the next rate is measured.
    fn window(&self) -> Duration {
        match self.nearest() {
            Some(nearest) if nearest < FAR => (nearest * ANSWERS).clamp(WINDOW, LONGEST_WINDOW),
            _ => WINDOW,
        }
    }

    /// How long the slower side takes to answer.
    fn nearest(&self) -> Option<Duration> {
        let known = |side: &AtomicU64| {
            let micros = side.load(Ordering::Relaxed);
            (micros != u64::MAX).then(|| Duration::from_micros(micros))
        };
        known(&self.source).max(known(&self.sink))
    }

    /// Whether answers take long, those included that have not come at all yet.
    fn is_far(&self) -> bool {
        let begun = *self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = begun.filter(|_| self.source.load(Ordering::Relaxed) == u64::MAX);
        let waited = waiting.map(|begun| begun.elapsed());
        self.nearest().max(waited).is_some_and(|time| time >= FAR)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX - 1)
}

/// How many may be under way, changed while they are.
struct Gate {
    semaphore: Semaphore,
    /// Permits that are to be taken back as their lanes end.
    excess: AtomicUsize,
    first: usize,
    most: usize,
}

impl Gate {
    fn new(first: usize, most: usize) -> Self {
        let first = first.min(most);
        Self {
            semaphore: Semaphore::new(first),
            excess: AtomicUsize::new(0),
            first,
            most,
        }
    }

    fn allow(&self, was: usize, now: usize) {
        if now == was {
            return;
        }
        tracing::debug!(was, now, of = self.most, "lanes");
        let more = now.saturating_sub(was);
        let kept = |excess: usize| Some(excess.saturating_sub(more));
        let excess = self
            .excess
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, kept)
            .unwrap_or_else(|excess| excess);
        self.semaphore.add_permits(more.saturating_sub(excess));
        let fewer = was.saturating_sub(now);
        let rest = fewer - self.semaphore.forget_permits(fewer);
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
        let mut pace = Pace::new(FIRST_RANGES, 16);
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
        let gate = &lanes.ranges;
        gate.allow(2, 4);
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(lanes.enter(true).await.unwrap());
        }
        gate.allow(4, 2);
        held.truncate(2);
        assert_eq!(gate.semaphore.available_permits(), 0);
        gate.allow(2, 1);
        gate.allow(1, 2);
        held.pop();
        assert_eq!(gate.semaphore.available_permits(), 1);
        held.pop();
        assert_eq!(gate.semaphore.available_permits(), 2);
        let small = lanes.enter(false).await.unwrap();
        assert_eq!(gate.semaphore.available_permits(), 2);
        drop(small);
    }

    #[tokio::test(start_paused = true)]
    async fn a_registry_that_is_slow_to_answer_gets_all_lanes_at_once() {
        let lanes = Lanes::new(16, 32);
        lanes.source_answered(Duration::from_micros(100));
        let _ = tokio::time::timeout(WINDOW * 2, lanes.govern()).await;
        assert_eq!(lanes.ranges.semaphore.available_permits(), FIRST_RANGES);
        lanes.sink_answered(Duration::from_millis(60));
        let _ = tokio::time::timeout(WINDOW * 2, lanes.govern()).await;
        assert_eq!(lanes.ranges.semaphore.available_permits(), 16);
        assert_eq!(lanes.whole.semaphore.available_permits(), 32);
    }
}
