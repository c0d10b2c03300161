//! The real-parts suite: `rg` against software that others wrote. Every test here is ignored by default and says what
//! it needs; `cargo test -- --ignored` runs them all, and one whose program is missing fails.

mod archives;
mod big;
mod disk;
mod docker;
mod doctor;
mod everyday;
mod front;
#[cfg(feature = "keyring")]
mod keyring;
mod logins;
mod mirrors;
mod parts;
mod places;
mod proxies;
mod search;
mod skopeo;
mod stories;
mod tls;
mod tokens;
mod unpack;
mod uploads;
