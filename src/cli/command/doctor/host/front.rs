//! What a registry says before it shows anything: its first answer, how it asks who is there, what becomes of the login
//! and of a token, and its clock.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use url::Url;

use super::Look;
use super::findings::Findings;
use super::way::milliseconds;
use crate::cli::render::quiet::Quiet;
use crate::cli::render::units;
use crate::credential::{Answers, Credential};
use crate::error::{Error, Result};
use crate::oci::Repository;
use crate::registry::{Client, Grant, Greeting, Offer, WhenBroken};

/// What a clock may be off, in seconds: tokens are usually good for a minute before they are issued, and no longer.
const TOLERANCE: u64 = 60;

/// The login that counts.
struct Login {
    credential: Credential,
    /// Where it is kept.
    origin: String,
    /// Why that place is the one.
    why: String,
}

/// The first answer and its challenges; `None` when there is none.
pub(super) async fn greeting(
    look: &Look<'_>,
    findings: &mut Findings<'_>,
) -> Result<Option<Greeting>> {
    findings.begin("answer");
    let began = Instant::now();
    let greeting = match look.stranger.greet(&look.host).await {
        Ok(greeting) => greeting,
        Err(error) => {
            let advice = error.hint(findings.program());
            let advice = advice.as_deref().unwrap_or(
                "something answers, but not as a registry does: check the port, and what stands before it",
            );
            findings.failure_with(error, Some(advice), &json!({}))?;
            return Ok(None);
        }
    };
    let time = began.elapsed();
    let data = json!({
        "url": greeting.url,
        "status": greeting.status,
        "http": greeting.http,
        "api": greeting.api,
        "ms": milliseconds(time),
    });
    let Greeting {
        url, status, http, ..
    } = &greeting;
    let text = format!("{url} answers {status} over {http}");
    let time = units::duration(time);
    if let Some(api) = &greeting.api {
        findings.ok(&format!("{text}: {api} ({time})"), &data)?;
    } else {
        let text = format!("{text}, without Docker-Distribution-Api-Version ({time})");
        findings.note(&text, None, &data)?;
    }
    challenge(look, &greeting, findings)?;
    Ok(Some(greeting))
}

fn challenge(look: &Look<'_>, greeting: &Greeting, findings: &mut Findings<'_>) -> Result<()> {
    findings.begin("challenge");
    for offer in &greeting.offers {
        let (text, data) = asked(offer);
        findings.ok(&text, &data)?;
    }
    if let Some(reason) = &greeting.objection {
        let error = Error::Challenge {
            host: look.host.clone(),
            reason: reason.clone(),
        };
        let advice = "who runs the registry must mend that; nothing here can answer it";
        findings.failure_with(error, Some(advice), &json!({}))?;
    } else if greeting.offers.is_empty() {
        findings.note(
            "it asks nobody who they are",
            None,
            &json!({"scheme": null}),
        )?;
    }
    Ok(())
}

/// A challenge, for people and for programs.
fn asked(offer: &Offer) -> (String, Value) {
    let realm = offer.realm.as_deref();
    let url = realm.and_then(|realm| Url::parse(realm).ok());
    let server = url.as_ref().and_then(Url::host_str);
    let data = json!({
        "scheme": offer.scheme,
        "realm": realm,
        "realm_host": server,
        "service": offer.service,
    });
    let realm = match (server, realm) {
        (Some(server), _) => format!(", tokens of {server}"),
        (None, Some(realm)) => format!(", realm {realm}"),
        (None, None) => String::new(),
    };
    let service = offer.service.as_ref();
    let service = service.map(|service| format!(", for the service {service}"));
    let service = service.unwrap_or_default();
    let text = format!("it asks for {}{realm}{service}", offer.scheme);
    (text, data)
}

/// Finds the login and tries it. Returns who asks from here on: nobody where it does not work.
pub(super) async fn login(
    look: &Look<'_>,
    greeting: Option<&Greeting>,
    findings: &mut Findings<'_>,
) -> Result<Client> {
    findings.begin("login");
    let stranger = || look.stranger.clone();
    let network = &look.options.network;
    if network.anonymous {
        findings.note(
            "none is looked for: --anonymous",
            None,
            &json!({"from": null}),
        )?;
        return Ok(stranger());
    }
    let found = match find(look).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let text = format!("there is none stored for {}", look.host);
            if greeting.is_some_and(|greeting| greeting.status != 401) {
                let text = format!("{text}; nobody asks for one");
                findings.ok(&text, &json!({"from": null}))?;
                return Ok(stranger());
            }
            let advice = format!("`{} login {}` stores one", findings.program(), look.host);
            findings.note(&text, Some(&advice), &json!({"from": null}))?;
            return Ok(stranger());
        }
        Err(error) => {
            findings.failure(error, &json!({}))?;
            return Ok(stranger());
        }
    };
    let place = format!("the one in {} ({})", found.origin, found.why);
    let mut data = json!({
        "from": found.origin,
        "why": found.why,
        "kind": kind(&found.credential),
        "works": null,
        "refresh": null,
    });
    let asked = greeting.filter(|greeting| greeting.objection.is_none());
    match asked.map(|greeting| greeting.status) {
        None => findings.note(&format!("{place}; it was not tried"), None, &data)?,
        Some(401) => match look.stranger.login(&look.host, &found.credential).await {
            Ok(proven) => {
                data["works"] = true.into();
                data["refresh"] = matches!(proven, Credential::Identity { .. }).into();
                findings.ok(&format!("{place} works"), &data)?;
            }
            Err(error) => {
                data["works"] = false.into();
                findings.failure(error, &data)?;
                return Ok(stranger());
            }
        },
        Some(_) => findings.note(&format!("{place}; nobody asks for it"), None, &data)?,
    }
    Ok(look.session.client(WhenBroken::Fail, Arc::new(Quiet)))
}

fn kind(credential: &Credential) -> &'static str {
    match credential {
        Credential::Basic { .. } => "password",
        Credential::Identity { .. } => "identity token",
        Credential::Bearer { .. } => "registry token",
    }
}

/// The login that counts, and why it is that one.
async fn find(look: &Look<'_>) -> Result<Option<Login>> {
    if let Some(credential) = look.options.network.credential()? {
        return Ok(Some(Login {
            credential,
            origin: "the command line".to_owned(),
            why: "it counts before every stored one".to_owned(),
        }));
    }
    let (chain, answers) = (look.session.chain(), Answers::default());
    let name = look.read.as_ref().map(|reference| &reference.name);
    let name = name.or(look.write.as_ref());
    let repository: Option<&Repository> = name.map(|name| &name.repository);
    let Some(found) = chain.find_for(&look.host, repository, &answers).await? else {
        return Ok(None);
    };
    let whole = chain.find_for(&look.host, None, &answers).await?;
    let why = match repository {
        Some(repository) if whole.as_ref() != Some(&found) => {
            format!("the most specific for {repository}")
        }
        _ if found.origin.starts_with("docker-credential-") => {
            "the helper in charge of this registry".to_owned()
        }
        _ => "the first place that has one".to_owned(),
    };
    Ok(Some(Login {
        credential: found.credential,
        origin: found.origin,
        why,
    }))
}

/// Asks for a token, where the registry wants one.
pub(super) async fn token(
    look: &Look<'_>,
    client: &Client,
    findings: &mut Findings<'_>,
) -> Result<()> {
    findings.begin("token");
    let read = look.read.as_ref();
    let read = read.map(|reference| &reference.name.repository);
    let write = look.write.as_ref().map(|name| &name.repository);
    match client.ask_token(&look.host, read, write).await {
        Ok(None) => Ok(()),
        Ok(Some(grant)) => granted(&grant, findings),
        Err(error) => findings.refusal(error),
    }
}

fn granted(grant: &Grant, findings: &mut Findings<'_>) -> Result<()> {
    let data = json!({
        "realm_host": grant.realm,
        "asked": grant.asked,
        "granted": grant.granted,
        "expires_in": grant.life.map(|life| life.as_secs()),
        "refresh": grant.refresh,
    });
    let list = |scopes: &[String]| match scopes {
        [] => "no repository".to_owned(),
        scopes => scopes.join(" "),
    };
    let good_for = match &grant.granted {
        Some(scopes) => format!("good for {}", list(scopes)),
        None => format!(
            "asked for {}; what it is good for is not told",
            list(&grant.asked)
        ),
    };
    let life = match grant.life {
        Some(life) => format!("for {}", units::duration(life)),
        None => "for a time that is not told".to_owned(),
    };
    let refresh = if grant.refresh {
        "with a refresh token"
    } else {
        "without a refresh token"
    };
    let text = format!("{} gives one, {good_for}, {life}, {refresh}", grant.realm);
    let lacks = |granted: &Vec<String>| !grant.asked.iter().all(|scope| covers(granted, scope));
    if grant.granted.as_ref().is_some_and(lacks) {
        let text = format!("{text}; asked for {}", list(&grant.asked));
        let advice = "the login may do less than what was asked for";
        return findings.note(&text, Some(advice), &data);
    }
    findings.ok(&text, &data)
}

/// Whether scopes allow all that `wanted` names.
fn covers(granted: &[String], wanted: &str) -> bool {
    let Some((resource, actions)) = wanted.rsplit_once(':') else {
        return true;
    };
    let allowed = granted.iter().filter_map(|scope| scope.rsplit_once(':'));
    let allowed: Vec<&str> = allowed
        .filter(|(name, _)| *name == resource)
        .flat_map(|(_, actions)| actions.split(','))
        .collect();
    let may = |action: &str| allowed.contains(&action) || allowed.contains(&"*");
    actions.split(',').all(may)
}

/// Compares the clocks.
pub(super) fn clock(greeting: &Greeting, findings: &mut Findings<'_>) -> Result<()> {
    findings.begin("clock");
    let data = json!({"ahead": greeting.ahead});
    let Some(ahead) = greeting.ahead else {
        return findings.note("it does not say what time it is", None, &data);
    };
    let off = ahead.unsigned_abs();
    if off <= TOLERANCE {
        return findings.ok(&format!("{off} seconds apart at most"), &data);
    }
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let text = format!("its clock is {off} seconds {side} this machine's");
    let advice =
        "set the wrong one right (NTP): tokens and certificates look too old or too new otherwise";
    findings.note(&text, Some(advice), &data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_covers_what_its_actions_name() {
        let granted = ["repository:a:pull,push", "registry:catalog:*"].map(str::to_owned);
        assert!(covers(&granted, "repository:a:pull"));
        assert!(covers(&granted, "repository:a:push,pull"));
        assert!(covers(&granted, "registry:catalog:*"));
        assert!(!covers(&granted, "repository:a:delete"));
        assert!(!covers(&granted, "repository:b:pull"));
        assert!(!covers(&[], "repository:a:pull"));
    }
}
