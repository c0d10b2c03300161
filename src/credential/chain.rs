//! All places where logins are kept, in docker's order.
//!
//! To find one: the variable `DOCKER_AUTH_CONFIG`; then, by docker's `config.json`, the one helper that is in charge of
//! the host (`credHelpers`, else `credsStore`, else rg's own setting `credential_store`); then the `auths` of that file;
//! then, where no helper is in charge, the platform's keyring. The first that has a login ends the search, and so does
//! the first that is broken.
//!
//! A new login goes to the helper in charge; where there is none, into the keyring if one answers, else into the file:
//! exactly one place. To forget one is to take every spelling of the host out of all of them.
//!
//! The keyring is asked after the file because only then the newest login counts: what `rg` puts into the keyring it
//! takes out of the file, and what docker writes afterwards stands in the file again. By the setting `auto` it is asked
//! only for hosts that the file marks by an empty entry, as `rg` and docker do for logins kept elsewhere: a registry that
//! nobody logged in to costs no connection to it, let alone a question to unlock it.
//!
//! `rg` is a helper for other programs too, over the same keyring. Where docker's file names the helper `rg`, no program
//! is run: the keyring is asked in its place, here.

use super::docker::{DockerConfig, Origin};
use super::file::DockerFile;
use super::helper::Helper;
use super::keyring::{Keyring, NAME};
use super::{Credential, Found, key, off_the_workers};
use crate::config::{Config, CredentialStore, Environment};
use crate::error::Result;
use crate::oci::Host;

mod store;

/// Holds a `config.json` of its own; docker 28 and GitLab's runners give logins this way.
const VARIABLE: &str = "DOCKER_AUTH_CONFIG";
/// The helper that is this program over the keyring, as docker's file calls it.
const OWN_HELPER: &str = "rg";

/// All places where logins are kept. Nothing is read or run before something is asked.
pub struct Chain {
    environment: Environment,
    /// In the order they are searched.
    places: Vec<Place>,
    /// Where new logins go, and which names the helpers.
    file: DockerFile,
    /// rg's own setting, for hosts that docker's file names no helper for.
    setting: CredentialStore,
    keyring: Keyring,
}

/// Who keeps the login of a host.
enum Keeper {
    Helper(Helper),
    /// The keyring, because docker's file names the helper that is this program.
    NamedKeyring,
    /// The keyring, by our own setting.
    Keyring,
    /// The keyring where one answers, else the file.
    Auto,
    File,
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
        Self {
            environment: config.environment.clone(),
            places: vec![Place::Variable(VARIABLE), Place::DockerFile],
            file: DockerFile::new(config.docker_config.join("config.json")),
            setting: config.credential_store.clone(),
            keyring: Keyring::open(&config.environment),
        }
    }

    /// The login for `host`, if any place has one.
    ///
    /// # Errors
    /// [`crate::Error::Credential`] when a helper, [`crate::Error::Keyring`] when the keyring is missing or breaks: the
    /// caller decides whether to go on without. [`crate::Error::BadFile`] or [`crate::Error::Io`] when `config.json`, or
    /// its entry for this host, cannot be read.
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

    /// Every host that has a login and where it is kept, without reading a secret from a helper.
    ///
    /// # Errors
    /// As [`Chain::find`], for any of the helpers and the keyring.
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
        if let CredentialStore::Helper(name) = &self.setting
            && !helpers.contains(name)
        {
            helpers.push(name.clone());
        }
        helpers.retain(|name| !is_own(name));
        for name in helpers {
            let helper = Helper::new(&name, &self.environment)?;
            for host in helper
                .list()
                .await?
                .iter()
                .filter_map(|server| key::host(server))
            {
                if let Keeper::Helper(keeper) = self.keeper(&docker, &host)?
                    && keeper.program() == helper.program()
                {
                    add(host, helper.program());
                }
            }
        }
        let in_keyring = self.list_keyring(&docker).await?;
        for host in &in_keyring {
            if matches!(self.keeper(&docker, host)?, Keeper::NamedKeyring) {
                add(host.clone(), &in_words());
            }
        }
        for host in docker.hosts()? {
            add(host, &self.file.path().display().to_string());
        }
        for host in in_keyring {
            add(host, &in_words());
        }
        Ok(logins)
    }

    /// The hosts whose logins in the keyring would be given out.
    async fn list_keyring(&self, docker: &DockerConfig) -> Result<Vec<Host>> {
        let named = docker.helpers()?.iter().any(|name| is_own(name));
        let asked = match &self.setting {
            CredentialStore::Keyring => true,
            CredentialStore::Helper(name) => named || is_own(name),
            CredentialStore::Auto => named || (docker.marks_any()? && self.keyring_answers().await),
            CredentialStore::File => named,
        };
        if !asked {
            return Ok(Vec::new());
        }
        let mut hosts = Vec::new();
        for host in self.keyring.servers().await? {
            let Some(host) = key::host(&host) else {
                continue;
            };
            let given_out = match self.keeper(docker, &host)? {
                Keeper::NamedKeyring | Keeper::Keyring => true,
                Keeper::Auto => docker.mentions(&host)?,
                Keeper::Helper(_) | Keeper::File => false,
            };
            if given_out && !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        Ok(hosts)
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
        let keeper = self.keeper(&docker, host)?;
        let named = match &keeper {
            Keeper::Helper(helper) => find_in_helper(helper, host)
                .await?
                .map(|credential| (credential, helper.program().to_owned())),
            Keeper::NamedKeyring => self.find_in_keyring(host).await?,
            Keeper::Keyring | Keeper::Auto | Keeper::File => None,
        };
        if let Some((credential, origin)) = named {
            return Ok(Some(Found { credential, origin }));
        }
        if let Some(credential) = docker.login(host)? {
            let origin = self.file.path().display().to_string();
            return Ok(Some(Found { credential, origin }));
        }
        let asked = match keeper {
            Keeper::Keyring => true,
            Keeper::Auto => docker.mentions(host)? && self.keyring_answers().await,
            Keeper::Helper(_) | Keeper::NamedKeyring | Keeper::File => false,
        };
        if !asked {
            return Ok(None);
        }
        let found = self.find_in_keyring(host).await?;
        Ok(found.map(|(credential, origin)| Found { credential, origin }))
    }

    async fn find_in_keyring(&self, host: &Host) -> Result<Option<(Credential, String)>> {
        let found = self.keyring.find(host).await?;
        Ok(found.map(|credential| (credential, in_words())))
    }

    /// Whether there is a keyring, for those who can do without.
    async fn keyring_answers(&self) -> bool {
        let answer = self.keyring.connect().await;
        if let Err(error) = &answer {
            tracing::debug!(?error, "going on without a keyring");
        }
        answer.is_ok()
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

    /// Who is in charge of `host`. Docker's file is asked first and our own setting fills the gap; an empty name in
    /// `credHelpers` takes the host away from both.
    fn keeper(&self, docker: &DockerConfig, host: &Host) -> Result<Keeper> {
        let helper = |name: &str| Ok(Keeper::Helper(Helper::new(name, &self.environment)?));
        match (docker.helper(host)?, &self.setting) {
            (Some(name), _) if name.is_empty() => Ok(Keeper::File),
            (Some(name), _) if is_own(&name) => Ok(Keeper::NamedKeyring),
            (Some(name), _) => helper(&name),
            (None, CredentialStore::Helper(name)) if is_own(name) => Ok(Keeper::Keyring),
            (None, CredentialStore::Helper(name)) => helper(name),
            (None, CredentialStore::Keyring) => Ok(Keeper::Keyring),
            (None, CredentialStore::Auto) => Ok(Keeper::Auto),
            (None, CredentialStore::File) => Ok(Keeper::File),
        }
    }
}

/// Whether `name`, as a helper, is this program over the keyring.
fn is_own(name: &str) -> bool {
    cfg!(feature = "keyring") && name == OWN_HELPER
}

/// The keyring as a place, for people to read.
fn in_words() -> String {
    format!("the keyring ({NAME})")
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
async fn find_under(helper: &Helper, server: &str, at: usize) -> Result<Option<Credential>> {
    match helper.get(server).await {
        Err(error) if at > 0 => {
            tracing::debug!(?server, ?error, "no answer for this spelling");
            Ok(None)
        }
        answer => answer,
    }
}
