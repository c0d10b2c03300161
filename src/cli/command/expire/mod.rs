//! `expire`: old tags of a repository on its registry, by rules. Without `--yes` nothing is deleted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clap::{ArgGroup, Args};
use globset::GlobMatcher;
use jiff::Timestamp;

use super::images_filter::pattern;
use super::tagged::{Purpose, Survey, whole_repository};
use crate::cli::location::Location;
use crate::cli::options::NetworkOptions;
use crate::cli::output;
use crate::cli::render::quiet::Quiet;
use crate::cli::report::{Doing, Outcome, Status, Tally};
use crate::cli::session::Session;
use crate::config::quantity::parse_duration;
use crate::error::Result;
use crate::registry::WhenBroken;

mod deletion;
mod plan;
mod snapshot;
mod tell;

use deletion::Deletion;
use plan::{Rules, judge};
use snapshot::Snapshot;
use tell::Account;

/// The most failures told one by one.
const MOST_TOLD: usize = 10;

/// Delete old tags of a repository on its registry
#[derive(Args)]
#[command(group = ArgGroup::new("rule").required(true).multiple(true).args(["keep", "older_than"]))]
#[command(after_help = "Examples:
  {program} expire --keep 10 registry.example:5000/team/app
  {program} expire --older-than 30d --match 'pr-*' registry.example/app
  {program} expire --keep 5 --except 'v*' --yes registry.example/app

Shown is what would be deleted, and why the rest stays; --yes deletes it.

A tag goes when it matches, its image is not one of the --keep newest that match, and is older than --older-than. Tags that share an image count once, and age is the time in the image's config, of an index that of its newest image; what was made at the same time is ordered by version. An image that tells no time stays, and so does one that tells a time before 1981, as reproducible builds do.

Whatever a remaining tag points at or lists in an index stays whole, and what is attached to it, too. Signatures and the like under tags such as sha256-HEX.sig match nothing; they go with their image. What has a tag of its own and is attached to an image of another tag counts for none of the --keep newest, and goes with that image.

Where the registry deletes single tags, the tags go and the rest is its own garbage collection's. Where it does not, images are deleted by digest, and only those of which all tags go. Each tag is looked at again before it is deleted: one that was moved meanwhile stays.")]
pub(crate) struct Options {
    /// The repository
    #[arg(value_name = "REPOSITORY", value_parser = Location::remote)]
    name: String,

    /// Keep the newest N images of those that match
    #[arg(long, value_name = "N")]
    keep: Option<usize>,

    /// Delete only what is older, such as 30d or 12h
    #[arg(long, value_name = "AGE", value_parser = parse_duration)]
    older_than: Option<Duration>,

    /// Delete only tags that match a shell pattern; may be given more than once
    #[arg(long = "match", value_name = "GLOB")]
    matching: Vec<String>,

    /// Keep tags that match a shell pattern; may be given more than once
    #[arg(long, value_name = "GLOB")]
    except: Vec<String>,

    /// Delete; without it, only say what would be deleted
    #[arg(short, long)]
    yes: bool,

    /// Only say what would be deleted, as without --yes
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,

    /// One JSON object a tag
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

impl Options {
    fn rules(&self) -> Result<Rules> {
        let patterns = |texts: &[String]| -> Result<Vec<GlobMatcher>> {
            texts.iter().map(|text| pattern(text)).collect()
        };
        Ok(Rules {
            keep: self.keep,
            older_than: self.older_than,
            matching: patterns(&self.matching)?,
            except: patterns(&self.except)?,
        })
    }
}

/// Judges the tags, tells it, and deletes if that was said.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let name = whole_repository(&options.name)?;
    let rules = options.rules()?;
    let repository = session
        .client(WhenBroken::Fail, Arc::new(Quiet))
        .repository(&name);
    let survey = Survey::new(repository, Purpose::Judge, session.at_once());
    let doing = format!("cannot expire tags of {}", name.familiar());
    let (snapshot, troubles) = Snapshot::take(&survey).await.doing(&doing)?;
    let read = session.told(troubles, MOST_TOLD);
    let now = Timestamp::now();
    let verdicts = judge(&rules, &snapshot, now);
    let mut account = Account {
        name: &name,
        rules: &rules,
        snapshot: &snapshot,
        verdicts: &verdicts,
        fates: None,
    };
    if !options.yes {
        let text = if options.json {
            account.json()?
        } else {
            account.table(now)?
        };
        output::bytes(text.as_bytes())?;
        output::story(&account.summary());
        return Ok(read);
    }
    let mut deletion = Deletion::new(&survey, &session.program, !options.json);
    let ended = deletion.run(&snapshot, &verdicts).await;
    let (fates, tally): (BTreeMap<_, _>, Tally) = deletion.ended();
    account.fates = Some(&fates);
    if options.json {
        output::bytes(account.json()?.as_bytes())?;
    }
    output::story(&account.summary());
    ended.doing(doing)?;
    Ok(match (tally.status(), read) {
        (Status::SUCCESS, read) => read,
        (failed, _) => failed,
    })
}
