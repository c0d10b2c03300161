//! Authentication that ends in the middle or never.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake, bearer_challenge};
use crate::support::http::{End, Response, Server, lock};
use crate::support::image::{AMD64, image, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::naive::{BOUND, Naive};

/// A token server whose every token is a new one.
fn numbered_tokens() -> Server {
    let issued = AtomicUsize::new(0);
    Server::start(move |_| {
        let number = issued.fetch_add(1, Ordering::SeqCst);
        let body = serde_json::json!({"token": format!("token-{number}"), "expires_in": 300});
        Response::new(200).json(&body)
    })
}

#[test]
fn o14_a_token_that_expires_in_the_middle_is_renewed() {
    /// Requests that one token is good for.
    const GOOD_FOR: usize = 3;
    let tokens = numbered_tokens();
    let realm = format!("http://{}/token", tokens.host());
    let used: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let layers: Vec<Layer> = (0..8).map(|seed| Layer::gzip(seed, 2000)).collect();
    let graph = image(AMD64, &layers);
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            let Some(token) = request.headers.get("Authorization") else {
                return bearer_challenge(&realm, "repository:app:pull");
            };
            let mut used = lock(&used);
            let times = used.entry(token.to_owned()).or_default();
            *times += 1;
            if *times > GOOD_FOR {
                let challenge = format!(
                    "Bearer realm=\"{realm}\",service=\"fake\",scope=\"repository:app:pull\",error=\"invalid_token\""
                );
                return Response::error(401, "UNAUTHORIZED", "token expired")
                    .header("WWW-Authenticate", &challenge);
            }
            content.answer(request)
        },
    );
    // A client that keeps its first token gets no further than that.
    let client = Client::new();
    let url = format!("{}/v2/", fake.base());
    let ask = || {
        client
            .send("GET", &url, &[("Authorization", "Bearer kept")], None)
            .status
    };
    assert_eq!([ask(), ask(), ask(), ask()], [200, 200, 200, 401]);

    let env = Env::new();
    env.rg(["pull", "-j", "1", &fake.name("app:v1")]).succeeds();
    assert!(tokens.log().len() >= 2, "{:?}", tokens.lines());
    layout::check(&env.store());
    assert!(
        graph
            .nodes
            .iter()
            .all(|node| layout::has(&env.store(), &node.digest))
    );
}

#[test]
fn o15_a_signed_address_that_expired_is_asked_for_anew() {
    let graph = image(AMD64, &[Layer::gzip(1, 3 << 20)]);
    let content = Content::of(&[("app", "v1", &graph)]);
    let used: Mutex<Vec<String>> = Mutex::default();
    let cdn = Fake::start(content.clone(), move |request, content| {
        let mut used = lock(&used);
        let signature = request.query("sig").unwrap_or_default();
        if used.contains(&signature) {
            let body =
                "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
            return Response::new(403)
                .header("Content-Type", "application/xml")
                .body(body);
        }
        used.push(signature);
        let response = content.answer(request);
        // The first body of the big layer breaks off, so that somebody has to come back.
        let half = response.body.len() / 2;
        if response.body.len() > 1 << 20 && used.len() <= 3 {
            response.cut(half, End::Reset)
        } else {
            response
        }
    });
    let (place, number) = (cdn.host(), AtomicUsize::new(0));
    let fake = Fake::start(content, move |request, content| {
        if request.reads() && request.path().contains("/blobs/") {
            let number = number.fetch_add(1, Ordering::SeqCst);
            let location = format!("http://{place}{}?sig={number}", request.target);
            return Response::new(307).header("Location", &location);
        }
        content.answer(request)
    });
    // A client that comes back to where it was sent finds the address expired.
    let client = Client::new();
    let config = graph
        .blobs()
        .find(|blob| blob.content.len() < 10_000)
        .unwrap();
    let signed = format!(
        "http://{}/v2/app/blobs/{}?sig=known",
        cdn.host(),
        config.digest
    );
    assert_eq!(
        [client.get(&signed).status, client.get(&signed).status],
        [200, 403]
    );

    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).succeeds();
    let layer = &graph.largest().digest;
    let asked = fake
        .lines()
        .iter()
        .filter(|line| line.contains(layer.as_str()))
        .count();
    assert!(asked >= 2, "{:?}", fake.lines());
    layout::check(&env.store());
    assert!(layout::has(&env.store(), layer));
}

#[test]
fn o19_a_registry_that_is_never_content_is_given_up_after_ten_requests() {
    let tokens = numbered_tokens();
    let realm = format!("http://{}/token", tokens.host());
    let asked = AtomicUsize::new(0);
    let fake = Fake::start(Content::of(&[("app", "v1", &small(1))]), move |_, _| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        bearer_challenge(
            &realm,
            &format!("repository:app:pull repository:more-{number}:pull"),
        )
    });
    let all = || fake.log().len() + tokens.log().len();
    assert!(Naive::new().pull(&fake.base(), "app", "v1").is_err());
    let led_on = all();
    assert!(led_on >= BOUND);

    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).exits(4);
    let requests = all() - led_on;
    assert!(requests <= 10, "{requests} requests: {:?}", fake.lines());
}
