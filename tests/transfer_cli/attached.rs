//! `referrers`: the tree of what is attached to an image, whichever way it was attached.

use serde_json::json;

use super::archives::members;
use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::Response;
use crate::support::image::{
    ARM_V6, ARM_V7, ARM64, EMPTY, Graph, OCI_INDEX, PREDICATE, artifact, artifact_of,
    cosign_signature, image, index, index_with_attestations, push_raw, small,
};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::registry::{Options, Registry};

const NOTE: &str = "application/vnd.example.note";

/// An image for two platforms with a note, a note about the note, a note about one platform, and a signature.
struct Signed {
    index: Graph,
    child: Graph,
    note: Graph,
    about_note: Graph,
    about_child: Graph,
    signature: Graph,
}

impl Signed {
    fn new() -> Self {
        let child = small(1);
        let other = image(ARM64, &[Layer::gzip(7, 3000)]);
        let index = index_with_attestations(&[child.clone(), other]);
        let note = artifact(Some(&index));
        Self {
            about_note: artifact(Some(&note)),
            about_child: artifact(Some(&child)),
            signature: cosign_signature(),
            index,
            child,
            note,
        }
    }

    fn push(&self, registry: &Registry) {
        let client = Client::new();
        let push = |at: &str, graph: &Graph| push_raw(&client, &registry.base(), "app", at, graph);
        push("v1", &self.index);
        for note in [&self.note, &self.about_note, &self.about_child] {
            push(note.digest(), note);
        }
        let tag = self.index.digest().replace(':', "-");
        push(&format!("{tag}.sig"), &self.signature);
    }

    /// The digests of what the index lists, in its order.
    fn listed(&self) -> Vec<String> {
        let document = self.index.value();
        let listed = document["manifests"].as_array().unwrap().iter();
        listed
            .map(|entry| entry["digest"].as_str().unwrap().to_owned())
            .collect()
    }

    fn tree(&self, host: &str) -> String {
        let listed = self.listed();
        format!(
            "{host}/app@{index}\n\
             ├─ linux/amd64  {child}\n\
             │  ├─ attestation ({PREDICATE})  {attestation}\n\
             │  └─ {NOTE}  {about_child}\n\
             ├─ linux/arm64  {other}\n\
             │  └─ attestation ({PREDICATE})  {other_attestation}\n\
             ├─ {NOTE}  {note}\n\
             │  └─ {NOTE}  {about_note}\n\
             └─ cosign signature  {signature}\n",
            index = self.index.digest(),
            child = self.child.digest(),
            attestation = listed[1],
            about_child = self.about_child.digest(),
            other = listed[2],
            other_attestation = listed[3],
            note = self.note.digest(),
            about_note = self.about_note.digest(),
            signature = self.signature.digest(),
        )
    }
}

/// Copied with all that is attached, an image has the same tree at the registry it went to.
pub(crate) fn goes_along(to: &Registry) {
    let from = Registry::embedded(&Options::default());
    let signed = Signed::new();
    signed.push(&from);
    let env = Env::new();
    let (source, target) = (
        format!("{}/app:v1", from.host()),
        format!("{}/app:v1", to.host()),
    );
    let told = env.rg(["referrers", &source]).succeeds();
    assert_eq!(told.stdout, signed.tree(&from.host()));
    env.rg(["copy", "--referrers", &source, &target]).succeeds();
    let told = env.rg(["referrers", &target]).succeeds();
    assert_eq!(told.stdout, signed.tree(&to.host()));
}

#[test]
fn what_is_attached_to_an_image_is_a_tree() {
    goes_along(&Registry::embedded(&Options::default()));
}

#[test]
fn what_is_attached_is_chosen_by_type_and_platform() {
    let registry = Registry::embedded(&Options::default());
    let signed = Signed::new();
    signed.push(&registry);
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    let told = env
        .rg(["referrers", "--artifact-type", PREDICATE, &name])
        .succeeds();
    let (told, listed) = (&told.stdout, signed.listed());
    assert_eq!(told.lines().count(), 5, "{told}");
    assert!(
        told.contains(&listed[1]) && told.contains(&listed[3]),
        "{told}"
    );
    let told = env
        .rg(["referrers", "--platform", "linux/arm64", "--json", &name])
        .succeeds();
    let rows: Vec<serde_json::Value> = told
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 4, "{}", told.stdout);
    let row = |key: &str, value: &str| rows.iter().find(|row| row[key] == value).unwrap();
    let attestation = row("Digest", &listed[3]);
    assert_eq!(attestation["Subject"], listed[2].as_str());
    assert_eq!(attestation["PredicateTypes"], json!([PREDICATE]));
    assert_eq!(row("Digest", signed.note.digest())["ArtifactType"], NOTE);
    let tag = format!("{}.sig", signed.index.digest().replace(':', "-"));
    assert_eq!(row("Tag", &tag)["Digest"], signed.signature.digest());
    env.rg(["referrers", "--platform", "linux/s390x", &name])
        .exits(3)
        .says("no image for linux/s390x");
}

#[test]
fn an_image_under_another_local_name_keeps_what_is_attached_to_it() {
    let (from, to) = (
        Registry::embedded(&Options::default()),
        Registry::embedded(&Options::default()),
    );
    let signed = Signed::new();
    signed.push(&from);
    let env = Env::new();
    let source = format!("{}/app:v1", from.host());
    env.rg(["copy", "--referrers", &source, "local:first:1"])
        .succeeds();
    env.rg(["tag", "first:1", "other:2"]).succeeds();
    env.rg(["rmi", "first:1"]).succeeds();
    let target = format!("{}/app:v1", to.host());
    env.rg(["copy", "--referrers", "local:other:2", &target])
        .succeeds();
    let told = env.rg(["referrers", &target]).succeeds();
    assert_eq!(told.stdout, signed.tree(&to.host()));
    let told = env.rg(["referrers", "local:other:2"]).succeeds();
    let below = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(below(&told.stdout), below(&signed.tree("")));
}

#[test]
fn an_image_with_nothing_attached_is_told_so() {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    let env = Env::new();
    let name = format!("{}/app:v1", registry.host());
    let told = env.rg(["referrers", &name]).succeeds();
    let digest = small(1).digest().to_owned();
    assert_eq!(told.stdout, format!("{}/app@{digest}\n", registry.host()));
    told.says("nothing is attached to it");
    env.rg(["pull", &name]).succeeds();
    env.rg(["referrers", &format!("local:{name}")])
        .succeeds()
        .says("nothing is attached to it");
    env.rg(["referrers", &format!("{}/app:v2", registry.host())])
        .exits(3)
        .says("cannot list what is attached to");
}

#[test]
fn referrers_that_lead_in_a_circle_end_and_their_types_are_escaped() {
    let (one, two) = (small(1), small(2));
    let root = one.clone();
    let content = Content::of(&[("app", "v1", &one)]);
    let fake = Fake::start(content, move |request, content| {
        let Some((_, about)) = request.path().split_once("/referrers/") else {
            return content.answer(request);
        };
        // Each refers to the other one.
        let of = if about == root.digest() { &two } else { &root };
        let mut listed = of.root().descriptor();
        listed["artifactType"] = json!("bad\u{1b}[2J\u{202e}\ntype");
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [listed]});
        Response::new(200)
            .json(&index)
            .header("Content-Type", OCI_INDEX)
    });
    let told = Env::new()
        .rg(["referrers", &fake.name("app:v1")])
        .succeeds();
    let told = &told.stdout;
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.contains("bad\\x1b[2J\\u{202e}\\ntype"), "{told}");
}

/// The pages of the API for referrers that a registry gives, whatever is asked about.
fn pages(root: &Graph, page: impl Fn(usize) -> Response + Send + Sync + 'static) -> Fake {
    let content = Content::of(&[("app", "v1", root)]);
    Fake::start(content, move |request, content| {
        if !request.path().contains("/referrers/") {
            return content.answer(request);
        }
        let number = request.target.rsplit_once("page=");
        page(number.map_or(0, |(_, number)| number.parse().unwrap()))
    })
}

#[test]
fn a_list_of_what_is_attached_that_breaks_off_is_an_error_and_nobody_takes_it_for_all() {
    let root = small(1);
    let note = artifact(Some(&root));
    let first = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [note.root().descriptor()]});
    let index = move || {
        Response::new(200)
            .json(&first)
            .header("Content-Type", OCI_INDEX)
    };
    let more = move || index().header("Link", "</v2/app/referrers/x?page=1>; rel=\"next\"");
    let answers: [fn() -> Response; 5] = [
        || Response::error(404, "NOT_FOUND", "no such page"),
        || Response::error(403, "DENIED", "no"),
        || Response::error(500, "UNKNOWN", "oops"),
        || Response::new(200).json(&json!({"hello": 1})),
        || Response::new(200).json(&json!({"a": "x".repeat(5 << 20)})),
    ];
    for (at, answer) in answers.into_iter().enumerate() {
        let more = more.clone();
        let fake = pages(&root, move |page| if page == 0 { more() } else { answer() });
        let name = fake.name("app:v1");
        let env = Env::new();
        for arguments in [
            &["referrers", "--retries", "0", &name][..],
            &["copy", "--retries", "0", "--referrers", &name, "oci:out:v1"],
        ] {
            let output = env.rg(arguments);
            assert!(output.code != 0, "answer {at}: {output}");
        }
    }
    // A busy registry is no old one.
    let fake = pages(&root, |_| Response::error(429, "TOOMANYREQUESTS", "later"));
    let name = fake.name("app:v1");
    Env::new()
        .rg(["referrers", "--retries", "0", &name])
        .exits(5);
}

#[test]
fn what_is_listed_as_attached_to_an_image_and_is_about_another_one_is_left_out() {
    let (root, other) = (small(1), small(2));
    let (ours, foreign) = (artifact(Some(&root)), artifact(Some(&other)));
    let listed = [ours.root().descriptor(), foreign.root().descriptor()];
    let content = Content::of(&[
        ("app", "v1", &root),
        ("app", "a", &ours),
        ("app", "b", &foreign),
    ]);
    let about = root.digest().to_owned();
    let fake = Fake::start(content, move |request, content| {
        if !request.path().contains("/referrers/") {
            return content.answer(request);
        }
        let listed = if request.path().ends_with(&about) {
            &listed[..]
        } else {
            &[]
        };
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed});
        Response::new(200)
            .json(&index)
            .header("Content-Type", OCI_INDEX)
    });
    let env = Env::new();
    env.rg(["copy", "--referrers", &fake.name("app:v1"), "oci:out:v1"])
        .succeeds()
        .says(&format!("{} is listed as attached to", foreign.digest()))
        .prints(&format!("{}: attached to", ours.digest()));
    assert!(!layout::blob_path(&env.path("out"), foreign.digest()).exists());
}

#[test]
fn what_is_attached_is_no_image_of_an_archive() {
    let registry = Registry::embedded(&Options::default());
    let signed = Signed::new();
    signed.push(&registry);
    let mut env = Env::new();
    env.set("DOCKER_DEFAULT_PLATFORM", "linux/amd64");
    let source = format!("{}/app:v1", registry.host());
    for place in ["docker-archive:a.tar", "oci-archive:b.tar"] {
        env.rg(["copy", "-q", "--referrers", &source, place])
            .succeeds();
        env.rg(["digest", place])
            .succeeds()
            .prints(&format!("{}\n", signed.index.digest()));
        let told = env.rg(["referrers", place]).succeeds();
        assert!(told.stdout.contains(signed.signature.digest()), "{told}");
    }
    let list = members(&env.path("a.tar"))
        .into_iter()
        .find(|(name, _)| name == "manifest.json");
    let list: serde_json::Value = serde_json::from_slice(&list.unwrap().1).unwrap();
    let names: Vec<_> = list.as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 1, "{list}");
    assert_eq!(names[0]["RepoTags"], json!([source]));
    let signature = format!(
        "{}/app:{}.sig",
        registry.host(),
        signed.index.digest().replace(':', "-")
    );
    env.rg(["pull", "-q", &signature]).succeeds();
    env.rg(["unpack", &signature, "rootfs"])
        .exits(6)
        .says("it is no image that has a root filesystem");
    let told = env.rg([
        "tags",
        "-l",
        "--format",
        "{{.Tag}} {{.CreatedSince}}",
        &source[..source.len() - 3],
    ]);
    let told = told.succeeds();
    assert!(told.stdout.contains(".sig -\n"), "{told}");
}

#[test]
fn a_dry_run_tells_what_is_attached() {
    let registry = Registry::embedded(&Options::default());
    let signed = Signed::new();
    signed.push(&registry);
    let env = Env::new();
    let source = format!("{}/app:v1", registry.host());
    let dry = env
        .rg(["copy", "--dry-run", "--referrers", &source, "oci:out:v1"])
        .succeeds();
    for attached in [
        &signed.note,
        &signed.about_note,
        &signed.about_child,
        &signed.signature,
    ] {
        assert!(dry.stdout.contains(attached.digest()), "{dry}");
    }
    assert!(!env.path("out").exists());
}

#[test]
fn a_dry_run_tells_what_is_attached_to_the_platform_that_would_go_alone() {
    let registry = Registry::embedded(&Options::default());
    let (chosen, other) = (
        image(ARM_V7, &[Layer::gzip(1, 3000)]),
        image(ARM_V6, &[Layer::gzip(2, 3000)]),
    );
    let (ours, theirs) = (artifact(Some(&chosen)), artifact(Some(&other)));
    let client = Client::new();
    let push = |at: &str, graph: &Graph| push_raw(&client, &registry.base(), "app", at, graph);
    push("v1", &index(&[other, chosen]));
    push(ours.digest(), &ours);
    push(theirs.digest(), &theirs);
    let source = format!("{}/app:v1", registry.host());
    let copy = |more: &[&str]| {
        let all = [
            &["copy", "--referrers", "--platform", "linux/arm/v7"],
            more,
            &[source.as_str(), "oci:out:v1"],
        ];
        Env::new().rg(all.concat()).succeeds().stdout
    };
    // An image for v6 would run, too, and is not the one that goes.
    for told in [copy(&["--dry-run"]), copy(&[])] {
        assert!(told.contains(ours.digest()), "{told}");
        assert!(!told.contains(theirs.digest()), "{told}");
    }
}

/// cosign 3 lists its bundles so where it keeps the list.
#[test]
fn what_is_listed_without_its_type_tells_it_itself() {
    let root = small(1);
    let kind = "https://sigstore.dev/cosign/sign/v1";
    let bundle = artifact_of(
        (EMPTY, b"{}"),
        &[("application/vnd.example.bundle", b"signed")],
        &json!({
            "artifactType": "application/vnd.example.bundle",
            "subject": root.root().descriptor(),
            "annotations": {"dev.sigstore.bundle.predicateType": kind},
        }),
    );
    let mut listed = bundle.root().descriptor();
    listed["artifactType"] = json!(EMPTY);
    listed.as_object_mut().unwrap().remove("annotations");
    let content = Content::of(&[("app", "v1", &root), ("app", "bundle", &bundle)]);
    let about = root.digest().to_owned();
    let fake = Fake::start(content, move |request, content| {
        if !request.path().contains("/referrers/") {
            return content.answer(request);
        }
        let listed = request.path().ends_with(&about).then_some(&listed);
        let manifests: Vec<_> = listed.into_iter().collect();
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests});
        Response::new(200)
            .json(&index)
            .header("Content-Type", OCI_INDEX)
    });
    let env = Env::new();
    let told = env.rg(["referrers", &fake.name("app:v1")]).succeeds();
    let line = format!(
        "application/vnd.example.bundle ({kind})  {}",
        bundle.digest()
    );
    assert!(told.stdout.contains(&line), "{told}");
    for wanted in ["application/vnd.example.bundle", kind] {
        let told = env
            .rg(["referrers", "--artifact-type", wanted, &fake.name("app:v1")])
            .succeeds();
        assert!(told.stdout.contains(bundle.digest()), "{told}");
    }
}

#[test]
fn what_is_attached_to_a_local_image_is_not_dangling() {
    let registry = Registry::embedded(&Options::default());
    let signed = Signed::new();
    signed.push(&registry);
    let env = Env::new();
    let source = format!("{}/app:v1", registry.host());
    env.rg(["copy", "-q", "--referrers", &source, "local:app:1"])
        .succeeds();
    let dangling = || {
        env.rg(["images", "-q", "-f", "dangling=true"])
            .succeeds()
            .stdout
    };
    assert_eq!(dangling(), "");
    let shown = |arguments: &[&str]| env.rg([&["images"], arguments].concat()).succeeds().stdout;
    let (some, all) = (shown(&[]), shown(&["-a"]));
    assert!(some.lines().count() < all.lines().count(), "{some}{all}");
    // What it was attached to is gone, and nothing would miss it.
    env.rg(["rmi", "app:1"]).succeeds();
    assert_ne!(dangling(), "");
}
