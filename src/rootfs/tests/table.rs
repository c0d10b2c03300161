//! The table of attacks: every way to something outside, with everything that can be done through it, in one layer, in two
//! and in three, however the entries are spread over them. A reader that joins paths does harm with each of them.

use super::*;

/// Harm is to be seen in the folder beside the one that this gives.
fn naive(layers: &[Vec<Entry>]) -> bool {
    let world = World::new();
    let before = snapshot(&world.outside());
    for entry in layers.iter().flatten() {
        // What fails here would fail there.
        let _ = join(&world, entry);
    }
    snapshot(&world.outside()) != before
}

/// Makes one entry by joining paths, as programs did that stand in lists of vulnerabilities.
fn join(world: &World, entry: &Entry) -> std::io::Result<()> {
    let out = world.outside().display().to_string();
    let (name, link) = (&entry.name, entry.link.replace("{out}", &out));
    let path = world.root().join(name);
    let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
    let folder = world.root().join(folder);
    if last == ".wh..wh..opq" {
        for inner in std::fs::read_dir(&folder)? {
            let inner = inner?.path();
            let _ = std::fs::remove_file(&inner).or_else(|_| std::fs::remove_dir_all(&inner));
        }
        return Ok(());
    }
    if let Some(hidden) = last.strip_prefix(".wh.") {
        let hidden = folder.join(hidden);
        return std::fs::remove_file(&hidden).or_else(|_| std::fs::remove_dir_all(&hidden));
    }
    match entry.kind {
        b'1' => std::fs::hard_link(world.root().join(link), &path)?,
        b'2' => return std::os::unix::fs::symlink(link, &path),
        b'5' => {
            let _ = std::fs::create_dir(&path);
        }
        b'6' => {
            let kind = rustix::fs::FileType::Fifo;
            rustix::fs::mknodat(rustix::fs::CWD, &path, kind, Mode::RUSR, 0)?;
        }
        _ => std::fs::write(&path, &entry.content)?,
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(entry.mode))
}

/// Spreads entries over one, two and three layers, in every way.
fn spread(entries: &[Entry]) -> Vec<Vec<Vec<Entry>>> {
    let mut all = vec![vec![entries.to_vec()]];
    for one in 1..entries.len() {
        let (lower, upper) = entries.split_at(one);
        all.push(vec![lower.to_vec(), upper.to_vec()]);
        for two in 1..upper.len() {
            let (middle, upper) = upper.split_at(two);
            all.push(vec![lower.to_vec(), middle.to_vec(), upper.to_vec()]);
        }
    }
    all
}

/// Runs every deed behind `way`, with `openat2` and without.
#[track_caller]
fn row(way: &[Entry], deeds: &[(&str, Vec<Entry>)]) {
    for (deed, entries) in deeds {
        let attack = [way, &entries[..]].concat();
        assert!(naive(std::slice::from_ref(&attack)), "{deed} does nothing");
        for layers in spread(&attack) {
            for (who, openat2) in [(Who::User, true), (Who::is(), false)] {
                let (_, result) = inside(&layers, who, openat2);
                let clear = matches!(result, Ok(_) | Err(Trouble::Bad(_)));
                assert!(clear, "{deed}: {result:?}");
            }
        }
    }
}

/// What is done through `d`, which leads to the folder outside.
fn behind_a_folder() -> Vec<(&'static str, Vec<Entry>)> {
    let pipe = Entry::new(b'6', "d/new", "", b"", 0o666);
    vec![
        ("a file is written", vec![file("d/precious", "evil")]),
        ("a file is made", vec![file("d/new", "evil")]),
        ("a directory is made", vec![dir("d/made")]),
        ("a link is made", vec![link("d/new", "x")]),
        ("a pipe is made", vec![pipe]),
        ("the folder is opened", vec![dir("d").mode(0o777)]),
        ("a folder in it is opened", vec![dir("d/sub").mode(0o777)]),
        ("a file is hidden", vec![file("d/.wh.precious", "")]),
        ("a folder is hidden", vec![file("d/.wh.sub", "")]),
        ("the folder is opaque", vec![file("d/.wh..wh..opq", "")]),
        (
            "a folder in it is opaque",
            vec![file("d/sub/.wh..wh..opq", "")],
        ),
        (
            "a file is linked here and written",
            vec![hard("h", "d/precious"), file("h", "evil")],
        ),
        (
            "a file is linked here and opened",
            vec![hard("h", "d/precious").mode(0o777)],
        ),
        (
            "a file is linked there",
            vec![file("f", "evil"), hard("d/new", "f")],
        ),
    ]
}

/// What is done to `f`, which leads to the file outside.
fn behind_a_file() -> Vec<(&'static str, Vec<Entry>)> {
    vec![
        ("it is written", vec![file("f", "evil")]),
        ("it is opened by a directory", vec![dir("f").mode(0o777)]),
        (
            "it is opened by a link to it",
            vec![hard("h", "f").mode(0o777)],
        ),
        (
            "it is written by a link to it",
            vec![hard("h", "f"), file("h", "evil")],
        ),
        (
            "it is opened by a directory over a link to it",
            vec![hard("h", "f"), dir("h").mode(0o777)],
        ),
    ]
}

/// From the root of this system and down again.
const CLIMBING: &str = "../../../../../../../../../../../../../..{out}";

#[test]
fn c2_an_absolute_link_to_a_folder() {
    row(&[link("d", "{out}")], &behind_a_folder());
}

#[test]
fn c2_a_relative_link_to_a_folder() {
    row(&[link("d", "../outside")], &behind_a_folder());
}

#[test]
fn c2_a_climbing_link_to_a_folder() {
    row(&[link("d", CLIMBING)], &behind_a_folder());
}

#[test]
fn c2_a_chain_of_links_to_a_folder() {
    row(&[link("a", "{out}"), link("d", "a")], &behind_a_folder());
    row(
        &[link("a", ".."), link("d", "a/outside")],
        &behind_a_folder(),
    );
}

#[test]
fn c3_a_hard_link_to_a_link_to_a_folder() {
    row(&[link("a", "{out}"), hard("d", "a")], &behind_a_folder());
    row(
        &[link("a", "../outside"), hard("d", "a")],
        &behind_a_folder(),
    );
}

#[test]
fn c2_a_link_to_a_file() {
    for target in ["{out}/precious", "../outside/precious", CLIMBING] {
        let target = target.replace(CLIMBING, &format!("{CLIMBING}/precious"));
        row(&[link("f", &target)], &behind_a_file());
    }
}

#[test]
fn c2_a_chain_of_links_to_a_file() {
    row(
        &[link("a", "{out}/precious"), link("f", "a")],
        &behind_a_file(),
    );
    row(
        &[link("a", "{out}"), link("f", "a/precious")],
        &behind_a_file(),
    );
}

#[test]
fn c3_a_hard_link_to_a_link_to_a_file() {
    row(
        &[link("a", "{out}/precious"), hard("f", "a")],
        &behind_a_file(),
    );
}

#[test]
fn c3_a_hard_link_to_a_file() {
    let deeds = [
        ("it is written", vec![file("f", "evil")]),
        ("it is opened", vec![hard("h", "f").mode(0o777)]),
    ];
    for target in ["{out}/precious", "../outside/precious"] {
        row(&[hard("f", target)], &deeds);
    }
    row(&[link("a", "{out}"), hard("f", "a/precious")], &deeds);
}
