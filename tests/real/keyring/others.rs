//! Other programs over the same logins: skopeo, and docker's helpers where they take the place of ours.

use super::{ask, file, login, pull, registry, world};
use crate::support::client::Client;
use crate::support::env::{Env, Output, require};
use crate::support::image::{push_raw, small};
use crate::support::keyring::Session;
use crate::support::registry::{Options, PASSWORD, Registry, USER};

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
