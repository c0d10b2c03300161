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
//! rg's own setting `credential_store`); then the entry of the host; then, by docker's file and where no helper is in
//! charge, the platform's keyring. Helpers and the keyring keep logins of whole registries only.
//!
//! The keyring is asked after the file because only then the newest login counts: what `rg` puts into the keyring it
//! takes out of the file, and what docker writes afterwards stands in the file again. By the setting `auto` it is asked
//! only for hosts that the file marks by an empty entry, as `rg` and docker do for logins kept elsewhere: a registry that
//! nobody logged in to costs no connection to it, let alone a question to unlock it.
//!
//! `rg` is a helper for other programs too, over the same keyring. Where a file names the helper `rg`, no program is run:
//! the keyring is asked in its place, here.
//!
//! A new login goes to the helper in charge; where there is none, into the keyring if one answers, else into docker's
//! file: exactly one place. That of a namespace always goes into the file. To forget one is to take every spelling of the
//! host out of all of them.

use std::path::{Path, PathBuf};

use super::docker::{DockerConfig, Origin};
use super::file::DockerFile;
use super::helper::Helper;
use super::keyring::{Keyring, NAME};
use super::{Found, off_the_workers};
use crate::config::{Config, CredentialStore, Environment};
use crate::error::Result;
use crate::oci::{Host, Repository};

mod answers;
mod list;
mod namespace;
mod store;
#[cfg(test)]
#[cfg(all(unix, feature = "keyring"))]
mod tests;

pub use answers::Answers;
pub use list::{Keeper, Listing, Login};

/// Holds a `config.json` of its own; docker 28 and GitLab's runners give logins this way.
const VARIABLE: &str = "DOCKER_AUTH_CONFIG";
/// Names a file like podman's `auth.json`.
const AUTH_FILE: &str = "REGISTRY_AUTH_FILE";
/// The helper that is this program over the keyring, as files call it.
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

/// What a place has its logins of a host in.
enum InCharge {
    Helper(Helper),
    /// The keyring, because the place names the helper that is this program.
    NamedKeyring,
    /// The keyring, by our own setting.
    Keyring,
    /// The keyring where one answers, else the file.
    Auto,
    /// Nothing but the place itself.
    File,
}

impl Chain {
    /// The places that `config` and its environment name.
    #[must_use]
    pub fn open(config: &Config) -> Self {
        let file = config.docker_config.join("config.json");
        Self {
            environment: config.environment.clone(),
            places: places(&config.environment, &file),
            file: DockerFile::new(file),
            setting: config.credential_store.clone(),
            keyring: Keyring::open(&config.environment),
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
    /// `answers` are those that helpers and the keyring gave about this host before.
    ///
    /// # Errors
    /// [`crate::Error::Credential`] when a helper, [`crate::Error::Keyring`] when the keyring is missing or breaks: the
    /// caller decides whether to go on without. [`crate::Error::BadFile`] or [`crate::Error::Io`] when a file, or its
    /// entry for this repository, cannot be read.
    pub async fn find_for(
        &self,
        host: &Host,
        repository: Option<&Repository>,
        answers: &Answers,
    ) -> Result<Option<Found>> {
        for place in &self.places {
            let found = self.find_in(place, host, repository, answers).await?;
            if let Some(found) = found {
                tracing::debug!(%host, ?repository, origin = ?found.origin, "found a login");
                return Ok(Some(found));
            }
        }
        tracing::debug!(%host, "found no login");
        Ok(None)
    }

    /// The login that one place has: that of a namespace, of the helper in charge, of the host, of the keyring.
    async fn find_in(
        &self,
        place: &Place,
        host: &Host,
        repository: Option<&Repository>,
        answers: &Answers,
    ) -> Result<Option<Found>> {
        let Some(document) = self.document(place).await? else {
            return Ok(None);
        };
        let here = |credential| Found {
            credential,
            origin: self.title(place),
        };
        let below = repository.map(|repository| document.login_below(host, repository));
        if let Some(credential) = below.transpose()?.flatten() {
            return Ok(Some(here(credential)));
        }
        let in_charge = self.in_charge_at(place, &document, host)?;
        let named = match &in_charge {
            InCharge::Helper(helper) => answers.of_helper(helper, host).await?,
            InCharge::NamedKeyring => answers.of_keyring(&self.keyring, host).await?,
            InCharge::Keyring | InCharge::Auto | InCharge::File => None,
        };
        if named.is_some() {
            return Ok(named);
        }
        if let Some(credential) = document.login(host)? {
            return Ok(Some(here(credential)));
        }
        let asked = match in_charge {
            InCharge::Keyring => true,
            InCharge::Auto => {
                document.mentions(host)? && answers.reach_keyring(&self.keyring).await
            }
            InCharge::Helper(_) | InCharge::NamedKeyring | InCharge::File => false,
        };
        if asked {
            answers.of_keyring(&self.keyring, host).await
        } else {
            Ok(None)
        }
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

    fn variable(&self, name: &'static str) -> Result<Option<DockerConfig>> {
        let text = self.environment.get(name);
        text.map(|text| DockerConfig::parse(Origin::Variable(name), text.as_bytes()))
            .transpose()
    }

    async fn docker_config(&self) -> Result<DockerConfig> {
        let file = self.file.clone();
        off_the_workers(move || file.read()).await
    }

    /// What `place` puts in charge of `host`. A variable names no helper: docker reads only `auths` there.
    fn in_charge_at(
        &self,
        place: &Place,
        document: &DockerConfig,
        host: &Host,
    ) -> Result<InCharge> {
        match place {
            Place::Variable(_) | Place::OldFile(_) => Ok(InCharge::File),
            Place::DockerFile => self.in_charge(document, host),
            Place::AuthFile(_) => match document.own_helper(host)? {
                Some(name) => self.named(&name),
                None => Ok(InCharge::File),
            },
        }
    }

    /// What is in charge of `host`. Docker's file is asked first and our own setting fills the gap; an empty name in
    /// `credHelpers` takes the host away from both.
    fn in_charge(&self, docker: &DockerConfig, host: &Host) -> Result<InCharge> {
        match (docker.helper(host)?, &self.setting) {
            (Some(name), _) => self.named(&name),
            (None, CredentialStore::Helper(name)) if is_own(name) => Ok(InCharge::Keyring),
            (None, CredentialStore::Helper(name)) => self.named(name),
            (None, CredentialStore::Keyring) => Ok(InCharge::Keyring),
            (None, CredentialStore::Auto) => Ok(InCharge::Auto),
            (None, CredentialStore::File) => Ok(InCharge::File),
        }
    }

    /// The helper of that name, which a file puts in charge.
    fn named(&self, name: &str) -> Result<InCharge> {
        Ok(if name.is_empty() {
            InCharge::File
        } else if is_own(name) {
            InCharge::NamedKeyring
        } else {
            InCharge::Helper(Helper::new(name, &self.environment)?)
        })
    }

    /// Whether there is a keyring, for those who can do without.
    async fn keyring_answers(&self) -> bool {
        Answers::default().reach_keyring(&self.keyring).await
    }
}

/// Whether `name`, as a helper, is this program over the keyring.
fn is_own(name: &str) -> bool {
    cfg!(feature = "keyring") && name == OWN_HELPER
}

/// The keyring as a place, for people to read.
fn keyring_title() -> String {
    format!("the keyring ({NAME})")
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
