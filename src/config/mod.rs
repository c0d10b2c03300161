//! What is settled before a command runs: flags, over environment, over the settings file, over defaults.
//!
//! [`Config::load`] is the one place where the four meet; it reads one file and opens nothing else. Everything it can
//! find wrong is an error there and then, so that no command starts on half-understood settings. What the files of other
//! programs say about registries (docker's `daemon.json`, `certs.d`, the proxies of its `config.json`, containerd's
//! `hosts.toml`, containers' `registries.conf`) comes after all of these. It is read when the first registry is to be
//! reached, and what is wrong in it is a warning.

mod certificates;
mod containerd;
mod containers;
mod docker;
mod endpoint;
mod environment;
mod explain;
pub mod file;
mod mirror;
mod network;
mod others;
mod proxy;
pub mod quantity;
mod relaxed;
mod routes;
mod settings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use endpoint::{Endpoint, Identity};
pub use environment::Environment;
pub use explain::Fact;
pub use network::Network;
pub use proxy::{Proxies, Proxy, Way};

pub(crate) use self::endpoint::{Reach, Told};
pub(crate) use self::mirror::{Mirror, Route, Serves, Site};
use self::others::Others;
use self::proxy::{Exceptions, Named};
use self::settings::Settings;
use crate::error::{Error, Result};
use crate::oci::{Host, Platform};

/// The most lanes that may be asked for: each can hold a socket and a file, and 256 open files are a common limit.
pub const MAX_PARALLEL: usize = 128;

/// Lanes where nobody asks for a number: enough to fill a far link of which each connection gets a small share.
const PARALLEL: usize = 16;
/// What flags are called where it is told who said something.
const COMMAND_LINE: &str = "the command line";
/// Requests for blobs at once unless the user chooses.
const REQUESTS: usize = 32;
/// Tries after the first, where nobody asks for a number.
const RETRIES: u32 = 5;
/// First wait before trying again; it doubles from there.
const RETRY_BASE: Duration = Duration::from_millis(500);
/// How long a connection may take: a lost SYN is sent again after 1, 3 and 7 seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing may come from a connection before it counts as broken.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// What the command line says; `None` and `false` are what it does not say.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// Folder of the local store.
    pub store: Option<PathBuf>,
    /// Docker's client folder.
    pub docker_config: Option<PathBuf>,
    /// rg's settings file.
    pub settings: Option<PathBuf>,
    /// Speak plain HTTP to every registry of this command.
    pub plain_http: bool,
    /// Do not verify certificates.
    pub insecure: bool,
    /// An authority to trust besides the system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// A certificate to show to the registry, PEM.
    pub cert_file: Option<PathBuf>,
    /// The key of that certificate, PEM.
    pub key_file: Option<PathBuf>,
    /// Tries after the first.
    pub retries: Option<u32>,
    /// How long a connection may take.
    pub connect_timeout: Option<Duration>,
    /// How long nothing may come before a connection counts as broken.
    pub stall_timeout: Option<Duration>,
    /// Bytes per second, all lanes together.
    pub limit_rate: Option<u64>,
    /// Lanes.
    pub parallel: Option<usize>,
}

/// Everything that is settled before a command runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The environment it was loaded from.
    pub environment: Environment,
    /// Folder of the local store. It need not exist.
    pub store: PathBuf,
    /// Folder of what is remembered between runs, such as unfinished uploads. It need not exist; `None` where there is
    /// no place for one, and then nothing is remembered.
    pub state: Option<PathBuf>,
    /// Docker's client folder, which holds `config.json`. It need not exist.
    pub docker_config: PathBuf,
    /// The registry meant where none is named.
    pub default_registry: Host,
    /// Where logins are kept when docker's `config.json` names no helper.
    pub credential_store: CredentialStore,
    /// Lanes, at least 1: how many ranges of large blobs move at once.
    pub parallel: usize,
    /// How many requests for blobs are under way at once, at least 1: `parallel` where the user chose it, else more than
    /// that, since small blobs mostly wait.
    pub requests: usize,
    /// Tries after the first.
    pub retries: u32,
    /// First wait of the exponential back-off.
    pub retry_base: Duration,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long nothing may come before a connection counts as broken.
    pub stall_timeout: Duration,
    /// Bytes per second, all lanes together; `None` is no limit.
    pub limit_rate: Option<u64>,
    /// `DOCKER_DEFAULT_PLATFORM`.
    pub default_platform: Option<Platform>,
    /// What flags say about reaching registries, each and every one.
    pub(crate) every_registry: Reach,
    /// What the settings file says about reaching single registries, and on which lines.
    pub(crate) registries: BTreeMap<Host, Told>,
    /// The proxies of the settings file.
    pub(crate) proxies_of_settings: Option<Named>,
    /// What they say is reached without a proxy.
    pub(crate) exceptions_of_settings: Option<Exceptions>,
    /// What the settings file says about mirrors of single registries.
    pub(crate) mirrors: BTreeMap<Host, Vec<Site>>,
    /// Who settled what; the rest are defaults.
    pub(crate) origins: BTreeMap<&'static str, String>,
    /// What the files of other programs say about reaching registries.
    pub(crate) others: Arc<Others>,
}

/// Where logins are kept when docker's `config.json` names no helper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CredentialStore {
    /// The best there is; today that is the file.
    #[default]
    Auto,
    /// Docker's `config.json`, unencrypted.
    File,
    /// `docker-credential-NAME`, by that NAME.
    Helper(String),
}

impl std::fmt::Display for CredentialStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::File => f.write_str("file"),
            Self::Helper(name) => write!(f, "docker-credential-{name}"),
        }
    }
}

impl Config {
    /// Brings flags, environment, settings file and defaults together.
    ///
    /// # Errors
    /// [`Error::Usage`] for flags that do not fit together, [`Error::Platform`] for a bad `DOCKER_DEFAULT_PLATFORM`,
    /// [`Error::BadFile`] or [`Error::Io`] for a settings file that is wrong or was named and is not there,
    /// [`Error::Machine`] when a folder is neither named nor follows from a home.
    pub fn load(flags: &Flags, environment: Environment) -> Result<Self> {
        let settings = read_settings(flags, &environment)?;
        let default_platform = environment
            .get("DOCKER_DEFAULT_PLATFORM")
            .map(str::parse)
            .transpose()?;
        let lanes = parallel(flags)?.or(settings.parallel);
        let docker_config = docker_config(flags, &environment)?;
        Ok(Self {
            store: store(flags, &environment, settings.store)?,
            state: state(&environment, settings.state),
            others: Arc::new(Others::new(&environment, &docker_config)),
            docker_config,
            default_registry: settings.default_registry.unwrap_or_else(Host::docker_hub),
            credential_store: settings.credential_store.unwrap_or_default(),
            parallel: lanes.unwrap_or(PARALLEL),
            requests: lanes.unwrap_or(REQUESTS),
            retries: flags.retries.or(settings.retries).unwrap_or(RETRIES),
            retry_base: settings.retry_base.unwrap_or(RETRY_BASE),
            connect_timeout: timeout("--connect-timeout", flags.connect_timeout)?
                .or(settings.connect_timeout)
                .unwrap_or(CONNECT_TIMEOUT),
            stall_timeout: timeout("--stall-timeout", flags.stall_timeout)?
                .or(settings.stall_timeout)
                .unwrap_or(STALL_TIMEOUT),
            limit_rate: flags.limit_rate.or(settings.limit_rate),
            default_platform,
            every_registry: every_registry(flags)?,
            registries: settings.registries,
            mirrors: settings.mirrors,
            proxies_of_settings: settings.proxies,
            exceptions_of_settings: settings.no_proxy,
            origins: explain::origins(flags, &environment, &settings.places),
            environment,
        })
    }

    /// How to reach `host`: what flags say about it, then rg's settings, then the files of other programs. Each list comes
    /// from one place, except that all folders `certs.d` count as one.
    ///
    /// # Errors
    /// [`Error::BadFile`] when half a client certificate is kept for `host` and it would be needed.
    pub fn endpoint(&self, host: &Host) -> Result<Endpoint> {
        Ok(endpoint::settled(host, &self.told(host)?))
    }

    /// Everything that is said about `host`, and where; what comes first counts first.
    ///
    /// # Errors
    /// As [`Config::endpoint`].
    pub(crate) fn told(&self, host: &Host) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        if self.every_registry != Reach::default() {
            told.push(Told {
                place: COMMAND_LINE.to_owned(),
                reach: self.every_registry.clone(),
            });
        }
        self.told_by_files(host, told)
    }

    /// Adds everything that files say about `host`.
    fn told_by_files(&self, host: &Host, mut told: Vec<Told>) -> Result<Vec<Told>> {
        told.extend(self.registries.get(host).cloned());
        let known =
            |told: &Told| !told.reach.identities.is_empty() || told.reach.plain_http == Some(true);
        match self.others.certificates(host) {
            Ok(certificates) => told.extend(certificates),
            Err(error) if told.iter().any(known) => {
                tracing::debug!(%host, ?error, "not needed");
            }
            Err(error) => return Err(error),
        }
        told.extend(self.others.about(host));
        Ok(told)
    }

    /// Which requests go through which proxy, where nothing is set for a registry alone: what the environment says, else
    /// rg's settings, else the files of other programs.
    ///
    /// # Errors
    /// [`Error::Machine`] when a variable of the environment does not hold a proxy's URL.
    pub fn proxies(&self) -> Result<Proxies> {
        let none = proxy::exceptions(&self.environment)
            .or_else(|| self.exceptions_of_settings.clone())
            .unwrap_or_default();
        let environment = proxy::of_environment(&self.environment).map_err(|name| {
            // The value may hold a password, so it is not repeated.
            Error::Machine(format!("{name} does not hold a proxy's URL"))
        })?;
        let named = if !environment.is_empty() {
            environment
        } else if let Some(settings) = &self.proxies_of_settings {
            settings.clone()
        } else {
            self.others.proxies().next().cloned().unwrap_or_default()
        };
        Ok(Proxies { named, none })
    }

    /// What is wrong in the files of other programs and was not told yet, for people to read.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.others.complaints()
    }
}

/// Whether `name` can be the NAME of a `docker-credential-NAME`: nothing that could become a path, an option or a
/// second argument (CVE-2021-41092 and its relatives began with a helper that was not what it seemed).
#[must_use]
pub fn is_helper_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

/// A settings file with every key of it, all of them commented out.
pub const TEMPLATE: &str = include_str!("template.toml");

/// Where rg's settings are: the file that was named, else the default one. `None` where there is no place for one.
#[must_use]
pub fn settings_file(flags: &Flags, environment: &Environment) -> Option<PathBuf> {
    let default = || {
        Some(
            environment
                .settings_folder()?
                .join("rg")
                .join("config.toml"),
        )
    };
    named_settings(flags, environment).or_else(default)
}

fn named_settings(flags: &Flags, environment: &Environment) -> Option<PathBuf> {
    let variable = || environment.get("RG_SETTINGS").map(PathBuf::from);
    flags.settings.clone().or_else(variable)
}

/// A file that was named must be there; the default one may be absent.
fn read_settings(flags: &Flags, environment: &Environment) -> Result<Settings> {
    let home = environment.home();
    if let Some(path) = named_settings(flags, environment) {
        return Settings::read(&path, home.as_deref());
    }
    let Some(path) = settings_file(flags, environment) else {
        return Ok(Settings::default());
    };
    match Settings::read(&path, home.as_deref()) {
        Err(Error::Io { source, .. }) if is_absence(&source) => Ok(Settings::default()),
        read => read,
    }
}

/// Nothing there, or a file where a folder on the way to it would be.
fn is_absence(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

fn store(flags: &Flags, environment: &Environment, setting: Option<PathBuf>) -> Result<PathBuf> {
    let named = flags.store.clone();
    named
        .or_else(|| environment.get("RG_STORE").map(PathBuf::from))
        .or(setting)
        .or_else(|| Some(environment.data_folder()?.join("rg")))
        .ok_or_else(|| homeless("the store", "--store or RG_STORE"))
}

fn state(environment: &Environment, setting: Option<PathBuf>) -> Option<PathBuf> {
    let named = environment.get("RG_STATE").map(PathBuf::from);
    named
        .or(setting)
        .or_else(|| Some(environment.state_folder()?.join("rg")))
}

fn docker_config(flags: &Flags, environment: &Environment) -> Result<PathBuf> {
    let named = flags.docker_config.clone();
    named
        .or_else(|| environment.get("DOCKER_CONFIG").map(PathBuf::from))
        .or_else(|| Some(environment.home()?.join(".docker")))
        .ok_or_else(|| homeless("docker's client folder", "--config or DOCKER_CONFIG"))
}

fn homeless(what: &str, names: &str) -> Error {
    Error::Machine(format!(
        "no place for {what}: HOME is not set; set it, or name one with {names}"
    ))
}

fn parallel(flags: &Flags) -> Result<Option<usize>> {
    match flags.parallel {
        Some(lanes) if !(1..=MAX_PARALLEL).contains(&lanes) => Err(usage(format!(
            "--parallel is a number from 1 to {MAX_PARALLEL}"
        ))),
        lanes => Ok(lanes),
    }
}

fn timeout(flag: &str, timeout: Option<Duration>) -> Result<Option<Duration>> {
    match timeout {
        Some(Duration::ZERO) => Err(usage(format!("{flag} must be longer than zero"))),
        timeout => Ok(timeout),
    }
}

fn every_registry(flags: &Flags) -> Result<Reach> {
    if flags.cert_file.is_some() != flags.key_file.is_some() {
        return Err(usage("--cert-file and --key-file go together".to_owned()));
    }
    for file in [&flags.ca_file, &flags.cert_file, &flags.key_file] {
        if file.as_deref() == Some(Path::new("")) {
            return Err(usage("a file name is empty".to_owned()));
        }
    }
    let identity = flags.cert_file.clone().zip(flags.key_file.clone());
    Ok(Reach {
        plain_http: flags.plain_http.then_some(true),
        insecure: flags.insecure.then_some(true),
        ca_files: flags.ca_file.iter().cloned().collect(),
        identities: identity.map(Identity::from).into_iter().collect(),
        ..Reach::default()
    })
}

fn usage(message: String) -> Error {
    Error::Usage {
        message,
        hint: None,
    }
}

#[cfg(test)]
mod tests;
