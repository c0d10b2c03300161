//! The real-parts suite: `rg` against software that others wrote. Every test here is ignored by default and says what
//! it needs; `cargo test -- --ignored` runs them all, and one whose program is missing fails.

mod big;
mod disk;
mod everyday;
#[cfg(feature = "keyring")]
mod keyring;
mod parts;
mod skopeo;
mod stories;
mod uploads;
