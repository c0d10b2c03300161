//! What commands that move and list images print, stream by stream, beside docker's own words.

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::image::{Graph, push_raw, small};
use crate::support::registry::{Options, Registry};

struct Bench {
    registry: Registry,
    env: Env,
    graph: Graph,
}

impl Bench {
    /// A registry with `lab/app:v1` and `lab/app:v2`, which are different.
    fn new() -> Self {
        let registry = Registry::embedded(&Options::default());
        let graph = small(1);
        let client = Client::new();
        push_raw(&client, &registry.base(), "lab/app", "v1", &graph);
        push_raw(&client, &registry.base(), "lab/app", "v2", &small(2));
        Self {
            registry,
            env: Env::new(),
            graph,
        }
    }

    /// Runs `rg` with `HOST` standing for the registry, and puts `HOST`, `DIGEST` and `LAYER` back into what it says.
    fn rg(&self, arguments: &[&str]) -> Output {
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| argument.replace("HOST", &self.registry.host()))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut output = self.env.rg(arguments);
        for text in [&mut output.stdout, &mut output.stderr] {
            *text = text
                .replace(&self.registry.host(), "HOST")
                .replace(self.graph.digest(), "DIGEST")
                .replace(&self.layer(), "LAYER");
        }
        output
    }

    fn layer(&self) -> String {
        let largest = self.graph.largest().descriptor();
        let digest = largest["digest"].as_str().unwrap().to_owned();
        digest["sha256:".len()..][..12].to_owned()
    }
}

#[test]
fn a_pull_prints_dockers_lines() {
    let bench = Bench::new();
    let first = bench.rg(&["pull", "HOST/lab/app:v1"]).succeeds();
    assert_eq!(
        first.stdout,
        "v1: Pulling from lab/app\nDigest: DIGEST\n\
         Status: Downloaded newer image for HOST/lab/app:v1\nHOST/lab/app:v1\n"
    );
    assert_eq!(
        first.stderr,
        "LAYER: Waiting\nLAYER: Downloading\nLAYER: Verifying Checksum\n\
         LAYER: Download complete\nLAYER: Pull complete\n"
    );
    let second = bench.rg(&["pull", "HOST/lab/app:v1"]).succeeds();
    assert_eq!(
        second.stdout,
        "v1: Pulling from lab/app\nDigest: DIGEST\n\
         Status: Image is up to date for HOST/lab/app:v1\nHOST/lab/app:v1\n"
    );
    assert_eq!(second.stderr, "");
    let quiet = bench
        .rg(&["image", "pull", "-q", "HOST/lab/app:v1"])
        .succeeds();
    assert_eq!(
        (quiet.stdout.as_str(), quiet.stderr.as_str()),
        ("HOST/lab/app:v1\n", "")
    );
}

#[test]
fn a_pull_by_digest_names_the_digest() {
    let bench = Bench::new();
    let name = format!("HOST/lab/app:v9@{}", bench.graph.digest());
    let output = bench.rg(&["pull", &name]).succeeds();
    assert_eq!(
        output.stdout,
        "HOST/lab/app@DIGEST: Pulling from lab/app\nDigest: DIGEST\n\
         Status: Downloaded newer image for HOST/lab/app@DIGEST\nHOST/lab/app@DIGEST\n"
    );
}

#[test]
fn a_missing_image_prints_nothing_but_its_default_tag() {
    let bench = Bench::new();
    let output = bench.rg(&["pull", "HOST/lab/app"]).exits(3);
    assert_eq!(output.stdout, "Using default tag: latest\n");
    assert!(
        output
            .stderr
            .starts_with("error: cannot pull HOST/lab/app: "),
        "{output}"
    );
    let quiet = bench.rg(&["pull", "-q", "HOST/none"]).exits(3);
    assert_eq!(quiet.stdout, "");
}

#[test]
fn several_names_are_all_tried_and_the_first_failure_counts() {
    let bench = Bench::new();
    let output = bench
        .rg(&[
            "pull",
            "-q",
            "HOST/none:1",
            "HOST/lab/app:v1",
            "127.0.0.1:1/x:1",
        ])
        .exits(3);
    assert_eq!(output.stdout, "HOST/lab/app:v1\n");
    assert_eq!(output.stderr.matches("error:").count(), 2, "{output}");
}

#[test]
fn all_tags_are_pulled_and_pushed() {
    let bench = Bench::new();
    let output = bench.rg(&["pull", "-a", "HOST/lab/app"]).succeeds();
    assert!(
        output
            .stdout
            .starts_with("v1: Pulling from lab/app\nDigest: DIGEST\nv2: Pulling"),
        "{output}"
    );
    assert!(
        output
            .stdout
            .ends_with("Status: Downloaded newer image for HOST/lab/app\nHOST/lab/app\n"),
        "{output}"
    );
    for tag in ["v1", "v2"] {
        let (from, to) = (format!("HOST/lab/app:{tag}"), format!("HOST/up/app:{tag}"));
        bench.rg(&["tag", &from, &to]).succeeds();
    }
    let output = bench.rg(&["push", "-a", "HOST/up/app"]).succeeds();
    assert!(
        output
            .stdout
            .starts_with("The push refers to repository [HOST/up/app]\nv1: digest: DIGEST size: "),
        "{output}"
    );
    assert_eq!(
        bench.rg(&["tags", "HOST/up/app"]).succeeds().stdout,
        "v1\nv2\n"
    );
}

#[test]
fn a_push_prints_dockers_lines() {
    let bench = Bench::new();
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    let silent = bench
        .rg(&["tag", "HOST/lab/app:v1", "HOST/up/app"])
        .succeeds();
    assert_eq!((silent.stdout.as_str(), silent.stderr.as_str()), ("", ""));
    let size = bench.graph.document().len();
    let expected = format!(
        "Using default tag: latest\nThe push refers to repository [HOST/up/app]\n\
         latest: digest: DIGEST size: {size}\n"
    );
    let output = bench.rg(&["push", "HOST/up/app"]).succeeds();
    assert_eq!(output.stdout, expected);
    assert!(output.stderr.starts_with("LAYER: Preparing\n"), "{output}");
    let again = bench.rg(&["push", "HOST/up/app"]).succeeds();
    assert_eq!(again.stdout, expected);
    assert_eq!(
        again.stderr,
        "LAYER: Preparing\nLAYER: Layer already exists\n"
    );
    let quiet = bench.rg(&["push", "-q", "HOST/up/app"]).succeeds();
    assert_eq!(
        (quiet.stdout.as_str(), quiet.stderr.as_str()),
        ("HOST/up/app:latest\n", "")
    );
    let missing = bench.rg(&["push", "HOST/up/app:v7"]).exits(3);
    assert!(
        missing
            .stderr
            .contains("tag does not exist: HOST/up/app:v7"),
        "{missing}"
    );
}

#[test]
fn a_dry_run_says_what_would_move_and_moves_nothing() {
    let bench = Bench::new();
    let output = bench
        .rg(&["pull", "--dry-run", "HOST/lab/app:v1"])
        .succeeds();
    assert!(
        output
            .stdout
            .starts_with("Would pull HOST/lab/app:v1\nDigest: DIGEST\n"),
        "{output}"
    );
    assert!(
        output.stdout.contains("LAYER: layer, ")
            && output.stdout.contains(" in 2 of 2 blobs\nDisk: ")
            && output.stdout.contains(" needed in ")
            && output.stdout.ends_with(" free\n"),
        "{output}"
    );
    assert_eq!(bench.rg(&["images", "-q"]).succeeds().stdout, "");
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    let output = bench
        .rg(&["pull", "--dry-run", "HOST/lab/app:v1"])
        .succeeds();
    assert!(
        output.stdout.contains("LAYER: layer, already there\n"),
        "{output}"
    );
    assert!(
        output
            .stdout
            .contains("Total: 0B in 0 of 2 blobs\nDisk: 0B needed in "),
        "{output}"
    );
    bench
        .rg(&["tag", "HOST/lab/app:v1", "HOST/new/app:v1"])
        .succeeds();
    bench
        .rg(&["push", "--dry-run", "HOST/new/app:v1"])
        .succeeds()
        .prints("Would push HOST/new/app:v1\n");
    let names = bench.rg(&["catalog", "HOST"]).succeeds().stdout;
    assert_eq!(names, "lab/app\n");
}

#[test]
fn newer_compares_without_pulling() {
    let bench = Bench::new();
    bench
        .rg(&["pull", "--newer", "HOST/lab/app:v1"])
        .succeeds()
        .prints("HOST/lab/app:v1: newer: DIGEST\n");
    bench
        .rg(&["pull", "--newer", "--exit-code", "HOST/lab/app:v1"])
        .exits(1);
    assert_eq!(bench.rg(&["images", "-q"]).succeeds().stdout, "");
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    bench
        .rg(&["pull", "--newer", "--exit-code", "HOST/lab/app:v1"])
        .succeeds()
        .prints("HOST/lab/app:v1: up to date\n");
}

#[test]
fn images_and_rmi_print_dockers_lines() {
    let bench = Bench::new();
    bench
        .rg(&["pull", "-q", "HOST/lab/app:v1", "HOST/lab/app:v2"])
        .succeeds();
    bench.rg(&["tag", "HOST/lab/app:v1", "my/bb:v1"]).succeeds();
    let format = "{{.Repository}}:{{.Tag}}";
    let names = |filter: &[&str]| {
        let arguments = [&["images", "--format", format], filter].concat();
        let mut lines: Vec<String> = bench
            .rg(&arguments)
            .succeeds()
            .stdout
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(
        names(&[]),
        ["HOST/lab/app:v1", "HOST/lab/app:v2", "my/bb:v1"]
    );
    assert_eq!(names(&["my/bb"]), ["my/bb:v1"]);
    assert_eq!(names(&["-f", "reference=my/*"]), ["my/bb:v1"]);
    assert_eq!(
        names(&["-f", "label=purpose=test", "-f", "reference=*/bb:v*"]),
        ["my/bb:v1"]
    );
    assert!(names(&["-f", "label=purpose=other"]).is_empty());
    assert!(names(&["-f", "dangling=true"]).is_empty());
    let untagged = bench.rg(&["rmi", "my/bb:v1"]).succeeds();
    assert_eq!(
        (untagged.stdout.as_str(), untagged.stderr.as_str()),
        ("Untagged: my/bb:v1\n", "")
    );
    let gone = bench
        .rg(&["rmi", "HOST/lab/app:v1", "HOST/lab/app:v2"])
        .succeeds();
    assert!(
        gone.stdout.starts_with(
            "Untagged: HOST/lab/app:v1\nUntagged: HOST/lab/app@DIGEST\nDeleted: sha256:"
        ),
        "{gone}"
    );
    assert_eq!(bench.rg(&["images", "-q"]).succeeds().stdout, "");
}

#[test]
fn listings_of_a_registry_are_plain_and_json() {
    let bench = Bench::new();
    assert_eq!(
        bench.rg(&["catalog", "HOST"]).succeeds().stdout,
        "lab/app\n"
    );
    assert_eq!(
        bench.rg(&["catalog", "--json", "HOST"]).succeeds().stdout,
        "{\"Name\":\"lab/app\"}\n"
    );
    assert_eq!(
        bench.rg(&["tags", "HOST/lab/app"]).succeeds().stdout,
        "v1\nv2\n"
    );
    assert_eq!(
        bench
            .rg(&["tags", "--filter", "*2", "HOST/lab/app"])
            .succeeds()
            .stdout,
        "v2\n"
    );
    assert_eq!(
        bench
            .rg(&["tags", "--limit", "1", "HOST/lab/app"])
            .succeeds()
            .stdout,
        "v1\n"
    );
    assert_eq!(
        bench
            .rg(&[
                "tags",
                "--json",
                "--sort",
                "semver",
                "--limit",
                "1",
                "HOST/lab/app"
            ])
            .succeeds()
            .stdout,
        "{\"Name\":\"HOST/lab/app\",\"Tag\":\"v2\"}\n"
    );
    bench.rg(&["tags", "HOST/none"]).exits(3);
}

#[test]
fn a_search_of_a_registry_is_dockers_table() {
    let bench = Bench::new();
    let table = "NAME      DESCRIPTION   STARS     OFFICIAL\nlab/app                 0         \n";
    assert_eq!(bench.rg(&["search", "HOST/app"]).succeeds().stdout, table);
    assert_eq!(
        bench
            .rg(&["search", "--registry", "HOST", "app"])
            .succeeds()
            .stdout,
        table
    );
    assert_eq!(
        bench.rg(&["search", "HOST"]).succeeds().stdout,
        "NAME      DESCRIPTION   STARS     OFFICIAL\nlab/app   2 tags        0         \n",
        "all of it, as a catalog: with tags"
    );
    assert_eq!(
        bench.rg(&["search", "HOST/zzz"]).succeeds().stdout,
        "NAME      DESCRIPTION   STARS     OFFICIAL\n"
    );
    assert_eq!(
        bench
            .rg(&[
                "search",
                "--format",
                "{{.Name}}|{{.StarCount}}|{{.Description}}",
                "HOST/app"
            ])
            .succeeds()
            .stdout,
        "lab/app|0|\n"
    );
    assert_eq!(
        bench
            .rg(&["search", "--format", "json", "HOST/app"])
            .succeeds()
            .stdout,
        "{\"Description\":\"\",\"IsOfficial\":\"false\",\"Name\":\"lab/app\",\"StarCount\":\"0\"}\n"
    );
}

#[test]
fn a_digest_and_a_manifest_are_the_same_here_and_there() {
    let bench = Bench::new();
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    for place in ["", "local:"] {
        let name = format!("{place}HOST/lab/app:v1");
        assert_eq!(bench.rg(&["digest", &name]).succeeds().stdout, "DIGEST\n");
        assert_eq!(
            bench.rg(&["digest", "--full-ref", &name]).succeeds().stdout,
            "HOST/lab/app@DIGEST\n"
        );
        let raw = bench
            .env
            .rg(["manifest", &name.replace("HOST", &bench.registry.host())])
            .succeeds();
        assert_eq!(raw.stdout.as_bytes(), bench.graph.document());
        let pretty = bench.rg(&["manifest", "inspect", &name]).succeeds();
        assert!(
            pretty.stdout.starts_with("{\n   \"schemaVersion\": 2,\n"),
            "{pretty}"
        );
    }
}

#[test]
fn an_image_is_found_by_its_id() {
    let bench = Bench::new();
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    let id = bench
        .rg(&["images", "-q"])
        .succeeds()
        .stdout
        .trim()
        .to_owned();
    assert_eq!(id.len(), 12);
    let format = "{{.Id}} {{.Os}} {{.Config.Labels.purpose}}";
    let inspected = bench.rg(&["inspect", "--format", format, &id]).succeeds();
    assert!(
        inspected.stdout.starts_with(&format!("sha256:{id}")),
        "{inspected}"
    );
    assert!(inspected.stdout.ends_with(" linux test\n"), "{inspected}");
    bench.rg(&["tag", &id, "by/id:1"]).succeeds();
    bench
        .rg(&["rmi", &id])
        .exits(1)
        .says("conflict")
        .says(&format!("hint: `rg rmi -f {id}` takes all its names off"));
    bench
        .rg(&["rmi", "-f", &id])
        .succeeds()
        .prints("Untagged: by/id:1\n");
}

#[test]
fn progress_can_be_json_or_nothing() {
    let bench = Bench::new();
    let quiet = bench
        .rg(&["pull", "--progress", "none", "HOST/lab/app:v1"])
        .succeeds();
    assert_eq!(quiet.stderr, "");
    let output = bench
        .rg(&["pull", "--progress", "json", "HOST/lab/app:v2"])
        .succeeds();
    let events: Vec<serde_json::Value> = output
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sum = |event: &str, field: &str| -> u64 {
        let of_kind = events.iter().filter(|told| told["event"] == event);
        of_kind.map(|told| told[field].as_u64().unwrap()).sum()
    };
    assert_eq!(events[0]["event"], "began");
    assert_eq!(sum("moved", "bytes"), small(2).blob_bytes());
    assert_eq!(events.last().unwrap()["event"], "manifest");
}

#[test]
fn many_images_are_pushed_to_one_registry_and_a_bad_one_stops_none() {
    let bench = Bench::new();
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    for name in ["alpine:3", "ghcr.io/acme/tool:1.2"] {
        bench.rg(&["tag", "HOST/lab/app:v1", name]).succeeds();
    }
    let output = bench
        .rg(&[
            "push",
            "-q",
            "--to",
            "HOST/mirror/",
            "alpine:3",
            "nosuch:1",
            "ghcr.io/acme/tool:1.2",
        ])
        .exits(3);
    assert_eq!(
        output.stdout,
        "HOST/mirror/alpine:3\nHOST/mirror/acme/tool:1.2\n"
    );
    assert_eq!(output.stderr.matches("error:").count(), 1, "{output}");
    assert!(
        output.stderr.ends_with("1 of 3 were not pushed\n"),
        "{output}"
    );
    let resolved = bench
        .rg(&["digest", "HOST/mirror/acme/tool:1.2"])
        .succeeds();
    assert_eq!(resolved.stdout, "DIGEST\n");
    // No name was made here for it.
    let here = bench
        .rg(&["images", "--format", "{{.Repository}}"])
        .succeeds();
    assert!(!here.stdout.contains("mirror"), "{here}");
    bench
        .rg(&["push", "--to", "HOST/UPPER", "alpine:3"])
        .exits(2);
}

#[test]
fn images_with_ports_in_their_names_by_id_and_by_digest_are_pushed_to_one_registry() {
    let bench = Bench::new();
    bench.rg(&["pull", "-q", "HOST/lab/app:v1"]).succeeds();
    let port = bench
        .rg(&["push", "--to", "HOST/a", "HOST/lab/app:v1"])
        .succeeds();
    assert!(
        port.stdout
            .contains("refers to repository [HOST/a/lab/app]\nv1: digest: DIGEST"),
        "{port}"
    );
    // By its ID an image goes under all names that it has here.
    bench.rg(&["tag", "HOST/lab/app:v1", "tool:2"]).succeeds();
    let id = bench.rg(&["images", "-q", "tool"]).succeeds();
    let id = id.stdout.trim();
    let both = bench.rg(&["push", "-q", "--to", "HOST/b", id]).succeeds();
    let whole = bench.rg(&["images", "-q", "--no-trunc", "tool"]);
    let whole = whole.stdout.trim().trim_start_matches("sha256:").to_owned();
    for id in [&whole, &format!("sha256:{whole}")] {
        let again = bench.rg(&["push", "-q", "--to", "HOST/b", id]).succeeds();
        assert_eq!(again.stdout, both.stdout);
    }
    let mut names: Vec<&str> = both.stdout.lines().collect();
    names.sort_unstable();
    assert_eq!(names, ["HOST/b/lab/app:v1", "HOST/b/tool:2"]);
    // By its digest, and by the ID of one that has no other name: by digest.
    let digest = small(1).digest().to_owned();
    let name = format!("HOST/lab/app@{digest}");
    bench
        .rg(&["push", "-q", "--to", "HOST/c", &name])
        .succeeds();
    let there = format!("HOST/c/lab/app@{digest}");
    bench.rg(&["digest", &there]).succeeds();
    for tag in ["tool:2", "HOST/lab/app:v1"] {
        bench.rg(&["rmi", tag]).succeeds();
    }
    bench.rg(&["pull", "-q", &name]).succeeds();
    let shown = bench.rg(&["push", "--to", "HOST/d", id]).succeeds();
    assert!(
        shown
            .stdout
            .contains("refers to repository [HOST/d/lab/app]\ndigest: DIGEST"),
        "{shown}"
    );
    bench
        .rg(&["digest", &format!("HOST/d/lab/app@{digest}")])
        .succeeds();
    bench.rg(&["tags", "HOST/d/lab/app"]).fails();
    // Without --to there is nothing to call it.
    bench
        .rg(&["push", &name])
        .exits(2)
        .says("cannot push a digest reference");
    let unknown = "0".repeat(64);
    let output = bench
        .rg(&["push", "-q", "--to", "HOST/e", &unknown, "sha256:00", &name])
        .exits(3);
    assert_eq!(
        output.stdout,
        format!("HOST/e/lab/app@{digest}\n").replace(&digest, "DIGEST")
    );
    assert!(
        output.stderr.ends_with("2 of 3 were not pushed\n"),
        "{output}"
    );
    bench.rg(&["push", &unknown]).exits(2);
}
