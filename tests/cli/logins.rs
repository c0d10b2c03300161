//! Logins that other programs left on the machine, and logins for namespaces: what is found, used, listed and erased.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::support::env::{Env, Output};
use crate::support::fake::{Content, Fake, basic_challenge};
use crate::support::http::{Request, Response, Server};
use crate::support::image::small;
use crate::support::layout;

/// Podman's files in a world, and docker's.
const SESSION: &str = "runtime/containers/auth.json";
const LASTING: &str = "home/.config/containers/auth.json";
const DOCKER: &str = "docker/config.json";

fn auth(user: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(format!("{user}:secret"))
}

/// A file with these logins, users to keys.
fn auths(logins: &[(&str, &str)]) -> String {
    let entries: serde_json::Map<String, Value> = logins
        .iter()
        .map(|(key, user)| ((*key).to_owned(), json!({ "auth": auth(user) })))
        .collect();
    json!({ "auths": entries }).to_string()
}

fn put(env: &Env, path: &str, text: &str) {
    std::fs::create_dir_all(env.path(path).parent().unwrap()).unwrap();
    env.write(path, text);
}

/// A registry whose repositories each belong to the user that is called like their first component.
fn owned(content: &std::sync::Arc<Content>) -> Fake {
    Fake::start(std::sync::Arc::clone(content), |request, content| {
        let owner = request.path().split('/').nth(2).unwrap_or_default();
        if is_from(request, owner) || (owner.is_empty() && is_from(request, "team")) {
            content.answer(request)
        } else {
            basic_challenge()
        }
    })
}

fn is_from(request: &Request, user: &str) -> bool {
    let right = format!("Basic {}", auth(user));
    request.headers.get("Authorization") == Some(&right)
}

/// The rows of `login --list --json`: key, place without the world's folder, whether it is used.
fn listed(env: &Env) -> Vec<(String, String, bool)> {
    let world = env.path("").display().to_string();
    let output = env.rg(["login", "--list", "--json"]).succeeds();
    let rows = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    rows.map(|row: Value| {
        let text = |name: &str| row[name].as_str().unwrap().replace(&world, "");
        (text("Registry"), text("Store"), text("Used") == "true")
    })
    .collect()
}

fn row(key: &str, place: &str, used: bool) -> (String, String, bool) {
    (key.to_owned(), place.to_owned(), used)
}

#[test]
fn logins_of_podman_are_used_each_for_its_own_namespace() {
    let graph = small(1);
    let fake = owned(&Content::of(&[
        ("team/app", "v1", &graph),
        ("other/app", "v1", &graph),
    ]));
    let host = fake.host();
    let env = Env::new();
    let (team, other) = (fake.name("team/app:v1"), fake.name("other/app:v1"));
    for path in [SESSION, LASTING] {
        put(&env, path, &auths(&[(&format!("{host}/team"), "team")]));
        env.rg(["pull", &team]).succeeds();
        env.rg(["rmi", &team]).succeeds();
        let seen = fake.with_header("Authorization");
        env.rg(["pull", &other]).exits(4);
        assert_eq!(fake.with_header("Authorization"), seen, "{path}");
        std::fs::remove_file(env.path(path)).unwrap();
        env.rg(["pull", &team]).exits(4);
    }
    // Each of two in one run is asked for by its own.
    put(
        &env,
        SESSION,
        &auths(&[(&host, "other"), (&format!("{host}/team"), "team")]),
    );
    env.rg(["pull", &team, &other]).succeeds();
    assert!(layout::tag(&env.store(), &other).is_some());
    let named = env.path("named.json");
    std::fs::rename(env.path(SESSION), &named).unwrap();
    env.rg(["tags", &fake.name("team/app")]).exits(4);
    env.command(["tags", &fake.name("team/app")])
        .env("REGISTRY_AUTH_FILE", named.to_str().unwrap())
        .run()
        .succeeds()
        .prints("v1");
}

#[test]
fn a_namespace_is_logged_in_to_and_out_of_by_itself() {
    let fake = owned(&Content::of(&[("team/app", "v1", &small(1))]));
    let env = Env::new();
    let key = format!("{}/team", fake.host());
    let login = env.command(["login", "-u", "team", "--password-stdin", &key]);
    login
        .stdin("secret")
        .run()
        .succeeds()
        .prints("Login Succeeded")
        .says("stored unencrypted");
    assert_eq!(env.docker_config()["auths"][&key]["auth"], auth("team"));
    env.rg(["pull", &fake.name("team/app:v1")]).succeeds();
    env.rg(["pull", &fake.name("app:v1")]).exits(4);
    assert_eq!(listed(&env), [row(&key, DOCKER, true)]);

    // The registry's own login would be another.
    env.rg(["logout", &fake.host()]).succeeds().says(&format!(
        "still has a login for {key}; `rg logout {key}` removes it"
    ));
    assert_eq!(listed(&env).len(), 1);
    let output = env.rg(["logout", &key]).succeeds();
    assert_eq!(
        output.stdout,
        format!("Removing login credentials for {key}\n")
    );
    assert_eq!(output.stderr, "");
    assert_eq!(listed(&env), []);
    for odd in ["h.example/Team", "h.example/team:v1", "h.example/a//b"] {
        env.rg(["login", "-u", "a", "-p", "b", odd]).exits(2);
        env.rg(["logout", odd]).exits(2);
    }
}

#[test]
fn every_place_is_listed_with_the_login_that_is_used() {
    let env = Env::new();
    put(
        &env,
        DOCKER,
        &auths(&[("a.example", "docker"), ("b.example/ns", "docker")]),
    );
    put(
        &env,
        SESSION,
        &auths(&[("a.example", "podman"), ("c.example", "podman")]),
    );
    put(&env, LASTING, &auths(&[("c.example", "lasting")]));
    let old = json!({"https://d.example/v1/": {"auth": auth("old")}}).to_string();
    put(&env, "home/.dockercfg", &old);
    assert_eq!(
        listed(&env),
        [
            row("b.example/ns", DOCKER, true),
            row("a.example", DOCKER, true),
            row("a.example", SESSION, false),
            row("c.example", SESSION, true),
            row("c.example", LASTING, false),
            row("d.example", "home/.dockercfg", true),
        ]
    );
    let table = env.rg(["login", "--list"]).succeeds().stdout;
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["REGISTRY", "STORED", "IN", "USED"]);
    assert_eq!((lines[2][0], lines[2][2]), ("a.example", "yes"));
    assert_eq!((lines[3][0], lines[3][2]), ("a.example", "no"));
    let format = ["login", "--list", "--format", "{{.Registry}} {{.Used}}"];
    assert!(
        env.rg(format)
            .succeeds()
            .stdout
            .contains("\na.example yes\n")
    );
    env.rg(["login", "--list", "--format", "{{.Nope}}"])
        .exits(2);
    env.rg(["login", "--json", "h.example"]).exits(2);

    // What is broken is told after what is not.
    put(&env, SESSION, "{");
    let output = env.rg(["login", "--list"]).exits(7).says(SESSION);
    assert!(output.stdout.contains("d.example"), "{output}");
}

#[test]
fn logout_erases_what_is_its_own_and_names_the_rest() {
    let env = Env::new();
    let theirs = auths(&[("a.example", "podman"), ("c.example", "podman")]);
    put(
        &env,
        DOCKER,
        &auths(&[("a.example", "docker"), ("b.example/ns", "docker")]),
    );
    put(&env, SESSION, &theirs);
    let session = env.path(SESSION).display().to_string();
    let note = |host: &str| {
        format!(
            "note: {session} still has a login for {host}; `podman logout --authfile {session} {host}` removes it"
        )
    };
    env.rg(["logout", "a.example"])
        .succeeds()
        .says(&note("a.example"));
    assert_eq!(env.docker_config()["auths"]["a.example"], Value::Null);

    let variable = auths(&[("v.example", "variable")]);
    put(
        &env,
        DOCKER,
        &auths(&[("a.example", "docker"), ("b.example/ns", "docker")]),
    );
    put(
        &env,
        "home/.dockercfg",
        &json!({"d.example": {"auth": auth("old")}}).to_string(),
    );
    let output: Output = env
        .command(["logout", "--all"])
        .env("DOCKER_AUTH_CONFIG", &variable)
        .run()
        .succeeds()
        .says(&note("a.example"))
        .says(&note("c.example"))
        .says("note: DOCKER_AUTH_CONFIG still has a login for v.example")
        .says("/.dockercfg still has a login for d.example");
    let mut removed: Vec<&str> = output.stdout.lines().collect();
    removed.sort_unstable();
    assert_eq!(
        removed,
        [
            "Removing login credentials for a.example",
            "Removing login credentials for b.example/ns"
        ]
    );
    assert_eq!(env.docker_config()["auths"], json!({}));
    assert_eq!(std::fs::read_to_string(&session).unwrap(), theirs);
}

#[test]
fn logout_all_goes_on_after_a_helper_that_fails() {
    let env = Env::new();
    let mut config: Value = serde_json::from_str(&auths(&[("a.example", "docker")])).unwrap();
    config["credHelpers"] = json!({"b.example": "missing"});
    put(&env, DOCKER, &config.to_string());
    env.rg(["logout", "--all"])
        .exits(4)
        .prints("Removing login credentials for a.example")
        .says("docker-credential-missing");
    assert_eq!(env.docker_config()["auths"], json!({}));
}

#[test]
fn a_login_that_another_place_overrules_says_so() {
    let server = Server::start(|_| Response::new(200).json(&json!({})));
    let host = server.host();
    let env = Env::new();
    let login = || {
        env.command(["login", "-u", "new", "--password-stdin", &host])
            .stdin("secret")
    };
    put(&env, SESSION, &auths(&[(&host, "podman")]));
    let output = login().run().succeeds();
    assert!(
        !output.stderr.contains("note:"),
        "docker's file comes first: {output}"
    );
    login()
        .env("DOCKER_AUTH_CONFIG", &auths(&[(&host, "variable")]))
        .run()
        .succeeds()
        .says(&format!(
            "note: DOCKER_AUTH_CONFIG has a login for {host} too"
        ));
}

#[test]
fn a_broken_auth_file_is_a_warning_for_a_pull_and_an_error_for_a_push() {
    let graph = small(1);
    let tokens = Server::start(|_| Response::new(200).body("{\"token\": \"anonymous\"}"));
    let realm = format!("http://{}/token", tokens.host());
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            if request.headers.get("Authorization").is_none() {
                return crate::support::fake::bearer_challenge(&realm, "repository:app:pull");
            }
            content.answer(request)
        },
    );
    let env = Env::new();
    let name = fake.name("app:v1");
    put(&env, SESSION, "{\"auths\": hunter2");
    env.rg(["pull", &name])
        .succeeds()
        .says(SESSION)
        .says("going on without credentials")
        .hides("hunter2");
    env.rg(["push", &name])
        .exits(7)
        .says(SESSION)
        .hides("hunter2");
    // A login found before it is used as if it were whole.
    put(&env, DOCKER, &auths(&[(&fake.host(), "docker")]));
    let output = env.rg(["push", &name]).succeeds();
    assert!(!output.stderr.contains("auth.json"), "{output}");
}

#[test]
fn http_headers_in_dockers_file_are_sent_to_nobody() {
    let fake = Fake::honest(Content::of(&[("app", "v1", &small(1))]));
    let env = Env::new();
    let text = "{\"HttpHeaders\": {\"X-Mine\": \"hunter2\"}}";
    put(&env, DOCKER, text);
    env.rg(["pull", &fake.name("app:v1")]).succeeds();
    assert!(!fake.log().is_empty());
    assert_eq!(fake.with_header("X-Mine"), 0);
    assert_eq!(std::fs::read_to_string(env.path(DOCKER)).unwrap(), text);
}
