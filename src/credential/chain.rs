//! All places where logins are kept, in docker's order.
//!
//! To find one: the variable `DOCKER_AUTH_CONFIG`; then, by docker's `config.json`, the one helper that is in charge of
//! the host (`credHelpers`, else `credsStore`, else rg's own setting `credential_store`); then the `auths` of that file.
//! The first that has a login ends the search, and so does the first that is broken.
//!
//! A new login goes to the helper in charge, or into the file where there is none: exactly one place. To forget one is to
//! take every spelling of the host out of both.

use super::docker::{DockerConfig, Origin};
use super::file::DockerFile;
use super::helper::Helper;
use super::{Credential, Found, Stored, key, off_the_workers};
use crate::config::{Config, CredentialStore, Environment};
use crate::error::{Error, Result};
use crate::oci::Host;

/// Holds a `config.json` of its own; docker 28 and GitLab's runners give logins this way.
const VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// All places where logins are kept. Nothing is read or run before something is asked.
pub struct Chain {
    environment: Environment,
    /// In the order they are searched.
    places: Vec<Place>,
    /// Where new logins go, and which names the helpers.
    file: DockerFile,
    /// The helper of rg's own settings.
    helper: Option<String>,
}

enum Place {
    /// A variable that holds a document like docker's file.
    Variable(&'static str),
    /// Docker's file, and the helper it puts in charge.
    DockerFile,
}

impl Chain {
    /// The places that `config` and its environment name.
    #[must_use]
    pub fn open(config: &Config) -> Self {
        let helper = match &config.credential_store {
            CredentialStore::Helper(name) => Some(name.clone()),
            CredentialStore::Auto | CredentialStore::File => None,
        };
        Self {
            environment: config.environment.clone(),
            places: vec![Place::Variable(VARIABLE), Place::DockerFile],
            file: DockerFile::new(config.docker_config.join("config.json")),
            helper,
        }
    }

    /// The login for `host`, if any place has one.
    ///
    /// # Errors
    /// [`Error::Credential`] when a helper is missing or breaks: the caller decides whether to go on without.
    /// [`Error::BadFile`] or [`Error::Io`] when `config.json`, or its entry for this host, cannot be read.
    pub async fn find(&self, host: &Host) -> Result<Option<Found>> {
        for place in &self.places {
            let found = match place {
                Place::Variable(name) => self.find_in_variable(name, host)?,
                Place::DockerFile => self.find_by_docker_file(host).await?,
            };
            if let Some(found) = found {
                tracing::debug!(%host, origin = ?found.origin, "found a login");
                return Ok(Some(found));
            }
        }
        tracing::debug!(%host, "found no login");
        Ok(None)
    }

    /// Where [`Chain::store`] would put a login for `host`. To be asked before a password is sent anywhere.
    ///
    /// # Errors
    /// Those `store` would end with, as far as they can be known: the helper is missing, the file is not understood.
    pub async fn destination(&self, host: &Host) -> Result<Stored> {
        let docker = self.docker_config().await?;
        match self.helper(&docker, host)? {
            Some(helper) => {
                helper.locate().await?;
                Ok(Stored::Helper(helper.program().to_owned()))
            }
            None => Ok(Stored::File(self.file.path().to_owned())),
        }
    }

    /// Stores a login for `host`, in place of the one that is there.
    ///
    /// # Errors
    /// [`Error::Credential`] when the helper in charge is missing or breaks, [`Error::BadFile`] and [`Error::Io`] when
    /// the file cannot be read or written. It is never stored elsewhere then.
    pub async fn store(&self, host: &Host, credential: &Credential) -> Result<Stored> {
        let docker = self.docker_config().await?;
        if let Some(helper) = self.helper(&docker, host)? {
            helper.store(key::of(host), credential).await?;
            self.write(host, None).await?;
            return Ok(Stored::Helper(helper.program().to_owned()));
        }
        if let Credential::Basic { username, .. } | Credential::Identity { username, .. } =
            credential
            && username.contains(':')
        {
            return Err(Error::Credential {
                store: self.file.path().display().to_string(),
                reason: "a user name with a colon cannot be told from its password there"
                    .to_owned(),
            });
        }
        self.write(host, Some(credential.clone())).await?;
        Ok(Stored::File(self.file.path().to_owned()))
    }

    /// Forgets the login for `host` under every spelling, in the file and in the helper in charge. `false` when there
    /// was none. What `DOCKER_AUTH_CONFIG` says cannot be erased.
    ///
    /// # Errors
    /// As [`Chain::store`]. The file is done first, so a broken helper does not keep it from forgetting.
    pub async fn erase(&self, host: &Host) -> Result<bool> {
        let docker = self.docker_config().await?;
        let in_file = docker.hosts()?.contains(host);
        if docker.mentions(host)? {
            let (file, host) = (self.file.clone(), host.clone());
            off_the_workers(move || file.update(|docker| docker.remove(&host))).await?;
        }
        let Some(helper) = self.helper(&docker, host)? else {
            return Ok(in_file);
        };
        let servers = servers_of(&helper, host).await?;
        for server in &servers {
            helper.erase(server).await?;
        }
        Ok(in_file || !servers.is_empty())
    }

    /// Every host that has a login and where it is kept, without reading a secret from a helper.
    ///
    /// # Errors
    /// As [`Chain::find`], for any of the helpers.
    pub async fn list(&self) -> Result<Vec<(Host, String)>> {
        let mut logins: Vec<(Host, String)> = Vec::new();
        let mut add = |host: Host, place: &str| {
            if !logins.iter().any(|(other, _)| *other == host) {
                logins.push((host, place.to_owned()));
            }
        };
        if let Some(variable) = self.variable(VARIABLE)? {
            for host in variable.hosts()? {
                add(host, VARIABLE);
            }
        }
        let docker = self.docker_config().await?;
        let mut helpers = docker.helpers()?;
        helpers.extend(self.helper.clone().filter(|name| !helpers.contains(name)));
        for name in helpers {
            let helper = Helper::new(&name, &self.environment)?;
            for host in helper
                .list()
                .await?
                .iter()
                .filter_map(|server| key::host(server))
            {
                if self.name_of_helper(&docker, &host)?.as_ref() == Some(&name) {
                    add(host, helper.program());
                }
            }
        }
        for host in docker.hosts()? {
            add(host, &self.file.path().display().to_string());
        }
        Ok(logins)
    }

    fn find_in_variable(&self, name: &'static str, host: &Host) -> Result<Option<Found>> {
        let Some(document) = self.variable(name)? else {
            return Ok(None);
        };
        Ok(document.login(host)?.map(|credential| Found {
            credential,
            origin: name.to_owned(),
        }))
    }

    async fn find_by_docker_file(&self, host: &Host) -> Result<Option<Found>> {
        let docker = self.docker_config().await?;
        if let Some(helper) = self.helper(&docker, host)?
            && let Some(credential) = find_in_helper(&helper, host).await?
        {
            let origin = helper.program().to_owned();
            return Ok(Some(Found { credential, origin }));
        }
        Ok(docker.login(host)?.map(|credential| Found {
            credential,
            origin: self.file.path().display().to_string(),
        }))
    }

    fn variable(&self, name: &'static str) -> Result<Option<DockerConfig>> {
        let text = self.environment.get(name);
        text.map(|text| DockerConfig::parse(Origin::Variable(name), text.as_bytes()))
            .transpose()
    }

    async fn docker_config(&self) -> Result<DockerConfig> {
        let file = self.file.clone();
        off_the_workers(move || file.read()).await
    }

    /// The helper in charge of `host`.
    fn helper(&self, docker: &DockerConfig, host: &Host) -> Result<Option<Helper>> {
        self.name_of_helper(docker, host)?
            .map(|name| Helper::new(&name, &self.environment))
            .transpose()
    }

    /// Docker's file is asked first and our own setting fills the gap; an empty name in `credHelpers` takes the host
    /// away from both.
    fn name_of_helper(&self, docker: &DockerConfig, host: &Host) -> Result<Option<String>> {
        let named = docker.helper(host)?.or_else(|| self.helper.clone());
        Ok(named.filter(|name| !name.is_empty()))
    }

    async fn write(&self, host: &Host, login: Option<Credential>) -> Result<()> {
        let (file, host) = (self.file.clone(), host.clone());
        off_the_workers(move || file.update(|docker| docker.set_login(&host, login.as_ref()))).await
    }
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

/// The keys under which the helper keeps a login for `host`: from its list, or, where it gives none, by asking.
async fn servers_of(helper: &Helper, host: &Host) -> Result<Vec<String>> {
    match helper.list().await {
        Ok(mut servers) => {
            servers.retain(|server| key::host(server).as_ref() == Some(host));
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

/// Asks for one spelling, the one `at` this place. Once the helper has answered for the first, the one that is
/// written, its trouble with an unusual one is no trouble.
async fn find_under(helper: &Helper, server: &str, at: usize) -> Result<Option<Credential>> {
    match helper.get(server).await {
        Err(error) if at > 0 => {
            tracing::debug!(?server, ?error, "no answer for this spelling");
            Ok(None)
        }
        answer => answer,
    }
}
