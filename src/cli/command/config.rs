//! `config`: what is settled, and who settled it; how a registry would be reached; a settings file to begin with.
//!
//! Nothing is connected for it. Passwords of proxies are masked.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::cli::options::{GlobalOptions, registry};
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::table::align;
use crate::cli::render::value::go_json;
use crate::cli::report::{Doing, Outcome, Status, usage};
use crate::cli::session::Session;
use crate::config::{self, Environment, Fact};
use crate::credential::Stored;
use crate::error::{Error, Result};

/// Who puts a helper or the keyring in charge.
const NAMED_BY: &str = "config.json or credential_store";

/// Show the settings that hold, and where each comes from
#[derive(Args)]
#[command(after_help = "Examples:
  {program} config
  {program} config registry.example:5000    how that registry would be reached
  {program} config --init                   write a settings file to begin with

The settings file is described in {program}-config(5): {program} man config.5")]
pub(crate) struct Options {
    /// A registry: how it would be reached, and which file says so
    #[arg(value_name = "HOST[:PORT]")]
    host: Option<String>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Write a settings file in which every key is explained and commented out
    #[arg(long, conflicts_with_all = ["host", "json"])]
    init: bool,

    /// Replace the settings file that is there
    #[arg(long, requires = "init")]
    force: bool,
}

/// Prints the settings, or writes a file of them.
pub(crate) async fn run(
    program: &str,
    global: &GlobalOptions,
    options: Options,
    environment: Environment,
) -> Outcome {
    if options.init {
        // Not by a session: the file that was named need not be there yet.
        let file = config::settings_file(&global.flags(None), &environment).ok_or_else(|| {
            Error::Machine("no place for the settings: HOME is not set".to_owned())
        })?;
        write(&file, options.force)?;
        output::line(&format!("Wrote {}", escape(&file.display().to_string())))?;
        return Ok(Status::SUCCESS);
    }
    let session = Session::open(program, global, None, environment)?;
    let facts = match &options.host {
        None => session.config.facts()?,
        Some(text) => {
            let host = registry(text)?;
            let mut facts = session
                .config
                .facts_about(&host)
                .doing(format!("cannot reach {host}"))?;
            facts.push(login(&session, &host).await);
            facts
        }
    };
    for complaint in session.config.complaints() {
        output::story(&format!("warning: {}", escape(&complaint)));
    }
    print(&facts, options.json)?;
    Ok(Status::SUCCESS)
}

/// Where a login for the registry is kept. A store that does not work is told like any other fact; a keyring is not asked,
/// for that may be to unlock it.
async fn login(session: &Session, host: &crate::oci::Host) -> Fact {
    let (value, origin) = match session.chain().expected(host).await {
        Ok(Stored::Helper(program)) => (program, NAMED_BY.to_owned()),
        Ok(Stored::Keyring { name, .. }) => (format!("the keyring ({name})"), NAMED_BY.to_owned()),
        Ok(Stored::File(path) | Stored::FileInstead { path, .. }) => {
            (path.display().to_string(), "default".to_owned())
        }
        Err(error) => (format!("does not work: {error}"), String::new()),
    };
    Fact {
        name: "login goes to",
        value,
        origin,
    }
}

fn print(facts: &[Fact], json: bool) -> Result<()> {
    if json {
        for fact in facts {
            output::line(&go_json(&json!({
                "Name": fact.name,
                "Value": fact.value,
                "From": fact.origin,
            })))?;
        }
        return Ok(());
    }
    let head = "NAME\tVALUE\tFROM".to_owned();
    let lines = facts.iter().map(|fact| {
        let cells = [fact.name, &fact.value, &fact.origin];
        cells.map(|cell| escape(cell).into_owned()).join("\t")
    });
    let lines: Vec<String> = std::iter::once(head).chain(lines).collect();
    output::bytes(align(&lines).as_bytes())
}

/// Writes the template, readable by its owner alone: a proxy's password may come to stand in it.
fn write(file: &Path, force: bool) -> Result<()> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(Error::io("cannot make the folder", folder))?;
    let failed = || Error::io("cannot write", file);
    if force {
        // A new file has the mode 0600, and the old one is there until this one is whole.
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed())?;
        new.write_all(config::TEMPLATE.as_bytes())
            .map_err(failed())?;
        new.as_file().sync_all().map_err(failed())?;
        new.persist(file).map_err(|error| failed()(error.error))?;
        return Ok(());
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut new = match options.open(file) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let message = format!("{} is there already", file.display());
            return Err(usage(message, Some("`--force` replaces it")));
        }
        opened => opened.map_err(failed())?,
    };
    new.write_all(config::TEMPLATE.as_bytes())
        .map_err(failed())?;
    new.sync_all().map_err(failed())
}
