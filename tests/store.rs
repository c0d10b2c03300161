//! The contract of Source and Sink, one property a function, over every place that keeps it.

use bytes::Bytes;
use futures_util::StreamExt;
use rg::error::Error;
use rg::event::{Event, Observer};
use rg::oci::{Descriptor, Digest, Manifest, MediaType, Platform, Selector, Tag};
use rg::store::layout::{Layout, Removed};
use rg::store::memory::Memory;
use rg::store::{BlobWriter, Sink, Source};

const BIG: usize = 20 << 20; // bytes: three pieces

fn noise(length: usize, seed: u64) -> Bytes {
    crate::support::layer::noise(seed, length).into()
}

fn layer(bytes: &[u8]) -> Descriptor {
    Descriptor::of(MediaType::OCI_LAYER_GZIP, bytes)
}

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

struct Place {
    both: Box<dyn Both>,
    /// Where it is, unless it is in memory.
    folder: Option<tempfile::TempDir>,
}

trait Both: Source + Sink {
    fn source(&self) -> &dyn Source;
    fn sink(&self) -> &dyn Sink;
}

impl<T: Source + Sink> Both for T {
    fn source(&self) -> &dyn Source {
        self
    }
    fn sink(&self) -> &dyn Sink {
        self
    }
}

fn places() -> Vec<Place> {
    let layout = |open: fn(&std::path::Path) -> rg::error::Result<Layout>| {
        let folder = tempfile::tempdir().unwrap();
        let layout = open(&folder.path().join("store")).unwrap();
        Place {
            both: Box::new(layout.at(&"example.com/app".parse().unwrap())),
            folder: Some(folder),
        }
    };
    let memory = Place {
        both: Box::new(Memory::default()),
        folder: None,
    };
    vec![memory, layout(Layout::open), layout(Layout::open_unsynced)]
}

async fn write(writer: &dyn BlobWriter, bytes: &Bytes, ranges: &[std::ops::Range<u64>]) {
    for range in ranges {
        let part =
            bytes.slice(usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap());
        writer.write(range.start, part).await.unwrap();
    }
}

async fn put(sink: &dyn Sink, bytes: &Bytes) -> Descriptor {
    let blob = layer(bytes);
    let writer = sink.begin(&blob).await.unwrap();
    let missing = writer.missing().await.unwrap();
    write(&*writer, bytes, &missing).await;
    writer.commit().await.unwrap();
    blob
}

async fn read(source: &dyn Source, blob: &Descriptor, range: std::ops::Range<u64>) -> Vec<u8> {
    let mut stream = source.blob(blob, range.clone()).await.unwrap();
    assert_eq!(stream.range, range);
    let mut all = Vec::new();
    while let Some(bytes) = stream.bytes.next().await {
        all.extend_from_slice(&bytes.unwrap());
    }
    all
}

async fn put_image(sink: &dyn Sink, seed: u64, at: Option<&Tag>) -> Manifest {
    let config = Bytes::from(format!(
        r#"{{"os":"linux","architecture":"amd64","created":"2025-01-01T00:00:0{seed}Z"}}"#
    ));
    let mut config_blob = put(sink, &config).await;
    config_blob.media_type = MediaType::OCI_CONFIG;
    let layers = [
        put(sink, &noise(1000, seed)).await,
        put(sink, &noise(500, 99)).await,
    ];
    let document = serde_json::json!({
        "schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST, "config": config_blob, "layers": layers,
    });
    let manifest = Manifest::parse(serde_json::to_vec(&document).unwrap(), None).unwrap();
    sink.put_manifest(&manifest, at).await.unwrap();
    manifest
}

#[tokio::test]
async fn a_blob_is_visible_only_after_commit() {
    for place in places() {
        let bytes = noise(BIG, 1);
        let blob = layer(&bytes);
        let sink = place.both.sink();
        assert!(!sink.has(&blob).await.unwrap());
        let writer = sink.begin(&blob).await.unwrap();
        let missing = writer.missing().await.unwrap();
        write(&*writer, &bytes, &missing).await;
        assert!(writer.missing().await.unwrap().is_empty());
        assert!(!sink.has(&blob).await.unwrap());
        writer.commit().await.unwrap();
        assert!(sink.has(&blob).await.unwrap());
        writer.commit().await.unwrap();
        assert!(
            writer.missing().await.unwrap().is_empty(),
            "a committed blob lacks nothing"
        );
        assert_eq!(read(place.both.source(), &blob, 0..blob.size).await, bytes);
        assert_eq!(
            read(place.both.source(), &blob, 7..9_000_000).await,
            bytes[7..9_000_000]
        );
    }
}

#[tokio::test]
async fn pieces_come_in_any_order() {
    for place in places() {
        let bytes = noise(BIG, 2);
        let blob = layer(&bytes);
        let writer = place.both.sink().begin(&blob).await.unwrap();
        let mut missing = writer.missing().await.unwrap();
        missing.reverse();
        write(&*writer, &bytes, &missing).await;
        writer.commit().await.unwrap();
        assert_eq!(read(place.both.source(), &blob, 0..blob.size).await, bytes);
    }
}

#[tokio::test]
async fn a_wrong_digest_drops_everything_and_the_blob_starts_over() {
    for place in places() {
        let bytes = noise(BIG, 3);
        let blob = layer(&bytes);
        let mut wrong = bytes.to_vec();
        wrong[BIG / 2] ^= 1;
        let writer = place.both.sink().begin(&blob).await.unwrap();
        let missing = writer.missing().await.unwrap();
        write(&*writer, &wrong.into(), &missing).await;
        assert!(matches!(
            writer.commit().await,
            Err(Error::DigestMismatch { .. })
        ));
        assert!(!place.both.sink().has(&blob).await.unwrap());
        let again = writer.missing().await.unwrap();
        assert_eq!(again, missing, "all of it is missing again");
        write(&*writer, &bytes, &again).await;
        writer.commit().await.unwrap();
        assert!(place.both.sink().has(&blob).await.unwrap());
    }
}

#[tokio::test]
async fn nothing_is_written_past_the_end() {
    for place in places() {
        let blob = layer(&noise(100, 4));
        let writer = place.both.sink().begin(&blob).await.unwrap();
        assert!(matches!(
            writer.write(90, noise(11, 4)).await,
            Err(Error::SizeMismatch { .. })
        ));
        assert!(
            matches!(writer.commit().await, Err(Error::SizeMismatch { .. })),
            "and half a blob is none"
        );
    }
}

#[tokio::test]
async fn an_empty_blob_is_a_blob() {
    for place in places() {
        let blob = put(place.both.sink(), &Bytes::new()).await;
        assert!(place.both.sink().has(&blob).await.unwrap());
    }
}

#[tokio::test]
async fn a_sha512_blob_is_verified_by_sha512() {
    for place in places() {
        let bytes = noise(100_000, 5);
        let digest = Digest::Sha512([0; 64]).same_algorithm_of(&bytes);
        let right = Descriptor::new(MediaType::OCI_LAYER_GZIP, digest, 100_000);
        if place.folder.is_none() {
            continue; // the store in memory knows blobs by SHA-256 only
        }
        let writer = place.both.sink().begin(&right).await.unwrap();
        writer.write(0, noise(100_000, 6)).await.unwrap();
        assert!(matches!(
            writer.commit().await,
            Err(Error::DigestMismatch { .. })
        ));
        writer.write(0, bytes.clone()).await.unwrap();
        writer.commit().await.unwrap();
        assert_eq!(
            read(place.both.source(), &right, 0..right.size).await,
            bytes
        );
    }
}

#[tokio::test]
async fn a_tag_points_at_the_last_manifest_put_under_it() {
    for place in places() {
        let (source, sink) = (place.both.source(), place.both.sink());
        assert!(sink.resolve(&tag("v1")).await.unwrap().is_none());
        assert!(
            source
                .resolve(&Selector::Tag(tag("v1")))
                .await
                .unwrap_err()
                .is_not_found()
        );
        let first = put_image(sink, 1, Some(&tag("v1"))).await;
        let second = put_image(sink, 2, Some(&tag("v1"))).await;
        assert_eq!(
            sink.resolve(&tag("v1")).await.unwrap().unwrap(),
            *second.descriptor()
        );
        let by_digest = source
            .manifest(&Selector::Digest(*first.digest()))
            .await
            .unwrap();
        assert_eq!(
            by_digest.bytes(),
            first.bytes(),
            "the old one is still there by its digest"
        );
        assert_eq!(source.tags().await.unwrap(), [tag("v1")]);
    }
}

#[tokio::test]
async fn a_partial_survives_its_writer_and_lacks_only_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let bytes = noise(BIG, 7);
    let blob = layer(&bytes);
    let writer = at.begin(&blob).await.unwrap();
    write(&*writer, &bytes, &[8 << 20..9 << 20, 0..3_000_000]).await;
    drop(writer);
    let writer = at.begin(&blob).await.unwrap();
    let missing = writer.missing().await.unwrap();
    assert_eq!(
        missing,
        [3_000_000..8 << 20, 9 << 20..17 << 20, 17 << 20..20 << 20]
    );
    write(&*writer, &bytes, &missing).await;
    writer.commit().await.unwrap();
    assert_eq!(read(&at, &blob, 0..blob.size).await, bytes);
    assert_eq!(
        std::fs::read_dir(folder.path().join("ingest"))
            .unwrap()
            .count(),
        0,
        "nothing is left behind"
    );
}

#[tokio::test]
async fn a_second_writer_says_that_it_waits_and_then_has_nothing_to_do() {
    #[derive(Default)]
    struct Waits(std::sync::Mutex<Vec<Digest>>);
    impl Observer for Waits {
        fn observe(&self, event: &Event) {
            if let Event::Waiting { digest } = event {
                self.0.lock().unwrap().push(*digest);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let waits = std::sync::Arc::new(Waits::default());
    let at = layout.at(&"example.com/app".parse().unwrap());
    let at = at.observed(waits.clone());
    let bytes = noise(1000, 8);
    let blob = layer(&bytes);
    let first = at.begin(&blob).await.unwrap();
    let (second, ()) = tokio::join!(at.begin(&blob), async {
        let missing = first.missing().await.unwrap();
        write(&*first, &bytes, &missing).await;
        first.commit().await.unwrap();
    });
    assert!(second.unwrap().missing().await.unwrap().is_empty());
    assert_eq!(*waits.0.lock().unwrap(), [blob.digest]);
}

#[tokio::test]
async fn a_manifest_whose_blobs_are_absent_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let config = Descriptor::of(MediaType::OCI_CONFIG, b"{}");
    let document = serde_json::json!({"schemaVersion": 2, "config": config, "layers": []});
    let manifest = Manifest::parse(serde_json::to_vec(&document).unwrap(), None).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    assert!(
        at.put_manifest(&manifest, None)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(layout.entries().unwrap().is_empty());
}

#[tokio::test]
async fn a_damaged_manifest_is_not_here_and_can_be_put_again() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let image = put_image(&at, 1, Some(&tag("v1"))).await;
    let file = folder
        .path()
        .join("blobs/sha256")
        .join(image.digest().hex());
    for damage in [vec![b' '; image.bytes().len()], Vec::new()] {
        std::fs::write(&file, damage).unwrap();
        assert!(!at.has(image.descriptor()).await.unwrap());
        at.put_manifest(&image, Some(&tag("v1"))).await.unwrap();
        assert!(at.has(image.descriptor()).await.unwrap());
        assert_eq!(std::fs::read(&file).unwrap(), *image.bytes());
    }
}

#[tokio::test]
async fn a_tag_that_moves_leaves_its_old_image_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let first = put_image(&at, 1, Some(&tag("v1"))).await;
    put_image(&at, 2, Some(&tag("v1"))).await;
    let names: Vec<String> = layout
        .entries()
        .unwrap()
        .iter()
        .filter_map(|entry| Some(entry.reference.as_ref()?.to_string()))
        .collect();
    assert_eq!(
        names,
        [
            "example.com/app:v1".to_owned(),
            format!("example.com/app@{}", first.digest())
        ]
    );
}

#[tokio::test]
async fn an_image_of_an_index_has_no_name_of_its_own_whichever_came_first() {
    for index_first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let at = layout.at(&"example.com/app".parse().unwrap());
        let other = layout.at(&"example.com/other".parse().unwrap());
        let image = put_image(&other, 1, Some(&tag("v1"))).await;
        let entry = image.descriptor().clone();
        let document = serde_json::json!({
            "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": [entry],
        });
        let index = Manifest::parse(serde_json::to_vec(&document).unwrap(), None).unwrap();
        let v1 = tag("v1");
        if index_first {
            at.put_manifest(&index, Some(&v1)).await.unwrap();
            at.put_manifest(&image, None).await.unwrap();
        } else {
            at.put_manifest(&image, None).await.unwrap();
            at.put_manifest(&index, Some(&v1)).await.unwrap();
        }
        let names = layout.entries().unwrap();
        let names: Vec<String> = names
            .iter()
            .filter_map(|entry| Some(entry.reference.as_ref()?.to_string()))
            .collect();
        assert_eq!(names, ["example.com/other:v1", "example.com/app:v1"]);
    }
}

#[tokio::test]
async fn removal_takes_what_no_other_image_uses() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let first = put_image(&at, 1, Some(&tag("v1"))).await;
    let second = put_image(&at, 2, Some(&tag("v2"))).await;
    let (own, shared) = {
        let layers = &first.image().unwrap().layers;
        (layers[0].clone(), layers[1].clone())
    };
    let removed = layout.remove("example.com/app:v1", false).unwrap();
    assert_eq!(
        removed[0],
        Removed::Untagged("example.com/app:v1".parse().unwrap())
    );
    assert!(removed.contains(&Removed::Deleted(own.digest)));
    assert!(!removed.contains(&Removed::Deleted(shared.digest)));
    assert!(!at.has(&own).await.unwrap() && !at.has(first.descriptor()).await.unwrap());
    assert!(at.has(&shared).await.unwrap() && at.has(second.descriptor()).await.unwrap());
    assert!(
        layout
            .remove("example.com/app:v1", false)
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn removal_spares_what_a_running_command_reserved() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let image = put_image(&at, 1, Some(&tag("v1"))).await;
    let other = layout.at(&"example.com/other".parse().unwrap());
    let kept = image.image().unwrap().layers[0].clone();
    other.reserve(std::slice::from_ref(&kept)).await.unwrap();
    layout.remove("example.com/app:v1", false).unwrap();
    assert!(other.has(&kept).await.unwrap());
    assert!(!other.has(&image.image().unwrap().layers[1]).await.unwrap());
}

#[cfg(unix)]
#[tokio::test]
async fn removal_stops_before_it_begins_where_a_lease_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let image = put_image(&at, 1, Some(&tag("v1"))).await;
    let lease = folder.path().join("leases/unreadable.lease");
    std::os::unix::fs::symlink("elsewhere", &lease).unwrap();
    let error = layout.remove("example.com/app:v1", true).unwrap_err();
    assert_eq!(error.exit_code(), 7, "{error}");
    assert!(at.has(&image.image().unwrap().layers[0]).await.unwrap());
    assert_eq!(at.tags().await.unwrap(), [tag("v1")]);
    std::fs::remove_file(lease).unwrap();
    layout.remove("example.com/app:v1", true).unwrap();
}

#[tokio::test]
async fn a_damaged_image_hides_no_other_and_can_be_removed() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let bad = put_image(&at, 1, Some(&tag("bad"))).await;
    let odd = put_image(&at, 2, Some(&tag("odd"))).await;
    let good = put_image(&at, 3, Some(&tag("good"))).await;
    let spoil = |digest: &Digest, bytes: &[u8]| {
        let path = folder.path().join("blobs/sha256").join(digest.hex());
        std::fs::write(path, bytes).unwrap();
    };
    spoil(bad.digest(), b"{}");
    spoil(&odd.image().unwrap().config.digest, &vec![b' '; 9 << 20]);
    let images = layout.images(&Platform::host()).unwrap();
    assert_eq!(images.len(), 3);
    assert!(
        images
            .iter()
            .any(|image| image.root.digest == *good.digest() && image.config.is_some())
    );
    for name in ["example.com/app:bad", "example.com/app:odd"] {
        layout.remove(name, false).unwrap();
    }
    assert_eq!(at.tags().await.unwrap(), [tag("good")]);
    put_image(&at, 1, Some(&tag("bad"))).await;
    assert!(at.has(bad.descriptor()).await.unwrap());
}

#[tokio::test]
async fn an_id_in_several_repositories_is_removed_only_by_force() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let image = put_image(&at, 1, Some(&tag("v1"))).await;
    layout
        .tag(image.descriptor(), &"other:v2".parse().unwrap())
        .unwrap();
    let id = image.image().unwrap().config.digest.short();
    assert!(matches!(
        layout.remove(&id, false),
        Err(Error::Conflict { .. })
    ));
    assert_eq!(
        layout
            .remove(&id, true)
            .unwrap()
            .iter()
            .filter(|step| matches!(step, Removed::Untagged(_)))
            .count(),
        2
    );
    assert!(layout.entries().unwrap().is_empty());
}

#[tokio::test]
async fn an_image_is_found_by_name_by_digest_and_by_a_prefix_of_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"docker.io/library/app".parse().unwrap());
    let image = put_image(&at, 1, Some(&tag("latest"))).await;
    layout
        .record_origin(image.digest(), &"docker.io/library/app".parse().unwrap())
        .unwrap();
    let id = image.image().unwrap().config.digest;
    let host = Platform::host();
    let names = [
        "app".to_owned(),
        "docker.io/library/app:latest".to_owned(),
        format!("app@{}", image.digest()),
        image.digest().to_string(),
        id.to_string(),
        id.hex(),
        id.short(),
        format!("sha256:{}", &id.hex()[..5]),
    ];
    for name in names {
        assert_eq!(layout.find(&name, &host).unwrap().id, id, "{name}");
    }
    for name in [
        "other",
        "app:v2",
        "sha256:",
        "zz",
        &format!("other@{}", image.digest()),
    ] {
        assert!(
            layout.find(name, &host).unwrap_err().is_not_found(),
            "{name:?}"
        );
    }
}

#[test]
fn a_folder_that_is_something_else_is_no_store() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("precious"), "x").unwrap();
    assert!(matches!(
        Layout::open(folder.path()),
        Err(Error::BadFile { .. })
    ));
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "and nothing was put into it"
    );

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("oci-layout"),
        r#"{"imageLayoutVersion":"2.0.0"}"#,
    )
    .unwrap();
    assert!(matches!(
        Layout::open(folder.path()),
        Err(Error::BadFile { .. })
    ));

    let folder = tempfile::tempdir().unwrap();
    Layout::open(folder.path()).unwrap();
    std::fs::write(folder.path().join("index.json"), "{").unwrap();
    assert!(matches!(
        Layout::open(folder.path()).unwrap().entries(),
        Err(Error::BadFile { .. })
    ));
}

#[cfg(unix)]
#[test]
fn a_store_that_others_may_write_to_or_whose_folders_are_links_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(Layout::open(&open), Err(Error::BadFile { .. })));

    let linked = folder.path().join("linked");
    Layout::open(&linked).unwrap();
    std::fs::remove_dir(linked.join("blobs/sha256")).unwrap();
    std::os::unix::fs::symlink("/", linked.join("blobs/sha256")).unwrap();
    assert!(matches!(Layout::open(&linked), Err(Error::BadFile { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn what_stands_in_a_blobs_place_and_is_no_file_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(folder.path()).unwrap();
    let at = layout.at(&"example.com/app".parse().unwrap());
    let outside = folder.path().join("outside");
    std::fs::write(&outside, "secret").unwrap();
    let blob = Descriptor::of(MediaType::OCI_LAYER_GZIP, b"secret");
    std::os::unix::fs::symlink(
        &outside,
        folder.path().join("blobs/sha256").join(blob.digest.hex()),
    )
    .unwrap();
    assert!(matches!(at.has(&blob).await, Err(Error::BadFile { .. })));
    assert!(at.blob(&blob, 0..6).await.is_err());
}

#[test]
fn many_who_begin_one_store_at_once_all_open_it() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..100 {
        let path = folder.path().join(round.to_string());
        std::thread::scope(|scope| {
            let openers = [(); 8].map(|()| scope.spawn(|| Layout::open(&path).map(drop)));
            for opener in openers {
                opener.join().unwrap().unwrap();
            }
        });
    }
}
