//! Every shape of image goes from one registry through the local store to another and stays what it was, to the byte.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{
    AMD64, ARM_V7, ARM64, DOCKER_LIST, Graph, artifact, docker_image, image, index, index_of,
    index_with_attestations, push_raw, small,
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

#[test]
fn every_shape_round_trips() {
    let from = Registry::embedded(&Options::default());
    let to = Registry::embedded(&Options::default());
    for (name, graph) in shapes() {
        round_trip(&from, &to, name, &graph);
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
