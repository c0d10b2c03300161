//! Uploads that go on after the run that began them.

use std::path::{Path, PathBuf};

use super::upload::{begun, send};
use super::*;
use crate::error::Error;
use crate::store::Sink;

const SIZE: usize = 9 << 20;
/// How far the first run came.
const CAME: usize = 5 << 20;

/// A client as another process on the same machine would have it.
fn run(state: &Path) -> Client {
    let mut config = config();
    config.state = Some(state.to_owned());
    with(config, Credentials::Anonymous).0
}

/// The files of unfinished uploads.
fn notes(state: &Path) -> Vec<PathBuf> {
    let folder = state.join("uploads").read_dir().unwrap();
    folder.map(|entry| entry.unwrap().path()).collect()
}

/// A registry that has [`CAME`] bytes of its first upload and takes everything for later ones.
async fn stands() -> Script {
    Script::start(|seen, before| match seen.method.as_str() {
        "POST" => begun(format!("/up/{before}")),
        "GET" if seen.target == "/up/0" => {
            let range = format!("0-{}", CAME - 1);
            Reply::new(204).header("Range", range).body("")
        }
        "PATCH" => {
            let range = format!("0-{}", SIZE - 1);
            begun("/up/end").header("Range", range)
        }
        "PUT" => Reply::new(201).body(""),
        _ => Reply::new(404).body(""),
    })
    .await
}

/// A run that begins to upload and is killed.
async fn killed(script: &Script, state: &Path, what: &Descriptor) {
    drop(script.repository(&run(state)).begin(what).await.unwrap());
}

#[tokio::test]
async fn a_later_run_goes_on_where_the_registry_stands() {
    let state = tempfile::tempdir().unwrap();
    let (bytes, what) = blob(SIZE);
    let script = stands().await;
    killed(&script, state.path(), &what).await;
    assert_eq!(notes(state.path()).len(), 1);
    let writer = script
        .repository(&run(state.path()))
        .begin(&what)
        .await
        .unwrap();
    send(&*writer, &bytes).await.unwrap();
    assert_eq!(script.count("POST", ""), 1);
    let seen = script.seen();
    let patch = seen.iter().find(|seen| seen.method == "PATCH").unwrap();
    let range = format!("{CAME}-{}", SIZE - 1);
    assert_eq!(patch.header("content-range"), Some(range.as_str()));
    assert!(patch.body == bytes[CAME..], "the rest alone was sent");
    assert_eq!(notes(state.path()).len(), 0, "it is complete");
}

#[tokio::test]
async fn what_the_registry_has_is_not_sent_on_when_it_is_not_what_the_blob_is() {
    let state = tempfile::tempdir().unwrap();
    let (mut bytes, what) = blob(SIZE);
    let script = stands().await;
    killed(&script, state.path(), &what).await;
    let writer = script
        .repository(&run(state.path()))
        .begin(&what)
        .await
        .unwrap();
    bytes[CAME / 2] ^= 1;
    let error = send(&*writer, &bytes).await.unwrap_err();
    assert!(matches!(error, Error::DigestMismatch { .. }), "{error:?}");
    assert_eq!(script.count("PUT", ""), 0);
    assert_eq!(notes(state.path()).len(), 0);
}

#[tokio::test]
async fn an_upload_that_the_registry_forgot_costs_one_question() {
    let state = tempfile::tempdir().unwrap();
    let (bytes, what) = blob(SIZE);
    let script = Script::start(|seen, before| match seen.method.as_str() {
        "POST" => begun(format!("/up/{before}")),
        "PUT" if seen.target.starts_with("/up/2") => Reply::new(201).body(""),
        _ => Reply::new(404).body(""),
    })
    .await;
    killed(&script, state.path(), &what).await;
    let writer = script
        .repository(&run(state.path()))
        .begin(&what)
        .await
        .unwrap();
    send(&*writer, &bytes).await.unwrap();
    let lines: Vec<String> = script
        .seen()
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.target))
        .collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(lines[1], "GET /up/0");
    assert_eq!(notes(state.path()).len(), 0);
}

#[tokio::test]
async fn a_kept_location_has_to_pass_the_checks_of_a_fresh_one() {
    let state = tempfile::tempdir().unwrap();
    let (_, what) = blob(SIZE);
    let script = stands().await;
    let with_user = script.url("/up/0").replace("//", "//user:pw@");
    for bad in [
        with_user.as_str(),
        "file:///etc/passwd",
        "http://169.254.169.254/up/0",
    ] {
        killed(&script, state.path(), &what).await;
        let path = notes(state.path()).remove(0);
        let text = std::fs::read_to_string(&path).unwrap();
        let mut note: serde_json::Value = serde_json::from_str(&text).unwrap();
        note["location"] = bad.into();
        std::fs::write(&path, note.to_string()).unwrap();
        let posts = script.count("POST", "");
        killed(&script, state.path(), &what).await;
        assert_eq!(script.count("POST", ""), posts + 1, "{bad}");
        std::fs::remove_file(path).unwrap();
    }
}

#[tokio::test]
async fn two_runs_never_write_to_one_upload() {
    let state = tempfile::tempdir().unwrap();
    let (bytes, what) = blob(SIZE);
    let script = stands().await;
    let one = script
        .repository(&run(state.path()))
        .begin(&what)
        .await
        .unwrap();
    let other = script
        .repository(&run(state.path()))
        .begin(&what)
        .await
        .unwrap();
    send(&*other, &bytes).await.unwrap();
    send(&*one, &bytes).await.unwrap();
    assert_eq!(script.count("POST", ""), 2);
    assert_eq!(script.count("PUT", "/up/0"), 1);
    assert_eq!(script.count("PUT", "/up/1"), 1);
}

#[tokio::test]
async fn small_blobs_leave_no_note() {
    let state = tempfile::tempdir().unwrap();
    let (_, what) = blob(1 << 20);
    let script = stands().await;
    killed(&script, state.path(), &what).await;
    assert!(!state.path().join("uploads").exists());
}

#[tokio::test]
async fn an_upload_that_cannot_be_finished_is_not_taken_up_for_ever() {
    for status in [409, 503] {
        let state = tempfile::tempdir().unwrap();
        let (bytes, what) = blob(SIZE);
        let script = Script::start(move |seen, before| match seen.method.as_str() {
            "POST" => begun(format!("/up/{before}")),
            "GET" => {
                let range = format!("0-{}", SIZE - 1);
                Reply::new(204).header("Range", range).body("")
            }
            "PUT" => Reply::new(status).body(""),
            _ => Reply::new(404).body(""),
        })
        .await;
        killed(&script, state.path(), &what).await;
        let repository = script.repository(&run(state.path()));
        let writer = repository.begin(&what).await.unwrap();
        assert!(send(&*writer, &bytes).await.is_err());
        drop(writer);
        assert_eq!(notes(state.path()).len(), 0, "{status}");
        assert_eq!(script.count("POST", ""), 1);
    }
}
