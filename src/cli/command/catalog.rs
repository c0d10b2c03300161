//! `catalog`: the repositories of a registry, one a line, printed as its pages come.

use clap::Args;
use futures_util::StreamExt;
use serde_json::json;

use crate::cli::options::{NetworkOptions, registry};
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::value::go_json;
use crate::cli::report::{Doing, Outcome, Status, usage};
use crate::cli::session::Session;

/// List the repositories of a registry
#[derive(Args)]
#[command(after_help = "Examples:
  {program} catalog registry.example:5000
  {program} catalog --limit 100 registry.example:5000                     the first 100
  {program} catalog --limit 100 --last team/app registry.example:5000     the next

Docker Hub has no catalog.")]
pub(crate) struct Options {
    /// The registry
    #[arg(value_name = "HOST[:PORT]")]
    host: String,

    /// The most repositories to list
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// List what comes after this repository
    #[arg(long, value_name = "REPOSITORY")]
    last: Option<String>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Prints the names.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let host = registry(&options.host)?;
    let typed = options.host.trim_end_matches('/');
    let path = typed.split_once("://").map_or(typed, |(_, rest)| rest);
    if path.contains('/') {
        return Err(usage(
            "a catalog is of a whole registry, without a path",
            Some("`tags` lists the tags of a repository, `search` finds repositories"),
        )
        .into());
    }
    let client = session.reader();
    let mut names = client.catalog(&host, options.last.as_deref(), options.limit);
    while let Some(name) = names.next().await {
        let name = name.doing(format!("cannot list the repositories of {host}"))?;
        output::line(&if options.json {
            go_json(&json!({"Name": name}))
        } else {
            escape(&name).into_owned()
        })?;
        if !output::has_reader() {
            break;
        }
    }
    Ok(Status::SUCCESS)
}
