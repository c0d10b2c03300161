//! A Debian, made of its packages, on its way through everything that takes images apart.

use super::flat::both_ways;
use super::*;
use crate::support::env::Env;

/// Programs, their libraries, and what has a set-user-ID bit. They are unpacked by their package manager, but not set up:
/// that takes a minute, and makes no other kinds of files.
const PACKAGES: &str =
    "--include=base-files,base-passwd,bash,coreutils,dash,dpkg,libc-bin,mount,passwd,tzdata";

/// The tar of a Debian.
fn debian(world: &Env) -> Vec<u8> {
    require("mmdebstrap");
    let suite = std::fs::read_to_string("/etc/os-release").unwrap();
    let suite = suite
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .unwrap_or("bookworm");
    let mut arguments = vec!["--variant=extract", "--quiet", PACKAGES];
    if !rustix::process::geteuid().is_root() {
        // Others cannot make devices: umoci puts files in their place, rg nothing.
        arguments.push("--skip=output/dev");
    }
    arguments.extend([suite, "debian.tar"]);
    world.program("mmdebstrap", &arguments).run().succeeds();
    std::fs::read(world.path("debian.tar")).unwrap()
}

/// Takes away, hides and adds.
fn upper() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    // Raw sockets, permitted and effective (capabilities(7), version 2).
    let mut capability = vec![1, 0, 0, 2, 0, 0x20, 0, 0];
    capability.resize(20, 0);
    let record = ("SCHILY.xattr.security.capability", &capability[..]);
    builder.append_pax_extensions([record]).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    // Without the end mark.
    bytes.truncate(bytes.len() - 1024);
    let entries = [
        file("usr/bin/ping", "program").mode(0o755),
        file("usr/share/.wh.doc", ""),
        dir("usr/share/zoneinfo/"),
        file("usr/share/zoneinfo/.wh..wh..opq", ""),
        file("usr/share/zoneinfo/UTC", "utc"),
        file(
            "bin/hello",
            "#!/bin/sh\necho hello from $(cat /etc/hostname)\n",
        )
        .mode(0o755),
        file("etc/hostname", "debian"),
        hard("bin/bye", "bin/hello"),
    ];
    bytes.extend(tar(&entries));
    bytes
}

#[test]
#[ignore = "needs mmdebstrap, umoci, bubblewrap and GNU tar"]
fn a_debian_runs_and_is_the_tree_that_umoci_and_gnu_tar_make() {
    let layers = [debian(&Env::new()), upper()].map(|tar| Layer::of(&tar));
    let stored = Stored::new(&image(AMD64, &layers));
    let theirs = umoci(&stored);
    both_ways(&stored);
    let ours = stored.root();
    let capable = capability(&ours.join("usr/bin/ping"));
    assert_eq!(!capable.is_empty(), rustix::process::geteuid().is_root());
    // umoci leaves the time of what it changed in directories that a layer does not name.
    let timeless = ["", "bin", "etc", "usr/bin", "usr/share"];
    same(&seen(&ours, &timeless), &seen(&theirs, &timeless));
    let count = seen(&ours, &[]).len();
    assert!(count > 2000, "{count} files are no Debian");

    require("bwrap");
    let root = ours.display().to_string();
    let inside = "--unshare-all --proc /proc --dev /dev /bin/bash -c";
    let mut arguments = vec!["--bind", &root, "/"];
    arguments.extend(inside.split(' '));
    arguments.push("hello && bye && . /etc/os-release && echo $ID && ls /usr/share/zoneinfo");
    let said = stored.env.program("bwrap", &arguments).run().succeeds();
    let hello = "hello from debian\n";
    assert_eq!(said.stdout, format!("{hello}{hello}debian\nUTC\n"));
}
