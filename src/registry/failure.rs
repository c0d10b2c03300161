//! What the failures of connections mean: whose fault they are, whether trying again may help, and the words for it.
//!
//! The libraries below have no types for much of it, so that some of it is known by their words; each such word is a
//! constant here, and a test over sockets sees to it that it is still theirs.

use std::error::Error as StdError;

use rustls::{AlertDescription, CertificateError};
use url::Url;

use super::retry::Fault;
use super::tls;
use super::transport::{Broken, Transport};
use crate::config::Proxy;
use crate::error::{Distrust, Error};
use crate::oci::Host;

/// How Unix says that too many files are open: in the whole system, in this process.
const TOO_MANY_OPEN: [i32; 2] = [23, 24];

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

impl Transport {
    /// What a failed exchange with `url` means; `proxy` is the one it went through.
    pub(super) fn failure(
        &self,
        error: &Broken,
        doing: &str,
        url: &Url,
        proxy: Option<&Proxy>,
    ) -> Failure {
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
        if let Some(proxy) = proxy.filter(|_| error.is_connect()) {
            let (reason, fault) = self.no_way(error, &cause, proxy, url);
            return network(reason, fault);
        }
        if error.is_dns() {
            let host = url.host_str().unwrap_or_default();
            return network(format!("cannot find {host}: {cause}"), lookup_fault(&cause));
        }
        if error.is_connect() && error.is_timeout() {
            let reason = format!("no connection within {:?}", self.connect_timeout());
            return network(reason, Fault::Unreachable);
        }
        if error.is_connect() {
            return network(cause, Fault::Unreachable);
        }
        network(cause, Fault::Broken)
    }

    /// Why there is no way through `proxy` to `url`.
    fn no_way(&self, error: &Broken, cause: &str, proxy: &Proxy, url: &Url) -> (String, Fault) {
        if error.is_dns() {
            return (
                format!("cannot find the proxy {proxy}: {cause}"),
                lookup_fault(cause),
            );
        }
        if error.is_timeout() {
            let limit = self.connect_timeout();
            let reason = format!("no connection through the proxy {proxy} within {limit:?}");
            return (reason, Fault::Unreachable);
        }
        if cause.contains(WANTS_CREDENTIALS) {
            return (proxy_wants_credentials(proxy), Fault::Hopeless);
        }
        let target = place(url);
        if cause.contains(TUNNEL_REFUSED) {
            // Some answer wrong credentials with 401 instead of 407; the status cannot be had here.
            let or = if proxy.has_credentials() {
                ", or does not accept the credentials in its URL"
            } else {
                ""
            };
            let reason = format!("the proxy {proxy} refuses to connect to {target}, or cannot{or}");
            return (reason, Fault::Unreachable);
        }
        if is_unreachable(error.inner()) {
            let reason = format!("the proxy {proxy} does not answer: {cause}");
            return (reason, Fault::Unreachable);
        }
        let reason = format!("the proxy {proxy} made no connection to {target}: {cause}");
        (reason, Fault::Unreachable)
    }
}

/// How hyper-util says that a proxy answered a CONNECT with 407; it has no type for it.
const WANTS_CREDENTIALS: &str = "proxy authorization required";
/// How it says that a proxy answered it with something else that is no success.
const TUNNEL_REFUSED: &str = "tunnel error: unsuccessful";

/// What a 407 of `proxy` means.
pub(super) fn proxy_wants_credentials(proxy: &Proxy) -> String {
    if proxy.has_credentials() {
        format!(
            "the proxy {proxy} does not accept the credentials in its URL (proxy authentication required)"
        )
    } else {
        format!(
            "the proxy {proxy} wants credentials (proxy authentication required); write them into its URL, as USER:PASSWORD@ before the host"
        )
    }
}

/// How the library says that a peer hung up on the first message of a handshake.
const HUNG_UP: &str = "tls handshake eof";

/// Whether a request over TLS failed because the peer does not speak it. A peer that hangs up says so only where TLS is
/// not insisted on (`lenient`); a proxy that refuses the way says nothing of what is at its end.
pub(super) fn is_without_tls(error: &Broken, lenient: bool) -> bool {
    match find_tls(error.inner()) {
        Some(tls) => matches!(tls, rustls::Error::InvalidMessage(_)),
        None => lenient && deepest(error.inner()).contains(HUNG_UP),
    }
}

/// `HOST:PORT` of a URL.
fn place(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or(443);
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

fn lookup_fault(cause: &str) -> Fault {
    if cause.contains("emporary failure") {
        Fault::Unreachable
    } else {
        Fault::Hopeless
    }
}

/// Whether no connection was made at all.
fn is_unreachable(error: &(dyn StdError + 'static)) -> bool {
    use std::io::ErrorKind as Kind;
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let kind = innermost.downcast_ref().map(std::io::Error::kind);
    matches!(
        kind,
        Some(Kind::ConnectionRefused | Kind::HostUnreachable | Kind::NetworkUnreachable)
    )
}

/// The innermost cause: the outer ones only say that a request failed, and some repeat its URL.
pub(super) fn deepest(error: &(dyn StdError + 'static)) -> String {
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
            let asked = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
            // A proxy that is spoken to over TLS has a certificate of its own.
            let other = tls::Refusal::in_error(why).filter(|refusal| refusal.server != asked);
            let host = other.map_or_else(|| place(url), |refusal| refusal.server.clone());
            Failure::hopeless(Error::Tls { host, reason, kind })
        }
        rustls::Error::InvalidMessage(_) => Failure::hopeless(Error::NoTls { host: place(url) }),
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
    let refusal = tls::Refusal::in_error(why);
    let why = refusal.map_or(why, |refusal| &refusal.why);
    match why {
        Why::UnknownIssuer => (Distrust::UnknownIssuer, unknown_issuer(refusal)),
        Why::BadSignature => (
            Distrust::UnknownIssuer,
            "its signature is not by the authority that is known by that name".to_owned(),
        ),
        Why::ExpiredContext { not_after, .. } => {
            (Distrust::Expired, format!("it has expired on {}", date(*not_after)))
        }
        Why::Expired => (Distrust::Expired, "it has expired".to_owned()),
        Why::NotValidYetContext { not_before, .. } => {
            (Distrust::Expired, format!("it is valid from {} on", date(*not_before)))
        }
        Why::NotValidYet => (Distrust::Expired, "it is not valid yet".to_owned()),
        Why::NotValidForNameContext { presented, .. } => {
            (Distrust::WrongName, format!("it is for {}", names(presented)))
        }
        Why::NotValidForName => (Distrust::WrongName, "it is for another name".to_owned()),
        why if tls::is_authority_as_server(why) => (
            Distrust::UnknownIssuer,
            "it is the certificate of an authority (CA:TRUE), most likely signed by itself: that counts for a server only where \
             this very certificate is trusted and has the server's name"
                .to_owned(),
        ),
        other => (Distrust::Other, other.to_string()),
    }
}

fn unknown_issuer(refusal: Option<&tls::Refusal>) -> String {
    match refusal {
        Some(tls::Refusal {
            self_signed: true, ..
        }) => "it is signed by itself".to_owned(),
        Some(tls::Refusal {
            issuer: Some(issuer),
            ..
        }) => format!("it is signed by {issuer:?}, which is no known authority"),
        _ => "no known authority signed it".to_owned(),
    }
}

/// A time of a certificate, to the second.
fn date(time: rustls::pki_types::UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.map_or_else(|| "an unknown day".to_owned(), |time| time.to_string())
}

/// The names a certificate is for, which rustls writes as `DnsName("r.example")`.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name
            .split_once('(')
            .map(|(_, inner)| inner.trim_end_matches(')'));
        inner.unwrap_or(name).trim_matches('"').to_owned()
    };
    match presented {
        [] => "no name at all: it lacks a subjectAltName, and common names do not count".to_owned(),
        names => names.iter().map(bare).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

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
        assert_eq!(kind, Distrust::UnknownIssuer);
        assert!(reason.contains("CA:TRUE"), "{reason}");
    }

    #[test]
    fn a_peer_without_tls_is_told_as_that() {
        let error = rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType);
        let failure = tls_failure(&error, "GET x", &"https://r.example/".parse().unwrap());
        assert!(matches!(failure.error, Error::NoTls { host } if host == "r.example:443"));
    }
}
