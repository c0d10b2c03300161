//! `rg` on machines whose files name mirrors: where bytes come from changes, names and promises do not.

use crate::support::client::Client;
use crate::support::env::{Env, wait_for};
use crate::support::fake::{Content, Fake};
use crate::support::http::Server;
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::{Layer, noise};
use crate::support::layout;
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::registry::{Options, Registry};
use crate::support::tls::Authority;

/// A layer of several ranges and one of a single read.
fn sample() -> Graph {
    image(AMD64, &[Layer::gzip(1, 20 << 20), Layer::gzip(2, 5000)])
}

/// A registry, a mirror of it, both behind proxies that count, and a world.
struct Bench {
    registry: Proxy,
    mirror: Proxy,
    env: Env,
    graph: Graph,
    _servers: [Registry; 2],
}

impl Bench {
    fn new() -> Self {
        let servers = [(); 2].map(|()| Registry::embedded(&Options::default()));
        let graph = sample();
        for server in &servers {
            push_raw(&Client::new(), &server.base(), "team/app", "v1", &graph);
        }
        let bench = Self {
            registry: Proxy::start(&servers[0].host()),
            mirror: Proxy::start(&servers[1].host()),
            env: Env::new(),
            graph,
            _servers: servers,
        };
        bench.env.settings(&format!(
            "retry_base = \"10ms\"\n[registry.\"{}\"]\nmirrors = [\"http://{}\"]\n",
            bench.registry.host(),
            bench.mirror.host()
        ));
        bench
    }

    fn name(&self) -> String {
        format!("{}/team/app:v1", self.registry.host())
    }

    #[track_caller]
    fn assert_pulled(&self) {
        layout::check(&self.env.store());
        let tag = layout::tag(&self.env.store(), &self.name());
        assert_eq!(tag.as_deref(), Some(self.graph.digest()));
    }
}

#[test]
fn a_mirror_serves_all_of_an_image_under_the_registrys_name() {
    let bench = Bench::new();
    let pulled = bench.env.rg(["pull", &bench.name()]).succeeds();
    assert_eq!(pulled.last_line(), bench.name());
    bench.assert_pulled();
    assert!(
        bench.registry.log().is_empty(),
        "{:?}",
        bench.registry.log()
    );
    // The proxy counts what it has handed on.
    wait_for("all of it counted", || {
        (bench.mirror.blob_bytes_fetched() == bench.graph.blob_bytes()).then_some(())
    });
    let origins = std::fs::read_to_string(bench.env.store().join("origins.json")).unwrap();
    assert!(origins.contains(&bench.registry.host()), "{origins}");
    assert!(!origins.contains(&bench.mirror.host()), "{origins}");
    // Up to date is still one question, asked of the mirror.
    bench.mirror.forget();
    let again = bench.env.rg(["pull", &bench.name()]).succeeds();
    again.prints("Status: Image is up to date");
    let asked = bench.mirror.log();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].method, "HEAD");
    // What is written goes to the registry itself.
    bench.mirror.forget();
    let target = format!("{}/team/new:v1", bench.registry.host());
    bench.env.rg(["tag", &bench.name(), &target]).succeeds();
    bench.env.rg(["push", &target]).succeeds();
    assert!(bench.mirror.log().is_empty(), "{:?}", bench.mirror.log());
}

#[test]
fn a_mirror_that_dies_in_the_middle_costs_nothing_that_came() {
    let bench = Bench::new();
    let layer = bench.graph.largest().digest.clone();
    bench.mirror.rule(Rule::new(
        usize::MAX,
        Fault::Close(1 << 20),
        move |record| record.method == "GET" && record.target.contains(&layer),
    ));
    let pulled = bench
        .env
        .rg(["pull", "--retries", "0", &bench.name()])
        .succeeds();
    pulled.says(&bench.mirror.host());
    bench.assert_pulled();
    let size = bench.graph.blob_bytes();
    let rest = wait_for("the rest counted", || {
        Some(bench.registry.blob_bytes_fetched()).filter(|bytes| *bytes > 0)
    });
    assert!(rest < size, "{rest} of {size} came from the registry");
    let all = bench.mirror.blob_bytes_fetched() + bench.registry.blob_bytes_fetched();
    assert!(all <= size, "{all} bytes were fetched for {size}");
}

#[test]
fn a_mirror_that_lies_is_named_and_its_content_never_kept() {
    let graph = sample();
    let honest = Content::of(&[("team/app", "v1", &graph)]);
    let registry = Fake::honest(honest);
    let lies = Content::of(&[("team/app", "v1", &graph)]);
    for blob in graph.blobs() {
        let length = usize::try_from(blob.content.len()).unwrap();
        lies.put(&blob.digest, noise(9, length));
    }
    let mirror = Fake::honest(lies);
    let env = Env::new();
    env.settings(&format!(
        "retry_base = \"10ms\"\n[registry.\"{}\"]\nmirrors = [\"{}\"]\n",
        registry.host(),
        mirror.base()
    ));
    let name = registry.name("team/app:v1");
    let pulled = env.rg(["pull", "--retries", "0", &name]).succeeds();
    pulled.says(&format!("the mirror {}", mirror.base()));
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
}

#[test]
fn a_mirror_that_is_not_there_is_one_line_and_the_pull_succeeds() {
    let bench = Bench::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = free.local_addr().unwrap();
    drop(free);
    bench.env.settings(&format!(
        "[registry.\"{}\"]\nmirrors = [\"http://{dead}\"]\n",
        bench.registry.host()
    ));
    let pulled = bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    let lines = pulled
        .stderr
        .lines()
        .filter(|line| line.contains(&dead.to_string()));
    assert_eq!(lines.count(), 1, "{pulled}");
}

#[test]
fn a_blocked_repository_is_refused_with_the_file_that_says_so() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.env.path("etc/containers")).unwrap();
    let file = bench.env.write(
        "etc/containers/registries.conf",
        &format!(
            "[[registry]]\nlocation = \"{}/team\"\nblocked = true\n",
            bench.registry.host()
        ),
    );
    let refused = bench.env.rg(["pull", &bench.name()]).exits(4);
    refused
        .says("is blocked by")
        .says(&file.display().to_string());
    assert!(bench.registry.log().is_empty() && bench.mirror.log().is_empty());
}

#[test]
fn what_podman_brings_along_changes_no_name() {
    let env = Env::new();
    std::fs::create_dir_all(env.path("etc/containers/registries.conf.d")).unwrap();
    env.write(
        "etc/containers/registries.conf",
        "unqualified-search-registries = [\"registry.invalid\"]\n",
    );
    env.write(
        "etc/containers/registries.conf.d/shortnames.conf",
        "[aliases]\n\"fedora\" = \"127.0.0.1:1/fedora\"\n",
    );
    // Docker Hub, by a mirror of it that is not there and says who was asked.
    let hub = Fake::honest(Content::of(&[("library/fedora", "latest", &sample())]));
    env.settings(&format!(
        "[registry.\"docker.io\"]\nmirrors = [\"{}\"]\n",
        hub.base()
    ));
    let pulled = env.rg(["pull", "fedora"]).succeeds();
    assert_eq!(pulled.last_line(), "docker.io/library/fedora:latest");
    assert!(hub.lines()[0].contains(" /v2/library/fedora/manifests/latest?ns=docker.io"));
}

#[test]
fn a_mirror_over_tls_is_trusted_as_its_file_says_and_no_further() {
    let graph = sample();
    let content = Content::of(&[("team/app", "v1", &graph)]);
    let (registry, authority) = (Fake::honest(content.clone()), Authority::new());
    let mirror = Server::start_tls(authority.server_config(), move |request| {
        content.answer(request)
    });
    let pull = |trust: &str| {
        let env = Env::new();
        let folder = "etc/containerd/certs.d/_default";
        std::fs::create_dir_all(env.path(folder)).unwrap();
        env.write(&format!("{folder}/mirror.pem"), &authority.ca);
        let text = format!("[host.\"https://{}\"]\n{trust}\n", mirror.host());
        env.write(&format!("{folder}/hosts.toml"), &text);
        let name = registry.name("team/app:v1");
        // What the user says about the registry is not said about its mirrors.
        let pulled = env.rg(["pull", "--insecure", &name]).succeeds();
        layout::check(&env.store());
        pulled
    };
    for trust in ["ca = \"mirror.pem\"", "skip_verify = true"] {
        let before = mirror.log().len();
        pull(trust);
        assert!(mirror.log().len() > before, "{trust}");
        assert!(registry.log().is_empty(), "{trust}: {:?}", registry.lines());
    }
    let before = mirror.log().len();
    pull("").says("is not trusted").says("going on elsewhere");
    assert_eq!(mirror.log().len(), before);
    assert!(!registry.log().is_empty());
}
