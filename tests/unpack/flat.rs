//! `unpack --tar`: one tar of all layers.

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rg::oci::Platform;
use rg::rootfs::Plan;
use rg::store::layout::Layout;

use super::*;
use crate::support::image::{AMD64, image};
use crate::support::layer::{Layer, noise};
use crate::transfer_cli::garbage::age_all;

/// A few layers with something odd in each.
fn sample() -> Graph {
    let null = Entry {
        kind: tar::EntryType::Char,
        ..file("dev/null", "")
    };
    let layers = [
        tar(&[
            dir("./").mode(0o711),
            dir("d").mode(0o750).owner(3, 4),
            file("d/old", "1"),
            file("su", "program").mode(0o4755).owner(1234, 5678),
            hard("sudo", "su"),
            link("bin", "usr/bin").owner(5, 6),
            dir("usr/bin"),
            null.mode(0o666),
        ]),
        tar(&[
            file("d/.wh.old", ""),
            file("bin/x", "through a link"),
            file(".wh.su", ""),
        ]),
    ];
    image(AMD64, &layers.map(|layer| Layer::of(&layer)))
}

/// Names, types and modes.
fn listed(tar: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap();
    let line = |entry: std::io::Result<tar::Entry<&[u8]>>| {
        let entry = entry.unwrap();
        let header = entry.header();
        format!(
            "{} {:o} {}:{} {}",
            char::from(header.entry_type().as_byte()),
            header.mode().unwrap(),
            header.uid().unwrap(),
            header.gid().unwrap(),
            entry.path().unwrap().display(),
        )
    };
    entries.map(line).collect()
}

fn piped(stored: &Stored, more: &[&str]) -> std::process::Output {
    let run = stored.env.command(["unpack", "--tar", &stored.name]);
    Command::from(run.args(more)).output().unwrap()
}

#[test]
fn a_tar_is_private_complete_and_the_same_in_a_pipe() {
    let stored = Stored::new(&sample());
    let path = stored.env.write("out/app.tar", "what was there before");
    stored
        .env
        .rg(["unpack", &stored.name, "--tar", "out/app.tar"])
        .succeeds()
        .says("Unpacked 2 layers (21B) into out/app.tar\n");
    let found = std::fs::metadata(&path).unwrap();
    assert_eq!(found.permissions().mode() & 0o7777, 0o600);
    assert_eq!(
        std::fs::read_dir(stored.env.path("out")).unwrap().count(),
        1
    );
    let tar = std::fs::read(&path).unwrap();
    // Whoever asks, everything is as the image says.
    assert_eq!(
        listed(&tar),
        [
            "0 4755 1234:5678 sudo",
            "0 644 0:0 usr/bin/x",
            "5 711 0:0 ./",
            "2 777 5:6 bin",
            "5 750 3:4 d/",
            "5 755 0:0 dev/",
            "3 666 0:0 dev/null",
            "5 755 0:0 usr/",
            "5 755 0:0 usr/bin/",
        ]
    );
    for more in [&[][..], &["-"], &["--allow-devices"]] {
        let output = piped(&stored, more);
        assert!(output.status.success());
        assert!(output.stdout == tar, "{more:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "Unpacked 2 layers (21B) into standard output\n");
    }
}

#[test]
fn nothing_of_a_wrong_image_appears() {
    let bad = |entries: &[Entry]| Layer::of(&tar(entries));
    let mut lying = bad(&[file("b", "2")]);
    lying.diff = Layer::gzip(1, 10).diff;
    for (layer, says) in [
        (lying, "digest mismatch"),
        (
            bad(&[file("../../evil", "evil")]),
            "../../evil: its name leads out of the image",
        ),
        (
            bad(&[hard("h", "../../outside/precious")]),
            "leads out of the image",
        ),
        (bad(&[hard("h", "nothing")]), "no file before it"),
    ] {
        let first = Layer::of(&tar(&[file("a", &"1".repeat(100_000))]));
        let stored = Stored::new(&image(AMD64, &[first, layer]));
        stored
            .env
            .rg(["unpack", "--tar", &stored.name, "app.tar"])
            .exits(6)
            .says(says)
            .hides("incomplete");
        assert!(!stored.env.path("app.tar").exists());
        let left = std::fs::read_dir(stored.env.path("")).unwrap();
        let left = left.filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with(".rg-")
        });
        assert_eq!(left.count(), 0, "a temporary file is left");
        let output = piped(&stored, &[]);
        assert_eq!(output.status.code(), Some(6));
        assert!(output.stdout.is_empty(), "something was written");
    }
}

#[test]
fn a_tar_has_the_limit_that_a_folder_has() {
    let stored = Stored::new(&image(AMD64, &[Layer::gzip(1, 300_000)]));
    stored
        .env
        .rg([
            "unpack",
            "--max-size",
            "200K",
            "--tar",
            &stored.name,
            "app.tar",
        ])
        .exits(6)
        .says("the image grows to more than 200000 bytes")
        .says("--max-size");
    assert!(!stored.env.path("app.tar").exists());
}

#[test]
fn what_is_no_regular_file_is_not_replaced_and_without_a_place_there_is_nothing_to_do() {
    let stored = Stored::new(&sample());
    std::fs::create_dir(stored.root()).unwrap();
    let pipe = stored.env.path("pipe");
    let kind = rustix::fs::FileType::Fifo;
    let mode = rustix::fs::Mode::RWXU;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).unwrap();
    for place in ["rootfs", "pipe", "/dev/null"] {
        let no = "it is no regular file";
        stored
            .env
            .rg(["unpack", "--tar", &stored.name, place])
            .exits(7)
            .says(no);
        stored
            .env
            .rg(["save", "-o", place, &stored.name])
            .exits(7)
            .says(no);
    }
    let found = std::fs::symlink_metadata(pipe).unwrap();
    assert!(std::os::unix::fs::FileTypeExt::is_fifo(&found.file_type()));
    stored
        .env
        .rg(["unpack", &stored.name])
        .exits(2)
        .says("<DIR>");
}

/// Collects garbage, of whatever age.
fn prune(env: &Env) {
    age_all(env, Duration::from_secs(48 * 3600));
    env.rg(["prune", "-f"]).succeeds();
}

/// How many blobs a store has.
fn blobs(env: &Env) -> usize {
    let folder = env.store().join("blobs/sha256");
    std::fs::read_dir(folder).unwrap().count()
}

/// Begins a tar whose reader has taken one header: the writer is in the midst of the first layer, and waits.
fn begun(stored: &Stored) -> (Child, ChildStdout, Vec<u8>) {
    let run = stored.env.command(["unpack", "--tar", &stored.name]);
    let mut child = Command::from(run)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut tar = vec![0; 512];
    out.read_exact(&mut tar).unwrap();
    (child, out, tar)
}

/// Two layers of 8 MiB of noise.
fn large() -> Graph {
    image(AMD64, &[Layer::gzip(1, 8 << 20), Layer::gzip(2, 8 << 20)])
}

#[test]
fn an_interrupted_tar_has_no_end_and_leaves_nothing_to_remove() {
    let stored = Stored::new(&large());
    let (child, mut out, mut tar) = begun(&stored);
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "interrupted\n");
    out.read_to_end(&mut tar).unwrap();
    assert!(tar.len() < 8 << 20, "{} bytes", tar.len());
}

#[test]
fn what_is_being_unpacked_is_not_removed_meanwhile() {
    let stored = Stored::new(&large());
    let (child, mut out, mut tar) = begun(&stored);
    stored.env.rg(["rmi", &stored.name]).succeeds();
    prune(&stored.env);
    let images = stored.env.rg(["images", "-q"]).succeeds();
    assert_eq!(images.stdout, "");
    out.read_to_end(&mut tar).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let mut archive = tar::Archive::new(&tar[..]);
    for (seed, entry) in (1..).zip(archive.entries().unwrap()) {
        let mut content = Vec::new();
        entry.unwrap().read_to_end(&mut content).unwrap();
        assert!(content == noise(seed, 8 << 20), "{seed}");
    }
}

#[test]
fn a_plan_holds_the_layers_as_long_as_it_lives() {
    let stored = Stored::new(&sample());
    let layout = Layout::open(&stored.env.store()).unwrap();
    let found = layout.find(&stored.name, &Platform::host()).unwrap();
    let plan = Plan::of(&layout, found.manifest.as_deref().unwrap(), None).unwrap();
    assert_eq!(blobs(&stored.env), 4);
    stored.env.rg(["rmi", &stored.name]).succeeds();
    prune(&stored.env);
    // The manifest is gone, what it names is not.
    assert_eq!(blobs(&stored.env), 3);
    let root = stored.env.path("rootfs");
    let target = rg::rootfs::Target::open(&root).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let options = rg::rootfs::Options::default();
    rg::rootfs::unpack(&layout, &plan, target, &options, &stop).unwrap();
    assert_eq!(stored.read("bin/x"), "through a link");
    drop(plan);
    prune(&stored.env);
    assert_eq!(blobs(&stored.env), 0);
}
