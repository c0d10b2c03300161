//! Local images without any registry: an empty store, and one filled through the library.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{AMD64, ARM64, image, index, index_with_attestations, push_raw, small};
use crate::support::layer::Layer;
use crate::support::registry::{Options, Registry};

#[test]
fn an_empty_store_is_a_header() {
    let world = Env::new();
    let output = world.rg(["images"]).succeeds();
    assert_eq!(
        output.stdout,
        "REPOSITORY   TAG       IMAGE ID   CREATED   SIZE\n"
    );
    assert_eq!(output.stderr, "");
    for spelling in [&["image", "ls"][..], &["image", "list"], &["images", "-a"]] {
        assert_eq!(world.rg(spelling).succeeds().stdout, output.stdout);
    }
    for format in ["json", "{{.ID}}"] {
        assert_eq!(
            world.rg(["images", "--format", format]).succeeds().stdout,
            ""
        );
    }
    assert_eq!(world.rg(["images", "-q"]).succeeds().stdout, "");
}

#[test]
fn a_missing_image_is_named_with_its_tag() {
    let world = Env::new();
    let missing: [&[&str]; 6] = [
        &["rmi", "nosuch"],
        &["image", "rm", "nosuch"],
        &["image", "remove", "--no-prune", "nosuch"],
        &["tag", "nosuch", "x:2"],
        &["digest", "local:nosuch"],
        &["manifest", "local:nosuch"],
    ];
    for arguments in missing {
        let output = world
            .rg(arguments)
            .exits(3)
            .says("error: No such image: nosuch:latest");
        assert_eq!(output.stdout, "", "{output}");
    }
}

#[test]
fn inspect_prints_an_array_also_when_nothing_is_there() {
    let world = Env::new();
    for spelling in [&["inspect", "nosuch"][..], &["image", "inspect", "nosuch"]] {
        let output = world
            .rg(spelling)
            .exits(3)
            .says("No such image: nosuch:latest");
        assert_eq!(output.stdout, "[]\n");
    }
}

#[test]
fn several_images_are_all_tried() {
    let world = Env::new();
    let output = world.rg(["rmi", "one", "two"]).exits(3);
    assert_eq!(
        output.stderr.matches("No such image").count(),
        2,
        "{output}"
    );
}

#[test]
fn a_push_of_what_is_not_here_says_what_to_do() {
    let world = Env::new();
    let output = world
        .rg(["push", "user/app"])
        .exits(3)
        .says("An image does not exist locally with the tag: user/app")
        .says("rg pull user/app");
    assert_eq!(
        output.stdout,
        "Using default tag: latest\nThe push refers to repository [docker.io/user/app]\n"
    );
    let digest = format!("user/app@sha256:{}", "0".repeat(64));
    world
        .rg(["push", &digest])
        .exits(2)
        .says("cannot push a digest reference");
}

#[test]
fn a_folder_that_is_no_store_is_left_alone() {
    let world = Env::new();
    let folder = world.path("home");
    std::fs::write(folder.join("precious"), "x").unwrap();
    let path = folder.display().to_string();
    world.rg(["--store", &path, "images"]).exits(7).says(&path);
    world.rg(["images", "--store", &path]).exits(7);
    assert!(!folder.join("oci-layout").exists());
}

#[test]
fn platforms_of_one_index_are_one_line() {
    let registry = Registry::embedded(&Options::default());
    let children = [
        image(AMD64, &[Layer::gzip(1, 3000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
    ];
    let index = index(&children);
    push_raw(&Client::new(), &registry.base(), "multi", "v1", &index);
    let repository = format!("{}/multi", registry.host());
    for (name, tag) in [
        (format!("{repository}:v1"), "v1"),
        (format!("{repository}@{}", index.digest()), "<none>"),
    ] {
        let env = Env::new();
        for platform in ["linux/amd64", "linux/arm64"] {
            env.rg(["pull", "-q", "--platform", platform, &name])
                .succeeds();
            let format = "{{.Repository}} {{.Tag}}";
            assert_eq!(
                env.rg(["images", "--format", format]).succeeds().stdout,
                format!("{repository} {tag}\n"),
                "{name} {platform}"
            );
        }
        env.rg(["rmi", &name]).succeeds();
        assert_eq!(env.rg(["images", "-q"]).succeeds().stdout, "");
    }
}

#[test]
fn a_tree_shows_which_platforms_are_here() {
    let registry = Registry::embedded(&Options::default());
    let children = [
        image(AMD64, &[Layer::gzip(1, 3000)]),
        image(ARM64, &[Layer::gzip(2, 3000)]),
    ];
    let index = index_with_attestations(&children);
    push_raw(&Client::new(), &registry.base(), "multi", "v1", &index);
    let name = format!("{}/multi:v1", registry.host());
    let world = Env::new();
    world
        .rg(["pull", "-q", "--platform", "linux/arm64", &name])
        .succeeds();
    world.rg(["tag", &name, "other:v2"]).succeeds();
    // Gaps of a table are three wide; a branch has two blanks at most between its strokes.
    let cells = |line: &str| -> Vec<String> {
        let cells = line.split("   ").map(str::trim);
        let cells = cells.filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect()
    };
    let rows = |world: &Env| -> Vec<Vec<String>> {
        let told = world.rg(["images", "--tree"]).succeeds().stdout;
        told.lines().map(cells).collect()
    };
    let short = |digest: &str| digest[7..19].to_owned();
    let before = rows(&world);
    assert_eq!(before.len(), 6, "{before:?}");
    assert_eq!(before[0], ["IMAGE", "ID", "SIZE"]);
    assert_eq!(
        before[1][..2],
        [format!("{name}, other:v2"), short(index.digest())]
    );
    assert_eq!(
        before[2],
        [
            "├─ linux/amd64".to_owned(),
            short(children[0].digest()),
            "-".to_owned()
        ]
    );
    assert_eq!(
        (before[3][0].as_str(), before[3][2].as_str()),
        ("│  └─ attestation", "-")
    );
    assert_eq!(
        before[4][..2],
        ["└─ linux/arm64".to_owned(), short(children[1].digest())]
    );
    assert_ne!(before[4][2], "-");
    world
        .rg(["pull", "-q", "--all-platforms", &name])
        .succeeds();
    let after = rows(&world);
    assert!(after.iter().all(|row| row[2] != "-"), "{after:?}");
    let filtered = ["images", "--tree", "--filter", "reference=none"];
    assert_eq!(world.rg(filtered).succeeds().stdout.lines().count(), 1);
    world.rg(["images", "--tree", "-q"]).exits(2);
}

#[test]
fn dockers_spellings_of_du_and_prune_are_understood() {
    let world = Env::new();
    let told = world.rg(["system", "df"]).succeeds().stdout;
    assert_eq!(told, world.rg(["du"]).succeeds().stdout);
    for pruned in [["system", "prune", "-f"], ["image", "prune", "-f"]] {
        world
            .rg(pruned)
            .succeeds()
            .prints("Total reclaimed space: 0B");
    }
}

#[test]
fn an_index_of_no_images_is_told_as_that() {
    let registry = Registry::embedded(&Options::default());
    let client = Client::new();
    push_raw(&client, &registry.base(), "empty", "v1", &index(&[]));
    let name = format!("{}/empty:v1", registry.host());
    Env::new()
        .rg(["pull", "--platform", "linux/amd64", &name])
        .exits(3)
        .says("no image for linux/amd64")
        .says("(it is an index of no images)");
}

#[test]
fn a_forced_removal_takes_each_image_once_and_forgives_what_is_not_here() {
    let registry = Registry::embedded(&Options::default());
    let name = format!("{}/app:v1", registry.host());
    let graph = image(AMD64, &[Layer::gzip(1, 3000)]);
    push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
    let world = Env::new();
    world.rg(["pull", &name]).succeeds();
    world.rg(["tag", &name, "other:v2"]).succeeds();
    let ids = world.rg(["images", "-q"]).succeeds().stdout;
    let ids: Vec<&str> = ids.lines().collect();
    assert_eq!(ids.len(), 2, "one row a tag: {ids:?}");
    let removal = world.rg([&["rmi", "-f"][..], &ids].concat()).succeeds();
    assert_eq!(removal.stderr, "");
    assert_eq!(world.rg(["images", "-q"]).succeeds().stdout, "");
    world
        .rg(["rmi", "-f", "nosuch"])
        .exits(0)
        .says("No such image: nosuch:latest");
    world.rg(["rmi", "nosuch"]).exits(3);
}

#[test]
fn what_is_here_by_another_name_gets_its_own_when_it_is_pulled_by_digest() {
    let registry = Registry::embedded(&Options::default());
    let graph = image(AMD64, &[Layer::gzip(1, 3000)]);
    for repository in ["one", "two"] {
        push_raw(&Client::new(), &registry.base(), repository, "v1", &graph);
    }
    let world = Env::new();
    let (one, two) = (
        format!("{}/one:v1", registry.host()),
        format!("{}/two@{}", registry.host(), graph.digest()),
    );
    world.rg(["pull", &one]).succeeds();
    world.rg(["pull", &two]).succeeds();
    world.rg(["rmi", &one]).succeeds();
    let rows = world.rg(["images", "--digests"]).succeeds().stdout;
    assert!(
        rows.contains("/two") && rows.contains(graph.digest()),
        "{rows}"
    );
}

#[test]
fn a_store_that_cannot_be_written_to_is_looked_at_checked_and_pushed_from() {
    let (from, to) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    let graph = small(1);
    push_raw(&Client::new(), &from.base(), "app", "v1", &graph);
    let env = Env::new();
    let name = format!("{}/app:v1", from.host());
    env.rg(["pull", "-q", &name]).succeeds();
    // As others leave it, and on a disk that is read-only.
    for folder in ["ingest", "leases"] {
        std::fs::remove_dir_all(env.store().join(folder)).unwrap();
    }
    std::fs::remove_file(env.store().join("rg.lock")).unwrap();
    for folder in ["store", "home", "docker", "runtime", "tmp"] {
        env.hand_over(folder);
    }
    let mode = std::os::unix::fs::PermissionsExt::from_mode;
    std::fs::set_permissions(env.store(), mode(0o555)).unwrap();
    let local = format!("local:{name}");
    let target = format!("{}/app:v2", to.host());
    for arguments in [
        &["images"][..],
        &["inspect", &name],
        &["du"],
        &["fsck"],
        &["prune", "--dry-run"],
        &["push", "--to", &to.host(), &name],
        &["copy", &local, &target],
    ] {
        env.as_nobody(arguments).run().succeeds();
    }
    env.as_nobody(&["rmi", &name])
        .run()
        .exits(7)
        .says("Permission denied");
    std::fs::set_permissions(env.store(), mode(0o755)).unwrap();
}
