//! One layer of a GiB: killed and resumed, pulled twice at once, moved in little memory.

use crate::support::client::Client;
use crate::support::env::{Env, Output, require, wait_for};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Limits, Proxy};
use crate::support::registry::{Options, Registry};

const GIB: u64 = 1 << 30;

/// Lanes that the tests here let `rg` use.
const LANES: u64 = 4;

/// What one lane may lose to a kill, in bytes.
const RANGE: u64 = 8 << 20;

/// The most memory a transfer may take, in KiB.
const MEMORY: u64 = 48 << 10;

/// A registry with the image as `app:v1`.
fn prepared() -> (Registry, Graph) {
    let graph = image(AMD64, &[Layer::big(1, GIB)]);
    let registry = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
    (registry, graph)
}

#[test]
#[ignore = "needs docker-registry"]
fn a_pull_killed_in_the_middle_of_a_gib_loses_at_most_a_range_a_lane() {
    let (registry, graph) = prepared();
    let limits = Limits {
        in_all: Some(300 << 20),
        ..Limits::default()
    };
    let proxy = Proxy::limited(&registry.host(), limits);
    let name = format!("{}/app:v1", proxy.host());
    let env = Env::new();
    let pull = || env.command(["pull", "-j", "4", &name]);
    let running = pull().spawn();
    wait_for("half of the layer", || {
        (proxy.sent() > GIB / 2).then_some(())
    });
    running.kill();
    layout::check(&env.store());
    env.rg(["images"]).succeeds().hides("app");
    pull().run().succeeds();
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
    let (sent, most) = (proxy.sent(), graph.blob_bytes() + LANES * RANGE);
    let documents = 64 << 10;
    assert!(
        sent <= most + documents,
        "{sent} bytes were sent, {most} are allowed"
    );
}

#[test]
#[ignore = "needs docker-registry"]
fn two_pulls_of_a_gib_at_once_fetch_it_once() {
    let (registry, graph) = prepared();
    let proxy = Proxy::start(&registry.host());
    let name = format!("{}/app:v1", proxy.host());
    let env = Env::new();
    let pulls = [(); 2].map(|()| env.command(["pull", &name]).spawn());
    for pull in pulls {
        pull.wait().succeeds();
    }
    layout::check(&env.store());
    let (fetched, size) = (proxy.blob_bytes_fetched(), graph.blob_bytes());
    assert!(
        fetched * 100 <= size * 102,
        "{fetched} bytes were fetched for {size}"
    );
}

/// Runs `rg` under `time` and says how much memory it took at most, in KiB.
fn peak_memory(env: &Env, arguments: &[&str]) -> u64 {
    require("time");
    let all: Vec<&str> = ["-v", env!("CARGO_BIN_EXE_rg")]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    let output: Output = env.program("/usr/bin/time", &all).run().succeeds();
    let line = output
        .stderr
        .lines()
        .find(|line| line.contains("Maximum resident set size"));
    let (_, kib) = line
        .expect("time -v says it")
        .rsplit_once(' ')
        .expect("a number comes last");
    kib.parse().expect("a number of KiB")
}

#[test]
#[ignore = "needs docker-registry and time"]
fn a_gib_is_pulled_and_pushed_in_little_memory() {
    let (registry, graph) = prepared();
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    let target_registry = Registry::distribution(&Options::default());
    let target = format!("{}/app:v1", target_registry.host());
    let pulling = peak_memory(&env, &["pull", &name]);
    env.rg(["tag", &name, &target]).succeeds();
    let pushing = peak_memory(&env, &["push", &target]);
    println!("peak memory: {pulling} KiB to pull a GiB, {pushing} KiB to push it");
    assert!(
        pulling < MEMORY && pushing < MEMORY,
        "{pulling} KiB to pull, {pushing} to push"
    );
    let found = Client::new()
        .manifest(&target_registry.base(), "app", "v1")
        .expect("just pushed");
    assert_eq!(found.1, graph.document());
}
