//! Deleting on a registry: the tag alone, or an image with all its tags, and never more than was said.

use serde_json::json;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::image::{AMD64, OCI_MANIFEST, artifact, image, index, push_raw, small};
use crate::support::layer::{Layer, sha256};
use crate::support::registry::{Options, Registry};

fn there(registry: &Registry, tag: &str) -> Option<String> {
    let found = Client::new().manifest(&registry.base(), "app", tag);
    found.map(|(_, bytes)| sha256(&bytes))
}

/// `app` with one image under two tags and another under a third.
fn fill(registry: &Registry) {
    let client = Client::new();
    for (tag, seed) in [("v1", 1), ("stable", 1), ("v2", 2)] {
        push_raw(&client, &registry.base(), "app", tag, &small(seed));
    }
}

/// An image goes with the tags that were named before, and nothing else does.
pub(crate) fn by_digest(registry: &Registry) {
    fill(registry);
    let env = Env::new();
    let image = format!("{}/app@{}", registry.host(), small(1).digest());
    // Nobody is there to answer the question.
    env.rg(["delete", &image])
        .exits(2)
        .says("the tag stable goes with it\nthe tag v1 goes with it\n");
    env.rg(["delete", "--dry-run", &image])
        .succeeds()
        .prints("Would delete: ");
    assert!(there(registry, "v1").is_some());
    let output = env.rg(["delete", "--yes", &image]).succeeds();
    for tag in ["stable", "v1"] {
        let line = format!("Deleted: {}/app:{tag}\n", registry.host());
        assert!(output.stdout.contains(&line), "{output}");
        assert_eq!(there(registry, tag), None, "{tag}");
    }
    assert_eq!(there(registry, "v2").as_deref(), Some(small(2).digest()));
    env.rg(["delete", "--yes", &image]).exits(3);
}

/// A registry that deletes no single tags says so, and nothing is deleted in its place.
pub(crate) fn no_tags_alone(registry: &Registry) {
    fill(registry);
    let env = Env::new();
    let whole = format!("app@{}", small(1).digest());
    env.rg(["delete", &format!("{}/app:v1", registry.host())])
        .fails()
        .says("does not offer to delete this tag alone")
        .says(&whole);
    for tag in ["v1", "stable"] {
        assert!(there(registry, tag).is_some(), "{tag}");
    }
}

/// A registry that deletes nothing says so.
pub(crate) fn nothing_at_all(registry: &Registry) {
    fill(registry);
    let env = Env::new();
    let image = format!("{}/app@{}", registry.host(), small(1).digest());
    env.rg(["delete", "--yes", &image])
        .fails()
        .says("does not offer to delete");
    assert!(there(registry, "v1").is_some());
}

#[test]
fn an_image_goes_with_its_tags_after_they_were_named() {
    by_digest(&Registry::embedded(&Options {
        delete: true,
        ..Options::default()
    }));
}

#[test]
fn a_tag_goes_alone() {
    let registry = Registry::embedded(&Options {
        delete: true,
        ..Options::default()
    });
    fill(&registry);
    let env = Env::new();
    let name = |tag: &str| format!("{}/app:{tag}", registry.host());
    env.rg(["delete", "--dry-run", &name("v1")])
        .succeeds()
        .prints("Would delete the tag: ");
    let output = env.rg(["delete", &name("v1"), &name("nosuch")]).exits(3);
    assert_eq!(output.stdout, format!("Deleted: {}\n", name("v1")));
    assert_eq!(there(&registry, "v1"), None);
    assert_eq!(
        there(&registry, "stable").as_deref(),
        Some(small(1).digest())
    );
}

#[test]
fn a_registry_that_deletes_nothing_keeps_everything() {
    nothing_at_all(&Registry::embedded(&Options::default()));
}

#[test]
fn a_whole_repository_is_never_meant() {
    let env = Env::new();
    env.rg(["delete", "h.invalid/app"])
        .exits(2)
        .says("names a whole repository");
}

#[test]
fn what_is_attached_to_an_image_is_deleted_and_taken_off_its_list() {
    let root = small(1);
    let note = |text: &str| {
        let mut document = artifact(Some(&root)).value();
        document["annotations"] = json!({"text": text});
        artifact(None).with_root(OCI_MANIFEST, &document)
    };
    let (one, two) = (note("one"), note("two"));
    let list = index(&[one.clone(), two.clone()]);
    let tie = root.digest().replace(':', "-");
    let content = Content::of(&[("app", "v1", &root), ("app", &tie, &list)]);
    let fake = Fake::start(content, |request, content| content.answer(request));
    let env = Env::new();
    let whole = format!("{}@{}", fake.name("app"), one.digest());
    env.rg(["delete", "--yes", &whole])
        .succeeds()
        .prints(&format!("Deleted: {whole}\n"));
    let told = env.rg(["referrers", &fake.name("app:v1")]).succeeds();
    assert!(!told.stdout.contains(one.digest()), "{told}");
    assert!(told.stdout.contains(two.digest()), "{told}");
    // Anything else that lists it is in the way.
    fake.content.point("app", "other", list.digest());
    env.rg([
        "delete",
        "--yes",
        &format!("{}@{}", fake.name("app"), two.digest()),
    ])
    .exits(1)
    .says("the index at other lists it, and would be broken");
}

#[test]
fn an_image_that_a_tagged_index_lists_is_not_deleted() {
    let registry = Registry::embedded(&Options {
        delete: true,
        ..Options::default()
    });
    let child = image(AMD64, &[Layer::gzip(1, 3000)]);
    let nested = index(&[index(std::slice::from_ref(&child))]);
    for list in [&index(&[child.clone(), small(2)]), &nested] {
        let client = Client::new();
        push_raw(&client, &registry.base(), "app", "single", &child);
        push_raw(&client, &registry.base(), "app", "multi", list);
        let whole = format!("{}/app@{}", registry.host(), child.digest());
        let env = Env::new();
        for flag in ["--yes", "--dry-run"] {
            env.rg(["delete", flag, &whole])
                .exits(1)
                .says("the index at multi lists it, and would be broken")
                .prints("");
        }
        assert!(there(&registry, "single").is_some());
        env.rg(["delete", "--yes", &format!("{}/app:multi", registry.host())])
            .succeeds();
        env.rg(["delete", "--yes", &whole]).succeeds();
    }
}
