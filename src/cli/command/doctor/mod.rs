//! `doctor`: does everything work here? Without a host the program's whole main job, end to end, on an embedded
//! registry; with one a look at that registry, from its name to what it can do.
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
  {program} doctor registry.example:5000    the way there, the login, what it can do
  {program} doctor --repository app:v1 --write scratch registry.example

Without a host nothing of yours is touched: home, settings, store and credentials are temporary, \
and nothing leaves this machine.

With a host each step is ok, a note, or failed with advice, and the exit code is that of the first failure: \
4 denied, 5 no connection, 8 not trusted. Nothing is changed there: --write begins an upload and gives it up.

With --json each step is one object a line: step, status (ok, note or failed), text, advice if there is some, \
and data; what failed has the exit code in data.exit. Steps may be missing, and some come more than once. Their data:

  name       host, server, ports
  addresses  ipv4, ipv6
  proxy      proxy, from
  connect    address, proxy, ms
  tls        plain_http, and allowed_by or protocol, verified, chain
  answer     url, status, http, api, ms
  challenge  scheme, realm, realm_host, service
  login      from, why, kind, works, refresh
  token      realm_host, asked, granted, expires_in, refresh
  mirrors    site, from, instead, status
  catalog    offered, empty
  ranges     honoured, repository
  upload     repository, begun, location, elsewhere, chunk_min, asked,
             given_up
  referrers  offered
  deletion   tags
  limits     limit, remaining, window
  clock      ahead

A chain is a list of subject, issuer, from, until, the server's own first. Times are seconds, ms are milliseconds; \
begun, asked, given_up and status are those of HTTP; null is not known, or none. Fields and steps are only ever added.")]
pub(crate) struct Options {
    /// A registry to look at
    #[arg(value_name = "HOST[:PORT]")]
    host: Option<String>,

    /// An image of it to try things out on; by default the catalog is asked
    #[arg(long, value_name = "NAME[:TAG]", requires = "host")]
    repository: Option<String>,

    /// Try uploads too: begin one in this repository and give it up
    #[arg(long, value_name = "NAME", requires = "host")]
    write: Option<String>,

    /// One JSON object a step
    #[arg(long, requires = "host")]
    json: bool,

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
        Some(text) => host::run(program, global, &options, environment, text).await,
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
