//! What files look like afterwards: kinds, modes, times, links, holes.

use std::os::unix::fs::FileTypeExt;

use super::*;

#[test]
fn one_kind_takes_the_place_of_another() {
    gives(
        &[
            vec![
                dir("a"),
                file("a/x", "1"),
                file("b", "1"),
                link("c", "b"),
                dir("d"),
                file("d/x", "1"),
            ],
            vec![file("a", "2"), dir("b"), dir("c"), link("d", "b")],
        ],
        &[
            ("a", Some("2")),
            ("b", Some("/")),
            ("c", Some("/")),
            ("d", Some("-> b")),
        ],
    );
    gives(
        &[vec![dir("a"), file("a/x", "1")], vec![dir("a").mode(0o700)]],
        &[("a/x", Some("1"))],
    );
}

#[test]
fn modes_and_times_are_those_of_the_image_for_directories_too() {
    let layers = [
        vec![
            dir("d").mode(0o555),
            file("d/f", "x").mode(0o4751),
            dir("closed").mode(0),
            file("closed/f", "x").mode(0),
            dir("shared").mode(0o1777),
            link("l", "d/f"),
            hard("h", "d/f"),
            dir("gone").mode(0o500),
        ],
        vec![
            file("d/later", "y"),
            file(".wh.gone", ""),
            file("gone/new", "z"),
        ],
    ];
    for (world, result) in everywhere(&layers) {
        let report = result.unwrap();
        let stripped = report.stripped;
        for (path, mode) in [
            ("d", 0o555),
            ("closed", 0),
            ("shared", 0o1777),
            ("gone", 0o755),
            ("d/f", if stripped > 0 { 0o751 } else { 0o4751 }),
        ] {
            assert_eq!(world.permissions(path), mode, "{path}");
        }
        for path in ["d", "d/f", "d/later", "shared", "l"] {
            let found = std::fs::symlink_metadata(world.at(path)).unwrap();
            assert_eq!(found.mtime(), i64::try_from(TIME).unwrap(), "{path}");
        }
        assert_eq!(
            std::fs::metadata(world.at("h")).unwrap().ino(),
            std::fs::metadata(world.at("d/f")).unwrap().ino()
        );
        // What is closed must not hinder the removal of this world by anybody but root.
        let open = std::fs::Permissions::from_mode(0o755);
        for path in ["d", "closed"] {
            std::fs::set_permissions(world.at(path), open.clone()).unwrap();
        }
    }
}

#[test]
fn c6_c7_o39_devices_are_left_out_and_special_bits_taken_from_anybody_but_root() {
    let world = World::new();
    let lower = vec![file("dev/null", "no device")];
    let upper = vec![
        Entry::new(b'3', "dev/null", "", b"", 0o666),
        Entry::new(b'4', "dev/disk", "", b"", 0o660),
        file("su", "x").mode(0o6755),
        dir("sg").mode(0o2755),
        Entry::new(b'6', "pipe", "", b"", 0o622),
    ];
    let layers = [lower, upper];
    let report = world.apply(&world.tars(&layers), Who::User, true).unwrap();
    assert_eq!((report.devices, report.stripped), (2, 2));
    assert_eq!(world.content("dev/null"), None);
    assert_eq!(world.permissions("su"), 0o755);
    assert_eq!(world.permissions("sg"), 0o755);
    let pipe = std::fs::symlink_metadata(world.at("pipe")).unwrap();
    assert!(pipe.file_type().is_fifo());
    assert_eq!(world.permissions("pipe"), 0o622);
}

#[test]
fn c9_a_huge_file_stops_before_anything_is_written() {
    let world = World::new();
    let mut head = header(b'0', "huge", "", 0, 0o644);
    head.set_size(LIMIT + 1);
    head.set_cksum();
    let error = world.apply(&[head.as_bytes().to_vec()], Who::User, true);
    assert!(matches!(error, Err(Trouble::Large(_))), "{error:?}");
    assert_eq!(world.content("huge"), None);
}

#[test]
fn a_stop_ends_the_work_at_the_next_piece() {
    use std::sync::atomic::AtomicBool;

    use crate::rootfs::stream::{Incoming, Piece};

    let (to, from) = std::sync::mpsc::sync_channel(2);
    for _ in 0..2 {
        let bytes = file("f", "x").bytes("");
        to.send(Piece::Bytes(bytes)).unwrap();
    }
    let stop = AtomicBool::new(true);
    let mut incoming = Incoming::new(&from, &stop);
    let world = World::new();
    let (mut tree, options) = (world.tree(true), Options::default());
    let mut applying = Applying::new(&mut tree, Who::User, &options, LIMIT);
    assert!(applying.layer(&mut incoming).is_err());
    assert!(incoming.failure().is_some());
    assert_eq!(world.content("f"), None);
}

#[test]
fn several_files_share_one_limit() {
    let world = World::new();
    let half = "x".repeat(usize::try_from(LIMIT / 2 + 1).unwrap());
    let layers = [vec![file("a", &half)], vec![file("a", &half)]];
    let error = world.apply(&world.tars(&layers), Who::User, true);
    assert!(matches!(error, Err(Trouble::Large(_))), "{error:?}");
}

/// A file of 100 000 bytes with two pieces, as four generations of GNU tar write it.
fn holey() -> Vec<Vec<u8>> {
    let data = [[b'a'; 512], [b'b'; 512]].concat();
    let with = |records: &[(&str, &str)], content: &[u8]| {
        let records: Vec<u8> = records
            .iter()
            .flat_map(|(key, value)| record(key, value.as_bytes()))
            .collect();
        let mut bytes = blocks(&header(b'x', "pax", "", records.len(), 0o644), &records);
        bytes.extend(blocks(
            &header(b'0', "GNUSparseFile.0/f", "", content.len(), 0o644),
            content,
        ));
        bytes
    };
    let mut old = tar::Header::new_gnu();
    old.as_old_mut().name[0] = b'f';
    old.set_entry_type(tar::EntryType::GNUSparse);
    old.set_size(1024);
    old.set_mode(0o644);
    old.set_mtime(TIME);
    let gnu = old.as_gnu_mut().unwrap();
    gnu.set_real_size(100_000);
    for (piece, offset) in gnu.sparse.iter_mut().zip([4096, 65536]) {
        piece.set_offset(offset);
        piece.set_length(512);
    }
    old.set_uid(0);
    old.set_gid(0);
    old.set_cksum();
    let mut map = b"2\n4096\n512\n65536\n512\n".to_vec();
    map.resize(512, b'\0');
    map.extend(&data);
    vec![
        blocks(&old, &data),
        with(
            &[
                ("GNU.sparse.name", "f"),
                ("GNU.sparse.size", "100000"),
                ("GNU.sparse.numblocks", "2"),
                ("GNU.sparse.offset", "4096"),
                ("GNU.sparse.numbytes", "512"),
                ("GNU.sparse.offset", "65536"),
                ("GNU.sparse.numbytes", "512"),
            ],
            &data,
        ),
        with(
            &[
                ("GNU.sparse.name", "f"),
                ("GNU.sparse.size", "100000"),
                ("GNU.sparse.map", "4096,512,65536,512"),
            ],
            &data,
        ),
        with(
            &[
                ("GNU.sparse.name", "f"),
                ("GNU.sparse.major", "1"),
                ("GNU.sparse.minor", "0"),
                ("GNU.sparse.realsize", "100000"),
            ],
            &map,
        ),
    ]
}

#[test]
fn holes_of_every_generation_become_zeros() {
    for (generation, tar) in holey().into_iter().enumerate() {
        let world = World::new();
        let mut tar = tar;
        tar.extend(file("behind", "x").bytes(""));
        world.apply(&[tar], Who::User, true).unwrap();
        let bytes = std::fs::read(world.at("f")).unwrap();
        assert_eq!(bytes.len(), 100_000, "{generation}");
        assert!(bytes[4096..4608].iter().all(|&byte| byte == b'a'));
        assert!(bytes[65536..66048].iter().all(|&byte| byte == b'b'));
        assert_eq!(bytes.iter().filter(|&&byte| byte != 0).count(), 1024);
        assert_eq!(world.content("behind").as_deref(), Some("x"));
    }
}

#[test]
fn c9_a_map_of_holes_that_lies_is_refused() {
    let sparse = |size: &str, map: &str, content: &[u8]| {
        let records = [
            record("GNU.sparse.size", size.as_bytes()),
            record("GNU.sparse.map", map.as_bytes()),
        ]
        .concat();
        let mut bytes = blocks(&header(b'x', "pax", "", records.len(), 0o644), &records);
        bytes.extend(blocks(
            &header(b'0', "f", "", content.len(), 0o644),
            content,
        ));
        bytes
    };
    for (size, map) in [
        ("100", "0,512"),
        ("1000", "600,256,0,256"),
        ("1000", "0,300,200,212"),
        ("1000", "0,511"),
        ("1000", "0"),
        ("1000", "18446744073709551615,512"),
        ("1000", "0,512,1000,18446744073709551615"),
    ] {
        let world = World::new();
        let error = world.apply(&[sparse(size, map, &[b'x'; 512])], Who::User, true);
        assert!(matches!(error, Err(Trouble::Bad(_))), "{map}: {error:?}");
    }
    let world = World::new();
    let bomb = sparse("4611686018427387904", "0,512", &[b'x'; 512]);
    let error = world.apply(&[bomb], Who::User, true);
    assert!(matches!(error, Err(Trouble::Large(_))), "{error:?}");
}
