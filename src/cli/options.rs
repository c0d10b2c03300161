//! Options that many commands share, and the spelling of registries, platforms and lanes on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::render::Mode;
use super::report::usage;
use crate::config::quantity::{parse_duration, parse_rate};
use crate::config::{Flags, MAX_PARALLEL};
use crate::credential::{Credential, Secret};
use crate::error::{Error, Result};
use crate::oci::{Host, Platform};

const GLOBAL: &str = "Global options";
const NETWORK: &str = "Network options";

/// Options of every command.
#[allow(clippy::doc_markdown, reason = "the comments are help texts")]
#[derive(Args, Clone, Default)]
pub(crate) struct GlobalOptions {
    /// The local store, an OCI image layout; by default ~/.local/share/rg or its like [env: RG_STORE]
    #[arg(long, global = true, value_name = "DIR", help_heading = GLOBAL)]
    pub(crate) store: Option<PathBuf>,

    /// Docker's client folder, which holds config.json [env: DOCKER_CONFIG]
    #[arg(long, global = true, value_name = "DIR", help_heading = GLOBAL)]
    pub(crate) config: Option<PathBuf>,

    /// The settings file; by default ~/.config/rg/config.toml or its like [env: RG_SETTINGS]
    #[arg(long, global = true, value_name = "FILE", help_heading = GLOBAL)]
    pub(crate) settings: Option<PathBuf>,

    /// How progress is shown: bars, lines, json, none, or auto: bars on a terminal, lines elsewhere [env: RG_PROGRESS]
    #[arg(long, global = true, value_name = "HOW", hide_possible_values = true, help_heading = GLOBAL)]
    pub(crate) progress: Option<Mode>,

    /// When to use colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_possible_values = true, hide_default_value = true, help_heading = GLOBAL)]
    pub(crate) color: Color,

    /// Say what is done, on standard error
    #[arg(short = 'D', long, global = true, help_heading = GLOBAL)]
    pub(crate) debug: bool,

    /// How much to say: error, warn, info, debug, trace, or a filter [env: RG_LOG]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = GLOBAL)]
    pub(crate) log_level: Option<String>,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// Options of every command that talks to a registry.
#[derive(Args, Clone, Default)]
pub(crate) struct NetworkOptions {
    /// Talk plain HTTP
    #[arg(long, help_heading = NETWORK)]
    pub(crate) plain_http: bool,

    /// Do not verify certificates; talk plain HTTP to who does not speak TLS
    #[arg(long, help_heading = NETWORK)]
    pub(crate) insecure: bool,

    /// Trust the authorities in this PEM file too
    #[arg(long, value_name = "FILE", help_heading = NETWORK)]
    pub(crate) ca_file: Option<PathBuf>,

    /// Client certificate, PEM
    #[arg(long, value_name = "FILE", requires = "key_file", help_heading = NETWORK)]
    pub(crate) cert_file: Option<PathBuf>,

    /// Key of the client certificate, PEM
    #[arg(long, value_name = "FILE", requires = "cert_file", help_heading = NETWORK)]
    pub(crate) key_file: Option<PathBuf>,

    /// Credentials for this command only
    #[arg(long, value_name = "USER:PASSWORD", value_parser = secret, conflicts_with = "anonymous", help_heading = NETWORK)]
    pub(crate) creds: Option<Secret>,

    /// Use no stored credentials
    #[arg(long, help_heading = NETWORK)]
    pub(crate) anonymous: bool,

    /// How often to try again [default: 5]
    #[arg(long, value_name = "N", help_heading = NETWORK)]
    pub(crate) retries: Option<u32>,

    /// The longest wait for a connection [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = parse_duration, help_heading = NETWORK)]
    pub(crate) connect_timeout: Option<Duration>,

    /// The longest wait for the next byte [default: 30s]
    #[arg(long, value_name = "TIME", value_parser = parse_duration, help_heading = NETWORK)]
    pub(crate) stall_timeout: Option<Duration>,

    /// The most bytes a second in all, such as 5M
    #[arg(long, value_name = "RATE", value_parser = parse_rate, help_heading = NETWORK)]
    pub(crate) limit_rate: Option<u64>,

    /// How many transfers at once [default: 16]
    #[arg(short = 'j', long, value_name = "N", value_parser = lanes, help_heading = NETWORK)]
    pub(crate) parallel: Option<usize>,
}

impl GlobalOptions {
    /// What the command line says to the configuration.
    pub(crate) fn flags(&self, network: Option<&NetworkOptions>) -> Flags {
        let network = network.cloned().unwrap_or_default();
        Flags {
            store: self.store.clone(),
            docker_config: self.config.clone(),
            settings: self.settings.clone(),
            plain_http: network.plain_http,
            insecure: network.insecure,
            ca_file: network.ca_file,
            cert_file: network.cert_file,
            key_file: network.key_file,
            retries: network.retries,
            connect_timeout: network.connect_timeout,
            stall_timeout: network.stall_timeout,
            limit_rate: network.limit_rate,
            parallel: network.parallel,
        }
    }
}

impl NetworkOptions {
    /// The credential of `--creds`.
    ///
    /// # Errors
    /// `Usage` when it has no colon or no user name; the text itself is not repeated.
    pub(crate) fn credential(&self) -> Result<Option<Credential>> {
        self.creds.as_ref().map(credential).transpose()
    }
}

/// The credential in USER:PASSWORD.
pub(crate) fn credential(text: &Secret) -> Result<Credential> {
    match text.expose().split_once(':') {
        Some((username, password)) if !username.is_empty() => Ok(Credential::Basic {
            username: username.to_owned(),
            password: Secret::new(password),
        }),
        _ => Err(usage("credentials are written USER:PASSWORD", None)),
    }
}

/// Takes any text as a secret: nothing about it may be repeated in a usage error.
#[allow(clippy::unnecessary_wraps, reason = "the form clap asks for")]
pub(crate) fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

fn lanes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=MAX_PARALLEL) => Ok(number),
        _ => Err(format!("write a number from 1 to {MAX_PARALLEL}")),
    }
}

/// Reads a registry as people and docker write it: `host[:port]`, `https://host/v1/`, any spelling of Docker Hub.
///
/// # Errors
/// `Reference` when it is no host.
pub(crate) fn registry(text: &str) -> Result<Host> {
    let bare = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
    let host = bare.split('/').next().unwrap_or(bare);
    host.parse().map_err(Error::from)
}

/// Reads a number of bytes with its unit, as `20G`.
#[cfg(target_os = "linux")]
pub(crate) fn size(text: &str) -> Result<u64, String> {
    // A size has the units of a rate, but for the time.
    match parse_rate(text) {
        Ok(size) if !text.ends_with("/s") => Ok(size),
        _ => Err("write a size such as 500M or 20G".to_owned()),
    }
}

/// Reads one platform for clap, which wants a printable error.
pub(crate) fn platform(text: &str) -> Result<Platform, String> {
    text.parse::<Platform>().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_are_read_as_docker_writes_them() {
        let host = |text: &str| registry(text).unwrap().to_string();
        assert_eq!(host("https://index.docker.io/v1/"), "docker.io");
        assert_eq!(host("http://127.0.0.1:25000/foo"), "127.0.0.1:25000");
        assert_eq!(host("registry.example/"), "registry.example");
        assert_eq!(host("localhost:5000"), "localhost:5000");
        for text in ["", "/", "https://", "a b", "host:port"] {
            assert!(registry(text).is_err(), "{text:?} was taken for a registry");
        }
    }

    #[test]
    fn credentials_need_a_user_and_are_never_repeated() {
        let creds = |text: &str| NetworkOptions {
            creds: Some(Secret::new(text)),
            ..NetworkOptions::default()
        };
        assert!(matches!(
            creds("bob:a:b").credential().unwrap(),
            Some(Credential::Basic { username, password }) if username == "bob" && password.expose() == "a:b"
        ));
        for text in ["hunter2", ":hunter2"] {
            let error = creds(text).credential().err().unwrap();
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
