//! Long lists in pages: `n` and `last` in, a `Link` to the rest out (distribution-spec, "Listing Tags").
//!
//! No answer holds more than [`MOST`] entries, whatever is asked for (the class of CVE-2023-2253).

use http::HeaderValue;

use super::error::{Code, Refusal};
use super::path::Parameters;

/// The most entries of one answer; also what comes when no number is asked for.
pub(super) const MOST: usize = 1000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    limit: usize,
    after: Option<String>,
}

impl Page {
    /// Reads `n` and `last`.
    pub(super) fn read(parameters: &Parameters) -> Result<Self, Refusal> {
        let limit = match parameters.first("n") {
            None | Some("") => MOST,
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().unwrap_or(MOST).min(MOST)
            }
            Some(_) => {
                return Err(Refusal::invalid(
                    Code::PaginationNumberInvalid,
                    "n is the number of entries wanted",
                ));
            }
        };
        let after = parameters.first("last").filter(|last| !last.is_empty());
        Ok(Self {
            limit,
            after: after.map(str::to_owned),
        })
    }

    /// The part of `entries` on this page, in the order of their keys, and the key to ask for the next one with.
    pub(super) fn cut<T>(&self, mut entries: Vec<T>, key: impl Fn(&T) -> String) -> Cut<T> {
        entries.sort_by_cached_key(&key);
        let start = match &self.after {
            Some(after) => entries.partition_point(|entry| key(entry) <= *after),
            None => 0,
        };
        let mut entries = entries.split_off(start);
        let more = entries.len() > self.limit;
        entries.truncate(self.limit);
        // Of zero entries none is the last: the spec wants no Link then.
        let next = entries.last().filter(|_| more).map(key);
        Cut { entries, next }
    }

    /// A relative link from `path` to what comes after `last`, keeping the parameters in `also`.
    pub(super) fn link(&self, path: &str, last: &str, also: &[(&str, &str)]) -> HeaderValue {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("n", &self.limit.to_string())
            .append_pair("last", last)
            .extend_pairs(also)
            .finish();
        HeaderValue::try_from(format!("<{path}?{query}>; rel=\"next\""))
            .expect("paths hold names, which are ASCII by their grammar, and the query is encoded")
    }
}

/// A page, cut out of its list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut<T> {
    /// What is on it.
    pub(super) entries: Vec<T>,
    /// The key of its last entry, when more come after it.
    pub(super) next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Page {
        let uri = format!("/x?{query}").parse().unwrap();
        Page::read(&Parameters::of(&uri)).unwrap()
    }

    fn cut(query: &str, names: &[&str]) -> (Vec<String>, Option<String>) {
        let names = names.iter().map(ToString::to_string).collect();
        let cut = page(query).cut(names, String::clone);
        (cut.entries, cut.next)
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_overlap() {
        let names = ["c", "a", "e", "b", "d"];
        let mut seen = Vec::new();
        let mut query = "n=2".to_owned();
        loop {
            let (entries, next) = cut(&query, &names);
            seen.extend(entries);
            let Some(last) = next else { break };
            query = format!("n=2&last={last}");
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn the_last_page_has_no_next() {
        assert_eq!(cut("n=2", &["b", "a"]).1, None);
        assert_eq!(cut("n=0", &["b", "a"]), (vec![], None));
        assert_eq!(cut("last=z", &["b", "a"]), (vec![], None));
        assert_eq!(
            cut("n=1&last=aa", &["b", "a"]).0,
            ["b"],
            "last need not exist"
        );
    }

    #[test]
    fn no_page_is_longer_than_the_most() {
        for query in ["", "n=", "n=1001", "n=99999999999999999999999"] {
            assert_eq!(page(query).limit, MOST, "{query}");
        }
        for query in ["n=-1", "n=x", "n=1.5"] {
            let uri = format!("/x?{query}").parse().unwrap();
            assert!(Page::read(&Parameters::of(&uri)).is_err(), "{query}");
        }
    }

    #[test]
    fn a_link_is_relative_and_encoded() {
        let link = page("n=5").link("/v2/_catalog", "a:5000/b&c", &[("artifactType", "x/y+z")]);
        assert_eq!(
            link,
            "</v2/_catalog?n=5&last=a%3A5000%2Fb%26c&artifactType=x%2Fy%2Bz>; rel=\"next\""
        );
    }
}
