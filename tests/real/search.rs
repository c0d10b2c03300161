//! Searches of registries that others wrote: the one of the time before v2, which has a search, and distribution, which
//! has a catalog.

use crate::support::client::Client;
use crate::support::daemon::Daemon;
use crate::support::env::Env;
use crate::support::image::{push_raw, small};
use crate::support::proxy::{Fault, Proxy, Rule};
use crate::support::registry::{Options, PASSWORD, Registry, USER};

fn pair(name: impl Into<String>, description: impl Into<String>) -> (String, String) {
    (name.into(), description.into())
}

#[test]
#[ignore = "needs docker-registry 0.9.1 from PyPI"]
fn the_registry_before_v2_is_searched_in_names_and_descriptions() {
    let old = Daemon::old_registry(&[
        pair(
            "lab/busy-tools",
            "Tools, née «Werkzeuge» ☃, and more words than fit into one line",
        ),
        pair("lab/other", "with BusyBox \u{1b}[2J\r\nin it"),
        pair("lab/busybox", ""),
        pair("lab/unrelated", "nothing"),
    ]);
    let env = Env::new();
    let name = format!("{}/BUSY", old.host());
    assert_eq!(
        env.rg(["search", &name]).succeeds().stdout,
        "NAME             DESCRIPTION                                     STARS     OFFICIAL\n\
         lab/busy-tools   Tools, née «Werkzeuge» ☃, and more words tha…   0         \n\
         lab/busybox                                                      0         \n\
         lab/other        with BusyBox \\x1b[2J  in it                     0         \n"
    );
    let found = |term: &str| {
        let name = format!("{}/{term}", old.host());
        let run = env.rg(["search", "--format", "{{.Name}}", &name]);
        run.succeeds().stdout
    };
    assert_eq!(found("busybox"), "lab/busybox\nlab/other\n", "best first");
    assert_eq!(found("werkzeuge»"), "lab/busy-tools\n");
    assert_eq!(found("\u{1b}[2J"), "lab/other\n");
    assert_eq!(found("no such thing"), "");
}

#[test]
#[ignore = "needs docker-registry 0.9.1 from PyPI"]
fn the_registry_before_v2_gives_all_results_at_once_and_may_fail_now_and_then() {
    let many = |count: usize| {
        let names = (0..count).map(|at| pair(format!("lab/r{at:03}"), ""));
        let names: Vec<_> = names.chain([pair("x/lab", "")]).collect();
        Daemon::old_registry(&names)
    };
    let env = Env::new();
    let old = many(150);
    let name = format!("{}/lab", old.host());
    let all = env.rg(["search", "--limit", "100", "--format", "{{.Name}}", &name]);
    let all = all.succeeds();
    let names: Vec<&str> = all.stdout.lines().collect();
    assert_eq!(
        (names.len(), names[0]),
        (100, "x/lab"),
        "the best was the last"
    );
    all.says("note: 100 of 151 results are shown");

    // Once is forgiven; twice, and there is nothing else to ask.
    let proxy = Proxy::start(&old.host());
    let name = format!("{}/lab", proxy.host());
    let fail = |times, page: &'static str| {
        let search = move |target: &str| target.contains("/v1/search") && target.contains(page);
        let fault = Fault::Answer(500, None);
        proxy.rule(Rule::new(times, fault, move |record| {
            search(&record.target)
        }));
    };
    fail(1, "page=1");
    env.rg(["search", &name]).succeeds().prints("x/lab");
    fail(2, "page=1");
    env.rg(["search", &name]).fails();

    // A page that is full may not be the last one.
    let full = many(99);
    let proxy = Proxy::start(&full.host());
    let fault = Fault::Answer(500, None);
    proxy.rule(Rule::new(9, fault, |record| {
        record.target.contains("page=2")
    }));
    env.rg(["search", &format!("{}/lab", proxy.host())])
        .succeeds()
        .prints("lab/r000")
        .says("the list of results is cut");
}

#[test]
#[ignore = "needs docker-registry"]
fn a_search_of_distribution_matches_its_catalog_and_counts_tags() {
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        ..Options::default()
    });
    let client = Client::new().with_basic(USER, PASSWORD);
    for (repository, tag) in [
        ("app", "v1"),
        ("team/app", "v1"),
        ("team/app", "v2"),
        ("team/app", "v3"),
        ("team/webapp", "v1"),
        ("team/other", "v1"),
    ] {
        push_raw(&client, &registry.base(), repository, tag, &small(1));
    }
    let env = Env::new();
    let creds = format!("{USER}:{PASSWORD}");
    let search = |term: &str| {
        let name = format!("{}/{term}", registry.host());
        env.rg(["search", "--creds", &creds, &name])
    };
    assert_eq!(
        search("APP").succeeds().stdout,
        "NAME          DESCRIPTION   STARS     OFFICIAL\n\
         app           1 tag         0         \n\
         team/app      3 tags        0         \n\
         team/webapp   1 tag         0         \n"
    );
    for odd in ["café", "\u{1b}[31m", "a%2Fb"] {
        let none = search(odd).succeeds();
        assert_eq!(none.stdout.lines().count(), 1, "{none}");
    }
    env.rg(["search", &format!("{}/app", registry.host())])
        .exits(4);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_catalog_of_distribution_in_pages_is_kept_as_far_as_it_came() {
    let registry = Registry::distribution(&Options::default());
    // What the catalog shows is the folders of repositories.
    for at in 0..1500 {
        let folder = format!("many/app{at:04}/_layers");
        std::fs::create_dir_all(registry.repositories().join(folder)).unwrap();
    }
    let env = Env::new();
    let proxy = Proxy::start(&registry.host());
    let name = format!("{}/app1499", proxy.host());
    env.rg(["search", &name]).succeeds().prints("many/app1499");
    proxy.rule(Rule::new(99, Fault::Answer(500, None), |record| {
        record.target.contains("last=")
    }));
    let cut = env.rg([
        "search",
        "--format",
        "{{.Name}}",
        &format!("{}/app0", proxy.host()),
    ]);
    cut.succeeds()
        .prints("many/app0000")
        .says("the list of results is cut")
        .says("the first 25 results are shown, there may be more");
}
