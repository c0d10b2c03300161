//! Challenges answered over sockets, and challenges that must not be.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::error::Error;
use crate::oci::{Selector, Tag};
use crate::store::Source;

pub(super) fn bearer(realm: &str, more: &str) -> Reply {
    let challenge = format!("Bearer realm=\"{realm}\",service=\"reg\"{more}");
    Reply::new(401)
        .header("WWW-Authenticate", challenge)
        .json(r#"{"errors":[{"code":"UNAUTHORIZED","message":"who is it?"}]}"#)
}

/// A registry that wants a token, with its token server in the same place. `good` says which tokens it takes.
pub(super) async fn with_tokens(
    good: impl Fn(&str, usize) -> bool + Send + Sync + 'static,
) -> Script {
    Script::start(move |seen, before| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            let token = format!(r#"{{"token":"t{before}","expires_in":300}}"#);
            return Reply::new(200).json(&token);
        }
        match seen.header("authorization") {
            Some(token) if good(token, before) => manifest_reply(),
            _ => bearer(
                &format!("http://{host}/token?kept=1"),
                ",scope=\"repository:a/b:pull\"",
            ),
        }
    })
    .await
}

pub(super) fn latest() -> Selector {
    Selector::Tag(Tag::latest())
}

#[tokio::test]
async fn an_anonymous_token_is_fetched_once_and_used_for_all() {
    let script = with_tokens(|token, _| token.starts_with("Bearer t")).await;
    let repository = script.repository(&anonymous());
    repository.resolve(&latest()).await.unwrap();
    repository.resolve(&latest()).await.unwrap();
    repository.manifest(&latest()).await.unwrap();
    let seen = script.seen();
    let targets: Vec<_> = seen.iter().map(|seen| seen.target.as_str()).collect();
    assert_eq!(
        targets,
        [
            "/v2/a/b/manifests/latest",
            "/token?kept=1&service=reg&scope=repository%3Aa%2Fb%3Apull&client_id=rg",
            "/v2/a/b/manifests/latest",
            "/v2/a/b/manifests/latest",
            "/v2/a/b/manifests/latest",
        ]
    );
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[1].header("authorization"), None);
}

#[tokio::test]
async fn sixteen_requests_at_once_share_one_token() {
    let script = with_tokens(|token, _| token.starts_with("Bearer t")).await;
    let repository = script.repository(&as_user());
    let at = latest();
    let all = (0..16).map(|_| repository.resolve(&at));
    for result in futures_util::future::join_all(all).await {
        result.unwrap();
    }
    assert_eq!(script.count("GET", "/token"), 1);
    let basic = script
        .seen()
        .into_iter()
        .find(|seen| seen.target.starts_with("/token"));
    let basic = basic.unwrap();
    assert_eq!(
        basic.header("authorization"),
        Some("Basic dXNlcjpvcGVuc2VzYW1l")
    );
    assert!(basic.target.contains("account=user"));
}

#[tokio::test]
async fn a_token_that_ends_early_is_renewed() {
    // Each token is good for the three requests after it.
    let script = with_tokens(|token, before| {
        let issued = token.trim_start_matches("Bearer t").parse::<usize>();
        issued.is_ok_and(|issued| before <= issued + 3)
    })
    .await;
    let repository = script.repository(&anonymous());
    for _ in 0..8 {
        repository.manifest(&latest()).await.unwrap();
    }
    assert!(script.count("GET", "/token") >= 2);
}

#[tokio::test]
async fn a_registry_that_always_asks_again_is_left_after_few_requests() {
    let script = Script::start(|seen, before| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            return Reply::new(200).json(&format!(r#"{{"token":"t{before}"}}"#));
        }
        let more = format!(",scope=\"repository:a/b{before}:pull\"");
        bearer(&format!("http://{host}/token?{before}"), &more)
    })
    .await;
    let error = script
        .repository(&as_user())
        .resolve(&latest())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Denied {
                with_credentials: true,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        script.seen().len() <= 10,
        "{} requests",
        script.seen().len()
    );
}

#[tokio::test]
async fn a_scope_that_was_not_enough_is_widened_once() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        let realm = format!("http://{host}/token");
        if seen.target.starts_with("/token") {
            let wide = seen.target.contains("delete");
            return Reply::new(200).json(&format!(r#"{{"access_token":"wide-{wide}"}}"#));
        }
        match seen.header("authorization") {
            Some("Bearer wide-true") => Reply::new(202).body(""),
            Some(_) => bearer(
                &realm,
                ",scope=\"repository:a/b:delete\",error=\"insufficient_scope\"",
            ),
            None => bearer(&realm, ""),
        }
    })
    .await;
    script
        .repository(&as_user())
        .delete(&latest())
        .await
        .unwrap();
    assert_eq!(script.count("GET", "/token"), 2);
    assert_eq!(script.count("DELETE", "/v2/"), 3);
}

#[tokio::test]
async fn wrong_credentials_at_the_token_server_end_it() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            return Reply::new(401).json(r#"{"details":"incorrect username or password"}"#);
        }
        bearer(&format!("http://{host}/token"), "")
    })
    .await;
    let error = script
        .repository(&as_user())
        .resolve(&latest())
        .await
        .unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(!format!("{error:?}").contains("opensesame"), "{error:?}");
    assert_eq!(script.seen().len(), 2, "no anonymous try after that");
    let login = as_user().login(&script.host(), &user()).await.unwrap_err();
    assert_eq!(login.exit_code(), 4);
}

#[tokio::test]
async fn basic_is_sent_only_after_it_was_asked_for_and_then_always() {
    let script = Script::start(|seen, _| match seen.header("authorization") {
        Some("Basic dXNlcjpvcGVuc2VzYW1l") => manifest_reply(),
        _ => Reply::new(401)
            .header("WWW-Authenticate", "BASIC realm=\"r\"")
            .body(""),
    })
    .await;
    let repository = script.repository(&as_user());
    repository.resolve(&latest()).await.unwrap();
    repository.resolve(&latest()).await.unwrap();
    let sent: Vec<bool> = script
        .seen()
        .iter()
        .map(|seen| seen.header("authorization").is_some())
        .collect();
    assert_eq!(sent, [false, true, true]);
    let error = script
        .repository(&anonymous())
        .resolve(&latest())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Denied {
                with_credentials: false,
                ..
            }
        ),
        "{error:?}"
    );
    let proven = anonymous().login(&script.host(), &user()).await.unwrap();
    assert!(matches!(proven, Credential::Basic { .. }));
}

#[tokio::test]
async fn a_login_takes_the_refresh_token_and_later_uses_only_that() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        if seen.is("GET", "/token") && seen.target.contains("offline_token=true") {
            return Reply::new(200).json(r#"{"token":"t","refresh_token":"refresh"}"#);
        }
        if seen.is("POST", "/token") {
            let body = String::from_utf8_lossy(&seen.body);
            assert!(
                body.contains("refresh_token=refresh") && body.contains("service=reg"),
                "{body}"
            );
            return Reply::new(200).json(r#"{"access_token":"t","expires_in":"60"}"#);
        }
        match seen.header("authorization") {
            Some("Bearer t") => manifest_reply(),
            _ => bearer(&format!("http://{host}/token"), ""),
        }
    })
    .await;
    let proven = anonymous().login(&script.host(), &user()).await.unwrap();
    let Credential::Identity { token, .. } = &proven else {
        panic!("no identity token");
    };
    assert_eq!(token.expose(), "refresh");
    let (client, _) = with(config(), Credentials::Given(proven));
    script.repository(&client).resolve(&latest()).await.unwrap();
    assert_eq!(script.count("POST", "/token"), 1);
}

#[tokio::test]
async fn an_identity_token_falls_back_to_get_where_there_is_no_post() {
    // By the spec, and as Artifactory and Azure's registry say it.
    for status in [404, 405, 401, 400] {
        let script = Script::start(move |seen, _| {
            let host = seen.header("host").unwrap_or_default();
            match seen.header("authorization") {
                _ if seen.is("POST", "/token") => Reply::new(status).body(""),
                Some(basic) if seen.is("GET", "/token") && basic.starts_with("Basic") => {
                    Reply::new(200).json(r#"{"token":"t"}"#)
                }
                Some("Bearer t") => manifest_reply(),
                _ => bearer(&format!("http://{host}/token"), ""),
            }
        })
        .await;
        let identity = Credential::Identity {
            username: "user".to_owned(),
            token: Secret::new("refresh"),
        };
        let (client, _) = with(config(), Credentials::Given(identity));
        script.repository(&client).resolve(&latest()).await.unwrap();
        assert_eq!(script.count("POST", "/token"), 1, "{status}");
    }
}

#[tokio::test]
async fn a_registry_token_is_used_as_it_is() {
    let script = with_tokens(|token, _| token == "Bearer given").await;
    let given = Credential::Bearer {
        token: Secret::new("given"),
    };
    let (client, _) = with(config(), Credentials::Given(given));
    script.repository(&client).resolve(&latest()).await.unwrap();
    assert_eq!(script.count("GET", "/token"), 0);
}

#[tokio::test]
async fn a_401_without_a_challenge_is_answered_by_the_one_of_the_ping() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        match seen.header("authorization") {
            Some("Bearer t") => manifest_reply(),
            _ if seen.target.starts_with("/token") => Reply::new(200).json(r#"{"token":"t"}"#),
            _ if seen.target == "/v2/" => bearer(&format!("http://{host}/token"), ""),
            _ => Reply::new(401).body(""),
        }
    })
    .await;
    script
        .repository(&anonymous())
        .resolve(&latest())
        .await
        .unwrap();
    assert_eq!(script.count("GET", "/token"), 1);
}

#[tokio::test]
async fn a_token_that_died_on_its_way_is_asked_for_once_more() {
    for (life, tokens) in [(2, 2), (300, 1)] {
        let given = AtomicUsize::new(0);
        let script = Script::start(move |seen, _| {
            let host = seen.header("host").unwrap_or_default();
            match seen.header("authorization") {
                Some("Bearer t2") => manifest_reply(),
                _ if seen.target.starts_with("/token") => {
                    let number = given.fetch_add(1, Ordering::Relaxed) + 1;
                    Reply::new(200).json(&format!(r#"{{"token":"t{number}","expires_in":{life}}}"#))
                }
                _ => bearer(&format!("http://{host}/token"), ""),
            }
        })
        .await;
        let resolved = script.repository(&anonymous()).resolve(&latest()).await;
        assert_eq!(resolved.is_ok(), tokens == 2, "a life of {life} s");
        assert_eq!(script.count("GET", "/token"), tokens);
    }
}

#[tokio::test]
async fn a_challenge_that_cannot_be_answered_says_why() {
    for (challenge, why) in [
        ("Negotiate", "offers only negotiate"),
        ("Bearer realm=\"file:///etc/hostname\"", "a file URL"),
        ("Bearer realm=\"http://169.254.169.254/x\"", "link-local"),
        ("Bearer realm=\"http://u@127.0.0.1:1/\"", "user name"),
    ] {
        let script = Script::start(move |_, _| {
            Reply::new(401)
                .header("WWW-Authenticate", challenge)
                .body("")
        })
        .await;
        let error = script
            .repository(&as_user())
            .resolve(&latest())
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Challenge { .. }), "{error:?}");
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(error.exit_code(), 4);
    }
}

#[tokio::test]
async fn a_token_that_could_smuggle_a_header_is_refused() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            return Reply::new(200).json(r#"{"token":"a\r\nX-Evil: 1"}"#);
        }
        bearer(&format!("http://{host}/token"), "")
    })
    .await;
    let error = script
        .repository(&as_user())
        .resolve(&latest())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
    assert_eq!(script.seen().len(), 2);
}

#[tokio::test]
async fn the_token_server_may_be_busy_for_a_while() {
    let script = Script::start(|seen, before| {
        let host = seen.header("host").unwrap_or_default();
        match seen.header("authorization") {
            Some("Bearer t") => manifest_reply(),
            _ if seen.target.starts_with("/token") && before < 3 => Reply::new(503).body(""),
            _ if seen.target.starts_with("/token") => Reply::new(200).json(r#"{"token":"t"}"#),
            _ => bearer(&format!("http://{host}/token"), ""),
        }
    })
    .await;
    script
        .repository(&anonymous())
        .resolve(&latest())
        .await
        .unwrap();
}

#[tokio::test]
async fn the_password_does_not_follow_a_redirect_of_the_token_server() {
    let other = Script::start(|_, _| Reply::new(200).json(r#"{"token":"t"}"#)).await;
    let elsewhere = other.url("/token");
    let script = Script::start(move |seen, _| {
        let host = seen.header("host").unwrap_or_default();
        match seen.header("authorization") {
            Some("Bearer t") => manifest_reply(),
            _ if seen.target.starts_with("/token") => to(&elsewhere),
            _ => bearer(&format!("http://{host}/token"), ""),
        }
    })
    .await;
    script
        .repository(&as_user())
        .resolve(&latest())
        .await
        .unwrap();
    let seen = other.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].header("authorization"), None);
}

#[tokio::test]
async fn a_push_asks_for_push_from_the_beginning() {
    let script = with_tokens(|token, _| token.starts_with("Bearer t")).await;
    let repository = script.repository(&as_user());
    crate::store::Sink::resolve(&repository, &Tag::latest())
        .await
        .unwrap();
    let seen = script.seen();
    assert!(
        seen[1].target.contains("repository%3Aa%2Fb%3Apull%2Cpush"),
        "{}",
        seen[1].target
    );
}
