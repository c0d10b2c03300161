//! The connections under everything: HTTP clients, TLS and proxies, and what their failures mean.
//!
//! A client is built when it is first needed, since loading the system's authorities costs milliseconds; plain http
//! needs none and goes its own way. Redirects, retries and decompression of the library are off: they are this room's own business. Proxies
//! come from the environment the settings carry; this machine's own addresses are never proxied. The user's client
//! certificate is shown to the registry alone, `--ca-file` adds to the authorities of the system.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Certificate, Identity, NoProxy, Proxy};
use rustls::{AlertDescription, CertificateError};
use url::Url;

use super::plain::{self, Plain, Refusal};
use super::retry::Fault;
use super::secrets::Secrets;
use crate::config::{Config, Endpoint, Environment};
use crate::error::{Distrust, Error, Result};
use crate::oci::Host;
use crate::oci::reference::is_loopback;

/// How long an idle connection is kept: shorter than servers usually keep theirs, so that few requests meet one that
/// is just being closed.
const IDLE: Duration = Duration::from_secs(20);

/// How Unix says that too many files are open: in the whole system, in this process.
const TOO_MANY_OPEN: [i32; 2] = [23, 24];

/// Who we are.
const AGENT: &str = concat!("rg/", env!("CARGO_PKG_VERSION"));

/// A failure, and what it means for trying again.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) fault: Fault,
}

impl Failure {
    /// One that trying again cannot mend.
    pub(super) fn hopeless(error: Error) -> Self {
        Self {
            error,
            fault: Fault::Hopeless,
        }
    }
}

/// What sends requests of one kind.
#[derive(Debug, Clone)]
pub(super) enum Wire {
    /// Neither TLS nor a proxy.
    Plain(Plain),
    /// Everything else.
    Full(reqwest::Client),
}

/// Why a request got no answer, or not all of it.
#[derive(Debug)]
pub(super) enum Broken {
    Library(reqwest::Error),
    Plain(hyper_util::client::legacy::Error),
}

impl Wire {
    /// Sends one request and waits for the head of its answer.
    pub(super) async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, Broken> {
        match self {
            Self::Full(client) => client.execute(request).await.map_err(Broken::Library),
            Self::Plain(client) => client.execute(request).await.map_err(|why| match why {
                Refusal::Request(error) => Broken::Library(error),
                Refusal::Connection(error) => Broken::Plain(error),
            }),
        }
    }
}

impl Broken {
    fn inner(&self) -> &(dyn StdError + 'static) {
        match self {
            Self::Library(error) => error,
            Self::Plain(error) => error,
        }
    }

    fn is_dns(&self) -> bool {
        match self {
            Self::Library(error) => error.is_dns(),
            Self::Plain(error) => plain::is_dns(error),
        }
    }

    fn is_connect(&self) -> bool {
        match self {
            Self::Library(error) => error.is_connect(),
            Self::Plain(error) => error.is_connect(),
        }
    }

    fn is_timeout(&self) -> bool {
        match self {
            Self::Library(error) => error.is_timeout(),
            Self::Plain(error) => plain::is_timeout(error),
        }
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self::Library(error)
    }
}

/// How a proxy is made of its URL.
type Constructor = fn(&str) -> reqwest::Result<Proxy>;

/// What makes one client differ from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    tls: bool,
    proxied: bool,
    insecure: bool,
    ca_file: Option<PathBuf>,
    identity: Option<(PathBuf, PathBuf)>,
}

/// The HTTP clients of one `Client`.
pub(super) struct Transport {
    environment: Environment,
    connect_timeout: Duration,
    clients: Mutex<HashMap<Kind, Wire>>,
    secrets: Arc<Secrets>,
}

impl Transport {
    /// Builds nothing yet.
    pub(super) fn new(config: &Config) -> Self {
        Self {
            environment: config.environment.clone(),
            connect_timeout: config.connect_timeout,
            clients: Mutex::default(),
            secrets: Arc::default(),
        }
    }

    /// What has been sent in confidence.
    pub(super) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// The client for requests to `url` under `settings`; `own` tells whether `url` is at the registry itself.
    pub(super) fn client(&self, url: &Url, settings: &Endpoint, own: bool) -> Result<Wire> {
        let proxied = !url
            .host_str()
            .is_some_and(|host| is_loopback(host.trim_start_matches('[').trim_end_matches(']')));
        let tls = url.scheme() == "https" || (proxied && !self.proxies()?.is_empty());
        let identity = settings.cert_file.clone().zip(settings.key_file.clone());
        let kind = Kind {
            tls,
            proxied,
            insecure: tls && settings.insecure,
            ca_file: settings.ca_file.clone().filter(|_| tls),
            identity: identity.filter(|_| tls && own),
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&kind) {
            return Ok(client.clone());
        }
        let client = self.build(&kind)?;
        clients.insert(kind, client.clone());
        Ok(client)
    }

    fn build(&self, kind: &Kind) -> Result<Wire> {
        if !kind.tls {
            let plain = Plain::new(AGENT, self.connect_timeout, IDLE);
            return Ok(Wire::Plain(plain));
        }
        // An error says only that a provider is installed already, by an earlier client.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE)
            .no_proxy();
        if kind.proxied {
            for proxy in self.proxies()? {
                builder = builder.proxy(proxy);
            }
        }
        if kind.insecure {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        if let Some(path) = &kind.ca_file {
            builder = builder.tls_certs_merge(authorities(path)?);
        }
        if let Some((certificate, key)) = &kind.identity {
            builder = builder.identity(identity(certificate, key)?);
        }
        builder
            .build()
            .map(Wire::Full)
            .map_err(|error| Error::Machine(format!("cannot set up TLS: {}", deepest(&error))))
    }

    /// The proxies of the environment, most specific first. Lower-case names win, as in curl.
    fn proxies(&self) -> Result<Vec<Proxy>> {
        let variable = |name: &str| {
            [name.to_ascii_lowercase(), name.to_owned()]
                .iter()
                .find_map(|name| self.environment.get(name).map(str::to_owned))
                .filter(|value| !value.is_empty())
        };
        let none = variable("NO_PROXY").unwrap_or_default();
        let mut proxies = Vec::new();
        let kinds: [(&str, Constructor); 3] = [
            ("HTTP_PROXY", |url| Proxy::http(url)),
            ("HTTPS_PROXY", |url| Proxy::https(url)),
            ("ALL_PROXY", |url| Proxy::all(url)),
        ];
        for (name, proxy) in kinds {
            let Some(url) = variable(name) else { continue };
            // The value may hold a password, so it is not repeated.
            self.secrets.learn_user(&url);
            let proxy = proxy(&url)
                .map_err(|_| Error::Machine(format!("{name} does not hold a proxy's URL")))?;
            proxies.push(proxy.no_proxy(NoProxy::from_string(&none)));
        }
        Ok(proxies)
    }

    /// What a failed exchange with `url` means.
    pub(super) fn failure(&self, error: &Broken, doing: &str, url: &Url) -> Failure {
        let network = |reason: String, fault| Failure {
            error: Error::Network {
                doing: doing.to_owned(),
                reason,
            },
            fault,
        };
        if let Some(tls) = find_tls(error.inner()) {
            return tls_failure(tls, doing, url);
        }
        let cause = deepest(error.inner());
        if is_out_of_descriptors(error.inner()) {
            let error = Error::Machine(format!("{doing}: {cause}"));
            return Failure::hopeless(error);
        }
        if error.is_dns() {
            let temporary = cause.contains("emporary failure");
            let fault = if temporary {
                Fault::Unreachable
            } else {
                Fault::Hopeless
            };
            let host = url.host_str().unwrap_or_default();
            return network(format!("cannot find {host}: {cause}"), fault);
        }
        if error.is_connect() && error.is_timeout() {
            let reason = format!("no connection within {:?}", self.connect_timeout);
            return network(reason, Fault::Unreachable);
        }
        if error.is_connect() {
            let refused_by_proxy = cause.contains("proxy auth");
            let fault = if refused_by_proxy {
                Fault::Hopeless
            } else {
                Fault::Unreachable
            };
            return network(cause, fault);
        }
        network(cause, Fault::Broken)
    }
}

/// Bytes of a file of certificates or a key: several times what all public authorities take.
const MAX_PEM: u64 = 4 << 20;

fn read(path: &Path) -> Result<Vec<u8>> {
    crate::config::file::read(path, MAX_PEM).map_err(Error::io("cannot read", path))
}

fn bad_file(path: &Path, reason: &str) -> Error {
    Error::BadFile {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

fn authorities(path: &Path) -> Result<Vec<Certificate>> {
    let bundle = Certificate::from_pem_bundle(&read(path)?)
        .map_err(|_| bad_file(path, "not certificates in PEM form"))?;
    if bundle.is_empty() {
        return Err(bad_file(path, "no certificate in it"));
    }
    Ok(bundle)
}

fn identity(certificate: &Path, key: &Path) -> Result<Identity> {
    let mut pem = read(certificate)?;
    pem.push(b'\n');
    pem.extend(read(key)?);
    Identity::from_pem(&pem)
        .map_err(|_| bad_file(key, "not the key of a client certificate in PEM form"))
}

/// The innermost cause: the outer ones only say that a request failed, and some repeat its URL.
fn deepest(error: &(dyn StdError + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match innermost.downcast_ref::<reqwest::Error>() {
        Some(_) => "the request failed".to_owned(),
        None => innermost.to_string(),
    }
}

/// Whether this process, or this machine, has too many files and connections open (EMFILE, ENFILE).
fn is_out_of_descriptors(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let io = error.downcast_ref::<std::io::Error>();
        let number = io.and_then(std::io::Error::raw_os_error);
        if cfg!(unix) && number.is_some_and(|number| TOO_MANY_OPEN.contains(&number)) {
            return true;
        }
        next = error.source();
    }
    false
}

/// A TLS error anywhere below `error`. An `io::Error` leaves the error it wraps out of its sources, so it is asked.
fn find_tls<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        let wrapped: Option<&'a (dyn StdError + 'static)> = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as _);
        next = wrapped.or_else(|| error.source());
    }
    None
}

fn tls_failure(error: &rustls::Error, doing: &str, url: &Url) -> Failure {
    let network = |reason: String, fault| Failure {
        error: Error::Network {
            doing: doing.to_owned(),
            reason,
        },
        fault,
    };
    match error {
        rustls::Error::InvalidCertificate(why) => {
            let (kind, reason) = distrust(why);
            let port = url.port_or_known_default().unwrap_or(443);
            let host = format!("{}:{port}", url.host_str().unwrap_or_default());
            Failure::hopeless(Error::Tls { host, reason, kind })
        }
        rustls::Error::InvalidMessage(_) => {
            let port = url.port_or_known_default().unwrap_or(443);
            let host = format!("{}:{port}", url.host_str().unwrap_or_default());
            Failure::hopeless(Error::NoTls { host })
        }
        rustls::Error::AlertReceived(alert) if is_about_our_certificate(*alert) => {
            let reason = format!(
                "it wants a client certificate that it trusts ({alert:?}); see --cert-file and --key-file"
            );
            match host_of(url) {
                Some(host) => Failure::hopeless(Error::Challenge { host, reason }),
                None => network(reason, Fault::Hopeless),
            }
        }
        rustls::Error::AlertReceived(alert) => {
            let reason = format!("the server ended the TLS handshake: {alert:?}");
            network(reason, Fault::Hopeless)
        }
        other => network(format!("TLS failed: {other}"), Fault::Broken),
    }
}

/// What a server says to a client without a certificate, or with one it does not know.
fn is_about_our_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
    )
}

/// The registry a URL would have in a name.
pub(super) fn host_of(url: &Url) -> Option<Host> {
    let name = url.host_str()?;
    let name = match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    };
    name.parse().ok()
}

/// Why a certificate is not trusted, in plain words.
fn distrust(why: &CertificateError) -> (Distrust, String) {
    use CertificateError as Why;
    let (kind, reason) = match why {
        Why::UnknownIssuer => (Distrust::UnknownIssuer, "no known authority signed it"),
        Why::BadSignature => (
            Distrust::UnknownIssuer,
            "its signature is not by the authority that is known by that name",
        ),
        Why::Expired | Why::ExpiredContext { .. } => (Distrust::Expired, "it has expired"),
        Why::NotValidYet | Why::NotValidYetContext { .. } => {
            (Distrust::Expired, "it is not valid yet")
        }
        Why::NotValidForName | Why::NotValidForNameContext { .. } => {
            (Distrust::WrongName, "it is for another name")
        }
        Why::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => (
            Distrust::Other,
            "it is the certificate of an authority (CA:TRUE) and stands for a server; make one with \
             basicConstraints=CA:FALSE, signed by that authority",
        ),
        other => return (Distrust::Other, other.to_string()),
    };
    (kind, reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn too_many_open_files_are_the_fault_of_this_machine() {
        let says = |number| is_out_of_descriptors(&std::io::Error::from_raw_os_error(number));
        assert!(says(23) && says(24));
        assert!(!says(111));
    }

    #[test]
    fn a_certificate_error_is_found_inside_an_io_error() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let wrapped = std::io::Error::other(std::io::Error::other(tls));
        let url: Url = "https://r.example/v2/".parse().unwrap();
        let found = find_tls(&wrapped).unwrap();
        let failure = tls_failure(found, "GET x", &url);
        assert!(matches!(
            failure.error,
            Error::Tls { ref host, kind: Distrust::UnknownIssuer, .. } if host == "r.example:443"
        ));
    }

    #[test]
    fn an_authority_that_stands_for_a_server_is_explained() {
        #[derive(Debug)]
        struct CaUsedAsEndEntity;
        impl std::fmt::Display for CaUsedAsEndEntity {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("invalid")
            }
        }
        impl StdError for CaUsedAsEndEntity {}
        let other = rustls::OtherError(Arc::new(CaUsedAsEndEntity));
        let (kind, reason) = distrust(&CertificateError::Other(other));
        assert_eq!(kind, Distrust::Other);
        assert!(reason.contains("CA:TRUE"), "{reason}");
    }

    #[test]
    fn a_peer_without_tls_is_told_as_that() {
        let error = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        let failure = tls_failure(&error, "GET x", &"https://r.example/".parse().unwrap());
        assert!(matches!(failure.error, Error::NoTls { host } if host == "r.example:443"));
    }
}
