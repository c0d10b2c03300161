//! What is no damage: commands that run meanwhile, blobs that are not complete, files of somebody else.

use serde_json::json;

use super::{Bench, parsed};
use crate::support::env::wait_for;
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::support::proxy::{Fault, Limits, Rule};

#[test]
fn unfinished_blobs_are_no_problem_and_a_damaged_journal_costs_only_its_blob() {
    let bench = Bench::empty(
        image(AMD64, &[Layer::gzip(1, 3 << 20), Layer::gzip(2, 20_000)]),
        Limits::default(),
    );
    let layer = bench.layer().to_owned();
    let of_layer = layer.clone();
    bench
        .proxy
        .rule(Rule::new(1, Fault::Cut(2 << 20), move |record| {
            record.method == "GET" && record.target.contains(&of_layer)
        }));
    bench
        .rg(&["pull", "-j", "1", "--retries", "0", "HOST/app:v1"])
        .fails();
    let clean = bench.rg(&["fsck"]).succeeds();
    let clean = clean.prints("1 partial blob, ");
    assert!(clean.last_line().ends_with("all is well"), "{clean}");
    let (_, sum) = parsed(&bench.rg(&["fsck", "--json"]).succeeds());
    let kept = sum["PartialBytes"].as_u64().unwrap();
    assert!(kept > 1 << 20, "{kept} bytes are kept");
    let journal = bench
        .env
        .store()
        .join("ingest")
        .join(format!("{}.ranges", layer.replace(':', "-")));
    let bytes = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, [&bytes[..], &[0xff; 64]].concat()).unwrap();
    bench
        .rg(&["fsck"])
        .succeeds()
        .prints(&format!("{layer}: partial blob with a damaged journal; "));
    std::fs::remove_file(&journal).unwrap();
    let (_, sum) = parsed(&bench.rg(&["fsck", "--json"]).succeeds());
    assert_eq!(
        (&sum["DamagedJournals"], &sum["PartialBytes"]),
        (&json!([layer]), &json!(0))
    );
    bench.rg(&["pull", "HOST/app:v1"]).succeeds();
    bench.is_whole();
}

#[test]
fn files_of_somebody_else_are_named_and_no_problem() {
    let bench = Bench::new();
    let strays = [
        "notes.txt",
        "blobs/md5",
        "blobs/sha256/backup.tar",
        "ingest/a\nb",
        "leases/x",
    ];
    for stray in strays {
        std::fs::write(bench.env.store().join(stray), "x").unwrap();
    }
    let told = bench.rg(&["fsck"]).succeeds();
    for stray in strays {
        let line = format!(
            "STORE/{}: no part of the store\n",
            stray.replace('\n', "\\n")
        );
        assert!(told.stdout.contains(&line), "{line:?} in {told}");
    }
    assert!(told.last_line().ends_with("all is well"), "{told}");
}

#[test]
fn a_temporary_file_is_left_over_once_it_is_old() {
    let bench = Bench::new();
    let path = bench.env.store().join("ingest/upload-0123456789abcdef");
    std::fs::write(&path, "x").unwrap();
    bench.rg(&["fsck"]).succeeds().hides("upload-");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(7200);
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(old).unwrap();
    bench
        .rg(&["fsck"])
        .succeeds()
        .prints("upload-0123456789abcdef: left over by a command that was killed");
}

#[test]
fn a_pull_under_way_is_no_damage_and_is_not_disturbed() {
    let limits = Limits {
        in_all: Some(6 << 20),
        ..Limits::default()
    };
    let layers: Vec<Layer> = (0..12).map(|seed| Layer::gzip(seed, 500_000)).collect();
    let bench = Bench::empty(image(AMD64, &layers), limits);
    let name = format!("{}/app:v1", bench.proxy.host());
    let mut pull = bench.env.command(["pull", &name]).spawn();
    wait_for("the first bytes", || {
        (bench.proxy.sent() > 1 << 20).then_some(())
    });
    loop {
        bench.rg(&["fsck"]).succeeds().hides("damaged");
        if !pull.is_running() {
            break;
        }
    }
    let pulled = pull.wait().succeeds();
    assert!(!pulled.stderr.contains("another process"), "{pulled}");
    bench.is_whole();
}

#[test]
fn removals_and_pulls_beside_it_are_no_damage() {
    let bench = Bench::new();
    let name = format!("{}/app:v1", bench.proxy.host());
    std::thread::scope(|scope| {
        let neighbour = scope.spawn(|| {
            for _ in 0..6 {
                bench.env.rg(["rmi", &name]).succeeds();
                bench.env.rg(["pull", &name]).succeeds();
            }
        });
        loop {
            bench.rg(&["fsck"]).succeeds();
            if neighbour.is_finished() {
                break;
            }
        }
    });
    bench.is_whole();
}
