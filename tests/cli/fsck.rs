//! `fsck`: every kind of damage is found, named with the images that need it, and mended where a registry has it.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::env::{Env, Output, wait_for};
use crate::support::image::{AMD64, ARM64, Graph, image, index, push_raw};
use crate::support::layer::{Layer, sha256};
use crate::support::layout::{self, blob_path};
use crate::support::proxy::{Fault, Limits, Proxy, Rule};
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

#[test]
fn a_clean_store_is_clean_whatever_shape_its_images_have() {
    let many = index(&[
        image(AMD64, &[Layer::gzip(1, 5000)]),
        image(ARM64, &[Layer::gzip(2, 5000)]),
    ]);
    let bench = Bench::with(many);
    let foreign = image(
        AMD64,
        &[
            Layer::gzip(3, 100).foreign("https://elsewhere.invalid/l"),
            Layer::gzip(4, 100).by_sha512(),
        ],
    );
    push_raw(
        &Client::new(),
        &bench.registry.base(),
        "other",
        "v1",
        &image(AMD64, &[Layer::gzip(4, 100).by_sha512()]),
    );
    bench.rg(&["pull", "HOST/other:v1"]).succeeds();
    let clean = bench.rg(&["fsck"]).succeeds();
    assert!(
        clean.stdout.starts_with("Checked 2 images, 7 blobs, ")
            && clean.stdout.ends_with(": all is well\n"),
        "{clean}"
    );
    assert_eq!(
        (clean.stdout.lines().count(), clean.stderr.as_str()),
        (1, "")
    );
    let quiet = bench.rg(&["fsck", "-q"]).succeeds();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    // The store of a registry to which an image was pushed without the layer that is kept elsewhere.
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "foreign", "v1", &foreign);
    let store = registry.store().display().to_string();
    bench.rg(&["--store", &store, "fsck"]).succeeds();
}

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

#[test]
fn an_index_file_of_garbage_is_named_and_content_is_checked_all_the_same() {
    let bench = Bench::new();
    std::fs::write(bench.env.store().join("index.json"), "[]").unwrap();
    bench
        .rg(&["fsck"])
        .exits(7)
        .prints("STORE/index.json: malformed: ");
    bench.damage(bench.layer());
    let found = bench.rg(&["fsck"]).exits(6);
    assert!(found.stdout.contains(bench.layer()), "{found}");
    let (problems, sum) = parsed(&bench.rg(&["fsck", "--json"]).exits(6));
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!((&sum["Images"], &sum["Problems"]), (&json!(0), &json!(2)));
}

#[test]
fn an_entry_with_the_wrong_size_or_type_is_found() {
    for (key, value) in [
        ("size", json!(7)),
        (
            "mediaType",
            json!("application/vnd.oci.image.index.v1+json"),
        ),
    ] {
        let bench = Bench::new();
        let path = bench.env.store().join("index.json");
        let mut document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        document["manifests"][0][key] = value;
        std::fs::write(&path, document.to_string()).unwrap();
        bench
            .rg(&["fsck"])
            .exits(6)
            .prints(&format!("{}: malformed: ", bench.graph.digest()))
            .prints("needed by HOST/app:v1; `rg rmi HOST/app:v1` removes it\n");
    }
}

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
fn programs_read_one_object_a_problem_and_one_about_all() {
    let bench = Bench::new();
    bench.damage(bench.layer());
    let (problems, sum) = parsed(&bench.rg(&["fsck", "--json"]).exits(6));
    let described = json!([{
        "Digest": bench.layer(),
        "Problem": "damaged",
        "Reason": null,
        "NeededBy": ["HOST/app:v1"],
        "Origins": ["HOST/app"],
        "Repaired": null,
    }]);
    assert_eq!(json!(problems), described);
    assert_eq!(
        (&sum["Images"], &sum["Blobs"], &sum["Problems"]),
        (&json!(1), &json!(4), &json!(1))
    );
    let (problems, sum) = parsed(&bench.rg(&["fsck", "--repair", "--json"]).succeeds());
    assert_eq!(problems[0]["Repaired"], "fetched again from HOST/app");
    assert_eq!((&sum["Repaired"], &sum["Problems"]), (&json!(1), &json!(0)));
}

#[test]
fn progress_is_told_as_json_events() {
    let bench = Bench::new();
    let output = bench.rg(&["--progress", "json", "fsck"]).succeeds();
    let events: Vec<Value> = output
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let moved: u64 = events
        .iter()
        .filter(|event| event["event"] == "moved" && event["role"] == "content")
        .map(|event| event["bytes"].as_u64().unwrap())
        .sum();
    let all: u64 = bench
        .graph
        .nodes
        .iter()
        .map(|node| node.content.len())
        .sum();
    assert_eq!((&events[0]["event"], moved), (&json!("planned"), all));
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
