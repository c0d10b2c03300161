//! Faults of the network between `rg` and an honest registry: whatever breaks, a command finishes, or fails with the
//! promised code, and the store is valid afterwards.
//!
//! The faults come from the proxy before the embedded registry, or from a scripted registry where the protocol itself
//! must take a turn (numbered as in the list of adversarial cases).

mod answers;
mod connect;
mod cuts;
mod disk;
mod limits;
mod pieces;
mod pull;
mod push;
mod scripted;
mod silence;
mod uploads;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Fault, Limits, Proxy, Record, Rule};
use crate::support::registry::{Options, Registry};

/// Bytes of the larger layer: several reads, one range.
const LARGE: usize = 3 << 20;

/// An embedded registry with one image as `app:v1`, a proxy before it, a world for `rg`.
pub(crate) struct Bench {
    registry: Registry,
    pub(crate) proxy: Proxy,
    pub(crate) env: Env,
    pub(crate) graph: Graph,
}

impl Bench {
    fn new() -> Self {
        Self::with(sample(), Limits::default())
    }

    pub(crate) fn with(graph: Graph, limits: Limits) -> Self {
        let registry = Registry::embedded(&Options::default());
        push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
        Self {
            proxy: Proxy::limited(&registry.host(), limits),
            registry,
            env: Env::new(),
            graph,
        }
    }

    /// `app:v1` through the proxy.
    pub(crate) fn name(&self) -> String {
        format!("{}/app:v1", self.proxy.host())
    }

    /// Breaks the next `times` requests that `when` picks.
    pub(crate) fn breaks(
        &self,
        times: usize,
        fault: Fault,
        when: impl Fn(&Record) -> bool + Send + Sync + 'static,
    ) {
        self.proxy.rule(Rule::new(times, fault, when));
    }

    /// Breaks the next `times` requests for the larger layer.
    fn breaks_layer(&self, times: usize, fault: Fault) {
        let layer = self.graph.largest().digest.clone();
        self.breaks(times, fault, move |record| {
            record.method == "GET" && record.target.contains(&layer)
        });
    }

    /// Asserts that the image is in the local store, whole and right.
    #[track_caller]
    pub(crate) fn assert_pulled(&self) {
        let store = self.env.store();
        layout::check(&store);
        assert_eq!(
            layout::tag(&store, &self.name()).as_deref(),
            Some(self.graph.digest())
        );
        for node in &self.graph.nodes {
            assert!(
                layout::has(&store, &node.digest),
                "{} is missing",
                node.digest
            );
        }
    }

    /// Asserts that nothing was pulled, and nothing is wrong with what is there.
    #[track_caller]
    pub(crate) fn assert_not_pulled(&self) {
        layout::check(&self.env.store());
        assert_eq!(layout::tag(&self.env.store(), &self.name()), None);
    }
}

/// One large layer and one small.
fn sample() -> Graph {
    image(AMD64, &[Layer::gzip(1, LARGE), Layer::gzip(2, 100_000)])
}

/// More often than any command tries.
const ALWAYS: usize = usize::MAX;
