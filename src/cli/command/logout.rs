//! `logout`: forgets credentials. A registry without a login is no error, as in docker. What others keep is not erased,
//! but told.

use std::path::Path;

use clap::Args;

use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::report::{Doing, Outcome, Status, Tally};
use crate::cli::session::Session;
use crate::credential::{Chain, Keeper, Key, Login};
use crate::error::Result;

/// What docker calls Docker Hub where credentials are concerned.
const HUB_KEY: &str = "https://index.docker.io/v1/";

/// Log out from a registry
#[derive(Args)]
#[command(after_help = "Examples:
  {program} logout                        Docker Hub
  {program} logout registry.example:5000
  {program} logout registry.example/team  the login of a namespace, no other
  {program} logout --all

Logins are taken out of docker's config.json, the helper in charge and the keyring. What podman's auth.json, \
~/.dockercfg or a variable holds is named and stays.")]
pub(crate) struct Options {
    /// The registry, or a namespace of one; Docker Hub when none is given
    #[arg(value_name = "SERVER")]
    server: Option<String>,

    /// Log out from every registry
    #[arg(long, conflicts_with = "server")]
    all: bool,
}

/// Erases one login or all of them.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let chain = session.chain();
    if !options.all {
        let key = match &options.server {
            Some(text) => Key::typed(text)?,
            None => session.config.default_registry.clone().into(),
        };
        let outcome = logout(&chain, &key).await;
        for login in chain.leftovers(&key).await {
            tell(&login, &session.program);
        }
        return outcome;
    }
    let mut tally = Tally::default();
    let listing = chain.list().await;
    for error in listing.broken {
        let failed: Result<()> = Err(error);
        let outcome = failed.doing("cannot list all logins");
        tally.note(outcome.map(|()| Status::SUCCESS), &session.program);
    }
    let (ours, others): (Vec<Login>, Vec<Login>) = listing
        .logins
        .into_iter()
        .partition(|login| login.keeper == Keeper::Ours);
    let mut keys: Vec<Key> = Vec::new();
    for Login { key, .. } in ours {
        if !keys.contains(&key) {
            tally.note(logout(&chain, &key).await, &session.program);
            keys.push(key);
        }
    }
    for login in others {
        tell(&login, &session.program);
    }
    Ok(tally.status())
}

async fn logout(chain: &Chain, key: &Key) -> Outcome {
    let shown = if key.host.is_docker_hub() && key.path.is_none() {
        HUB_KEY.to_owned()
    } else {
        key.to_string()
    };
    output::line(&format!("Removing login credentials for {shown}"))?;
    chain
        .erase_at(key)
        .await
        .doing(format!("cannot log out from {key}"))?;
    Ok(Status::SUCCESS)
}

/// Names a login that stays, and who can remove it.
fn tell(login: &Login, program: &str) {
    let key = &login.key;
    let shown = |path: &Path| escape(&path.display().to_string()).into_owned();
    let remedy = match &login.keeper {
        Keeper::Ours => format!("`{program} logout {key}` removes it"),
        Keeper::Variable => "unset that variable or take the entry out of it".to_owned(),
        Keeper::AuthFile(path) => {
            let path = shown(path);
            format!("`podman logout --authfile {path} {key}` removes it")
        }
        Keeper::NamedHelper(path) => {
            let path = shown(path);
            format!("{path} names it; `podman logout --authfile {path} {key}` removes it")
        }
        Keeper::OldFile => "take the entry out of that file".to_owned(),
    };
    let place = escape(&login.place);
    output::story(&format!(
        "note: {place} still has a login for {key}; {remedy}"
    ));
}
