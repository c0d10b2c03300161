//! Removing an image while another process pulls one that shares its layers.

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{AMD64, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::registry::{Options, Registry};

/// Removes one image while the other is pulled, `rounds` times.
pub(crate) fn beside_a_pull(registry: &Registry, rounds: usize) {
    let shared: Vec<Layer> = (0..4).map(|seed| Layer::gzip(seed, 50_000)).collect();
    let with = |own| {
        image(
            AMD64,
            &[shared.clone(), vec![Layer::gzip(own, 50_000)]].concat(),
        )
    };
    let (going, coming) = (with(10), with(20));
    let client = Client::new();
    push_raw(&client, &registry.base(), "going", "v1", &going);
    push_raw(&client, &registry.base(), "coming", "v1", &coming);
    let env = Env::new();
    let old = format!("{}/going:v1", registry.host());
    let new = format!("{}/coming:v1", registry.host());
    for _ in 0..rounds {
        env.rg(["pull", &old]).succeeds();
        let pull = env.command(["pull", &new]).spawn();
        let remove = env.command(["rmi", &old]).spawn();
        remove.wait().succeeds();
        pull.wait().succeeds();
        layout::check(&env.store());
        for node in &coming.nodes {
            assert!(
                layout::has(&env.store(), &node.digest),
                "{} was removed",
                node.digest
            );
        }
        assert_eq!(layout::tag(&env.store(), &old), None);
        env.rg(["rmi", &new]).succeeds();
    }
}

#[test]
fn a_removal_never_breaks_a_pull_beside_it() {
    beside_a_pull(&Registry::embedded(&Options::default()), 10);
}
