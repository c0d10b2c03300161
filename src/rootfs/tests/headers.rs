//! Headers of every dialect, and broken ones.

use super::*;

fn applied(tar: Vec<u8>) -> (World, Result<Unpacked, Trouble>) {
    let world = World::new();
    let result = world.apply(&[tar], Who::User, true);
    (world, result)
}

#[track_caller]
fn says(tar: Vec<u8>, text: &str) {
    let (_, result) = applied(tar);
    let reason = match result.unwrap_err() {
        Trouble::Bad(reason) => reason,
        Trouble::Stream(error) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(reason.contains(text), "{reason}");
}

fn extended(records: &[(&str, &[u8])]) -> Vec<u8> {
    let records: Vec<u8> = records
        .iter()
        .flat_map(|(key, value)| record(key, value))
        .collect();
    blocks(&header(b'x', "pax", "", records.len(), 0o644), &records)
}

fn long(kind: u8, text: &str) -> Vec<u8> {
    let bytes = [text.as_bytes(), b"\0"].concat();
    blocks(
        &header(kind, "././@LongLink", "", bytes.len(), 0o644),
        &bytes,
    )
}

#[test]
fn c9_long_names_come_in_two_dialects_and_have_a_limit() {
    let name = format!("{}/{}", "d".repeat(200), "f".repeat(255));
    let target = "t".repeat(4000);
    let gnu = [
        long(b'L', &name),
        blocks(&header(b'0', "short", "", 1, 0o644), b"x"),
        long(b'K', &target),
        blocks(&header(b'2', "l", "short", 0, 0o644), b""),
    ];
    let pax = [file(&name, "x").bytes(""), link("l", &target).bytes("")];
    for tar in [gnu.concat(), pax.concat()] {
        let (world, result) = applied(tar);
        result.unwrap();
        assert_eq!(world.content(&name).as_deref(), Some("x"));
        assert_eq!(world.content("l"), Some(format!("-> {target}")));
        assert_eq!(world.content("short"), None);
    }
    says(file(&"f".repeat(256), "x").bytes(""), "more than 255 bytes");
    says(
        file(&"f/".repeat(3000), "x").bytes(""),
        "more than 4096 bytes",
    );
    says(link("l", &"t".repeat(4096)).bytes(""), "leads nowhere");
}

#[test]
fn c9_names_are_bytes() {
    let (world, result) = applied(
        [
            extended(&[("path", b"caf\xe9\n\x1b[1m")]),
            blocks(&header(b'0', "short", "", 1, 0o644), b"x"),
        ]
        .concat(),
    );
    result.unwrap();
    let names: Vec<_> = std::fs::read_dir(world.root()).unwrap().collect();
    let name = names[0].as_ref().unwrap().file_name();
    assert_eq!(name.as_encoded_bytes(), b"caf\xe9\n\x1b[1m");
    says(
        [
            extended(&[("path", b"a\0b")]),
            blocks(&header(b'0', "short", "", 0, 0o644), b""),
        ]
        .concat(),
        "NUL",
    );
}

#[test]
fn c4_an_extended_size_beats_the_other_one_and_hides_no_member() {
    // Read by the size in the header, the content is members of its own.
    let hidden = file("hidden", "x").bytes("");
    let size = hidden.len().to_string();
    let tar = [
        extended(&[("size", size.as_bytes())]),
        header(b'0', "outer", "", 0, 0o644).as_bytes().to_vec(),
        hidden.clone(),
        file("behind", "y").bytes(""),
    ];
    let (world, result) = applied(tar.concat());
    result.unwrap();
    assert_eq!(world.content("hidden"), None);
    assert_eq!(std::fs::read(world.at("outer")).unwrap(), hidden);
    assert_eq!(world.content("behind").as_deref(), Some("y"));
}

#[test]
fn c4_an_extended_size_does_not_count_for_the_long_name_between() {
    let name = "n".repeat(150);
    let tar = [
        extended(&[("size", b"3")]),
        long(b'L', &name),
        blocks(&header(b'0', "short", "", 0, 0o644), b"abc"),
        file("behind", "y").bytes(""),
    ];
    let (world, result) = applied(tar.concat());
    result.unwrap();
    assert_eq!(world.content(&name).as_deref(), Some("abc"));
    assert_eq!(world.content("behind").as_deref(), Some("y"));
}

#[test]
fn what_has_no_content_has_none_whatever_its_size_says() {
    let sized = |kind: u8, name: &str, link: &str| {
        let mut head = header(kind, name, link, 0, 0o755);
        head.set_size(512);
        head.set_cksum();
        head.as_bytes().to_vec()
    };
    let tar = [
        sized(b'5', "d", ""),
        file("a", "1").bytes(""),
        sized(b'2', "l", "a"),
        sized(b'1', "h", "a"),
        file("b", "2").bytes(""),
    ];
    let (world, result) = applied(tar.concat());
    result.unwrap();
    for (path, content) in [
        ("d", "/"),
        ("a", "1"),
        ("l", "-> a"),
        ("h", "1"),
        ("b", "2"),
    ] {
        assert_eq!(world.content(path).as_deref(), Some(content), "{path}");
    }
}

#[test]
fn c10_owners_times_and_attributes_of_extended_headers_count() {
    let tar = [
        extended(&[
            ("mtime", b"-1.5"),
            ("SCHILY.xattr.user.test", b"\0\n="),
            ("SCHILY.xattr.trusted.overlay.opaque", b"y"),
        ]),
        blocks(&header(b'0', "f", "", 1, 0o644), b"x"),
    ];
    let (world, result) = applied(tar.concat());
    let report = result.unwrap();
    let found = std::fs::metadata(world.at("f")).unwrap();
    assert_eq!((found.mtime(), found.mtime_nsec()), (-2, 500_000_000));
    let mut value = [0; 8];
    let read = rustix::fs::getxattr(world.at("f"), "user.test", &mut value[..]);
    match read {
        Ok(length) => assert_eq!(&value[..length], b"\0\n="),
        // A file system without attributes: that is told.
        Err(_) => assert_eq!(report.unattributed, 1),
    }
    let hidden = rustix::fs::getxattr(world.at("f"), "trusted.overlay.opaque", &mut value[..]);
    assert!(hidden.is_err());
    let uid = [
        extended(&[("uid", b"4294967296")]),
        blocks(&header(b'0', "f", "", 0, 0o644), b""),
    ];
    let world = World::new();
    let refused = world.apply(&[uid.concat()], Who::Root, true);
    assert!(matches!(refused, Err(Trouble::Bad(_))), "{refused:?}");
}

#[test]
fn c7_capabilities_are_for_root_to_give() {
    let capability = [1, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let tar = [
        extended(&[
            ("uid", b"5"),
            ("SCHILY.xattr.security.capability", &capability),
        ]),
        blocks(&header(b'0', "f", "", 1, 0o755), b"x"),
    ];
    for who in [Who::User, Who::is()] {
        let world = World::new();
        let report = world.apply(&[tar.concat()], who, true).unwrap();
        let mut value = [0; 64];
        let name = "security.capability";
        let found = rustix::fs::getxattr(world.at("f"), name, &mut value[..]).ok();
        let given = found.is_some_and(|length| value[..length] == capability);
        let owner = std::fs::metadata(world.at("f")).unwrap().uid();
        match who {
            Who::User => assert!(!given && report.unattributed == 0),
            // Not every file system takes it; then that is told.
            Who::Root => assert!(given != (report.unattributed == 1) && owner == 5),
        }
    }
}

#[test]
fn zeros_behind_the_last_file_may_lack() {
    let whole = file("a", &"x".repeat(2000)).bytes("");
    for length in [512 + 2000, 512 + 2001, 2560] {
        let (world, result) = applied(whole[..length].to_vec());
        result.unwrap();
        assert_eq!(world.content("a").map(|content| content.len()), Some(2000));
    }
}

#[test]
fn what_is_no_tar_or_is_cut_off_is_told() {
    says(b"x".repeat(2048), "no tar");
    let whole = file("a", &"x".repeat(2000)).bytes("");
    says(whole[..700].to_vec(), "cut off");
    says(whole[..300].to_vec(), "cut off");
    says(whole[..512 + 1999].to_vec(), "cut off");
    let mut damaged = whole.clone();
    damaged[3] ^= 1;
    says(damaged, "the sum of a header is wrong");
    says(long(b'L', "name"), "ends behind an extended header");
    says(
        extended(&[("path", b"x")]),
        "ends behind an extended header",
    );
    says(
        [
            extended(&[("path", b"x")]),
            extended(&[("path", b"y")]),
            whole,
        ]
        .concat(),
        "two extended headers",
    );
    says(Entry::new(b'Z', "odd", "", b"", 0).bytes(""), "type 'Z'");
}

#[test]
fn c9_a_huge_extended_header_is_refused_before_it_is_read() {
    for kind in [b'L', b'K', b'x', b'g'] {
        let mut head = header(kind, "long", "", 0, 0o644);
        head.set_size(1 << 33);
        head.set_cksum();
        says(head.as_bytes().to_vec(), "larger than 1 MiB");
    }
}

#[test]
fn headers_about_everything_are_passed_over() {
    let records = record("comment", b"commit");
    let tar = [
        blocks(
            &header(b'g', "pax_global_header", "", records.len(), 0o644),
            &records,
        ),
        file("a", "1").bytes(""),
    ];
    let (world, result) = applied(tar.concat());
    result.unwrap();
    assert_eq!(world.content("a").as_deref(), Some("1"));
    assert_eq!(world.content("pax_global_header"), None);
}

proptest::proptest! {
    /// Any damage to a tar is an error or a tree inside, never a panic.
    #[test]
    fn damage_stays_inside(at in 0_usize..4096, value: u8) {
        let layers = [vec![
            dir("d"), file("d/f", "content"), link("l", "{out}"), file("l/x", "y"), hard("h", "d/f"),
        ]];
        let world = World::new();
        let before = snapshot(&world.outside());
        let mut tars = world.tars(&layers);
        let at = at % tars[0].len();
        tars[0][at] = value;
        let _ = world.apply(&tars, Who::User, true);
        proptest::prop_assert_eq!(snapshot(&world.outside()), before);
    }
}
