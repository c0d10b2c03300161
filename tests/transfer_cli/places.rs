//! Layouts, archives and docker's daemon as ends of a copy, and as what is looked at.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::client::Client;
#[cfg(unix)]
use crate::support::engine::Engine;
use crate::support::env::Env;
use crate::support::http::{End, Response};
use crate::support::image::{
    AMD64, ARM_V7, ARM64, Graph, artifact, image, index, index_with_attestations, push_raw, small,
};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::registry::{Options, Registry};

const REF_NAME: &str = "org.opencontainers.image.ref.name";
const CONTAINERD: &str = "io.containerd.image.name";

fn there(registry: &Registry, repository: &str, tag: &str) -> Option<String> {
    let found = Client::new().manifest(&registry.base(), repository, tag);
    found.map(|(_, bytes)| sha256(&bytes))
}

/// A registry with `graph` as `team/app:v1`, and a world.
fn world(graph: &Graph) -> (Registry, Env, String) {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "team/app", "v1", graph);
    let name = format!("{}/team/app:v1", registry.host());
    (registry, Env::new(), name)
}

/// The annotations of the entries of a layout.
fn names(folder: &Path) -> Vec<Value> {
    let text = std::fs::read(folder.join("index.json")).unwrap();
    let index: Value = serde_json::from_slice(&text).unwrap();
    let entries = index["manifests"].as_array().unwrap();
    let annotations = entries.iter().map(|entry| entry["annotations"].clone());
    annotations.collect()
}

/// A layout as others write it, with these bare names for the images of `graphs`.
fn foreign(env: &Env, folder: &str, graphs: &[(&str, Graph)]) {
    let root = env.path(folder);
    std::fs::create_dir_all(root.join("blobs/sha256")).unwrap();
    std::fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let mut entries = Vec::new();
    for (name, graph) in graphs {
        for node in graph.blobs().chain(graph.manifests()) {
            std::fs::write(layout::blob_path(&root, &node.digest), node.content.bytes()).unwrap();
        }
        let mut entry = graph.root().descriptor();
        if !name.is_empty() {
            entry["annotations"] = json!({REF_NAME: name});
        }
        entries.push(entry);
    }
    let index = json!({"schemaVersion": 2, "manifests": entries});
    std::fs::write(root.join("index.json"), index.to_string()).unwrap();
}

#[test]
fn what_goes_into_a_layout_is_called_as_was_said_and_comes_back_whole() {
    let graph = index_with_attestations(&[
        image(AMD64, &[Layer::gzip(1, 200_000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
    ]);
    let (registry, env, name) = world(&graph);
    let folder = env.path("out");
    let place = |rest: &str| format!("oci:{}{rest}", folder.display());
    let full = format!("{}/team/app", registry.host());
    env.rg(["copy", &name, &place(":edge")])
        .succeeds()
        .prints(&format!(
            "edge: digest: {}\n{}\n",
            graph.digest(),
            place(":edge")
        ));
    env.rg(["copy", &name, &place(":busybox:1.36")]).succeeds();
    env.rg(["copy", &name, &place("")]).succeeds();
    env.rg(["copy", &name, &place(":edge")]).succeeds();
    let v1 = format!("{full}:v1");
    assert_eq!(
        names(&folder),
        [
            // Another image may be that tag of the repository.
            json!({REF_NAME: "edge"}),
            json!({REF_NAME: "busybox:1.36", CONTAINERD: "docker.io/library/busybox:1.36"}),
            json!({REF_NAME: v1, CONTAINERD: v1}),
        ]
    );
    let tagged = format!("oci:{}:v1", env.path("tagged").display());
    env.rg(["copy", &name, &tagged]).succeeds();
    assert_eq!(
        names(&env.path("tagged")),
        [json!({REF_NAME: "v1", CONTAINERD: v1})]
    );
    layout::check(&folder);
    assert!(!env.store().exists(), "the store was touched");
    for name in [":edge", ":busybox:1.36", &format!(":{v1}"), ":v1", ""] {
        let digest = env.rg(["digest", &place(name)]).succeeds();
        digest.prints(&format!("{}\n", graph.digest()));
    }
    let target = format!("{}/back", registry.host());
    env.rg(["copy", "--dry-run", &place(":edge"), &target])
        .succeeds()
        .prints(&format!("Would copy {} to {target}", place(":edge")));
    env.rg(["--progress", "json", "copy", &place(":edge"), &target])
        .succeeds()
        .says(&format!("\"reference\":\"{}\"", place(":edge")));
    assert_eq!(
        there(&registry, "back", "edge").as_deref(),
        Some(graph.digest())
    );
}

#[test]
fn a_layout_of_others_is_read_and_left_as_it_is() {
    let (registry, env, _) = world(&small(9));
    foreign(
        &env,
        "lay",
        &[("v1", small(1)), ("v2", small(2)), ("", small(3))],
    );
    let folder = env.path("lay");
    let before = std::fs::read(folder.join("index.json")).unwrap();
    let place = |rest: &str| format!("oci:{}{rest}", folder.display());
    let target = format!("{}/copied", registry.host());
    env.rg(["copy", &place(":v2"), &target]).succeeds();
    assert_eq!(
        there(&registry, "copied", "v2").as_deref(),
        Some(small(2).digest())
    );
    let third = small(3);
    let by_digest = place(&format!(":@{}", third.digest()));
    env.rg(["copy", &by_digest, &format!("{target}:third")])
        .succeeds();
    assert_eq!(
        there(&registry, "copied", "third").as_deref(),
        Some(third.digest())
    );
    // Without a name it could be any of them, and the hint tells which.
    env.rg(["copy", &place(""), &target])
        .exits(2)
        .says("holds 3 images")
        .says(&format!("it has v1, v2, @{}", third.digest()));
    env.rg(["digest", &place(":v3")])
        .exits(3)
        .says("it has v1, v2");
    env.rg([
        "copy",
        "-a",
        &place(""),
        &format!("{}/all", registry.host()),
    ])
    .succeeds();
    for (tag, graph) in [("v1", small(1)), ("v2", small(2))] {
        assert_eq!(
            there(&registry, "all", tag).as_deref(),
            Some(graph.digest())
        );
    }
    let mut inside: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    inside.sort();
    assert_eq!(inside, ["blobs", "index.json", "oci-layout"]);
    assert_eq!(std::fs::read(folder.join("index.json")).unwrap(), before);
}

#[test]
fn what_a_layout_holds_is_checked_before_it_goes_on() {
    let (registry, env, _) = world(&small(9));
    foreign(&env, "lay", &[("v1", small(1))]);
    let layer = small(1).largest().digest.clone();
    let path = layout::blob_path(&env.path("lay"), &layer);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let place = format!("oci:{}:v1", env.path("lay").display());
    for target in [
        format!("{}/copied:v1", registry.host()),
        "local:copied:v1".to_owned(),
        format!("oci:{}:v1", env.path("out").display()),
        format!("oci-archive:{}", env.path("out.tar").display()),
    ] {
        env.rg(["copy", &place, &target]).exits(6).says(&layer);
    }
    assert_eq!(there(&registry, "copied", "v1"), None);
    assert!(!env.path("out.tar").exists());
}

#[test]
fn archives_are_written_whole_or_not_at_all_and_read_back() {
    let graph = index(&[
        image(AMD64, &[Layer::gzip(1, 200_000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
    ]);
    let (registry, env, name) = world(&graph);
    for (kind, named) in [
        ("oci-archive", ":edge"),
        ("docker-archive", ":lab/app:edge"),
    ] {
        let tar = env.path(&format!("{kind}.tar"));
        let place = format!("{kind}:{}", tar.display());
        env.rg(["copy", &name, &format!("{place}{named}")])
            .succeeds();
        let digest = env.rg(["digest", &place]).succeeds();
        digest.prints(&format!("{}\n", graph.digest()));
        let manifest = env.rg(["manifest", &format!("{place}{named}")]).succeeds();
        assert_eq!(manifest.stdout.as_bytes(), graph.document(), "{kind}");
        let target = format!("{}/{kind}", registry.host());
        env.rg(["copy", &place, &target]).succeeds();
        assert_eq!(
            there(&registry, kind, "edge").as_deref(),
            Some(graph.digest())
        );
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &std::fs::metadata(&tar).unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{kind}");
    }
    // What is there stays until all of the new one is.
    let tar = env.path("oci-archive.tar");
    let before = std::fs::read(&tar).unwrap();
    let absent = format!("{}/team/none:v1", registry.host());
    env.rg(["copy", &absent, &format!("oci-archive:{}", tar.display())])
        .exits(3);
    assert_eq!(std::fs::read(&tar).unwrap(), before);
    let beside: Vec<_> = std::fs::read_dir(tar.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".rg-"))
        .collect();
    assert!(beside.is_empty(), "{beside:?}");
}

#[test]
fn all_tags_go_into_one_archive_and_out_of_it() {
    let (registry, env, _) = world(&small(1));
    push_raw(
        &Client::new(),
        &registry.base(),
        "team/app",
        "v2",
        &small(2),
    );
    let source = format!("{}/team/app", registry.host());
    let place = format!("oci-archive:{}", env.path("all.tar").display());
    env.rg(["copy", "-a", &source, &place]).succeeds();
    let target = format!("{}/all", registry.host());
    env.rg(["copy", "-a", &place, &target]).succeeds();
    for (tag, graph) in [("v1", small(1)), ("v2", small(2))] {
        assert_eq!(
            there(&registry, "all", tag).as_deref(),
            Some(graph.digest())
        );
    }
    env.rg(["copy", "-a", &source, &format!("{place}:v1:x")])
        .exits(2);
}

#[test]
fn an_archive_stays_as_it_was_unless_all_of_the_new_one_can_be_written() {
    let (registry, env, _) = world(&small(1));
    push_raw(
        &Client::new(),
        &registry.base(),
        "team/app",
        "v2",
        &small(2),
    );
    let source = format!("{}/team/app", registry.host());
    let tar = env.path("all.tar");
    let place = format!("docker-archive:{}", tar.display());
    env.rg(["copy", "-a", &source, &place]).succeeds();
    let before = std::fs::read(&tar).unwrap();
    env.rg(["copy", "-a", "--filter", "none*", &source, &place])
        .succeeds()
        .says("no tags were copied")
        .prints("");
    let lost = layout::blob_path(&registry.store(), &small(2).largest().digest);
    std::fs::remove_file(lost).unwrap();
    env.rg(["copy", "-a", &source, &place])
        .exits(3)
        .says("1 of 2 tags were not copied")
        .says("was not written")
        .prints("");
    // In its own place an archive would lose what else it holds.
    env.rg([
        "copy",
        &format!("{place}:{source}:v1"),
        &format!("{place}:lab/app:v9"),
    ])
    .exits(2);
    assert_eq!(std::fs::read(&tar).unwrap(), before);
    env.rg(["copy", "-a", &source, "oci:lay:v1"]).exits(2);
}

#[test]
fn what_is_attached_goes_into_a_layout_and_out_of_it() {
    let graph = small(1);
    let (registry, env, name) = world(&graph);
    let signature = artifact(Some(&graph));
    push_raw(
        &Client::new(),
        &registry.base(),
        "team/app",
        "signed",
        &signature,
    );
    let place = format!("oci:{}", env.path("out").display());
    env.rg(["copy", "--referrers", &name, &place]).succeeds();
    // What is attached is not another image that could be meant.
    env.rg(["digest", &place])
        .succeeds()
        .prints(&format!("{}\n", graph.digest()));
    let image = format!("{place}:v1");
    env.rg(["referrers", &image]).succeeds();
    let json = env.rg(["referrers", "--json", &image]).succeeds();
    assert!(json.stdout.contains(signature.digest()), "{json}");
    let target = format!("{}/back:v1", registry.host());
    env.rg(["copy", "--referrers", &image, &target]).succeeds();
    let listed = env.rg(["referrers", "--json", &target]).succeeds();
    assert!(listed.stdout.contains(signature.digest()), "{listed}");
}

#[test]
fn a_dry_run_makes_nothing_at_a_place() {
    let (_registry, env, name) = world(&small(1));
    for place in [
        "oci:out:v1",
        "oci-archive:out",
        "docker-archive:out:app:v1",
        "docker-daemon:app:v1",
    ] {
        let place = place.replace("out", env.path("out").to_str().unwrap());
        let output = env.rg(["copy", "--dry-run", &name, &place]).succeeds();
        assert!(output.stdout.contains("Would copy"), "{output}");
        assert!(output.stdout.contains("Total: "), "{output}");
        assert!(!env.path("out").exists(), "{place}");
    }
}

#[test]
fn images_of_places_are_inspected_without_loading_them() {
    let (_registry, env, name) = world(&small(1));
    let tar = format!("docker-archive:{}", env.path("a.tar").display());
    env.rg(["copy", &name, &format!("{tar}:lab/app:v7")])
        .succeeds();
    env.rg(["inspect", "--format", "{{.RepoTags}}", &tar])
        .succeeds()
        .prints("[lab/app:v7]\n");
    let id = small(1).blobs().next().unwrap().digest.clone();
    let history = env.rg(["history", "-q", "--no-trunc", &tar]).succeeds();
    assert!(history.stdout.starts_with(&id), "{history}");
    env.rg(["inspect", "--platform", "linux/s390x", &tar])
        .exits(3);
    for (place, code) in [
        ("oci:nowhere", 7),
        ("docker-archive:nowhere", 7),
        ("sif:x", 2),
    ] {
        env.rg(["inspect", place]).exits(code);
    }
}

#[cfg(unix)]
#[test]
fn a_daemon_gets_one_platform_under_the_name_it_knows() {
    let arm = image(ARM64, &[Layer::gzip(2, 3000)]);
    let graph = index(&[image(AMD64, &[Layer::gzip(1, 200_000)]), arm.clone()]);
    let (_registry, mut env, name) = world(&graph);
    let engine = Engine::start(&env.path("engine.sock"), |_| {
        Response::new(200).body("{\"stream\":\"Loaded image: app:dev\\n\"}\n")
    });
    env.set("DOCKER_HOST", &engine.host());
    env.set("DOCKER_DEFAULT_PLATFORM", "linux/arm64");
    env.rg(["copy", &name, "docker-daemon:app:dev"])
        .succeeds()
        .says("the image for linux/arm64 alone")
        .prints(&format!(
            "dev: digest: {}\ndocker-daemon:app:dev\n",
            arm.digest()
        ));
    let log = engine.server.log();
    assert_eq!(engine.server.lines(), ["POST /images/load?quiet=1"]);
    let tar = env.path("sent.tar");
    std::fs::write(&tar, &log[0].request.body).unwrap();
    env.rg(["load", "-q", "-i", tar.to_str().unwrap()])
        .succeeds()
        .prints("app:dev\n");
    assert_eq!(
        layout::tag(&env.store(), "docker.io/library/app:dev").as_deref(),
        Some(arm.digest())
    );
}

#[cfg(unix)]
#[test]
fn an_image_of_a_daemon_is_copied_and_leaves_nothing_here() {
    let graph = image(AMD64, &[Layer::gzip(1, 500_000)]);
    let (registry, mut env, name) = world(&graph);
    let tar = env.path("a.tar");
    env.rg([
        "copy",
        &name,
        &format!("docker-archive:{}:app:dev", tar.display()),
    ])
    .succeeds();
    let saved = std::fs::read(&tar).unwrap();
    let engine = Engine::start(&env.path("engine.sock"), move |request| {
        match request.query("names").as_deref() {
            Some("app:dev") => Response::new(200).body(saved.clone()),
            Some("cut") => Response::new(200)
                .body(saved.clone())
                .cut(100_000, End::Close),
            _ => Response::new(404).json(&json!({"message": "No such image: x"})),
        }
    });
    env.set("DOCKER_HOST", &engine.host());
    let target = format!("{}/copied", registry.host());
    env.rg(["copy", "docker-daemon:app:dev", &target])
        .succeeds();
    assert_eq!(
        there(&registry, "copied", "dev").as_deref(),
        Some(graph.digest())
    );
    layout::is_empty(&env.store());
    env.rg(["copy", "docker-daemon:none", &target]).exits(3);
    env.rg(["copy", "docker-daemon:cut", &target])
        .exits(7)
        .says("the connection to docker's daemon broke");
    layout::is_empty(&env.store());
}

#[cfg(unix)]
#[test]
fn a_daemon_that_refuses_is_told_with_its_own_words_escaped() {
    let (_registry, mut env, name) = world(&image(AMD64, &[Layer::gzip(1, 2_000_000)]));
    let engine = Engine::start(&env.path("engine.sock"), |_| {
        Response::new(200).body("{\"error\":\"disk \\u001b[2J full\"}\n")
    });
    env.set("DOCKER_HOST", &engine.host());
    env.rg(["copy", &name, "docker-daemon:app:dev"])
        .exits(7)
        .says("docker's daemon does not take it: disk \\x1b[2J full")
        .prints("");
    drop(engine);
    std::fs::remove_file(env.path("engine.sock")).unwrap();
    env.rg(["copy", &name, "docker-daemon:app:dev"])
        .exits(7)
        .says("cannot reach docker's daemon at")
        .says("DOCKER_HOST=unix:///PATH");
    env.set("DOCKER_HOST", "tcp://127.0.0.1:2375");
    env.rg(["copy", &name, "docker-daemon:app:dev"]).exits(2);
}

#[cfg(unix)]
#[test]
fn a_failure_at_the_end_of_a_long_report_is_one() {
    let (_registry, mut env, name) = world(&small(1));
    let mut said = "{\"stream\":\"a line of no importance\"}\n".repeat(40_000);
    said.push_str("{\"error\":\"no space left\"}\n");
    let engine = Engine::start(&env.path("engine.sock"), move |_| {
        Response::new(200).body(said.clone())
    });
    env.set("DOCKER_HOST", &engine.host());
    env.rg(["copy", &name, "docker-daemon:app:dev"])
        .exits(7)
        .says("does not take it: no space left")
        .prints("");
}

#[cfg(unix)]
#[test]
fn a_copy_that_fails_is_no_archive_for_a_daemon() {
    let graph = image(AMD64, &[Layer::gzip(1, 2_000_000)]);
    let (registry, mut env, name) = world(&graph);
    let blob = layout::blob_path(&registry.store(), &graph.largest().digest);
    std::fs::remove_file(blob).unwrap();
    let engine = Engine::start(&env.path("engine.sock"), |_| Response::new(200));
    env.set("DOCKER_HOST", &engine.host());
    env.rg(["copy", &name, "docker-daemon:app:dev"])
        .exits(3)
        .says(&graph.largest().digest);
    assert!(engine.server.log().is_empty(), "half an archive was taken");
}

#[test]
fn an_archive_in_which_docker_would_find_nothing_is_not_written_and_zstd_is_told() {
    let (registry, mut env, name) = world(&index(&[
        image(ARM64, &[Layer::gzip(1, 3000)]),
        image(ARM_V7, &[Layer::gzip(2, 3000)]),
    ]));
    env.set("DOCKER_DEFAULT_PLATFORM", "linux/amd64");
    let tar = env.write("kept.tar", "what was there before");
    let place = format!("docker-archive:{}:app:v1", tar.display());
    env.rg(["copy", "--platform", "linux/arm64", &name, &place])
        .succeeds();
    std::fs::write(&tar, "what was there before").unwrap();
    env.rg(["copy", &name, &place])
        .exits(3)
        .says("docker would find nothing in it: there is no image for")
        .prints("");
    assert_eq!(
        std::fs::read_to_string(&tar).unwrap(),
        "what was there before"
    );
    let zstd = image(AMD64, &[Layer::zstd(2, 3000)]);
    push_raw(&Client::new(), &registry.base(), "team/zst", "v1", &zstd);
    let name = format!("{}/team/zst:v1", registry.host());
    let warning = "has layers that are zstd, which docker before 23.0 refuses";
    env.rg(["copy", "--platform", "linux/amd64", &name, &place])
        .succeeds()
        .says(warning);
    env.rg(["copy", &name, "oci-archive:z.tar"])
        .succeeds()
        .hides(warning);
}

#[test]
fn a_layout_of_bare_tags_is_a_store_whose_images_have_names() {
    let env = Env::new();
    foreign(&env, "lay", &[("v1", small(1)), ("v2", small(2))]);
    let rg = |arguments: &[&str]| env.rg([&["--store", "lay"], arguments].concat());
    let listed = rg(&["images", "--format", "{{.Repository}} {{.Tag}}"]).succeeds();
    let mut lines: Vec<&str> = listed.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["<none> v1", "<none> v2"]);
    rg(&["images", "-q", "-f", "dangling=true"])
        .succeeds()
        .prints("");
    rg(&["inspect", "v1"]).succeeds();
    rg(&["save", "-o", "saved.tar", "v1"]).succeeds();
    let digest = env.rg(["digest", "oci-archive:saved.tar:v1"]).succeeds();
    assert_eq!(digest.stdout.trim(), small(1).digest());
    rg(&["rmi", "v1"])
        .succeeds()
        .prints("Untagged: v1\nDeleted: ");
    assert_eq!(names(&env.path("lay")), [json!({REF_NAME: "v2"})]);
    rg(&["tag", "v2", "app:2"]).succeeds();
    let id = rg(&["images", "-q", "app:2"]).succeeds().stdout;
    rg(&["rmi", "-f", id.trim()])
        .succeeds()
        .prints("Untagged: v2\n");
}

#[test]
fn a_copy_that_fails_leaves_a_layout_that_is_one() {
    let (_registry, env, name) = world(&small(1));
    env.rg(["copy", &format!("{name}-not"), "oci:out:v1"])
        .exits(3);
    assert!(names(&env.path("out")).is_empty());
    env.rg(["copy", &name, "oci:out:v1"]).succeeds();
    layout::check(&env.path("out"));
}
