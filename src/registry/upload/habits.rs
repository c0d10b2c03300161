//! How a registry takes uploads, as far as this run has found out: so that of many blobs only the first one fails.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// The largest first size of a piece where the whole is too much, in bytes; below the 100 MB that common proxies take.
const PIECE: u64 = 64 << 20;
/// The smallest piece that is tried, in bytes.
pub(super) const SMALLEST_PIECE: u64 = 1 << 20;
/// The size of pieces that one cut alone leads to, in bytes: small enough for bad links, and a whole second of a good
/// one is not spent waiting for answers.
const GENTLE_PIECE: u64 = 8 << 20;
/// How many bytes a request carried at least for its speed to tell anything.
const TELLING: u64 = 1 << 20;

/// How a blob is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// One PUT carries all of it.
    Put,
    /// PATCH requests carry at most so many bytes each, and an empty PUT closes the upload.
    Patch(u64),
}

/// What is known about one registry.
pub(in crate::registry) struct Habits {
    /// The most bytes that one request should carry.
    piece: AtomicU64,
    /// PUT with a body is refused.
    by_patch: AtomicBool,
    /// Requests were cut, and pieces are small for that reason.
    cut: AtomicBool,
    /// A request was too large.
    bounded: AtomicBool,
    /// Pieces are refused.
    by_put: AtomicBool,
    /// Bytes a second of the last request that told; 0 before.
    speed: AtomicU64,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            piece: AtomicU64::new(u64::MAX),
            by_patch: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            bounded: AtomicBool::new(false),
            by_put: AtomicBool::new(false),
            speed: AtomicU64::new(0),
        }
    }
}

impl Habits {
    /// How to send a blob of `size` bytes to a registry that wants chunks of at least `least`; 0 when it did not say.
    pub(super) fn way(&self, size: u64, least: u64) -> Way {
        let piece = self.piece.load(Ordering::Relaxed);
        if self.by_patch.load(Ordering::Relaxed) {
            return Way::Patch(piece.max(least));
        }
        if self.by_put.load(Ordering::Relaxed) {
            return Way::Put;
        }
        if piece < size {
            return Way::Patch(piece.max(least));
        }
        let asked = least.max(PIECE);
        if least > 0 && size > asked {
            return Way::Patch(asked);
        }
        Way::Put
    }

    /// A request with `carried` bytes was too large: the next ones are half of it. False when they cannot be smaller.
    pub(super) fn too_large(&self, carried: u64, least: u64) -> bool {
        self.bounded.store(true, Ordering::Relaxed);
        self.by_put.store(false, Ordering::Relaxed);
        self.shrink(carried, (carried / 2).min(PIECE), least)
    }

    /// A request with `carried` bytes was cut after `passed` of them, and the registry has forgotten the upload: the
    /// next ones are smaller than what went through. False when they cannot be smaller, or must not.
    pub(in crate::registry) fn was_cut(&self, carried: u64, passed: u64, least: u64) -> bool {
        if self.by_put.load(Ordering::Relaxed) {
            return false;
        }
        // What passed went at least as far as the buffers of this machine; one cut may be bad luck, many are not.
        let gentle = (carried / 2).min(GENTLE_PIECE);
        let smaller = self.shrink(carried, (passed / 2).clamp(gentle, PIECE), least);
        self.cut.fetch_or(smaller, Ordering::Relaxed);
        smaller
    }

    /// Whether each piece should have a connection of its own: what cuts large requests often counts what a connection
    /// has carried.
    pub(super) fn wants_fresh_connections(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    fn shrink(&self, carried: u64, piece: u64, least: u64) -> bool {
        let piece = piece.max(least).max(SMALLEST_PIECE);
        let smaller = piece < carried;
        if smaller {
            self.piece.fetch_min(piece, Ordering::Relaxed);
        }
        smaller
    }

    /// PUT with a body was refused. False when pieces were, too.
    pub(super) fn takes_patch_only(&self) -> bool {
        let possible = !self.by_put.load(Ordering::Relaxed);
        self.by_patch.fetch_or(possible, Ordering::Relaxed);
        possible
    }

    /// A piece was refused. False when PUT with a body was, too, or a whole blob.
    pub(super) fn takes_put_only(&self) -> bool {
        let refused = self.by_patch.load(Ordering::Relaxed) || self.bounded.load(Ordering::Relaxed);
        let possible = !refused;
        self.by_put.fetch_or(possible, Ordering::Relaxed);
        possible
    }

    /// A request has carried `bytes` in `time`.
    pub(in crate::registry) fn took(&self, bytes: u64, time: Duration) {
        if bytes >= TELLING {
            let speed = u128::from(bytes) * 1000 / time.as_millis().max(1);
            let speed = u64::try_from(speed).unwrap_or(u64::MAX).max(1);
            self.speed.store(speed, Ordering::Relaxed);
        }
    }

    /// How long a request with `bytes` will probably take; zero when nobody knows.
    pub(super) fn will_take(&self, bytes: u64) -> Duration {
        match self.speed.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            speed => Duration::from_secs(bytes / speed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;
    const GIB: u64 = 1 << 30;

    #[test]
    fn a_blob_goes_in_one_request_until_there_is_a_reason() {
        let habits = Habits::default();
        assert_eq!(habits.way(8 * GIB, 0), Way::Put);
        assert_eq!(habits.way(100 * MIB, 5 * MIB), Way::Patch(PIECE));
        assert_eq!(habits.way(GIB, 100 * MIB), Way::Patch(100 * MIB));
        assert_eq!(habits.way(MIB, 5 * MIB), Way::Put);
    }

    #[test]
    fn what_is_too_large_is_halved_for_all_blobs_of_the_registry() {
        let habits = Habits::default();
        assert!(habits.too_large(GIB, 0));
        assert_eq!(habits.way(GIB, 0), Way::Patch(PIECE));
        assert!(habits.too_large(PIECE, 0));
        assert_eq!(habits.way(GIB, 0), Way::Patch(PIECE / 2));
        assert_eq!(habits.way(MIB, 0), Way::Put, "it fits");
        assert!(
            !habits.too_large(PIECE / 2, PIECE / 2),
            "chunks have a least size"
        );
        assert!(!habits.too_large(MIB, 0));
    }

    #[test]
    fn pieces_are_smaller_than_what_a_bad_link_lets_through() {
        let habits = Habits::default();
        assert!(habits.was_cut(GIB, 10 * MIB, 0));
        assert_eq!(habits.way(GIB, 0), Way::Patch(GENTLE_PIECE));
        assert!(habits.was_cut(GENTLE_PIECE, 3 * MIB, 0));
        assert_eq!(habits.way(GIB, 0), Way::Patch(4 * MIB));
        let late = Habits::default();
        assert!(late.was_cut(GIB, 100 * MIB, 0));
        assert_eq!(late.way(GIB, 0), Way::Patch(50 * MIB));
        let mut carried = GENTLE_PIECE;
        while late.was_cut(carried, 0, 0) {
            carried /= 2;
        }
        assert_eq!(late.way(GIB, 0), Way::Patch(SMALLEST_PIECE));
        assert!(!late.was_cut(MIB / 2, 1000, 0), "that is small enough");
    }

    #[test]
    fn a_registry_without_one_way_gets_the_other_and_without_both_an_error() {
        let patches = Habits::default();
        assert!(patches.takes_patch_only());
        assert_eq!(patches.way(MIB, 0), Way::Patch(u64::MAX));
        assert!(!patches.takes_put_only());
        let puts = Habits::default();
        assert!(puts.was_cut(GIB, MIB, 0) && puts.takes_put_only());
        assert_eq!(puts.way(GIB, 0), Way::Put);
        assert!(!puts.was_cut(GIB, MIB, 0) && !puts.takes_patch_only());
        assert!(puts.too_large(GIB, 0) && !puts.takes_put_only());
        assert_eq!(puts.way(GIB, 0), Way::Patch(GENTLE_PIECE));
    }

    #[test]
    fn the_time_of_a_request_follows_from_the_last() {
        let habits = Habits::default();
        assert_eq!(habits.will_take(GIB), Duration::ZERO);
        habits.took(64 * MIB, Duration::from_secs(32));
        habits.took(1000, Duration::from_secs(32));
        assert_eq!(habits.will_take(64 * MIB), Duration::from_secs(32));
        habits.took(u64::MAX, Duration::ZERO);
        assert_eq!(habits.will_take(GIB), Duration::ZERO);
    }
}
