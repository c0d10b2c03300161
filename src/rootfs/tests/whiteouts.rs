//! Whiteouts: what upper layers take away (image-spec, layer.md, "Whiteouts").

use super::*;

#[test]
fn a_whiteout_removes_what_lower_layers_left() {
    gives(
        &[
            vec![
                file("a", "1"),
                dir("d"),
                file("d/x", "1"),
                dir("d/e"),
                file("d/e/y", "1"),
            ],
            vec![file(".wh.a", ""), file(".wh.d", ""), file(".wh.never", "")],
        ],
        &[
            ("a", None),
            ("d", None),
            (".wh.a", None),
            (".wh.never", None),
        ],
    );
    gives(
        &[
            vec![file("d/a", "1")],
            vec![file("no/such/.wh.a", ""), file("d/.wh.a", "")],
        ],
        &[("d", Some("/")), ("d/a", None), ("no", None)],
    );
}

#[test]
fn c8_a_whiteout_spares_what_its_own_layer_brings_whatever_the_order() {
    let lower = vec![file("a", "1"), dir("d"), file("d/old", "1")];
    for upper in [
        vec![
            file(".wh.a", ""),
            file("a", "2"),
            file(".wh.d", ""),
            dir("d"),
            file("d/new", "2"),
        ],
        vec![
            file("a", "2"),
            file(".wh.a", ""),
            dir("d"),
            file("d/new", "2"),
            file(".wh.d", ""),
        ],
    ] {
        gives(
            &[lower.clone(), upper],
            &[("a", Some("2")), ("d/old", None), ("d/new", Some("2"))],
        );
    }
}

#[test]
fn c8_an_opaque_directory_has_only_what_its_own_layer_and_upper_ones_bring() {
    let lower = vec![
        dir("d"),
        file("d/old", "1"),
        dir("d/sub"),
        file("d/sub/old", "1"),
        dir("d/gone"),
        file("d/gone/x", "1"),
        file("beside", "1"),
    ];
    let brought = [dir("d"), file("d/new", "2"), file("d/sub/new", "2")];
    let mark = file("d/.wh..wh..opq", "");
    let first: Vec<Entry> = std::iter::once(mark.clone())
        .chain(brought.clone())
        .collect();
    let last: Vec<Entry> = brought.into_iter().chain([mark]).collect();
    for upper in [first, last] {
        gives(
            &[lower.clone(), upper, vec![file("d/third", "3")]],
            &[
                ("d/old", None),
                ("d/sub/old", None),
                ("d/gone", None),
                ("d/new", Some("2")),
                ("d/sub/new", Some("2")),
                ("d/third", Some("3")),
                ("beside", Some("1")),
                ("d/.wh..wh..opq", None),
            ],
        );
    }
    gives(
        &[lower, vec![file("new", "2"), file(".wh..wh..opq", "")]],
        &[("d", None), ("beside", None), ("new", Some("2"))],
    );
}

#[test]
fn c8_a_whiteout_of_no_name_is_refused() {
    for name in [".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh..."] {
        refused(
            &[vec![dir("d")], vec![file(name, "")]],
            "whiteout of no name",
        );
    }
}

#[test]
fn c8_what_aufs_keeps_for_itself_is_passed_over() {
    gives(
        &[vec![
            dir(".wh..wh.plnk"),
            file(".wh..wh.plnk/1.2", "x"),
            file(".wh..wh.aufs", "x"),
            file("d/.wh..wh.orph", "x"),
            file("a", "1"),
        ]],
        &[
            (".wh..wh.plnk", None),
            (".wh..wh.aufs", None),
            ("d/.wh..wh.orph", None),
            ("d", None),
            ("a", Some("1")),
        ],
    );
}

#[test]
fn c9_a_tree_as_deep_as_names_allow_is_removed() {
    let layers = |deep: &str| {
        [
            vec![file(&format!("{deep}f"), "x")],
            vec![file(".wh.d", "")],
        ]
    };
    gives(&layers(&"d/".repeat(200)), &[("d", None)]);
    let world = World::new();
    let tars = world.tars(&layers(&"d/".repeat(2047)));
    world.apply(&tars, Who::User, true).unwrap();
    assert_eq!(world.content("d"), None);
}

/// Each of them looked through the whole directory again.
#[test]
fn many_whiteouts_of_one_directory_say_no_more_than_one() {
    let lower = vec![file("d/old", "1"), file("d/e/old", "1")];
    let mut upper = vec![dir("d"), dir("d/e")];
    for number in 0..2000 {
        upper.push(file(&format!("d/e/{number}"), "2"));
        for name in ["d/e/.wh..wh..opq", "d/.wh..wh..opq", "d/.wh.e", ".wh.d"] {
            upper.push(file(name, ""));
        }
    }
    gives(
        &[lower, upper],
        &[
            ("d/old", None),
            ("d/e/old", None),
            ("d/e/0", Some("2")),
            ("d/e/1999", Some("2")),
        ],
    );
}
