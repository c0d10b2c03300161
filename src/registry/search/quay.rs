//! Quay's API v1: `GET /api/v1/find/repositories?query=&page=` (quay/quay, endpoints/api/search.py; Red Hat Quay API
//! guide, "Search"). Ten results a page unless the server is set up otherwise; pages after its last repeat that one.
//!
//! It takes tokens of OAuth applications, not logins of the registry, so it is asked without: public repositories.

use serde_json::Value;

use super::{Ask, Hit, Page, list, number, request, text};
use crate::error::Result;
use crate::registry::http::Course;

pub(super) async fn page(ask: &Ask<'_>, page: usize) -> Result<Page> {
    let mut url = ask.server.url("/api/v1/find/repositories");
    url.query_pairs_mut()
        .append_pair("query", &ask.term)
        .append_pair("page", &page.to_string());
    let request = request(url);
    let answer = ask
        .client
        .deliver(&ask.server, &request, None, Course::Registry);
    let answer: Value = ask.read(answer.await?).await?;
    let more = answer.get("has_additional").and_then(Value::as_bool);
    Ok(Page {
        hits: list(&answer, "results")?.iter().filter_map(hit).collect(),
        total: None,
        more: more.unwrap_or(false),
        cut: None,
    })
}

/// One result, unless it is an application rather than images.
fn hit(result: &Value) -> Option<Hit> {
    let (name, space) = (text(result, "name"), result.get("namespace")?);
    let space = text(space, "name");
    let images = matches!(text(result, "kind"), "" | "repository");
    (images && !name.is_empty() && !space.is_empty()).then(|| Hit {
        name: format!("{space}/{name}"),
        description: text(result, "description").to_owned(),
        stars: number(result, "stars").unwrap_or(0),
        ..Hit::default()
    })
}
