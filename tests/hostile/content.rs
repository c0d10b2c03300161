//! Lies about content: wrong bytes, wrong manifests, names that are paths, pages that are no answers.

use serde_json::json;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::Response;
use crate::support::image::{OCI_INDEX, OCI_MANIFEST, small};
use crate::support::layout;
use crate::support::naive::Naive;

/// What a client without a limit has read by the time the test stops it, in bytes.
const RUNAWAY: u64 = 60 << 20;

/// What may at most have left the server when a client stopped at a limit of a few MiB: that and what sockets hold.
const STOPPED: u64 = 24 << 20;

#[test]
fn o01_a_flipped_byte_is_found_and_never_kept() {
    let graph = small(1);
    let (layer, right) = (
        graph.largest().digest.clone(),
        graph.largest().content.bytes(),
    );
    let flipped = layer.clone();
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            let mut response = content.answer(request);
            if request.method == "GET" && request.path().ends_with(&flipped) {
                let middle = response.body.len() / 2;
                response.body[middle] ^= 1;
            }
            response
        },
    );
    let naive = Naive::new();
    naive.pull(&fake.base(), "app", "v1").unwrap();
    assert_ne!(std::fs::read(naive.blob(&layer)).unwrap(), right);

    let env = Env::new();
    let name = fake.name("app:v1");
    env.rg(["pull", &name])
        .exits(6)
        .says("digest mismatch")
        .says(&layer);
    assert!(!layout::has(&env.store(), &layer));
    assert!(!layout::has(&env.store(), graph.digest()));
    assert_eq!(layout::tag(&env.store(), &name), None);
    layout::check(&env.store());
}

#[test]
fn o08_a_pinned_digest_is_checked_against_the_bytes_and_not_the_header() {
    let (asked, given) = (small(1), small(2));
    let wanted = asked.digest().to_owned();
    let content = Content::of(&[("app", "v1", &asked), ("app", "v2", &given)]);
    let lie = given.document();
    let fake = Fake::start(content, move |request, content| {
        let response = content.answer(request);
        if request.path().contains("/manifests/") {
            return response
                .header("Docker-Content-Digest", &wanted)
                .body(lie.clone());
        }
        response
    });
    let naive = Naive::new();
    let believed = naive.pull(&fake.base(), "app", asked.digest()).unwrap();
    assert_eq!(believed.body, given.document());
    assert_eq!(
        believed.header("Docker-Content-Digest"),
        Some(asked.digest())
    );

    let env = Env::new();
    let name = fake.name(&format!("app@{}", asked.digest()));
    env.rg(["pull", &name]).exits(6);
    layout::is_empty(&env.store());
}

#[test]
fn o11_a_blob_without_end_is_cut_off_at_its_size() {
    let graph = small(1);
    let layer = graph.largest().digest.clone();
    let endless = layer.clone();
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            let response = content.answer(request);
            if request.method == "GET" && request.path().ends_with(&endless) {
                return response.endless();
            }
            response
        },
    );
    let largest_answer = || fake.log().iter().map(|exchange| exchange.sent()).max();
    Naive::new().pull(&fake.base(), "app", "v1").unwrap();
    assert!(largest_answer() > Some(RUNAWAY));

    let before = fake.log().len();
    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).fails();
    let log = fake.log();
    let most = log[before..].iter().map(|exchange| exchange.sent()).max();
    assert!(
        most < Some(STOPPED),
        "{most:?} bytes were taken of a small blob"
    );
    assert!(!layout::has(&env.store(), &layer));
}

#[test]
fn o20_a_manifest_of_five_mebibytes_is_refused() {
    let mut document = small(1).value();
    document["annotations"] = json!({"padding": "x".repeat(5 << 20)});
    let graph = small(1).with_root(OCI_MANIFEST, &document);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let believed = Naive::new().pull(&fake.base(), "app", "v1").unwrap();
    assert!(believed.body.len() > 5 << 20);

    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).exits(6);
    layout::is_empty(&env.store());
}

#[test]
fn o20_a_manifest_without_end_is_refused_after_a_few_mebibytes() {
    let graph = small(1);
    let fake = Fake::start(Content::of(&[("app", "v1", &graph)]), |request, content| {
        let response = content.answer(request);
        if request.method == "GET" && request.path().contains("/manifests/") {
            return response.body(" ".repeat(1000)).endless();
        }
        response
    });
    let naive = Naive::new();
    naive.pull(&fake.base(), "app", "v1").unwrap();
    assert!(fake.log().iter().any(|exchange| exchange.sent() > RUNAWAY));

    let before = fake.log().len();
    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).exits(6);
    let log = fake.log();
    let most = log[before..].iter().map(|exchange| exchange.sent()).max();
    assert!(
        most < Some(STOPPED),
        "{most:?} bytes of a manifest were taken"
    );
    layout::is_empty(&env.store());
}

#[test]
fn o21_a_document_that_is_image_and_index_at_once_is_refused() {
    let mut document = small(1).value();
    document["manifests"] = json!([small(2).root().descriptor()]);
    let graph = small(1).with_root(OCI_MANIFEST, &document);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let naive = Naive::new();
    naive.pull(&fake.base(), "app", "v1").unwrap();
    assert!(naive.blob(&graph.largest().digest).exists());

    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).exits(6);
    layout::is_empty(&env.store());
}

#[test]
fn o22_a_content_type_that_belies_the_document_is_refused() {
    let graph = small(1);
    let fake = Fake::start(Content::of(&[("app", "v1", &graph)]), |request, content| {
        let response = content.answer(request);
        if request.path().contains("/manifests/") {
            return response.header("Content-Type", OCI_INDEX);
        }
        response
    });
    let believed = Naive::new().pull(&fake.base(), "app", "v1").unwrap();
    assert_eq!(believed.header("Content-Type"), Some(OCI_INDEX));
    assert!(believed.text().contains("\"layers\""));

    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).exits(6);
    layout::is_empty(&env.store());
}

#[test]
fn o23_a_digest_that_is_a_path_is_neither_asked_for_nor_written() {
    const PATH: &str = "sha256:../outside/x";
    let mut document = small(1).value();
    document["layers"][0]["digest"] = PATH.into();
    document["layers"][0]["size"] = 4.into();
    let graph = small(1).with_root(OCI_MANIFEST, &document);
    let content = Content::of(&[("app", "v1", &graph)]);
    content.put(PATH, "evil");
    let fake = Fake::honest(content);
    let asked = |from: usize| {
        fake.lines()[from..]
            .iter()
            .any(|line| line.contains("outside"))
    };
    let naive = Naive::new();
    naive.pull(&fake.base(), "app", "v1").unwrap();
    assert!(naive.folder.path().join("outside/x").exists() && asked(0));

    let before = fake.log().len();
    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).exits(6);
    assert!(!asked(before), "{:?}", fake.lines());
    layout::is_empty(&env.store());
}

#[test]
fn o40_a_page_of_html_for_everything_is_one_clear_error() {
    let portal = Fake::start(Content::of(&[]), |_, _| {
        let page = "<html><body>Welcome! Please accept our terms.</body></html>";
        Response::new(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .body(page)
    });
    assert_eq!(Client::new().get(&portal.base()).status, 200);
    assert!(Naive::new().pull(&portal.base(), "app", "v1").is_ok());

    let env = Env::new();
    let (name, host) = (portal.name("app:v1"), portal.host());
    let login = env
        .command(["login", "-u", "alice", "--password-stdin", &host])
        .stdin("secret");
    let outputs = [
        env.rg(["pull", &name]),
        env.rg(["tags", &portal.name("app")]),
        env.rg(["catalog", &host]),
        login.run(),
    ];
    for output in outputs {
        let output = output.fails().says("text/html").hides("Welcome");
        let errors = output
            .stderr
            .lines()
            .filter(|line| line.starts_with("error:"));
        assert_eq!(errors.count(), 1, "{output}");
    }
    layout::is_empty(&env.store());
    assert!(env.docker_config()["auths"].is_null());
}
