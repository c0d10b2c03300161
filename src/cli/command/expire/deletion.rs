//! Deletes what was judged to go, and looks again before each step.
//!
//! A registry that deletes single tags is asked for that. At one that cannot, an image goes by its digest, which takes
//! all of its tags along: the whole repository is looked at again before each, and the image stays if any tag that is not
//! to go needs it, itself or in an index. Indexes go before what they list, and what is attached to an image after it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Verdict, made};
use super::snapshot::Snapshot;
use crate::cli::command::tagged::Survey;
use crate::cli::output;
use crate::cli::report::{Doing, Failure, Status, Tally};
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, MediaType, Selector, Tag};
use crate::store::Sink;
use crate::store::attached::tied_to;

/// What became of a tag that was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is gone.
    Deleted,
    /// It stays, for this reason.
    Kept(String),
    /// It could not be deleted.
    Failed,
}

/// A repository whose tags are being deleted.
pub(super) struct Deletion<'a> {
    survey: &'a Survey,
    program: &'a str,
    /// Whether each step is told as a line.
    told: bool,
    /// Whether the registry is still thought to delete single tags.
    tags_alone: bool,
    tally: Tally,
    fates: BTreeMap<Tag, Fate>,
}

impl<'a> Deletion<'a> {
    pub(super) fn new(survey: &'a Survey, program: &'a str, told: bool) -> Self {
        Self {
            survey,
            program,
            told,
            tags_alone: true,
            tally: Tally::default(),
            fates: BTreeMap::new(),
        }
    }

    /// What became of the tags, and what failed.
    pub(super) fn ended(self) -> (BTreeMap<Tag, Fate>, Tally) {
        (self.fates, self.tally)
    }

    /// Deletes every tag that goes.
    ///
    /// # Errors
    /// What would keep the rest from being deleted as well: `Unsupported`, `Denied`, a list of tags that cannot be read.
    pub(super) async fn run(
        &mut self,
        snapshot: &Snapshot,
        verdicts: &BTreeMap<Tag, Verdict>,
    ) -> Result<(), Failure> {
        let going = verdicts.iter().filter(|(_, verdict)| !verdict.stays());
        let is_attached = |tag: &Tag| snapshot.is_attached(&snapshot.tags[tag]);
        let (along, going): (Vec<_>, Vec<_>) = going
            .partition(|(tag, verdict)| matches!(verdict, Verdict::GoesAlong) || is_attached(tag));
        let mut images: BTreeMap<Digest, Vec<Tag>> = BTreeMap::new();
        for (tag, _) in going {
            images
                .entry(snapshot.tags[tag])
                .or_default()
                .push(tag.clone());
        }
        let mut images: Vec<_> = images.into_iter().collect();
        // An index lists more than any index in it.
        let lists = |digest: &Digest| snapshot.image(digest).map_or(0, |image| image.below.len());
        images.sort_by_key(|(digest, _)| (Reverse(lists(digest)), made(snapshot, digest)));
        for (digest, tags) in images {
            self.image(&digest, &tags).await?;
            self.check(&digest, &tags, snapshot, verdicts).await?;
        }
        let along: BTreeSet<Tag> = along.into_iter().map(|(tag, _)| tag.clone()).collect();
        if along.is_empty() {
            return Ok(());
        }
        self.attached(along, snapshot, verdicts).await
    }

    /// Makes sure that an image whose tags were to go alone is still there: some registries take the image for its tag.
    async fn check(
        &self,
        digest: &Digest,
        tags: &[Tag],
        snapshot: &Snapshot,
        verdicts: &BTreeMap<Tag, Verdict>,
    ) -> Result<(), Failure> {
        for tag in tags.iter().filter(|tag| self.is_gone(tag)) {
            let Verdict::GoesAlone(keeper) = &verdicts[tag] else {
                continue;
            };
            let what = Descriptor::new(MediaType::OCI_MANIFEST, *digest, 0);
            if !snapshot.keeps(keeper, digest) || self.survey.repository().has(&what).await? {
                continue;
            }
            return Err(Error::Malformed {
                doing: format!("the deletion of the tag {tag}"),
                reason: format!(
                    "the registry deleted the image with it, which {keeper} needs; nothing more is deleted"
                ),
            }
            .into());
        }
        Ok(())
    }

    /// Deletes the tags of what was attached to images which are gone.
    async fn attached(
        &mut self,
        along: BTreeSet<Tag>,
        before: &Snapshot,
        verdicts: &BTreeMap<Tag, Verdict>,
    ) -> Result<(), Failure> {
        let (now, _) = Snapshot::take(self.survey).await?;
        let mut pending = along;
        // What is attached to such a tag's image comes after it, and what an index lists after that.
        while let Some(tag) = next(&pending, before) {
            let digest = before.tags[&tag];
            let is_kept = |other: &Tag| !pending.contains(other) && !self.is_gone(other);
            let (tags, keeper) = if let Some(to) = tied_to(&tag) {
                (vec![tag], now.keeper_of_tie(&to, is_kept))
            } else {
                let is_same = |other: &&Tag| before.tags[*other] == digest;
                let same = pending.iter().filter(is_same);
                let tags = same.filter(|other| tied_to(other).is_none()).cloned();
                let subject = before.image(&digest).and_then(|image| image.subject);
                let keeper = subject.and_then(|subject| now.keeper(&subject, is_kept));
                (tags.collect(), keeper)
            };
            let keeper = keeper.or_else(|| now.obscure()).cloned();
            pending.retain(|tag| !tags.contains(tag));
            if let Some(keeper) = keeper {
                for tag in &tags {
                    self.keep(tag, format!("{keeper} needs what it is attached to"));
                }
            } else {
                self.image(&digest, &tags).await?;
                self.check(&digest, &tags, before, verdicts).await?;
            }
        }
        Ok(())
    }

    fn is_gone(&self, tag: &Tag) -> bool {
        self.fates.get(tag) == Some(&Fate::Deleted)
    }

    /// Deletes tags of one image, as the registry lets it.
    async fn image(&mut self, digest: &Digest, tags: &[Tag]) -> Result<(), Failure> {
        for (at, tag) in tags.iter().enumerate() {
            if !self.tags_alone || !self.tag(tag, digest).await? {
                return self.whole(digest, &tags[at..]).await;
            }
        }
        Ok(())
    }

    /// Deletes one tag. False when the registry deletes no single tags.
    async fn tag(&mut self, tag: &Tag, digest: &Digest) -> Result<bool, Failure> {
        match self.survey.now(tag).await {
            Ok(now) => {
                if !self.is_there(tag, digest, now.map(|now| now.digest).as_ref()) {
                    return Ok(true);
                }
            }
            Err(error) => {
                self.fail(tag, error)?;
                return Ok(true);
            }
        }
        let at = Selector::Tag(tag.clone());
        match self.survey.repository().delete(&at).await {
            Ok(()) => self.deleted(tag)?,
            Err(Error::Unsupported { .. }) => {
                self.tags_alone = false;
                return Ok(false);
            }
            Err(error) => self.fail(tag, error)?,
        }
        Ok(true)
    }

    /// Deletes an image with all its tags, if those are all to go.
    async fn whole(&mut self, digest: &Digest, tags: &[Tag]) -> Result<(), Failure> {
        let (now, _) = Snapshot::take(self.survey).await?;
        let mut there = Vec::new();
        for tag in tags {
            if let Some(may_list) = now.unread.get(tag) {
                tracing::debug!(%tag, may_list, "cannot be read any more");
                self.keep(tag, "it cannot be read any more".to_owned());
            } else if self.is_there(tag, digest, now.tags.get(tag)) {
                there.push(tag);
            }
        }
        if there.is_empty() {
            return Ok(());
        }
        let keeper = now.keeper(digest, |tag| !there.contains(&tag));
        let why = match (keeper, now.obscure()) {
            (Some(keeper), _) => format!("{keeper} needs its image"),
            (None, Some(tag)) => format!("{tag} may need its image, and cannot be read"),
            (None, None) => {
                return self.digest(digest, &there).await;
            }
        };
        for tag in there {
            self.keep(
                tag,
                format!("{why}, and this registry deletes no single tags"),
            );
        }
        Ok(())
    }

    async fn digest(&mut self, digest: &Digest, tags: &[&Tag]) -> Result<(), Failure> {
        let repository = self.survey.repository();
        let name = repository.name().with_digest(digest).familiar();
        match repository.delete(&Selector::Digest(*digest)).await {
            Ok(()) => {
                for tag in tags {
                    self.deleted(tag)?;
                }
                if self.told {
                    output::line(&format!("Deleted: {name}"))?;
                }
            }
            Err(error) => {
                for tag in tags {
                    self.fates.insert((*tag).clone(), Fate::Failed);
                }
                self.failed(&name, error)?;
            }
        }
        Ok(())
    }

    /// Whether a tag still points where it did; what it does instead is told.
    fn is_there(&mut self, tag: &Tag, then: &Digest, now: Option<&Digest>) -> bool {
        match now {
            Some(now) if now == then => return true,
            Some(now) => self.keep(tag, format!("it points at {now} by now")),
            None => self.keep(tag, "somebody else deleted it meanwhile".to_owned()),
        }
        false
    }

    fn keep(&mut self, tag: &Tag, why: String) {
        output::story(&format!("{tag} was left alone: {why}"));
        self.fates.insert(tag.clone(), Fate::Kept(why));
    }

    fn deleted(&mut self, tag: &Tag) -> Result<()> {
        self.fates.insert(tag.clone(), Fate::Deleted);
        if self.told {
            let name = self.survey.repository().name().with_tag(tag);
            output::line(&format!("Deleted: {}", name.familiar()))?;
        }
        Ok(())
    }

    fn fail(&mut self, tag: &Tag, error: Error) -> Result<(), Failure> {
        self.fates.insert(tag.clone(), Fate::Failed);
        let name = self.survey.repository().name().with_tag(tag).familiar();
        self.failed(&name, error)
    }

    /// Tells a failure, and returns it when it will be the same with all others.
    fn failed(&mut self, name: &str, error: Error) -> Result<(), Failure> {
        let hopeless = matches!(error, Error::Unsupported { .. } | Error::Denied { .. });
        let failed: Result<_, Error> = Err(error);
        let failed = failed.doing(format!("cannot delete {name}"));
        if hopeless {
            return failed;
        }
        self.tally
            .note(failed.map(|()| Status::SUCCESS), self.program);
        Ok(())
    }
}

/// A tag that none of the other pending ones keeps the subject of, or lists.
fn next(pending: &BTreeSet<Tag>, snapshot: &Snapshot) -> Option<Tag> {
    let waits = |tag: &&Tag| {
        let digest = &snapshot.tags[*tag];
        let others = |other: &Tag| pending.contains(other) && snapshot.tags[other] != *digest;
        match tied_to(tag) {
            Some(to) => snapshot.keeper_of_tie(&to, others).is_some(),
            None => snapshot.keeper(digest, others).is_some(),
        }
    };
    let ready = pending.iter().find(|tag| !waits(tag));
    // Digests cannot go in a circle, but what two tags share may look like one.
    ready.or_else(|| pending.first()).cloned()
}
