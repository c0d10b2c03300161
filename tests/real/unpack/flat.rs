//! What GNU tar makes of `unpack --tar` beside the folder that `unpack` makes.

use super::*;
use crate::support::random::Random;

/// What GNU tar extracts from the tar of the image.
pub(super) fn extracted(stored: &Stored) -> PathBuf {
    require("tar");
    let run = ["unpack", "--tar", &stored.name, "flat.tar"];
    stored.env.rg(run).succeeds();
    std::fs::create_dir(stored.env.path("flat")).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(stored.env.path("flat"), mode).unwrap();
    let mut arguments = vec!["-xpf", "flat.tar", "-C", "flat", "--numeric-owner"];
    if rustix::process::geteuid().is_root() {
        arguments.extend(["--xattrs", "--xattrs-include=*"]);
    } else {
        // Only root makes them; the folder has none either.
        arguments.push("--exclude=dev/null");
    }
    stored.env.program("tar", &arguments).run().succeeds();
    stored.env.path("flat")
}

/// Asserts that the folder and what GNU tar extracts are the same.
#[track_caller]
pub(super) fn both_ways(stored: &Stored) {
    stored.unpack(&["--allow-devices"]).succeeds();
    let (mut ours, mut theirs) = (seen(&stored.root(), &[""]), seen(&extracted(stored), &[""]));
    // What no layer describes is of 1970 in a tar, and of now in a folder.
    for (path, theirs) in &mut theirs {
        if theirs.time == Some(0) {
            theirs.time = None;
            if let Some(ours) = ours.get_mut(path) {
                ours.time = None;
            }
        }
    }
    same(&ours, &theirs);
}

#[test]
#[ignore = "needs GNU tar"]
fn gnu_tar_extracts_the_tree_that_unpack_makes() {
    let null = Entry {
        kind: tar::EntryType::Char,
        ..file("dev/null", "")
    };
    let fifo = Entry {
        kind: tar::EntryType::Fifo,
        ..file("etc/pipe", "")
    };
    let long = format!("long/{}/{}", "d".repeat(120), "n".repeat(250));
    let target = format!("../{long}");
    let lower = [
        dir("./").mode(0o755),
        dir("usr/"),
        dir("usr/bin/").mode(0o755),
        file("usr/bin/su", "program").mode(0o4755).owner(1, 2),
        hard("usr/bin/sudo", "usr/bin/su"),
        link("bin", "usr/bin").owner(5, 6),
        dir("etc/").mode(0o750).owner(3, 4),
        link("etc/absolute", "/usr/bin/su"),
        link("etc/up", "../usr/bin"),
        link("etc/relative", "absolute"),
        hard("etc/same", "etc/relative"),
        fifo.mode(0o622),
        null.mode(0o666),
        dir("closed/").mode(0o555),
        file("closed/f", "x").mode(0),
        dir("gone/"),
        file("gone/x", "x"),
        dir("opaque/").mode(0o2775),
        file("opaque/old", "x"),
    ];
    let upper = [
        file("bin/ls", "through a link"),
        file("usr/bin/.wh.su", ""),
        file(".wh.gone", ""),
        file("opaque/.wh..wh..opq", ""),
        file("opaque/new", "y"),
        file("closed/later", "y"),
        link("closed/absolute", "/etc"),
        file("implied/by/this", "z"),
        hard("closed/hard", "implied/by/this"),
    ];
    let mut tars = [&lower[..], &upper].map(tar);
    // The long ones, by GNU's headers.
    let mut builder = tar::Builder::new(Vec::new());
    let mut head = tar::Header::new_gnu();
    head.set_size(4);
    head.set_mode(0o640);
    head.set_mtime(crate::unpack::TIME);
    head.set_uid(3_000_000);
    head.set_gid(0);
    builder.append_data(&mut head, &long, &b"long"[..]).unwrap();
    head.set_entry_type(tar::EntryType::Symlink);
    head.set_size(0);
    builder.append_link(&mut head, "etc/long", &target).unwrap();
    tars[0] = [&builder.into_inner().unwrap()[..], &tars[0]].concat();
    // Without the end mark of the first part.
    let end = tars[0].len() - tar(&lower).len();
    tars[0].drain(end - 1024..end);
    let layers = tars.map(|tar| Layer::of(&tar));
    both_ways(&Stored::new(&image(AMD64, &layers)));
}

/// An entry that owns its names.
type Drawn = (u64, String, String, u32);

fn draw(random: &mut Random, known: &[String]) -> Drawn {
    let mut pick = |from: &[&str]| {
        let count = from.len() as u64;
        let at = usize::try_from(random.below(count)).unwrap();
        from[at].to_owned()
    };
    let folder = pick(&["", "a/", "b/", "a/b/", "a-b/", "b/c/"]);
    let leaf = pick(&["a", "b", "f", "g", "h"]);
    let target = pick(&["a", "b", "f", "/a", "/b/c", "../a", "../../g"]);
    let mode = pick(&["644", "755", "500", "0", "1777", "4711"]);
    let kind = random.below(14);
    let name = match kind {
        12 => format!("{folder}.wh.{leaf}"),
        13 => format!("{folder}.wh..wh..opq"),
        _ => format!("{folder}{leaf}"),
    };
    let target = match kind {
        10 | 11 if !known.is_empty() => {
            let at = random.below(known.len() as u64);
            known[usize::try_from(at).unwrap()].clone()
        }
        _ => target,
    };
    (kind, name, target, u32::from_str_radix(&mode, 8).unwrap())
}

fn entry((kind, name, target, mode): &Drawn) -> Entry<'_> {
    match kind {
        0..=4 | 12 | 13 => file(name, name).mode(*mode),
        5 | 6 => dir(name).mode(*mode),
        7..=9 => link(name, target),
        _ => hard(name, target),
    }
}

#[test]
#[ignore = "needs GNU tar"]
fn gnu_tar_extracts_the_tree_of_any_image() {
    let mut random = Random::new();
    let (mut good, mut tried) = (0, 0);
    while good < 12 {
        tried += 1;
        assert!(tried < 300, "{good} of {tried} images could be unpacked");
        let mut known = Vec::new();
        let mut layers = Vec::new();
        for _ in 0..=random.below(3) {
            let mut drawn: Vec<Drawn> = Vec::new();
            for _ in 0..2 + random.below(6) {
                let next = draw(&mut random, &known);
                if next.0 <= 4 {
                    known.push(next.1.clone());
                }
                drawn.push(next);
            }
            let entries: Vec<Entry> = drawn.iter().map(entry).collect();
            layers.push(Layer::of(&tar(&entries)));
        }
        let stored = Stored::new(&image(AMD64, &layers));
        let first = stored.env.rg(["unpack", &stored.name, "first"]);
        if first.code == 0 {
            both_ways(&stored);
            good += 1;
        } else {
            let run = ["unpack", "--tar", &stored.name, "flat.tar"];
            stored.env.rg(run).exits(first.code);
        }
    }
}
