//! `inspect`, of the store and of a registry.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

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

#[test]
fn a_history_is_told_last_step_first_here_and_on_the_registry() {
    let registry = Registry::embedded(&Options::default());
    let layers = [Layer::gzip(1, 129_000), Layer::gzip(2, 68)];
    let graph = image(AMD64, &layers);
    push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    env.rg(["history", &name]).exits(3).says("No such image");
    let far = env.rg(["history", "--remote", &name]).succeeds();
    env.rg(["history", "--remote", "--platform", "linux/arm64", &name])
        .exits(3)
        .says("is for linux/amd64, not for linux/arm64");
    env.rg(["pull", "-q", &name]).succeeds();
    let near = env.rg(["image", "history", &name]).succeeds();
    assert_eq!(far.stdout, near.stdout);
    let lines: Vec<&str> = near.stdout.lines().collect();
    let id = &graph.blobs().next().unwrap().digest["sha256:".len()..][..12];
    assert!(
        lines[0].starts_with("IMAGE          CREATED       CREATED BY"),
        "{near}"
    );
    assert!(
        lines[1].starts_with(id) && lines[2].starts_with("<missing>"),
        "{near}"
    );
    let sizes = env
        .rg(["history", "-H=false", "--format", "{{.Size}}", &name])
        .succeeds();
    let expected: Vec<String> = layers
        .iter()
        .rev()
        .map(|layer| layer.content.len().to_string())
        .collect();
    assert_eq!(sizes.stdout.lines().collect::<Vec<_>>(), expected);
    let quiet = env.rg(["history", "-q", "--no-trunc", &name]).succeeds();
    assert_eq!(
        quiet.stdout.lines().next(),
        Some(graph.blobs().next().unwrap().digest.as_str())
    );
    env.rg(["history", "--format", "{{.Nope}}", &name]).exits(2);
}

#[test]
fn a_manifest_is_told_in_full_as_docker_tells_it() {
    let registry = Registry::embedded(&Options::default());
    let client = Client::new();
    let one = image(AMD64, &[Layer::gzip(1, 3000)]);
    let children = [one.clone(), image(ARM64, &[Layer::gzip(2, 3000)])];
    let all = index_with_attestations(&children);
    push_raw(&client, &registry.base(), "app", "one", &one);
    push_raw(&client, &registry.base(), "app", "all", &all);
    let env = Env::new();
    let name = |tag: &str| format!("{}/app:{tag}", registry.host());
    let inspect = |arguments: &[&str]| {
        let output = env.rg([&["manifest", "inspect", "-v"], arguments].concat());
        output.succeeds()
    };

    let told = inspect(&[&name("one")]);
    let platform = r#""platform": {
			"architecture": "amd64",
			"os": "linux"
		}"#;
    let size = one.root().content.bytes().len();
    let head = format!(
        "{{\n\t\"Ref\": \"{}\",\n\t\"Descriptor\": {{\n\t\t\"mediaType\": \
         \"application/vnd.oci.image.manifest.v1+json\",\n\t\t\"digest\": \"{}\",\n\t\t\"size\": {size},\n\t\t{platform}\n\t}},\n\t\"Raw\": \"",
        name("one"),
        one.digest(),
    );
    assert!(told.stdout.starts_with(&head), "{told}");
    let object: Value = serde_json::from_str(&told.stdout).unwrap();
    let raw = BASE64_STANDARD
        .decode(object["Raw"].as_str().unwrap())
        .unwrap();
    assert_eq!(raw, one.root().content.bytes());
    let parsed: Value = serde_json::from_slice(&raw).unwrap();
    assert_eq!(object["OCIManifest"], parsed);

    let told = inspect(&[&name("all")]).stdout;
    let list: Value = serde_json::from_str(&told).unwrap();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 4, "{told}");
    let reference = format!("{}@{}", name("all"), one.digest());
    assert_eq!(list[0]["Ref"], reference);
    assert_eq!(list[2]["Descriptor"]["platform"]["architecture"], "arm64");
    assert_eq!(list[3]["Descriptor"]["platform"]["os"], "unknown");
    let told = inspect(&["--platform", "linux/amd64", &name("all")]).stdout;
    let chosen: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(chosen["Ref"], reference);

    env.rg(["pull", "-q", "--platform", "linux/arm64", &name("all")])
        .succeeds();
    let here = inspect(&[&format!("local:{}", name("all"))]).says("more are listed and not there");
    let list: Value = serde_json::from_str(&here.stdout).unwrap();
    let digest = children[1].digest();
    assert_eq!(list[0]["Descriptor"]["digest"], digest);
}
