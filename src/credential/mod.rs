//! Where the proofs of who is asking are kept: docker's `config.json`, `docker-credential-*` programs, the platform's
//! keyring, podman's `auth.json`, the environment.
//!
//! A login made with docker works here and the other way round: same file, same helpers, same keys. What is promised
//! beyond docker: a helper that cannot be used is an error, never a reason to try or to fill another store
//! (CVE-2021-41092); a `config.json` is never seen half-written and keeps everything that is not ours; two logins at
//! once both stay; secrets are in no argument, no log and no error. A login is given out for exactly the `host[:port]`
//! it was made for.
//!
//! Logins that podman and skopeo keep in their `auth.json` are found too; [`Chain`] tells in which order. They are
//! theirs to erase. A login may be for a namespace of a registry ([`Key`]).
//!
//! Whether to ask for a login at all, and what to do when a store is broken, is for callers to decide.
//!
//! Followed: docker's `config.json` and docker-credential-helpers as their programs behave; containers-auth.json(5).

mod chain;
mod docker;
mod document;
mod file;
mod helper;
mod key;
mod keyring;
pub mod protocol;
mod secret;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::path::PathBuf;

pub use chain::{Answers, Chain, Keeper, Listing, Login};
pub use key::Key;
pub use keyring::Keyring;
pub use secret::Secret;

use crate::error::{Error, Result};

/// What proves to a registry who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A user name and its password.
    Basic {
        /// The user.
        username: String,
        /// The password, or what the registry takes instead of one.
        password: Secret,
    },
    /// Docker's `identitytoken`: an OAuth refresh token, for the token server only.
    Identity {
        /// The user it was given to; helpers do not keep it, then it is empty.
        username: String,
        /// The token.
        token: Secret,
    },
    /// Docker's `registrytoken`: a bearer token, used as it is.
    Bearer {
        /// The token.
        token: Secret,
    },
}

/// A credential and the place it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What was found.
    pub credential: Credential,
    /// A file, a helper's program name or an environment variable, for people to read.
    pub origin: String,
}

/// Where a login is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// A helper, by its program's name.
    Helper(String),
    /// The platform's keyring.
    Keyring {
        /// What the platform calls it.
        name: &'static str,
        /// Whether docker's `config.json` names `docker-credential-rg`, by which other programs see the login.
        shared: bool,
    },
    /// Docker's `config.json`, unencrypted.
    File(PathBuf),
    /// The same, for want of the keyring.
    FileInstead {
        /// The file.
        path: PathBuf,
        /// What is wrong with the keyring.
        reason: String,
    },
}

/// Runs what blocks where it holds nobody up.
async fn off_the_workers<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Error::Machine(format!(
            "work on the credential store was cut off: {error}"
        ))),
    }
}
