//! `search`: several registries in one table, what they hold back, and what is said of lists that are cut.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::env::Env;
use crate::support::http::{Request, Response, Server, lock};

/// A registry with a v1 search that finds these.
fn hub(results: &[Value]) -> Server {
    let count = results.len();
    let answer = json!({"num_pages": 1, "num_results": count, "results": results});
    Server::start(move |request| match request.path() {
        "/v1/search" => Response::new(200).json(&answer),
        _ => Response::new(404),
    })
}

/// What a registry without a search answers, that has these repositories with so many tags.
fn bare(request: &Request, repositories: &[(&str, usize)]) -> Response {
    if request.path() == "/v2/_catalog" {
        let names: Vec<&str> = repositories.iter().map(|(name, _)| *name).collect();
        return Response::new(200).json(&json!({"repositories": names}));
    }
    let tagged = request.path().strip_prefix("/v2/");
    let tagged = tagged.and_then(|rest| rest.strip_suffix("/tags/list"));
    let found = repositories.iter().find(|(name, _)| Some(*name) == tagged);
    match found {
        Some((_, tags)) => {
            let tags: Vec<String> = (0..*tags).map(|tag| format!("v{tag}")).collect();
            Response::new(200).json(&json!({ "tags": tags }))
        }
        None => Response::new(404),
    }
}

fn repositories(found: &'static [(&'static str, usize)]) -> Server {
    Server::start(move |request| bare(request, found))
}

#[test]
fn several_registries_are_one_table_with_the_best_of_all_first() {
    let one = hub(&[
        json!({"name": "team/webapp", "description": "Née ☃", "star_count": 90}),
        json!({"name": "app", "description": "The one.", "star_count": 3, "is_official": true}),
    ]);
    let other = repositories(&[("lab/app", 3), ("lab/app-x", 1), ("lab/none", 0)]);
    let env = Env::new();
    let (one, other) = (one.host(), other.host());
    let wide = one.len().max(other.len());
    let arguments = ["search", "--registry", &one, "--registry", &other, "App"];
    let table = env.rg(arguments).succeeds();
    let line = |name: String, rest: &str| format!("{name:<0$}   {rest}\n", wide + 12);
    let expected = [
        line("NAME".to_owned(), "DESCRIPTION   STARS     OFFICIAL"),
        line(format!("{one}/app"), "The one.      3         [OK]"),
        line(format!("{other}/lab/app"), "3 tags        0         "),
        line(format!("{other}/lab/app-x"), "1 tag         0         "),
        line(format!("{one}/team/webapp"), "Née ☃         90        "),
    ];
    assert_eq!(table.stdout, expected.concat());
    assert_eq!(table.stderr, "");

    let cut = env
        .command(arguments)
        .args(&["--limit", "2", "--format", "{{.Name}}"]);
    let cut = cut.run().succeeds();
    assert_eq!(cut.stdout, format!("{one}/app\n{other}/lab/app\n"));
    assert_eq!(
        cut.stderr,
        "note: 2 of 4 results are shown; --limit N shows up to 100\n"
    );
}

#[test]
fn registries_are_asked_at_once() {
    // Each answers when the other was asked, too; one after the other would wait for ever.
    let (tell, told) = mpsc::channel();
    let (tell_back, told_back) = mpsc::channel();
    let meet = |tell: mpsc::Sender<()>, told: mpsc::Receiver<()>| {
        let ends = Arc::new(Mutex::new((tell, told)));
        Server::start(move |request| {
            if request.path() != "/v1/search" {
                return Response::new(404);
            }
            let ends = lock(&ends);
            let _ = ends.0.send(());
            match ends.1.recv_timeout(Duration::from_secs(20)) {
                Ok(()) => Response::new(200).json(&json!({"results": [{"name": "app"}]})),
                Err(_) => Response::new(400),
            }
        })
    };
    let (one, other) = (meet(tell, told_back), meet(tell_back, told));
    let (one, other) = (one.host(), other.host());
    let env = Env::new();
    let found = env.rg(["search", "--registry", &one, "--registry", &other, "app"]);
    let found = found.succeeds();
    assert_eq!(found.stdout.lines().count(), 3, "{found}");
}

#[test]
fn a_registry_that_fails_keeps_no_other_from_being_shown() {
    let good = repositories(&[("lab/app", 2)]);
    let bad = Server::start(|_| Response::new(403));
    let env = Env::new();
    let (good, bad) = (good.host(), bad.host());
    let found = env.rg(["search", "--registry", &bad, "--registry", &good, "app"]);
    let found = found.exits(4).prints("lab/app").prints("2 tags");
    assert!(
        found
            .stderr
            .starts_with(&format!("error: cannot search {bad}: ")),
        "{found}"
    );
    let none = env.rg(["search", "--registry", &bad, "app"]).exits(4);
    assert_eq!(none.stdout, "");
}

#[test]
fn tags_are_counted_where_they_are_shown_and_once_a_repository() {
    let server = repositories(&[("lab/app", 3), ("app", 1), ("lab/empty-app", 0), ("x", 9)]);
    let name = format!("{}/app", server.host());
    let env = Env::new();
    let table = env.rg(["search", &name]).succeeds();
    let asked = |lines: Vec<String>| lines.iter().filter(|line| line.contains("/tags/")).count();
    assert_eq!(asked(server.lines()), 3);
    assert_eq!(
        table.stdout,
        "NAME            DESCRIPTION   STARS     OFFICIAL\n\
         app             1 tag         0         \n\
         lab/app         3 tags        0         \n\
         lab/empty-app   0 tags        0         \n"
    );
    env.rg(["search", "--format", "{{.Name}} {{.StarCount}}", &name])
        .succeeds()
        .prints("lab/app 0\n");
    assert_eq!(asked(server.lines()), 3, "nobody would see the tags");
    let json = env
        .rg(["search", "--json", "--limit", "1", &name])
        .succeeds();
    assert_eq!(
        json.stdout,
        "{\"Description\":\"\",\"IsOfficial\":\"false\",\"Name\":\"app\",\"StarCount\":\"0\",\"TagCount\":\"1\"}\n"
    );
    assert_eq!(asked(server.lines()), 4);
    let all = env.rg(["search", &server.host()]).succeeds();
    assert!(all.stdout.contains("x               9 tags"), "{all}");
}

#[test]
fn a_filter_picks_before_the_limit_does() {
    let results: Vec<Value> = (0..60)
        .map(|at| json!({"name": format!("lab/app{at}"), "star_count": at, "is_official": at > 57}))
        .collect();
    let server = hub(&results);
    let name = format!("{}/app", server.host());
    let env = Env::new();
    let names = |flags: &[&str]| {
        let run = env.command(["search", "--format", "{{.Name}}", &name]);
        run.args(flags).run().succeeds().stdout
    };
    assert_eq!(names(&["-f", "is-official=true"]), "lab/app58\nlab/app59\n");
    assert_eq!(
        names(&["-f", "stars=57", "--limit", "2"]),
        "lab/app57\nlab/app58\n"
    );
    assert_eq!(names(&["--stars", "59"]), "lab/app59\n");
    assert_eq!(names(&["-f", "is-automated=true"]), "");
}

#[test]
fn a_list_that_is_cut_says_so() {
    let server = Server::start(|request| match request.query("page").as_deref() {
        Some("1") => {
            let results: Vec<Value> = (0..100)
                .map(|at| json!({"name": format!("app{at}")}))
                .collect();
            Response::new(200).json(&json!({"num_pages": 3, "results": results}))
        }
        Some(_) => Response::error(500, "UNKNOWN", "broken \u{1b}[31m"),
        None => Response::new(404),
    });
    let env = Env::new();
    let name = format!("{}/app", server.host());
    let cut = env.rg(["search", &name]).succeeds().prints("app0");
    let warning = format!("warning: {}: the list of results is cut: ", server.host());
    assert!(cut.stderr.starts_with(&warning), "{cut}");
    let note = "note: the first 25 results are shown, there may be more; --limit N shows up to 100";
    assert_eq!(cut.stderr.lines().last(), Some(note), "{cut}");
    assert!(!cut.stderr.contains('\u{1b}'), "{cut}");
    // No limit brings back what was not read.
    let few = env.rg(["search", "-f", "stars=1", &name]).succeeds();
    assert_eq!(few.stderr.lines().count(), 1, "{few}");
}

#[test]
fn debugging_tells_who_answered_and_why_others_did_not() {
    let server = repositories(&[("lab/app", 3)]);
    let env = Env::new();
    let name = format!("{}/app", server.host());
    env.rg(["-D", "search", &name])
        .succeeds()
        .says("not searched by docker's v1 search")
        .says("searched by its catalog");
}

#[test]
fn names_of_a_catalog_cannot_write_to_the_terminal() {
    let server = repositories(&[("lab/app\u{1b}[2J\nevil   trusted", 1), ("ünï/app", 2)]);
    let env = Env::new();
    let name = format!("{}/app", server.host());
    for flags in [&["--no-trunc"][..], &["--json"], &["--format", "{{.Name}}"]] {
        let found = env.command(["search", &name]).args(flags).run().succeeds();
        let odd = |character: char| character.is_control() && character != '\n';
        assert!(!found.stdout.contains(odd), "{found}");
        assert!(found.stdout.contains("ünï/app"), "{found}");
        assert!(
            !found.stdout.lines().any(|line| line.starts_with("evil")),
            "{found}"
        );
    }
    // What is no name is not asked for.
    assert!(
        !server.lines().iter().any(|line| line.contains("evil")),
        "{:?}",
        server.lines()
    );
}
