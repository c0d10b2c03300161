//! What a token is good for, as far as it can be known: for `doctor`.
//!
//! Most token servers give JSON Web Tokens that hold the rights granted (distribution's token authentication, "Token
//! Claims"). They are for the registry to verify; here they are only told, so nothing is. A token of another form says
//! nothing.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;

use super::{Ask, Challenge, Scopes, Way, challenges, choose};
use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::oci::{Host, Repository, json};
use crate::registry::Client;
use crate::registry::endpoint::Server;
use crate::registry::http::Course;
use crate::registry::request::Request;

/// The most rights of one token that are told.
const MAX_RIGHTS: usize = 64;

/// A token that was given. Texts in it are the server's own, unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The host of the token server.
    pub realm: String,
    /// The scopes asked for; none when only who is asking matters.
    pub asked: Vec<String>,
    /// The scopes it is good for; `None` where it does not tell.
    pub granted: Option<Vec<String>>,
    /// How long it lives, if that was said.
    pub life: Option<Duration>,
    /// Whether it came with a refresh token.
    pub refresh: bool,
}

#[derive(Deserialize)]
struct Claims {
    access: Option<Vec<Right>>,
}

#[derive(Deserialize)]
struct Right {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    actions: Vec<String>,
}

impl Client {
    /// Why none of the challenges in `offered` can be answered, if that is so.
    pub(in crate::registry) fn objection(
        &self,
        server: &Server,
        offered: &[Challenge],
    ) -> Option<String> {
        let chosen = choose(server, offered).err();
        chosen.map(|error| match self.secrets().mask_error(error) {
            Error::Challenge { reason, .. } => reason,
            other => other.to_string(),
        })
    }

    /// Asks the token server of `host` for a token that is good for reading `read` and writing `write`. `None` where the
    /// registry wants no tokens, or has a fixed one stored for it.
    ///
    /// # Errors
    /// `Denied`; `Challenge` when the registry asks for something else; whatever keeps an answer from coming.
    pub async fn ask_token(
        &self,
        host: &Host,
        read: Option<&Repository>,
        write: Option<&Repository>,
    ) -> Result<Option<Grant>> {
        let server = self.server(host).await?;
        let request = Request::new(Method::GET, server.url("/v2/"), Scopes::none());
        let pong = self.deliver(&server, &request, None, Course::Registry);
        let pong = pong.await?;
        if pong.status() != 401 || pong.elsewhere {
            return Ok(None);
        }
        let way = choose(&server, &challenges(pong.headers()));
        let Way::Bearer { realm, service, .. } =
            way.map_err(|error| self.secrets().mask_error(error))?
        else {
            return Ok(None);
        };
        let mut scopes = read.map(Scopes::pull).unwrap_or_default();
        scopes.extend(&write.map(Scopes::push).unwrap_or_default());
        let caller = self.caller(&server, &scopes).await?;
        if matches!(caller.credential, Some(Credential::Bearer { .. })) {
            return Ok(None);
        }
        let ask = Ask {
            realm,
            service,
            scopes,
        };
        let token = self.fetch_token(&server, &ask, caller.credential.as_ref(), false);
        let token = token
            .await
            .map_err(|error: Error| self.secrets().mask_error(error))?;
        let granted = granted(&token.header);
        let mask = |scope: &String| self.secrets().mask(scope);
        Ok(Some(Grant {
            realm: ask.realm.host_str().unwrap_or_default().to_owned(),
            asked: ask.scopes.iter().collect(),
            granted: granted.map(|scopes| scopes.iter().map(mask).collect()),
            life: token.stated,
            refresh: token.refresh.is_some(),
        }))
    }
}

/// The rights in the token of an `Authorization`, as scopes; `None` where it is of a form that tells none.
fn granted(header: &HeaderValue) -> Option<Vec<String>> {
    let token = header.to_str().ok()?.strip_prefix("Bearer ")?;
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Claims = json::strict(&claims).ok()?;
    let scope =
        |right: &Right| format!("{}:{}:{}", right.kind, right.name, right.actions.join(","));
    let rights = claims.access?;
    Some(rights.iter().take(MAX_RIGHTS).map(scope).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(claims: &str) -> Option<Vec<String>> {
        let token = format!("Bearer e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        granted(&HeaderValue::from_str(&token).unwrap())
    }

    #[test]
    fn a_token_tells_what_it_is_good_for_if_it_is_of_the_form_that_does() {
        let told = rights(
            r#"{"iss":"x","access":[{"type":"repository","name":"a/b","actions":["pull","push"]},
                {"type":"registry","name":"catalog","actions":[]}]}"#,
        );
        assert_eq!(
            told.unwrap(),
            ["repository:a/b:pull,push", "registry:catalog:"]
        );
        assert_eq!(rights(r#"{"access":[]}"#), Some(Vec::new()));
        for silent in ["{}", r#"{"access":null}"#, r#"{"access":"all"}"#, "no JSON"] {
            assert_eq!(rights(silent), None, "{silent}");
        }
        for opaque in [
            "Bearer abc",
            "Bearer a.b",
            "Bearer a.!.c",
            "Basic e30.e30.e30",
        ] {
            assert_eq!(granted(&HeaderValue::from_static(opaque)), None, "{opaque}");
        }
    }

    #[test]
    fn a_token_with_endless_rights_is_told_in_part() {
        let right = r#"{"type":"repository","name":"a","actions":["pull"]}"#;
        let many = vec![right; MAX_RIGHTS + 1].join(",");
        let told = rights(&format!(r#"{{"access":[{many}]}}"#)).unwrap();
        assert_eq!(told.len(), MAX_RIGHTS);
    }
}
