//! Challenges in every form, refresh tokens that change, and tokens that must go nowhere else.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::error::Error;
use crate::oci::{Selector, Tag};
use crate::store::Source;

fn latest() -> Selector {
    Selector::Tag(Tag::latest())
}

fn refused(challenge: &str) -> Reply {
    Reply::new(401)
        .header("WWW-Authenticate", challenge)
        .body("")
}

fn identity(token: &str) -> Client {
    let identity = Credential::Identity {
        username: "user".to_owned(),
        token: Secret::new(token),
    };
    with(config(), Credentials::Given(identity)).0
}

/// A registry whose challenges are those given, `@` in them being its own token server.
async fn challenging(challenges: &'static [&'static str]) -> Script {
    Script::start(move |seen, _| {
        if seen.target.starts_with("/token") {
            return Reply::new(200).json(r#"{"token":"t"}"#);
        }
        if seen.header("authorization") == Some("Bearer t") {
            return manifest_reply();
        }
        let realm = format!("http://{}/token", seen.header("host").unwrap_or_default());
        let with_all = challenges.iter().fold(Reply::new(401), |reply, text| {
            reply.header("WWW-Authenticate", text.replace('@', &realm))
        });
        with_all.body("")
    })
    .await
}

#[tokio::test]
async fn a_challenge_is_answered_in_whatever_form_it_comes() {
    const SCOPE: &str = "repository%3Aa%2Fb%3Apull";
    let forms: [&[&str]; 11] = [
        &[r#"Bearer realm="@",service="reg",scope="repository:a/b:pull""#],
        &[
            r#"Basic realm="r""#,
            r#"Bearer realm="@",service="reg",scope="repository:a/b:pull""#,
        ],
        &[
            r#"Bearer realm="@",service="reg",scope="repository:a/b:pull""#,
            r#"Basic realm="r""#,
        ],
        &[
            r#"Negotiate, NTLM TlRMTVNTUAAB==, Basic realm="r, Bearer", Bearer realm="@", service="reg""#,
        ],
        &[r#"Digest realm="d", qop="auth,auth-int", nonce="=\"=", Bearer realm="@",service="reg""#],
        &[r#"bEARER   REALM = "@" ,  Service="reg" , SCOPE = "repository:a/b:pull""#],
        &["Bearer realm=@,service=reg,scope=repository:a/b:pull"],
        &[
            r#",, Bearer realm="@",,service="reg",error="invalid_token",error_description="a \"b\", c""#,
        ],
        &["Bearer realm=\"@\",\r\n\tservice=\"reg\",\r\n  scope=\"repository:a/b:pull\""],
        &[r#"Bearer error="no realm here", Bearer realm="@",service="reg""#],
        &[r#"Bearer realm="@",service="r\e\g",scope="repository:a\/b:pull""#],
    ];
    for form in forms {
        let form: &'static [&'static str] = Vec::leak(form.to_vec());
        let script = challenging(form).await;
        let client = as_user();
        let resolved = script.repository(&client).resolve(&latest()).await;
        resolved.unwrap_or_else(|error| panic!("{form:?}: {error}"));
        let seen = script.seen();
        assert_eq!(seen.len(), 3, "{form:?}");
        let asked = &seen[1].target;
        assert!(
            asked.contains("service=reg&") && asked.contains(SCOPE),
            "{form:?} led to {asked}"
        );
    }
}

#[tokio::test]
async fn a_service_that_is_not_named_is_not_made_up() {
    for challenge in [r#"Bearer realm="@""#, r#"Bearer realm="@",service="""#] {
        let script = challenging(Vec::leak(vec![challenge])).await;
        let repository = script.repository(&as_user());
        repository.resolve(&latest()).await.unwrap();
        let asked = script.seen()[1].target.clone();
        assert!(!asked.contains("service"), "{asked}");
        assert!(asked.contains("account=user"), "{asked}");
        assert!(!asked.contains("offline"), "only a login asks for that");
    }
}

#[tokio::test]
async fn a_token_that_grants_less_than_was_asked_is_no_reason_to_ask_again() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            return Reply::new(200).json(r#"{"token":"t","scope":""}"#);
        }
        refused(&format!(
            "Bearer realm=\"http://{host}/token\",scope=\"repository:a/b:pull\",error=\"insufficient_scope\""
        ))
    })
    .await;
    let error = script.repository(&as_user()).resolve(&latest()).await;
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error:?}");
    let asked: Vec<String> = script.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(asked, ["HEAD", "GET", "HEAD"]);
}

#[tokio::test]
async fn a_registry_token_that_is_refused_is_the_end() {
    let script = challenging(&[r#"Bearer realm="@""#]).await;
    let given = Credential::Bearer {
        token: Secret::new("too-old"),
    };
    let (client, _) = with(config(), Credentials::Given(given));
    let error = script.repository(&client).resolve(&latest()).await;
    assert_eq!(error.unwrap_err().exit_code(), 4);
    assert_eq!(script.seen().len(), 2);
    assert_eq!(script.count("GET", "/token"), 0);
}

#[tokio::test]
async fn one_registry_never_sees_the_token_of_another() {
    let issued = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&issued);
    let tokens = Script::start(move |_, _| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        Reply::new(200).json(&format!(r#"{{"token":"t{number}"}}"#))
    })
    .await;
    let realm = tokens.url("/token");
    let registry = |realm: String| {
        Script::start(move |seen, _| match seen.header("authorization") {
            Some(_) => manifest_reply(),
            None => refused(&format!("Bearer realm=\"{realm}\",service=\"same\"")),
        })
    };
    let (one, other) = (registry(realm.clone()).await, registry(realm).await);
    let client = as_user();
    one.repository(&client).resolve(&latest()).await.unwrap();
    other.repository(&client).resolve(&latest()).await.unwrap();
    let token = |script: &Script| script.seen()[1].header("authorization").map(str::to_owned);
    assert_eq!(token(&one).as_deref(), Some("Bearer t0"));
    assert_eq!(token(&other).as_deref(), Some("Bearer t1"));
    assert_eq!(issued.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refresh_token_good_for_one_use_is_replaced_by_the_one_that_comes_back() {
    let uses = AtomicUsize::new(0);
    let script = Script::start(move |seen, _| {
        let host = seen.header("host").unwrap_or_default();
        if seen.is("POST", "/token") {
            let body = String::from_utf8_lossy(&seen.body).into_owned();
            let number = uses.load(Ordering::SeqCst);
            if !body.contains(&format!("refresh_token=r{number}&")) {
                return Reply::new(400).json(r#"{"error":"invalid_grant"}"#);
            }
            uses.store(number + 1, Ordering::SeqCst);
            let next = number + 1;
            let answer = format!(r#"{{"access_token":"t{number}","refresh_token":"r{next}"}}"#);
            return Reply::new(200).json(&answer);
        }
        match seen.header("authorization") {
            Some(token) if token.starts_with("Bearer t") => manifest_reply(),
            _ => refused(&format!("Bearer realm=\"http://{host}/token\"")),
        }
    })
    .await;
    let client = identity("r0");
    let repositories: Vec<Repository> = (0..6)
        .map(|number| format!("{}/a/b{number}", script.host()))
        .map(|name| client.repository(&name.parse().unwrap()))
        .collect();
    let at = latest();
    // All at once, each for a scope of its own.
    let all = repositories
        .iter()
        .map(|repository| repository.resolve(&at));
    for resolved in futures_util::future::join_all(all).await {
        resolved.unwrap();
    }
    assert_eq!(script.count("POST", "/token"), 6);
    assert_eq!(
        script.count("GET", "/token"),
        0,
        "a refresh token is no password"
    );
}

#[tokio::test]
async fn secrets_in_a_form_stay_at_the_server_they_are_for() {
    let other = Script::start(|_, _| Reply::new(200).json(r#"{"access_token":"t"}"#)).await;
    for (place, follows) in [(other.url("/token"), false), ("/moved".to_owned(), true)] {
        let script = Script::start(move |seen, _| {
            let host = seen.header("host").unwrap_or_default();
            match seen.header("authorization") {
                Some("Bearer t") => manifest_reply(),
                _ if seen.target.starts_with("/token") => to(&place),
                _ if seen.target == "/moved" => Reply::new(200).json(r#"{"access_token":"t"}"#),
                _ => refused(&format!("Bearer realm=\"http://{host}/token\"")),
            }
        })
        .await;
        let resolved = script.repository(&identity("r0")).resolve(&latest()).await;
        assert_eq!(resolved.is_ok(), follows, "{resolved:?}");
        if follows {
            let moved = script
                .seen()
                .into_iter()
                .find(|seen| seen.target == "/moved");
            let body = moved.unwrap().body;
            assert!(String::from_utf8_lossy(&body).contains("refresh_token=r0"));
        }
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_token_server_that_leads_out_of_the_rules_is_not_followed() {
    for place in [
        "file:///etc/hostname",
        "http://169.254.169.254/token",
        "http://u:p@127.0.0.1:9/",
    ] {
        let script = Script::start(move |seen, _| {
            let host = seen.header("host").unwrap_or_default();
            if seen.target.starts_with("/token") {
                return to(place);
            }
            refused(&format!("Bearer realm=\"http://{host}/token\""))
        })
        .await;
        let error = script.repository(&as_user()).resolve(&latest()).await;
        assert!(matches!(error, Err(Error::Malformed { .. })), "{error:?}");
        assert_eq!(script.seen().len(), 2);
    }
}

#[tokio::test]
async fn an_answer_without_a_valid_token_is_not_repeated() {
    for body in [
        r#""s3cret-token""#,
        r#"{"token":["s3cret-token"]}"#,
        r#"{"token":"s3cret-token","token":"s3cret-token"}"#,
        r#"{"token":"s3cret-token\r\nX: y"}"#,
        r#"{"token":"s3cret-tokenä"}"#,
        r#"{"token":"s3cret-token"#,
    ] {
        let script = Script::start(move |seen, _| {
            let host = seen.header("host").unwrap_or_default();
            if seen.target.starts_with("/token") {
                return Reply::new(200).json(body);
            }
            refused(&format!("Bearer realm=\"http://{host}/token\""))
        })
        .await;
        let error = script.repository(&as_user()).resolve(&latest()).await;
        let error = error.unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
        assert_eq!(script.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_sent_is_not_repeated() {
    let script = Script::start(|seen, _| {
        let host = seen.header("host").unwrap_or_default();
        if seen.target.starts_with("/token") {
            return Reply::new(200).json(r#"{"token":"s3cret-token"}"#);
        }
        match seen.header("authorization") {
            Some(sent) => Reply::new(403)
                .header("Warning", format!("299 - \"you sent {sent}\""))
                .json(&format!(
                    r#"{{"errors":[{{"code":"DENIED","message":"{sent} may not"}}]}}"#
                )),
            None => refused(&format!("Bearer realm=\"http://{host}/token\"")),
        }
    })
    .await;
    let (client, memory) = with(config(), Credentials::Given(user()));
    let error = script.repository(&client).manifest(&latest()).await;
    let told = format!("{:?} {:?}", error.unwrap_err(), memory.warnings());
    assert!(told.contains("Bearer *** may not"), "{told}");
    assert!(told.contains("you sent Bearer ***"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    let scheme = Script::start(|seen, _| match seen.header("authorization") {
        Some(sent) => refused(sent.trim_start_matches("Basic ").trim_end_matches('=')),
        None => refused("Basic realm=\"r\""),
    })
    .await;
    let error = scheme.repository(&client).manifest(&latest()).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("offers only what nobody knows"), "{error}");
    assert!(
        !error.to_lowercase().contains("dxnlcjpvcgvuc2vzyw1l"),
        "{error}"
    );
}
