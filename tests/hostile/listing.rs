//! Lists that lead elsewhere or nowhere, and texts that aim at the terminal.

use serde_json::json;

use crate::support::env::{Env, Output};
use crate::support::fake::{Content, Fake, basic_challenge};
use crate::support::http::{Request, Response, Server};
use crate::support::naive::{BOUND, Naive};
use crate::support::registry::{PASSWORD, USER};

/// A page of tags with a link to another one.
fn page(request: &Request, link: &str) -> Response {
    if request.headers.get("Authorization").is_none() {
        return basic_challenge();
    }
    Response::new(200)
        .json(&json!({"name": "app", "tags": ["one", "two"]}))
        .header("Link", &format!("<{link}>; rel=\"next\""))
}

#[test]
fn o25_a_list_that_goes_on_at_another_host_is_not_followed() {
    let other =
        Server::start(|_| Response::new(200).json(&json!({"name": "app", "tags": ["three"]})));
    let link = format!("http://{}/v2/app/tags/list", other.host());
    let fake = Fake::start(Content::of(&[]), move |request, _| page(request, &link));
    let naive = Naive::with_password(USER, PASSWORD);
    assert_eq!(
        naive.tags(&fake.base(), "app").unwrap(),
        ["one", "two", "three"]
    );
    assert_eq!(other.with_header("Authorization"), 1);

    let env = Env::new();
    let output = env.rg(["tags", "--creds", "alice:correct horse", &fake.name("app")]);
    assert!(
        output.code != 0 || output.stderr.contains("warning"),
        "{output}"
    );
    assert_eq!(other.log().len(), 1, "{:?}", other.lines());
}

#[test]
fn o26_a_list_that_goes_on_with_itself_ends() {
    let fake = Fake::start(Content::of(&[]), |request, _| {
        page(request, &request.target.clone())
    });
    let naive = Naive::with_password(USER, PASSWORD);
    assert!(naive.tags(&fake.base(), "app").is_err());
    let led_on = fake.log().len();
    assert!(led_on >= BOUND);

    let env = Env::new();
    env.rg(["tags", "--creds", "alice:correct horse", &fake.name("app")])
        .fails();
    let requests = fake.log().len() - led_on;
    assert!(requests <= 6, "{requests} requests: {:?}", fake.lines());
}

/// Asserts that nothing printed can move a cursor, ring a bell or set a title.
#[track_caller]
fn assert_plain(output: &Output) {
    let odd = |character: char| character.is_control() && character != '\n' && character != '\t';
    let found = output
        .stdout
        .chars()
        .chain(output.stderr.chars())
        .find(|character| odd(*character));
    assert_eq!(found, None, "{output}");
}

#[test]
fn o27_an_error_text_cannot_write_to_the_terminal() {
    const TEXT: &str = "gone \u{1b}]0;owned\u{7}\r\u{9b}2J\u{202e} and more";
    let fake = Fake::start(Content::of(&[]), |_, _| {
        Response::error(404, "MANIFEST_UNKNOWN", TEXT)
    });
    let printed = Naive::new()
        .pull(&fake.base(), "app", "v1")
        .map(drop)
        .unwrap_err();
    assert!(printed.contains('\u{1b}') && printed.contains('\r'));

    let env = Env::new();
    let name = fake.name("app:v1");
    let output = env.rg(["pull", &name]).exits(3).says("gone");
    assert_plain(&output);
    assert!(!output.stderr.contains('\u{202e}'), "{output}");
    assert_plain(&env.rg(["-D", "pull", &name]).exits(3));
    assert_plain(
        &env.command(["pull", &name])
            .args(&["--progress", "json"])
            .run()
            .exits(3),
    );
}

#[test]
fn o28_a_search_result_is_one_plain_line() {
    let results = json!({
        "num_results": 2,
        "query": "app",
        "results": [
            {"name": "acme/app", "description": "fine \u{1b}[2J\nacme/fake   trusted", "star_count": 5},
            {"name": "acme/ap\u{1b}[31mp", "description": "red", "star_count": 1, "is_official": false},
        ],
    });
    let fake = Fake::start(Content::of(&[]), move |request, content| {
        if request.path() == "/v1/search" {
            return Response::new(200).json(&results);
        }
        content.answer(request)
    });
    let believed = Naive::new()
        .ask("GET", &format!("{}/v1/search?q=app", fake.base()), None)
        .unwrap();
    let description = believed.json()["results"][0]["description"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(description.lines().count(), 2);

    let env = Env::new();
    let output = env
        .rg(["search", &fake.name("app")])
        .succeeds()
        .prints("fine");
    assert_plain(&output);
    assert_eq!(output.stdout.lines().count(), 3, "{output}");
    assert!(
        !output
            .stdout
            .lines()
            .any(|line| line.starts_with("acme/fake")),
        "{output}"
    );
    let output = env
        .rg(["search", "--format", "json", &fake.name("app")])
        .succeeds();
    assert_plain(&output);
    assert_eq!(output.stdout.lines().count(), 2, "{output}");
}
