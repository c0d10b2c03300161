//! `credential install`: lays the name by which docker and others find this program as a helper.

use std::path::{Path, PathBuf};

use clap::Args;

use super::PREFIX;
use crate::cli::location::is_one_file;
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::report::{Outcome, Status, usage, warn};
use crate::config::Environment;
use crate::error::{Error, Result};

/// What docker's `config.json` calls it, whatever this program is called.
const NAME: &str = "rg";

/// Make this program docker's helper `rg`
#[derive(Args)]
#[command(after_help = "Examples:
  {program} credential install                       beside the program
  {program} credential install --dir ~/.local/bin    in a folder on PATH")]
pub(crate) struct Options {
    /// Where; by default beside the program
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Replace another program of that name
    #[arg(long)]
    force: bool,
}

/// Lays the name, and says what to write into docker's file.
pub(crate) fn run(program: &str, options: &Options, environment: &Environment) -> Outcome {
    let this = std::env::current_exe()
        .map_err(|error| Error::Machine(format!("cannot find this program's file: {error}")))?;
    let folder = match (&options.dir, this.parent()) {
        (Some(folder), _) => folder.clone(),
        (None, Some(folder)) => folder.to_owned(),
        (None, None) => PathBuf::from("."),
    };
    let helper = folder.join(format!("{PREFIX}{NAME}{}", std::env::consts::EXE_SUFFIX));
    if std::fs::symlink_metadata(&helper).is_ok() && !is_same(&this, &helper) && !options.force {
        let message = format!(
            "{} is there already and is another program",
            helper.display()
        );
        return Err(usage(message, Some("`--force` replaces it")).into());
    }
    lay(&this, &helper)?;
    output::line(&escape(&helper.display().to_string()))?;
    if !is_on_path(&folder, environment) {
        warn(&format!(
            "{} is not on PATH, where docker looks for it",
            folder.display()
        ));
    }
    output::story(&format!(
        "In docker's config.json, for all registries:    \"credsStore\": \"{NAME}\"\n\
         or for one of them:    \"credHelpers\": {{\"HOST\": \"{NAME}\"}}\n\
         `{program} login` writes the latter by itself when it stores a login in the keyring."
    ));
    Ok(Status::SUCCESS)
}

/// Whether both are the same program: one file, or on Windows, where links are not for everybody, equal ones.
fn is_same(this: &Path, other: &Path) -> bool {
    is_one_file(this, other)
        || cfg!(windows)
            && matches!((std::fs::read(this), std::fs::read(other)), (Ok(this), Ok(other)) if this == other)
}

/// Puts the name in place by one rename, so that it always names a whole program.
fn lay(this: &Path, helper: &Path) -> Result<()> {
    let failed = || Error::io("cannot write", helper);
    let folder = helper.parent().unwrap_or(Path::new("."));
    let new = tempfile::Builder::new()
        .prefix(".docker-credential-")
        .make_in(folder, |new| link(this, new))
        .map_err(failed())?;
    new.persist(helper).map_err(|error| failed()(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn link(this: &Path, new: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(this, new)
}

#[cfg(not(unix))]
fn link(this: &Path, new: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(this, new) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            // Another disk. `copy` would go over what is there, which a name made up a moment ago is not.
            std::fs::copy(this, new).map(drop)
        }
        linked => linked,
    }
}

fn is_on_path(folder: &Path, environment: &Environment) -> bool {
    let Ok(folder) = std::fs::canonicalize(folder) else {
        return false;
    };
    let path = environment.get("PATH").unwrap_or_default();
    std::env::split_paths(path)
        .any(|other| std::fs::canonicalize(other).is_ok_and(|other| other == folder))
}
