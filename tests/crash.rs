//! Kills, signals and neighbours: several processes, one store, no broken image.
//!
//! The kills at random instants print the seed they are drawn from; `RG_TEST_SEED` sets it.

use std::path::Path;

use serde_json::Value;

use crate::faults::Bench;
use crate::support::client::Client;
use crate::support::env::{Env, Running, wait_for};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Limits, Proxy};
use crate::support::random::Random;
use crate::support::registry::{Options, Registry};

/// A layer of several ranges.
const SIZE: u64 = 40 << 20;

/// What one range may be, in bytes, and so what one lane may lose to a kill.
const RANGE: u64 = 8 << 20;

/// One layer behind a rate at which it takes about a second.
fn slow() -> Bench {
    let limits = Limits {
        in_all: Some(SIZE),
        ..Limits::default()
    };
    Bench::with(image(AMD64, &[Layer::big(1, SIZE)]), limits)
}

#[test]
fn o34_a_killed_pull_resumes_from_the_bytes_on_disk() {
    let bench = slow();
    let running = bench
        .env
        .command(["pull", "-j", "2", &bench.name()])
        .spawn();
    wait_for("half of the layer", || {
        (bench.proxy.sent() > SIZE / 2).then_some(())
    });
    running.kill();
    bench.assert_not_pulled();
    bench.env.rg(["images"]).succeeds();
    bench.env.rg(["pull", "-j", "2", &bench.name()]).succeeds();
    bench.assert_pulled();
    let (sent, most) = (bench.proxy.sent(), SIZE + 2 * RANGE);
    assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
}

#[test]
fn a_pull_finishes_what_a_killed_neighbour_had_begun() {
    let bench = slow();
    let first = bench
        .env
        .command(["pull", "-j", "2", &bench.name()])
        .spawn();
    wait_for("a quarter of the layer", || {
        (bench.proxy.sent() > SIZE / 4).then_some(())
    });
    let second = bench
        .env
        .command(["pull", "-j", "2", &bench.name()])
        .spawn();
    wait_for("half of the layer", || {
        (bench.proxy.sent() > SIZE / 2).then_some(())
    });
    first.kill();
    second.wait().succeeds();
    bench.assert_pulled();
    let (sent, most) = (bench.proxy.sent(), SIZE + 2 * RANGE);
    assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
}

#[test]
fn an_interrupted_pull_says_so_and_resumes() {
    use rustix::process::Signal;
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let bench = slow();
        let running = bench
            .env
            .command(["pull", "-j", "2", &bench.name()])
            .spawn();
        wait_for("half of the layer", || {
            (bench.proxy.sent() > SIZE / 2).then_some(())
        });
        running.signal(signal);
        running.wait().exits(code).says("interrupted");
        bench.assert_not_pulled();
        assert!(layout::partial_bytes(&bench.env.store()) > SIZE / 8);
        bench.env.rg(["pull", &bench.name()]).succeeds();
        bench.assert_pulled();
        let (sent, most) = (bench.proxy.sent(), SIZE + 2 * RANGE);
        assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
    }
}

#[test]
fn o35_two_pulls_of_one_image_fetch_it_once() {
    let bench = slow();
    let pulls = [(); 2].map(|()| bench.env.command(["pull", &bench.name()]).spawn());
    for pull in pulls {
        pull.wait().succeeds();
    }
    bench.assert_pulled();
    let (fetched, size) = (bench.proxy.blob_bytes_fetched(), bench.graph.blob_bytes());
    assert!(
        fetched * 100 <= size * 102,
        "{fetched} bytes were fetched for {size}"
    );
}

/// Lanes of the commands that are killed.
const LANES: u64 = 2;

/// Two layers of 16 and 8 MiB: the larger one takes two ranges.
fn two_layers() -> Graph {
    image(AMD64, &[Layer::big(1, 16 << 20), Layer::big(2, 8 << 20)])
}

/// A rate at which they take a third of a second.
const CAPPED: Limits = Limits {
    per_connection: None,
    in_all: Some(72 << 20),
    round_trip: std::time::Duration::ZERO,
    resets: None,
};

/// When to kill.
#[derive(Debug, Clone, Copy)]
enum Instant {
    /// When so many bytes have moved.
    Moved(u64),
    /// When so many files can be seen in the store they go to: between the last bytes and the end.
    Visible(usize),
}

/// The next instant: three of four uniform over the bytes of `graph`, the others over its content becoming visible.
fn draw(random: &mut Random, graph: &Graph) -> Instant {
    if random.below(4) == 0 {
        let files = random.below(graph.nodes.len() as u64) + 1;
        Instant::Visible(usize::try_from(files).expect("a few"))
    } else {
        Instant::Moved(random.below(graph.blob_bytes() + 1))
    }
}

/// Kills `running` when its instant has come; it may have ended by then.
fn kill_at(instant: Instant, mut running: Running, moved: impl Fn() -> u64, store: &Path) {
    let folder = store.join("blobs/sha256");
    let visible = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
    wait_for("the instant of the kill", || {
        let come = match instant {
            Instant::Moved(bytes) => moved() >= bytes,
            Instant::Visible(files) => visible() >= files,
        };
        (come || !running.is_running()).then_some(())
    });
    running.kill();
}

/// Bytes of the blobs of `graph` that can be seen in `store`.
fn visible_bytes(store: &Path, graph: &Graph) -> u64 {
    let here = graph
        .blobs()
        .filter(|blob| layout::has(store, &blob.digest));
    here.map(|blob| blob.content.len()).sum()
}

/// Asserts that `rg fsck` finds nothing wrong in `store`, whoever works in it just now, and says how many bytes of
/// unfinished blobs it found.
#[track_caller]
fn clean(env: &Env, store: &Path) -> u64 {
    let store = store.display().to_string();
    let output = env.rg(["fsck", "--json", "--store", &store]).succeeds();
    let sum: Value = serde_json::from_str(output.last_line()).expect("a line of JSON");
    sum["PartialBytes"].as_u64().expect("a number")
}

/// Kills a pull at each of `count` instants, into a fresh store each time.
fn kill_pulls(count: usize) {
    let mut bench = Bench::with(two_layers(), CAPPED);
    let size = bench.graph.blob_bytes();
    let mut random = Random::new();
    for round in 0..count {
        let instant = draw(&mut random, &bench.graph);
        println!("pull {round}: {instant:?}");
        bench.env = Env::new();
        bench.proxy.forget();
        let (name, lanes, store) = (bench.name(), LANES.to_string(), bench.env.store());
        let pull = ["pull", "-j", &lanes, &name];
        let running = bench.env.command(pull).spawn();
        kill_at(instant, running, || bench.proxy.sent(), &store);
        let first = bench.proxy.blob_bytes_fetched();
        layout::check(&store);
        let kept = clean(&bench.env, &store) + visible_bytes(&store, &bench.graph);
        bench.proxy.forget();
        bench.env.rg(pull).succeeds();
        bench.assert_pulled();
        clean(&bench.env, &store);
        let second = bench.proxy.blob_bytes_fetched();
        assert!(
            second <= size - kept,
            "{second} bytes were fetched where {kept} of {size} were there"
        );
        let most = size + LANES * RANGE;
        assert!(
            first + second <= most,
            "{first} + {second} bytes for {size}"
        );
    }
}

/// Kills a push at each of `count` instants, to a fresh registry each time.
fn kill_pushes(count: usize) {
    let graph = two_layers();
    let origin = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &origin.base(), "app", "v1", &graph);
    let env = Env::new();
    let source = format!("{}/app:v1", origin.host());
    env.rg(["pull", &source]).succeeds();
    let mut random = Random::new();
    for round in 0..count {
        let instant = draw(&mut random, &graph);
        println!("push {round}: {instant:?}");
        let registry = Registry::embedded(&Options::default());
        let proxy = Proxy::limited(&registry.host(), CAPPED);
        let (name, lanes) = (format!("{}/new:v1", proxy.host()), LANES.to_string());
        env.rg(["tag", &source, &name]).succeeds();
        let push = ["push", "-j", &lanes, &name];
        kill_at(
            instant,
            env.command(push).spawn(),
            || proxy.received(),
            &registry.store(),
        );
        clean(&env, &registry.store());
        let absent = graph.blob_bytes() - visible_bytes(&registry.store(), &graph);
        proxy.forget();
        env.rg(push).succeeds();
        // What a finished upload brought is never sent again. How far one that was cut goes on depends on the instant;
        // `faults::push` pins that down.
        let second = proxy.blob_bytes_uploaded();
        assert!(
            second <= absent,
            "{second} bytes were uploaded where {absent} were absent"
        );
        let there = Client::new().manifest(&registry.base(), "new", "v1");
        assert_eq!(there.expect("pushed").1, graph.document());
        assert_eq!(visible_bytes(&registry.store(), &graph), graph.blob_bytes());
        layout::check(&registry.store());
        clean(&env, &registry.store());
    }
    clean(&env, &env.store());
}

#[test]
fn a_pull_killed_at_any_instant_leaves_a_clean_store_and_resumes() {
    kill_pulls(12);
}

#[test]
fn a_push_killed_at_any_instant_leaves_a_clean_registry_and_completes() {
    kill_pushes(12);
}

#[test]
#[ignore = "takes a minute or two"]
fn f21_a_hundred_kills_of_a_pull_leave_a_clean_store_each_time() {
    kill_pulls(100);
}

#[test]
#[ignore = "takes a minute or two"]
fn f21_a_hundred_kills_of_a_push_leave_a_clean_registry_each_time() {
    kill_pushes(100);
}
