//! Uploads to registries that go astray.

use bytes::Bytes;

use super::*;
use crate::error::Error;
use crate::oci::Digest;
use crate::store::{BlobWriter, Sink};

/// Sends a blob as the transfer does: what is missing, until nothing is.
pub(super) async fn send(writer: &dyn BlobWriter, bytes: &[u8]) -> Result<(), Error> {
    let mut rounds = 0;
    loop {
        match attempt(writer, bytes).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_transient() && rounds < 6 => rounds += 1,
            Err(error) => return Err(error),
        }
    }
}

pub(super) async fn attempt(writer: &dyn BlobWriter, bytes: &[u8]) -> Result<(), Error> {
    for range in writer.missing().await? {
        let mut at = usize::try_from(range.start).unwrap();
        while at < bytes.len() {
            let end = bytes.len().min(at + (64 << 10));
            let part = Bytes::copy_from_slice(&bytes[at..end]);
            writer.write(at as u64, part).await?;
            at = end;
        }
    }
    writer.commit().await
}

async fn push(script: &Script, bytes: &[u8], what: &Descriptor) -> Result<(), Error> {
    let writer = script.repository(&as_user()).begin(what).await?;
    send(&*writer, bytes).await
}

pub(super) fn begun(location: impl std::fmt::Display) -> Reply {
    Reply::new(202).header("Location", location).body("")
}

#[tokio::test]
async fn a_blob_is_one_post_and_one_put_with_its_location_to_the_letter() {
    let (bytes, what) = blob(200_000);
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1?_state=a%2Fb+c==&&x=|y"),
        _ => Reply::new(201).body(""),
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    let seen = script.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].target, "/v2/a/b/blobs/uploads/");
    assert_eq!(seen[0].header("content-length"), Some("0"));
    let digest = what.digest.to_string().replace(':', "%3A");
    assert_eq!(
        seen[1].target,
        format!("/up/1?_state=a%2Fb+c==&&x=|y&digest={digest}")
    );
    assert_eq!(seen[1].header("content-length"), Some("200000"));
    assert_eq!(Digest::of(&seen[1].body), what.digest);
}

#[tokio::test]
async fn empty_blobs_and_sha512_blobs_go_up_too() {
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("../uploads/2"),
        _ => Reply::new(201).body(""),
    })
    .await;
    let empty = Descriptor::of(MediaType::OCTET_STREAM, b"");
    push(&script, b"", &empty).await.unwrap();
    let digest = Digest::Sha512([0; 64]).same_algorithm_of(b"long");
    let long = Descriptor::new(MediaType::OCTET_STREAM, digest, 4);
    push(&script, b"long", &long).await.unwrap();
    let seen = script.seen();
    assert!(
        seen[1]
            .target
            .starts_with("/v2/a/b/blobs/uploads/2?digest=sha256")
    );
    assert_eq!(
        seen[2].target,
        "/v2/a/b/blobs/uploads/?digest-algorithm=sha512"
    );
}

#[tokio::test]
async fn a_location_at_another_server_gets_no_authorization() {
    let other = Script::start(|_, _| Reply::new(201).body("")).await;
    let location = other.url("/put?sig=1");
    let script = Script::start(move |seen, _| match seen.header("authorization") {
        None => Reply::new(401)
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .body(""),
        Some(_) => begun(&location),
    })
    .await;
    let (bytes, what) = blob(1000);
    push(&script, &bytes, &what).await.unwrap();
    let seen = other.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("authorization"), None);
}

#[tokio::test]
async fn content_that_is_not_what_it_should_be_is_never_completed() {
    let (bytes, mut what) = blob(200_000);
    what.digest = Digest::of(b"else");
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1"),
        "DELETE" => Reply::new(204).body(""),
        _ => Reply::new(201).body(""),
    })
    .await;
    let error = push(&script, &bytes, &what).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
    let complete = script
        .seen()
        .iter()
        .any(|seen| seen.body.len() == bytes.len());
    assert!(!complete, "the last buffer left");
    assert_eq!(script.count("DELETE", "/up/1"), 1);
}

#[tokio::test]
async fn an_upload_goes_on_where_the_registry_stands() {
    let (bytes, what) = blob(300_000);
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1"),
        "GET" => Reply::new(204)
            .header("Location", "/up/2")
            .header("Range", "0-99999")
            .body(""),
        "PATCH" => Reply::new(202)
            .header("Location", "/up/3")
            .header("Range", "0-299999")
            .body(""),
        "HEAD" => Reply::new(404).body(""),
        _ if seen.body.is_empty() => Reply::new(201).body(""),
        _ => Reply::new(503).body(""),
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    let seen = script.seen();
    let patch = seen.iter().find(|seen| seen.method == "PATCH").unwrap();
    assert_eq!(patch.target, "/up/2");
    assert_eq!(patch.header("content-range"), Some("100000-299999"));
    assert_eq!(patch.body, &bytes[100_000..]);
    let closing = seen.last().unwrap();
    assert!(closing.is("PUT", "/up/3?digest="), "{}", closing.target);
}

#[tokio::test]
async fn a_forgotten_upload_begins_again_but_not_for_ever() {
    let (bytes, what) = blob(100_000);
    let script = Script::start(|seen, before| match seen.method.as_str() {
        "POST" => begun(format!("/up/{before}")),
        "PUT" if before > 2 => Reply::new(201).body(""),
        _ => Reply::new(404).body(""),
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    assert_eq!(script.count("POST", "/v2/"), 2);

    let script = Script::start(|seen, before| match seen.method.as_str() {
        "POST" => begun(format!("/up/{before}")),
        _ => Reply::new(404).body(""),
    })
    .await;
    let error = push(&script, &bytes, &what).await.unwrap_err();
    assert!(error.to_string().contains("forgot 3 uploads"), "{error:?}");
    assert_eq!(script.count("POST", "/v2/"), 3);
}

#[tokio::test]
async fn an_answer_lost_after_the_commit_is_made_good_by_a_head() {
    let (bytes, what) = blob(100_000);
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1"),
        "HEAD" => Reply::new(200).header("Content-Length", 100_000),
        _ => Reply {
            head: String::new(),
            ..Reply::new(200)
        },
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    assert_eq!(script.count("PUT", "/up/1"), 1);
}

#[tokio::test]
async fn a_registry_that_takes_pieces_gets_pieces() {
    const LARGEST: usize = 2 << 20;
    let (bytes, what) = blob(5 << 20);
    let taken = Arc::new(Mutex::new(Vec::new()));
    let store = Arc::clone(&taken);
    let script = Script::start(move |seen, before| {
        let mut store = store.lock().unwrap();
        match seen.method.as_str() {
            "POST" => {
                store.clear();
                begun("/up/0")
            }
            _ if seen.body.len() > LARGEST => Reply::new(413).body(""),
            "PATCH" => {
                let range = format!("{}-{}", store.len(), store.len() + seen.body.len() - 1);
                assert_eq!(seen.header("content-range"), Some(range.as_str()));
                store.extend_from_slice(&seen.body);
                let last = store.len() - 1;
                begun(format!("/up/{before}")).header("Range", format!("0-{last}"))
            }
            "HEAD" => Reply::new(404).body(""),
            _ => Reply::new(201).body(""),
        }
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    assert_eq!(*taken.lock().unwrap(), bytes);
}

#[tokio::test]
async fn a_registry_without_put_gets_patch() {
    let (bytes, what) = blob(100_000);
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1"),
        "PATCH" => begun("/up/2").header("Range", "0-99999"),
        "PUT" if !seen.body.is_empty() => Reply::new(500).body(""),
        "PUT" => Reply::new(201).body(""),
        "GET" => Reply::new(204).header("Range", "0-0").body(""),
        _ => Reply::new(404).body(""),
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    assert_eq!(script.count("PATCH", "/up/1"), 1);
}

#[tokio::test]
async fn a_redirected_upload_is_sent_to_its_new_place() {
    let (bytes, what) = blob(100_000);
    let other = Script::start(|_, _| Reply::new(201).body("")).await;
    let target = other.url("/elsewhere?x=1");
    let script = Script::start(move |seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1"),
        "HEAD" => Reply::new(404).body(""),
        _ => to(&target),
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    let seen = other.seen();
    assert_eq!((seen.len(), seen[0].target.as_str()), (1, "/elsewhere?x=1"));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].body, bytes);
}

#[tokio::test]
async fn a_mount_is_done_or_its_upload_is_used() {
    let (bytes, what) = blob(1000);
    let script = Script::start(|seen, _| match seen.target.as_str() {
        target if target.contains("from=x%2Fhas") => Reply::new(201).body(""),
        target if target.contains("from=x%2Fnone") => begun("/up/mount"),
        target if target.contains("from=x%2Fbad") => Reply::new(405).body(""),
        _ => Reply::new(201).body(""),
    })
    .await;
    let repository = script.repository(&anonymous());
    let name = |path: &str| format!("{}/{path}", script.host()).parse().unwrap();
    let (bad, has, none) = (name("x/bad"), name("x/has"), name("x/none"));
    let elsewhere = "other.example/x/has".parse().unwrap();
    let mounted = repository
        .mount(&what, &[elsewhere, bad, has])
        .await
        .unwrap();
    assert_eq!(mounted, Some(name("x/has")));
    assert_eq!(repository.mount(&what, &[none]).await.unwrap(), None);
    let writer = repository.begin(&what).await.unwrap();
    send(&*writer, &bytes).await.unwrap();
    assert_eq!(script.count("PUT", "/up/mount?digest="), 1);
    assert_eq!(script.count("POST", "/v2/a/b/blobs/uploads/?"), 3);
    assert_eq!(script.count("POST", ""), 3, "no further upload was begun");
}

#[tokio::test]
async fn a_token_that_ends_while_a_blob_is_sent_is_renewed() {
    let (bytes, what) = blob(100_000);
    let script = Script::start(|seen, before| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            return Reply::new(200).json(&format!(r#"{{"token":"t{before}"}}"#));
        }
        let fresh = seen
            .header("authorization")
            .is_some_and(|token| token != "Bearer t1");
        match seen.method.as_str() {
            "POST" if seen.header("authorization").is_some() => begun("/up/1"),
            "PUT" if fresh => Reply::new(201).body(""),
            "GET" => Reply::new(204).header("Range", "0-0").body(""),
            "HEAD" => Reply::new(404).body(""),
            _ => Reply::new(401)
                .header(
                    "WWW-Authenticate",
                    format!("Bearer realm=\"http://{host}/token\""),
                )
                .body(""),
        }
    })
    .await;
    push(&script, &bytes, &what).await.unwrap();
    assert_eq!(script.count("GET", "/token"), 2);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_body_is_read_is_heeded() {
    for (status, posts) in [(413, 2), (401, 1)] {
        let script = Script::start(move |seen, before| match seen.method.as_str() {
            "POST" if before == 0 => begun("/early/1"),
            "POST" => begun("/up/2"),
            "PUT" if seen.target.starts_with("/early/") => Reply::new(status)
                .header("WWW-Authenticate", "Basic realm=\"r\"")
                .body(""),
            "PATCH" => begun("/up/3"),
            "PUT" => Reply::new(201).body(""),
            _ => Reply::new(404).body(""),
        })
        .await;
        let (bytes, what) = blob(20 << 20);
        let client = if status == 401 {
            anonymous()
        } else {
            as_user()
        };
        let writer = script.repository(&client).begin(&what).await.unwrap();
        let outcome = send(&*writer, &bytes).await;
        match status {
            413 => outcome.unwrap(),
            _ => assert!(
                matches!(outcome, Err(Error::Denied { .. })),
                "{outcome:?} after {:?}",
                script.lines()
            ),
        }
        assert_eq!(script.count("POST", ""), posts);
        let carried: usize = script.seen().iter().map(|seen| seen.body.len()).sum();
        assert!(carried < bytes.len() + (1 << 20), "{carried} bytes");
    }
}
