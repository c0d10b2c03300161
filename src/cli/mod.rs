//! Everything a person types and sees: the command line, what each command prints, and how failures are told.
//!
//! [`parse`] reads the arguments, [`run`] does what they say and returns the exit code. Commands are thin: they parse
//! names, hand them to the inner rooms, and print. Standard output is the result, standard error is the story.
//!
//! The program goes by the name it was called by: usage lines, hints, manual pages and completions follow `argv[0]`,
//! because many people have another `rg` and install this one under a name of their own.

use std::ffi::OsString;
use std::path::Path;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

#[cfg(target_os = "linux")]
use self::command::unpack;
use self::command::{
    catalog, completion, config, copy, credential, delete, digest, doctor, du, expire, fsck,
    history, images, inspect, load, login, logout, man, manifest, prune, pull, push, referrers,
    rmi, save, search, serve, tag, tags, version,
};
use self::options::{Color, GlobalOptions, NetworkOptions};
use self::report::{Failure, Outcome, Status};
use self::session::{Session, blocking};
use crate::config::Environment;
use crate::error::Error;

mod command;
mod descriptors;
mod location;
mod log;
mod options;
mod output;
mod place;
mod prompt;
mod render;
mod report;
mod session;
mod signal;
mod usage;

/// The name where `argv[0]` tells none.
const DEFAULT_NAME: &str = env!("CARGO_PKG_NAME");
/// Threads that move bytes. Hashing, which costs more than moving, runs elsewhere.
const WORKERS: usize = 2;
/// Threads that wait for the disk, hash and compress; each keeps some memory.
const BLOCKING: usize = 16;
/// Stands for the program's name in examples.
const PROGRAM: &str = "{program}";

/// A container registry client without a daemon.
#[derive(Parser)]
#[command(
    version,
    disable_version_flag = true,
    subcommand_required = true,
    arg_required_else_help = true,
    about = "Pull, push, search and tag container images without a daemon",
    after_help = "Run '{program} COMMAND --help' for more about a command."
)]
struct Arguments {
    #[command(flatten)]
    global: GlobalOptions,

    /// Print the version
    #[arg(short = 'v', long, action = ArgAction::Version)]
    version: Option<bool>,

    #[command(subcommand)]
    command: Command,
}

#[allow(
    clippy::large_enum_variant,
    reason = "there is one in a process, and it is taken apart at once"
)]
#[derive(Subcommand)]
enum Command {
    Login(login::Options),
    Logout(logout::Options),
    Credential(credential::Options),
    Pull(pull::Options),
    Push(push::Options),
    Images(images::Options),
    #[command(visible_alias = "cp")]
    Copy(copy::Options),
    Tag(tag::Options),
    Rmi(rmi::Options),
    Save(save::Options),
    Load(load::Options),
    #[cfg(target_os = "linux")]
    Unpack(unpack::Options),
    Search(search::Options),
    Catalog(catalog::Options),
    Tags(tags::Options),
    Inspect(inspect::Options),
    Manifest(manifest::Options),
    Digest(digest::Options),
    History(history::Options),
    Referrers(referrers::Options),
    Delete(delete::Options),
    Expire(expire::Options),
    Prune(prune::Options),
    Du(du::Options),
    Fsck(fsck::Options),
    Serve(serve::Options),
    Doctor(doctor::Options),
    Config(config::Options),
    /// Docker's longer spellings: image pull, image ls, image rm and so on
    Image {
        #[command(subcommand)]
        command: Image,
    },
    /// Docker's spellings of du and prune
    System {
        #[command(subcommand)]
        command: System,
    },
    Completion(completion::Options),
    Man(man::Options),
    Version(version::Options),
}

#[derive(Subcommand)]
enum Image {
    Pull(pull::Options),
    Push(push::Options),
    #[command(visible_alias = "list")]
    Ls(images::Options),
    #[command(visible_alias = "remove")]
    Rm(rmi::Options),
    Tag(tag::Options),
    Inspect(inspect::Options),
    Save(save::Options),
    Load(load::Options),
    Prune(prune::Options),
    History(history::Options),
}

#[derive(Subcommand)]
enum System {
    Df(du::Options),
    Prune(prune::Options),
}

impl From<System> for Command {
    fn from(system: System) -> Self {
        match system {
            System::Df(options) => Self::Du(options),
            System::Prune(options) => Self::Prune(options),
        }
    }
}

impl From<Image> for Command {
    fn from(image: Image) -> Self {
        match image {
            Image::Pull(options) => Self::Pull(options),
            Image::Push(options) => Self::Push(options),
            Image::Ls(options) => Self::Images(options),
            Image::Rm(options) => Self::Rmi(options),
            Image::Tag(options) => Self::Tag(options),
            Image::Inspect(options) => Self::Inspect(options),
            Image::Save(options) => Self::Save(options),
            Image::Load(options) => Self::Load(options),
            Image::Prune(options) => Self::Prune(options),
            Image::History(options) => Self::History(options),
        }
    }
}

/// A command line that was understood.
pub struct Invocation {
    program: String,
    global: GlobalOptions,
    command: Command,
}

/// The whole command line for a program called `program`: for completions, manual pages and the tests about them.
#[must_use]
pub fn command(program: &str) -> clap::Command {
    // A login has credentials of its own.
    let hidden = |login: clap::Command| {
        login
            .mut_arg("creds", |option| option.hide(true))
            .mut_arg("anonymous", |option| option.hide(true))
    };
    usage::named(
        Arguments::command().mut_subcommand("login", hidden),
        program,
    )
}

/// Reads the arguments, `argv[0]` first. What only asks for help or the version is answered here.
///
/// # Errors
/// The exit code, after the help or the error was printed.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, u8> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let program = program(arguments.first());
    if let Some(asked) =
        credential::Options::of_helper(&program, arguments.get(1..).unwrap_or_default())
    {
        return as_helper(program, asked);
    }
    let mut command = command(&program);
    let matches = command.try_get_matches_from_mut(&arguments);
    let parsed = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    match parsed {
        Ok(Arguments {
            global,
            command: understood,
            ..
        }) => Ok(Invocation {
            program,
            global,
            command: match understood {
                Command::Image { command } => command.into(),
                Command::System { command } => command.into(),
                command => command,
            },
        }),
        Err(error) => Err(usage::answer(&error, &command, &arguments)),
    }
}

/// This program as a credential helper of others, which takes a verb and nothing else.
fn as_helper(
    program: String,
    asked: Result<credential::Options, String>,
) -> Result<Invocation, u8> {
    match asked {
        Ok(options) => Ok(Invocation {
            program,
            global: GlobalOptions::default(),
            command: Command::Credential(options),
        }),
        Err(text) => Err(output::line(&text).map_or_else(|error| error.exit_code(), |()| 1)),
    }
}

/// The file stem of `argv[0]`.
fn program(argument: Option<&OsString>) -> String {
    argument
        .and_then(|argument| Path::new(argument).file_stem())
        .and_then(|stem| stem.to_str())
        .filter(|stem| !stem.is_empty())
        .unwrap_or(DEFAULT_NAME)
        .to_owned()
}

/// The runtime commands run on: two workers, so that a signal is heeded while the other one is busy. Hashing and disk
/// work run on its blocking threads.
///
/// # Errors
/// The exit code, after the error was printed.
pub fn runtime() -> Result<tokio::runtime::Runtime, u8> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .enable_all()
        .build()
        .map_err(|error| {
            let error = Error::Machine(format!("cannot start threads: {error}"));
            report::told(error, DEFAULT_NAME)
        })
}

/// Does what the command line says. Returns the exit code; everything was printed.
pub async fn run(invocation: Invocation) -> u8 {
    let Invocation {
        program,
        global,
        command,
    } = invocation;
    colour(global.color);
    let environment = Environment::of_process();
    if let Err(error) = log::begin(&global, &environment) {
        return end(Err(error.into()), &program);
    }
    let mut signal = signal::watch();
    if let Command::Serve(options) = command {
        let outcome = async {
            let session = Session::open(&program, &global, None, environment)?;
            serve::run(&session, options, signal).await
        };
        return end(outcome.await, &program);
    }
    let interrupted = match &command {
        Command::Copy(options) if options.is_all_or_nothing() => {
            "interrupted; nothing was written, or what was there is as it was"
        }
        Command::Pull(_) | Command::Push(_) | Command::Copy(_) => {
            "interrupted; run the same command to resume"
        }
        #[cfg(target_os = "linux")]
        Command::Unpack(options) if options.fills_a_folder() => {
            "interrupted; the folder is incomplete: remove it before you try again"
        }
        _ => "interrupted",
    };
    let outcome = tokio::select! {
        outcome = dispatch(&program, &global, command, environment) => outcome,
        Ok(signal) = &mut signal => Err(Error::Interrupted { signal }.into()),
    };
    if let Err(failure) = &outcome
        && failure.is_interruption()
    {
        output::story(interrupted);
        return failure.exit_code();
    }
    end(outcome, &program)
}

fn colour(color: Color) {
    match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

fn end(outcome: Outcome, program: &str) -> u8 {
    match outcome {
        Ok(Status(code)) => code,
        Err(failure) => {
            failure.print(program);
            failure.exit_code()
        }
    }
}

async fn dispatch(
    program: &str,
    global: &GlobalOptions,
    command: Command,
    environment: Environment,
) -> Outcome {
    let local = || Session::open(program, global, None, environment.clone());
    let open = |network: &NetworkOptions| {
        Session::open(program, global, Some(network), environment.clone())
    };
    match command {
        Command::Login(options) => login::run(&open(&options.network)?, options).await,
        Command::Logout(options) => logout::run(&local()?, options).await,
        Command::Credential(options) => credential::run(program, options, &environment).await,
        Command::Pull(options) => pull::run(&open(&options.network)?, options).await,
        Command::Push(options) => push::run(&open(&options.network)?, options).await,
        Command::Copy(options) => copy::run(&open(&options.network)?, options).await,
        Command::Images(options) => {
            let session = local()?;
            blocking(move || images::run(&session, &options)).await
        }
        Command::Tag(options) => {
            let session = local()?;
            blocking(move || tag::run(&session, &options)).await
        }
        Command::Rmi(options) => {
            let session = local()?;
            blocking(move || rmi::run(&session, &options)).await
        }
        Command::History(options) => history::run(&open(&options.network)?, options).await,
        Command::Referrers(options) => referrers::run(&open(&options.network)?, options).await,
        Command::Delete(options) => delete::run(&open(&options.network)?, options).await,
        Command::Expire(options) => expire::run(&open(&options.network)?, options).await,
        Command::Prune(options) => prune::run(&local()?, options).await,
        Command::Du(options) => du::run(&local()?, options).await,
        Command::Save(options) => save::run(&local()?, options).await,
        Command::Load(options) => load::run(&local()?, options).await,
        #[cfg(target_os = "linux")]
        Command::Unpack(options) => unpack::run(&local()?, options).await,
        Command::Search(options) => search::run(&open(&options.network)?, options).await,
        Command::Catalog(options) => catalog::run(&open(&options.network)?, options).await,
        Command::Tags(options) => tags::run(&open(&options.network)?, options).await,
        Command::Inspect(options) => inspect::run(&open(&options.network)?, options).await,
        Command::Manifest(options) => {
            let options = options.settled();
            manifest::run(&open(&options.network)?, options).await
        }
        Command::Digest(options) => digest::run(&open(&options.network)?, options).await,
        Command::Fsck(options) => fsck::run(&open(&options.network)?, options).await,
        Command::Doctor(options) => doctor::run(program, global, options, environment).await,
        Command::Config(options) => config::run(program, global, options, environment).await,
        Command::Completion(options) => completion::run(program, &options),
        Command::Man(options) => man::run(program, &options),
        Command::Version(_) => version::run(program),
        // `parse` and `run` have dealt with these.
        Command::Image { .. } | Command::System { .. } | Command::Serve(_) => Ok(Status::SUCCESS),
    }
}

impl Failure {
    /// Whether a signal was the reason: then there is no error to tell.
    fn is_interruption(&self) -> bool {
        matches!(self.error(), Error::Interrupted { .. })
    }
}
