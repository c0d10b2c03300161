//! `config.toml`: rg's own settings file. Everything in it is optional; what is in it must be right.
//!
//! An unknown key is an error that names the nearest known one, because a misspelt `insecure` or `ca_file` that is
//! silently ignored is worse than a program that stops. Every error carries the line. Relative paths are relative to
//! the file, `~/` is the user's home.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::endpoint::{Identity, Reach, Told};
use super::mirror::{Address, Site};
use super::proxy::{Exceptions, Named, NoProxyUrl, Way};
use super::{CredentialStore, MAX_PARALLEL, quantity};
use crate::error::{Error, Result};
use crate::oci::Host;
use crate::oci::reference::ReferenceError;

/// The keys at the top of the file.
const KEYS: &[&str] = &[
    "store",
    "state",
    "default_registry",
    "credential_store",
    "parallel",
    "retries",
    "retry_base",
    "connect_timeout",
    "stall_timeout",
    "limit_rate",
    "proxy",
    "no_proxy",
    "registry",
];
/// The keys of one `[registry."host"]`.
const REGISTRY_KEYS: &[&str] = &[
    "mirrors",
    "plain_http",
    "insecure",
    "ca_file",
    "cert_file",
    "key_file",
    "proxy",
];

/// What the file says; `None` where it is silent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) store: Option<PathBuf>,
    pub(super) state: Option<PathBuf>,
    pub(super) default_registry: Option<Host>,
    pub(super) credential_store: Option<CredentialStore>,
    pub(super) parallel: Option<usize>,
    pub(super) retries: Option<u32>,
    pub(super) retry_base: Option<Duration>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) stall_timeout: Option<Duration>,
    pub(super) limit_rate: Option<u64>,
    pub(super) registries: BTreeMap<Host, Told>,
    pub(super) mirrors: BTreeMap<Host, Vec<Site>>,
    /// `None` where it says nothing, no proxies where it says `none`.
    pub(super) proxies: Option<Named>,
    pub(super) no_proxy: Option<Exceptions>,
    /// Where the keys at the top are, as `FILE:LINE`.
    pub(super) places: BTreeMap<String, String>,
}

const MAX_BYTES: u64 = 1 << 20; // ten thousand registries

impl Settings {
    /// Reads the file at `path`; `home` is what `~/` means.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read (its `NotFound` included), [`Error::BadFile`] when something in it is wrong.
    pub(super) fn read(path: &Path, home: Option<&Path>) -> Result<Self> {
        let bytes = super::file::read(path, MAX_BYTES)
            .map_err(Error::io("cannot read the settings", path))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::BadFile {
            path: path.to_owned(),
            reason: "it is not UTF-8 text".to_owned(),
        })?;
        Document { path, home, text }.settings()
    }
}

/// The file while it is read: what errors and relative paths need to know.
struct Document<'a> {
    path: &'a Path,
    home: Option<&'a Path>,
    text: &'a str,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Document<'_> {
    fn settings(&self) -> Result<Settings> {
        let table = DeTable::parse(self.text)
            .map_err(|error| self.wrong(error.span().unwrap_or_default(), error.message()))?;
        let mut settings = Settings::default();
        for (key, value) in table.get_ref() {
            match key.get_ref().as_ref() {
                "store" => settings.store = Some(self.file(value)?),
                "state" => settings.state = Some(self.file(value)?),
                "default_registry" => settings.default_registry = Some(self.host(value)?),
                "credential_store" => {
                    settings.credential_store = Some(self.credential_store(value)?);
                }
                "parallel" => settings.parallel = Some(self.parallel(value)?),
                "retries" => settings.retries = Some(self.number(value)?),
                "retry_base" => settings.retry_base = Some(self.duration(value)?),
                "connect_timeout" => settings.connect_timeout = Some(self.timeout(value)?),
                "stall_timeout" => settings.stall_timeout = Some(self.timeout(value)?),
                "limit_rate" => settings.limit_rate = Some(self.rate(value)?),
                "proxy" => settings.proxies = Some(self.proxies(key.span(), value)?),
                "no_proxy" => settings.no_proxy = Some(self.text(value)?.into()),
                "registry" => self.registries(value, &mut settings)?,
                unknown => return Err(self.unknown(key.span(), unknown, KEYS)),
            }
            let place = self.place(key.span());
            settings.places.insert(key.get_ref().to_string(), place);
        }
        Ok(settings)
    }

    fn registries(&self, value: &Value<'_>, settings: &mut Settings) -> Result<()> {
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.wrong(value.span(), "write [registry.\"HOST:PORT\"]"));
        };
        for (key, value) in table {
            let name = key.get_ref();
            let host = self.parse_host(key.span(), name)?;
            if settings.registries.contains_key(&host) {
                let reason = format!("{name:?} is {host}, which has its settings already");
                return Err(self.wrong(key.span(), reason));
            }
            if let Some(mirrors) = self.mirrors(value)? {
                settings.mirrors.insert(host.clone(), mirrors);
            }
            let reach = self.reach(value)?;
            let place = self.place(key.span());
            settings.registries.insert(host, Told { place, reach });
        }
        Ok(())
    }

    fn reach(&self, value: &Value<'_>) -> Result<Reach> {
        let DeValue::Table(table) = value.get_ref() else {
            let reason = "a registry has a table of settings; a host name with dots needs quotes";
            return Err(self.wrong(value.span(), reason));
        };
        let mut reach = Reach::default();
        let (mut cert_file, mut key_file) = (None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "mirrors" => {} // of another kind: see below
                "plain_http" => reach.plain_http = Some(self.switch(value)?),
                "insecure" => reach.insecure = Some(self.switch(value)?),
                "ca_file" => reach.ca_files = vec![self.file(value)?],
                "cert_file" => cert_file = Some(self.file(value)?),
                "key_file" => key_file = Some(self.file(value)?),
                "proxy" => reach.proxy = Some(self.way(value)?),
                unknown => return Err(self.unknown(key.span(), unknown, REGISTRY_KEYS)),
            }
        }
        if cert_file.is_some() != key_file.is_some() {
            return Err(self.wrong(value.span(), "cert_file and key_file go together"));
        }
        reach.identities = cert_file
            .zip(key_file)
            .map(Identity::from)
            .into_iter()
            .collect();
        Ok(reach)
    }

    /// The mirrors in the table of one registry. None is an answer, too: it turns off what other files say.
    fn mirrors(&self, value: &Value<'_>) -> Result<Option<Vec<Site>>> {
        let DeValue::Table(table) = value.get_ref() else {
            return Ok(None);
        };
        let Some(value) = table.get("mirrors") else {
            return Ok(None);
        };
        let DeValue::Array(urls) = value.get_ref() else {
            return Err(self.wrong(value.span(), "a list of URLs belongs here"));
        };
        let site = |url| {
            let text = self.text(url)?;
            Address::parse(text, false)
                .and_then(|address| Site::at(address, self.path.to_owned()))
                .map_err(|reason| self.wrong(url.span(), reason))
        };
        urls.iter().map(site).collect::<Result<_>>().map(Some)
    }

    fn text<'v>(&self, value: &'v Value<'_>) -> Result<&'v str> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.wrong(value.span(), "a text in quotes belongs here")),
        }
    }

    fn way(&self, value: &Value<'_>) -> Result<Way> {
        let way = self.text(value)?.parse();
        way.map_err(|error: NoProxyUrl| self.wrong(value.span(), format!("{error}, or none")))
    }

    fn switch(&self, value: &Value<'_>) -> Result<bool> {
        match value.get_ref() {
            DeValue::Boolean(switch) => Ok(*switch),
            _ => Err(self.wrong(value.span(), "true or false belongs here")),
        }
    }

    fn number<N: TryFrom<u64>>(&self, value: &Value<'_>) -> Result<N> {
        let number = match value.get_ref() {
            DeValue::Integer(integer) => {
                u64::from_str_radix(integer.as_str(), integer.radix()).ok()
            }
            _ => None,
        };
        number
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| self.wrong(value.span(), "a whole number, not negative, belongs here"))
    }

    fn parallel(&self, value: &Value<'_>) -> Result<usize> {
        let lanes = self.number(value)?;
        if !(1..=MAX_PARALLEL).contains(&lanes) {
            let reason = format!("parallel is a number from 1 to {MAX_PARALLEL}");
            return Err(self.wrong(value.span(), reason));
        }
        Ok(lanes)
    }

    fn duration(&self, value: &Value<'_>) -> Result<Duration> {
        quantity::parse_duration(self.text(value)?).map_err(|error| self.wrong(value.span(), error))
    }

    fn timeout(&self, value: &Value<'_>) -> Result<Duration> {
        match self.duration(value)? {
            Duration::ZERO => Err(self.wrong(value.span(), "a timeout is longer than zero")),
            timeout => Ok(timeout),
        }
    }

    fn rate(&self, value: &Value<'_>) -> Result<u64> {
        if let DeValue::Integer(_) = value.get_ref() {
            return match self.number(value)? {
                0 => Err(self.wrong(value.span(), "with a rate of 0 nothing would ever move")),
                bytes => Ok(bytes),
            };
        }
        quantity::parse_rate(self.text(value)?).map_err(|error| self.wrong(value.span(), error))
    }

    fn host(&self, value: &Value<'_>) -> Result<Host> {
        self.parse_host(value.span(), self.text(value)?)
    }

    fn parse_host(&self, at: Range<usize>, text: &str) -> Result<Host> {
        text.parse().map_err(|error: ReferenceError| {
            let reason = format!("{text:?} is not HOST or HOST:PORT: {}", error.reason);
            self.wrong(at, reason)
        })
    }

    fn credential_store(&self, value: &Value<'_>) -> Result<CredentialStore> {
        let text = self.text(value)?;
        match text.strip_prefix("docker-credential-").unwrap_or(text) {
            "auto" => Ok(CredentialStore::Auto),
            "file" => Ok(CredentialStore::File),
            "keyring" => Err(self.wrong(value.span(), "the keyring is not supported yet")),
            name if super::is_helper_name(name) => Ok(CredentialStore::Helper(name.to_owned())),
            _ => {
                let reason = "auto, file or the name of a credential helper belongs here";
                Err(self.wrong(value.span(), reason))
            }
        }
    }

    fn file(&self, value: &Value<'_>) -> Result<PathBuf> {
        let text = self.text(value)?;
        if text.is_empty() {
            return Err(self.wrong(value.span(), "a path belongs here"));
        }
        if let Some(rest) = text.strip_prefix("~/") {
            let home = self
                .home
                .ok_or_else(|| self.wrong(value.span(), "there is no home that `~` could mean"))?;
            return Ok(home.join(rest));
        }
        Ok(self.path.parent().unwrap_or(Path::new("")).join(text))
    }

    fn unknown(&self, at: Range<usize>, key: &str, known: &[&str]) -> Error {
        if known == KEYS && REGISTRY_KEYS.contains(&key) {
            let reason = format!("{key:?} belongs below [registry.\"HOST:PORT\"]");
            return self.wrong(at, reason);
        }
        let nearest = known
            .iter()
            .max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
        let nearest = nearest.copied().unwrap_or_default();
        self.wrong(
            at,
            format!("unknown key {key:?}; the nearest is {nearest:?}"),
        )
    }

    fn proxies(&self, at: Range<usize>, value: &Value<'_>) -> Result<Named> {
        let all = match self.way(value)? {
            Way::Through(proxy) => Some(proxy),
            Way::Direct => None,
        };
        Ok(Named {
            place: self.place(at),
            all,
            ..Named::default()
        })
    }

    fn place(&self, at: Range<usize>) -> String {
        format!("{}:{}", self.path.display(), self.line(at))
    }

    fn line(&self, at: Range<usize>) -> usize {
        let before = self.text.get(..at.start).unwrap_or_default();
        before.matches('\n').count() + 1
    }

    fn wrong(&self, at: Range<usize>, reason: impl Display) -> Error {
        Error::BadFile {
            path: self.path.to_owned(),
            reason: format!("line {}: {reason}", self.line(at)),
        }
    }
}

#[cfg(test)]
mod tests;
