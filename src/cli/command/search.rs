//! `search`: repositories by a term, on Docker Hub or any registry, in one table.

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use serde_json::{Map, Value};

use super::search_filter::Wish;
use crate::cli::options::{NetworkOptions, registry};
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::table::shorten;
use crate::cli::report::{Doing, Outcome, Status, Tally, usage};
use crate::cli::session::Session;
use crate::error::Result;
use crate::oci::Host;
use crate::registry::{Client, Hit};

/// How many results docker asks for.
const DEFAULT_LIMIT: usize = 25;
/// The most Docker Hub gives.
const MAX_LIMIT: usize = 100;
/// Docker's width of a description, in characters.
const DESCRIPTION_WIDTH: usize = 45;

const COLUMNS: &[Column] = &[
    Column {
        name: "Description",
        title: "DESCRIPTION",
    },
    Column {
        name: "IsAutomated",
        title: "AUTOMATED",
    },
    Column {
        name: "IsOfficial",
        title: "OFFICIAL",
    },
    Column {
        name: "Name",
        title: "NAME",
    },
    Column {
        name: "StarCount",
        title: "STARS",
    },
];
const TABLE: &str = "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}";
const TABLE_WITH_AUTOMATED: &str =
    "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}\t{{.IsAutomated}}";

/// Search Docker Hub or a registry for repositories
#[derive(Args)]
#[command(after_help = "Examples:
  {program} search busybox                                 Docker Hub
  {program} search registry.example:5000/busy
  {program} search --registry ghcr.example --registry docker.io busy
  {program} search registry.example:5000                   all repositories there

Filters: stars=N, is-official=true|false, is-automated=true|false.")]
pub(crate) struct Options {
    /// What to look for, HOST[:PORT]/TERM for another registry than Docker Hub
    #[arg(value_name = "TERM", required_unless_present = "registry")]
    term: Option<String>,

    /// Search this registry; may be given more than once
    #[arg(long, value_name = "HOST")]
    registry: Vec<String>,

    /// Show only results that pass a condition
    #[arg(short, long, value_name = "FILTER")]
    filter: Vec<String>,

    /// Show only results with at least this many stars
    #[arg(short, long, value_name = "N")]
    stars: Option<u64>,

    /// How many results, from 1 to 100
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: usize,

    /// Do not shorten descriptions
    #[arg(long)]
    no_trunc: bool,

    /// table, json, or a template such as {{.Name}} (see `man`)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        hide_default_value = true
    )]
    format: String,

    /// One JSON object a line
    #[arg(long, conflicts_with = "format")]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Asks each registry and prints one table.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let format = Format::parse(if options.json {
        "json"
    } else {
        &options.format
    })?;
    format.check(COLUMNS)?;
    let wish = Wish::parse(&options.filter, options.stars)?;
    if !(1..=MAX_LIMIT).contains(&options.limit) {
        let message = format!(
            "Limit {} is outside the range of [1, {MAX_LIMIT}]",
            options.limit
        );
        return Err(usage(message, None).into());
    }
    let (hosts, term) = place(&options, &session.config.default_registry)?;
    let client = session.reader();
    let mut tally = Tally::default();
    let mut hits = Vec::new();
    for host in &hosts {
        let found = search(&client, host, term, options.limit).await;
        let found = match found.doing(format!("cannot search {host}")) {
            Ok(found) => found,
            Err(failure) => {
                tally.note(Err(failure), &session.program);
                continue;
            }
        };
        let named = |mut hit: Hit| {
            if hosts.len() > 1 {
                hit.name = format!("{host}/{}", hit.name);
            }
            hit
        };
        hits.extend(found.into_iter().filter(|hit| wish.meets(hit)).map(named));
    }
    if hits.is_empty() && tally.status() != Status::SUCCESS {
        return Ok(tally.status());
    }
    output::bytes(print(&hits, &format, options.no_trunc)?.as_bytes())?;
    Ok(tally.status())
}

/// Where to search, and for what: nothing means everything.
fn place<'a>(options: &'a Options, default: &Host) -> Result<(Vec<Host>, Option<&'a str>)> {
    let term = options.term.as_deref().filter(|term| !term.is_empty());
    if !options.registry.is_empty() {
        let hosts: Result<Vec<Host>> = options.registry.iter().map(|text| registry(text)).collect();
        return Ok((hosts?, term));
    }
    let Some(term) = term else {
        return Err(usage("the search term is empty", None));
    };
    let (first, rest) = match term.split_once('/') {
        Some((first, rest)) => (first, Some(rest).filter(|rest| !rest.is_empty())),
        None => (term, None),
    };
    let names_a_host = first.contains(':')
        || (term.contains('/') && (first.contains('.') || first == "localhost"));
    if names_a_host {
        Ok((vec![first.parse()?], rest))
    } else {
        Ok((vec![default.clone()], Some(term)))
    }
}

async fn search(
    client: &Client,
    host: &Host,
    term: Option<&str>,
    limit: usize,
) -> Result<Vec<Hit>> {
    let hits = if let Some(term) = term {
        client.search(host, term, limit)
    } else {
        let names = client.catalog(host, None, Some(limit));
        let plain = |name| Hit {
            name,
            description: String::new(),
            stars: 0,
            official: false,
            automated: None,
        };
        names.map_ok(plain).boxed()
    };
    hits.take(limit).try_collect().await
}

fn print(hits: &[Hit], format: &Format, whole: bool) -> Result<String> {
    // Docker Hub still sends the flag and has set it for nobody for years: a column of nothing is not shown.
    let automated = hits.iter().any(|hit| hit.automated == Some(true));
    let table = if automated {
        TABLE_WITH_AUTOMATED
    } else {
        TABLE
    };
    let rows: Vec<Value> = hits
        .iter()
        .map(|hit| row(hit, format.is_json(), whole, automated))
        .collect();
    format.print(COLUMNS, table, &rows)
}

/// Docker's fields, in the order of their names. Flags are `[OK]` or nothing, except in JSON.
fn row(hit: &Hit, json: bool, whole: bool, automated: bool) -> Value {
    let flag = |flag: bool| match (flag, json) {
        (_, true) => flag.to_string(),
        (true, false) => "[OK]".to_owned(),
        (false, false) => String::new(),
    };
    // Docker puts a description of several lines on one.
    let description = hit.description.replace(['\n', '\r'], " ");
    let shown = if whole || json {
        description
    } else {
        shorten(&escape(&description), DESCRIPTION_WIDTH)
    };
    let mut row = Map::new();
    row.insert("Description".into(), shown.into());
    if automated || !json {
        let automated = flag(hit.automated.unwrap_or(false));
        row.insert("IsAutomated".into(), automated.into());
    }
    row.insert("IsOfficial".into(), flag(hit.official).into());
    row.insert("Name".into(), hit.name.clone().into());
    row.insert("StarCount".into(), hit.stars.to_string().into());
    Value::Object(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn options(arguments: &[&str]) -> Options {
        Line::parse_from([&["search"], arguments].concat()).options
    }

    fn hit(name: &str, description: &str, stars: u64, official: bool) -> Hit {
        Hit {
            name: name.into(),
            description: description.into(),
            stars,
            official,
            automated: None,
        }
    }

    fn found(arguments: &[&str]) -> (Vec<String>, Option<String>) {
        let options = options(arguments);
        let (hosts, term) = place(&options, &Host::docker_hub()).unwrap();
        (
            hosts.iter().map(ToString::to_string).collect(),
            term.map(str::to_owned),
        )
    }

    #[test]
    fn a_term_may_begin_with_its_registry() {
        let at = |host: &str, term: Option<&str>| (vec![host.to_owned()], term.map(str::to_owned));
        assert_eq!(found(&["busybox"]), at("docker.io", Some("busybox")));
        assert_eq!(found(&["lab/busy"]), at("docker.io", Some("lab/busy")));
        assert_eq!(
            found(&["127.0.0.1:25100/busy"]),
            at("127.0.0.1:25100", Some("busy"))
        );
        assert_eq!(
            found(&["registry.example/a/b"]),
            at("registry.example", Some("a/b"))
        );
        assert_eq!(found(&["localhost/x"]), at("localhost", Some("x")));
        assert_eq!(found(&["127.0.0.1:5000"]), at("127.0.0.1:5000", None));
        assert_eq!(found(&["registry.example/"]), at("registry.example", None));
        assert_eq!(found(&["node.js"]), at("docker.io", Some("node.js")));
        assert_eq!(
            found(&["--registry", "a.example", "x/y"]),
            at("a.example", Some("x/y"))
        );
    }

    #[test]
    fn the_table_is_dockers() {
        let hits = [
            hit("busybox", "Busybox base image.", 3442, true),
            hit(
                "lab/busy-tools",
                "Tools — with a description long enough that it is cut",
                12,
                false,
            ),
        ];
        assert_eq!(
            print(&hits, &Format::Table(None), false).unwrap(),
            "NAME             DESCRIPTION                                     STARS     OFFICIAL\n\
             busybox          Busybox base image.                             3442      [OK]\n\
             lab/busy-tools   Tools — with a description long enough that …   12        \n"
        );
        assert_eq!(
            print(&[], &Format::Table(None), false).unwrap(),
            "NAME      DESCRIPTION   STARS     OFFICIAL\n"
        );
    }

    #[test]
    fn json_is_dockers() {
        assert_eq!(
            print(
                &[hit("library/busybox", "", 0, false)],
                &Format::Json,
                false
            )
            .unwrap(),
            "{\"Description\":\"\",\"IsOfficial\":\"false\",\"Name\":\"library/busybox\",\"StarCount\":\"0\"}\n"
        );
    }

    #[test]
    fn automated_is_a_column_when_something_is() {
        let hits = [Hit {
            automated: Some(true),
            ..hit("a", "d", 1, false)
        }];
        let table = print(&hits, &Format::Table(None), false).unwrap();
        assert!(
            table.starts_with("NAME      DESCRIPTION   STARS     OFFICIAL   AUTOMATED\n"),
            "{table}"
        );
        assert!(table.ends_with("[OK]\n"), "{table}");
    }

    #[test]
    fn a_description_cannot_break_its_line() {
        let hits = [hit("a", "one\ntwo\x1b[2J", 0, false)];
        let table = print(&hits, &Format::Table(None), false).unwrap();
        assert!(table.contains("one two\\x1b[2J"), "{table}");
        assert_eq!(table.lines().count(), 2);
    }
}
