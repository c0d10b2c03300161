//! `save`: local images in one tar.

mod zstd;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::tag::no_such_image;
use crate::cli::location::{Location, is_one_file};
use crate::cli::options::platform;
use crate::cli::output;
use crate::cli::render::Direction;
use crate::cli::report::{Doing, Failure, Outcome, Status, usage, warn};
use crate::cli::session::{Session, blocking};
use crate::error::{Error, Result, Thing};
use crate::oci::{Digest, ImageConfig, Manifest, Name, Platform, Platforms, Reference, Selector};
use crate::store::archive::{Archive, Form, Members, Writer, save_plain, write_plain};
use crate::store::layout::{Layout, LocalImage};
use crate::store::listed::EntryName;
use crate::store::tar::BLOCK;
use crate::transfer::{self, IndexRule, Item};

use self::zstd::Zstd;

/// What standard output is called in errors.
const STDOUT: &str = "standard output";
/// The largest list of digests read, in bytes.
const MAX_INVENTORY: u64 = 256 << 20;

/// Save local images to a tar
#[allow(
    clippy::doc_markdown,
    reason = "each comment of an option is its help text"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} save -o debian.tar debian:12
  {program} save debian:12 alpine:3 | ssh host docker load
  {program} save --since last-week.tar -o new.tar app:v2
  {program} save --recompress gzip app:v2 | docker load

The tar is an OCI layout and docker's archive in one: docker, podman, containerd and skopeo read it, and every digest stays as it is, unless --recompress changes it.")]
pub(crate) struct Options {
    /// Images, by name or ID
    #[arg(value_name = "IMAGE", value_parser = Location::stored, required = true)]
    images: Vec<String>,

    /// The file to write; `-` is standard output, as without this
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// oci: a layout only; docker: docker's older archive, with layers as they were before compression
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Format>,

    /// Save only the image for this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// Leave out blobs that are in this tar, or whose digests this text file lists
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,

    /// gzip: save layers that are zstd as gzip, for docker before 23.0; this changes digests, image IDs stay
    #[arg(long, value_name = "COMPRESSION", hide_possible_values = true)]
    recompress: Option<Compression>,
}

/// What layers are compressed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compression {
    /// What every reader knows.
    Gzip,
}

/// What the tar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An OCI layout.
    Oci,
    /// Docker's older archive.
    Docker,
}

/// An image to save.
struct Chosen {
    image: LocalImage,
    /// The names it has in the tar: the one that was typed, or all where that was an ID.
    references: Vec<Reference>,
}

/// Writes the tar.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let output = options
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    if output.is_none() && std::io::stdout().is_terminal() {
        return Err(usage(
            "cowardly refusing to save to a terminal",
            Some("use the -o flag or redirect"),
        )
        .into());
    }
    if let (Some(since), Some(output)) = (&options.since, output)
        && is_one_file(since, output)
    {
        let message = format!(
            "{} would take the place of what it builds on",
            output.display()
        );
        return Err(usage(message, Some("name another file with -o")).into());
    }
    let layout = session.layout_there()?;
    let wanted = session.wanted(options.platform.as_ref());
    let (store, names) = (layout.clone(), options.images.clone());
    let (program, which) = (session.program.clone(), wanted.clone());
    let chosen = blocking(move || choose(&store, &names, &which, &program)).await?;
    let doing = match output {
        Some(path) => format!("cannot save to {}", path.display()),
        None => "cannot save".to_owned(),
    };
    let result = if options.format == Some(Format::Docker) {
        if options.since.is_some() {
            return Err(usage(
                "docker's older archive is always whole",
                Some("leave out --since"),
            )
            .into());
        }
        if options.recompress.is_some() {
            return Err(usage(
                "docker's older archive has layers as they were before compression",
                Some("leave out --recompress"),
            )
            .into());
        }
        for Chosen { image, .. } in &chosen {
            let platform = image.config.as_ref().and_then(ImageConfig::platform);
            if let Some(found) = platform.filter(|found| !found.runs_on(&wanted)) {
                let root = &image.root.digest;
                warn(&format!("{root} is for {found}, not for {wanted}"));
            }
        }
        docker(layout, chosen, output.map(Path::to_owned)).await
    } else {
        let save = Save {
            session,
            options: &options,
            layout,
            wanted,
        };
        save.layout(chosen, output).await
    };
    result.doing(doing)?;
    Ok(Status::SUCCESS)
}

fn choose(
    layout: &Layout,
    names: &[String],
    wanted: &Platform,
    program: &str,
) -> Result<Vec<Chosen>, Failure> {
    let mut chosen: Vec<Chosen> = Vec::new();
    for name in names {
        let image = layout.find(name, wanted).map_err(|error| {
            let absent = matches!(
                &error,
                Error::NotFound {
                    what: Thing::Image,
                    ..
                }
            );
            let failure = no_such_image(error);
            match name.parse::<Reference>() {
                Ok(reference) if absent => {
                    let familiar = reference.familiar();
                    failure.hinting(format!("fetch it with `{program} pull {familiar}`"))
                }
                _ => failure,
            }
        })?;
        let typed = name.parse::<Reference>().ok().map(Reference::or_latest);
        let typed = typed.filter(|typed| image.tags.contains(typed));
        let references = typed.map_or_else(|| image.tags.clone(), |typed| vec![typed]);
        chosen.push(Chosen { image, references });
    }
    Ok(chosen)
}

struct Save<'a> {
    session: &'a Session,
    options: &'a Options,
    layout: Layout,
    wanted: Platform,
}

impl Save<'_> {
    /// Writes a layout, with docker's list in it or without.
    async fn layout(&self, chosen: Vec<Chosen>, output: Option<&Path>) -> Result<()> {
        let form = match self.options.format {
            Some(_) => Form::Layout,
            None => Form::Both,
        };
        let writer = match output {
            Some(path) => Writer::file(path, form)?,
            None => Writer::pipe(Path::new(STDOUT), Box::new(output::pipe()), form),
        };
        if let Some(since) = &self.options.since {
            let (path, layout) = (since.clone(), self.layout.clone());
            writer.leave_out(blocking(move || inventory(&path, &layout)).await?);
        }
        let progress = self.session.progress(Direction::Copy, output.is_none());
        let recompress = self.options.recompress.is_some();
        let mut zstd = Zstd::new(&self.layout, recompress);
        for Chosen { image, references } in chosen {
            let of = references.first().or_else(|| image.digests.first());
            let name = of.map(|reference| reference.name.clone());
            // Something without a name still needs a repository to be read from.
            let name = name.unwrap_or_else(Name::stand_in);
            let options = self.session.transfer(progress.as_ref(), None);
            let (source, sink) = (self.layout.at(&name), writer.at(&name));
            let item = self.item(
                &image,
                of.cloned()
                    .unwrap_or_else(|| name.with_digest(&image.root.digest)),
            );
            let instead = if recompress || form == Form::Both {
                zstd.instead(&source, &sink, &item, &options).await?
            } else {
                None
            };
            let outcomes = match instead {
                Some((source, item)) => transfer::copy(&source, &sink, &[item], &options).await?,
                None => transfer::copy(&source, &sink, &[item], &options).await?,
            };
            for outcome in outcomes {
                for bare in image.bare.iter().filter(|_| references.is_empty()) {
                    let name = EntryName::parse(bare, None).ok();
                    writer.list(&outcome.put, name);
                }
                if references.is_empty() && image.bare.is_empty() {
                    writer.list(&outcome.put, None);
                }
                for reference in &references {
                    writer.list(&outcome.put, Some(reference.clone().into()));
                }
            }
        }
        progress.finish();
        let hidden = writer.seal(&self.wanted).await?;
        for root in hidden {
            if form == Form::Both {
                warn(&format!(
                    "docker will not see {}: it is no image for {}, or a layer of it is not here",
                    root.digest, self.wanted
                ));
            }
        }
        Ok(())
    }

    fn item(&self, image: &LocalImage, reference: Reference) -> Item {
        Item {
            label: None,
            reference,
            selector: Selector::Digest(image.root.digest),
            tag: None,
            platforms: match &self.options.platform {
                Some(platform) => Platforms::These(vec![platform.clone()]),
                None => Platforms::All,
            },
            strict: self.options.platform.is_some(),
            index: match &self.options.platform {
                Some(_) => IndexRule::Dropped,
                None => IndexRule::Kept,
            },
        }
    }
}

/// Writes docker's older archive.
async fn docker(layout: Layout, chosen: Vec<Chosen>, output: Option<PathBuf>) -> Result<()> {
    blocking(move || {
        let mut images: Vec<(Manifest, Vec<Reference>)> = Vec::new();
        for Chosen { image, references } in chosen {
            let absent = || Error::NotFound {
                what: Thing::Image,
                name: image.root.digest.to_string(),
                answer: None,
            };
            let manifest = image.manifest.as_deref().cloned().ok_or_else(absent)?;
            images.push((manifest, references));
        }
        match output {
            None => {
                let (name, mut out) = (Path::new(STDOUT), output::pipe());
                write_plain(&layout, &images, name, &mut out)?;
                out.flush().map_err(Error::io("cannot write", name))
            }
            Some(path) => save_plain(&layout, &images, &path),
        }
    })
    .await
}

/// The digests that a tar has, or that a text file lists: one a line, with its algorithm or as bare SHA-256.
fn inventory(path: &Path, layout: &Layout) -> Result<HashSet<Digest>> {
    let unreadable = || Error::io("cannot read", path);
    let mut file = File::open(path).map_err(unreadable())?;
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        // A pipe can be read only once.
        let mut copy = layout.scratch()?;
        io::copy(&mut file, &mut copy).map_err(unreadable())?;
        copy.rewind().map_err(unreadable())?;
        file = copy;
    }
    let mut start = Vec::new();
    let read = (&file).take(BLOCK).read_to_end(&mut start);
    read.map_err(unreadable())?;
    file.rewind().map_err(unreadable())?;
    // The header of a tar has zeros in it, and compressed bytes are no text.
    if !start.is_ascii() || start.contains(&0) {
        let members = Members::open(path, file, layout)?;
        return Ok(Archive::open(members)?.blobs().into_iter().collect());
    }
    let mut bytes = Vec::new();
    let read = file.take(MAX_INVENTORY + 1).read_to_end(&mut bytes);
    read.map_err(unreadable())?;
    if bytes.len() as u64 > MAX_INVENTORY {
        return Err(Error::BadFile {
            path: path.to_owned(),
            reason: format!("a list of digests of more than {MAX_INVENTORY} bytes is not read"),
        });
    }
    let text = String::from_utf8_lossy(&bytes);
    let digest = |line: &str| -> Option<Digest> {
        let text = line.split_whitespace().next()?;
        text.parse()
            .or_else(|_| format!("sha256:{text}").parse())
            .ok()
    };
    let digests: HashSet<Digest> = text.lines().filter_map(digest).collect();
    if digests.is_empty() {
        return Err(Error::BadFile {
            path: path.to_owned(),
            reason: "it is neither a tar of images nor a list of digests".to_owned(),
        });
    }
    Ok(digests)
}
