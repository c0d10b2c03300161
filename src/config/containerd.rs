//! containerd's `hosts.toml`: which hosts serve a registry, and how each is reached.
//!
//! A folder for each registry, `HOST_PORT_` or `HOST:PORT`, else `_default`, below `~/.config/containerd/certs.d`
//! (rootless) or `/etc/containerd/certs.d`; the first folder that exists decides, whatever is in it. Hosts are asked in
//! the order of the file, then `server`, which is the registry itself where it is not named. Every host with another
//! name than the registry is told it by `?ns=` (containerd, "Registry Configuration").

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::endpoint::{Identity, Reach, Told};
use super::mirror::{Address, Mirror, Route, Serves, Site};
use super::others::{self, Complaints, Places};
use super::proxy::NoProxyUrl;
use crate::oci::{Host, Name};

/// What the folder of one registry says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hosts {
    /// In the order of the file.
    before: Vec<(Site, Serves)>,
    /// What is asked last; `None` where that is the registry under its own name.
    server: Option<(Site, Serves)>,
    /// How to reach the registry itself.
    reach: Reach,
    /// The file.
    file: PathBuf,
}

impl Hosts {
    /// What is said about `host`, if anything is.
    pub(super) fn read(places: &Places, host: &Host, complaints: &Complaints) -> Option<Self> {
        let roots = [&places.user, &places.system].into_iter().flatten();
        let folder = roots
            .map(|place| place.join("containerd").join("certs.d"))
            .filter(|root| root.is_dir())
            .find_map(|root| folder(&root, host))?;
        let path = folder.join("hosts.toml");
        let text = others::read(&path, complaints)?;
        let parsed = parse(&path, &text, host);
        parsed
            .map_err(|reason| complaints.add(&path, &format!("it is not used: {reason}")))
            .ok()
    }

    /// How it says the registry itself is reached.
    pub(super) fn about(&self) -> Option<Told> {
        (self.reach != Reach::default()).then(|| Told {
            place: self.file.display().to_string(),
            reach: self.reach.clone(),
        })
    }

    /// Where `name` is read; `None` where only how to reach the registry is said.
    pub(super) fn route(&self, name: &Name) -> Option<Route> {
        let place = |(site, serves): &(Site, Serves)| -> Option<Mirror> {
            let wanted = serves.tags || serves.digests;
            site.mirror(name, *serves, true).filter(|_| wanted)
        };
        let said = !self.before.is_empty() || self.server.is_some();
        said.then(|| Route {
            mirrors: self.before.iter().filter_map(place).collect(),
            instead: self.server.as_ref().and_then(place),
            blocked_by: None,
        })
    }
}

/// The folder below `root` that says something about `host`.
fn folder(root: &Path, host: &Host) -> Option<PathBuf> {
    let name = host.as_str();
    let underscored = host
        .port()
        .and_then(|_| name.rsplit_once(':'))
        .map(|(host, port)| format!("{host}_{port}_"));
    let plain = (!cfg!(windows) || underscored.is_none()).then(|| name.to_owned());
    let names = [underscored, plain, Some("_default".to_owned())];
    let mut folders = names.into_iter().flatten().map(|name| root.join(name));
    folders.find(|folder| folder.is_dir())
}

/// The file.
#[derive(Deserialize)]
struct Document {
    server: Option<String>,
    #[serde(default)]
    host: BTreeMap<Spanned<String>, Entry>,
    #[serde(flatten)]
    own: Entry,
}

/// What it says about one host, or at its top about `server`.
#[derive(Default, Deserialize)]
struct Entry {
    capabilities: Option<Vec<String>>,
    ca: Option<OneOrMore>,
    client: Option<Clients>,
    skip_verify: Option<bool>,
    proxy: Option<String>,
    #[serde(default)]
    override_path: bool,
    #[serde(default)]
    header: BTreeMap<String, OneOrMore>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<OneOrMore> for Vec<String> {
    fn from(texts: OneOrMore) -> Self {
        match texts {
            OneOrMore::One(text) => vec![text],
            OneOrMore::More(texts) => texts,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Clients {
    One(String),
    More(Vec<Pair>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Pair {
    /// Certificate and key in one file.
    Together(String),
    Apart(String, String),
}

fn parse(path: &Path, text: &str, host: &Host) -> Result<Hosts, String> {
    let document: Document = toml::from_str(text).map_err(|error| told(text, &error))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut entries: Vec<_> = document.host.into_iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut hosts = Hosts {
        file: path.to_owned(),
        ..Hosts::default()
    };
    for (url, entry) in entries {
        hosts.before.push(entry.site(url.get_ref(), path, folder)?);
    }
    let server = document.server.as_deref().filter(|text| !text.is_empty());
    let Some(server) = server else {
        hosts.reach = document.own.reach(folder)?;
        return Ok(hosts);
    };
    let last = document.own.site(server, path, folder)?;
    let site = &last.0;
    if site.is_registry(host) {
        let address = site.address.as_ref();
        let plain = address.is_some_and(|address| address.base.scheme() == "http");
        hosts.reach = site.reach.clone();
        hosts.reach.plain_http = plain.then_some(true);
    }
    // Headers are for reading: the registry is written to without them.
    if !site.is_registry(host) || !site.headers.is_empty() {
        hosts.server = Some(last);
    }
    Ok(hosts)
}

/// Where in a file a parser stopped, and why, in one line.
pub(super) fn told(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}

impl Entry {
    fn site(self, url: &str, file: &Path, folder: &Path) -> Result<(Site, Serves), String> {
        let url = if url.contains("://") {
            url.to_owned()
        } else {
            format!("https://{url}")
        };
        let address = Address::parse(&url, self.override_path)?;
        let mut site = Site::at(address, file.to_owned())?;
        let serves = self.serves()?;
        site.reach = self.reach(folder)?;
        let headers = self.header.into_iter();
        site.headers = headers
            .flat_map(|(name, values)| {
                let values: Vec<String> = values.into();
                values.into_iter().map(move |value| (name.clone(), value))
            })
            .collect();
        Ok((site, serves))
    }

    fn serves(&self) -> Result<Serves, String> {
        let mut serves = Serves::EVERYTHING;
        let Some(named) = self.capabilities.as_deref().filter(|list| !list.is_empty()) else {
            return Ok(serves);
        };
        (serves.tags, serves.digests) = (false, false);
        for capability in named {
            match capability.to_ascii_lowercase().as_str() {
                "pull" => serves.digests = true,
                "resolve" => serves.tags = true,
                // What is written goes to the registry itself.
                "push" => {}
                other => return Err(format!("there is no capability {other:?}")),
            }
        }
        Ok(serves)
    }

    fn reach(&self, folder: &Path) -> Result<Reach, String> {
        let ca: &[String] = match &self.ca {
            None => &[],
            Some(OneOrMore::One(path)) => std::slice::from_ref(path),
            Some(OneOrMore::More(paths)) => paths,
        };
        let proxy = self.proxy.as_deref().filter(|text| !text.is_empty());
        let proxy = proxy.map(str::parse).transpose();
        Ok(Reach {
            proxy: proxy.map_err(|error: NoProxyUrl| error.to_string())?,
            insecure: self.skip_verify,
            ca_files: ca.iter().map(|path| folder.join(path)).collect(),
            identities: self
                .client
                .as_ref()
                .map_or_else(Vec::new, |client| client.identities(folder)),
            ..Reach::default()
        })
    }
}

impl Clients {
    fn identities(&self, folder: &Path) -> Vec<Identity> {
        let together = |path: &String| Identity {
            cert_file: folder.join(path),
            key_file: folder.join(path),
        };
        match self {
            Self::One(path) => vec![together(path)],
            Self::More(pairs) => pairs
                .iter()
                .map(|pair| match pair {
                    Pair::Together(path) => together(path),
                    Pair::Apart(path, key) if key.is_empty() => together(path),
                    Pair::Apart(cert, key) => Identity {
                        cert_file: folder.join(cert),
                        key_file: folder.join(key),
                    },
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests;
