//! The platform's keyring: Secret Service on Linux and the BSDs, Keychain on macOS, Credential Manager on Windows.
//!
//! What is promised beyond what a keyring does by itself:
//!
//! - nothing waits without end: 5 seconds until it answers at all, 30 where a person may have to unlock it. A keyring that
//!   was too slow once is not asked again in the same run;
//! - it is only touched in the environment that this process was started in: a test, or `doctor`, that works in an
//!   environment of its own finds no keyring. Where neither `DBUS_SESSION_BUS_ADDRESS` nor `$XDG_RUNTIME_DIR/bus` is
//!   there, nothing is tried at all, let alone started;
//! - one registry has one login: it is found, replaced and erased under every spelling of its name.
//!
//! The same entries are served to docker, skopeo and others by the `docker-credential-rg` protocol. How they are laid out
//! is said in `entries`.

mod entries;
#[cfg(test)]
mod tests;
mod vault;
#[cfg(test)]
#[cfg(all(unix, feature = "keyring"))]
pub(super) mod watched;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use self::vault::Vault;
use super::protocol::{Login, is_server};
use super::{Credential, key};
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::oci::Host;

pub(super) use self::vault::NAME;

/// How long it may take to answer at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long anything else may take: a person may have to unlock it.
const LIMIT: Duration = Duration::from_secs(30);

/// The user's keyring. Nothing is connected to before something is asked.
#[derive(Clone)]
pub struct Keyring {
    vault: Result<Arc<dyn Vault>, &'static str>,
    /// Why it is not asked any more.
    given_up: Arc<OnceLock<String>>,
    limit: Duration,
}

impl Keyring {
    /// The keyring that `environment` leads to.
    #[must_use]
    pub fn open(environment: &Environment) -> Self {
        Self::over(platform(environment))
    }

    fn over(vault: Result<Arc<dyn Vault>, &'static str>) -> Self {
        Self {
            vault,
            given_up: Arc::default(),
            limit: LIMIT,
        }
    }

    /// Whether this session can have one at all. Costs nothing.
    pub(super) fn may_exist(&self) -> bool {
        self.vault.is_ok()
    }

    /// The same, for those who cannot do without.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot.
    pub(super) fn imaginable(&self) -> Result<()> {
        self.vault
            .as_ref()
            .map(drop)
            .map_err(|reason| broken(*reason))
    }

    /// Makes sure that it answers.
    ///
    /// # Errors
    /// [`Error::Keyring`] when there is none or it does not answer within 5 seconds.
    pub(super) async fn connect(&self) -> Result<()> {
        self.run(CONNECT_LIMIT, |vault| vault.connect()).await
    }

    /// Makes sure that it takes logins; a person may be asked to unlock it. One that does not is not asked again.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it is not there, locked, or too slow.
    pub(super) async fn probe(&self) -> Result<()> {
        let probed = self.ask(entries::probe).await;
        if let Err(Error::Keyring { reason, .. }) = &probed {
            self.give_up(reason);
        }
        probed
    }

    /// The login for `host`, under whatever spelling it is kept.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot be asked, or what it has is no login.
    pub(super) async fn find(&self, host: &Host) -> Result<Option<Credential>> {
        let login = self.get(key::of(host)).await?;
        Ok(login.and_then(Login::into_credential))
    }

    /// Keeps `credential` for `host`.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot be written; also for a bearer token, which helpers have no form for.
    pub(super) async fn keep(&self, host: &Host, credential: &Credential) -> Result<()> {
        let login = Login::of(credential)
            .ok_or_else(|| broken("a bearer token has no form that others could read there"))?;
        // Host names have no case, names in a keyring do: what is asked for is the one without capitals.
        self.store(&key::of(host).to_ascii_lowercase(), &login)
            .await
    }

    /// The login for `server`: under exactly this name, else under another spelling of the same registry.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot be asked, or what it has is no login.
    pub async fn get(&self, server: &str) -> Result<Option<Login>> {
        let server = checked(server)?;
        self.ask(move |vault| {
            for server in asked_for(&server) {
                if let Some(login) = entries::read(vault, &server)? {
                    return Ok(Some(login));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Keeps `login` under `server`, in place of those under other spellings of the same registry.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot be written.
    pub async fn store(&self, server: &str, login: &Login) -> Result<()> {
        let (server, login) = (checked(server)?, login.clone());
        self.ask(move |vault| {
            entries::write(vault, &server, &login)?;
            erase_others(vault, &server)
        })
        .await
    }

    /// Forgets the login for `server` under every spelling. `false` when there was none.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot be written.
    pub async fn erase(&self, server: &str) -> Result<bool> {
        let server = checked(server)?;
        self.ask(move |vault| {
            let mut erased = false;
            for server in asked_for(&server) {
                erased |= entries::erase(vault, &server)?;
            }
            if erased {
                erase_others(vault, &server)?;
            }
            Ok(erased)
        })
        .await
    }

    /// The servers it keeps logins for. No secret is read.
    ///
    /// # Errors
    /// [`Error::Keyring`] when it cannot be asked.
    pub async fn servers(&self) -> Result<Vec<String>> {
        self.ask(entries::servers).await
    }

    /// Runs `work` on the keyring, connected to, where it holds nobody up.
    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Vault) -> Result<T, String> + Send + 'static,
    ) -> Result<T> {
        self.connect().await?;
        self.run(self.limit, work).await
    }

    /// A thread that is stuck in the keyring cannot be ended; it is left behind, and no other follows it.
    async fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        work: impl FnOnce(&dyn Vault) -> Result<T, String> + Send + 'static,
    ) -> Result<T> {
        if let Some(reason) = self.given_up.get() {
            return Err(broken(reason));
        }
        let vault = self.vault.clone().map_err(broken)?;
        let task = tokio::task::spawn_blocking(move || work(&*vault));
        match tokio::time::timeout(limit, task).await {
            Ok(Ok(done)) => done.map_err(broken),
            Ok(Err(error)) => Err(broken(format!("work on it was cut off: {error}"))),
            Err(_) => {
                let reason = format!("no answer within {} s", limit.as_secs_f32());
                self.give_up(&reason);
                Err(broken(reason))
            }
        }
    }

    fn give_up(&self, reason: &str) {
        // The first reason is as good as the last.
        let _ = self.given_up.set(reason.to_owned());
    }
}

/// `server`, and the names under which programs are known to keep its registry's login. A name that is not there is asked
/// for without unlocking anything: whoever has logins for other registries is not disturbed for this one.
fn asked_for(server: &str) -> Vec<String> {
    let mut servers = vec![server.to_owned()];
    let others = key::host(server).map(|host| key::spellings(&host));
    servers.extend(others.unwrap_or_default());
    servers.dedup();
    servers
}

/// Forgets logins of the registry of `server` under any other name. To list them the keyring must be open, which it is
/// after a write.
fn erase_others(vault: &dyn Vault, server: &str) -> Result<(), String> {
    let Some(host) = key::host(server) else {
        return Ok(());
    };
    for other in entries::servers(vault)? {
        if other != server && key::is_for(&other, &host) {
            entries::erase(vault, &other)?;
        }
    }
    Ok(())
}

fn checked(server: &str) -> Result<String> {
    if is_server(server) {
        Ok(server.to_owned())
    } else {
        Err(broken(
            "a server name that is empty or has control characters is not given to it",
        ))
    }
}

fn broken(reason: impl Into<String>) -> Error {
    Error::Keyring {
        name: NAME,
        reason: reason.into(),
    }
}

/// The platform's keyring, or why `environment` has none. No variable is looked at that is not in `environment`, but for
/// those of this process that the platform's library will follow: they must be the same.
#[cfg(feature = "keyring")]
fn platform(environment: &Environment) -> Result<Arc<dyn Vault>, &'static str> {
    const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";
    let leads = if cfg!(target_os = "macos") {
        &["HOME"][..]
    } else if cfg!(windows) {
        &["USERPROFILE"][..]
    } else {
        let folder = environment.get("XDG_RUNTIME_DIR").map(std::path::Path::new);
        let has_bus = folder.is_some_and(|folder| folder.join("bus").exists());
        if environment.get(BUS).is_none() && !has_bus {
            return Err("there is no D-Bus session");
        }
        &[BUS, "XDG_RUNTIME_DIR"][..]
    };
    let process = Environment::of_process();
    if leads
        .iter()
        .any(|name| process.get(name) != environment.get(name))
    {
        return Err("this environment is not the one that the program was started in");
    }
    Ok(Arc::new(vault::Platform))
}

#[cfg(not(feature = "keyring"))]
fn platform(_: &Environment) -> Result<Arc<dyn Vault>, &'static str> {
    Err("this program was built without it")
}
