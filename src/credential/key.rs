//! The names under which a registry's login is kept.
//!
//! Docker writes `https://index.docker.io/v1/` for Docker Hub and the bare `host[:port]` for everyone else; older
//! versions and other programs wrote addresses (`https://host/v1/`) and other names of Docker Hub. One is written,
//! all are read, and all are erased. A key with any other path is not a registry's login: docker keeps tokens of its
//! own under `https://index.docker.io/v1/access-token`, podman keeps logins of single repositories under `host/path`.

use crate::oci::Host;

/// Docker Hub's key.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The key that a login to `host` is written under.
pub(super) fn of(host: &Host) -> &str {
    if host.is_docker_hub() {
        DOCKER_HUB
    } else {
        host.as_str()
    }
}

/// The host that a key means, if it is a registry's.
pub(super) fn host(key: &str) -> Option<Host> {
    let address = key
        .strip_prefix("https://")
        .or_else(|| key.strip_prefix("http://"))
        .unwrap_or(key);
    let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    match path {
        "" | "/" | "/v1" | "/v1/" | "/v2" | "/v2/" => host.parse().ok(),
        _ => None,
    }
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
            "https://docker.io",
            "https://registry-1.docker.io/",
            "index.docker.io/v1/",
            "docker.io",
        ] {
            assert_eq!(host(key), hub, "{key}");
        }
        for key in [
            "r.example:5000",
            "https://r.example:5000/v1/",
            "http://r.example:5000",
        ] {
            assert_eq!(host(key), Some("r.example:5000".parse().unwrap()), "{key}");
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
