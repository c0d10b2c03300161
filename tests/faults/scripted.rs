//! Turns of the protocol that only a scripted registry takes.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{End, Request, Response, lock};
use crate::support::image::{AMD64, Graph, image, small};
use crate::support::layer::Layer;
use crate::support::layout;

#[track_caller]
fn assert_pulls(env: &Env, fake: &Fake, graph: &Graph) {
    let name = fake.name("app:v1");
    env.rg(["pull", &name]).succeeds();
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
}

/// Pulls `graph` from an honest registry and pushes it to `fake` as `app:v1`.
#[track_caller]
fn assert_pushes(fake: &Fake, graph: &Graph) {
    let source = Fake::honest(Content::of(&[("app", "v1", graph)]));
    let env = Env::new();
    assert_pulls(&env, &source, graph);
    let target = fake.name("app:v1");
    env.rg(["tag", &source.name("app:v1"), &target]).succeeds();
    env.rg(["push", &target]).succeeds();
    assert!(
        graph
            .nodes
            .iter()
            .all(|node| fake.content.has(&node.digest))
    );
    assert_eq!(
        fake.content.tag("app", "v1").as_deref(),
        Some(graph.digest())
    );
}

#[test]
fn o10_a_body_without_a_length_that_ends_early_is_not_taken_for_whole() {
    let graph = image(AMD64, &[Layer::gzip(1, 300_000)]);
    let layer = graph.largest().digest.clone();
    let first = AtomicUsize::new(0);
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            let response = content.answer(request);
            let cut = request.method == "GET" && request.path().ends_with(&layer);
            if cut && first.fetch_add(1, Ordering::SeqCst) == 0 {
                let half = response.body.len() / 2;
                return response.until_close().cut(half, End::Close);
            }
            response
        },
    );
    assert_pulls(&Env::new(), &fake, &graph);
}

#[test]
fn o16_a_burst_of_503_on_every_address_is_survived() {
    let graph = image(AMD64, &[Layer::gzip(1, 3000), Layer::gzip(2, 3000)]);
    let asked: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            let mut asked = lock(&asked);
            let times = asked.entry(request.line()).or_default();
            *times += 1;
            if *times <= 2 {
                Response::new(503)
            } else {
                content.answer(request)
            }
        },
    );
    assert_pulls(&Env::new(), &fake, &graph);
}

/// A registry that answers 429 to the first GET of a manifest.
fn limiting(graph: &Graph, retry_after: impl Fn() -> String + Send + Sync + 'static) -> Fake {
    let first = AtomicUsize::new(0);
    Fake::start(
        Content::of(&[("app", "v1", graph)]),
        move |request, content| {
            let limited = request.method == "GET" && request.path().contains("/manifests/");
            if limited && first.fetch_add(1, Ordering::SeqCst) == 0 {
                let answer = Response::error(429, "TOOMANYREQUESTS", "slow down");
                return answer.header("Retry-After", &retry_after());
            }
            content.answer(request)
        },
    )
}

#[test]
fn o17_a_rate_limit_in_seconds_is_waited_out() {
    assert_pulls(
        &Env::new(),
        &limiting(&small(1), || "1".to_owned()),
        &small(1),
    );
}

#[test]
fn o18_a_rate_limit_as_a_date_is_waited_out() {
    let soon = || httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(1));
    assert_pulls(&Env::new(), &limiting(&small(1), soon), &small(1));
}

#[test]
fn o30_a_relative_place_of_an_upload_is_kept_to_the_byte() {
    const STATE: &str = "_state=a%2Fb+c%3d~%7E==";
    for place in ["/v2/app/blobs/uploads/", "../uploads/"] {
        let fake = Fake::start(Content::of(&[]), move |request, content| {
            let response = content.answer(request);
            let Some(location) = response.headers.get("Location") else {
                return response;
            };
            let Some((_, id)) = location.split_once("/uploads/") else {
                return response;
            };
            // Relative places are resolved against the address that was asked.
            let place = if request.method == "POST" {
                place
            } else {
                "/v2/app/blobs/uploads/"
            };
            let location = format!("{place}{id}?{STATE}");
            response.header("Location", &location)
        });
        assert_pushes(&fake, &small(1));
        let lines = fake.lines();
        let carried = lines
            .iter()
            .filter(|line| line.starts_with("PUT") && line.contains("/uploads/"));
        for line in carried {
            assert!(line.contains(&format!("?{STATE}&digest=sha256")), "{line}");
        }
    }
}

/// Wants uploads in chunks of at least so many bytes.
const CHUNK: usize = 1 << 20;

fn in_chunks(request: &Request, content: &Content) -> Response {
    let response = content.answer(request);
    if request.method == "POST" {
        return response.header("OCI-Chunk-Min-Length", &CHUNK.to_string());
    }
    response
}

#[test]
fn o31_a_chunk_refused_with_416_is_sent_from_where_the_registry_stands() {
    let graph = image(AMD64, &[Layer::gzip(1, 5 * CHUNK)]);
    let carrying = AtomicUsize::new(0);
    let fake = Fake::start(Content::of(&[]), move |request, content| {
        let carries =
            request.method == "PATCH" || request.method == "PUT" && !request.body.is_empty();
        let upload = request.path().contains("/uploads/") && carries;
        // The second request with bytes is refused; the session stays where it was.
        if upload && request.body.len() >= CHUNK && carrying.fetch_add(1, Ordering::SeqCst) == 1 {
            let id = request.path().rsplit('/').next().unwrap_or_default();
            let range = format!("0-{}", content.uploaded(id).saturating_sub(1));
            return Response::new(416).header("Range", &range);
        }
        in_chunks(request, content)
    });
    assert_pushes(&fake, &graph);
}

#[test]
fn o32_a_mount_that_is_not_done_becomes_an_upload() {
    for status in [202, 405] {
        let graph = small(1);
        let content = Content::of(&[("first", "v1", &graph)]);
        let fake = Fake::start(content, move |request, content| {
            let in_second = request.path().starts_with("/v2/second/");
            if in_second && request.method == "HEAD" {
                return Response::new(404);
            }
            if request.query("mount").is_none() {
                return content.answer(request);
            }
            if status == 405 {
                return Response::error(405, "UNSUPPORTED", "no mounts here");
            }
            let mut plain = request.clone();
            "/v2/second/blobs/uploads/".clone_into(&mut plain.target);
            content.answer(&plain)
        });
        let env = Env::new();
        let (first, second) = (fake.name("first:v1"), fake.name("second:v1"));
        env.rg(["pull", &first]).succeeds();
        env.rg(["tag", &first, &second]).succeeds();
        env.rg(["push", &second]).succeeds();
        assert_eq!(
            fake.content.tag("second", "v1").as_deref(),
            Some(graph.digest())
        );
        let posts = |mount: bool| {
            let posts = fake
                .lines()
                .into_iter()
                .filter(|line| line.starts_with("POST"));
            posts
                .filter(|line| line.contains("mount=") == mount)
                .count()
        };
        let blobs = graph.blobs().count();
        assert!(posts(true) > 0, "{:?}", fake.lines());
        // A 202 has begun a session: that one is used.
        let begun_anew = if status == 202 {
            blobs - posts(true)
        } else {
            blobs
        };
        assert_eq!(posts(false), begun_anew, "{:?}", fake.lines());
    }
}

#[test]
fn o33_chunks_are_as_long_as_the_registry_wants_them() {
    let graph = image(AMD64, &[Layer::gzip(1, 5 * CHUNK / 2)]);
    let fake = Fake::start(Content::of(&[]), |request, content| {
        // A chunk that is too short is refused unless it is the last, which only the closing request can be.
        if request.method == "PATCH" && request.body.len() < CHUNK {
            let id = request.path().rsplit('/').next().unwrap_or_default();
            let left = content.uploaded(id) + request.body.len();
            if left < 5 * CHUNK / 2 {
                return Response::error(400, "SIZE_INVALID", "the chunk is too short");
            }
        }
        in_chunks(request, content)
    });
    assert_pushes(&fake, &graph);
}
