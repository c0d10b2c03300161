//! `credential` and its other name, as far as they go without a keyring: the words of the protocol, what is refused, and
//! where the name is laid.

use std::path::Path;

use super::called;
use crate::support::env::{Env, Output};

/// Why there is no keyring in that world.
const REASON: &str = if cfg!(feature = "keyring") {
    "there is no D-Bus session"
} else {
    "this program was built without it"
};

/// An auto setting in a world that has no D-Bus session.
fn world() -> Env {
    let world = Env::new();
    world.settings("credential_store = \"auto\"\n");
    world
}

fn ask(world: &Env, verb: &str, input: &str) -> Output {
    world.command(["credential", verb]).stdin(input).run()
}

#[test]
fn without_a_keyring_every_verb_says_so_on_standard_output() {
    let world = world();
    let login = r#"{"ServerURL":"r.example","Username":"alice","Secret":"hunter2"}"#;
    for (verb, input) in [
        ("get", "r.example"),
        ("store", login),
        ("erase", "r.example"),
        ("list", ""),
    ] {
        let output = ask(&world, verb, input).exits(1).hides("hunter2");
        assert_eq!(
            output.stdout,
            format!("the keyring (Secret Service) cannot be used: {REASON}\n")
        );
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn bad_input_is_refused_without_being_repeated() {
    let world = world();
    let long = format!("\"hunter2{}\"", "x".repeat(64 << 10));
    for (verb, input, expected) in [
        ("get", "", "no credentials server URL"),
        ("get", " \n", "no credentials server URL"),
        ("get", "hunter2\nhost=evil", "control characters"),
        ("erase", "hunter2\u{1b}[31m", "control characters"),
        ("erase", "", "no credentials server URL"),
        ("get", &long, "longer than 64 KiB"),
        ("store", &long, "longer than 64 KiB"),
        ("store", "hunter2", "not JSON"),
        ("store", "", "not JSON"),
        ("store", r#"{"Secret":["hunter2"]}"#, "not JSON"),
        (
            "store",
            r#"{"Username":"a","Secret":"hunter2"}"#,
            "no credentials server URL",
        ),
        (
            "store",
            r#"{"ServerURL":"r.example","Username":"","Secret":"hunter2"}"#,
            "no credentials username",
        ),
        (
            "store",
            r#"{"ServerURL":"r.example","Username":"a","Secret":""}"#,
            "no credentials secret",
        ),
        (
            "store",
            r#"{"ServerURL":"r\nhunter2","Username":"a","Secret":"b"}"#,
            "control characters",
        ),
    ] {
        let output = ask(&world, verb, input)
            .exits(1)
            .prints(expected)
            .hides("hunter2");
        assert_eq!(output.stdout.lines().count(), 1, "{output}");
    }
}

#[test]
fn under_the_name_of_a_helper_it_is_nothing_else() {
    for name in ["docker-credential-rg", "docker-credential-other"] {
        called(name, &["list"]).exits(1).prints(REASON);
        called(name, &["version"])
            .succeeds()
            .prints(&format!("{name} (rg) {}\n", env!("CARGO_PKG_VERSION")));
        for arguments in [
            &[][..],
            &["pull", "debian"],
            &["login"],
            &["install"],
            &["list", "x"],
        ] {
            called(name, arguments)
                .exits(1)
                .prints(&format!("Usage: {name} <store|get|erase|list|version>\n"));
        }
    }
}

#[test]
fn settings_and_dockers_file_are_not_read_by_a_helper() {
    let world = world();
    world.settings("credential_store = [");
    world.write("docker/config.json", "not JSON");
    ask(&world, "list", "").exits(1).prints(REASON);
}

#[test]
fn the_name_is_laid_beside_others_and_over_none() {
    let mut world = world();
    let folder = world.path("bin");
    std::fs::create_dir(&folder).unwrap();
    let place = folder.display().to_string();
    let install = ["credential", "install", "--dir", &place];
    let helper = folder.join("docker-credential-rg");
    let line = format!("{}\n", helper.display());
    let output = world
        .rg(install)
        .succeeds()
        .says("is not on PATH")
        .says("\"credsStore\": \"rg\"");
    assert_eq!(output.stdout, line);
    let same = |helper: &Path| {
        let rg = std::fs::canonicalize(env!("CARGO_BIN_EXE_rg")).unwrap();
        std::fs::canonicalize(helper).unwrap() == rg
    };
    assert!(same(&helper));

    world.folder_on_path("bin");
    world
        .rg(install)
        .succeeds()
        .prints(&line)
        .hides("is not on PATH");
    world
        .program("docker-credential-rg", &["version"])
        .run()
        .succeeds();

    let foreign = "#!/bin/sh\nexit 3\n";
    std::fs::remove_file(&helper).unwrap();
    world.write("bin/docker-credential-rg", foreign);
    world
        .rg(install)
        .exits(2)
        .says("is another program")
        .says("--force");
    assert_eq!(std::fs::read_to_string(&helper).unwrap(), foreign);
    std::fs::remove_file(&helper).unwrap();
    std::os::unix::fs::symlink("/nowhere", &helper).unwrap();
    world.rg(install).exits(2);
    world.command(install).args(&["--force"]).run().succeeds();
    assert!(same(&helper));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    world
        .rg(["credential", "install", "--dir", "nowhere"])
        .exits(7)
        .says("docker-credential-rg");
}

#[cfg(feature = "keyring")]
#[test]
fn a_keyring_that_must_be_used_and_is_not_there_stops_a_login_before_anything_is_sent() {
    let world = world();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let login = ["login", "-u", "alice", "--password-stdin", &host];
    world.settings("credential_store = \"keyring\"\n");
    world
        .command(login)
        .stdin("hunter2")
        .run()
        .exits(4)
        .says("the keyring (Secret Service) cannot be used: there is no D-Bus session")
        .says("hint: unlock it");
    world.settings("credential_store = \"auto\"\n");
    let named = format!(r#"{{"credHelpers":{{"{host}":"rg"}}}}"#);
    world.write("docker/config.json", &named);
    world
        .command(login)
        .stdin("hunter2")
        .run()
        .exits(4)
        .says("no D-Bus session");
    let asked = listener.accept().map(drop);
    assert_eq!(asked.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    let file = std::fs::read_to_string(world.path("docker/config.json")).unwrap();
    assert_eq!(file, named);
}
