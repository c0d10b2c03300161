//! `digest`: what a name points at now.

use clap::Args;

use crate::cli::options::NetworkOptions;
use crate::cli::output;
use crate::cli::place::Subject;
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::Session;

/// Print the digest a name points at
#[derive(Args)]
#[command(after_help = "Examples:
  {program} digest debian:12
  {program} digest --full-ref debian:12      docker.io/library/debian@sha256:...
  {program} digest local:debian:12
  {program} digest oci:layout:v1

Other places: oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME], docker-daemon:NAME.")]
pub(crate) struct Options {
    /// The image on its registry; local:NAME for one in the local store
    #[arg(value_name = "NAME")]
    name: String,

    /// Print the whole reference, with the digest in it
    #[arg(long)]
    full_ref: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Prints the digest.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let doing = |name: &str| format!("cannot resolve {name}");
    let subject = Subject::open(session, &options.name, None, doing).await?;
    let resolved = subject.source.resolve(&subject.selector).await;
    let digest = resolved.doing(doing(&subject.name))?.digest;
    output::line(&match subject.repository() {
        Some(name) if options.full_ref => name.with_digest(&digest).to_string(),
        _ => digest.to_string(),
    })?;
    Ok(Status::SUCCESS)
}
