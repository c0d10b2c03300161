//! Harbor's API v2.0 (goharbor/harbor, api/v2.0/swagger.yaml): `GET /api/v2.0/repositories?q=name=~TERM` lists what the
//! caller may see, with descriptions; `GET /api/v2.0/search?q=TERM`, which all versions have, knows none. Neither knows
//! stars.
//!
//! Both answer strangers with what is public, without a challenge. Harbor's logins are those of its registry and the API
//! takes them as Basic (swagger.yaml, "securityDefinitions"), so a login for the registry is sent, to the registry's own
//! origin alone and only to a registry that asked for one.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::{Ask, Hit, PER_PAGE, Page, list, number, request, text};
use crate::error::{Error, Result};
use crate::registry::http::Course;

/// Whether a term can stand in a query of [`repositories`]: names have no other characters, and some of the others mean
/// something there.
pub(super) fn is_plain(term: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    !term.is_empty() && term.bytes().all(plain)
}

/// `GET /repositories`: an array of `Repository`; `X-Total-Count` says how many there are.
pub(super) async fn repositories(ask: &Ask<'_>, page: usize) -> Result<Page> {
    let mut url = ask.server.url("/api/v2.0/repositories");
    url.query_pairs_mut()
        .append_pair("q", &format!("name=~{}", ask.term))
        .append_pair("page", &page.to_string())
        .append_pair("page_size", &PER_PAGE.to_string());
    let (headers, answer): (_, Value) = get(ask, url).await?;
    // A list of nothing is null in Go.
    let results = match &answer {
        Value::Array(results) => results.as_slice(),
        Value::Null => &[],
        _ => {
            return Err(Error::Malformed {
                doing: "reading search results".to_owned(),
                reason: "the answer is no list of repositories".to_owned(),
            });
        }
    };
    let total = headers.get("X-Total-Count");
    let total = total.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    Ok(Page {
        hits: results.iter().filter_map(|one| hit(one, "name")).collect(),
        more: match total {
            Some(total) => ((page * PER_PAGE) as u64) < total,
            None => results.len() == PER_PAGE,
        },
        total,
        cut: None,
    })
}

/// `GET /search`: a `Search`, whose `repository` is an array of `SearchRepository`; there are no pages.
pub(super) async fn search(ask: &Ask<'_>) -> Result<Page> {
    let mut url = ask.server.url("/api/v2.0/search");
    url.query_pairs_mut().append_pair("q", &ask.term);
    let (_, answer): (_, Value) = get(ask, url).await?;
    let results = list(&answer, "repository")?;
    Ok(Page {
        hits: results
            .iter()
            .filter_map(|one| hit(one, "repository_name"))
            .collect(),
        ..Page::default()
    })
}

async fn get<T: DeserializeOwned>(ask: &Ask<'_>, url: Url) -> Result<(HeaderMap, T)> {
    let authorization = ask.client.login_as_basic(&ask.server).await?;
    let request = request(url);
    let answer = ask.client.deliver(
        &ask.server,
        &request,
        authorization.as_ref(),
        Course::Registry,
    );
    let answer = answer.await?;
    let headers = answer.headers().clone();
    Ok((headers, ask.read(answer).await?))
}

fn hit(result: &Value, key: &str) -> Option<Hit> {
    let name = text(result, key);
    (!name.is_empty()).then(|| Hit {
        name: name.to_owned(),
        description: text(result, "description").to_owned(),
        pulls: number(result, "pull_count"),
        ..Hit::default()
    })
}
