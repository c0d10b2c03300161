//! What a person does with it.

use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::*;
use crate::support::image::{AMD64, ARM64, image, index};
use crate::support::layer::{Layer, noise};

#[test]
fn layers_of_every_compression_become_files_in_one_folder() {
    let layers = [
        Layer::gzip(1, 300_000),
        Layer::zstd(2, 300_000),
        Layer::plain(3, 300_000),
    ];
    let stored = Stored::new(&image(AMD64, &layers));
    let output = stored.unpack(&[]).succeeds();
    assert_eq!(output.stdout, "");
    assert_eq!(output.stderr, "Unpacked 3 layers (900kB) into rootfs\n");
    for seed in 1..=3 {
        let found = std::fs::read(stored.root().join(format!("file-{seed}"))).unwrap();
        assert!(found == noise(seed, 300_000), "file-{seed}");
    }
    let id = stored.env.rg(["images", "-q"]).succeeds();
    let id = id.stdout.trim().to_owned();
    stored.env.rg(["unpack", &id, "new/deep/again"]).succeeds();
    assert!(stored.env.path("new/deep/again/file-1").exists());
}

#[test]
fn an_image_that_is_not_here_is_told_with_the_pull_to_run() {
    let world = Env::new();
    world
        .rg(["unpack", "nosuch", "rootfs"])
        .exits(3)
        .says("cannot unpack nosuch: No such image: nosuch:latest")
        .says("hint: fetch it with `rg pull nosuch`");
    world
        .rg(["unpack", "--platform", "linux/arm64", "nosuch:v1", "rootfs"])
        .exits(3)
        .says("`rg pull --platform linux/arm64 nosuch:v1`");
    assert!(!world.path("rootfs").exists());
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let stored = Stored::new(&image(AMD64, &[Layer::of(&tar(&[file("a", "1")]))]));
    stored.env.write("rootfs/mine", "mine");
    let before = std::fs::metadata(stored.root()).unwrap().mode();
    stored.unpack(&[]).exits(7).says("it is not empty");
    assert_eq!(stored.read("mine"), "mine");
    assert!(!stored.root().join("a").exists());
    assert_eq!(std::fs::metadata(stored.root()).unwrap().mode(), before);
    let file = stored.env.write("plain", "x").display().to_string();
    stored
        .env
        .rg(["unpack", &stored.name, &file])
        .exits(7)
        .says("it is no folder");
}

#[test]
fn an_empty_folder_is_taken_as_it_is_and_a_new_one_is_open_to_readers() {
    let stored = Stored::new(&image(AMD64, &[Layer::of(&tar(&[file("a", "1")]))]));
    let mode = || {
        let found = std::fs::metadata(stored.root()).unwrap();
        found.permissions().mode() & 0o7777
    };
    std::fs::create_dir(stored.root()).unwrap();
    std::fs::set_permissions(stored.root(), PermissionsExt::from_mode(0o710)).unwrap();
    stored.unpack(&[]).succeeds();
    assert_eq!(mode(), 0o710);
    std::fs::remove_dir_all(stored.root()).unwrap();
    stored.unpack(&[]).succeeds();
    assert_eq!(mode(), 0o755);
}

#[test]
fn the_root_and_owners_are_what_the_image_says() {
    let entries = [
        dir("./").mode(0o711),
        file("f", "x").owner(1234, 5678),
        dir("d").owner(12, 34),
        link("l", "f").owner(56, 78),
    ];
    let stored = Stored::new(&image(AMD64, &[Layer::of(&tar(&entries))]));
    stored.unpack(&[]).succeeds();
    let found = |path: &str| std::fs::symlink_metadata(stored.root().join(path)).unwrap();
    assert_eq!(found("").mode() & 0o7777, 0o711);
    let us = rustix::process::geteuid();
    for (path, owner) in [("f", (1234, 5678)), ("d", (12, 34)), ("l", (56, 78))] {
        let (user, group) = (found(path).uid(), found(path).gid());
        if us.is_root() {
            assert_eq!((user, group), owner, "{path}");
        } else {
            assert_eq!(user, us.as_raw(), "{path}");
        }
    }
}

#[test]
fn what_somebody_who_is_not_root_unpacks_is_all_theirs_and_what_they_cannot_keep_is_told() {
    let null = Entry {
        kind: tar::EntryType::Char,
        ..file("dev/null", "")
    };
    let entries = [
        file("su", "program").mode(0o4755).owner(0, 0),
        file("wall", "program").mode(0o2755).owner(0, 5),
        dir("sealed").mode(0o500).owner(3, 4),
        file("sealed/secret", "text").mode(0).owner(3, 4),
        dir("shut").mode(0),
        dir("tmp").mode(0o1777),
        null,
    ];
    let layers = [tar(&entries), tar(&[file("sealed/more", "text")])];
    let layers = layers.map(|layer| Layer::of(&layer));
    let stored = Stored::new(&image(AMD64, &layers));
    let env = &stored.env;
    env.rg(["unpack", "--tar", &stored.name, "by-us.tar"])
        .succeeds();
    for folder in ["store", "home"] {
        env.hand_over(folder);
    }
    env.as_nobody(&["unpack", &stored.name, "home/rootfs"])
        .run()
        .succeeds()
        .says("one device file was left out")
        .says("taken from 2 files");
    let found = |path: &str| std::fs::symlink_metadata(env.path("home/rootfs").join(path)).unwrap();
    for (path, mode) in [
        ("su", 0o755),
        ("wall", 0o755),
        ("sealed", 0o500),
        ("sealed/secret", 0),
        ("sealed/more", 0o644),
        ("shut", 0),
        ("tmp", 0o1777),
    ] {
        assert_eq!(found(path).mode() & 0o7777, mode, "{path}");
        let owner = std::fs::metadata(env.path("home")).unwrap().uid();
        assert_eq!(found(path).uid(), owner, "{path}");
    }
    assert!(!env.path("home/rootfs/dev/null").exists());
    // In a tar nothing is anybody's.
    env.as_nobody(&["unpack", "--tar", &stored.name, "home/by-nobody.tar"])
        .run()
        .succeeds();
    let tars = ["by-us.tar", "home/by-nobody.tar"].map(|path| std::fs::read(env.path(path)));
    let [ours, theirs] = tars.map(Result::unwrap);
    assert!(ours == theirs, "the tar depends on who writes it");
}

#[test]
fn attributes_are_set_on_what_is_read_only_and_those_that_cannot_be_are_counted() {
    let attribute = |value: &str| {
        let record = format!("SCHILY.xattr.user.note={value}\n");
        let lengths = record.len()..record.len() + 10;
        let mut fitting = lengths.filter(|length| format!("{length} {record}").len() == *length);
        let length = fitting.next();
        format!("{} {record}", length.unwrap())
    };
    let (small, large) = (attribute("kept"), attribute(&"h".repeat(100_000)));
    let extended = |records| Entry {
        kind: tar::EntryType::XHeader,
        ..file("PaxHeaders/x", records)
    };
    let entries = [
        extended(&small),
        file("ro", "x").mode(0o444),
        extended(&small),
        dir("sealed").mode(0o555),
        extended(&large),
        file("large", "x"),
    ];
    let stored = Stored::new(&image(AMD64, &[Layer::of(&tar(&entries))]));
    let env = &stored.env;
    for folder in ["store", "home"] {
        env.hand_over(folder);
    }
    env.as_nobody(&["unpack", &stored.name, "home/rootfs"])
        .run()
        .succeeds()
        .says("attribute");
    for path in ["ro", "sealed"] {
        let mut value = [0; 16];
        let path = env.path("home/rootfs").join(path);
        let read = rustix::fs::getxattr(&path, "user.note", &mut value[..]).unwrap();
        assert_eq!(&value[..read], b"kept", "{}", path.display());
    }
    assert!(env.path("home/rootfs/large").exists());
}

#[test]
fn upper_layers_hide_what_lower_ones_have() {
    let layers = [
        tar(&[
            dir("d"),
            file("d/old", "1"),
            file("gone", "1"),
            file("kept", "1"),
        ]),
        tar(&[
            file(".wh.gone", ""),
            dir("d"),
            file("d/.wh..wh..opq", ""),
            file("d/new", "2"),
        ]),
    ];
    let layers = layers.map(|layer| Layer::of(&layer));
    let stored = Stored::new(&image(AMD64, &layers));
    stored.unpack(&[]).succeeds();
    let mut names: Vec<String> = Vec::new();
    for folder in ["", "d"] {
        let inner = std::fs::read_dir(stored.root().join(folder)).unwrap();
        names.extend(inner.map(|entry| entry.unwrap().file_name().into_string().unwrap()));
    }
    names.sort();
    assert_eq!(names, ["d", "kept", "new"]);
}

#[test]
fn the_platform_that_is_asked_for_is_taken_or_told_to_be_missing() {
    let children = [
        image(AMD64, &[Layer::gzip(1, 3000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
    ];
    let stored = Stored::new(&index(&children));
    stored.unpack(&["--platform", "linux/arm64"]).succeeds();
    assert!(stored.root().join("file-2").exists());
    assert!(!stored.root().join("file-1").exists());
    let run = ["unpack", "--platform", "linux/s390x", &stored.name, "other"];
    stored
        .env
        .rg(run)
        .exits(3)
        .says("no image for linux/s390x")
        .says("rg pull --platform linux/s390x");
    assert!(!stored.env.path("other").exists());
}

#[test]
fn a_foreign_layer_that_is_not_here_is_told_with_the_option_that_fetches_it() {
    let layers = [
        Layer::gzip(1, 3000),
        Layer::gzip(2, 3000).foreign("http://127.0.0.1:1/layer"),
    ];
    let graph = image(AMD64, &layers);
    // A store that lacks it: an archive says nothing of what is kept elsewhere.
    let stored = Stored::new(&image(AMD64, &layers[..1]));
    for node in &graph.nodes {
        let (algorithm, hex) = node.digest.split_once(':').unwrap();
        let place = stored.env.store().join("blobs").join(algorithm).join(hex);
        std::fs::write(place, node.content.bytes()).unwrap();
    }
    let mut descriptor = graph.root().descriptor();
    descriptor["annotations"] = serde_json::json!({
        "org.opencontainers.image.ref.name": "docker.io/lab/windows:v1",
        "io.containerd.image.name": "docker.io/lab/windows:v1",
    });
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [descriptor]});
    std::fs::write(stored.env.store().join("index.json"), index.to_string()).unwrap();
    stored
        .env
        .rg(["unpack", "lab/windows:v1", "rootfs"])
        .exits(3)
        .says(&format!(
            "its foreign layer {} is not here",
            layers[1].digest
        ))
        .says("`rg pull --allow-foreign-layers lab/windows:v1`");
    assert!(!stored.root().exists());
}

#[test]
fn a_size_without_meaning_is_a_usage_error() {
    let world = Env::new();
    for size in ["much", "10M/s", "-1", "0"] {
        let option = format!("--max-size={size}");
        world.rg(["unpack", &option, "x", "y"]).exits(2);
    }
}
