//! Saved images whose layers are zstd: told, or saved as gzip, with the image ID they had.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::archives::{members, store_with, text};
use crate::support::env::{Env, wait_for};
use crate::support::image::{
    AMD64, ARM64, artifact, docker_image, image, index, index_with_attestations,
};
use crate::support::layer::Layer;
use crate::support::layout;

const NAME: &str = "docker.io/lab/app:v1";

/// Layers of which the second is zstd.
fn mixed(seed: u64) -> [Layer; 2] {
    [Layer::gzip(seed, 3000), Layer::zstd(seed + 1, 3_000_000)]
}

/// Saves `lab/app:v1` of `env` as gzip.
fn saved(env: &Env, more: &[&str]) -> (PathBuf, String) {
    let tar = env.path("gzip.tar");
    let save = [
        "save",
        "--recompress",
        "gzip",
        "-o",
        text(&tar),
        "lab/app:v1",
    ];
    let output = env.command(save).args(more).run().succeeds();
    (tar, output.stderr)
}

/// The image that a fresh store gets from a tar: the digest of its tag, its manifest, its store.
fn loaded(tar: &Path) -> (String, Value, Env) {
    let there = Env::new();
    there.rg(["load", "-i", text(tar)]).succeeds();
    layout::check(&there.store());
    let digest = layout::tag(&there.store(), NAME).expect("it is listed");
    let manifest = document(&there, &digest);
    (digest, manifest, there)
}

fn document(env: &Env, digest: &str) -> Value {
    let bytes = std::fs::read(layout::blob_path(&env.store(), digest)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// What a layer in a store is when it is decompressed.
fn plain(env: &Env, layer: &Value) -> String {
    let path = layout::blob_path(&env.store(), layer["digest"].as_str().unwrap());
    let bytes = std::fs::read(path).unwrap();
    let mut out = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(&bytes[..]);
    std::io::Read::read_to_end(&mut decoder, &mut out).unwrap();
    crate::support::layer::sha256(&out)
}

#[test]
fn zstd_layers_become_gzip_on_request_and_the_image_id_stays() {
    let layers = mixed(1);
    for graph in [image(AMD64, &layers), docker_image(AMD64, &layers)] {
        let env = store_with(&graph);
        let before = layout::contents(&env.store());
        let (tar, told) = saved(&env, &[]);
        let (digest, manifest, there) = loaded(&tar);
        assert_ne!(digest, graph.digest());
        let old = graph.value();
        assert_eq!(manifest["config"], old["config"]);
        assert_eq!(manifest["layers"][0], old["layers"][0]);
        let layer = &manifest["layers"][1];
        assert_eq!(plain(&there, layer), layers[1].diff);
        let kind = layer["mediaType"].as_str().unwrap();
        assert!(
            kind.ends_with("tar+gzip") || kind.ends_with("tar.gzip"),
            "{kind}"
        );
        // Old and new digests are told.
        for digest in [
            graph.digest(),
            &digest,
            &layers[1].digest,
            layer["digest"].as_str().unwrap(),
        ] {
            assert!(told.contains(digest), "{digest} is not in {told}");
        }
        // The same again is the same to the byte, in a pipe too, and nothing of it stays in the store.
        let sorted = || {
            let mut all = members(&tar); // blobs lie in the order in which they begin
            all.sort();
            all
        };
        let first = sorted();
        saved(&env, &[]);
        assert!(sorted() == first);
        let script = "\"$RG\" save --recompress gzip lab/app:v1 | \"$RG\" --store piped load -q";
        let piped = env.program("bash", &["-o", "pipefail", "-c", script]);
        piped.env("RG", env!("CARGO_BIN_EXE_rg")).run().succeeds();
        assert_eq!(layout::tag(&env.path("piped"), NAME), Some(digest));
        assert_eq!(layout::contents(&env.store()), before);
        let ingest = std::fs::read_dir(env.store().join("ingest")).unwrap();
        assert_eq!(ingest.count(), 0);
    }
}

#[test]
fn every_image_of_an_index_that_is_here_becomes_gzip_and_what_was_attested_of_it_is_left_out() {
    let amd64 = image(AMD64, &mixed(1));
    let arm64 = image(ARM64, &mixed(2));
    let other = image(ARM64, &[Layer::gzip(7, 3000)]);
    let graph = index(&[
        index_with_attestations(&[amd64.clone(), other.clone()]),
        arm64.clone(),
    ]);
    let env = store_with(&graph);
    let (tar, told) = saved(&env, &["--format", "oci"]);
    let (_, root, there) = loaded(&tar);
    assert!(told.contains("image IDs stay"), "{told}");
    let nested = document(&there, root["manifests"][0]["digest"].as_str().unwrap());
    let listed = nested["manifests"].as_array().unwrap();
    let old = amd64.value();
    assert_eq!(
        listed.len(),
        3,
        "of four entries one attested the old image: {nested}"
    );
    assert_eq!(listed[0]["platform"]["architecture"], "amd64");
    assert_eq!(listed[1]["digest"], other.digest());
    assert_eq!(
        listed[2]["annotations"]["vnd.docker.reference.digest"],
        other.digest()
    );
    for (entry, old) in [(&listed[0], &old), (&root["manifests"][1], &arm64.value())] {
        let image = document(&there, entry["digest"].as_str().unwrap());
        assert_eq!(image["config"], old["config"]);
        assert_eq!(image["layers"][0], old["layers"][0]);
        plain(&there, &image["layers"][1]);
    }
    // Of one platform only that one is made anew.
    let (tar, told) = saved(&env, &["--platform", "linux/arm64"]);
    let (_, alone, _) = loaded(&tar);
    assert_eq!(alone["config"], arm64.value()["config"]);
    assert!(!told.contains(&mixed(1)[1].digest), "{told}");
}

#[test]
fn a_tar_that_docker_would_refuse_is_told_and_others_are_not_touched() {
    let env = store_with(&image(AMD64, &mixed(1)));
    let tar = env.path("saved.tar");
    env.rg(["save", "-o", text(&tar), "lab/app:v1"])
        .succeeds()
        .says("--recompress gzip");
    // A layout is for readers who know zstd; in docker's older archive layers are not compressed.
    for format in ["oci", "docker"] {
        env.rg(["save", "--format", format, "-o", text(&tar), "lab/app:v1"])
            .succeeds()
            .hides("zstd");
    }
    let docker = ["save", "--format", "docker", "--recompress", "gzip"];
    env.command(docker)
        .args(&["-o", text(&tar), "lab/app:v1"])
        .run()
        .exits(2);
    env.rg(["save", "--recompress", "xz", "lab/app:v1"])
        .exits(2);
    for graph in [image(AMD64, &[Layer::gzip(1, 3000)]), artifact(None)] {
        let env = store_with(&graph);
        let (tar, told) = saved(&env, &[]);
        assert!(!told.contains("zstd") && !told.contains("stay"), "{told}");
        assert_eq!(loaded(&tar).0, graph.digest());
    }
}

#[test]
fn a_layer_that_is_zstd_under_another_name_is_found_and_shared_ones_are_made_once() {
    let mut layer = Layer::zstd(1, 30_000);
    "application/vnd.oci.image.layer.v1.tar+gzip".clone_into(&mut layer.media_type);
    let graph = image(AMD64, std::slice::from_ref(&layer));
    let env = store_with(&graph);
    let other = store_with(&image(AMD64, &[layer.clone(), Layer::gzip(2, 3000)]));
    let tar = env.path("other.tar");
    other
        .rg(["save", "-o", text(&tar), "lab/app:v1"])
        .succeeds();
    env.rg(["tag", "lab/app:v1", "lab/first:v1"]).succeeds();
    env.rg(["load", "--force", "-q", "-i", text(&tar)])
        .succeeds();
    let (tar, told) = saved(&env, &["lab/first:v1"]);
    assert_eq!(
        told.matches(&format!("the layer {}", layer.digest)).count(),
        1,
        "{told}"
    );
    let names: Vec<String> = members(&tar).into_iter().map(|(name, _)| name).collect();
    assert!(!names.iter().any(|name| name.ends_with(&layer.digest[7..])));
    let (_, manifest, there) = loaded(&tar);
    assert_eq!(plain(&there, &manifest["layers"][0]), layer.diff);
    let listed = there.rg(["images", "-q"]).succeeds();
    assert_eq!(listed.stdout.lines().count(), 2);
}

#[test]
fn a_damaged_zstd_layer_is_not_recompressed() {
    let graph = image(AMD64, &mixed(1));
    let env = store_with(&graph);
    let blob = layout::blob_path(&env.store(), &mixed(1)[1].digest);
    let whole = std::fs::read(&blob).unwrap();
    let mut flipped = whole.clone();
    flipped[1000] ^= 1;
    let tail = [&whole[..], b"\0\0"].concat();
    for (bytes, code) in [
        (&flipped[..], 6),
        (&whole[..whole.len() / 2], 6),
        (&tail, 6),
    ] {
        std::fs::write(&blob, bytes).unwrap();
        let tar = env.path("damaged.tar");
        let save = [
            "save",
            "--recompress",
            "gzip",
            "-o",
            text(&tar),
            "lab/app:v1",
        ];
        env.rg(save).exits(code);
        assert!(!tar.exists());
    }
}

#[test]
fn a_recompression_that_is_killed_leaves_nothing_behind() {
    let graph = image(AMD64, &[Layer::zstd(1, 60_000_000)]);
    let env = store_with(&graph);
    let tar = env.path("gzip.tar");
    let save = [
        "save",
        "--recompress",
        "gzip",
        "-o",
        text(&tar),
        "lab/app:v1",
    ];
    for signal in [rustix::process::Signal::KILL, rustix::process::Signal::TERM] {
        let running = env.command(save).spawn();
        // The file has no name, but its process has it open.
        let files = format!("/proc/{}/fd", running.id());
        wait_for("the file being written", || {
            let open = std::fs::read_dir(&files).ok()?.flatten().any(|entry| {
                let target = std::fs::read_link(entry.path()).unwrap_or_default();
                let inside = target.to_string_lossy().contains("/store/ingest/");
                inside && std::fs::metadata(entry.path()).is_ok_and(|file| file.len() > 1 << 20)
            });
            open.then_some(())
        });
        running.signal(signal);
        let output = running.wait();
        assert!(output.code == 137 || output.code == 143, "{output}");
        let left = std::fs::read_dir(env.store().join("ingest")).unwrap();
        assert_eq!(left.count(), 0);
    }
    env.rg(["fsck"]).succeeds();
    let (tar, _) = saved(&env, &[]);
    loaded(&tar);
}
