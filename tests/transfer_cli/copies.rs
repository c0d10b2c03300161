//! Copies from place to place: what arrives, what it costs, and what stays on the way.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{
    AMD64, ARM_V7, ARM64, Graph, artifact, image, index, index_with_attestations, push_raw, small,
};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::proxy::{Proxy, Record};
use crate::support::registry::{Options, Registry};

fn there(registry: &Registry, repository: &str, tag: &str) -> Option<String> {
    let found = Client::new().manifest(&registry.base(), repository, tag);
    found.map(|(_, bytes)| sha256(&bytes))
}

fn methods(log: &[Record]) -> Vec<&str> {
    log.iter().map(|record| record.method.as_str()).collect()
}

/// The methods of the requests for what ends with `end`.
fn about(proxy: &Proxy, end: &str) -> Vec<String> {
    let log = proxy.log().into_iter();
    let matching = log.filter(|record| record.target.ends_with(end));
    matching.map(|record| record.method).collect()
}

fn sample() -> Graph {
    index_with_attestations(&[
        image(AMD64, &[Layer::gzip(1, 200_000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
        image(ARM_V7, &[Layer::gzip(3, 3000)]),
    ])
}

/// From one registry to another, whole and byte for byte, nothing on the disk; again, it costs two questions.
pub(crate) fn between_registries(from: &Registry, to: &Registry) {
    let graph = sample();
    push_raw(&Client::new(), &from.base(), "team/app", "v1", &graph);
    let (source, sink) = (Proxy::start(&from.host()), Proxy::start(&to.host()));
    let env = Env::new();
    let name = format!("{}/team/app:v1", source.host());
    let target = format!("{}/mirror/app", sink.host());
    env.rg(["copy", &name, &target])
        .succeeds()
        .prints(&format!("v1: digest: {}\n{target}:v1\n", graph.digest()));
    assert_eq!(
        there(to, "mirror/app", "v1").as_deref(),
        Some(graph.digest())
    );
    assert_eq!(sink.blob_bytes_uploaded(), graph.blob_bytes());
    assert!(!env.store().exists(), "the store was touched");
    assert_eq!(about(&source, "/manifests/v1"), ["GET"]);
    assert_eq!(about(&sink, "/manifests/v1"), ["HEAD", "PUT"]);
    source.forget();
    sink.forget();
    env.rg(["copy", &name, &target])
        .succeeds()
        .prints("v1: up to date\n");
    assert_eq!(methods(&source.log()), ["HEAD"]);
    assert_eq!(methods(&sink.log()), ["HEAD"]);
    // Of a tag that was moved each end is asked once.
    push_raw(&Client::new(), &from.base(), "team/app", "v1", &small(4));
    source.forget();
    sink.forget();
    env.rg(["copy", &name, &target]).succeeds();
    assert_eq!(about(&source, "/manifests/v1"), ["HEAD", "GET"]);
    assert_eq!(about(&sink, "/manifests/v1"), ["HEAD", "PUT"]);
}

/// Within one registry layers are mounted; within one repository a manifest gets another name and nothing else moves.
pub(crate) fn within_a_registry(registry: &Registry) {
    let graph = small(1);
    push_raw(&Client::new(), &registry.base(), "team/app", "v1", &graph);
    let proxy = Proxy::start(&registry.host());
    let env = Env::new();
    let name = |rest: &str| format!("{}/{rest}", proxy.host());
    env.rg(["copy", &name("team/app:v1"), &name("team/app:stable")])
        .succeeds();
    assert_eq!(methods(&proxy.log()), ["HEAD", "GET", "PUT"]);
    proxy.forget();
    env.rg(["copy", &name("team/app:v1"), &name("other/app:v1")])
        .succeeds();
    assert_eq!(proxy.blob_bytes_uploaded(), 0);
    for (repository, tag) in [("team/app", "stable"), ("other/app", "v1")] {
        let found = there(registry, repository, tag);
        assert_eq!(found.as_deref(), Some(graph.digest()), "{repository}");
    }
}

#[test]
fn a_copy_between_registries_is_whole_and_touches_no_disk() {
    let options = Options::default();
    between_registries(&Registry::embedded(&options), &Registry::embedded(&options));
}

#[test]
fn a_copy_within_a_registry_moves_no_bytes() {
    within_a_registry(&Registry::embedded(&Options::default()));
}

/// A registry with three images, and an empty one.
fn two() -> (Registry, Registry, Env) {
    let (from, to) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    let client = Client::new();
    for (tag, seed) in [("1.0", 1), ("1.1", 2), ("edge", 3)] {
        push_raw(&client, &from.base(), "app", tag, &small(seed));
    }
    (from, to, Env::new())
}

#[test]
fn a_copy_of_all_tags_goes_on_past_a_bad_one_and_brings_the_rest_later() {
    let (from, to, env) = two();
    let source = format!("{}/app", from.host());
    let target = format!("{}/app", to.host());
    let broken = small(2).largest().digest.clone();
    let blob = layout::blob_path(&from.store(), &broken);
    let aside = from.store().join("aside");
    std::fs::rename(&blob, &aside).unwrap();
    let output = env.rg(["copy", "-a", &source, &target]).exits(3);
    assert!(output.stderr.contains("tag 1.1"), "{output}");
    assert!(
        output.stderr.contains("1 of 3 tags were not copied"),
        "{output}"
    );
    assert_eq!(
        there(&to, "app", "edge").as_deref(),
        Some(small(3).digest())
    );
    assert_eq!(there(&to, "app", "1.1"), None);
    std::fs::rename(&aside, &blob).unwrap();
    let proxy = Proxy::start(&to.host());
    let target = format!("{}/app", proxy.host());
    env.rg(["copy", "-a", &source, &target])
        .succeeds()
        .prints("1.0: up to date\n");
    // The config may have come with the first attempt.
    let (sent, layer) = (
        proxy.blob_bytes_uploaded(),
        small(2).largest().content.len(),
    );
    assert!((layer..=small(2).blob_bytes()).contains(&sent), "{sent}");
    assert_eq!(there(&to, "app", "1.1").as_deref(), Some(small(2).digest()));
}

#[test]
fn a_layer_that_many_tags_share_is_asked_about_once() {
    let (from, to, env) = two();
    for (tag, seed) in [("a", 51), ("b", 52), ("c", 53)] {
        let graph = image(AMD64, &[Layer::gzip(50, 3000), Layer::gzip(seed, 3000)]);
        push_raw(&Client::new(), &from.base(), "many", tag, &graph);
    }
    let sink = Proxy::start(&to.host());
    let source = format!("{}/many", from.host());
    env.rg(["copy", "-a", &source, &format!("{}/many", sink.host())])
        .succeeds();
    let shared = Layer::gzip(50, 3000).digest;
    let asked = |record: &&Record| record.method == "HEAD" && record.target.ends_with(&shared);
    assert_eq!(sink.log().iter().filter(asked).count(), 1);
}

#[test]
fn only_tags_that_match_are_copied() {
    let (from, to, env) = two();
    let source = format!("{}/app", from.host());
    let target = format!("{}/app", to.host());
    env.rg(["copy", "-a", "--filter", "1.*", &source, &target])
        .succeeds();
    assert!(there(&to, "app", "1.1").is_some());
    assert_eq!(there(&to, "app", "edge"), None);
}

#[test]
fn a_dry_run_says_what_would_be_copied_and_copies_nothing() {
    let (from, to, env) = two();
    let source = format!("{}/app", from.host());
    let target = format!("{}/app", to.host());
    let output = env
        .rg(["copy", "-a", "--dry-run", &source, &target])
        .succeeds();
    for tag in ["1.0", "1.1", "edge"] {
        let line = format!("Would copy {source}:{tag} to {target}:{tag}\n");
        assert!(output.stdout.contains(&line), "{output}");
    }
    assert_eq!(there(&to, "app", "1.0"), None);
}

#[test]
fn some_platforms_go_with_a_shorter_index_and_one_goes_without() {
    let graph = sample();
    let (from, to, env) = two();
    push_raw(&Client::new(), &from.base(), "multi", "v1", &graph);
    let source = format!("{}/multi:v1", from.host());
    let target = |tag: &str| format!("{}/multi:{tag}", to.host());
    let output = env
        .rg([
            "copy",
            "--platform",
            "linux/amd64,linux/arm/v7",
            &source,
            &target("two"),
        ])
        .succeeds()
        .says("the index of the chosen platforms");
    let (_, bytes) = Client::new().manifest(&to.base(), "multi", "two").unwrap();
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let listed = document["manifests"].as_array().unwrap();
    let all = graph.value()["manifests"].as_array().unwrap().clone();
    // Each with the attestation about it.
    assert_eq!(
        listed[..],
        [
            all[0].clone(),
            all[1].clone(),
            all[4].clone(),
            all[5].clone()
        ]
    );
    assert!(output.stdout.contains(&sha256(&bytes)), "{output}");
    env.rg(["copy", "--platform", "linux/arm64", &source, &target("one")])
        .succeeds();
    let arm64 = image(ARM64, &[Layer::gzip(2, 3000)]);
    assert_eq!(there(&to, "multi", "one").as_deref(), Some(arm64.digest()));
    env.rg([
        "copy",
        "--platform",
        "linux/s390x",
        &source,
        &target("none"),
    ])
    .exits(3);
    assert_eq!(there(&to, "multi", "none"), None);
}

#[test]
fn what_is_attached_to_an_image_goes_with_it_on_request() {
    let (from, to, env) = two();
    let client = Client::new();
    let child = small(1);
    let graph = index(&[child.clone(), image(ARM64, &[Layer::gzip(7, 3000)])]);
    push_raw(&client, &from.base(), "signed", "v1", &graph);
    let note = artifact(Some(&graph));
    push_raw(&client, &from.base(), "signed", note.digest(), &note);
    let about_note = artifact(Some(&note));
    push_raw(
        &client,
        &from.base(),
        "signed",
        about_note.digest(),
        &about_note,
    );
    let about_child = artifact(Some(&child));
    push_raw(
        &client,
        &from.base(),
        "signed",
        about_child.digest(),
        &about_child,
    );
    let cosign = format!("{}.sig", graph.digest().replace(':', "-"));
    push_raw(&client, &from.base(), "signed", &cosign, &small(9));
    let source = format!("{}/signed:v1", from.host());
    let target = |name: &str| format!("{}/{name}:v1", to.host());
    env.rg(["copy", &source, &target("bare")]).succeeds();
    assert_eq!(there(&to, "bare", note.digest()), None);
    env.rg(["copy", "--referrers", &source, &target("signed")])
        .succeeds()
        .prints("attached to");
    for graph in [&graph, &note, &about_note, &about_child] {
        let found = there(&to, "signed", graph.digest());
        assert_eq!(found.as_deref(), Some(graph.digest()));
    }
    assert_eq!(
        there(&to, "signed", &cosign).as_deref(),
        Some(small(9).digest())
    );
    let url = format!("{}/v2/signed/referrers/{}", to.base(), graph.digest());
    let listed = client.send("GET", &url, &[], None).json();
    assert_eq!(listed["manifests"].as_array().unwrap().len(), 1, "{listed}");
}

#[test]
fn images_go_into_the_local_store_and_out_of_it() {
    let (from, to, env) = two();
    let source = format!("{}/app:1.0", from.host());
    env.rg(["copy", &source, "local:mine/app"]).succeeds();
    let store = env.store();
    layout::check(&store);
    let mine = "docker.io/mine/app:1.0";
    assert_eq!(
        layout::tag(&store, mine).as_deref(),
        Some(small(1).digest())
    );
    let target = format!("{}/back:x", to.host());
    env.rg(["copy", "local:mine/app:1.0", &target]).succeeds();
    assert_eq!(there(&to, "back", "x").as_deref(), Some(small(1).digest()));
    env.rg(["copy", "local:nosuch", &target]).exits(3);
}

#[test]
fn copies_that_make_no_sense_are_usage_errors() {
    let env = Env::new();
    let digest = format!("h:1/a@sha256:{}", "0".repeat(64));
    for arguments in [
        &["copy", "h:1/a:1", &digest][..],
        &["copy", "-a", "h:1/a:1", "h:1/b"],
        &["copy", "-a", "h:1/a", "h:1/b:1"],
        &["copy", "--filter", "x", "h:1/a", "h:1/b"],
        &["copy", "--creds", "u:p", "h:1/a", "h:2/b"],
        &["copy", "--src-creds", "hunter2", "h:1/a", "h:2/b"],
    ] {
        env.rg(arguments).exits(2).hides("hunter2");
    }
}

#[test]
fn another_choice_of_platforms_under_the_same_tag_is_no_up_to_date_copy() {
    let (from, to) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    let graph = sample();
    push_raw(&Client::new(), &from.base(), "app", "v1", &graph);
    let name = format!("{}/app:v1", from.host());
    let target = format!("{}/app:v1", to.host());
    let env = Env::new();
    // On a registry: the index first, then one image in its place.
    env.rg(["copy", "-q", &name, &target]).succeeds();
    env.rg(["copy", "-q", "--platform", "linux/arm64", &name, &target])
        .succeeds();
    let now = there(&to, "app", "v1").unwrap();
    let child = graph.manifests().any(|child| child.digest == now);
    assert!(child && now != graph.digest(), "{now}");
    // In the store: one platform of the index first, then all of it.
    env.rg(["pull", "-q", "--platform", "linux/arm64", &name])
        .succeeds();
    env.rg(["copy", "-q", &name, &format!("local:{name}")])
        .succeeds();
    for blob in graph.blobs() {
        let path = layout::blob_path(&env.store(), &blob.digest);
        assert!(path.exists(), "{} is not here", blob.digest);
    }
    layout::check(&env.store());
}
