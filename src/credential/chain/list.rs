//! What logins there are, over all places, and which of them would be used.

use std::path::PathBuf;

use super::store::servers_of;
use super::{Chain, InCharge, Place, is_own, keyring_title};
use crate::config::CredentialStore;
use crate::credential::Key;
use crate::credential::docker::DockerConfig;
use crate::credential::helper::Helper;
use crate::credential::key;
use crate::error::{Error, Result};
use crate::oci::Host;

/// A login, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What it is for.
    pub key: Key,
    /// Where it is kept, for people to read: a file, a helper's program name, the keyring or an environment variable.
    pub place: String,
    /// Who can make that place forget it.
    pub keeper: Keeper,
    /// Whether it is given out; where not, an earlier place has one for the same or for all of the registry.
    pub used: bool,
}

/// Who takes logins out of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keeper {
    /// [`Chain::erase`] and [`Chain::erase_at`].
    Ours,
    /// Whoever set the variable.
    Variable,
    /// podman or skopeo, whose file it is.
    AuthFile(PathBuf),
    /// A helper, or the keyring by the name of one, that this file of podman's names.
    NamedHelper(PathBuf),
    /// A person with an editor: no program writes this file any more.
    OldFile,
}

/// All logins that could be seen.
#[derive(Debug, Default)]
pub struct Listing {
    /// In the order in which places are searched.
    pub logins: Vec<Login>,
    /// What is wrong with places that could not be read.
    pub broken: Vec<Error>,
}

impl Listing {
    /// The logins.
    ///
    /// # Errors
    /// The first thing that is wrong with any place.
    pub fn complete(self) -> Result<Vec<Login>> {
        match self.broken.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.logins),
        }
    }
}

/// Logins as they are collected, each with the number of its place.
#[derive(Default)]
struct Collected {
    logins: Vec<(usize, Login)>,
    broken: Vec<Error>,
}

/// Hosts whose logins the keyring has.
#[derive(Default)]
struct InKeyring {
    /// Those that are asked of it before the file's own entry.
    named: Vec<Host>,
    /// Those that are asked of it after that.
    others: Vec<Host>,
}

impl Chain {
    /// Every login and where it is kept, without reading a secret from a helper or the keyring. What is broken is told beside what is
    /// not.
    pub async fn list(&self) -> Listing {
        let mut all = Collected::default();
        for (at, place) in self.places.iter().enumerate() {
            if let Err(error) = self.collect(at, place, true, &mut all).await {
                all.broke(error);
            }
        }
        Listing {
            logins: all.logins.into_iter().map(|(_, login)| login).collect(),
            broken: all.broken,
        }
    }

    /// What a logout from `key` leaves: logins for the same and for parts of it, in files and variables. Helpers and the
    /// keyring are asked only where a file of podman's names one for that host; a place that is broken gives out no login
    /// either.
    pub async fn leftovers(&self, key: &Key) -> Vec<Login> {
        let mut all = Collected::default();
        for (at, place) in self.places.iter().enumerate() {
            if let Err(error) = self.collect(at, place, false, &mut all).await {
                tracing::debug!(?error, "no telling whether there is a login");
            }
            let named = match place {
                Place::AuthFile(file) if key.path.is_none() => self.named_helper(file, key).await,
                _ => Ok(None),
            };
            match named {
                Ok(named) => all.logins.extend(named.map(|login| (at, login))),
                Err(error) => tracing::debug!(?error, "no telling whether there is a login"),
            }
        }
        let left = all.logins.into_iter().map(|(_, login)| login);
        left.filter(|login| key.covers(&login.key.host, login.key.path.as_ref()))
            .collect()
    }

    /// The place, searched before the one that new logins go to, that has a login for `key` as well.
    pub async fn overruled(&self, key: &Key) -> Option<String> {
        let earlier = self.places.iter();
        for place in earlier.take_while(|place| !matches!(place, Place::DockerFile)) {
            let Ok(Some(document)) = self.document(place).await else {
                continue;
            };
            let mut keys = document.keys().unwrap_or_default().into_iter();
            if keys.any(|other| other.covers(&key.host, key.path.as_ref())) {
                return Some(self.title(place));
            }
        }
        None
    }

    /// Adds what `place` has: namespaces, then helpers, then hosts, then the keyring, as they are searched.
    async fn collect(
        &self,
        at: usize,
        place: &Place,
        helpers: bool,
        all: &mut Collected,
    ) -> Result<()> {
        let Some(document) = self.document(place).await? else {
            return Ok(());
        };
        let title = self.title(place);
        let keeper = match place {
            Place::Variable(_) => Keeper::Variable,
            Place::DockerFile => Keeper::Ours,
            Place::AuthFile(file) => Keeper::AuthFile(file.path().to_owned()),
            Place::OldFile(_) => Keeper::OldFile,
        };
        let (namespaces, hosts): (Vec<Key>, Vec<Key>) = document
            .keys()?
            .into_iter()
            .partition(|key| key.path.is_some());
        for key in namespaces {
            all.add(at, key, &title, keeper.clone());
        }
        let mut in_keyring = InKeyring::default();
        if helpers {
            in_keyring = self.collect_helpers(at, place, &document, all).await?;
        }
        for host in in_keyring.named {
            all.add(at, host.into(), &keyring_title(), asked_by(place));
        }
        for key in hosts {
            all.add(at, key, &title, keeper.clone());
        }
        for host in in_keyring.others {
            all.add(at, host.into(), &keyring_title(), asked_by(place));
        }
        Ok(())
    }

    /// Adds what helpers keep, and says what the keyring does.
    async fn collect_helpers(
        &self,
        at: usize,
        place: &Place,
        document: &DockerConfig,
        all: &mut Collected,
    ) -> Result<InKeyring> {
        let names = self.helpers_of(place, document)?;
        for name in names.iter().filter(|name| !is_own(name)) {
            let listed = self.list_helper(at, place, document, name, all).await;
            if let Err(error) = listed {
                all.broke(error);
            }
        }
        let asked = names.iter().any(|name| is_own(name));
        match self.list_keyring(place, document, asked).await {
            Ok(in_keyring) => Ok(in_keyring),
            Err(error) => {
                all.broke(error);
                Ok(InKeyring::default())
            }
        }
    }

    /// The helpers that a place may put in charge of some host.
    fn helpers_of(&self, place: &Place, document: &DockerConfig) -> Result<Vec<String>> {
        match place {
            Place::Variable(_) | Place::OldFile(_) => Ok(Vec::new()),
            Place::AuthFile(_) => document.own_helpers(),
            Place::DockerFile => {
                let mut names = document.helpers()?;
                if let CredentialStore::Helper(name) = &self.setting
                    && !names.contains(name)
                {
                    names.push(name.clone());
                }
                Ok(names)
            }
        }
    }

    /// Adds what the helper called `name` keeps, as far as `place` puts it in charge.
    async fn list_helper(
        &self,
        at: usize,
        place: &Place,
        document: &DockerConfig,
        name: &str,
        all: &mut Collected,
    ) -> Result<()> {
        let helper = Helper::new(name, &self.environment)?;
        for server in helper.list().await? {
            let Some(host) = key::host(&server) else {
                continue;
            };
            if let InCharge::Helper(other) = self.in_charge_at(place, document, &host)?
                && other.program() == helper.program()
            {
                all.add(at, host.into(), helper.program(), asked_by(place));
            }
        }
        Ok(())
    }

    /// The hosts whose logins in the keyring `place` would have given out. `named` says that it names the helper that is
    /// this program.
    async fn list_keyring(
        &self,
        place: &Place,
        document: &DockerConfig,
        named: bool,
    ) -> Result<InKeyring> {
        let asked = named
            || match (place, &self.setting) {
                (Place::DockerFile, CredentialStore::Keyring) => true,
                (Place::DockerFile, CredentialStore::Auto) => {
                    document.marks_any()? && self.keyring_answers().await
                }
                _ => false,
            };
        let mut found = InKeyring::default();
        if !asked {
            return Ok(found);
        }
        for server in self.keyring.servers().await? {
            let Some(host) = key::host(&server) else {
                continue;
            };
            match self.in_charge_at(place, document, &host)? {
                InCharge::NamedKeyring => found.named.push(host),
                InCharge::Keyring => found.others.push(host),
                InCharge::Auto if document.mentions(&host)? => found.others.push(host),
                InCharge::Auto | InCharge::Helper(_) | InCharge::File => {}
            }
        }
        Ok(found)
    }

    /// The login for the host of `key` that a helper named by podman's `file` keeps.
    async fn named_helper(&self, file: &super::DockerFile, key: &Key) -> Result<Option<Login>> {
        let place = Place::AuthFile(file.clone());
        let Some(document) = self.document(&place).await? else {
            return Ok(None);
        };
        let kept_in = match self.in_charge_at(&place, &document, &key.host)? {
            InCharge::Helper(helper) => {
                let kept = !servers_of(&helper, &key.host).await?.is_empty();
                kept.then(|| helper.program().to_owned())
            }
            InCharge::NamedKeyring => {
                let kept = self.keyring.find(&key.host).await?;
                kept.map(|_| keyring_title())
            }
            InCharge::Keyring | InCharge::Auto | InCharge::File => None,
        };
        Ok(kept_in.map(|store| Login {
            key: key.clone(),
            place: store,
            keeper: asked_by(&place),
            used: true,
        }))
    }
}

/// Who takes logins out of the helpers and the keyring that `place` names.
fn asked_by(place: &Place) -> Keeper {
    match place {
        Place::AuthFile(file) => Keeper::NamedHelper(file.path().to_owned()),
        Place::Variable(_) | Place::DockerFile | Place::OldFile(_) => Keeper::Ours,
    }
}

impl Collected {
    /// Notes what is wrong, once, however many places name the same helper.
    fn broke(&mut self, error: Error) {
        let text = error.to_string();
        if !self.broken.iter().any(|known| known.to_string() == text) {
            self.broken.push(error);
        }
    }

    /// Adds a login once a place, and finds out whether an earlier one takes its place.
    fn add(&mut self, at: usize, key: Key, place: &str, keeper: Keeper) {
        let known = |(_, login): &(usize, Login)| login.key == key && login.place == place;
        if self.logins.iter().any(known) {
            return;
        }
        let used = !self.logins.iter().any(|(other, login)| {
            login.key == key || (*other < at && login.key.covers(&key.host, key.path.as_ref()))
        });
        let login = Login {
            key,
            place: place.to_owned(),
            keeper,
            used,
        };
        self.logins.push((at, login));
    }
}
