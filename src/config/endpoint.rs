//! How to reach one registry: what each place says about it, and what holds in the end.
//!
//! Flags, rg's settings and the files of other programs each may say something about a host, or nothing. A [`Reach`]
//! is what one of them says; put over each other they make an [`Endpoint`].

use std::net::IpAddr;
use std::path::PathBuf;

use super::network::Network;
use super::proxy::Way;
use crate::oci::Host;

/// How to reach one registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Speak plain HTTP.
    pub plain_http: bool,
    /// Do not verify certificates, and speak plain HTTP to a peer that does not speak TLS.
    pub insecure: bool,
    /// Networks in which every registry is insecure. Where the name is no address, whoever connects finds out what it
    /// stands for. Empty where `insecure` is settled.
    pub insecure_networks: Vec<Network>,
    /// Authorities to trust besides the system's, PEM.
    pub ca_files: Vec<PathBuf>,
    /// Certificates to show to the registry.
    pub identities: Vec<Identity>,
    /// The way there, where one is set for this registry alone; else the general rules about proxies count.
    pub proxy: Option<Way>,
}

/// A certificate and its key, both PEM.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The certificate, and those between it and an authority.
    pub cert_file: PathBuf,
    /// Its key.
    pub key_file: PathBuf,
}

impl From<(PathBuf, PathBuf)> for Identity {
    /// Of a certificate and its key.
    fn from((cert_file, key_file): (PathBuf, PathBuf)) -> Self {
        Self {
            cert_file,
            key_file,
        }
    }
}

/// What one place says about reaching a registry; `None` and nothing in a list where it is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) plain_http: Option<bool>,
    pub(crate) insecure: Option<bool>,
    pub(crate) insecure_networks: Vec<Network>,
    pub(crate) ca_files: Vec<PathBuf>,
    pub(crate) identities: Vec<Identity>,
    pub(crate) proxy: Option<Way>,
}

/// What is said about reaching a registry, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// A file with its line, or a name such as `the command line`.
    pub(crate) place: String,
    pub(crate) reach: Reach,
}

impl Reach {
    /// This, and of `other` what this is silent about. A list is taken from one of the two.
    pub(super) fn or(self, other: &Self) -> Self {
        let networks = match self.insecure {
            Some(_) => self.insecure_networks,
            None => either(self.insecure_networks, &other.insecure_networks),
        };
        Self {
            plain_http: self.plain_http.or(other.plain_http),
            insecure: self.insecure.or(other.insecure),
            insecure_networks: networks,
            ca_files: either(self.ca_files, &other.ca_files),
            identities: either(self.identities, &other.identities),
            proxy: self.proxy.or_else(|| other.proxy.clone()),
        }
    }

    /// What holds for `host` when this is all that is said about it.
    pub(super) fn settle(self, host: &Host) -> Endpoint {
        let address = host.hostname().parse::<IpAddr>().ok();
        let listed = |address| {
            let mut networks = self.insecure_networks.iter();
            networks.any(|network: &Network| network.contains(address))
        };
        let insecure = self.insecure.or(address.map(listed));
        Endpoint {
            plain_http: self.plain_http.unwrap_or_default(),
            insecure: insecure.unwrap_or_default(),
            insecure_networks: match insecure {
                Some(_) => Vec::new(),
                None => self.insecure_networks,
            },
            ca_files: self.ca_files,
            identities: self.identities,
            proxy: self.proxy,
        }
    }
}

/// What holds for `host` when all that is said about it is `told`, the most important first.
pub(super) fn settled(host: &Host, told: &[Told]) -> Endpoint {
    let reach = told.iter().fold(Reach::default(), |sum, told| {
        tracing::debug!(%host, place = told.place, said = ?told.reach, "how to reach it");
        sum.or(&told.reach)
    });
    reach.settle(host)
}

fn either<T: Clone>(own: Vec<T>, other: &[T]) -> Vec<T> {
    if own.is_empty() { other.to_vec() } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(said: Option<bool>) -> Reach {
        Reach {
            insecure: said,
            insecure_networks: vec!["10.0.0.0/8".parse().unwrap()],
            ..Reach::default()
        }
    }

    #[test]
    fn an_address_is_looked_up_in_the_networks_and_a_name_is_left_to_who_connects() {
        let settled = |host: &str| networks(None).settle(&host.parse().unwrap());
        assert!(settled("10.1.2.3:5000").insecure);
        assert!(settled("10.1.2.3:5000").insecure_networks.is_empty());
        assert!(!settled("11.1.2.3:5000").insecure);
        let name = settled("registry.lan:5000");
        assert_eq!((name.insecure, name.insecure_networks.len()), (false, 1));
    }

    #[test]
    fn a_word_about_one_host_beats_networks_said_further_down() {
        let strict = Reach {
            insecure: Some(false),
            ..Reach::default()
        };
        let host = "10.1.2.3".parse().unwrap();
        let settled = strict.or(&networks(None)).settle(&host);
        assert_eq!(
            (settled.insecure, settled.insecure_networks.len()),
            (false, 0)
        );
        assert!(Reach::default().or(&networks(None)).settle(&host).insecure);
    }
}
