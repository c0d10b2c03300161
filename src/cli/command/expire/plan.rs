//! Which tags go by the rules that were given, and why the others stay. Nothing is asked of anybody here.
//!
//! 1. Tags that match, and are not excepted, are put together by their image: `--keep` counts images.
//! 2. An image stays when nobody knows how old it is, when it is one of the newest, or too young. What is attached to an
//!    image of another tag is none of the newest, and takes the place of none.
//! 3. What is about an image that stays (its subject, or by the name of its tag) stays with it, and what that lists.
//! 4. Tags that are tied to an image by their names go when it goes, and never count themselves.
//!
//! A tag whose image is kept by another one goes alone, at registries that can do that.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use globset::GlobMatcher;
use jiff::Timestamp;

use super::snapshot::Snapshot;
use crate::cli::command::tags::order::by_version;
use crate::oci::{Digest, Tag};
use crate::store::attached::tied_to;

/// 1981, in seconds: no image is older. Builders that want the same bytes every time write the epoch or the beginning of
/// 1980, which says nothing about age.
const FIRST: i64 = 347_155_200;

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// How many of the newest images stay.
    pub(super) keep: Option<usize>,
    /// Younger ones stay.
    pub(super) older_than: Option<Duration>,
    /// One of these must match, if there are any.
    pub(super) matching: Vec<GlobMatcher>,
    /// None of these may.
    pub(super) except: Vec<GlobMatcher>,
}

/// What becomes of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays.
    Stays(Reason),
    /// It goes, and its image with it.
    Goes,
    /// It goes, but its image is kept by this tag, or may be.
    GoesAlone(Tag),
    /// It goes because it is tied to an image that goes.
    GoesAlong,
}

/// Why a tag stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reason {
    /// It matches no pattern.
    Unmatched,
    /// It matches a pattern of what is excepted.
    Excepted,
    /// It could not be read.
    Unread,
    /// Its image does not tell when it was made.
    Ageless,
    /// Its image is one of the newest.
    Newest,
    /// Its image is too young.
    Young,
    /// It is about an image that stays.
    Attached,
    /// It is tied to an image that no tag leads to.
    Adrift,
}

impl Verdict {
    /// Whether the tag stays.
    pub(super) fn stays(&self) -> bool {
        matches!(self, Self::Stays(_))
    }
}

/// When an image was made, where it tells that seriously.
pub(super) fn made(snapshot: &Snapshot, digest: &Digest) -> Option<Timestamp> {
    let created = snapshot.image(digest)?.created?;
    (created.as_second() >= FIRST).then_some(created)
}

/// Judges every tag.
pub(super) fn judge(rules: &Rules, snapshot: &Snapshot, now: Timestamp) -> BTreeMap<Tag, Verdict> {
    let mut verdicts: BTreeMap<Tag, Verdict> = snapshot
        .unread
        .keys()
        .map(|tag| (tag.clone(), Verdict::Stays(Reason::Unread)))
        .collect();
    let mut images: BTreeMap<Digest, Vec<Tag>> = BTreeMap::new();
    let mut tied: BTreeSet<Tag> = BTreeSet::new();
    for (tag, digest) in &snapshot.tags {
        let matches = |patterns: &[GlobMatcher]| {
            let mut patterns = patterns.iter();
            patterns.any(|pattern| pattern.is_match(tag.as_str()))
        };
        let reason = if tied_to(tag).is_some() {
            tied.insert(tag.clone());
            continue;
        } else if !rules.matching.is_empty() && !matches(&rules.matching) {
            Reason::Unmatched
        } else if matches(&rules.except) {
            Reason::Excepted
        } else {
            images.entry(*digest).or_default().push(tag.clone());
            continue;
        };
        verdicts.insert(tag.clone(), Verdict::Stays(reason));
    }
    let mut going = BTreeSet::new();
    for (reason, tags) in by_age(rules, snapshot, now, images) {
        match reason {
            Some(reason) => {
                let stays = |tag| (tag, Verdict::Stays(reason.clone()));
                verdicts.extend(tags.into_iter().map(stays));
            }
            None => going.extend(tags),
        }
    }
    for (tag, reason) in attached(snapshot, &mut going, &mut tied) {
        verdicts.insert(tag, Verdict::Stays(reason));
    }
    let leaves = |tag: &Tag| going.contains(tag) || tied.contains(tag);
    for tag in &going {
        let keeper = snapshot.keeper(&snapshot.tags[tag], |other| !leaves(other));
        let verdict = match keeper.or_else(|| snapshot.obscure()) {
            Some(keeper) => Verdict::GoesAlone(keeper.clone()),
            None => Verdict::Goes,
        };
        verdicts.insert(tag.clone(), verdict);
    }
    verdicts.extend(tied.into_iter().map(|tag| (tag, Verdict::GoesAlong)));
    verdicts
}

/// Each image that is up for it, by its tags, and why it stays if it does.
fn by_age(
    rules: &Rules,
    snapshot: &Snapshot,
    now: Timestamp,
    images: BTreeMap<Digest, Vec<Tag>>,
) -> Vec<(Option<Reason>, Vec<Tag>)> {
    let mut judged = Vec::new();
    let mut dated = Vec::new();
    for (digest, mut tags) in images {
        tags.sort_by(by_version);
        match made(snapshot, &digest) {
            Some(made) => dated.push((made, digest, tags)),
            None => judged.push((Some(Reason::Ageless), tags)),
        }
    }
    // The newest first; of the same time, the one with the highest version.
    dated.sort_by(|(one, _, of_one), (other, _, of_other)| {
        let version = || match (of_one.last(), of_other.last()) {
            (Some(one), Some(other)) => by_version(other, one),
            _ => std::cmp::Ordering::Equal,
        };
        Reverse(one).cmp(&Reverse(other)).then_with(version)
    });
    let mut newer = 0;
    for (made, digest, tags) in dated {
        let is_image = !snapshot.is_attached(&digest);
        let is_new = is_image && rules.keep.is_some_and(|keep| newer < keep);
        newer += usize::from(is_image);
        let age = u64::try_from(now.as_second().saturating_sub(made.as_second())).unwrap_or(0);
        let is_young = |least: Duration| Duration::from_secs(age) < least;
        let reason = if is_new {
            Some(Reason::Newest)
        } else if rules.older_than.is_some_and(is_young) {
            Some(Reason::Young)
        } else {
            None
        };
        judged.push((reason, tags));
    }
    judged
}

/// Takes out of `going` and `tied` what has to stay because of what it is about, until no more has to.
fn attached(
    snapshot: &Snapshot,
    going: &mut BTreeSet<Tag>,
    tied: &mut BTreeSet<Tag>,
) -> Vec<(Tag, Reason)> {
    let mut staying = Vec::new();
    loop {
        let leaves = |tag: &&Tag| going.contains(*tag) || tied.contains(*tag);
        let (leaving, kept): (Vec<&Tag>, Vec<&Tag>) = snapshot.tags.keys().partition(leaves);
        let kept: BTreeSet<Digest> = kept
            .into_iter()
            .flat_map(|tag| snapshot.reach(tag))
            .collect();
        let names = |digests: &BTreeSet<Digest>| -> BTreeSet<String> {
            digests.iter().map(Digest::tie).collect()
        };
        let leaving = leaving.into_iter().flat_map(|tag| snapshot.reach(tag));
        let (kept_ties, leaving_ties) = (names(&kept), names(&leaving.collect()));
        let is_about_kept = |tag: &Tag| {
            let image = snapshot.image(&snapshot.tags[tag]);
            image.is_some_and(|image| !image.subjects.is_disjoint(&kept))
        };
        let obscure = snapshot.obscure().is_some();
        let mut more: Vec<(Tag, Reason)> = Vec::new();
        for tag in going.iter().filter(|tag| is_about_kept(tag)) {
            more.push((tag.clone(), Reason::Attached));
        }
        for tag in tied.iter() {
            let to = tied_to(tag).unwrap_or_default();
            if kept_ties.contains(&to) || is_about_kept(tag) {
                more.push((tag.clone(), Reason::Attached));
            } else if obscure || !leaving_ties.contains(&to) {
                more.push((tag.clone(), Reason::Adrift));
            }
        }
        if more.is_empty() {
            return staying;
        }
        for (tag, _) in &more {
            going.remove(tag);
            tied.remove(tag);
        }
        staying.extend(more);
    }
}

#[cfg(test)]
mod tests;
