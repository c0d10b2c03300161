//! What helpers and the keyring say about one registry, each asked once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::keyring_title;
use crate::credential::helper::Helper;
use crate::credential::keyring::{Keyring, NAME};
use crate::credential::{Credential, Found, key};
use crate::error::{Error, Result};
use crate::oci::Host;

/// What helpers and the keyring have answered about one registry, so that none is asked again for each of its
/// repositories; one that broke stays broken.
#[derive(Default)]
pub struct Answers {
    /// By the helper's program.
    helpers: Mutex<HashMap<String, Arc<OnceCell<Answer>>>>,
    keyring: OnceCell<Answer>,
    /// Whether there is a keyring.
    reached: OnceCell<bool>,
}

/// A login, none, or why there is no telling.
type Answer = Result<Option<Credential>, String>;

impl Answers {
    /// What `helper` says about `host`.
    pub(super) async fn of_helper(&self, helper: &Helper, host: &Host) -> Result<Option<Found>> {
        let store = helper.program().to_owned();
        let cell = {
            let mut helpers = self.helpers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(helpers.entry(store.clone()).or_default())
        };
        let answer = cell.get_or_try_init(|| async {
            match find_in_helper(helper, host).await {
                Ok(credential) => Ok(Ok(credential)),
                Err(Error::Credential { reason, .. }) => Ok(Err(reason)),
                Err(error) => Err(error),
            }
        });
        match answer.await?.clone() {
            Ok(credential) => Ok(found(credential, store)),
            Err(reason) => Err(Error::Credential { store, reason }),
        }
    }

    /// What the keyring says about `host`.
    pub(super) async fn of_keyring(&self, keyring: &Keyring, host: &Host) -> Result<Option<Found>> {
        let answer = self.keyring.get_or_try_init(|| async {
            match keyring.find(host).await {
                Ok(credential) => Ok(Ok(credential)),
                Err(Error::Keyring { reason, .. }) => Ok(Err(reason)),
                Err(error) => Err(error),
            }
        });
        match answer.await?.clone() {
            Ok(credential) => Ok(found(credential, keyring_title())),
            Err(reason) => Err(Error::Keyring { name: NAME, reason }),
        }
    }

    /// Whether there is a keyring, for those who can do without.
    pub(super) async fn reach_keyring(&self, keyring: &Keyring) -> bool {
        let reached = self.reached.get_or_init(|| async {
            let answer = keyring.connect().await;
            if let Err(error) = &answer {
                tracing::debug!(?error, "going on without a keyring");
            }
            answer.is_ok()
        });
        *reached.await
    }
}

fn found(credential: Option<Credential>, origin: String) -> Option<Found> {
    credential.map(|credential| Found { credential, origin })
}

/// Asks under every spelling.
async fn find_in_helper(helper: &Helper, host: &Host) -> Result<Option<Credential>> {
    for (at, server) in key::spellings(host).iter().enumerate() {
        if let Some(credential) = find_under(helper, server, at).await? {
            return Ok(Some(credential));
        }
    }
    Ok(None)
}

/// Asks for one spelling, the one `at` this place. Once the helper has answered for the first, the one that is
/// written, its trouble with an unusual one is no trouble.
pub(super) async fn find_under(
    helper: &Helper,
    server: &str,
    at: usize,
) -> Result<Option<Credential>> {
    match helper.get(server).await {
        Err(error) if at > 0 => {
            tracing::debug!(?server, ?error, "no answer for this spelling");
            Ok(None)
        }
        answer => answer,
    }
}
