//! Searches: docker's v1 search and the catalog, page by page; what of them is kept, cut and counted.

use std::fmt::Write as _;

use super::*;
use crate::error::Error;
use crate::registry::{Count, Cut, Found, Hit, Query};

/// Searches for `term`, for at most 25 results.
pub(super) async fn find(client: &Client, host: &Host, term: &str) -> Result<Found, Error> {
    let query = Query {
        term: Some(term),
        limit: 25,
        keep: None,
    };
    client.search(host, query).await
}

pub(super) fn names(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.name.as_str()).collect()
}

fn not_found() -> Reply {
    Reply::new(404).body("")
}

/// A page of a v1 search with results of these names.
fn results(names: impl IntoIterator<Item = String>, rest: &str) -> Reply {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!(r#"{{"name":"{name}"}}"#))
        .collect();
    Reply::new(200).json(&format!(r#"{{{rest}"results":[{}]}}"#, names.join(",")))
}

/// The number after `key=` in a target.
fn parameter(target: &str, key: &str) -> usize {
    let start = target.find(&format!("{key}=")).unwrap() + key.len() + 1;
    let digits = target[start..].chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}

#[tokio::test]
async fn a_registry_with_a_v1_search_is_asked_for_that() {
    let v1 = Script::start(|seen, _| match seen.target.as_str() {
        "/v1/search?q=app&n=100&page=1" => Reply::new(200).json(
            r#"{"num_pages":1,"num_results":3,"results":[
                {"name":"other/webapp","description":null},
                {"name":"team/app","description":"née \u001b[31m","star_count":3,"is_official":true},
                {"x":1}, null
            ]}"#,
        ),
        _ => not_found(),
    })
    .await;
    let found = find(&anonymous(), &v1.host(), "APP").await.unwrap();
    assert_eq!(names(&found), ["team/app", "other/webapp"], "best first");
    let first = &found.hits[0];
    assert_eq!((first.stars, first.official), (3, true));
    assert_eq!(first.description, "née \u{1b}[31m");
    assert_eq!(found.answered, "docker's v1 search");
    assert!(!found.bare && !found.more && found.cut.is_none());
    let lines = v1.lines();
    assert_eq!(lines, ["GET /v2/", "GET /v1/search?q=app&n=100&page=1"]);
}

#[tokio::test]
async fn an_old_registry_that_knows_no_pages_is_not_asked_for_one_twice() {
    for count in [100, 150] {
        let names = move || (0..count).map(|at| format!("lab/r{at}"));
        let old = Script::start(move |seen, _| match seen.target.as_str() {
            target if target.starts_with("/v1/search") => {
                results(names(), &format!(r#""num_results":{count},"#))
            }
            _ => not_found(),
        })
        .await;
        let found = find(&anonymous(), &old.host(), "r").await.unwrap();
        assert_eq!((found.hits.len(), found.total), (25, Some(count)));
        assert!(found.more && found.cut.is_none());
        // A full page may have another one behind it; more than a page is everything.
        let asked = if count == 100 { 2 } else { 1 };
        assert_eq!(old.count("GET", "/v1/search"), asked, "{:?}", old.lines());
    }
}

#[tokio::test]
async fn the_best_match_is_found_on_a_later_page_and_a_filter_comes_before_the_limit() {
    let many = Script::start(|seen, _| {
        if !seen.target.starts_with("/v1/search") {
            return not_found();
        }
        let page = parameter(&seen.target, "page");
        let mut body = String::new();
        for at in 0..100 {
            let comma = if at == 0 { "" } else { "," };
            let stars = if page == 3 { at } else { 0 };
            let name = if page == 3 && at == 50 {
                "app".to_owned()
            } else {
                format!("x/old-app-{page}-{at}")
            };
            let _ = write!(body, r#"{comma}{{"name":"{name}","star_count":{stars}}}"#);
        }
        Reply::new(200).json(&format!(
            r#"{{"num_pages":3,"num_results":300,"results":[{body}]}}"#
        ))
    })
    .await;
    let client = anonymous();
    let found = find(&client, &many.host(), "app").await.unwrap();
    assert_eq!(names(&found)[0], "app");
    assert_eq!((found.hits.len(), found.total), (25, Some(300)));

    let liked = |hit: &Hit| hit.stars >= 90;
    let query = Query {
        term: Some("app"),
        limit: 5,
        keep: Some(&liked),
    };
    let found = client.search(&many.host(), query).await.unwrap();
    assert_eq!((found.hits.len(), found.total), (5, Some(10)));
    assert!(found.more && found.hits.iter().all(|hit| hit.stars >= 90));
}

#[tokio::test]
async fn a_search_without_end_is_cut_and_says_so() {
    let endless = Script::start(|seen, before| {
        if seen.target.starts_with("/v1/search") {
            let names = (0..100).map(|at| format!("app-{before}-{at}"));
            return results(names, r#""num_pages":1000000,"#);
        }
        not_found()
    })
    .await;
    let found = find(&anonymous(), &endless.host(), "app").await.unwrap();
    assert_eq!(endless.count("GET", "/v1/search"), 10);
    let bound = matches!(found.cut, Some(Cut::Bound { looked: 1000, .. }));
    assert!(bound && found.more && found.total.is_none(), "{found:?}");
}

#[tokio::test]
async fn what_was_found_before_a_page_failed_is_kept() {
    let script = Script::start(|seen, _| {
        if !seen.target.starts_with("/v1/search") {
            return not_found();
        }
        match parameter(&seen.target, "page") {
            1 => results((0..100).map(|at| format!("r{at}")), r#""num_pages":9,"#),
            _ => Reply::new(500).body(""),
        }
    })
    .await;
    let found = find(&anonymous(), &script.host(), "r").await.unwrap();
    assert_eq!(found.hits.len(), 25);
    assert!(found.more);
    assert!(matches!(found.cut, Some(Cut::Failed(error)) if error.exit_code() == 5));
    // Tried again once, then left.
    assert_eq!(script.count("GET", "/v1/search"), 3, "{:?}", script.lines());
}

#[tokio::test]
async fn docker_hub_is_searched_at_its_index_in_its_own_order() {
    let script = Script::start(|seen, _| {
        let page = parameter(&seen.target, "page");
        if page > 1 {
            return Reply::new(500).body("");
        }
        let count = parameter(&seen.target, "n");
        let names = (0..count).map(|at| format!("r{at}/alpine"));
        let first = ["odd".to_owned()].into_iter();
        results(
            first.chain(names).take(count),
            r#""num_pages":9,"num_results":860,"#,
        )
    })
    .await;
    let base = script.url("/").parse::<url::Url>().unwrap();
    let client = anonymous().with_hub(base.clone(), base);
    let hub = Host::docker_hub();
    let found = find(&client, &hub, "library/alpine").await.unwrap();
    assert_eq!((found.hits.len(), found.total), (25, Some(860)));
    assert_eq!(names(&found)[..2], ["odd", "r0/alpine"]);
    assert_eq!(script.lines(), ["GET /v1/search?q=alpine&n=25&page=1"]);

    // With a filter more is asked for, and what came before the 500 is kept.
    let keep = |hit: &Hit| hit.name.starts_with("r9");
    let query = Query {
        term: Some("alpine"),
        limit: 25,
        keep: Some(&keep),
    };
    let found = client.search(&hub, query).await.unwrap();
    assert_eq!(found.hits.len(), 10);
    assert!(matches!(found.cut, Some(Cut::Failed(_))), "{found:?}");
}

#[tokio::test]
async fn without_a_search_the_catalog_is_matched_here() {
    let bare = Script::start(|seen, _| match seen.target.as_str() {
        "/v2/" => Reply::new(200).json("{}"),
        "/v2/_catalog?n=1000" => Reply::new(200)
            .header("Link", "</v2/_catalog?n=1000&last=app>; rel=\"next\"")
            .json(r#"{"repositories":["other","x/webapp","x/App","app","Ünïcode/CAFÉ"]}"#),
        "/v2/_catalog?n=1000&last=app" => Reply::new(200).json(r#"{"repositories":["z/app-z"]}"#),
        // What does not belong to an API: a page for browsers.
        _ => Reply::new(200)
            .header("Content-Type", "text/html")
            .body("<html>"),
    })
    .await;
    let client = anonymous();
    let found = find(&client, &bare.host(), "APP").await.unwrap();
    assert_eq!(names(&found), ["app", "x/App", "z/app-z", "x/webapp"]);
    assert_eq!((found.answered, found.bare), ("its catalog", true));
    let found = find(&client, &bare.host(), "café").await.unwrap();
    assert_eq!(names(&found), ["Ünïcode/CAFÉ"]);
    // The greeting, two ways that are none, and the catalog.
    assert_eq!(bare.seen().len(), 2 * 5, "{:?}", bare.lines());
}

#[tokio::test]
async fn json_of_another_shape_is_no_answer() {
    for body in [
        "{}",
        "[]",
        "null",
        r#"{"results":7}"#,
        "<html>",
        r#"{"a":1,"a":2}"#,
    ] {
        let odd = Script::start(move |seen, _| match seen.target.as_str() {
            target if target.starts_with("/v2/_catalog") => {
                Reply::new(200).json(r#"{"repositories":["app"]}"#)
            }
            _ => Reply::new(200).json(body),
        })
        .await;
        let found = find(&anonymous(), &odd.host(), "app").await.unwrap();
        assert_eq!(found.answered, "its catalog", "{body}");
    }
}

#[tokio::test]
async fn a_catalog_that_breaks_off_is_kept_as_far_as_it_came() {
    let script = Script::start(|seen, _| match seen.target.as_str() {
        "/v2/_catalog?n=1000" => Reply::new(200)
            .header("Link", "</v2/_catalog?n=1000&last=b>; rel=\"next\"")
            .json(r#"{"repositories":["a/app","b"]}"#),
        target if target.starts_with("/v2/_catalog") => Reply::new(500).body(""),
        _ => not_found(),
    })
    .await;
    let found = find(&anonymous(), &script.host(), "app").await.unwrap();
    assert_eq!(names(&found), ["a/app"]);
    assert!(matches!(found.cut, Some(Cut::Failed(_))));
}

#[tokio::test]
async fn everything_is_listed_without_a_term_as_far_as_asked() {
    let script = Script::start(|seen, _| match seen.target.as_str() {
        "/v2/_catalog?n=1000" => Reply::new(200)
            .header("Link", "</v2/_catalog?n=1000&last=c>; rel=\"next\"")
            .json(r#"{"repositories":["b","a","c"]}"#),
        _ => not_found(),
    })
    .await;
    let query = Query {
        term: None,
        limit: 2,
        keep: None,
    };
    let found = anonymous().search(&script.host(), query).await.unwrap();
    assert_eq!((names(&found), found.more), (vec!["b", "a"], true));
    assert_eq!(script.lines(), ["GET /v2/_catalog?n=1000"]);
}

#[tokio::test]
async fn who_may_not_search_is_told_that_rather_than_that_there_is_no_catalog() {
    let script = Script::start(|seen, _| match seen.target.as_str() {
        target if target.starts_with("/v1/search") => Reply::new(403).body(""),
        _ => not_found(),
    })
    .await;
    let error = find(&anonymous(), &script.host(), "app").await.unwrap_err();
    assert_eq!(error.exit_code(), 4, "{error:?}");
    let nothing = Script::start(|_, _| not_found()).await;
    let error = find(&anonymous(), &nothing.host(), "app")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("does not offer a catalog"),
        "{error}"
    );
}

#[tokio::test]
async fn tags_are_counted_by_one_request() {
    let script = Script::start(|seen, _| match seen.target.as_str() {
        "/v2/a/b/tags/list?n=1000" => {
            Reply::new(200).json(r#"{"tags":["v1","v2",null,"sha256:abc","v1"]}"#)
        }
        "/v2/none/tags/list?n=1000" => Reply::new(200).json(r#"{"tags":null}"#),
        "/v2/many/tags/list?n=1000" => Reply::new(200)
            .header("Link", "</v2/many/tags/list?last=v2>; rel=next")
            .json(r#"{"tags":["v1","v2"]}"#),
        "/v2/bad/tags/list?n=1000" => Reply::new(500).body(""),
        target => panic!("{target}"),
    })
    .await;
    let client = anonymous();
    let host = script.host();
    let counts = ["a/b", "none", "many", "bad", "Not A Name", "../etc"];
    let mut counted = Vec::new();
    for name in counts {
        counted.push(client.count_tags(&host, name).await);
    }
    let count = |number, more| Some(Count { number, more });
    assert_eq!(
        counted,
        [
            count(2, false),
            count(0, false),
            count(2, true),
            None,
            None,
            None
        ]
    );
    // One that fails is tried again once.
    assert_eq!(script.seen().len(), 5);
}
