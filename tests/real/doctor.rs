//! `doctor HOST` before distribution: plain, with passwords over TLS, and with tokens.

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::image::{push_raw, small};
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::tls::Authority;
use crate::support::token_server::{self, TokenServer};

/// What a run with `--json` says about one step.
#[track_caller]
fn step(output: &Output, name: &str) -> Value {
    let lines = output.stdout.lines();
    let mut objects = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found = objects.find(|object| object["step"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {output}"))
}

#[test]
#[ignore = "needs docker-registry"]
fn distribution_is_seen_as_it_is_and_nothing_is_left_there() {
    let registry = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    let env = Env::new();
    let host = registry.host();
    let output = env
        .rg(["doctor", "--json", "--write", "scratch", &host])
        .succeeds();
    assert_eq!(step(&output, "answer")["data"]["api"], "registry/2.0");
    assert_eq!(step(&output, "challenge")["data"]["scheme"], Value::Null);
    assert_eq!(step(&output, "catalog")["data"]["offered"], true);
    let ranges = step(&output, "ranges");
    assert_eq!(ranges["data"]["honoured"], true, "{ranges}");
    assert_eq!(ranges["data"]["repository"], format!("{host}/app"));
    let upload = step(&output, "upload")["data"].clone();
    assert_eq!(upload["begun"], 202);
    assert_eq!(upload["asked"], 204);
    assert_eq!(upload["given_up"], 204);
    assert_eq!(step(&output, "referrers")["data"]["offered"], false);
    assert_eq!(step(&output, "clock")["status"], "ok");
    env.rg(["tags", &format!("{host}/scratch")]).exits(3);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_password_over_tls_is_tried() {
    let authority = Authority::named("a house");
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        tls: Some(&authority),
        ..Options::default()
    });
    let client = Client::trusting(&authority.ca).with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "app", "v1", &small(1));
    let env = Env::new();
    let host = registry.host();
    env.write(&format!("etc/docker/certs.d/{host}/ca.crt"), &authority.ca);
    let login = env.command(["login", "-u", USER, "--password-stdin", &host]);
    login.stdin(PASSWORD).run().succeeds();
    let output = env.rg(["doctor", "--json", &host]).succeeds();
    let tls = step(&output, "tls")["data"].clone();
    assert_eq!(tls["verified"], true);
    assert_eq!(tls["chain"][0]["issuer"], "a house");
    assert_eq!(step(&output, "challenge")["data"]["scheme"], "basic");
    assert_eq!(step(&output, "login")["data"]["works"], true);
    assert_eq!(step(&output, "ranges")["data"]["honoured"], true);
    let stranger = env.rg(["doctor", "--json", "--anonymous", &host]);
    assert_eq!(step(&stranger.succeeds(), "catalog")["status"], "note");
    let refused = env.rg(["doctor", "--json", "--creds", "alice:wrong", &host]);
    assert_eq!(step(&refused.exits(4), "login")["status"], "failed");
}

#[test]
#[ignore = "needs docker-registry"]
fn a_token_of_a_real_token_server_is_read() {
    let tokens = TokenServer::start(token_server::Options::default());
    let registry = Registry::distribution(&Options {
        token: Some(&tokens),
        ..Options::default()
    });
    let env = Env::new();
    let host = registry.host();
    let creds = format!("{USER}:{PASSWORD}");
    let arguments = [
        "doctor", "--json", "--creds", &creds, "--write", "scratch", &host,
    ];
    let output = env.rg(arguments).succeeds().hides(PASSWORD);
    let challenge = step(&output, "challenge")["data"].clone();
    assert_eq!(challenge["realm_host"], "127.0.0.1");
    assert_eq!(challenge["service"], token_server::SERVICE);
    let token = step(&output, "token")["data"].clone();
    let granted = token["granted"][0].as_str().unwrap();
    assert!(granted.starts_with("repository:scratch:"), "{token}");
    assert_eq!(token["asked"], json!(["repository:scratch:pull,push"]));
    assert_eq!(token["expires_in"], 300);
    let upload = step(&output, "upload");
    assert_eq!(upload["data"]["begun"], 202, "{upload}");
    assert_eq!(upload["data"]["given_up"], 204, "{upload}");
}
