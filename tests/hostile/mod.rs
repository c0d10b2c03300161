//! Hostile servers against the real `rg`, each under its number in the list of adversarial cases.
//!
//! Every case runs twice against one and the same server: once with [`naive`](crate::support::naive), which has no
//! guard, to see the harm happen, and once with `rg`, to see it not happen.

mod content;
mod credentials;
mod listing;
mod tokens;
