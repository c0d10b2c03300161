//! The steps on the way to a registry, until it has answered, and its clock.

use serde_json::Value;

use super::{CLOSED, altered, look, objects, one_image, step};
use crate::support::env::Env;
use crate::support::fake::Content;
use crate::support::http::{Request, Response, Server};
use crate::support::image::small;
use crate::support::tls::{Authority, MADE_UP};

#[test]
fn a_registry_that_is_not_there_is_a_failure() {
    let world = Env::new();
    world
        .rg(["doctor", CLOSED])
        .exits(5)
        .prints("  FAIL  connect ")
        .prints("advice: check the port")
        .prints("Failed: connect (")
        .says("error: doctor: connect: connecting to 127.0.0.1:1: ");
    let output = look(&world, &[CLOSED]).exits(5);
    assert_eq!(step(&output, "connect")["data"]["exit"], 5);
    // What is known without the registry is told all the same.
    assert_eq!(objects(&output).last().unwrap()["step"], "login");
}

#[test]
fn a_name_that_nobody_knows_is_a_failure_of_its_own() {
    let output = look(&Env::new(), &["nobody.invalid"]).exits(5);
    assert_eq!(step(&output, "addresses")["status"], "failed");
    assert!(!output.stdout.contains("\"connect\""), "{output}");
}

#[test]
fn a_dead_proxy_is_what_failed_and_its_password_is_not_told() {
    let world = Env::new();
    let arguments = ["doctor", "--json", "--plain-http", "registry.invalid"];
    let run = world.command(arguments);
    let output = run
        .env("HTTP_PROXY", "http://me:opensesame@127.0.0.1:9")
        .run()
        .exits(5)
        .hides("opensesame");
    assert_eq!(step(&output, "addresses")["status"], "note");
    let proxy = step(&output, "proxy");
    assert_eq!(proxy["data"]["proxy"], "http://***@127.0.0.1:9");
    assert_eq!(proxy["data"]["from"], "the environment");
    let connect = step(&output, "connect");
    assert_eq!(connect["status"], "failed");
    assert_eq!(connect["data"]["proxy"], true);
}

#[test]
fn a_registry_behind_a_proxy_is_looked_at_through_it() {
    let content = Content::of(&[("app", "v1", &small(1))]);
    let proxy = Server::start(move |request| {
        let url = url::Url::parse(&request.target).expect("a proxy is asked for whole URLs");
        let own = Request {
            target: url.path().to_owned(),
            ..request.clone()
        };
        content.answer(&own)
    });
    let world = Env::new();
    let arguments = [
        "doctor",
        "--json",
        "--plain-http",
        "--repository",
        "app:v1",
        "registry.invalid",
    ];
    let run = world.command(arguments);
    let output = run.env("HTTP_PROXY", &proxy.host()).run().succeeds();
    let connect = step(&output, "connect")["data"].clone();
    assert_eq!(connect["address"], proxy.host());
    assert_eq!(connect["proxy"], true);
    let tls = step(&output, "tls");
    assert_eq!(tls["status"], "note");
    assert_eq!(tls["data"]["allowed_by"], "the command line");
    assert_eq!(step(&output, "ranges")["data"]["honoured"], true);
}

#[test]
fn what_is_no_registry_is_told_as_that() {
    let server = Server::start(|_| Response::new(404).body("nothing here"));
    let output = look(&Env::new(), &[&server.host()]).exits(3);
    let answer = step(&output, "answer");
    assert_eq!(answer["status"], "failed");
    assert!(
        answer["advice"]
            .as_str()
            .unwrap()
            .contains("not as a registry")
    );
}

/// A registry over TLS whose server shows the certificate of `authority`.
fn secure(authority: &Authority) -> Server {
    let content = Content::of(&[("app", "v1", &small(1))]);
    let config = authority.server_config();
    Server::start_tls(config, move |request| content.answer(request))
}

/// The step `tls` and the exit code, for a user who trusts `authority` if `trusting`.
fn handshake(authority: &Authority, trusting: bool) -> (Value, i32) {
    let server = secure(authority);
    let world = Env::new();
    let file = world.write("ca.pem", &authority.ca).display().to_string();
    let host = server.host();
    let output = if trusting {
        look(&world, &["--ca-file", &file, &host])
    } else {
        look(&world, &[&host])
    };
    (step(&output, "tls"), output.code)
}

const HERE: [&str; 2] = ["localhost", "127.0.0.1"];

#[test]
fn who_signed_a_certificate_and_until_when_it_counts_is_told() {
    let authority = Authority::certifying("a house", &HERE, Some(400));
    let (told, code) = handshake(&authority, true);
    assert_eq!((told["status"].as_str(), code), (Some("ok"), 0), "{told}");
    assert_eq!(told["data"]["protocol"], "TLS 1.3");
    assert_eq!(told["data"]["verified"], true);
    let first = told["data"]["chain"][0].clone();
    assert_eq!(first["subject"], "a test server");
    assert_eq!(first["issuer"], "a house");
    assert_eq!(first["from"], "2000-01-01T00:00:00Z");
}

#[test]
fn the_older_tls_is_told_as_that() {
    let authority = Authority::new();
    let content = Content::of(&[]);
    let config = authority.server_config_of(&[&rustls::version::TLS12]);
    let server = Server::start_tls(config, move |request| content.answer(request));
    let world = Env::new();
    let file = world.write("ca.pem", &authority.ca).display().to_string();
    let output = look(&world, &["--ca-file", &file, &server.host()]).succeeds();
    assert_eq!(step(&output, "tls")["data"]["protocol"], "TLS 1.2");
}

#[test]
fn a_certificate_that_ends_soon_is_a_note() {
    let authority = Authority::certifying("a house", &HERE, Some(10));
    let (told, code) = handshake(&authority, true);
    assert_eq!((told["status"].as_str(), code), (Some("note"), 0), "{told}");
    let until = told["data"]["chain"][0]["until"].as_str().unwrap();
    assert!(told["advice"].as_str().unwrap().contains(until), "{told}");
}

#[test]
fn what_is_wrong_with_a_certificate_is_a_failure_with_its_own_advice() {
    let expired = Authority::certifying("a house", &HERE, Some(-2));
    let elsewhere = Authority::certifying("a house", &[MADE_UP], None);
    let unknown = Authority::named("a house");
    for (authority, trusting, text, advice) in [
        (&expired, true, "expired", "new certificate"),
        (&elsewhere, true, MADE_UP, "a name that the certificate"),
        (
            &unknown,
            false,
            "signed by \"a house\"",
            "certs.d/127.0.0.1:",
        ),
        (&unknown, false, "signed by \"a house\"", "--ca-file"),
    ] {
        let (told, code) = handshake(authority, trusting);
        assert_eq!(
            (told["status"].as_str(), code),
            (Some("failed"), 8),
            "{told}"
        );
        assert!(told["text"].as_str().unwrap().contains(text), "{told}");
        assert!(told["advice"].as_str().unwrap().contains(advice), "{told}");
        assert_eq!(told["data"]["verified"], false);
        assert_eq!(told["data"]["chain"][0]["subject"], "a test server");
        assert_eq!(told["data"]["exit"], 8);
    }
}

#[test]
fn a_certificate_that_is_not_verified_is_a_note() {
    let server = secure(&Authority::new());
    let output = look(&Env::new(), &["--insecure", &server.host()]).succeeds();
    let told = step(&output, "tls");
    assert_eq!(told["status"], "note");
    assert_eq!(told["data"]["verified"], false);
    assert!(told["text"].as_str().unwrap().contains("the command line"));
}

#[test]
fn a_clock_that_is_wrong_is_a_note() {
    let fake = altered(|_, honest| honest.header("Date", "Sun, 09 Sep 2001 01:46:40 GMT"));
    let output = look(&Env::new(), &[&fake.host()]).succeeds();
    let clock = step(&output, "clock");
    assert_eq!(clock["status"], "note");
    assert!(clock["data"]["ahead"].as_i64().unwrap() < -60);
    assert!(clock["text"].as_str().unwrap().contains("behind"));
    let silent = look(&Env::new(), &[&one_image().host()]).succeeds();
    assert_eq!(step(&silent, "clock")["data"]["ahead"], Value::Null);
}
