//! Numbers drawn from a seed that is printed, so that a run which failed can be had again.

use std::hash::{BuildHasher as _, Hasher as _};

/// The variable that sets the seed.
const SEED: &str = "RG_TEST_SEED";

/// A source of numbers (xorshift64).
pub(crate) struct Random(u64);

impl Random {
    /// Another one each time, unless `RG_TEST_SEED` is set; tells the seed on standard output.
    pub(crate) fn new() -> Self {
        let drawn = || std::hash::RandomState::new().build_hasher().finish();
        let told = std::env::var(SEED).ok();
        let seed = told.map_or_else(drawn, |seed| seed.parse().expect("a number"));
        println!("{SEED}={seed}");
        Self(seed | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
