//! A look at one registry: does its name resolve, does it answer, what does it ask for, does the stored login work?

use std::sync::Arc;

use super::Steps;
use crate::cli::options::{GlobalOptions, NetworkOptions, registry};
use crate::cli::output;
use crate::cli::render::quiet::Quiet;
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::Session;
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::oci::Host;
use crate::registry::{Client, Credentials};

/// Where Docker Hub's registry answers.
const HUB: &str = "registry-1.docker.io";
/// The port where none is written.
const HTTPS: u16 = 443;

/// Asks and tells.
pub(super) async fn run(
    program: &str,
    global: &GlobalOptions,
    network: &NetworkOptions,
    environment: Environment,
    text: &str,
) -> Outcome {
    let host = registry(text)?;
    let session = Session::open(program, global, Some(network), environment)?;
    let mut steps = Steps::new();
    output::line(&format!("The registry {host}, as seen from here"))?;
    if let Err(error) = examine(&session, &host, &mut steps).await {
        steps.failed()?;
        return Err(error).doing(format!("doctor: {}", steps.current));
    }
    Ok(Status::SUCCESS)
}

async fn examine(session: &Session, host: &Host, steps: &mut Steps) -> Result<()> {
    steps.begin("resolve");
    let name = if host.is_docker_hub() {
        HUB
    } else {
        host.hostname()
    };
    match tokio::net::lookup_host((name, host.port().unwrap_or(HTTPS))).await {
        Ok(addresses) => {
            let mut found: Vec<String> =
                addresses.map(|address| address.ip().to_string()).collect();
            found.dedup();
            steps.passed(&format!("{name} is {}", found.join(", ")))?;
        }
        // Behind a proxy names need not resolve here: the next step decides.
        Err(error) => steps.noted(&format!("{name} does not resolve here: {error}"))?,
    }

    steps.begin("answer");
    let stranger = Client::new(
        session.config.clone(),
        Credentials::Anonymous,
        Arc::new(Quiet),
    );
    let greeting = stranger.greet(host).await?;
    steps.passed(&format!("{} speaks the distribution API", greeting.url))?;

    steps.begin("challenge");
    if greeting.challenges.is_empty() {
        steps.noted("it asks nobody who they are")?;
    }
    for (scheme, realm) in &greeting.challenges {
        let realm = realm.as_deref().map(|realm| format!(", realm {realm}"));
        steps.passed(&format!(
            "it asks for {scheme}{}",
            realm.unwrap_or_default()
        ))?;
    }
    login(session, &stranger, host, steps).await
}

async fn login(session: &Session, client: &Client, host: &Host, steps: &mut Steps) -> Result<()> {
    steps.begin("login");
    let Some(found) = session.chain().find(host).await? else {
        return steps.noted(&format!("there is none stored for {host}"));
    };
    match client.login(host, &found.credential).await {
        Ok(_) => steps.passed(&format!("the one in {} works", found.origin)),
        Err(error @ Error::Denied { .. }) => {
            steps.noted(&format!("the one in {} is refused", found.origin))?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}
