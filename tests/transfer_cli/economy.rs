//! What a command may cost, in requests and bytes, counted by the proxy.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::Response;
use crate::support::image::{AMD64, ARM64, Graph, image, index, push_raw, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Proxy, Record};
use crate::support::registry::{Options, Registry};

fn sample() -> Graph {
    let amd64 = image(AMD64, &[Layer::gzip(1, 200_000), Layer::gzip(2, 3000)]);
    index(&[amd64, image(ARM64, &[Layer::gzip(3, 3000)])])
}

/// What was asked after authentication.
fn asked(proxy: &Proxy) -> Vec<Record> {
    let mut log = proxy.log();
    log.retain(|record| record.status != 401);
    log
}

/// A second pull of an up-to-date tag is one HEAD.
pub(crate) fn second_pull(registry: &Registry, flags: &[&str]) {
    let proxy = Proxy::start(&registry.host());
    let name = format!("{}/economy:v1", proxy.host());
    let env = Env::new();
    let pull = || {
        env.command(["pull", "--platform", "linux/amd64", &name])
            .args(flags)
            .run()
    };
    pull().succeeds().prints("Status: Downloaded newer image");
    proxy.forget();
    pull().succeeds().prints("Status: Image is up to date");
    let asked = asked(&proxy);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].method, "HEAD");
}

/// A second push to `to` sends no blob bytes.
pub(crate) fn second_push(from: &Registry, to: &Registry) {
    let proxy = Proxy::start(&to.host());
    let (name, env) = pulled(from);
    let target = format!("{}/second:v1", proxy.host());
    env.rg(["tag", &name, &target]).succeeds();
    env.rg(["push", &target]).succeeds();
    assert_eq!(proxy.blob_bytes_uploaded(), sample().blob_bytes());
    proxy.forget();
    env.rg(["push", &target])
        .succeeds()
        .says("Layer already exists");
    assert_eq!(proxy.blob_bytes_uploaded(), 0, "{:?}", proxy.log());
}

/// A first push asks whether each blob is there, begins and sends it: three requests a blob, and two for the tag. A push
/// of what is there already is one question.
pub(crate) fn first_push(registry: &Registry) {
    const LAYERS: u64 = 60;
    let layers: Vec<Layer> = (0..LAYERS).map(|seed| Layer::gzip(seed, 1000)).collect();
    let graph = image(AMD64, &layers);
    let source = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &source.base(), "many", "v1", &graph);
    let proxy = Proxy::start(&registry.host());
    let env = Env::new();
    let name = format!("{}/many:v1", source.host());
    let target = format!("{}/fresh:v1", proxy.host());
    env.rg(["pull", &name]).succeeds();
    env.rg(["tag", &name, &target]).succeeds();
    env.rg(["push", &target]).succeeds();
    let count = |method: &str| {
        let asked = asked(&proxy);
        asked
            .iter()
            .filter(|record| record.method == method)
            .count()
    };
    let blobs = graph.blobs().count();
    assert_eq!(blobs as u64, LAYERS + 1);
    assert_eq!((count("HEAD"), count("POST")), (blobs + 1, blobs));
    assert_eq!((count("PUT"), count("GET")), (blobs + 1, 0));
    assert_eq!(asked(&proxy).len(), 3 * blobs + 2);
    proxy.forget();
    env.rg(["push", &target]).succeeds();
    let again = asked(&proxy);
    assert_eq!(again.len(), 1, "{again:?}");
    assert_eq!(again[0].method, "HEAD");
}

/// Layers that another repository of the registry has are mounted from there.
pub(crate) fn mount(registry: &Registry) {
    let proxy = Proxy::start(&registry.host());
    push_raw(
        &Client::new(),
        &registry.base(),
        "team/base",
        "v1",
        &sample(),
    );
    let env = Env::new();
    let name = format!("{}/team/base:v1", proxy.host());
    let target = format!("{}/team/app:v1", proxy.host());
    env.rg(["pull", "--all-platforms", &name]).succeeds();
    env.rg(["tag", &name, &target]).succeeds();
    env.rg(["push", &target])
        .succeeds()
        .says("Mounted from team/base");
    assert_eq!(proxy.blob_bytes_uploaded(), 0, "{:?}", proxy.log());
    let client = Client::new();
    super::shapes::assert_there(&client, &registry.base(), "team/app", "v1", &sample());
}

/// Puts the sample there as `economy:v1`.
pub(crate) fn prepare(client: &Client, registry: &Registry) {
    push_raw(client, &registry.base(), "economy", "v1", &sample());
}

/// The sample in a fresh world, pulled past the proxy.
fn pulled(registry: &Registry) -> (String, Env) {
    prepare(&Client::new(), registry);
    let env = Env::new();
    let name = format!("{}/economy:v1", registry.host());
    env.rg(["pull", "--all-platforms", &name]).succeeds();
    (name, env)
}

#[test]
fn a_second_pull_is_one_head() {
    let registry = Registry::embedded(&Options::default());
    prepare(&Client::new(), &registry);
    second_pull(&registry, &[]);
}

#[test]
fn a_second_push_sends_no_blob_bytes() {
    let (from, to) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    second_push(&from, &to);
}

#[test]
fn a_first_push_is_three_requests_a_blob_and_two_more() {
    first_push(&Registry::embedded(&Options::default()));
}

#[test]
fn layers_of_another_repository_are_mounted() {
    let graph = small(1);
    // The embedded registry shows every blob in every repository; this one does not.
    let fake = Fake::start(
        Content::of(&[("base", "v1", &graph)]),
        |request, content| {
            if request.method == "HEAD" && request.path().starts_with("/v2/app/") {
                return Response::new(404);
            }
            content.answer(request)
        },
    );
    let env = Env::new();
    let (base, app) = (fake.name("base:v1"), fake.name("app:v1"));
    env.rg(["pull", &base]).succeeds();
    env.rg(["tag", &base, &app]).succeeds();
    env.rg(["push", &app]).succeeds().says("Mounted from base");
    let posts: Vec<String> = fake
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("POST"))
        .collect();
    assert_eq!(posts.len(), graph.blobs().count(), "{posts:?}");
    assert!(
        posts
            .iter()
            .all(|line| line.contains("mount=sha256") && line.contains("from=base")),
        "{posts:?}"
    );
    assert_eq!(
        fake.content.tag("app", "v1").as_deref(),
        Some(graph.digest())
    );
}

#[test]
fn a_layer_that_somebody_removed_comes_back_by_the_same_command() {
    let registry = Registry::embedded(&Options::default());
    let proxy = Proxy::start(&registry.host());
    let graph = image(AMD64, &[Layer::gzip(1, 200_000), Layer::gzip(2, 3000)]);
    push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
    let name = format!("{}/app:v1", proxy.host());
    let local = format!("local:{name}");
    let env = Env::new();
    env.rg(["pull", &name]).succeeds();
    let lost = graph.largest();
    for again in [&["pull", &name][..], &["copy", &name, &local]] {
        std::fs::remove_file(layout::blob_path(&env.store(), &lost.digest)).unwrap();
        proxy.forget();
        let told = env.rg(again).succeeds().stdout;
        assert!(!told.contains("up to date"), "{told}");
        layout::check(&env.store());
        let fetched = proxy.blob_bytes_fetched();
        assert_eq!(fetched, lost.content.bytes().len() as u64, "{again:?}");
    }
}
