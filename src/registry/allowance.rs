//! How often a registry may be asked, as it says itself: `RateLimit-*` as Docker Hub writes them
//! (draft-ietf-httpapi-ratelimit-headers, before version 08) and the older `X-RateLimit-*`.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;

use super::Repository;
use super::request::Request;
use crate::error::Result;
use crate::oci::{MediaType, Selector};

/// How often a registry may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests in all.
    pub limit: Option<u64>,
    /// Requests left of them.
    pub remaining: Option<u64>,
    /// The time in which they are counted.
    pub window: Option<Duration>,
}

impl Allowance {
    /// Reads the headers of an answer; `None` where none of them says anything.
    pub(super) fn read(headers: &HeaderMap) -> Option<Self> {
        let of = |what: &str| {
            let names = [format!("ratelimit-{what}"), format!("x-ratelimit-{what}")];
            let mut found = names.iter().filter_map(|name| headers.get(name));
            number(found.next()?.to_str().ok()?)
        };
        let (limit, remaining) = (of("limit"), of("remaining"));
        let window = limit.and_then(|(_, window)| window);
        let window = window.or(remaining.and_then(|(_, window)| window));
        (limit.is_some() || remaining.is_some()).then(|| Self {
            limit: limit.map(|(number, _)| number),
            remaining: remaining.map(|(number, _)| number),
            window,
        })
    }
}

/// Reads `100;w=21600`: a number, and the seconds of its window where it has one.
fn number(text: &str) -> Option<(u64, Option<Duration>)> {
    let mut parts = text.split([';', ',']).map(str::trim);
    let number = parts.next()?.parse().ok()?;
    let window = parts.find_map(|part| part.strip_prefix("w=")?.trim().parse().ok());
    Some((number, window.map(Duration::from_secs)))
}

impl Repository {
    /// How often the registry may be asked, as it states beside the manifest `at`; `None` where it states nothing. It is
    /// asked by HEAD, which Docker Hub does not count.
    ///
    /// # Errors
    /// Whatever keeps an answer from coming; that the manifest is not there does not.
    pub async fn allowance(&self, at: &Selector) -> Result<Option<Allowance>> {
        let server = self.server().await?;
        let url = self.url(&server, &format!("manifests/{at}"));
        let request = Request::new(Method::HEAD, url, self.pull()).accept(&MediaType::accepted());
        let answer = self.client.send(&server, &request).await?;
        Ok(Allowance::read(answer.headers()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)]) -> Option<Allowance> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Allowance::read(&map)
    }

    #[test]
    fn both_spellings_are_read_and_what_is_no_number_says_nothing() {
        let hub = [
            ("ratelimit-limit", "100;w=21600"),
            ("ratelimit-remaining", "76;w=21600"),
        ];
        let expected = Allowance {
            limit: Some(100),
            remaining: Some(76),
            window: Some(Duration::from_secs(21600)),
        };
        assert_eq!(read(&hub), Some(expected));
        let old = read(&[("x-ratelimit-remaining", "7")]).unwrap();
        assert_eq!(
            (old.limit, old.remaining, old.window),
            (None, Some(7), None)
        );
        assert_eq!(read(&[("ratelimit-limit", "many")]), None);
        assert_eq!(read(&[("ratelimit-limit", "-1;w=x")]), None);
        assert_eq!(read(&[]), None);
    }
}
