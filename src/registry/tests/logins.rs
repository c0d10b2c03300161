//! Several logins for one registry: each goes to the repositories it is for, and to no other.

use super::auth::{bearer, latest, with_tokens};
use super::*;
use crate::credential::Chain;
use crate::error::Error;
use crate::registry::WhenBroken;
use crate::store::Source;

/// A client whose credentials are those of a `config.json` with these entries, user to key, each with password `p`.
fn stored(
    folder: &tempfile::TempDir,
    logins: &[(&str, String)],
    when_broken: WhenBroken,
) -> (Client, Arc<Memory>) {
    use base64::Engine as _;
    let auths: serde_json::Map<_, _> = logins
        .iter()
        .map(|(user, key)| {
            let auth = base64::engine::general_purpose::STANDARD.encode(format!("{user}:p"));
            (key.clone(), serde_json::json!({ "auth": auth }))
        })
        .collect();
    let text = serde_json::json!({ "auths": auths }).to_string();
    std::fs::write(folder.path().join("config.json"), text).unwrap();
    let mut config = config();
    config.docker_config = folder.path().to_owned();
    let chain = Arc::new(Chain::open(&config));
    with(config, Credentials::Stored { chain, when_broken })
}

fn basic(user: &str) -> String {
    use base64::Engine as _;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:p"));
    format!("Basic {pair}")
}

fn below(script: &Script, client: &Client, path: &str) -> Repository {
    client.repository(&format!("{}/{path}", script.host()).parse().unwrap())
}

#[tokio::test]
async fn each_repository_is_asked_for_as_whoever_its_own_login_names() {
    let script = Script::start(|seen, _| {
        let owner = match seen.target.split('/').nth(2) {
            Some("a") => basic("alice"),
            Some("b") => basic("bob"),
            _ => basic("all"),
        };
        match seen.header("authorization") {
            Some(who) if who == owner && seen.target.contains("manifests") => manifest_reply(),
            Some(who) if who == owner => {
                Reply::new(200).json(r#"{"repositories":[],"results":[]}"#)
            }
            _ => Reply::new(401)
                .header("WWW-Authenticate", "Basic realm=\"r\"")
                .body(""),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let logins = [
        ("alice", format!("{}/a", script.host())),
        ("bob", format!("{}/b/x", script.host())),
        ("all", script.host().to_string()),
    ];
    let (client, _) = stored(&folder, &logins, WhenBroken::Fail);
    for path in ["a/x", "b/x", "c/x", "a/y", "b/x/y"] {
        below(&script, &client, path)
            .resolve(&latest())
            .await
            .unwrap();
    }
    let listed: Vec<_> =
        futures_util::StreamExt::collect(client.catalog(&script.host(), None, None)).await;
    let listed: Vec<Result<String, Error>> = listed;
    assert!(listed.is_empty(), "{listed:?}");
    // Once the registry is known to take Basic, each is sent its own at once.
    let wrong = |seen: &Seen| seen.header("authorization").is_none();
    assert_eq!(script.seen().iter().filter(|seen| wrong(seen)).count(), 1);
    let error = below(&script, &client, "b/y").resolve(&latest()).await;
    assert!(matches!(
        error.unwrap_err(),
        Error::Denied {
            with_credentials: true,
            ..
        }
    ));
}

#[tokio::test]
async fn a_login_for_a_namespace_goes_to_no_other_repository_of_its_registry() {
    let script = Script::start(|_, _| {
        Reply::new(401)
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .body("")
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let logins = [("alice", format!("{}/a", script.host()))];
    let (client, _) = stored(&folder, &logins, WhenBroken::Fail);
    for (path, expected) in [("a/x", true), ("ab/x", false), ("b/a", false)] {
        let before = script.seen().len();
        let error = below(&script, &client, path).resolve(&latest()).await;
        let Error::Denied {
            with_credentials, ..
        } = error.unwrap_err()
        else {
            panic!("{path} was not denied");
        };
        assert_eq!(with_credentials, expected, "{path}");
        let seen = &script.seen()[before..];
        let sent = seen
            .iter()
            .any(|seen| seen.header("authorization").is_some());
        assert_eq!(sent, expected, "{path}");
    }
}

#[tokio::test]
async fn a_token_is_never_used_for_what_another_login_is_for() {
    // The token server gives everybody a token by his name, and names the same scope for every repository, as servers
    // behind a path prefix do: only who asks tells the tokens apart.
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        let names = [basic("alice"), basic("bob")];
        if seen.target.starts_with("/token") {
            let who = names
                .iter()
                .position(|name| seen.header("authorization") == Some(name.as_str()));
            let token = who.map_or("nobody".to_owned(), |who| who.to_string());
            return Reply::new(200).json(&format!(r#"{{"token":"{token}","expires_in":300}}"#));
        }
        let owner = match seen.target.split('/').nth(2) {
            Some("a") => "Bearer 0",
            Some("b") => "Bearer 1",
            _ => "Bearer nobody",
        };
        match seen.header("authorization") {
            Some(token) if token == owner => manifest_reply(),
            Some(token) => panic!("{token} was sent for {}", seen.target),
            None => bearer(
                &format!("http://{host}/token"),
                ",scope=\"repository:everything:pull\"",
            ),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let logins = [
        ("alice", format!("{}/a", script.host())),
        ("bob", format!("{}/b", script.host())),
    ];
    let (client, _) = stored(&folder, &logins, WhenBroken::Fail);
    let latest = latest();
    let repositories = ["a/x", "b/x", "c/x"].map(|path| below(&script, &client, path));
    // All at once: each is sent before any answer, so each is challenged for that same scope.
    let all = repositories
        .iter()
        .map(|repository| repository.resolve(&latest));
    for resolved in futures_util::future::join_all(all).await {
        resolved.unwrap();
    }
    for repository in &repositories {
        repository.resolve(&latest).await.unwrap();
    }
    let asked = script.seen();
    let asked = asked
        .iter()
        .filter(|seen| seen.target.starts_with("/token") && seen.target.contains("everything"));
    assert_eq!(asked.count(), 3);
}

#[tokio::test]
async fn a_mount_is_asked_for_as_whoever_may_write_the_target() {
    let script = Script::start(|seen, _| match seen.header("authorization") {
        None => Reply::new(401)
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .body(""),
        Some(_) => Reply::new(201).body(""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let logins = [
        ("source", format!("{}/from", script.host())),
        ("target", format!("{}/to", script.host())),
    ];
    let (client, _) = stored(&folder, &logins, WhenBroken::Fail);
    let from = format!("{}/from/app", script.host()).parse().unwrap();
    let (_, descriptor) = blob(10);
    let target = below(&script, &client, "to/app");
    let mounted = crate::store::Sink::mount(&target, &descriptor, &[from]).await;
    assert!(mounted.unwrap().is_some());
    let seen = script.seen();
    let last = seen.last().unwrap();
    assert!(last.target.contains("from=from%2Fapp"), "{}", last.target);
    assert_eq!(last.header("authorization"), Some(&*basic("target")));
}

#[tokio::test]
async fn a_broken_login_file_is_warned_of_once_and_reading_goes_on_without() {
    let script = with_tokens(|token, _| token.starts_with("Bearer t")).await;
    let folder = tempfile::tempdir().unwrap();
    let (client, memory) = stored(&folder, &[], WhenBroken::Warn);
    std::fs::write(folder.path().join("config.json"), "{").unwrap();
    for path in ["a/x", "b/x"] {
        below(&script, &client, path)
            .resolve(&latest())
            .await
            .unwrap();
    }
    let warnings = memory.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("config.json"), "{warnings:?}");
    let chain = Arc::new(Chain::open(client.config()));
    let when_broken = WhenBroken::Fail;
    let (client, _) = with(config(), Credentials::Stored { chain, when_broken });
    let error = below(&script, &client, "a/x").resolve(&latest()).await;
    assert_eq!(error.unwrap_err().exit_code(), 7);
}
