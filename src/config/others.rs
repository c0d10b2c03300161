//! What the files of other programs say about reaching registries.
//!
//! They are read once, when the first registry is to be reached, and never before. A file that is not there says
//! nothing. What is wrong in one is a warning, told once: a typing error of somebody else must not break a pull.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Environment;
use super::containerd::Hosts;
use super::containers::Registries;
use super::docker::Docker;
use super::endpoint::Told;
use super::proxy::Named;
use crate::error::Result;
use crate::oci::Host;

/// A file of another program with more than this many bytes is not one.
const MAX_BYTES: u64 = 1 << 20;

/// The folders in which other programs keep their files.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// The administrator's: `/etc`.
    pub(super) system: Option<PathBuf>,
    /// The user's: `~/.config`.
    pub(super) user: Option<PathBuf>,
    /// Docker's client's: `~/.docker`.
    pub(super) docker: PathBuf,
    /// `DOCKER_HOST`: which daemon docker's client would talk to.
    pub(super) daemon: Option<String>,
    /// `CONTAINERS_REGISTRIES_CONF`: instead of all other `registries.conf`.
    pub(super) registries: Option<PathBuf>,
}

/// What is wrong in files of others and was not told yet.
#[derive(Debug, Default)]
pub(super) struct Complaints(Mutex<Vec<String>>);

impl Complaints {
    pub(super) fn add(&self, path: &Path, what: &str) {
        let complaint = format!("{}: {what}", path.display());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(complaint);
    }

    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// All those files.
#[derive(Debug)]
pub(crate) struct Others {
    places: Places,
    docker: OnceLock<Docker>,
    certificates: Mutex<HashMap<Host, Option<Told>>>,
    hosts: Mutex<HashMap<Host, Option<Arc<Hosts>>>>,
    registries: OnceLock<Registries>,
    complaints: Complaints,
}

impl Others {
    /// Reads nothing yet.
    pub(super) fn new(environment: &Environment, docker_config: &Path) -> Self {
        Self {
            places: Places {
                system: environment.system_folder(),
                user: environment.config_home(),
                docker: docker_config.to_owned(),
                daemon: environment.get("DOCKER_HOST").map(str::to_owned),
                registries: environment
                    .get("CONTAINERS_REGISTRIES_CONF")
                    .map(PathBuf::from),
            },
            docker: OnceLock::new(),
            certificates: Mutex::default(),
            hosts: Mutex::default(),
            registries: OnceLock::new(),
            complaints: Complaints::default(),
        }
    }

    pub(super) fn docker(&self) -> &Docker {
        let read = || Docker::read(&self.places, &self.complaints);
        self.docker.get_or_init(read)
    }

    /// What containers' files say about all repositories.
    pub(super) fn registries(&self) -> &Registries {
        let read = || Registries::read(&self.places, &self.complaints);
        self.registries.get_or_init(read)
    }

    /// What containerd's file says about `host`, looked for once.
    pub(super) fn hosts(&self, host: &Host) -> Option<Arc<Hosts>> {
        let known = self.hosts.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        let read = || Hosts::read(&self.places, host, &self.complaints).map(Arc::new);
        known.entry(host.clone()).or_insert_with(read).clone()
    }

    /// What they say about `host`; what comes first counts first.
    pub(super) fn about(&self, host: &Host) -> Vec<Told> {
        let mut told = self.docker().about(host);
        told.extend(self.hosts(host).and_then(|hosts| hosts.about()));
        told.extend(self.registries().about(host));
        told
    }

    /// The certificates that are kept for `host`, looked for once.
    ///
    /// # Errors
    /// [`crate::Error::BadFile`] when a certificate lacks its key, or a key its certificate.
    pub(super) fn certificates(&self, host: &Host) -> Result<Option<Told>> {
        let known = || {
            self.certificates
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(found) = known().get(host) {
            return Ok(found.clone());
        }
        let found = super::certificates::read(&self.places, host, &self.complaints)?;
        known().insert(host.clone(), found.clone());
        Ok(found)
    }

    /// The proxies they name; what comes first counts first.
    pub(super) fn proxies(&self) -> impl Iterator<Item = &Named> {
        self.docker().proxies.iter()
    }

    /// What is wrong in them and was not told yet.
    pub(super) fn complaints(&self) -> Vec<String> {
        self.complaints.take()
    }
}

/// Reads a file of another program; `None` where there is none, and with a complaint where it cannot be read.
pub(super) fn read(path: &Path, complaints: &Complaints) -> Option<String> {
    let bytes = match super::file::read(path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if super::is_absence(&error) => return None,
        Err(error) => {
            complaints.add(path, &format!("it cannot be read: {error}"));
            return None;
        }
    };
    let text = String::from_utf8(bytes);
    if text.is_err() {
        complaints.add(path, "it is not UTF-8 text");
    }
    text.ok()
}
