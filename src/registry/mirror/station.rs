//! A mirror, and how it has fared in this run.

use std::collections::HashSet;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use crate::config::{Config, Site};
use crate::error::{Error, Result};
use crate::oci::Name;
use crate::registry::endpoint::{Server, is_in};
use crate::registry::{Client, Credentials, WhenBroken};

/// The longest a connection to a mirror may take: the registry itself is another way.
const CONNECT: Duration = Duration::from_secs(3);
/// After so many failures in a row a mirror is not asked again.
const STRIKES: u32 = 3;

/// What a client knows about mirrors.
#[derive(Default)]
pub(in crate::registry) struct Mirrors {
    stations: Mutex<Vec<Arc<Station>>>,
    /// Asks mirrors that have another place behind them.
    hasty: OnceLock<Client>,
    /// Asks what stands in for a registry.
    patient: OnceLock<Client>,
}

/// A mirror, and how it has fared in this run.
pub(super) struct Station {
    site: Site,
    server: OnceCell<Arc<Server>>,
    /// Until it has answered, one asks and the others wait for what comes of that.
    gate: Semaphore,
    record: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    answered: bool,
    strikes: u32,
    given_up: bool,
    told: HashSet<Discriminant<Error>>,
}

impl Client {
    /// A client for mirrors: of the credentials the user gave for the registry it has none.
    fn guest(&self, config: Config) -> Self {
        let credentials = match self.credentials() {
            Credentials::Anonymous | Credentials::Given(_) => Credentials::Anonymous,
            Credentials::Stored { chain, .. } => Credentials::Stored {
                chain: Arc::clone(chain),
                when_broken: WhenBroken::Warn,
            },
        };
        self.sibling(Arc::new(config), credentials)
    }

    /// Asks a mirror that has another place behind it.
    pub(super) fn hasty(&self) -> Self {
        let client = self.mirrors().hasty.get_or_init(|| {
            let mut config = self.config().clone();
            config.retries = 0;
            config.connect_timeout = config.connect_timeout.min(CONNECT);
            self.guest(config)
        });
        client.clone()
    }

    /// Asks what stands in for a registry.
    pub(super) fn patient(&self) -> Self {
        let patient = &self.mirrors().patient;
        patient
            .get_or_init(|| self.guest(self.config().clone()))
            .clone()
    }

    /// The one record of a site.
    pub(super) fn station(&self, site: &Site) -> Arc<Station> {
        let mut stations = self
            .mirrors()
            .stations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = stations.iter().find(|station| station.site == *site) {
            return Arc::clone(known);
        }
        let station = Arc::new(Station {
            site: site.clone(),
            server: OnceCell::new(),
            gate: Semaphore::new(1),
            record: Mutex::default(),
        });
        stations.push(Arc::clone(&station));
        station
    }
}

impl Station {
    /// The server, as `client` finds it.
    pub(super) async fn server(&self, client: &Client) -> Result<Arc<Server>> {
        let site = &self.site;
        let server = self.server.get_or_try_init(|| async {
            let mut settings = client.config().site_endpoint(site)?;
            settings.insecure |= is_in(&settings.insecure_networks, &site.host).await;
            client.pass_on_complaints();
            let usual = site.host.is_docker_hub() && site.is_registry(&site.host);
            let (base, unversioned) = match &site.address {
                Some(address) if !usual => (address.base.clone(), address.unversioned),
                _ => (client.base(&site.host, &settings).await?, false),
            };
            let mut server = Server::new(site.host.clone(), base, settings);
            server.unversioned = unversioned;
            server.headers = headers(site)?;
            Ok::<_, Error>(Arc::new(server))
        });
        server.await.map(Arc::clone)
    }

    /// Where it is, and who says so.
    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to ask it; `None` when it was given up. The permit, where there is one, is held until it has answered.
    pub(super) async fn turn(&self) -> Option<Option<SemaphorePermit<'_>>> {
        if self.record().answered {
            return (!self.record().given_up).then_some(None);
        }
        let permit = self.gate.acquire().await.ok();
        (!self.record().given_up).then_some(permit)
    }

    /// It gave what it was asked for.
    pub(super) fn answered(&self) {
        let mut record = self.record();
        (record.answered, record.strikes) = (true, 0);
    }

    /// Takes note of a failure. Whether the user should know.
    pub(super) fn failed(&self, error: &Error) -> bool {
        let mut record = self.record();
        if is_answer(error) {
            record.answered = true;
        }
        if error.is_not_found() {
            record.strikes = 0;
            return false;
        }
        record.strikes += 1;
        record.given_up |= !record.answered || record.strikes >= STRIKES;
        record.told.insert(discriminant(error))
    }

    /// A failure, as the user is told of it.
    pub(super) fn complaint(&self, name: &Name, error: &Error) -> String {
        let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
        format!(
            "the mirror {} of {} (named in {}): {error}{}",
            self.site,
            name.host,
            self.site.file.display(),
            cause.unwrap_or_default()
        )
    }
}

/// Whether an error is something that a server said.
fn is_answer(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound { .. }
            | Error::Denied { .. }
            | Error::Challenge { .. }
            | Error::Refused { .. }
            | Error::Busy { .. }
            | Error::Unsupported { .. }
            | Error::Foreign { .. }
            | Error::DigestMismatch { .. }
            | Error::SizeMismatch { .. }
            | Error::Manifest { .. }
            | Error::Malformed { .. }
    )
}

/// What is sent along, as its file says.
fn headers(site: &Site) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in &site.headers {
        let pair = HeaderName::try_from(name)
            .ok()
            .zip(HeaderValue::try_from(value).ok());
        let Some((name, mut value)) = pair else {
            return Err(Error::BadFile {
                path: site.file.clone(),
                reason: format!("{name:?} and its value cannot be a header"),
            });
        };
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}
