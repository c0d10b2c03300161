//! Search in the names of local repositories, in the form of docker's v1 search (`GET /v1/search?q=&n=&page=`).
//!
//! Names are all there is to search: a layout keeps neither descriptions nor stars.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse as _;
use http::HeaderValue;
use http::Uri;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::Service;
use super::error::Answer;
use super::path::Parameters;

/// Results of a page when no number is asked for, as on docker's index.
const USUAL: usize = 25;
/// The most results of a page, as on docker's index.
const MOST: usize = 100;

/// `/v1/search`
pub(super) async fn answer(State(service): State<Arc<Service>>, uri: Uri) -> Answer {
    let names = service.repositories().await?;
    let document = results(names, &Parameters::of(&uri));
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((kind, document.to_string()).into_response())
}

fn results(mut names: Vec<String>, parameters: &Parameters) -> Value {
    let number = |key: &str| parameters.first(key)?.parse::<usize>().ok();
    let term = parameters.first("q").unwrap_or_default();
    let wanted = term.to_lowercase();
    names.retain(|name| name.contains(&wanted));
    names.sort_unstable();
    let size = number("n").filter(|n| *n > 0).unwrap_or(USUAL).min(MOST);
    let page = number("page").unwrap_or(1).max(1);
    let results: Vec<Value> = names
        .iter()
        .skip(size.saturating_mul(page - 1))
        .take(size)
        .map(|name| {
            json!({
                "name": name,
                "description": "",
                "star_count": 0,
                "is_official": false,
                "is_automated": false,
            })
        })
        .collect();
    json!({
        "query": term,
        "num_results": names.len(),
        "num_pages": names.len().div_ceil(size),
        "page": page,
        "page_size": size,
        "results": results,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> (Vec<String>, Value) {
        let names = ["zeta", "app", "user/app", "ghcr.io/acme/apple"];
        let uri = format!("/v1/search?{query}").parse().unwrap();
        let names = names.iter().map(ToString::to_string).collect();
        let document = results(names, &Parameters::of(&uri));
        let found = document["results"].as_array().unwrap();
        let found = found
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned());
        (found.collect(), document)
    }

    #[test]
    fn names_that_hold_the_term_are_found() {
        assert_eq!(found("q=APP").0, ["app", "ghcr.io/acme/apple", "user/app"]);
        assert_eq!(found("q=nothing").0.len(), 0);
        assert_eq!(found("").0.len(), 4);
    }

    #[test]
    fn results_come_in_pages() {
        let (names, document) = found("q=app&n=2&page=2");
        assert_eq!(names, ["user/app"]);
        assert_eq!(
            (&document["num_results"], &document["num_pages"]),
            (&json!(3), &json!(2))
        );
        assert_eq!(found("q=app&n=0&page=0").0.len(), 3);
        assert_eq!(found("q=app&page=18446744073709551615").0.len(), 0);
        assert_eq!(found("q=app&n=1000").1["page_size"], MOST);
    }
}
