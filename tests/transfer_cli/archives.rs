//! Images in one tar: what is saved comes back, whole or only what is new, and nothing in an archive is believed.

use std::io::Read as _;
use std::path::Path;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{
    AMD64, ARM64, Graph, artifact, docker_image, image, index, push_raw, small,
};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::registry::{Options, Registry};

/// A store with `graph` as `lab/app:v1`.
pub(super) fn store_with(graph: &Graph) -> Env {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "lab/app", "v1", graph);
    let env = Env::new();
    let name = format!("{}/lab/app:v1", registry.host());
    env.rg(["pull", "-q", "--all-platforms", &name]).succeeds();
    env.rg(["tag", &name, "lab/app:v1"]).succeeds();
    env.rg(["rmi", &name]).succeeds();
    env
}

const NAME: &str = "docker.io/lab/app:v1";

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The members of a tar, by name.
pub(super) fn members(path: &Path) -> Vec<(String, Vec<u8>)> {
    let file = std::fs::File::open(path).unwrap();
    let mut archive = tar::Archive::new(file);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    });
    entries.collect()
}

fn member(path: &Path, name: &str) -> serde_json::Value {
    let found = members(path).into_iter().find(|(other, _)| other == name);
    serde_json::from_slice(&found.unwrap().1).unwrap()
}

/// A tar of `members`.
pub(super) fn tar_of(env: &Env, members: &[(String, Vec<u8>)]) -> std::path::PathBuf {
    let path = env.path("made.tar");
    let mut builder = tar::Builder::new(std::fs::File::create(&path).unwrap());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    builder.into_inner().unwrap();
    path
}

#[test]
fn what_is_saved_is_loaded_again_to_the_byte() {
    let layers = [
        Layer::gzip(1, 3_000_000),
        Layer::zstd(2, 3000),
        Layer::plain(3, 3000),
    ];
    for graph in [
        image(AMD64, &layers),
        docker_image(AMD64, &layers[..1]),
        index(&[image(AMD64, &layers), image(ARM64, &layers[1..])]),
        artifact(None),
    ] {
        let env = store_with(&graph);
        let tar = env.path("saved.tar");
        env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
        let there = Env::new();
        there
            .rg(["load", "-i", text(&tar)])
            .succeeds()
            .prints("Loaded image: lab/app:v1\n");
        layout::check(&there.store());
        assert_eq!(
            layout::tag(&there.store(), NAME).as_deref(),
            Some(graph.digest())
        );
        for node in &graph.nodes {
            assert!(layout::has(&there.store(), &node.digest), "{}", node.digest);
        }
    }
}

#[test]
fn a_saved_tar_is_a_layout_and_dockers_archive_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let graph = small(1);
    let env = store_with(&graph);
    let tar = env.path("saved.tar");
    env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
    let mode = tar.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let entry = &member(&tar, "index.json")["manifests"][0];
    assert_eq!(entry["digest"], graph.digest());
    assert_eq!(
        entry["annotations"]["org.opencontainers.image.ref.name"],
        NAME
    );
    let item = &member(&tar, "manifest.json")[0];
    assert_eq!(item["RepoTags"][0], NAME);
    let names: Vec<String> = members(&tar).into_iter().map(|(name, _)| name).collect();
    let blobs = std::iter::once(&item["Config"]).chain(item["Layers"].as_array().unwrap());
    for blob in blobs {
        assert!(names.iter().any(|name| name == blob), "{blob} of {names:?}");
    }
    env.rg(["save", "--format", "oci", "-o", text(&tar), "lab/app:v1"])
        .succeeds();
    assert!(
        members(&tar)
            .iter()
            .all(|(name, _)| name != "manifest.json")
    );
}

#[test]
fn dockers_older_archive_keeps_the_image_id() {
    let layers = [
        Layer::gzip(1, 300_000),
        Layer::zstd(2, 3000),
        Layer::gzip(1, 300_000),
    ];
    let graph = image(AMD64, &layers);
    let env = store_with(&graph);
    let tar = env.path("saved.tar");
    env.rg(["save", "--format", "docker", "-o", text(&tar), "lab/app:v1"])
        .succeeds();
    let config = &graph.blobs().next().unwrap().digest;
    let item = &member(&tar, "manifest.json")[0];
    assert_eq!(
        item["Config"],
        format!("{}.json", &config["sha256:".len()..])
    );
    let diffs: Vec<String> = layers
        .iter()
        .map(|layer| format!("{}.tar", &layer.diff["sha256:".len()..]))
        .collect();
    assert_eq!(item["Layers"], serde_json::json!(diffs));
    let there = Env::new();
    there.rg(["load", "-i", text(&tar)]).succeeds();
    layout::check(&there.store());
    let listed = there.rg(["images", "--no-trunc", "-q"]).succeeds();
    assert_eq!(listed.stdout.trim(), config);
    // The digest of a manifest that was made of it is known nowhere else.
    let place = format!("docker-archive:{}", text(&tar));
    there
        .rg(["inspect", "--format", "{{json .RepoDigests}}", &place])
        .succeeds()
        .prints("[]\n");
}

#[test]
fn an_archive_comes_through_a_pipe_and_compressed() {
    let graph = image(AMD64, &[Layer::gzip(1, 3_000_000)]);
    let env = store_with(&graph);
    let script = "\"$RG\" save lab/app:v1 | gzip | RG_STORE=there \"$RG\" load && \
                  \"$RG\" save lab/app:v1 | RG_STORE=also \"$RG\" load -q";
    let output = env
        .program("bash", &["-o", "pipefail", "-c", script])
        .env("RG", env!("CARGO_BIN_EXE_rg"))
        .run()
        .succeeds();
    assert_eq!(output.stdout, "Loaded image: lab/app:v1\nlab/app:v1\n");
    for store in ["there", "also"] {
        let store = env.path(store);
        layout::check(&store);
        assert_eq!(layout::tag(&store, NAME).as_deref(), Some(graph.digest()));
    }
}

#[test]
fn the_same_images_make_the_same_archive_to_the_byte() {
    // One is fetched in pieces and many are not, so that they are ready in another order than they begin.
    let sizes = (1..24).map(|number| 3000 + number * 7 % 24 * 40_000);
    let layers: Vec<Layer> = (0..)
        .zip(sizes.chain([9_000_000]))
        .map(|(seed, size)| Layer::gzip(seed, size))
        .collect();
    let env = store_with(&image(AMD64, &layers));
    let script = "\"$RG\" save -o saved.tar lab/app:v1 && \"$RG\" save lab/app:v1 >piped.tar && \
                  \"$RG\" copy -q local:lab/app:v1 docker-archive:copied.tar:lab/app:v1";
    let mut first = None;
    for _ in 0..4 {
        env.program("sh", &["-c", script])
            .env("RG", env!("CARGO_BIN_EXE_rg"))
            .run()
            .succeeds();
        for name in ["saved.tar", "piped.tar", "copied.tar"] {
            let bytes = std::fs::read(env.path(name)).unwrap();
            let first = first.get_or_insert_with(|| bytes.clone());
            assert!(bytes == *first, "{name} is another archive");
        }
        std::fs::remove_file(env.path("copied.tar")).unwrap();
    }
}

#[test]
fn only_what_is_new_since_another_archive_is_saved() {
    let old = image(AMD64, &[Layer::gzip(1, 300_000)]);
    let new = image(AMD64, &[Layer::gzip(1, 300_000), Layer::gzip(2, 3000)]);
    let env = store_with(&old);
    let (first, second) = (env.path("first.tar"), env.path("second.tar"));
    env.rg(["save", "-o", text(&first), "lab/app:v1"])
        .succeeds();
    let later = store_with(&new);
    let inventory: Vec<String> = layout::contents(&env.store()).into_iter().collect();
    let list = later.write("inventory", &inventory.join("\n"));
    for since in [&first, &list] {
        later
            .rg([
                "save",
                "--since",
                text(since),
                "-o",
                text(&second),
                "lab/app:v1",
            ])
            .succeeds();
        let saved = members(&second);
        let has = |digest: &str| saved.iter().any(|(name, _)| name.ends_with(&digest[7..]));
        assert!(has(&Layer::gzip(2, 3000).digest) && !has(&Layer::gzip(1, 300_000).digest));
    }
    // A list may come through a pipe; a tar that was cut is no list.
    let script = format!(
        "\"$RG\" save --since /dev/stdin -o piped.tar lab/app:v1 < '{0}' && \
         cat '{0}' | \"$RG\" save --since /dev/stdin -o piped.tar lab/app:v1",
        text(&list)
    );
    later
        .program("sh", &["-c", &script])
        .env("RG", env!("CARGO_BIN_EXE_rg"))
        .run()
        .succeeds();
    assert_eq!(members(&later.path("piped.tar")), members(&second));
    let whole = std::fs::read(&first).unwrap();
    let list = inventory.join("\n");
    std::fs::write(
        later.path("cut.tar"),
        [&whole[..100_000], list.as_bytes()].concat(),
    )
    .unwrap();
    later
        .rg([
            "save",
            "--since",
            "cut.tar",
            "-o",
            "never.tar",
            "lab/app:v1",
        ])
        .fails();
    assert!(!later.path("never.tar").exists());
    // What is built on is not overwritten, under another name either.
    let before = std::fs::read(&first).unwrap();
    std::os::unix::fs::symlink(&first, later.path("link.tar")).unwrap();
    for since in [text(&first), "link.tar"] {
        later
            .rg(["save", "--since", since, "-o", text(&first), "lab/app:v1"])
            .exits(2)
            .says("would take the place of what it builds on");
    }
    assert!(std::fs::read(&first).unwrap() == before);
    // Where the rest is not, the load says what is missing and loads nothing.
    let empty = Env::new();
    let output = empty.rg(["load", "-i", text(&second)]).exits(3);
    assert!(
        output
            .stderr
            .contains(&format!("missing: {}", Layer::gzip(1, 300_000).digest)),
        "{output}"
    );
    assert!(
        !output.stderr.contains(&Layer::gzip(2, 3000).digest),
        "{output}"
    );
    assert_eq!(layout::tag(&empty.store(), NAME), None);
    empty.rg(["load", "-i", text(&first)]).succeeds();
    empty
        .rg(["load", "--force", "-i", text(&second)])
        .succeeds();
    layout::check(&empty.store());
    assert_eq!(
        layout::tag(&empty.store(), NAME).as_deref(),
        Some(new.digest())
    );
}

#[test]
fn a_name_that_means_another_image_stays_unless_it_is_forced() {
    let (mine, theirs) = (small(1), small(2));
    let (env, other) = (store_with(&mine), store_with(&theirs));
    let tar = env.path("theirs.tar");
    other
        .rg(["save", "-o", text(&tar), "lab/app:v1"])
        .succeeds();
    env.rg(["load", "-i", text(&tar)])
        .succeeds()
        .says("--force");
    assert_eq!(
        layout::tag(&env.store(), NAME).as_deref(),
        Some(mine.digest())
    );
    assert!(layout::has(&env.store(), theirs.digest()));
    env.rg(["load", "--force", "-i", text(&tar)]).succeeds();
    assert_eq!(
        layout::tag(&env.store(), NAME).as_deref(),
        Some(theirs.digest())
    );
    // Loaded again it changes nothing.
    env.rg(["load", "-i", text(&tar)])
        .succeeds()
        .prints("Loaded image: lab/app:v1\n");
    layout::check(&env.store());
}

#[test]
fn an_image_without_a_name_gets_one_on_request() {
    let graph = small(1);
    let env = store_with(&graph);
    let tar = env.path("saved.tar");
    env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
    let mut all = members(&tar);
    for (name, bytes) in &mut all {
        let from = b"docker.io/lab/app:v1";
        if name == "index.json" || name == "manifest.json" {
            let changed = String::from_utf8(bytes.clone()).unwrap();
            *bytes = changed
                .replace(std::str::from_utf8(from).unwrap(), "latest")
                .into_bytes();
        }
    }
    let tar = tar_of(&env, &all);
    let there = Env::new();
    let loaded = there.rg(["load", "-i", text(&tar)]).succeeds().stdout;
    let ids = there.rg(["images", "-q", "--no-trunc"]).succeeds();
    assert_eq!(loaded, format!("Loaded image ID: {}", ids.stdout));
    let id = ids.stdout.trim();
    there
        .rg(["inspect", "--format", "{{json .RepoDigests}}", id])
        .succeeds()
        .prints("[]\n");
    there
        .rg(["push", "--to", "127.0.0.1:1", id])
        .exits(2)
        .says("has no name")
        .says(&format!("tag {id} NAME"));
    there
        .rg(["load", "-i", text(&tar), "--name", "my/own"])
        .succeeds();
    let own = layout::tag(&there.store(), "docker.io/my/own:latest");
    assert_eq!(own.as_deref(), Some(graph.digest()));
    layout::check(&there.store());
}

#[test]
fn an_image_in_an_index_of_an_index_is_found() {
    let amd64 = image(AMD64, &[Layer::gzip(1, 3000)]);
    let arm64 = image(ARM64, &[Layer::gzip(2, 3000)]);
    let nested = index(&[index(&[amd64.clone(), arm64.clone()]), arm64.clone()]);
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "lab/app", "v1", &nested);
    let mut env = Env::new();
    env.set("DOCKER_DEFAULT_PLATFORM", "linux/amd64");
    let name = format!("{}/lab/app:v1", registry.host());
    let architecture = ["inspect", "--format", "{{.Architecture}}"];
    env.rg([&architecture[..], &["--remote", &name]].concat())
        .succeeds()
        .prints("amd64\n");
    let manifest = env
        .rg(["manifest", "--platform", "linux/amd64", &name])
        .succeeds();
    assert_eq!(sha256(manifest.stdout.as_bytes()), amd64.digest());
    env.rg(["manifest", "--platform", "linux/s390x", &name])
        .exits(3)
        .says("no image for linux/s390x");
    let told = env.rg(["tags", "--json", name.strip_suffix(":v1").unwrap(), "-l"]);
    let told: serde_json::Value = serde_json::from_str(&told.succeeds().stdout).unwrap();
    assert!(
        told["Size"].as_u64().is_some_and(|size| size > 3000),
        "{told}"
    );
    assert!(
        told["Platforms"].to_string().contains("linux/amd64"),
        "{told}"
    );
    env.rg(["pull", "-q", "--all-platforms", &name]).succeeds();
    env.rg(["save", "-o", "saved.tar", &name])
        .succeeds()
        .hides("docker will not see");
    let list = member(&env.path("saved.tar"), "manifest.json");
    let config = &amd64.blobs().next().unwrap().digest;
    assert_eq!(
        list[0]["Config"],
        format!("blobs/sha256/{}", &config[7..]),
        "{list}"
    );
}

#[test]
fn one_platform_of_several_can_be_saved_alone() {
    let amd64 = image(AMD64, &[Layer::gzip(1, 3000)]);
    let arm64 = image(ARM64, &[Layer::gzip(2, 3000)]);
    let env = store_with(&index(&[amd64.clone(), arm64.clone()]));
    let tar = env.path("saved.tar");
    let save = [
        "save",
        "--platform",
        "linux/arm64",
        "-o",
        text(&tar),
        "lab/app:v1",
    ];
    env.rg(save).succeeds();
    let there = Env::new();
    there.rg(["load", "-i", text(&tar)]).succeeds();
    assert_eq!(
        layout::tag(&there.store(), NAME).as_deref(),
        Some(arm64.digest())
    );
    assert!(!layout::has(&there.store(), amd64.digest()));
}

#[test]
fn what_is_damaged_or_hostile_in_an_archive_is_refused_and_leaves_no_image() {
    let graph = image(AMD64, &[Layer::gzip(1, 30_000)]);
    let env = store_with(&graph);
    let tar = env.path("saved.tar");
    env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
    let good = members(&tar);
    let with = |change: &dyn Fn(&str, &mut Vec<u8>)| {
        let mut all = good.clone();
        for (name, bytes) in &mut all {
            change(name, bytes);
        }
        all
    };
    let layer = &graph.largest().digest["sha256:".len()..];
    let flipped = with(&|name, bytes| {
        if name.ends_with(layer) {
            bytes[100] ^= 1;
        }
    });
    let manifest = &graph.digest()["sha256:".len()..];
    let other_manifest = with(&|name, bytes| {
        if name.ends_with(manifest) {
            bytes.push(b'\n');
        }
    });
    let short = with(&|name, bytes| {
        if name.ends_with(layer) {
            bytes.truncate(100);
        }
    });
    let config = br#"{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["sha256:0000000000000000000000000000000000000000000000000000000000000000"]}}"#;
    let docker = |item: serde_json::Value| {
        vec![
            ("config.json".to_owned(), config.to_vec()),
            ("layer.tar".to_owned(), b"not what the config says".to_vec()),
            (
                "manifest.json".to_owned(),
                serde_json::json!([item]).to_string().into_bytes(),
            ),
        ]
    };
    let item = |layer: &str| serde_json::json!({"Config": "config.json", "RepoTags": ["lab/app:v1"], "Layers": [layer]});
    let cases = [
        ("a byte of a layer", flipped, 6),
        ("a manifest", other_manifest, 6),
        ("a short layer", short, 6),
        (
            "a layer that is not its diff id",
            docker(item("layer.tar")),
            6,
        ),
        ("a layer outside", docker(item("../../../../etc/passwd")), 7),
        ("an absolute layer", docker(item("/etc/passwd")), 7),
        (
            "no layers",
            docker(serde_json::json!({"Config": "config.json", "Layers": []})),
            7,
        ),
        (
            "two lists of layers",
            vec![(
                "manifest.json".to_owned(),
                br#"[{"Config":"c","Layers":[],"Layers":["x"]}]"#.to_vec(),
            )],
            7,
        ),
        (
            "no images",
            vec![("README".to_owned(), b"hello".to_vec())],
            7,
        ),
    ];
    for (what, members, code) in cases {
        let there = Env::new();
        let tar = tar_of(&there, &members);
        let output = there.rg(["load", "-i", text(&tar)]);
        assert_eq!(output.code, code, "{what}: {output}");
        assert_eq!(layout::tag(&there.store(), NAME), None, "{what}");
        // The same when it can be read only once.
        let piped = there.program("bash", &["-c", "gzip -c made.tar | \"$RG\" load"]);
        let output = piped.env("RG", env!("CARGO_BIN_EXE_rg")).run();
        assert_eq!(output.code, code, "{what}, piped: {output}");
        assert_eq!(layout::tag(&there.store(), NAME), None, "{what}, piped");
    }
}

#[test]
fn a_file_that_is_cut_off_or_no_tar_is_told_and_a_failed_save_leaves_nothing() {
    let graph = image(AMD64, &[Layer::gzip(1, 30_000)]);
    let env = store_with(&graph);
    let tar = env.path("saved.tar");
    env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
    let whole = std::fs::read(&tar).unwrap();
    let there = Env::new();
    for bytes in [
        &whole[..whole.len() / 2],
        b"hello",
        b"",
        &[0x1f, 0x8b, 0, 0],
    ] {
        std::fs::write(&tar, bytes).unwrap();
        let output = there.rg(["load", "-i", text(&tar)]);
        assert!([6, 7].contains(&output.code), "{output}");
        assert_eq!(layout::tag(&there.store(), NAME), None);
    }
    there.rg(["load", "-i", "/no/such/file"]).exits(7);
    std::fs::remove_file(&tar).unwrap();
    let blob = layout::blob_path(&env.store(), &graph.largest().digest);
    let mut damaged = std::fs::read(&blob).unwrap();
    damaged[7] ^= 1;
    std::fs::write(&blob, damaged).unwrap();
    env.rg(["save", "-o", text(&tar), "lab/app:v1"]).exits(6);
    let left = std::fs::read_dir(tar.parent().unwrap()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        left.iter()
            .all(|name| !name.to_string_lossy().contains("tar")
                && !name.to_string_lossy().ends_with(".tmp")),
        "{left:?}"
    );
    env.rg(["save", "nosuch"]).exits(3).says("rg pull nosuch");
}

#[test]
fn a_link_to_a_file_stays_one_and_the_file_gets_the_archive() {
    let env = store_with(&image(AMD64, &[Layer::gzip(1, 3000)]));
    let real = env.write("elsewhere/real.tar", "what was there before");
    let link = env.path("link.tar");
    std::os::unix::fs::symlink("elsewhere/real.tar", &link).unwrap();
    for arguments in [
        &["save", "-o", "link.tar", "lab/app:v1"][..],
        &["save", "--format", "docker", "-o", "link.tar", "lab/app:v1"],
        &["copy", "local:lab/app:v1", "oci-archive:link.tar"],
        &["unpack", "--tar", "lab/app:v1", "link.tar"],
    ] {
        std::fs::write(&real, "what was there before").unwrap();
        env.rg(arguments).succeeds();
        assert!(link.is_symlink(), "{arguments:?}");
        assert!(!members(&real).is_empty(), "{arguments:?}");
    }
    // Where standard output goes into a file, its name leads there.
    let script = "\"$RG\" save -o /dev/stdout lab/app:v1 > out.tar && test -L /dev/stdout";
    env.program("sh", &["-c", script])
        .env("RG", env!("CARGO_BIN_EXE_rg"))
        .run()
        .succeeds();
    assert!(!members(&env.path("out.tar")).is_empty());
}
