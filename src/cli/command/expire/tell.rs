//! What `expire` prints: a table of what would go and why the rest stays, an object a tag, and one line about all.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::deletion::Fate;
use super::plan::{Reason, Rules, Verdict, made};
use super::snapshot::Snapshot;
use crate::cli::command::tags::order::by_version;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::units;
use crate::error::Result;
use crate::oci::{Digest, Name, Tag};

const COLUMNS: &[Column] = &[
    Column {
        name: "Tag",
        title: "TAG",
    },
    Column {
        name: "Digest",
        title: "DIGEST",
    },
    Column {
        name: "Created",
        title: "CREATED",
    },
    Column {
        name: "Action",
        title: "ACTION",
    },
    Column {
        name: "Reason",
        title: "REASON",
    },
];
const TABLE: &str = "{{.Tag}}\t{{.Digest}}\t{{.Created}}\t{{.Action}}\t{{.Reason}}";

/// Everything there is to tell.
pub(super) struct Account<'a> {
    pub(super) name: &'a Name,
    pub(super) rules: &'a Rules,
    pub(super) snapshot: &'a Snapshot,
    pub(super) verdicts: &'a BTreeMap<Tag, Verdict>,
    /// What became of the tags that go; nothing in a dry run.
    pub(super) fates: Option<&'a BTreeMap<Tag, Fate>>,
}

impl Account<'_> {
    /// The tags: those that go first, and the oldest of both first.
    fn tags(&self) -> Vec<(&Tag, &Verdict)> {
        let mut tags: Vec<_> = self.verdicts.iter().collect();
        tags.sort_by(|(one, of_one), (other, of_other)| {
            let key = |tag: &Tag, verdict: &Verdict| (verdict.stays(), self.made(tag));
            key(one, of_one)
                .cmp(&key(other, of_other))
                .then_with(|| by_version(one, other))
        });
        tags
    }

    fn made(&self, tag: &Tag) -> Option<Timestamp> {
        made(self.snapshot, self.snapshot.tags.get(tag)?)
    }

    /// The table of a dry run.
    pub(super) fn table(&self, now: Timestamp) -> Result<String> {
        let rows: Vec<Value> = self
            .tags()
            .iter()
            .map(|(tag, verdict)| {
                let digest = self.snapshot.tags.get(*tag);
                let made = self.made(tag);
                json!({
                    "Tag": tag.as_str(),
                    "Digest": digest.map_or_else(|| "<none>".to_owned(), Digest::short),
                    "Created": made.map_or_else(|| "-".to_owned(), |_| units::ago(made, now)),
                    "Action": self.action(tag, verdict),
                    "Reason": self.reason(tag, verdict),
                })
            })
            .collect();
        Format::Table(None).print(COLUMNS, TABLE, &rows)
    }

    /// An object a tag.
    pub(super) fn json(&self) -> Result<String> {
        let rows: Vec<Value> = self
            .tags()
            .iter()
            .map(|(tag, verdict)| {
                let digest = self.snapshot.tags.get(*tag);
                json!({
                    "Name": self.name.familiar(),
                    "Tag": tag.as_str(),
                    "Digest": digest.map(ToString::to_string),
                    "CreatedAt": self.made(tag).map(|made| made.to_string()),
                    "Action": self.action(tag, verdict),
                    "Reason": self.reason(tag, verdict),
                    "DryRun": self.fates.is_none(),
                })
            })
            .collect();
        Format::Json.print(COLUMNS, TABLE, &rows)
    }

    /// One line about all.
    pub(super) fn summary(&self) -> String {
        let all = self.verdicts.len();
        let tags = if all == 1 { "tag" } else { "tags" };
        let Some(fates) = self.fates else {
            let going = self.verdicts.values().filter(|verdict| !verdict.stays());
            let going = going.count();
            if going == 0 {
                return format!("none of {all} {tags} would be deleted");
            }
            let alone = |verdict: &Verdict| matches!(verdict, Verdict::GoesAlone(_));
            let note = if self.verdicts.values().any(alone) {
                "; a registry that deletes no single tags keeps those that go alone"
            } else {
                ""
            };
            return format!("{going} of {all} {tags} would be deleted; --yes deletes them{note}");
        };
        let gone = fates.values().filter(|fate| **fate == Fate::Deleted);
        match gone.count() {
            0 => format!("none of {all} {tags} was deleted"),
            gone => format!("{gone} of {all} {tags} deleted"),
        }
    }

    fn action(&self, tag: &Tag, verdict: &Verdict) -> &'static str {
        match (verdict, self.fates.map(|fates| fates.get(tag))) {
            (Verdict::Stays(_), _) => "keep",
            (Verdict::GoesAlone(_), None) => "untag",
            (_, None) => "delete",
            (_, Some(Some(Fate::Deleted))) => "deleted",
            (_, Some(Some(Fate::Kept(_)))) => "kept",
            (_, Some(Some(Fate::Failed) | None)) => "failed",
        }
    }

    fn reason(&self, tag: &Tag, verdict: &Verdict) -> String {
        if let Some(Fate::Kept(why)) = self.fates.and_then(|fates| fates.get(tag)) {
            return why.clone();
        }
        match verdict {
            Verdict::Stays(reason) => self.why(reason),
            Verdict::Goes => "its image goes with it".to_owned(),
            Verdict::GoesAlone(keeper) => format!("the tag alone: {keeper} keeps its image"),
            Verdict::GoesAlong => "what it is attached to goes".to_owned(),
        }
    }

    /// Why a tag stays.
    fn why(&self, reason: &Reason) -> String {
        match reason {
            Reason::Unmatched => "it does not match",
            Reason::Excepted => "it is excepted",
            Reason::Unread => "it cannot be read",
            Reason::Ageless => "it does not tell when it was made",
            Reason::Newest => match self.rules.keep.unwrap_or_default() {
                1 => "it is the newest",
                keep => return format!("it is one of the newest {keep}"),
            },
            Reason::Young => {
                let least = self.rules.older_than.unwrap_or_default();
                return format!("it is younger than {}", days(least));
            }
            Reason::Attached => "it is attached to an image that stays",
            Reason::Adrift => "it is attached to an image that has no tag",
        }
        .to_owned()
    }
}

/// An age as it is written on the command line.
fn days(age: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match age.as_secs() {
        seconds if seconds >= DAY && seconds % DAY == 0 => format!("{}d", seconds / DAY),
        _ => units::duration(age),
    }
}
