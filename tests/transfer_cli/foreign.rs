//! Layers that lie elsewhere: fetched from there only when allowed, as nobody, and never owed.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake, basic_challenge, bearer_challenge};
use crate::support::http::{End, Request, Response, Server};
use crate::support::image::{AMD64, Graph, docker_image, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::registry::{Options, PASSWORD, Registry, USER};

const ALLOW: &str = "--allow-foreign-layers";

fn creds() -> String {
    format!("{USER}:{PASSWORD}")
}

/// An image whose one large layer is said to lie at `url`, and the layer.
fn windows(url: &str, size: usize) -> (Graph, Layer) {
    let layer = Layer::gzip(7, size).foreign(url);
    let graph = docker_image(AMD64, &[Layer::gzip(1, 4000), layer.clone()]);
    (graph, layer)
}

/// A registry with a password that has all of `graph` but its foreign layer.
fn registry_of(graph: &Graph) -> Fake {
    Fake::start(Content::of(&[("app", "v1", graph)]), |request, content| {
        if request.headers.get("Authorization").is_none() {
            return basic_challenge();
        }
        content.answer(request)
    })
}

/// Holds one layer, and answers for it as an honest server with ranges.
fn holding(
    layer: &Layer,
    twist: impl Fn(&Request, Response) -> Response + Send + Sync + 'static,
) -> Fake {
    let content = Content::of(&[]);
    content.put(&layer.digest, layer.content.bytes());
    Fake::start(content, move |request, content| {
        let response = content.answer(request);
        twist(request, response)
    })
}

/// The same bytes as a layer that a registry holds.
fn bare(layer: &Layer) -> Layer {
    Layer {
        urls: Vec::new(),
        ..layer.clone()
    }
}

/// The address of `layer` at a server that is called so.
fn address(host: &str, layer: &Layer) -> String {
    format!("http://{host}/v2/x/blobs/{}", layer.digest)
}

/// A server and an image that points at it, made one after the other: the address has to be known first.
fn elsewhere(
    size: usize,
    twist: impl Fn(&Request, Response) -> Response + Send + Sync + 'static,
) -> (Fake, Graph, Layer) {
    let bare = Layer::gzip(7, size);
    let server = holding(&bare, twist);
    let (graph, layer) = windows(&address(&server.localhost(), &bare), size);
    assert_eq!(layer.digest, bare.digest);
    (server, graph, layer)
}

#[test]
fn a_foreign_layer_is_fetched_only_when_that_is_allowed_and_by_nobody() {
    let (server, graph, layer) = elsewhere(4000, |_, response| response);
    let registry = registry_of(&graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", "--creds", &creds(), &name])
        .exits(3)
        .says(&layer.digest)
        .says(ALLOW);
    assert!(server.log().is_empty(), "{:?}", server.lines());
    assert_eq!(layout::tag(&env.store(), &name), None);

    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .succeeds();
    assert!(layout::has(&env.store(), &layer.digest));
    assert_eq!(server.with_header("Authorization"), 0);
    assert!(registry.with_header("Authorization") > 0);
    layout::check(&env.store());
}

#[test]
fn a_foreign_server_that_asks_who_it_is_learns_nothing() {
    let realm = Server::start(|_| Response::new(200).body("{\"token\": \"t\"}"));
    let place = format!("http://{}/token", realm.localhost());
    for challenge in [
        bearer_challenge(&place, "repository:app:pull"),
        basic_challenge(),
    ] {
        let (server, graph, layer) = elsewhere(4000, move |_, _| challenge.clone());
        let registry = registry_of(&graph);
        let env = Env::new();
        let name = registry.name("app:v1");
        env.rg(["pull", ALLOW, "--creds", &creds(), &name])
            .exits(3)
            .says("no address that it lists gave it")
            .says("401");
        assert_eq!(server.log().len(), 1, "{:?}", server.lines());
        assert_eq!(server.with_header("Authorization"), 0);
        assert!(realm.log().is_empty());
        assert!(!layout::has(&env.store(), &layer.digest));
        assert_eq!(layout::tag(&env.store(), &name), None);
    }
}

#[test]
fn an_address_at_the_registry_itself_is_asked_as_nobody_too() {
    // What the user may read there is not for the maker of an image to say.
    let bare = Layer::gzip(7, 4000);
    let bytes = bare.content.bytes();
    let registry = Fake::start(Content::of(&[]), move |request, content| {
        if request.headers.get("Authorization").is_none() {
            return basic_challenge();
        }
        if request.path() == "/private" {
            return Response::new(200).body(bytes.to_vec());
        }
        content.answer(request)
    });
    let (graph, layer) = windows(&format!("http://{}/private", registry.host()), 4000);
    let client = Client::new().with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "app", "v1", &graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .exits(3)
        .says("401");
    let private: Vec<bool> = registry
        .log()
        .iter()
        .filter(|asked| asked.request.path() == "/private")
        .map(|asked| asked.request.headers.get("Authorization").is_some())
        .collect();
    assert_eq!(private, [false]);
    assert!(!layout::has(&env.store(), &layer.digest));
}

#[test]
fn a_foreign_layer_that_breaks_off_goes_on_by_ranges() {
    let broken = AtomicUsize::new(0);
    let (server, graph, layer) = elsewhere(20 << 20, move |_, response| {
        let half = response.body.len() / 2;
        if response.body.len() > 1 << 20 && broken.fetch_add(1, Ordering::SeqCst) == 0 {
            return response.cut(half, End::Reset);
        }
        response
    });
    let registry = registry_of(&graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .succeeds();
    layout::check(&env.store());
    assert!(layout::has(&env.store(), &layer.digest));
    assert!(server.log().len() > 2, "{:?}", server.lines());
    let log = server.log();
    let all_ranges = log
        .iter()
        .all(|asked| asked.request.headers.get("Range").is_some());
    assert!(all_ranges, "{:?}", server.lines());
    let sent: u64 = log.iter().map(|asked| asked.sent()).sum();
    let size = layer.content.len();
    assert!(sent < size + size / 2, "{sent} of {size} bytes were sent");
    // The registry is not asked again for what it was found to lack, but by lanes that began at the same time.
    let asked = registry
        .lines()
        .iter()
        .filter(|line| line.contains(&layer.digest))
        .count();
    assert!(asked < server.log().len() + 2, "{:?}", registry.lines());
}

#[test]
fn a_foreign_layer_that_is_another_one_is_refused() {
    let (_server, graph, layer) = elsewhere(4000, |_, mut response| {
        if let Some(byte) = response.body.last_mut() {
            *byte ^= 1;
        }
        response
    });
    let registry = registry_of(&graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .exits(6)
        .says("digest mismatch");
    assert!(!layout::has(&env.store(), &layer.digest));
    assert_eq!(layout::tag(&env.store(), &name), None);
}

#[test]
fn the_next_address_is_tried_when_one_does_not_have_the_layer() {
    let bare = Layer::gzip(7, 4000);
    let empty = Server::start(|_| Response::new(404));
    let server = holding(&bare, |_, response| response);
    let layer = bare
        .foreign("gopher://old.example/layer")
        .foreign(&format!("http://{}/gone", empty.localhost()))
        .foreign(&address(&server.localhost(), &Layer::gzip(7, 4000)));
    let graph = docker_image(AMD64, std::slice::from_ref(&layer));
    let registry = registry_of(&graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .succeeds();
    assert!(layout::has(&env.store(), &layer.digest));
    assert_eq!((empty.log().len(), server.log().len()), (1, 1));
}

#[test]
fn a_public_registry_cannot_point_into_this_machine_and_the_proxy_is_used_for_the_rest() {
    // A proxy stands for the public network: it is asked for `registry.example` and `cdn.example` alike.
    let layer = Layer::gzip(7, 4000);
    let inside = holding(&layer, |_, response| response);
    let listed = layer
        .clone()
        .foreign(&address(&inside.host(), &layer))
        .foreign(&address(&inside.localhost(), &layer))
        .foreign(&address("169.254.169.254", &layer))
        .foreign(&address("cdn.example", &layer));
    let graph = docker_image(AMD64, std::slice::from_ref(&listed));
    let (held, outside) = (Content::of(&[("app", "v1", &graph)]), Content::of(&[]));
    outside.put(&layer.digest, layer.content.bytes());
    let proxy = Server::start(move |request| {
        let asked = url::Url::parse(&request.target).expect("a proxy is asked for whole URLs");
        let (host, path) = (asked.host_str(), asked.path().to_owned());
        let request = Request {
            target: path,
            ..request.clone()
        };
        match host {
            Some("registry.example") => held.answer(&request),
            Some("cdn.example") => outside.answer(&request),
            _ => Response::new(502),
        }
    });
    let env = Env::new();
    let name = "registry.example/app:v1";
    env.command(["pull", "--plain-http", "--anonymous", ALLOW, name])
        .env("HTTP_PROXY", &format!("http://{}", proxy.host()))
        .run()
        .succeeds();
    assert!(layout::has(&env.store(), &layer.digest));
    assert!(inside.log().is_empty(), "{:?}", inside.lines());
    let lines = proxy.lines();
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("GET http://cdn.example/")),
        "{lines:?}"
    );
    assert!(
        !lines.iter().any(|line| line.contains("169.254")),
        "{lines:?}"
    );
}

#[test]
fn a_push_sends_a_foreign_layer_only_if_it_is_here() {
    let (_server, graph, layer) = elsewhere(4000, |_, response| response);
    let registry = registry_of(&graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .succeeds();

    let client = Client::new();
    let blob_at = |target: &Registry| {
        let url = format!("{}/v2/app/blobs/{}", target.base(), layer.digest);
        client.get(&url).status
    };
    let with = Registry::embedded(&Options::default());
    let target = format!("{}/app:v1", with.host());
    env.rg(["tag", &name, &target]).succeeds();
    env.rg(["push", &target]).succeeds().hides("left out");
    assert_eq!(blob_at(&with), 200);

    std::fs::remove_file(layout::blob_path(&env.store(), &layer.digest)).unwrap();
    env.rg(["fsck"]).succeeds();
    let without = Registry::embedded(&Options::default());
    let target = format!("{}/app:v1", without.host());
    env.rg(["tag", &name, &target]).succeeds();
    env.rg(["push", "--dry-run", &target]).succeeds();
    env.rg(["push", &target])
        .succeeds()
        .says(&format!("{} is not here and is left out", layer.digest));
    assert_eq!(blob_at(&without), 404);
    let (_, pushed) = client.manifest(&without.base(), "app", "v1").unwrap();
    assert_eq!(pushed, graph.document());
    // Whoever pulls that gets the layer from where it lies.
    Env::new()
        .rg(["pull", ALLOW, &format!("{}/app:v1", without.host())])
        .succeeds();
}

#[test]
fn a_copy_between_registries_leaves_out_a_foreign_layer_that_the_source_lacks() {
    let (_server, graph, layer) = elsewhere(4000, |_, response| response);
    let client = Client::new();
    let (from, to) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    push_raw(&client, &from.base(), "app", "v1", &graph);
    let source = format!("{}/app:v1", from.host());
    let env = Env::new();
    env.rg(["copy", &source, &format!("{}/app:v1", to.host())])
        .succeeds()
        .says(&format!("{} is not here and is left out", layer.digest));
    let (_, copied) = client.manifest(&to.base(), "app", "v1").unwrap();
    assert_eq!(copied, graph.document());
    // A store would lack it, as after a pull.
    env.rg(["copy", &source, "local:app:v1"])
        .exits(3)
        .says(ALLOW);
    // One that the registry has goes along.
    let whole = image(AMD64, std::slice::from_ref(&bare(&layer)));
    push_raw(&client, &from.base(), "app", "layer", &whole);
    env.rg(["copy", &source, &format!("{}/other:v1", to.host())])
        .succeeds()
        .hides("left out");
    let url = format!("{}/v2/other/blobs/{}", to.base(), layer.digest);
    assert_eq!(client.get(&url).status, 200);
}

#[test]
fn an_archive_has_a_foreign_layer_only_if_it_was_here_and_is_loaded_either_way() {
    let (_server, graph, layer) = elsewhere(4000, |_, response| response);
    let registry = registry_of(&graph);
    let env = Env::new();
    let name = registry.name("app:v1");
    env.rg(["pull", ALLOW, "--creds", &creds(), &name])
        .succeeds();
    env.rg(["tag", &name, "app:v1"]).succeeds();
    for here in [true, false] {
        let tar = env.path("saved.tar");
        let tar = tar.to_str().unwrap();
        if !here {
            std::fs::remove_file(layout::blob_path(&env.store(), &layer.digest)).unwrap();
        }
        let output = env.rg(["save", "-o", tar, "app:v1"]).succeeds();
        assert_eq!(output.stderr.contains("is left out"), !here, "{output}");
        let there = Env::new();
        there.rg(["load", "-i", tar]).succeeds();
        assert_eq!(layout::has(&there.store(), &layer.digest), here);
        assert_eq!(
            layout::tag(&there.store(), "docker.io/library/app:v1").as_deref(),
            Some(graph.digest())
        );
        there.rg(["fsck"]).succeeds();
        layout::check(&there.store());
    }
}
