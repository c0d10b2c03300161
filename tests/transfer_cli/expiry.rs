//! `expire`: what goes by the rules, and above all what stays: whatever a remaining tag needs, and whatever moved.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::fake::{Content, Fake};
use crate::support::http::{Request, Response};
use crate::support::image::{
    AMD64, ARM64, Graph, OCI_INDEX, OCI_MANIFEST, aged, ago, artifact, image_made, index, push_raw,
};
use crate::support::layer::Layer;
use crate::support::registry::{Options, Registry};

fn sig(of: &Graph) -> String {
    format!("{}.sig", of.digest().replace(':', "-"))
}

/// An artifact about `subject` that says it is old.
fn about(subject: &Graph) -> Graph {
    let mut document = artifact(Some(subject)).value();
    document["annotations"] = json!({"org.opencontainers.image.created": ago(400)});
    artifact(None).with_root(OCI_MANIFEST, &document)
}

/// What `registry` has under `reference` of the repository.
fn there(registry: &Registry, reference: &str) -> bool {
    let found = Client::new().manifest(&registry.base(), "app", reference);
    found.is_some()
}

/// The decisions as `tag action`, in their order.
fn decisions(output: &Output) -> Vec<String> {
    let mut rows: Vec<String> = output
        .stdout
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            format!("{} {}", text("Tag"), text("Action"))
        })
        .collect();
    rows.sort();
    rows
}

/// Old tags go, and nothing that another tag has, lists, or is attached to. `tags_alone`: whether the registry deletes
/// single tags.
pub(crate) fn by_the_rules(registry: &Registry, tags_alone: bool) {
    let (old, shared, new) = (aged(400, 1), aged(300, 2), aged(1, 3));
    let child = aged(350, 4);
    let other = image_made(&ago(2), ARM64, &[Layer::gzip(5, 3000)]);
    let index = index(&[child.clone(), other.clone()]);
    let sbom = about(&new);
    let signatures = [aged(400, 11), aged(400, 12), aged(400, 13)];
    let client = Client::new();
    for (tag, graph) in [
        ("1.0", &old),
        ("1", &old),
        ("1.1", &shared),
        ("stable", &shared),
        ("1.2", &new),
        ("latest", &new),
        ("multi", &index),
        ("multi-amd64", &child),
        ("new-sbom", &sbom),
        (&sig(&old), &signatures[0]),
        (&sig(&new), &signatures[1]),
        (&sig(&child), &signatures[2]),
    ] {
        push_raw(&client, &registry.base(), "app", tag, graph);
    }
    let env = Env::new();
    let name = format!("{}/app", registry.host());
    let expire = |more: &[&str]| {
        let rules = ["expire", "--older-than", "30d", "--except", "stable", &name];
        env.rg([&rules[..], more].concat())
    };
    let planned = expire(&["--json"]).succeeds();
    let mut expected = vec![
        "1 delete".to_owned(),
        "1.0 delete".to_owned(),
        "1.1 untag".to_owned(),
        "1.2 keep".to_owned(),
        "latest keep".to_owned(),
        "multi keep".to_owned(),
        "multi-amd64 untag".to_owned(),
        "new-sbom keep".to_owned(),
        format!("{} delete", sig(&old)),
        format!("{} keep", sig(&new)),
        format!("{} keep", sig(&child)),
        "stable keep".to_owned(),
    ];
    expected.sort();
    assert_eq!(decisions(&planned), expected);
    planned.says("5 of 12 tags would be deleted; --yes deletes them");
    assert!(there(registry, "1.0"), "nothing is deleted without --yes");

    let done = expire(&["--yes"]).succeeds();
    for tag in ["1.0", "1", &sig(&old)] {
        assert!(!there(registry, tag), "{tag}: {done}");
        let line = format!("Deleted: {name}:{tag}\n");
        assert!(done.stdout.contains(&line), "{done}");
    }
    for tag in ["1.1", "multi-amd64"] {
        assert_eq!(there(registry, tag), !tags_alone, "{tag}: {done}");
    }
    if tags_alone {
        done.says("5 of 12 tags deleted");
    } else {
        done.says(
            "1.1 was left alone: stable needs its image, and this registry deletes no single tags",
        )
        .says("multi-amd64 was left alone: multi needs its image")
        .says("3 of 12 tags deleted");
    }
    for tag in [
        "1.2",
        "latest",
        "multi",
        "new-sbom",
        "stable",
        &sig(&new),
        &sig(&child),
    ] {
        assert!(there(registry, tag), "{tag}");
    }
    for graph in [&shared, &new, &index, &child, &other, &sbom] {
        assert!(there(registry, graph.digest()), "{}", graph.digest());
    }
    // Once more there is nothing left to do.
    let again = expire(&["--yes"]).succeeds();
    assert_eq!(again.stdout, "", "{again}");
    assert!(there(registry, "stable") && there(registry, "latest"));
}

/// A registry that deletes nothing says so, and keeps everything.
pub(crate) fn nothing_at_all(registry: &Registry) {
    let client = Client::new();
    for (tag, graph) in [("old", aged(400, 1)), ("older", aged(500, 2))] {
        push_raw(&client, &registry.base(), "app", tag, &graph);
    }
    let env = Env::new();
    let name = format!("{}/app", registry.host());
    let failed = env.rg(["expire", "--keep", "0", "--yes", &name]);
    let failed = failed
        .exits(1)
        .says("does not offer to delete")
        .says("none of 2 tags was deleted");
    assert_eq!(failed.stderr.matches("error:").count(), 1, "{failed}");
    assert_eq!(failed.stdout, "");
    assert!(there(registry, "old") && there(registry, "older"));
}

#[test]
fn old_tags_expire_and_what_others_share_survives() {
    let registry = Registry::embedded(&Options {
        delete: true,
        ..Options::default()
    });
    by_the_rules(&registry, true);
}

#[test]
fn a_registry_that_deletes_nothing_expires_nothing() {
    nothing_at_all(&Registry::embedded(&Options::default()));
}

/// A registry without DELETE for single tags.
fn by_digest_alone(request: &Request, content: &Content) -> Response {
    let tag = request.method == "DELETE" && !request.path().contains("sha256:");
    if tag {
        return Response::error(405, "UNSUPPORTED", "The operation is unsupported.");
    }
    content.answer(request)
}

/// The requests that delete something.
fn deletions(fake: &Fake) -> Vec<String> {
    let lines = fake.lines().into_iter();
    lines.filter(|line| line.starts_with("DELETE")).collect()
}

fn expire(fake: &Fake, more: &[&str]) -> Output {
    let name = fake.name("app");
    Env::new().rg([&["expire", name.as_str()], more].concat())
}

#[test]
fn by_digest_too_an_image_goes_only_with_all_of_its_tags() {
    let (old, shared) = (aged(400, 1), aged(300, 2));
    let content = Content::of(&[
        ("app", "1", &old),
        ("app", "1.0", &old),
        ("app", "2", &shared),
        ("app", "stable", &shared),
    ]);
    let fake = Fake::start(content, by_digest_alone);
    expire(&fake, &["--keep", "0", "--except", "stable", "--yes"])
        .succeeds()
        .says("2 was left alone: stable needs its image");
    let asked = deletions(&fake);
    let digests: Vec<_> = asked
        .iter()
        .filter(|line| line.contains("sha256:"))
        .collect();
    assert_eq!(
        digests,
        [&format!("DELETE /v2/app/manifests/{}", old.digest())]
    );
    assert!(fake.content.tag("app", "stable").is_some() && fake.content.tag("app", "1").is_none());
}

#[test]
fn an_index_goes_before_what_it_lists_and_both_go() {
    let child = aged(400, 1);
    let index = index(&[child.clone(), image_made(&ago(300), ARM64, &[])]);
    let content = Content::of(&[("app", "multi", &index), ("app", "amd64", &child)]);
    let fake = Fake::start(content, by_digest_alone);
    expire(&fake, &["--older-than", "30d", "--yes"])
        .succeeds()
        .says("2 of 2 tags deleted");
    let asked = deletions(&fake);
    assert!(asked.last().unwrap().ends_with(child.digest()), "{asked:?}");
}

#[test]
fn what_is_attached_to_an_image_takes_no_place_of_one_and_goes_with_it() {
    let (old, new) = (aged(400, 1), aged(300, 2));
    // Younger than both, under a tag of its own, and listed under the tag of registries without the API.
    let note = |subject: &Graph| {
        let mut document = artifact(Some(subject)).value();
        document["annotations"] = json!({"org.opencontainers.image.created": ago(1)});
        artifact(None).with_root(OCI_MANIFEST, &document)
    };
    let (about_old, about_new) = (note(&old), note(&new));
    let list = index(std::slice::from_ref(&about_old));
    let tie = old.digest().replace(':', "-");
    for alone in [true, false] {
        let content = Content::of(&[
            ("app", "v1", &old),
            ("app", "v2", &new),
            ("app", "v1-note", &about_old),
            ("app", "v2-note", &about_new),
            ("app", &tie, &list),
        ]);
        let fake = Fake::start(content, move |request, content| {
            if alone {
                content.answer(request)
            } else {
                by_digest_alone(request, content)
            }
        });
        let done = expire(&fake, &["--keep", "2", "--yes"]).succeeds();
        done.says("none of 5 tags was deleted");
        let done = expire(&fake, &["--keep", "1", "--yes", "--json"]).succeeds();
        let mut expected = [
            "v1 deleted".to_owned(),
            "v1-note deleted".to_owned(),
            format!("{tie} deleted"),
            "v2 keep".to_owned(),
            "v2-note keep".to_owned(),
        ];
        expected.sort();
        assert_eq!(decisions(&done), expected, "{done}");
    }
}

#[test]
fn a_tag_that_is_moved_meanwhile_stays() {
    let (old, new) = (aged(400, 1), aged(1, 2));
    let content = Content::of(&[
        ("app", "a", &old),
        ("app", "b", &aged(300, 3)),
        ("app", "new", &new),
    ]);
    let heads = AtomicUsize::new(0);
    let moved = new.digest().to_owned();
    let fake = Fake::start(content, move |request, content| {
        let looks = request.method == "HEAD" && request.path().ends_with("/manifests/a");
        if looks && heads.fetch_add(1, Ordering::SeqCst) == 1 {
            content.point("app", "a", &moved);
        }
        content.answer(request)
    });
    let done = expire(&fake, &["--older-than", "30d", "--yes", "--json"]).succeeds();
    assert_eq!(decisions(&done), ["a kept", "b deleted", "new keep"]);
    done.says(&format!(
        "a was left alone: it points at {} by now",
        new.digest()
    ));
    assert_eq!(deletions(&fake), ["DELETE /v2/app/manifests/b"]);
    assert_eq!(fake.content.tag("app", "a").as_deref(), Some(new.digest()));
}

#[test]
fn by_digest_an_image_stays_that_somebody_tagged_or_listed_meanwhile() {
    for listed in [false, true] {
        let (old, new) = (aged(400, 1), aged(1, 2));
        let list = index(std::slice::from_ref(&old));
        let content = Content::of(&[
            ("app", "old", &old),
            ("app", "new", &new),
            ("other", "list", &list),
        ]);
        let lists = AtomicUsize::new(0);
        let put = if listed { list.digest() } else { old.digest() }.to_owned();
        let fake = Fake::start(content, move |request, content| {
            let asks = request.path().ends_with("/tags/list");
            if asks && lists.fetch_add(1, Ordering::SeqCst) == 1 {
                content.point("app", "rollback", &put);
            }
            by_digest_alone(request, content)
        });
        expire(&fake, &["--older-than", "30d", "--yes"])
            .succeeds()
            .says("old was left alone: rollback needs its image")
            .says("none of 2 tags was deleted");
        assert_eq!(
            deletions(&fake),
            ["DELETE /v2/app/manifests/old"],
            "listed: {listed}"
        );
        assert!(fake.content.has(old.digest()));
    }
}

#[test]
fn a_registry_that_takes_images_for_tags_is_asked_once_and_no_more() {
    let (shared, old) = (aged(400, 1), aged(300, 2));
    let content = Content::of(&[
        ("app", "1", &shared),
        ("app", "stable", &shared),
        ("app", "2", &old),
    ]);
    let fake = Fake::start(content, |request, content| {
        let tag = request.path().rsplit('/').next().unwrap_or_default();
        match content.tag("app", tag) {
            Some(digest) if request.method == "DELETE" => {
                let mut whole = request.clone();
                whole.target = format!("/v2/app/manifests/{digest}");
                content.answer(&whole)
            }
            _ => content.answer(request),
        }
    });
    expire(&fake, &["--keep", "0", "--except", "stable", "--yes"])
        .exits(6)
        .says("the registry deleted the image with it, which stable needs")
        .says("1 of 3 tags deleted");
    assert_eq!(deletions(&fake), ["DELETE /v2/app/manifests/1"]);
}

#[test]
fn what_is_attached_stays_when_its_image_could_not_be_deleted() {
    let old = aged(400, 1);
    let signature = aged(400, 2);
    let tie = sig(&old);
    let content = Content::of(&[("app", "old", &old), ("app", &tie, &signature)]);
    let fake = Fake::start(content, |request, content| {
        if request.line() == "DELETE /v2/app/manifests/old" {
            return Response::error(409, "CONFLICT", "in use");
        }
        content.answer(request)
    });
    let failed = expire(&fake, &["--older-than", "30d", "--yes"]).exits(1);
    let failed = failed.says("cannot delete").says(&format!(
        "{tie} was left alone: old needs what it is attached to"
    ));
    assert_eq!(failed.stdout, "");
    assert!(fake.content.tag("app", &tie).is_some());
}

#[test]
fn an_image_that_cannot_be_read_stays_and_protects_what_it_may_list() {
    let (old, dark) = (aged(400, 1), index(&[aged(400, 2)]));
    let content = Content::of(&[("app", "old", &old), ("app", "dark", &dark)]);
    let hidden = dark.digest().to_owned();
    let fake = Fake::start(content, move |request, content| {
        if request.method == "GET" && request.path().ends_with(&hidden) {
            return Response::error(404, "MANIFEST_UNKNOWN", "lost");
        }
        by_digest_alone(request, content)
    });
    let done = expire(&fake, &["--keep", "0", "--yes", "--json"]).exits(3);
    assert_eq!(decisions(&done), ["dark keep", "old kept"]);
    done.says("old was left alone: dark may need its image, and cannot be read");
    assert!(fake.content.has(old.digest()));
}

/// `stable` is an index that lists an index that lists `old`: however the inner one is described, and whether it can be
/// read or not, `old` may be needed.
#[test]
fn what_an_index_lists_below_an_index_stays_however_that_is_described() {
    let (old, fresh) = (aged(400, 1), aged(2, 2));
    let inner = index(std::slice::from_ref(&old));
    let outer = index(&[fresh, inner.clone()]);
    let described = |change: &dyn Fn(&mut Value)| {
        let mut document = outer.value();
        change(&mut document["manifests"][1]);
        outer.with_root(OCI_INDEX, &document)
    };
    let attestation = json!({"vnd.docker.reference.type": "attestation-manifest"});
    let unknown = json!({"os": "unknown", "architecture": "unknown"});
    let ways: [(&str, Graph, bool); 5] = [
        ("plain", described(&|_| {}), false),
        (
            "by annotation",
            described(&|entry| entry["annotations"] = attestation.clone()),
            false,
        ),
        (
            "by platform",
            described(&|entry| entry["platform"] = unknown.clone()),
            false,
        ),
        (
            "by media type",
            described(&|entry| entry["mediaType"] = json!("application/octet-stream")),
            false,
        ),
        ("lost", described(&|_| {}), true),
    ];
    for (way, stable, lost) in ways {
        let content = Content::of(&[("app", "stable", &stable), ("app", "old", &old)]);
        let hidden = inner.digest().to_owned();
        let fake = Fake::start(content, move |request, content| {
            if lost && request.method == "GET" && request.path().ends_with(&hidden) {
                return Response::error(404, "MANIFEST_UNKNOWN", "lost");
            }
            by_digest_alone(request, content)
        });
        expire(&fake, &["--keep", "0", "--match", "old", "--yes"]);
        assert!(fake.content.has(old.digest()), "{way}");
        let deleted = deletions(&fake);
        assert!(
            !deleted.iter().any(|line| line.ends_with(old.digest())),
            "{way}: {deleted:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_asked_for_once_however_often_it_is_listed() {
    let mut graph = aged(400, 1);
    let broken = graph.digest().to_owned();
    for _ in 0..5 {
        let twin = index(&[graph.clone(), aged(400, 9)]);
        graph = index(&[graph.clone(), twin]);
    }
    let content = Content::of(&[("app", "deep", &graph)]);
    let hidden = broken.clone();
    let fake = Fake::start(content, move |request, content| {
        if request.method == "GET" && request.path().ends_with(&hidden) {
            return Response::error(403, "DENIED", "no");
        }
        by_digest_alone(request, content)
    });
    expire(&fake, &["--keep", "0"]);
    let lines = fake.lines().into_iter();
    assert_eq!(lines.filter(|line| line.ends_with(&broken)).count(), 1);
}

#[test]
fn a_dry_run_is_a_table_of_what_goes_and_why_the_rest_stays() {
    let registry = Registry::embedded(&Options {
        delete: true,
        ..Options::default()
    });
    let client = Client::new();
    let ageless = image_made("1970-01-01T00:00:00Z", AMD64, &[Layer::gzip(9, 3000)]);
    let (old, older, new) = (aged(40, 1), aged(90, 2), aged(1, 3));
    for (tag, graph) in [
        ("v1", &older),
        ("v2", &old),
        ("v3", &new),
        ("v0", &ageless),
        ("edge", &old),
    ] {
        push_raw(&client, &registry.base(), "app", tag, graph);
    }
    let env = Env::new();
    let name = format!("{}/app", registry.host());
    let told = env
        .rg(["expire", "--keep", "1", "--match", "v*", &name])
        .succeeds()
        .says("2 of 5 tags would be deleted; --yes deletes them")
        .says("a registry that deletes no single tags keeps those that go alone");
    let rows: Vec<Vec<&str>> = told
        .stdout
        .lines()
        .map(|line| {
            line.split("   ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    let short = |graph: &Graph| graph.digest()["sha256:".len()..][..12].to_owned();
    assert_eq!(rows[0], ["TAG", "DIGEST", "CREATED", "ACTION", "REASON"]);
    let (older_id, old_id, new_id) = (short(&older), short(&old), short(&new));
    assert_eq!(
        rows[1],
        [
            "v1",
            &older_id,
            "3 months ago",
            "delete",
            "its image goes with it"
        ]
    );
    assert_eq!(
        rows[2],
        [
            "v2",
            &old_id,
            "5 weeks ago",
            "untag",
            "the tag alone: edge keeps its image"
        ]
    );
    assert_eq!(
        rows[3],
        [
            "v0",
            &short(&ageless),
            "-",
            "keep",
            "it does not tell when it was made"
        ]
    );
    assert_eq!(
        rows[4],
        ["edge", &old_id, "5 weeks ago", "keep", "it does not match"]
    );
    assert_eq!(
        rows[5],
        ["v3", &new_id, "24 hours ago", "keep", "it is the newest"]
    );
    let young = env.rg(["expire", "--older-than", "60d", &name]).succeeds();
    young.prints("it is younger than 60d");
    for tag in ["v0", "v1", "v2", "v3", "edge"] {
        assert!(there(&registry, tag), "{tag}");
    }
}

#[test]
fn rules_are_needed_and_a_repository() {
    let env = Env::new();
    for (arguments, text) in [
        (&["expire", "h.invalid/app"][..], "`rg expire` needs"),
        (
            &["expire", "--keep", "1", "h.invalid/app:v1"],
            "names one image",
        ),
        (
            &["expire", "--older-than", "30", "h.invalid/app"],
            "its unit is missing",
        ),
        (
            &["expire", "--keep", "-1", "h.invalid/app"],
            "unknown option",
        ),
        (
            &["expire", "--keep", "1", "--match", "[", "h.invalid/app"],
            "invalid pattern",
        ),
        (
            &[
                "expire",
                "--keep",
                "1",
                "--yes",
                "--dry-run",
                "h.invalid/app",
            ],
            "cannot be used with",
        ),
    ] {
        env.rg(arguments).exits(2).says(text);
    }
    let registry = Registry::embedded(&Options::default());
    let nowhere = format!("{}/nowhere", registry.host());
    env.rg(["expire", "--keep", "1", &nowhere]).exits(3);
}

#[test]
fn a_kept_tag_that_answers_no_head_still_keeps_its_image() {
    let shared = aged(400, 1);
    let content = Content::of(&[("app", "old", &shared), ("app", "keepme", &shared)]);
    let fake = Fake::start(content, |request, content| {
        if request.line() == "HEAD /v2/app/manifests/keepme" {
            return Response::error(404, "MANIFEST_UNKNOWN", "no HEAD here");
        }
        by_digest_alone(request, content)
    });
    expire(&fake, &["--older-than", "1d", "--match", "ol*", "--yes"])
        .succeeds()
        .says("old was left alone: keepme needs its image");
    assert!(fake.content.has(shared.digest()));
}

#[test]
fn names_that_are_no_tags_keep_everything_from_deletion_but_digests_do_not() {
    let (old, new) = (aged(400, 1), aged(1, 2));
    for (listed, deletes) in [
        ("+release 1.0 (kept)", false),
        (&"x".repeat(130), false),
        (old.digest(), true),
    ] {
        let content = Content::of(&[("app", "old", &old), ("app", "new", &new)]);
        let entry = listed.to_owned();
        let fake = Fake::start(content, move |request, content| {
            if request.path().ends_with("/tags/list") {
                let tags = ["old", "new"].into_iter();
                let tags: Vec<&str> = tags
                    .filter(|tag| content.tag("app", tag).is_some())
                    .collect();
                let tags = [&tags[..], &[entry.as_str()]].concat();
                return Response::new(200).json(&json!({"name": "app", "tags": tags}));
            }
            by_digest_alone(request, content)
        });
        let done = expire(&fake, &["--older-than", "30d", "--yes"]);
        if deletes {
            done.succeeds().says("1 of 2 tags deleted");
        } else {
            done.exits(6)
                .says("which is none, and what that needs is not known");
            assert_eq!(deletions(&fake), [""; 0]);
        }
    }
}
