//! The keyring as one of the places: when it is asked, how often, and what the others have to say about it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::credential::keyring::watched::watched;
use crate::credential::tests::{Home, alice, host};
use crate::credential::{Credential, Key, Stored};
use crate::error::Error;

/// An entry of `auths` with the user `file`.
const FILE: &str = r#"{"auth":"ZmlsZTpw"}"#;

/// The chain of `home` over a keyring in memory that has a login of alice's for `r.example`.
async fn with_keyring(home: &Home) -> (Chain, Arc<AtomicUsize>) {
    let (keyring, questions) = watched(false);
    keyring.keep(&host("r.example"), &alice()).await.unwrap();
    questions.store(0, Ordering::SeqCst);
    let chain = Chain {
        keyring,
        ..home.chain()
    };
    (chain, questions)
}

/// The same over one that only breaks.
fn with_broken_keyring(home: &Home) -> (Chain, Arc<AtomicUsize>) {
    let (keyring, questions) = watched(true);
    let chain = Chain {
        keyring,
        ..home.chain()
    };
    (chain, questions)
}

/// User and place of the login for a repository.
async fn login(chain: &Chain, name: &str, repository: &str) -> Option<(String, String)> {
    let (host, repository) = (host(name), repository.parse().unwrap());
    let answers = Answers::default();
    let found = chain.find_for(&host, Some(&repository), &answers).await;
    let found = found.unwrap()?;
    match found.credential {
        Credential::Basic { username, .. } => Some((username, found.origin)),
        other => panic!("{other:?}"),
    }
}

async fn user(chain: &Chain, name: &str, repository: &str) -> Option<String> {
    Some(login(chain, name, repository).await?.0)
}

/// Every way to put the keyring in charge of `r.example`: settings, and docker's file, to which `entries` of `auths` are
/// added. By the last it is asked only because of the mark.
fn ways(entries: &str) -> [(&'static str, String); 5] {
    let auths = format!("\"auths\":{{{entries}}}");
    let marked = format!(
        "{{\"auths\":{{\"r.example\":{{}}{}{entries}}}}}",
        if entries.is_empty() { "" } else { "," }
    );
    [
        (
            "",
            format!("{{{auths},\"credHelpers\":{{\"r.example\":\"rg\"}}}}"),
        ),
        ("", format!("{{{auths},\"credsStore\":\"rg\"}}")),
        ("credential_store = \"keyring\"\n", format!("{{{auths}}}")),
        ("credential_store = \"rg\"\n", format!("{{{auths}}}")),
        ("credential_store = \"auto\"\n", marked),
    ]
}

#[tokio::test]
async fn a_namespace_wins_over_the_keyring_which_is_not_even_asked() {
    for (settings, text) in ways(&format!("\"r.example/team\":{FILE}")) {
        let mut home = Home::new(&text);
        home.settings = settings;
        let (chain, questions) = with_keyring(&home).await;
        let found = user(&chain, "r.example", "team/app").await;
        assert_eq!(found.as_deref(), Some("file"), "{settings}{text}");
        assert_eq!(questions.load(Ordering::SeqCst), 0, "{settings}{text}");
        let found = login(&chain, "r.example", "other/app").await;
        let expected = ("alice".to_owned(), keyring_title());
        assert_eq!(found, Some(expected), "{settings}{text}");
    }
}

#[tokio::test]
async fn by_auto_the_keyring_is_asked_only_about_hosts_that_the_file_marks() {
    for text in [
        "{}",
        r#"{"auths":{"s.example":{},"r.example/team":{}}}"#,
        r#"{"auths":{"s.example":{}},"credHelpers":{"r.example":""}}"#,
    ] {
        let home = Home::new(text);
        let (chain, questions) = with_keyring(&home).await;
        assert_eq!(user(&chain, "r.example", "team/app").await, None, "{text}");
        assert_eq!(questions.load(Ordering::SeqCst), 0, "{text}");
    }
}

#[tokio::test]
async fn a_variable_wins_over_the_keyring_and_the_keyring_over_podmans_file() {
    for (settings, text) in ways("") {
        let mut home = Home::new(&text);
        home.settings = settings;
        let podmans = format!("{{\"auths\":{{\"r.example\":{FILE},\"s.example\":{FILE}}}}}");
        home.write("session/containers/auth.json", &podmans);
        let (chain, _) = with_keyring(&home).await;
        let found = user(&chain, "r.example", "app").await;
        assert_eq!(found.as_deref(), Some("alice"), "{settings}{text}");
        let found = user(&chain, "s.example", "app").await;
        assert_eq!(found.as_deref(), Some("file"), "{settings}{text}");

        home.variable = Some(r#"{"auths":{"r.example":{"auth":"dmFyaWFibGU6cA=="}}}"#);
        let (chain, questions) = with_keyring(&home).await;
        let found = user(&chain, "r.example", "app").await;
        assert_eq!(found.as_deref(), Some("variable"), "{settings}{text}");
        assert_eq!(questions.load(Ordering::SeqCst), 0, "{settings}{text}");
    }
}

#[tokio::test]
async fn the_keyring_is_asked_once_for_all_repositories_of_a_registry_also_when_it_is_broken() {
    for (settings, text) in ways("") {
        let mut home = Home::new(&text);
        home.settings = settings;
        let registry = host("r.example");
        let repositories = ["a/one", "b/two", "c/three"].map(|name| name.parse().unwrap());

        let (chain, questions) = with_keyring(&home).await;
        let (answers, mut asked) = (Answers::default(), Vec::new());
        for repository in &repositories {
            let found = chain.find_for(&registry, Some(repository), &answers).await;
            assert_eq!(found.unwrap().unwrap().credential, alice());
            asked.push(questions.load(Ordering::SeqCst));
        }
        assert!(asked[0] > 0 && asked[0] == asked[2], "{asked:?} {text}");

        let (chain, questions) = with_broken_keyring(&home);
        let (answers, mut asked) = (Answers::default(), Vec::new());
        let mut errors = Vec::new();
        for repository in &repositories {
            let found = chain.find_for(&registry, Some(repository), &answers).await;
            let error = found.unwrap_err();
            assert!(matches!(error, Error::Keyring { .. }), "{error}");
            errors.push(error.to_string());
            asked.push(questions.load(Ordering::SeqCst));
        }
        assert!(asked[0] > 0 && asked[0] == asked[2], "{asked:?} {text}");
        // Warnings are told once a text.
        errors.dedup();
        assert_eq!(errors.len(), 1, "{errors:?}");
    }
}

#[tokio::test]
async fn the_list_has_the_keyring_where_it_is_searched() {
    let logins = async |settings, text: &str| {
        let mut home = Home::new(text);
        home.settings = settings;
        let (chain, _) = with_keyring(&home).await;
        let logins = chain.list().await.complete().unwrap();
        assert!(logins.iter().all(|login| login.keeper == Keeper::Ours));
        let logins = logins.into_iter();
        let logins = logins.map(|login| (login.key.to_string(), login.place, login.used));
        logins.collect::<Vec<_>>()
    };
    let in_keyring = |used| ("r.example".to_owned(), keyring_title(), used);
    for (settings, text) in ways("") {
        assert_eq!(logins(settings, &text).await, [in_keyring(true)], "{text}");
    }
    let both = format!("{{\"auths\":{{\"r.example\":{FILE}}}}}");
    let named =
        format!("{{\"credHelpers\":{{\"r.example\":\"rg\"}},\"auths\":{{\"r.example\":{FILE}}}}}");
    let listed = logins("", &named).await;
    assert_eq!(listed[0], in_keyring(true));
    assert!(!listed[1].2, "{listed:?}");
    let listed = logins("credential_store = \"keyring\"\n", &both).await;
    assert!(listed[0].2, "{listed:?}");
    assert_eq!(listed[1], in_keyring(false));
    // Nobody would be given that one.
    assert_eq!(logins("", "{}").await, []);
    assert_eq!(logins("credential_store = \"file\"\n", "{}").await, []);
}

#[tokio::test]
async fn a_broken_keyring_is_told_once_beside_what_other_places_have() {
    let home = Home::new(&format!(
        "{{\"credsStore\":\"rg\",\"auths\":{{\"r.example\":{FILE}}}}}"
    ));
    home.write(
        "session/containers/auth.json",
        r#"{"credHelpers":{"s.example":"rg"}}"#,
    );
    let listing = with_broken_keyring(&home).0.list().await;
    assert_eq!((listing.logins.len(), listing.broken.len()), (1, 1));
    assert!(matches!(listing.broken[0], Error::Keyring { .. }));
}

#[tokio::test]
async fn podmans_file_may_name_the_keyring_and_logout_says_that_it_stays() {
    let mut home = Home::new("{}");
    home.settings = "credential_store = \"file\"\n";
    home.write(
        "session/containers/auth.json",
        r#"{"credHelpers":{"r.example":"rg"}}"#,
    );
    let (chain, _) = with_keyring(&home).await;
    assert_eq!(
        user(&chain, "r.example", "app").await.as_deref(),
        Some("alice")
    );
    let listed = chain.list().await.complete().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].place, keyring_title());
    assert!(matches!(listed[0].keeper, Keeper::NamedHelper(_)));
    let key: Key = host("r.example").into();
    assert!(!chain.erase_at(&key).await.unwrap());
    assert_eq!(chain.leftovers(&key).await, listed);
}

#[tokio::test]
async fn a_login_for_a_namespace_stays_out_of_the_keyring_and_outlives_the_one_that_is_in_it() {
    for (settings, text) in ways("") {
        let mut home = Home::new(&text);
        home.settings = settings;
        let (chain, questions) = with_keyring(&home).await;
        let (team, whole) = (
            Key::typed("r.example/team").unwrap(),
            Key::from(host("r.example")),
        );
        let stored = chain.store_at(&team, &alice()).await.unwrap();
        assert!(matches!(stored, Stored::File(_)), "{stored:?}");
        assert_eq!(questions.load(Ordering::SeqCst), 0);
        let stored = chain.store_at(&whole, &alice()).await.unwrap();
        assert!(matches!(stored, Stored::Keyring { .. }), "{stored:?}");
        assert_eq!(chain.expected(&whole.host).await.unwrap(), stored);

        assert!(chain.erase_at(&whole).await.unwrap(), "{settings}{text}");
        assert!(!home.file().contains("credHelpers"), "{}", home.file());
        assert_eq!(chain.keyring.find(&whole.host).await.unwrap(), None);
        let left = chain.leftovers(&whole).await;
        assert_eq!((left.len(), &left[0].key), (1, &team));
        assert_eq!(
            user(&chain, "r.example", "team/app").await.as_deref(),
            Some("alice")
        );
        assert!(chain.erase_at(&team).await.unwrap());
    }
}

#[tokio::test]
async fn where_a_login_would_go_is_told_without_a_question_to_the_keyring() {
    for (settings, text) in ways("") {
        let mut home = Home::new(&text);
        home.settings = settings;
        let (chain, questions) = with_broken_keyring(&home);
        let expected = chain.expected(&host("r.example")).await.unwrap();
        assert!(matches!(expected, Stored::Keyring { .. }), "{expected:?}");
        assert_eq!(questions.load(Ordering::SeqCst), 0);
        // Before a password is sent it is asked, and by `auto` the file is next.
        match chain.destination(&host("r.example")).await {
            Ok(Stored::FileInstead { reason, .. }) if settings.contains("auto") => {
                assert!(reason.contains("out of order"), "{reason}");
            }
            Err(Error::Keyring { .. }) if !settings.contains("auto") => {}
            other => panic!("{settings}{text}: {other:?}"),
        }
    }
}
