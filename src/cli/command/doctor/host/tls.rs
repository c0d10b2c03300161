//! Who is at the end of the way: the TLS handshake and the certificates shown in it, or plain http and who allows it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Look;
use super::findings::Findings;
use super::way::settled;
use crate::error::{Error, Result};
use crate::registry::{Approach, Certificate, Handshake};

/// How long before its end a certificate is worth a note: who renews them by hand needs some weeks.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Shakes hands. Whether there is somebody to ask.
pub(super) async fn step(
    look: &Look<'_>,
    approach: &Approach,
    findings: &mut Findings<'_>,
) -> Result<bool> {
    findings.begin("tls");
    let origin = || settled(look, "scheme").map_or_else(String::new, |(_, origin)| origin);
    match look.stranger.handshake(&look.host).await {
        Err(error) => {
            findings.failure(error, &json!({}))?;
            Ok(false)
        }
        Ok(None) => {
            let origin = origin();
            let data = json!({"plain_http": true, "allowed_by": origin});
            if look.host.is_loopback() {
                let text = "plain http, which never leaves this machine";
                findings.ok(text, &data)?;
            } else {
                let text = format!("plain http, allowed by {origin}");
                let advice = "everybody on the way can read and change what moves, passwords too";
                findings.note(&text, Some(advice), &data)?;
            }
            Ok(true)
        }
        Ok(Some(handshake)) => {
            let origin = approach.insecure.then(origin);
            shaken(handshake, origin.as_deref(), findings)
        }
    }
}

/// Tells a handshake; `unverified_by` is who said that certificates are not to be verified.
fn shaken(
    handshake: Handshake,
    unverified_by: Option<&str>,
    findings: &mut Findings<'_>,
) -> Result<bool> {
    let data = json!({
        "plain_http": false,
        "protocol": handshake.protocol,
        "verified": unverified_by.is_none() && handshake.failure.is_none(),
        "chain": handshake.chain.iter().map(object).collect::<Vec<_>>(),
    });
    let untrusted = |error: &Error| {
        matches!(
            error,
            Error::Tls { .. } | Error::NoTls { .. } | Error::Challenge { .. }
        )
    };
    // Whatever came after the handshake, the next question meets it too.
    if let Some(error) = handshake.failure
        && (untrusted(&error) || handshake.chain.is_empty())
    {
        findings.failure(error, &data)?;
        return Ok(false);
    }
    let protocol = handshake.protocol.unwrap_or("TLS");
    let shown: Vec<String> = handshake.chain.iter().map(line).collect();
    let text = format!("{protocol}: {}", shown.join("; "));
    if let Some(origin) = unverified_by {
        let text = format!("{text}; not verified, by {origin}");
        let advice = "anybody on the way can pose as this registry; trust its authority by --ca-file or certs.d instead";
        findings.note(&text, Some(advice), &data)?;
    } else if let Some(ends) = ends_soon(&handshake.chain, Timestamp::now()) {
        let advice = format!("a certificate ends on {ends}: it must be renewed before");
        findings.note(&text, Some(&advice), &data)?;
    } else {
        findings.ok(&text, &data)?;
    }
    Ok(true)
}

fn line(certificate: &Certificate) -> String {
    let name = |name: &Option<String>| match name {
        Some(name) => format!("{name:?}"),
        None => "a name of no text".to_owned(),
    };
    let until = certificate
        .until
        .map(|until| format!(" until {until}"))
        .unwrap_or_default();
    let signed = if certificate.self_issued {
        "by itself".to_owned()
    } else {
        format!("by {}", name(&certificate.issuer))
    };
    format!("{} signed {signed}{until}", name(&certificate.subject))
}

fn object(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "from": certificate.from.map(|time| time.to_string()),
        "until": certificate.until.map(|time| time.to_string()),
    })
}

/// The first end of a certificate that counts, where it is near. An authority that is sent along need not be in date:
/// its copy here decides.
fn ends_soon(chain: &[Certificate], now: Timestamp) -> Option<Timestamp> {
    let counting = chain.iter().enumerate();
    let counting = counting.filter(|(at, certificate)| *at == 0 || !certificate.self_issued);
    let first = counting
        .filter_map(|(_, certificate)| certificate.until)
        .min()?;
    (first < now + SOON).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_authority_that_is_sent_along_does_not_count() {
        let until = |text: &str, self_issued| Certificate {
            subject: None,
            issuer: None,
            from: None,
            until: Some(text.parse().unwrap()),
            self_issued,
        };
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let far = until("2026-06-01T00:00:00Z", false);
        let near = until("2026-01-20T00:00:00Z", false);
        let root = until("2026-01-10T00:00:00Z", true);
        let ends = |chain: &[Certificate]| ends_soon(chain, now);
        assert_eq!(ends(&[far.clone(), root.clone()]), None);
        assert_eq!(ends(std::slice::from_ref(&near)), near.until);
        assert_eq!(ends(&[far, near.clone(), root.clone()]), near.until);
        assert_eq!(ends(std::slice::from_ref(&root)), root.until);
        assert_eq!(ends(&[]), None);
    }
}
