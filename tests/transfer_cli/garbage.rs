//! What nobody needs: found, measured and removed, and nothing else.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{AMD64, Graph, artifact, image, push_raw, small};
use crate::support::layer::{Layer, noise, sha256};
use crate::support::layout;
use crate::support::proxy::{Fault, Proxy, Record, Rule};
use crate::support::registry::{Options, Registry};

const HOUR: Duration = Duration::from_secs(3600);

/// Makes a file look as if it was written that long ago.
fn age(path: &Path, by: Duration) {
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - by).unwrap();
}

/// The same of all content of a store.
pub(crate) fn age_all(env: &Env, by: Duration) {
    for folder in ["blobs/sha256", "ingest"] {
        for entry in std::fs::read_dir(env.store().join(folder)).unwrap() {
            age(&entry.unwrap().path(), by);
        }
    }
}

/// Content that no image names.
fn stray(env: &Env, seed: u64) -> String {
    let bytes = noise(seed, 5000);
    let digest = sha256(&bytes);
    std::fs::write(layout::blob_path(&env.store(), &digest), bytes).unwrap();
    digest
}

/// A registry with `app:v1`, and a store that pulled it.
fn pulled(graph: &Graph) -> (Registry, Env, String) {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", graph);
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    env.rg(["pull", "-q", &name]).succeeds();
    (registry, env, name)
}

#[test]
fn what_no_image_names_goes_when_it_is_an_hour_old() {
    let graph = small(1);
    let (_registry, env, name) = pulled(&graph);
    let (old, young) = (stray(&env, 1), stray(&env, 2));
    age_all(&env, 2 * HOUR);
    age(&layout::blob_path(&env.store(), &young), Duration::ZERO);
    let would = env.rg(["prune", "--dry-run"]).succeeds();
    assert_eq!(
        would.stdout,
        format!("Would delete: {old}\nWould reclaim: 5kB\n")
    );
    assert!(layout::has(&env.store(), &old));
    let output = env.rg(["prune", "-f"]).succeeds();
    assert!(
        output.stdout.contains(&format!("Deleted: {old}\n")),
        "{output}"
    );
    assert!(
        output.stdout.contains("Total reclaimed space: "),
        "{output}"
    );
    assert!(!layout::has(&env.store(), &old) && layout::has(&env.store(), &young));
    env.rg(["prune", "-f", "--filter", "until=3h"]).succeeds();
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(graph.digest())
    );
}

#[test]
fn an_image_that_lost_its_tag_goes_and_what_others_share_with_it_stays() {
    let shared = Layer::gzip(1, 9000);
    let old = image(AMD64, &[shared.clone(), Layer::gzip(2, 3000)]);
    let new = image(AMD64, &[shared, Layer::gzip(3, 3000)]);
    let (registry, env, name) = pulled(&old);
    push_raw(&Client::new(), &registry.base(), "app", "v1", &new);
    env.rg(["pull", "-q", &name]).succeeds();
    age_all(&env, 2 * HOUR);
    env.rg(["prune", "-f", "--filter", "until=3h"]).succeeds();
    assert!(
        layout::has(&env.store(), old.digest()),
        "it is not that old"
    );
    let output = env.rg(["prune", "-f"]).succeeds();
    assert!(output.stdout.contains("Untagged: "), "{output}");
    assert!(!layout::has(&env.store(), old.digest()));
    layout::check(&env.store());
    assert_eq!(
        layout::tag(&env.store(), &name).as_deref(),
        Some(new.digest())
    );
    for node in &new.nodes {
        assert!(layout::has(&env.store(), &node.digest));
    }
}

#[test]
fn what_is_attached_to_an_image_goes_with_it_and_not_before() {
    let graph = small(1);
    let (registry, env, name) = pulled(&graph);
    let signature = artifact(Some(&graph));
    push_raw(
        &Client::new(),
        &registry.base(),
        "app",
        "signed",
        &signature,
    );
    let local = format!("local:{name}");
    env.rg(["copy", "-q", "--referrers", &name, &local])
        .succeeds();
    age_all(&env, 72 * HOUR);
    env.rg(["prune", "-f"]).succeeds();
    assert!(layout::has(&env.store(), signature.digest()));
    let listed = env.rg(["referrers", "--json", &local]).succeeds();
    assert!(listed.stdout.contains(signature.digest()), "{listed}");
    env.rg(["rmi", &name]).succeeds();
    age_all(&env, 72 * HOUR);
    env.rg(["prune", "-f"]).succeeds();
    assert!(!layout::has(&env.store(), signature.digest()));
}

#[test]
fn parts_of_downloads_go_after_a_day_or_on_request_but_never_while_they_are_written() {
    let graph = image(AMD64, &[Layer::gzip(1, 20_000_000)]);
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
    let proxy = Proxy::start(&registry.host());
    let name = format!("{}/app:v1", proxy.host());
    proxy.rule(Rule::new(50, Fault::Cut(5_000_000), Record::fetches_blob));
    let env = Env::new();
    env.rg(["pull", "--retries", "0", &name]).fails();
    assert!(layout::partial_bytes(&env.store()) > 0);
    age_all(&env, 2 * HOUR);
    env.rg(["prune", "-f"]).succeeds();
    assert!(
        layout::partial_bytes(&env.store()) > 0,
        "it is not a day old"
    );
    // Somebody has it open.
    let part = std::fs::read_dir(env.store().join("ingest")).unwrap();
    let mut parts = part.map(|entry| entry.unwrap().path());
    let part = parts
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "part")
        })
        .unwrap();
    let held = std::fs::File::open(&part).unwrap();
    held.lock().unwrap();
    env.rg(["prune", "-a", "-f"]).succeeds();
    assert!(part.exists());
    held.unlock().unwrap();
    env.rg(["prune", "-a", "-f"])
        .succeeds()
        .prints("Deleted: part of sha256:");
    assert_eq!(
        std::fs::read_dir(env.store().join("ingest"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_prune_asks_and_without_anybody_to_ask_it_does_nothing() {
    let (_registry, env, _) = pulled(&small(1));
    let stray = stray(&env, 1);
    age_all(&env, 2 * HOUR);
    env.rg(["prune"]).exits(2).says("--yes");
    env.rg(["prune", "-f", "--filter", "label=x"]).exits(2);
    env.rg(["prune", "-f", "--filter", "until=x"]).exits(2);
    assert!(layout::has(&env.store(), &stray));
}

/// Makes all content of a store look old, so that its age protects nothing; what goes meanwhile is passed over.
fn age_what_is_there(env: &Env) {
    for folder in ["blobs/sha256", "ingest"] {
        for entry in std::fs::read_dir(env.store().join(folder)).unwrap() {
            let file = std::fs::File::options()
                .write(true)
                .open(entry.unwrap().path());
            if let Ok(file) = file {
                file.set_modified(SystemTime::now() - 48 * HOUR).unwrap();
            }
        }
    }
}

/// Two pulls and removals over and over as long as `goes_on` (told the round), and beside them collections and checks of
/// a store in which everything is old. Says how often.
fn all_at_once(goes_on: impl Fn(usize) -> bool + Sync) {
    let registry = Registry::embedded(&Options::default());
    let client = Client::new();
    let images = [("a", [1, 2]), ("b", [2, 3])].map(|(tag, seeds)| {
        (
            tag,
            image(AMD64, &seeds.map(|seed| Layer::gzip(seed, 200_000))),
        )
    });
    for (tag, graph) in &images {
        push_raw(&client, &registry.base(), "app", tag, graph);
    }
    let env = Env::new();
    env.rg(["prune", "-f"]).succeeds();
    std::thread::scope(|scope| {
        let pulls = images.each_ref().map(|(tag, graph)| {
            let (env, goes_on) = (&env, &goes_on);
            let name = format!("{}/app:{tag}", registry.host());
            let pull = move || {
                env.rg(["pull", "-q", &name]).succeeds();
                let lost = |digest: &&str| !layout::has(&env.store(), digest);
                let digests = graph.nodes.iter().map(|node| node.digest.as_str());
                let lost: Vec<_> = digests.filter(lost).collect();
                assert_eq!(lost, [""; 0], "what a finished pull owes");
                name.clone()
            };
            scope.spawn(move || {
                let mut round = 0;
                loop {
                    let name = pull();
                    round += 1;
                    if !goes_on(round) {
                        return round;
                    }
                    env.rg(["rmi", &name]).succeeds();
                }
            })
        });
        let mut collections = 0;
        while !pulls.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            age_what_is_there(&env);
            env.rg(["prune", "-a", "-f"]).succeeds();
            env.rg(["fsck", "-q"]).succeeds();
            collections += 1;
        }
        let rounds = pulls.map(|pull| pull.join().expect("it says what fails"));
        println!("{rounds:?} pulls and removals, {collections} prunes and checks");
    });
    layout::check(&env.store());
    env.rg(["fsck"]).succeeds();
}

#[test]
fn pulls_and_prunes_and_removals_at_once_lose_nothing() {
    all_at_once(|round| round < 16);
}

#[test]
#[ignore = "takes a minute"]
fn pulls_and_prunes_and_removals_for_a_minute_lose_nothing() {
    let begun = Instant::now();
    all_at_once(|_| begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn disk_usage_tells_what_is_shared_and_what_a_removal_would_free() {
    let shared = Layer::gzip(1, 100_000);
    let (one, two) = (
        image(AMD64, &[shared.clone(), Layer::gzip(2, 30_000)]),
        image(AMD64, &[shared.clone(), Layer::gzip(3, 50_000)]),
    );
    let (registry, env, _) = pulled(&one);
    push_raw(&Client::new(), &registry.base(), "app", "v2", &two);
    env.rg(["pull", "-q", &format!("{}/app:v2", registry.host())])
        .succeeds();
    stray(&env, 1);
    let output = env.rg(["du", "--json"]).succeeds();
    let lines: Vec<serde_json::Value> = output
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let all = |graph: &Graph| {
        graph
            .nodes
            .iter()
            .map(|node| node.content.len())
            .sum::<u64>()
    };
    for (line, graph) in lines.iter().zip([&one, &two]) {
        assert_eq!(line["Size"], all(graph));
        assert_eq!(line["SharedSize"], shared.content.len());
        assert_eq!(line["UniqueSize"], all(graph) - shared.content.len());
    }
    let last = lines.last().unwrap();
    assert_eq!(last["Images"], all(&one) + all(&two) - shared.content.len());
    assert_eq!(
        (&last["Unnamed"], &last["Partial"]),
        (&5000.into(), &0.into())
    );
    env.rg(["du"]).succeeds().prints("UNIQUE SIZE");
    Env::new().rg(["du"]).succeeds().prints("0B  in all\n");
}
