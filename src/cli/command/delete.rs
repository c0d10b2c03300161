//! `delete`: tags and images on a registry.

use std::sync::Arc;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::cli::location::Location;
use crate::cli::options::NetworkOptions;
use crate::cli::output;
use crate::cli::prompt;
use crate::cli::render::quiet::Quiet;
use crate::cli::report::{Doing, Failure, Outcome, Status, Tally, usage};
use crate::cli::session::Session;
use crate::error::{Error, Result, Thing};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Descriptor, Digest, Reference, Selector, Tag};
use crate::registry::{Repository, WhenBroken};
use crate::store::Source;

/// How many tags are looked at at once.
const AT_ONCE: usize = 16;

/// Delete tags or images on their registry
#[derive(Args)]
#[command(after_help = "Examples:
  {program} delete registry.example:5000/app:old
  {program} delete registry.example:5000/app@sha256:4f2e...

Local images are removed by `{program} rmi`. Many registries delete only if that was switched on, and some no single tags; what a deletion frees is the registry's business.")]
pub(crate) struct Options {
    /// What to delete: with a tag only that, with a digest the image and all its tags
    #[arg(value_name = "NAME:TAG|NAME@DIGEST", value_parser = Location::remote, required = true)]
    names: Vec<String>,

    /// Ask nothing
    #[arg(short, long, visible_alias = "force", visible_short_alias = 'f')]
    yes: bool,

    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Deletes one after the other; a failing one does not keep the others from it.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let mut references = Vec::new();
    for name in &options.names {
        let reference: Reference = name.parse()?;
        if reference.tag.is_none() && reference.digest.is_none() {
            return Err(usage(
                format!("{} names a whole repository", reference.familiar()),
                Some("give a tag or a digest; no tag is taken for granted here"),
            )
            .into());
        }
        references.push(reference);
    }
    let client = session.client(WhenBroken::Fail, Arc::new(Quiet));
    let mut tally = Tally::default();
    for reference in references {
        let deletion = Deletion {
            options: &options,
            program: &session.program,
            repository: client.repository(&reference.name),
        };
        let outcome = deletion.run(&reference).await;
        let doing = format!("cannot delete {}", reference.familiar());
        tally.note(outcome.doing(doing), &session.program);
    }
    Ok(tally.status())
}

/// One name.
struct Deletion<'a> {
    options: &'a Options,
    program: &'a str,
    repository: Repository,
}

impl Deletion<'_> {
    async fn run(&self, reference: &Reference) -> Outcome {
        match (&reference.digest, &reference.tag) {
            (Some(digest), _) => self.image(reference, digest).await,
            (None, Some(tag)) => self.tag(reference, tag).await,
            (None, None) => Ok(Status::SUCCESS),
        }
    }

    /// Deletes a tag and nothing else.
    async fn tag(&self, reference: &Reference, tag: &Tag) -> Outcome {
        let at = Selector::Tag(tag.clone());
        let familiar = reference.familiar();
        let found = self
            .repository
            .now(tag)
            .await?
            .ok_or_else(|| Error::NotFound {
                what: Thing::Manifest,
                name: familiar.clone(),
                answer: None,
            })?;
        if self.options.dry_run {
            output::line(&format!("Would delete the tag: {familiar}"))?;
            return Ok(Status::SUCCESS);
        }
        if let Err(error) = self.repository.delete(&at).await {
            return Err(self.explained(error, reference, &found.digest));
        }
        output::line(&format!("Deleted: {familiar}"))?;
        Ok(Status::SUCCESS)
    }

    /// A registry that deletes no tags deletes images, and those with all their tags.
    fn explained(&self, error: Error, reference: &Reference, digest: &Digest) -> Failure {
        let no_tags = matches!(error, Error::Unsupported { .. });
        let failure = Failure::from(error);
        if !no_tags {
            return failure;
        }
        let whole = reference.name.with_digest(digest).familiar();
        failure.hinting(format!(
            "`{} delete {whole}` deletes the image, and every tag that it has, if the registry deletes anything",
            self.program
        ))
    }

    /// Deletes an image, after saying which tags go with it.
    async fn image(&self, reference: &Reference, digest: &Digest) -> Outcome {
        let at = Selector::Digest(*digest);
        let subject = self.subject(&at).await?;
        let tags = self.tags_of(digest, subject.as_ref()).await?;
        let familiar = reference.name.with_digest(digest).familiar();
        for tag in &tags {
            output::story(&format!("the tag {tag} goes with it"));
        }
        if self.options.dry_run {
            output::line(&format!("Would delete: {familiar}"))?;
            return Ok(Status::SUCCESS);
        }
        if !self.options.yes {
            let question = format!("Delete {familiar} and its {} tags? [y/N] ", tags.len());
            if !prompt::confirm(&question).await? {
                return Ok(Status::SUCCESS);
            }
        }
        self.repository.delete(&at).await?;
        if let Some(subject) = &subject {
            let doing = format!("cannot take it off the list of what is attached to {subject}");
            self.repository.unlist(subject, digest).await.doing(doing)?;
        }
        for tag in &tags {
            output::line(&format!(
                "Deleted: {}",
                reference.name.with_tag(tag).familiar()
            ))?;
        }
        output::line(&format!("Deleted: {familiar}"))?;
        Ok(Status::SUCCESS)
    }

    /// What the image is attached to. There has to be such an image; one that is damaged is deleted, too.
    async fn subject(&self, at: &Selector) -> Result<Option<Digest>> {
        match Source::manifest(&self.repository, at).await {
            Ok(manifest) => Ok(manifest.subject().map(|subject| subject.digest)),
            Err(Error::Manifest { .. } | Error::DigestMismatch { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The tags that point at `digest` now. One at an index that lists it is in the way, unless that is the list of what
    /// is attached to `subject`.
    async fn tags_of(
        &self,
        digest: &Digest,
        subject: Option<&Digest>,
    ) -> Result<Vec<Tag>, Failure> {
        let list = subject.map(Digest::tie);
        let mut tags = self.repository.tags_for_certain().await?;
        tags.sort();
        let found: Vec<(Tag, Keeps)> = stream::iter(tags)
            .map(|tag| async move {
                let keeps = match self.repository.now(&tag).await? {
                    Some(now) => self.keeps(&now, digest).await?,
                    None => Keeps::Nothing,
                };
                Ok::<_, Error>((tag, keeps))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let of = |wanted: Keeps| found.iter().filter(move |(_, keeps)| *keeps == wanted);
        let listing = of(Keeps::Below).map(|(tag, _)| tag.as_str());
        let listing: Vec<&str> = listing.filter(|tag| list.as_deref() != Some(tag)).collect();
        if !listing.is_empty() {
            let conflict = Failure::from(Error::Conflict {
                id: digest.to_string(),
                reason: "an index lists it",
            });
            let tags = listing.join(", ");
            let said = format!("the index at {tags} lists it, and would be broken");
            return Err(conflict.saying(said).hinting("delete that first"));
        }
        Ok(of(Keeps::Itself).map(|(tag, _)| tag.clone()).collect())
    }

    /// How what a tag points at has to do with `digest`.
    async fn keeps(&self, now: &Descriptor, digest: &Digest) -> Result<Keeps> {
        if now.digest == *digest {
            return Ok(Keeps::Itself);
        }
        let mut level = Vec::from_iter(now.media_type.is_index().then_some(now.digest));
        for depth in 0..MAX_INDEX_DEPTH {
            for at in std::mem::take(&mut level) {
                let read = Source::manifest(&self.repository, &Selector::Digest(at)).await;
                let manifest = match read {
                    // An index may list what its registry never got.
                    Err(error) if error.is_not_found() && depth > 0 => continue,
                    read => read?,
                };
                for entry in manifest.index().iter().flat_map(|index| &index.manifests) {
                    if entry.digest == *digest {
                        return Ok(Keeps::Below);
                    }
                    level.extend(entry.media_type.is_index().then_some(entry.digest));
                }
            }
        }
        Ok(Keeps::Nothing)
    }
}

/// What a tag keeps of an image.
#[derive(PartialEq, Eq)]
enum Keeps {
    /// It points at it.
    Itself,
    /// It points at an index that lists it.
    Below,
    /// Nothing.
    Nothing,
}
