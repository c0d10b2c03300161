//! What a check finds, and how it tells it to people and programs.

use serde_json::{Value, json};

use super::{Bench, parsed};
use crate::support::client::Client;
use crate::support::image::{AMD64, ARM64, image, index, push_raw};
use crate::support::layer::Layer;
use crate::support::registry::{Options, Registry};

#[test]
fn a_clean_store_is_clean_whatever_shape_its_images_have() {
    let many = index(&[
        image(AMD64, &[Layer::gzip(1, 5000)]),
        image(ARM64, &[Layer::gzip(2, 5000)]),
    ]);
    let bench = Bench::with(many);
    let foreign = image(
        AMD64,
        &[
            Layer::gzip(3, 100).foreign("https://elsewhere.invalid/l"),
            Layer::gzip(4, 100).by_sha512(),
        ],
    );
    push_raw(
        &Client::new(),
        &bench.registry.base(),
        "other",
        "v1",
        &image(AMD64, &[Layer::gzip(4, 100).by_sha512()]),
    );
    bench.rg(&["pull", "HOST/other:v1"]).succeeds();
    let clean = bench.rg(&["fsck"]).succeeds();
    assert!(
        clean.stdout.starts_with("Checked 2 images, 7 blobs, ")
            && clean.stdout.ends_with(": all is well\n"),
        "{clean}"
    );
    assert_eq!(
        (clean.stdout.lines().count(), clean.stderr.as_str()),
        (1, "")
    );
    let quiet = bench.rg(&["fsck", "-q"]).succeeds();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    // The store of a registry to which an image was pushed without the layer that is kept elsewhere.
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "foreign", "v1", &foreign);
    let store = registry.store().display().to_string();
    bench.rg(&["--store", &store, "fsck"]).succeeds();
}

#[test]
fn an_index_file_of_garbage_is_named_and_content_is_checked_all_the_same() {
    let bench = Bench::new();
    std::fs::write(bench.env.store().join("index.json"), "[]").unwrap();
    bench
        .rg(&["fsck"])
        .exits(7)
        .prints("STORE/index.json: malformed: ");
    bench.damage(bench.layer());
    let found = bench.rg(&["fsck"]).exits(6);
    assert!(found.stdout.contains(bench.layer()), "{found}");
    let (problems, sum) = parsed(&bench.rg(&["fsck", "--json"]).exits(6));
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!((&sum["Images"], &sum["Problems"]), (&json!(0), &json!(2)));
}

#[test]
fn an_entry_with_the_wrong_size_or_type_is_found() {
    for (key, value) in [
        ("size", json!(7)),
        (
            "mediaType",
            json!("application/vnd.oci.image.index.v1+json"),
        ),
    ] {
        let bench = Bench::new();
        let path = bench.env.store().join("index.json");
        let mut document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        document["manifests"][0][key] = value;
        std::fs::write(&path, document.to_string()).unwrap();
        bench
            .rg(&["fsck"])
            .exits(6)
            .prints(&format!("{}: malformed: ", bench.graph.digest()))
            .prints("needed by HOST/app:v1; `rg rmi HOST/app:v1` removes it\n");
    }
}

#[test]
fn programs_read_one_object_a_problem_and_one_about_all() {
    let bench = Bench::new();
    bench.damage(bench.layer());
    let (problems, sum) = parsed(&bench.rg(&["fsck", "--json"]).exits(6));
    let described = json!([{
        "Digest": bench.layer(),
        "Problem": "damaged",
        "Reason": null,
        "NeededBy": ["HOST/app:v1"],
        "Origins": ["HOST/app"],
        "Repaired": null,
    }]);
    assert_eq!(json!(problems), described);
    assert_eq!(
        (&sum["Images"], &sum["Blobs"], &sum["Problems"]),
        (&json!(1), &json!(4), &json!(1))
    );
    let (problems, sum) = parsed(&bench.rg(&["fsck", "--repair", "--json"]).succeeds());
    assert_eq!(problems[0]["Repaired"], "fetched again from HOST/app");
    assert_eq!((&sum["Repaired"], &sum["Problems"]), (&json!(1), &json!(0)));
}

#[test]
fn progress_is_told_as_json_events() {
    let bench = Bench::new();
    let output = bench.rg(&["--progress", "json", "fsck"]).succeeds();
    let events: Vec<Value> = output
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let moved: u64 = events
        .iter()
        .filter(|event| event["event"] == "moved" && event["role"] == "content")
        .map(|event| event["bytes"].as_u64().unwrap())
        .sum();
    let all: u64 = bench
        .graph
        .nodes
        .iter()
        .map(|node| node.content.len())
        .sum();
    assert_eq!((&events[0]["event"], moved), (&json!("planned"), all));
}

#[test]
fn a_list_of_images_that_is_gone_is_told_and_nothing_is_garbage_for_that() {
    let bench = Bench::new();
    let list = bench.env.store().join("index.json");
    std::fs::remove_file(&list).unwrap();
    bench
        .rg(&["fsck"])
        .exits(7)
        .prints("STORE/index.json: malformed: it is missing");
    let before = std::fs::read_dir(bench.env.store().join("blobs/sha256"))
        .unwrap()
        .count();
    bench.rg(&["prune", "-f"]).exits(7).says("index.json");
    let after = std::fs::read_dir(bench.env.store().join("blobs/sha256")).unwrap();
    assert!(before > 0 && after.count() == before);
    // The same pull makes it anew.
    bench.rg(&["pull", "-q", "HOST/app:v1"]).succeeds();
    bench.rg(&["fsck"]).succeeds();
}
