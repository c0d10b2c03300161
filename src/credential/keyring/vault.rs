//! What a keyring must be able to do, and the platform's own one.
//!
//! An entry has a service, a user and a secret. Everything here blocks, some of it until a person has unlocked the
//! keyring; [`super::Keyring`] bounds that. The kernel's keyring (keyutils) is none of these: it forgets at the next boot,
//! parts of it at the end of the session, and a login that is gone tomorrow was not stored.

use zeroize::Zeroizing;

/// A place that keeps secrets under a service and a user. Failures are told in words that hold no secret.
pub(in crate::credential) trait Vault: Send + Sync {
    /// Makes sure that it is there. Asking again costs nothing.
    fn connect(&self) -> Result<(), String>;

    /// The secret of an entry.
    fn get(&self, service: &str, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String>;

    /// Writes an entry, in place of the one that is there.
    fn set(&self, service: &str, user: &str, secret: &[u8]) -> Result<(), String>;

    /// Removes an entry. `false` when there was none.
    fn erase(&self, service: &str, user: &str) -> Result<bool, String>;

    /// The users of all entries of a service.
    fn users(&self, service: &str) -> Result<Vec<String>, String>;
}

/// What this platform calls its keyring.
pub(in crate::credential) const NAME: &str = if cfg!(target_os = "macos") {
    "macOS Keychain"
} else if cfg!(windows) {
    "Windows Credential Manager"
} else {
    "Secret Service"
};

#[cfg(feature = "keyring")]
pub(super) use platform::Platform;

#[cfg(feature = "keyring")]
mod platform {
    use std::collections::HashMap;

    use keyring_core::{Entry, Error};
    use zeroize::Zeroizing;

    use super::Vault;

    /// The keyring of the user who runs this process. There is one connection a process, made on first use.
    pub(in crate::credential) struct Platform;

    impl Vault for Platform {
        fn connect(&self) -> Result<(), String> {
            match keyring::Entry::store_status() {
                Ok(()) => Ok(()),
                Err(error) => Err(reason(error)),
            }
        }

        fn get(&self, service: &str, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
            match entry(service, user)?.get_secret() {
                Ok(secret) => Ok(Some(Zeroizing::new(secret))),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(reason(&error)),
            }
        }

        fn set(&self, service: &str, user: &str, secret: &[u8]) -> Result<(), String> {
            entry(service, user)?
                .set_secret(secret)
                .map_err(|error| reason(&error))
        }

        fn erase(&self, service: &str, user: &str) -> Result<bool, String> {
            match entry(service, user)?.delete_credential() {
                Ok(()) => Ok(true),
                Err(Error::NoEntry) => Ok(false),
                Err(error) => Err(reason(&error)),
            }
        }

        fn users(&self, service: &str) -> Result<Vec<String>, String> {
            // Windows knows entries by `USER.SERVICE` alone; a service without a dot can be told from its user.
            let pattern = format!("\\.{service}$");
            let wanted = if cfg!(windows) {
                HashMap::from([("pattern", pattern.as_str())])
            } else {
                HashMap::from([("service", service)])
            };
            let found = match Entry::search(&wanted) {
                Err(Error::NoEntry) => return Ok(Vec::new()),
                found => found.map_err(|error| reason(&error))?,
            };
            let named = found.iter().filter_map(Entry::get_specifiers);
            let ours = named.filter(|(other, _)| other == service);
            Ok(ours.map(|(_, user)| user).collect())
        }
    }

    fn entry(service: &str, user: &str) -> Result<Entry, String> {
        // Only the Secret Service shows a name of its own beside service and user.
        let entry = if cfg!(any(windows, target_os = "macos")) {
            Entry::new(service, user)
        } else {
            let label = format!("{user} ({service})");
            Entry::new_with_modifiers(service, user, &HashMap::from([("label", label.as_str())]))
        };
        entry.map_err(|error| reason(&error))
    }

    /// What went wrong. Variants that carry what was read are told without it.
    fn reason(error: &Error) -> String {
        match error {
            Error::NoStorageAccess(inner) => format!("it is locked, or gives no access ({inner})"),
            Error::PlatformFailure(inner) => inner.to_string(),
            Error::BadEncoding(_) | Error::BadDataFormat(..) => {
                "an entry in it cannot be read".to_owned()
            }
            Error::Ambiguous(entries) => format!("it has {} entries of one name", entries.len()),
            other => other.to_string(),
        }
    }
}
