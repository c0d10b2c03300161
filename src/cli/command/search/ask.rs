//! Several registries asked at once, and one list made of what they answer.

use std::cmp::Reverse;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::report::{Doing, Status, Tally, warn};
use crate::oci::Host;
use crate::registry::{Client, Cut, Found, Hit, Query, rank};

/// How many repositories are asked for their tags at once.
const AT_ONCE: usize = 8;
/// The most results that `--limit` lets through.
const MOST: usize = 100;

/// One result and where it comes from.
pub(super) struct Row {
    hit: Hit,
    /// The number of its registry.
    host: usize,
    /// Its place among the results of that.
    place: usize,
    /// Nothing but its name is known.
    bare: bool,
}

/// The results, with their registry in their names when there are several.
pub(super) fn named(rows: Vec<Row>, hosts: &[Host]) -> Vec<Hit> {
    let named = |row: Row| {
        let mut hit = row.hit;
        if hosts.len() > 1 {
            hit.name = format!("{}/{}", hosts[row.host], hit.name);
        }
        hit
    };
    rows.into_iter().map(named).collect()
}

/// What all registries answered.
pub(super) struct Asked {
    pub(super) rows: Vec<Row>,
    /// How it went: the failures were told.
    pub(super) status: Status,
}

/// Asks `hosts`, tells who failed and what is cut, and puts the best results first, whoever they come from.
pub(super) async fn all(client: &Client, hosts: &[Host], query: Query<'_>, program: &str) -> Asked {
    let answers = join_all(hosts.iter().map(|host| client.search(host, query))).await;
    let (mut tally, mut rows) = (Tally::default(), Vec::new());
    let (mut more, mut total) = (false, Some(0));
    for (number, (host, answer)) in hosts.iter().zip(answers).enumerate() {
        let found = match answer.doing(format!("cannot search {host}")) {
            Ok(found) => found,
            Err(failure) => {
                tally.note(Err(failure), program);
                continue;
            }
        };
        tell(host, &found);
        more |= found.more;
        total = total.zip(found.total).map(|(sum, here)| sum + here);
        let bare = found.bare;
        let found = found.hits.into_iter().enumerate();
        rows.extend(found.map(|(place, hit)| Row {
            hit,
            host: number,
            place,
            bare,
        }));
    }
    let matching = rows.len();
    best(&mut rows, query);
    // Where a list was cut before the limit, more of it cannot be had by another limit.
    if (more || matching > rows.len()) && rows.len() == query.limit {
        output::story(&shown(rows.len(), total, query));
    }
    Asked {
        rows,
        status: tally.status(),
    }
}

/// The best of the results, the best first: by their names, then as their own registry orders them. Without a term all
/// are as good, and stay together by registry.
fn best(rows: &mut Vec<Row>, query: Query<'_>) {
    let several = rows.iter().any(|row| row.host != rows[0].host);
    if !several {
        return;
    }
    let rank = |row: &Row| query.term.and_then(|term| rank(&row.hit.name, term));
    rows.sort_by_key(|row| (Reverse(rank(row)), row.place, row.host));
    rows.truncate(query.limit);
    if query.term.is_none() {
        rows.sort_by_key(|row| (row.host, row.place));
    }
}

/// Says what a registry did not show.
fn tell(host: &Host, found: &Found) {
    match &found.cut {
        None => {}
        Some(Cut::Bound { looked, what }) => {
            warn(&format!(
                "{host}: only the first {looked} {what} were looked at"
            ));
        }
        Some(Cut::Failed(error)) => warn(&format!("{host}: the list of results is cut: {error}")),
    }
    if found.public_only {
        let text = format!(
            "note: {host}: {} takes no login, so private repositories are not found",
            found.answered
        );
        output::story(&escape(&text));
    }
}

/// Says that there is more than is shown.
fn shown(rows: usize, total: Option<u64>, query: Query<'_>) -> String {
    let what = match total {
        Some(total) => format!("{rows} of {total} results are shown"),
        None => format!("the first {rows} results are shown, there may be more"),
    };
    let how = if query.limit < MOST {
        format!("--limit N shows up to {MOST}")
    } else if query.term.is_none() {
        "`catalog` lists all repositories".to_owned()
    } else {
        "a longer term finds fewer".to_owned()
    };
    format!("note: {what}; {how}")
}

/// Counts the tags of the results of which nothing but the name is known, by one request each.
pub(super) async fn count_tags(client: &Client, hosts: &[Host], rows: &mut [Row]) {
    let bare = rows.iter_mut().filter(|row| row.bare);
    let counts = stream::iter(bare).map(|row| async {
        row.hit.tags = client.count_tags(&hosts[row.host], &row.hit.name).await;
    });
    counts.buffer_unordered(AT_ONCE).collect::<()>().await;
}
