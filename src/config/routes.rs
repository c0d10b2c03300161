//! Which file decides where a repository is read.
//!
//! The first of these that says anything about it: rg's own settings, containerd's `hosts.toml`, containers'
//! `registries.conf`, docker's `daemon.json`. They are not mixed, so that one file tells all there is to know. A
//! repository that `registries.conf` blocks is blocked, whatever else is said. Files of other programs are read when a
//! repository is first read, once; what is wrong in them is a warning and never keeps anything from being read.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::containerd::Hosts;
use super::containers::Registries;
use super::mirror::{Route, Serves, Site};
use super::{Config, Endpoint, Environment, Reach};
use crate::oci::{Host, Name};

/// What containerd's and containers' files say, as far as it was needed. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Others {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    registries: OnceLock<Registries>,
    hosts: Mutex<HashMap<Host, Option<Arc<Hosts>>>>,
    warnings: Mutex<Vec<String>>,
}

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Others").finish_non_exhaustive()
    }
}

impl Others {
    fn registries(&self, environment: &Environment) -> &Registries {
        self.inner.registries.get_or_init(|| {
            let mut warnings = Vec::new();
            let registries = Registries::read(environment, &mut warnings);
            self.warn(warnings);
            registries
        })
    }

    fn hosts(&self, environment: &Environment, host: &Host) -> Option<Arc<Hosts>> {
        let hosts = self.inner.hosts.lock();
        let mut hosts = hosts.unwrap_or_else(PoisonError::into_inner);
        let read = hosts.entry(host.clone()).or_insert_with(|| {
            let mut warnings = Vec::new();
            let read = Hosts::read(environment, host, &mut warnings);
            self.warn(warnings);
            read.map(Arc::new)
        });
        read.clone()
    }

    fn warn(&self, mut more: Vec<String>) {
        let warnings = self.inner.warnings.lock();
        let mut warnings = warnings.unwrap_or_else(PoisonError::into_inner);
        warnings.append(&mut more);
    }

    /// How they say `host` is reached, and which file says so.
    pub(super) fn reach(&self, environment: &Environment, host: &Host) -> Option<(Reach, PathBuf)> {
        let hosts = self.hosts(environment, host);
        let containerd = hosts.map(|hosts| (hosts.reach.clone(), hosts.file.clone()));
        containerd
            .filter(|(reach, _)| *reach != Reach::default())
            .or_else(|| {
                let (reach, file) = self.registries(environment).reach(host)?;
                Some((reach, file.to_owned()))
            })
    }

    /// What was wrong in the files read so far; each is told once.
    pub(super) fn warnings(&self) -> Vec<String> {
        let warnings = self.inner.warnings.lock();
        std::mem::take(&mut *warnings.unwrap_or_else(PoisonError::into_inner))
    }
}

impl Config {
    /// Where `name` is read.
    pub(crate) fn route(&self, name: &Name) -> Route {
        let containers = self.others.registries(&self.environment).route(name);
        let blocked_by = containers
            .as_ref()
            .and_then(|route| route.blocked_by.clone());
        let route = self
            .own_route(name)
            .or_else(|| {
                self.others
                    .hosts(&self.environment, &name.host)?
                    .route(name)
            })
            .or_else(|| {
                containers.filter(|route| !route.mirrors.is_empty() || route.instead.is_some())
            })
            .unwrap_or_default();
        for mirror in route.mirrors.iter().chain(&route.instead) {
            let file = mirror.site.file.display();
            tracing::debug!(%name, site = %mirror.site, repository = %mirror.repository, %file, "mirror");
        }
        Route {
            blocked_by,
            ..route
        }
    }

    /// What the settings say; `None` where they are silent. An empty list is an answer.
    fn own_route(&self, name: &Name) -> Option<Route> {
        let sites = self.mirrors.get(&name.host)?;
        let mirrors = sites.iter();
        Some(Route {
            mirrors: mirrors
                .filter_map(|site| site.mirror(name, Serves::EVERYTHING, true))
                .collect(),
            ..Route::default()
        })
    }

    /// How to reach a mirror: what the file that names it says, then what is said about a registry of its name. Flags
    /// are about the registries that the user names, and say nothing about others.
    pub(crate) fn site_endpoint(&self, site: &Site) -> Endpoint {
        site.reach.clone().or(&self.reach(&site.host)).into()
    }

    /// What was wrong in the files of other programs that were read since this was last asked.
    pub(crate) fn warnings(&self) -> Vec<String> {
        self.others.warnings()
    }
}
