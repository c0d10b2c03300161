//! `login`: proves a user to a registry, then stores the credential. A refusal stores nothing.

use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use crate::cli::options::{NetworkOptions, secret};
use crate::cli::output;
use crate::cli::prompt;
use crate::cli::render::escape::escape;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::quiet::Quiet;
use crate::cli::report::{Doing, Failure, Outcome, Status, Tally, usage, warn};
use crate::cli::session::Session;
use crate::credential::{Chain, Credential, Key, Secret, Stored};
use crate::error::{Error, Result};
use crate::oci::Host;
use crate::registry::{Client, Credentials};

/// Log in to a registry and store the credentials
#[derive(Args)]
#[command(after_help = "Examples:
  {program} login                                          Docker Hub
  {program} login -u bob registry.example:5000             asks for the password
  echo \"$TOKEN\" | {program} login -u bob --password-stdin ghcr.io
  {program} login -u bob registry.example/team             for team/ only
  {program} login --list

A login is looked for in this order, and the first place that has one for the repository wins: DOCKER_AUTH_CONFIG; the \
file in REGISTRY_AUTH_FILE; docker's config.json with the helper it names and the keyring; podman's auth.json of this session \
($XDG_RUNTIME_DIR/containers), then the lasting one (~/.config/containers); ~/.dockercfg. Within a place the longest \
namespace wins. Docker's file stands before podman's because new logins are written there: what was stored last is used.

New logins go to the helper in charge of the registry; where there is none, into the keyring if one answers, else into \
config.json (the setting credential_store says otherwise). Those of a namespace always go into config.json.")]
pub(crate) struct Options {
    /// The registry, or a namespace of one (HOST/NAMESPACE); Docker Hub when none is given
    #[arg(value_name = "SERVER")]
    server: Option<String>,

    /// User name
    #[arg(short, long, value_name = "USER")]
    username: Option<String>,

    /// Password or token; visible to other users of this machine, `-` reads it from standard input
    #[arg(short, long, value_name = "PASSWORD", value_parser = secret)]
    password: Option<Secret>,

    /// Read the password or token from standard input
    #[arg(long)]
    password_stdin: bool,

    /// List the registries with a login instead, where each is kept, and whether it is used
    #[arg(long, conflicts_with_all = ["server", "username", "password", "password_stdin"])]
    list: bool,

    /// With --list: table, json, or a template such as {{.Registry}} (see `man`)
    #[arg(
        long,
        value_name = "FORMAT",
        requires = "list",
        default_value = "table",
        hide_default_value = true
    )]
    format: String,

    /// The same as --format json
    #[arg(long, requires = "list", conflicts_with = "format")]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Logs in, or lists logins.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let chain = session.chain();
    if options.list {
        let format = if options.json {
            "json"
        } else {
            &options.format
        };
        return list(session, &chain, &Format::parse(format)?).await;
    }
    check(&options)?;
    let key = match &options.server {
        Some(text) => Key::typed(text)?,
        None => session.config.default_registry.clone().into(),
    };
    let doing = format!("cannot log in to {key}");
    // Where nothing can be stored, no password is asked for, let alone sent.
    chain.destination_at(&key).await.doing(&doing)?;
    let typed = ask(&options, &chain, &key.host).await.doing(&doing)?;
    let client = Client::new(
        session.config.clone(),
        Credentials::Anonymous,
        Arc::new(Quiet),
    );
    let proven = match client.login(&key.host, &typed).await {
        Ok(credential) => credential,
        Err(error) => return Err(explained(error)).doing(&doing),
    };
    let stored = chain.store_at(&key, &proven).await.doing(&doing)?;
    tell_where(&stored, &session.program);
    if let Some(place) = chain.overruled(&key).await {
        let place = escape(&place);
        output::story(&format!(
            "note: {place} has a login for {key} too, and that one is used before this"
        ));
    }
    output::line("Login Succeeded")?;
    Ok(Status::SUCCESS)
}

/// Refuses options that do not fit together, in docker's words.
fn check(options: &Options) -> Result<()> {
    if options.password.is_some() && options.password_stdin {
        return Err(usage(
            "conflicting options: cannot specify both --password and --password-stdin",
            None,
        ));
    }
    if from_stdin(options) && options.username.is_none() {
        return Err(usage(
            "the --password-stdin option requires --username to be set",
            None,
        ));
    }
    if options.network.creds.is_some() || options.network.anonymous {
        return Err(usage(
            "login takes neither --creds nor --anonymous",
            Some("give --username USER and --password-stdin"),
        ));
    }
    Ok(())
}

fn from_stdin(options: &Options) -> bool {
    let dash = |password: &Secret| password.expose() == "-";
    options.password_stdin || options.password.as_ref().is_some_and(dash)
}

/// The credential as given on the command line, on standard input or by a person.
async fn ask(options: &Options, chain: &Chain, host: &Host) -> Result<Credential> {
    if options.username.is_none() || (options.password.is_none() && !options.password_stdin) {
        prompt::require_terminal()?;
    }
    if options.username.is_none() && host.is_docker_hub() {
        output::story(
            "Log in with your Docker ID or email address to push and pull images from Docker Hub. \
             No Docker ID yet? https://hub.docker.com makes one.",
        );
    }
    let username = match &options.username {
        Some(name) => name.clone(),
        None => ask_user(chain, host).await?,
    };
    if username.is_empty() {
        return Err(usage("a user name is required", None));
    }
    if username.contains(':') {
        // RFC 7617: the first colon ends the user name.
        return Err(usage("a user name cannot have a colon", None));
    }
    let password = match &options.password {
        _ if from_stdin(options) => prompt::from_stdin().await?,
        Some(password) => {
            output::story(
                "WARNING! Using --password via the CLI is insecure. Use --password-stdin.",
            );
            password.clone()
        }
        None => prompt::password("Password: ").await?,
    };
    if password.expose().is_empty() {
        return Err(usage("a password is required", None));
    }
    Ok(Credential::Basic { username, password })
}

async fn ask_user(chain: &Chain, host: &Host) -> Result<String> {
    // Where a login may be stored is settled; that an old one cannot be read only means a name to be typed again.
    let known = chain.find(host).await.unwrap_or_else(|error| {
        tracing::debug!(?error, "no user name to offer");
        None
    });
    let known = match known.map(|found| found.credential) {
        Some(Credential::Basic { username, .. } | Credential::Identity { username, .. }) => {
            username
        }
        Some(Credential::Bearer { .. }) | None => String::new(),
    };
    if known.is_empty() {
        return prompt::line("Username: ").await;
    }
    let typed = prompt::line(&format!("Username ({}): ", escape(&known))).await?;
    Ok(if typed.is_empty() { known } else { typed })
}

/// A refusal is about what was typed here, not about what is stored.
fn explained(error: Error) -> Failure {
    let denied = matches!(error, Error::Denied { .. });
    let failure = Failure::from(error);
    if denied {
        failure
            .saying("unauthorized: incorrect username or password")
            .hinting("many registries want an access token instead of the account's password")
    } else {
        failure
    }
}

fn tell_where(stored: &Stored, program: &str) {
    match stored {
        Stored::Helper(helper) => output::story(&format!("Stored by {helper}.")),
        Stored::Keyring { name, shared } => {
            output::story(&format!("Stored in the keyring ({name})."));
            if !shared {
                output::story(&format!(
                    "docker and other programs see it there after `{program} credential install`."
                ));
            }
        }
        Stored::FileInstead { path, reason } => {
            warn(&format!("the keyring is not used: {reason}"));
            tell_file(path);
        }
        Stored::File(path) => tell_file(path),
    }
}

fn tell_file(path: &Path) {
    let path = path.display().to_string();
    output::story(&format!(
        "WARNING! Your credentials are stored unencrypted in '{}'.",
        escape(&path)
    ));
    output::story("A credential helper keeps them safer: name one as credsStore in that file.");
}

const COLUMNS: &[Column] = &[
    Column {
        name: "Registry",
        title: "REGISTRY",
    },
    Column {
        name: "Store",
        title: "STORED IN",
    },
    Column {
        name: "Used",
        title: "USED",
    },
];

/// Lists logins; a place that is broken is told after what the others have.
async fn list(session: &Session, chain: &Chain, format: &Format) -> Outcome {
    format.check(COLUMNS)?;
    let listing = chain.list().await;
    let used = |used: bool| match (used, format.is_json()) {
        (_, true) => used.to_string(),
        (true, false) => "yes".to_owned(),
        (false, false) => "no".to_owned(),
    };
    let rows: Vec<_> = listing
        .logins
        .iter()
        .map(|login| {
            json!({
                "Registry": login.key.to_string(),
                "Store": login.place,
                "Used": used(login.used),
            })
        })
        .collect();
    let text = format.print(COLUMNS, "{{.Registry}}\t{{.Store}}\t{{.Used}}", &rows)?;
    output::bytes(text.as_bytes())?;
    let mut tally = Tally::default();
    for error in listing.broken {
        let failed: Result<()> = Err(error);
        let outcome = failed.doing("cannot list all logins");
        tally.note(outcome.map(|()| Status::SUCCESS), &session.program);
    }
    Ok(tally.status())
}
