//! When the next bytes may pass, and after how many a connection breaks: decisions about numbers, without sockets.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// How late bytes may be and still be made up for: more than a sleep overshoots, less than a burst anybody measures.
const SLACK: Duration = Duration::from_millis(10);

/// A rate kept over any time: every piece is booked behind the one before it, so that sleeping too long once is made
/// up for by the next piece, and a connection that idled saves up no more than [`SLACK`].
#[derive(Debug)]
pub(super) struct Pace {
    rate: u64,
    due: Option<Instant>,
}

impl Pace {
    /// `rate` is in bytes a second.
    pub(super) fn new(rate: u64) -> Self {
        Self { rate, due: None }
    }

    /// The moment at which the last of `bytes` more has passed, asked for at `now`.
    pub(super) fn book(&mut self, bytes: usize, now: Instant) -> Instant {
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        let start = self.due.map_or(now, |due| due.max(earliest));
        let nanos = bytes as u128 * 1_000_000_000 / u128::from(self.rate.max(1));
        let due = start + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        self.due = Some(due);
        due
    }
}

/// Connections that break: each after a number of body bytes that only the seed and its place in line decide.
#[derive(Debug, Clone)]
pub(crate) struct Resets {
    pub(crate) seed: u64,
    /// Body bytes, both ways together.
    pub(crate) after: RangeInclusive<u64>,
}

impl Resets {
    /// After how many body bytes the connection breaks that came as number `place`, counted from 0.
    pub(crate) fn draw(&self, place: u64) -> u64 {
        let (first, last) = (*self.after.start(), *self.after.end());
        let wide = last.saturating_sub(first).saturating_add(1);
        first + mix(self.seed, place) % wide
    }
}

/// `SplitMix64`, at its position `place`.
fn mix(seed: u64, place: u64) -> u64 {
    let mut word = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEBI: u64 = 1 << 20;

    /// Passes `total` bytes in pieces of 64 KiB, where every sleep ends `late` after its time, and says how long it took.
    fn passes(pace: &mut Pace, start: Instant, total: usize, late: Duration) -> Duration {
        let mut now = start;
        for _ in 0..total / (64 << 10) {
            let due = pace.book(64 << 10, now);
            if due > now {
                now = due + late;
            }
        }
        now - start
    }

    #[test]
    fn a_rate_is_kept_within_two_percent_although_every_sleep_ends_late() {
        for rate in [1_000_000_u32, 8_000_000, 125_000_000] {
            for late in [0, 60, 2_000] {
                let mut pace = Pace::new(rate.into());
                let late = Duration::from_micros(late);
                let took = passes(&mut pace, Instant::now(), 64 << 20, late).as_secs_f64();
                let right = f64::from(64 << 20) / f64::from(rate);
                let off = (took / right - 1.0).abs();
                assert!(off < 0.02, "{rate} bytes a second, {late:?} late: {off}");
            }
        }
    }

    #[test]
    fn many_connections_share_one_rate() {
        let start = Instant::now();
        let mut pace = Pace::new(1_000_000);
        // Thirty-two at once: each is told its own moment, a thirty-second of the second apart.
        let moments: Vec<_> = (0..32).map(|_| pace.book(31_250, start)).collect();
        assert_eq!(moments[31] - start, Duration::from_secs(1));
        assert!(
            moments
                .windows(2)
                .all(|pair| pair[1] - pair[0] == Duration::from_micros(31_250))
        );
    }

    #[test]
    fn an_idle_connection_saves_up_next_to_nothing() {
        let start = Instant::now();
        let mut pace = Pace::new(1_000_000);
        pace.book(1, start);
        let later = start + Duration::from_secs(60);
        let took = pace.book(1_000_000, later) - later;
        assert_eq!(took + SLACK, Duration::from_secs(1));
    }

    #[test]
    fn connections_break_where_the_seed_says_and_all_over_the_range() {
        let resets = |seed| Resets {
            seed,
            after: 8 * MEBI..=64 * MEBI,
        };
        let drawn = |seed| (0..100).map(move |place| resets(seed).draw(place));
        assert!(drawn(1).eq(drawn(1)));
        assert!(drawn(1).ne(drawn(2)));
        assert!(drawn(1).all(|bytes| (8 * MEBI..=64 * MEBI).contains(&bytes)));
        assert!(drawn(1).any(|bytes| bytes < 16 * MEBI) && drawn(1).any(|bytes| bytes > 56 * MEBI));
        let one = Resets {
            seed: 9,
            after: 5..=5,
        };
        assert_eq!(one.draw(3), 5);
    }
}
