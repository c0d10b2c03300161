//! Uploads to distribution that are cut: what it keeps of them, and what `rg` makes of that.

use crate::support::client::Client;
use crate::support::env::{Env, wait_for};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::proxy::{Fault, Limits, Proxy, Resets, Rule};
use crate::support::registry::{Options, Registry};

/// Bytes of the layer.
const SIZE: u64 = 64 << 20;

/// An image in the local store, called as the registry behind `proxy` will know it.
fn ready(proxy: &Proxy) -> (Env, Graph, String) {
    let graph = image(AMD64, &[Layer::big(1, SIZE)]);
    let source = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &source.base(), "app", "v1", &graph);
    let env = Env::new();
    let name = format!("{}/app:v1", source.host());
    let target = format!("{}/app:v1", proxy.host());
    env.rg(["pull", &name]).succeeds();
    env.rg(["tag", &name, &target]).succeeds();
    (env, graph, target)
}

fn pushed(registry: &Registry) -> Option<bytes::Bytes> {
    let found = Client::new().manifest(&registry.base(), "app", "v1");
    found.map(|(_, bytes)| bytes)
}

/// What a bad link carries at most before it cuts.
const CUT: u64 = 10 << 20;

#[track_caller]
fn gets_through(registry: &Registry, proxy: &Proxy) {
    let (env, graph, target) = ready(proxy);
    env.rg(["push", &target]).succeeds();
    assert_eq!(pushed(registry), Some(graph.document()));
    let (sent, log) = (proxy.blob_bytes_uploaded(), proxy.log());
    assert!(
        sent < SIZE + 3 * CUT,
        "{sent} bytes were sent for {SIZE}: {log:?}"
    );
    assert!(sent > SIZE + CUT / 2, "nothing was cut: {log:?}");
}

#[test]
#[ignore = "needs docker-registry"]
fn a_link_that_cuts_every_large_request_lets_a_push_to_distribution_through() {
    let registry = Registry::distribution(&Options::default());
    let proxy = Proxy::start(&registry.host());
    proxy.rule(Rule::new(usize::MAX, Fault::CutRequest(CUT), |record| {
        record.uploads_blob() && record.method != "POST"
    }));
    gets_through(&registry, &proxy);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_link_that_cuts_every_connection_lets_a_push_to_distribution_through() {
    let registry = Registry::distribution(&Options::default());
    let limits = Limits {
        resets: Some(Resets {
            seed: 1,
            after: CUT..=CUT,
        }),
        ..Limits::default()
    };
    gets_through(&registry, &Proxy::limited(&registry.host(), limits));
}

#[test]
#[ignore = "needs docker-registry"]
fn a_push_to_distribution_that_was_killed_starts_over_and_finishes() {
    let registry = Registry::distribution(&Options::default());
    let limits = Limits {
        in_all: Some(SIZE),
        ..Limits::default()
    };
    let proxy = Proxy::limited(&registry.host(), limits);
    let (env, graph, target) = ready(&proxy);
    let running = env.command(["push", &target]).spawn();
    wait_for("half of the layer", || {
        (proxy.received() > SIZE / 2).then_some(())
    });
    running.kill();
    assert_eq!(pushed(&registry), None);
    proxy.forget();
    env.rg(["push", &target]).succeeds();
    assert_eq!(pushed(&registry), Some(graph.document()));
    let log = proxy.log();
    let asked = log
        .iter()
        .filter(|record| record.method == "GET" && record.target.contains("/blobs/uploads/"));
    // It was asked about, and distribution has forgotten what was cut in its middle.
    assert_eq!(asked.map(|record| record.status).collect::<Vec<_>>(), [404]);
}
