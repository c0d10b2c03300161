//! Whether a failed request is sent again, and after how long.
//!
//! Decisions only: nothing here sleeps, reads a clock or rolls a die, so that every rule can be tested without waiting.
//! Waits grow as `base * 2^n` with full jitter; a server's `Retry-After` (RFC 9110, section 10.2.3) replaces them up to
//! [`LONGEST_ASKED`] at a time and [`LONGEST_IN_ALL`] for one request.

use std::time::{Duration, SystemTime};

/// The longest wait of the back-off.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);
/// The longest a server may make us wait at once.
const LONGEST_ASKED: Duration = Duration::from_secs(60);
/// The longest all waits for one request may take together.
const LONGEST_IN_ALL: Duration = Duration::from_secs(300);
/// How often a server that takes no connection is tried again: once helps over a restart, more wastes minutes.
const UNREACHABLE_RETRIES: u32 = 1;

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server answered with this status, and asked to wait that long.
    Status(u16, Option<Duration>),
    /// No connection came about; nothing was sent.
    Unreachable,
    /// The connection broke after something was sent.
    Broken,
    /// Nothing came for too long.
    Stalled,
    /// Trying again cannot help: no such host, a certificate that is not trusted.
    Hopeless,
}

/// How patient the user is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    /// Tries after the first.
    pub(super) retries: u32,
    /// The first wait, before jitter.
    pub(super) base: Duration,
}

/// What has been spent on one request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// Tries that failed.
    pub(super) tries: u32,
    /// Waits so far.
    pub(super) waited: Duration,
}

impl Policy {
    /// How long to wait before the next try of a request that may be sent twice, or `None` to give up. `roll` is a
    /// random number from 0 to 1.
    pub(super) fn wait(&self, spent: Spent, fault: Fault, roll: f64) -> Option<Duration> {
        let limit = match fault {
            Fault::Hopeless => 0,
            Fault::Status(status, _) if !is_temporary(status) => 0,
            Fault::Unreachable => self.retries.min(UNREACHABLE_RETRIES),
            _ => self.retries,
        };
        if spent.tries > limit {
            return None;
        }
        let wait = match fault {
            Fault::Status(_, Some(asked)) => asked.min(LONGEST_ASKED),
            _ => self.backoff(spent.tries).mul_f64(roll.clamp(0.0, 1.0)),
        };
        (spent.waited + wait <= LONGEST_IN_ALL).then_some(wait)
    }

    fn backoff(&self, tries: u32) -> Duration {
        let doublings = tries.saturating_sub(1).min(16);
        self.base
            .saturating_mul(1 << doublings)
            .min(LONGEST_BACKOFF)
    }
}

/// Whether a status says that the same request may succeed later.
pub(super) fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Reads `Retry-After`: seconds, or a date seen from `now`. A date in the past is no wait.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are an absurd wait, which is capped anyway.
        return Some(Duration::from_secs(
            value.parse().unwrap_or(u64::from(u32::MAX)),
        ));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        retries: 5,
        base: Duration::from_millis(500),
    };

    fn wait(tries: u32, fault: Fault) -> Option<Duration> {
        let spent = Spent {
            tries,
            waited: Duration::ZERO,
        };
        POLICY.wait(spent, fault, 1.0)
    }

    #[test]
    fn waits_double_up_to_half_a_minute() {
        let waits: Vec<u64> = (1..=5)
            .map(|tries| {
                let wait = wait(tries, Fault::Broken).unwrap();
                u64::try_from(wait.as_millis()).unwrap()
            })
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000]);
        assert_eq!(POLICY.backoff(40), LONGEST_BACKOFF);
        assert_eq!(wait(6, Fault::Broken), None, "five retries were asked for");
    }

    #[test]
    fn jitter_takes_any_part_of_the_wait() {
        let spent = Spent {
            tries: 1,
            ..Spent::default()
        };
        let rolled = |roll| POLICY.wait(spent, Fault::Stalled, roll).unwrap();
        assert_eq!(rolled(0.0), Duration::ZERO);
        assert_eq!(rolled(0.5), Duration::from_millis(250));
    }

    #[test]
    fn a_server_is_obeyed_within_reason() {
        let asked = |seconds| Fault::Status(429, Some(Duration::from_secs(seconds)));
        assert_eq!(wait(1, asked(2)), Some(Duration::from_secs(2)));
        assert_eq!(wait(1, asked(86_400)), Some(LONGEST_ASKED));
        let spent = Spent {
            tries: 2,
            waited: Duration::from_secs(299),
        };
        assert_eq!(POLICY.wait(spent, asked(2), 1.0), None);
    }

    #[test]
    fn only_what_may_help_is_tried_again() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(wait(1, Fault::Status(status, None)).is_some());
        }
        for status in [400, 401, 403, 404, 405, 416, 501, 505] {
            assert_eq!(wait(1, Fault::Status(status, None)), None, "{status}");
        }
        assert_eq!(wait(1, Fault::Hopeless), None);
    }

    #[test]
    fn a_server_that_takes_no_connection_gets_two_tries() {
        assert!(wait(1, Fault::Unreachable).is_some());
        assert_eq!(wait(2, Fault::Unreachable), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let read = |value| retry_after(value, now);
        assert_eq!(read(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(
            read("Sun, 06 Nov 1994 08:49:40 GMT"),
            Some(Duration::from_secs(3))
        );
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert!(read("99999999999999999999999").unwrap() > LONGEST_ASKED);
        for bad in ["", "soon", "-1", "1.5", "Sun, 99 Nov"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_retry_after_gives_a_bounded_wait(value in "[ -~]{0,40}", tries in 0u32..9, waited in 0u64..400) {
            let asked = retry_after(&value, SystemTime::UNIX_EPOCH);
            let spent = Spent { tries, waited: Duration::from_secs(waited) };
            if let Some(wait) = POLICY.wait(spent, Fault::Status(503, asked), 1.0) {
                proptest::prop_assert!(wait <= LONGEST_ASKED);
                proptest::prop_assert!(spent.waited + wait <= LONGEST_IN_ALL);
            }
        }
    }
}
