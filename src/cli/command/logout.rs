//! `logout`: forgets credentials. A registry without a login is no error, as in docker.

use clap::Args;

use crate::cli::options::registry;
use crate::cli::output;
use crate::cli::report::{Doing, Outcome, Status, Tally};
use crate::cli::session::Session;
use crate::credential::Chain;
use crate::oci::Host;

/// What docker calls Docker Hub where credentials are concerned.
const HUB_KEY: &str = "https://index.docker.io/v1/";

/// Log out from a registry
#[derive(Args)]
#[command(after_help = "Examples:
  {program} logout                        Docker Hub
  {program} logout registry.example:5000
  {program} logout --all")]
pub(crate) struct Options {
    /// The registry; Docker Hub when none is given
    #[arg(value_name = "SERVER")]
    server: Option<String>,

    /// Log out from every registry
    #[arg(long, conflicts_with = "server")]
    all: bool,
}

/// Erases one login or all of them.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let chain = session.chain();
    if !options.all {
        let host = match &options.server {
            Some(text) => registry(text)?,
            None => session.config.default_registry.clone(),
        };
        return logout(&chain, &host).await;
    }
    let mut tally = Tally::default();
    for (host, _) in chain.list().await.doing("cannot list logins")? {
        tally.note(logout(&chain, &host).await, &session.program);
    }
    Ok(tally.status())
}

async fn logout(chain: &Chain, host: &Host) -> Outcome {
    let shown = if host.is_docker_hub() {
        HUB_KEY
    } else {
        host.as_str()
    };
    output::line(&format!("Removing login credentials for {shown}"))?;
    chain
        .erase(host)
        .await
        .doing(format!("cannot log out from {host}"))?;
    Ok(Status::SUCCESS)
}
