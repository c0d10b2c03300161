//! An upload that is begun, asked about and given up at once: what can be found out about uploads without leaving
//! anything.

use reqwest::Method;
use reqwest::header::LOCATION;
use url::Url;

use super::session::{chunk_minimum, location};
use crate::error::{Result, Thing};
use crate::registry::Repository;
use crate::registry::origin::same_origin;
use crate::registry::request::Request;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// The status of the POST; 202 by the specification.
    pub begun: u16,
    /// Whether the location of the upload is relative.
    pub relative: bool,
    /// Whether it is at another server.
    pub elsewhere: bool,
    /// The smallest chunk that is taken, in bytes, if it says so.
    pub chunk: Option<u64>,
    /// The status of asking about it, 204 by the specification; `None` where no answer came.
    pub asked: Option<u16>,
    /// The status of giving it up, 204 by the specification; `None` where no answer came.
    pub given_up: Option<u16>,
}

impl Repository {
    /// Begins an upload, asks about it and gives it up.
    ///
    /// # Errors
    /// `Denied`; whatever keeps an upload from being begun, or from being found again.
    pub async fn try_upload(&self) -> Result<Trial> {
        let server = self.server().await?;
        let url = self.url(&server, "blobs/uploads/");
        let request = Request::new(Method::POST, url, self.push());
        let answer = self.client.send(&server, &request).await?;
        if !matches!(answer.status(), 200..=202 | 204) {
            let name = self.name.to_string();
            let error = answer.fail(self.transport(), Thing::Repository, name);
            return Err(error.await);
        }
        answer.refuse_html("an upload")?;
        let place = location(&server, &answer)?;
        let mut place =
            place.ok_or_else(|| answer.malformed("began an upload without saying where"))?;
        let mut trial = Trial {
            begun: answer.status(),
            relative: answer
                .header(LOCATION)
                .is_some_and(|text| Url::parse(text).is_err()),
            elsewhere: !same_origin(&place, &server.base),
            chunk: chunk_minimum(&answer),
            asked: None,
            given_up: None,
        };
        let question = Request::new(Method::GET, place.clone(), self.push());
        if let Ok(answer) = self.client.send(&server, &question).await {
            trial.asked = Some(answer.status());
            if let Ok(Some(moved)) = location(&server, &answer) {
                place = moved;
            }
        }
        let farewell = Request::new(Method::DELETE, place, self.push());
        if let Ok(answer) = self.client.send(&server, &farewell).await {
            trial.given_up = Some(answer.status());
        }
        Ok(trial)
    }
}
