//! gnome-keyring as the Secret Service, and in `others` the programs that have to see the same logins: skopeo, and docker's
//! own helpers for the Secret Service and for pass.

mod others;

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::image::{push_raw, small};
use crate::support::keyring::Session;
use crate::support::registry::{Options, PASSWORD, Registry, USER};

/// A registry that asks for a password and has one image.
fn registry() -> Registry {
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        ..Options::default()
    });
    let client = Client::new().with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "app", "v1", &small(1));
    registry
}

/// A world whose settings name a place for logins.
fn world(credential_store: &str) -> Env {
    let env = Env::new();
    env.settings(&format!("credential_store = \"{credential_store}\"\n"));
    env
}

fn login(env: &Env, host: &str) -> Output {
    let arguments = ["login", "-u", USER, "--password-stdin", host];
    env.command(arguments).stdin(PASSWORD).run().hides(PASSWORD)
}

fn pull(env: &Env, registry: &Registry) -> Output {
    env.rg(["pull", &format!("{}/app:v1", registry.host())])
}

/// Asks `rg` as a helper.
fn ask(env: &Env, verb: &str, input: &str) -> Output {
    env.command(["credential", verb]).stdin(input).run()
}

/// Docker's file, asserted to hold no password in any form.
fn file(env: &Env) -> String {
    use base64::Engine as _;
    let text = std::fs::read_to_string(env.path("docker/config.json")).unwrap_or_default();
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    assert!(
        !text.contains(PASSWORD) && !text.contains(&encoded),
        "{text}"
    );
    text
}

#[test]
#[ignore = "needs gnome-keyring, dbus and docker-registry"]
fn the_secret_service_keeps_a_login_until_logout() {
    let registry = registry();
    let host = registry.host();
    for setting in ["auto", "keyring"] {
        let mut env = world(setting);
        let _session = Session::start(&mut env, true);
        pull(&env, &registry).exits(4);
        login(&env, &host)
            .succeeds()
            .says("Stored in the keyring (Secret Service).")
            .says("`rg credential install`")
            .hides("WARNING!");
        assert!(
            file(&env).contains(&format!("\"{host}\": {{}}")),
            "{}",
            file(&env)
        );
        pull(&env, &registry).succeeds();
        let list = env.rg(["login", "--list"]).succeeds();
        assert!(list.last_line().starts_with(&host), "{list}");
        list.prints("the keyring (Secret Service)").hides(PASSWORD);
        env.rg(["logout", &host]).succeeds();
        assert!(!file(&env).contains(&host));
        pull(&env, &registry).exits(4);
    }
}

#[test]
#[ignore = "needs gnome-keyring, dbus and docker-registry"]
fn a_login_outlives_the_session_and_is_locked_without_its_password() {
    let registry = registry();
    let host = registry.host();
    let mut env = world("auto");
    let session = Session::start(&mut env, true);
    login(&env, &host).succeeds().says("Stored in the keyring");
    drop(session);
    let session = Session::start(&mut env, true);
    pull(&env, &registry).succeeds();
    drop(session);

    let _locked = Session::start(&mut env, false);
    env.rg(["rmi", &format!("{host}/app:v1")]).succeeds();
    // What nobody logged in to is no matter of the keyring.
    let open = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &open.base(), "app", "v1", &small(2));
    pull(&env, &open).succeeds().hides("keyring");
    env.rg(["logout", &open.host()]).succeeds();
    pull(&env, &registry)
        .exits(4)
        .says("the keyring (Secret Service) cannot be used: it is locked");
    env.rg(["config", &host])
        .succeeds()
        .prints("the keyring (Secret Service)");
    // A login for a part of the registry stands in the file and wins; the rest is still asked of the keyring.
    let part = format!("{host}/app");
    login(&env, &part)
        .succeeds()
        .says("WARNING! Your credentials are stored unencrypted in");
    pull(&env, &registry).succeeds().hides("keyring");
    env.rg(["logout", &part]).succeeds();
    env.rg(["rmi", &format!("{host}/app:v1")]).succeeds();
    let before = file(&env);
    ask(&env, "get", &host).exits(1).prints("it is locked");
    env.rg(["logout", "other.example"]).succeeds();
    env.settings("credential_store = \"keyring\"\n");
    login(&env, &host)
        .exits(4)
        .says("it is locked")
        .says("hint: unlock it");
    assert_eq!(file(&env), before);
    env.settings("credential_store = \"auto\"\n");
    login(&env, &host)
        .succeeds()
        .says("warning: the keyring is not used: it is locked")
        .says("WARNING! Your credentials are stored unencrypted in");
    pull(&env, &registry).succeeds();
}

#[test]
#[ignore = "needs docker-registry"]
fn without_a_keyring_auto_is_the_file_with_dockers_warning() {
    let registry = registry();
    let mut env = world("auto");
    login(&env, &registry.host())
        .succeeds()
        .says("WARNING! Your credentials are stored unencrypted in")
        .hides("keyring");
    pull(&env, &registry).succeeds();
    env.rg(["logout", &registry.host()]).succeeds();
    // A session that has come to its end.
    env.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
    login(&env, &registry.host())
        .succeeds()
        .says("warning: the keyring is not used:")
        .says("WARNING! Your credentials are stored unencrypted in");
    env.rg(["login", "--list"]).succeeds().prints("config.json");
    env.rg(["logout", &registry.host()]).succeeds();
}

#[test]
#[ignore = "needs gnome-keyring and dbus"]
fn a_secret_of_twenty_thousand_bytes_comes_back_whole() {
    let mut env = world("auto");
    let _session = Session::start(&mut env, true);
    let words = (0..2000).map(|number| format!("{number:08}\u{e9}"));
    let secret = words.collect::<Vec<_>>().concat();
    assert_eq!(secret.len(), 20_000);
    for (server, secret) in [
        ("r.example", secret.as_str()),
        ("q.example", "short"),
        ("r.example", "short"),
        ("r.example", &secret),
    ] {
        let document =
            serde_json::json!({"ServerURL": server, "Username": "alice", "Secret": secret});
        ask(&env, "store", &document.to_string()).succeeds();
        let got = ask(&env, "get", server).succeeds();
        let got: serde_json::Value = serde_json::from_str(&got.stdout).unwrap();
        assert_eq!(got, document);
    }
    assert_eq!(
        ask(&env, "list", "").succeeds().stdout,
        "{\"q.example\":\"alice\",\"r.example\":\"alice\"}\n"
    );
    // A short one, and a long one in eight pieces.
    assert_eq!(items(&env), 1 + 1 + 8);
    for server in ["https://r.example/v1/", "q.example", "q.example"] {
        ask(&env, "erase", server).succeeds();
    }
    assert_eq!(ask(&env, "list", "").succeeds().stdout, "{}\n");
    let unknown = ask(&env, "get", "r.example").exits(1);
    assert_eq!(unknown.stdout, "credentials not found in native keychain\n");
    assert_eq!(items(&env), 0);
}

/// How many items the keyring has in all, logins and their pieces.
fn items(env: &Env) -> usize {
    let search = [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.SearchItems",
        "dict:string:string:",
    ];
    let found = env.program("dbus-send", &search).run().succeeds();
    found
        .stdout
        .matches("/org/freedesktop/secrets/collection/login/")
        .count()
}
