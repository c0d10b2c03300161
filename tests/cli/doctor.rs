//! `doctor`: the whole main job on this machine, and a look at one registry.

use crate::support::env::Env;
use crate::support::registry::{Options, PASSWORD, Registry, USER};

#[test]
fn everything_works_here_even_with_dead_proxies_and_nothing_is_left_behind() {
    let world = Env::new();
    let mut run = world.command(["doctor"]);
    for variable in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        run = run.env(variable, "http://127.0.0.1:9");
    }
    let output = run.run().succeeds();
    for step in [
        "image", "login", "push", "list", "cut", "resume", "verify", "again", "logout",
    ] {
        let passed = format!("  ok    {step}");
        assert!(output.stdout.contains(&passed), "no {step} in {output}");
    }
    assert!(
        output.last_line().starts_with("Everything works: "),
        "{output}"
    );
    assert_eq!(output.stderr, "", "{output}");
    assert!(!world.store().exists() && world.docker_config().is_null());
    assert_eq!(
        std::fs::read_dir(world.path("tmp")).unwrap().count(),
        0,
        "temporary files are left"
    );
}

#[test]
fn a_registry_is_looked_at_with_the_stored_login() {
    let registry = Registry::embedded(&Options {
        htpasswd: true,
        ..Options::default()
    });
    let world = Env::new();
    let host = registry.host();
    world
        .rg(["doctor", &host])
        .succeeds()
        .prints("it asks for basic")
        .prints("there is none stored");
    let login = world.command(["login", "-u", USER, "--password-stdin", &host]);
    login
        .stdin(&format!("{PASSWORD}\n"))
        .run()
        .succeeds()
        .prints("Login Succeeded\n");
    world
        .rg(["doctor", &host])
        .succeeds()
        .prints(" works")
        .hides(PASSWORD);
}

#[test]
fn a_registry_that_is_not_there_is_a_failure() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    Env::new()
        .rg(["doctor", "--retries", "0", &closed])
        .exits(5)
        .prints("  FAIL  answer")
        .says("doctor: answer");
}
