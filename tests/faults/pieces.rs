//! Faults in a layer of several ranges, where more than one lane is at work.

use super::{ALWAYS, Bench, Limits};
use crate::support::env::wait_for;
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::support::proxy::{Fault, Record};

/// Bytes of the layer: five ranges.
const SIZE: u64 = 40 << 20;

fn bench() -> Bench {
    Bench::with(image(AMD64, &[Layer::big(1, SIZE)]), Limits::default())
}

/// A GET of part of a blob.
fn fetches_part(record: &Record) -> bool {
    record.fetches_blob() && record.range.is_some()
}

#[test]
fn ranges_that_break_off_are_finished_by_others() {
    let bench = bench();
    bench.breaks(3, Fault::Cut(1 << 20), fetches_part);
    bench.breaks(1, Fault::Close(0), fetches_part);
    bench.breaks(1, Fault::Answer(503, None), fetches_part);
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    let fetched = bench.proxy.blob_bytes_fetched();
    assert!(
        fetched <= SIZE * 11 / 10,
        "{fetched} bytes were fetched for {SIZE}"
    );
    assert!(bench.proxy.log().into_iter().filter(fetches_part).count() > 5);
}

#[test]
fn a_registry_that_ignores_every_range_sends_the_layer_in_one_stream() {
    let bench = bench();
    bench.breaks(ALWAYS, Fault::IgnoreRange, fetches_part);
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    // One whole answer is used; what others had begun to send is dropped early.
    let fetched = bench.proxy.blob_bytes_fetched();
    assert!(
        fetched < SIZE * 2,
        "{fetched} bytes were fetched for {SIZE}"
    );
}

#[test]
fn a_flipped_byte_in_one_of_many_ranges_costs_one_fetch_more() {
    let bench = bench();
    bench.breaks(1, Fault::Flip(1000), fetches_part);
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    let fetched = bench.proxy.blob_bytes_fetched();
    assert!(
        fetched <= SIZE * 21 / 10,
        "{fetched} bytes were fetched for {SIZE}"
    );
    // The doubt about ranges is settled without one.
    let whole = bench
        .proxy
        .log()
        .into_iter()
        .filter(|record| record.range.is_none() && record.sent > SIZE / 2);
    assert_eq!(whole.count(), 1);
}

#[test]
fn one_stalled_range_does_not_hold_up_the_others() {
    let bench = bench();
    bench.breaks(2, Fault::Stall(100_000), fetches_part);
    let pull = bench
        .env
        .command(["pull", "--stall-timeout", "2s", &bench.name()])
        .spawn();
    wait_for("most of the layer", || {
        (bench.proxy.sent() > SIZE / 2).then_some(())
    });
    pull.wait().succeeds();
    bench.assert_pulled();
}
