//! Faults while pushing.

use super::{ALWAYS, Limits, sample};
use crate::support::client::Client;
use crate::support::env::{Env, wait_for};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::proxy::{Fault, Proxy, Record, Rule};
use crate::support::registry::{Options, Registry};

/// An image in the local store, and an empty registry with a proxy before it.
struct Bench {
    registry: Registry,
    proxy: Proxy,
    env: Env,
    graph: Graph,
}

impl Bench {
    fn new() -> Self {
        Self::with(sample(), Limits::default())
    }

    fn with(graph: Graph, limits: Limits) -> Self {
        let (source, registry) = (
            Registry::embedded(&Options::default()),
            Registry::embedded(&Options::default()),
        );
        push_raw(&Client::new(), &source.base(), "app", "v1", &graph);
        let bench = Self {
            proxy: Proxy::limited(&registry.host(), limits),
            registry,
            env: Env::new(),
            graph,
        };
        let name = format!("{}/app:v1", source.host());
        bench.env.rg(["pull", &name]).succeeds();
        bench.env.rg(["tag", &name, &bench.target()]).succeeds();
        bench
    }

    /// `copy:v1` through the proxy.
    fn target(&self) -> String {
        format!("{}/copy:v1", self.proxy.host())
    }

    /// Breaks the next `times` requests that `when` picks.
    fn breaks(&self, times: usize, fault: Fault, when: fn(&Record) -> bool) {
        self.proxy.rule(Rule::new(times, fault, when));
    }

    /// The digest that the registry has as `copy:v1`.
    fn pushed(&self) -> Option<String> {
        let found = Client::new().manifest(&self.registry.base(), "copy", "v1");
        found.map(|(_, bytes)| sha256(&bytes))
    }

    /// Asserts that the registry has the image as `copy:v1`, whole and right.
    #[track_caller]
    fn assert_pushed(&self) {
        assert_eq!(self.pushed().as_deref(), Some(self.graph.digest()));
        layout::check(&self.registry.store());
    }
}

/// A request that carries bytes of a blob.
fn sends_bytes(record: &Record) -> bool {
    record.uploads_blob() && record.method != "POST"
}

/// The closing request of an upload.
fn closes_upload(record: &Record) -> bool {
    record.uploads_blob() && record.method == "PUT"
}

fn begins_upload(record: &Record) -> bool {
    record.uploads_blob() && record.method == "POST"
}

fn puts_manifest(record: &Record) -> bool {
    record.is_manifest() && record.method == "PUT"
}

/// Pushes with `fault` on the first `times` requests that `when` picks, and expects it to be survived.
#[track_caller]
fn survives(times: usize, fault: Fault, when: fn(&Record) -> bool) {
    let bench = Bench::new();
    bench.breaks(times, fault, when);
    bench
        .env
        .rg(["push", "--stall-timeout", "300ms", &bench.target()])
        .succeeds();
    let spoiled = bench
        .proxy
        .log()
        .iter()
        .filter(|record| record.spoiled)
        .count();
    assert_eq!(spoiled, times, "{:?}", bench.proxy.log());
    bench.assert_pushed();
}

#[test]
fn an_upload_cut_at_any_byte_is_taken_up_again() {
    for at in [0, 1, 70_000] {
        survives(1, Fault::CutRequest(at), sends_bytes);
    }
    survives(2, Fault::CutRequest(1000), sends_bytes);
}

#[test]
fn an_upload_whose_answer_is_lost_is_found_to_be_done() {
    survives(1, Fault::DropAfterCommit, closes_upload);
}

#[test]
fn a_session_whose_answer_is_lost_is_begun_again() {
    survives(1, Fault::DropAfterCommit, begins_upload);
}

#[test]
fn a_manifest_whose_answer_is_lost_is_put_again() {
    survives(1, Fault::DropAfterCommit, puts_manifest);
}

#[test]
fn busy_answers_to_every_kind_of_request_are_waited_out() {
    for when in [begins_upload, closes_upload, puts_manifest] {
        survives(2, Fault::Answer(503, None), when);
    }
    survives(1, Fault::Answer(429, Some("0".to_owned())), begins_upload);
}

#[test]
fn a_registry_that_takes_no_blob_gets_no_tag() {
    let bench = Bench::new();
    bench.breaks(ALWAYS, Fault::Answer(503, None), begins_upload);
    bench
        .env
        .rg(["push", "--retries", "2", &bench.target()])
        .exits(5);
    assert_eq!(bench.pushed(), None);
    let manifests = bench.proxy.log().into_iter().filter(puts_manifest);
    assert_eq!(manifests.count(), 0);
}

/// Bytes of a layer that takes a while.
const LARGE: u64 = 40 << 20;

fn large() -> Graph {
    image(AMD64, &[Layer::big(1, LARGE)])
}

#[test]
fn an_upload_cut_near_its_end_does_not_start_over() {
    let bench = Bench::with(large(), Limits::default());
    let cut = LARGE / 4 * 3;
    bench.breaks(1, Fault::CutRequest(cut), |record| {
        sends_bytes(record) && record.target.contains("uploads/")
    });
    bench.env.rg(["push", &bench.target()]).succeeds();
    bench.assert_pushed();
    let (sent, anew) = (bench.proxy.blob_bytes_uploaded(), LARGE + cut);
    assert!(
        sent < anew - LARGE / 4,
        "{sent} bytes were sent for {LARGE}"
    );
}

#[test]
fn a_killed_push_leaves_no_tag_and_the_next_one_finishes() {
    let limits = Limits {
        in_all: Some(LARGE),
        ..Limits::default()
    };
    let bench = Bench::with(large(), limits);
    let running = bench.env.command(["push", &bench.target()]).spawn();
    wait_for("half of the layer", || {
        (bench.proxy.received() > LARGE / 2).then_some(())
    });
    running.kill();
    assert_eq!(bench.pushed(), None);
    layout::check(&bench.registry.store());
    bench.env.rg(["push", &bench.target()]).succeeds();
    bench.assert_pushed();
}

#[test]
fn a_damaged_local_blob_is_not_spread() {
    let bench = Bench::new();
    let store = bench.env.store();
    let path = layout::blob_path(&store, &bench.graph.largest().digest);
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, bytes).unwrap();
    bench.env.rg(["push", &bench.target()]).exits(6);
    assert_eq!(bench.pushed(), None);
    layout::check(&bench.registry.store());
}
