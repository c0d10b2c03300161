//! Search: docker's v1 search where a registry has it (Docker Hub, old registries, Nexus), else the catalog, matched
//! here. Results of servers are read leniently: fields may be missing or null, pages may fail.

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::auth::Scopes;
use super::endpoint::Server;
use super::request::Request;
use super::{Client, list};
use crate::error::{Error, Result, Thing};
use crate::oci::Host;

/// The most results a page of the v1 search has.
const PER_PAGE: usize = 100;
/// The largest page of results, in bytes.
const MAX_PAGE: usize = 8 << 20;
/// The most names of a catalog that are looked through.
const MAX_NAMES: usize = 100_000;

/// One row of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The repository, without its registry.
    pub name: String,
    /// What its owner says about it; text of a server.
    pub description: String,
    /// How many people like it.
    pub stars: u64,
    /// Whether it is one of Docker's official images.
    pub official: bool,
    /// Whether it is built automatically; registries have stopped telling.
    pub automated: Option<bool>,
}

#[derive(Deserialize)]
struct Page {
    results: Option<Vec<Value>>,
    num_pages: Option<Value>,
}

/// A search being read.
struct Search {
    client: Client,
    host: Host,
    term: String,
    left: usize,
    ready: VecDeque<Hit>,
    next: Next,
}

enum Next {
    First,
    Page(Arc<Server>, usize),
    End,
}

/// Repositories that match `term`.
pub(super) fn search(
    client: Client,
    host: Host,
    term: String,
    limit: usize,
) -> BoxStream<'static, Result<Hit>> {
    // Hub finds `alpine`, not `library/alpine`.
    let term = match term.strip_prefix("library/") {
        Some(short) if host.is_docker_hub() => short.to_owned(),
        _ => term,
    };
    let search = Search {
        client,
        host,
        term,
        left: limit,
        ready: VecDeque::new(),
        next: Next::First,
    };
    stream::try_unfold(search, |mut search| async {
        let hit = search.next().await?;
        Ok(hit.map(|hit| (hit, search)))
    })
    .boxed()
}

impl Search {
    async fn next(&mut self) -> Result<Option<Hit>> {
        loop {
            if self.left == 0 {
                return Ok(None);
            }
            if let Some(hit) = self.ready.pop_front() {
                self.left -= 1;
                return Ok(Some(hit));
            }
            match std::mem::replace(&mut self.next, Next::End) {
                Next::End => return Ok(None),
                Next::First => self.first().await?,
                // What was found already is worth more than the error of a later page.
                Next::Page(server, page) => {
                    if let Err(error) = self.page(&server, page).await {
                        tracing::debug!(%error, page, "a later page of results failed");
                    }
                }
            }
        }
    }

    async fn first(&mut self) -> Result<()> {
        let server = self.index().await?;
        match self.page(&server, 1).await {
            Ok(()) => {
                tracing::debug!(host = %self.host, "answered by /v1/search");
                Ok(())
            }
            Err(error) if self.host.is_docker_hub() => Err(error),
            Err(error @ (Error::Network { .. } | Error::Stalled { .. } | Error::Tls { .. })) => {
                Err(error)
            }
            Err(error) => {
                tracing::debug!(host = %self.host, %error, "no v1 search; matching the catalog");
                self.catalog().await
            }
        }
    }

    /// Docker Hub's search lives on a host of its own.
    async fn index(&self) -> Result<Arc<Server>> {
        if !self.host.is_docker_hub() {
            return self.client.server(&self.host).await;
        }
        let settings = self.client.endpoint(&self.host)?;
        let base = self.client.hub().index.clone();
        Ok(Arc::new(Server::new(self.host.clone(), base, settings)))
    }

    async fn page(&mut self, server: &Arc<Server>, page: usize) -> Result<()> {
        let per_page = self.left.min(PER_PAGE);
        let mut url = server.url("/v1/search");
        url.query_pairs_mut()
            .append_pair("q", &self.term)
            .append_pair("n", &per_page.to_string())
            .append_pair("page", &page.to_string());
        let request = Request::new(Method::GET, url, Scopes::none())
            .accept("application/json")
            .document(MAX_PAGE);
        let answer = self.client.send(server, &request).await?;
        let transport = self.client.transport();
        if answer.status() != 200 {
            let name = format!("{}/v1/search", self.host);
            return Err(answer.fail(transport, Thing::Endpoint, name).await);
        }
        let found: Page = answer.json(transport, MAX_PAGE, "search results").await?;
        let results = found.results.unwrap_or_default();
        let pages = found.num_pages.as_ref().and_then(Value::as_u64);
        let more = match pages {
            Some(pages) => (page as u64) < pages,
            None => results.len() >= per_page,
        };
        self.ready.extend(results.iter().filter_map(hit));
        if more && !results.is_empty() {
            self.next = Next::Page(Arc::clone(server), page + 1);
        }
        Ok(())
    }

    async fn catalog(&mut self) -> Result<()> {
        let mut names = list::catalog(
            self.client.clone(),
            self.host.clone(),
            None,
            Some(MAX_NAMES),
        );
        let term = self.term.to_ascii_lowercase();
        let mut found = Vec::new();
        while let Some(name) = names.next().await {
            let name = name?;
            if let Some(rank) = rank(&name, &term) {
                found.push((Reverse(rank), name));
            }
        }
        found.sort();
        self.ready.extend(found.into_iter().map(|(_, name)| Hit {
            name,
            description: String::new(),
            stars: 0,
            official: false,
            automated: None,
        }));
        Ok(())
    }
}

/// How well a name matches a term in lower case; `None` when it does not.
fn rank(name: &str, term: &str) -> Option<u8> {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('/').next().unwrap_or_default();
    Some(if name == term {
        4
    } else if last == term {
        3
    } else if last.starts_with(term) {
        2
    } else if last.contains(term) {
        1
    } else if name.contains(term) {
        0
    } else {
        return None;
    })
}

/// One result, if it has a name at least.
fn hit(result: &Value) -> Option<Hit> {
    let flag = |key: &str| result.get(key).and_then(Value::as_bool);
    let text = |key: &str| result.get(key).and_then(Value::as_str);
    Some(Hit {
        name: text("name").filter(|name| !name.is_empty())?.to_owned(),
        description: text("description").unwrap_or_default().to_owned(),
        stars: result
            .get("star_count")
            .and_then(Value::as_u64)
            .unwrap_or(0),
        official: flag("is_official").unwrap_or(false),
        automated: flag("is_automated"),
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
            description: String::new(),
            stars: 0,
            official: false,
            automated: None,
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

    #[test]
    fn the_closest_name_ranks_first() {
        let ranks: Vec<_> = [
            "app",
            "team/app",
            "team/app-web",
            "team/webapp",
            "app/x",
            "other",
        ]
        .iter()
        .map(|name| rank(name, "app"))
        .collect();
        assert_eq!(ranks, [Some(4), Some(3), Some(2), Some(1), Some(0), None]);
        assert_eq!(rank("Team/APP", "app"), Some(3));
    }
}
