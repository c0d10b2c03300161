//! `credential`: the platform's keyring for docker, skopeo and others, by docker's helper protocol.
//!
//! Those programs run `docker-credential-NAME VERB` and speak over its standard streams. This program is one when it is
//! called by such a name (then it does nothing else), and `credential VERB` does the same under its own. Whatever goes
//! wrong is told in one line on standard output with exit code 1, where the other end looks for it. Neither settings nor
//! docker's file are read on the way: there is nothing in them that could lead back here.

use std::io::Read;

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use crate::cli::output;
use crate::cli::report::{Outcome, Status};
use crate::cli::session::blocking;
use crate::config::Environment;
use crate::credential::Keyring;
use crate::credential::protocol::{Login, NOT_FOUND, is_server};
use crate::error::Error;

mod install;

/// What the names of helpers begin with.
const PREFIX: &str = "docker-credential-";
/// The most that is read from standard input, in bytes: what a helper may answer with, too.
const MAX_INPUT: u64 = 64 << 10;

/// Keep logins of docker and others in the keyring
///
/// The verbs are docker's helper protocol: they read a server, or a login as JSON, from standard input.
#[derive(Args)]
#[command(after_help = "Examples:
  {program} credential install --dir ~/.local/bin    then docker can use the keyring
  echo ghcr.io | {program} credential get            prints the login, secret included
  {program} credential list")]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print the login of a server as JSON, its secret included
    Get,
    /// Store a login: {"ServerURL": "...", "Username": "...", "Secret": "..."}
    Store,
    /// Forget the login of a server
    Erase,
    /// List servers and user names as JSON
    List,
    /// Print name and version
    Version,
    Install(install::Options),
}

impl Options {
    /// What a helper called `program` is asked to do; `None` unless it is called by the name of one. `Err` holds the
    /// text to answer with, where it was called in another way than the protocol has.
    pub(crate) fn of_helper(
        program: &str,
        arguments: &[std::ffi::OsString],
    ) -> Option<Result<Self, String>> {
        program.strip_prefix(PREFIX)?;
        let verb = match arguments {
            [verb] => verb.to_str().unwrap_or_default(),
            _ => "",
        };
        let verb = match verb {
            "get" => Verb::Get,
            "store" => Verb::Store,
            "erase" => Verb::Erase,
            "list" => Verb::List,
            "version" | "--version" | "-v" => Verb::Version,
            _ => {
                return Some(Err(format!(
                    "Usage: {program} <store|get|erase|list|version>"
                )));
            }
        };
        Some(Ok(Self { verb }))
    }
}

/// Does what the other end asks, or makes this program a helper.
pub(crate) async fn run(program: &str, options: Options, environment: &Environment) -> Outcome {
    let keyring = Keyring::open(environment);
    let answer = match options.verb {
        Verb::Get => get(&keyring).await,
        Verb::Store => store(&keyring).await,
        Verb::Erase => erase(&keyring).await,
        Verb::List => list(&keyring).await,
        Verb::Version => Ok(Some(Zeroizing::new(format!(
            "{program} ({}) {}",
            env!("CARGO_PKG_NAME"),
            env!("CARGO_PKG_VERSION")
        )))),
        Verb::Install(options) => return install::run(program, &options, environment),
    };
    match answer {
        Ok(None) => Ok(Status::SUCCESS),
        Ok(Some(text)) => {
            output::bytes(Zeroizing::new(format!("{}\n", *text)).as_bytes())?;
            Ok(Status::SUCCESS)
        }
        Err(text) => {
            output::line(&text)?;
            Ok(Status(1))
        }
    }
}

/// What to print: a text that may hold a secret, nothing, or what went wrong.
type Answer = Result<Option<Zeroizing<String>>, String>;

async fn get(keyring: &Keyring) -> Answer {
    let server = server().await?;
    match keyring.get(&server).await.map_err(told)? {
        Some(login) => Ok(Some(login.document(&server))),
        None => Err(NOT_FOUND.to_owned()),
    }
}

async fn store(keyring: &Keyring) -> Answer {
    let input = input().await?;
    let (server, login) = Login::read(&input)
        .ok_or("what was given is not JSON with ServerURL, Username and Secret")?;
    check(&server)?;
    if login.username.is_empty() {
        return Err("no credentials username".to_owned());
    }
    if login.secret.expose().is_empty() {
        return Err("no credentials secret".to_owned());
    }
    keyring.store(&server, &login).await.map_err(told)?;
    Ok(None)
}

/// Forgetting what is not there is no failure, as in most helpers.
async fn erase(keyring: &Keyring) -> Answer {
    let server = server().await?;
    keyring.erase(&server).await.map_err(told)?;
    Ok(None)
}

async fn list(keyring: &Keyring) -> Answer {
    let mut users = serde_json::Map::new();
    for server in keyring.servers().await.map_err(told)? {
        // One that was erased meanwhile is not there any more.
        if let Some(login) = keyring.get(&server).await.map_err(told)? {
            users.insert(server, login.username.clone().into());
        }
    }
    let text = serde_json::Value::Object(users).to_string();
    Ok(Some(Zeroizing::new(text)))
}

async fn server() -> Result<String, String> {
    let input = input().await?;
    let server = std::str::from_utf8(&input).map_err(|_| "the server is not a text")?;
    check(server.trim())?;
    Ok(server.trim().to_owned())
}

fn check(server: &str) -> Result<(), String> {
    if server.is_empty() {
        Err("no credentials server URL".to_owned())
    } else if is_server(server) {
        Ok(())
    } else {
        Err("the server has control characters".to_owned())
    }
}

async fn input() -> Result<Zeroizing<Vec<u8>>, String> {
    let read = blocking(|| {
        let mut input = Zeroizing::new(Vec::with_capacity(4 << 10));
        std::io::stdin()
            .take(MAX_INPUT + 1)
            .read_to_end(&mut input)
            .map_err(Error::io("cannot read", "standard input"))?;
        Ok::<_, Error>(input)
    });
    let input = read.await.map_err(told)?;
    if input.len() as u64 > MAX_INPUT {
        return Err("what was given is longer than 64 KiB".to_owned());
    }
    Ok(input)
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn told(error: Error) -> String {
    error.to_string().replace(['\r', '\n'], " ")
}
