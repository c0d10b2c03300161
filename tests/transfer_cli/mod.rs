//! What a person does with images, through the real `rg`: shapes that must round-trip, what may cost how many requests,
//! platforms under one tag, removal beside a pull.
//!
//! Each story is a function over a registry. Here they run against the embedded one; the real-parts suite runs the
//! same against software of others.

pub(crate) mod archives;
pub(crate) mod attached;
pub(crate) mod copies;
pub(crate) mod deletion;
pub(crate) mod economy;
pub(crate) mod expiry;
mod foreign;
pub(crate) mod garbage;
mod loading;
pub(crate) mod places;
pub(crate) mod platforms;
mod recompress;
pub(crate) mod removal;
pub(crate) mod shapes;
