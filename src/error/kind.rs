//! What kind of thing was looked for, and what kind of distrust a certificate met.

use std::fmt;

/// What was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A manifest on a registry.
    Manifest,
    /// A blob.
    Blob,
    /// A repository.
    Repository,
    /// An image in the local store.
    Image,
    /// A registry endpoint.
    Endpoint,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Manifest => "manifest",
            Self::Blob => "blob",
            Self::Repository => "repository",
            Self::Image => "image",
            Self::Endpoint => "endpoint",
        })
    }
}

/// Why a certificate was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distrust {
    /// No known authority signed it.
    UnknownIssuer,
    /// It is past its time.
    Expired,
    /// It is for another name.
    WrongName,
    /// Anything else about the handshake.
    Other,
}
