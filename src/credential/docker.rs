//! What docker's `config.json` says about logins: `auths`, `credsStore`, `credHelpers`. The `auth.json` of podman and
//! skopeo has the same form (containers-auth.json(5)), and the old `~/.dockercfg` is the `auths` of one by themselves.
//!
//! An entry of `auths` is `{"auth": base64(user:password)}`, with `identitytoken` (an OAuth refresh token) or
//! `registrytoken` (a bearer token) beside it or instead; `{}` says that a helper has it. An entry that cannot be read
//! is an error for its own registry, or its own part of one, and nobody else's.
//!
//! Everything else in the file is docker's own affair: `HttpHeaders`, for one, are sent by docker to its daemon, so they
//! are sent to no registry here.

use std::cmp::Reverse;
use std::path::PathBuf;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::document::Members;
use super::key::{Key, is_for};
use super::{Credential, Secret, key};
use crate::error::{Error, Result};
use crate::oci::{Host, Repository};

/// Docker pads; files written for Kubernetes by hand often do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Members of an entry that are the login itself; whatever else is there stays when the login changes.
const LOGIN: &[&str] = &[
    "auth",
    "username",
    "password",
    "identitytoken",
    "registrytoken",
];

/// Where a document was read from, for its errors.
#[derive(Clone)]
pub(super) enum Origin {
    File(PathBuf),
    Variable(&'static str),
}

/// A `config.json`, or a text of its form.
pub(super) struct DockerConfig {
    origin: Origin,
    members: Members,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
    registrytoken: Option<String>,
}

impl DockerConfig {
    /// # Errors
    /// [`Error::BadFile`] (or [`Error::Credential`] for a variable) when it is not JSON, no object, or ambiguous.
    pub(super) fn parse(origin: Origin, bytes: &[u8]) -> Result<Self> {
        match Members::parse(bytes) {
            Ok(members) => Ok(Self { origin, members }),
            Err(reason) => Err(origin.wrong(reason)),
        }
    }

    /// The old `.dockercfg`, which has nothing but the entries of `auths`.
    ///
    /// # Errors
    /// As [`DockerConfig::parse`].
    pub(super) fn parse_entries(origin: Origin, bytes: &[u8]) -> Result<Self> {
        let mut config = Self::parse(origin, bytes)?;
        let entries = std::mem::take(&mut config.members);
        config.members.set("auths", &entries);
        Ok(config)
    }

    /// The document, as it is to be written.
    pub(super) fn to_text(&self) -> String {
        self.members.to_text()
    }

    /// The login kept for `host` in the document itself: under the key docker writes, else under any other spelling.
    pub(super) fn login(&self, host: &Host) -> Result<Option<Credential>> {
        let auths = self.object("auths")?;
        let mut entries: Vec<_> = auths
            .iter()
            .filter(|(name, _)| is_for(name, host))
            .collect();
        entries.sort_by_key(|(name, _)| *name != key::of(host));
        for (name, entry) in entries {
            let login = self.entry(name, entry)?;
            if login.is_some() {
                return Ok(login);
            }
        }
        Ok(None)
    }

    /// The login kept for a part of `host` that `repository` lies in: that of the longest path.
    pub(super) fn login_below(
        &self,
        host: &Host,
        repository: &Repository,
    ) -> Result<Option<Credential>> {
        let auths = self.object("auths")?;
        let mut entries: Vec<_> = auths
            .iter()
            .filter_map(|(name, entry)| Some((Key::read(name)?, name, entry)))
            .filter(|(key, ..)| key.path.is_some() && key.covers(host, Some(repository)))
            .collect();
        entries.sort_by_key(|(key, name, _)| (Reverse(key.depth()), *name != key.to_string()));
        for (_, name, entry) in entries {
            let login = self.entry(name, entry)?;
            if login.is_some() {
                return Ok(login);
            }
        }
        Ok(None)
    }

    fn entry(&self, name: &str, entry: &RawValue) -> Result<Option<Credential>> {
        read(entry).map_err(|reason| self.origin.wrong(format!("auths entry {name:?}: {reason}")))
    }

    /// What there is a login for in the document itself, readable or not, each once.
    pub(super) fn keys(&self) -> Result<Vec<Key>> {
        let mut keys = Vec::new();
        for (name, entry) in self.object("auths")?.iter() {
            if let Some(key) = Key::read(name)
                && !matches!(read(entry), Ok(None))
                && !keys.contains(&key)
            {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    /// The hosts that have a login of their whole in the document itself, readable or not, each once.
    pub(super) fn hosts(&self) -> Result<Vec<Host>> {
        let keys = self.keys()?.into_iter();
        Ok(keys
            .filter(|key| key.path.is_none())
            .map(|key| key.host)
            .collect())
    }

    /// The helper that the document names for `host`: `credHelpers` before `credsStore`. `Some("")` says that this
    /// host has none, whatever else is configured; `None` says nothing.
    pub(super) fn helper(&self, host: &Host) -> Result<Option<String>> {
        if let Some(helper) = self.own_helper(host)? {
            return Ok(Some(helper));
        }
        match self.member("credsStore").map(text) {
            None => Ok(None),
            Some(None) => Err(self.origin.wrong("credsStore is not a text".to_owned())),
            Some(Some(helper)) => Ok(Some(helper).filter(|helper| !helper.is_empty())),
        }
    }

    /// The helper that `credHelpers` names for `host`; `Some("")` says that it has none.
    pub(super) fn own_helper(&self, host: &Host) -> Result<Option<String>> {
        let helpers = self.object("credHelpers")?;
        let mut named: Vec<_> = helpers
            .iter()
            .filter(|(name, _)| is_for(name, host))
            .collect();
        named.sort_by_key(|(name, _)| *name != key::of(host));
        if let Some((name, value)) = named.first() {
            return match text(value) {
                Some(helper) => Ok(Some(helper)),
                None => Err(self
                    .origin
                    .wrong(format!("credHelpers entry {name:?} is not a text"))),
            };
        }
        Ok(None)
    }

    /// Every helper that `credHelpers` names, each once.
    pub(super) fn own_helpers(&self) -> Result<Vec<String>> {
        let helpers = self.object("credHelpers")?;
        let mut names: Vec<String> = Vec::new();
        for name in helpers.iter().filter_map(|(_, value)| text(value)) {
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Every helper the document names, each once.
    pub(super) fn helpers(&self) -> Result<Vec<String>> {
        let all = self.member("credsStore").and_then(text);
        let mut names: Vec<String> = all.into_iter().filter(|name| !name.is_empty()).collect();
        for name in self.own_helpers()? {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Writes the login of `host` under docker's key; `None` writes docker's `{}`, which says that a helper has it.
    /// Members of the entry that are not the login stay.
    pub(super) fn set_login(&mut self, host: &Host, login: Option<&Credential>) -> Result<()> {
        self.set_entry(key::of(host), login)
    }

    /// The same under a key as it stands.
    pub(super) fn set_entry(&mut self, name: &str, login: Option<&Credential>) -> Result<()> {
        let mut auths = self.object("auths")?;
        let present = auths.value(name).and_then(Members::of);
        let mut entry = present.unwrap_or_default();
        entry.retain(|name| !LOGIN.contains(&name));
        match login {
            None => {}
            Some(Credential::Basic { username, password }) => {
                entry.set("auth", &*encode(username, password.expose()));
            }
            Some(Credential::Identity { username, token }) => {
                entry.set("auth", &*encode(username, ""));
                entry.set("identitytoken", &token.expose());
            }
            Some(Credential::Bearer { token }) => entry.set("registrytoken", &token.expose()),
        }
        auths.set(name, &entry);
        self.members.set(&self.members.spelling("auths"), &auths);
        Ok(())
    }

    /// Leaves nothing of a login of `host` but docker's `{}`, which says that a helper has it. Unlike
    /// [`DockerConfig::set_login`], which leaves other spellings to lose against the helper, this is for a keyring that
    /// is asked after the file.
    pub(super) fn mark(&mut self, host: &Host) -> Result<()> {
        let mut auths = self.object("auths")?;
        let others: Vec<String> = auths
            .iter()
            .map(|(name, _)| name.to_owned())
            .filter(|name| is_for(name, host) && name != key::of(host))
            .collect();
        auths.retain(|name| !others.iter().any(|other| other == name));
        self.members.set(&self.members.spelling("auths"), &auths);
        self.set_login(host, None)
    }

    /// Puts the helper `name` in charge of `host`. For Docker Hub under both names that programs look for: docker's own
    /// key, and that of skopeo and podman.
    pub(super) fn set_helper(&mut self, host: &Host, name: &str) -> Result<()> {
        let mut helpers = self.object("credHelpers")?;
        helpers.set(key::of(host), &name);
        helpers.set(host.as_str(), &name);
        self.members
            .set(&self.members.spelling("credHelpers"), &helpers);
        Ok(())
    }

    /// Whether `credHelpers` puts the helper `name` in charge of `host`.
    pub(super) fn has_helper(&self, host: &Host, name: &str) -> Result<bool> {
        let helpers = self.object("credHelpers")?;
        Ok(helpers
            .iter()
            .any(|(server, value)| is_for(server, host) && text(value).as_deref() == Some(name)))
    }

    /// Takes back what [`DockerConfig::set_helper`] did.
    pub(super) fn remove_helper(&mut self, host: &Host, name: &str) -> Result<()> {
        let mut helpers = self.object("credHelpers")?;
        let ours: Vec<String> = helpers
            .iter()
            .filter(|(server, value)| is_for(server, host) && text(value).as_deref() == Some(name))
            .map(|(server, _)| server.to_owned())
            .collect();
        helpers.retain(|server| !ours.iter().any(|other| other == server));
        let spelling = self.members.spelling("credHelpers");
        if helpers.iter().next().is_none() {
            self.members.retain(|member| member != spelling);
        } else {
            self.members.set(&spelling, &helpers);
        }
        Ok(())
    }

    /// Whether any spelling of `host` stands in `auths`, be it empty.
    pub(super) fn mentions(&self, host: &Host) -> Result<bool> {
        let auths = self.object("auths")?;
        Ok(auths.iter().any(|(name, _)| is_for(name, host)))
    }

    /// Whether any entry of `auths` is empty: the mark of a login that is kept elsewhere.
    pub(super) fn marks_any(&self) -> Result<bool> {
        let auths = self.object("auths")?;
        Ok(auths
            .iter()
            .any(|(_, entry)| matches!(read(entry), Ok(None))))
    }

    /// Takes every spelling of `host` out of `auths`.
    pub(super) fn remove(&mut self, host: &Host) -> Result<()> {
        let mut auths = self.object("auths")?;
        auths.retain(|name| !is_for(name, host));
        self.members.set(&self.members.spelling("auths"), &auths);
        Ok(())
    }

    /// Takes every spelling of `key`, a part of a registry, out of `auths`. `false` when there was none.
    pub(super) fn remove_key(&mut self, key: &Key) -> Result<bool> {
        let mut auths = self.object("auths")?;
        let before = auths.iter().count();
        auths.retain(|name| Key::read(name).as_ref() != Some(key));
        let removed = auths.iter().count() < before;
        if removed {
            self.members.set(&self.members.spelling("auths"), &auths);
        }
        Ok(removed)
    }

    fn member(&self, name: &'static str) -> Option<&RawValue> {
        self.members.value(&self.members.spelling(name))
    }

    fn object(&self, name: &'static str) -> Result<Members> {
        match self.member(name).map(Members::of) {
            None => Ok(Members::default()),
            Some(Some(members)) => Ok(members),
            Some(None) => Err(self.origin.wrong(format!("{name} is not an object"))),
        }
    }
}

impl Origin {
    fn wrong(&self, reason: String) -> Error {
        match self {
            Self::File(path) => Error::BadFile {
                path: path.clone(),
                reason,
            },
            Self::Variable(name) => Error::Credential {
                store: (*name).to_owned(),
                reason,
            },
        }
    }
}

fn text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// Reads an entry of `auths`. The reason of a failure never repeats a word of it.
fn read(entry: &RawValue) -> Result<Option<Credential>, &'static str> {
    if entry.get() == "null" {
        return Ok(None);
    }
    let entry: Entry =
        serde_json::from_str(entry.get()).map_err(|_| "it is not an object of texts")?;
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (username, password) = match some(entry.auth) {
        Some(auth) => decode(&Zeroizing::new(auth))?,
        None => (
            entry.username.unwrap_or_default(),
            Secret::new(entry.password.unwrap_or_default()),
        ),
    };
    Ok(if let Some(token) = some(entry.registrytoken) {
        let token = Secret::new(token);
        Some(Credential::Bearer { token })
    } else if let Some(token) = some(entry.identitytoken) {
        let token = Secret::new(token);
        Some(Credential::Identity { username, token })
    } else if username.is_empty() && password.expose().is_empty() {
        None
    } else {
        Some(Credential::Basic { username, password })
    })
}

fn decode(auth: &str) -> Result<(String, Secret), &'static str> {
    // Where a text is wrapped by `base64`, docker reads over the ends of lines.
    let auth: Zeroizing<String> = Zeroizing::new(auth.split_ascii_whitespace().collect());
    let bytes = BASE64
        .decode(auth.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| "auth is not base64")?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "auth is not base64 of a text")?;
    let (username, password) = text
        .split_once(':')
        .ok_or("auth is not base64 of user:password")?;
    // Old versions of docker padded the password with NUL bytes.
    Ok((
        username.to_owned(),
        Secret::new(password.trim_matches('\0')),
    ))
}

fn encode(username: &str, password: &str) -> Zeroizing<String> {
    let plain = Zeroizing::new(format!("{username}:{password}"));
    Zeroizing::new(BASE64.encode(plain.as_bytes()))
}

#[cfg(test)]
mod tests;
