//! What is damaged or missing is named with the images that need it, and fetched again alone.

use super::Bench;
use crate::support::env::wait_for;
use crate::support::image::{AMD64, ARM64, image, index};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::proxy::{Fault, Limits, Rule};
use crate::support::registry::{Options, Registry};

#[test]
fn a_damaged_layer_is_named_with_its_images_and_fetched_again_alone() {
    let bench = Bench::new();
    bench.rg(&["tag", "HOST/app:v1", "mine:v2"]).succeeds();
    bench.damage(bench.layer());
    let line = format!(
        "{}: damaged, needed by HOST/app:v1, mine:v2; `rg fsck --repair` fetches it again from HOST/app\n",
        bench.layer()
    );
    bench.finds_and_mends(&line, bench.graph.largest().content.len());
}

#[test]
fn a_layer_that_was_cut_short_or_grew_is_damaged() {
    for length in [0, 100, 1 << 20] {
        let bench = Bench::new();
        let file = std::fs::File::options()
            .write(true)
            .open(bench.blob(bench.layer()))
            .unwrap();
        file.set_len(length).unwrap();
        let line = format!("{}: damaged, ", bench.layer());
        bench.finds_and_mends(&line, bench.graph.largest().content.len());
    }
}

#[test]
fn a_missing_layer_is_found_and_fetched_again() {
    let bench = Bench::new();
    bench.remove(bench.layer());
    let line = format!("{}: missing, needed by HOST/app:v1; ", bench.layer());
    bench.finds_and_mends(&line, bench.graph.largest().content.len());
}

#[test]
fn what_is_no_file_in_the_place_of_a_layer_is_replaced() {
    let bench = Bench::new();
    bench.remove(bench.layer());
    std::os::unix::fs::symlink("/etc/hostname", bench.blob(bench.layer())).unwrap();
    bench.rg(&["fsck"]).exits(7).prints("cannot be read: ");
    bench.rg(&["fsck", "--repair"]).succeeds();
    bench.is_whole();
    bench.remove(bench.layer());
    std::fs::create_dir(bench.blob(bench.layer())).unwrap();
    bench
        .rg(&["fsck"])
        .exits(7)
        .prints("cannot be read: not a regular file, needed by HOST/app:v1; ");
    bench
        .rg(&["fsck", "--repair"])
        .succeeds()
        .prints(".damaged-1: no part of the store\n");
    let aside = format!("{}.damaged-1", bench.blob(bench.layer()).display());
    std::fs::remove_dir(aside).unwrap();
    bench.is_whole();
}

#[test]
fn a_damaged_or_missing_manifest_is_fetched_again_and_no_blob() {
    let bench = Bench::new();
    bench.damage(bench.graph.digest());
    let digest = bench.graph.digest().to_owned();
    bench.finds_and_mends(&format!("{digest}: damaged, needed by HOST/app:v1; "), 0);
    bench.remove(&digest);
    bench.finds_and_mends(&format!("{digest}: missing, needed by HOST/app:v1; "), 0);
}

#[test]
fn damage_behind_a_damaged_index_is_mended_in_the_same_run() {
    let child = image(AMD64, &[Layer::gzip(1, 50_000)]);
    let other = image(ARM64, &[Layer::gzip(2, 5000)]);
    let layer = child.largest().digest.clone();
    let bench = Bench::empty(index(&[child.clone(), other]), Limits::default());
    bench
        .rg(&["pull", "--platform", "linux/amd64", "HOST/app:v1"])
        .succeeds();
    for digest in [bench.graph.digest(), child.digest(), &layer] {
        bench.damage(digest);
    }
    let before = layout_files(&bench);
    let mended = bench.rg(&["fsck", "--repair"]).succeeds();
    assert!(
        mended.last_line().ends_with("all is well (3 repaired)"),
        "{mended}"
    );
    assert_eq!(layout_files(&bench), before, "nothing came along");
    layout::check(&bench.env.store());
}

#[test]
fn nothing_is_removed_while_an_index_cannot_say_what_it_needs() {
    let child = image(AMD64, &[Layer::gzip(1, 50_000)]);
    let bench = Bench::with(index(&[child.clone(), image(ARM64, &[])]));
    bench.remove(bench.graph.digest());
    bench.damage(child.digest());
    let origins = bench.env.store().join("origins.json");
    let record = std::fs::read(&origins).unwrap();
    std::fs::write(&origins, "{}").unwrap();
    let left = bench.rg(&["fsck", "--repair"]).exits(6);
    assert!(left.last_line().ends_with(": 2 problems"), "{left}");
    assert!(bench.blob(child.digest()).exists());
    std::fs::write(&origins, record).unwrap();
    let mended = bench.rg(&["fsck", "--repair"]).succeeds();
    assert_eq!(mended.stderr, "", "{mended}");
    layout::check(&bench.env.store());
    assert!(layout::has(&bench.env.store(), child.digest()));
}

#[test]
fn a_second_repository_on_record_is_asked_when_the_first_has_it_no_more() {
    let bench = Bench::new();
    let other = Registry::embedded(&Options::default());
    let name = format!("{}/copy:v1", other.host());
    bench.rg(&["tag", "HOST/app:v1", &name]).succeeds();
    bench.rg(&["push", &name]).succeeds();
    bench.damage(bench.layer());
    bench
        .proxy
        .rule(Rule::new(usize::MAX, Fault::Answer(404, None), |_| true));
    bench
        .rg(&["fsck", "--repair"])
        .succeeds()
        .prints(&format!(": fetched again from {}/copy\n", other.host()));
    bench.is_whole();
}

#[test]
fn a_killed_repair_goes_on_where_it_stopped() {
    const SIZE: u64 = 40 << 20;
    const RANGE: u64 = 8 << 20;
    let limits = Limits {
        in_all: Some(SIZE),
        ..Limits::default()
    };
    let bench = Bench::empty(image(AMD64, &[Layer::big(1, SIZE)]), limits);
    bench.rg(&["pull", "HOST/app:v1"]).succeeds();
    bench.damage(bench.layer());
    bench.proxy.forget();
    let repair = ["fsck", "--repair", "-j", "2"];
    let running = bench.env.command(repair).spawn();
    wait_for("half of the layer", || {
        (bench.proxy.sent() > SIZE / 2).then_some(())
    });
    running.kill();
    assert!(
        bench.blob(bench.layer()).exists(),
        "the damaged one is still there"
    );
    let found = bench.rg(&["fsck"]).exits(6);
    assert!(found.stdout.contains("1 partial blob, "), "{found}");
    bench.rg(&repair).succeeds();
    bench.is_whole();
    let (sent, most) = (bench.proxy.blob_bytes_fetched(), SIZE + 2 * RANGE);
    assert!(sent <= most, "{sent} bytes were sent for {SIZE}");
}

/// How many files are visible in the store.
fn layout_files(bench: &Bench) -> usize {
    std::fs::read_dir(bench.env.store().join("blobs/sha256"))
        .unwrap()
        .count()
}

#[test]
fn damaged_content_that_no_image_needs_is_removed_by_a_repair() {
    let bench = Bench::new();
    let stranger = sha256(b"what was here once");
    std::fs::write(bench.blob(&stranger), "and is no more").unwrap();
    bench.rg(&["fsck"]).exits(6).prints(&format!(
        "{stranger}: damaged, needed by no image; `rg fsck --repair` removes it\n"
    ));
    bench
        .rg(&["fsck", "--repair"])
        .succeeds()
        .prints(&format!("{stranger}: removed, no image needs it\n"));
    assert!(!layout::has(&bench.env.store(), &stranger));
}

#[test]
fn what_cannot_be_fetched_is_said_and_left_as_it_is() {
    let bench = Bench::new();
    bench.damage(bench.layer());
    bench
        .proxy
        .rule(Rule::new(usize::MAX, Fault::Answer(404, None), |_| true));
    let failed = bench.rg(&["fsck", "--repair"]).exits(6);
    let failed = failed.says("error: cannot fetch HOST/app@sha256:");
    assert!(
        failed
            .stdout
            .contains("try again later, or `rg rmi HOST/app:v1` and pull it again"),
        "{failed}"
    );
    assert!(bench.blob(bench.layer()).exists());
    bench.rg(&["images", "-q"]).succeeds();
}

#[test]
fn without_a_record_of_origins_the_way_out_is_told_and_works() {
    let bench = Bench::new();
    bench.damage(bench.layer());
    std::fs::remove_file(bench.env.store().join("origins.json")).unwrap();
    bench
        .rg(&["fsck", "--repair"])
        .exits(6)
        .prints("no registry is on record to have it: `rg rmi HOST/app:v1` and pull it again\n");
    bench.rg(&["rmi", "HOST/app:v1"]).succeeds();
    bench.rg(&["pull", "HOST/app:v1"]).succeeds();
    bench.is_whole();
}

#[test]
fn an_origins_file_of_garbage_is_set_aside() {
    let bench = Bench::new();
    let path = bench.env.store().join("origins.json");
    std::fs::write(&path, "{\"a\": [").unwrap();
    bench
        .rg(&["images"])
        .exits(7)
        .says("hint: `rg fsck --repair` sets it aside");
    bench
        .rg(&["fsck"])
        .exits(7)
        .prints("STORE/origins.json: malformed: ")
        .prints("; `rg fsck --repair` sets it aside\n");
    bench
        .rg(&["fsck", "--repair"])
        .succeeds()
        .prints("STORE/origins.json: set aside as STORE/origins.json.damaged-1\n");
    let aside = std::fs::read_to_string(path.with_file_name("origins.json.damaged-1"));
    assert_eq!(aside.unwrap(), "{\"a\": [");
    bench.rg(&["images"]).succeeds().prints("app");
    bench.rg(&["pull", "HOST/app:v1"]).succeeds();
    assert!(path.exists(), "recorded again");
}
