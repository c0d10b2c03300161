//! `login` and `logout` as far as they go without a registry.

use crate::support::env::Env;

#[test]
fn without_a_terminal_login_fails_instead_of_waiting() {
    let world = Env::new();
    for arguments in [
        &["login", "h.example"][..],
        &["login"],
        &["login", "-u", "bob", "h.example"],
    ] {
        world
            .rg(arguments)
            .exits(2)
            .says("Cannot perform an interactive login from a non TTY device")
            .says("--password-stdin");
    }
}

#[test]
fn options_that_do_not_fit_together_have_dockers_words() {
    let world = Env::new();
    world
        .rg(["login", "--password-stdin", "h.example"])
        .exits(2)
        .says("the --password-stdin option requires --username to be set");
    world
        .rg(["login", "-p", "-", "h.example"])
        .exits(2)
        .says("the --password-stdin option requires --username to be set");
    world
        .rg([
            "login",
            "-u",
            "a",
            "-p",
            "b",
            "--password-stdin",
            "h.example",
        ])
        .exits(2)
        .says("conflicting options: cannot specify both --password and --password-stdin");
    world.rg(["login", "--list", "h.example"]).exits(2);
}

#[test]
fn a_login_that_reaches_nobody_stores_nothing() {
    let world = Env::new();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    world
        .rg(["login", "--retries", "0", "-u", "a", "-p", "b", &closed])
        .exits(5)
        .says("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
        .says(&format!("cannot log in to {closed}"));
    assert!(world.docker_config()["auths"].is_null());
}

#[test]
fn logout_of_a_host_without_a_login_is_no_error() {
    let world = Env::new();
    let cases = [
        (&["logout", "nowhere.invalid"][..], "nowhere.invalid"),
        (
            &["logout", "https://nowhere.invalid/v1/"],
            "nowhere.invalid",
        ),
        (&["logout"], "https://index.docker.io/v1/"),
        (&["logout", "docker.io"], "https://index.docker.io/v1/"),
    ];
    for (arguments, host) in cases {
        let output = world.rg(arguments).succeeds();
        assert_eq!(
            output.stdout,
            format!("Removing login credentials for {host}\n")
        );
    }
    world.rg(["logout", "--all"]).succeeds();
}

#[test]
fn logins_are_listed_without_secrets() {
    let world = Env::new();
    let file = r#"{"auths":{"h.example":{"auth":"Ym9iOmh1bnRlcjI="},"b.example:5000":{"auth":"Ym9iOmh1bnRlcjI="}}}"#;
    world.write("docker/config.json", file);
    let output = world
        .rg(["login", "--list"])
        .succeeds()
        .hides("Ym9iOmh1bnRlcjI");
    assert!(output.stdout.starts_with("REGISTRY "), "{output}");
    assert!(
        output.stdout.contains("h.example") && output.stdout.contains("b.example:5000"),
        "{output}"
    );
    world.rg(["logout", "--all"]).succeeds();
    assert_eq!(
        world
            .rg(["login", "--list"])
            .succeeds()
            .stdout
            .lines()
            .count(),
        1
    );
}
