//! Attempts to get at credentials: other hosts, other ports, plain text, broken stores.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake, basic_challenge, bearer_challenge};
use crate::support::http::{Request, Response, Server};
use crate::support::image::{AMD64, Graph, docker_image, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::naive::Naive;
use crate::support::registry::{PASSWORD, USER};
use crate::support::tls::Authority;

const CREDS: &str = "alice:correct horse";

/// Lets in whoever sends any Authorization.
fn guarded(request: &Request, answer: impl FnOnce() -> Response) -> Response {
    if request.headers.get("Authorization").is_some() {
        answer()
    } else {
        basic_challenge()
    }
}

/// A server that is no registry of ours and wants credentials for everything, with a realm of its own.
fn foreign_server() -> Server {
    Server::start(|request| {
        if request.headers.get("Authorization").is_some() {
            return Response::new(200).body("{\"token\": \"theirs\"}");
        }
        bearer_challenge(
            &format!("http://{}/token", request.host()),
            "repository:app:pull",
        )
    })
}

#[test]
fn o02_addresses_in_a_manifest_see_no_credentials() {
    let foreign = foreign_server();
    let url = format!("http://{}/layer", foreign.localhost());
    let graph = docker_image(AMD64, &[Layer::gzip(1, 4000).foreign(&url)]);
    let fake = Fake::start(Content::of(&[("app", "v1", &graph)]), |request, content| {
        guarded(request, || content.answer(request))
    });
    let naive = Naive::with_password(USER, PASSWORD);
    naive.pull(&fake.base(), "app", "v1").unwrap();
    let seen = foreign.with_header("Authorization");
    assert!(seen > 0);

    let env = Env::new();
    env.rg(["pull", "--creds", CREDS, &fake.name("app:v1")])
        .exits(3)
        .says("--allow-foreign-layers");
    assert_eq!(foreign.with_header("Authorization"), seen);
    env.rg([
        "pull",
        "--allow-foreign-layers",
        "--creds",
        CREDS,
        &fake.name("app:v1"),
    ])
    .exits(3);
    assert_eq!(foreign.with_header("Authorization"), seen);
    assert_eq!(layout::tag(&env.store(), &fake.name("app:v1")), None);
}

#[test]
fn o02_a_foreign_layer_that_the_registry_has_is_taken_from_there() {
    let foreign = foreign_server();
    let url = format!("http://{}/layer", foreign.localhost());
    let layer = Layer::gzip(1, 4000).foreign(&url);
    let graph = docker_image(AMD64, std::slice::from_ref(&layer));
    let content = Content::of(&[("app", "v1", &graph)]);
    content.put(&layer.digest, layer.content.bytes());
    let fake = Fake::honest(content);
    let env = Env::new();
    env.rg(["pull", &fake.name("app:v1")]).succeeds();
    assert!(layout::has(&env.store(), &layer.digest));
    assert!(foreign.log().is_empty());
}

/// A registry with a password whose blobs lie on a server that refuses any request with an Authorization; the second
/// part of the name picks what that server is called.
fn with_blobs_elsewhere(graph: &Graph, under: fn(&Server) -> String) -> (Fake, Fake) {
    let content = Content::of(&[("app", "v1", graph)]);
    let store = Fake::start(content.clone(), |request, content| {
        if request.headers.get("Authorization").is_some() {
            return Response::new(400).body("only one way to authenticate is allowed");
        }
        content.answer(request)
    });
    let elsewhere = under(&store);
    let fake = Fake::start(content, move |request, content| {
        guarded(request, || {
            if request.reads() && request.path().contains("/blobs/") {
                let place = format!("http://{elsewhere}{}", request.target);
                return Response::new(307).header("Location", &place);
            }
            content.answer(request)
        })
    });
    (fake, store)
}

#[test]
fn o03_a_redirect_to_another_host_or_port_carries_no_credentials() {
    let graph = small(1);
    for under in [Server::localhost, Server::host] {
        let (fake, store) = with_blobs_elsewhere(&graph, under);
        let naive = Naive::with_password(USER, PASSWORD);
        assert!(naive.pull(&fake.base(), "app", "v1").is_err());
        let seen = store.with_header("Authorization");
        assert!(seen > 0);

        let env = Env::new();
        env.rg(["pull", "--creds", CREDS, &fake.name("app:v1")])
            .succeeds();
        assert_eq!(store.with_header("Authorization"), seen);
        assert!(layout::has(&env.store(), &graph.largest().digest));
        layout::check(&env.store());
    }
}

#[test]
fn o07_a_realm_without_tls_gets_no_password_from_a_registry_with_tls() {
    let realm = Server::start(|_| Response::new(200).body("{\"token\": \"t\"}"));
    let place = format!("http://{}/token", realm.host());
    let authority = Authority::new();
    let registry = Server::start_tls(authority.server_config(), move |request| {
        if request.headers.get("Authorization").is_some() {
            return Response::error(404, "MANIFEST_UNKNOWN", "unknown");
        }
        bearer_challenge(&place, "repository:app:pull")
    });
    let naive = Naive::over_tls(&authority.ca, USER, PASSWORD);
    let base = format!("https://{}", registry.host());
    assert!(naive.pull(&base, "app", "v1").is_err());
    let seen = realm.with_header("Authorization");
    assert!(seen > 0);

    let env = Env::new();
    let ca = env.write("ca.pem", &authority.ca);
    let ca = ca.to_str().unwrap();
    let name = format!("{}/app:v1", registry.host());
    env.rg(["pull", "--ca-file", ca, "--creds", CREDS, &name])
        .exits(4);
    let host = registry.host();
    let login = env.command([
        "login",
        "--ca-file",
        ca,
        "-u",
        USER,
        "--password-stdin",
        &host,
    ]);
    login.stdin(PASSWORD).run().exits(4);
    assert_eq!(realm.with_header("Authorization"), seen);
    let passwords = realm
        .log()
        .iter()
        .filter(|asked| asked.request.method == "POST")
        .count();
    assert_eq!(passwords, 0, "{:?}", realm.lines());
    assert!(env.docker_config()["auths"].is_null());
}

#[test]
fn o29_an_upload_on_another_host_carries_no_credentials() {
    let graph = small(1);
    let target = Content::of(&[]);
    let elsewhere = Fake::honest(target.clone());
    let place = elsewhere.localhost();
    let fake = Fake::start(target.clone(), move |request, content| {
        guarded(request, || {
            let response = content.answer(request);
            if request.method == "POST" {
                let location = response.headers.get("Location").unwrap_or_default();
                let location = format!("http://{place}{location}");
                return response.header("Location", &location);
            }
            response
        })
    });
    let naive = Naive::with_password(USER, PASSWORD);
    let blob = graph.largest();
    naive
        .upload(&fake.base(), "naive", &blob.digest, &blob.content)
        .unwrap();
    let seen = elsewhere.with_header("Authorization");
    assert!(seen > 0);

    let source = Fake::honest(Content::of(&[("app", "v1", &small(2))]));
    let env = Env::new();
    env.rg(["pull", &source.name("app:v1")]).succeeds();
    env.rg(["tag", &source.name("app:v1"), &fake.name("app:v1")])
        .succeeds();
    env.rg(["push", "--creds", CREDS, &fake.name("app:v1")])
        .succeeds();
    assert!(small(2).nodes.iter().all(|node| target.has(&node.digest)));
    assert_eq!(target.tag("app", "v1").as_deref(), Some(small(2).digest()));
    assert_eq!(elsewhere.with_header("Authorization"), seen);
}

/// A registry that knows one password and forgets nothing.
fn with_password() -> Server {
    use base64::Engine as _;
    let right = base64::engine::general_purpose::STANDARD.encode(CREDS);
    let right = format!("Basic {right}");
    Server::start(move |request| match request.headers.get("Authorization") {
        Some(given) if given == right => Response::new(200).json(&serde_json::json!({})),
        _ => basic_challenge(),
    })
}

#[test]
fn o37_the_config_file_ends_up_private_and_keeps_what_others_wrote() {
    let registry = with_password();
    let env = Env::new();
    let before = "{\"z\": {\"deep\": [1, 2]}, \"auths\": {\"other.example\": {\"auth\": \"dTpw\"}}, \"a\": 1}";
    let path = env.write("docker/config.json", before);
    let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    // What a client does that simply writes: everybody may read, and the rest of the file is gone.
    std::fs::write(env.path("naive.json"), "{\"auths\": {}}").unwrap();
    let naive = std::fs::metadata(env.path("naive.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_ne!(naive & 0o077, 0);

    // A reader sees valid JSON at every instant of ten logins and logouts.
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (reading, stop) = (path.clone(), done.clone());
    let reader = std::thread::spawn(move || {
        let mut read = 0_u32;
        while !stop.load(std::sync::atomic::Ordering::SeqCst) {
            let bytes = std::fs::read(&reading).expect("the file is always there");
            serde_json::from_slice::<serde_json::Value>(&bytes).expect("always valid JSON");
            read += 1;
        }
        read
    });
    let rg = env!("CARGO_BIN_EXE_rg");
    let script = format!(
        "umask 000; exec {rg} login -u {USER} --password-stdin {}",
        registry.host()
    );
    for _ in 0..10 {
        env.program("sh", &["-c", &script])
            .stdin(PASSWORD)
            .run()
            .succeeds()
            .hides(PASSWORD);
        assert_eq!(mode(), 0o600);
        assert!(env.docker_config()["auths"][registry.host()].is_object());
        env.rg(["logout", &registry.host()]).succeeds();
    }
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(reader.join().unwrap() > 0);
    let after = env.docker_config();
    assert!(after["auths"][registry.host()].is_null());
    assert_eq!(after["z"]["deep"][1], 2);
    assert_eq!(after["auths"]["other.example"]["auth"], "dTpw");
    let keys: Vec<&String> = after.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["z", "auths", "a"]);
}

#[test]
fn o38_a_missing_helper_stops_a_login_before_any_password_is_sent() {
    let registry = with_password();
    // The server would take the password: a client that sends it is heard.
    let client = Client::new().with_basic(USER, PASSWORD);
    assert_eq!(
        client
            .get(&format!("http://{}/v2/", registry.host()))
            .status,
        200
    );
    let seen = registry.with_header("Authorization");
    assert_eq!(seen, 1);

    let env = Env::new();
    let before = "{\"credsStore\": \"missing\"}";
    env.write("docker/config.json", before);
    let host = registry.host();
    let login = env
        .command(["login", "-u", USER, "--password-stdin", &host])
        .stdin(PASSWORD);
    login
        .run()
        .exits(4)
        .says("docker-credential-missing")
        .hides(PASSWORD);
    assert_eq!(registry.with_header("Authorization"), seen);
    assert_eq!(
        std::fs::read_to_string(env.path("docker/config.json")).unwrap(),
        before
    );
}

#[test]
fn o38_a_missing_helper_is_a_warning_for_a_pull_and_an_error_for_a_push() {
    let graph = small(1);
    let tokens = Server::start(|_| Response::new(200).body("{\"token\": \"anonymous\"}"));
    let realm = format!("http://{}/token", tokens.host());
    let fake = Fake::start(
        Content::of(&[("app", "v1", &graph)]),
        move |request, content| {
            if request.headers.get("Authorization").is_none() {
                return bearer_challenge(&realm, "repository:app:pull");
            }
            content.answer(request)
        },
    );
    let env = Env::new();
    // The helper is in charge: what the file has besides is not given out in its place.
    let config = serde_json::json!({
        "credsStore": "missing",
        "auths": {fake.host(): {"auth": "YWxpY2U6Y29ycmVjdCBob3JzZQ=="}},
    });
    env.write("docker/config.json", &config.to_string());
    let name = fake.name("app:v1");
    env.rg(["pull", &name])
        .succeeds()
        .says("docker-credential-missing");
    assert!(layout::tag(&env.store(), &name).is_some());
    env.rg(["push", &name])
        .exits(4)
        .says("docker-credential-missing");
    let wrote = fake
        .log()
        .iter()
        .any(|asked| !asked.request.reads() && asked.status() < 300);
    assert!(!wrote, "{:?}", fake.lines());
    assert_eq!(tokens.with_header("Authorization"), 0);
    let log = fake.log();
    let mut sent = log
        .iter()
        .filter_map(|asked| asked.request.headers.get("Authorization"));
    assert!(sent.all(|given| given == "Bearer anonymous"));
}
