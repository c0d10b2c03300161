//! Keyrings and helpers that others wrote: gnome-keyring as the Secret Service, docker's helpers for it and for pass, and
//! skopeo as the other program that has to see the same logins.

use crate::support::client::Client;
use crate::support::env::{Env, Output, require};
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

/// skopeo over docker's file of this world.
fn skopeo(env: &Env, arguments: &[&str]) -> Output {
    require("skopeo");
    let file = env.path("docker/config.json").display().to_string();
    let mut all = vec!["--insecure-policy"];
    all.extend(arguments);
    all.extend(["--authfile", &file]);
    env.program("skopeo", &all).run()
}

fn skopeo_inspect(env: &Env, registry: &Registry) -> Output {
    let place = format!("docker://{}/app:v1", registry.host());
    skopeo(env, &["inspect", "--tls-verify=false", &place])
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

#[test]
#[ignore = "needs gnome-keyring, dbus, skopeo and docker-registry"]
fn skopeo_and_rg_see_each_others_logins_in_the_keyring() {
    let registry = registry();
    let host = registry.host();
    let mut env = world("auto");
    let _session = Session::start(&mut env, true);
    let folder = env.folder_on_path("bin").display().to_string();
    env.rg(["credential", "install", "--dir", &folder])
        .succeeds();
    skopeo_inspect(&env, &registry).exits(1);
    login(&env, &host)
        .succeeds()
        .says("Stored in the keyring")
        .hides("credential install");
    assert_eq!(env.docker_config()["credHelpers"][&host], "rg");
    file(&env);
    skopeo_inspect(&env, &registry).succeeds();
    let (from, to) = (
        format!("docker://{host}/app:v1"),
        format!("docker://{host}/copy:v1"),
    );
    skopeo(
        &env,
        &[
            "copy",
            "--src-tls-verify=false",
            "--dest-tls-verify=false",
            &from,
            &to,
        ],
    )
    .succeeds();
    env.rg(["pull", &format!("{host}/copy:v1")]).succeeds();
    env.rg(["login", "--list"])
        .succeeds()
        .prints("the keyring (Secret Service)");

    // skopeo's logout is seen by rg, its login too.
    skopeo(&env, &["logout", &host]).succeeds();
    pull(&env, &registry).exits(4);
    skopeo(
        &env,
        &[
            "login",
            "--tls-verify=false",
            "-u",
            USER,
            "-p",
            PASSWORD,
            &host,
        ],
    )
    .succeeds();
    file(&env);
    pull(&env, &registry).succeeds();
    env.rg(["rmi", &format!("{host}/app:v1")]).succeeds();

    // rg's logout is seen by skopeo.
    env.rg(["logout", &host]).succeeds();
    assert!(env.docker_config()["credHelpers"].is_null());
    skopeo_inspect(&env, &registry).exits(1);
    assert_eq!(ask(&env, "list", "").succeeds().stdout, "{}\n");
}

#[test]
#[ignore = "needs gnome-keyring, dbus and docker-registry"]
fn as_dockers_helper_for_all_registries_it_has_the_logins_of_both() {
    let registry = registry();
    let host = registry.host();
    let mut env = world("auto");
    let _session = Session::start(&mut env, true);
    let folder = env.folder_on_path("bin").display().to_string();
    env.rg(["credential", "install", "--dir", &folder])
        .succeeds();
    env.write("docker/config.json", "{\"credsStore\": \"rg\"}");
    login(&env, &host)
        .succeeds()
        .says("Stored in the keyring")
        .hides("credential install");
    assert!(env.docker_config()["credHelpers"].is_null());
    // As docker asks.
    let helper = |verb: &str, input: &str| {
        env.program("docker-credential-rg", &[verb])
            .stdin(input)
            .run()
    };
    helper("get", &host)
        .succeeds()
        .prints(&format!("\"Secret\":\"{PASSWORD}\""));
    helper("erase", &host).succeeds();
    pull(&env, &registry).exits(4);
    let document = serde_json::json!({"ServerURL": host, "Username": USER, "Secret": PASSWORD});
    helper("store", &document.to_string()).succeeds();
    pull(&env, &registry).succeeds();
    env.rg(["login", "--list"])
        .succeeds()
        .prints(&host)
        .prints("the keyring");
    env.rg(["logout", &host]).succeeds();
    helper("get", &host)
        .exits(1)
        .prints("credentials not found in native keychain");
}

#[test]
#[ignore = "needs skopeo and docker-registry"]
fn skopeo_and_rg_see_each_others_logins_in_dockers_file() {
    let registry = registry();
    let host = registry.host();
    let env = world("file");
    login(&env, &host).succeeds().says("WARNING!");
    skopeo_inspect(&env, &registry).succeeds();
    skopeo(&env, &["logout", &host]).succeeds();
    pull(&env, &registry).exits(4);
    skopeo(
        &env,
        &[
            "login",
            "--tls-verify=false",
            "-u",
            USER,
            "-p",
            PASSWORD,
            &host,
        ],
    )
    .succeeds();
    pull(&env, &registry).succeeds();
    env.rg(["logout", &host]).succeeds();
    skopeo_inspect(&env, &registry).exits(1);
}

/// Login, pull, list and logout by one of docker's own helpers.
fn by_helper(env: &Env, registry: &Registry, name: &str) {
    let (host, program) = (registry.host(), format!("docker-credential-{name}"));
    require(&program);
    env.write(
        "docker/config.json",
        &format!("{{\"credsStore\": \"{name}\"}}"),
    );
    login(env, &host)
        .succeeds()
        .says(&format!("Stored by {program}."));
    file(env);
    pull(env, registry).succeeds();
    env.rg(["login", "--list"])
        .succeeds()
        .prints(&host)
        .prints(&program);
    env.rg(["rmi", &format!("{host}/app:v1")]).succeeds();
    env.rg(["logout", &host]).succeeds();
    pull(env, registry)
        .exits(4)
        .hides("warning: the credential store");
    env.rg(["logout", &host]).succeeds();
}

#[test]
#[ignore = "needs gnome-keyring, dbus, docker-credential-secretservice and docker-registry"]
fn dockers_helper_for_the_secret_service_works_beside_ours() {
    let registry = registry();
    let mut env = world("auto");
    let _session = Session::start(&mut env, true);
    by_helper(&env, &registry, "secretservice");
    let document = r#"{"ServerURL":"r.example","Username":"alice","Secret":"s"}"#;
    ask(&env, "store", document).succeeds();
    let theirs = env
        .program("docker-credential-secretservice", &["list"])
        .run();
    assert_eq!(
        theirs.succeeds().stdout.trim(),
        "{}",
        "logins of ours are not theirs"
    );
}

/// The agent that gpg starts, ended with the test.
struct Agent<'a>(&'a Env);

impl Drop for Agent<'_> {
    fn drop(&mut self) {
        self.0.program("gpgconf", &["--kill", "all"]).run();
    }
}

#[test]
#[ignore = "needs pass, gnupg, docker-credential-pass and docker-registry"]
fn pass_works_once_it_is_set_up_and_is_named_until_then() {
    use std::os::unix::fs::PermissionsExt as _;
    for program in ["pass", "gpg", "gpgconf"] {
        require(program);
    }
    let registry = registry();
    let mut env = world("auto");
    let gnupg = env.path("gnupg");
    std::fs::create_dir(&gnupg).unwrap();
    std::fs::set_permissions(&gnupg, std::fs::Permissions::from_mode(0o700)).unwrap();
    env.set("GNUPGHOME", gnupg.to_str().unwrap());
    let _agent = Agent(&env);
    let before = "{\"credsStore\": \"pass\"}";
    env.write("docker/config.json", before);
    login(&env, &registry.host())
        .exits(4)
        .says("docker-credential-pass");
    assert_eq!(file(&env), before);
    let open = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &open.base(), "app", "v1", &small(2));
    pull(&env, &open).succeeds();

    let key = [
        "--batch",
        "--passphrase",
        "",
        "--quick-gen-key",
        "rg test",
        "future-default",
        "default",
        "never",
    ];
    env.program("gpg", &key).run().succeeds();
    env.program("pass", &["init", "rg test"]).run().succeeds();
    by_helper(&env, &registry, "pass");
}
