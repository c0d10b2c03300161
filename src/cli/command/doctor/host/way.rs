//! The way to a registry: its name, its addresses, the proxy, and the connection.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::findings::Findings;
use super::{Look, tls};
use crate::cli::render::units;
use crate::error::{Error, Result};
use crate::registry::Approach;

/// The most addresses that are knocked at.
const MAX_ADDRESSES: usize = 16;

/// Goes the way. Whether there is somebody to ask at its end.
pub(super) async fn steps(look: &Look<'_>, findings: &mut Findings<'_>) -> Result<bool> {
    let Some(approach) = name(look, findings).await? else {
        return Ok(false);
    };
    let addresses = addresses(look, &approach, findings).await?;
    proxy(look, &approach, findings)?;
    Ok(connect(look, &approach, &addresses, findings).await?
        && tls::step(look, &approach, findings).await?)
}

async fn name(look: &Look<'_>, findings: &mut Findings<'_>) -> Result<Option<Approach>> {
    findings.begin("name");
    let approach = match look.stranger.approach(&look.host).await {
        Ok(approach) => approach,
        Err(error) => {
            let data = json!({"host": look.host.as_str()});
            findings.failure(error, &data)?;
            return Ok(None);
        }
    };
    let data = json!({
        "host": look.host.as_str(),
        "server": approach.server,
        "ports": approach.ports,
    });
    let text = if look.host.is_docker_hub() {
        format!("Docker Hub, whose registry is at {}", approach.server)
    } else {
        look.host.to_string()
    };
    findings.ok(&text, &data)?;
    Ok(Some(approach))
}

/// Looks a name up, within the time that a connection may take.
async fn lookup(look: &Look<'_>, name: &str, port: u16) -> Result<Vec<IpAddr>> {
    let limit = look.session.config.connect_timeout;
    let found = tokio::time::timeout(limit, tokio::net::lookup_host((name, port))).await;
    let reason = match found {
        Ok(Ok(found)) => {
            let mut addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
            addresses.sort();
            addresses.dedup();
            addresses.truncate(MAX_ADDRESSES);
            return Ok(addresses);
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {limit:?}"),
    };
    let doing = format!("looking up {name}");
    Err(Error::Network { doing, reason })
}

async fn addresses(
    look: &Look<'_>,
    approach: &Approach,
    findings: &mut Findings<'_>,
) -> Result<Vec<IpAddr>> {
    findings.begin("addresses");
    let port = approach.ports.first().copied().unwrap_or_default();
    let found = match lookup(look, &approach.server, port).await {
        Ok(found) => found,
        Err(error) if approach.proxy.is_some() => {
            let advice = "that does no harm: the proxy looks it up";
            findings.note(&error.to_string(), Some(advice), &json!({}))?;
            return Ok(Vec::new());
        }
        Err(error) => {
            let advice = "check the spelling, and the name servers of this machine";
            findings.failure_with(error, Some(advice), &json!({}))?;
            return Ok(Vec::new());
        }
    };
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = found.iter().partition(|found| found.is_ipv4());
    let listed = |kind, addresses: &[IpAddr]| {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        (!texts.is_empty()).then(|| format!("{kind} {}", texts.join(", ")))
    };
    let listed: Vec<String> = [listed("IPv4", &v4), listed("IPv6", &v6)]
        .into_iter()
        .flatten()
        .collect();
    let text = format!("{}: {}", approach.server, listed.join("; "));
    findings.ok(&text, &json!({"ipv4": v4, "ipv6": v6}))?;
    Ok(found)
}

/// What the settings say about one thing, and who says so.
pub(super) fn settled(look: &Look<'_>, name: &str) -> Option<(String, String)> {
    let facts = look.session.config.facts_about(&look.host).ok()?;
    let fact = facts.into_iter().find(|fact| fact.name == name)?;
    Some((fact.value, fact.origin))
}

fn proxy(look: &Look<'_>, approach: &Approach, findings: &mut Findings<'_>) -> Result<()> {
    findings.begin("proxy");
    let (_, origin) = settled(look, "proxy").unwrap_or_default();
    let proxy = approach.proxy.as_ref().map(ToString::to_string);
    let data = json!({"proxy": proxy, "from": origin});
    let name = proxy.unwrap_or_else(|| "none".to_owned());
    let because = match origin.as_str() {
        "" | "default" => String::new(),
        origin => format!(" ({origin})"),
    };
    findings.ok(&format!("{name}{because}"), &data)
}

/// Makes a connection to each address. Whether one of them answered.
async fn connect(
    look: &Look<'_>,
    approach: &Approach,
    addresses: &[IpAddr],
    findings: &mut Findings<'_>,
) -> Result<bool> {
    findings.begin("connect");
    let targets = match &approach.proxy {
        None => pairs(addresses, &approach.ports),
        Some(proxy) => {
            let place = proxy.address();
            let (name, port) = place.rsplit_once(':').unwrap_or((&place, ""));
            let port = port.parse().unwrap_or_default();
            match lookup(look, name.trim_matches(['[', ']']), port).await {
                Ok(found) => pairs(&found, &[port]),
                Err(error) => {
                    findings.failure_with(error, Some(advice(approach)), &json!({}))?;
                    return Ok(false);
                }
            }
        }
    };
    let knocks = targets.iter().map(|target| look.stranger.knock(*target));
    let knocks: Vec<Result<Duration>> = join_all(knocks).await;
    let reached = knocks.iter().any(Result::is_ok);
    for (target, knock) in targets.iter().zip(knocks) {
        let address = json!({"address": target, "proxy": approach.proxy.is_some()});
        match knock {
            Ok(time) => {
                let mut data = address;
                data["ms"] = milliseconds(time);
                let who = if approach.proxy.is_some() {
                    "the proxy at "
                } else {
                    ""
                };
                let text = format!("{who}{target} answers ({})", units::duration(time));
                findings.ok(&text, &data)?;
            }
            Err(error) if reached => {
                let advice = "there are others, but requests may wait for this one first";
                findings.note(&error.to_string(), Some(advice), &address)?;
            }
            Err(error) => findings.failure_with(error, Some(advice(approach)), &address)?,
        }
    }
    Ok(reached)
}

fn pairs(addresses: &[IpAddr], ports: &[u16]) -> Vec<SocketAddr> {
    let at = |port: &u16| {
        let port = *port;
        addresses.iter().map(move |ip| SocketAddr::new(*ip, port))
    };
    ports.iter().flat_map(at).collect()
}

/// What to do when nobody answers.
fn advice(approach: &Approach) -> &'static str {
    if approach.proxy.is_some() {
        "check the proxy and who names it (the step before), or except this registry by NO_PROXY"
    } else {
        "check the port, that the registry runs, and the firewalls on the way; some networks are left only by a proxy"
    }
}

/// A time in milliseconds, as data.
pub(super) fn milliseconds(time: Duration) -> Value {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).into()
}
