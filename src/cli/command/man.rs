//! `man`: manual pages, under the name the program was called by.

use clap::Args;

use crate::cli::output;
use crate::cli::render::template;
use crate::cli::report::{Outcome, Status, usage};
use crate::error::{Error, Result};

/// The page about the settings file.
const SETTINGS: &str = include_str!("config.5");
/// What holds for every command: it ends the page of the program.
const COMMON: &str = include_str!("program.1");
/// Ends the page of a command.
const SEE_ALSO: &str = ".SH \"SEE ALSO\"\n\\fB{program}\\fR(1) for the templates of \\-\\-format, the environment, exit status and files.\n";

/// Print a manual page
#[derive(Args)]
#[command(after_help = "Examples:
  {program} man | man -l -
  {program} man pull > {program}-pull.1
  {program} man config.5 | man -l -           the settings file")]
pub(crate) struct Options {
    /// The command; the program itself when none is given
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Prints the page.
pub(crate) fn run(program: &str, options: &Options) -> Outcome {
    output::bytes(&page(program, &options.command)?)?;
    Ok(Status::SUCCESS)
}

/// The page of a command, in roff.
fn page(program: &str, path: &[String]) -> Result<Vec<u8>> {
    if path == ["config.5"] {
        let page = SETTINGS.replace("{program}", program);
        return Ok(page.into_bytes());
    }
    let mut whole = crate::cli::command(program);
    whole.build();
    let mut command = &whole;
    for name in path {
        command = command.find_subcommand(name).ok_or_else(|| {
            usage(
                format!("there is no command {name:?}"),
                Some(&format!("`{program} help` lists the commands")),
            )
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Error::Machine(format!("cannot write the manual page: {error}")))?;
    let end = if path.is_empty() {
        [template::HELP, COMMON].concat()
    } else {
        SEE_ALSO.to_owned()
    };
    page.extend(end.replace("{program}", program).into_bytes());
    Ok(page)
}
