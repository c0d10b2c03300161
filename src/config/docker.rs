//! What docker's own files say about reaching registries: its daemon's `daemon.json` and its client's `config.json`.
//!
//! Of `daemon.json` (the administrator's, rootless docker's, Docker Desktop's; all that are there count): the
//! `insecure-registries`, hosts as they stand in names or networks, the `registry-mirrors`, and the `proxies`. Of `config.json`: the `proxies`
//! for the daemon that `DOCKER_HOST` names, else its `default`; docker hands those to containers, here they stand in
//! where nobody else names a proxy. Everything else in them is not ours and is not looked at, except for keys that are
//! nearly ours.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::endpoint::{Reach, Told};
use super::mirror::{Address, Route, Serves, Site};
use super::network::Network;
use super::others::{self, Complaints, Places};
use super::proxy::{Named, Proxy};
use super::relaxed;
use crate::oci::{Host, Name};

/// The keys of `daemon.json` about registries.
const DAEMON_KEYS: [&str; 3] = ["insecure-registries", "registry-mirrors", "proxies"];
/// The keys below its `proxies`.
const DAEMON_PROXY_KEYS: [&str; 3] = ["http-proxy", "https-proxy", "no-proxy"];
/// The keys below one entry of the `proxies` of `config.json`, in the same order; docker has `ftpProxy` as well.
const CLIENT_PROXY_KEYS: [&str; 5] = ["httpProxy", "httpsProxy", "noProxy", "allProxy", "ftpProxy"];
/// How alike two keys are when one is a typing error for the other (Jaro-Winkler).
const ALIKE: f64 = 0.9;

/// What docker's files say.
#[derive(Debug, Default)]
pub(super) struct Docker {
    insecure: Vec<Insecure>,
    /// The `registry-mirrors` of the first file that has any.
    mirrors: Vec<Site>,
    pub(super) proxies: Vec<Named>,
}

/// The `insecure-registries` of one file.
#[derive(Debug)]
struct Insecure {
    place: String,
    hosts: BTreeSet<Host>,
    networks: Vec<Network>,
}

impl Docker {
    /// Reads them all.
    pub(super) fn read(places: &Places, complaints: &Complaints) -> Self {
        let mut docker = Self::default();
        for path in daemon_files(places) {
            if let Some(document) = object(&path, complaints) {
                let file = File {
                    path: &path,
                    complaints,
                };
                docker.insecure.extend(file.insecure(&document));
                if docker.mirrors.is_empty() {
                    docker.mirrors = file.mirrors(&document);
                }
                docker.proxies.extend(file.daemon_proxies(&document));
                file.look_for_typing_errors(&document, &DAEMON_KEYS);
            }
        }
        let path = places.docker.join("config.json");
        if let Some(document) = object(&path, complaints) {
            let file = File {
                path: &path,
                complaints,
            };
            let daemon = places.daemon.as_deref();
            docker
                .proxies
                .extend(file.client_proxies(&document, daemon));
        }
        docker
    }

    /// Where `name` is read; `None` where nothing is said about it. Docker's mirrors are of Docker Hub alone.
    pub(super) fn route(&self, name: &Name) -> Option<Route> {
        let said = name.host.is_docker_hub() && !self.mirrors.is_empty();
        let mirrors = self.mirrors.iter();
        said.then(|| Route {
            mirrors: mirrors
                .filter_map(|site| site.mirror(name, Serves::EVERYTHING, false))
                .collect(),
            ..Route::default()
        })
    }

    /// What they say about `host`.
    pub(super) fn about(&self, host: &Host) -> Vec<Told> {
        let told = self.insecure.iter().map(|said| Told {
            place: said.place.clone(),
            reach: Reach {
                insecure: said.hosts.contains(host).then_some(true),
                insecure_networks: said.networks.clone(),
                ..Reach::default()
            },
        });
        told.filter(|told| told.reach != Reach::default()).collect()
    }
}

fn daemon_files(places: &Places) -> Vec<PathBuf> {
    let user = places.user.as_ref();
    let system = places.system.as_ref();
    let folders = [
        user.map(|folder| folder.join("docker")),
        Some(places.docker.clone()),
        system.map(|folder| folder.join("docker")),
    ];
    let mut files = Vec::new();
    for folder in folders.into_iter().flatten() {
        let file = folder.join("daemon.json");
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// The object in a file; nothing in it counts as an empty one.
fn object(path: &Path, complaints: &Complaints) -> Option<Map<String, Value>> {
    let text = others::read(path, complaints)?;
    if text.trim().is_empty() {
        return None;
    }
    match serde_json::from_str(&relaxed::plain(&text)) {
        Ok(Value::Object(object)) => Some(object),
        Ok(_) => {
            complaints.add(path, "it is not used: not a JSON object");
            None
        }
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let what = format!("it is not used: not valid JSON (line {line}, column {column})");
            complaints.add(path, &what);
            None
        }
    }
}

/// A file whose content is looked at.
struct File<'a> {
    path: &'a Path,
    complaints: &'a Complaints,
}

impl File<'_> {
    fn complain(&self, what: &str) {
        self.complaints.add(self.path, what);
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn insecure(&self, document: &Map<String, Value>) -> Option<Insecure> {
        let value = document.get("insecure-registries")?;
        let Value::Array(entries) = value else {
            self.complain("insecure-registries is not a list");
            return None;
        };
        let mut insecure = Insecure {
            place: self.place(),
            hosts: BTreeSet::new(),
            networks: Vec::new(),
        };
        for entry in entries {
            let text = entry.as_str().unwrap_or_default();
            // Docker takes these with a warning of its own.
            let bare = text
                .strip_prefix("http://")
                .or_else(|| text.strip_prefix("https://"));
            let bare = bare.unwrap_or(text).trim_end_matches('/');
            if let Ok(network) = bare.parse::<Network>() {
                insecure.networks.push(network);
            } else if let Ok(host) = bare.parse::<Host>() {
                insecure.hosts.insert(host);
            } else {
                self.complain(&format!(
                    "insecure-registries: {entry} is neither HOST[:PORT] nor a network"
                ));
            }
        }
        Some(insecure)
    }

    fn mirrors(&self, document: &Map<String, Value>) -> Vec<Site> {
        let Some(value) = document.get("registry-mirrors") else {
            return Vec::new();
        };
        let Value::Array(urls) = value else {
            self.complain("registry-mirrors is not a list");
            return Vec::new();
        };
        let site = |url: &Value| {
            let text = url.as_str().unwrap_or_default();
            let address = Address::parse(text, false);
            let site = address.and_then(|address| Site::at(address, self.path.to_owned()));
            site.map_err(|reason| self.complain(&format!("registry-mirrors: {reason}")))
                .ok()
        };
        urls.iter().filter_map(site).collect()
    }

    fn daemon_proxies(&self, document: &Map<String, Value>) -> Option<Named> {
        let Some(proxies) = document.get("proxies")?.as_object() else {
            self.complain("proxies is not an object");
            return None;
        };
        self.look_for_typing_errors(proxies, &DAEMON_PROXY_KEYS);
        let [http, https, none] = DAEMON_PROXY_KEYS;
        self.named(proxies, [http, https, none, ""])
    }

    fn client_proxies(&self, document: &Map<String, Value>, daemon: Option<&str>) -> Option<Named> {
        let Some(proxies) = document.get("proxies")?.as_object() else {
            self.complain("proxies is not an object");
            return None;
        };
        let of_daemon = daemon.and_then(|daemon| proxies.get(daemon));
        let Some(chosen) = of_daemon.or_else(|| proxies.get("default"))?.as_object() else {
            self.complain("an entry of proxies is not an object");
            return None;
        };
        self.look_for_typing_errors(chosen, &CLIENT_PROXY_KEYS);
        let [http, https, none, all, _] = CLIENT_PROXY_KEYS;
        self.named(chosen, [http, https, none, all])
    }

    /// The proxies under these keys: for http, for https, exceptions, for everything.
    fn named(&self, proxies: &Map<String, Value>, keys: [&str; 4]) -> Option<Named> {
        let text = |name: &str| {
            let value = proxies.get(name)?;
            if !value.is_string() {
                self.complain(&format!("{name} is not a text"));
            }
            value.as_str().filter(|text| !text.is_empty())
        };
        let proxy = |name: &str| -> Option<Proxy> {
            let parsed = text(name)?.parse();
            if let Err(error) = &parsed {
                self.complain(&format!("{name}: {error}"));
            }
            parsed.ok()
        };
        let [http, https, none, all] = keys;
        let named = Named {
            place: self.place(),
            http: proxy(http),
            https: proxy(https),
            all: proxy(all),
            none: text(none).unwrap_or_default().into(),
        };
        (!named.is_empty()).then_some(named)
    }

    /// Complains about keys that somebody meant to be one of `known`.
    fn look_for_typing_errors(&self, object: &Map<String, Value>, known: &[&str]) {
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let meant = known.iter().find(|known| {
                let plain = |key: &str| key.to_ascii_lowercase().replace(['-', '_'], "");
                strsim::jaro_winkler(&plain(key), &plain(known)) >= ALIKE
            });
            if let Some(meant) = meant {
                self.complain(&format!("{key:?} is no key of docker's; {meant:?} is"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
