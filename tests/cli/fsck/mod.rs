//! `fsck`: every kind of damage is found, named with the images that need it, and mended where a registry has it.

mod beside;
mod find;
mod mend;

use std::path::PathBuf;

use serde_json::Value;

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout::{self, blob_path};
use crate::support::proxy::{Limits, Proxy};
use crate::support::registry::{Options, Registry};

/// A registry with `graph` as `app:v1`, a proxy before it, a store that has pulled it.
struct Bench {
    registry: Registry,
    proxy: Proxy,
    env: Env,
    graph: Graph,
}

impl Bench {
    fn new() -> Self {
        Self::with(image(
            AMD64,
            &[Layer::gzip(1, 300_000), Layer::gzip(2, 20_000)],
        ))
    }

    fn with(graph: Graph) -> Self {
        let bench = Self::empty(graph, Limits::default());
        bench.rg(&["pull", "HOST/app:v1"]).succeeds();
        bench.proxy.forget();
        bench
    }

    /// Nothing pulled yet.
    fn empty(graph: Graph, limits: Limits) -> Self {
        let registry = Registry::embedded(&Options::default());
        push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
        Self {
            proxy: Proxy::limited(&registry.host(), limits),
            registry,
            env: Env::new(),
            graph,
        }
    }

    /// Runs `rg` with `HOST` standing for the registry, and puts `HOST` and `STORE` back into what it says.
    fn rg(&self, arguments: &[&str]) -> Output {
        let host = self.proxy.host();
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| argument.replace("HOST", &host))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut output = self.env.rg(arguments);
        let store = self.env.store().display().to_string();
        for text in [&mut output.stdout, &mut output.stderr] {
            *text = text.replace(&host, "HOST").replace(&store, "STORE");
        }
        output
    }

    fn blob(&self, digest: &str) -> PathBuf {
        blob_path(&self.env.store(), digest)
    }

    /// Changes one byte in the middle of something.
    fn damage(&self, digest: &str) {
        let mut bytes = std::fs::read(self.blob(digest)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(self.blob(digest), bytes).unwrap();
    }

    fn remove(&self, digest: &str) {
        std::fs::remove_file(self.blob(digest)).unwrap();
    }

    /// Digest of the larger layer.
    fn layer(&self) -> &str {
        &self.graph.largest().digest
    }

    /// Asserts that a check finds exactly the problem that begins with `line`, and that a repair mends it with no more
    /// bytes of blobs than `bytes`.
    #[track_caller]
    fn finds_and_mends(&self, line: &str, bytes: u64) {
        let found = self.rg(&["fsck"]).exits(6);
        assert!(found.stdout.contains(line), "{line:?} in {found}");
        assert!(found.last_line().ends_with(": 1 problem"), "{found}");
        let mended = self.rg(&["fsck", "--repair"]).succeeds();
        assert!(
            mended.stdout.contains(": fetched again from HOST/app"),
            "{mended}"
        );
        assert!(
            mended.last_line().ends_with("all is well (1 repaired)"),
            "{mended}"
        );
        self.is_whole();
        let fetched = self.proxy.blob_bytes_fetched();
        assert!(fetched <= bytes, "{fetched} bytes were fetched for {bytes}");
    }

    /// Asserts that the image is here and right, by our own check and by the program's.
    #[track_caller]
    fn is_whole(&self) {
        self.rg(&["fsck", "-q"]).succeeds();
        let store = self.env.store();
        layout::check(&store);
        for node in &self.graph.nodes {
            assert!(layout::has(&store, &node.digest), "{}", node.digest);
        }
    }
}

/// What `fsck --json` printed: the problems, and the sum.
fn parsed(output: &Output) -> (Vec<Value>, Value) {
    let lines = output.stdout.lines();
    let mut values: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sum = values.pop().unwrap();
    (values, sum)
}
