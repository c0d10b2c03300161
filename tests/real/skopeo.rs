//! skopeo on the other side: digests agree in both directions, and the store is a plain OCI layout.

use crate::support::client::Client;
use crate::support::env::{Env, Output, require};
use crate::support::image::{
    AMD64, ARM64, Graph, docker_image, image, index_with_attestations, push_raw, small,
};
use crate::support::layer::Layer;
use crate::support::registry::{Options, Registry};
use crate::transfer_cli::shapes;

fn skopeo(env: &Env, arguments: &[&str]) -> Output {
    require("skopeo");
    let all: Vec<&str> = ["--insecure-policy"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    env.program("skopeo", &all).run().succeeds()
}

fn images() -> [(&'static str, Graph); 3] {
    [
        ("one", small(1)),
        ("docker", docker_image(AMD64, &[Layer::gzip(2, 5000)])),
        (
            "multi",
            index_with_attestations(&[small(1), image(ARM64, &[Layer::gzip(3, 5000)])]),
        ),
    ]
}

fn copy(env: &Env, from: &Registry, to: &Registry, name: &str) {
    let (from, to) = (
        format!("docker://{}/{name}:v1", from.host()),
        format!("docker://{}/{name}:v1", to.host()),
    );
    let arguments = [
        "copy",
        "--all",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        &from,
        &to,
    ];
    skopeo(env, &arguments);
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn what_skopeo_pushed_is_pulled_with_the_same_digest() {
    let made = Registry::distribution(&Options::default());
    let registry = Registry::distribution(&Options::default());
    for (name, graph) in images() {
        push_raw(&Client::new(), &made.base(), name, "v1", &graph);
        let env = Env::new();
        copy(&env, &made, &registry, name);
        let reference = format!("{}/{name}:v1", registry.host());
        let pulled = env.rg(["pull", "--all-platforms", &reference]).succeeds();
        pulled.prints(&format!("Digest: {}", graph.digest()));
    }
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn what_rg_pushed_is_pulled_by_skopeo_with_the_same_digest() {
    let made = Registry::distribution(&Options::default());
    let registry = Registry::distribution(&Options::default());
    for (name, graph) in images() {
        push_raw(&Client::new(), &made.base(), name, "v1", &graph);
        let env = Env::new();
        let (from, to) = (
            format!("{}/{name}:v1", made.host()),
            format!("{}/{name}:v1", registry.host()),
        );
        env.rg(["pull", "--all-platforms", &from]).succeeds();
        env.rg(["tag", &from, &to]).succeeds();
        env.rg(["push", &to]).succeeds();
        let place = format!("docker://{to}");
        let raw = skopeo(&env, &["inspect", "--raw", "--tls-verify=false", &place]);
        assert_eq!(raw.stdout.as_bytes(), graph.document());
        // A copy reads and verifies every layer.
        let folder = format!("dir:{}", env.path("copied").display());
        skopeo(
            &env,
            &["copy", "--all", "--src-tls-verify=false", &place, &folder],
        );
        let manifest = std::fs::read(env.path("copied/manifest.json")).unwrap();
        assert_eq!(manifest, graph.document());
    }
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn skopeo_sees_every_shape_in_every_place_as_it_was() {
    let registry = Registry::distribution(&Options::default());
    for (name, graph) in shapes::shapes().into_iter().chain(shapes::artifacts()) {
        let from = Registry::embedded(&Options::default());
        push_raw(&Client::new(), &from.base(), name, "v1", &graph);
        let env = Env::new();
        let (source, target) = (
            format!("{}/{name}:v1", from.host()),
            format!("{}/{name}:v1", registry.host()),
        );
        env.rg(["pull", "-q", "--all-platforms", &source])
            .succeeds();
        env.rg(["tag", &source, &target]).succeeds();
        env.rg(["push", "-q", &target]).succeeds();
        env.rg(["save", "--format", "oci", "-o", "saved.tar", &target])
            .succeeds();
        let store = env.store().display().to_string();
        for place in [
            format!("docker://{target}"),
            format!("oci:{store}:{target}"),
            format!("oci-archive:saved.tar:{target}"),
        ] {
            // skopeo's reader of layouts knows OCI's types at the root and no docker's.
            let docker = graph.root().media_type.contains("docker");
            if docker && !place.starts_with("docker:") {
                continue;
            }
            let raw = skopeo(&env, &["inspect", "--raw", "--tls-verify=false", &place]);
            assert!(raw.stdout.as_bytes() == graph.document(), "{place}: {raw}");
        }
    }
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn the_store_is_an_oci_layout_that_skopeo_reads() {
    let registry = Registry::distribution(&Options::default());
    let env = Env::new();
    for (name, graph) in images() {
        push_raw(&Client::new(), &registry.base(), name, "v1", &graph);
        let reference = format!("{}/{name}:v1", registry.host());
        env.rg(["pull", "--platform", "linux/amd64", &reference])
            .succeeds();
        let place = format!("oci:{}:{reference}", env.store().display());
        if name == "docker" {
            // skopeo's reader of layouts knows OCI manifests only.
            continue;
        }
        let overrides = [
            "--override-os",
            "linux",
            "--override-arch",
            "amd64",
            "inspect",
            &place,
        ];
        let shown: serde_json::Value =
            serde_json::from_str(&skopeo(&env, &overrides).stdout).unwrap();
        assert_eq!(shown["Digest"], graph.digest());
        assert_eq!(shown["Architecture"], "amd64");
        let raw = skopeo(&env, &["inspect", "--raw", &place]);
        assert_eq!(raw.stdout.as_bytes(), graph.document());
    }
}
