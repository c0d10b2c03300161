//! Whether the mirrors of a repository answer at all: for `doctor`.

use std::path::PathBuf;
use std::sync::Arc;

use reqwest::Method;

use crate::config::Route;
use crate::error::{Result, Thing};
use crate::registry::auth::Scopes;
use crate::registry::http::Course;
use crate::registry::request::Request;
use crate::registry::{Client, Repository};

use super::Place;

/// A place that a repository is read at, before its registry or instead of it.
#[derive(Debug)]
pub struct Mirrored {
    /// Its URL, or its name where no more is known.
    pub site: String,
    /// The file that names it.
    pub file: PathBuf,
    /// Whether it stands in for the registry.
    pub instead: bool,
    /// The status of its answer to `GET /v2/`, 401 or a success, or why there is none.
    pub answer: Result<u16>,
}

impl Repository {
    /// Asks each mirror, in order, whether it is there. Sends no credentials.
    pub async fn ask_mirrors(&self) -> Vec<Mirrored> {
        let mut asked = Vec::new();
        for there in self.places() {
            let Some(place) = &there.place else { continue };
            asked.push(Mirrored {
                site: place.station.site().to_string(),
                file: place.station.site().file.clone(),
                instead: !place.has_next,
                answer: status(&there.client, place).await,
            });
        }
        asked
    }

    /// The same repository, read at its registry alone, whatever mirrors it has.
    #[must_use]
    pub fn without_mirrors(&self) -> Self {
        let route = Route {
            blocked_by: self.route().blocked_by.clone(),
            ..Route::default()
        };
        Self {
            route: Arc::new(route.into()),
            readings: Arc::default(),
            ..self.clone()
        }
    }
}

async fn status(client: &Client, place: &Place) -> Result<u16> {
    let server = place.server(client).await?;
    let request = Request::new(Method::GET, server.url("/v2/"), Scopes::none());
    let answer = client
        .deliver(&server, &request, None, Course::Registry)
        .await?;
    if answer.is_success() {
        answer.refuse_html("a registry")?;
    } else if answer.status() != 401 {
        let name = format!("{}/v2/", server.host);
        return Err(answer.fail(client.transport(), Thing::Endpoint, name).await);
    }
    Ok(answer.status())
}
