//! Manifests and blobs from honest, odd and lying registries.

use std::ops::Range;

use futures_util::StreamExt;

use super::*;
use crate::error::Error;
use crate::oci::manifest::{MAX_BYTES, ManifestError};
use crate::oci::{Digest, Selector, Tag};
use crate::store::{Sink, Source};

fn latest() -> Selector {
    Selector::Tag(Tag::latest())
}

async fn resolve(repository: &Repository) -> Result<Descriptor, Error> {
    Source::resolve(repository, &latest()).await
}

/// Which range came, and its bytes.
async fn read(
    repository: &Repository,
    what: &Descriptor,
    range: Range<u64>,
) -> Result<(Range<u64>, Vec<u8>), Error> {
    let mut stream = repository.blob(what, range).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.bytes.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok((stream.range, bytes))
}

fn asked(seen: &Seen) -> Option<(usize, usize)> {
    let (first, last) = seen
        .header("range")?
        .strip_prefix("bytes=")?
        .split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

#[tokio::test]
async fn a_range_is_asked_for_closed_and_the_whole_without() {
    let (bytes, what) = blob(1000);
    let content = bytes.clone();
    let script = Script::start(move |seen, _| match asked(seen) {
        Some((first, last)) => Reply::new(206)
            .header("Content-Range", format!("bytes {first}-{last}/1000"))
            .body(&content[first..=last]),
        None => Reply::new(200).body(content.clone()),
    })
    .await;
    let repository = script.repository(&anonymous());
    let (range, part) = read(&repository, &what, 100..300).await.unwrap();
    assert_eq!((range, &part[..]), (100..300, &bytes[100..300]));
    let (range, whole) = read(&repository, &what, 0..1000).await.unwrap();
    assert_eq!((range, whole), (0..1000, bytes));
    let seen = script.seen();
    assert_eq!(seen[0].header("range"), Some("bytes=100-299"));
    assert_eq!(seen[1].header("range"), None);
    assert_eq!(seen[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn ignored_ranges_are_not_asked_for_again() {
    let (bytes, what) = blob(1000);
    let content = bytes.clone();
    let script = Script::start(move |_, _| Reply::new(200).body(content.clone())).await;
    let repository = script.repository(&anonymous());
    for _ in 0..2 {
        let (range, whole) = read(&repository, &what, 500..1000).await.unwrap();
        assert_eq!((range, &whole), (0..1000, &bytes));
    }
    let ranges: Vec<bool> = script
        .seen()
        .iter()
        .map(|seen| seen.header("range").is_some())
        .collect();
    assert_eq!(ranges, [true, false]);
}

#[tokio::test]
async fn a_wrong_content_range_is_never_taken_for_the_right_one() {
    for told in [
        "bytes 99-299/1000",
        "bytes 100-299/2000",
        "bytes 100-298/1000",
        "bytes */1000",
        "",
    ] {
        let (bytes, what) = blob(1000);
        let content = bytes.clone();
        let script = Script::start(move |seen, _| match asked(seen) {
            Some((first, last)) => Reply::new(206)
                .header("Content-Range", told)
                .body(&content[first..=last]),
            None => Reply::new(200).body(content.clone()),
        })
        .await;
        let (range, whole) = read(&script.repository(&anonymous()), &what, 100..300)
            .await
            .unwrap();
        assert_eq!((range, whole), (0..1000, bytes), "{told}");
    }
}

#[tokio::test]
async fn a_short_body_is_transient_and_a_long_one_is_not() {
    let (bytes, what) = blob(1000);
    let script = Script::start(move |_, before| match before {
        0 => Reply::new(200)
            .header("Content-Length", 1000)
            .raw(&bytes[..400]),
        1 => Reply::new(200).raw(&bytes[..400]),
        2 => Reply::new(200).raw([&bytes[..], b"more"].concat()),
        _ => Reply::new(200).body([&bytes[..], b"more"].concat()),
    })
    .await;
    let repository = script.repository(&anonymous());
    for _ in 0..2 {
        let error = read(&repository, &what, 0..1000).await.unwrap_err();
        assert!(error.is_transient(), "{error:?}");
    }
    for _ in 0..2 {
        let error = read(&repository, &what, 0..1000).await.unwrap_err();
        assert!(matches!(error, Error::SizeMismatch { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_foreign_layer_that_is_not_here_is_not_fetched_from_elsewhere() {
    let outside = Script::start(|_, _| Reply::new(200).body("x")).await;
    let script = Script::start(|_, _| Reply::new(404).body("")).await;
    let kind = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let mut what = Descriptor::of(MediaType::new(kind), b"x");
    what.urls = vec![outside.url("/x")];
    let error = read(&script.repository(&as_user()), &what, 0..1)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Foreign { .. }), "{error:?}");
    assert!(outside.seen().is_empty());
    what.urls.clear();
    let error = read(&script.repository(&as_user()), &what, 0..1)
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
}

#[tokio::test]
async fn resolving_is_one_head_where_that_tells_everything() {
    let script = Script::start(|_, _| manifest_reply()).await;
    let found = resolve(&script.repository(&anonymous())).await.unwrap();
    assert_eq!(
        found,
        Descriptor::of(MediaType::OCI_MANIFEST, manifest_text().as_bytes())
    );
    let seen = script.seen();
    assert_eq!((seen.len(), seen[0].method.as_str()), (1, "HEAD"));
    assert_eq!(seen[0].header("accept").unwrap().split(", ").count(), 4);
}

#[tokio::test]
async fn resolving_takes_a_get_where_a_head_tells_too_little() {
    let heads = [
        Reply::new(405).body(""),
        Reply::new(403).body(""),
        Reply::new(404).body(""),
        Reply::new(200)
            .header("Content-Type", MediaType::OCI_MANIFEST)
            .body(manifest_text()),
    ];
    for head in heads {
        let script = Script::start(move |seen, _| match seen.method.as_str() {
            "HEAD" => head.clone(),
            _ => manifest_reply(),
        })
        .await;
        let found = resolve(&script.repository(&anonymous())).await.unwrap();
        assert_eq!(found.digest, Digest::of(manifest_text().as_bytes()));
        assert_eq!(script.count("GET", "/v2/a/b/manifests/latest"), 1);
    }
}

#[tokio::test]
async fn a_pinned_manifest_is_the_one_asked_for_or_an_error() {
    let lie = Digest::of(b"another");
    let script = Script::start(move |_, _| {
        Reply::new(200)
            .header("Content-Type", MediaType::OCI_MANIFEST)
            .header("Docker-Content-Digest", lie)
            .body(manifest_text())
    })
    .await;
    let repository = script.repository(&anonymous());
    let error = repository
        .manifest(&Selector::Digest(lie))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
    let own = Digest::of(manifest_text().as_bytes());
    let by_tag = repository.manifest(&latest()).await.unwrap();
    assert_eq!(*by_tag.digest(), own, "by tag the header is only a header");
}

#[tokio::test]
async fn manifests_that_are_too_large_are_not_read_to_their_end() {
    for told in [true, false] {
        let script = Script::start(move |_, _| {
            let body = vec![b' '; MAX_BYTES + 1000];
            let reply = Reply::new(200).header("Content-Type", MediaType::OCI_MANIFEST);
            if told {
                reply.body(body)
            } else {
                reply.raw(body).hang()
            }
        })
        .await;
        let error = script
            .repository(&anonymous())
            .manifest(&latest())
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                Error::Manifest {
                    source: ManifestError::TooLarge,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn schema_1_is_named() {
    let script = Script::start(|_, _| {
        let kind = "application/vnd.docker.distribution.manifest.v1+prettyjws";
        Reply::new(200).header("Content-Type", kind).body("{}")
    })
    .await;
    for result in [
        resolve(&script.repository(&anonymous())).await.map(|_| ()),
        script
            .repository(&anonymous())
            .manifest(&latest())
            .await
            .map(|_| ()),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(
            error,
            Error::Manifest {
                source: ManifestError::Schema1,
                ..
            }
        ));
    }
}

#[tokio::test]
async fn a_manifest_is_put_as_it_is() {
    let own = Digest::of(manifest_text().as_bytes());
    let script = Script::start(move |_, before| {
        let told = if before < 2 { own } else { Digest::of(b"lie") };
        Reply::new(201)
            .header("Docker-Content-Digest", told)
            .body("")
    })
    .await;
    let repository = script.repository(&anonymous());
    let manifest = crate::oci::Manifest::parse(manifest_text(), None).unwrap();
    repository
        .put_manifest(&manifest, Some(&Tag::latest()))
        .await
        .unwrap();
    repository.put_manifest(&manifest, None).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[0].target, "/v2/a/b/manifests/latest");
    assert_eq!(
        seen[0].header("content-type"),
        Some(MediaType::OCI_MANIFEST.as_str())
    );
    assert_eq!(seen[0].body, manifest_text().as_bytes());
    assert_eq!(seen[1].target, format!("/v2/a/b/manifests/{own}"));
    let error = repository.put_manifest(&manifest, None).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
}

#[tokio::test]
async fn what_a_registry_has_is_told_by_its_head() {
    let (_, what) = blob(10);
    let expected = [
        (200, true),
        (307, true),
        (404, false),
        (405, false),
        (403, false),
    ];
    for (status, has) in expected {
        let script = Script::start(move |_, _| {
            Reply::new(status)
                .header("Location", "http://localhost:1/x")
                .header("Content-Length", 10)
        })
        .await;
        assert_eq!(
            script.repository(&anonymous()).has(&what).await.unwrap(),
            has,
            "{status}"
        );
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_registry_that_deletes_nothing_says_so() {
    let script = Script::start(|_, _| {
        Reply::new(405).json(r#"{"errors":[{"code":"UNSUPPORTED","message":"off"}]}"#)
    })
    .await;
    let error = script
        .repository(&anonymous())
        .delete(&latest())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error:?}");
}

#[tokio::test]
async fn a_rate_limit_is_kept() {
    let (bytes, what) = blob(64 << 10);
    let script = Script::start(move |_, _| Reply::new(200).body(bytes.clone())).await;
    let mut settings = config();
    settings.limit_rate = Some(64 << 20);
    let (client, _) = with(settings, Credentials::Anonymous);
    let (_, got) = read(&script.repository(&client), &what, 0..what.size)
        .await
        .unwrap();
    assert_eq!(Digest::of(&got), what.digest);
}
