//! Search: the repositories of a registry that match a term, by whatever the registry has for that.
//!
//! | file | whom it asks |
//! |---|---|
//! | `choose` | the registry, what it is: which of the ways below are worth a request, and in which order |
//! | `v1` | docker's v1 search: Docker Hub, old registries, Nexus, our own `serve` |
//! | `harbor`, `quay`, `zot` | the API of that product, at the registry's own origin |
//! | `gitlab` | the GitLab that issues the registry's tokens, which is another origin: without credentials |
//! | `catalog` | the list of all repositories, matched here |
//! | `rank` | nobody: how well a name matches |
//!
//! Whatever a way answers that it does not promise (404, a page for browsers, 500, JSON of another shape) makes the next
//! one be asked; the last is the catalog. Results are read leniently: fields may be missing or null. A page after the
//! first that fails does not take what was found before: the list is cut there, and says so.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::Client;
use super::answer::Response;
use super::auth::Scopes;
use super::endpoint::Server;
use super::request::Request;
use crate::error::{Error, Result, Thing};
use crate::oci::Host;
use choose::Way;

mod catalog;
mod choose;
mod gitlab;
mod harbor;
mod quay;
mod rank;
mod v1;
mod zot;

pub use rank::rank;

/// The most results asked for at once: what Docker Hub and Harbor give at most.
const PER_PAGE: usize = 100;
/// The most pages read of one search.
const MAX_PAGES: usize = 10;
/// The largest page of results, in bytes.
const MAX_PAGE: usize = 8 << 20;

/// What is looked for.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// What names or descriptions have in them; everything when there is none.
    pub term: Option<&'a str>,
    /// The most results, at least 1.
    pub limit: usize,
    /// What results must meet besides. Results that do not are not counted towards the limit.
    pub keep: Option<&'a (dyn Fn(&Hit) -> bool + Send + Sync)>,
}

/// One result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// How often it was pulled, where the registry tells.
    pub pulls: Option<u64>,
    /// How many tags it has, where that is known.
    pub tags: Option<Count>,
}

/// A number of things that were counted as far as one request shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many there are at least.
    pub number: u64,
    /// Whether there are more.
    pub more: bool,
}

/// What a search found.
#[derive(Debug)]
pub struct Found {
    /// The results, best first.
    pub hits: Vec<Hit>,
    /// Whether more match than these.
    pub more: bool,
    /// How many match in all, as far as that is known.
    pub total: Option<u64>,
    /// Why not everything was looked at, if that is so.
    pub cut: Option<Cut>,
    /// Who answered, such as `its catalog`.
    pub answered: &'static str,
    /// Nothing but names is known of these.
    pub bare: bool,
    /// A login for the registry is of no use to who answered: private repositories are not found.
    pub public_only: bool,
}

/// Why a list of results ends before its end.
#[derive(Debug)]
pub enum Cut {
    /// So many were looked at, of `what`, and that is the most.
    Bound {
        /// How many.
        looked: usize,
        /// Such as `results`.
        what: &'static str,
    },
    /// The rest could not be read.
    Failed(Box<Error>),
}

/// Some results, as a registry gives them.
#[derive(Default)]
struct Page {
    hits: Vec<Hit>,
    /// How many results there are on all pages, if it says so.
    total: Option<u64>,
    /// Whether another page follows.
    more: bool,
    cut: Option<Cut>,
}

/// A search under way at one registry.
struct Ask<'a> {
    client: &'a Client,
    server: Arc<Server>,
    /// As it is sent.
    term: String,
    /// How many results a page is asked to have.
    per_page: usize,
}

impl Client {
    /// Repositories at `host` that match, best first: what is closest to the term by its name, at Docker Hub in its own
    /// order. Names come without the host.
    ///
    /// # Errors
    /// When the registry cannot be reached, and what the catalog fails with where nothing else answered.
    pub async fn search(&self, host: &Host, query: Query<'_>) -> Result<Found> {
        let server = self.server(host).await?;
        let Some(term) = query.term else {
            return self.list(host, query).await;
        };
        if host.is_docker_hub() {
            return self.search_hub(host, term, query).await;
        }
        let ask = Ask {
            client: self,
            server,
            // Names are in lower case, and not every registry ignores the case of what it is asked for.
            term: term.to_lowercase(),
            per_page: PER_PAGE,
        };
        let mut refused = None;
        for way in self.ways(&ask).await? {
            match ask.gather(&way, query).await {
                Ok(found) => {
                    tracing::debug!(%host, "searched by {}", found.answered);
                    return Ok(found);
                }
                Err(error) => {
                    tracing::debug!(%host, %error, "not searched by {}", way.name());
                    // That somebody is not allowed to search says more than that there is nothing else.
                    if !matches!(refused, Some(Error::Denied { .. })) {
                        refused = Some(error);
                    }
                }
            }
        }
        Err(refused.unwrap_or_else(|| Error::Machine("there is no way to search".to_owned())))
    }

    /// Docker Hub's search lives on a host of its own.
    async fn search_hub(&self, host: &Host, term: &str, query: Query<'_>) -> Result<Found> {
        let settings = self.endpoint(host)?;
        let base = self.hub().index.clone();
        let filtered = query.keep.is_some();
        let ask = Ask {
            client: self,
            server: Arc::new(Server::new(host.clone(), base, settings)),
            // Hub finds `alpine`, not `library/alpine`.
            term: term.strip_prefix("library/").unwrap_or(term).to_owned(),
            per_page: if filtered {
                PER_PAGE
            } else {
                query.limit.min(PER_PAGE)
            },
        };
        ask.gather(&Way::Hub, query).await
    }

    /// All repositories, in the order of the catalog.
    async fn list(&self, host: &Host, query: Query<'_>) -> Result<Found> {
        let page = catalog::read(
            self,
            host,
            |hit| query.keep.is_none_or(|keep| keep(hit)),
            query.limit + 1,
        );
        let mut page = page.await?;
        let more = page.hits.len() > query.limit;
        page.hits.truncate(query.limit);
        Ok(Found {
            total: (!more && page.cut.is_none()).then_some(page.hits.len() as u64),
            hits: page.hits,
            more,
            cut: page.cut,
            answered: Way::Catalog.name(),
            bare: true,
            public_only: false,
        })
    }
}

impl Ask<'_> {
    /// Reads pages until there are enough, or no more.
    async fn gather(&self, way: &Way, query: Query<'_>) -> Result<Found> {
        let (mut seen, mut hits) = (HashSet::new(), Vec::new());
        let (mut total, mut cut, mut more) = (None, None, false);
        for number in 1..=MAX_PAGES {
            let page = match way.page(self, number).await {
                Ok(page) => page,
                Err(error) if number == 1 => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, number, "a later page of results failed");
                    cut = Some(Cut::Failed(Box::new(error)));
                    break;
                }
            };
            let before = seen.len();
            for hit in page.hits {
                if seen.insert(hit.name.clone()) && query.keep.is_none_or(|keep| keep(&hit)) {
                    hits.push(hit);
                }
            }
            total = page.total.or(total);
            cut = page.cut;
            // Old registries answer every page with the same results.
            more = page.more && seen.len() > before;
            if !more || (way.is_ordered() && hits.len() >= query.limit) {
                break;
            }
            if number == MAX_PAGES {
                let (looked, what) = (seen.len(), "results");
                cut = Some(Cut::Bound { looked, what });
            }
        }
        if !way.keeps_order() {
            hits.sort_by_key(|hit| Reverse(rank(&hit.name, &self.term)));
        }
        let matching = hits.len();
        let whole = !more && cut.is_none();
        hits.truncate(query.limit);
        Ok(Found {
            more: matching > hits.len() || more,
            total: if whole {
                Some(matching as u64)
            } else {
                // How many of the others would be kept is not known.
                total.filter(|_| matching == seen.len())
            },
            hits,
            cut,
            answered: way.name(),
            bare: matches!(way, Way::Catalog),
            public_only: way.is_public_only() && self.client.has_login(&self.server).await,
        })
    }

    /// Asks the registry itself, which may want credentials.
    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T> {
        let answer = self.client.send(&self.server, &request(url)).await?;
        self.read(answer).await
    }

    async fn read<T: DeserializeOwned>(&self, answer: Response) -> Result<T> {
        let transport = self.client.transport();
        if answer.status() != 200 {
            let name = answer.url().path().to_owned();
            return Err(answer.fail(transport, Thing::Endpoint, name).await);
        }
        answer.json(transport, MAX_PAGE, "search results").await
    }
}

/// A question for JSON. One that an API may not have is not repeated for long.
fn request(url: Url) -> Request {
    Request::new(Method::GET, url, Scopes::none())
        .accept("application/json")
        .document(MAX_PAGE)
        .briefly()
}

/// A text of a result; nothing when it is missing or something else.
fn text<'a>(result: &'a Value, key: &str) -> &'a str {
    result.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A number of a result, if it is one.
fn number(result: &Value, key: &str) -> Option<u64> {
    result.get(key).and_then(Value::as_u64)
}

/// The list that an answer must have to be one.
fn list<'a>(answer: &'a Value, key: &str) -> Result<&'a [Value], Error> {
    match answer.get(key) {
        Some(Value::Array(list)) => Ok(list),
        _ => Err(Error::Malformed {
            doing: "reading search results".to_owned(),
            reason: format!("the answer has no list of {key}"),
        }),
    }
}
