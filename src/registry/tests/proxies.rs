//! Proxies that help, and those that do not; registries that are said to be insecure.

use super::*;
use crate::config::Way;
use crate::error::Error;
use crate::oci::{Selector, Tag};
use crate::store::Source;

/// Settings with nothing but these variables.
fn settings(variables: &[(&str, &str)]) -> Config {
    let mut settings = config();
    settings.every_registry.plain_http = None;
    settings.retries = 0;
    let pairs = variables.iter();
    settings.environment = pairs
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    settings
}

async fn resolve(settings: Config, host: &str) -> Result<Arc<Memory>, Error> {
    let (client, memory) = with(settings, Credentials::Anonymous);
    let name = format!("{host}/a/b").parse().unwrap();
    let at = Selector::Tag(Tag::latest());
    client.repository(&name).resolve(&at).await.map(|_| memory)
}

/// A port of this machine at which nobody listens.
async fn closed() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_is_named_without_its_password() {
    let proxy = Script::start(|_, _| {
        Reply::new(407)
            .header("Proxy-Authenticate", "Basic realm=x")
            .body("")
    })
    .await;
    for (plain_http, user, expected) in [
        (true, "", "wants credentials"),
        (false, "", "wants credentials"),
        (true, "bob:hunter2@", "does not accept the credentials"),
        (false, "bob:hunter2@", "does not accept the credentials"),
    ] {
        let url = format!("http://{user}127.0.0.1:{}", proxy.port);
        let mut settings = settings(&[("ALL_PROXY", &url)]);
        settings.every_registry.plain_http = Some(plain_http);
        let error = resolve(settings, "r.example:5000")
            .await
            .map(|_| ())
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("127.0.0.1:{} {expected}", proxy.port)),
            "{text}"
        );
        assert!(!text.contains("hunter2") && !text.contains("bob"), "{text}");
        assert_eq!(error.exit_code(), 5);
    }
    let seen = proxy.seen();
    assert_eq!(seen[1].method, "CONNECT");
    assert_eq!(seen[1].target, "r.example:5000");
    assert_eq!(seen[1].header("proxy-authorization"), None);
    // bob:hunter2
    for asked in &seen[2..] {
        assert_eq!(
            asked.header("proxy-authorization"),
            Some("Basic Ym9iOmh1bnRlcjI=")
        );
    }
}

#[tokio::test]
async fn a_password_for_the_proxy_is_decoded_and_never_goes_further() {
    let proxy = Script::start(|_, _| manifest_reply()).await;
    let url = format!("http://b%40b:p%3Aw@127.0.0.1:{}", proxy.port);
    let mut settings = settings(&[("http_proxy", &url)]);
    settings.every_registry.plain_http = Some(true);
    resolve(settings, "r.example").await.unwrap();
    let seen = &proxy.seen()[0];
    // b@b:p:w
    assert_eq!(
        seen.header("proxy-authorization"),
        Some("Basic YkBiOnA6dw==")
    );
    assert_eq!(seen.header("authorization"), None);
}

#[tokio::test]
async fn a_dead_proxy_is_what_does_not_answer() {
    let dead = format!("127.0.0.1:{}", closed().await);
    for plain_http in [true, false] {
        let mut settings = settings(&[("ALL_PROXY", &dead)]);
        settings.every_registry.plain_http = Some(plain_http);
        let error = resolve(settings, "r.example")
            .await
            .map(|_| ())
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("the proxy http://{dead} does not answer")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_the_way_is_named_with_where_it_was_to_lead() {
    for status in [403, 502, 503] {
        let proxy = Script::start(move |_, _| {
            Reply::new(status)
                .header("Content-Type", "text/html")
                .body("<html>")
        })
        .await;
        let url = proxy.url("");
        let error = resolve(settings(&[("HTTPS_PROXY", &url)]), "r.example").await;
        let text = error.map(|_| ()).unwrap_err().to_string();
        let expected = format!(
            "the proxy http://127.0.0.1:{} refuses to connect to r.example:443",
            proxy.port
        );
        assert!(text.contains(&expected), "{text}");
        let mut plain = settings(&[("HTTP_PROXY", &url)]);
        plain.every_registry.plain_http = Some(true);
        let error = resolve(plain, "r.example").await.map(|_| ()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains(&format!("127.0.0.1:{}, or who", proxy.port)),
            "{text}"
        );
        assert!(text.contains(&status.to_string()), "{text}");
    }
}

/// A proxy that lets nothing through says nothing about the registry: no request, and no password, may then go its way in
/// plain http, not even where an unverified registry was allowed.
#[tokio::test]
async fn a_proxy_that_refuses_the_way_gets_no_password() {
    for (host, insecure) in [("localhost:5000", false), ("r.example:5000", true)] {
        let proxy = Script::start(|_, _| {
            Reply::new(403)
                .header("Content-Type", "text/html")
                .body("<html>")
        })
        .await;
        let mut settings = settings(&[]);
        let way = Way::Through(proxy.url("").parse().unwrap());
        settings.every_registry.insecure = Some(insecure);
        settings.every_registry.proxy = Some(way);
        let (client, _) = with(settings, Credentials::Given(user()));
        let error = client.login(&host.parse().unwrap(), &user()).await;
        let text = error.unwrap_err().to_string();
        assert!(text.contains("refuses to connect to"), "{text}");
        let methods: Vec<String> = proxy.seen().into_iter().map(|seen| seen.method).collect();
        assert!(
            methods.iter().all(|method| method == "CONNECT"),
            "{methods:?}"
        );
        assert!(
            proxy
                .seen()
                .iter()
                .all(|seen| seen.header("authorization").is_none())
        );
    }
}

/// tinyproxy answers wrong credentials so.
#[tokio::test]
async fn a_proxy_that_answers_401_is_named_and_not_the_registry() {
    let proxy = Script::start(|_, _| {
        Reply::new(401)
            .header("Content-Type", "text/html")
            .body("<html>")
    })
    .await;
    let url = format!("http://bob:hunter2@127.0.0.1:{}", proxy.port);
    let mut settings = settings(&[("HTTP_PROXY", &url)]);
    settings.every_registry.plain_http = Some(true);
    let error = resolve(settings, "r.example:5000").await.map(|_| ());
    let text = error.unwrap_err().to_string();
    assert!(text.contains("does not accept the credentials"), "{text}");
}

#[tokio::test]
async fn a_setting_for_one_registry_beats_the_environment_both_ways() {
    let (proxy, registry) = (
        Script::start(|_, _| manifest_reply()).await,
        Script::start(|_, _| manifest_reply()).await,
    );
    let host = registry.host().to_string();
    let mut through = settings(&[("NO_PROXY", "*")]);
    through.every_registry.plain_http = Some(true);
    through.every_registry.proxy = Some(Way::Through(proxy.url("").parse().unwrap()));
    resolve(through, &host).await.unwrap();
    assert_eq!((proxy.seen().len(), registry.seen().len()), (1, 0));
    let mut direct = settings(&[("HTTP_PROXY", &proxy.url(""))]);
    direct.every_registry.plain_http = Some(true);
    direct.every_registry.proxy = Some(Way::Direct);
    assert!(resolve(direct, "r.invalid").await.is_err());
    assert_eq!(proxy.seen().len(), 1);
}

/// A proxy before a registry that speaks plain HTTP at every port. Yields what it was asked, line by line.
async fn before_plain_http() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap() > 0 {}
            let head = String::from_utf8(head).unwrap();
            log.lock()
                .unwrap()
                .push(head.lines().next().unwrap().to_owned());
            let answer = if head.starts_with("CONNECT") {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                stream
                    .read_buf(&mut Vec::with_capacity(1024))
                    .await
                    .unwrap();
                "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned()
            } else {
                format!("{}\r\n", manifest_reply().head)
            };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (port, asked)
}

#[tokio::test]
async fn an_insecure_registry_without_tls_is_spoken_to_in_plain_http() {
    // Every request goes to the proxy, which plays a machine that is not this one.
    let (port, asked) = before_plain_http().await;
    let url = format!("127.0.0.1:{port}");
    let mut insecure = settings(&[("ALL_PROXY", &url)]);
    insecure.every_registry.insecure = Some(true);
    resolve(insecure, "nas.lan:5000").await.unwrap();
    let expected = [
        "CONNECT nas.lan:5000 HTTP/1.1",
        "HEAD http://nas.lan:5000/v2/a/b/manifests/latest HTTP/1.1",
    ];
    assert_eq!(*asked.lock().unwrap(), expected);
    let error = resolve(settings(&[("ALL_PROXY", &url)]), "nas.lan:5000").await;
    let error = error.map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::NoTls { .. }), "{error:?}");
    let text = error.to_string();
    assert!(
        text.contains("server gave HTTP response to HTTPS client"),
        "{text}"
    );
    let hint = error.hint("rg").unwrap();
    assert!(
        hint.contains("[registry.\"nas.lan:5000\"]") && hint.contains("insecure-registries"),
        "{hint}"
    );
    let asked = asked.lock().unwrap();
    assert!(
        asked[2..].iter().all(|line| line.starts_with("CONNECT")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn what_is_wrong_in_files_of_others_is_told_once_and_breaks_nothing() {
    let script = Script::start(|_, _| manifest_reply()).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("docker")).unwrap();
    std::fs::write(folder.path().join("docker/daemon.json"), "{oops").unwrap();
    let environment: Environment = [
        ("HOME", "/dev/null/home".to_owned()),
        ("RG_ETC", folder.path().display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    let config = Config::load(&Flags::default(), environment).unwrap();
    let (client, memory) = with(config, Credentials::Anonymous);
    let repository = script.repository(&client);
    let at = Selector::Tag(Tag::latest());
    assert_eq!(memory.warnings(), Vec::<String>::new());
    repository.resolve(&at).await.unwrap();
    repository.resolve(&at).await.unwrap();
    let [warning] = &memory.warnings()[..] else {
        panic!("{:?}", memory.warnings());
    };
    assert!(
        warning.contains("daemon.json: it is not used: not valid JSON (line 1"),
        "{warning}"
    );
}
