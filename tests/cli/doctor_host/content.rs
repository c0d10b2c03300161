//! The steps that try out what a registry can do.

use serde_json::Value;

use super::{altered, look, objects, one_image, step};
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::Response;
use crate::support::image::small;

#[test]
fn mirrors_are_asked_in_order_and_the_image_is_read_at_the_registry() {
    let (registry, mirror) = (one_image(), one_image());
    let world = Env::new();
    let host = registry.host();
    let (dead, alive) = ("http://127.0.0.1:1", mirror.base());
    world.settings(&format!(
        "[registry.\"{host}\"]\nmirrors = [\"{dead}\", \"{alive}\"]\n"
    ));
    let output = look(&world, &["--repository", "app:v1", &host]).succeeds();
    let mut told = objects(&output);
    told.retain(|object| object["step"] == "mirrors");
    let seen: Vec<(&Value, &Value, &Value)> = told
        .iter()
        .map(|object| {
            (
                &object["data"]["site"],
                &object["status"],
                &object["data"]["status"],
            )
        })
        .collect();
    assert_eq!(seen.len(), 2, "{output}");
    assert!(*seen[0].0 == dead && *seen[0].1 == "note", "{output}");
    assert!(
        *seen[1].0 == alive.as_str() && *seen[1].2 == 200,
        "{output}"
    );
    assert_eq!(step(&output, "ranges")["data"]["honoured"], true);
    assert_eq!(mirror.lines(), ["GET /v2/"]);
}

#[test]
fn without_write_nothing_but_questions_is_asked() {
    let fake = one_image();
    let output = look(&Env::new(), &["--repository", "app", &fake.host()]).succeeds();
    assert!(!output.stdout.contains("\"upload\""), "{output}");
    for exchange in fake.log() {
        assert!(exchange.request.reads(), "{}", exchange.request.line());
    }
}

#[test]
fn an_upload_that_cannot_be_given_up_is_told() {
    let fake = altered(|request, honest| match request.method.as_str() {
        "DELETE" => Response::new(405),
        "POST" => honest.header("OCI-Chunk-Min-Length", "5000000"),
        _ => honest,
    });
    let output = look(&Env::new(), &["--write", "scratch", &fake.host()]).succeeds();
    let upload = step(&output, "upload");
    assert_eq!(upload["status"], "note");
    assert_eq!(upload["data"]["given_up"], 405);
    assert_eq!(upload["data"]["chunk_min"], 5_000_000);
    assert!(upload["advice"].as_str().unwrap().contains("empty upload"));
}

#[test]
fn a_registry_without_a_catalog_and_referrers_is_tried_on_the_image_named() {
    let fake = altered(|request, honest| {
        if request.path() == "/v2/_catalog" || request.path().contains("/referrers/") {
            return Response::error(404, "UNSUPPORTED", "no such list");
        }
        honest
    });
    let host = fake.host();
    let without = look(&Env::new(), &[&host]).succeeds();
    assert_eq!(step(&without, "catalog")["data"]["offered"], false);
    assert_eq!(step(&without, "ranges")["data"]["honoured"], Value::Null);
    // With the registry before the name, as names are written elsewhere.
    let named = format!("{host}/app");
    let with = look(&Env::new(), &["--repository", &named, &host]).succeeds();
    assert_eq!(step(&with, "ranges")["data"]["honoured"], true);
    assert_eq!(step(&with, "referrers")["data"]["offered"], false);
}

#[test]
fn the_catalog_leads_to_an_image_that_things_are_tried_on() {
    let fake = altered(|request, honest| {
        if request.path() == "/v2/_catalog" {
            let names = serde_json::json!({"repositories": ["absent", "app"]});
            return Response::new(200).json(&names);
        }
        honest
    });
    let output = look(&Env::new(), &[&fake.host()]).succeeds();
    let ranges = step(&output, "ranges");
    assert_eq!(ranges["data"]["repository"], fake.name("app"));
    assert_eq!(ranges["data"]["honoured"], true);
}

#[test]
fn ranges_that_are_ignored_are_a_note() {
    let content = Content::of(&[("app", "v1", &small(1))]);
    let fake = Fake::start(content, |request, content| {
        let mut whole = request.clone();
        whole.headers.remove("Range");
        content.answer(&whole)
    });
    let output = look(&Env::new(), &["--repository", "app:v1", &fake.host()]).succeeds();
    let ranges = step(&output, "ranges");
    assert_eq!(ranges["status"], "note");
    assert_eq!(ranges["data"]["honoured"], false);
}

#[test]
fn an_image_that_was_named_and_is_not_there_is_a_failure() {
    let fake = one_image();
    let output = look(&Env::new(), &["--repository", "app:v2", &fake.host()]).exits(3);
    assert_eq!(step(&output, "ranges")["status"], "failed");
    assert_eq!(step(&output, "clock")["status"], "note");
}

#[test]
fn limits_are_told_where_the_registry_states_them() {
    let fake = altered(|request, honest| {
        if request.method == "HEAD" && request.path().contains("/manifests/") {
            return honest
                .header("RateLimit-Limit", "100;w=21600")
                .header("RateLimit-Remaining", "0;w=21600");
        }
        honest
    });
    let output = look(&Env::new(), &["--repository", "app:v1", &fake.host()]).succeeds();
    let limits = step(&output, "limits");
    assert_eq!(limits["status"], "note");
    let expected = serde_json::json!({"limit": 100, "remaining": 0, "window": 21600});
    assert_eq!(limits["data"], expected);
}
