//! A client of container registries: the distribution API over HTTP.
//!
//! A [`Client`] knows how to reach any registry and who is asking; a [`Repository`] of it is one repository there, as a
//! [`Source`](crate::store::Source) and a [`Sink`](crate::store::Sink). Nothing is connected, read or set up before the first request needs it.
//!
//! | file | what it does |
//! |---|---|
//! | `endpoint` | from a registry's name to its base URL |
//! | `transport`, `failure` | connections and proxies; what their failures mean |
//! | `tls`, `certificate` | who is trusted, and which certificate is shown |
//! | `http` | `send`: the only place a request leaves; redirects, retries, 401s |
//! | `request` | a request before it is sent |
//! | `retry`, `origin`, `link`, `pulse`, `throttle` | decisions: try again, go there, wait on |
//! | `answer` | bodies within bounds, and the errors they mean |
//! | `auth` | challenge, scope, token |
//! | `mirror` | the places a repository is read at, and which is asked next |
//! | `repository` | one repository, as a source and a sink |
//! | `greeting`, `approach`, `witness`, `allowance` | what `doctor` finds out on its way: what a registry says to a stranger, each step to it, what it shows, how often it may be asked |
//! | `session` | unfinished uploads, kept between runs |
//! | `manifest`, `blob`, `upload`, `list`, `referrers`, `search` | the API, one kind of content each |
//! | `secrets` | what a server was told and must not make us repeat |
//! | `foreign` | layers that lie elsewhere |
//!
//! Specs followed: distribution-spec 1.1, distribution's token authentication, RFC 9110. A server's word is never
//! taken for content: what is returned was checked against a digest wherever one is known.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use futures_util::stream::BoxStream;
use reqwest::Method;
use tokio::sync::OnceCell;
use url::Url;

mod allowance;
mod answer;
mod approach;
mod auth;
mod blob;
mod certificate;
mod endpoint;
mod failure;
mod foreign;
mod greeting;
mod http;
mod link;
mod list;
mod manifest;
mod mirror;
mod origin;
mod plain;
mod pulse;
mod referrers;
mod repository;
mod request;
mod retry;
mod search;
mod secrets;
mod session;
#[cfg(test)]
mod tests;
mod throttle;
mod tls;
mod transport;
mod upload;
mod witness;

use crate::config::{Config, Endpoint};
use crate::credential::{Chain, Credential};
use crate::error::{Result, Thing};
use crate::event::{Event, Observer};
use crate::oci::{Host, Name};
use auth::{Scopes, challenges};
use endpoint::Server;
use http::Course;
use mirror::Mirrors;
use request::Request;
use secrets::Secrets;
use session::Unfinished;
use throttle::Throttle;
use transport::Transport;

pub use allowance::Allowance;
pub use approach::{Approach, Handshake};
pub use auth::Grant;
pub use greeting::{Greeting, Offer};
pub use mirror::Mirrored;
pub use repository::Repository;
pub use search::{Count, Cut, Found, Hit, Query, rank};
pub use upload::Trial;
pub use witness::Certificate;

/// Which credentials requests may use. A credential goes to the registry it is for and to the token server that this
/// registry names, and only after the registry asked.
#[derive(Clone)]
pub enum Credentials {
    /// None: `--anonymous`.
    Anonymous,
    /// This one, for every registry asked: `--creds`.
    Given(Credential),
    /// What the stores of this machine hold for a registry; they are read only after a challenge.
    Stored {
        /// The stores.
        chain: Arc<Chain>,
        /// What to do when one of them does not work.
        when_broken: WhenBroken,
    },
}

/// What to do when a credential store does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenBroken {
    /// Warn through the observer and go on anonymously: reading may work that way.
    Warn,
    /// Fail: writing must never be anonymous by accident.
    Fail,
}

/// Where Docker Hub is.
#[derive(Debug, Clone)]
struct Hub {
    registry: Url,
    index: Url,
}

/// A client of registries; cheap to clone. Clones share connections, tokens and what was learnt about each registry.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<Config>,
    credentials: Credentials,
    observer: Arc<dyn Observer>,
    hub: Hub,
    transport: Transport,
    throttle: Option<Arc<Throttle>>,
    servers: Mutex<HashMap<Host, Arc<OnceCell<Arc<Server>>>>>,
    warnings: Mutex<HashSet<String>>,
    unfinished: Unfinished,
    mirrors: Mirrors,
}

impl Client {
    /// A client that asks as `credentials` and tells `observer` about retries and warnings.
    ///
    /// # Panics
    /// Never: the URLs of Docker Hub are constants.
    #[must_use]
    pub fn new(config: Arc<Config>, credentials: Credentials, observer: Arc<dyn Observer>) -> Self {
        let url = |text: &str| Url::parse(text).expect("a constant URL parses, as the tests show");
        let hub = Hub {
            registry: url("https://registry-1.docker.io/"),
            index: url("https://index.docker.io/"),
        };
        Self::assemble(config, credentials, observer, hub)
    }

    /// The same client with Docker Hub at other places: `registry` for its API, `index` for its search (the paths end
    /// in `/`). For tests and for mirrors of all of it; names and credentials remain those of `docker.io`.
    #[must_use]
    pub fn with_hub(&self, registry: Url, index: Url) -> Self {
        Self::assemble(
            Arc::clone(&self.inner.config),
            self.inner.credentials.clone(),
            Arc::clone(&self.inner.observer),
            Hub { registry, index },
        )
    }

    fn assemble(
        config: Arc<Config>,
        credentials: Credentials,
        observer: Arc<dyn Observer>,
        hub: Hub,
    ) -> Self {
        let throttle = config.limit_rate.map(Throttle::new).map(Arc::new);
        Self::build(config, credentials, observer, hub, throttle)
    }

    /// Another client under other settings: what this one learnt about registries is not its own, the allowance of
    /// bytes is.
    fn sibling(&self, config: Arc<Config>, credentials: Credentials) -> Self {
        let (observer, throttle) = (self.inner.observer.clone(), self.inner.throttle.clone());
        Self::build(config, credentials, observer, self.hub().clone(), throttle)
    }

    fn build(
        config: Arc<Config>,
        credentials: Credentials,
        observer: Arc<dyn Observer>,
        hub: Hub,
        throttle: Option<Arc<Throttle>>,
    ) -> Self {
        let inner = Inner {
            transport: Transport::new(&config),
            unfinished: Unfinished::new(&config),
            throttle,
            config,
            credentials,
            observer,
            hub,
            servers: Mutex::default(),
            warnings: Mutex::default(),
            mirrors: Mirrors::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The Source and Sink of one repository.
    #[must_use]
    pub fn repository(&self, name: &Name) -> Repository {
        Repository {
            client: self.clone(),
            name: name.clone(),
            begun: Arc::default(),
            held: Arc::default(),
            outside: None,
            leaves_out: false,
            place: None,
            route: Arc::default(),
            readings: Arc::default(),
        }
    }

    /// Proves `credential` to the registry at `host`. Returns what to store: an identity token where the server gives
    /// one for it, else the credential itself. A registry that asks nobody accepts any.
    ///
    /// # Errors
    /// `Denied` when it is wrong; `Challenge` when the registry wants something else; `NotFound` when there is no
    /// registry.
    pub async fn login(&self, host: &Host, credential: &Credential) -> Result<Credential> {
        let server = self.server(host).await?;
        let request = Request::new(Method::GET, server.url("/v2/"), Scopes::none());
        let pong = self
            .deliver(&server, &request, None, Course::Registry)
            .await?;
        if pong.is_success() {
            pong.refuse_html("a registry")?;
            tracing::debug!(%host, "the registry asks for no credentials");
            return Ok(credential.clone());
        }
        if pong.status() != 401 || pong.elsewhere {
            let name = format!("{host}/v2/");
            return Err(pong.fail(self.transport(), Thing::Endpoint, name).await);
        }
        let offered = challenges(pong.headers());
        let proven = self.prove(&server, &offered, credential).await;
        proven.map_err(|error| self.secrets().mask_error(error))
    }

    /// The names of all repositories at `host`, after `last` if that is given, at most `limit`; asked for page by page
    /// as the stream is read.
    #[must_use]
    pub fn catalog(
        &self,
        host: &Host,
        last: Option<&str>,
        limit: Option<usize>,
    ) -> BoxStream<'static, Result<String>> {
        list::catalog(self.clone(), host.clone(), last.map(str::to_owned), limit)
    }

    fn config(&self) -> &Config {
        &self.inner.config
    }

    fn credentials(&self) -> &Credentials {
        &self.inner.credentials
    }

    fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    fn secrets(&self) -> &Arc<Secrets> {
        self.inner.transport.secrets()
    }

    fn servers(&self) -> &Mutex<HashMap<Host, Arc<OnceCell<Arc<Server>>>>> {
        &self.inner.servers
    }

    fn warnings(&self) -> &Mutex<HashSet<String>> {
        &self.inner.warnings
    }

    fn mirrors(&self) -> &Mirrors {
        &self.inner.mirrors
    }

    fn unfinished(&self) -> &Unfinished {
        &self.inner.unfinished
    }

    fn observe(&self, event: &Event) {
        self.inner.observer.observe(event);
    }

    /// Waits until `bytes` more may move.
    async fn throttle(&self, bytes: usize) {
        if let Some(throttle) = &self.inner.throttle {
            throttle.take(bytes).await;
        }
    }

    /// How to reach `url` for a request that began at `server`. Elsewhere the settings of that host count, with the
    /// registry's authority where that host has none of its own: token servers often share it.
    fn settings(&self, server: &Server, url: &Url, own: bool) -> Result<Endpoint> {
        if own {
            return Ok(server.settings.clone());
        }
        let host = failure::host_of(url);
        let settings = host.map(|host| self.endpoint(&host)).transpose()?;
        let mut settings = settings.unwrap_or_default();
        if settings.ca_files.is_empty() {
            settings.ca_files.clone_from(&server.settings.ca_files);
        }
        Ok(settings)
    }

    /// What the configuration says about reaching `host`. What is wrong in files that were read for that is told.
    fn endpoint(&self, host: &Host) -> Result<Endpoint> {
        let endpoint = self.config().endpoint(host);
        self.pass_on_complaints();
        endpoint
    }

    /// Tells what is wrong in files of other programs that were read.
    fn pass_on_complaints(&self) {
        for message in self.config().complaints() {
            self.observe(&Event::Warning { message });
        }
    }
}
