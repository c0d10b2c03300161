//! Authentication: from a 401 to an `Authorization` header.
//!
//! Nothing is sent and no credential store is opened before a registry asked (distribution's token authentication;
//! RFC 9110, section 11). Then:
//!
//! 1. The challenges are read; Bearer is preferred over Basic, anything else cannot be answered. A 401 without a
//!    challenge is answered by the one of `/v2/`.
//! 2. The realm of a Bearer challenge must be as safe as the registry (`origin`).
//! 3. The credential of exactly this host, or of the namespace that the repository asked for lies in, is looked up once a
//!    repository; without one, an anonymous token is asked for. A mount between two repositories is asked for as whoever
//!    may write the target.
//! 4. A token is fetched once for all requests that need the same scopes and come with the same credential, kept in
//!    memory until shortly before its end, and renewed then. The next requests carry it at once.
//! 5. A request that is refused with a fresh token is denied, unless the new challenge asks for more scopes than the
//!    last one; that is answered once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;
use url::Url;

mod caller;
mod challenge;
mod fetch;
mod grant;
mod scope;
mod token;

pub(crate) use challenge::{Challenge, challenges};
pub(in crate::registry) use fetch::Rotation;
pub use grant::Grant;
pub(crate) use scope::Scopes;

use super::answer::Response;
use super::endpoint::Server;
use super::http::Course;
use super::request::Request;
use super::{Client, origin};
use crate::credential::{Credential, Secret};
use crate::error::{Answer, Error, Result};
use caller::{Caller, Callers};
use token::Token;

/// How many challenges are answered for one request.
const MAX_ROUNDS: u32 = 2;
/// The most tokens kept for one registry; beyond it the oldest knowledge is dropped.
const MAX_KNOWN: usize = 1024;

/// What is known about authenticating at one registry.
#[derive(Default)]
pub(super) struct Auth {
    callers: Callers,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The registry takes Basic.
    basic: bool,
    /// The last token server it named.
    last: Option<(Url, Option<String>)>,
    /// What was asked of a token server for what a request wanted.
    asks: HashMap<Scopes, Ask>,
    tokens: HashMap<Key, Arc<Slot>>,
}

/// Whose a token is, of which server, for what.
type Key = (usize, Url, Option<String>, Vec<String>);

/// What a token server is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask {
    realm: Url,
    service: Option<String>,
    scopes: Scopes,
}

/// One token, fetched by one task at a time.
struct Slot {
    gate: Semaphore,
    token: Mutex<Option<Token>>,
}

/// What has been tried for one request.
#[derive(Default)]
pub(super) struct Rounds {
    answered: u32,
    /// How long the request is expected to take, where that is long.
    lasting: Option<Duration>,
    used: Option<Used>,
}

enum Used {
    Basic,
    Fixed,
    Token {
        ask: Ask,
        header: HeaderValue,
        /// It was fetched for this request and cannot have expired since: asking for another is no use.
        fresh: bool,
    },
}

impl Rounds {
    /// For a request that takes long, about `lasting` (zero when nobody knows): its token has at least half of its life
    /// left, and does not end before it.
    pub(super) fn for_stream(lasting: Duration) -> Self {
        Self {
            lasting: Some(lasting),
            ..Self::default()
        }
    }
}

/// How a registry wants to be answered.
enum Way {
    Basic,
    Bearer {
        realm: Url,
        service: Option<String>,
        scopes: Scopes,
    },
}

impl Auth {
    /// Whether credentials were found for a request for `wanted`.
    pub(super) fn has_credentials(&self, wanted: &Scopes) -> bool {
        self.callers.have_credentials(wanted)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        lock(&self.known)
    }

    /// Makes all tokens `by` older.
    #[cfg(test)]
    pub(super) fn age(&self, by: Duration) {
        for slot in self.known().tokens.values() {
            let mut token = slot.token();
            *token = token.take().map(|token| token.aged(by));
        }
    }

    /// What to ask the token server before a request for `wanted`, as far as that is known.
    fn ask_for(&self, wanted: &Scopes) -> Option<Ask> {
        let known = self.known();
        known.asks.get(wanted).cloned().or_else(|| {
            let (realm, service) = known.last.clone()?;
            let scopes = wanted.clone();
            Some(Ask {
                realm,
                service,
                scopes,
            })
        })
    }

    fn learn(&self, wanted: &Scopes, ask: &Ask) {
        let mut known = self.known();
        known.last = Some((ask.realm.clone(), ask.service.clone()));
        known.asks.insert(wanted.clone(), ask.clone());
    }

    fn slot(&self, caller: &Caller, ask: &Ask) -> Arc<Slot> {
        let key = (
            caller.number,
            ask.realm.clone(),
            ask.service.clone(),
            ask.scopes.key(),
        );
        let mut known = self.known();
        if known.tokens.len() >= MAX_KNOWN {
            known.tokens.clear();
            known.asks.clear();
        }
        let slot = known.tokens.entry(key).or_insert_with(|| {
            Arc::new(Slot {
                gate: Semaphore::new(1),
                token: Mutex::default(),
            })
        });
        Arc::clone(slot)
    }
}

impl Slot {
    fn token(&self) -> std::sync::MutexGuard<'_, Option<Token>> {
        lock(&self.token)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// The authorization for a request, as far as it is known what the registry wants.
    pub(super) async fn authorization(
        &self,
        server: &Server,
        wanted: &Scopes,
        rounds: &mut Rounds,
    ) -> Result<Option<HeaderValue>> {
        if server.auth.known().basic {
            return self.basic(server, wanted, rounds).await;
        }
        match server.auth.ask_for(wanted) {
            Some(ask) => self.token_for(server, wanted, ask, rounds).await.map(Some),
            None => Ok(None),
        }
    }

    /// The authorization that answers a 401, or why there is none.
    pub(super) async fn answer_challenge(
        &self,
        server: &Server,
        wanted: &Scopes,
        mut refused: Response,
        rounds: &mut Rounds,
    ) -> Result<HeaderValue> {
        let mut offered = challenges(refused.headers());
        let answer = refused.answer(self.transport()).await;
        let denied = |answer: Answer| Error::Denied {
            host: server.host.clone(),
            what: server.describe(wanted),
            with_credentials: server.auth.has_credentials(wanted),
            answer: Some(Box::new(answer)),
        };
        if rounds.answered == MAX_ROUNDS {
            return Err(denied(answer));
        }
        rounds.answered += 1;
        if offered.is_empty() {
            offered = self.challenges_of_ping(server).await?;
        }
        let header = match choose(server, &offered)? {
            Way::Basic if matches!(rounds.used, Some(Used::Basic)) => None,
            Way::Basic => self.basic(server, wanted, rounds).await?,
            Way::Bearer {
                realm,
                service,
                scopes,
            } => {
                let mut scopes = wanted.under(&scopes);
                if let Some(Used::Token { ask, .. }) = &rounds.used
                    && (&ask.realm, &ask.service) == (&realm, &service)
                {
                    let mut grown = ask.scopes.clone();
                    grown.extend(&scopes);
                    scopes = grown;
                }
                let ask = Ask {
                    realm,
                    service,
                    scopes,
                };
                let again = match &rounds.used {
                    Some(Used::Token {
                        ask: used,
                        fresh: true,
                        ..
                    }) => *used == ask,
                    Some(Used::Fixed) => true,
                    _ => false,
                };
                if again {
                    None
                } else {
                    server.auth.learn(wanted, &ask);
                    Some(self.token_for(server, wanted, ask, rounds).await?)
                }
            }
        };
        header.ok_or_else(|| denied(answer))
    }

    /// Basic authorization, if there is a credential for it.
    async fn basic(
        &self,
        server: &Server,
        wanted: &Scopes,
        rounds: &mut Rounds,
    ) -> Result<Option<HeaderValue>> {
        rounds.used = Some(Used::Basic);
        let header = match self.caller(server, wanted).await?.credential {
            Some(Credential::Basic { username, password }) => {
                Some(basic_header(&username, &password)?)
            }
            Some(Credential::Bearer { token }) => token::bearer(token.expose()),
            Some(Credential::Identity { .. }) | None => None,
        };
        if header.is_some() {
            server.auth.known().basic = true;
        }
        Ok(header)
    }

    /// The bearer token for `ask`, from memory if it is still good there.
    async fn token_for(
        &self,
        server: &Server,
        wanted: &Scopes,
        ask: Ask,
        rounds: &mut Rounds,
    ) -> Result<HeaderValue> {
        let caller = self.caller(server, wanted).await?;
        if let Some(Credential::Bearer { token }) = &caller.credential {
            rounds.used = Some(Used::Fixed);
            return token::bearer(token.expose()).ok_or_else(|| {
                let reason = "the registrytoken stored for it cannot be sent";
                unanswerable(server, reason)
            });
        }
        let stale = match &rounds.used {
            Some(Used::Token { header, .. }) => Some(header.clone()),
            _ => None,
        };
        let slot = server.auth.slot(&caller, &ask);
        // One task fetches; the others wait for what it brings.
        let _turn = slot.gate.acquire().await;
        let usable = slot.token().clone().filter(|token| {
            token.is_good(Instant::now(), rounds.lasting) && stale.as_ref() != Some(&token.header)
        });
        let fresh = usable.is_none();
        let token = if let Some(token) = usable {
            token
        } else {
            let credential = caller.credential.as_ref();
            let token = self.fetch_token(server, &ask, credential, false).await?;
            *slot.token() = Some(token.clone());
            token
        };
        rounds.used = Some(Used::Token {
            ask,
            header: token.header.clone(),
            fresh: fresh && !token.is_fleeting(),
        });
        Ok(token.header)
    }

    /// The challenges of `/v2/`, for registries whose other answers have none.
    async fn challenges_of_ping(&self, server: &Server) -> Result<Vec<Challenge>> {
        let request = Request::new(Method::GET, server.url("/v2/"), Scopes::none());
        let pong = self
            .deliver(server, &request, None, Course::Registry)
            .await?;
        let at_home = !pong.elsewhere && pong.status() == 401;
        Ok(if at_home {
            challenges(pong.headers())
        } else {
            Vec::new()
        })
    }
}

/// The best of the challenges that can be answered.
fn choose(server: &Server, offered: &[Challenge]) -> Result<Way> {
    let bearer = offered
        .iter()
        .filter(|challenge| challenge.scheme == "bearer")
        .find_map(|challenge| Some((challenge, challenge.parameter("realm")?)));
    if let Some((challenge, realm)) = bearer {
        let realm =
            origin::realm(&server.base, realm).map_err(|reason| unanswerable(server, &reason))?;
        let service = challenge
            .parameter("service")
            .filter(|text| !text.is_empty());
        return Ok(Way::Bearer {
            realm,
            service: service.map(str::to_owned),
            scopes: Scopes::parse(challenge.parameter("scope").unwrap_or_default()),
        });
    }
    if offered.iter().any(|challenge| challenge.scheme == "basic") {
        return Ok(Way::Basic);
    }
    let schemes: Vec<&str> = offered.iter().map(Challenge::name).collect();
    Err(if schemes.is_empty() {
        unanswerable(server, "it answered 401 without saying how to authenticate")
    } else {
        unanswerable(server, &format!("it offers only {}", schemes.join(", ")))
    })
}

fn unanswerable(server: &Server, reason: &str) -> Error {
    Error::Challenge {
        host: server.host.clone(),
        reason: reason.to_owned(),
    }
}

fn basic_header(username: &str, password: &Secret) -> Result<HeaderValue> {
    let pair = zeroize::Zeroizing::new(format!("{username}:{}", password.expose()));
    let text = zeroize::Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut header = HeaderValue::from_str(&text)
        .map_err(|_| Error::Machine("the password cannot be put into a header".to_owned()))?;
    header.set_sensitive(true);
    Ok(header)
}
