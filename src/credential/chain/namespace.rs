//! Logins for a namespace of a registry, stored and erased.
//!
//! They are kept in docker's file only: helpers and their protocol know servers, and a helper that was given
//! `host/namespace` would never be asked for it by anybody.

use super::Chain;
use crate::credential::{Credential, Key, Stored, off_the_workers};
use crate::error::{Error, Result};

impl Chain {
    /// As [`Chain::destination`], for a registry or a namespace of one.
    ///
    /// # Errors
    /// As [`Chain::destination`].
    pub async fn destination_at(&self, key: &Key) -> Result<Stored> {
        // What `auths` holds is written anew in either case: the login, or the mark that a helper has it.
        self.docker_config().await?.keys()?;
        if key.path.is_none() {
            return self.destination(&key.host).await;
        }
        Ok(Stored::File(self.file.path().to_owned()))
    }

    /// As [`Chain::store`], for a registry or a namespace of one.
    ///
    /// # Errors
    /// As [`Chain::store`].
    pub async fn store_at(&self, key: &Key, credential: &Credential) -> Result<Stored> {
        if key.path.is_none() {
            return self.store(&key.host, credential).await;
        }
        self.refuse_colon(credential)?;
        let (file, name, login) = (self.file.clone(), key.to_string(), credential.clone());
        off_the_workers(move || file.update(|docker| docker.set_entry(&name, Some(&login))))
            .await?;
        Ok(Stored::File(self.file.path().to_owned()))
    }

    /// As [`Chain::erase`], for a registry or a namespace of one: each without the other.
    ///
    /// # Errors
    /// As [`Chain::erase`].
    pub async fn erase_at(&self, key: &Key) -> Result<bool> {
        if key.path.is_none() {
            return self.erase(&key.host).await;
        }
        if !self.docker_config().await?.keys()?.contains(key) {
            return Ok(false);
        }
        let (file, key) = (self.file.clone(), key.clone());
        off_the_workers(move || {
            let mut removed = false;
            file.update(|docker| {
                removed = docker.remove_key(&key)?;
                Ok(())
            })?;
            Ok(removed)
        })
        .await
    }

    /// The file keeps `user:password` as one text.
    pub(super) fn refuse_colon(&self, credential: &Credential) -> Result<()> {
        let (Credential::Basic { username, .. } | Credential::Identity { username, .. }) =
            credential
        else {
            return Ok(());
        };
        if username.contains(':') {
            return Err(Error::Credential {
                store: self.file.path().display().to_string(),
                reason: "a user name with a colon cannot be told from its password there"
                    .to_owned(),
            });
        }
        Ok(())
    }
}
