//! Servers that fall silent or nearly so, at every place of an answer where they can.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{End, Request, Response};
use crate::support::image::{AMD64, Graph, image, small};
use crate::support::layer::Layer;
use crate::support::layout;

/// Bytes of the layer.
const SIZE: usize = 300_000;

/// Pulls while the first answer to each request that `picks` takes is `spoilt`, and expects the second to be asked for.
#[track_caller]
fn survives(
    picks: impl Fn(&Request, &Graph) -> bool + Send + Sync + 'static,
    spoil: impl Fn(Response) -> Response + Send + Sync + 'static,
) {
    let graph = image(AMD64, &[Layer::gzip(1, SIZE)]);
    let (known, spoilt) = (graph.clone(), AtomicUsize::new(0));
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            let response = content.answer(request);
            if picks(request, &known) && spoilt.fetch_add(1, Ordering::SeqCst) == 0 {
                return spoil(response);
            }
            response
        },
    );
    let (env, name) = (Env::new(), fake.name("app:v1"));
    // Something older stands under the tag, so that it is asked about by a HEAD first.
    let before = Fake::honest(Content::of(&[("app", "v1", &small(9))]));
    env.rg(["pull", &before.name("app:v1")]).succeeds();
    env.rg(["tag", &before.name("app:v1"), &name]).succeeds();
    env.rg(["pull", "--stall-timeout", "200ms", &name])
        .succeeds()
        .says("retrying in");
    layout::check(&env.store());
    let pulled = layout::tag(&env.store(), &name);
    assert_eq!(pulled.as_deref(), Some(graph.digest()));
}

fn heads_manifest(request: &Request, _: &Graph) -> bool {
    request.method == "HEAD" && request.path().contains("/manifests/")
}

fn gets_manifest(request: &Request, _: &Graph) -> bool {
    request.method == "GET" && request.path().contains("/manifests/")
}

fn gets_layer(request: &Request, graph: &Graph) -> bool {
    request.method == "GET" && request.path().ends_with(&graph.largest().digest)
}

#[test]
fn f06_silence_before_an_answer_or_within_its_head_is_asked_over() {
    for picks in [heads_manifest, gets_manifest, gets_layer] {
        for bytes in [0, 20] {
            survives(picks, move |answer| answer.silent_after(bytes));
        }
    }
}

#[test]
fn f06_silence_within_a_body_is_asked_over() {
    survives(gets_manifest, |answer| answer.cut(100, End::Stall));
    survives(gets_layer, |answer| answer.cut(SIZE / 2, End::Stall));
}

#[test]
fn f06_silence_after_the_last_byte_of_a_body_that_only_the_end_of_the_connection_ends_is_noticed() {
    for picks in [gets_manifest, gets_layer] {
        survives(picks, |answer| {
            let all = answer.body.len();
            answer.until_close().cut(all, End::Stall)
        });
    }
}

#[test]
fn f07_an_answer_that_only_trickles_is_asked_over() {
    let between = Duration::from_millis(40);
    survives(gets_layer, move |answer| answer.trickle(8, between));
    survives(gets_manifest, move |answer| answer.trickle(2, between));
}
