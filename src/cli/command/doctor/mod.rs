//! `doctor`: does everything work here? Without a host the program's whole main job, end to end, on an embedded
//! registry; with one a short look at that registry.
//!
//! | file | what it does |
//! |---|---|
//! | `run` | the steps, in order |
//! | `world` | a private home, settings, stores and registry for them |
//! | `image` | an image of the program itself and of noise |
//! | `meter` | what moved, in how many ranges |
//! | `cut` | a second process that pulls and is killed |
//! | `check` | what arrived, byte for byte |
//! | `host` | a look at one registry |

use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::options::{GlobalOptions, NetworkOptions};
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::units;
use crate::cli::report::Outcome;
use crate::config::Environment;
use crate::error::{Error, Result};

mod check;
mod cut;
mod host;
mod image;
mod meter;
mod run;
mod world;

/// Check that everything works here
#[derive(Args)]
#[command(after_help = "Examples:
  {program} doctor                          the whole main job, on an embedded registry
  {program} doctor registry.example:5000    who is it, and does the stored login work?

Without a host nothing of yours is touched: home, settings, store and credentials are temporary, \
and nothing leaves this machine.")]
pub(crate) struct Options {
    /// A registry to look at
    #[arg(value_name = "HOST[:PORT]")]
    host: Option<String>,

    #[command(flatten)]
    network: NetworkOptions,
}

/// Runs the checks; the exit code is 0 only if every one of them passed.
pub(crate) async fn run(
    program: &str,
    global: &GlobalOptions,
    options: Options,
    environment: Environment,
) -> Outcome {
    match &options.host {
        Some(text) => host::run(program, global, &options.network, environment, text).await,
        None => run::run(program, &environment).await,
    }
}

/// What is printed of a run: a line a step.
struct Steps {
    began: Instant,
    current: &'static str,
    since: Instant,
}

impl Steps {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            began: now,
            current: "",
            since: now,
        }
    }

    /// Begins the step called `name`.
    fn begin(&mut self, name: &'static str) {
        (self.current, self.since) = (name, Instant::now());
    }

    /// How long the current step has run.
    fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Ends the step well.
    fn passed(&self, what: &str) -> Result<()> {
        let time = units::duration(self.elapsed());
        output::line(&format!(
            "  ok    {:<9} {} ({time})",
            self.current,
            escape(what)
        ))
    }

    /// Ends the step in a way that is neither good nor bad.
    fn noted(&self, what: &str) -> Result<()> {
        output::line(&format!("  note  {:<9} {}", self.current, escape(what)))
    }

    /// Ends the step badly.
    fn failed(&self) -> Result<()> {
        output::line(&format!("  FAIL  {}", self.current))
    }
}

/// A check that did not hold.
fn broken(what: impl Into<String>) -> Error {
    Error::Machine(what.into())
}

/// Fails with `what` unless `holds`.
fn ensure(holds: bool, what: impl Into<String>) -> Result<()> {
    if holds { Ok(()) } else { Err(broken(what)) }
}
