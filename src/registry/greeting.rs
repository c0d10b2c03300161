//! What a registry says to somebody it does not know: the first question of `doctor`.

use reqwest::Method;

use super::Client;
use super::auth::{Scopes, challenges};
use super::http::Course;
use super::request::Request;
use crate::error::{Result, Thing};
use crate::oci::Host;

/// The answer to an anonymous `GET /v2/`. Texts in it are the server's own, unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    /// The URL that was asked, with the scheme that worked.
    pub url: String,
    /// How it wants to be asked, as (scheme, realm); empty when it asks for nothing.
    pub challenges: Vec<(String, Option<String>)>,
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
        if answer.is_success() {
            answer.refuse_html("a registry")?;
        } else if answer.status() != 401 {
            let name = format!("{host}/v2/");
            return Err(answer.fail(self.transport(), Thing::Endpoint, name).await);
        }
        let offered = challenges(answer.headers());
        Ok(Greeting {
            url: url.to_string(),
            challenges: offered
                .iter()
                .map(|offer| {
                    (
                        offer.scheme.clone(),
                        offer.parameter("realm").map(str::to_owned),
                    )
                })
                .collect(),
        })
    }
}
