//! Layers made to reach outside: by links, by names, by both in one layer or spread over three.

use super::*;

#[test]
fn c2_a_link_out_is_followed_inside_only_when_something_is_written_through_it() {
    let inside = [("{out}/f", Some("new")), ("{out}/precious", None)];
    gives(&[vec![link("d", "{out}"), file("d/f", "new")]], &inside);
    gives(
        &[vec![link("d", "{out}")], vec![file("d/f", "new")]],
        &inside,
    );
    gives(
        &[
            vec![link("a", "{out}")],
            vec![link("d", "a")],
            vec![file("d/f", "new")],
        ],
        &inside,
    );
    gives(
        &[vec![
            link("d", "{out}"),
            dir("d/sub"),
            file("d/sub/f", "new"),
        ]],
        &[("{out}/sub/f", Some("new"))],
    );
}

#[test]
fn a_relative_link_does_not_climb_out() {
    for target in [
        "../../outside",
        "../outside",
        "/../../outside",
        "./x/../../outside",
    ] {
        gives(
            &[vec![link("d", target), file("d/f", "new")]],
            &[("outside/f", Some("new"))],
        );
    }
    gives(
        &[vec![link("up", ".."), file("up/outside/f", "new")]],
        &[("outside/f", Some("new"))],
    );
    gives(
        &[vec![
            dir("a"),
            dir("a/b"),
            link("a/b/up", "../../../../.."),
            file("a/b/up/f", "new"),
        ]],
        &[("f", Some("new"))],
    );
}

#[test]
fn c5_what_takes_the_place_of_a_link_is_not_written_where_it_leads() {
    gives(
        &[vec![link("f", "{out}/precious"), file("f", "new")]],
        &[("f", Some("new"))],
    );
    gives(
        &[
            vec![link("f", "{out}/precious")],
            vec![link("f", "elsewhere")],
        ],
        &[("f", Some("-> elsewhere"))],
    );
    gives(
        &[
            vec![link("d", "{out}")],
            vec![dir("d").mode(0o777), file("d/f", "new")],
        ],
        &[("d", Some("/")), ("d/f", Some("new")), ("{out}", None)],
    );
    gives(
        &[vec![
            link("p", "{out}/precious"),
            Entry::new(b'6', "p", "", b"", 0o666),
        ]],
        &[("p", Some("special"))],
    );
}

#[test]
fn c3_a_hard_link_leads_to_a_file_of_this_image_or_nowhere() {
    refused(
        &[vec![hard("h", "../../outside/precious")]],
        "leads out of the image",
    );
    refused(
        &[vec![hard("h", "../outside/precious"), file("h", "new")]],
        "leads out",
    );
    refused(&[vec![hard("h", "{out}/precious")]], "no file before it");
    refused(
        &[vec![link("d", "{out}"), hard("h", "d/precious")]],
        "no file before it",
    );
    refused(
        &[vec![link("d", "{out}")], vec![hard("h", "d/precious")]],
        "no file before it",
    );
    refused(&[vec![dir("d"), hard("h", "d")]], "no file before it");
    refused(
        &[vec![hard("h", "later"), file("later", "x")]],
        "no file before it",
    );
    for nothing in ["", "/", "."] {
        refused(&[vec![hard("h", nothing)]], "no file before it");
    }
}

#[test]
fn c3_a_hard_link_to_a_link_that_leads_out_is_another_link_and_nothing_goes_through_it() {
    let links = || vec![link("s", "{out}/precious"), hard("h", "s").mode(0o4777)];
    let kept = ("s", Some("-> {out}/precious"));
    gives(&[links()], &[kept, ("h", Some("-> {out}/precious"))]);
    let writes = [
        file("h", "new").mode(0o666),
        file("h/f", "new"),
        dir("h").mode(0o777),
    ];
    for (write, found) in writes.into_iter().zip(["new", "/", "/"]) {
        let through = write.name == "h/f";
        let spread = [
            links()[..1].to_vec(),
            links()[1..].to_vec(),
            vec![write.clone()],
        ];
        let at_once = [links(), vec![write]].concat();
        for layers in [vec![at_once], spread.to_vec()] {
            if through {
                // It leads to a name inside, where nothing is: a directory is made there.
                gives(&layers, &[kept, ("{out}/precious/f", Some("new"))]);
            } else {
                gives(&layers, &[kept, ("h", Some(found)), ("{out}", None)]);
            }
        }
    }
    let tree = [
        link("s", "{out}"),
        hard("h", "s"),
        file("h/precious", "new"),
    ];
    let inside = ("{out}/precious", Some("new"));
    gives(&[tree.to_vec()], &[inside, ("s", Some("-> {out}"))]);
    let hide = vec![file("h/.wh.precious", ""), file("h/.wh..wh..opq", "")];
    gives(&[tree[..2].to_vec(), hide], &[("{out}", None)]);
    refused(
        &[vec![
            link("s", "{out}"),
            hard("h", "s"),
            hard("i", "h/precious"),
        ]],
        "no file before it",
    );
}

#[test]
fn a_hard_link_into_a_linked_directory_is_made_inside() {
    gives(
        &[vec![
            file("a", "mine"),
            link("d", "{out}"),
            dir("{out}"),
            hard("d/h", "a"),
            hard("b", "d/h"),
        ]],
        &[("{out}/h", Some("mine")), ("b", Some("mine"))],
    );
}

#[test]
fn a_file_with_two_names_is_not_written_through_either() {
    gives(
        &[
            vec![file("a", "one"), hard("b", "a")],
            vec![file("b", "two")],
        ],
        &[("a", Some("one")), ("b", Some("two"))],
    );
    gives(
        &[vec![
            file("a", "one"),
            hard("b", "a"),
            hard("b", "a"),
            hard("a", "a"),
        ]],
        &[("a", Some("one")), ("b", Some("one"))],
    );
}

#[test]
fn c8_a_whiteout_does_not_reach_where_a_link_leads() {
    for layers in [
        vec![vec![link("d", "{out}"), file("d/.wh.precious", "")]],
        vec![vec![link("d", "{out}")], vec![file("d/.wh.precious", "")]],
        vec![vec![link("d", "{out}")], vec![file("d/.wh..wh..opq", "")]],
        vec![
            vec![link("d", "../outside")],
            vec![file("d/.wh..wh..opq", "")],
        ],
    ] {
        gives(&layers, &[("outside", None), ("{out}/precious", None)]);
    }
    gives(
        &[vec![link("d", "{out}")], vec![file(".wh.d", "")]],
        &[("d", None)],
    );
}

#[test]
fn c1_a_name_that_leads_out_is_refused_and_a_leading_slash_dropped() {
    for name in ["../evil", "../../evil", "a/../../evil", "/../evil", ".."] {
        refused(&[vec![file(name, "x")]], "leads out of the image");
        refused(&[vec![link(name, "x")]], "leads out of the image");
        refused(&[vec![dir(name)]], "leads out of the image");
    }
    refused(
        &[vec![file("../.wh.outside", "")]],
        "leads out of the image",
    );
    refused(
        &[vec![file("../.wh..wh..opq", "")]],
        "leads out of the image",
    );
    gives(
        &[vec![file("/etc/x", "new"), file("a/../b", "new")]],
        &[("etc/x", Some("new")), ("b", Some("new")), ("a", None)],
    );
}

#[test]
fn links_that_lead_to_one_another_end() {
    refused(
        &[vec![link("a", "b"), link("b", "a"), file("a/f", "x")]],
        "too many links",
    );
    refused(
        &[vec![link("a", "a/a"), file("a/f", "x")]],
        "too many links",
    );
    let long = "n/".repeat(2000);
    refused(
        &[vec![link("a", &long), file(&format!("a/{long}f"), "x")]],
        "links lead to a name of more than 4096 bytes",
    );
}

#[test]
fn the_root_is_a_directory() {
    for name in [".", "./", "/", "a/.."] {
        refused(&[vec![link(name, "{out}")]], "place of the root");
        refused(&[vec![hard(name, "x")]], "place of the root");
    }
    gives(&[vec![dir("./"), dir("/")]], &[("", Some("/"))]);
}

#[test]
fn a_file_is_no_directory() {
    refused(
        &[vec![file("a", "x"), file("a/b", "y")]],
        "a is no directory",
    );
    refused(
        &[vec![file("a", "x"), link("l", "a"), dir("l/b")]],
        "a is no directory",
    );
}

#[test]
fn c2_a_directory_that_becomes_a_link_meanwhile_is_not_followed() {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use rustix::fs::{CWD, RenameFlags};

    for openat2 in [true, false] {
        let world = World::new();
        let before = snapshot(&world.outside());
        let names: Vec<String> = (0..200).map(|number| format!("d/sub/f{number}")).collect();
        let upper: Vec<Entry> = names.iter().map(|name| file(name, "x")).collect();
        let gone = ["precious", "sub/inner"].map(|name| file(&format!("d/.wh.{name}"), ""));
        let upper = [&upper[..], &gone].concat();
        let layers = world.tars(&[vec![dir("d/sub"), link("l", "{out}")], upper]);
        let (mut tree, options) = (world.tree(openat2), Options::default());
        let mut applying = Applying::new(&mut tree, Who::User, &options, LIMIT);
        applying
            .layer(&layers[0][..])
            .map_err(|(trouble, _)| trouble)
            .unwrap();
        let (one, other) = (world.at("d"), world.at("l"));
        let swap = || rustix::fs::renameat_with(CWD, &one, CWD, &other, RenameFlags::EXCHANGE);
        swap().unwrap();
        let (swaps, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    swaps.fetch_add(u64::from(swap().is_ok()), Ordering::Relaxed);
                }
            });
            // Whether it works is a matter of luck, where it writes is not.
            while swaps.load(Ordering::Relaxed) < 300 {
                let _ = applying.layer(&layers[1][..]);
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert_eq!(snapshot(&world.outside()), before, "openat2: {openat2}");
    }
}
