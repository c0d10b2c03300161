//! containers' `registries.conf`, version 2: where podman, skopeo and buildah read repositories, and so do we.
//!
//! The file is the one that `CONTAINERS_REGISTRIES_CONF` names, else `~/.config/containers/registries.conf`, else
//! `/etc/containers/registries.conf`; then come the `*.conf` files of `registries.conf.d` in the order of their names,
//! the system's (unless the user has a file) and the user's. A later table of the same prefix replaces an earlier one
//! (containers-registries.conf(5), containers-registries.conf.d(5)).
//!
//! Only what is said about repositories counts. What a name without a registry means is docker's rule and stays so on a
//! machine that has podman: neither `unqualified-search-registries` nor `[aliases]` is used.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::containerd::told;
use super::endpoint::{Reach, Told};
use super::mirror::{Mirror, Route, Serves, Site};
use super::others::{self, Complaints, Places};
use crate::oci::{Host, Name, Repository};

/// All the files together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Registries {
    /// By prefix.
    tables: BTreeMap<String, Table>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    location: Option<String>,
    insecure: bool,
    blocked: bool,
    mirrors: Vec<(String, bool, Serves)>,
    file: PathBuf,
}

impl Registries {
    /// Reads them. A file in which something is wrong is left out.
    pub(super) fn read(places: &Places, complaints: &Complaints) -> Self {
        let mut registries = Self::default();
        for path in files(places) {
            let Some(text) = others::read(&path, complaints) else {
                continue;
            };
            if let Err(reason) = registries.add(&path, &text) {
                complaints.add(&path, &format!("it is not used: {reason}"));
            }
        }
        registries
    }

    /// Takes in one more file, all of it or nothing.
    fn add(&mut self, path: &Path, text: &str) -> Result<(), String> {
        let document: Document = toml::from_str(text).map_err(|error| told(text, &error))?;
        self.tables.extend(document.tables(path)?);
        Ok(())
    }

    /// The longest prefix of `name`, and the table it has.
    fn find(&self, name: &str) -> Option<(&str, &Table)> {
        let tables = self.tables.iter();
        tables
            .filter(|(prefix, _)| behind(prefix, name).is_some())
            .max_by_key(|(prefix, _)| prefix.len())
            .map(|(prefix, table)| (prefix.as_str(), table))
    }

    /// Where `name` is read; `None` when nothing is said about it.
    pub(super) fn route(&self, name: &Name) -> Option<Route> {
        let full = name.to_string();
        let (prefix, table) = self.find(&full)?;
        let rest = behind(prefix, &full)?;
        tracing::debug!(%name, prefix, file = %table.file.display(), "registries.conf");
        let place = |location: &str, insecure, serves| {
            let there = format!("{location}{rest}");
            let (host, repository) = split(&there)?;
            Some(Mirror {
                site: Site {
                    host,
                    address: None,
                    reach: reach(insecure),
                    headers: Vec::new(),
                    file: table.file.clone(),
                },
                repository,
                serves,
                namespace: None,
            })
        };
        let mirrors = table.mirrors.iter();
        let location = table.location.as_deref().unwrap_or(prefix);
        let elsewhere = location != prefix && !location.starts_with('*');
        // A table for a whole registry tells how to reach it, which holds for writing, too.
        let moved = elsewhere || (table.insecure && prefix.contains('/'));
        Some(Route {
            mirrors: mirrors
                .filter_map(|(location, insecure, serves)| place(location, *insecure, *serves))
                .collect(),
            instead: moved
                .then(|| place(location, table.insecure, Serves::EVERYTHING))
                .flatten(),
            blocked_by: table.blocked.then(|| table.file.clone()),
        })
    }

    /// The prefixes about a part of `host`.
    pub(super) fn below(&self, host: &Host) -> Vec<String> {
        let prefixes = self.tables.keys();
        let within = |prefix: &&String| {
            let rest = prefix.strip_prefix(host.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        prefixes.filter(within).cloned().collect()
    }

    /// How to reach `host`, where that is said of all of it.
    pub(super) fn about(&self, host: &Host) -> Option<Told> {
        let (prefix, table) = self.find(host.as_str())?;
        let location = table.location.as_deref();
        let here = location.is_none_or(|there| there == prefix);
        let of_host = !prefix.contains('/') && table.insecure && here;
        of_host.then(|| Told {
            place: table.file.display().to_string(),
            reach: reach(true),
        })
    }
}

fn reach(insecure: bool) -> Reach {
    Reach {
        insecure: insecure.then_some(true),
        ..Reach::default()
    }
}

/// What follows `prefix` in `name`, if it is one: a whole registry, whole components of a path, or `*.example.com`.
fn behind<'n>(prefix: &str, name: &'n str) -> Option<&'n str> {
    let rest = match prefix.strip_prefix('*') {
        Some(domain) => {
            let host = name.split('/').next().unwrap_or_default();
            let at = host.rfind(domain)?;
            &name[at + domain.len()..]
        }
        None => name.strip_prefix(prefix)?,
    };
    let port = prefix.starts_with('*') && rest.starts_with(':');
    (rest.is_empty() || rest.starts_with('/') || port).then_some(rest)
}

/// Registry and path of a location.
fn split(location: &str) -> Option<(Host, Repository)> {
    let (host, path) = location.split_once('/')?;
    let host: Host = host.parse().ok()?;
    let library = host.is_docker_hub() && !path.contains('/');
    let path = if library {
        format!("library/{path}")
    } else {
        path.to_owned()
    };
    Some((host, path.parse().ok()?))
}

/// The files, in the order in which they are read.
fn files(places: &Places) -> Vec<PathBuf> {
    let below = |folder: &Option<PathBuf>| Some(folder.as_ref()?.join("containers"));
    let (user, system) = (below(&places.user), below(&places.system));
    let own = user.as_ref().map(|folder| folder.join("registries.conf"));
    let own = own.filter(|path| places.registries.is_none() && path.is_file());
    let mut files = Vec::new();
    match (&places.registries, &own, &system) {
        (Some(path), ..) | (None, Some(path), _) => files.push(path.clone()),
        (None, None, Some(folder)) => files.push(folder.join("registries.conf")),
        (None, None, None) => {}
    }
    let system = system.filter(|_| own.is_none());
    for folder in [system, user].into_iter().flatten() {
        files.extend(fragments(&folder.join("registries.conf.d")));
    }
    files
}

/// The `*.conf` files of a folder by name.
fn fragments(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "conf")
        })
        .collect();
    paths.sort();
    paths
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    registry: Vec<Entry>,
    /// Version 1, which was lists of hosts.
    #[serde(default)]
    registries: BTreeMap<String, List>,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    registries: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    prefix: String,
    location: String,
    insecure: bool,
    blocked: bool,
    #[serde(rename = "mirror-by-digest-only")]
    by_digest_only: bool,
    mirror: Vec<MirrorEntry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MirrorEntry {
    location: String,
    insecure: bool,
    #[serde(rename = "pull-from-mirror")]
    pulls: String,
}

impl Document {
    /// Everything it says about repositories, as (prefix, table).
    fn tables(self, path: &Path) -> Result<Vec<(String, Table)>, String> {
        let listed = |kind: &str| {
            let list = self.registries.get(kind);
            list.map(|list| list.registries.clone()).unwrap_or_default()
        };
        let (insecure, blocked) = (listed("insecure"), listed("block"));
        let entry = |location, insecure, blocked| Entry {
            location,
            insecure,
            blocked,
            ..Entry::default()
        };
        let insecure = insecure.into_iter().map(|host| {
            let blocked = blocked.contains(&host);
            entry(host, true, blocked)
        });
        let insecure: Vec<Entry> = insecure.collect();
        let blocked = blocked.iter().map(|host| entry(host.clone(), false, true));
        // A host that is on both lists comes last, and counts.
        let entries = blocked.chain(insecure).chain(self.registry);
        entries.map(|entry| entry.table(path)).collect()
    }
}

impl Entry {
    fn table(self, path: &Path) -> Result<(String, Table), String> {
        let location = place(&self.location)?;
        let prefix = match place(&self.prefix)? {
            prefix if prefix.is_empty() => location.clone(),
            prefix => prefix,
        };
        if prefix.is_empty() {
            return Err("a [[registry]] has neither prefix nor location".to_owned());
        }
        let by_digest_only = self.by_digest_only;
        let mirrors = self.mirror.into_iter().map(|mirror| {
            let location = place(&mirror.location)?;
            if location.is_empty() {
                return Err(format!("a mirror of {prefix} has no location"));
            }
            let serves = mirror.serves(by_digest_only)?;
            Ok((location, mirror.insecure, serves))
        });
        let mirrors = mirrors.collect::<Result<_, String>>()?;
        let table = Table {
            location: Some(location).filter(|location| !location.is_empty()),
            insecure: self.insecure,
            blocked: self.blocked,
            mirrors,
            file: path.to_owned(),
        };
        Ok((prefix, table))
    }
}

impl MirrorEntry {
    fn serves(&self, by_digest_only: bool) -> Result<Serves, String> {
        match (self.pulls.as_str(), by_digest_only) {
            ("", true) | ("digest-only", false) => Ok(Serves::DIGESTS),
            (_, true) => {
                Err("mirror-by-digest-only and pull-from-mirror exclude each other".to_owned())
            }
            ("" | "all", false) => Ok(Serves::EVERYTHING),
            ("tag-only", false) => Ok(Serves::TAGS),
            (other, false) => Err(format!(
                "pull-from-mirror is {other:?}; it may be all, digest-only or tag-only"
            )),
        }
    }
}

/// A prefix or location without the slash that may end it.
fn place(text: &str) -> Result<String, String> {
    if text.contains("://") {
        return Err(format!(
            "{text:?} has a scheme; HOST[:PORT][/PATH] belongs here"
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests;
