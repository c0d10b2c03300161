//! Reading a repository at several places, one after the other: its mirrors, then the registry or what stands in for it.
//!
//! The one place where it is decided who is asked next. Each mirror is a [`Station`], asked once for a thing and without
//! patience: a short time to connect, no second try. Whatever goes wrong there, the next place is asked; only the last
//! one keeps all the rules of a registry, and its error is the one told. A mirror that never answered is given up for
//! the run, one that did after some failures in a row.
//!
//! A mirror is no more trusted than it has to be. It gets the login stored for its own host and never the one for the
//! registry, and what it sends is content only if the digest says so: blobs go on elsewhere in the middle
//! (`relay`), and one that turns out wrong is asked of the next place ([`doubt`]).

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

mod check;
mod relay;
mod station;

pub use check::Mirrored;
pub(super) use relay::{blob, doubt};
pub(super) use station::Mirrors;

use super::endpoint::Server;
use super::{Client, Repository};
use crate::config::{Mirror, Reach, Route, Serves, Site};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::oci::{self, Digest, Host, Selector};
use station::Station;

/// A repository on a mirror.
#[derive(Clone)]
pub(super) struct Place {
    station: Arc<Station>,
    /// The path there.
    pub(super) repository: oci::Repository,
    /// The registry it is told to stand for.
    pub(super) namespace: Option<Host>,
    serves: Serves,
    /// Whether there is another place to ask.
    pub(super) has_next: bool,
}

/// What is known about reading one repository.
#[derive(Default)]
pub(super) struct Readings {
    places: OnceLock<Vec<Repository>>,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    /// Whether anything was asked for by its tag.
    by_tag: bool,
    blobs: HashMap<Digest, Reading>,
}

/// How one blob has been read.
#[derive(Default)]
struct Reading {
    /// The first place that is still asked.
    start: usize,
    /// The mirrors that some of it came from.
    served: BTreeSet<usize>,
}

/// What is asked for.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    Manifest(&'a Selector),
    Blob(&'a Digest),
}

impl Place {
    /// The server, as `client` finds it.
    pub(super) async fn server(&self, client: &Client) -> Result<Arc<Server>> {
        self.station.server(client).await
    }
}

impl Repository {
    /// The places it is read at, in order. There is always a last one.
    pub(super) fn places(&self) -> &[Repository] {
        self.readings.places.get_or_init(|| {
            let route = self.route();
            let last = match &route.instead {
                Some(mirror) => self.at(mirror, false),
                None => self.itself(),
            };
            // A file may list the registry among its mirrors; where it comes last anyway that is no other place.
            let listed = |site: &Site| {
                let plain = site.reach == Reach::default() && site.headers.is_empty();
                last.place.is_none() && plain && site.is_registry(&self.name.host)
            };
            let mirrors = route.mirrors.iter();
            let mirrors = mirrors.filter(|mirror| !listed(&mirror.site));
            let mut places: Vec<Self> = mirrors.map(|mirror| self.at(mirror, true)).collect();
            places.push(last);
            places
        })
    }

    /// Itself, with a record of its own: one that is shared would hold itself.
    fn itself(&self) -> Self {
        Self {
            readings: Arc::default(),
            ..self.clone()
        }
    }

    /// Itself at a mirror, behind which there may be another place.
    fn at(&self, mirror: &Mirror, has_next: bool) -> Self {
        let site = &mirror.site;
        let mut there = self.itself();
        if !site.is_registry(&self.name.host) {
            there.client = if has_next {
                self.client.hasty()
            } else {
                self.client.patient()
            };
        }
        there.place = Some(Arc::new(Place {
            station: self.client.station(site),
            repository: mirror.repository.clone(),
            namespace: mirror.namespace.clone(),
            serves: mirror.serves,
            has_next,
        }));
        there
    }

    /// The last place: the registry, or what stands in for it. Lists are asked for there alone, since a mirror need not
    /// have all of them.
    pub(super) fn last_place(&self) -> Result<Self> {
        self.allowed()?;
        let last = self.places().last();
        Ok(last.cloned().unwrap_or_else(|| self.itself()))
    }

    /// # Errors
    /// `Blocked` when it may not be read.
    pub(super) fn allowed(&self) -> Result<()> {
        match &self.route().blocked_by {
            Some(file) => Err(Error::Blocked {
                name: self.name.familiar(),
                file: file.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Where it is read, as the files on this machine say.
    fn route(&self) -> &Route {
        self.route.get_or_init(|| {
            let route = self.client.config().route(&self.name);
            self.client.pass_on_complaints();
            route
        })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.readings
            .log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `place` is asked for `wanted`.
    fn fits(&self, place: &Place, wanted: Wanted<'_>) -> bool {
        let serves = place.serves;
        match wanted {
            Wanted::Manifest(Selector::Tag(_)) => serves.tags,
            _ => serves.digests && (!serves.only_behind_tags || self.log().by_tag),
        }
    }

    /// Asks one place after the other from the one at `from` on. Returns what the first has that has it, and which that is.
    async fn first<T, F>(
        &self,
        wanted: Wanted<'_>,
        from: usize,
        ask: impl Fn(Repository) -> F,
    ) -> Result<(usize, T)>
    where
        F: Future<Output = Result<T>>,
    {
        self.allowed()?;
        let places = self.places();
        let last = places.len() - 1;
        let mut lacking = Vec::new();
        for (at, there) in places.iter().enumerate().take(last).skip(from) {
            let Some(place) = &there.place else { continue };
            if !self.fits(place, wanted) {
                continue;
            }
            let Some(turn) = place.station.turn().await else {
                continue;
            };
            let answer = ask(there.clone()).await;
            match answer {
                Ok(found) => {
                    place.station.answered();
                    return Ok((at, found));
                }
                Err(error) if error.is_not_found() => {
                    place.station.failed(&error);
                    lacking.push(place.station.complaint(&self.name, &error));
                }
                Err(error) => self.complain(place, &error),
            }
            drop(turn);
            self.pass(wanted, at);
        }
        let found = ask(self.last_place()?).await;
        if found.as_ref().is_err_and(|error| !error.is_not_found()) {
            // It matters now that they did not have it.
            for message in lacking {
                self.warn(message);
            }
        }
        found.map(|found| (last, found))
    }

    /// Takes note of a failure of a mirror, and tells it if it is the first of its kind there.
    fn complain(&self, place: &Place, error: &Error) {
        let complaint = place.station.complaint(&self.name, error);
        tracing::debug!(complaint, "going on elsewhere");
        if place.station.failed(error) {
            self.warn(format!("{complaint}; going on elsewhere"));
        }
    }

    fn warn(&self, message: String) {
        self.client.observe(&Event::Warning { message });
    }

    /// A blob is not asked for again where it could not be had.
    fn pass(&self, wanted: Wanted<'_>, at: usize) {
        if let Wanted::Blob(digest) = wanted {
            let mut log = self.log();
            let reading = log.blobs.entry(*digest).or_default();
            reading.start = reading.start.max(at + 1);
        }
    }

    /// Asks for a manifest, or for what points at one.
    pub(super) async fn find<T, F>(&self, at: &Selector, ask: impl Fn(Repository) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        if matches!(at, Selector::Tag(_)) {
            self.log().by_tag = true;
        }
        let found = self.first(Wanted::Manifest(at), 0, ask).await;
        found.map(|(_, found)| found)
    }
}
