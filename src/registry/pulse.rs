//! The stall clock: how long a socket may stay silent, and whose fault the silence is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::BoxStream;

/// How much longer than usual the answer to a complete upload may take, since the registry now moves or hashes what it
/// got: this many stall timeouts.
const COMMIT_PATIENCE: u32 = 4;
/// How many stall timeouts of waiting are averaged to find an answer that only trickles.
const TRICKLE_WINDOW: u32 = 2;
/// The least speed of an answer, in bytes a second of waiting for it. Slower is no better than silence.
const LEAST_SPEED: f64 = 1024.0;

/// A request body that is sent as it comes.
pub(super) struct Upstream {
    pub(super) bytes: BoxStream<'static, std::io::Result<Bytes>>,
    pub(super) length: u64,
    /// How long sending it is expected to take; zero when nobody knows.
    pub(super) lasting: Duration,
    pub(super) pulse: Arc<Pulse>,
}

/// The signs of life of an upload.
#[derive(Debug)]
pub(super) struct Pulse {
    start: Instant,
    last: AtomicU64,
    waiting_for_source: AtomicBool,
    complete: AtomicBool,
}

impl Pulse {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            last: AtomicU64::new(0),
            waiting_for_source: AtomicBool::new(false),
            complete: AtomicBool::new(false),
        }
    }

    /// The socket asks for more and there is none yet.
    pub(super) fn starve(&self) {
        self.waiting_for_source.store(true, Ordering::Relaxed);
    }

    /// The socket took some; `complete` when that was all.
    pub(super) fn beat(&self, complete: bool) {
        let millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(millis, Ordering::Relaxed);
        self.waiting_for_source.store(false, Ordering::Relaxed);
        self.complete.store(complete, Ordering::Relaxed);
    }

    /// How much longer the socket may stay silent; `None` while that is our own fault.
    fn patience(&self, stall: Duration) -> Option<Duration> {
        if self.waiting_for_source.load(Ordering::Relaxed) {
            return None;
        }
        let allowed = if self.complete.load(Ordering::Relaxed) {
            stall * COMMIT_PATIENCE
        } else {
            stall
        };
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
        Some(allowed.saturating_sub(self.start.elapsed().saturating_sub(last)))
    }
}

/// Waits for an answer as long as there are signs of life. The error is how long there were none.
pub(super) async fn watch<T>(
    answer: impl Future<Output = T>,
    stall: Duration,
    pulse: Option<&Pulse>,
) -> Result<T, Duration> {
    tokio::pin!(answer);
    let mut patience = stall;
    loop {
        if let Ok(answered) = tokio::time::timeout(patience, &mut answer).await {
            return Ok(answered);
        }
        patience = match pulse {
            None => return Err(stall),
            Some(pulse) => pulse.patience(stall).unwrap_or(stall),
        };
        if patience.is_zero() {
            return Err(stall);
        }
    }
}

/// The speed of an answer, while we wait for it.
#[derive(Debug, Default)]
pub(super) struct Trickle {
    waited: Duration,
    bytes: usize,
}

impl Trickle {
    /// Takes note of `bytes` that took `waited` to come. `false` when the answer has become too slow.
    pub(super) fn is_flowing(&mut self, waited: Duration, bytes: usize, stall: Duration) -> bool {
        self.waited += waited;
        self.bytes += bytes;
        if self.waited < stall * TRICKLE_WINDOW {
            return true;
        }
        #[allow(clippy::cast_precision_loss)] // what comes in a minute is far below 2^52 bytes
        let speed = self.bytes as f64 / self.waited.as_secs_f64();
        *self = Self::default();
        speed >= LEAST_SPEED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stall_clock_stands_while_an_upload_waits_for_its_source() {
        let pulse = Pulse::new();
        let stall = Duration::from_secs(30);
        assert!(pulse.patience(stall).is_some());
        pulse.starve();
        assert_eq!(pulse.patience(stall), None);
        pulse.beat(false);
        assert!(pulse.patience(stall).is_some_and(|left| left <= stall));
        assert_eq!(pulse.patience(Duration::ZERO), Some(Duration::ZERO));
        pulse.beat(true);
        assert!(pulse.patience(stall).is_some_and(|left| left > stall));
    }

    #[test]
    fn an_answer_that_trickles_is_as_good_as_none() {
        let stall = Duration::from_secs(30);
        let minute = |bytes: usize| {
            let mut trickle = Trickle::default();
            (0..6).all(|_| trickle.is_flowing(Duration::from_secs(10), bytes, stall))
        };
        assert!(!minute(1));
        assert!(minute(20 << 10));
        let mut fast = Trickle::default();
        assert!(fast.is_flowing(Duration::ZERO, 1, stall));
    }
}
