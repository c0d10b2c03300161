//! Which file decides where a repository is read.
//!
//! The first of these that says anything about it: rg's own settings, containerd's `hosts.toml`, containers'
//! `registries.conf`, docker's `daemon.json`. They are not mixed, so that one file tells all there is to know. A
//! repository that `registries.conf` blocks is blocked, whatever else is said. Files of other programs are read when a
//! repository is first read, once; what is wrong in them is a warning and never keeps anything from being read.

use super::endpoint::Told;
use super::mirror::{Route, Serves, Site};
use super::{Config, Endpoint, endpoint};
use crate::error::Result;
use crate::oci::Name;

impl Config {
    /// Where `name` is read.
    pub(crate) fn route(&self, name: &Name) -> Route {
        let containers = self.others.registries().route(name);
        let blocked_by = containers
            .as_ref()
            .and_then(|route| route.blocked_by.clone());
        let route = self
            .own_route(name)
            .or_else(|| self.others.hosts(&name.host)?.route(name))
            .or_else(|| {
                containers.filter(|route| !route.mirrors.is_empty() || route.instead.is_some())
            })
            .or_else(|| self.others.docker().route(name))
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
    ///
    /// # Errors
    /// As [`Config::endpoint`].
    pub(crate) fn site_endpoint(&self, site: &Site) -> Result<Endpoint> {
        let own = Told {
            place: site.file.display().to_string(),
            reach: site.reach.clone(),
        };
        let told = self.told_by_files(&site.host, vec![own])?;
        Ok(endpoint::settled(&site.host, &told))
    }
}
