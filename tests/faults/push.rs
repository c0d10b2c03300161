//! Faults while pushing.

use std::path::PathBuf;

use super::{ALWAYS, Limits, sample};
use crate::support::client::Client;
use crate::support::env::{Env, Output, Running, wait_for};
use crate::support::fake::{Content, Fake};
use crate::support::http::Response;
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::proxy::{Fault, Proxy, Record, Resets, Rule};
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

/// The files of unfinished uploads.
fn notes(env: &Env) -> Vec<PathBuf> {
    let folder = env.path("home/.local/state/rg/uploads");
    let Ok(entries) = folder.read_dir() else {
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Begins to push the large image as a slow registry takes it, and ends that by `end` when half of it has gone.
fn half_pushed(end: fn(Running) -> Output) -> Bench {
    let limits = Limits {
        in_all: Some(LARGE),
        ..Limits::default()
    };
    let bench = Bench::with(large(), limits);
    let running = bench.env.command(["push", &bench.target()]).spawn();
    wait_for("half of the layer", || {
        (bench.proxy.received() > LARGE / 2).then_some(())
    });
    end(running);
    assert_eq!(bench.pushed(), None);
    layout::check(&bench.registry.store());
    bench
}

/// Bytes that one run may lose although the proxy has read them: what is on its way when it ends.
const ON_ITS_WAY: u64 = LARGE / 4;

#[test]
fn a_killed_push_goes_on_where_the_registry_stands() {
    let bench = half_pushed(Running::kill);
    assert_eq!(notes(&bench.env).len(), 1);
    bench.env.rg(["push", &bench.target()]).succeeds();
    bench.assert_pushed();
    let sent = bench.proxy.blob_bytes_uploaded();
    assert!(
        sent < LARGE + ON_ITS_WAY,
        "{sent} bytes were sent for {LARGE}"
    );
    assert_eq!(notes(&bench.env), Vec::<PathBuf>::new());
}

#[test]
fn an_interrupted_push_goes_on_where_the_registry_stands() {
    let bench = half_pushed(|running| {
        running.signal(rustix::process::Signal::INT);
        running.wait().exits(130)
    });
    bench.env.rg(["push", &bench.target()]).succeeds();
    bench.assert_pushed();
    let sent = bench.proxy.blob_bytes_uploaded();
    assert!(
        sent < LARGE + ON_ITS_WAY,
        "{sent} bytes were sent for {LARGE}"
    );
}

#[test]
fn a_damaged_note_of_an_upload_costs_only_a_new_upload() {
    let bench = half_pushed(Running::kill);
    for path in notes(&bench.env) {
        std::fs::write(path, "{\"registry\":").unwrap();
    }
    bench.env.rg(["push", &bench.target()]).succeeds();
    bench.assert_pushed();
    assert!(bench.proxy.blob_bytes_uploaded() > LARGE + LARGE / 4);
    assert_eq!(notes(&bench.env), Vec::<PathBuf>::new());
}

#[test]
fn where_nothing_can_be_remembered_a_push_works_all_the_same() {
    let bench = Bench::with(large(), Limits::default());
    let file = bench.env.write("state", "not a folder");
    bench
        .env
        .command(["push", &bench.target()])
        .env("RG_STATE", &file.display().to_string())
        .run()
        .succeeds();
    bench.assert_pushed();
}

/// A registry that forgets an upload when it is asked about it, as distribution does after a request was cut.
fn forgetful() -> Fake {
    Fake::start(Content::of(&[]), |request, content| {
        let asks = request.method == "GET" && request.path().contains("/uploads/");
        if !asks {
            return content.answer(request);
        }
        let mut cancel = request.clone();
        "DELETE".clone_into(&mut cancel.method);
        content.answer(&cancel);
        Response::error(404, "BLOB_UPLOAD_UNKNOWN", "upload unknown")
    })
}

/// What a bad link carries at most before it cuts.
const CUT: u64 = 10 << 20;

/// Pushes a layer of 64 MiB through a proxy with `limits` and `rule` to a registry that forgets what was cut.
#[track_caller]
fn gets_through(limits: Limits, rule: Option<Rule>) {
    const SIZE: u64 = 64 << 20;
    let graph = image(AMD64, &[Layer::big(1, SIZE)]);
    let source = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &source.base(), "app", "v1", &graph);
    let fake = forgetful();
    let proxy = Proxy::limited(&fake.host(), limits);
    if let Some(rule) = rule {
        proxy.rule(rule);
    }
    let env = Env::new();
    let name = format!("{}/app:v1", source.host());
    let target = format!("{}/app:v1", proxy.host());
    env.rg(["pull", &name]).succeeds();
    env.rg(["tag", &name, &target]).succeeds();
    env.rg(["push", &target]).succeeds();
    assert_eq!(
        fake.content.tag("app", "v1").as_deref(),
        Some(graph.digest())
    );
    assert!(fake.content.has(&graph.largest().digest));
    let (sent, log) = (proxy.blob_bytes_uploaded(), proxy.log());
    assert!(
        sent < SIZE + 3 * CUT,
        "{sent} bytes were sent for {SIZE}: {log:?}"
    );
    assert!(sent > SIZE + CUT / 2, "nothing was cut: {log:?}");
}

#[test]
fn f24_a_link_that_cuts_every_large_request_lets_a_push_through() {
    let rule = Rule::new(ALWAYS, Fault::CutRequest(CUT), sends_bytes);
    gets_through(Limits::default(), Some(rule));
}

#[test]
fn f24_a_link_that_cuts_every_connection_lets_a_push_through() {
    let limits = Limits {
        resets: Some(Resets {
            seed: 1,
            after: CUT..=CUT,
        }),
        ..Limits::default()
    };
    gets_through(limits, None);
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
