//! `pull`: images from registries into the local store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::cli::location::Location;
use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::render::units;
use crate::cli::render::{Direction, Progress, layer_id};
use crate::cli::report::{Doing, Outcome, Status, Tally, usage};
use crate::cli::session::{Session, blocking};
use crate::error::Result;
use crate::event::{Event, Observer, Role};
use crate::oci::{Descriptor, Digest, Name, Platform, Platforms, Reference, Selector, Tag};
use crate::registry::{Repository, WhenBroken};
use crate::store::layout::{At, Layout};
use crate::store::{Sink, Source};
use crate::transfer::{self, IndexRule, Item};

/// Pull images from a registry into the local store
#[allow(
    clippy::struct_excessive_bools,
    clippy::doc_markdown,
    reason = "each is an option of the command line, and its comment the help text"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} pull debian                              the tag latest, from Docker Hub
  {program} pull --platform linux/arm64 debian:12
  {program} pull -a registry.example:5000/team/app
  {program} pull --newer --exit-code debian:12; [ $? -eq 1 ] && echo 'a newer one'

An interrupted pull is resumed by the same command: only what is missing is fetched.")]
pub(crate) struct Options {
    /// Images to pull
    #[arg(value_name = "NAME[:TAG|@DIGEST]", value_parser = Location::remote, required = true)]
    names: Vec<String>,

    /// Pull every tag of the repository
    #[arg(short, long)]
    all_tags: bool,

    /// Pull for these platforms, such as linux/arm64 [env: DOCKER_DEFAULT_PLATFORM]
    #[arg(long, value_name = "PLATFORM", value_delimiter = ',', value_parser = platform, conflicts_with = "all_platforms")]
    platform: Vec<Platform>,

    /// Pull for every platform there is
    #[arg(long)]
    all_platforms: bool,

    /// Print only the name of what was pulled
    #[arg(short, long)]
    quiet: bool,

    /// Do not wait for the disk: for stores that are thrown away
    #[arg(long)]
    no_fsync: bool,

    /// Only say what would be pulled
    #[arg(long)]
    dry_run: bool,

    /// Only say whether the registry has something newer
    #[arg(long, conflicts_with_all = ["dry_run", "all_tags"])]
    newer: bool,

    /// With --newer: exit with 1 if it has
    #[arg(long, requires = "newer")]
    exit_code: bool,

    /// Fetch layers that the registry lacks from the addresses their image lists, without credentials
    #[arg(long)]
    allow_foreign_layers: bool,

    /// Accepted for docker's sake
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    disable_content_trust: Option<bool>,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Pulls one name after the other; a failing one does not keep the others from being pulled.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let mut references = Vec::new();
    for name in &options.names {
        let reference: Reference = name.parse()?;
        if options.all_tags && (reference.tag.is_some() || reference.digest.is_some()) {
            return Err(usage("tag can't be used with --all-tags/-a", None).into());
        }
        references.push(reference);
    }
    let layout = if options.no_fsync {
        session.layout_unsynced()?
    } else {
        session.layout()?
    };
    let mut tally = Tally::default();
    for reference in references {
        let pull = Pull::new(session, &options, &layout, &reference);
        let outcome = pull.run(reference.clone()).await;
        pull.progress.finish();
        tally.note(
            outcome.doing(format!("cannot pull {}", reference.familiar())),
            &session.program,
        );
    }
    Ok(tally.status())
}

/// One repository on its way.
struct Pull<'a> {
    session: &'a Session,
    options: &'a Options,
    layout: &'a Layout,
    source: Repository,
    sink: At,
    progress: Arc<dyn Progress>,
}

impl<'a> Pull<'a> {
    fn new(
        session: &'a Session,
        options: &'a Options,
        layout: &'a Layout,
        reference: &Reference,
    ) -> Self {
        let progress = session.progress(Direction::Pull, options.quiet);
        let client = session.client(WhenBroken::Warn, progress.clone());
        Self {
            session,
            options,
            layout,
            source: if options.allow_foreign_layers {
                client.repository(&reference.name).with_foreign_layers()
            } else {
                client.repository(&reference.name)
            },
            sink: layout.at(&reference.name).observed(progress.clone()),
            progress,
        }
    }

    async fn run(&self, reference: Reference) -> Outcome {
        if self.options.all_tags {
            return self.all_tags(&reference).await;
        }
        let bare = reference.tag.is_none() && reference.digest.is_none();
        if bare && !self.options.quiet {
            output::line("Using default tag: latest")?;
        }
        let mut reference = reference.or_latest();
        if reference.digest.is_some() {
            // The digest decides; the tag beside it is not looked at and would be a claim nobody checked.
            reference.tag = None;
        }
        if self.options.newer {
            return self.newer(&reference).await;
        }
        if self.options.dry_run {
            self.dry_run(&reference).await?;
            return Ok(Status::SUCCESS);
        }
        let changed = self.one(&reference).await?;
        self.done(changed, &reference.familiar(), &reference.to_string())
    }

    async fn all_tags(&self, reference: &Reference) -> Outcome {
        let mut tags = self.source.tags().await?;
        tags.sort();
        let mut changed = false;
        for tag in &tags {
            let reference = reference.name.with_tag(tag);
            let doing = format!("tag {tag}");
            if self.options.dry_run {
                self.dry_run(&reference).await.doing(doing)?;
            } else {
                changed |= self.one(&reference).await.doing(doing)?;
            }
        }
        if self.options.dry_run {
            return Ok(Status::SUCCESS);
        }
        self.done(
            changed,
            &reference.name.familiar(),
            &reference.name.to_string(),
        )
    }

    /// Pulls one image. Returns whether anything changed.
    async fn one(&self, reference: &Reference) -> Result<bool> {
        let heading = Heading::of(reference, self.options.quiet, self.progress.as_ref());
        let item = self.item(reference);
        let options = self.session.transfer(&heading, Some(&self.sink));
        let outcomes = transfer::copy(&self.source, &self.sink, &[item], &options).await?;
        self.progress.finish();
        heading.print()?;
        let mut changed = false;
        for outcome in &outcomes {
            record_origin(self.layout, outcome.root.digest, &reference.name).await?;
            if !self.options.quiet {
                output::line(&format!("Digest: {}", outcome.root.digest))?;
            }
            changed |= outcome.changed;
        }
        Ok(changed)
    }

    fn item(&self, reference: &Reference) -> Item {
        Item {
            label: None,
            reference: reference.clone(),
            selector: reference.selector(),
            tag: reference.tag.clone(),
            platforms: self.platforms(),
            strict: !self.options.platform.is_empty(),
            index: IndexRule::Kept,
        }
    }

    fn platforms(&self) -> Platforms {
        if self.options.all_platforms {
            Platforms::All
        } else if self.options.platform.is_empty() {
            Platforms::These(vec![self.session.wanted(None)])
        } else {
            Platforms::These(self.options.platform.clone())
        }
    }

    /// Docker's last lines.
    fn done(&self, changed: bool, familiar: &str, full: &str) -> Outcome {
        if !self.options.quiet {
            output::line(&format!(
                "Status: {} for {familiar}",
                if changed {
                    "Downloaded newer image"
                } else {
                    "Image is up to date"
                }
            ))?;
        }
        output::line(full)?;
        Ok(Status::SUCCESS)
    }

    /// Compares what the registry's tag points at with what the local one does.
    async fn newer(&self, reference: &Reference) -> Outcome {
        let there = Source::resolve(&self.source, &reference.selector()).await?;
        let here = match &reference.selector() {
            Selector::Tag(tag) => Sink::resolve(&self.sink, tag).await?,
            Selector::Digest(_) if self.sink.has(&there).await? => Some(there.clone()),
            Selector::Digest(_) => None,
        };
        let newer = here.is_none_or(|here| here.digest != there.digest);
        let verdict = if newer {
            format!("newer: {}", there.digest)
        } else {
            "up to date".to_owned()
        };
        output::line(&format!("{}: {verdict}", reference.familiar()))?;
        Ok(Status(u8::from(newer && self.options.exit_code)))
    }

    /// Says what a pull would move, and from where.
    async fn dry_run(&self, reference: &Reference) -> Result<()> {
        let options = self
            .session
            .transfer(self.progress.as_ref(), Some(&self.sink));
        let item = self.item(reference);
        let (plan, lacking) = transfer::dry_run(&self.source, &self.sink, &item, &options).await?;
        output::line(&format!("Would pull {reference}"))?;
        output::line(&format!("Digest: {}", plan.root.digest))?;
        tell_plan(&plan, &lacking)?;
        let layout = self.layout.clone();
        let space = blocking(move || layout.space_for(&lacking)).await?;
        let available = match space.available {
            Some(bytes) => format!(", {} free", units::precise_size(bytes)),
            None => String::new(),
        };
        output::line(&format!(
            "Disk: {} needed in {}{available}",
            units::precise_size(space.coming),
            self.layout.path().display()
        ))
    }
}

/// Notes that a repository holds `root`, off the workers: it waits for the store's lock.
pub(crate) async fn record_origin(layout: &Layout, root: Digest, name: &Name) -> Result<()> {
    let (layout, name) = (layout.clone(), name.clone());
    blocking(move || layout.record_origin(&root, &name)).await
}

/// The blobs of a dry run and their sum, for pull and push.
pub(crate) fn tell_plan(plan: &transfer::Plan, lacking: &[Descriptor]) -> Result<()> {
    let moves = |digest| lacking.iter().any(|blob| blob.digest == digest);
    for blob in &plan.blobs {
        let kind = match blob.role {
            Role::Config => "config",
            Role::Layer | Role::Content => "layer",
        };
        let (digest, size) = (blob.descriptor.digest, blob.descriptor.size);
        let what = if moves(digest) {
            units::precise_size(size)
        } else {
            "already there".to_owned()
        };
        output::line(&format!("{}: {kind}, {what}", layer_id(&digest)))?;
    }
    let moving = plan.blobs.iter().map(|blob| &blob.descriptor);
    let moving: Vec<_> = moving.filter(|blob| moves(blob.digest)).collect();
    output::line(&format!(
        "Total: {} in {} of {} blobs",
        units::precise_size(moving.iter().map(|blob| blob.size).sum()),
        moving.len(),
        plan.blobs.len()
    ))
}

/// Docker's `TAG: Pulling from PATH`, printed once and only when there is something to pull: an observer that sees the
/// plan before the renderer does.
struct Heading<'a> {
    text: Option<String>,
    printed: AtomicBool,
    inner: &'a dyn Observer,
}

impl<'a> Heading<'a> {
    fn of(reference: &Reference, quiet: bool, inner: &'a dyn Observer) -> Self {
        let what = match &reference.digest {
            Some(_) => reference.familiar(),
            None => reference
                .tag
                .as_ref()
                .map_or("latest", Tag::as_str)
                .to_owned(),
        };
        let text = format!("{what}: Pulling from {}", reference.name.repository);
        Self {
            text: (!quiet).then_some(text),
            printed: AtomicBool::new(false),
            inner,
        }
    }

    fn print(&self) -> Result<()> {
        match &self.text {
            Some(text) if !self.printed.swap(true, Ordering::Relaxed) => output::line(text),
            _ => Ok(()),
        }
    }
}

impl Observer for Heading<'_> {
    fn observe(&self, event: &Event) {
        if let Event::Planned { .. } = event {
            // A full disk behind standard output is told by the next line that is written to it.
            let _ = self.print();
        }
        self.inner.observe(event);
    }
}
