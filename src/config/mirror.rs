//! Places that a repository is read from before its registry, or instead of it.
//!
//! Four kinds of files name such places: rg's own settings, containerd's `hosts.toml`, containers' `registries.conf`
//! and docker's `daemon.json`. Whatever they call it, it comes down to a [`Route`]: mirrors in order, then the registry
//! or what stands in for it. Names stay those of the registry; only where the bytes come from changes.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::endpoint::Reach;
use crate::oci::{Host, Name, Repository};

/// The segment of a path that the distribution API lives under.
const API: &str = "v2";

/// Where the content of one repository is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// Asked in this order, before the registry.
    pub(crate) mirrors: Vec<Mirror>,
    /// Asked last, instead of the registry.
    pub(crate) instead: Option<Mirror>,
    /// The file that forbids reading it at all.
    pub(crate) blocked_by: Option<PathBuf>,
}

/// One repository at a place that is not, or not just, its registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirror {
    /// The server.
    pub(crate) site: Site,
    /// The path of the repository there.
    pub(crate) repository: Repository,
    /// What it is asked for.
    pub(crate) serves: Serves,
    /// The registry it stands for, told to it as `?ns=`.
    pub(crate) namespace: Option<Host>,
}

/// A server, and how to reach it. Two repositories read at one site share what is learnt about it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// As it stands in names: whose logins it gets.
    pub(crate) host: Host,
    /// Its address; `None` where only its name is known, and it is reached as the registry of that name.
    pub(crate) address: Option<Address>,
    /// What its file says about reaching it.
    pub(crate) reach: Reach,
    /// Sent along with each request to it. Values may be secrets.
    pub(crate) headers: Vec<(String, String)>,
    /// The file that names it.
    pub(crate) file: PathBuf,
}

/// What a place is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Serves {
    /// What a tag points at. A place that is only asked by digest need not be trusted.
    pub(crate) tags: bool,
    /// Content by its digest.
    pub(crate) digests: bool,
    /// Content by its digest, but only of what was found by a tag.
    pub(crate) only_behind_tags: bool,
}

impl Serves {
    /// Tags and content.
    pub(crate) const EVERYTHING: Self = Self {
        tags: true,
        digests: true,
        only_behind_tags: false,
    };
    /// Content by digest alone.
    pub(crate) const DIGESTS: Self = Self {
        tags: false,
        ..Self::EVERYTHING
    };
    /// Tags, and the content they lead to.
    pub(crate) const TAGS: Self = Self {
        only_behind_tags: true,
        ..Self::EVERYTHING
    };
}

/// The URL of a server of the distribution API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// What comes before the API; the path ends in `/`.
    pub(crate) base: Url,
    /// Whether the API begins right there, without `v2/`.
    pub(crate) unversioned: bool,
    /// What comes before the repository's path; empty, or ending in `/`.
    pub(crate) prefix: String,
}

impl Address {
    /// Reads an http or https URL. A path is put before the `/v2/` of the API, unless it has a `v2` of its own: then
    /// what follows that comes before the names of repositories. With `unversioned` a path without `v2` is all there is before
    /// them, as containerd's `override_path` means it.
    pub(super) fn parse(text: &str, unversioned: bool) -> Result<Self, String> {
        let mut base = Url::parse(text).map_err(|_| format!("{text:?} is not a URL"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(format!("{text:?} is not an http or https URL"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            // Not repeated: it may hold a password.
            return Err("a mirror's login is stored by `login`, not in its URL".to_owned());
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(format!(
                "{text:?} has more than scheme, host, port and path"
            ));
        }
        let segments: Vec<String> = base
            .path_segments()
            .into_iter()
            .flatten()
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect();
        let api = segments.iter().position(|segment| segment == API);
        let before = &segments[..api.unwrap_or(segments.len())];
        let after = api.map_or(&[][..], |at| &segments[at + 1..]);
        base.set_path(&folder(before));
        Ok(Self {
            base,
            unversioned: unversioned && api.is_none(),
            prefix: folder(after).trim_start_matches('/').to_owned(),
        })
    }

    /// The registry it would be in a name.
    pub(super) fn host(&self) -> Result<Host, String> {
        let host = self.base.host_str().unwrap_or_default();
        let host = match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        host.parse()
            .map_err(|_| format!("{host:?} cannot be the host of a registry"))
    }

    /// The path of `repository` there.
    pub(super) fn place(&self, repository: &Repository) -> Option<Repository> {
        format!("{}{repository}", self.prefix).parse().ok()
    }
}

/// A path that ends in `/`.
fn folder(segments: &[String]) -> String {
    let mut path = "/".to_owned();
    for segment in segments {
        path.push_str(segment);
        path.push('/');
    }
    path
}

impl Site {
    /// A site of which nothing but its URL is known.
    pub(super) fn at(address: Address, file: PathBuf) -> Result<Self, String> {
        Ok(Self {
            host: address.host()?,
            address: Some(address),
            reach: Reach::default(),
            headers: Vec::new(),
            file,
        })
    }

    /// This site as a mirror of all of `name`; `None` where the path does not fit.
    pub(super) fn mirror(&self, name: &Name, serves: Serves, told: bool) -> Option<Mirror> {
        let repository = match &self.address {
            Some(address) => address.place(&name.repository)?,
            None => name.repository.clone(),
        };
        Some(Mirror {
            site: self.clone(),
            repository,
            serves,
            namespace: (told && self.host != name.host).then(|| name.host.clone()),
        })
    }

    /// Whether this is the registry itself under its usual address.
    pub(crate) fn is_registry(&self, host: &Host) -> bool {
        let usual = self.address.as_ref().is_none_or(|address| {
            !address.unversioned && address.prefix.is_empty() && address.base.path() == "/"
        });
        usual && self.host == *host
    }
}

impl fmt::Display for Site {
    /// As the user would know it: its URL, else its name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Some(address) => f.write_str(address.base.as_str().trim_end_matches('/')),
            None => self.host.fmt(f),
        }
    }
}

impl fmt::Debug for Site {
    /// Without the values of headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers = self.headers.iter().map(|(name, _)| name);
        f.debug_struct("Site")
            .field("host", &self.host)
            .field("address", &self.address)
            .field("reach", &self.reach)
            .field("headers", &headers.collect::<Vec<_>>())
            .field("file", &self.file)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, unversioned: bool) -> (String, bool, String) {
        let address = Address::parse(text, unversioned).unwrap();
        (
            address.base.to_string(),
            address.unversioned,
            address.prefix,
        )
    }

    #[test]
    fn a_path_comes_before_the_api_and_one_with_v2_around_it() {
        let plain = |base: &str| (base.to_owned(), false, String::new());
        assert_eq!(
            parts("https://m.example", false),
            plain("https://m.example/")
        );
        assert_eq!(
            parts("http://m.example:5000/hub/", false),
            plain("http://m.example:5000/hub/")
        );
        assert_eq!(
            parts("https://m.example/hub/v2/", false),
            plain("https://m.example/hub/")
        );
        let proxied = ("https://m.example/".to_owned(), false, "hub/x/".to_owned());
        assert_eq!(parts("https://m.example/v2/hub/x", true), proxied);
        let unversioned = ("https://m.example/api/".to_owned(), true, String::new());
        assert_eq!(parts("https://m.example/api", true), unversioned);
    }

    #[test]
    fn what_cannot_be_a_mirror_is_refused_without_repeating_a_password() {
        for (text, reason) in [
            ("mirror.example", "not a URL"),
            ("ftp://m.example", "not an http"),
            ("https://m.example?x=1", "more than"),
            ("https://u:hunter2@m.example", "login"),
        ] {
            let error = Address::parse(text, false).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn printing_a_site_shows_no_value_of_a_header() {
        let address = Address::parse("https://m.example", false).unwrap();
        let mut site = Site::at(address, "hosts.toml".into()).unwrap();
        site.headers = vec![("x-key".to_owned(), "hunter2".to_owned())];
        let shown = format!("{site:?}");
        assert!(
            shown.contains("x-key") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    #[test]
    fn a_mirror_of_docker_hub_under_its_own_names_is_the_registry_itself() {
        let hub = Host::docker_hub();
        let site = |text| {
            let address = Address::parse(text, false).unwrap();
            Site::at(address, PathBuf::new()).unwrap()
        };
        assert!(site("https://registry-1.docker.io").is_registry(&hub));
        assert!(!site("https://m.example").is_registry(&hub));
        assert!(!site("https://docker.io/prefix").is_registry(&hub));
    }
}
