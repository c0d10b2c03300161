//! What tests stand on: a private world for `rg`, deterministic images, scripted and real registries, the fault proxy.
//!
//! Nothing here uses the program under test but [`env`], which runs it, and [`registry`], which can start its embedded
//! registry. Everything listens on loopback and ends with the test that started it.

pub(crate) mod client;
pub(crate) mod daemon;
pub(crate) mod docker;
#[cfg(unix)]
pub(crate) mod engine;
pub(crate) mod env;
pub(crate) mod fake;
pub(crate) mod http;
pub(crate) mod image;
#[cfg(feature = "keyring")]
pub(crate) mod keyring;
pub(crate) mod layer;
pub(crate) mod layout;
mod message;
pub(crate) mod naive;
pub(crate) mod nginx;
pub(crate) mod proxy;
mod proxy_check;
pub(crate) mod random;
pub(crate) mod registry;
mod self_check;
mod socket;
pub(crate) mod tls;
pub(crate) mod token_server;
pub(crate) mod wire;
