//! `copy`: images from one place to another, without touching the disk where both are registries.

use std::sync::Arc;

use clap::Args;
use futures_util::{StreamExt, stream};
use globset::GlobMatcher;

use super::images_filter::pattern;
use super::pull::{record_origin, tell_plan};
use crate::cli::location::Location;
use crate::cli::options::{NetworkOptions, credential, platform, secret};
use crate::cli::output;
use crate::cli::render::{Direction, Progress};
use crate::cli::report::{Doing, Failure, Outcome, Status, Tally, usage};
use crate::cli::session::Session;
use crate::credential::Secret;
use crate::error::{Error, Result};
use crate::oci::{Digest, Platform, Platforms, Reference, Selector, Tag};
use crate::registry::{Repository, WhenBroken};
use crate::store::{Sink, Source};
use crate::transfer::{self, IndexRule, Item};

mod attached;
mod ends;

use ends::End;

/// How many tags are compared at once.
const COMPARED_AT_ONCE: usize = 16;

/// Copy images between registries and the local store
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} copy debian:12 registry.example:5000/mirror/debian:12
  {program} copy -a ghcr.io/acme/app registry.example:5000/acme/app
  {program} copy registry.example/app:1.4.2 registry.example/app:stable
  {program} copy local:debian:12 registry.example:5000/debian:12

From registry to registry nothing is written to the disk. What the target has already is not sent, and layers that the same registry has in the other repository are mounted. A copy of all tags goes on past one that fails, and sends only what is new when it is run again.")]
pub(crate) struct Options {
    /// Where the image is: NAME on its registry, or local:NAME
    #[arg(value_name = "SOURCE")]
    from: String,

    /// Where it goes: NAME on its registry, or local:NAME; without a tag, the source's
    #[arg(value_name = "TARGET")]
    to: String,

    /// Copy every tag of the repository
    #[arg(short, long)]
    all_tags: bool,

    /// With -a: only tags that match a shell pattern
    #[arg(long, value_name = "GLOB", requires = "all_tags")]
    filter: Option<String>,

    /// Copy only the images for these platforms: one goes without its index, several with a shorter one
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform, conflicts_with = "all_platforms")]
    platform: Vec<Platform>,

    /// Copy for every platform there is, as without --platform
    #[arg(long)]
    all_platforms: bool,

    /// Copy what is attached to the image too: signatures, attestations, SBOMs
    #[arg(long)]
    referrers: bool,

    /// Credentials for the source only
    #[arg(long, value_name = "USER:PASSWORD", value_parser = secret)]
    src_creds: Option<Secret>,

    /// Credentials for the target only
    #[arg(long, value_name = "USER:PASSWORD", value_parser = secret)]
    dest_creds: Option<Secret>,

    /// Print only the name of what was copied
    #[arg(short, long)]
    quiet: bool,

    /// Only say what would be copied
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Copies one image, or all tags of a repository.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let from: Location = options.from.parse()?;
    let to: Location = options.to.parse()?;
    if options.network.creds.is_some() && from.is_remote() && to.is_remote() {
        return Err(usage(
            "--creds does not say for which of the two registries",
            Some("use --src-creds for the source and --dest-creds for the target"),
        )
        .into());
    }
    let doing = format!("cannot copy {} to {}", options.from, options.to);
    let copy = Copy::open(session, &options, from, to).doing(&doing)?;
    let outcome = if options.all_tags {
        copy.all_tags().await
    } else {
        copy.one().await
    };
    copy.progress.finish();
    outcome.doing(doing)
}

/// What was copied.
struct Copied {
    /// What the source has.
    root: Digest,
    /// What the target got; another where only some platforms went.
    put: Digest,
}

/// Two places, and what is wanted between them.
struct Copy<'a> {
    session: &'a Session,
    options: &'a Options,
    from: End,
    to: End,
    source: Box<dyn Source>,
    sink: Box<dyn Sink>,
    progress: Arc<dyn Progress>,
}

impl<'a> Copy<'a> {
    fn open(
        session: &'a Session,
        options: &'a Options,
        from: Location,
        to: Location,
    ) -> Result<Self, Failure> {
        let (from, to) = (
            End::source(session, from, options)?,
            End::target(session, to, options)?,
        );
        let progress = session.progress(Direction::Copy, options.quiet);
        let writer = |given: Option<&Secret>| match given {
            Some(secret) => Ok(session.client_as(credential(secret)?, progress.clone())),
            None => Ok::<_, Failure>(session.client(WhenBroken::Fail, progress.clone())),
        };
        let target = writer(options.dest_creds.as_ref())?;
        let same_host = from.reference.name.host == to.reference.name.host;
        // A foreign layer that the source lacks stays where its image says, for a registry; a store lacks something then.
        let read = |repository: Repository| -> Box<dyn Source> {
            match &to.layout {
                Some(_) => Box::new(repository),
                None => Box::new(repository.without_absent_layers()),
            }
        };
        let source: Box<dyn Source> = match (&from.layout, &options.src_creds) {
            (Some(layout), _) => Box::new(layout.at(&from.reference.name)),
            (None, Some(secret)) => {
                let client = session.client_as(credential(secret)?, progress.clone());
                read(client.repository(&from.reference.name))
            }
            // One client, so that connections and tokens are shared.
            (None, None) if same_host && to.layout.is_none() => {
                read(target.repository(&from.reference.name))
            }
            (None, None) => {
                let client = session.client(WhenBroken::Warn, progress.clone());
                read(client.repository(&from.reference.name))
            }
        };
        let sink: Box<dyn Sink> = match &to.layout {
            Some(layout) => Box::new(layout.at(&to.reference.name).observed(progress.clone())),
            None => Box::new(target.repository(&to.reference.name)),
        };
        Ok(Self {
            session,
            options,
            from,
            to,
            source,
            sink,
            progress,
        })
    }

    async fn one(&self) -> Outcome {
        let tag = self.to.reference.tag.clone();
        let tag = tag.or_else(|| self.from.reference.tag.clone());
        let tag = tag.unwrap_or_else(Tag::latest);
        let selector = self.from.selector();
        let same = self.same(&selector, &tag).await?;
        self.bring(selector, &tag, same).await?;
        self.tell_name(&self.to.reference.name.with_tag(&tag).to_string())
    }

    async fn all_tags(&self) -> Outcome {
        let filter = self.options.filter.as_deref().map(pattern).transpose()?;
        let wanted = |tag: &Tag| {
            let matches = |filter: &GlobMatcher| filter.is_match(tag.as_str());
            filter.as_ref().is_none_or(matches)
        };
        let mut tags = self.source.tags().await?;
        tags.retain(wanted);
        tags.sort();
        let (mut tally, all) = (Tally::default(), tags.len());
        let mut failed = 0;
        for (tag, same) in self.compare(tags).await {
            let brought = match same {
                Ok(same) => self.bring(Selector::Tag(tag.clone()), &tag, same).await,
                Err(error) => Err(error.into()),
            };
            failed += usize::from(brought.is_err());
            let outcome = brought.map(|()| Status::SUCCESS);
            tally.note(outcome.doing(format!("tag {tag}")), &self.session.program);
        }
        if failed > 0 {
            output::story(&format!("{failed} of {all} tags were not copied"));
        }
        self.tell_name(&self.to.reference.name.to_string())?;
        Ok(tally.status())
    }

    /// Which tags the target has as the source has them.
    async fn compare(&self, tags: Vec<Tag>) -> Vec<(Tag, Result<Option<Digest>>)> {
        stream::iter(tags)
            .map(|tag| async move {
                let same = self.same(&Selector::Tag(tag.clone()), &tag).await;
                (tag, same)
            })
            .buffered(COMPARED_AT_ONCE)
            .collect()
            .await
    }

    /// What `selector` is at the source, if the target's tag is the same with all it owes: a registry takes no manifest
    /// of which something is absent, while a local store holds the platforms that were pulled.
    async fn same(&self, selector: &Selector, tag: &Tag) -> Result<Option<Digest>> {
        if self.to.layout.is_some() || !self.options.platform.is_empty() {
            return Ok(None);
        }
        let Some(there) = self.sink.resolve(tag).await? else {
            return Ok(None);
        };
        let here = self.source.resolve(selector).await?;
        Ok((here.digest == there.digest).then_some(here.digest))
    }

    /// Sees to it that the target has the image under the tag, and what is attached to it where that is wanted.
    async fn bring(
        &self,
        selector: Selector,
        tag: &Tag,
        same: Option<Digest>,
    ) -> Result<(), Failure> {
        let item = self.chosen(selector, tag);
        let root = if let Some(root) = same {
            self.tell(&format!("{tag}: up to date"))?;
            root
        } else if self.options.dry_run {
            let target = self.to.reference.name.with_tag(tag);
            return self.dry_run(&item, &target).await;
        } else {
            let copied = self.copy(&item).await?;
            self.tell(&format!("{tag}: digest: {}", copied.put))?;
            copied.root
        };
        if self.options.referrers && !self.options.dry_run {
            self.bring_attached(&root).await?;
        }
        Ok(())
    }

    /// All that `selector` stands for.
    fn whole(&self, selector: Selector, tag: Option<Tag>) -> Item {
        Item {
            reference: match &selector {
                Selector::Tag(tag) => self.from.reference.name.with_tag(tag),
                Selector::Digest(digest) => self.from.reference.name.with_digest(digest),
            },
            selector,
            tag,
            platforms: Platforms::All,
            strict: false,
            index: IndexRule::Kept,
        }
    }

    /// The platforms that the user chose of it.
    fn chosen(&self, selector: Selector, tag: &Tag) -> Item {
        let whole = self.whole(selector, Some(tag.clone()));
        let platforms = &self.options.platform;
        if platforms.is_empty() {
            return whole;
        }
        Item {
            platforms: Platforms::These(platforms.clone()),
            strict: true,
            index: match platforms.len() {
                1 => IndexRule::Dropped,
                _ => IndexRule::Reduced,
            },
            ..whole
        }
    }

    async fn copy(&self, item: &Item) -> Result<Copied> {
        if self.is_retag() {
            let manifest = self.source.manifest(&item.selector).await?;
            self.sink.put_manifest(&manifest, item.tag.as_ref()).await?;
            let digest = *manifest.digest();
            return Ok(Copied {
                root: digest,
                put: digest,
            });
        }
        let options = self.session.transfer(self.progress.as_ref(), None);
        let items = std::slice::from_ref(item);
        let outcomes = transfer::copy(&*self.source, &*self.sink, items, &options).await?;
        self.progress.finish();
        let nothing = || Error::Machine(format!("nothing became of {}", item.reference));
        let outcome = outcomes.first().ok_or_else(nothing)?;
        let copied = Copied {
            root: outcome.root.digest,
            put: outcome.put.digest,
        };
        self.record(&copied).await?;
        if copied.put != copied.root {
            let what = match (&outcome.reduced, &self.options.platform[..]) {
                (Some(platform), []) => format!("only {platform} of it is here, which"),
                (Some(platform), _) => format!("the image for {platform} alone"),
                (None, _) => "the index of the chosen platforms".to_owned(),
            };
            let name = item.reference.familiar();
            let Copied { root, put } = &copied;
            output::story(&format!("note: {name} is {root}; {what} is {put}"));
        }
        Ok(copied)
    }

    /// In one repository everything that a manifest owes is there: the manifest alone gets another name.
    fn is_retag(&self) -> bool {
        let remote = self.from.layout.is_none() && self.to.layout.is_none();
        remote
            && self.options.platform.is_empty()
            && self.from.reference.name == self.to.reference.name
    }

    /// Tells the store at one end what the registry at the other one holds.
    async fn record(&self, copied: &Copied) -> Result<()> {
        let (from, to) = (&self.from, &self.to);
        match (&from.layout, &to.layout) {
            (None, Some(layout)) => record_origin(layout, copied.root, &from.reference.name).await,
            (Some(layout), None) => record_origin(layout, copied.put, &to.reference.name).await,
            _ => Ok(()),
        }
    }

    async fn dry_run(&self, item: &Item, target: &Reference) -> Result<(), Failure> {
        let options = self.session.transfer(self.progress.as_ref(), None);
        let (plan, lacking) = transfer::dry_run(&*self.source, &*self.sink, item, &options).await?;
        output::line(&format!("Would copy {} to {target}", item.reference))?;
        output::line(&format!("Digest: {}", plan.root.digest))?;
        Ok(tell_plan(&plan, &lacking)?)
    }

    /// A line of the result that `--quiet` leaves out.
    fn tell(&self, line: &str) -> Result<()> {
        if self.options.quiet {
            return Ok(());
        }
        output::line(line)
    }

    /// The last line.
    fn tell_name(&self, name: &str) -> Outcome {
        if !self.options.dry_run {
            output::line(name)?;
        }
        Ok(Status::SUCCESS)
    }
}
