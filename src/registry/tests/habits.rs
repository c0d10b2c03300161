//! What one request of an upload teaches the next, and one blob the others.

use super::upload::{attempt, begun, send};
use super::*;
use crate::store::Sink;

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

#[tokio::test]
async fn a_token_that_the_next_request_would_outlive_is_renewed_before_it() {
    for (slow, tokens) in [(false, 1), (true, 2)] {
        let script = Script::start(|seen, before| {
            let host = seen.header("host").unwrap_or_default();
            if seen.target.starts_with("/token") {
                let token = format!(r#"{{"token":"t{before}","expires_in":300}}"#);
                return Reply::new(200).json(&token);
            }
            match seen.method.as_str() {
                "POST" if seen.header("authorization").is_some() => begun("/up/1"),
                "PUT" => Reply::new(201).body(""),
                _ => Reply::new(401)
                    .header(
                        "WWW-Authenticate",
                        format!("Bearer realm=\"http://{host}/token\""),
                    )
                    .body(""),
            }
        })
        .await;
        let (bytes, what) = blob(4 << 20);
        let repository = script.repository(&as_user());
        let writer = repository.begin(&what).await.unwrap();
        let server = repository.server().await.unwrap();
        server.auth.age(Duration::from_secs(100));
        let mebibyte = Duration::from_secs(if slow { 60 } else { 1 });
        server.uploads.took(1 << 20, mebibyte);
        send(&*writer, &bytes).await.unwrap();
        assert_eq!(script.count("GET", "/token"), tokens);
        assert_eq!(script.count("PUT", "/up/1"), 1);
    }
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
