//! `search`: repositories by a term, on Docker Hub or any registry, in one table.

use clap::Args;

mod ask;
mod filter;
mod rows;

use crate::cli::options::{NetworkOptions, registry};
use crate::cli::output;
use crate::cli::render::format::Format;
use crate::cli::report::{Outcome, Status, usage};
use crate::cli::session::Session;
use crate::error::Result;
use crate::oci::Host;
use crate::registry::{Hit, Query};
use filter::Wish;

/// How many results docker asks for.
const DEFAULT_LIMIT: usize = 25;
/// The most Docker Hub gives at once.
const MAX_LIMIT: usize = 100;
/// Search Docker Hub or a registry for repositories
#[derive(Args)]
#[command(after_help = "Examples:
  {program} search busybox                                 Docker Hub
  {program} search registry.example:5000/busy
  {program} search --registry ghcr.example --registry docker.io busy
  {program} search registry.example:5000                   all repositories there

A registry is asked in the way it has: docker's v1 search (Docker Hub, old registries, Nexus), Harbor, Quay, zot or \
GitLab where it is one of these, else its catalog, whose names are matched here and whose tags are counted. Quay and \
GitLab show what is public. -D says who answered. Of several registries the best matches are shown, with their host.

Filters: stars=N, is-official=true|false, is-automated=true|false. What does not pass does not count for --limit.

Fields of --format: .Name .Description .StarCount .IsOfficial .IsAutomated, and, where the registry tells, \
.PullCount and .TagCount.")]
pub(crate) struct Options {
    /// What to look for, HOST[:PORT]/TERM for another registry than Docker Hub
    #[arg(value_name = "TERM", required_unless_present = "registry")]
    term: Option<String>,

    /// Search this registry; may be given more than once, and they are asked at once
    #[arg(long, value_name = "HOST")]
    registry: Vec<String>,

    /// Show only results that pass a condition
    #[arg(short, long, value_name = "FILTER")]
    filter: Vec<String>,

    /// Show only results with at least this many stars
    #[arg(short, long, value_name = "N")]
    stars: Option<u64>,

    /// How many results in all, from 1 to 100
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

/// Asks all registries at once and prints one table.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let format = Format::parse(if options.json {
        "json"
    } else {
        &options.format
    })?;
    rows::check(&format)?;
    let wish = Wish::parse(&options.filter, options.stars)?;
    if !(1..=MAX_LIMIT).contains(&options.limit) {
        let message = format!(
            "Limit {} is outside the range of [1, {MAX_LIMIT}]",
            options.limit
        );
        return Err(usage(message, None).into());
    }
    let (hosts, term) = place(&options, &session.config.default_registry)?;
    let keep = |hit: &Hit| wish.meets(hit);
    let query = Query {
        term,
        limit: options.limit,
        keep: (!wish.is_empty()).then_some(&keep),
    };
    let client = session.reader();
    let mut asked = ask::all(&client, &hosts, query, &session.program).await;
    if asked.rows.is_empty() && asked.status != Status::SUCCESS {
        return Ok(asked.status);
    }
    if rows::shows_tags(&format, &options.format) {
        ask::count_tags(&client, &hosts, &mut asked.rows).await;
    }
    let hits = ask::named(asked.rows, &hosts);
    output::bytes(rows::print(&hits, &format, options.no_trunc)?.as_bytes())?;
    Ok(asked.status)
}

/// Where to search, and for what: nothing means everything.
fn place<'a>(options: &'a Options, default: &Host) -> Result<(Vec<Host>, Option<&'a str>)> {
    let term = options.term.as_deref().filter(|term| !term.is_empty());
    if !options.registry.is_empty() {
        let mut hosts: Vec<Host> = Vec::new();
        for text in &options.registry {
            let host = registry(text)?;
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        return Ok((hosts, term));
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
        assert_eq!(
            found(&["--registry", "a.example", "--registry", "a.example", "x"]),
            at("a.example", Some("x")),
            "asked twice"
        );
    }
}
