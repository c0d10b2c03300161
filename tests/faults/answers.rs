//! Answers that are not what was asked for: other ranges, other content, other limits than promised.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Bench;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{End, Request, Response};
use crate::support::image::{AMD64, Graph, image, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Fault, Limits};

/// Bytes of the layer.
const SIZE: usize = 300_000;

fn graph() -> Graph {
    image(AMD64, &[Layer::gzip(1, SIZE)])
}

#[track_caller]
fn assert_pulls(fake: &Fake, graph: &Graph) {
    let (env, name) = (Env::new(), fake.name("app:v1"));
    env.rg(["pull", &name]).succeeds();
    layout::check(&env.store());
    let pulled = layout::tag(&env.store(), &name);
    assert_eq!(pulled.as_deref(), Some(graph.digest()));
}

/// A registry that breaks off the first answer with the layer in its middle and answers the requests for the rest
/// through `spoil`; with every request for the layer, its `Range` and its `If-Range`.
fn broken_off(
    graph: &Graph,
    spoil: impl Fn(&Request, &Content, usize) -> Response + Send + Sync + 'static,
) -> Fake {
    let (layer, asked) = (graph.largest().digest.clone(), AtomicUsize::new(0));
    Fake::start(
        Content::of(&[("app", "v1", graph)]),
        move |request, content| {
            if request.method != "GET" || !request.path().ends_with(&layer) {
                return content.answer(request);
            }
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 => {
                    let response = spoil(request, content, 0);
                    let half = response.body.len() / 2;
                    response.cut(half, End::Reset)
                }
                before => spoil(request, content, before),
            }
        },
    )
}

/// What the requests for the layer carried in `header`.
fn carried(fake: &Fake, graph: &Graph, header: &str) -> Vec<Option<String>> {
    let log = fake.log();
    let requests = log.iter().map(|exchange| &exchange.request);
    requests
        .filter(|request| {
            request.method == "GET" && request.path().ends_with(&graph.largest().digest)
        })
        .map(|request| request.headers.get(header).map(str::to_owned))
        .collect()
}

#[test]
fn f10_a_registry_that_ignores_a_later_range_sends_the_rest_in_one_stream() {
    const LAYER: u64 = 40 << 20;
    let bench = Bench::with(image(AMD64, &[Layer::big(1, LAYER)]), Limits::default());
    let ranged = AtomicUsize::new(0);
    bench.breaks(1, Fault::IgnoreRange, move |record| {
        let part = record.fetches_blob() && record.range.is_some();
        part && ranged.fetch_add(1, Ordering::SeqCst) == 1
    });
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    let log = bench.proxy.log();
    let spoiled = log.iter().filter(|record| record.spoiled);
    assert_eq!(spoiled.count(), 1, "{log:?}");
    let fetched = bench.proxy.blob_bytes_fetched();
    assert!(
        fetched < LAYER * 2,
        "{fetched} bytes were fetched for {LAYER}"
    );
}

#[test]
fn f11_an_answer_that_does_not_fit_the_range_is_refused_and_the_blob_fetched_in_one_stream() {
    let shift: fn(&str) -> String = |told| {
        let (first, rest) = told["bytes ".len()..].split_once('-').unwrap();
        format!("bytes {}-{rest}", first.parse::<u64>().unwrap() - 1)
    };
    let short: fn(&str) -> String = |told| {
        let (range, total) = told.split_once('/').unwrap();
        let (first, last) = range.split_once('-').unwrap();
        format!("{first}-{}/{total}", last.parse::<u64>().unwrap() - 1)
    };
    let other: fn(&str) -> String = |told| format!("{told}9");
    let untold: fn(&str) -> String = |_| "bytes */1".to_owned();
    for lie in [shift, short, other, untold] {
        let graph = graph();
        let fake = broken_off(&graph, move |request, content, _| {
            let response = content.answer(request);
            match response.headers.get("Content-Range").map(lie) {
                Some(told) => response.header("Content-Range", &told),
                None => response,
            }
        });
        assert_pulls(&fake, &graph);
        assert_one_refused_range(&fake, &graph);
    }
}

#[test]
fn f11_an_answer_in_many_parts_is_refused() {
    let graph = graph();
    let fake = broken_off(&graph, |request, content, _| {
        let honest = content.answer(request);
        let Some(range) = honest.headers.get("Content-Range").map(str::to_owned) else {
            return honest;
        };
        let mut body = format!("--x\r\nContent-Range: {range}\r\n\r\n").into_bytes();
        body.extend_from_slice(&honest.body);
        body.extend_from_slice(b"\r\n--x--\r\n");
        Response::new(206)
            .header("Content-Type", "multipart/byteranges; boundary=x")
            .body(body)
    });
    assert_pulls(&fake, &graph);
    assert_one_refused_range(&fake, &graph);
}

/// Asserts that the layer was asked for whole, then from its middle, then whole again, and no more.
#[track_caller]
fn assert_one_refused_range(fake: &Fake, graph: &Graph) {
    let ranges = carried(fake, graph, "Range");
    let asked: Vec<bool> = ranges.iter().map(Option::is_some).collect();
    assert_eq!(asked, [false, true, false], "{ranges:?}");
}

/// The layer under `tag`, as a registry that knows `If-Range` sends it.
fn versioned(request: &Request, content: &Content, tag: &str) -> Response {
    let holds = request
        .headers
        .get("If-Range")
        .is_none_or(|known| known == tag);
    let mut asked = request.clone();
    if !holds {
        asked.headers.remove("Range");
    }
    content.answer(&asked).header("ETag", tag)
}

#[test]
fn f12_a_rest_is_asked_for_on_condition_that_its_strong_tag_still_holds() {
    for (tag, told) in [("\"one\"", true), ("W/\"one\"", false), ("one", false)] {
        let graph = graph();
        let fake = broken_off(&graph, move |request, content, _| {
            versioned(request, content, tag)
        });
        assert_pulls(&fake, &graph);
        let conditions = carried(&fake, &graph, "If-Range");
        let expected = told.then(|| tag.to_owned());
        assert_eq!(conditions, [None, expected]);
    }
}

#[test]
fn f12_a_changed_tag_yields_the_whole_and_no_distrust_in_ranges() {
    let graph = graph();
    let fake = broken_off(&graph, |request, content, before| {
        let response = versioned(request, content, ["\"one\"", "\"two\""][before.min(1)]);
        if before == 1 {
            return response.cut(SIZE * 3 / 4, End::Reset);
        }
        response
    });
    assert_pulls(&fake, &graph);
    let ranges = carried(&fake, &graph, "Range");
    let asked: Vec<bool> = ranges.iter().map(Option::is_some).collect();
    assert_eq!(asked, [false, true, true], "{ranges:?}");
    let conditions = carried(&fake, &graph, "If-Range");
    assert_eq!(conditions, [None, Some("\"one\"".to_owned()), None]);
}

#[test]
fn f13_a_registry_that_knows_no_such_range_sends_the_whole() {
    let graph = graph();
    let fake = broken_off(&graph, |request, content, _| {
        match request.headers.get("Range") {
            Some(_) => Response::new(416).header("Content-Range", "bytes */5"),
            None => content.answer(request),
        }
    });
    assert_pulls(&fake, &graph);
    assert_one_refused_range(&fake, &graph);
}

#[test]
fn f14_a_registry_that_closes_after_every_answer_without_a_word_is_no_trouble() {
    let graph = image(
        AMD64,
        &[
            Layer::gzip(1, 3000),
            Layer::gzip(2, 3000),
            Layer::gzip(3, SIZE),
        ],
    );
    let closing = |request: &Request, content: &Content| {
        let response = content.answer(request);
        let all = response.body.len();
        response.cut(all, End::Close)
    };
    let fake = Fake::start(Content::of(&[("app", "v1", &graph)]), closing);
    let (env, name) = (Env::new(), fake.name("app:v1"));
    env.rg(["pull", &name]).succeeds();
    layout::check(&env.store());
    let target = Fake::start(Content::of(&[]), closing);
    let copy = target.name("copy:v1");
    env.rg(["tag", &name, &copy]).succeeds();
    env.rg(["push", &copy]).succeeds();
    let pushed = target.content.tag("copy", "v1");
    assert_eq!(pushed.as_deref(), Some(graph.digest()));
}

#[test]
fn f26_a_tag_that_moves_while_it_is_pulled_yields_one_image_or_the_other_and_no_mixture() {
    let (older, old, new) = (small(1), small(2), small(3));
    let images = [
        ("app", "older", &older),
        ("app", "old", &old),
        ("app", "new", &new),
    ];
    let heads = AtomicUsize::new(0);
    let fake = Fake::start(Content::of(&images), move |request, content| {
        if !request.path().ends_with("/manifests/v1") {
            return content.answer(request);
        }
        // The tag moves after each HEAD, before anything else can be asked.
        let now = match heads.load(Ordering::SeqCst) {
            0 if request.method == "GET" => "older",
            0 => "old",
            _ => "new",
        };
        if request.method == "HEAD" {
            heads.fetch_add(1, Ordering::SeqCst);
        }
        let mut there = request.clone();
        there.target = format!("/v2/app/manifests/{now}");
        content.answer(&there)
    });
    let (env, name) = (Env::new(), fake.name("app:v1"));
    env.rg(["pull", &name]).succeeds();
    let pulled = || layout::tag(&env.store(), &name);
    assert_eq!(pulled().as_deref(), Some(older.digest()));

    env.rg(["pull", &name]).succeeds();
    let asked = fake
        .lines()
        .contains(&"HEAD /v2/app/manifests/v1".to_owned());
    assert!(asked, "{:?}", fake.lines());
    layout::check(&env.store());
    let found = [&old, &new].map(|graph| pulled().as_deref() == Some(graph.digest()));
    let graph = if found[0] { &old } else { &new };
    assert!(found[0] || found[1], "{:?}", pulled());
    let whole = graph
        .nodes
        .iter()
        .all(|node| layout::has(&env.store(), &node.digest));
    assert!(whole);

    env.rg(["pull", &name]).succeeds();
    assert_eq!(pulled().as_deref(), Some(new.digest()));
}

#[test]
fn f04_a_registry_that_stays_busy_is_asked_as_often_as_told_and_no_more() {
    let graph = graph();
    let layer = graph.largest().digest.clone();
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            if request.path().ends_with(&layer) {
                return Response::new(503);
            }
            content.answer(request)
        },
    );
    let env = Env::new();
    env.rg(["pull", "--retries", "2", &fake.name("app:v1")])
        .exits(5);
    let asked = carried(&fake, &graph, "Range").len();
    assert_eq!(asked, 3, "{:?}", fake.lines());
}
