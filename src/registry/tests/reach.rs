//! Redirects, retries, stalls and the choice between http and https, over sockets.

use futures_util::StreamExt;

use super::*;
use crate::error::Error;
use crate::oci::{Selector, Tag};
use crate::store::Source;

fn latest() -> Selector {
    Selector::Tag(Tag::latest())
}

async fn read(repository: &Repository, what: &Descriptor) -> Result<Vec<u8>, Error> {
    let mut stream = repository.blob(what, 0..what.size).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.bytes.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}

fn wants_basic(seen: &Seen) -> Option<Reply> {
    let without = seen.header("authorization").is_none();
    without.then(|| {
        Reply::new(401)
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .body("")
    })
}

#[tokio::test]
async fn authorization_stays_at_its_origin_and_comes_back_to_it() {
    let (bytes, what) = blob(1000);
    // registry -> another port -> the registry again
    let back = Arc::new(Mutex::new(String::new()));
    let there = Arc::clone(&back);
    let other = Script::start(move |_, _| to(there.lock().unwrap())).await;
    let elsewhere = other.url("/x?signature=s");
    let script = Script::start(move |seen, _| match wants_basic(seen) {
        Some(refusal) => refusal,
        None if seen.target == "/final" => Reply::new(200).body(bytes.clone()),
        None => to(&elsewhere),
    })
    .await;
    *back.lock().unwrap() = script.url("/final");
    let got = read(&script.repository(&as_user()), &what).await.unwrap();
    assert_eq!(Descriptor::of(MediaType::OCI_LAYER_GZIP, &got), what);
    assert_eq!(other.seen()[0].header("authorization"), None);
    let last = script.seen().pop().unwrap();
    assert_eq!(last.target, "/final");
    assert!(last.header("authorization").is_some());
}

#[tokio::test]
async fn redirects_end() {
    let script = Script::start(|_, before| to(format!("/again/{before}"))).await;
    let (_, what) = blob(10);
    let error = read(&script.repository(&anonymous()), &what)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("redirects"), "{error}");
    assert_eq!(script.seen().len(), 11);
    let script = Script::start(|_, _| to("file:///etc/hostname")).await;
    assert!(read(&script.repository(&anonymous()), &what).await.is_err());
    assert_eq!(script.seen().len(), 1);
}

#[tokio::test]
async fn an_expired_presigned_url_is_replaced_once() {
    let (bytes, what) = blob(100);
    let store = Script::start(move |seen, _| match seen.target.as_str() {
        "/fresh" => Reply::new(200).body(bytes.clone()),
        _ => Reply::new(403)
            .header("Content-Type", "application/xml")
            .body("<Error>expired</Error>"),
    })
    .await;
    let (stale, fresh) = (store.url("/stale"), store.url("/fresh"));
    let script =
        Script::start(move |_, before| to(if before == 0 { &stale } else { &fresh })).await;
    read(&script.repository(&anonymous()), &what).await.unwrap();
    assert_eq!(script.seen().len(), 2);

    let stale = store.url("/stale");
    let script = Script::start(move |_, _| to(&stale)).await;
    let error = read(&script.repository(&anonymous()), &what)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
    assert_eq!(script.seen().len(), 2);
}

#[tokio::test]
async fn a_burst_of_503_is_survived_and_told() {
    let script = Script::start(|_, before| match before {
        0 => Reply::new(503).body(""),
        1 => Reply::new(429).header("Retry-After", 0).body(""),
        _ => manifest_reply(),
    })
    .await;
    let (client, memory) = with(config(), Credentials::Anonymous);
    script.repository(&client).resolve(&latest()).await.unwrap();
    assert_eq!(memory.retries(), 2);
}

#[tokio::test]
async fn f05_an_absurd_wait_is_cut_to_a_minute_and_told() {
    let absurd = [
        "86400",
        "99999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ];
    for told in absurd {
        let script =
            Script::start(move |_, _| Reply::new(429).header("Retry-After", told).body("")).await;
        let (client, memory) = with(config(), Credentials::Anonymous);
        let repository = script.repository(&client);
        let selector = latest();
        let mut asking = std::pin::pin!(repository.manifest(&selector));
        // The wait itself is not waited out: it is told before it begins.
        let waits = loop {
            let short = tokio::time::timeout(Duration::from_millis(5), &mut asking);
            assert!(short.await.is_err(), "{told}: it was not waited at all");
            let waits = memory.waits();
            if !waits.is_empty() {
                break waits;
            }
        };
        assert_eq!(waits, [Duration::from_secs(60)], "{told}");
        assert_eq!(script.seen().len(), 1);
    }
}

#[tokio::test]
async fn f05_a_limit_without_a_wait_or_with_one_that_makes_no_sense_is_waited_out_as_any_fault() {
    for told in ["", "soon", "-5", "1.5"] {
        let script = Script::start(move |_, before| match before {
            0 if told.is_empty() => Reply::new(429).body(""),
            0 => Reply::new(429).header("Retry-After", told).body(""),
            _ => manifest_reply(),
        })
        .await;
        let (client, memory) = with(config(), Credentials::Anonymous);
        let repository = script.repository(&client);
        repository.manifest(&latest()).await.unwrap();
        let waits = memory.waits();
        assert_eq!(waits.len(), 1, "{told}");
        assert!(waits[0] <= config().retry_base, "{told}: {waits:?}");
    }
}

#[tokio::test]
async fn f04_a_burst_at_the_token_server_and_on_heads_is_survived_with_every_status() {
    for status in [408, 429, 500, 502, 503, 504] {
        let bursts = Mutex::new((0, 0));
        let script = Script::start(move |seen, _| {
            let mut bursts = bursts.lock().unwrap();
            let host = seen.header("host").unwrap_or_default();
            let token = seen.target.starts_with("/token");
            let authorized = seen.header("authorization") == Some("Bearer t");
            match (token, authorized) {
                (true, _) if bursts.0 < 2 => {
                    bursts.0 += 1;
                    Reply::new(status).body("")
                }
                (true, _) => Reply::new(200).json(r#"{"token":"t"}"#),
                (_, true) if bursts.1 < 2 => {
                    bursts.1 += 1;
                    Reply::new(status).header("Content-Length", 0)
                }
                (_, true) => manifest_reply(),
                _ => Reply::new(401)
                    .header(
                        "WWW-Authenticate",
                        format!("Bearer realm=\"http://{host}/token\",service=\"s\""),
                    )
                    .body(""),
            }
        })
        .await;
        let (client, memory) = with(config(), Credentials::Anonymous);
        let found = script.repository(&client).resolve(&latest()).await;
        assert!(found.is_ok(), "{status}: {found:?}");
        assert_eq!(memory.retries(), 4, "{status}");
        let gets = script.count("GET", "/v2/a/b/manifests/");
        assert_eq!(gets, 0, "{status}: the HEAD is asked over");
    }
}

#[tokio::test]
async fn a_registry_that_stays_busy_is_given_up() {
    let script = Script::start(|_, _| {
        Reply::new(429)
            .header("Retry-After", 0)
            .json(r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#)
    })
    .await;
    let error = script
        .repository(&anonymous())
        .manifest(&latest())
        .await
        .unwrap_err();
    let Error::Busy { answer } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (answer.status, answer.tries, script.seen().len()),
        (429, 4, 4)
    );
    assert_eq!(answer.errors[0].0, "TOOMANYREQUESTS");
    assert_eq!(error.exit_code(), 5);
}

#[tokio::test]
async fn silence_is_noticed_before_and_within_an_answer() {
    let mut settings = config();
    settings.stall_timeout = Duration::from_millis(150);
    settings.retries = 0;
    let (bytes, what) = blob(1000);
    let silent = Script::start(move |seen, _| {
        if seen.target.contains("manifests") {
            return Reply {
                head: String::new(),
                ..Reply::new(200).hang()
            };
        }
        Reply::new(200)
            .header("Content-Length", 1000)
            .raw(&bytes[..500])
            .hang()
    })
    .await;
    let (client, _) = with(settings, Credentials::Anonymous);
    let repository = silent.repository(&client);
    let error = read(&repository, &what).await.unwrap_err();
    assert!(matches!(error, Error::Stalled { .. }), "{error:?}");
    let script = Script::start(|_, _| Reply {
        head: "HTTP/1.1 200 OK\r\nX: y".to_owned(),
        ..Reply::new(200).hang()
    });
    let error = script
        .await
        .repository(&client)
        .manifest(&latest())
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_page_of_html_is_not_a_registry() {
    let script = Script::start(|_, _| {
        Reply::new(200)
            .header("Content-Type", "text/html; charset=utf-8")
            .body("<html>log in")
    })
    .await;
    let client = anonymous();
    let repository = script.repository(&client);
    let errors = [
        repository.resolve(&latest()).await.unwrap_err(),
        repository.manifest(&latest()).await.unwrap_err(),
        repository.tags().await.unwrap_err(),
        client
            .login(&script.host(), &user())
            .await
            .map(|_| ())
            .unwrap_err(),
    ];
    for error in errors {
        assert!(
            error
                .to_string()
                .contains("answered 200 text/html, expected"),
            "{error}"
        );
        assert_eq!(error.exit_code(), 6);
    }
}

#[tokio::test]
async fn warnings_of_a_server_are_told_once() {
    let script = Script::start(|_, _| manifest_reply().header("Warning", "299 - \"old\"")).await;
    let (client, memory) = with(config(), Credentials::Anonymous);
    let repository = script.repository(&client);
    repository.resolve(&latest()).await.unwrap();
    repository.manifest(&latest()).await.unwrap();
    assert_eq!(memory.warnings(), ["old"]);
}

#[tokio::test]
async fn a_closed_port_is_given_up_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let name = format!("127.0.0.1:{port}/a/b").parse().unwrap();
    for plain_http in [true, false] {
        let mut settings = config();
        settings.every_registry.plain_http = Some(plain_http);
        let (client, memory) = with(settings, Credentials::Anonymous);
        let error = client
            .repository(&name)
            .resolve(&latest())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Network { .. }), "{error:?}");
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(memory.retries() <= 1);
    }
}

#[tokio::test]
async fn loopback_without_tls_is_spoken_to_in_plain_http() {
    let script = Script::start(|_, _| manifest_reply()).await;
    let mut settings = config();
    settings.every_registry.plain_http = None;
    let (client, _) = with(settings, Credentials::Anonymous);
    script.repository(&client).resolve(&latest()).await.unwrap();
}

#[tokio::test]
async fn other_machines_are_reached_through_the_proxy_and_this_one_is_not() {
    let proxy = Script::start(|seen, _| match seen.header("authorization") {
        Some(_) => manifest_reply(),
        None => Reply::new(401)
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .body(""),
    })
    .await;
    let mut settings = config();
    let mut environment = settings.environment.variables.clone();
    environment.insert("HTTP_PROXY".to_owned(), proxy.url("/"));
    environment.insert("NO_PROXY".to_owned(), "other.example".to_owned());
    settings.environment = environment.into_iter().collect();
    let (client, memory) = with(settings, Credentials::Given(user()));
    let name = "registry.example/a/b".parse().unwrap();
    client.repository(&name).resolve(&latest()).await.unwrap();
    let seen = proxy.seen();
    assert_eq!(
        seen[0].target,
        "http://registry.example/v2/a/b/manifests/latest"
    );
    assert_eq!(
        memory.warnings().len(),
        1,
        "credentials went over plain http"
    );
    assert!(memory.warnings()[0].contains("plain http"));
    let here = Script::start(|_, _| manifest_reply()).await;
    here.repository(&client).resolve(&latest()).await.unwrap();
    assert_eq!((here.seen().len(), proxy.seen().len()), (1, seen.len()));
}
