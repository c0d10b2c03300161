//! Who asks for which repository of a registry.
//!
//! Logins may be for parts of a registry, so the credential is looked up for each repository asked for, once. Two
//! repositories with the same credential have the same caller, and may share what was given to it; others never do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use reqwest::header::HeaderValue;
use tokio::sync::OnceCell;

use super::{Scopes, basic_header, lock};
use crate::credential::{Answers, Credential};
use crate::error::Result;
use crate::event::Event;
use crate::oci::Repository;
use crate::registry::endpoint::Server;
use crate::registry::{Client, Credentials, WhenBroken};

/// Everybody who asks one registry for something.
#[derive(Default)]
pub(super) struct Callers {
    /// `None` is for what concerns no single repository.
    by_repository: Mutex<HashMap<Option<Repository>, Arc<OnceCell<Caller>>>>,
    /// Every credential found, each once: the place of one here is its caller's number.
    credentials: Mutex<Vec<Option<Credential>>>,
    answers: Answers,
}

/// Whoever asks for a repository.
#[derive(Clone)]
pub(super) struct Caller {
    /// Tells callers apart.
    pub(super) number: usize,
    pub(super) credential: Option<Credential>,
}

impl Callers {
    /// Whether credentials were found for a request for `wanted`.
    pub(super) fn have_credentials(&self, wanted: &Scopes) -> bool {
        let callers = lock(&self.by_repository);
        let caller = callers
            .get(&wanted.repository())
            .and_then(|cell| cell.get());
        caller.is_some_and(|caller| caller.credential.is_some())
    }

    fn of(&self, wanted: &Scopes) -> Arc<OnceCell<Caller>> {
        let mut callers = lock(&self.by_repository);
        Arc::clone(callers.entry(wanted.repository()).or_default())
    }

    /// The caller that a credential makes: the same for the same credential.
    fn named(&self, credential: Option<Credential>) -> Caller {
        let mut credentials = lock(&self.credentials);
        let known = credentials.iter().position(|known| *known == credential);
        let number = known.unwrap_or_else(|| {
            credentials.push(credential.clone());
            credentials.len() - 1
        });
        Caller { number, credential }
    }
}

impl Client {
    /// Whoever asks for what a request wants, looked up once a repository, after the registry asked.
    pub(super) async fn caller(&self, server: &Server, wanted: &Scopes) -> Result<Caller> {
        let cell = server.auth.callers.of(wanted);
        let caller = cell.get_or_try_init(|| async {
            let credential = match self.credentials() {
                Credentials::Anonymous => None,
                Credentials::Given(credential) => Some(credential.clone()),
                Credentials::Stored { chain, when_broken } => {
                    let (host, repository) = (&server.host, wanted.repository());
                    let found =
                        chain.find_for(host, repository.as_ref(), &server.auth.callers.answers);
                    match found.await {
                        Ok(found) => found.map(|found| found.credential),
                        Err(error) if *when_broken == WhenBroken::Warn => {
                            self.warn(format!("{error}; going on without credentials"));
                            None
                        }
                        Err(error) => return Err(error),
                    }
                }
            };
            if credential.is_some() {
                self.warn_of_plain_http(server);
            }
            Ok(server.auth.callers.named(credential))
        });
        Ok(caller.await?.clone())
    }

    /// The login for a registry as Basic authorization, for an API of its product at its own origin that takes the same
    /// logins and asks for none. Only for a registry that has asked for credentials.
    pub(in crate::registry) async fn login_as_basic(
        &self,
        server: &Server,
    ) -> Result<Option<HeaderValue>> {
        match self.caller(server, &Scopes::none()).await?.credential {
            Some(Credential::Basic { username, password }) => {
                basic_header(&username, &password).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Whether credentials for a registry are known. Where they could be announced as sent in plain text, none are looked
    /// up.
    pub(in crate::registry) async fn has_login(&self, server: &Server) -> bool {
        let quiet = server.base.scheme() == "https" || server.host.is_loopback();
        let none = Scopes::none();
        quiet
            && matches!(self.caller(server, &none).await, Ok(caller) if caller.credential.is_some())
    }

    pub(super) fn warn_of_plain_http(&self, server: &Server) {
        if server.base.scheme() == "http" && !server.host.is_loopback() {
            self.warn(format!(
                "the credentials for {} are sent over plain http: everyone on the way can read them",
                server.host
            ));
        }
    }

    /// Warns once, however many repositories it concerns.
    fn warn(&self, message: String) {
        if lock(self.warnings()).insert(message.clone()) {
            self.observe(&Event::Warning { message });
        }
    }
}
