//! Every shape of image goes from one registry through the local store to another and stays what it was, to the byte.

use serde_json::json;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{
    AMD64, ARM_V7, ARM64, DOCKER_LIST, EMPTY, Graph, artifact, artifact_of, docker_image, image,
    index, index_of, index_with_attestations, push_raw, small,
};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::registry::{Options, Registry};

/// Every shape that any registry takes, by name.
pub(crate) fn shapes() -> Vec<(&'static str, Graph)> {
    let many: Vec<Layer> = (0..41).map(|seed| Layer::gzip(seed, 500)).collect();
    let twice = [
        Layer::gzip(1, 900),
        Layer::gzip(2, 900),
        Layer::gzip(1, 900),
    ];
    let arm64 = image(ARM64, &[Layer::gzip(3, 900)]);
    let arm = image(ARM_V7, &[Layer::gzip(4, 900)]);
    let docker = docker_image(AMD64, &[Layer::gzip(5, 900)]);
    let docker_arm = docker_image(ARM64, &[Layer::gzip(6, 900)]);
    vec![
        ("plain", small(1)),
        ("docker", docker.clone()),
        ("zstd", image(AMD64, &[Layer::zstd(1, 300_000)])),
        ("uncompressed", image(AMD64, &[Layer::plain(1, 70_000)])),
        ("many", image(AMD64, &many)),
        ("twice", image(AMD64, &twice)),
        (
            "index",
            index_with_attestations(&[small(1), arm64.clone(), arm.clone()]),
        ),
        ("list", index_of(DOCKER_LIST, &[docker, docker_arm])),
        ("nested", index(&[index(&[small(2), arm64]), index(&[arm])])),
        ("artifact", artifact(None)),
        ("note", artifact(Some(&small(1)))),
    ]
}

const HELM_CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const HELM_CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const HELM_PROVENANCE: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";

/// Everything else that people keep in registries, by name.
pub(crate) fn artifacts() -> Vec<(&'static str, Graph)> {
    let chart = Layer::gzip(21, 3000).content.bytes();
    let helm = br#"{"name":"app","version":"1.2.3","apiVersion":"v2"}"#;
    let empty = (EMPTY, &b"{}"[..]);
    let note = json!({"artifactType": "application/vnd.example.note"});
    let plain = |text: &'static str| ("text/plain; charset=utf-8", text.as_bytes());
    let subject = json!({"subject": small(1).root().descriptor()});
    let data = json!({"config": {"data": "e30="}, "layers": [{"data": "e30="}]});
    let titled = json!({"layers": [
        {"annotations": {"org.opencontainers.image.title": "a.txt"}},
        {"annotations": {"org.opencontainers.image.title": "../b.txt"}},
    ]});
    let signature =
        json!({"layers": [{"annotations": {"dev.cosignproject.cosign/signature": "MEUCIQ=="}}]});
    let simple = br#"{"critical":{"type":"cosign container image signature"}}"#;
    let note_of = |text| artifact_of(empty, &[plain(text)], &note);
    vec![
        (
            "helm",
            artifact_of(
                (HELM_CONFIG, helm),
                &[(HELM_CHART, &chart), (HELM_PROVENANCE, b"-----BEGIN PGP")],
                &json!({}),
            ),
        ),
        (
            "wasm",
            artifact_of(
                ("application/vnd.wasm.config.v0+json", br#"{"os":"wasip1"}"#),
                &[("application/wasm", b"\0asm\x01\0\0\0")],
                &json!({}),
            ),
        ),
        ("empty-layer", artifact_of(empty, &[empty], &note)),
        (
            "empty-twice",
            artifact_of(
                ("application/vnd.acme.config.v1+json", b"{}"),
                &[empty],
                &json!({}),
            ),
        ),
        (
            "embedded",
            artifact_of(empty, &[empty], &note).saying(&data),
        ),
        (
            "config-only",
            artifact_of(
                ("application/vnd.acme.settings.v1+json", br#"{"a":1}"#),
                &[],
                &json!({}),
            ),
        ),
        (
            "no-bytes",
            artifact_of(empty, &[("application/x-empty", b"")], &note),
        ),
        (
            "titled",
            artifact_of(empty, &[plain("one"), plain("two")], &note).saying(&titled),
        ),
        (
            "about",
            artifact_of(empty, &[plain("sbom")], &note).saying(&subject),
        ),
        (
            "signature",
            artifact_of(
                (
                    "application/vnd.oci.image.config.v1+json",
                    br#"{"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]}}"#,
                ),
                &[("application/vnd.dev.cosign.simplesigning.v1+json", simple)],
                &signature,
            ),
        ),
        (
            "unknown-fields",
            small(8).saying(&json!({"x-more": [1.50, null], "annotations": {"k": "v"}})),
        ),
        (
            "artifact-index",
            index(&[note_of("one"), note_of("two")]).saying(&json!({
                "artifactType": "application/vnd.example.notes",
                "manifests": [{"artifactType": "application/vnd.example.note"}],
            })),
        ),
        ("index-about", index(&[note_of("three")]).saying(&subject)),
        ("no-entries", index(&[])),
    ]
}

/// Asserts that the registry at `base` has every node of `graph`, to the byte.
#[track_caller]
pub(crate) fn assert_there(
    client: &Client,
    base: &str,
    repository: &str,
    tag: &str,
    graph: &Graph,
) {
    for node in graph.manifests() {
        let reference = if node.digest == graph.digest() {
            tag
        } else {
            &node.digest
        };
        let found = client.manifest(base, repository, reference);
        let expected = (node.media_type.clone(), node.content.bytes());
        assert!(
            found == Some(expected),
            "{repository}:{reference} is not what it was"
        );
    }
    for node in graph.blobs() {
        let answer = client.get(&format!("{base}/v2/{repository}/blobs/{}", node.digest));
        assert!(
            answer.status == 200 && answer.body == node.content.bytes(),
            "{}",
            node.digest
        );
    }
}

/// The story: put there without `rg`, pull all of it, push all of it elsewhere, look there without `rg`.
pub(crate) fn round_trip(from: &Registry, to: &Registry, name: &str, graph: &Graph) {
    let client = Client::new();
    push_raw(&client, &from.base(), name, "v1", graph);
    let env = Env::new();
    let source = format!("{}/{name}:v1", from.host());
    let target = format!("{}/{name}:v1", to.host());
    let pulled = env.rg(["pull", "--all-platforms", &source]).succeeds();
    let pulled = pulled.prints(&format!("Digest: {}", graph.digest()));
    assert_eq!(pulled.last_line(), source);
    layout::check(&env.store());
    assert!(
        graph
            .nodes
            .iter()
            .all(|node| layout::has(&env.store(), &node.digest))
    );
    env.rg(["tag", &source, &target]).succeeds();
    let size = graph.document().len();
    let line = format!("v1: digest: {} size: {size}", graph.digest());
    env.rg(["push", &target]).succeeds().prints(&line);
    assert_there(&client, &to.base(), name, "v1", graph);
}

/// The story of every other way: from registry to registry, through the store and out of it, in a tar of either form that
/// is a file or comes through a pipe. Whatever arrives is what was sent, to the byte.
pub(crate) fn every_way(from: &Registry, to: &Registry, name: &str, graph: &Graph) {
    let client = Client::new();
    push_raw(&client, &from.base(), name, "v1", graph);
    let source = format!("{}/{name}:v1", from.host());
    let there = |way: &str| format!("{}/{way}/{name}:v1", to.host());
    let arrived = |way: &str| {
        assert_there(&client, &to.base(), &format!("{way}/{name}"), "v1", graph);
    };
    let mut env = Env::new();
    env.rg(["copy", &source, &there("copy")]).succeeds();
    arrived("copy");
    let local = format!("lab/{name}:v1");
    env.rg(["copy", &source, &format!("local:{local}")])
        .succeeds();
    layout::check(&env.store());
    env.rg(["copy", &format!("local:{local}"), &there("store")])
        .succeeds();
    arrived("store");
    env.set_rg();
    for (way, options) in [("hybrid", ""), ("oci", "--format oci")] {
        let lines = [
            format!("rg save {options} -o saved.tar {local} && rg --store file load -i saved.tar"),
            format!("rg save {options} {local} | rg --store pipe load"),
        ];
        for (line, store) in lines.iter().zip(["file", "pipe"]) {
            let line = ["-o", "pipefail", "-c", line];
            env.program("bash", &line).run().succeeds();
            layout::check(&env.path(store));
            let way = format!("{way}-{store}");
            let target = there(&way);
            env.rg(["--store", store, "tag", &local, &target])
                .succeeds();
            env.rg(["--store", store, "push", "-q", &target]).succeeds();
            arrived(&way);
            std::fs::remove_dir_all(env.path(store)).unwrap();
        }
    }
}

#[test]
fn every_shape_round_trips() {
    let from = Registry::embedded(&Options::default());
    let to = Registry::embedded(&Options::default());
    for (name, graph) in shapes().into_iter().chain(artifacts()) {
        round_trip(&from, &to, name, &graph);
    }
}

#[test]
fn every_shape_goes_every_way_unharmed() {
    let from = Registry::embedded(&Options::default());
    let to = Registry::embedded(&Options::default());
    for (name, graph) in shapes() {
        every_way(&from, &to, name, &graph);
    }
}

#[test]
fn artifacts_of_every_kind_go_every_way_unharmed() {
    let from = Registry::embedded(&Options::default());
    let to = Registry::embedded(&Options::default());
    for (name, graph) in artifacts() {
        every_way(&from, &to, name, &graph);
    }
}

#[test]
fn content_named_by_sha512_round_trips() {
    let graph = image(AMD64, &[Layer::gzip(1, 5000).by_sha512()]);
    let from = Registry::embedded(&Options::default());
    let to = Registry::embedded(&Options::default());
    round_trip(&from, &to, "sha512", &graph);
}

#[test]
fn a_dead_proxy_in_the_environment_does_not_matter_on_loopback() {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    let mut run = env.command(["pull", &name]);
    for variable in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        run = run.env(variable, "http://127.0.0.1:9");
    }
    run.run().succeeds();
}

#[test]
fn what_a_script_reads_from_stdout_is_plain_text() {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    let output = env.rg(["pull", &name]).succeeds();
    let digest = format!("Digest: {}", small(1).digest());
    let lines: Vec<&str> = output
        .stdout
        .lines()
        .filter(|line| line.contains("Digest"))
        .collect();
    assert_eq!(lines, [digest]);
    let shown = format!("{}{}", output.stdout, output.stderr);
    assert!(!shown.contains(['\u{1b}', '\r']), "{output}");
    assert_eq!(
        env.rg(["pull", "-q", &name]).succeeds().stdout,
        format!("{name}\n")
    );
    assert_eq!(
        env.rg(["manifest", &name]).succeeds().stdout.as_bytes(),
        small(1).document()
    );
    assert_eq!(
        env.rg(["digest", &name]).succeeds().stdout.trim(),
        small(1).digest()
    );
}
