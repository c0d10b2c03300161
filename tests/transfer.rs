//! Plan and copy, over stores in memory and sources that misbehave.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use rg::error::{Error, Result};
use rg::event::{Event, Observer, Silent, Step};
use rg::oci::{Descriptor, Digest, Manifest, MediaType, Name, Platforms, Selector, Tag};
use rg::store::memory::Memory;
use rg::store::{BlobStream, Sink, Source};
use rg::transfer::{IndexRule, Item, Options, Outcome, copy, dry_run};

const BIG: usize = 33 << 20; // bytes: five pieces

fn options<'a>(observer: &'a dyn Observer, nearby: Option<&'a dyn Source>) -> Options<'a> {
    Options {
        parallel: 4,
        requests: 8,
        retries: 3,
        retry_base: Duration::ZERO,
        observer,
        nearby,
        compared: false,
    }
}

fn item(tag: &str, platforms: &[&str]) -> Item {
    let reference: rg::oci::Reference = format!("example.com/app:{tag}").parse().unwrap();
    let platforms = match platforms {
        [] => Platforms::All,
        list => Platforms::These(list.iter().map(|text| text.parse().unwrap()).collect()),
    };
    let selector = reference.selector();
    Item {
        label: None,
        tag: reference.tag.clone(),
        reference,
        selector,
        platforms,
        strict: false,
        index: IndexRule::Kept,
    }
}

fn noise(length: usize, seed: u64) -> Bytes {
    crate::support::layer::noise(seed, length).into()
}

async fn image(memory: &Memory, platform: &str, layers: &[Bytes], tag: Option<&str>) -> Descriptor {
    let (os, architecture) = platform.split_once('/').unwrap();
    let config = Bytes::from(format!(
        r#"{{"os":"{os}","architecture":"{architecture}"}}"#
    ));
    let mut listed = Vec::new();
    for layer in layers {
        memory.insert(layer.clone());
        listed.push(Descriptor::of(MediaType::OCI_LAYER_GZIP, layer));
    }
    memory.insert(config.clone());
    let document = serde_json::json!({
        "schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST,
        "config": Descriptor::of(MediaType::OCI_CONFIG, &config), "layers": listed,
    });
    put(memory, &document, tag).await.descriptor().clone()
}

async fn put(memory: &Memory, document: &serde_json::Value, tag: Option<&str>) -> Manifest {
    let manifest = Manifest::parse(serde_json::to_vec(document).unwrap(), None).unwrap();
    let tag: Option<Tag> = tag.map(|tag| tag.parse().unwrap());
    memory.put_manifest(&manifest, tag.as_ref()).await.unwrap();
    manifest
}

async fn index(memory: &Memory, children: &[(&str, Descriptor)], tag: &str) -> Manifest {
    let entries: Vec<Descriptor> = children
        .iter()
        .map(|(platform, child)| {
            let mut entry = Descriptor::new(child.media_type.clone(), child.digest, child.size);
            let (os, architecture) = platform.split_once('/').unwrap();
            entry.platform = Some(rg::oci::Platform::new(os, architecture, None));
            entry
        })
        .collect();
    let document = serde_json::json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": entries});
    put(memory, &document, Some(tag)).await
}

async fn two_platforms(memory: &Memory) -> (Descriptor, Descriptor, Manifest) {
    let amd = image(memory, "linux/amd64", &[noise(1000, 1), noise(10, 2)], None).await;
    let arm = image(memory, "linux/arm64", &[noise(2000, 3), noise(10, 2)], None).await;
    let root = index(
        memory,
        &[("linux/amd64", amd.clone()), ("linux/arm64", arm.clone())],
        "v1",
    )
    .await;
    (amd, arm, root)
}

async fn one(
    source: &dyn Source,
    sink: &dyn Sink,
    item: Item,
    options: &Options<'_>,
) -> Result<Outcome> {
    copy(source, sink, &[item], options)
        .await
        .map(|mut outcomes| outcomes.remove(0))
}

#[derive(Default)]
struct Recorder(Mutex<Vec<Event>>);

impl Observer for Recorder {
    fn observe(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Recorder {
    fn moved(&self) -> u64 {
        let count = |event: &Event| match event {
            Event::Blob {
                step: Step::Moved { bytes },
                ..
            } => *bytes,
            _ => 0,
        };
        self.0.lock().unwrap().iter().map(count).sum()
    }
}

/// What a misbehaving source does to the next blob request.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Cut(u64),
    Fail,
    Whole,
    Flip,
    Nonsense,
}

/// A source that misbehaves as told, then well, and counts.
struct Faulty {
    memory: Memory,
    faults: Mutex<VecDeque<Fault>>,
    always: Option<Fault>,
    asked: Mutex<Vec<Range<u64>>>,
}

impl Faulty {
    fn new(memory: &Memory, faults: &[Fault], always: Option<Fault>) -> Self {
        let faults = Mutex::new(faults.iter().copied().collect());
        Self {
            memory: memory.clone(),
            faults,
            always,
            asked: Mutex::default(),
        }
    }
}

#[async_trait]
impl Source for Faulty {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        Source::resolve(&self.memory, at).await
    }
    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        self.memory.manifest(at).await
    }
    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        self.asked.lock().unwrap().push(range.clone());
        let broken = || Error::Network {
            doing: "test".to_owned(),
            reason: "cut".to_owned(),
        };
        let fault = self.faults.lock().unwrap().pop_front().or(self.always);
        let whole = self.memory.content(&blob.digest).unwrap();
        let part =
            whole.slice(usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap());
        match fault {
            Some(Fault::Fail) => Err(broken()),
            Some(Fault::Nonsense) if range != (0..blob.size) => Err(Error::Malformed {
                doing: "test".to_owned(),
                reason: "another range".to_owned(),
            }),
            None | Some(Fault::Nonsense) => self.memory.blob(blob, range).await,
            Some(Fault::Whole) => self.memory.blob(blob, 0..blob.size).await,
            Some(Fault::Cut(after)) => {
                let kept = part.slice(..usize::try_from(after).unwrap().min(part.len()));
                Ok(BlobStream {
                    range,
                    bytes: stream::iter([Ok(kept), Err(broken())]).boxed(),
                })
            }
            Some(Fault::Flip) => {
                let mut flipped = part.to_vec();
                flipped[0] ^= 1;
                Ok(BlobStream {
                    range,
                    bytes: stream::iter([Ok(flipped.into())]).boxed(),
                })
            }
        }
    }
    async fn tags(&self) -> Result<Vec<Tag>> {
        self.memory.tags().await
    }
    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        self.memory.referrers(of).await
    }
    async fn origins(&self, blob: &Descriptor) -> Vec<Name> {
        self.memory.origins(blob).await
    }
}

async fn big(
    faults: &[Fault],
    always: Option<Fault>,
) -> (Result<Outcome>, Faulty, Memory, u64, Bytes) {
    let memory = Memory::default();
    let bytes = noise(BIG, 9);
    image(
        &memory,
        "linux/amd64",
        std::slice::from_ref(&bytes),
        Some("v1"),
    )
    .await;
    let source = Faulty::new(&memory, &[], None);
    let recorder = Recorder::default();
    let sink = Memory::default();
    // The config comes first and is not what this is about.
    let config = memory.insert(&br#"{"os":"linux","architecture":"amd64"}"#[..]);
    sink.insert(memory.content(&config).unwrap());
    *source.faults.lock().unwrap() = faults.iter().copied().collect();
    let source = Faulty { always, ..source };
    let outcome = one(&source, &sink, item("v1", &[]), &options(&recorder, None)).await;
    (outcome, source, sink, recorder.moved(), bytes)
}

#[tokio::test]
async fn everything_arrives_and_the_bytes_are_the_same() {
    let (source, sink) = (Memory::default(), Memory::default());
    let (amd, arm, root) = two_platforms(&source).await;
    let outcome = one(&source, &sink, item("v1", &[]), &options(&Silent, None))
        .await
        .unwrap();
    assert!(outcome.changed && outcome.reduced.is_none());
    assert_eq!(
        (&outcome.root, &outcome.put),
        (root.descriptor(), root.descriptor())
    );
    for child in [amd, arm] {
        let manifest = sink
            .manifest(&Selector::Digest(child.digest))
            .await
            .unwrap();
        for blob in manifest.children() {
            assert_eq!(sink.content(&blob.digest), source.content(&blob.digest));
        }
    }
}

#[tokio::test]
async fn one_platform_takes_its_blobs_and_the_index_as_it_is() {
    let (source, sink) = (Memory::default(), Memory::default());
    let (amd, arm, root) = two_platforms(&source).await;
    one(
        &source,
        &sink,
        item("v1", &["linux/arm64"]),
        &options(&Silent, Some(&sink)),
    )
    .await
    .unwrap();
    assert_eq!(
        Sink::resolve(&sink, &"v1".parse().unwrap())
            .await
            .unwrap()
            .unwrap(),
        *root.descriptor()
    );
    assert!(sink.has(&arm).await.unwrap() && !sink.has(&amd).await.unwrap());

    let again = one(
        &source,
        &sink,
        item("v1", &["linux/arm64"]),
        &options(&Silent, Some(&sink)),
    )
    .await
    .unwrap();
    assert!(!again.changed, "the same platform again moves nothing");
    let other = one(
        &source,
        &sink,
        item("v1", &["linux/amd64"]),
        &options(&Silent, Some(&sink)),
    )
    .await
    .unwrap();
    assert!(
        other.changed && sink.has(&amd).await.unwrap(),
        "another platform joins"
    );
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_named_with_those_that_are() {
    let (source, sink) = (Memory::default(), Memory::default());
    two_platforms(&source).await;
    let error = one(
        &source,
        &sink,
        item("v1", &["linux/s390x"]),
        &options(&Silent, None),
    )
    .await
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "no image for linux/s390x in example.com/app:v1 (it has: linux/amd64, linux/arm64)"
    );
    assert_eq!(error.exit_code(), 3);
}

#[tokio::test]
async fn an_image_that_stands_alone_must_be_for_the_platform_named() {
    let (source, sink) = (Memory::default(), Memory::default());
    image(&source, "linux/amd64", &[noise(10, 1)], Some("v1")).await;
    let strict = |platform| Item {
        strict: true,
        ..item("v1", &[platform])
    };
    let error = one(
        &source,
        &sink,
        strict("linux/arm64"),
        &options(&Silent, None),
    )
    .await
    .unwrap_err();
    assert!(matches!(error, Error::OtherPlatform { .. }));
    one(
        &source,
        &sink,
        strict("linux/amd64"),
        &options(&Silent, None),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_part_of_an_index_goes_whole_where_the_rest_is() {
    let (origin, local, target) = (Memory::default(), Memory::default(), Memory::default());
    let (_, _, root) = two_platforms(&origin).await;
    one(
        &origin,
        &local,
        item("v1", &["linux/amd64"]),
        &options(&Silent, Some(&local)),
    )
    .await
    .unwrap();

    let back = one(&local, &origin, item("v1", &[]), &options(&Silent, None))
        .await
        .unwrap();
    assert!(
        !back.changed && back.put == *root.descriptor(),
        "back where it came from nothing changes"
    );
    let renamed = Item {
        tag: Some("v2".parse().unwrap()),
        ..item("v1", &[])
    };
    let tagged = one(&local, &origin, renamed, &options(&Silent, None))
        .await
        .unwrap();
    assert_eq!(
        tagged.put,
        *root.descriptor(),
        "under another tag it is the same index"
    );

    let alone = one(&local, &target, item("v1", &[]), &options(&Silent, None))
        .await
        .unwrap();
    assert_eq!(alone.reduced.unwrap().to_string(), "linux/amd64");
    assert_ne!(alone.put, *root.descriptor());
}

#[tokio::test]
async fn two_of_three_images_cannot_go_without_the_third() {
    let (origin, local, target) = (Memory::default(), Memory::default(), Memory::default());
    let mut children = Vec::new();
    for (seed, platform) in ["linux/amd64", "linux/arm64", "linux/s390x"]
        .into_iter()
        .enumerate()
    {
        children.push((
            platform,
            image(&origin, platform, &[noise(100, seed as u64)], None).await,
        ));
    }
    index(&origin, &children, "v1").await;
    one(
        &origin,
        &local,
        item("v1", &["linux/amd64", "linux/s390x"]),
        &options(&Silent, Some(&local)),
    )
    .await
    .unwrap();
    let error = one(&local, &target, item("v1", &[]), &options(&Silent, None))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Incomplete { absent: 1, .. }));
    assert!(
        target.tags().await.unwrap().is_empty(),
        "and nothing is tagged"
    );
}

#[tokio::test]
async fn one_image_of_an_index_can_go_alone() {
    let (source, sink) = (Memory::default(), Memory::default());
    let (_, arm, _) = two_platforms(&source).await;
    let flat = Item {
        index: IndexRule::Dropped,
        ..item("v1", &["linux/arm64"])
    };
    let outcome = one(&source, &sink, flat, &options(&Silent, None))
        .await
        .unwrap();
    assert_eq!(outcome.put.digest, arm.digest);
    assert_eq!(
        Sink::resolve(&sink, &"v1".parse().unwrap())
            .await
            .unwrap()
            .unwrap()
            .digest,
        arm.digest
    );
}

#[tokio::test]
async fn an_index_in_an_index_is_followed() {
    let (source, sink) = (Memory::default(), Memory::default());
    let (amd, arm, inner) = two_platforms(&source).await;
    let entry = Descriptor::new(
        MediaType::OCI_INDEX,
        *inner.digest(),
        inner.descriptor().size,
    );
    let outer = serde_json::json!({"schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": [entry]});
    put(&source, &outer, Some("outer")).await;
    one(
        &source,
        &sink,
        item("outer", &["linux/arm64"]),
        &options(&Silent, None),
    )
    .await
    .unwrap();
    assert!(sink.has(&arm).await.unwrap() && !sink.has(&amd).await.unwrap());
}

#[tokio::test]
async fn a_dry_run_moves_nothing_and_lists_what_would() {
    let (source, sink) = (Memory::default(), Memory::default());
    two_platforms(&source).await;
    sink.insert(noise(10, 2));
    let (plan, lacking) = dry_run(
        &source,
        &sink,
        &item("v1", &["linux/amd64"]),
        &options(&Silent, None),
    )
    .await
    .unwrap();
    assert_eq!(plan.blobs.len(), 3);
    assert_eq!(
        lacking
            .iter()
            .filter(|content| content.media_type == MediaType::OCI_LAYER_GZIP)
            .count(),
        1
    );
    assert!(sink.tags().await.unwrap().is_empty());
}

#[tokio::test]
async fn broken_connections_are_taken_up_where_they_broke() {
    let faults = [
        Fault::Cut(5 << 20),
        Fault::Cut(0),
        Fault::Fail,
        Fault::Cut(100),
        Fault::Cut(1),
    ];
    let (outcome, source, sink, moved, bytes) = big(&faults, None).await;
    outcome.unwrap();
    assert_eq!(sink.content(&Digest::of(&bytes)).unwrap(), bytes);
    assert_eq!(moved, BIG as u64, "no byte twice");
    assert!(source.asked.lock().unwrap().len() > 5);
}

#[tokio::test]
async fn a_source_that_never_gets_further_is_given_up() {
    let (outcome, source, _, _, _) = big(&[], Some(Fault::Cut(0))).await;
    assert_eq!(outcome.unwrap_err().exit_code(), 5);
    let asked = source.asked.lock().unwrap().len();
    assert!(
        (4..=4 * 4).contains(&asked),
        "one try and three more, by at most four lanes at once: {asked}"
    );
}

#[tokio::test]
async fn a_source_that_ignores_ranges_is_read_once() {
    let (outcome, source, sink, moved, bytes) = big(&[], Some(Fault::Whole)).await;
    outcome.unwrap();
    assert_eq!(sink.content(&Digest::of(&bytes)).unwrap(), bytes);
    assert_eq!(moved, BIG as u64);
    assert!(source.asked.lock().unwrap().len() <= 4);
}

#[tokio::test]
async fn doubt_about_ranges_is_settled_by_one_plain_stream() {
    for fault in [Fault::Flip, Fault::Nonsense] {
        let (outcome, source, sink, _, bytes) = big(&[fault], None).await;
        outcome.unwrap();
        assert_eq!(sink.content(&Digest::of(&bytes)).unwrap(), bytes);
        assert_eq!(
            source
                .asked
                .lock()
                .unwrap()
                .iter()
                .filter(|range| **range == (0..BIG as u64))
                .count(),
            1
        );
    }
}

#[tokio::test]
async fn a_small_blob_that_was_cut_and_comes_back_wrong_is_fetched_once_more() {
    let (memory, sink) = (Memory::default(), Memory::default());
    let bytes = noise(1000, 9);
    image(
        &memory,
        "linux/amd64",
        std::slice::from_ref(&bytes),
        Some("v1"),
    )
    .await;
    let config = memory.insert(&br#"{"os":"linux","architecture":"amd64"}"#[..]);
    sink.insert(memory.content(&config).unwrap());
    let source = Faulty::new(&memory, &[Fault::Cut(500), Fault::Flip], None);
    one(&source, &sink, item("v1", &[]), &options(&Silent, None))
        .await
        .unwrap();
    assert_eq!(sink.content(&Digest::of(&bytes)).unwrap(), bytes);
    assert_eq!(*source.asked.lock().unwrap(), [0..1000, 500..1000, 0..1000]);
}

#[tokio::test]
async fn content_that_is_wrong_twice_is_an_error_and_leaves_nothing() {
    let (outcome, _, sink, _, bytes) = big(&[], Some(Fault::Flip)).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.exit_code(), 6);
    assert!(error.to_string().contains("digest mismatch"));
    assert!(sink.content(&Digest::of(&bytes)).is_none() && sink.tags().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_child_of_another_size_or_type_than_its_index_says_is_refused() {
    for change in [true, false] {
        let (source, sink) = (Memory::default(), Memory::default());
        let mut child = image(&source, "linux/amd64", &[noise(10, 1)], None).await;
        if change {
            child.size += 1;
        } else {
            child.media_type = MediaType::DOCKER_MANIFEST;
        }
        index(&source, &[("linux/amd64", child)], "v1").await;
        let error = one(&source, &sink, item("v1", &[]), &options(&Silent, None))
            .await
            .unwrap_err();
        assert_eq!(error.exit_code(), 6);
    }
}

#[tokio::test]
async fn one_digest_with_two_sizes_across_manifests_is_refused() {
    let (source, sink) = (Memory::default(), Memory::default());
    let first = image(&source, "linux/amd64", &[noise(10, 1)], None).await;
    let mut layer = Descriptor::of(MediaType::OCI_LAYER_GZIP, &noise(10, 1));
    layer.size = 11;
    let config = source.insert(&b"{}"[..]);
    let config = Descriptor::new(MediaType::OCI_CONFIG, config, 2);
    let document = serde_json::json!({"schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST, "config": config, "layers": [layer]});
    let second = put(&source, &document, None).await.descriptor().clone();
    index(
        &source,
        &[("linux/amd64", first), ("linux/arm64", second)],
        "v1",
    )
    .await;
    let error = one(&source, &sink, item("v1", &[]), &options(&Silent, None))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Manifest { .. }), "{error}");
}
