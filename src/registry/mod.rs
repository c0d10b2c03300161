//! A client of container registries: the distribution API over HTTP.
//!
//! A [`Client`] knows how to reach any registry and who is asking; a [`Repository`] of it is one repository there, as a
//! [`Source`] and a [`Sink`]. Nothing is connected, read or set up before the first request needs it.
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
//! | `greeting`, `approach`, `witness`, `allowance` | what `doctor` finds out on its way: what a registry says to a stranger, each step to it, what it shows, how often it may be asked |
//! | `session` | unfinished uploads, kept between runs |
//! | `manifest`, `blob`, `upload`, `list`, `referrers`, `search` | the API, one kind of content each |
//! | `secrets` | what a server was told and must not make us repeat |
//! | `foreign` | layers that lie elsewhere |
//!
//! Specs followed: distribution-spec 1.1, distribution's token authentication, RFC 9110. A server's word is never
//! taken for content: what is returned was checked against a digest wherever one is known.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
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
mod origin;
mod plain;
mod pulse;
mod referrers;
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
use crate::error::{Error, Result, Thing};
use crate::event::{Event, Observer};
use crate::oci::{Descriptor, Digest, Host, Manifest, Name, Selector, Tag};
use crate::store::{BlobStream, BlobWriter, Sink, Source};
use auth::{Scopes, challenges};
use endpoint::Server;
use foreign::Outside;
use http::Course;
use request::Request;
use secrets::Secrets;
use session::Unfinished;
use throttle::Throttle;
use transport::Transport;

pub use allowance::Allowance;
pub use approach::{Approach, Handshake};
pub use auth::Grant;
pub use greeting::{Greeting, Offer};
pub use search::Hit;
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
    throttle: Option<Throttle>,
    servers: Mutex<HashMap<Host, Arc<OnceCell<Arc<Server>>>>>,
    warnings: Mutex<HashSet<String>>,
    unfinished: Unfinished,
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
        let inner = Inner {
            transport: Transport::new(&config),
            unfinished: Unfinished::new(&config),
            throttle: config.limit_rate.map(Throttle::new),
            config,
            credentials,
            observer,
            hub,
            servers: Mutex::default(),
            warnings: Mutex::default(),
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
            outside: None,
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

    /// Repositories whose names or descriptions match `term`, best first as the registry sees it, at most `limit`.
    /// Names come without the host.
    #[must_use]
    pub fn search(&self, host: &Host, term: &str, limit: usize) -> BoxStream<'static, Result<Hit>> {
        search::search(self.clone(), host.clone(), term.to_owned(), limit)
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
        for message in self.config().complaints() {
            self.observe(&Event::Warning { message });
        }
        endpoint
    }
}

/// One repository on one registry.
#[derive(Clone)]
pub struct Repository {
    client: Client,
    name: Name,
    /// Uploads that a refused mount has begun, to be used by [`Sink::begin`].
    begun: Arc<Mutex<HashMap<Digest, Url>>>,
    /// Where foreign layers may be fetched from the addresses they list: what is known of those.
    outside: Option<Arc<Outside>>,
}

impl Repository {
    /// The same repository, whose foreign layers are fetched from the addresses their image lists where the registry
    /// does not have them: without credentials, over http and https alone, and verified like any blob.
    #[must_use]
    pub fn with_foreign_layers(self) -> Self {
        Self {
            outside: Some(Arc::default()),
            ..self
        }
    }

    /// Its name, with the registry.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Deletes a manifest, or the tag alone when `at` is one and the registry can do that.
    ///
    /// # Errors
    /// `NotFound`; `Denied`; `Unsupported` when the registry deletes nothing.
    pub async fn delete(&self, at: &Selector) -> Result<()> {
        manifest::delete(self, at).await
    }

    async fn server(&self) -> Result<Arc<Server>> {
        self.client.server(&self.name.host).await
    }

    /// A URL of this repository: `rest` follows the name.
    fn url(&self, server: &Server, rest: &str) -> Url {
        server.url(&format!("/v2/{}/{rest}", self.name.repository))
    }

    fn transport(&self) -> &Transport {
        self.client.transport()
    }

    fn pull(&self) -> Scopes {
        Scopes::pull(&self.name.repository)
    }

    fn push(&self) -> Scopes {
        Scopes::push(&self.name.repository)
    }

    fn begun(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Url>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Source for Repository {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        manifest::resolve(self, at).await
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        manifest::get(self, at, self.pull()).await
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        blob::get(self, blob, range).await
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        list::tags(self).await
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        referrers::list(self, of).await
    }

    /// A registry does not tell where else its blobs are; here it has what is read from here.
    async fn origins(&self, _: &Descriptor) -> Vec<Name> {
        vec![self.name.clone()]
    }
}

#[async_trait]
impl Sink for Repository {
    async fn resolve(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        let at = Selector::Tag(tag.clone());
        match manifest::head(self, &at, self.push()).await {
            Ok(manifest::Head::Known(found)) => Ok(Some(*found)),
            Ok(manifest::Head::Absent) => Ok(None),
            Ok(manifest::Head::Vague) => match manifest::get(self, &at, self.push()).await {
                Ok(manifest) => Ok(Some(manifest.descriptor().clone())),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    async fn has(&self, what: &Descriptor) -> Result<bool> {
        if what.media_type.is_manifest() {
            manifest::has(self, what).await
        } else {
            blob::has(self, what).await
        }
    }

    async fn mount(&self, blob: &Descriptor, from: &[Name]) -> Result<Option<Name>> {
        upload::mount(self, blob, from).await
    }

    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>> {
        Ok(Box::new(upload::Upload::begin(self, blob).await?))
    }

    async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<()> {
        let listed = manifest::put(self, manifest, tag).await?;
        match manifest.subject() {
            Some(subject) if !listed => referrers::add(self, &subject.digest, manifest).await,
            _ => Ok(()),
        }
    }
}
