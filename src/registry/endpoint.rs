//! From a registry's name to the place its API is at.
//!
//! `docker.io` is served by another host. Everything is https, except where the settings say plain http for a
//! registry, and on this machine or where a registry is said to be insecure: there a peer that does not speak TLS is
//! spoken to without. Which it is, is asked with the first message of a handshake before any request, so that a bad
//! certificate can never lead to plain http (CVE-2014-5277 was that); through a proxy, with a request without
//! credentials. What was found is remembered as long as the client lives.
//!
//! [`Client::server`] yields the base URLs of registries; those of mirrors are told by whoever names one (`mirror`).

use std::net::IpAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::Client;
use super::auth::{Auth, Rotation, Scopes};
use super::blob::Versions;
use super::failure::is_without_tls;
use super::http::roll;
use super::retry::{Fault, Policy, Spent};
use super::upload::Habits;
use crate::config::{Endpoint, Network};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::oci::Host;

/// How long a peer may think about the first message of a handshake before we say that there is no more to come. A
/// server that waits for the end of a line answers then.
const FIRST_THOUGHT: Duration = Duration::from_millis(250);
/// How long it may think after that.
const SECOND_THOUGHT: Duration = Duration::from_secs(2);
/// The first byte of a TLS handshake record, and of an alert.
const TLS_RECORDS: [u8; 2] = [22, 21];

/// A registry that requests can be sent to.
pub(super) struct Server {
    /// As it stands in names.
    pub(super) host: Host,
    /// Scheme, host and port of its API; the path ends in `/`.
    pub(super) base: Url,
    /// Whether its API begins at the base, without `v2/`.
    pub(super) unversioned: bool,
    /// Sent along with each request to it.
    pub(super) headers: HeaderMap,
    /// How to reach it.
    pub(super) settings: Endpoint,
    /// How it wants to be asked.
    pub(super) auth: Auth,
    /// What became of refresh tokens for it.
    pub(super) rotation: Rotation,
    /// Whether it was seen to ignore or to garble ranges.
    pub(super) ignores_ranges: AtomicBool,
    /// How it takes uploads.
    pub(super) uploads: Habits,
    /// What it calls the versions of blobs.
    pub(super) versions: Versions,
}

impl Server {
    pub(super) fn new(host: Host, base: Url, settings: Endpoint) -> Self {
        Self {
            host,
            base,
            unversioned: false,
            headers: HeaderMap::new(),
            settings,
            auth: Auth::default(),
            rotation: Rotation::default(),
            ignores_ranges: AtomicBool::new(false),
            uploads: Habits::default(),
            versions: Versions::default(),
        }
    }

    /// The URL of `path`, which starts with `/`.
    pub(super) fn url(&self, path: &str) -> Url {
        let path = path
            .strip_prefix("/v2")
            .filter(|_| self.unversioned)
            .unwrap_or(path);
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }

    /// What a request needs, for errors.
    pub(super) fn describe(&self, wanted: &Scopes) -> String {
        match wanted.to_string() {
            scopes if scopes.is_empty() => self.host.to_string(),
            scopes => scopes,
        }
    }
}

impl Client {
    /// The place of `host`, found once.
    pub(super) async fn server(&self, host: &Host) -> Result<Arc<Server>> {
        let cell = {
            let mut servers = self
                .servers()
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(servers.entry(host.clone()).or_default())
        };
        let server = cell
            .get_or_try_init(|| async {
                let settings = self.settled(host).await?;
                let base = self.base(host, &settings).await?;
                tracing::debug!(%host, base = base.as_str(), insecure = settings.insecure, "registry");
                Ok::<_, Error>(Arc::new(Server::new(host.clone(), base, settings)))
            })
            .await?;
        Ok(Arc::clone(server))
    }

    /// How to reach `host`, with what its address says about that.
    pub(super) async fn settled(&self, host: &Host) -> Result<Endpoint> {
        let mut settings = self.endpoint(host)?;
        settings.insecure |= is_in(&settings.insecure_networks, host).await;
        Ok(settings)
    }

    /// Scheme, host and port of the API of `host`.
    pub(super) async fn base(&self, host: &Host, settings: &Endpoint) -> Result<Url> {
        if host.is_docker_hub() {
            return Ok(self.hub().registry.clone());
        }
        let base = |scheme: &str| base(scheme, host);
        if settings.plain_http {
            return base("http");
        }
        let https = base("https")?;
        if !host.is_loopback() && !settings.insecure {
            return Ok(https);
        }
        let speaks_tls = if self.transport().proxy(&https, settings)?.is_some() {
            self.speaks_tls_behind_a_proxy(&https, settings).await?
        } else {
            // Without a port there are two doors to knock at, and none need be open at the first.
            let patient = host.port().is_some() || !settings.insecure;
            match self.speaks_tls(&https, patient).await {
                Err(Error::Network { .. }) if !patient => false,
                answered => answered?,
            }
        };
        if speaks_tls {
            Ok(https)
        } else {
            tracing::debug!(%host, "it does not speak TLS");
            base("http")
        }
    }

    /// Whether the registry at `url` can be asked over TLS through the proxy. Errors that the next request will meet as
    /// well count as yes.
    async fn speaks_tls_behind_a_proxy(&self, url: &Url, settings: &Endpoint) -> Result<bool> {
        let client = self.transport().client(url, settings, true)?;
        let mut ping = url.clone();
        ping.set_path("/v2/");
        let request = reqwest::Request::new(reqwest::Method::GET, ping);
        let answer = tokio::time::timeout(self.config().stall_timeout, client.execute(request));
        let lenient = settings.insecure;
        Ok(!matches!(answer.await, Ok(Err(error)) if is_without_tls(&error, lenient)))
    }

    /// Whether the peer at `url` answers the beginning of a TLS handshake in kind.
    async fn speaks_tls(&self, url: &Url, patient: bool) -> Result<bool> {
        let hello = client_hello(url.host_str().unwrap_or_default());
        let Some(hello) = hello else { return Ok(true) };
        let mut stream = self.connect(url, patient).await?;
        // Whatever fails from here on is an answer: no.
        let answered = async {
            stream.write_all(&hello).await.ok()?;
            let mut first = [0_u8; 1];
            let early = tokio::time::timeout(FIRST_THOUGHT, stream.read_exact(&mut first)).await;
            if let Ok(read) = early {
                return read.ok().map(|_| first[0]);
            }
            stream.shutdown().await.ok()?;
            let late = tokio::time::timeout(SECOND_THOUGHT, stream.read_exact(&mut first)).await;
            late.ok()?.ok().map(|_| first[0])
        }
        .await;
        Ok(answered.is_some_and(|byte| TLS_RECORDS.contains(&byte)))
    }

    /// A bare connection; tried again like any request by who is `patient`.
    async fn connect(&self, url: &Url, patient: bool) -> Result<TcpStream> {
        let policy = Policy {
            retries: if patient { self.config().retries } else { 0 },
            base: self.config().retry_base,
        };
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or(443);
        let limit = self.config().connect_timeout;
        let mut spent = Spent::default();
        loop {
            let reason = match tokio::time::timeout(limit, TcpStream::connect((host, port))).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => error.to_string(),
                Err(_) => format!("no connection within {limit:?}"),
            };
            spent.tries += 1;
            let Some(wait) = policy.wait(spent, Fault::Unreachable, roll()) else {
                return Err(Error::Network {
                    doing: format!("connecting to {host}:{port}"),
                    reason,
                });
            };
            self.observe(&Event::Retrying {
                doing: format!("connecting to {host}:{port}"),
                reason,
                wait,
            });
            spent.waited += wait;
            tokio::time::sleep(wait).await;
        }
    }
}

/// The URL of a registry's API, which is not Docker Hub's.
pub(super) fn base(scheme: &str, host: &Host) -> Result<Url> {
    Url::parse(&format!("{scheme}://{host}/")).map_err(|_| Error::Usage {
        message: format!("{host} cannot be the host of a URL"),
        hint: None,
    })
}

/// Whether the name of `host` stands for an address in one of `networks`. One that stands for none is in none.
pub(super) async fn is_in(networks: &[Network], host: &Host) -> bool {
    if networks.is_empty() || host.is_docker_hub() {
        return false;
    }
    let Ok(addresses) = tokio::net::lookup_host((host.hostname(), 0)).await else {
        return false;
    };
    let within = |address: IpAddr| networks.iter().any(|network| network.contains(address));
    addresses.into_iter().any(|address| within(address.ip()))
}

/// The first message of a handshake. `None` where none can be made; then TLS is taken for granted.
fn client_hello(host: &str) -> Option<Vec<u8>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let mut connection = rustls::ClientConnection::new(Arc::new(config), name).ok()?;
    let mut hello = Vec::new();
    connection.write_tls(&mut hello).ok()?;
    Some(hello)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_is_a_handshake() {
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(client_hello(host).unwrap()[0], 22, "{host}");
        }
    }

    #[tokio::test]
    async fn a_name_is_in_the_networks_that_one_of_its_addresses_is_in() {
        let networks = |text: &[&str]| -> Vec<Network> {
            text.iter().map(|text| text.parse().unwrap()).collect()
        };
        let local = "localhost:5000".parse().unwrap();
        assert!(is_in(&networks(&["127.0.0.0/8", "::1/128"]), &local).await);
        assert!(!is_in(&networks(&["10.0.0.0/8"]), &local).await);
        assert!(!is_in(&[], &local).await);
        let everything = networks(&["0.0.0.0/0", "::/0"]);
        assert!(!is_in(&everything, &Host::docker_hub()).await);
        assert!(!is_in(&everything, &"nobody.invalid".parse().unwrap()).await);
    }

    #[test]
    fn a_path_is_put_under_the_base() {
        let at = |base: &str| {
            let base = base.parse().unwrap();
            let host = "r.example".parse().unwrap();
            Server::new(host, base, Endpoint::default()).url("/v2/a/b/manifests/sha256:00")
        };
        assert_eq!(
            at("https://r.example/").as_str(),
            "https://r.example/v2/a/b/manifests/sha256:00"
        );
        assert_eq!(
            at("https://r.example/p/").path(),
            "/p/v2/a/b/manifests/sha256:00"
        );
    }
}
