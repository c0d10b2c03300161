//! What is settled and who settled it, for people to read: `config`.

use super::{Config, Endpoint, Environment, Flags, Reach, Told, Way};
use crate::error::Result;
use crate::oci::Host;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;

/// What nobody has said anything about.
const DEFAULT: &str = "default";

/// One thing that is settled. Passwords in it are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is about, by its key in the settings file where it has one.
    pub name: &'static str,
    /// What holds.
    pub value: String,
    /// Who said so: `the command line`, a variable, `FILE:LINE`, a file or folder, `default`.
    pub origin: String,
}

impl Fact {
    fn new(name: &'static str, value: impl Display, origin: impl Into<String>) -> Self {
        Self {
            name,
            value: value.to_string(),
            origin: origin.into(),
        }
    }
}

/// Who settles each thing that is not about one registry; what is not in it is a default. `places` is where the settings
/// file says what.
pub(super) fn origins(
    flags: &Flags,
    environment: &Environment,
    places: &BTreeMap<String, String>,
) -> BTreeMap<&'static str, String> {
    let known = [
        ("store", flags.store.is_some(), "RG_STORE"),
        ("state", false, "RG_STATE"),
        (
            "docker_config",
            flags.docker_config.is_some(),
            "DOCKER_CONFIG",
        ),
        ("default_registry", false, ""),
        ("credential_store", false, ""),
        ("default_platform", false, "DOCKER_DEFAULT_PLATFORM"),
        ("parallel", flags.parallel.is_some(), ""),
        ("retries", flags.retries.is_some(), ""),
        ("retry_base", false, ""),
        ("connect_timeout", flags.connect_timeout.is_some(), ""),
        ("stall_timeout", flags.stall_timeout.is_some(), ""),
        ("limit_rate", flags.limit_rate.is_some(), ""),
    ];
    let named = known.into_iter().filter_map(|(name, flag, variable)| {
        let origin = if flag {
            super::COMMAND_LINE.to_owned()
        } else if environment.get(variable).is_some() {
            format!("{variable} in the environment")
        } else {
            places.get(name)?.clone()
        };
        Some((name, origin))
    });
    named.collect()
}

impl Config {
    /// Everything that is not about one registry.
    ///
    /// # Errors
    /// As [`Config::proxies`].
    pub fn facts(&self) -> Result<Vec<Fact>> {
        let fact = |name, value: &dyn Display| {
            let origin = self.origins.get(name).map_or(DEFAULT, String::as_str);
            Fact::new(name, value, origin)
        };
        let path = |path: &Path| path.display().to_string();
        let seconds = |time: std::time::Duration| format!("{time:?}");
        let none = || "none".to_owned();
        let state = self.state.as_deref().map_or_else(none, path);
        let rate = self
            .limit_rate
            .map_or_else(none, |rate| format!("{rate} bytes a second"));
        let platform = self.default_platform.as_ref();
        let platform = platform.map_or_else(|| "this machine's".to_owned(), ToString::to_string);
        let mut facts = vec![
            fact("store", &path(&self.store)),
            fact("state", &state),
            fact("docker_config", &path(&self.docker_config)),
            fact("default_registry", &self.default_registry),
            fact("credential_store", &self.credential_store),
            fact("default_platform", &platform),
            fact("parallel", &self.parallel),
            fact("retries", &self.retries),
            fact("retry_base", &seconds(self.retry_base)),
            fact("connect_timeout", &seconds(self.connect_timeout)),
            fact("stall_timeout", &seconds(self.stall_timeout)),
            fact("limit_rate", &rate),
        ];
        let named = self.proxies()?.named;
        let by_scheme = [
            ("http", &named.http),
            ("https", &named.https),
            ("other", &named.all),
        ];
        let spelled = by_scheme.into_iter().filter_map(|(scheme, proxy)| {
            let proxy = proxy.as_ref()?;
            Some(format!("{scheme}: {proxy}"))
        });
        let spelled: Vec<String> = spelled.collect();
        let origin = if named.place.is_empty() {
            DEFAULT
        } else {
            &named.place
        };
        let value = if spelled.is_empty() {
            none()
        } else {
            spelled.join(", ")
        };
        facts.push(Fact::new("proxy", value, origin));
        for (host, told) in &self.registries {
            facts.push(Fact::new("registry", host, &told.place));
        }
        Ok(facts)
    }

    /// How `host` would be reached.
    ///
    /// # Errors
    /// As [`Config::endpoint`] and [`Config::proxies`].
    pub fn facts_about(&self, host: &Host) -> Result<Vec<Fact>> {
        let told = self.told(host)?;
        let endpoint = self.endpoint(host)?;
        let by = |speaks: &dyn Fn(&Reach) -> bool| place(&told, speaks);
        let files = |files: &[std::path::PathBuf]| {
            let shown = files.iter().map(|file| file.display().to_string());
            shown.collect::<Vec<_>>().join(", ")
        };
        let mut facts = vec![scheme(host, &endpoint, &told)];
        if endpoint.ca_files.is_empty() {
            facts.push(Fact::new(
                "ca_file",
                "the system's authorities only",
                DEFAULT,
            ));
        } else {
            let origin = by(&|reach| !reach.ca_files.is_empty());
            facts.push(Fact::new("ca_file", files(&endpoint.ca_files), origin));
        }
        let origin = by(&|reach| !reach.identities.is_empty());
        for identity in &endpoint.identities {
            facts.push(Fact::new(
                "cert_file",
                identity.cert_file.display(),
                &origin,
            ));
            facts.push(Fact::new("key_file", identity.key_file.display(), &origin));
        }
        if endpoint.identities.is_empty() {
            facts.push(Fact::new("cert_file", "none", DEFAULT));
        }
        facts.push(self.way(host, &endpoint, &told)?);
        facts.extend(self.mirror_facts(host));
        Ok(facts)
    }

    fn way(&self, host: &Host, endpoint: &Endpoint, told: &[Told]) -> Result<Fact> {
        if let Some(way) = &endpoint.proxy {
            let origin = place(told, &|reach| reach.proxy.is_some());
            return Ok(Fact::new("proxy", way, origin));
        }
        let scheme = if endpoint.plain_http { "http" } else { "https" };
        let proxies = self.proxies()?;
        let url = url::Url::parse(&format!("{scheme}://{host}/")).ok();
        Ok(match url.and_then(|url| proxies.of(&url).cloned()) {
            Some(proxy) => Fact::new("proxy", Way::Through(proxy), proxies.named.place),
            None if host.is_loopback() => Fact::new("proxy", Way::Direct, "this machine"),
            None if proxies.named.is_empty() => Fact::new("proxy", Way::Direct, DEFAULT),
            None => Fact::new(
                "proxy",
                Way::Direct,
                format!("an exception, or not named by {}", proxies.named.place),
            ),
        })
    }
}

fn scheme(host: &Host, endpoint: &Endpoint, told: &[Told]) -> Fact {
    let by = |speaks: &dyn Fn(&Reach) -> bool| place(told, speaks);
    if endpoint.plain_http {
        return Fact::new("scheme", "http", by(&|reach| reach.plain_http.is_some()));
    }
    if endpoint.insecure {
        let speaks =
            |reach: &Reach| reach.insecure.is_some() || !reach.insecure_networks.is_empty();
        return Fact::new(
            "scheme",
            "https, not verified, or http where it speaks no TLS",
            by(&speaks),
        );
    }
    if host.is_loopback() {
        return Fact::new(
            "scheme",
            "https, or http where it speaks no TLS",
            "this machine",
        );
    }
    if !endpoint.insecure_networks.is_empty() {
        let origin = by(&|reach| !reach.insecure_networks.is_empty());
        return Fact::new(
            "scheme",
            "https; not verified where its address is in an insecure network",
            origin,
        );
    }
    Fact::new("scheme", "https", DEFAULT)
}

/// The first place that speaks about something.
fn place(told: &[Told], speaks: &dyn Fn(&Reach) -> bool) -> String {
    let found = told.iter().find(|told| speaks(&told.reach));
    found.map_or_else(|| DEFAULT.to_owned(), |told| told.place.clone())
}
