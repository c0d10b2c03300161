//! Lists: the tags of a repository, the repositories of a registry (distribution-spec, "Listing tags"; docker's
//! `_catalog`). Lists may be null, unordered, cut without a link, or hold names that are none.

use std::collections::{HashSet, VecDeque};

use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::auth::Scopes;
use super::link::{self, Pages};
use super::request::Request;
use super::search::Count;
use super::{Client, Repository};
use crate::error::{Error, Result, Thing};
use crate::oci::{Digest, Host, Tag};

/// How many entries a page is asked to have; ECR refuses to be asked for more.
const PER_PAGE: usize = 1000;
/// The largest page of tags, in bytes. Google's registry puts every manifest beside them and knows no pages.
const MAX_TAGS_PAGE: usize = 64 << 20;
/// The most tags that a repository may have: what goes on after that has no end.
const MAX_TAGS: usize = 500_000;
/// The largest page of a catalog, in bytes.
const MAX_CATALOG_PAGE: usize = 8 << 20;

#[derive(Deserialize)]
struct TagPage {
    tags: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct CatalogPage {
    repositories: Option<Vec<Value>>,
}

fn texts(list: Option<Vec<Value>>) -> Vec<String> {
    let texts = list.unwrap_or_default().into_iter();
    texts
        .filter_map(|value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
        .collect()
}

/// The page after `last` of a full page that came without a link: some registries cut lists and do not say so.
fn after_last(first: &Url, last: &str) -> Url {
    let mut url = first.clone();
    url.query_pairs_mut()
        .clear()
        .append_pair("n", &PER_PAGE.to_string())
        .append_pair("last", last);
    url
}

/// What is listed as the tags of a repository.
#[derive(Default)]
pub(super) struct Tags {
    /// Those that are tags, each once.
    pub(super) tags: Vec<Tag>,
    /// One that is none, and no digest either: nobody knows what it keeps.
    pub(super) other: Option<String>,
}

/// All tags of a repository.
pub(super) async fn tags(repository: &Repository) -> Result<Tags> {
    let server = repository.server().await?;
    let mut url = repository.url(&server, "tags/list");
    url.query_pairs_mut()
        .append_pair("n", &PER_PAGE.to_string());
    let mut pages = Pages::new(url.clone());
    let (mut listed, mut seen) = (Tags::default(), HashSet::new());
    loop {
        let request =
            Request::new(Method::GET, url.clone(), repository.pull()).document(MAX_TAGS_PAGE);
        let answer = repository.client.send(&server, &request).await?;
        if answer.status() != 200 {
            let name = repository.name.familiar();
            let error = answer.fail(repository.transport(), Thing::Repository, name);
            return Err(error.await);
        }
        let linked = pages.after(&url, answer.headers())?;
        let page: TagPage = answer
            .json(repository.transport(), MAX_TAGS_PAGE, "a list of tags")
            .await?;
        let entries = page.tags.as_ref().map_or(0, Vec::len);
        let page = texts(page.tags);
        if page.len() < entries {
            listed.other = Some("an entry that is no text".to_owned());
        }
        let before = seen.len();
        for text in &page {
            if !seen.insert(text.clone()) {
                continue;
            }
            if let Ok(tag) = text.parse::<Tag>() {
                listed.tags.push(tag);
                continue;
            }
            let shown = repository.client.secrets().mask(text);
            tracing::debug!(?shown, "listed as a tag, but is none");
            // Artifactory lists digests among the tags.
            if text.parse::<Digest>().is_err() {
                listed.other = Some(shown);
            }
        }
        if listed.tags.len() > MAX_TAGS {
            return Err(Error::Malformed {
                doing: format!("the list of tags of {}", repository.name.familiar()),
                reason: format!("it has more than {MAX_TAGS}"),
            });
        }
        url = match (linked, page.last()) {
            (Some(next), _) => next,
            (None, Some(last)) if page.len() == PER_PAGE && seen.len() > before => {
                pages.at(after_last(&url, last))?
            }
            (None, _) => return Ok(listed),
        };
    }
}

/// How many tags a repository has, as far as one page of them tells.
pub(super) async fn count_tags(repository: &Repository) -> Result<Count> {
    let server = repository.server().await?;
    let mut url = repository.url(&server, "tags/list");
    url.query_pairs_mut()
        .append_pair("n", &PER_PAGE.to_string());
    let request = Request::new(Method::GET, url, repository.pull())
        .document(MAX_TAGS_PAGE)
        .briefly();
    let answer = repository.client.send(&server, &request).await?;
    if answer.status() != 200 {
        let name = repository.name.familiar();
        let error = answer.fail(repository.transport(), Thing::Repository, name);
        return Err(error.await);
    }
    let linked = link::next(answer.headers()).is_some();
    let page: TagPage = answer
        .json(repository.transport(), MAX_TAGS_PAGE, "a list of tags")
        .await?;
    let page = texts(page.tags);
    let tags: HashSet<&String> = page
        .iter()
        .filter(|text| text.parse::<Tag>().is_ok())
        .collect();
    Ok(Count {
        number: tags.len() as u64,
        more: linked || page.len() == PER_PAGE,
    })
}

/// A catalog being read.
struct Catalog {
    client: Client,
    host: Host,
    left: usize,
    ready: VecDeque<String>,
    seen: HashSet<String>,
    next: Next,
}

enum Next {
    First(Option<String>),
    Page(Pages, Url),
    End,
}

/// The repositories of a registry, page by page.
pub(super) fn catalog(
    client: Client,
    host: Host,
    last: Option<String>,
    limit: Option<usize>,
) -> BoxStream<'static, Result<String>> {
    let catalog = Catalog {
        client,
        host,
        left: limit.unwrap_or(usize::MAX),
        ready: VecDeque::new(),
        seen: HashSet::new(),
        next: Next::First(last),
    };
    stream::try_unfold(catalog, |mut catalog| async {
        let name = catalog.next().await?;
        Ok(name.map(|name| (name, catalog)))
    })
    .boxed()
}

impl Catalog {
    async fn next(&mut self) -> Result<Option<String>> {
        loop {
            if self.left == 0 {
                return Ok(None);
            }
            if let Some(name) = self.ready.pop_front() {
                self.left -= 1;
                return Ok(Some(name));
            }
            match std::mem::replace(&mut self.next, Next::End) {
                Next::End => return Ok(None),
                Next::First(last) => {
                    let url = self.first(last.as_deref()).await?;
                    self.read(Pages::new(url.clone()), url).await?;
                }
                Next::Page(pages, url) => self.read(pages, url).await?,
            }
        }
    }

    async fn first(&self, last: Option<&str>) -> Result<Url> {
        let server = self.client.server(&self.host).await?;
        let mut url = server.url("/v2/_catalog");
        // distribution refuses more than its own maximum, whatever that is; fewer than asked for is no harm.
        let n = PER_PAGE.min(self.left).max(1);
        url.query_pairs_mut().append_pair("n", &n.to_string());
        if let Some(last) = last {
            url.query_pairs_mut().append_pair("last", last);
        }
        Ok(url)
    }

    async fn read(&mut self, mut pages: Pages, url: Url) -> Result<()> {
        let server = self.client.server(&self.host).await?;
        let unsupported = |answer| Error::Unsupported {
            host: self.host.clone(),
            what: "a catalog",
            answer,
        };
        let request =
            Request::new(Method::GET, url.clone(), Scopes::catalog()).document(MAX_CATALOG_PAGE);
        let mut answer = match self.client.send(&server, &request).await {
            Ok(answer) => answer,
            // Docker Hub refuses everyone; elsewhere other credentials may help.
            Err(Error::Denied {
                with_credentials: true,
                answer: Some(answer),
                ..
            }) if self.host.is_docker_hub() => return Err(unsupported(answer)),
            Err(error) => return Err(error),
        };
        let transport = self.client.transport();
        match answer.status() {
            200 => {}
            403 | 404 | 405 | 501 => {
                return Err(unsupported(Box::new(answer.answer(transport).await)));
            }
            _ => {
                let name = self.host.to_string();
                return Err(answer.fail(transport, Thing::Endpoint, name).await);
            }
        }
        let linked = link::next(answer.headers()).is_some();
        let next = pages.after(&url, answer.headers())?;
        let page: CatalogPage = answer
            .json(transport, MAX_CATALOG_PAGE, "a list of repositories")
            .await?;
        let page = texts(page.repositories);
        let before = self.seen.len();
        for name in &page {
            if self.seen.insert(name.clone()) {
                self.ready.push_back(name.clone());
            }
        }
        let cut = !linked && page.len() == PER_PAGE && self.seen.len() > before;
        self.next = match (next, page.last()) {
            (Some(url), _) => Next::Page(pages, url),
            (None, Some(last)) if cut => {
                let url = pages.at(after_last(&url, last))?;
                Next::Page(pages, url)
            }
            _ => Next::End,
        };
        Ok(())
    }
}
