//! What logins there are, over all places, and which of them would be used.

use std::path::PathBuf;

use super::{Chain, Place};
use crate::credential::Key;
use crate::credential::docker::DockerConfig;
use crate::credential::helper::Helper;
use crate::credential::key;
use crate::error::{Error, Result};

/// A login, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What it is for.
    pub key: Key,
    /// Where it is kept, for people to read: a file, a helper's program name or an environment variable.
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
    /// A helper that this file of podman's names.
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

impl Chain {
    /// Every login and where it is kept, without reading a secret from a helper. What is broken is told beside what is
    /// not.
    pub async fn list(&self) -> Listing {
        let mut all = Collected::default();
        for (at, place) in self.places.iter().enumerate() {
            if let Err(error) = self.collect(at, place, true, &mut all).await {
                all.broken.push(error);
            }
        }
        Listing {
            logins: all.logins.into_iter().map(|(_, login)| login).collect(),
            broken: all.broken,
        }
    }

    /// What a logout from `key` leaves: logins for the same and for parts of it, in files and variables. Programs are run
    /// only where a file of podman's names one for that host; a place that is broken gives out no login either.
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

    /// Adds what `place` has: namespaces, then helpers, then hosts, as they are searched.
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
        if helpers {
            for name in self.helpers_of(place, &document)? {
                let listed = self.list_helper(at, place, &document, &name, all).await;
                if let Err(error) = listed {
                    all.broken.push(error);
                }
            }
        }
        for key in hosts {
            all.add(at, key, &title, keeper.clone());
        }
        Ok(())
    }

    /// The helpers that a place may put in charge of some host.
    fn helpers_of(&self, place: &Place, document: &DockerConfig) -> Result<Vec<String>> {
        match place {
            Place::Variable(_) | Place::OldFile(_) => Ok(Vec::new()),
            Place::AuthFile(_) => document.own_helpers(),
            Place::DockerFile => {
                let mut names = document.helpers()?;
                names.extend(self.helper.clone().filter(|name| !names.contains(name)));
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
        let keeper = match place {
            Place::AuthFile(file) => Keeper::NamedHelper(file.path().to_owned()),
            _ => Keeper::Ours,
        };
        for server in helper.list().await? {
            let Some(host) = key::host(&server) else {
                continue;
            };
            let in_charge = self.helper_of(place, document, &host)?;
            if in_charge.is_some_and(|other| other.program() == helper.program()) {
                all.add(at, host.into(), helper.program(), keeper.clone());
            }
        }
        Ok(())
    }

    /// The login for the host of `key` that a helper named by podman's `file` keeps.
    async fn named_helper(&self, file: &super::DockerFile, key: &Key) -> Result<Option<Login>> {
        let place = Place::AuthFile(file.clone());
        let Some(document) = self.document(&place).await? else {
            return Ok(None);
        };
        let Some(helper) = self.helper_of(&place, &document, &key.host)? else {
            return Ok(None);
        };
        let kept = super::servers_of(&helper, &key.host).await?;
        Ok((!kept.is_empty()).then(|| Login {
            key: key.clone(),
            place: helper.program().to_owned(),
            keeper: Keeper::NamedHelper(file.path().to_owned()),
            used: true,
        }))
    }
}

impl Collected {
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
