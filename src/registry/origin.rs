//! Which URL may follow which: origins, and the rules for going from one to another.
//!
//! A registry may send its client elsewhere in five ways: a redirect, the location of an upload, the realm of a token
//! server, the link to a next page, the addresses of a foreign layer. Each is checked before anything is sent there. An origin is scheme, host and
//! port together (RFC 6454); curl's CVE-2022-27774 and CVE-2022-27776 show what comes of comparing less.

use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

use crate::oci::reference::is_loopback;

/// A URL as it may stand in errors and logs: no user, no query (presigned URLs carry their secret there), no fragment.
pub(super) fn redact(url: &Url) -> String {
    let mut shown = url.clone();
    // Both fail only for URLs that cannot have them, and then there is nothing to hide.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}

/// Whether both are one scheme, host and port.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

/// Where a URL's host stands, as far as its text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// A name, or an address of the internet.
    Public,
    /// An address of a local network.
    Private,
    /// This machine.
    Loopback,
    /// An address that means nothing beyond one cable; cloud metadata services live there.
    LinkLocal,
}

fn reach(url: &Url) -> Reach {
    let address: IpAddr = match url.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.to_canonical(),
        Some(Host::Domain(name)) if is_loopback(name.trim_end_matches('.')) => {
            return Reach::Loopback;
        }
        _ => return Reach::Public,
    };
    let (private, link_local) = match address {
        IpAddr::V4(v4) => (
            v4.is_private() || is_shared(v4),
            v4.is_link_local() || v4.is_broadcast(),
        ),
        IpAddr::V6(v6) => (v6.is_unique_local(), v6.is_unicast_link_local()),
    };
    if address.is_loopback() || address.is_unspecified() {
        Reach::Loopback
    } else if link_local || address.is_multicast() {
        Reach::LinkLocal
    } else if private {
        Reach::Private
    } else {
        Reach::Public
    }
}

/// 100.64.0.0/10 (RFC 6598): networks of providers, and of clouds whose metadata services live there.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0xc0 == 64
}

/// Whether a registry may point at `target` although that is an address no public server has.
fn may_reach(registry: &Url, target: &Url, private: bool) -> Result<(), &'static str> {
    if registry.host() == target.host() {
        return Ok(());
    }
    let near = matches!(reach(registry), Reach::Private | Reach::Loopback);
    match reach(target) {
        Reach::LinkLocal => Err("to a link-local address"),
        Reach::Loopback if !near => Err("to this machine's own address"),
        Reach::Private if !near && !private => Err("to a private address"),
        _ => Ok(()),
    }
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Where a redirect met at `from` leads, if it may be followed. Object stores on a private network are common, so only
/// this machine's own and link-local addresses are refused to a public registry.
pub(super) fn redirect(registry: &Url, from: &Url, location: &str) -> Result<Url, String> {
    let to = from
        .join(location)
        .map_err(|_| "redirects to something that is no URL".to_owned())?;
    if !is_http(&to) {
        return Err(format!("redirects to a {} URL", to.scheme()));
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err("redirects from https to http, which is not followed".to_owned());
    }
    may_reach(registry, &to, true).map_err(|why| format!("redirects {why}"))?;
    Ok(to)
}

/// The location of an upload, resolved against the URL whose answer named it (RFC 3986, section 5; distribution-spec,
/// "Pushing blobs"). Another host is legal. Plain http on the registry's own host behind an https registry is a proxy
/// that forgot to say so (distribution behind nginx): it is asked over https.
pub(super) fn upload(registry: &Url, from: &Url, location: &str) -> Result<Url, String> {
    let mut to = from
        .join(location)
        .map_err(|_| "names an upload location that is no URL".to_owned())?;
    if !is_http(&to) || has_user(&to) {
        return Err("names an upload location that cannot be used".to_owned());
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        if to.host() != from.host() {
            return Err("names an upload location without https".to_owned());
        }
        let port = to.port().or(from.port()).filter(|port| *port != 80);
        let upgraded = to.set_scheme("https").and_then(|()| to.set_port(port));
        upgraded.map_err(|()| "names an upload location that cannot be used".to_owned())?;
    }
    may_reach(registry, &to, false).map_err(|why| format!("leads an upload {why}"))?;
    to.set_fragment(None);
    Ok(to)
}

/// The realm of a token server, if credentials may go there. The registry decides where they go, so it must say so over
/// a channel as good as the one they will travel on (CVE-2019-10214 is the class).
pub(super) fn realm(registry: &Url, realm: &str) -> Result<Url, String> {
    let url = Url::parse(realm).map_err(|_| "its realm is no URL".to_owned())?;
    if !is_http(&url) {
        return Err(format!("its realm is a {} URL", url.scheme()));
    }
    if has_user(&url) {
        return Err("its realm carries a user name".to_owned());
    }
    if registry.scheme() == "https" && url.scheme() == "http" {
        return Err("its realm is plain http although the registry is https".to_owned());
    }
    may_reach(registry, &url, false).map_err(|why| format!("its realm leads {why}"))?;
    Ok(url)
}

/// Where a redirect of the token server leads; every hop keeps the rules of [`realm`].
pub(super) fn realm_redirect(registry: &Url, from: &Url, location: &str) -> Result<Url, String> {
    let to = redirect(registry, from, location)?;
    realm(registry, to.as_str())
}

/// An address that a foreign layer lists, if it may be fetched from. The image decides where that is, so no address of
/// a private network counts as reachable unless the registry is on one itself. Plain http is common there and the
/// digest makes up for it; a user name would be a credential.
pub(super) fn foreign(registry: &Url, address: &str) -> Result<Url, String> {
    let to = Url::parse(address).map_err(|_| "an address is no URL".to_owned())?;
    may_be_foreign(registry, to).map_err(|why| format!("an address {why}"))
}

/// Where the server of a foreign layer sends on to; every hop keeps the rules of [`foreign`].
pub(super) fn foreign_redirect(registry: &Url, from: &Url, location: &str) -> Result<Url, String> {
    let to = redirect(registry, from, location)?;
    may_be_foreign(registry, to).map_err(|why| format!("redirects to what {why}"))
}

fn may_be_foreign(registry: &Url, to: Url) -> Result<Url, String> {
    if !is_http(&to) {
        return Err(format!("is a {} URL", to.scheme()));
    }
    if has_user(&to) {
        return Err("carries a user name".to_owned());
    }
    may_reach(registry, &to, false).map_err(|why| format!("leads {why}"))?;
    Ok(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = |text: &str| same_origin(&url("https://r.example/v2/"), &url(text));
        assert!(origin("https://R.example:443/other?x"));
        assert!(!origin("https://r.example:444/"));
        assert!(!origin("http://r.example/"));
        assert!(!origin("https://r.example.evil/"));
    }

    #[test]
    fn secrets_of_a_url_are_not_shown() {
        let shown = redact(&url("https://user:pass@h.example/a/b?sig=secret#frag"));
        assert_eq!(shown, "https://h.example/a/b");
    }

    #[test]
    fn a_redirect_never_leaves_https_or_http() {
        let registry = url("https://r.example/");
        let to = |location: &str| redirect(&registry, &url("https://r.example/v2/a"), location);
        assert_eq!(
            to("b?x=%2F").unwrap().as_str(),
            "https://r.example/v2/b?x=%2F"
        );
        assert!(to("https://cdn.example/x").is_ok());
        assert!(to("https://10.1.2.3/x").is_ok());
        for bad in [
            "http://r.example/x",
            "file:///etc/hostname",
            "https://169.254.169.254/x",
        ] {
            assert!(to(bad).is_err(), "{bad} was followed");
        }
        assert!(to("https://127.0.0.1/x").is_err());
        let local = url("http://127.0.0.1:5000/");
        assert!(redirect(&local, &local, "http://127.0.0.1:5001/x").is_ok());
    }

    #[test]
    fn an_upload_location_keeps_its_query_and_its_security() {
        let registry = url("https://r.example/");
        let from = url("https://r.example/v2/a/blobs/uploads/?x=1");
        let to = |location: &str| upload(&registry, &from, location).map(String::from);
        assert_eq!(
            to("/up/1?_state=a%2Fb+c==&&x").unwrap(),
            "https://r.example/up/1?_state=a%2Fb+c==&&x"
        );
        assert_eq!(
            to("../u/x?s").unwrap(),
            "https://r.example/v2/a/blobs/u/x?s"
        );
        assert_eq!(to("http://r.example/u").unwrap(), "https://r.example/u");
        assert!(to("http://other.example/u").is_err());
        assert!(to("https://other.example/u").is_ok());
        assert!(to("https://192.168.1.1/u").is_err());
        assert!(to("https://u:p@other.example/u").is_err());
    }

    #[test]
    fn every_hop_of_a_realm_is_checked() {
        let registry = url("https://r.example/");
        let from = url("https://auth.example/token");
        let to = |location: &str| realm_redirect(&registry, &from, location);
        assert_eq!(
            to("/v2/token").unwrap().as_str(),
            "https://auth.example/v2/token"
        );
        assert!(to("https://login.example/token").is_ok());
        for bad in [
            "http://auth.example/token",
            "https://10.0.0.1/token",
            "https://127.0.0.1/token",
            "https://u:p@login.example/token",
            "file:///etc/hostname",
        ] {
            assert!(to(bad).is_err(), "{bad} was followed");
        }
    }

    #[test]
    fn a_foreign_layer_lies_on_a_public_server_unless_the_registry_is_private_too() {
        let public = url("https://r.example/");
        let from = url("https://cdn.example/layer");
        assert!(foreign(&public, "https://cdn.example/layer?x=y").is_ok());
        assert!(foreign(&public, "http://cdn.example/layer").is_ok());
        for bad in [
            "file:///etc/shadow",
            "ftp://cdn.example/layer",
            "data:,x",
            "layer",
            "https://u:p@cdn.example/layer",
            "https://127.0.0.1/layer",
            "http://localhost:8080/layer",
            "http://10.0.0.1/layer",
            "http://192.168.0.1/layer",
            "http://169.254.169.254/latest/meta-data",
            "http://100.100.100.200/latest/meta-data",
            "http://[fd00:ec2::254]/latest/meta-data",
            "http://[fe80::1]/layer",
            "http://0x7f.1/layer",
            "http://0.0.0.0/layer",
        ] {
            assert!(foreign(&public, bad).is_err(), "{bad} was accepted");
            assert!(
                foreign_redirect(&public, &from, bad).is_err() || bad == "layer",
                "{bad} was followed"
            );
        }
        let private = url("http://10.0.0.2:5000/");
        assert!(foreign(&private, "http://10.0.0.1/layer").is_ok());
        assert!(foreign(&private, "http://169.254.169.254/latest").is_err());
    }

    #[test]
    fn a_realm_is_as_safe_as_the_registry() {
        let public = url("https://r.example/");
        assert!(realm(&public, "https://auth.example/token?a=b").is_ok());
        for bad in [
            "http://auth.example/token",
            "file:///etc/hostname",
            "ftp://auth.example/",
            "data:,x",
            "https://user@auth.example/",
            "https://169.254.169.254/latest",
            "https://10.0.0.1/token",
            "https://[fe80::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://127.1/",
            "https://localhost/token",
            "token",
        ] {
            assert!(realm(&public, bad).is_err(), "{bad} was accepted");
        }
        let private = url("https://10.0.0.2:5000/");
        assert!(realm(&private, "https://10.0.0.1/token").is_ok());
        assert!(realm(&private, "https://169.254.169.254/").is_err());
        let local = url("http://127.0.0.1:5000/");
        assert!(realm(&local, "http://localhost:5001/token").is_ok());
    }
}
