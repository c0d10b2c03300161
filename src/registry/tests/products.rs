//! The search APIs of Harbor, Quay, zot and GitLab: answers in the shapes that their documents give (cited in the files
//! of `registry/search`), detection, and who is told a password.

use super::search::{find, names};
use super::*;
use crate::registry::{Count, Cut, Hit};

/// A challenge that sends for tokens to `realm`.
fn challenge(realm: &str, service: &str) -> Reply {
    Reply::new(401)
        .header(
            "WWW-Authenticate",
            format!("Bearer realm=\"{realm}\",service=\"{service}\""),
        )
        .json(r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#)
}

/// Basic authorization of the user of these tests.
const BASIC: &str = "Basic dXNlcjpvcGVuc2VzYW1l";

/// A registry of that product, with nothing behind what `answer` says.
async fn registry(
    path: &'static str,
    service: &'static str,
    answer: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static,
) -> Script {
    Script::start(move |seen, _| {
        let host = seen.header("host").unwrap_or_default();
        match seen.target.as_str() {
            "/v2/" => challenge(&format!("http://{host}{path}"), service),
            target if target.starts_with(path) => Reply::new(200).json(r#"{"token":"t"}"#),
            "/v2/_catalog?n=1000" => Reply::new(200).json(r#"{"repositories":["from/app"]}"#),
            _ => answer(seen).unwrap_or_else(|| Reply::new(404).body("")),
        }
    })
    .await
}

async fn harbor(answer: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Script {
    registry("/service/token", "harbor-registry", answer).await
}

#[tokio::test]
async fn harbor_lists_what_matches_with_descriptions_and_pulls() {
    let script = harbor(|seen| {
        let page = |total: u64, body: &str| {
            Some(Reply::new(200).header("X-Total-Count", total).json(body))
        };
        match seen.target.as_str() {
            "/api/v2.0/repositories?q=name%3D%7Eapp&page=1&page_size=100" => page(
                102,
                r#"[{"id":7,"project_id":3,"name":"tools/webapp","description":"Für\nalle \u001b[2J","artifact_count":4,"pull_count":41,"creation_time":"2021-02-01T10:00:00.000Z","update_time":"2021-02-01T10:00:00.000Z"},
                    {"id":8,"project_id":3,"name":"tools/app","artifact_count":1,"update_time":"2021-02-01T10:00:00.000Z"}]"#,
            ),
            "/api/v2.0/repositories?q=name%3D%7Eapp&page=2&page_size=100" => {
                page(102, r#"[{"name":"app/x","pull_count":2}]"#)
            }
            _ => None,
        }
    })
    .await;
    let found = find(&anonymous(), &script.host(), "App").await.unwrap();
    assert_eq!(found.answered, "Harbor's list of repositories");
    assert_eq!(names(&found), ["tools/app", "tools/webapp", "app/x"]);
    assert_eq!(found.hits[1].description, "Für\nalle \u{1b}[2J");
    assert_eq!(found.hits[1].pulls, Some(41));
    assert_eq!(found.hits[0].pulls, None);
    assert!(found.cut.is_none() && !found.bare);
    assert_eq!(script.seen().len(), 3, "{:?}", script.lines());
    let told = script.seen();
    assert!(
        told.iter()
            .all(|seen| seen.header("authorization").is_none())
    );
}

#[tokio::test]
async fn harbor_is_told_the_login_of_its_registry_and_nobody_else_is() {
    let elsewhere = Script::start(|_, _| Reply::new(200).json("[]")).await;
    let away = elsewhere.url("/api/v2.0/repositories");
    let script = harbor(move |seen| {
        let api = seen.target.starts_with("/api/v2.0/repositories");
        match seen.header("authorization") {
            _ if !api => None,
            Some(BASIC) if seen.target.contains("page=1&") => Some(
                Reply::new(200)
                    .header("X-Total-Count", 101)
                    .json(r#"[{"name":"private/app"}]"#),
            ),
            _ => Some(to(&away)),
        }
    })
    .await;
    let found = find(&as_user(), &script.host(), "app").await.unwrap();
    assert_eq!(names(&found), ["private/app"]);
    let asked = elsewhere.seen();
    assert_eq!(asked.len(), 1, "{:?}", script.lines());
    assert!(
        asked
            .iter()
            .all(|seen| seen.header("authorization").is_none())
    );
}

#[tokio::test]
async fn an_older_harbor_is_searched_without_descriptions() {
    for status in [404, 400, 500] {
        let script = harbor(move |seen| match seen.target.as_str() {
            "/api/v2.0/search?q=app" => Some(Reply::new(200).json(
                r#"{"project":[{"project_id":3,"name":"app"}],"chart":[],"repository":[{"artifact_count":1,"project_id":3,"project_name":"tools","project_public":true,"pull_count":9,"repository_name":"tools/app"}]}"#,
            )),
            target if target.starts_with("/api/") => Some(Reply::new(status).body("")),
            _ => None,
        })
        .await;
        let found = find(&anonymous(), &script.host(), "app").await.unwrap();
        assert_eq!(found.answered, "Harbor's search", "{status}");
        let hit = Hit {
            name: "tools/app".to_owned(),
            pulls: Some(9),
            ..Hit::default()
        };
        assert_eq!(found.hits, [hit]);
    }
}

#[tokio::test]
async fn what_means_something_in_harbors_queries_does_not_get_into_one() {
    let script = harbor(|seen| {
        let search = seen
            .target
            .starts_with("/api/v2.0/search?q=a%2Cpublic%3Dfalse");
        search.then(|| Reply::new(200).json(r#"{"repository":[]}"#))
    })
    .await;
    let found = find(&anonymous(), &script.host(), "a,public=false").await;
    assert_eq!(found.unwrap().answered, "Harbor's search");
    assert_eq!(script.count("GET", "/api/v2.0/repositories"), 0);
}

#[tokio::test]
async fn quay_finds_repositories_with_their_stars_until_it_has_no_more() {
    let script = registry("/v2/auth", "quay.example", |seen| {
        let page = |more: bool, results: &str| {
            Some(Reply::new(200).json(&format!(
                r#"{{"results":[{results}],"has_additional":{more},"page":1,"page_size":10,"start_index":0}}"#
            )))
        };
        let user = |name: &str| {
            format!(r#"{{"title":"org","kind":"organization","avatar":null,"name":"{name}","score":1,"href":"/organization/{name}"}}"#)
        };
        match seen.target.as_str() {
            "/api/v1/find/repositories?query=app&page=1" => page(true, &format!(
                r#"{{"kind":"repository","title":"repo","namespace":{},"name":"webapp","description":"**Ünï**","is_public":true,"score":4,"href":"/repository/team/webapp","last_modified":1700000000,"stars":12,"popularity":3.0}},
                   {{"kind":"application","namespace":{},"name":"app-chart","description":null,"stars":1}}"#,
                user("team"), user("team"),
            )),
            "/api/v1/find/repositories?query=app&page=2" => page(false, &format!(
                r#"{{"kind":"repository","namespace":{},"name":"app","description":null,"stars":0}},{{"name":"app"}}"#,
                user("other"),
            )),
            _ => None,
        }
    })
    .await;
    let found = find(&anonymous(), &script.host(), "app").await.unwrap();
    assert_eq!(names(&found), ["other/app", "team/webapp"]);
    assert_eq!((found.hits[1].stars, found.answered), (12, "Quay's search"));
    assert!(!found.public_only, "who has no login misses nothing");

    let found = find(&as_user(), &script.host(), "app").await.unwrap();
    assert!(found.public_only);
    let told = script.seen();
    assert!(
        told.iter()
            .all(|seen| seen.header("authorization").is_none())
    );
}

#[tokio::test]
async fn quay_that_repeats_its_last_page_is_left() {
    let script =
        registry("/v2/auth", "quay.example", |_| {
            Some(Reply::new(200).json(
                r#"{"results":[{"namespace":{"name":"a"},"name":"app"}],"has_additional":true}"#,
            ))
        })
        .await;
    let found = find(&anonymous(), &script.host(), "app").await.unwrap();
    assert_eq!((names(&found), found.more), (vec!["a/app"], false));
    assert_eq!(script.count("GET", "/api/v1/find"), 2);
}

/// zot asks for a password where it is told to; here it does.
async fn zot(search: &'static str) -> Script {
    Script::start(move |seen, _| {
        if seen.header("authorization") != Some(BASIC) && !seen.target.starts_with("/v1/") {
            return Reply::new(401)
                .header("WWW-Authenticate", "Basic realm=\"zot\"")
                .body("");
        }
        match seen.target.as_str() {
            "/v2/_oci/ext/discover" => Reply::new(200).json(
                r#"{"extensions":[{"name":"_zot","url":"https://github.com/project-zot/zot/blob/main/pkg/extensions/_zot.md","description":"zot registry extensions","endpoints":["/v2/_zot/ext/search","/v2/_zot/ext/mgmt"]}]}"#,
            ),
            target if target.starts_with("/v2/_zot/ext/search?query=") => {
                let status = if search.contains("\"data\"") { 200 } else { 422 };
                Reply::new(status).json(search)
            }
            "/v2/_catalog?n=1000" => Reply::new(200).json(r#"{"repositories":["app"]}"#),
            _ => Reply::new(404).body(""),
        }
    })
    .await
}

#[tokio::test]
async fn zot_is_discovered_and_asked_in_graphql() {
    let script = zot(
        r#"{"data":{"GlobalSearch":{"Page":{"TotalCount":2},"Repos":[
            {"Name":"lab/my-app","StarCount":2,"DownloadCount":30,"NewestImage":{"Description":"Café \u0007"}},
            {"Name":"app","StarCount":0,"DownloadCount":null,"NewestImage":null}]}}}"#,
    )
    .await;
    let found = find(&as_user(), &script.host(), "aPP").await.unwrap();
    assert_eq!(found.answered, "zot's search extension");
    assert_eq!(names(&found), ["app", "lab/my-app"]);
    let second = &found.hits[1];
    assert_eq!((second.stars, second.pulls), (2, Some(30)));
    assert_eq!(second.description, "Café \u{7}");
    let asked = script.lines().pop().unwrap();
    assert!(
        asked.contains("query=%7BGlobalSearch%28query%3A%22app%22%2C"),
        "{asked}"
    );
}

#[tokio::test]
async fn a_zot_that_does_not_understand_is_searched_by_its_catalog() {
    for answer in [
        r#"{"errors":[{"message":"Cannot query field \"StarCount\""}],"data":null}"#,
        r#"{"errors":[{"message":"Cannot query field"}]}"#,
        r#"{"data":{"GlobalSearch":{"Repos":null}}}"#,
    ] {
        let script = zot(answer).await;
        let found = find(&as_user(), &script.host(), "app").await.unwrap();
        assert_eq!(found.answered, "its catalog", "{answer}");
    }
}

/// A GitLab with two projects, and a registry beside it at another port.
async fn gitlab(at: &'static str, project: &'static str) -> (Script, Script) {
    let host = Arc::new(Mutex::new(String::new()));
    let known = Arc::clone(&host);
    let git = Script::start(move |seen, _| {
        let path = seen.target.strip_prefix(at).unwrap_or_default();
        let registry = known.lock().unwrap().clone();
        if path.starts_with("/api/v4/projects?") {
            return Reply::new(200).json(&format!(
                r#"[{project}{{"id":5,"description":"Naïve tool","name":"App","path":"app","path_with_namespace":"group/app","star_count":4}},{{"id":6,"path":"app2","star_count":1}}]"#
            ));
        }
        if path.starts_with("/api/v4/projects/5/registry/repositories?tags_count=true") {
            return Reply::new(200).json(&format!(
                r#"[{{"id":1,"name":"","path":"group/app","project_id":5,"location":"{registry}/group/app","created_at":"2019-01-10T13:38:57.391Z","tags_count":3}},
                    {{"id":2,"name":"releases","path":"group/app/releases","project_id":5,"location":"{registry}/group/app/releases","tags_count":1}},
                    {{"id":3,"path":"group/other","location":"other.example/group/other"}}]"#
            ));
        }
        Reply::new(403).json(r#"{"message":"403 Forbidden"}"#)
    })
    .await;
    let realm = git.url(&format!("{at}/jwt/auth"));
    let registry = Script::start(move |seen, _| match seen.target.as_str() {
        "/v2/" => challenge(&realm, "container_registry"),
        _ => Reply::new(404).body(""),
    })
    .await;
    *host.lock().unwrap() = registry.host().to_string();
    (git, registry)
}

#[tokio::test]
async fn gitlab_is_asked_for_public_projects_and_never_told_the_registrys_password() {
    for at in ["", "/git"] {
        let (git, registry) = gitlab(at, "").await;
        let found = find(&as_user(), &registry.host(), "APP").await.unwrap();
        assert_eq!(found.answered, "GitLab's projects");
        assert_eq!(names(&found), ["group/app", "group/app/releases"]);
        let first = &found.hits[0];
        assert_eq!((first.stars, first.description.as_str()), (4, "Naïve tool"));
        let tags = Count {
            number: 3,
            more: false,
        };
        assert_eq!(first.tags, Some(tags));
        assert!(found.public_only && found.cut.is_none());
        let told = [git.seen(), registry.seen()].concat();
        assert!(
            told.iter()
                .all(|seen| seen.header("authorization").is_none())
        );
        let projects = format!("{at}/api/v4/projects?search=app&simple=true");
        assert_eq!(git.count("GET", &projects), 1, "{:?}", git.lines());
        assert_eq!(git.seen().len(), 3, "one request a project");
    }
}

#[tokio::test]
async fn only_so_many_projects_are_asked() {
    let (git, registry) = gitlab(
        "",
        concat!(
            r#"{"id":7},{"id":8},{"id":9},{"id":10},{"id":11},{"id":12},{"id":13},{"id":14},{"id":15},"#,
            r#"{"id":16},{"id":17},{"id":18},{"id":19},{"id":20},{"id":21},{"id":22},{"id":23},{"id":24},"#,
            r#"{"id":25},{"id":26},{"id":27},{"id":28},{"id":29},{"id":30},{"id":31},{"id":"x"},"#,
        ),
    )
    .await;
    let found = find(&anonymous(), &registry.host(), "app").await.unwrap();
    assert!(
        matches!(found.cut, Some(Cut::Bound { looked: 25, .. })),
        "{found:?}"
    );
    assert!(git.seen().len() <= 26, "{:?}", git.lines());
}

#[tokio::test]
async fn a_product_that_does_not_answer_is_searched_as_any_registry() {
    type Answer = fn() -> Reply;
    let answers: [Answer; 5] = [
        || Reply::new(404).body(""),
        || Reply::new(500).body(""),
        || {
            Reply::new(200)
                .header("Content-Type", "text/html")
                .body("<html>")
        },
        || Reply::new(200).json(r#"{"repositories":7}"#),
        || {
            Reply::new(401)
                .header("WWW-Authenticate", "Basic realm=x")
                .body("")
        },
    ];
    for (path, service) in [
        ("/service/token", "harbor-registry"),
        ("/v2/auth", "quay.example"),
        ("/jwt/auth", "container_registry"),
    ] {
        for answer in answers {
            let script = registry(path, service, move |_| Some(answer())).await;
            let found = find(&anonymous(), &script.host(), "app").await.unwrap();
            assert_eq!(
                found.answered,
                "its catalog",
                "{path}: {:?}",
                script.lines()
            );
            assert_eq!(names(&found), ["from/app"]);
            assert!(script.seen().len() < 16, "{:?}", script.lines());
        }
    }
}
