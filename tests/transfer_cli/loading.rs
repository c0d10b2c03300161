//! What an archive may do to whoever loads it: bring images, and nothing else.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use super::archives::{members, store_with, tar_of, text};
use crate::support::env::{Env, Output, wait_for};
use crate::support::image::{AMD64, image, small};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;

const NAME: &str = "docker.io/lab/app:v1";

/// A member of a tar.
enum Member<'a> {
    File(&'a str, Vec<u8>),
    Symlink(&'a str, &'a str),
    Hardlink(&'a str, &'a str),
    Device(&'a str),
}

/// Adds a member whose name is written as it is, wherever it leads.
fn add(builder: &mut tar::Builder<Vec<u8>>, member: &Member<'_>) {
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o644);
    let mut put = |kind, name: &str, target: &str, bytes: &[u8]| {
        header.set_entry_type(kind);
        header.set_size(bytes.len() as u64);
        let gnu = header.as_gnu_mut().unwrap();
        gnu.name[..name.len()].copy_from_slice(name.as_bytes());
        gnu.linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_cksum();
        builder.append(&header, bytes).unwrap();
    };
    match member {
        Member::File(name, bytes) => put(tar::EntryType::Regular, name, "", bytes),
        Member::Symlink(name, target) => put(tar::EntryType::Symlink, name, target, b""),
        Member::Hardlink(name, target) => put(tar::EntryType::Link, name, target, b""),
        Member::Device(name) => put(tar::EntryType::Char, name, "", b""),
    }
}

fn hostile(members: &[Member<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for member in members {
        add(&mut builder, member);
    }
    builder.into_inner().unwrap()
}

/// A config of an image whose only layer is `tar`.
fn config(tar: &[u8]) -> Vec<u8> {
    let rootfs = json!({"type": "layers", "diff_ids": [sha256(tar)]});
    json!({"os": "linux", "architecture": "amd64", "rootfs": rootfs})
        .to_string()
        .into_bytes()
}

/// docker's list of one image.
fn list(layer: &str, names: &[&str]) -> Vec<u8> {
    json!([{"Config": "config.json", "RepoTags": names, "Layers": [layer]}])
        .to_string()
        .into_bytes()
}

/// Loads a tar from a file and through a pipe, each into a store of its own, and hands over what was said.
fn both_ways(env: &Env, tar: &[u8], look: impl Fn(&Output, &Path, &str)) {
    std::fs::write(env.path("hostile.tar"), tar).unwrap();
    for (way, line) in [
        ("file", "rg load -i hostile.tar"),
        ("pipe", "rg load < <(cat hostile.tar)"),
        ("gzip", "gzip -c hostile.tar | rg load"),
    ] {
        let store = env.path(way);
        let output = env
            .program("bash", &["-c", line])
            .env("RG_STORE", text(&store))
            .run();
        look(&output, &store, way);
        if store.exists() {
            layout::check(&store);
            std::fs::remove_dir_all(&store).unwrap();
        }
    }
}

/// Everything below a folder.
fn below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(below(&path));
        }
        found.insert(path.display().to_string());
    }
    found
}

#[test]
fn c11_links_and_names_in_an_archive_lead_nowhere() {
    let mut env = Env::new();
    env.set_rg();
    // A layer that would fit, if it could be reached.
    let secret = Layer::plain(1, 3000).content.bytes();
    std::fs::write(env.path("secret.tar"), &secret).unwrap();
    std::fs::write(env.path("hostile.tar"), b"").unwrap();
    let outside = text(&env.path("secret.tar")).to_owned();
    let climbing = format!("../../../../../../../..{outside}");
    let before = below(&env.path("."));
    let link = |member: Member<'_>| {
        hostile(&[
            Member::File("config.json", config(&secret)),
            member,
            Member::File("manifest.json", list("layer.tar", &["lab/app:v1"])),
        ])
    };
    let named = |layer: &str| {
        hostile(&[
            Member::File("config.json", config(&secret)),
            Member::File("../../escaped", b"x".to_vec()),
            Member::File(&format!("{}/escaped", text(&env.path("."))), b"x".to_vec()),
            Member::Device("null"),
            Member::File("manifest.json", list(layer, &["lab/app:v1"])),
        ])
    };
    // Whoever extracts the archive and opens the layer by its name reads the secret.
    let naive = tempfile::tempdir().unwrap();
    let extract = ["-xP", "-C", text(naive.path()), "-f", "-"];
    let mut tar = std::process::Command::new("tar")
        .args(extract)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let bytes = link(Member::Symlink("layer.tar", &outside));
    tar.stdin.take().unwrap().write_all(&bytes).unwrap();
    assert!(tar.wait().unwrap().success());
    let read = std::fs::read(naive.path().join("layer.tar")).unwrap();
    assert!(read == secret);

    for tar in [
        bytes,
        link(Member::Symlink("layer.tar", &climbing)),
        link(Member::Symlink("layer.tar", "secret.tar")),
        link(Member::Symlink("layer.tar", "/proc/self/cwd/secret.tar")),
        link(Member::Hardlink("layer.tar", &outside)),
        link(Member::Symlink("layer.tar", "layer.tar")),
        named(&outside),
        named(&climbing),
        named("../secret.tar"),
        named("secret.tar"),
    ] {
        both_ways(&env, &tar, |output, store, way| {
            assert_eq!(output.code, 7, "{way}: {output}");
            assert!(output.stderr.contains("is missing"), "{way}: {output}");
            assert_eq!(layout::tag(store, NAME), None);
            assert!(!layout::has(store, &sha256(&secret)));
        });
    }
    assert_eq!(below(&env.path(".")), before);
    // A link to another member is how docker writes a layer that two images share.
    let tar = hostile(&[
        Member::File("config.json", config(&secret)),
        Member::File("a/layer.tar", secret.to_vec()),
        Member::Symlink("b/layer.tar", "../a/layer.tar"),
        Member::File("manifest.json", list("b/layer.tar", &["lab/app:v1"])),
    ]);
    both_ways(&env, &tar, |output, store, way| {
        assert_eq!(output.code, 0, "{way}: {output}");
        assert!(layout::has(store, &sha256(&secret)));
    });
}

#[test]
fn c11_documents_in_an_archive_have_limits() {
    let mut env = Env::new();
    env.set_rg();
    let layer = Layer::plain(1, 3000).content.bytes();
    let spaces = |size: usize| vec![b' '; size];
    let digest = sha256(&spaces(9 << 20));
    let blob = format!("blobs/sha256/{}", &digest["sha256:".len()..]);
    let entry = |media_type: &str| {
        json!({"schemaVersion": 2, "manifests": [
            {"mediaType": media_type, "digest": digest, "size": 9 << 20},
        ]})
        .to_string()
        .into_bytes()
    };
    let version = || Member::File("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec());
    let manifest = "application/vnd.oci.image.manifest.v1+json";
    let cases = [
        (
            "manifest.json",
            hostile(&[Member::File("manifest.json", spaces(17 << 20))]),
        ),
        (
            "index.json",
            hostile(&[version(), Member::File("index.json", spaces(65 << 20))]),
        ),
        (
            "config.json",
            hostile(&[
                Member::File("config.json", spaces(9 << 20)),
                Member::File("layer.tar", layer.to_vec()),
                Member::File("manifest.json", list("layer.tar", &[])),
            ]),
        ),
        (
            &blob,
            hostile(&[
                version(),
                Member::File("index.json", entry(manifest)),
                Member::File(&blob, spaces(9 << 20)),
            ]),
        ),
    ];
    for (name, tar) in cases {
        both_ways(&env, &tar, |output, store, way| {
            assert!([6, 7].contains(&output.code), "{name}, {way}: {output}");
            let told = format!("{name} has more than");
            assert!(output.stderr.contains(&told), "{name}, {way}: {output}");
            assert_eq!(layout::tag(store, NAME), None);
        });
    }
}

#[test]
fn c11_names_in_an_archive_take_no_name_from_an_image_here() {
    let mine = small(1);
    let mut env = store_with(&mine);
    env.set_rg();
    let layers = [1, 2].map(|seed| Layer::plain(seed, 3000).content.bytes());
    let mut items = Vec::new();
    let mut content = Vec::new();
    let names = [
        vec![
            "lab/app:v1",
            "lab/new:v1",
            "lab/odd:v1\u{1b}[31m",
            "../../x:v1",
            "-rf:v1",
            "x/UPPER:1",
            "",
        ],
        vec!["lab/new:v1", "lab/app", "docker.io/lab/app:v1"],
    ];
    for (number, (layer, names)) in layers.iter().zip(&names).enumerate() {
        let (config_name, layer_name) = (format!("{number}.json"), format!("{number}.tar"));
        items.push(json!({"Config": config_name, "RepoTags": names, "Layers": [layer_name]}));
        content.push((config_name, config(layer)));
        content.push((layer_name, layer.to_vec()));
    }
    content.push((
        "manifest.json".to_owned(),
        json!(items).to_string().into_bytes(),
    ));
    let tar = tar_of(&env, &content);
    let output = env.rg(["load", "-i", text(&tar)]).succeeds();
    // What was here is what it was, and the first who came has the name that two would like.
    assert_eq!(
        layout::tag(&env.store(), NAME).as_deref(),
        Some(mine.digest())
    );
    assert_eq!(output.stdout, "Loaded image: lab/new:v1\n", "{output}");
    assert_eq!(
        output.stderr.matches("--force moves it").count(),
        3,
        "{output}"
    );
    assert!(!output.stderr.contains('\u{1b}'), "{output}");
    let id = env
        .rg(["inspect", "--format", "{{.Id}}", "lab/new:v1"])
        .succeeds();
    assert_eq!(id.stdout.trim(), sha256(&config(&layers[0])));
    layout::check(&env.store());
    // Every name that is moved is told.
    let output = env.rg(["load", "--force", "-i", text(&tar)]).succeeds();
    for name in ["lab/app:v1", "lab/new:v1"] {
        assert!(
            output.stdout.contains(&format!("Loaded image: {name}\n")),
            "{output}"
        );
    }
    assert_ne!(
        layout::tag(&env.store(), NAME).as_deref(),
        Some(mine.digest())
    );
}

#[test]
fn a_file_is_read_where_it_lies_and_a_pipe_goes_into_the_store_member_by_member() {
    let graph = image(AMD64, &[Layer::gzip(1, 900_000)]);
    let mut env = store_with(&graph);
    env.set_rg();
    let tar = env.path("saved.tar");
    env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
    let mut all = members(&tar);
    let stray = Layer::gzip(2, 900_000).content.bytes();
    all.push(("stray".to_owned(), stray.to_vec()));
    for (name, bytes) in &mut all {
        if name.ends_with(&graph.largest().digest["sha256:".len()..]) {
            bytes[500] ^= 1;
        }
    }
    let damaged = tar_of(&env, &all);
    // The layer is here, so in a file nobody looks at it, nor at what no image names.
    let before = layout::contents(&env.store());
    env.rg(["load", "-i", text(&damaged)]).succeeds();
    assert_eq!(layout::contents(&env.store()), before);
    // A pipe passes only once: every member is checked as it goes by.
    env.program("bash", &["-c", "rg load < <(cat made.tar)"])
        .run()
        .exits(6)
        .says("digest mismatch");
    all.retain(|(name, _)| !name.ends_with(&graph.largest().digest["sha256:".len()..]));
    tar_of(&env, &all);
    env.program("bash", &["-c", "rg load < <(cat made.tar)"])
        .run()
        .succeeds();
    assert!(layout::has(&env.store(), &sha256(&stray)));
    layout::check(&env.store());
    let ingest = std::fs::read_dir(env.store().join("ingest")).unwrap();
    assert_eq!(ingest.count(), 0);
}

/// A store with an image, a pipe into an `rg load` that has read everything of the same image but the lists, and the rest.
struct HalfLoaded {
    env: Env,
    loading: crate::support::env::Running,
    pipe: std::fs::File,
    rest: Vec<u8>,
    graph: crate::support::image::Graph,
}

impl HalfLoaded {
    fn new() -> Self {
        let graph = image(AMD64, &[Layer::gzip(1, 900_000)]);
        let mut env = store_with(&graph);
        env.set_rg();
        let tar = env.path("saved.tar");
        env.rg(["save", "-o", text(&tar), "lab/app:v1"]).succeeds();
        let bytes = std::fs::read(&tar).unwrap();
        let made = std::process::Command::from(env.program("mkfifo", &["pipe"])).status();
        assert!(made.unwrap().success());
        let loading = env.program("bash", &["-c", "exec rg load < pipe"]).spawn();
        let options = std::fs::File::options().write(true).open(env.path("pipe"));
        let mut pipe = options.unwrap();
        // The lists come last, in the last few blocks.
        let (first, rest) = bytes.split_at(bytes.len() - 2048);
        pipe.write_all(first).unwrap();
        let largest = graph.largest().digest.clone();
        wait_for("the layer being held", || {
            let leases = std::fs::read_dir(env.store().join("leases")).ok()?;
            leases.flatten().find(|lease| {
                let text = std::fs::read_to_string(lease.path()).unwrap_or_default();
                text.contains(&largest)
            })
        });
        Self {
            rest: rest.to_vec(),
            env,
            loading,
            pipe,
            graph,
        }
    }
}

#[test]
fn what_a_pipe_has_brought_outlives_the_removal_of_an_image_that_shares_it() {
    let mut half = HalfLoaded::new();
    half.env.rg(["rmi", "lab/app:v1"]).succeeds();
    half.env.rg(["prune", "-a", "-f"]).succeeds();
    assert!(layout::has(&half.env.store(), &half.graph.largest().digest));
    half.pipe.write_all(&half.rest).unwrap();
    drop(half.pipe);
    half.loading.wait().succeeds();
    layout::check(&half.env.store());
    assert_eq!(
        layout::tag(&half.env.store(), NAME).as_deref(),
        Some(half.graph.digest())
    );
    // Nothing is held any longer.
    half.env.rg(["rmi", "lab/app:v1"]).succeeds();
    assert!(!layout::has(
        &half.env.store(),
        &half.graph.largest().digest
    ));
}

#[test]
fn a_load_that_is_killed_in_the_middle_of_a_pipe_leaves_a_clean_store() {
    let half = HalfLoaded::new();
    half.loading.kill();
    drop(half.pipe);
    half.env.rg(["fsck"]).succeeds();
    layout::check(&half.env.store());
    let saved = half.env.path("saved.tar");
    half.env.rg(["load", "-i", text(&saved)]).succeeds();
}

#[test]
fn a_layer_that_is_not_the_one_its_config_names_is_refused_however_it_comes() {
    let honest = hostile(&[Member::File("f", vec![7; 600 << 10])]);
    let mut lying = honest.clone();
    lying[300_000..300_004].copy_from_slice(b"lie!");
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let archive = |layer: Vec<u8>| {
        let list =
            json!([{"Config": "c.json", "RepoTags": ["lab/app:v1"], "Layers": ["layer.tar"]}]);
        hostile(&[
            Member::File("c.json", config(&honest)),
            Member::File("layer.tar", layer),
            Member::File("manifest.json", list.to_string().into_bytes()),
        ])
    };
    for (layer, code) in [
        (honest.clone(), 0),
        (lying.clone(), 6),
        (gzip(&honest), 0),
        (gzip(&lying), 6),
    ] {
        let tar = archive(layer);
        for (form, bytes) in [("plain", tar.clone()), ("gzip", gzip(&tar))] {
            let env = Env::new();
            std::fs::write(env.path("a.tar"), &bytes).unwrap();
            for output in [
                env.rg(["load", "-i", "a.tar"]),
                env.command(["load"]).stdin(bytes.clone()).run(),
            ] {
                assert_eq!(output.code, code, "{form}: {output}");
                assert_eq!(layout::tag(&env.store(), NAME).is_some(), code == 0);
            }
            layout::check(&env.store());
        }
    }
}
