//! The names under which logins are kept.
//!
//! Docker writes `https://index.docker.io/v1/` for Docker Hub and the bare `host[:port]` for everyone else; older
//! versions and other programs wrote addresses (`https://host/v1/`) and other names of Docker Hub. One is written,
//! all are read, and all are erased. Host names have no case.
//!
//! podman also keeps logins for parts of a registry, under `host[:port]/namespace[/repository]` without a scheme
//! (containers-auth.json(5)). An address with any other path is no login of a registry: docker keeps tokens of its own
//! under `https://index.docker.io/v1/access-token`.

use std::fmt;

use crate::oci::reference::ReferenceError;
use crate::oci::{Host, Repository};

/// Docker Hub's key.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What a login is for: a whole registry, or only the repositories at and below a path on it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The registry.
    pub host: Host,
    /// The path there; `None` is all of it.
    pub path: Option<Repository>,
}

impl Key {
    /// Reads what a person types: `host[:port]`, `host[:port]/namespace`, or an address (`https://host/v1/`), of which
    /// only the host counts, as docker has it.
    ///
    /// # Errors
    /// Where the text breaks the grammar of names.
    pub fn typed(text: &str) -> Result<Self, ReferenceError> {
        let (address, scheme) = without_scheme(text);
        let (host, path) = split(address);
        let host = host.parse()?;
        let path = if scheme || is_api(path) {
            None
        } else {
            Some(path.parse()?)
        };
        Ok(Self { host, path })
    }

    /// Reads a key of a file or a helper; `None` when it is no login of a registry.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, scheme) = without_scheme(text);
        let (host, path) = split(address);
        let host = host.to_ascii_lowercase().parse().ok()?;
        let path = match path {
            path if is_api(path) => None,
            _ if scheme => return None,
            path => Some(path.parse().ok()?),
        };
        Some(Self { host, path })
    }

    /// Whether a login under this key may be used for `repository` of `host`; for what concerns no single repository
    /// that is `None`, and then only a login of the whole registry may.
    pub(super) fn covers(&self, host: &Host, repository: Option<&Repository>) -> bool {
        let below = |path: &Repository| {
            let rest = repository.and_then(|name| name.as_str().strip_prefix(path.as_str()));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        is_same(&self.host, host) && self.path.as_ref().is_none_or(below)
    }

    /// How much it narrows down: the path's components.
    pub(super) fn depth(&self) -> usize {
        let path = self.path.as_ref();
        path.map_or(0, |path| path.as_str().split('/').count())
    }
}

impl From<Host> for Key {
    fn from(host: Host) -> Self {
        Self { host, path: None }
    }
}

/// As it is written into files, except that Docker Hub is `docker.io`.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            None => write!(f, "{}", self.host),
            Some(path) => write!(f, "{}/{path}", self.host),
        }
    }
}

/// The key that a login to `host` is written under.
pub(super) fn of(host: &Host) -> &str {
    if host.is_docker_hub() {
        DOCKER_HUB
    } else {
        host.as_str()
    }
}

/// The host that a key means, if it is a whole registry's.
pub(super) fn host(key: &str) -> Option<Host> {
    let key = Key::read(key)?;
    key.path.is_none().then_some(key.host)
}

/// Whether a key means all of `host`.
pub(super) fn is_for(key: &str, wanted: &Host) -> bool {
    host(key).is_some_and(|host| is_same(&host, wanted))
}

/// The keys to ask a helper for, the written one first. A helper takes one key at a time and each costs a process, so
/// these are only the ones that programs are known to write.
pub(super) fn spellings(host: &Host) -> Vec<String> {
    if host.is_docker_hub() {
        [DOCKER_HUB, "docker.io", "index.docker.io"]
            .map(str::to_owned)
            .into()
    } else {
        vec![
            host.to_string(),
            format!("https://{host}"),
            format!("https://{host}/v1/"),
        ]
    }
}

fn is_same(one: &Host, other: &Host) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}

/// The text without `https://` or `http://`, and whether that was there.
fn without_scheme(text: &str) -> (&str, bool) {
    let address = ["https://", "http://"].iter().find_map(|scheme| {
        let start = text.get(..scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme)
            .then(|| &text[scheme.len()..])
    });
    (address.unwrap_or(text), address.is_some())
}

/// Host and path, the latter without slashes around it.
fn split(address: &str) -> (&str, &str) {
    let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    (host, path.trim_matches('/'))
}

/// Paths that stand for the whole registry.
fn is_api(path: &str) -> bool {
    matches!(path, "" | "v1" | "v2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_registry_is_read() {
        let hub = Some(Host::docker_hub());
        for key in [
            "https://index.docker.io/v1/",
            "https://index.docker.io/v1",
            "https://index.docker.io/v2/",
            "http://index.docker.io/v1/",
            "HTTPS://Index.Docker.IO/v1/",
            "https://docker.io",
            "https://registry-1.docker.io/",
            "index.docker.io/v1/",
            "docker.io",
        ] {
            assert_eq!(host(key), hub, "{key}");
        }
        for key in [
            "r.example:5000",
            "R.Example:5000",
            "r.example:5000/",
            "https://r.example:5000/v1/",
            "https://r.example:5000//",
            "http://r.example:5000",
        ] {
            assert_eq!(host(key), Some("r.example:5000".parse().unwrap()), "{key}");
            assert!(is_for(key, &"R.EXAMPLE:5000".parse().unwrap()), "{key}");
            assert!(!is_for(key, &"r.example".parse().unwrap()), "{key}");
        }
    }

    #[test]
    fn keys_that_are_no_registry_mean_nothing() {
        for key in [
            "https://index.docker.io/v1/access-token",
            "r.example/team/app",
            "https://r.example/other/",
            "https://user@r.example",
            "file:///etc/passwd",
            "",
            "a b",
            "r.example\nhost=evil",
        ] {
            assert_eq!(host(key), None, "{key:?}");
        }
    }

    #[test]
    fn a_path_covers_itself_and_what_is_below_it_by_whole_components() {
        let covers = |key: &str, host: &str, repository: Option<&str>| {
            let repository: Option<Repository> = repository.map(|name| name.parse().unwrap());
            let key = Key::read(key).unwrap();
            key.covers(&host.parse().unwrap(), repository.as_ref())
        };
        for key in ["r.example/team", "R.example/team/"] {
            assert!(covers(key, "r.example", Some("team")), "{key}");
            assert!(covers(key, "r.example", Some("team/app")), "{key}");
            assert!(!covers(key, "r.example", Some("team2/app")), "{key}");
            assert!(!covers(key, "r.example", Some("other/team")), "{key}");
            assert!(!covers(key, "r.example", None), "{key}");
            assert!(!covers(key, "s.example", Some("team/app")), "{key}");
            assert!(!covers(key, "r.example:443", Some("team/app")), "{key}");
        }
        assert!(covers("r.example", "r.example", Some("team/app")));
        assert!(covers("r.example", "r.example", None));
        assert!(covers("docker.io/library", "docker.io", Some("library/a")));
        for none in [
            "https://r.example/team",
            "r.example/Team",
            "r.example/team:v1",
            "r.example//a//b",
        ] {
            assert_eq!(Key::read(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_typed_is_a_registry_or_a_namespace_of_one() {
        for (text, expected) in [
            ("r.example", "r.example"),
            ("r.example/", "r.example"),
            ("r.example/v2", "r.example"),
            ("https://r.example:5000/v1/", "r.example:5000"),
            ("http://127.0.0.1:25000/foo", "127.0.0.1:25000"),
            ("https://index.docker.io/v1/", "docker.io"),
            ("r.example/team", "r.example/team"),
            ("r.example:5000/team/app/", "r.example:5000/team/app"),
            ("docker.io/team", "docker.io/team"),
        ] {
            assert_eq!(Key::typed(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "",
            "/",
            "https://",
            "a b",
            "r.example/Team",
            "r.example/a:v1",
        ] {
            assert!(Key::typed(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_spelling_asked_for_means_the_host_it_is_asked_for() {
        for text in ["docker.io", "r.example", "localhost:5000", "[::1]:5000"] {
            let registry: Host = text.parse().unwrap();
            let spellings = spellings(&registry);
            assert_eq!(spellings[0], of(&registry));
            for key in spellings {
                assert_eq!(host(&key).as_ref(), Some(&registry), "{key}");
            }
        }
    }
}
