//! `manifest`: the exact bytes of a manifest, and `manifest inspect`, docker's indented form of it.

use std::io::IsTerminal;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::inspect::indented;
use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::place::Subject;
use crate::cli::render::escape::escape_lines;
use crate::cli::report::{Doing, Outcome, Status, usage};
use crate::cli::session::Session;
use crate::error::{Error, Result};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Manifest, Platform, Selector};
use crate::store::Source;

mod verbose;

/// How many manifests are looked at for one platform: indexes in an index may say nothing of theirs.
const MAX_LOOKED_AT: usize = 64;

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

    #[arg(skip)]
    verbose: bool,

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

        /// Each manifest with its name, descriptor, platform and bytes
        #[arg(short, long)]
        verbose: bool,

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
            Some(Inspect::Inspect {
                what,
                verbose,
                network,
            }) => Self {
                inspect: None,
                what,
                verbose,
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
    let doing = |name: &str| format!("cannot read the manifest of {name}");
    let subject = Subject::open(session, name, asked, doing).await?;
    if options.verbose {
        let all = verbose::described(&subject, asked).await;
        output::line(&indented(&all.doing(doing(&subject.name))?, b"\t")?)?;
        return Ok(Status::SUCCESS);
    }
    let manifest = read(&subject, asked).await;
    print(
        manifest.doing(doing(&subject.name))?.bytes(),
        options.pretty,
    )?;
    Ok(Status::SUCCESS)
}

/// The manifest that is meant, or of the image for `asked` in it where it is an index.
async fn read(subject: &Subject, asked: Option<&Platform>) -> Result<Manifest> {
    let source = subject.source.as_ref();
    let manifest = source.manifest(&subject.selector).await?;
    match asked {
        Some(asked) => below(source, manifest, &subject.name, asked).await,
        None => Ok(manifest),
    }
}

/// The manifest of the image for `wanted` at or below `manifest`.
pub(crate) async fn below(
    source: &dyn Source,
    mut manifest: Manifest,
    name: &str,
    wanted: &Platform,
) -> Result<Manifest> {
    let (mut waiting, mut available, mut depth) = (Vec::new(), Vec::new(), 0);
    for _ in 0..MAX_LOOKED_AT {
        let Some(index) = manifest.index() else {
            return Ok(manifest);
        };
        available.extend(index.platforms());
        if depth < MAX_INDEX_DEPTH {
            let candidates = wanted.candidates(&index.manifests).into_iter().rev();
            waiting.extend(candidates.map(|entry| (entry.digest, depth + 1)));
        }
        let Some((next, at)) = waiting.pop() else {
            break;
        };
        (manifest, depth) = (source.manifest(&Selector::Digest(next)).await?, at);
    }
    Err(Error::NoPlatform {
        name: name.to_owned(),
        wanted: wanted.clone(),
        available,
    })
}

/// The exact bytes, for whoever reads a pipe. A terminal gets them escaped: they are foreign text.
fn print(bytes: &[u8], pretty: bool) -> Result<()> {
    if pretty {
        return output::line(&indented(&parsed(bytes)?, b"   ")?);
    }
    if std::io::stdout().is_terminal() {
        return output::line(&escape_lines(&String::from_utf8_lossy(bytes)));
    }
    output::bytes(bytes)
}

/// The document that the bytes of a manifest are.
fn parsed(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).map_err(|error| Error::Malformed {
        doing: "the manifest".to_owned(),
        reason: error.to_string(),
    })
}
