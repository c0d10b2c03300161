//! Faults while pulling.

use super::{ALWAYS, Bench};
use crate::support::proxy::Fault;

/// Pulls once with `fault` on the first `times` requests for the larger layer, and expects it to be survived.
#[track_caller]
fn survives(times: usize, fault: &Fault) {
    let bench = Bench::new();
    bench.breaks_layer(times, fault.clone());
    bench
        .env
        .rg(["pull", "--stall-timeout", "200ms", &bench.name()])
        .succeeds();
    let spoiled = bench
        .proxy
        .log()
        .iter()
        .filter(|record| record.spoiled)
        .count();
    assert_eq!(spoiled, times, "{fault:?} did not happen as often as told");
    bench.assert_pulled();
}

#[test]
fn a_body_reset_at_any_byte_is_taken_up_again() {
    for at in [0, 1, 1000, 65_536, 99_999] {
        survives(1, &Fault::Cut(at));
    }
}

#[test]
fn a_body_closed_early_is_taken_up_again() {
    for at in [0, 1, 65_537] {
        survives(1, &Fault::Close(at));
    }
}

#[test]
fn a_body_that_stalls_is_asked_for_again() {
    for at in [0, 70_000] {
        survives(1, &Fault::Stall(at));
    }
}

#[test]
fn a_burst_of_busy_answers_is_waited_out() {
    survives(3, &Fault::Answer(503, None));
    survives(1, &Fault::Answer(429, Some("0".to_owned())));
    survives(2, &Fault::Answer(502, None));
}

#[test]
fn o09_what_came_before_a_reset_is_not_fetched_again() {
    let bench = Bench::new();
    let third = super::LARGE as u64 / 3;
    bench.breaks_layer(2, Fault::Cut(third));
    bench.env.rg(["pull", "-j", "1", &bench.name()]).succeeds();
    bench.assert_pulled();
    let (fetched, size) = (bench.proxy.blob_bytes_fetched(), bench.graph.blob_bytes());
    assert!(
        fetched * 10 <= size * 11,
        "{fetched} bytes were fetched for {size}"
    );
    let ranged = bench
        .proxy
        .log()
        .into_iter()
        .filter(|record| record.range.is_some());
    assert!(ranged.count() >= 1, "{:?}", bench.proxy.log());
}

#[test]
fn o12_a_registry_without_ranges_sends_the_whole_again() {
    let bench = Bench::new();
    bench.breaks_layer(1, Fault::Cut(super::LARGE as u64 / 2));
    bench.breaks_layer(ALWAYS, Fault::IgnoreRange);
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
}

#[test]
fn o13_bytes_of_another_range_are_not_taken_for_those_asked() {
    for times in [1, ALWAYS] {
        let bench = Bench::new();
        bench.breaks_layer(1, Fault::Cut(1 << 20));
        bench.breaks(times, Fault::WrongContentRange, |record| {
            record.fetches_blob() && record.range.is_some()
        });
        let output = bench.env.rg(["pull", &bench.name()]);
        if output.code == 0 {
            bench.assert_pulled();
        } else {
            output.fails();
            bench.assert_not_pulled();
        }
    }
}

#[test]
fn a_flipped_byte_in_a_resumed_blob_costs_one_fetch_more() {
    let bench = Bench::new();
    bench.breaks_layer(1, Fault::Cut(1 << 20));
    bench.breaks(1, Fault::Flip(1000), |record| {
        record.fetches_blob() && record.range.is_some()
    });
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
}

#[test]
fn a_byte_that_is_always_flipped_is_an_error_and_not_a_loop() {
    let bench = Bench::new();
    bench.breaks_layer(ALWAYS, Fault::Flip(50_000));
    bench.env.rg(["pull", &bench.name()]).exits(6);
    bench.assert_not_pulled();
    assert!(bench.proxy.log().len() < 20, "{:?}", bench.proxy.log());
}

#[test]
fn a_redirect_to_another_port_is_followed() {
    let bench = Bench::new();
    bench.breaks_layer(ALWAYS, Fault::Redirect(bench.registry.base()));
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    assert!(bench.proxy.blob_bytes_fetched() < super::LARGE as u64);
}

#[test]
fn a_manifest_that_breaks_off_is_asked_for_again() {
    let bench = Bench::new();
    bench.breaks(1, Fault::Cut(100), |record| {
        record.is_manifest() && record.method == "GET"
    });
    bench.breaks(1, Fault::Answer(500, None), |record| {
        record.method == "HEAD"
    });
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
}

#[test]
fn a_registry_that_stays_broken_is_given_up_and_the_next_run_finishes() {
    for fault in [Fault::Answer(503, None), Fault::Cut(0), Fault::Stall(0)] {
        let bench = Bench::new();
        bench.breaks_layer(40, fault);
        let arguments = [
            "pull",
            "--retries",
            "2",
            "--stall-timeout",
            "100ms",
            &bench.name(),
        ];
        bench.env.rg(arguments).exits(5);
        bench.assert_not_pulled();
        // The rule wears out, as a fault in the world does.
        while bench
            .proxy
            .log()
            .iter()
            .filter(|record| record.spoiled)
            .count()
            < 40
        {
            let output = bench.env.rg(arguments);
            assert!(output.code == 5 || output.code == 0, "{output}");
        }
        bench.env.rg(["pull", &bench.name()]).succeeds();
        bench.assert_pulled();
    }
}
