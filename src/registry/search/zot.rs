//! zot's search extension: GraphQL at `GET /v2/_zot/ext/search?query=` (project-zot/zot, pkg/extensions/search,
//! schema.graphql: `GlobalSearch`), announced by `GET /v2/_oci/ext/discover` (distribution-spec, extensions/_oci.md).

use serde_json::Value;

use super::{Ask, Hit, PER_PAGE, Page, list, number, text};
use crate::error::{Error, Result};

/// Where the extension is.
const SEARCH: &str = "/v2/_zot/ext/search";

pub(super) async fn page(ask: &Ask<'_>, page: usize) -> Result<Page> {
    if page == 1 {
        discover(ask).await?;
    }
    let mut url = ask.server.url(SEARCH);
    url.query_pairs_mut()
        .append_pair("query", &document(&ask.term, (page - 1) * PER_PAGE));
    let answer: Value = ask.get(url).await?;
    let found = answer.pointer("/data/GlobalSearch").unwrap_or(&Value::Null);
    let total = found.pointer("/Page/TotalCount").and_then(Value::as_u64);
    let results = list(found, "Repos")?;
    Ok(Page {
        hits: results.iter().filter_map(hit).collect(),
        more: match total {
            Some(total) => ((page * PER_PAGE) as u64) < total,
            None => results.len() == PER_PAGE,
        },
        total,
        cut: None,
    })
}

/// Fails unless the registry says that it has the extension.
async fn discover(ask: &Ask<'_>) -> Result<()> {
    let answer: Value = ask.get(ask.server.url("/v2/_oci/ext/discover")).await?;
    let has_search = |extension: &Value| {
        let endpoints = extension.get("endpoints").and_then(Value::as_array);
        endpoints.is_some_and(|endpoints| endpoints.iter().any(|one| one == SEARCH))
    };
    if list(&answer, "extensions")?.iter().any(has_search) {
        return Ok(());
    }
    Err(Error::Malformed {
        doing: "reading the registry's extensions".to_owned(),
        reason: "there is no search among them".to_owned(),
    })
}

/// The question, in GraphQL, whose strings are written as those of JSON.
fn document(term: &str, offset: usize) -> String {
    let term = Value::from(term);
    format!(
        "{{GlobalSearch(query:{term},requestedPage:{{limit:{PER_PAGE},offset:{offset},sortBy:RELEVANCE}}){{Page{{TotalCount}} Repos{{Name StarCount DownloadCount NewestImage{{Description}}}}}}}}"
    )
}

fn hit(result: &Value) -> Option<Hit> {
    let name = text(result, "Name");
    let newest = result.get("NewestImage").unwrap_or(&Value::Null);
    (!name.is_empty()).then(|| Hit {
        name: name.to_owned(),
        description: text(newest, "Description").to_owned(),
        stars: number(result, "StarCount").unwrap_or(0),
        pulls: number(result, "DownloadCount"),
        ..Hit::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_cannot_leave_its_string() {
        assert_eq!(
            document("a\"){x}\\\n\u{1b}é", 100),
            "{GlobalSearch(query:\"a\\\"){x}\\\\\\n\\u001bé\",requestedPage:{limit:100,offset:100,sortBy:RELEVANCE}){Page{TotalCount} Repos{Name StarCount DownloadCount NewestImage{Description}}}}"
        );
    }
}
