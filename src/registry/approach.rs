//! How a registry is come to, one step after the other and each by itself: for `doctor`. A request takes the same way in
//! one go; what is found here decides nothing about it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use reqwest::Method;

use super::Client;
use super::witness::{Certificate, Witness};
use crate::config::Proxy;
use crate::error::{Error, Result};
use crate::oci::Host;

/// The port of https where none is written.
const HTTPS: u16 = 443;
/// That of http.
const HTTP: u16 = 80;

/// What is settled about the way to a registry before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approach {
    /// The name to look up: another one than the registry's for Docker Hub. An IPv6 address is without brackets.
    pub server: String,
    /// The ports to knock at, in this order: two where a registry without a port may speak http.
    pub ports: Vec<u16>,
    /// The proxy that requests go through.
    pub proxy: Option<Proxy>,
    /// Whether certificates are left unverified and plain http is spoken to who speaks no TLS.
    pub insecure: bool,
}

/// What came of a handshake.
#[derive(Debug)]
pub struct Handshake {
    /// Such as `TLS 1.3`; `None` when it did not come so far.
    pub protocol: Option<&'static str>,
    /// The certificates shown, the server's own first; empty when it did not come so far.
    pub chain: Vec<Certificate>,
    /// Why there is no connection.
    pub failure: Option<Error>,
}

impl Client {
    /// How `host` would be come to, as settled on this machine.
    ///
    /// # Errors
    /// `BadFile` about the files that are needed for it; `Usage` when it cannot be the host of a URL.
    pub async fn approach(&self, host: &Host) -> Result<Approach> {
        let settings = self.settled(host).await?;
        let base = if host.is_docker_hub() {
            self.hub().registry.clone()
        } else {
            let scheme = if settings.plain_http { "http" } else { "https" };
            super::endpoint::base(scheme, host)?
        };
        let ports = match host.port() {
            _ if host.is_docker_hub() => base.port_or_known_default().into_iter().collect(),
            Some(port) => vec![port],
            None if settings.plain_http => vec![HTTP],
            None if settings.insecure => vec![HTTPS, HTTP],
            None => vec![HTTPS],
        };
        let server = base.host_str().unwrap_or_default();
        Ok(Approach {
            server: server.trim_matches(['[', ']']).to_owned(),
            ports,
            proxy: self.transport().proxy(&base, &settings)?,
            insecure: settings.insecure,
        })
    }

    /// Makes a connection to `address` and says how long that took; no proxy, nothing is sent.
    ///
    /// # Errors
    /// `Network`, after the settled time at the latest.
    pub async fn knock(&self, address: SocketAddr) -> Result<Duration> {
        let began = Instant::now();
        let limit = self.transport().connect_timeout();
        let connected = tokio::time::timeout(limit, tokio::net::TcpStream::connect(address));
        let reason = match connected.await {
            Ok(Ok(_)) => return Ok(began.elapsed()),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no connection within {limit:?}"),
        };
        let doing = format!("connecting to {address}");
        Err(Error::Network { doing, reason })
    }

    /// Shakes hands with `host` and asks it one question without credentials. `None` where plain http is spoken.
    ///
    /// # Errors
    /// Whatever keeps it from being found out whether TLS is spoken. What goes wrong in the handshake is part of what is
    /// returned.
    pub async fn handshake(&self, host: &Host) -> Result<Option<Handshake>> {
        let server = self.server(host).await?;
        if server.base.scheme() != "https" {
            return Ok(None);
        }
        let witness = Witness::default();
        let url = server.url("/v2/");
        let client = self.transport().watched(&url, &server.settings, &witness)?;
        let request = reqwest::Request::new(Method::GET, url.clone());
        let doing = format!("GET {url}");
        let stall = self.config().stall_timeout;
        let failure = match tokio::time::timeout(stall, client.execute(request)).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => {
                let proxy = client.proxy();
                Some(self.transport().failure(&error, &doing, &url, proxy).error)
            }
            Err(_) => Some(Error::Stalled {
                doing,
                waited: stall,
            }),
        };
        let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let shown = witness.of(name);
        Ok(Some(Handshake {
            protocol: shown.as_ref().and_then(|shown| shown.protocol),
            chain: shown.map(|shown| shown.chain).unwrap_or_default(),
            failure,
        }))
    }
}
