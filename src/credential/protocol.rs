//! Docker's helper protocol, the words and the document that both of its ends must agree on.
//!
//! Followed: docker-credential-helpers as its programs and docker's client behave.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Credential, Secret};

/// What helpers say, word for word, when they have no login for a server.
pub const NOT_FOUND: &str = "credentials not found in native keychain";
/// The user name that marks a secret as an identity token.
const TOKEN_USER: &str = "<token>";

/// A login as helpers give it and take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user's name, or docker's mark of an identity token.
    pub username: String,
    /// The password or token.
    pub secret: Secret,
}

/// The document, as far as it is read. Some helpers leave the server out of their answers.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(rename = "ServerURL", default)]
    server: String,
    username: String,
    secret: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewDocument<'a> {
    #[serde(rename = "ServerURL")]
    server: &'a str,
    username: &'a str,
    secret: &'a str,
}

impl Login {
    /// What helpers can keep of `credential`; `None` for a bearer token, which they have no form for.
    pub(super) fn of(credential: &Credential) -> Option<Self> {
        match credential {
            Credential::Basic { username, password } => Some(Self {
                username: username.clone(),
                secret: password.clone(),
            }),
            Credential::Identity { token, .. } => Some(Self {
                username: TOKEN_USER.to_owned(),
                secret: token.clone(),
            }),
            Credential::Bearer { .. } => None,
        }
    }

    /// What it is for a registry; `None` without a secret, which is how `docker-credential-pass` answers for a server
    /// that it does not know.
    pub(super) fn into_credential(self) -> Option<Credential> {
        if self.secret.expose().is_empty() {
            None
        } else if self.username == TOKEN_USER {
            Some(Credential::Identity {
                username: String::new(),
                token: self.secret,
            })
        } else {
            Some(Credential::Basic {
                username: self.username,
                password: self.secret,
            })
        }
    }

    /// The document for `server`, as JSON.
    ///
    /// # Panics
    /// Never: texts always serialize.
    #[must_use]
    pub fn document(&self, server: &str) -> Zeroizing<String> {
        let document = NewDocument {
            server,
            username: &self.username,
            secret: self.secret.expose(),
        };
        Zeroizing::new(serde_json::to_string(&document).expect("three texts always serialize"))
    }

    /// Server and login of a document; `None` when it is not one.
    #[must_use]
    pub fn read(document: &[u8]) -> Option<(String, Self)> {
        let mut document: Document = serde_json::from_slice(document).ok()?;
        let login = Self {
            username: std::mem::take(&mut document.username),
            secret: Secret::new(std::mem::take(&mut document.secret)),
        };
        Some((std::mem::take(&mut document.server), login))
    }
}

/// Whether `server` may be given to a helper: no control byte, which could smuggle in a second request (the class of
/// CVE-2020-5260 and CVE-2024-50338).
#[must_use]
pub fn is_server(server: &str) -> bool {
    !server.is_empty() && !server.chars().any(char::is_control)
}
