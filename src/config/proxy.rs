//! Proxies: the spelling of one, the rules which requests go through it, and the places that name them.
//!
//! The first of these places that names a proxy is the one that counts:
//!
//! 1. rg's settings for one registry (`proxy` below `[registry."HOST"]`, [`Way`]): they alone may send a request to this
//!    machine through a proxy, or one that an exception covers;
//! 2. the environment: `HTTPS_PROXY` and `HTTP_PROXY` by the scheme of the request, else `ALL_PROXY`, lower case first;
//! 3. rg's settings (`proxy`, `no_proxy`);
//! 4. docker's `daemon.json`, then its client's `config.json`.
//!
//! `NO_PROXY`, else `no_proxy` of rg's settings, counts wherever the proxy was named. The spelling of exceptions is Go's, which is docker's.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::Url;

use super::Environment;
use super::network::Network;
use crate::oci::reference::is_loopback;

/// The kinds of proxies there are.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy. It may hold a password, so neither `Display` nor `Debug` shows the user part.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Proxy(Url);

/// A text that names no proxy. It is not repeated, since it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy such as http://proxy.example:3128 (or https, socks4, socks5, socks5h)")]
pub struct NoProxyUrl;

impl FromStr for Proxy {
    type Err = NoProxyUrl;

    /// Reads `[SCHEME://][USER:PASSWORD@]HOST[:PORT]`; without a scheme it is `http`.
    fn from_str(text: &str) -> Result<Self, NoProxyUrl> {
        let text = text.trim();
        let url = if text.contains("://") {
            Url::parse(text)
        } else {
            Url::parse(&format!("http://{text}"))
        };
        let mut url = url.map_err(|_| NoProxyUrl)?;
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() || !SCHEMES.contains(&url.scheme()) {
            return Err(NoProxyUrl);
        }
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }
}

impl Proxy {
    /// With the user and the password that it may hold.
    #[must_use]
    pub fn with_secret(&self) -> &Url {
        &self.0
    }

    /// Whether it is spoken to over TLS.
    #[must_use]
    pub fn speaks_tls(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is told who is asking.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }

    /// `HOST:PORT`.
    #[must_use]
    pub fn address(&self) -> String {
        let port = self.0.port_or_known_default().unwrap_or(1080);
        format!("{}:{port}", self.0.host_str().unwrap_or_default())
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = if self.0.username().is_empty() {
            ""
        } else {
            "***@"
        };
        write!(f, "{}://{user}{}", self.0.scheme(), self.address())
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The way to one registry, where it is set for that registry alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// No proxy, whatever the environment says.
    Direct,
    /// This one, on this machine too.
    Through(Proxy),
}

impl FromStr for Way {
    type Err = NoProxyUrl;

    /// Reads `none` or a proxy.
    fn from_str(text: &str) -> Result<Self, NoProxyUrl> {
        match text {
            "none" => Ok(Self::Direct),
            text => text.parse().map(Self::Through),
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("none"),
            Self::Through(proxy) => proxy.fmt(f),
        }
    }
}

/// What is reached without a proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Exceptions(Vec<Exception>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Exception {
    Everything,
    Addresses(Network),
    Address(IpAddr, Option<u16>),
    Name {
        /// Lower case, without a leading dot.
        name: String,
        /// Whether only what is below the name is meant.
        below: bool,
        port: Option<u16>,
    },
}

impl From<&str> for Exceptions {
    /// Reads a list such as `localhost,.example,10.0.0.0/8,registry.lan:5000`.
    fn from(list: &str) -> Self {
        let entries = list.split([',', ' ']).map(str::trim);
        Self(entries.filter_map(exception).collect())
    }
}

fn exception(entry: &str) -> Option<Exception> {
    if entry == "*" {
        return Some(Exception::Everything);
    }
    if let Ok(network) = entry.parse() {
        return Some(Exception::Addresses(network));
    }
    if let Ok(address) = entry.trim_matches(['[', ']']).parse() {
        return Some(Exception::Address(address, None));
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (entry, None),
    };
    if let Ok(address) = host.trim_matches(['[', ']']).parse() {
        return Some(Exception::Address(address, port));
    }
    let host = host.strip_prefix('*').unwrap_or(host);
    let name = host.trim_matches('.').to_ascii_lowercase();
    let below = host.starts_with('.');
    (!name.is_empty()).then_some(Exception::Name { name, below, port })
}

impl Exceptions {
    /// Whether a request to `host` (no brackets) at `port` is one.
    fn cover(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        let same = |wanted: Option<u16>| wanted.is_none_or(|wanted| wanted == port);
        self.0.iter().any(|exception| match exception {
            Exception::Everything => true,
            Exception::Addresses(network) => {
                address.is_some_and(|address| network.contains(address))
            }
            Exception::Address(own, at) => address == Some(*own) && same(*at),
            Exception::Name {
                name,
                below,
                port: at,
            } => {
                let deeper = host
                    .strip_suffix(name.as_str())
                    .is_some_and(|rest| rest.ends_with('.'));
                address.is_none() && same(*at) && (deeper || !below && host == *name)
            }
        })
    }
}

/// The proxies that one place names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) place: String,
    pub(crate) http: Option<Proxy>,
    pub(crate) https: Option<Proxy>,
    pub(crate) all: Option<Proxy>,
    pub(crate) none: Exceptions,
}

impl Named {
    pub(super) fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none() && self.all.is_none()
    }
}

/// Which requests go through which proxy, where nothing is set for a registry alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// The one place that counts.
    pub(crate) named: Named,
    /// What `NO_PROXY` of the environment excepts.
    pub(crate) none: Exceptions,
}

impl Proxies {
    /// The proxy for a request to `url`; this machine is reached without one.
    #[must_use]
    pub fn of(&self, url: &Url) -> Option<&Proxy> {
        let host = url.host_str()?.trim_matches(['[', ']']);
        let port = url.port_or_known_default().unwrap_or_default();
        let excepted = self.none.cover(host, port) || self.named.none.cover(host, port);
        if excepted || is_loopback(host.trim_end_matches('.')) {
            return None;
        }
        let by_scheme = match url.scheme() {
            "https" => &self.named.https,
            _ => &self.named.http,
        };
        by_scheme.as_ref().or(self.named.all.as_ref())
    }
}

/// The variable `name`, in lower case where there is one, as curl and Go have it.
fn variable<'a>(environment: &'a Environment, name: &str) -> Option<&'a str> {
    let upper = || environment.get(name);
    environment.get(&name.to_ascii_lowercase()).or_else(upper)
}

/// What `NO_PROXY` excepts.
pub(super) fn exceptions(environment: &Environment) -> Option<Exceptions> {
    variable(environment, "NO_PROXY").map(Exceptions::from)
}

/// The proxies that the environment names.
///
/// # Errors
/// The name of a variable that holds no proxy.
pub(super) fn of_environment(environment: &Environment) -> Result<Named, &'static str> {
    let proxy = |name: &'static str| {
        // In a CGI program the client names what becomes HTTP_PROXY (CVE-2016-5385).
        if name == "HTTP_PROXY" && environment.get("REQUEST_METHOD").is_some() {
            return environment
                .get("http_proxy")
                .map(str::parse)
                .transpose()
                .map_err(|_| name);
        }
        variable(environment, name)
            .map(str::parse)
            .transpose()
            .map_err(|_: NoProxyUrl| name)
    };
    Ok(Named {
        place: "the environment".to_owned(),
        http: proxy("HTTP_PROXY")?,
        https: proxy("HTTPS_PROXY")?,
        all: proxy("ALL_PROXY")?,
        none: Exceptions::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(list: &str, host: &str, port: u16) -> bool {
        Exceptions::from(list).cover(host, port)
    }

    #[test]
    fn a_proxy_is_read_with_and_without_a_scheme_and_never_shows_its_password() {
        let shown = |text: &str| text.parse::<Proxy>().map(|proxy| proxy.to_string());
        assert_eq!(
            shown("proxy.example:3128").unwrap(),
            "http://proxy.example:3128"
        );
        assert_eq!(shown(" http://10.0.0.1 ").unwrap(), "http://10.0.0.1:80");
        assert_eq!(shown("socks5h://p").unwrap(), "socks5h://p:1080");
        assert_eq!(
            shown("u:p%40ss@proxy:8080/x?y").unwrap(),
            "http://***@proxy:8080"
        );
        let proxy: Proxy = "https://bob:hunter2@proxy:8443".parse().unwrap();
        assert!(!format!("{proxy:?}{proxy}").contains("hunter2"));
        assert_eq!(proxy.with_secret().password(), Some("hunter2"));
        for text in [
            "",
            "ftp://proxy",
            "http://",
            "socks5://",
            "a b",
            "proxy:port",
        ] {
            assert!(text.parse::<Proxy>().is_err(), "{text:?}");
        }
        assert_eq!("none".parse(), Ok(Way::Direct));
        assert!(matches!("p:1".parse(), Ok(Way::Through(_))));
    }

    #[test]
    fn exceptions_are_read_as_go_reads_them() {
        assert!(covers("*", "anything.example", 443));
        assert!(covers("example", "example", 443) && covers("example", "a.b.example", 443));
        assert!(!covers("example", "notexample", 443));
        assert!(covers(".example", "a.example", 443) && !covers(".example", "example", 443));
        assert!(covers("*.example", "a.example", 443) && !covers("*.example", "example", 443));
        assert!(
            covers("EXAMPLE:5000", "Example.", 5000) && !covers("example:5000", "example", 443)
        );
        assert!(covers("a, 10.0.0.0/8", "10.1.2.3", 80) && !covers("10.0.0.0/8", "11.1.2.3", 80));
        assert!(
            covers("10.1.2.3:5000", "10.1.2.3", 5000) && !covers("10.1.2.3:5000", "10.1.2.3", 80)
        );
        assert!(covers("::1, [fd00::1]:5000", "fd00::1", 5000));
        assert!(covers("fd00::/8", "fd00::1", 5000) && !covers("fd00::/8", "host", 5000));
        assert!(!covers("", "host", 80) && !covers(",,:,.,", "host", 80));
        assert!(!covers("10.0.0.0/8", "10.example", 80) && !covers("2.3", "1.0.2.3", 80));
    }

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let pairs = variables.iter();
        pairs
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn of(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let environment = environment(variables);
        let proxies = Proxies {
            named: of_environment(&environment).unwrap(),
            none: exceptions(&environment).unwrap_or_default(),
        };
        proxies.of(&url.parse().unwrap()).map(Proxy::address)
    }

    #[test]
    fn the_environment_is_read_by_scheme_with_lower_case_first() {
        let all = [
            ("ALL_PROXY", "socks5://all"),
            ("https_proxy", "low:1"),
            ("HTTPS_PROXY", "up:1"),
        ];
        assert_eq!(of(&all, "https://r.example/").unwrap(), "low:1");
        assert_eq!(of(&all, "http://r.example/").unwrap(), "all:1080");
        assert_eq!(of(&[("HTTP_PROXY", "p:1")], "https://r.example/"), None);
        assert_eq!(
            of(&[("HTTP_PROXY", "p:1")], "http://r.example/").unwrap(),
            "p:1"
        );
        let cgi = [("HTTP_PROXY", "p:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(of(&cgi, "http://r.example/"), None);
        let excepted = [("HTTPS_PROXY", "p:1"), ("no_proxy", "r.example:5000")];
        assert_eq!(of(&excepted, "https://r.example:5000/"), None);
        assert!(of(&excepted, "https://r.example/").is_some());
        assert_eq!(
            of_environment(&environment(&[("ALL_PROXY", "ftp://x")])),
            Err("ALL_PROXY")
        );
    }

    #[test]
    fn this_machine_is_reached_without_a_proxy() {
        for url in [
            "http://127.0.0.1:5000/",
            "https://localhost/",
            "https://[::1]:5000/",
            "http://a.localhost/",
        ] {
            assert_eq!(of(&[("ALL_PROXY", "p:1")], url), None, "{url}");
        }
    }
}
