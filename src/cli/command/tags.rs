//! `tags`: the tags of a repository on its registry.

use std::cmp::Ordering;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::images_filter::pattern;
use crate::cli::options::NetworkOptions;
use crate::cli::output;
use crate::cli::render::value::go_json;
use crate::cli::report::{Doing, Outcome, Status, usage};
use crate::cli::session::Session;
use crate::oci::{Reference, Tag};
use crate::store::Source;

/// List the tags of a repository on its registry
#[derive(Args)]
#[command(after_help = "Examples:
  {program} tags debian
  {program} tags --sort semver --filter '1.*' registry.example:5000/team/app | tail -1")]
pub(crate) struct Options {
    /// The repository
    #[arg(value_name = "NAME")]
    name: String,

    /// name, or semver: by version, the newest last
    #[arg(
        long,
        value_name = "HOW",
        default_value = "name",
        hide_default_value = true,
        hide_possible_values = true
    )]
    sort: Order,

    /// Only tags that match a shell pattern
    #[arg(long, value_name = "GLOB")]
    filter: Option<String>,

    /// The most tags to list
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// The order of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    /// By their text.
    Name,
    /// By version: what is no version comes first, then versions, the newest last.
    Semver,
}

/// Prints the tags.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let reference: Reference = options.name.parse()?;
    if reference.tag.is_some() || reference.digest.is_some() {
        let port = |tag: &Tag| tag.as_str().bytes().all(|byte| byte.is_ascii_digit());
        let registry = !options.name.contains('/') && reference.tag.as_ref().is_some_and(port);
        let hint = if registry {
            "give the repository alone; the repositories of a registry are listed by `catalog`"
        } else {
            "give the repository alone, without tag or digest"
        };
        let message = format!("{} names one image", reference.familiar());
        return Err(usage(message, Some(hint)).into());
    }
    let filter = options.filter.as_deref().map(pattern).transpose()?;
    let repository = session.reader().repository(&reference.name);
    let mut tags = repository.tags().await.doing(format!(
        "cannot list the tags of {}",
        reference.name.familiar()
    ))?;
    tags.retain(|tag| {
        filter
            .as_ref()
            .is_none_or(|filter| filter.is_match(tag.as_str()))
    });
    match options.sort {
        Order::Name => tags.sort(),
        Order::Semver => tags.sort_by(by_version),
    }
    for tag in tags.iter().take(options.limit.unwrap_or(usize::MAX)) {
        output::line(&if options.json {
            go_json(&json!({"Name": reference.name.familiar(), "Tag": tag.as_str()}))
        } else {
            tag.to_string()
        })?;
        if !output::has_reader() {
            break;
        }
    }
    Ok(Status::SUCCESS)
}

fn by_version(one: &Tag, other: &Tag) -> Ordering {
    let compared = match (Version::of(one.as_str()), Version::of(other.as_str())) {
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    };
    compared.then_with(|| one.cmp(other))
}

/// A version as tags have them: any count of numbers, with or without `v`, and semver's pre-release behind a `-`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version<'a> {
    numbers: Vec<u64>,
    release: Release<'a>,
}

/// A pre-release comes before its release.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Release<'a> {
    Pre(Vec<Identifier<'a>>),
    Full,
}

/// Numbers come before words (semver 2.0.0, item 11).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    Number(u64),
    Word(&'a str),
}

impl<'a> Version<'a> {
    fn of(tag: &'a str) -> Option<Self> {
        let text = tag.strip_prefix('v').unwrap_or(tag);
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let mut numbers: Vec<u64> = core
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        // 1.2 and 1.2.0 are one version.
        while numbers.last() == Some(&0) && numbers.len() > 1 {
            numbers.pop();
        }
        let identifier = |part: &'a str| {
            part.parse()
                .map_or(Identifier::Word(part), Identifier::Number)
        };
        Some(Self {
            numbers,
            release: match pre {
                Some(pre) => Release::Pre(pre.split('.').map(identifier).collect()),
                None => Release::Full,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_versions() {
        let sorted = [
            "edge",
            "latest",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-rc.2",
            "1.0.0-rc.11",
            "1",
            "1.0",
            "v1.2",
            "1.10.1",
            "2",
        ];
        let mut tags: Vec<Tag> = sorted
            .iter()
            .rev()
            .map(|text| text.parse().unwrap())
            .collect();
        tags.sort_by(by_version);
        let texts: Vec<&str> = tags.iter().map(Tag::as_str).collect();
        assert_eq!(texts, sorted);
    }
}
