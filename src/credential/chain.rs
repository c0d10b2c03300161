//! All places where logins are kept, and which of them wins.
//!
//! To find one, in this order; the first that has a login ends the search, and so does the first that is broken, so that
//! what comes later can neither change nor hide what was found:
//!
//! 1. the variable `DOCKER_AUTH_CONFIG`: it is set for this run, so it is the most deliberate;
//! 2. the file that `REGISTRY_AUTH_FILE` names, for the same reason;
//! 3. docker's `config.json`. It stands before podman's files, other than with podman, because new logins are written
//!    there: what `login` has just stored must be what the next command uses. And it is docker that is replaced here;
//! 4. podman's `auth.json` of this session (`$XDG_RUNTIME_DIR/containers`);
//! 5. the lasting one (`containers/auth.json` in `$XDG_CONFIG_HOME` or `~/.config`);
//! 6. `~/.dockercfg`, which docker wrote before 2015. It is only read.
//!
//! Within one of them the most specific wins: entries of `auths` for a namespace of the registry, the longest path
//! first; then the one helper that is in charge of the host (`credHelpers`; in docker's file also `credsStore`, else
//! rg's own setting `credential_store`); then the entry of the host. A helper keeps logins of whole registries only.
//!
//! A new login goes to the helper in charge, or into docker's file where there is none: exactly one place. That of a
//! namespace always goes into the file. To forget one is to take every spelling of the host out of both.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::docker::{DockerConfig, Origin};
use super::file::DockerFile;
use super::helper::Helper;
use super::{Credential, Found, Stored, key, off_the_workers};
use crate::config::{Config, CredentialStore, Environment};
use crate::error::{Error, Result};
use crate::oci::{Host, Repository};

mod list;
mod namespace;

pub use list::{Keeper, Listing, Login};

/// Holds a `config.json` of its own; docker 28 and GitLab's runners give logins this way.
const VARIABLE: &str = "DOCKER_AUTH_CONFIG";
/// Names a file like podman's `auth.json`.
const AUTH_FILE: &str = "REGISTRY_AUTH_FILE";

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
    /// A file of podman and skopeo, and the helpers it names for single hosts.
    AuthFile(DockerFile),
    /// The old `.dockercfg`.
    OldFile(DockerFile),
}

/// What helpers have answered about one registry, so that none is run again for each of its repositories; one that
/// broke stays broken.
#[derive(Default)]
pub struct Answers(Mutex<HashMap<String, Arc<OnceCell<Answer>>>>);

/// A login, none, or why there is no telling.
type Answer = Result<Option<Credential>, String>;

impl Chain {
    /// The places that `config` and its environment name.
    #[must_use]
    pub fn open(config: &Config) -> Self {
        let helper = match &config.credential_store {
            CredentialStore::Helper(name) => Some(name.clone()),
            CredentialStore::Auto | CredentialStore::File => None,
        };
        let file = config.docker_config.join("config.json");
        Self {
            environment: config.environment.clone(),
            places: places(&config.environment, &file),
            file: DockerFile::new(file),
            helper,
        }
    }

    /// The login for all of `host`, if any place has one.
    ///
    /// # Errors
    /// As [`Chain::find_for`].
    pub async fn find(&self, host: &Host) -> Result<Option<Found>> {
        self.find_for(host, None, &Answers::default()).await
    }

    /// The login for `repository` of `host`, or for what concerns no single repository there, if any place has one.
    /// `answers` are those that helpers gave about this host before.
    ///
    /// # Errors
    /// [`Error::Credential`] when a helper is missing or breaks: the caller decides whether to go on without.
    /// [`Error::BadFile`] or [`Error::Io`] when a file, or its entry for this repository, cannot be read.
    pub async fn find_for(
        &self,
        host: &Host,
        repository: Option<&Repository>,
        answers: &Answers,
    ) -> Result<Option<Found>> {
        for place in &self.places {
            let Some(document) = self.document(place).await? else {
                continue;
            };
            let below = repository.map(|repository| document.login_below(host, repository));
            if let Some(credential) = below.transpose()?.flatten() {
                let origin = self.title(place);
                tracing::debug!(%host, ?repository, ?origin, "found a login for a namespace");
                return Ok(Some(Found { credential, origin }));
            }
            let helper = self.helper_of(place, &document, host)?;
            let found = match helper {
                Some(helper) => answers.of(&helper, host).await?,
                None => None,
            };
            let found = match found {
                Some(found) => Some(found),
                None => document.login(host)?.map(|credential| Found {
                    credential,
                    origin: self.title(place),
                }),
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
        self.refuse_colon(credential)?;
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

    /// What a place says; `None` when it is not there.
    async fn document(&self, place: &Place) -> Result<Option<DockerConfig>> {
        Ok(Some(match place {
            Place::Variable(name) => return self.variable(name),
            Place::DockerFile => self.docker_config().await?,
            Place::AuthFile(file) => {
                let file = file.clone();
                off_the_workers(move || file.read()).await?
            }
            Place::OldFile(file) => {
                let file = file.clone();
                off_the_workers(move || file.read_entries()).await?
            }
        }))
    }

    /// What people call a place.
    fn title(&self, place: &Place) -> String {
        match place {
            Place::Variable(name) => (*name).to_owned(),
            Place::DockerFile => self.file.path().display().to_string(),
            Place::AuthFile(file) | Place::OldFile(file) => file.path().display().to_string(),
        }
    }

    /// The helper that a place puts in charge of `host`. A variable names none: docker reads only `auths` there.
    fn helper_of(
        &self,
        place: &Place,
        document: &DockerConfig,
        host: &Host,
    ) -> Result<Option<Helper>> {
        match place {
            Place::Variable(_) | Place::OldFile(_) => Ok(None),
            Place::DockerFile => self.helper(document, host),
            Place::AuthFile(_) => document
                .own_helper(host)?
                .filter(|name| !name.is_empty())
                .map(|name| Helper::new(&name, &self.environment))
                .transpose(),
        }
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

impl Answers {
    /// What `helper` says about `host`, asked once.
    async fn of(&self, helper: &Helper, host: &Host) -> Result<Option<Found>> {
        let cell = {
            let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(helper.program().to_owned()).or_default())
        };
        let answer = cell.get_or_try_init(|| async {
            match find_in_helper(helper, host).await {
                Ok(credential) => Ok(Ok(credential)),
                Err(Error::Credential { reason, .. }) => Ok(Err(reason)),
                Err(error) => Err(error),
            }
        });
        let origin = helper.program().to_owned();
        match answer.await? {
            Ok(credential) => Ok(credential
                .clone()
                .map(|credential| Found { credential, origin })),
            Err(reason) => Err(Error::Credential {
                store: origin,
                reason: reason.clone(),
            }),
        }
    }
}

/// The places there are, in the order they are searched. One file is one place, whatever else names it.
fn places(environment: &Environment, docker: &Path) -> Vec<Place> {
    let mut places = vec![Place::Variable(VARIABLE)];
    let mut known: Vec<PathBuf> = Vec::new();
    let named = environment.get(AUTH_FILE).map(PathBuf::from);
    let docker = Some(docker.to_owned());
    let file = |folder: PathBuf| folder.join("auth.json");
    let session = environment.containers_session_folder().map(file);
    let lasting = environment.containers_settings_folder().map(file);
    for file in [named, docker.clone(), session, lasting] {
        match file {
            Some(file) if !known.contains(&file) => {
                places.push(if Some(&file) == docker.as_ref() {
                    Place::DockerFile
                } else {
                    Place::AuthFile(DockerFile::new(file.clone()))
                });
                known.push(file);
            }
            _ => {}
        }
    }
    let old = environment.home().map(|home| home.join(".dockercfg"));
    places.extend(old.map(|file| Place::OldFile(DockerFile::new(file))));
    places
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
