//! `doctor HOST`: each step on the way to a registry, what it says and what it can do.

use serde_json::Value;

use crate::support::env::{Env, Output};
use crate::support::fake::{Content, Fake, basic_challenge, bearer_challenge};
use crate::support::http::{Request, Response};
use crate::support::image::small;
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::token_server::{self, TokenServer};

mod content;
mod way;

/// A port below those that are given out, where no registry is.
const CLOSED: &str = "127.0.0.1:1";

/// An honest registry with one image, `app:v1`.
fn one_image() -> Fake {
    Fake::honest(Content::of(&[("app", "v1", &small(1))]))
}

/// The same, except for what `answer` makes of its answers.
fn altered(answer: impl Fn(&Request, Response) -> Response + Send + Sync + 'static) -> Fake {
    let content = Content::of(&[("app", "v1", &small(1))]);
    Fake::start(content, move |request, content| {
        answer(request, content.answer(request))
    })
}

/// The objects that a run with `--json` printed.
fn objects(output: &Output) -> Vec<Value> {
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The one object of a step.
#[track_caller]
fn step(output: &Output, name: &str) -> Value {
    let mut found = objects(output);
    found.retain(|object| object["step"] == name);
    assert_eq!(found.len(), 1, "{name} in {output}");
    found.remove(0)
}

/// `doctor --json` without patience.
fn look(env: &Env, arguments: &[&str]) -> Output {
    let doctor = ["doctor", "--json", "--retries", "0"];
    env.rg([&doctor[..], arguments].concat())
}

fn login(env: &Env, host: &str) {
    let login = env.command(["login", "-u", USER, "--password-stdin", host]);
    login
        .stdin(format!("{PASSWORD}\n"))
        .run()
        .succeeds()
        .prints("Login Succeeded\n");
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
        .prints("there is none stored")
        .prints(&format!("advice: `rg login {host}` stores one"))
        .prints("Nothing failed: ");
    login(&world, &host);
    world
        .rg(["doctor", &host])
        .succeeds()
        .prints(" works\n")
        .hides(PASSWORD);
    let stranger = look(&world, &["--anonymous", &host]).succeeds();
    assert_eq!(step(&stranger, "login")["data"]["from"], Value::Null);
    assert_eq!(step(&stranger, "catalog")["data"]["denied"], true);
}

#[test]
fn every_step_is_one_object_in_order_and_no_upload_is_left() {
    let fake = one_image();
    let world = Env::new();
    let host = fake.host();
    let output = look(
        &world,
        &["--write", "scratch", "--repository", "app:v1", &host],
    )
    .succeeds();
    let objects = objects(&output);
    let steps: Vec<&str> = objects
        .iter()
        .map(|object| object["step"].as_str().unwrap())
        .collect();
    assert_eq!(
        steps,
        [
            "name",
            "addresses",
            "proxy",
            "connect",
            "tls",
            "answer",
            "challenge",
            "login",
            "mirrors",
            "catalog",
            "ranges",
            "upload",
            "referrers",
            "deletion",
            "limits",
            "clock"
        ]
    );
    for object in &objects {
        let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
        let advised = ["step", "status", "text", "advice", "data"];
        let plain = ["step", "status", "text", "data"];
        assert!(keys == advised || keys == plain, "{object}");
        assert!(
            matches!(object["status"].as_str(), Some("ok" | "note")),
            "{object}"
        );
        assert!(object["data"].is_object(), "{object}");
    }
    let connected = step(&output, "connect")["data"].clone();
    assert_eq!(connected["address"], host.as_str());
    assert!(connected["ms"].is_u64() && connected["proxy"] == false);
    assert_eq!(step(&output, "ranges")["data"]["honoured"], true);
    let upload = step(&output, "upload")["data"].clone();
    assert_eq!(upload["begun"], 202);
    assert_eq!(upload["location"], "relative");
    assert_eq!(upload["given_up"], 204);
    let lines = fake.lines();
    let of_upload = lines.iter().filter(|line| line.contains("/uploads/"));
    let methods: Vec<&str> = of_upload
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(methods, ["POST", "GET", "DELETE"]);
    assert!(!world.store().exists() && world.docker_config().is_null());
}

#[test]
fn a_login_that_is_refused_is_a_failure_and_the_rest_is_asked_as_a_stranger() {
    let fake = altered(|request, honest| {
        if request.headers.get("Authorization").is_some() || request.path() == "/v2/" {
            return basic_challenge();
        }
        honest
    });
    let host = fake.host();
    let arguments = ["--creds", "bob:opensesame", "--repository", "app:v1", &host];
    let output = look(&Env::new(), &arguments).exits(4).hides("opensesame");
    assert_eq!(step(&output, "login")["status"], "failed");
    assert_eq!(step(&output, "login")["data"]["from"], "the command line");
    assert_eq!(step(&output, "ranges")["data"]["honoured"], true);
}

#[test]
fn a_challenge_that_nobody_can_answer_is_a_failure() {
    let fake = altered(|_, _| {
        Response::error(401, "UNAUTHORIZED", "no").header("WWW-Authenticate", "Negotiate")
    });
    let output = look(&Env::new(), &[&fake.host()]).exits(4);
    let told = objects(&output);
    let failed = told.iter().find(|object| object["status"] == "failed");
    assert_eq!(failed.unwrap()["step"], "challenge");
}

#[test]
fn a_login_for_a_namespace_wins_for_what_is_below_it() {
    let fake = one_image();
    let world = Env::new();
    let host = fake.host();
    // bob:secret and team:secret
    let auths = serde_json::json!({"auths": {
        host.as_str(): {"auth": "Ym9iOnNlY3JldA=="},
        format!("{host}/team"): {"auth": "dGVhbTpzZWNyZXQ="},
    }});
    world.write("docker/config.json", &auths.to_string());
    let why = |arguments: &[&str]| {
        let output = look(&world, arguments);
        step(&output, "login")["data"]["why"].clone()
    };
    let specific = why(&["--write", "team/app", &host]);
    assert_eq!(specific, "the most specific for team/app");
    assert_eq!(why(&[&host]), "the first place that has one");
}

#[test]
fn a_token_tells_what_it_is_good_for_and_how_long() {
    let tokens = TokenServer::start(token_server::Options::default());
    let realm = tokens.realm();
    let fake = altered(move |request, honest| {
        if request.headers.get("Authorization").is_none() {
            return bearer_challenge(&realm, "");
        }
        honest
    });
    let host = fake.host();
    let creds = format!("{USER}:{PASSWORD}");
    let arguments = ["--creds", &creds, "--repository", "app:v1", &host];
    let output = look(&Env::new(), &arguments).succeeds().hides(PASSWORD);
    let challenge = step(&output, "challenge")["data"].clone();
    assert_eq!(challenge["scheme"], "bearer");
    assert_eq!(challenge["realm_host"], "127.0.0.1");
    assert_eq!(challenge["service"], "fake");
    assert_eq!(step(&output, "login")["data"]["refresh"], true);
    let token = step(&output, "token");
    assert_eq!(token["status"], "ok", "{token}");
    let scopes = serde_json::json!(["repository:app:pull"]);
    assert_eq!(token["data"]["asked"], scopes);
    assert_eq!(token["data"]["granted"], scopes);
    assert_eq!(token["data"]["expires_in"], 300);
    let stranger = look(&Env::new(), &["--repository", "app:v1", &host]).succeeds();
    assert_eq!(step(&stranger, "token")["status"], "note");
    for ask in tokens.asks() {
        assert!(ask.scopes.len() < 2, "{ask:?}");
    }
}

#[test]
fn what_a_registry_says_cannot_turn_a_line_around() {
    let fake = altered(|_, _| {
        let challenge = "Basic realm=\"a\u{202e}b\"";
        Response::error(401, "UNAUTHORIZED", "no").header("WWW-Authenticate", challenge)
    });
    let world = Env::new();
    world
        .rg(["doctor", &fake.host()])
        .succeeds()
        .prints("realm a\\u{202e}b")
        .hides("\u{202e}");
    look(&world, &[&fake.host()]).succeeds().hides("\u{202e}");
}

#[test]
fn what_belongs_to_a_registry_needs_one() {
    let world = Env::new();
    for option in [
        &["--json"][..],
        &["--write", "app"],
        &["--repository", "app"],
    ] {
        world.rg([&["doctor"], option].concat()).exits(2);
    }
    world
        .rg(["doctor", "--write", "app:v1", CLOSED])
        .exits(2)
        .says("without tag or digest");
}
