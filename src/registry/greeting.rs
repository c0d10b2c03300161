//! What a registry says to somebody it does not know: the first question of `doctor`.

use std::time::SystemTime;

use reqwest::Method;
use reqwest::header::{DATE, HeaderMap, HeaderName};

use super::Client;
use super::allowance::Allowance;
use super::auth::{Challenge, Scopes, challenges};
use super::http::Course;
use super::request::Request;
use crate::error::{Result, Thing};
use crate::oci::Host;

/// What a registry calls the API it speaks (docker's, before there was a specification).
const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

/// The answer to an anonymous `GET /v2/`. Texts in it are the server's own, unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The URL that was asked, with the scheme that worked.
    pub url: String,
    /// The status: 401 or a success.
    pub status: u16,
    /// The version of HTTP, such as `HTTP/1.1`.
    pub http: String,
    /// `Docker-Distribution-Api-Version`, if it has one.
    pub api: Option<String>,
    /// How it wants to be asked; empty when it asks for nothing.
    pub offers: Vec<Offer>,
    /// Why none of these can be answered, if that is so.
    pub objection: Option<String>,
    /// How many seconds its clock is ahead of this machine's; `None` where it tells no time.
    pub ahead: Option<i64>,
    /// How often it may be asked, if it says so.
    pub allowance: Option<Allowance>,
}

/// One way to authenticate that a registry offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Such as `bearer`.
    pub scheme: String,
    /// The address of a token server, or the name of what is protected.
    pub realm: Option<String>,
    /// What the registry is called at the token server.
    pub service: Option<String>,
}

impl Client {
    /// Asks the registry at `host` whether it is one and what it wants to know. Sends no credentials.
    ///
    /// # Errors
    /// `NotFound` when there is no registry; whatever keeps the answer from coming.
    pub async fn greet(&self, host: &Host) -> Result<Greeting> {
        let server = self.server(host).await?;
        let url = server.url("/v2/");
        let request = Request::new(Method::GET, url.clone(), Scopes::none());
        let answer = self
            .deliver(&server, &request, None, Course::Registry)
            .await?;
        let now = SystemTime::now();
        if answer.is_success() {
            answer.refuse_html("a registry")?;
        } else if answer.status() != 401 {
            let name = format!("{host}/v2/");
            return Err(answer.fail(self.transport(), Thing::Endpoint, name).await);
        }
        let offered = challenges(answer.headers());
        let asks = answer.status() == 401;
        Ok(Greeting {
            url: url.to_string(),
            status: answer.status(),
            http: answer.version(),
            api: answer.told(API_VERSION),
            offers: offered.iter().map(|offer| self.offer(offer)).collect(),
            objection: asks.then(|| self.objection(&server, &offered)).flatten(),
            ahead: ahead(answer.headers(), now),
            allowance: Allowance::read(answer.headers()),
        })
    }

    fn offer(&self, challenge: &Challenge) -> Offer {
        let told = |name| {
            challenge
                .parameter(name)
                .map(|text| self.secrets().mask(text))
        };
        Offer {
            scheme: challenge.name().to_owned(),
            realm: told("realm"),
            service: told("service"),
        }
    }
}

/// How many seconds the clock of an answer that came at `now` is ahead of ours.
fn ahead(headers: &HeaderMap, now: SystemTime) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    match date.duration_since(now) {
        Ok(ahead) => i64::try_from(ahead.as_secs()).ok(),
        Err(behind) => i64::try_from(behind.duration().as_secs())
            .ok()
            .map(|seconds| -seconds),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_may_be_ahead_or_behind_or_not_be_told() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let at = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, text.parse().unwrap());
            ahead(&headers, now)
        };
        assert_eq!(at("Sun, 09 Sep 2001 01:46:40 GMT"), Some(0));
        assert_eq!(at("Sun, 09 Sep 2001 01:48:40 GMT"), Some(120));
        assert_eq!(at("Sun, 09 Sep 2001 01:44:40 GMT"), Some(-120));
        assert_eq!(at("yesterday"), None);
        assert_eq!(ahead(&HeaderMap::new(), now), None);
    }
}
