//! `load`: images from a tar into the local store.

use std::collections::HashMap;
use std::fs::File;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::cli::output;
use crate::cli::render::{Direction, Progress};
use crate::cli::report::{Doing, Failure, Outcome, Status, Tally, usage, warn};
use crate::cli::session::{Session, blocking};
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, Name, Platforms, Reference, Selector};
use crate::store::Sink;
use crate::store::archive::{Archive, Members};
use crate::store::layout::Layout;
use crate::store::listed::Listed;
use crate::transfer::{self, IndexRule, Item};

/// How many missing blobs are named.
const NAMED: usize = 10;

/// Load images from a tar
#[derive(Args)]
#[command(after_help = "Examples:
  {program} load -i debian.tar
  docker save app:v2 | {program} load
  {program} load -i app.tar --name team/app:v2     for an image without a name

Archives of docker, podman, skopeo and containerd, also compressed with gzip or zstd. Nothing is extracted, and every byte is checked. A name that means another image here stays, unless --force moves it.")]
pub(crate) struct Options {
    /// The file to read; `-` is standard input, as without this
    #[arg(short, long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// Move names that mean other images here
    #[arg(short, long)]
    force: bool,

    /// The name for an image that has none in the tar
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Print only the names of what was loaded
    #[arg(short, long)]
    quiet: bool,
}

/// Loads every image of the tar; one that cannot be loaded does not keep the others from it.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let name = options.name.as_deref().map(str::parse::<Reference>);
    let name = name.transpose()?.map(Reference::or_latest);
    let input = options
        .input
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    if input.is_none() && std::io::stdin().is_terminal() {
        return Err(usage(
            "requested load from stdin, but stdin is a terminal",
            Some("name the file with -i"),
        )
        .into());
    }
    let layout = session.layout()?;
    let path = input.map_or_else(|| PathBuf::from("standard input"), Path::to_owned);
    let doing = format!("cannot load {}", path.display());
    let (store, named) = (layout.clone(), input.is_some());
    let archive = blocking(move || open(&path, named, &store))
        .await
        .doing(&doing)?;
    let nameless = archive
        .listed()
        .iter()
        .filter(|listed| listed.references.is_empty());
    if name.is_some() && nameless.count() != 1 {
        return Err(usage("--name is for a tar with one image that has no name", None).into());
    }
    let load = Load {
        session,
        options: &options,
        progress: session.progress(Direction::Copy, options.quiet),
        layout,
        archive,
    };
    let mut tally = Tally::default();
    for listed in load.archive.listed() {
        let mut listed = listed.clone();
        if listed.references.is_empty() {
            listed.references.extend(name.clone());
        }
        let loaded = load.one(&listed).await;
        load.progress.finish();
        tally.note(loaded.doing(&doing), &session.program);
    }
    Ok(tally.status())
}

fn open(path: &Path, named: bool, layout: &Layout) -> Result<Archive> {
    let input = if named {
        File::open(path).map_err(Error::io("cannot read", path))?
    } else {
        crate::cli::prompt::stdin_file()?
    };
    Archive::open(Members::open(path, input, layout)?)
}

struct Load<'a> {
    session: &'a Session,
    options: &'a Options,
    progress: Arc<dyn Progress>,
    layout: Layout,
    archive: Archive,
}

impl Load<'_> {
    async fn one(&self, listed: &Listed) -> Outcome {
        let first = listed.references.first();
        let name = first.map_or_else(Name::stand_in, |reference| reference.name.clone());
        let sink = self.layout.at(&name).observed(self.progress.clone());
        // What has no name is of no repository.
        let sink = if first.is_none() {
            sink.unlisted()
        } else {
            sink
        };
        let item = Item {
            label: None,
            reference: match first {
                Some(reference) => reference.clone(),
                None => name.with_digest(&listed.root.digest),
            },
            selector: Selector::Digest(listed.root.digest),
            tag: None,
            platforms: Platforms::All,
            strict: false,
            index: IndexRule::Kept,
        };
        self.check(&sink, &item).await?;
        let options = self.session.transfer(self.progress.as_ref(), None);
        let outcomes = transfer::copy(&self.archive, &sink, &[item], &options).await?;
        self.progress.finish();
        for outcome in &outcomes {
            if listed.references.is_empty() {
                let (layout, put) = (self.layout.clone(), outcome.put.clone());
                blocking(move || layout.list(&put)).await?;
                let id = self.id(&outcome.put.digest).await?;
                output::line(&self.line("Loaded image ID", &id.to_string()))?;
            } else {
                self.name(&outcome.put, &listed.references).await?;
            }
        }
        Ok(Status::SUCCESS)
    }

    /// The ID that listings show of what was loaded.
    async fn id(&self, root: &Digest) -> Result<Digest> {
        let (layout, text) = (self.layout.clone(), root.to_string());
        let wanted = self.session.wanted(None);
        Ok(blocking(move || layout.find(&text, &wanted)).await?.id)
    }

    /// Makes sure that all of it is in the tar or here, and names what is not.
    async fn check(&self, sink: &dyn Sink, item: &Item) -> Result<(), Failure> {
        let options = self.session.transfer(self.progress.as_ref(), None);
        let (_, lacking) = transfer::dry_run(&self.archive, sink, item, &options).await?;
        let missing: Vec<Digest> = lacking
            .iter()
            .map(|content| content.digest)
            .filter(|digest| !self.archive.has(digest))
            .collect();
        let Some(first) = missing.first() else {
            return Ok(());
        };
        for digest in missing.iter().take(NAMED) {
            output::story(&format!("missing: {digest}"));
        }
        if missing.len() > NAMED {
            output::story(&format!("missing: {} more", missing.len() - NAMED));
        }
        let failure = Failure::from(Error::NotFound {
            what: crate::error::Thing::Blob,
            name: first.to_string(),
            answer: None,
        });
        let count = missing.len();
        Err(failure
            .saying(format!(
                "{} needs {count} blobs that are neither in the tar nor here",
                item.reference.familiar()
            ))
            .hinting("load what the tar was saved --since first, or have it saved whole"))
    }

    /// Gives what was loaded its names, all at once: there may be many.
    async fn name(&self, root: &Descriptor, references: &[Reference]) -> Result<(), Failure> {
        let layout = self.layout.clone();
        let entries = blocking(move || layout.entries()).await?;
        let here: HashMap<&Reference, &Digest> = entries
            .iter()
            .filter_map(|entry| Some((entry.reference.as_ref()?, &entry.descriptor.digest)))
            .collect();
        let (mut given, mut told) = (Vec::new(), Vec::new());
        for reference in references {
            let familiar = reference.familiar();
            let other = here.get(reference).filter(|here| ***here != root.digest);
            match other {
                Some(other) if reference.tag.is_some() && !self.options.force => {
                    warn(&format!(
                        "{familiar} is {} here and stays so; {} was loaded without that name (--force moves it)",
                        other.short(),
                        root.digest.short()
                    ));
                }
                _ => {
                    given.extend(reference.tag.is_some().then(|| reference.clone()));
                    told.push(familiar);
                }
            }
        }
        let (layout, root) = (self.layout.clone(), root.clone());
        blocking(move || layout.tag_all(&root, &given)).await?;
        for familiar in told {
            output::line(&self.line("Loaded image", &familiar))?;
        }
        Ok(())
    }

    fn line(&self, what: &str, name: &str) -> String {
        if self.options.quiet {
            name.to_owned()
        } else {
            format!("{what}: {name}")
        }
    }
}
