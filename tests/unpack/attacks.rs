//! Layers that are not what they should be, each under its number in the list of adversarial cases. Where harm is to be
//! seen, an extractor without a guard is seen to do it first.

use std::io::Read as _;
use std::path::Path;

use super::*;
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;

/// Extracts by joining paths, as programs have done that are now in lists of vulnerabilities.
fn naive(tar: &[u8], root: &Path) {
    std::fs::create_dir_all(root).unwrap();
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = root.join(entry.path().unwrap());
        let link = entry.link_name().unwrap();
        match entry.header().entry_type() {
            tar::EntryType::Symlink => std::os::unix::fs::symlink(link.unwrap(), path).unwrap(),
            tar::EntryType::Link => std::fs::hard_link(root.join(link.unwrap()), path).unwrap(),
            _ => {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                std::fs::write(path, content).unwrap();
            }
        }
    }
}

/// A folder two levels down, and `outside/precious` beside the upper one.
fn precious(env: &Env) -> PathBuf {
    env.write("outside/precious", "precious")
}

/// Sees harm done by `tar` without guards, then unpacks it as an image.
fn attack(entries: &[Entry], harm: impl Fn(&Env) -> bool) -> (Stored, Output) {
    let tar = tar(entries);
    let victim = Env::new();
    precious(&victim);
    naive(&tar, &victim.path("work/rootfs"));
    assert!(harm(&victim), "the attack does nothing");

    let stored = Stored::new(&image(AMD64, &[Layer::of(&tar)]));
    let outside = precious(&stored.env);
    let output = stored.env.rg(["unpack", &stored.name, "work/rootfs"]);
    assert!(!harm(&stored.env), "{output}");
    assert_eq!(std::fs::read_to_string(outside).unwrap(), "precious");
    (stored, output)
}

#[test]
fn o04_a_name_that_leads_out_is_an_error_and_makes_nothing() {
    let harm = |env: &Env| env.path("evil").exists();
    let (_, output) = attack(&[file("../../evil", "evil")], harm);
    output
        .exits(6)
        .says("../../evil: its name leads out of the image")
        .says("work/rootfs is incomplete; remove it before you try again");
}

#[test]
fn o05_what_is_written_through_a_link_out_stays_inside() {
    let harm = |env: &Env| env.path("outside/f").exists();
    let entries = [link("d", "../../outside"), file("d/f", "evil")];
    let (stored, output) = attack(&entries, harm);
    output.succeeds();
    let inside = stored.env.path("work/rootfs/outside/f");
    assert_eq!(std::fs::read_to_string(inside).unwrap(), "evil");
}

#[test]
fn o06_a_hard_link_out_is_an_error_and_what_it_leads_to_is_not_written() {
    let harm = |env: &Env| {
        let precious = env.path("outside/precious");
        std::fs::read_to_string(precious).unwrap() != "precious"
    };
    let entries = [hard("h", "../../outside/precious"), file("h", "evil")];
    let (_, output) = attack(&entries, harm);
    output.exits(6).says("leads out of the image");
}

#[test]
fn o24_a_bomb_is_stopped_at_the_limit() {
    let size = 200 << 20;
    let mut head = tar::Header::new_gnu();
    head.set_path("zeros").unwrap();
    head.set_size(size);
    head.set_cksum();
    let zeros = || std::io::repeat(0).take(size);
    let packed = |tar: &mut dyn std::io::Read| {
        let mut bytes = Vec::new();
        tar.read_to_end(&mut bytes).unwrap();
        let zstd = zstd::encode_all(&bytes[..], 1).unwrap();
        assert!(zstd.len() < 64 << 10, "{}", zstd.len());
        Layer::new("application/vnd.oci.image.layer.v1.tar+zstd", &bytes, zstd)
    };
    // As a file, and as what nobody looks at behind the end.
    let one = packed(&mut head.as_bytes().chain(zeros()));
    let other = packed(&mut zeros());
    for layer in [one, other] {
        let stored = Stored::new(&image(AMD64, &[layer]));
        stored
            .unpack(&[])
            .exits(6)
            .says("the image grows to more than 67108864 bytes")
            .says("--max-size");
        let written = std::fs::metadata(stored.root().join("zeros"));
        assert!(written.is_err(), "something of it was written");
        stored
            .env
            .rg(["unpack", "--max-size", "1G", &stored.name, "trusted"])
            .succeeds();
    }
}

#[test]
fn o39_devices_are_left_out_and_that_is_told() {
    let entries = [
        Entry {
            kind: tar::EntryType::Char,
            ..file("null", "")
        },
        file("su", "x").mode(0o4755),
    ];
    let stored = Stored::new(&image(AMD64, &[Layer::of(&tar(&entries))]));
    let output = stored
        .unpack(&[])
        .succeeds()
        .says("one device file was left out");
    assert!(!stored.root().join("null").exists());
    let mode =
        std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(stored.root().join("su")).unwrap());
    if rustix::process::geteuid().is_root() {
        assert_eq!(mode & 0o7777, 0o4755);
    } else {
        output.says("taken from one file");
        assert_eq!(mode & 0o7777, 0o755);
    }
}

#[test]
fn a_layer_that_is_not_what_the_config_says_is_an_error() {
    let mut layer = Layer::of(&tar(&[file("a", "1")]));
    layer.diff = Layer::gzip(1, 10).diff;
    let claimed = layer.diff.clone();
    let stored = Stored::new(&image(AMD64, &[layer]));
    stored
        .unpack(&[])
        .exits(6)
        .says(&format!("digest mismatch for {claimed}"))
        .says("rootfs is incomplete");
}

#[test]
fn a_config_of_another_number_of_layers_is_an_error_before_anything_is_made() {
    let graph = image(AMD64, &[Layer::gzip(1, 100), Layer::gzip(2, 100)]);
    let mut document = graph.value();
    document["layers"].as_array_mut().unwrap().pop();
    let media_type = graph.root().media_type.clone();
    let stored = Stored::new(&graph.with_root(&media_type, &document));
    stored
        .unpack(&[])
        .exits(6)
        .says("its config names 2 layers, its manifest 1");
    assert!(!stored.root().exists());
}

#[test]
fn a_layer_that_is_cut_off_or_has_a_tail_is_an_error() {
    let tar = tar(&[file("a", &"text".repeat(1000))]);
    let whole = Layer::of(&tar).content.bytes();
    let kind = "application/vnd.oci.image.layer.v1.tar+gzip";
    for (bytes, says) in [
        (
            whole[..whole.len() - 9].to_vec(),
            "it cannot be decompressed",
        ),
        (
            [&whole[..], b"rubbish"].concat(),
            "trailing data after the gzip stream",
        ),
    ] {
        let stored = Stored::new(&image(AMD64, &[Layer::new(kind, &tar, bytes)]));
        stored.unpack(&[]).exits(6).says(says);
    }
    let filled = [&whole[..], &[0; 5000]].concat();
    let stored = Stored::new(&image(AMD64, &[Layer::new(kind, &tar, filled)]));
    stored.unpack(&[]).succeeds();
}
