//! Several platforms under one tag: pulled one by one, pushed back, pushed where nothing is.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{
    AMD64, ARM_V7, ARM64, Graph, image, index_with_attestations, push_raw,
};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::registry::{Options, Registry};

/// Three platforms, as children and as their index.
fn sample() -> ([Graph; 3], Graph) {
    let children = [
        image(AMD64, &[Layer::gzip(1, 3000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
        image(ARM_V7, &[Layer::gzip(3, 3000)]),
    ];
    let index = index_with_attestations(&children);
    (children, index)
}

fn there(registry: &Registry, repository: &str) -> Option<String> {
    let found = Client::new().manifest(&registry.base(), repository, "v1");
    found.map(|(_, bytes)| sha256(&bytes))
}

/// The whole story: from a registry, back to it, and to an `empty` one.
pub(crate) fn one_by_one(registry: &Registry, empty: &Registry) {
    let ([amd64, arm64, arm], index) = sample();
    push_raw(&Client::new(), &registry.base(), "multi", "v1", &index);
    let env = Env::new();
    let store = env.store();
    let name = format!("{}/multi:v1", registry.host());
    let place = |repository: &str| format!("{}/{repository}:v1", empty.host());

    env.rg(["pull", "--platform", "linux/amd64", &name])
        .succeeds();
    assert!(layout::has(&store, amd64.digest()) && !layout::has(&store, arm64.digest()));
    // One platform is here: pushed where nothing is, it goes alone and says so.
    env.rg(["tag", &name, &place("alone")]).succeeds();
    let pushed = env.rg(["push", &place("alone")]).succeeds();
    assert!(
        pushed.stderr.contains("linux/amd64"),
        "no note about the platform: {pushed}"
    );
    assert_eq!(there(empty, "alone").as_deref(), Some(amd64.digest()));

    env.rg(["pull", "--platform", "linux/arm64", &name])
        .succeeds();
    layout::check(&store);
    for child in [&amd64, &arm64] {
        assert!(
            child
                .nodes
                .iter()
                .all(|node| layout::has(&store, &node.digest))
        );
    }
    assert!(!layout::has(&store, arm.digest()));
    assert_eq!(layout::tag(&store, &name).as_deref(), Some(index.digest()));

    // Back to where it came from: what is absent here is there.
    env.rg(["push", &name]).succeeds();
    assert_eq!(there(registry, "multi").as_deref(), Some(index.digest()));
    // Where nothing is, two of three are neither one image nor the index.
    env.rg(["tag", &name, &place("empty")]).succeeds();
    env.rg(["push", &place("empty")]).exits(3).says("hint:");
    assert_eq!(there(empty, "empty"), None);
    // One of them by name goes.
    env.rg(["push", "--platform", "linux/arm64", &place("empty")])
        .succeeds();
    assert_eq!(there(empty, "empty").as_deref(), Some(arm64.digest()));

    env.rg(["pull", "--platform", "linux/s390x", &name])
        .exits(3);
    layout::check(&store);
}

#[test]
fn two_platforms_share_one_tag() {
    let (from, empty) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    one_by_one(&from, &empty);
}
