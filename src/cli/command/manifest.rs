//! `manifest`: the exact bytes of a manifest, and `manifest inspect`, docker's indented form of it.

use std::io::IsTerminal;

use bytes::Bytes;
use clap::{Args, Subcommand};

use super::inspect::{check_platform, indented};
use super::tag::no_such_image;
use crate::cli::location::{Location, Place};
use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::place::Listing;
use crate::cli::render::escape::escape_lines;
use crate::cli::report::{Doing, Failure, Outcome, Status, usage};
use crate::cli::session::Session;
use crate::error::{Error, Result};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Manifest, Platform, Selector};
use crate::store::Source;

/// Print a manifest
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:
  {program} manifest debian:12 | sha256sum
  {program} manifest --pretty --platform linux/arm64 debian:12
  {program} manifest local:debian:12
  {program} manifest oci:layout:v1

Other places: oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME], docker-daemon:NAME.

A repository called inspect is written docker.io/library/inspect."
)]
pub(crate) struct Options {
    #[command(subcommand)]
    inspect: Option<Inspect>,

    #[command(flatten)]
    what: What,

    /// Over several lines instead of the exact bytes
    #[arg(long)]
    pretty: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

#[derive(Subcommand)]
enum Inspect {
    /// Print a manifest over several lines, as docker does
    Inspect {
        #[command(flatten)]
        what: What,

        #[command(flatten)]
        network: NetworkOptions,
    },
}

#[derive(Args, Default)]
struct What {
    /// The image on its registry; local:NAME for one in the local store
    #[arg(value_name = "NAME", required = true)]
    name: Option<String>,

    /// The manifest for this platform, where NAME is an index
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,
}

impl Options {
    /// The same options, whichever of the two spellings they came in.
    pub(crate) fn settled(self) -> Self {
        match self.inspect {
            Some(Inspect::Inspect { what, network }) => Self {
                inspect: None,
                what,
                pretty: true,
                network,
            },
            None => self,
        }
    }
}

/// Prints the manifest.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let Some(name) = &options.what.name else {
        return Err(usage("`manifest` needs <NAME>", None).into());
    };
    let asked = options.what.platform.as_ref();
    let bytes = match name.parse()? {
        Location::Remote(reference) => {
            let reference = reference.or_latest();
            let repository = session.reader().repository(&reference.name);
            let (at, name) = (reference.selector(), reference.familiar());
            read(&repository, &at, &name, asked).await.doing(format!(
                "cannot read the manifest of {}",
                reference.familiar()
            ))?
        }
        Location::Local(text) => local(session, &text, asked)?,
        Location::Place(place) => {
            let doing = format!("cannot read the manifest of {place}");
            listed(session, &place, asked).await.doing(doing)?
        }
    };
    print(&bytes, options.pretty)?;
    Ok(Status::SUCCESS)
}

/// The manifest at `at`, or of the image for `asked` in it where it is an index; `name` is what it is called in errors.
async fn read(
    source: &dyn Source,
    at: &Selector,
    name: &str,
    asked: Option<&Platform>,
) -> Result<Bytes> {
    let mut manifest = source.manifest(at).await?;
    if let Some(asked) = asked {
        manifest = below(source, manifest, name, asked).await?;
    }
    Ok(manifest.bytes().clone())
}

/// The manifest of the image for `wanted` at or below `manifest`.
pub(crate) async fn below(
    source: &dyn Source,
    mut manifest: Manifest,
    name: &str,
    wanted: &Platform,
) -> Result<Manifest> {
    for _ in 0..MAX_INDEX_DEPTH {
        let Some(child) = child(&manifest, name, wanted)? else {
            break;
        };
        manifest = source.manifest(&child).await?;
    }
    Ok(manifest)
}

/// The entry of an index for `asked`; nothing when the manifest is no index.
fn child(manifest: &Manifest, name: &str, asked: &Platform) -> Result<Option<Selector>> {
    let Some(index) = manifest.index() else {
        return Ok(None);
    };
    let chosen = asked
        .choose(&index.manifests)
        .ok_or_else(|| Error::NoPlatform {
            name: name.to_owned(),
            wanted: asked.clone(),
            available: index.platforms(),
        })?;
    Ok(Some(Selector::Digest(chosen.digest)))
}

async fn listed(
    session: &Session,
    place: &Place,
    asked: Option<&Platform>,
) -> Result<Bytes, Failure> {
    let listing = Listing::open(session, place).await?;
    let at = listing.image()?.selector;
    Ok(read(listing.source.as_ref(), &at, &place.to_string(), asked).await?)
}

fn local(session: &Session, text: &str, asked: Option<&Platform>) -> Result<Bytes, Failure> {
    let layout = session.layout_there()?;
    let image = layout
        .find(text, &session.wanted(asked))
        .map_err(no_such_image)?;
    check_platform(text, &image, asked)?;
    Ok(match (&image.manifest, asked) {
        (Some(manifest), Some(_)) => manifest.bytes().clone(),
        _ => layout.read(&image.root)?,
    })
}

/// The exact bytes, for whoever reads a pipe. A terminal gets them escaped: they are foreign text.
fn print(bytes: &[u8], pretty: bool) -> Result<()> {
    if pretty {
        let value = serde_json::from_slice(bytes).map_err(|error| Error::Malformed {
            doing: "the manifest".to_owned(),
            reason: error.to_string(),
        })?;
        return output::line(&indented(&value, b"   ")?);
    }
    if std::io::stdout().is_terminal() {
        return output::line(&escape_lines(&String::from_utf8_lossy(bytes)));
    }
    output::bytes(bytes)
}
