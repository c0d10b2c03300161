//! `tags`: what they point at, what that costs, and what is told where something is missing.

use serde_json::{Value, json};

use crate::support::env::{Env, Output};
use crate::support::fake::{Content, Fake};
use crate::support::http::Response;
use crate::support::image::{
    ARM64, Graph, OCI_MANIFEST, aged, ago, artifact, image, index, index_with_attestations, small,
};
use crate::support::layer::Layer;

/// Bytes of an image's manifest, config and layers.
fn size(graph: &Graph) -> u64 {
    let distinct = graph.nodes.iter();
    distinct.map(|node| node.content.len()).sum()
}

fn rows(output: &Output) -> Vec<Value> {
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn tags(output: &Output) -> Vec<&str> {
    output.stdout.lines().collect()
}

#[test]
fn two_hundred_tags_are_a_head_each_and_their_images_are_read_once() {
    let singles: Vec<Graph> = (1..=5).map(|seed| aged(seed, seed)).collect();
    let arm = image(ARM64, &[Layer::gzip(9, 3000)]);
    let many = index(&[aged(9, 8), arm]);
    let names: Vec<String> = (0..200).map(|at| format!("t{at:03}")).collect();
    let images: Vec<(&str, &str, &Graph)> = names
        .iter()
        .enumerate()
        .map(|(at, name)| ("app", name.as_str(), singles.get(at % 6).unwrap_or(&many)))
        .collect();
    let fake = Fake::honest(Content::of(&images));
    let env = Env::new();
    let listed = env
        .rg([
            "tags",
            "-l",
            "--json",
            "--platform",
            "linux/amd64",
            &fake.name("app"),
        ])
        .succeeds();
    let rows = rows(&listed);
    assert_eq!(rows.len(), 200);
    for (row, (_, tag, graph)) in rows.iter().zip(&images) {
        assert_eq!(row["Tag"], *tag);
        assert_eq!(row["Digest"], graph.digest());
        assert!(
            row["Size"].is_u64() && row["CreatedAt"].is_string(),
            "{row}"
        );
    }
    let lines = fake.lines();
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(count("HEAD /v2/app/manifests/t"), 200);
    assert_eq!(
        count("GET /v2/app/manifests/t"),
        0,
        "tags are never fetched"
    );
    // Five images, the index, and the one image of it that is for this platform.
    assert_eq!(count("GET /v2/app/manifests/sha256:"), 7);
    assert_eq!(count("GET /v2/app/blobs/"), 6);
    assert_eq!(count("GET /v2/app/tags/list"), 1);
    let allowed = 200 + 7 + 6 + 1 + count("GET /v2/ ");
    assert!(lines.len() <= allowed + 1, "{lines:?}");
}

#[test]
fn the_table_tells_digest_platforms_size_and_age() {
    let (one, arm) = (aged(3, 1), image(ARM64, &[Layer::gzip(2, 3000)]));
    let child = aged(20, 3);
    let many = index_with_attestations(&[child.clone(), arm]);
    let content = Content::of(&[("app", "v1", &one), ("app", "v2", &many)]);
    let fake = Fake::honest(content);
    let env = Env::new();
    let name = fake.name("app");
    let list = |more: &[&str]| {
        let all = [&["tags", "--platform", "linux/amd64", &name], more].concat();
        env.rg(all).succeeds()
    };
    let short = |graph: &Graph| graph.digest()["sha256:".len()..][..12].to_owned();
    let table = list(&["-l"]);
    let lines: Vec<Vec<&str>> = table
        .stdout
        .lines()
        .map(|line| {
            line.split("   ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(lines[0], ["TAG", "DIGEST", "PLATFORMS", "SIZE", "CREATED"]);
    let (head, size_of, age) = (&lines[1][..3], lines[1][3], lines[1][4]);
    assert_eq!(head, ["v1", &short(&one), "linux/amd64"]);
    assert!(size_of.ends_with("kB") && age == "3 days ago", "{table}");
    assert_eq!(
        lines[2][..3],
        ["v2", &short(&many), "linux/amd64, linux/arm64"]
    );
    assert_eq!(lines[2][4], "2 weeks ago");
    assert_eq!(table.stderr, "");

    let whole = list(&["-l", "--no-trunc"]);
    assert!(whole.stdout.contains(many.digest()), "{whole}");
    let exact = rows(&list(&["-l", "--format", "json"]));
    assert_eq!(exact[1]["Platforms"], json!(["linux/amd64", "linux/arm64"]));
    assert_eq!(exact[0]["Size"], size(&one));
    assert_eq!(exact[1]["Size"], size(&child));
    assert_eq!(exact[1]["Name"], name);
    let asked = list(&["--format", "{{.Tag}} {{upper .Platforms}}"]);
    assert_eq!(
        tags(&asked),
        ["v1 LINUX/AMD64", "v2 LINUX/AMD64, LINUX/ARM64"]
    );
    let chosen = list(&["--format", "table {{.Tag}}\t{{.MediaType}}"]);
    assert_eq!(chosen.stdout.lines().next(), Some("TAG       MEDIA TYPE"));
}

#[test]
fn names_alone_cost_one_list() {
    let fake = Fake::honest(Content::of(&[("app", "v1", &small(1))]));
    let env = Env::new();
    let name = fake.name("app");
    for arguments in [
        &["tags", name.as_str()][..],
        &["tags", "--json", &name],
        &["tags", "--format", "{{.Name}}:{{.Tag}}", &name],
        &["tags", "--sort", "semver", &name],
    ] {
        let before = fake.lines().len();
        env.rg(arguments).succeeds().prints("v1");
        let asked = fake.lines().split_off(before);
        assert!(
            asked.iter().all(|line| !line.contains("/manifests/")),
            "{asked:?}"
        );
    }
    env.rg(["tags", "--platform", "linux/amd64", &name])
        .exits(2)
        .says("give -l, too");
    env.rg(["tags", "--format", "{{.Nope}}", &name]).exits(2);
    env.rg(["tags", "--sort", "size", &name]).exits(2);
}

#[test]
fn a_limit_leaves_the_newest_by_version_and_by_age() {
    let images = [aged(5, 1), aged(1, 2), aged(9, 3)];
    let plain = artifact(None);
    let content = Content::of(&[
        ("app", "v1.9", &images[0]),
        ("app", "v1.10", &images[1]),
        ("app", "v2", &images[2]),
        ("app", "note", &plain),
    ]);
    let fake = Fake::honest(content);
    let env = Env::new();
    let name = fake.name("app");
    let list = |sort: &str, limit: &str| {
        let output = env.rg(["tags", "--sort", sort, "--limit", limit, &name]);
        output
            .succeeds()
            .stdout
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(list("name", "2"), ["note", "v1.10"]);
    assert_eq!(list("semver", "2"), ["v1.10", "v2"]);
    assert_eq!(list("created", "9"), ["note", "v2", "v1.9", "v1.10"]);
    assert_eq!(list("created", "2"), ["v1.9", "v1.10"]);
    let before = fake.lines().len();
    env.rg(["tags", "-l", "--sort", "semver", "--limit", "1", &name])
        .succeeds()
        .prints("v2");
    let asked = fake.lines().split_off(before);
    let heads = asked.iter().filter(|line| line.starts_with("HEAD"));
    assert_eq!(
        heads.count(),
        1,
        "what is not listed is not asked about: {asked:?}"
    );
}

#[test]
fn what_an_image_does_not_have_is_a_gap_and_no_error() {
    let mut dated = artifact(None).value();
    dated["annotations"] = json!({"org.opencontainers.image.created": ago(3)});
    let (plain, dated) = (
        artifact(None),
        artifact(None).with_root(OCI_MANIFEST, &dated),
    );
    let elsewhere = index(&[image(ARM64, &[Layer::gzip(1, 3000)])]);
    let mut odd = index(&[small(2)]).value();
    odd["manifests"][0]["platform"]["os"] = "li\u{1b}[2Jnux\u{202e}".into();
    let odd = index(&[small(2)]).with_root("application/vnd.oci.image.index.v1+json", &odd);
    let content = Content::of(&[
        ("app", "1-plain", &plain),
        ("app", "2-dated", &dated),
        ("app", "3-arm", &elsewhere),
        ("app", "4-odd", &odd),
    ]);
    let fake = Fake::honest(content);
    let env = Env::new();
    let template = "{{.Tag}}|{{.Platforms}}|{{.Size}}|{{.CreatedSince}}";
    let listed = env
        .rg([
            "tags",
            "--platform",
            "linux/amd64",
            "--format",
            template,
            &fake.name("app"),
        ])
        .succeeds();
    let listed = tags(&listed);
    let bytes = |graph: &Graph| format!("{}B", size(graph));
    assert_eq!(listed[0], format!("1-plain|-|{}|-", bytes(&plain)));
    assert_eq!(listed[1], format!("2-dated|-|{}|3 days ago", bytes(&dated)));
    assert_eq!(listed[2], "3-arm|linux/arm64|-|-");
    assert_eq!(listed[3], "4-odd|li\\x1b[2Jnux\\u{202e}/amd64|-|-");
    let json = env
        .rg(["tags", "-l", "--json", &fake.name("app")])
        .succeeds();
    assert!(
        json.stdout.contains("\"Size\":null") && !json.stdout.contains('\u{1b}'),
        "{json}"
    );
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_listed() {
    let (good, broken, configless) = (aged(3, 1), small(2), small(3));
    let content = Content::of(&[
        ("app", "broken", &broken),
        ("app", "broken-too", &broken),
        ("app", "configless", &configless),
        ("app", "gone", &good),
        ("app", "good", &good),
    ]);
    let (bad, lost) = (
        broken.digest().to_owned(),
        configless.blobs().next().unwrap().digest.clone(),
    );
    let fake = Fake::start(content, move |request, content| {
        let path = request.path();
        if path.ends_with("/manifests/gone") || path.ends_with(&lost) {
            return Response::error(404, "MANIFEST_UNKNOWN", "went away");
        }
        if request.method == "GET" && path.ends_with(&bad) {
            let answer = content.answer(request);
            return answer.body("{\"schemaVersion\": 2}");
        }
        content.answer(request)
    });
    let env = Env::new();
    let listed = env.rg(["tags", "-l", &fake.name("app")]);
    let listed = listed
        .exits(3)
        .says("(broken, broken-too): digest mismatch")
        .says("app:gone: ")
        .says(&format!("app@{} (configless): ", configless.digest()));
    assert_eq!(listed.stderr.matches("error:").count(), 3, "{listed}");
    let lines = tags(&listed);
    assert_eq!(lines.len(), 6, "{listed}");
    assert!(
        lines[4].starts_with("gone") && lines[4].contains("<none>"),
        "{listed}"
    );
    assert!(
        lines[5].contains("linux/amd64") && lines[5].contains("3 days ago"),
        "{listed}"
    );
    let short = &configless.digest()["sha256:".len()..][..12];
    assert!(
        lines[3].contains(short) && lines[3].contains("kB"),
        "{listed}"
    );
}

#[test]
fn a_registry_that_refuses_all_is_told_ten_times_at_most() {
    let image = small(1);
    let names: Vec<String> = (0..40).map(|at| format!("t{at}")).collect();
    let images: Vec<_> = names
        .iter()
        .map(|name| ("app", name.as_str(), &image))
        .collect();
    let fake = Fake::start(Content::of(&images), |request, content| {
        if request.path().contains("/manifests/") {
            return Response::error(403, "DENIED", "not for you");
        }
        content.answer(request)
    });
    let listed = Env::new().rg(["tags", "-l", &fake.name("app")]);
    let listed = listed.exits(4).says("and 30 more could not be read");
    assert_eq!(listed.stderr.matches("error:").count(), 10, "{listed}");
    assert_eq!(tags(&listed).len(), 41);
}
