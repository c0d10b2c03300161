//! The composition root: flags and environment become the configuration, and it becomes the parts a command works
//! with. Nothing here opens a file or a socket before a command asks for the part that needs it.

use std::sync::Arc;

use clap::ValueEnum;

use super::descriptors;
use super::options::{GlobalOptions, NetworkOptions};
use super::output;
use super::render::{self, Direction, Mode, Progress};
use super::report::{Failure, Status, Tally, usage};
use crate::config::{Config, Environment};
use crate::credential::{Chain, Credential};
use crate::error::{Error, Result};
use crate::event::Observer;
use crate::oci::Platform;
use crate::registry::{Client, Credentials, WhenBroken};
use crate::store::Source;
use crate::store::layout::Layout;
use crate::transfer;

/// What one run of a command works with.
pub(crate) struct Session {
    /// What this program was called.
    pub(crate) program: String,
    /// Everything that is settled.
    pub(crate) config: Arc<Config>,
    mode: Mode,
    given: Option<Credential>,
    anonymous: bool,
    /// Whether the store was named on the command line.
    store_typed: bool,
}

impl Session {
    /// Settles everything from `global`, the network options where a command has them, and `environment`.
    ///
    /// # Errors
    /// Whatever is wrong with flags, environment or the settings file.
    pub(crate) fn open(
        program: &str,
        global: &GlobalOptions,
        network: Option<&NetworkOptions>,
        environment: Environment,
    ) -> Result<Self> {
        let mode = mode(global, &environment)?;
        let given = network.map(NetworkOptions::credential).transpose()?;
        let flags = global.flags(network);
        Ok(Self {
            program: program.to_owned(),
            store_typed: flags.store.is_some(),
            config: Arc::new(Config::load(&flags, environment)?),
            mode,
            given: given.flatten(),
            anonymous: network.is_some_and(|network| network.anonymous),
        })
    }

    /// The local store, for a command that does something with what is in it: a folder on the command line has to be there.
    pub(crate) fn layout_there(&self) -> Result<Layout> {
        let store = &self.config.store;
        if self.store_typed && !store.exists() {
            let message = format!("there is no store at {}", store.display());
            let hint = "`pull`, `load` and `copy` make one where there is none";
            return Err(usage(message, Some(hint)));
        }
        self.layout()
    }

    /// The local store, made if it is not there.
    pub(crate) fn layout(&self) -> Result<Layout> {
        Layout::open(&self.config.store)
    }

    /// The same, without waiting for the disk when it is written to.
    pub(crate) fn layout_unsynced(&self) -> Result<Layout> {
        Layout::open_unsynced(&self.config.store)
    }

    /// The places where credentials live.
    pub(crate) fn chain(&self) -> Arc<Chain> {
        Arc::new(Chain::open(&self.config))
    }

    /// A client of registries with the credentials this run may use.
    pub(crate) fn client(&self, when_broken: WhenBroken, observer: Arc<dyn Observer>) -> Client {
        let credentials = match &self.given {
            Some(credential) => Credentials::Given(credential.clone()),
            None if self.anonymous => Credentials::Anonymous,
            None => Credentials::Stored {
                chain: self.chain(),
                when_broken,
            },
        };
        Client::new(self.config.clone(), credentials, observer)
    }

    /// A client that asks with `credential` and nothing else.
    pub(crate) fn client_as(&self, credential: Credential, observer: Arc<dyn Observer>) -> Client {
        Client::new(
            self.config.clone(),
            Credentials::Given(credential),
            observer,
        )
    }

    /// A client for reading and listing, whose warnings go to standard error.
    pub(crate) fn reader(&self) -> Client {
        self.client(WhenBroken::Warn, Arc::new(render::quiet::Quiet))
    }

    /// The renderer of what moves in `direction`; `quiet` leaves only warnings.
    pub(crate) fn progress(&self, direction: Direction, quiet: bool) -> Arc<dyn Progress> {
        let mode = if quiet { Mode::None } else { self.mode };
        render::progress(mode, direction)
    }

    /// The platform meant: the one asked for, else the environment's, else this machine's.
    pub(crate) fn wanted(&self, asked: Option<&Platform>) -> Platform {
        asked
            .or(self.config.default_platform.as_ref())
            .cloned()
            .unwrap_or_else(Platform::host)
    }

    /// How many small things are asked at the same time.
    pub(crate) fn at_once(&self) -> usize {
        self.config.parallel.min(descriptors::requests())
    }

    /// Tells `failures`, the first `most` of them one by one. Returns how the command ended that did the rest.
    pub(crate) fn told(&self, failures: Vec<Failure>, most: usize) -> Status {
        let mut tally = Tally::default();
        let surplus = failures.len().saturating_sub(most);
        for failure in failures.into_iter().take(most) {
            tally.note(Err(failure), &self.program);
        }
        if surplus > 0 {
            output::story(&format!("and {surplus} more could not be read"));
        }
        tally.status()
    }

    /// How images are moved.
    pub(crate) fn transfer<'a>(
        &self,
        observer: &'a dyn Observer,
        nearby: Option<&'a dyn Source>,
    ) -> transfer::Options<'a> {
        let room = descriptors::requests();
        transfer::Options {
            parallel: self.config.parallel.min(room),
            requests: self.config.requests.min(room),
            retries: self.config.retries,
            retry_base: self.config.retry_base,
            observer,
            nearby,
            compared: false,
        }
    }
}

/// Runs what reads the disk or waits for a lock off the workers, so that a signal is heeded meanwhile.
///
/// # Errors
/// What `work` returns; `Machine` when it did not end.
pub(crate) async fn blocking<T, E>(
    work: impl FnOnce() -> std::result::Result<T, E> + Send + 'static,
) -> std::result::Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Error::Machine(format!("a task did not end: {error}")).into()),
    }
}

/// How progress is shown: the flag, else `RG_PROGRESS`, else by what standard error is. The log and bars would draw
/// over each other, so a log makes `auto` mean lines.
fn mode(global: &GlobalOptions, environment: &Environment) -> Result<Mode> {
    let mode = match (global.progress, environment.get("RG_PROGRESS")) {
        (Some(mode), _) => mode,
        (None, None) => Mode::Auto,
        (None, Some(text)) => Mode::from_str(text, true).map_err(|_| {
            usage(
                format!("RG_PROGRESS is {text:?}"),
                Some("it may be auto, bars, lines, json or none"),
            )
        })?,
    };
    let logs = global.debug || global.log_level.is_some() || environment.get("RG_LOG").is_some();
    Ok(match mode {
        Mode::Auto if logs => Mode::Lines,
        mode => mode,
    })
}
