//! Uploads that go on after the run that began them, and what one blob teaches the next.

use std::path::{Path, PathBuf};

use super::upload::{attempt, begun, send};
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

/// What a registry has received, upload by upload.
type Taken = Arc<Mutex<Vec<u8>>>;

/// A registry that puts PATCH after PATCH, and refuses what `refuses` says.
async fn picky(refuses: fn(&Seen) -> Option<u16>) -> (Script, Taken) {
    let taken = Taken::default();
    let store = Arc::clone(&taken);
    let script = Script::start(move |seen, before| {
        let mut store = store.lock().unwrap();
        if let Some(status) = refuses(seen) {
            return Reply::new(status).body("");
        }
        match seen.method.as_str() {
            "POST" => {
                store.clear();
                begun(format!("/up/{before}"))
            }
            "GET" => begun(&seen.target).header("Range", "0-0"),
            "HEAD" => Reply::new(404).body(""),
            method => {
                store.extend_from_slice(&seen.body);
                if method == "PUT" {
                    return Reply::new(201).body("");
                }
                let range = format!("0-{}", store.len() - 1);
                begun(format!("/up/{before}")).header("Range", range)
            }
        }
    })
    .await;
    (script, taken)
}

/// Pushes two blobs and says how many requests were refused for each.
async fn refusals(script: &Script, taken: &Taken, sizes: [usize; 2]) -> [usize; 2] {
    let repository = script.repository(&anonymous());
    let mut counts = Vec::new();
    for size in sizes {
        let before = script.seen().len();
        let (bytes, what) = blob(size);
        let writer = repository.begin(&what).await.unwrap();
        send(&*writer, &bytes).await.unwrap();
        assert!(*taken.lock().unwrap() == bytes, "the blob is not whole");
        // Everything that carries bytes and is taken stays; the rest was in vain.
        let seen = script.seen();
        let carried: usize = seen[before..].iter().map(|seen| seen.body.len()).sum();
        counts.push(carried / size - 1);
    }
    [counts[0], counts[1]]
}

#[tokio::test]
async fn the_largest_piece_a_registry_takes_is_found_out_once() {
    let (script, taken) = picky(|seen| (seen.body.len() > 2 << 20).then_some(413)).await;
    let sizes = [6 << 20, 5 << 20];
    let vain = refusals(&script, &taken, sizes).await;
    assert!(vain[0] > 0 && vain[1] == 0, "{vain:?}");
}

#[tokio::test]
async fn that_a_registry_takes_no_put_is_found_out_once() {
    let (script, taken) =
        picky(|seen| (seen.method == "PUT" && !seen.body.is_empty()).then_some(405)).await;
    let vain = refusals(&script, &taken, [300_000, 200_000]).await;
    assert_eq!(vain, [1, 0]);
}

#[tokio::test]
async fn a_registry_without_pieces_gets_the_whole_however_large() {
    let (script, taken) = picky(|seen| (seen.method == "PATCH").then_some(405)).await;
    let client = anonymous();
    let repository = script.repository(&client);
    // A link has cut an earlier blob.
    let server = repository.server().await.unwrap();
    assert!(server.uploads.was_cut(64 << 20, 4 << 20, 0));
    let (bytes, what) = blob(12 << 20);
    let writer = repository.begin(&what).await.unwrap();
    send(&*writer, &bytes).await.unwrap();
    assert!(*taken.lock().unwrap() == bytes);
    assert_eq!(script.count("PATCH", ""), 1);
    assert_eq!(script.count("PUT", ""), 1);
}

/// A link that breaks off every request after so many bytes, before a registry that forgets what was cut. Both are
/// played by the script: it does not answer a request that is too large, and knows nothing of its upload afterwards.
async fn cutting(most: usize) -> (Script, Taken) {
    let taken = Taken::default();
    let store = Arc::clone(&taken);
    let script = Script::start(move |seen, before| {
        let mut store = store.lock().unwrap();
        match seen.method.as_str() {
            "POST" => {
                store.clear();
                begun(format!("/up/{before}"))
            }
            "PUT" | "PATCH" if seen.body.len() > most => Reply {
                head: String::new(),
                ..Reply::new(200)
            },
            "PATCH" => {
                store.extend_from_slice(&seen.body);
                let range = format!("0-{}", store.len() - 1);
                begun(format!("/up/{before}")).header("Range", range)
            }
            "PUT" => {
                store.extend_from_slice(&seen.body);
                Reply::new(201).body("")
            }
            _ => Reply::new(404).body(""),
        }
    })
    .await;
    (script, taken)
}

#[tokio::test]
async fn pieces_become_smaller_until_a_cutting_link_lets_them_through() {
    let (script, taken) = cutting(3 << 20).await;
    let (bytes, what) = blob(20 << 20);
    let writer = script.repository(&anonymous()).begin(&what).await.unwrap();
    send(&*writer, &bytes).await.unwrap();
    assert!(*taken.lock().unwrap() == bytes);
    // The whole, 8 MiB, 4 MiB, 2 MiB.
    assert_eq!(script.count("POST", ""), 4);
}

#[tokio::test]
async fn a_link_that_lets_nothing_through_is_given_up() {
    let (script, _) = cutting(0).await;
    let (bytes, what) = blob(2 << 20);
    let writer = script.repository(&anonymous()).begin(&what).await.unwrap();
    let error = loop {
        // As patient as a transfer can be.
        match attempt(&*writer, &bytes).await {
            Err(error) if error.to_string().contains("forgot") => break error,
            Err(error) => assert!(error.is_transient(), "{error:?}"),
            Ok(()) => panic!("nothing can have come through"),
        }
    };
    assert!(error.is_transient());
    assert!(script.count("POST", "") < 8);
}

#[tokio::test]
async fn a_piece_refused_with_416_where_it_begins_was_too_large() {
    let taken = Taken::default();
    let store = Arc::clone(&taken);
    let script = Script::start(move |seen, before| {
        let mut store = store.lock().unwrap();
        let stands = |length: usize| format!("0-{}", length.saturating_sub(1));
        match seen.method.as_str() {
            "POST" => begun("/up/1"),
            "GET" => Reply::new(204)
                .header("Range", stands(store.len()))
                .body(""),
            "PATCH" if seen.body.len() > 4 << 20 => Reply::new(416).body(""),
            "PATCH" => {
                store.extend_from_slice(&seen.body);
                begun(format!("/up/{before}")).header("Range", stands(store.len()))
            }
            "PUT" if seen.body.is_empty() => Reply::new(201).body(""),
            "PUT" => Reply::new(405).body(""),
            _ => Reply::new(404).body(""),
        }
    })
    .await;
    let (bytes, what) = blob(9 << 20);
    let repository = script.repository(&anonymous());
    let writer = repository.begin(&what).await.unwrap();
    send(&*writer, &bytes).await.unwrap();
    assert!(*taken.lock().unwrap() == bytes);
    assert_eq!(script.count("POST", ""), 1);
}

#[tokio::test]
async fn a_registry_that_is_always_busy_after_all_bytes_is_given_up() {
    let (bytes, what) = blob(3 << 20);
    let script = Script::start(|seen, _| match seen.method.as_str() {
        "POST" => begun("/up/1"),
        "GET" => Reply::new(204).header("Range", "0-0").body(""),
        "HEAD" => Reply::new(404).body(""),
        _ => Reply::new(503).body(""),
    })
    .await;
    let writer = script.repository(&anonymous()).begin(&what).await.unwrap();
    let error = loop {
        match attempt(&*writer, &bytes).await {
            Err(error) if error.to_string().contains("nothing more") => break error,
            Err(error) => assert!(error.is_transient(), "{error:?}"),
            Ok(()) => panic!("it took nothing"),
        }
    };
    assert!(error.to_string().contains("not able to answer"), "{error}");
    assert_eq!(script.count("PUT", ""), 4, "three retries were asked for");
}
