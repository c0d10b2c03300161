//! Docker's v1 search: `GET /v1/search?q=&n=&page=` (docker/docker-registry, "Search"; docker's client asks Docker Hub
//! the same way). Pages may fail at some offsets, and old registries know no pages: they give all results at once and
//! do not look at `n` and `page`.

use serde::Deserialize;
use serde_json::Value;

use super::{Ask, Hit, Page, number, text};
use crate::error::{Error, Result};

#[derive(Deserialize)]
struct Answer {
    results: Option<Vec<Value>>,
    num_results: Option<Value>,
    num_pages: Option<Value>,
}

pub(super) async fn page(ask: &Ask<'_>, page: usize) -> Result<Page> {
    let mut url = ask.server.url("/v1/search");
    url.query_pairs_mut()
        .append_pair("q", &ask.term)
        .append_pair("n", &ask.per_page.to_string())
        .append_pair("page", &page.to_string());
    let answer: Answer = ask.get(url).await?;
    if answer.results.is_none() && answer.num_results.is_none() {
        return Err(Error::Malformed {
            doing: "reading search results".to_owned(),
            reason: "the answer has no results".to_owned(),
        });
    }
    let results = answer.results.unwrap_or_default();
    let more = match answer.num_pages.as_ref().and_then(Value::as_u64) {
        Some(pages) => (page as u64) < pages,
        // More than asked for is everything.
        None => results.len() == ask.per_page,
    };
    Ok(Page {
        hits: results.iter().filter_map(hit).collect(),
        total: answer.num_results.as_ref().and_then(Value::as_u64),
        more,
        cut: None,
    })
}

/// One result, if it has a name at least.
fn hit(result: &Value) -> Option<Hit> {
    let flag = |key: &str| result.get(key).and_then(Value::as_bool);
    let name = text(result, "name");
    (!name.is_empty()).then(|| Hit {
        name: name.to_owned(),
        description: text(result, "description").to_owned(),
        stars: number(result, "star_count").unwrap_or(0),
        official: flag("is_official").unwrap_or(false),
        automated: flag("is_automated"),
        pulls: None,
        tags: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_needs_a_name_and_nothing_else() {
        let found = hit(&json!({"name": "a/b", "description": null, "star_count": "many"}));
        let expected = Hit {
            name: "a/b".to_owned(),
            ..Hit::default()
        };
        assert_eq!(found, Some(expected));
        for bad in [
            json!({}),
            json!(null),
            json!("x"),
            json!({"name": ""}),
            json!({"name": 7}),
        ] {
            assert_eq!(hit(&bad), None, "{bad}");
        }
    }
}
