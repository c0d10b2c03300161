//! The tar of an image holds the tree that its layers make, and its headers hold what is odd about it.

use std::collections::HashMap;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt;

use proptest::prelude::*;

use super::*;
use crate::rootfs::flatten::Flat;
use crate::rootfs::picture::Picture;
use crate::rootfs::write::Tar;

/// The tar of tars.
fn flat(layers: &[Vec<u8>]) -> Result<Vec<u8>, Trouble> {
    let mut picture = Picture::new();
    let options = Options { devices: true };
    let mut applying = Applying::new(&mut picture, Who::Root, &options, LIMIT);
    for layer in layers {
        applying.layer(&layer[..]).map_err(|(trouble, _)| trouble)?;
    }
    let folders = applying.folders();
    let mut out = Vec::new();
    let mut flat = Flat::new(&picture, Tar::new(&mut out, b"a tar"), LIMIT);
    for layer in layers {
        flat.files(&layer[..]).map_err(|(trouble, _)| trouble)?;
    }
    flat.others(&folders)?;
    assert!(out.ends_with(&[0; 1024]));
    Ok(out)
}

/// What can be compared of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    kind: char,
    mode: u32,
    /// None where no layer says.
    time: Option<u64>,
    content: Vec<u8>,
    /// The first of its names, in order.
    first: Vec<u8>,
}

type Tree = BTreeMap<Vec<u8>, Seen>;

/// Reads a tar by the `tar` crate; each name must be there once.
fn read(tar: &[u8]) -> Tree {
    let mut found = Tree::new();
    let mut links: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for entry in tar::Archive::new(tar).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path_bytes().into_owned();
        let path = path.strip_suffix(b"/").unwrap_or(&path).to_vec();
        let target = entry.link_name_bytes().map(std::borrow::Cow::into_owned);
        let target = target.unwrap_or_default();
        let kind = match entry.header().entry_type() {
            tar::EntryType::Regular => 'f',
            tar::EntryType::Directory => 'd',
            tar::EntryType::Symlink => 'l',
            tar::EntryType::Fifo => 'p',
            tar::EntryType::Link => {
                assert!(found.contains_key(&target), "a link before its file");
                assert!(links.insert(path, target).is_none());
                continue;
            }
            _ => continue,
        };
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let time = entry.header().mtime().unwrap();
        let seen = Seen {
            kind,
            mode: entry.header().mode().unwrap(),
            time: (time > 0).then_some(time),
            content: if kind == 'l' { target } else { content },
            first: path.clone(),
        };
        assert!(found.insert(path, seen).is_none(), "a name is there twice");
    }
    for (path, target) in links {
        let seen = found[&target].clone();
        assert!(found.insert(path, seen).is_none(), "a name is there twice");
    }
    in_order(found)
}

/// Names the first of the names of each file.
fn in_order(mut found: Tree) -> Tree {
    let mut first: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for (path, seen) in &mut found {
        let known = first.entry(seen.first.clone()).or_insert(path.clone());
        seen.first = known.clone();
    }
    found
}

/// Reads a folder.
fn walk(root: &Path) -> Tree {
    let mut found = Tree::new();
    let mut todo = vec![root.to_owned()];
    while let Some(path) = todo.pop() {
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        let kind = match metadata.file_type() {
            kind if kind.is_dir() => 'd',
            kind if kind.is_symlink() => 'l',
            kind if kind.is_file() => 'f',
            _ => 'p',
        };
        let content = match kind {
            'd' => {
                let closed = metadata.permissions().mode() & 0o700 != 0o700;
                let open = std::fs::Permissions::from_mode(0o700);
                if closed {
                    std::fs::set_permissions(&path, open).unwrap();
                }
                let inner = std::fs::read_dir(&path).unwrap();
                todo.extend(inner.map(|entry| entry.unwrap().path()));
                Vec::new()
            }
            'l' => {
                let target = std::fs::read_link(&path).unwrap();
                target.as_os_str().as_bytes().to_vec()
            }
            'f' => {
                let mode = metadata.permissions().mode();
                if mode & 0o400 == 0 {
                    let open = std::fs::Permissions::from_mode(mode | 0o400);
                    std::fs::set_permissions(&path, open).unwrap();
                }
                let content = std::fs::read(&path).unwrap();
                std::fs::set_permissions(&path, metadata.permissions()).unwrap();
                content
            }
            _ => Vec::new(),
        };
        let seen = Seen {
            kind,
            mode: metadata.permissions().mode() & 0o7777,
            time: Some(u64::try_from(metadata.mtime()).unwrap()),
            content,
            first: metadata.ino().to_be_bytes().to_vec(),
        };
        let inside = path.strip_prefix(root).unwrap();
        found.insert(inside.as_os_str().as_bytes().to_vec(), seen);
    }
    in_order(found)
}

/// Asserts that the tar of `layers` holds what they made in `world`, or is refused for the same reason.
#[track_caller]
pub(super) fn same(world: &World, layers: &[Vec<u8>], result: &Result<Unpacked, Trouble>) {
    let tar = match (flat(layers), result) {
        (Ok(tar), Ok(_)) => tar,
        (Err(ours), Err(theirs)) => {
            assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
            return;
        }
        (ours, theirs) => panic!("{:?} and {theirs:?}", ours.map(|tar| read(&tar))),
    };
    let mut ours = read(&tar);
    // Looked at by a copy, as closed directories are opened for that.
    let mut theirs = walk(&world.root());
    for (path, seen) in &theirs {
        let at = world.root().join(std::ffi::OsStr::from_bytes(path));
        if seen.kind == 'd' {
            let mode = std::fs::Permissions::from_mode(seen.mode);
            std::fs::set_permissions(at, mode).unwrap();
        }
    }
    // The root of a folder has a mode and a time in any case.
    ours.remove(&b"."[..]);
    theirs.remove(&b""[..]);
    for (path, theirs) in &mut theirs {
        let ours = ours.get_mut(path);
        let dated = ours.as_ref().is_some_and(|ours| ours.time.is_some());
        theirs.time = theirs.time.filter(|_| dated);
        if theirs.kind == 'l' {
            theirs.mode = 0o777;
        }
        if let Some(ours) = ours {
            // What anybody but root is not given.
            ours.mode &= theirs.mode | 0o1777;
            if ours.kind == 'l' {
                ours.mode = 0o777;
            }
        }
    }
    assert_eq!(ours, theirs);
}

fn name() -> impl Strategy<Value = String> {
    let part = prop_oneof![4 => Just("a"), 4 => Just("b"), 2 => Just("c"), 1 => Just("a-b")];
    let parts = proptest::collection::vec(part, 1..4);
    parts.prop_map(|parts| parts.join("/"))
}

fn entry() -> impl Strategy<Value = Entry> {
    let target = prop_oneof![
        name(),
        name().prop_map(|name| format!("/{name}")),
        name().prop_map(|name| format!("../{name}")),
        Just("..".to_owned()),
    ];
    let mode = prop_oneof![Just(0o644), Just(0o755), Just(0o500), Just(0), Just(0o1777)];
    let what = prop_oneof![
        5 => (name(), "[xyz]{0,3}").prop_map(|(name, text)| file(&name, &text)),
        4 => name().prop_map(|name| dir(&name)),
        3 => (name(), target).prop_map(|(name, target)| link(&name, &target)),
        3 => (name(), name()).prop_map(|(name, target)| hard(&name, &target)),
        1 => name().prop_map(|name| Entry::new(b'6', &name, "", b"", 0)),
        2 => name().prop_map(|name| {
            let (outer, name) = name.rsplit_once('/').unwrap_or(("", &name));
            file(&format!("{outer}/.wh.{name}"), "")
        }),
        1 => name().prop_map(|name| file(&format!("{name}/.wh..wh..opq"), "")),
    ];
    (what, mode, 1..4_u64).prop_map(|(mut entry, mode, time)| {
        if entry.kind != b'1' {
            entry.mode = mode;
        }
        entry.time = TIME + time;
        entry
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_tar_of_any_layers_holds_the_tree_that_they_make(
        layers in proptest::collection::vec(proptest::collection::vec(entry(), 0..9), 1..4)
    ) {
        let world = World::new();
        let tars = world.tars(&layers);
        // As far as it can be applied: most images that luck makes have something wrong somewhere.
        let mut fitting: Vec<Vec<Entry>> = Vec::new();
        for layer in &layers {
            fitting.push(Vec::new());
            for entry in layer {
                fitting.last_mut().unwrap().push(entry.clone());
                if flat(&world.tars(&fitting)).is_err() {
                    fitting.last_mut().unwrap().pop();
                }
            }
        }
        let fitting = world.tars(&fitting);
        let result = world.apply(&fitting, Who::is(), true);
        prop_assert!(result.is_ok(), "{result:?}");
        same(&world, &fitting, &result);
        let broken = World::new();
        let result = broken.apply(&tars, Who::is(), true);
        if result.is_ok() || matches!(result, Err(Trouble::Bad(_))) {
            same(&broken, &tars, &result);
        }
    }
}

/// What the reader of this program makes of the only member of a tar.
fn only(tar: &[u8]) -> crate::rootfs::members::Member {
    let mut members = crate::rootfs::members::Members::new(tar);
    members.next().unwrap().unwrap()
}

fn member(records: &[(&str, &[u8])], entry: &Entry) -> Vec<u8> {
    let records: Vec<u8> = records
        .iter()
        .flat_map(|(key, value)| record(key, value))
        .collect();
    let mut bytes = blocks(&header(b'x', "pax", "", records.len(), 0o644), &records);
    bytes.extend(entry.bytes(""));
    bytes
}

#[test]
fn what_a_header_has_no_room_for_stands_before_it() {
    let long = [&b"d/".repeat(120)[..], b"caf\xe9\n"].concat();
    let layer = member(
        &[
            ("path", &long),
            ("uid", b"2147483647"),
            ("gid", b"2097152"),
            ("mtime", b"-1.5"),
            ("SCHILY.xattr.user.x", b"\0\n=\xff"),
            ("SCHILY.xattr.security.capability", b"\x01\0"),
            ("SCHILY.xattr.trusted.overlay.opaque", b"y"),
        ],
        &file("short", "content").mode(0o4755),
    );
    let tar = flat(&[layer]).unwrap();
    let found = only(&tar);
    assert_eq!(found.path, long);
    assert_eq!((found.user, found.group), (2_147_483_647, 2_097_152));
    assert_eq!((found.time.tv_sec, found.time.tv_nsec), (-2, 500_000_000));
    assert_eq!((found.mode, found.size), (0o4755, 7));
    let names: Vec<_> = found.extended.iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(names, [&b"user.x"[..], b"security.capability"]);
    assert_eq!(found.extended[0].1, b"\0\n=\xff");
    let has = |text: &[u8]| tar.windows(text.len()).any(|window| window == text);
    assert!(has(b"21 hdrcharset=BINARY\n"));
}

#[test]
fn links_as_long_as_links_can_be_and_devices_are_kept() {
    let target = format!("{}t", "t/".repeat(2047));
    let found = only(&flat(&[link("l", &target).bytes("")]).unwrap());
    assert_eq!(found.link, target.as_bytes());
    let mut head = header(b'4', "disk", "", 0, 0o660);
    head.set_device_major(259).unwrap();
    head.set_device_minor(1_048_575).unwrap();
    head.set_cksum();
    let found = only(&flat(&[head.as_bytes().to_vec()]).unwrap());
    assert_eq!(found.kind, crate::rootfs::members::Kind::BlockDevice);
    assert_eq!((found.device, found.mode), ((259, 1_048_575), 0o660));
    head.set_device_major(4096).unwrap();
    head.set_cksum();
    let error = flat(&[head.as_bytes().to_vec()]).unwrap_err();
    assert!(format!("{error:?}").contains("device number"), "{error:?}");
}

#[test]
fn files_come_first_and_directories_before_what_is_in_them() {
    let layers = [
        vec![
            dir("./"),
            dir("d"),
            file("d/f", "x"),
            link("d/l", "/abs"),
            dir("d/e"),
        ],
        vec![file("implied/f", "y"), hard("d/h", "implied/f"), dir("d-e")],
    ];
    let world = World::new();
    let tar = flat(&world.tars(&layers)).unwrap();
    let mut archive = tar::Archive::new(&tar[..]);
    let entries = archive.entries().unwrap();
    let names: Vec<String> = entries
        .map(|entry| {
            let path = entry.unwrap().path_bytes().into_owned();
            String::from_utf8(path).unwrap()
        })
        .collect();
    let files = ["d/f", "d/h", "implied/f"];
    let others = ["./", "d/", "d/l", "d/e/", "d-e/", "implied/"];
    assert_eq!(names[..3], files);
    assert_eq!(names[3..], others);
}

#[test]
fn a_layer_that_changes_between_the_two_readings_is_an_error() {
    let world = World::new();
    let first = world.tars(&[vec![file("f", "x")]]);
    let second = world.tars(&[vec![link("f", "x")]]);
    let mut picture = Picture::new();
    let options = Options { devices: true };
    let mut applying = Applying::new(&mut picture, Who::Root, &options, LIMIT);
    applying
        .layer(&first[0][..])
        .map_err(|(trouble, _)| trouble)
        .unwrap();
    let mut out = Vec::new();
    let mut flat = Flat::new(&picture, Tar::new(&mut out, b"a tar"), LIMIT);
    let (error, entry) = flat.files(&second[0][..]).unwrap_err();
    assert!(matches!(error, Trouble::Bad(_)), "{error:?}");
    assert_eq!(entry, Some(b"f".to_vec()));
}
