//! Search where a registry has none: the list of all repositories, matched here, and their tags counted.

use futures_util::StreamExt;

use super::{Ask, Count, Cut, Hit, Page, rank};
use crate::error::Result;
use crate::oci::{Host, Name};
use crate::registry::{Client, list};

/// The most names that are looked through.
const MAX_NAMES: usize = 100_000;

/// All names that have the term in them, by name.
pub(super) async fn page(ask: &Ask<'_>) -> Result<Page> {
    let wanted = |hit: &Hit| rank(&hit.name, &ask.term).is_some();
    let mut page = read(ask.client, &ask.server.host, wanted, usize::MAX).await?;
    page.hits.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(page)
}

/// The names that are `wanted`, in the catalog's order, at most `limit`. What was read before an error is kept.
pub(super) async fn read(
    client: &Client,
    host: &Host,
    wanted: impl Fn(&Hit) -> bool,
    limit: usize,
) -> Result<Page> {
    let mut names = client.catalog(host, None, Some(MAX_NAMES));
    let (mut page, mut looked) = (Page::default(), 0);
    while let Some(name) = names.next().await {
        let name = match name {
            Ok(name) => name,
            Err(error) if looked == 0 => return Err(error),
            Err(error) => {
                page.cut = Some(Cut::Failed(Box::new(error)));
                return Ok(page);
            }
        };
        looked += 1;
        let hit = Hit {
            name,
            ..Hit::default()
        };
        if wanted(&hit) {
            page.hits.push(hit);
        }
        if page.hits.len() == limit {
            return Ok(page);
        }
    }
    if looked == MAX_NAMES {
        let what = "names";
        page.cut = Some(Cut::Bound { looked, what });
    }
    Ok(page)
}

impl Client {
    /// How many tags a repository has, by one request; `None` where that is not told.
    pub async fn count_tags(&self, host: &Host, repository: &str) -> Option<Count> {
        // A catalog may list what is no name; nothing is asked for with that.
        let name = Name {
            host: host.clone(),
            repository: repository.parse().ok()?,
        };
        match list::count_tags(&self.repository(&name)).await {
            Ok(count) => Some(count),
            Err(error) => {
                tracing::debug!(%error, "the tags are not counted");
                None
            }
        }
    }
}
