//! Image names by docker's rules, and the grammar of the distribution-spec behind them.
//!
//! `alpine` means `docker.io/library/alpine:latest`. The first component of a name is a host when it is followed by
//! `/` and has a `.`, a `:`, an upper-case letter or is `localhost`. All spellings of Docker Hub are one host. A name
//! that breaks the grammar is refused with the place where it breaks.

mod grammar;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use super::Digest;
use grammar::{broken, digest, host, name, repository, tag};

/// Docker Hub, as it stands in full names.
pub const DOCKER_HUB: &str = "docker.io";

/// Why a text is not a reference, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid reference format: {reason}")]
pub struct ReferenceError {
    /// The text as given.
    pub input: String,
    /// The bytes of it that are at fault.
    pub at: Range<usize>,
    /// What is wrong with them.
    pub reason: String,
}

/// A registry as it stands in names: `host` or `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host(String);

impl Host {
    /// Docker Hub.
    #[must_use]
    pub fn docker_hub() -> Self {
        Self(DOCKER_HUB.to_owned())
    }

    /// `host[:port]`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is Docker Hub, whose API, credentials and search each live under another name.
    #[must_use]
    pub fn is_docker_hub(&self) -> bool {
        self.0 == DOCKER_HUB
    }

    /// The host without the port, an IPv6 address without its brackets.
    #[must_use]
    pub fn hostname(&self) -> &str {
        let host = match self.0.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => &self.0,
        };
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, where one is written.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.0.rsplit_once(':')?.1.parse().ok()
    }

    /// Whether it is this machine: `localhost`, 127.0.0.0/8, `::1`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.hostname())
    }
}

/// Whether a host name (no port, no brackets) means this machine.
#[must_use]
pub fn is_loopback(hostname: &str) -> bool {
    hostname.eq_ignore_ascii_case("localhost")
        || hostname.to_ascii_lowercase().ends_with(".localhost")
        || hostname
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

impl FromStr for Host {
    type Err = ReferenceError;

    /// Reads `host[:port]`, with any spelling of Docker Hub as `docker.io`. No scheme, no path.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        host(text, 0..text.len())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The path of a repository on its registry, such as `library/alpine`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Repository(String);

impl Repository {
    /// The path, as it stands in URLs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Repository {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        repository(text, 0..text.len())
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository with the registry it is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// The registry.
    pub host: Host,
    /// The path there.
    pub repository: Repository,
}

impl Name {
    /// A repository for what has none, where only content is asked for and no repository matters.
    #[must_use]
    pub fn stand_in() -> Self {
        Self {
            host: Host::docker_hub(),
            repository: Repository("library/none".to_owned()),
        }
    }

    /// As a person would write it: `alpine`, `user/app`, `ghcr.io/acme/app`.
    #[must_use]
    pub fn familiar(&self) -> String {
        if !self.host.is_docker_hub() {
            return self.to_string();
        }
        let path = self.repository.as_str();
        match path.strip_prefix("library/") {
            Some(short) if !short.contains('/') => short.to_owned(),
            _ => path.to_owned(),
        }
    }

    /// This repository with a tag, as a reference.
    #[must_use]
    pub fn with_tag(&self, tag: &Tag) -> Reference {
        Reference {
            name: self.clone(),
            tag: Some(tag.clone()),
            digest: None,
        }
    }

    /// This repository with a digest, as a reference.
    #[must_use]
    pub fn with_digest(&self, digest: &Digest) -> Reference {
        Reference {
            name: self.clone(),
            tag: None,
            digest: Some(*digest),
        }
    }
}

impl FromStr for Name {
    type Err = ReferenceError;

    /// Reads a name with neither tag nor digest.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let reference: Reference = text.parse()?;
        if reference.tag.is_some() || reference.digest.is_some() {
            return Err(broken(
                text,
                0..text.len(),
                "a repository has neither tag nor digest here",
            ));
        }
        Ok(reference.name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)
    }
}

/// A tag, such as `latest`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

impl Tag {
    /// `latest`.
    #[must_use]
    pub fn latest() -> Self {
        Self("latest".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        tag(text, 0..text.len())
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What picks one manifest of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selector {
    /// What the tag points at now.
    Tag(Tag),
    /// Exactly this content.
    Digest(Digest),
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

/// A full image name: repository, and a tag, a digest, both or neither.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The repository.
    pub name: Name,
    /// The tag, where one is written.
    pub tag: Option<Tag>,
    /// The digest, where one is written; it decides over the tag.
    pub digest: Option<Digest>,
}

impl Reference {
    /// What to ask for: the digest if there is one, else the tag, else `latest`.
    #[must_use]
    pub fn selector(&self) -> Selector {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => Selector::Digest(*digest),
            (None, Some(tag)) => Selector::Tag(tag.clone()),
            (None, None) => Selector::Tag(Tag::latest()),
        }
    }

    /// The same with the tag `latest` where neither tag nor digest is written.
    #[must_use]
    pub fn or_latest(mut self) -> Self {
        if self.tag.is_none() && self.digest.is_none() {
            self.tag = Some(Tag::latest());
        }
        self
    }

    /// As a person would write it: `alpine:3.20`.
    #[must_use]
    pub fn familiar(&self) -> String {
        self.behind(self.name.familiar())
    }

    fn behind(&self, mut text: String) -> String {
        if let Some(tag) = &self.tag {
            text.push(':');
            text.push_str(tag.as_str());
        }
        if let Some(digest) = &self.digest {
            text.push('@');
            text.push_str(&digest.to_string());
        }
        text
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.behind(self.name.to_string()))
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(broken(text, 0..0, "the name is empty"));
        }
        if let Some(end) = text.find("://") {
            return Err(broken(
                text,
                0..end + 3,
                format!("a name has no scheme: leave out {}", &text[..end + 3]),
            ));
        }
        let (rest, digest) = match text.find('@') {
            Some(at) => (at, Some(digest(text, at + 1)?)),
            None => (text.len(), None),
        };
        let path_start = text[..rest].rfind('/').map_or(0, |slash| slash + 1);
        let (name_end, tag) = match text[path_start..rest].find(':') {
            Some(colon) => (
                path_start + colon,
                Some(tag(text, path_start + colon + 1..rest)?),
            ),
            None => (rest, None),
        };
        Ok(Self {
            name: name(text, name_end)?,
            tag,
            digest,
        })
    }
}

#[cfg(test)]
mod tests;
