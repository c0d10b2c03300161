//! `copy`: images from one place to another, without touching the disk where both are registries.

use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use futures_util::{StreamExt, stream};
use globset::GlobMatcher;

use super::images_filter::pattern;
use super::pull::{record_origin, tell_plan};
use crate::cli::location::{Location, Transport};
use crate::cli::options::{NetworkOptions, platform, secret};
use crate::cli::output;
use crate::cli::place::daemon;
use crate::cli::render::Progress;
use crate::cli::render::escape::escape;
use crate::cli::report::{Doing, Failure, Outcome, Status, Tally, usage};
use crate::cli::session::Session;
use crate::credential::Secret;
use crate::error::{Error, Result};
use crate::oci::{Digest, Name, Platform, Platforms, Selector, Tag};
use crate::transfer::{self, IndexRule, Item, Plan};

mod attached;
mod compared;
mod opening;
mod origin;
mod target;

use compared::Compared;
use origin::Origin;
use target::{Target, Wanted};

/// How many tags are compared at once.
const COMPARED_AT_ONCE: usize = 16;

/// Copy images between registries, the local store, layouts, archives and docker's daemon
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
  {program} copy ghcr.io/acme/app:v2 oci:layout:v2
  {program} copy docker-daemon:app:dev registry.example:5000/app:dev

A place is NAME on its registry, local:NAME in the local store, oci:DIR[:NAME] (an OCI layout), oci-archive:FILE[:NAME], docker-archive:FILE[:NAME] (what docker save writes), or docker-daemon:NAME (docker's or podman's daemon: DOCKER_HOST, else /var/run/docker.sock). A NAME in a layout without / and : is a tag; without NAME the only image is meant, or the target gets the source's name. An archive is written anew: a file of that name is replaced, where a layout gets one image more.

From registry to registry nothing is written to the disk. What the target has already is not sent, and layers that the same registry has in the other repository are mounted. A copy of all tags goes on past one that fails, and sends only what is new when it is run again.")]
pub(crate) struct Options {
    /// Where the image is: NAME on its registry, local:NAME, oci:DIR[:NAME] or another place
    #[arg(value_name = "SOURCE")]
    from: String,

    /// Where it goes, likewise; without a tag, the source's, or latest for a source by digest
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

impl Options {
    /// Whether a copy that was interrupted leaves nothing that another one could go on with: what has come is in an archive.
    pub(crate) fn is_all_or_nothing(&self) -> bool {
        let to = self.to.parse();
        matches!(to, Ok(Location::Place(place)) if place.transport != Transport::Oci)
    }
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
    let run = async {
        match to {
            Location::Place(place)
                if place.transport == Transport::DockerDaemon && !options.dry_run =>
            {
                let to = Location::Place(place);
                let write = |pipe| Copy::run(session, &options, from, to, Some(pipe));
                daemon::load(session, write, |done: &Done| done.whole).await
            }
            to => Copy::run(session, &options, from, to, None).await,
        }
    };
    let done = run.await.doing(doing)?;
    for line in done.lines {
        output::line(&line)?;
    }
    Ok(done.status)
}

/// How a copy ended.
struct Done {
    status: Status,
    /// Results that are not told before all of an archive is written, or taken by the daemon.
    lines: Vec<String>,
    /// Whether an archive was written to its end.
    whole: bool,
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
    from: Origin,
    to: Target,
    platforms: Vec<Platform>,
    progress: Arc<dyn Progress>,
    /// Results of a target that is written as a whole.
    lines: Mutex<Vec<String>>,
}

impl Copy<'_> {
    async fn one(&self) -> Outcome {
        let image = self.from.one()?;
        let wanted = self.to.one(image.repository.as_ref(), image.tag.as_ref())?;
        let compared = self.compare(&image.selector, &wanted).await?;
        self.bring(image.selector, &wanted, compared).await?;
        self.tell_name(&wanted.shown)
    }

    async fn all_tags(&self) -> Outcome {
        let filter = self.options.filter.as_deref().map(pattern).transpose()?;
        let wanted = |tag: &Tag| {
            let matches = |filter: &GlobMatcher| filter.is_match(tag.as_str());
            filter.as_ref().is_none_or(matches)
        };
        let repository = self.from.repository();
        let mut images = Vec::new();
        for (selector, tag) in self.from.all().await? {
            if wanted(&tag) {
                let becomes = self.to.tagged(repository.as_ref(), &tag)?;
                images.push((selector, tag, becomes));
            }
        }
        let (mut tally, all) = (Tally::default(), images.len());
        let mut failed = 0;
        let compared: Vec<_> = stream::iter(&images)
            .map(|(selector, _, becomes)| self.compare(selector, becomes))
            .buffered(COMPARED_AT_ONCE)
            .collect()
            .await;
        for ((selector, tag, becomes), compared) in images.into_iter().zip(compared) {
            let brought = match compared {
                Ok(compared) => self.bring(selector, &becomes, compared).await,
                Err(error) => Err(error.into()),
            };
            failed += usize::from(brought.is_err());
            let outcome = brought.map(|()| Status::SUCCESS);
            tally.note(outcome.doing(format!("tag {tag}")), &self.session.program);
        }
        if failed > 0 {
            output::story(&format!("{failed} of {all} tags were not copied"));
        }
        if all == 0 {
            output::story("no tags were copied: there are none, or none matches");
            return Ok(tally.status());
        }
        self.tell_name(&self.to.shown())?;
        Ok(tally.status())
    }

    /// Sees to it that the target has the image as it is wanted, and what is attached to it where that was asked for.
    async fn bring(
        &self,
        selector: Selector,
        wanted: &Wanted,
        compared: Compared,
    ) -> Result<(), Failure> {
        let item = self.chosen(selector, wanted);
        let tag = &wanted.label;
        let (root, planned) = if let Compared::Same(root) = compared {
            self.tell(&format!("{tag}: up to date"))?;
            (root, Vec::new())
        } else if self.options.dry_run {
            let plan = self.dry_run(&item, &wanted.shown).await?;
            (plan.root.digest, plan.manifests)
        } else {
            let copied = self.copy(&item, wanted, compared).await?;
            self.tell(&format!("{tag}: digest: {}", copied.put))?;
            (copied.root, Vec::new())
        };
        if self.options.referrers {
            let repository = wanted.repository().or_else(|| self.from.repository());
            self.bring_attached(&root, &planned, repository.as_ref())
                .await?;
        }
        Ok(())
    }

    /// All that `selector` stands for.
    fn whole(&self, selector: Selector, wanted: &Wanted) -> Item {
        // Only for people: what comes from nowhere that has a name is called by where it goes.
        let named = self.from.repository().or_else(|| wanted.repository());
        let name = named.unwrap_or_else(Name::stand_in);
        Item {
            label: self.from.label(Some(&selector)),
            reference: match &selector {
                Selector::Tag(tag) => name.with_tag(tag),
                Selector::Digest(digest) => name.with_digest(digest),
            },
            selector,
            tag: wanted.tag.clone(),
            platforms: Platforms::All,
            strict: false,
            index: IndexRule::Kept,
        }
    }

    /// The platforms that the user chose of it.
    fn chosen(&self, selector: Selector, wanted: &Wanted) -> Item {
        let mut whole = self.whole(selector, wanted);
        if !self.options.all_tags {
            whole.label = self.from.label(None);
        }
        if self.platforms.is_empty() {
            return whole;
        }
        Item {
            platforms: Platforms::These(self.platforms.clone()),
            strict: !self.options.platform.is_empty(),
            index: match self.platforms.len() {
                1 => IndexRule::Dropped,
                _ => IndexRule::Reduced,
            },
            ..whole
        }
    }

    async fn copy(&self, item: &Item, wanted: &Wanted, compared: Compared) -> Result<Copied> {
        let (source, sink) = (self.from.source(), self.to.sink.as_ref());
        if self.is_retag() {
            let manifest = source.manifest(&item.selector).await?;
            sink.put_manifest(&manifest, item.tag.as_ref()).await?;
            let digest = *manifest.digest();
            return Ok(Copied {
                root: digest,
                put: digest,
            });
        }
        let nearby = self.to.nearby.as_deref();
        let options = transfer::Options {
            compared: matches!(compared, Compared::Other),
            ..self.session.transfer(self.progress.as_ref(), nearby)
        };
        if self.to.is_for_docker() {
            let (plan, _) = transfer::dry_run(source, sink, item, &options).await?;
            Target::warn_of(&item.name(), &plan);
        }
        let items = std::slice::from_ref(item);
        let outcomes = transfer::copy(source, sink, items, &options).await?;
        self.progress.finish();
        let nothing = || Error::Machine(format!("nothing became of {}", item.name()));
        let outcome = outcomes.first().ok_or_else(nothing)?;
        self.to.call(&outcome.put, wanted).await?;
        let copied = Copied {
            root: outcome.root.digest,
            put: outcome.put.digest,
        };
        self.record(&copied).await?;
        if copied.put != copied.root {
            let what = match (&outcome.reduced, &self.platforms[..]) {
                (Some(platform), []) => format!("only {platform} of it is here, which"),
                (Some(platform), _) => format!("the image for {platform} alone"),
                (None, _) => "the index of the chosen platforms".to_owned(),
            };
            let name = item.name();
            let Copied { root, put } = &copied;
            output::story(&format!("note: {name} is {root}; {what} is {put}"));
        }
        Ok(copied)
    }

    /// In one repository everything that a manifest owes is there: the manifest alone gets another name.
    fn is_retag(&self) -> bool {
        let (from, to) = (self.from.remote(), self.to.remote());
        self.platforms.is_empty() && from.is_some() && from == to
    }

    /// Tells the store at one end what the registry at the other one holds.
    async fn record(&self, copied: &Copied) -> Result<()> {
        if let (Some(name), Some(layout)) = (self.from.remote(), self.to.layout()) {
            return record_origin(layout, copied.root, name).await;
        }
        if let (Some(layout), Some(name)) = (self.from.layout(), self.to.remote()) {
            return record_origin(layout, copied.put, name).await;
        }
        Ok(())
    }

    /// Tells what would be copied.
    async fn dry_run(&self, item: &Item, target: &str) -> Result<Plan> {
        let options = self.session.transfer(self.progress.as_ref(), None);
        let (source, sink) = (self.from.source(), self.to.sink.as_ref());
        let (plan, lacking) = transfer::dry_run(source, sink, item, &options).await?;
        output::line(&format!(
            "Would copy {} to {}",
            escape(&item.full_name()),
            escape(target)
        ))?;
        output::line(&format!("Digest: {}", plan.root.digest))?;
        tell_plan(&plan, &lacking)?;
        Ok(plan)
    }

    /// A line of the result that `--quiet` leaves out.
    fn tell(&self, line: &str) -> Result<()> {
        if self.options.quiet {
            return Ok(());
        }
        self.result(line)
    }

    /// A line of the result: at once, or when a target that is written as a whole is.
    fn result(&self, line: &str) -> Result<()> {
        if self.to.is_archive() && !self.options.dry_run {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(line.to_owned());
            return Ok(());
        }
        output::line(line)
    }

    /// The last line.
    fn tell_name(&self, name: &str) -> Outcome {
        if !self.options.dry_run {
            self.result(&escape(name))?;
        }
        Ok(Status::SUCCESS)
    }
}
