//! nginx in front of a registry: blobs on another port, addresses that are good for one use, TLS that the registry
//! behind knows nothing of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine as _;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{End, Response, lock};
use crate::support::image::{AMD64, image, push_raw, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::nginx::Nginx;
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::tls::Authority;

fn creds() -> String {
    format!("{USER}:{PASSWORD}")
}

fn with_password(tls: Option<&Authority>) -> Registry {
    Registry::distribution(&Options {
        htpasswd: true,
        tls,
        ..Options::default()
    })
}

/// What passes everything on to `registry`, but reads of blobs, which `blobs` answers.
fn front(port: u16, registry: &str, blobs: &str) -> String {
    format!(
        "server {{\n\
         listen 127.0.0.1:{port};\n\
         location / {{ proxy_pass http://{registry}; }}\n\
         location ~ ^/v2/.+/blobs/sha256: {{\n\
         if ($request_method = GET) {{ {blobs} }}\n\
         proxy_pass http://{registry};\n\
         }}\n\
         }}\n"
    )
}

#[test]
#[ignore = "needs docker-registry and nginx"]
fn blobs_on_a_port_that_takes_no_authorization_are_fetched() {
    let registry = with_password(None);
    let behind = registry.host();
    let proof = base64::engine::general_purpose::STANDARD.encode(creds());
    // The other port answers 400 to whoever says who they are, as object stores do, and knows the way by itself.
    let nginx = Nginx::start(2, None, |ports| {
        let elsewhere = format!("return 307 http://127.0.0.1:{}$request_uri;", ports[1]);
        let first = front(ports[0], &behind, &elsewhere);
        format!(
            "{first}\nserver {{\n\
             listen 127.0.0.1:{};\n\
             location / {{\n\
             if ($http_authorization) {{ return 400 'one way to authenticate is enough'; }}\n\
             proxy_set_header Authorization 'Basic {proof}';\n\
             proxy_set_header Host $http_host;\n\
             proxy_pass http://{behind};\n\
             }}\n\
             }}\n",
            ports[1]
        )
    });
    let graph = image(AMD64, &[Layer::gzip(1, 4000), Layer::big(2, 20 << 20)]);
    let client = Client::new().with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "app", "v1", &graph);
    // It does refuse.
    let path = format!("/v2/app/blobs/{}", graph.largest().digest);
    let elsewhere = format!("http://{}{path}", nginx.host(1));
    assert_eq!(client.get(&elsewhere).status, 400);
    let led = client.get(&format!("http://{}{path}", nginx.host(0)));
    assert_eq!(
        (led.status, led.header("Location")),
        (307, Some(&*elsewhere))
    );

    let env = Env::new();
    let name = format!("{}/app:v1", nginx.host(0));
    env.rg(["pull", "--creds", &creds(), &name]).succeeds();
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
    layout::check(&env.store());
    // And back through the front: a push is not led anywhere.
    let other = format!("{}/copy:v1", nginx.host(0));
    env.rg(["tag", &name, &other]).succeeds();
    env.rg(["push", "--creds", &creds(), &other]).succeeds();
}

#[test]
#[ignore = "needs docker-registry and nginx"]
fn signed_addresses_that_are_good_for_one_use_are_asked_for_anew() {
    let registry = with_password(None);
    let graph = image(AMD64, &[Layer::gzip(1, 4000), Layer::gzip(2, 20 << 20)]);
    let client = Client::new().with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "app", "v1", &graph);
    // The object store: each signature once, the first of every blob expired on its way, and the first large answer cut.
    let used: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let (seen, first) = (Arc::clone(&used), Mutex::new(BTreeSet::new()));
    let cut = Mutex::new(true);
    let content = Content::of(&[("app", "v1", &graph)]);
    let store = Fake::start(content, move |request, content| {
        if request.headers.get("Authorization").is_some() {
            return Response::new(400);
        }
        let fresh = lock(&seen).insert(request.query("sig").unwrap_or_default());
        let known = !lock(&first).insert(request.path().to_owned());
        if !fresh || !known {
            return Response::new(403)
                .header("Content-Type", "application/xml")
                .body("<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>");
        }
        let response = content.answer(request);
        let half = response.body.len() / 2;
        let cuts = half > 1 << 20 && std::mem::take(&mut *lock(&cut));
        if cuts {
            response.cut(half, End::Reset)
        } else {
            response
        }
    });
    let (behind, place) = (registry.host(), store.host());
    let nginx = Nginx::start(1, None, |ports| {
        // nginx makes another id for every request.
        let signed = format!("return 307 http://{place}$request_uri?sig=$request_id;");
        front(ports[0], &behind, &signed)
    });
    let env = Env::new();
    let name = format!("{}/app:v1", nginx.host(0));
    env.rg(["pull", "--creds", &creds(), &name]).succeeds();
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
    let log = store.log();
    assert_eq!(
        lock(&used).len(),
        log.len(),
        "a signature was used twice: {:?}",
        store.lines()
    );
    let refused = log.iter().filter(|asked| asked.status() == 403).count();
    assert_eq!(refused, graph.blobs().count(), "{:?}", store.lines());
    assert_eq!(store.with_header("Authorization"), 0);
}

#[test]
#[ignore = "needs docker-registry and nginx"]
fn uploads_through_tls_that_the_registry_does_not_know_of_stay_in_tls() {
    let authority = Authority::new();
    let registry = with_password(None);
    let behind = registry.host();
    let nginx = Nginx::start(1, Some(&authority), |ports| {
        format!(
            "server {{\n\
             listen 127.0.0.1:{} ssl;\n\
             ssl_certificate server.pem;\n\
             ssl_certificate_key server.key;\n\
             location / {{ proxy_pass http://{behind}; }}\n\
             }}\n",
            ports[0]
        )
    });
    let graph = small(1);
    let client = Client::trusting(&authority.ca).with_basic(USER, PASSWORD);
    let begun = format!("https://{}/v2/app/blobs/uploads/", nginx.host(0));
    let begun = client.send("POST", &begun, &[("Content-Length", "0")], None);
    let place = begun.header("Location").unwrap_or_default();
    assert!(place.starts_with("http://"), "it knows of TLS: {place}");

    let source = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let env = Env::new();
    let ca = env.write("ca.pem", &authority.ca);
    let name = format!("{}/app:v1", nginx.host(0));
    env.rg(["pull", &source.name("app:v1")]).succeeds();
    env.rg(["tag", &source.name("app:v1"), &name]).succeeds();
    let ca = ca.to_str().unwrap();
    let creds = creds();
    let flags = ["--ca-file", ca, "--creds", &creds];
    env.rg([&["push", name.as_str()][..], &flags].concat())
        .succeeds();
    env.rg(["rmi", &name]).succeeds();
    env.rg([&["pull", name.as_str()][..], &flags].concat())
        .succeeds();
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
}
