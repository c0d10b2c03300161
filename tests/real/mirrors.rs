//! Mirrors that others wrote: distribution as a pull-through cache, nginx that wants to be told whom it stands for, and
//! skopeo on the same files.

use crate::support::client::Client;
use crate::support::daemon::Daemon;
use crate::support::env::{Env, Output, require, wait_for};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::Proxy;
use crate::support::registry::{Options, Registry};

/// A registry, a pull-through cache of it, and a world. What `rg` asks of the registry goes through a proxy that counts.
struct Bench {
    registry: Registry,
    counted: Proxy,
    cache: Option<Registry>,
    env: Env,
    graph: Graph,
}

impl Bench {
    fn new(bytes: usize) -> Self {
        let registry = Registry::distribution(&Options::default());
        let graph = image(AMD64, &[Layer::gzip(1, bytes), Layer::gzip(2, 5000)]);
        push_raw(&Client::new(), &registry.base(), "team/app", "v1", &graph);
        let remote = registry.base();
        let cache = Registry::distribution(&Options {
            remote: Some(&remote),
            ..Options::default()
        });
        Self {
            counted: Proxy::start(&registry.host()),
            registry,
            cache: Some(cache),
            env: Env::new(),
            graph,
        }
    }

    fn name(&self) -> String {
        format!("{}/team/app:v1", self.counted.host())
    }

    fn cache(&self) -> String {
        self.cache.as_ref().expect("it runs").host()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.env.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn settings(&self) {
        self.env.settings(&format!(
            "retry_base = \"10ms\"\n[registry.\"{}\"]\nmirrors = [\"http://{}\"]\n",
            self.counted.host(),
            self.cache()
        ));
    }

    fn registries_conf(&self) {
        let text = format!(
            "[[registry]]\nlocation = \"{}\"\ninsecure = true\n\
             [[registry.mirror]]\nlocation = \"{}\"\ninsecure = true\n",
            self.counted.host(),
            self.cache()
        );
        self.write("etc/containers/registries.conf", &text);
    }

    fn hosts_toml(&self, mirror: &str) {
        let folder = self.counted.host().replace(':', "_");
        let text = format!("[host.\"http://{mirror}\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        self.write(
            &format!("etc/containerd/certs.d/{folder}_/hosts.toml"),
            &text,
        );
    }

    /// Pulls, and sees to it that the registry was not asked for anything.
    #[track_caller]
    fn pulls_through(&self) -> Output {
        let pulled = self.env.rg(["pull", &self.name()]).succeeds();
        layout::check(&self.env.store());
        let tag = layout::tag(&self.env.store(), &self.name());
        assert_eq!(tag.as_deref(), Some(self.graph.digest()));
        assert!(self.counted.log().is_empty(), "{:?}", self.counted.log());
        pulled
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn a_pull_through_cache_is_found_in_the_settings() {
    let bench = Bench::new(100_000);
    bench.settings();
    bench.pulls_through();
}

#[test]
#[ignore = "needs docker-registry"]
fn a_pull_through_cache_is_found_in_hosts_toml() {
    let bench = Bench::new(100_000);
    bench.hosts_toml(&bench.cache());
    bench.pulls_through();
}

#[test]
#[ignore = "needs docker-registry and skopeo"]
fn a_pull_through_cache_is_found_in_registries_conf_by_rg_and_by_skopeo() {
    let bench = Bench::new(100_000);
    bench.registries_conf();
    bench.pulls_through();
    require("skopeo");
    let file = bench.env.path("etc/containers/registries.conf");
    let place = format!("docker://{}", bench.name());
    let arguments = [
        "--insecure-policy",
        "--registries-conf",
        file.to_str().expect("UTF-8"),
        "inspect",
        "--raw",
        &place,
    ];
    let raw = bench.env.program("skopeo", &arguments).run().succeeds();
    assert_eq!(raw.stdout.as_bytes(), bench.graph.document());
    assert!(bench.counted.log().is_empty(), "{:?}", bench.counted.log());
}

#[test]
#[ignore = "needs docker-registry"]
fn a_cache_killed_in_the_middle_leaves_the_rest_to_the_registry() {
    let mut bench = Bench::new(24 << 20);
    bench.settings();
    let pull = ["pull", "--limit-rate", "8M", "-j", "2", &bench.name()];
    let running = bench.env.command(pull).spawn();
    let store = bench.env.store();
    wait_for("some bytes on disk", || {
        (layout::partial_bytes(&store) > 2 << 20).then_some(())
    });
    let cache = bench.cache.take().expect("it runs").stop();
    running.wait().succeeds().says(&cache);
    layout::check(&store);
    assert_eq!(
        layout::tag(&store, &bench.name()).as_deref(),
        Some(bench.graph.digest())
    );
    let size = bench.graph.blob_bytes();
    let fetched = wait_for("the rest counted", || {
        Some(bench.counted.blob_bytes_fetched()).filter(|bytes| *bytes > 0)
    });
    assert!(fetched < size, "{fetched} of {size} bytes");
    // Nobody is left to ask but the registry.
    bench
        .env
        .rg(["pull", &bench.name()])
        .succeeds()
        .prints("Image is up to date");
}

#[test]
#[ignore = "needs docker-registry and nginx"]
fn a_mirror_that_must_be_told_the_registry_is_told() {
    let bench = Bench::new(100_000);
    // As it arrives: the colon is escaped.
    let namespace = bench
        .counted
        .host()
        .replace('.', "\\.")
        .replace(':', "(:|%3A)");
    let strict = Daemon::nginx_for(&namespace, &bench.registry.host());
    bench.hosts_toml(&strict.host());
    bench.pulls_through();
}
