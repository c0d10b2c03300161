//! GitLab's REST API v4 (GitLab documentation, "Projects API": `GET /projects?search=`; "Container registry API":
//! `GET /projects/:id/registry/repositories`).
//!
//! A GitLab registry lives on a host or port of its own, has no search and shows its catalog to nobody but
//! administrators. What it tells is where its tokens come from, and that is the GitLab that has its projects. That is
//! another origin, whose API takes access tokens and not whatever may be logged in with at the registry: it is asked
//! without credentials, and so it shows public projects whose registry is public. One page of projects is looked at,
//! and each is asked for its repositories once, some at a time; found are projects that match, with all their images.

use futures_util::stream::{self, StreamExt};
use serde_json::Value;
use url::Url;

use super::{Ask, Count, Cut, Hit, Page, number, request, text};
use crate::error::{Error, Result};
use crate::registry::http::Course;

/// The most projects that are asked for their repositories.
const MAX_PROJECTS: usize = 25;
/// How many are asked at once.
const AT_ONCE: usize = 8;

pub(super) async fn page(ask: &Ask<'_>, api: &Url) -> Result<Page> {
    let mut url = below(api, "projects")?;
    url.query_pairs_mut()
        .append_pair("search", &ask.term)
        .append_pair("simple", "true")
        .append_pair("order_by", "star_count")
        .append_pair("per_page", &MAX_PROJECTS.to_string());
    if ask.term.contains('/') {
        url.query_pairs_mut()
            .append_pair("search_namespaces", "true");
    }
    let projects = get(ask, url).await?;
    let full = projects.len() >= MAX_PROJECTS;
    let asked = stream::iter(projects.into_iter().take(MAX_PROJECTS))
        .map(|project| async move { (repositories(ask, api, &project).await, project) });
    let mut asked = asked.buffered(AT_ONCE);
    let mut hits = Vec::new();
    while let Some((found, project)) = asked.next().await {
        match found {
            Ok(found) => {
                let host = ask.server.host.as_str();
                hits.extend(found.iter().filter_map(|one| hit(one, &project, host)));
            }
            // The registry of a public project may be closed.
            Err(error) => tracing::debug!(%error, "the repositories of a project are not shown"),
        }
    }
    Ok(Page {
        hits,
        cut: full.then_some(Cut::Bound {
            looked: MAX_PROJECTS,
            what: "projects",
        }),
        ..Page::default()
    })
}

async fn repositories(ask: &Ask<'_>, api: &Url, project: &Value) -> Result<Vec<Value>> {
    let Some(id) = number(project, "id") else {
        return Ok(Vec::new());
    };
    let mut url = below(api, &format!("projects/{id}/registry/repositories"))?;
    url.query_pairs_mut()
        .append_pair("tags_count", "true")
        .append_pair("per_page", "100");
    get(ask, url).await
}

/// A list of the API, asked for as by a stranger. Redirects keep to where a realm may lead.
async fn get(ask: &Ask<'_>, url: Url) -> Result<Vec<Value>> {
    let request = request(url);
    let answer = ask
        .client
        .deliver(&ask.server, &request, None, Course::Realm);
    ask.read(answer.await?).await
}

fn below(api: &Url, path: &str) -> Result<Url> {
    api.join(path).map_err(|_| Error::Malformed {
        doing: "reading the registry's realm".to_owned(),
        reason: "no API can be below it".to_owned(),
    })
}

/// One repository of a project, if it is on the registry at `host`: `location` has the name to pull it by.
fn hit(repository: &Value, project: &Value, host: &str) -> Option<Hit> {
    let name = text(repository, "location")
        .strip_prefix(host)?
        .strip_prefix('/')?;
    let tags = number(repository, "tags_count");
    (!name.is_empty()).then(|| Hit {
        name: name.to_owned(),
        description: text(project, "description").to_owned(),
        stars: number(project, "star_count").unwrap_or(0),
        tags: tags.map(|number| Count {
            number,
            more: false,
        }),
        ..Hit::default()
    })
}
