//! Turns that an upload may take (distribution-spec, "Pushing blobs"), played by a scripted registry.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::scripted::assert_pulls;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{Exchange, Request, Response};
use crate::support::image::{AMD64, Graph, image, small};
use crate::support::layer::Layer;
use crate::support::proxy::{Fault, Proxy, Rule};

/// Pulls `graph` from an honest registry and pushes it to `fake` as `app:v1`.
#[track_caller]
fn assert_pushes(fake: &Fake, graph: &Graph) {
    assert_pushes_through(&fake.host(), fake, graph);
}

/// The same, by way of what listens at `host`.
#[track_caller]
fn assert_pushes_through(host: &str, fake: &Fake, graph: &Graph) {
    let source = Fake::honest(Content::of(&[("app", "v1", graph)]));
    let env = Env::new();
    assert_pulls(&env, &source, graph);
    let target = format!("{host}/app:v1");
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
        let carried: Vec<&String> = carried.collect();
        assert_eq!(carried.len(), small(1).blobs().count());
        for line in carried {
            assert!(line.contains(&format!("?{STATE}&digest=sha256")), "{line}");
        }
    }
}

/// The most bytes of a request that the registries below take.
const MOST: usize = 4 << 20;
/// Bytes of a layer that goes up in pieces there.
const LAYER: usize = 10 << 20;

fn layered() -> Graph {
    image(AMD64, &[Layer::gzip(1, LAYER)])
}

/// A registry that takes pieces only, exactly where it stands, and shows every PATCH it would take to `turn` first,
/// with how many it took before.
fn in_pieces(
    turn: impl Fn(&Request, &Content, usize) -> Option<Response> + Send + Sync + 'static,
) -> Fake {
    let taken = AtomicUsize::new(0);
    Fake::start(Content::of(&[]), move |request, content| {
        if request.body.len() > MOST {
            return Response::error(413, "SIZE_INVALID", "too much at once");
        }
        if request.method != "PATCH" {
            return content.answer(request);
        }
        let stands = content.uploaded(id_of(request));
        let range = format!("{stands}-{}", stands + request.body.len() - 1);
        if request.headers.get("Content-Range") != Some(range.as_str()) {
            return not_there(stands);
        }
        if let Some(response) = turn(request, content, taken.load(Ordering::SeqCst)) {
            return response;
        }
        taken.fetch_add(1, Ordering::SeqCst);
        content.answer(request)
    })
}

fn id_of(request: &Request) -> &str {
    request.path().rsplit('/').next().unwrap_or_default()
}

fn not_there(stands: usize) -> Response {
    let range = format!("0-{}", stands.saturating_sub(1));
    Response::new(416).header("Range", &range)
}

/// The PATCH requests for the layer: it alone goes in pieces.
fn patches(fake: &Fake) -> Vec<Arc<Exchange>> {
    let mut log = fake.log();
    log.retain(|exchange| exchange.request.method == "PATCH");
    log
}

fn count(fake: &Fake, start: &str) -> usize {
    let lines = fake.lines();
    lines.iter().filter(|line| line.starts_with(start)).count()
}

/// Does something once, at the second piece.
fn once_at_second(
    turn: impl Fn(&Request, &Content) -> Option<Response> + Send + Sync + 'static,
) -> Fake {
    let done = AtomicUsize::new(0);
    in_pieces(move |request, content, taken| {
        if taken != 1 || done.fetch_add(1, Ordering::SeqCst) > 0 {
            return None;
        }
        turn(request, content)
    })
}

#[test]
fn o31_a_chunk_refused_with_416_is_sent_from_where_the_registry_stands() {
    // Half of the second piece is kept.
    let fake = once_at_second(|request, content| {
        let mut half = request.clone();
        half.body = request.body[..request.body.len() / 2].to_vec();
        content.answer(&half);
        Some(not_there(content.uploaded(id_of(request))))
    });
    assert_pushes(&fake, &layered());
    let refused = patches(&fake)
        .iter()
        .filter(|exchange| exchange.status() == 416)
        .count();
    assert_eq!(refused, 1, "{:?}", fake.lines());
    assert_eq!(count(&fake, "GET /v2/app/blobs/uploads/"), 1);
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
    const LEAST: usize = 3 << 20;
    let fake = Fake::start(Content::of(&[]), |request, content| {
        if request.body.len() > MOST {
            return Response::error(413, "SIZE_INVALID", "too much at once");
        }
        // A chunk that is too short is refused unless it is the last.
        if request.method == "PATCH" && request.body.len() < LEAST {
            let there = content.uploaded(id_of(request)) + request.body.len();
            if there < LAYER {
                return Response::error(400, "SIZE_INVALID", "the chunk is too short");
            }
        }
        let response = content.answer(request);
        if request.method == "POST" {
            return response.header("OCI-Chunk-Min-Length", &LEAST.to_string());
        }
        response
    });
    assert_pushes(&fake, &layered());
    let patches = patches(&fake);
    let taken = patches.iter().filter(|exchange| exchange.status() == 202);
    assert!(taken.count() > 2, "{:?}", fake.lines());
    assert!(patches.iter().all(|exchange| exchange.status() != 400));
}

#[test]
fn f24_a_piece_whose_answer_is_lost_is_not_sent_twice() {
    let fake = in_pieces(|_, _, _| None);
    let proxy = Proxy::start(&fake.host());
    // The first PATCH is too large.
    let earlier = AtomicUsize::new(0);
    proxy.rule(Rule::new(1, Fault::DropAfterCommit, move |record| {
        record.method == "PATCH" && earlier.fetch_add(1, Ordering::SeqCst) == 2
    }));
    assert_pushes_through(&proxy.host(), &fake, &layered());
    assert_eq!(
        proxy.log().iter().filter(|record| record.spoiled).count(),
        1
    );
    assert_eq!(count(&fake, "GET /v2/app/blobs/uploads/"), 1);
    let sent: usize = patches(&fake)
        .iter()
        .filter(|exchange| exchange.request.body.len() <= MOST)
        .map(|exchange| exchange.request.body.len())
        .sum();
    assert!(
        sent < LAYER + MOST / 2,
        "{sent} bytes in pieces for {LAYER}"
    );
}

#[test]
fn f24_a_session_forgotten_between_two_pieces_is_begun_again() {
    let fake = once_at_second(|request, content| {
        let mut cancel = request.clone();
        "DELETE".clone_into(&mut cancel.method);
        content.answer(&cancel);
        Some(Response::error(
            404,
            "BLOB_UPLOAD_UNKNOWN",
            "upload unknown",
        ))
    });
    assert_pushes(&fake, &layered());
}

#[test]
fn f24_a_busy_registry_in_the_middle_of_an_upload_is_waited_out() {
    let fake = once_at_second(|_, _| Some(Response::new(503)));
    assert_pushes(&fake, &layered());
    assert_eq!(count(&fake, "GET /v2/app/blobs/uploads/"), 1);
}

#[test]
fn f24_a_piece_answered_without_a_location_leaves_the_upload_where_it_was() {
    let fake = in_pieces(|request, content, _| {
        let mut answer = content.answer(request);
        answer.headers.remove("Location");
        Some(answer)
    });
    assert_pushes(&fake, &layered());
}

#[test]
fn f24_an_upload_begun_nowhere_is_an_error_that_says_so() {
    let graph = small(1);
    let source = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let fake = Fake::start(Content::of(&[]), |request, content| {
        let mut answer = content.answer(request);
        if request.method == "POST" {
            answer.headers.remove("Location");
        }
        answer
    });
    let env = Env::new();
    assert_pulls(&env, &source, &graph);
    let target = fake.name("app:v1");
    env.rg(["tag", &source.name("app:v1"), &target]).succeeds();
    env.rg(["push", &target])
        .fails()
        .says("without saying where");
    assert_eq!(fake.content.tag("app", "v1"), None);
}
