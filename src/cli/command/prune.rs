//! `prune`: garbage of the local store, after a question.

use std::time::{Duration, SystemTime};

use clap::Args;
use serde_json::json;

use super::rmi::told;
use crate::cli::output;
use crate::cli::prompt;
use crate::cli::render::units;
use crate::cli::report::{Doing, Outcome, Status, usage};
use crate::cli::session::{Session, blocking};
use crate::config::quantity::parse_duration;
use crate::error::Result;
use crate::store::layout::{Collect, Collected, Removed};

/// How old a part of a blob has to be: younger ones are likely to be gone on with.
const PARTIAL_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Remove what no image of the local store uses
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} prune
  {program} prune --dry-run
  {program} prune -a -f --filter until=72h

Removed are: images without a tag, content that no image names, and parts of blobs whose download was cut a day ago or earlier. Content of the last hour and of running commands stays. -a takes all parts, however young, but none that is being written.")]
pub(crate) struct Options {
    /// Take parts of blobs of any age
    #[arg(short, long)]
    all: bool,

    /// Ask nothing
    #[arg(short, long, visible_alias = "yes", visible_short_alias = 'y')]
    force: bool,

    /// Only what is older: until=24h
    #[arg(long, value_name = "FILTER")]
    filter: Vec<String>,

    /// Only say what would go
    #[arg(long)]
    dry_run: bool,

    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Asks, and removes.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let until = until(&options.filter)?;
    if !options.force && !options.dry_run {
        output::story(
            "WARNING! This will remove all images without a tag, content that no image names, and old parts of downloads.",
        );
        if !prompt::confirm("Are you sure you want to continue? [y/N] ").await? {
            return Ok(Status::SUCCESS);
        }
    }
    let now = SystemTime::now();
    let before = |age: Duration| now.checked_sub(age).unwrap_or(SystemTime::UNIX_EPOCH);
    let partial_age = if options.all {
        Duration::ZERO
    } else {
        PARTIAL_AGE
    };
    let what = Collect {
        nameless_before: Some(before(until)),
        content_before: before(until),
        partials_before: before(until.max(partial_age)),
        dry_run: options.dry_run,
    };
    let layout = session.layout_there()?;
    let doing = format!("cannot prune {}", layout.path().display());
    let collected = blocking(move || layout.collect(&what)).await.doing(doing)?;
    tell(&collected, &options)?;
    Ok(Status::SUCCESS)
}

/// The least age of what goes.
fn until(filters: &[String]) -> Result<Duration> {
    let mut until = Duration::ZERO;
    for filter in filters {
        let age = filter.strip_prefix("until=").map(parse_duration);
        match age {
            Some(Ok(age)) => until = until.max(age),
            Some(Err(error)) => return Err(usage(format!("{filter:?}: {error}"), None)),
            None => {
                return Err(usage(
                    format!("invalid filter {filter:?}"),
                    Some("the one there is: until=AGE, such as until=24h or until=30d"),
                ));
            }
        }
    }
    Ok(until)
}

fn tell(collected: &Collected, options: &Options) -> Result<()> {
    if options.json {
        let images = collected.images.iter().map(|step| match step {
            Removed::Untagged(reference) => json!({"Untagged": reference.to_string()}),
            Removed::Unnamed(name) => json!({"Untagged": name}),
            Removed::Deleted(digest) => json!({"Deleted": digest.to_string()}),
        });
        let sized = |(digest, bytes): &(_, u64)| {
            let digest: &crate::oci::Digest = digest;
            json!({"Digest": digest.to_string(), "Size": bytes})
        };
        return output::line(
            &json!({
                "DryRun": options.dry_run,
                "Images": images.collect::<Vec<_>>(),
                "Content": collected.content.iter().map(sized).collect::<Vec<_>>(),
                "Partials": collected.partials.iter().map(sized).collect::<Vec<_>>(),
                "Leftovers": collected.leftovers.len(),
                "SpaceReclaimed": collected.bytes,
                "YoungParts": collected.young_parts,
                "YoungContent": collected.young_content,
            })
            .to_string(),
        );
    }
    let (deleted, total) = if options.dry_run {
        ("Would delete", "Would reclaim")
    } else {
        ("Deleted", "Total reclaimed space")
    };
    for step in &collected.images {
        output::line(&told(step, deleted))?;
    }
    for (digest, _) in &collected.content {
        output::line(&format!("{deleted}: {digest}"))?;
    }
    for (digest, bytes) in &collected.partials {
        let size = units::size(*bytes);
        output::line(&format!("{deleted}: part of {digest}, {size}"))?;
    }
    output::line(&format!("{total}: {}", units::size(collected.bytes)))?;
    if collected.young_parts > 0 {
        output::story(&format!(
            "{} of parts of downloads are younger and were left; -a takes them",
            units::size(collected.young_parts)
        ));
    }
    if collected.young_content > 0 {
        output::story(&format!(
            "{} that no image names are younger than an hour or than asked for, and were left",
            units::size(collected.young_content)
        ));
    }
    Ok(())
}
