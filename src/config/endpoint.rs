//! How to reach one registry: what each place says about it, and what holds in the end.
//!
//! Flags, rg's settings and the files of other programs each may say something about a host, or nothing. A [`Reach`]
//! is what one of them says; put over each other they make an [`Endpoint`].

use std::path::PathBuf;

/// How to reach one registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoint {
    /// Speak plain HTTP.
    pub plain_http: bool,
    /// Do not verify certificates.
    pub insecure: bool,
    /// Authorities to trust besides the system's, PEM.
    pub ca_files: Vec<PathBuf>,
    /// Certificates to show to the registry.
    pub identities: Vec<Identity>,
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
    pub(crate) ca_files: Vec<PathBuf>,
    pub(crate) identities: Vec<Identity>,
}

impl Reach {
    /// This, and of `other` what this is silent about. A list is taken from one of the two.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            plain_http: self.plain_http.or(other.plain_http),
            insecure: self.insecure.or(other.insecure),
            ca_files: either(self.ca_files, &other.ca_files),
            identities: either(self.identities, &other.identities),
        }
    }
}

fn either<T: Clone>(own: Vec<T>, other: &[T]) -> Vec<T> {
    if own.is_empty() { other.to_vec() } else { own }
}

impl From<Reach> for Endpoint {
    fn from(reach: Reach) -> Self {
        Self {
            plain_http: reach.plain_http.unwrap_or_default(),
            insecure: reach.insecure.unwrap_or_default(),
            ca_files: reach.ca_files,
            identities: reach.identities,
        }
    }
}
