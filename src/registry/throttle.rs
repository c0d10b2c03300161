//! `--limit-rate`: one allowance of bytes a second, shared by every lane, down and up.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far the allowance may lag behind the clock and still be caught up: timers that fire late and pauses of a busy
/// machine cost no throughput, and an idle minute saves up no burst.
const SLACK: Duration = Duration::from_millis(100);

/// The allowance of all lanes together.
#[derive(Debug)]
pub(super) struct Throttle {
    rate: u64,
    next: Mutex<Instant>,
}

impl Throttle {
    /// `rate` is in bytes a second; zero is taken for one.
    pub(super) fn new(rate: u64) -> Self {
        Self {
            rate: rate.max(1),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Takes `bytes` out of the allowance and waits until they were earned.
    pub(super) async fn take(&self, bytes: usize) {
        let until = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            *next = schedule(*next, Instant::now(), bytes, self.rate);
            *next
        };
        tokio::time::sleep_until(until.into()).await;
    }
}

/// When `bytes` more are earned, if all before them were at `next`.
fn schedule(next: Instant, now: Instant, bytes: usize, rate: u64) -> Instant {
    let oldest = now.checked_sub(SLACK).unwrap_or(now);
    #[allow(clippy::cast_precision_loss)] // bytes of one buffer, and rates below 2^52
    let earned = Duration::from_secs_f64(bytes as f64 / rate as f64);
    next.max(oldest) + earned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_of_buffers_take_ten_seconds() {
        let start = Instant::now();
        let (rate, buffer) = (5_000_000, 65_536);
        let (mut next, mut now, mut moved) = (start, start, 0);
        while moved < 50_000_000 {
            next = schedule(next, now, buffer, rate);
            moved += buffer;
            // A timer that fires three milliseconds late every time.
            now = next.max(now) + Duration::from_millis(3);
        }
        let took = now.duration_since(start).as_secs_f64();
        assert!((9.5..10.5).contains(&took), "50 MB at 5 MB/s took {took} s");
    }

    #[test]
    fn idleness_saves_up_next_to_nothing() {
        let start = Instant::now();
        let later = start + Duration::from_secs(60);
        let earned = schedule(start, later, 1_000_000, 1_000_000);
        assert_eq!(earned + SLACK, later + Duration::from_secs(1));
    }
}
