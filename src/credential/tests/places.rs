//! Every place at once: which one wins, for which part of a registry.

use base64::Engine as _;

use super::{Home, VARIABLE, alice, host};
use crate::credential::{Answers, Chain, Credential, Keeper, Key};
use crate::oci::Repository;

/// Where each place is below the home, in the order they are searched; the variable comes before all.
const FILES: [&str; 5] = [
    "named.json",
    ".docker/config.json",
    "session/containers/auth.json",
    ".config/containers/auth.json",
    ".dockercfg",
];

/// An entry for `key` with a user of that name.
fn entry(key: &str, user: &str) -> String {
    let auth = base64::engine::general_purpose::STANDARD.encode(format!("{user}:p"));
    format!("\"{key}\":{{\"auth\":\"{auth}\"}}")
}

fn auths(entries: &[(&str, &str)]) -> String {
    let entries: Vec<String> = entries.iter().map(|(key, user)| entry(key, user)).collect();
    format!("{{\"auths\":{{{}}}}}", entries.join(","))
}

/// What asking for a repository of `name` fails with.
async fn failure(chain: &Chain, name: &str, repository: &str, answers: &Answers) -> String {
    let repository: Repository = repository.parse().unwrap();
    let found = chain
        .find_for(&host(name), Some(&repository), answers)
        .await;
    found.unwrap_err().to_string()
}

/// The user that is found for a repository, or for the whole host where that is empty.
async fn user(chain: &Chain, name: &str, repository: &str) -> Option<String> {
    let repository: Option<Repository> =
        (!repository.is_empty()).then(|| repository.parse().unwrap());
    let answers = Answers::default();
    let found = chain
        .find_for(&host(name), repository.as_ref(), &answers)
        .await;
    match found.unwrap()?.credential {
        Credential::Basic { username, .. } => Some(username),
        other => panic!("{other:?}"),
    }
}

/// A home in which every place knows `r.example` as a user that is called after it, and each also a host of its own.
fn everywhere() -> Home {
    let mut home = Home::new("{}");
    home.auth_file = Some("named.json");
    home.variable = Some(r#"{"auths":{"r.example":{"auth":"dmFyaWFibGU6cA=="}}}"#);
    for (number, path) in FILES.iter().enumerate() {
        let user = format!("user{number}");
        let own = format!("only{number}.example");
        let text = match *path {
            ".dockercfg" => format!(
                "{{{},{}}}",
                entry("https://r.example/v1/", &user),
                entry(&own, &user)
            ),
            _ => auths(&[("r.example", &user), (&own, &user)]),
        };
        home.write(path, &text);
    }
    home
}

#[tokio::test]
async fn the_first_place_wins_and_every_place_is_searched() {
    let mut home = everywhere();
    for (number, path) in FILES.iter().enumerate() {
        let found = user(&home.chain(), &format!("only{number}.example"), "team/app").await;
        assert_eq!(found, Some(format!("user{number}")), "{path}");
    }
    let winner = async |home: &Home| user(&home.chain(), "r.example", "team/app").await.unwrap();
    assert_eq!(winner(&home).await, "variable");
    home.variable = None;
    for (number, path) in FILES.iter().enumerate() {
        assert_eq!(winner(&home).await, format!("user{number}"));
        std::fs::remove_file(home.folder.path().join(path)).unwrap();
    }
    assert_eq!(user(&home.chain(), "r.example", "").await, None);
}

#[tokio::test]
async fn the_longest_namespace_wins_and_only_where_it_fits() {
    let home = Home::new(&auths(&[
        ("r.example", "all"),
        ("r.example/team/app", "app"),
        ("r.example/team", "team"),
        ("other.example/team", "elsewhere"),
        ("docker.io/library", "library"),
    ]));
    let chain = home.chain();
    for (name, repository, expected) in [
        ("r.example", "team/app", Some("app")),
        ("r.example", "team/app/part", Some("app")),
        ("r.example", "team/application", Some("team")),
        ("r.example", "team", Some("team")),
        ("r.example", "teams/app", Some("all")),
        ("r.example", "", Some("all")),
        ("R.EXAMPLE", "team/app", Some("app")),
        ("r.example:443", "team/app", None),
        ("other.example", "team/app", Some("elsewhere")),
        ("other.example", "app", None),
        ("other.example", "", None),
        ("docker.io", "library/alpine", Some("library")),
        ("docker.io", "bob/alpine", None),
    ] {
        let found = user(&chain, name, repository).await;
        assert_eq!(found.as_deref(), expected, "{name} {repository}");
    }
}

#[tokio::test]
async fn a_namespace_wins_over_the_helper_in_charge_which_is_not_even_run() {
    let home = Home::new(
        r#"{"credsStore":"missing","auths":{"r.example/team":{"auth":"dGVhbTpw"},"r.example":{"auth":"YWxsOnA="}}}"#,
    );
    let chain = home.chain();
    assert_eq!(
        user(&chain, "r.example", "team/app").await.as_deref(),
        Some("team")
    );
    let error = failure(&chain, "r.example", "other/app", &Answers::default()).await;
    assert!(error.contains("docker-credential-missing"), "{error}");
}

#[tokio::test]
async fn podmans_file_may_name_a_helper_for_a_host() {
    let home = Home::new("{}");
    let kept = home.add_helper("mine");
    home.put("mine", "r.example");
    home.put("mine", "s.example");
    home.write(
        "session/containers/auth.json",
        r#"{"credHelpers":{"r.example":"mine"},"credsStore":"missing"}"#,
    );
    let chain = home.chain();
    assert_eq!(user(&chain, "r.example", "").await.as_deref(), Some("mine"));
    assert_eq!(
        user(&chain, "s.example", "").await,
        None,
        "podman knows no credsStore there"
    );
    let logins = chain.list().await.complete().unwrap();
    let [login] = logins.as_slice() else {
        panic!("{logins:?}");
    };
    assert_eq!(login.place, "docker-credential-mine");
    assert!(matches!(login.keeper, Keeper::NamedHelper(_)));
    // A logout here is not one there, but says so.
    let key: Key = host("r.example").into();
    assert!(!chain.erase_at(&key).await.unwrap());
    assert_eq!(chain.leftovers(&key).await, logins);
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 2);
}

#[tokio::test]
async fn a_broken_file_hides_nothing_that_is_found_before_it() {
    for broken in &FILES[1..] {
        let home = everywhere();
        home.write(broken, "{\"auths\": hunter2");
        let chain = home.chain();
        assert_eq!(
            user(&chain, "only0.example", "").await.as_deref(),
            Some("user0")
        );
        let error = chain.find(&host("nowhere.example")).await.unwrap_err();
        assert_eq!(error.exit_code(), 7);
        let error = error.to_string();
        assert!(
            error.contains(broken) && !error.contains("hunter2"),
            "{error}"
        );
        let listing = chain.list().await;
        assert_eq!(listing.broken.len(), 1, "{broken}");
        assert!(listing.logins.len() > FILES.len(), "{broken}");
    }
}

#[tokio::test]
async fn a_broken_entry_for_a_namespace_concerns_that_namespace_only() {
    let home = Home::new(
        r#"{"auths":{"r.example/bad":{"auth":"%%%"},"r.example/good":{"auth":"Z29vZDpw"},"r.example":{"auth":"YWxsOnA="}}}"#,
    );
    let chain = home.chain();
    assert_eq!(
        user(&chain, "r.example", "good/app").await.as_deref(),
        Some("good")
    );
    assert_eq!(
        user(&chain, "r.example", "app").await.as_deref(),
        Some("all")
    );
    let error = failure(&chain, "r.example", "bad/app", &Answers::default()).await;
    assert!(error.contains("r.example/bad"), "{error}");
}

#[tokio::test]
async fn a_helper_is_asked_once_for_all_repositories_of_a_registry() {
    let home = Home::new(r#"{"credsStore":"counted","credHelpers":{"b.example":"broken"}}"#);
    let count = |name: &str| {
        let text = std::fs::read_to_string(home.folder.path().join(name)).unwrap_or_default();
        text.lines().count()
    };
    for (name, answer) in [
        (
            "counted",
            r#"echo '{"Username":"counted","Secret":"s"}'; exit 0"#,
        ),
        ("broken", "echo out of order; exit 1"),
    ] {
        let calls = home.folder.path().join(name);
        let body = format!(
            "cat >/dev/null; echo call >> '{}'; {answer}",
            calls.display()
        );
        super::script(home.folder.path(), name, &body);
    }
    let chain = home.chain();
    let (good, bad) = (Answers::default(), Answers::default());
    for name in ["a/one", "b/two", "c/three"] {
        let repository: Repository = name.parse().unwrap();
        let registry = host("r.example");
        let found = chain.find_for(&registry, Some(&repository), &good).await;
        assert!(found.unwrap().is_some());
        let error = failure(&chain, "b.example", name, &bad).await;
        assert!(error.contains("out of order"), "{error}");
    }
    assert_eq!((count("counted"), count("broken")), (1, 1));
}

#[tokio::test]
async fn a_login_for_a_namespace_is_kept_in_the_file_and_forgotten_alone() {
    let home = Home::new(r#"{"credsStore":"safe"}"#);
    let kept = home.add_helper("safe");
    let chain = home.chain();
    let key = Key::typed("r.example/team").unwrap();
    let whole: Key = host("r.example").into();
    chain.store_at(&whole, &alice()).await.unwrap();
    let stored = chain.store_at(&key, &alice()).await.unwrap();
    assert_eq!(stored, chain.destination_at(&key).await.unwrap());
    assert!(home.file().contains("\"r.example/team\""));
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1);

    let listed = chain.list().await.complete().unwrap();
    let keys: Vec<_> = listed.iter().map(|login| &login.key).collect();
    assert_eq!(keys, [&key, &whole]);
    assert!(listed.iter().all(|login| login.used));

    assert!(chain.erase_at(&whole).await.unwrap());
    let left = chain.leftovers(&whole).await;
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0].key, &left[0].keeper), (&key, &Keeper::Ours));
    let other = Key::typed("r.example/team/app").unwrap();
    assert!(!chain.erase_at(&other).await.unwrap());
    assert!(chain.erase_at(&key).await.unwrap());
    assert!(!chain.erase_at(&key).await.unwrap());
    assert!(!home.file().contains("team"), "{}", home.file());
}

#[tokio::test]
async fn the_list_says_which_of_two_logins_is_used() {
    let mut home = Home::new(&auths(&[
        ("r.example", "file"),
        ("r.example/team", "team"),
        ("s.example/team", "team"),
        ("https://t.example/v1/", "t"),
    ]));
    home.auth_file = Some("named.json");
    home.write("named.json", &auths(&[("r.example", "named")]));
    home.write(".dockercfg", &format!("{{{}}}", entry("t.example", "old")));
    let listed = home.chain().list().await.complete().unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|login| (login.key.to_string(), login.used))
        .collect();
    let expected = [
        ("r.example", true),
        // All of the registry is in an earlier place.
        ("r.example/team", false),
        ("s.example/team", true),
        ("r.example", false),
        ("t.example", true),
        ("t.example", false),
    ];
    assert_eq!(listed, expected.map(|(key, used)| (key.to_owned(), used)));
    // And that is what is done.
    assert_eq!(
        user(&home.chain(), "r.example", "team/app")
            .await
            .as_deref(),
        Some("named")
    );
    let overruled = async |key: &str| home.chain().overruled(&Key::typed(key).unwrap()).await;
    assert!(
        overruled("r.example/team")
            .await
            .unwrap()
            .ends_with("named.json")
    );
    assert_eq!(overruled("s.example").await, None);
}

#[tokio::test]
async fn one_file_under_two_names_is_one_place() {
    let mut home = Home::new(&auths(&[("r.example", "file")]));
    for name in [".docker/config.json", ".config/containers/auth.json"] {
        home.auth_file = Some(name);
        let places = home.chain().list().await.complete().unwrap();
        assert_eq!(places.len(), 1, "{name}");
        assert_eq!(places[0].keeper, Keeper::Ours);
    }
    // A variable may hold what a whole config.json has; only `auths` counts there.
    home.variable = Some(r#"{"auths":{},"credsStore":"missing","HttpHeaders":{"A":"b"}}"#);
    assert_eq!(
        home.chain()
            .find(&host("r.example"))
            .await
            .unwrap()
            .map(|found| found.origin == VARIABLE),
        Some(false)
    );
}

#[tokio::test]
async fn logins_are_listed_with_the_place_that_would_give_them_out() {
    let mut home = Home::new(
        r#"{"credsStore":"all","credHelpers":{"one.example":"one"},
            "auths":{"file.example":{"auth":"ZmlsZTpw"},"all.example":{},"v.example":{"auth":"ZmlsZTpw"}}}"#,
    );
    home.variable = Some(r#"{"auths":{"v.example":{"auth":"ZmlsZTpw"}}}"#);
    home.add_helper("all");
    home.add_helper("one");
    for (helper, server) in [
        ("all", "all.example"),
        ("all", "one.example"),
        ("one", "one.example"),
        ("all", "odd thing"),
    ] {
        home.put(helper, server);
    }
    let file = home.folder.path().join(".docker/config.json");
    let file = file.to_str().unwrap();
    let logins = home.chain().list().await.complete().unwrap();
    let logins: Vec<_> = logins
        .iter()
        .map(|login| (login.key.to_string(), login.place.as_str(), login.used))
        .collect();
    let expected = [
        ("v.example", VARIABLE, true),
        ("all.example", "docker-credential-all", true),
        ("one.example", "docker-credential-one", true),
        ("file.example", file, true),
        ("v.example", file, false),
    ];
    assert_eq!(
        logins,
        expected.map(|(name, place, used)| (name.to_owned(), place, used))
    );
}
