//! The connections under everything: HTTP clients, over TLS or not, through proxies or not.
//!
//! A client is built when it is first needed, since loading the system's authorities costs milliseconds; plain http
//! without a proxy needs none and goes its own way. Redirects, retries and decompression of the library are off: they are
//! this room's own business. Which proxy a request takes is settled by the configuration. The user's client certificates
//! are shown to the registry alone.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use super::failure::deepest;
use super::plain::{self, Plain, Refusal};
use super::secrets::Secrets;
use super::tls::{self, Trust};
use super::witness::Witness;
use crate::config::{Config, Endpoint, Identity, Proxies, Proxy, Way};
use crate::error::{Error, Result};
use crate::oci::reference::is_loopback;

/// How long an idle connection is kept: shorter than servers usually keep theirs, so that few requests meet one that
/// is just being closed.
const IDLE: Duration = Duration::from_secs(20);

/// Who we are.
const AGENT: &str = concat!("rg/", env!("CARGO_PKG_VERSION"));

/// What sends requests of one kind.
#[derive(Debug, Clone)]
pub(super) enum Wire {
    /// Neither TLS nor a proxy.
    Plain(Plain),
    /// Everything else, through a proxy or not.
    Full(reqwest::Client, Option<Proxy>),
}

/// Why a request got no answer, or not all of it.
#[derive(Debug)]
pub(super) enum Broken {
    Library(reqwest::Error),
    Plain(hyper_util::client::legacy::Error),
}

impl Wire {
    /// Sends one request and waits for the head of its answer.
    pub(super) async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, Broken> {
        match self {
            Self::Full(client, _) => client.execute(request).await.map_err(Broken::Library),
            Self::Plain(client) => client.execute(request).await.map_err(|why| match why {
                Refusal::Request(error) => Broken::Library(error),
                Refusal::Connection(error) => Broken::Plain(error),
            }),
        }
    }
}

impl Wire {
    /// The proxy that requests go through.
    pub(super) fn proxy(&self) -> Option<&Proxy> {
        match self {
            Self::Full(_, proxy) => proxy.as_ref(),
            Self::Plain(_) => None,
        }
    }
}

impl Broken {
    pub(super) fn inner(&self) -> &(dyn StdError + 'static) {
        match self {
            Self::Library(error) => error,
            Self::Plain(error) => error,
        }
    }

    pub(super) fn is_dns(&self) -> bool {
        match self {
            Self::Library(error) => error.is_dns(),
            Self::Plain(error) => plain::is_dns(error),
        }
    }

    pub(super) fn is_connect(&self) -> bool {
        match self {
            Self::Library(error) => error.is_connect(),
            Self::Plain(error) => error.is_connect(),
        }
    }

    pub(super) fn is_timeout(&self) -> bool {
        match self {
            Self::Library(error) => error.is_timeout(),
            Self::Plain(error) => plain::is_timeout(error),
        }
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self::Library(error)
    }
}

/// What makes one client differ from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    /// What TLS trusts; `None` where there is none.
    trust: Option<Trust>,
    identities: Vec<Identity>,
    proxy: Option<Proxy>,
}

/// The HTTP clients of one `Client`.
pub(super) struct Transport {
    config: Arc<Config>,
    proxies: Mutex<Option<Arc<Proxies>>>,
    clients: Mutex<HashMap<Kind, Wire>>,
    secrets: Arc<Secrets>,
}

impl Transport {
    /// Builds nothing yet.
    pub(super) fn new(config: &Arc<Config>) -> Self {
        Self {
            config: Arc::clone(config),
            proxies: Mutex::default(),
            clients: Mutex::default(),
            secrets: Arc::default(),
        }
    }

    /// How long a connection may take.
    pub(super) fn connect_timeout(&self) -> Duration {
        self.config.connect_timeout
    }

    /// What has been sent in confidence.
    pub(super) fn secrets(&self) -> &Arc<Secrets> {
        &self.secrets
    }

    /// The client for requests to `url` under `settings`; `own` tells whether `url` is at the registry itself.
    pub(super) fn client(&self, url: &Url, settings: &Endpoint, own: bool) -> Result<Wire> {
        let kind = self.kind(url, settings, own)?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&kind) {
            return Ok(client.clone());
        }
        let client = self.build(&kind, None)?;
        clients.insert(kind, client.clone());
        Ok(client)
    }

    /// A client for one look at the registry at `url`: `witness` sees what is shown in its handshakes.
    pub(super) fn watched(
        &self,
        url: &Url,
        settings: &Endpoint,
        witness: &Witness,
    ) -> Result<Wire> {
        let kind = self.kind(url, settings, true)?;
        self.build(&kind, Some(witness))
    }

    fn kind(&self, url: &Url, settings: &Endpoint, own: bool) -> Result<Kind> {
        let proxy = self.proxy(url, settings)?;
        let to_proxy = proxy.as_ref().is_some_and(Proxy::speaks_tls);
        let tls = url.scheme() == "https";
        let host = || {
            url.host_str()
                .map(|host| host.trim_matches(['[', ']']).to_owned())
        };
        let insecure = tls && settings.insecure;
        let trust = (tls || to_proxy).then(|| Trust {
            ca_files: settings.ca_files.clone(),
            unverified: host().filter(|_| insecure),
            verifies: !insecure || to_proxy,
        });
        Ok(Kind {
            trust,
            identities: if tls && own {
                settings.identities.clone()
            } else {
                Vec::new()
            },
            proxy,
        })
    }

    /// The proxy for requests to `url` under `settings`.
    pub(super) fn proxy(&self, url: &Url, settings: &Endpoint) -> Result<Option<Proxy>> {
        match &settings.proxy {
            Some(Way::Direct) => Ok(None),
            Some(Way::Through(proxy)) => Ok(Some(proxy.clone())),
            // Whatever the rules are, and even if they are broken.
            None if is_here(url) => Ok(None),
            None => Ok(self.proxies()?.of(url).cloned()),
        }
    }

    /// The general rules about proxies, settled once.
    fn proxies(&self) -> Result<Arc<Proxies>> {
        let mut settled = self.proxies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(proxies) = &*settled {
            return Ok(Arc::clone(proxies));
        }
        let proxies = Arc::new(self.config.proxies()?);
        *settled = Some(Arc::clone(&proxies));
        Ok(proxies)
    }

    fn build(&self, kind: &Kind, witness: Option<&Witness>) -> Result<Wire> {
        let timeout = self.config.connect_timeout;
        if kind.trust.is_none() && kind.proxy.is_none() {
            return Ok(Wire::Plain(Plain::new(AGENT, timeout, IDLE)));
        }
        // No request of a client without TLS ever asks it.
        let nobody = Trust {
            ca_files: Vec::new(),
            unverified: None,
            verifies: false,
        };
        let trust = kind.trust.as_ref().unwrap_or(&nobody);
        let mut builder = reqwest::Client::builder()
            .user_agent(AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .connect_timeout(timeout)
            .pool_idle_timeout(IDLE)
            .tls_backend_preconfigured(tls::client(trust, &kind.identities, witness)?)
            .no_proxy();
        if let Some(proxy) = &kind.proxy {
            tracing::debug!(%proxy, "going through a proxy");
            self.secrets.learn_user(proxy.with_secret().as_str());
            let all = reqwest::Proxy::all(proxy.with_secret().as_str());
            builder = builder.proxy(
                all.map_err(|_| Error::Machine(format!("{proxy} cannot be used as a proxy")))?,
            );
        }
        builder
            .build()
            .map(|client| Wire::Full(client, kind.proxy.clone()))
            .map_err(|error| Error::Machine(format!("cannot set up TLS: {}", deepest(&error))))
    }
}

/// Whether a URL is at this machine.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    is_loopback(host.trim_matches(['[', ']']))
}
