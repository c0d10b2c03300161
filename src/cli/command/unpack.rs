//! `unpack`: the files of a local image in a folder, or in one tar.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::tag::no_such_image;
use crate::cli::location::Location;
use crate::cli::options::{platform, size};
use crate::cli::output;
use crate::cli::render::units;
use crate::cli::report::{Doing, Failure, Outcome, Status, usage, warn};
use crate::cli::session::{Session, blocking};
use crate::error::{Error, Thing};
use crate::oci::{ImageConfig, Manifest, Platform, Reference};
use crate::rootfs::{self, Plan, Target, Unpacked};
use crate::store::layout::{Layout, LocalImage};

/// What standard output is called.
const STDOUT: &str = "standard output";

/// Unpack the files of a local image into a folder, or into one tar
#[derive(Args)]
#[command(after_help = "Examples:
  {program} unpack debian:12 rootfs
  {program} unpack --platform linux/arm64 debian:12 rootfs-arm64
  sudo {program} --store ~/.local/share/rg unpack debian:12 /var/lib/machines/debian
  {program} unpack --tar debian:12 debian.tar
  {program} unpack --tar debian:12 | ssh host tar -xpf - -C /srv/debian --numeric-owner

The folder must be new or empty. As root every file gets the owner and mode it has in the image; as anybody else all files are yours, without set-user-ID and set-group-ID. Device files are left out. What fails leaves the folder incomplete: remove it before you try again.

With --tar it is one tar of the same files, with the owners, modes and devices they have in the image, whoever you are. It appears when it is complete, or lacks its end on standard output.")]
pub(crate) struct Options {
    /// The image, by name or ID
    #[arg(value_name = "IMAGE", value_parser = Location::stored)]
    image: String,

    /// The folder to unpack into, new or empty; with --tar the file to write, `-` or nothing for standard output
    #[arg(value_name = "DIR", required_unless_present = "tar")]
    to: Option<PathBuf>,

    /// Write one tar of all layers instead of a folder
    #[arg(long)]
    tar: bool,

    /// Take the image for this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// The most bytes that may come of it, such as 20G; by default 64 MiB, or 1000 times the size of its layers if that is more
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_size: Option<u64>,

    /// Make device files too, as root; a tar has them in any case
    #[arg(long)]
    allow_devices: bool,
}

impl Options {
    /// Whether something incomplete is left behind when it ends early.
    pub(crate) fn fills_a_folder(&self) -> bool {
        !self.tar
    }
}

/// Ends the work when nobody waits for it any more.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where the files go.
#[derive(Debug, Clone)]
enum Goal {
    Folder(PathBuf),
    Tar(PathBuf),
    Pipe,
}

impl Goal {
    fn of(options: &Options) -> Self {
        match &options.to {
            Some(path) if !options.tar => Self::Folder(path.clone()),
            Some(path) if path != Path::new("-") => Self::Tar(path.clone()),
            _ => Self::Pipe,
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::Tar(path) => path,
            Self::Pipe => Path::new(STDOUT),
        }
    }
}

/// Unpacks.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let goal = Goal::of(&options);
    if matches!(goal, Goal::Pipe) && std::io::stdout().is_terminal() {
        return Err(usage(
            "cowardly refusing to write a tar to a terminal",
            Some("name a file or redirect"),
        )
        .into());
    }
    let layout = session.layout_there()?;
    let wanted = session.wanted(options.platform.as_ref());
    let doing = format!("cannot unpack {}", options.image);
    let program = session.program.clone();
    let stop = Stop(Arc::default());
    let (stopped, place) = (stop.0.clone(), goal.clone());
    let work = move || {
        let image = find(&layout, &options, &wanted, &program)?;
        let manifest = image.manifest.as_deref();
        let manifest = manifest.ok_or_else(|| {
            no_platform(&options.image, &wanted, &image).hinting(pull(&program, &options, None))
        })?;
        let plan = Plan::of(&layout, manifest, options.max_size)
            .map_err(|error| with_pull(error, manifest, &program, &options))?;
        let done = match &place {
            Goal::Folder(folder) => {
                let target = Target::open(folder)?;
                let settings = rootfs::Options {
                    devices: options.allow_devices,
                };
                rootfs::unpack(&layout, &plan, target, &settings, &stopped)
                    .map_err(|error| incomplete(error, folder, &program))?
            }
            Goal::Tar(path) => rootfs::save_flat(&layout, &plan, path, &stopped)?,
            Goal::Pipe => {
                let mut out = output::pipe();
                rootfs::write_flat(&layout, &plan, place.path(), &mut out, &stopped)?
            }
        };
        Ok((done, plan.layers()))
    };
    let unpacked: Result<_, Failure> = blocking(work).await;
    let (done, layers) = unpacked.doing(doing)?;
    tell(&done, layers, goal.path());
    Ok(Status::SUCCESS)
}

/// The image meant, of the platform that was asked for.
fn find(
    layout: &Layout,
    options: &Options,
    wanted: &Platform,
    program: &str,
) -> Result<LocalImage, Failure> {
    let image = layout.find(&options.image, wanted).map_err(|error| {
        let absent = error.is_not_found();
        let failure = no_such_image(error);
        if absent && options.image.parse::<Reference>().is_ok() {
            failure.hinting(pull(program, options, None))
        } else {
            failure
        }
    })?;
    let platform = image.config.as_ref().and_then(ImageConfig::platform);
    match platform {
        Some(found) if !found.runs_on(wanted) => {
            if options.platform.is_some() {
                let failure = no_platform(&options.image, wanted, &image);
                return Err(failure.hinting(pull(program, options, None)));
            }
            warn(&format!("this image is for {found}, not for {wanted}"));
        }
        _ => {}
    }
    Ok(image)
}

fn no_platform(name: &str, wanted: &Platform, image: &LocalImage) -> Failure {
    Failure::from(Error::NoPlatform {
        name: format!("{name} as it is here"),
        wanted: wanted.clone(),
        available: image.platforms.clone(),
    })
}

/// The command that fetches what is not here.
fn pull(program: &str, options: &Options, flag: Option<&str>) -> String {
    let name = options.image.parse::<Reference>();
    let name = name.map_or_else(|_| options.image.clone(), |name| name.familiar());
    let platform = options.platform.as_ref();
    let platform = platform.map_or_else(String::new, |platform| format!(" --platform {platform}"));
    let flag = flag.map_or_else(String::new, |flag| format!(" {flag}"));
    format!("fetch it with `{program} pull{platform}{flag} {name}`")
}

/// What is to be done about a layer that is not here.
fn with_pull(error: Error, manifest: &Manifest, program: &str, options: &Options) -> Failure {
    let lacking = match &error {
        Error::NotFound {
            what: Thing::Blob,
            name,
            ..
        } => name.clone(),
        _ => return error.into(),
    };
    let foreign = manifest
        .children()
        .any(|child| child.digest.to_string() == lacking && child.media_type.is_foreign_layer());
    let failure = Failure::from(error);
    if foreign {
        let hint = pull(program, options, Some("--allow-foreign-layers"));
        return failure
            .saying(format!("its foreign layer {lacking} is not here"))
            .hinting(hint);
    }
    failure
        .saying(format!("its blob {lacking} is not here"))
        .hinting(format!("`{program} fsck --repair` fetches what is missing"))
}

/// A failure after something was written.
fn incomplete(error: Error, folder: &Path, program: &str) -> Failure {
    let advice = match &error {
        Error::TooLarge { .. } => error.hint(program),
        _ => None,
    };
    let failure = Failure::from(error);
    let left = format!(
        "{} is incomplete; remove it before you try again",
        folder.display()
    );
    failure.hinting(match advice {
        Some(advice) => format!("{left}; {advice}"),
        None => left,
    })
}

fn tell(done: &Unpacked, layers: usize, place: &Path) {
    let several = |count: u64, one: &str, more: &str| match count {
        1 => format!("one {one}"),
        count => format!("{count} {more}"),
    };
    if done.devices > 0 {
        let files = several(done.devices, "device file was", "device files were");
        warn(&format!("{files} left out"));
    }
    if done.stripped > 0 {
        let files = several(done.stripped, "file", "files");
        warn(&format!(
            "set-user-ID and set-group-ID were taken from {files}: only root can keep them"
        ));
    }
    if done.unattributed > 0 {
        let what = several(
            done.unattributed,
            "extended attribute was",
            "extended attributes were",
        );
        warn(&format!("{what} refused by the file system"));
    }
    let layers = several(layers as u64, "layer", "layers");
    let (size, place) = (units::size(done.bytes), place.display().to_string());
    let place = crate::cli::render::escape::escape(&place);
    output::story(&format!("Unpacked {layers} ({size}) into {place}"));
}
