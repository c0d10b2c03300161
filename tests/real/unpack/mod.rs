//! What comes of `unpack` beside what umoci makes of the same layout, and a program that runs in it.

mod debian;
mod flat;

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::support::env::{Output, require};
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::unpack::{Entry, Stored, dir, file, hard, link, tar};

/// All that can be seen of one file.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    mode: u32,
    owner: (u32, u32),
    device: u64,
    time: Option<i64>,
    content: Vec<u8>,
    capability: Vec<u8>,
    /// The first of its names.
    first: PathBuf,
}

/// Everything below `folder`. Times of directories that no layer describes are whatever they are, so `timeless` ones do
/// not count.
fn seen(folder: &Path, timeless: &[&str]) -> BTreeMap<PathBuf, Seen> {
    let mut paths = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(path) = paths.get(at).cloned() {
        at += 1;
        if std::fs::symlink_metadata(&path).unwrap().is_dir() {
            let inner = std::fs::read_dir(&path).unwrap();
            paths.extend(inner.map(|entry| entry.unwrap().path()));
        }
    }
    paths.sort();
    let root = rustix::process::geteuid().is_root();
    let mut first: BTreeMap<u64, PathBuf> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for path in paths {
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        let inside = path.strip_prefix(folder).unwrap().to_owned();
        let content = if metadata.is_file() {
            std::fs::read(&path).unwrap()
        } else if metadata.is_symlink() {
            let target = std::fs::read_link(&path).unwrap();
            target.into_os_string().into_encoded_bytes()
        } else {
            Vec::new()
        };
        let dated = !timeless.iter().any(|name| inside == Path::new(name));
        let seen = Seen {
            // umoci leaves anybody set-user-ID and set-group-ID, rg only root.
            mode: metadata.mode() & if root { !0 } else { !0o6000 },
            owner: (metadata.uid(), metadata.gid()),
            device: metadata.rdev(),
            time: dated.then(|| metadata.mtime()),
            content,
            capability: capability(&path),
            first: first
                .entry(metadata.ino())
                .or_insert_with(|| inside.clone())
                .clone(),
        };
        found.insert(inside, seen);
    }
    found
}

/// The capabilities of a program, as the system keeps them.
fn capability(path: &Path) -> Vec<u8> {
    let mut value = vec![0; 64];
    let read = rustix::fs::lgetxattr(path, "security.capability", &mut value[..]);
    value.truncate(read.unwrap_or_default());
    value
}

/// Asserts that two trees are the same, and names what is not.
#[track_caller]
fn same(ours: &BTreeMap<PathBuf, Seen>, theirs: &BTreeMap<PathBuf, Seen>) {
    let differ = |path: &&PathBuf| ours.get(*path) != theirs.get(*path);
    let short = |seen: Option<&Seen>| {
        let text = format!("{seen:?}");
        text.chars().take(400).collect::<String>()
    };
    let differing: Vec<_> = ours
        .keys()
        .chain(theirs.keys())
        .filter(differ)
        .map(|path| (path, short(ours.get(path)), short(theirs.get(path))))
        .take(10)
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

fn umoci(stored: &Stored) -> PathBuf {
    require("umoci");
    let place = format!("{}:{}", stored.env.store().display(), stored.name);
    let mut arguments = vec!["unpack", "--image", &place, "bundle"];
    if !rustix::process::geteuid().is_root() {
        arguments.insert(1, "--rootless");
    }
    stored.env.program("umoci", &arguments).run().succeeds();
    stored.env.path("bundle/rootfs")
}

#[test]
#[ignore = "needs umoci"]
fn the_tree_is_the_one_that_umoci_makes() {
    let fifo = Entry {
        kind: tar::EntryType::Fifo,
        ..file("etc/pipe", "")
    };
    let null = Entry {
        kind: tar::EntryType::Char,
        ..file("null", "")
    };
    let mut lower = vec![
        dir("./").mode(0o755),
        dir("etc/").mode(0o750).owner(3, 4),
        file("etc/passwd", "root").mode(0o600).owner(1, 2),
        fifo.mode(0o622),
        dir("usr/"),
        dir("usr/bin/"),
        file("usr/bin/su", "program").mode(0o4755),
        hard("usr/bin/sudo", "usr/bin/su"),
        hard("usr/bin/doas", "/usr/bin/sudo"),
        link("bin", "usr/bin").owner(5, 6),
        link("dangling", "/no/such/place"),
        dir("var/").mode(0o2775).owner(0, 50),
        dir("var/cache/"),
        file("var/cache/a", "a"),
        dir("var/cache/deep/"),
        file("var/cache/deep/b", "b"),
        dir("tmp/").mode(0o1777),
        file("gone", "x"),
        dir("gone-too/"),
        file("gone-too/x", "x"),
        dir("closed/").mode(0o555),
        file("closed/f", "x"),
    ];
    // umoci makes a file of a device where it may not make devices.
    if rustix::process::geteuid().is_root() {
        lower.push(null.mode(0o666));
    }
    let middle = [
        file(".wh.gone", ""),
        file(".wh.gone-too", ""),
        dir("var/cache/").mode(0o700),
        file("var/cache/.wh..wh..opq", ""),
        file("var/cache/c", "c"),
        file("bin/ls", "through a link"),
        file("closed/later", "y"),
        file("implied/by/this", "z"),
    ];
    let upper = [
        file("usr/bin/su", "another").mode(0o755),
        dir("dangling/"),
        link("tmp", "var/tmp"),
        file("var/cache/.wh.c", ""),
    ];
    let layers = [&lower[..], &middle, &upper].map(|entries| Layer::of(&tar(entries)));
    let stored = Stored::new(&image(AMD64, &layers));
    let theirs = umoci(&stored);
    stored.unpack(&["--allow-devices"]).succeeds();
    // umoci leaves its root with the time at which it last put something there.
    let timeless = ["", "implied", "implied/by"];
    let (ours, theirs) = (seen(&stored.root(), &timeless), seen(&theirs, &timeless));
    same(&ours, &theirs);
}

/// Runs `command` with `root` as its root folder.
fn inside(stored: &Stored, command: &[&str]) -> Output {
    let root = stored.root().display().to_string();
    let mut all = vec!["--map-root-user", "chroot", &root];
    all.extend(command);
    require("unshare");
    stored.env.program("unshare", &all).run().succeeds()
}

#[test]
#[ignore = "needs busybox and GNU tar"]
fn busybox_runs_in_what_was_unpacked() {
    require("busybox");
    let world = crate::support::env::Env::new();
    let busybox = ["/bin/busybox", "/usr/bin/busybox"];
    let busybox = busybox.into_iter().find(|path| Path::new(path).exists());
    std::fs::create_dir_all(world.path("tree/bin")).unwrap();
    std::fs::copy(busybox.unwrap(), world.path("tree/bin/busybox")).unwrap();
    std::fs::hard_link(world.path("tree/bin/busybox"), world.path("tree/bin/sh")).unwrap();
    std::os::unix::fs::symlink("/bin/busybox", world.path("tree/bin/echo")).unwrap();
    // Holes, so that GNU tar writes a map of them.
    let sparse = std::fs::File::create(world.path("tree/holes")).unwrap();
    std::os::unix::fs::FileExt::write_at(&sparse, b"end", 3 << 20).unwrap();
    for format in ["gnu", "posix"] {
        let arguments = [
            "--sparse",
            "--format",
            format,
            "--owner=0",
            "--group=0",
            "-C",
            "tree",
            "-cf",
            "layer.tar",
            ".",
        ];
        world.program("tar", &arguments).run().succeeds();
        let layer = Layer::of(&std::fs::read(world.path("layer.tar")).unwrap());
        let stored = Stored::new(&image(AMD64, &[layer]));
        stored.unpack(&[]).succeeds();
        let said = inside(
            &stored,
            &["/bin/sh", "-c", "echo hello from $(/bin/busybox ls /)"],
        );
        assert_eq!(said.stdout, "hello from bin holes\n");
        let read = |path: PathBuf| std::fs::read(path).unwrap();
        let (made, found) = (world.path("tree/holes"), stored.root().join("holes"));
        assert!(read(made) == read(found), "{format}");
    }
}
