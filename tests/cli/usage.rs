//! Wrong command lines: one clear error, exit code 2, nothing changed.

use crate::support::env::Env;

/// A wrong command line and what its error says.
type Wrong<'a> = (&'a [&'a str], &'a str);

const WRONG: &[Wrong] = &[
    (&["export", "x"], "planned and not there yet"),
    (&["catalog", "h.invalid/x"], "without a path"),
    (
        &["login", "-u", "a:b", "-p", "c", "h.invalid"],
        "cannot have a colon",
    ),
    (&["pul"], "unknown command \"pul\""),
    (&["pull"], "`rg pull` needs <NAME[:TAG|@DIGEST]>"),
    (&["pull", "--frob", "x"], "unknown option --frob"),
    (
        &["pull", "-a", "x:1"],
        "tag can't be used with --all-tags/-a",
    ),
    (
        &["push", "-a", "x:1"],
        "tag can't be used with --all-tags/-a",
    ),
    (
        &["pull", "--platform", "lunix/amd64", "x"],
        "unknown operating system",
    ),
    (
        &["pull", "--platform", "linux", "--all-platforms", "x"],
        "cannot be used with",
    ),
    (&["pull", "--exit-code", "x"], "--newer"),
    (
        &["pull", "--limit-rate", "fast", "x"],
        "invalid rate \"fast\"",
    ),
    (
        &["pull", "--stall-timeout", "30", "x"],
        "its unit is missing",
    ),
    (&["pull", "-j", "0", "x"], "a number from 1 to"),
    (&["pull", "--cert-file", "c.pem", "x"], "--key-file"),
    (
        &["pull", "--creds", "a:b", "--anonymous", "x"],
        "cannot be used with",
    ),
    (&["tag", "x"], "`rg tag` needs <TARGET_IMAGE[:TAG]>"),
    (
        &["tag", "x", "Bad/Name"],
        "repository name (Name) must be lowercase",
    ),
    (&["images", "--filter", "size=3"], "invalid filter"),
    (
        &["images", "--format", "{{.Nope}}"],
        "there is no field .Nope",
    ),
    (&["images", "--format", "{{range .}}"], "at character 1"),
    (
        &["inspect", "--format", "table", "x"],
        "inspect prints JSON",
    ),
    (&["search"], "`rg search` needs <TERM>"),
    (
        &["search", "--limit", "101", "x"],
        "Limit 101 is outside the range of [1, 100]",
    ),
    (
        &["search", "--limit", "0", "x"],
        "Limit 0 is outside the range of [1, 100]",
    ),
    (&["search", "-f", "stars=many", "x"], "invalid filter"),
    (&["tags", "debian:12"], "names one image"),
    (&["tags", "--filter", "[", "debian"], "invalid pattern"),
    (&["catalog", "not a host"], "cannot be part of a host name"),
    (
        &["digest", "dir:/tmp/x"],
        "places of the kind dir: are not supported",
    ),
    (
        &["manifest", "containers-storage:alpine"],
        "places of the kind containers-storage: are not supported",
    ),
    (&["pull", "oci:layout:v1"], "no name on a registry"),
    (&["delete", "oci-archive:a.tar"], "no name on a registry"),
    (&["tags", "local:debian"], "this is in the local store"),
    (
        &["rmi", "oci:layout:v1"],
        "`copy oci:layout:v1 local:NAME` brings it there",
    ),
    (
        &["save", "docker-archive:a.tar"],
        "this is not in the local store",
    ),
    (
        &["unpack", "docker-daemon:app", "root"],
        "this is not in the local store",
    ),
    (
        &["push", "dir:/tmp/x"],
        "places of the kind dir: are not supported",
    ),
    (
        &["expire", "h.invalid/x"],
        "`rg expire` needs <--keep <N>|--older-than <AGE>>",
    ),
    (&["--store", "typo", "images"], "there is no store at typo"),
    (
        &["copy", "oci:x:1", "docker-archve:out.tar"],
        "places of the kind docker-archve: are not known",
    ),
    (&["manifest"], "`rg manifest` needs <NAME>"),
    (
        &["manifest", "inspect"],
        "`rg manifest inspect` needs <NAME>",
    ),
    (&["serve", "somewhere:5000"], "is no address to listen on"),
    (
        &["serve", "--read-only", "--allow-delete"],
        "cannot be used with",
    ),
    (&["--progress", "fancy", "images"], "invalid value 'fancy'"),
    (
        &["--log-level", "loud", "images"],
        "unknown log level \"loud\"",
    ),
    (&["image", "frob"], "unknown command \"frob\""),
];

#[test]
fn a_wrong_command_line_has_one_error_and_changes_nothing() {
    let world = Env::new();
    for (arguments, text) in WRONG {
        let output = world.rg(arguments).exits(2).says(text);
        let errors = output.stderr.matches("error:").count();
        assert!(
            errors == 1 && output.stderr.starts_with("error: "),
            "{output}"
        );
        assert_eq!(output.stdout, "", "{output}");
        assert!(!output.stderr.contains('\x1b'), "{output}");
    }
    assert!(!world.store().exists(), "a usage error made a store");
    assert!(!world.path("typo").exists());
    assert!(world.docker_config().is_null());
}

#[test]
fn a_slip_of_the_finger_has_a_suggestion() {
    let world = Env::new();
    world.rg(["pul", "x"]).exits(2).says("did you mean `pull`");
    world
        .rg(["pull", "--platfrom", "linux", "x"])
        .exits(2)
        .says("did you mean `--platform`?");
    world.rg(["image", "lst"]).exits(2).says("did you mean `");
}

#[test]
fn a_bad_name_shows_where_it_is_bad() {
    let world = Env::new();
    let cases = [
        ("Lab/UPPER", "  Lab/UPPER\n      ^\n"),
        ("app:la$t", "  app:la$t\n        ^\n"),
        ("a b", "  a b\n   ^\n"),
        ("a\x1b[2jb", "  a\\x1b[2jb\n   ^^^^\n"),
    ];
    for (name, picture) in cases {
        world
            .rg(["pull", name])
            .exits(2)
            .says("error: invalid reference format")
            .says(picture)
            .hides("\x1b");
    }
    world
        .rg(["pull", "good", "Bad"])
        .exits(2)
        .hides("Pulling from");
    assert!(
        !world.store().exists(),
        "a bad name among good ones pulled something"
    );
}

#[test]
fn two_dashes_end_the_options() {
    let world = Env::new();
    world
        .rg(["pull", "--", "-x"])
        .exits(2)
        .says("invalid reference format");
    world
        .rg(["tag", "nosuch", "--", "x:2"])
        .exits(3)
        .says("No such image: nosuch:latest");
}

#[test]
fn secrets_are_not_repeated_in_errors() {
    let world = Env::new();
    let wrong: [&[&str]; 4] = [
        &["pull", "--creds", "hunter2", "x"],
        &["pull", "--creds", "hunter2", "--frob", "x"],
        &["login", "-p", "hunter2", "--password-stdin", "h.example"],
        &["login", "-p", "hunter2", "--frob", "h.example"],
    ];
    for arguments in wrong {
        world.rg(arguments).exits(2).hides("hunter2");
    }
}

#[test]
fn a_bad_variable_is_named() {
    let world = Env::new();
    let images = |name: &str, value: &str| world.command(["images"]).env(name, value).run();
    images("RG_PROGRESS", "fancy").exits(2).says("RG_PROGRESS");
    images("RG_LOG", "loud").exits(2).says("\"loud\"");
    images("DOCKER_DEFAULT_PLATFORM", "linux/amd46")
        .exits(2)
        .says("linux/amd46");
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_an_error_and_never_a_hang() {
    let world = Env::new();
    let pipe = world.path("pipe").display().to_string();
    world.program("mkfifo", &[&pipe]).run().succeeds();
    world
        .rg(["--settings", "/dev/zero", "images"])
        .exits(7)
        .says("cannot read the settings /dev/zero");
    // Nothing comes out of a pipe that nobody writes to: that is an empty file.
    world.rg(["--settings", &pipe, "images"]).succeeds();
    for file in ["/dev/zero", &pipe] {
        world
            .rg(["pull", "--ca-file", file, "h.invalid/x"])
            .exits(7)
            .says(file);
        world
            .rg(["serve", "--htpasswd", file, "127.0.0.1:0"])
            .exits(7)
            .says(file);
    }
}

#[test]
fn a_name_with_a_scheme_is_told_what_to_leave_out() {
    for (name, scheme) in [
        ("https://h.example/app:1", "https://"),
        ("docker://alpine", "docker://"),
    ] {
        Env::new()
            .rg(["pull", name])
            .exits(2)
            .says(&format!("a name has no scheme: leave out {scheme}"));
    }
}

#[test]
fn hints_name_commands_that_can_be_typed() {
    super::called("reg", &["man", "nope"])
        .exits(2)
        .says("hint: `reg help` lists the commands");
}
