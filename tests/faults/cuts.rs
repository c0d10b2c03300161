//! A layer that breaks off at any byte: what arrived counts, the rest is fetched, and the bytes are right.

use super::{Bench, Fault, Limits};
use crate::support::env::Env;
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::support::random::Random;

/// Bytes of the ranges that a large layer is fetched in.
const PIECE: u64 = 8 << 20;

/// What was sent and never read when a connection is reset, in bytes: at most two connections' buffers.
const UNREAD: u64 = 512 << 10;

/// Pulls a layer of about `size` bytes once for each of `cuts`, with its first two answers that have that byte, or end
/// before it, cut there.
fn pulls_through(size: u64, cuts: impl Fn(u64) -> Vec<u64>) {
    let mut bench = Bench::with(image(AMD64, &[Layer::big(1, size)]), Limits::default());
    let (layer, size) = (
        bench.graph.largest().digest.clone(),
        bench.graph.largest().content.len(),
    );
    let all = bench.graph.blob_bytes();
    for cut in cuts(size) {
        println!("cut at {cut} of {size}");
        let layer = layer.clone();
        bench.breaks(2, Fault::CutAt(cut), move |record| {
            let (from, to) = record.asked();
            record.target.contains(&layer) && from <= cut && cut <= to.unwrap_or(size)
        });
        bench.env.rg(["pull", "-j", "2", &bench.name()]).succeeds();
        bench.assert_pulled();
        assert!(bench.proxy.log().iter().any(|record| record.spoiled));
        let fetched = bench.proxy.blob_bytes_fetched();
        assert!(
            fetched <= all + UNREAD,
            "{fetched} bytes were fetched for {all}"
        );
        bench.proxy.forget_all();
        bench.env = Env::new();
    }
}

fn random(count: usize, below: u64) -> Vec<u64> {
    let mut random = Random::new();
    (0..count).map(|_| random.below(below)).collect()
}

#[test]
fn a_layer_cut_at_any_byte_is_resumed_from_there() {
    pulls_through(700_000, |size| {
        let ends = [0, 1, size - 1, size];
        [&ends[..], &random(30, size)].concat()
    });
}

#[test]
fn a_layer_cut_around_the_edges_of_its_ranges_is_resumed_from_there() {
    pulls_through(2 * PIECE + (1 << 20), |size| {
        let edges = [PIECE, 2 * PIECE].into_iter();
        let around: Vec<u64> = edges.flat_map(|edge| [edge - 1, edge, edge + 1]).collect();
        [&[0, 1, size - 1, size], &around[..], &random(20, size)].concat()
    });
}
