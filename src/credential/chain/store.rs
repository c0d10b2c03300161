//! Logins put into their place and taken out of all of them.

use super::answers::find_under;
use super::{Chain, InCharge, OWN_HELPER, is_own};
use crate::credential::docker::DockerConfig;
use crate::credential::helper::Helper;
use crate::credential::keyring::NAME;
use crate::credential::{Credential, Stored, key, off_the_workers};
use crate::error::{Error, Result};
use crate::oci::Host;

impl Chain {
    /// Where [`Chain::store`] would put a login for `host`. To be asked before a password is sent anywhere.
    ///
    /// # Errors
    /// Those `store` would end with, as far as they can be known: the helper is missing, the file is not understood, the
    /// keyring that must be used is not there or stays locked.
    pub async fn destination(&self, host: &Host) -> Result<Stored> {
        let docker = self.docker_config().await?;
        let in_charge = self.in_charge(&docker, host)?;
        match in_charge {
            InCharge::NamedKeyring | InCharge::Keyring => self.keyring.probe().await?,
            InCharge::Auto if self.keyring.may_exist() => {
                if let Err(error) = self.keyring.probe().await {
                    return self.instead(error);
                }
            }
            InCharge::Auto | InCharge::Helper(_) | InCharge::File => {}
        }
        self.expected_by(&docker, host, in_charge).await
    }

    /// The same without a question to the keyring: one that this session can have is taken for one that works.
    ///
    /// # Errors
    /// As [`Chain::destination`], as far as they can be known.
    pub async fn expected(&self, host: &Host) -> Result<Stored> {
        let docker = self.docker_config().await?;
        let in_charge = self.in_charge(&docker, host)?;
        self.expected_by(&docker, host, in_charge).await
    }

    async fn expected_by(
        &self,
        docker: &DockerConfig,
        host: &Host,
        in_charge: InCharge,
    ) -> Result<Stored> {
        match in_charge {
            InCharge::Helper(helper) => {
                helper.locate().await?;
                Ok(Stored::Helper(helper.program().to_owned()))
            }
            InCharge::NamedKeyring | InCharge::Keyring => {
                self.keyring.imaginable()?;
                self.in_keyring(docker, host).await
            }
            InCharge::Auto if self.keyring.may_exist() => self.in_keyring(docker, host).await,
            InCharge::Auto | InCharge::File => Ok(Stored::File(self.file.path().to_owned())),
        }
    }

    /// Stores a login for `host`, in place of the one that is there.
    ///
    /// # Errors
    /// [`Error::Credential`] or [`Error::Keyring`] when the helper or the keyring in charge is missing or breaks,
    /// [`Error::BadFile`] and [`Error::Io`] when the file cannot be read or written. It is never stored elsewhere then; by
    /// the setting `auto` alone the file takes the place of a keyring that cannot be used, and the answer says so.
    pub async fn store(&self, host: &Host, credential: &Credential) -> Result<Stored> {
        let docker = self.docker_config().await?;
        match self.in_charge(&docker, host)? {
            InCharge::Helper(helper) => {
                helper.store(key::of(host), credential).await?;
                self.write(host, None).await?;
                Ok(Stored::Helper(helper.program().to_owned()))
            }
            InCharge::NamedKeyring | InCharge::Keyring => {
                self.keyring.keep(host, credential).await?;
                self.mark(&docker, host).await
            }
            InCharge::Auto if self.keyring.may_exist() => {
                match self.keyring.keep(host, credential).await {
                    Ok(()) => self.mark(&docker, host).await,
                    Err(error) => {
                        self.store_in_file(host, credential).await?;
                        self.instead(error)
                    }
                }
            }
            InCharge::Auto | InCharge::File => {
                self.store_in_file(host, credential).await?;
                Ok(Stored::File(self.file.path().to_owned()))
            }
        }
    }

    /// Forgets the login for `host` under every spelling, in the file, in the keyring and in the helper in charge.
    /// `false` when there was none. What `DOCKER_AUTH_CONFIG` says cannot be erased.
    ///
    /// # Errors
    /// As [`Chain::store`]. The file is done first, so a broken helper does not keep it from forgetting.
    pub async fn erase(&self, host: &Host) -> Result<bool> {
        let docker = self.docker_config().await?;
        let in_file = docker.hosts()?.contains(host);
        if docker.mentions(host)? || docker.has_helper(host, OWN_HELPER)? {
            let (file, host) = (self.file.clone(), host.clone());
            let forget = move |docker: &mut DockerConfig| {
                docker.remove(&host)?;
                docker.remove_helper(&host, OWN_HELPER)
            };
            off_the_workers(move || file.update(forget)).await?;
        }
        let elsewhere = match self.in_charge(&docker, host)? {
            InCharge::Helper(helper) => erase_in_helper(&helper, host).await?,
            InCharge::NamedKeyring | InCharge::Keyring => self.keyring.erase(key::of(host)).await?,
            InCharge::Auto if self.keyring_answers().await => {
                self.keyring.erase(key::of(host)).await?
            }
            InCharge::Auto | InCharge::File => false,
        };
        Ok(in_file || elsewhere)
    }

    /// What to say of a login in the keyring: whether other programs see it.
    async fn in_keyring(&self, docker: &DockerConfig, host: &Host) -> Result<Stored> {
        let own = Helper::new(OWN_HELPER, &self.environment)?;
        let named = docker.helper(host)?.is_some_and(|name| is_own(&name));
        Ok(Stored::Keyring {
            name: NAME,
            shared: named || own.locate().await.is_ok(),
        })
    }

    /// Notes in docker's file that the keyring has the login of `host`, and by which helper others get it, if they can.
    async fn mark(&self, docker: &DockerConfig, host: &Host) -> Result<Stored> {
        let stored = self.in_keyring(docker, host).await?;
        let unnamed = docker.helper(host)?.is_none();
        let share = unnamed && matches!(stored, Stored::Keyring { shared: true, .. });
        let (file, host) = (self.file.clone(), host.clone());
        let note = move |docker: &mut DockerConfig| {
            docker.mark(&host)?;
            if share {
                docker.set_helper(&host, OWN_HELPER)?;
            }
            Ok(())
        };
        off_the_workers(move || file.update(note)).await?;
        Ok(stored)
    }

    async fn store_in_file(&self, host: &Host, credential: &Credential) -> Result<()> {
        self.refuse_colon(credential)?;
        self.write(host, Some(credential.clone())).await
    }

    /// The file, for want of a keyring, and what is wrong with that.
    fn instead(&self, error: Error) -> Result<Stored> {
        match error {
            Error::Keyring { reason, .. } => Ok(Stored::FileInstead {
                path: self.file.path().to_owned(),
                reason,
            }),
            other => Err(other),
        }
    }

    async fn write(&self, host: &Host, login: Option<Credential>) -> Result<()> {
        let (file, host) = (self.file.clone(), host.clone());
        off_the_workers(move || file.update(|docker| docker.set_login(&host, login.as_ref()))).await
    }
}

/// `false` when it had none.
async fn erase_in_helper(helper: &Helper, host: &Host) -> Result<bool> {
    let servers = servers_of(helper, host).await?;
    for server in &servers {
        helper.erase(server).await?;
    }
    Ok(!servers.is_empty())
}

/// The keys under which the helper keeps a login for `host`: from its list, or, where it gives none, by asking.
pub(super) async fn servers_of(helper: &Helper, host: &Host) -> Result<Vec<String>> {
    match helper.list().await {
        Ok(mut servers) => {
            servers.retain(|server| key::is_for(server, host));
            Ok(servers)
        }
        Err(error) => {
            tracing::debug!(?error, "the helper gives no list; asking for each spelling");
            let mut servers = Vec::new();
            for (at, server) in key::spellings(host).into_iter().enumerate() {
                if find_under(helper, &server, at).await?.is_some() {
                    servers.push(server);
                }
            }
            Ok(servers)
        }
    }
}
