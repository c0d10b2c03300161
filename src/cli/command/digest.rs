//! `digest`: what a name points at now.

use clap::Args;

use super::tag::{named, no_such_image};
use crate::cli::location::Location;
use crate::cli::options::NetworkOptions;
use crate::cli::output;
use crate::cli::place::Listing;
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::Session;
use crate::oci::{Digest, Name};
use crate::store::Source;

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
    let (name, digest): (Option<Name>, Digest) = match options.name.parse()? {
        Location::Remote(reference) => {
            let reference = reference.or_latest();
            let repository = session.reader().repository(&reference.name);
            let resolved = Source::resolve(&repository, &reference.selector())
                .await
                .doing(format!("cannot resolve {}", reference.familiar()))?;
            (Some(reference.name), resolved.digest)
        }
        Location::Local(text) => {
            let layout = session.layout_there()?;
            let image = layout
                .find(&text, &session.wanted(None))
                .map_err(no_such_image)?;
            let name = named(&image, &text).ok();
            (name.map(|reference| reference.name), image.root.digest)
        }
        Location::Place(place) => {
            let doing = format!("cannot resolve {place}");
            let listing = Listing::open(session, &place).await.doing(&doing)?;
            let image = listing.image().doing(&doing)?;
            let resolved = listing.source.resolve(&image.selector).await.doing(doing)?;
            let named = image.references.into_iter().next();
            (named.map(|reference| reference.name), resolved.digest)
        }
    };
    output::line(&match name {
        Some(name) if options.full_ref => name.with_digest(&digest).to_string(),
        _ => digest.to_string(),
    })?;
    Ok(Status::SUCCESS)
}
