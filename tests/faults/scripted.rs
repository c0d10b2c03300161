//! Turns of the protocol that only a scripted registry takes.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{End, Response, lock};
use crate::support::image::{AMD64, Graph, image, small};
use crate::support::layer::Layer;
use crate::support::layout;

/// Pulls `app:v1` and asserts that it is here, whole.
#[track_caller]
pub(super) fn assert_pulls(env: &Env, fake: &Fake, graph: &Graph) {
    let name = fake.name("app:v1");
    env.rg(["pull", &name]).succeeds();
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
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
