//! `inspect`, of the store and of a registry.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{AMD64, ARM64, image, index_with_attestations, push_raw};
use crate::support::layer::Layer;
use crate::support::registry::{Options, Registry};

fn id(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    value[0]["Id"].as_str().unwrap().to_owned()
}

#[test]
fn an_image_is_inspected_on_its_registry_as_it_will_be_in_the_store() {
    let registry = Registry::embedded(&Options::default());
    let children = [
        image(AMD64, &[Layer::gzip(1, 3000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
    ];
    let index = index_with_attestations(&children);
    push_raw(&Client::new(), &registry.base(), "multi", "v1", &index);
    let env = Env::new();
    let name = format!("{}/multi:v1", registry.host());
    let inspect = |extra: &[&str]| {
        let arguments = [&["inspect", "--platform", "linux/arm64", &name], extra].concat();
        env.rg(arguments)
    };
    inspect(&[]).exits(3);
    let far = inspect(&["--remote"]).succeeds().stdout;
    assert!(far.contains("\"Architecture\": \"arm64\""), "{far}");
    assert!(far.contains(&format!("@{}", index.digest())), "{far}");

    env.rg(["pull", "--platform", "linux/arm64", &name])
        .succeeds();
    assert_eq!(id(&far), id(&inspect(&[]).succeeds().stdout));
    env.rg(["inspect", "--remote", "--platform", "linux/s390x", &name])
        .exits(3)
        .says("linux/amd64");
    let missing = env.rg(["inspect", "--remote", &format!("{name}-not"), &name]);
    missing.exits(3).prints("RepoTags").says("v1-not");
}
