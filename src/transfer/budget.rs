//! How often a blob that breaks off is tried again, and how long is waited before that.

use std::time::{Duration, Instant};

use super::Options;

const MAX_WAIT: Duration = Duration::from_secs(30);
const ENOUGH: u64 = 1 << 20; // bytes of progress that refill the budget of tries

/// How much more is tried. Lanes that break together, since the registry went away, count once.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Bytes written since it was last refilled.
    pub(super) progress: u64,
    tries: u32,
    /// Whether there is nothing left of it.
    over: bool,
    /// How many times anything broke.
    pub(super) breaks: u32,
    /// Until when everybody waits after the latest.
    until: Option<Instant>,
}

impl Budget {
    /// Takes note of a break met by somebody who began when so many had happened. How long to wait, and whether this is
    /// the first to tell of it; `None` when it is of no use to try again. `spent` tells that the source was asked as
    /// often as it should be.
    pub(super) fn broke(
        &mut self,
        known: u32,
        spent: bool,
        options: &Options<'_>,
        now: Instant,
    ) -> Option<(Duration, bool)> {
        if options.retries == 0 {
            return None;
        }
        let wait = if self.progress >= ENOUGH {
            self.progress = 0;
            (self.tries, self.over) = (0, false);
            Duration::ZERO // it worked until now: worth another connection at once
        } else if known < self.breaks && !self.over {
            let left = self
                .until
                .map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
            return Some((left, false));
        } else if self.over || spent || self.tries == options.retries {
            self.over = true;
            return None;
        } else {
            self.tries += 1;
            backoff(options.retry_base, self.tries - 1)
        };
        self.breaks += 1;
        self.until = Some(now + wait);
        Some((wait, true))
    }
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

    fn options() -> Options<'static> {
        Options {
            parallel: 16,
            requests: 32,
            retries: 2,
            retry_base: Duration::from_secs(1),
            observer: &crate::event::Silent,
            nearby: None,
            compared: false,
        }
    }

    #[test]
    fn lanes_that_break_together_cost_one_try() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        let (wait, first) = budget.broke(0, false, &options(), now).unwrap();
        assert!(first);
        for _ in 0..15 {
            assert_eq!(budget.broke(0, false, &options(), now), Some((wait, false)));
        }
        assert!(
            budget
                .broke(1, false, &options(), now)
                .is_some_and(|told| told.1)
        );
        assert_eq!(budget.broke(2, false, &options(), now), None);
        assert_eq!(
            budget.broke(0, false, &options(), now),
            None,
            "it is over for all"
        );
    }

    #[test]
    fn a_source_that_was_asked_often_enough_is_asked_again_only_after_progress() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        budget.progress = ENOUGH;
        assert!(budget.broke(0, true, &options(), now).is_some());
        assert_eq!(budget.broke(1, true, &options(), now), None);
    }

    #[test]
    fn progress_refills_the_budget_and_needs_no_wait() {
        let (mut budget, now) = (Budget::default(), Instant::now());
        for known in 0..100 {
            budget.progress += ENOUGH;
            assert_eq!(
                budget.broke(known, false, &options(), now),
                Some((Duration::ZERO, true))
            );
        }
        budget.progress = ENOUGH;
        let never = Options {
            retries: 0,
            ..options()
        };
        assert_eq!(
            budget.broke(100, false, &never, now),
            None,
            "as the user wants it"
        );
        budget.progress = ENOUGH - 1;
        assert!(budget.broke(100, false, &options(), now).is_some());
        assert!(budget.broke(101, false, &options(), now).is_some());
        assert_eq!(budget.broke(102, false, &options(), now), None);
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
