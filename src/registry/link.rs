//! Paging by `Link` headers (RFC 8288; distribution-spec, "Listing tags"), followed with suspicion.
//!
//! A next page is asked for only at the origin and path of the first one, so a registry cannot send its client, and
//! the client's token, somewhere else (1). Registries behind path prefixes give links that lack the prefix (Nexus on
//! connector ports, Artifactory's virtual repositories); their query is right, so it is kept and the path is not (2).
//! A link seen before, or more than [`MAX_PAGES`], ends the list with an error (3).

use std::collections::HashSet;

use reqwest::header::{HeaderMap, LINK};
use url::Url;

use super::origin::{redact, same_origin};
use crate::error::{Error, Result};

/// The most pages of one list. With the usual 1000 entries a page that is ten million.
const MAX_PAGES: usize = 10_000;

/// The target of the first link with `rel=next`, quoted or not.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    headers.get_all(LINK).iter().find_map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes());
        next_in(&text)
    })
}

fn next_in(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let end = after.find('>')?;
        let target = &after[..end];
        let parameters = &after[end + 1..];
        // The parameters of this link reach to the `<` of the next one.
        let reach = parameters.find('<').unwrap_or(parameters.len());
        if is_next(&parameters[..reach]) {
            return Some(target.to_owned());
        }
        rest = parameters;
    }
    None
}

fn is_next(parameters: &str) -> bool {
    parameters.split([';', ',']).any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_ascii_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

/// A walk over the pages of one list.
pub(super) struct Pages {
    first: Url,
    seen: HashSet<String>,
}

impl Pages {
    /// A walk that begins at `first`.
    pub(super) fn new(first: Url) -> Self {
        let seen = HashSet::from([first.to_string()]);
        Self { first, seen }
    }

    /// The page after the one at `current`, whose answer came with `headers`.
    pub(super) fn after(&mut self, current: &Url, headers: &HeaderMap) -> Result<Option<Url>> {
        let Some(target) = next(headers) else {
            return Ok(None);
        };
        let bad = |reason: &str| Error::Malformed {
            doing: format!("GET {}", redact(current)),
            reason: reason.to_owned(),
        };
        let target = current
            .join(&target)
            .map_err(|_| bad("the link to the next page is no URL"))?;
        if !same_origin(&self.first, &target) {
            return Err(bad("the next page is said to be at another server"));
        }
        let mut page = self.first.clone();
        page.set_query(target.query());
        self.at(page).map(Some)
    }

    /// The page at `page`, which no link named.
    pub(super) fn at(&mut self, page: Url) -> Result<Url> {
        let bad = |reason: &str| Error::Malformed {
            doing: format!("GET {}", redact(&page)),
            reason: reason.to_owned(),
        };
        if self.seen.len() >= MAX_PAGES {
            return Err(bad("the list has too many pages"));
        }
        if !self.seen.insert(page.to_string()) {
            return Err(bad("the list leads back to a page already read"));
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(links: &[&str]) -> HeaderMap {
        links
            .iter()
            .map(|link| (LINK, link.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_next_link_is_found_however_it_is_written() {
        let cases: [&[&str]; 6] = [
            &["</v2/a/tags/list?last=b&n=2>; rel=\"next\""],
            &["</v2/a/tags/list?last=b&n=2>;rel=next"],
            &["<http://x/>; rel=prev, </v2/a/tags/list?last=b&n=2>; REL=\"next\""],
            &[
                "<http://x/>; rel=\"first\"",
                "</v2/a/tags/list?last=b&n=2>; rel=\"last next\"",
            ],
            &["</v2/a/tags/list?last=b&n=2>; title=\"a\"; rel = next"],
            &["</v2/a/tags/list?last=b&n=2> ; rel=\"next\" ,<x>;rel=up"],
        ];
        for case in cases {
            let found = next(&headers(case));
            assert_eq!(
                found.as_deref(),
                Some("/v2/a/tags/list?last=b&n=2"),
                "{case:?}"
            );
        }
        assert_eq!(
            next(&headers(&[
                "<x>; rel=prev",
                "garbage",
                "<unclosed; rel=next"
            ])),
            None
        );
    }

    #[test]
    fn a_link_keeps_its_query_and_loses_its_path_and_never_its_origin() {
        let first: Url = "https://r.example/v2/virtual/a/tags/list?n=1000"
            .parse()
            .unwrap();
        let mut pages = Pages::new(first.clone());
        let link = headers(&["</repository/x/v2/a/tags/list?last=%2Fb&n=5>; rel=next"]);
        let second = pages.after(&first, &link).unwrap().unwrap();
        assert_eq!(
            second.as_str(),
            "https://r.example/v2/virtual/a/tags/list?last=%2Fb&n=5"
        );
        assert!(pages.after(&second, &link).is_err(), "a loop was followed");
        for bad in [
            "<https://r.example:444/x>; rel=next",
            "<http://r.example/v2/>; rel=next",
        ] {
            assert!(
                pages.after(&first, &headers(&[bad])).is_err(),
                "{bad} was followed"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_read_without_harm(text in "[<>;,=\" a-z/?]{0,80}") {
            let _ = next_in(&text);
        }
    }
}
