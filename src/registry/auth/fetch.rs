//! Conversations with a token server (distribution's token authentication, "Getting a token"; RFC 6749), and the proof
//! of a credential that a login needs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use reqwest::Method;
use tokio::sync::Semaphore;

use super::token::{self, Document, Token};
use super::{Ask, Challenge, Scopes, Way, basic_header, choose, unanswerable};
use crate::credential::{Credential, Secret};
use crate::error::{Error, Result, Thing};
use crate::oci::json;
use crate::registry::answer::Response;
use crate::registry::endpoint::Server;
use crate::registry::http::Course;
use crate::registry::request::Request;
use crate::registry::{Client, origin};

/// Who we are to a token server.
const CLIENT_ID: &str = "rg";

/// Refresh tokens that a server has replaced by newer ones in this run. Some give each only one use, so they are used
/// one at a time, and the newest goes on. What is stored stays as it is: only a login stores.
pub(in crate::registry) struct Rotation {
    turn: Semaphore,
    /// As stored, and as it is now.
    newest: Mutex<Vec<(Secret, Secret)>>,
}

impl Default for Rotation {
    fn default() -> Self {
        Self {
            turn: Semaphore::new(1),
            newest: Mutex::default(),
        }
    }
}

impl Rotation {
    fn newest(&self) -> MutexGuard<'_, Vec<(Secret, Secret)>> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to send for the token that is `stored`.
    fn of(&self, stored: &Secret) -> Secret {
        let newest = self.newest();
        let found = newest.iter().find(|(old, _)| old == stored);
        found.map_or(stored, |(_, new)| new).clone()
    }

    fn replace(&self, stored: &Secret, new: Secret) {
        let mut newest = self.newest();
        newest.retain(|(old, _)| old != stored);
        newest.push((stored.clone(), new));
    }
}

impl Client {
    /// Asks the token server; `offline` asks for a refresh token too, as a login does.
    pub(super) async fn fetch_token(
        &self,
        server: &Server,
        ask: &Ask,
        credential: Option<&Credential>,
        offline: bool,
    ) -> Result<Token> {
        let shown = |text: &str| self.secrets().mask_url(text);
        tracing::debug!(
            realm = ?shown(&origin::redact(&ask.realm)),
            scopes = ?shown(&ask.scopes.to_string()),
            "fetching a token"
        );
        let answer = match credential {
            Some(Credential::Identity { username, token }) => {
                let _turn = server.rotation.turn.acquire().await;
                let newest = server.rotation.of(token);
                let grant = [
                    ("grant_type", "refresh_token"),
                    ("refresh_token", newest.expose()),
                ];
                let posted = self.post_token(server, ask, &grant, offline).await?;
                if posted.is_success() {
                    let fetched = self.read_token(posted).await?;
                    if let Some(new) = fetched.refresh.clone().filter(|new| *new != newest) {
                        tracing::debug!("the refresh token was replaced, for this run");
                        server.rotation.replace(token, new);
                    }
                    return Ok(fetched);
                }
                let fallback = matches!(posted.status(), 400 | 401 | 404 | 405)
                    && !matches!(username.as_str(), "" | "<token>");
                if fallback {
                    self.get_token(server, ask, Some((username, &newest)), offline)
                        .await?
                } else {
                    posted
                }
            }
            Some(Credential::Basic { username, password }) => {
                let got = self
                    .get_token(server, ask, Some((username, password)), offline)
                    .await?;
                if matches!(got.status(), 404 | 405) {
                    let grant = [
                        ("grant_type", "password"),
                        ("username", username.as_str()),
                        ("password", password.expose()),
                    ];
                    self.post_token(server, ask, &grant, offline).await?
                } else {
                    got
                }
            }
            Some(Credential::Bearer { .. }) | None => {
                self.get_token(server, ask, None, offline).await?
            }
        };
        if !answer.is_success() {
            return Err(self.no_token(server, ask, credential, answer).await);
        }
        self.read_token(answer).await
    }

    /// The token in an answer. Nothing of an answer without a valid one is repeated: it may still be a secret.
    async fn read_token(&self, mut answer: Response) -> Result<Token> {
        let received = Instant::now();
        answer.refuse_html("a token")?;
        let body = answer.bounded(self.transport(), token::MAX_ANSWER).await?;
        let body = body.map(|body| json::strict::<Document>(&body));
        let document = body.and_then(Result::ok);
        let token = document.and_then(|document| Token::read(document, received));
        token.ok_or_else(|| answer.malformed("the token server returned no valid token"))
    }

    async fn no_token(
        &self,
        server: &Server,
        ask: &Ask,
        credential: Option<&Credential>,
        mut answer: Response,
    ) -> Error {
        if !matches!(answer.status(), 400 | 401 | 403) {
            let name = self.secrets().mask_url(&origin::redact(&ask.realm));
            return answer.fail(self.transport(), Thing::Endpoint, name).await;
        }
        Error::Denied {
            host: server.host.clone(),
            what: self.secrets().mask_url(&server.describe(&ask.scopes)),
            with_credentials: credential.is_some(),
            answer: Some(Box::new(answer.answer(self.transport()).await)),
        }
    }

    /// The token server's GET: whoever asks is told by Basic, the rest by the query.
    async fn get_token(
        &self,
        server: &Server,
        ask: &Ask,
        who: Option<(&String, &Secret)>,
        offline: bool,
    ) -> Result<Response> {
        let mut url = ask.realm.clone();
        {
            let mut query = url.query_pairs_mut();
            if let Some(service) = &ask.service {
                query.append_pair("service", service);
            }
            for scope in ask.scopes.iter() {
                query.append_pair("scope", &scope);
            }
            if let Some((username, _)) = who {
                query.append_pair("account", username);
            }
            query.append_pair("client_id", CLIENT_ID);
            if offline {
                query.append_pair("offline_token", "true");
            }
        }
        let authorization = who
            .map(|(username, password)| basic_header(username, password))
            .transpose()?;
        let request =
            Request::new(Method::GET, url, ask.scopes.clone()).document(token::MAX_ANSWER);
        self.deliver(server, &request, authorization.as_ref(), Course::Realm)
            .await
    }

    /// The token server's `OAuth2` POST: secrets travel in the body.
    async fn post_token(
        &self,
        server: &Server,
        ask: &Ask,
        grant: &[(&str, &str)],
        offline: bool,
    ) -> Result<Response> {
        for (name, value) in grant {
            if matches!(*name, "password" | "refresh_token") {
                self.secrets().learn(value);
            }
        }
        let body = form(ask, grant, offline);
        let request = Request::new(Method::POST, ask.realm.clone(), ask.scopes.clone())
            .with_body("application/x-www-form-urlencoded", body)
            .document(token::MAX_ANSWER);
        self.deliver(server, &request, None, Course::Realm).await
    }

    /// Proves `credential` to a registry that answered `/v2/` with a 401. Returns what to store.
    pub(in crate::registry) async fn prove(
        &self,
        server: &Server,
        offered: &[Challenge],
        credential: &Credential,
    ) -> Result<Credential> {
        self.warn_of_plain_http(server);
        let (header, proven) = match (choose(server, offered)?, credential) {
            (Way::Basic, Credential::Basic { username, password }) => {
                (basic_header(username, password)?, credential.clone())
            }
            (Way::Basic, Credential::Identity { .. }) => {
                let reason = "it takes a user name and a password, not an identity token";
                return Err(unanswerable(server, reason));
            }
            (_, Credential::Bearer { token }) => {
                let header = token::bearer(token.expose());
                let header = header.ok_or_else(|| unanswerable(server, "no valid token"))?;
                (header, credential.clone())
            }
            (
                Way::Bearer {
                    realm,
                    service,
                    scopes,
                },
                Credential::Basic { username, .. } | Credential::Identity { username, .. },
            ) => {
                let ask = Ask {
                    realm,
                    service,
                    scopes,
                };
                let token = self
                    .fetch_token(server, &ask, Some(credential), true)
                    .await?;
                let proven = match token.refresh {
                    Some(token) => Credential::Identity {
                        username: username.clone(),
                        token,
                    },
                    None => credential.clone(),
                };
                (token.header, proven)
            }
        };
        let request = Request::new(Method::GET, server.url("/v2/"), Scopes::none());
        let mut pong = self
            .deliver(server, &request, Some(&header), Course::Registry)
            .await?;
        if pong.is_success() {
            pong.refuse_html("a registry")?;
            return Ok(proven);
        }
        pong.asked.with_credentials = true;
        let name = format!("{}/v2/", server.host);
        Err(pong.fail(self.transport(), Thing::Endpoint, name).await)
    }
}

/// The body of an `OAuth2` request.
fn form(ask: &Ask, grant: &[(&str, &str)], offline: bool) -> Bytes {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(grant)
        .append_pair("service", ask.service.as_deref().unwrap_or_default())
        .append_pair("client_id", CLIENT_ID);
    if ask.scopes != Scopes::none() {
        form.append_pair("scope", &ask.scopes.to_string());
    }
    if offline {
        form.append_pair("access_type", "offline");
    }
    Bytes::from(form.finish())
}
