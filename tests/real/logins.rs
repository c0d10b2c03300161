//! Logins that skopeo writes, as it writes them: found here without a word, and left to skopeo to erase.

use crate::support::client::Client;
use crate::support::env::{Env, Output, require};
use crate::support::image::{push_raw, small};
use crate::support::registry::{Options, PASSWORD, Registry, USER};

/// skopeo as it is where docker's folder is not named: then it writes a file of its own.
fn skopeo(env: &Env, arguments: &[&str]) -> Output {
    require("skopeo");
    let all: Vec<&str> = ["-u", "DOCKER_CONFIG", "skopeo"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    env.program("env", &all).stdin(PASSWORD).run()
}

fn registry() -> Registry {
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        ..Options::default()
    });
    let client = Client::new().with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "team/app", "v1", &small(1));
    push_raw(&client, &registry.base(), "app", "v1", &small(1));
    registry
}

fn log_in(env: &Env, key: &str) {
    let arguments = [
        "login",
        "--tls-verify=false",
        "-u",
        USER,
        "--password-stdin",
        key,
    ];
    skopeo(env, &arguments).succeeds();
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn a_login_by_skopeo_is_a_login_here() {
    let registry = registry();
    let env = Env::new();
    let host = registry.host();
    let name = format!("{host}/team/app:v1");
    env.rg(["pull", &name]).exits(4);
    log_in(&env, &host);
    let file = env.path("runtime/containers/auth.json");
    assert!(file.is_file(), "skopeo keeps logins elsewhere by now");
    env.rg(["pull", &name]).succeeds();
    env.rg(["push", &name]).succeeds();
    env.rg(["login", "--list"])
        .succeeds()
        .prints(&host)
        .prints("auth.json");
    // It stays skopeo's, and a logout says so.
    env.rg(["logout", &host])
        .succeeds()
        .says("auth.json still has a login for")
        .says(&format!("podman logout --authfile {}", file.display()));
    env.rg(["digest", &name]).succeeds();
    skopeo(&env, &["logout", &host]).succeeds();
    env.rg(["digest", &name]).exits(4);
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn a_namespace_that_skopeo_logged_in_to_is_that_here() {
    let registry = registry();
    let env = Env::new();
    let host = registry.host();
    log_in(&env, &format!("{host}/team"));
    assert!(env.docker_config().is_null());
    env.rg(["digest", &format!("{host}/team/app:v1")])
        .succeeds();
    env.rg(["digest", &format!("{host}/app:v1")]).exits(4);
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn a_namespace_logged_in_to_here_is_one_for_skopeo() {
    let registry = registry();
    let env = Env::new();
    let host = registry.host();
    let key = format!("{host}/team");
    env.command(["login", "-u", USER, "--password-stdin", &key])
        .stdin(PASSWORD)
        .run()
        .succeeds();
    require("skopeo");
    let inspect = |name: &str| {
        let name = format!("docker://{host}/{name}:v1");
        env.program("skopeo", &["inspect", "--tls-verify=false", "--raw", &name])
            .run()
    };
    inspect("team/app").succeeds();
    assert_ne!(inspect("app").code, 0);
    env.rg(["logout", &key]).succeeds();
    assert_ne!(inspect("team/app").code, 0);
}
