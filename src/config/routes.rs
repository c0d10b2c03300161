//! Which file decides where a repository is read.
//!
//! The first of these that says anything about it: rg's own settings, containerd's `hosts.toml`, containers'
//! `registries.conf`, docker's `daemon.json`. They are not mixed, so that one file tells all there is to know. A
//! repository that `registries.conf` blocks is blocked, whatever else is said. Files of other programs are read when a
//! repository is first read, once; what is wrong in them is a warning and never keeps anything from being read.

use super::endpoint::Told;
use super::explain::Fact;
use super::mirror::{Mirror, Route, Serves, Site};
use super::{Config, Endpoint, endpoint};
use crate::error::Result;
use crate::oci::{Host, Name};

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

    /// Where repositories of `host` are read, for people to read.
    pub(super) fn mirror_facts(&self, host: &Host) -> Vec<Fact> {
        let prefixes = self.others.registries().below(host);
        let whole = std::iter::once(host.to_string());
        let mut facts = Vec::new();
        for prefix in whole.chain(prefixes) {
            // Any repository stands for all of them.
            let path = prefix.split_once('/').map_or("", |(_, path)| path);
            let repository = format!("{path}/{ANY}").trim_start_matches('/').parse();
            let Ok(repository) = repository else { continue };
            let host = host.clone();
            let route = self.route(&Name { host, repository });
            facts.extend(facts_of(&prefix, &route));
        }
        if facts.is_empty() {
            let own = self.mirrors.contains_key(host);
            let told = self.registries.get(host).filter(|_| own);
            let origin = told.map_or("default", |told| &told.place).to_owned();
            facts.push(Fact {
                name: "mirrors",
                value: "none".to_owned(),
                origin,
            });
        }
        facts
    }
}

/// A repository that nobody has.
const ANY: &str = "name";

fn facts_of(prefix: &str, route: &Route) -> Vec<Fact> {
    let place = |mirror: &Mirror| {
        let repository = mirror.repository.as_str();
        let above = repository.strip_suffix(ANY).unwrap_or(repository);
        let path = above.trim_end_matches('/');
        let site = match (&mirror.site.address, path) {
            (_, "") => mirror.site.to_string(),
            (Some(_), path) => format!("{}/v2/{path}", mirror.site),
            (None, path) => format!("{}/{path}", mirror.site),
        };
        let limits = match mirror.serves {
            Serves::EVERYTHING => "",
            Serves { tags: false, .. } => ", for content by digest",
            Serves { digests: false, .. } => ", for tags",
            _ => ", for tags and what they lead to",
        };
        format!("{site}{limits}")
    };
    let fact = |name, value: String, origin: &std::path::Path| Fact {
        name,
        value,
        origin: origin.display().to_string(),
    };
    let mirrors = route.mirrors.iter();
    let mirrors = mirrors.map(|mirror| {
        let value = format!("{prefix}: {}", place(mirror));
        fact("mirrors", value, &mirror.site.file)
    });
    let instead = route.instead.iter().map(|mirror| {
        let value = format!("{prefix}: {} instead of the registry", place(mirror));
        fact("location", value, &mirror.site.file)
    });
    let blocked = route.blocked_by.iter();
    let blocked = blocked.map(|file| fact("blocked", prefix.to_owned(), file));
    blocked.chain(mirrors).chain(instead).collect()
}
