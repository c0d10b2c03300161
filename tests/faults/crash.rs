//! Kills, signals and neighbours: several processes, one store, no broken image.

use super::{Bench, Limits};
use crate::support::env::wait_for;
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::support::layout;

/// A layer of several ranges.
const SIZE: u64 = 40 << 20;

/// What one range may be, in bytes, and so what one lane may lose to a kill.
const RANGE: u64 = 8 << 20;

/// One layer behind a rate at which it takes about a second.
fn slow() -> Bench {
    let limits = Limits {
        in_all: Some(SIZE),
        ..Limits::default()
    };
    Bench::with(image(AMD64, &[Layer::big(1, SIZE)]), limits)
}

#[test]
fn o34_a_killed_pull_resumes_from_the_bytes_on_disk() {
    let bench = slow();
    let running = bench
        .env
        .command(["pull", "-j", "2", &bench.name()])
        .spawn();
    wait_for("half of the layer", || {
        (bench.proxy.sent() > SIZE / 2).then_some(())
    });
    running.kill();
    bench.assert_not_pulled();
    bench.env.rg(["images"]).succeeds();
    bench.env.rg(["pull", "-j", "2", &bench.name()]).succeeds();
    bench.assert_pulled();
    let (sent, most) = (bench.proxy.sent(), SIZE + 2 * RANGE);
    assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
}

#[test]
fn a_pull_finishes_what_a_killed_neighbour_had_begun() {
    let bench = slow();
    let first = bench
        .env
        .command(["pull", "-j", "2", &bench.name()])
        .spawn();
    wait_for("a quarter of the layer", || {
        (bench.proxy.sent() > SIZE / 4).then_some(())
    });
    let second = bench
        .env
        .command(["pull", "-j", "2", &bench.name()])
        .spawn();
    wait_for("half of the layer", || {
        (bench.proxy.sent() > SIZE / 2).then_some(())
    });
    first.kill();
    second.wait().succeeds();
    bench.assert_pulled();
    let (sent, most) = (bench.proxy.sent(), SIZE + 2 * RANGE);
    assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
}

#[test]
fn an_interrupted_pull_says_so_and_resumes() {
    use rustix::process::Signal;
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let bench = slow();
        let running = bench
            .env
            .command(["pull", "-j", "2", &bench.name()])
            .spawn();
        wait_for("half of the layer", || {
            (bench.proxy.sent() > SIZE / 2).then_some(())
        });
        running.signal(signal);
        running.wait().exits(code).says("interrupted");
        bench.assert_not_pulled();
        assert!(layout::partial_bytes(&bench.env.store()) > SIZE / 8);
        bench.env.rg(["pull", &bench.name()]).succeeds();
        bench.assert_pulled();
        let (sent, most) = (bench.proxy.sent(), SIZE + 2 * RANGE);
        assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
    }
}

#[test]
fn a_limit_on_file_sizes_is_an_error_that_names_the_file() {
    let bench = slow();
    let limited = format!(
        "ulimit -f 2000; exec {} pull {}",
        env!("CARGO_BIN_EXE_rg"),
        bench.name()
    );
    bench
        .env
        .program("sh", &["-c", &limited])
        .run()
        .exits(7)
        .says("cannot write")
        .says(".part");
    bench.assert_not_pulled();
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
}

#[test]
fn o35_two_pulls_of_one_image_fetch_it_once() {
    let bench = slow();
    let pulls = [(); 2].map(|()| bench.env.command(["pull", &bench.name()]).spawn());
    for pull in pulls {
        pull.wait().succeeds();
    }
    bench.assert_pulled();
    let (fetched, size) = (bench.proxy.blob_bytes_fetched(), bench.graph.blob_bytes());
    assert!(
        fetched * 100 <= size * 102,
        "{fetched} bytes were fetched for {size}"
    );
}
