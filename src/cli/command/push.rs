//! `push`: images from the local store to registries.

use std::sync::Arc;

use clap::Args;

use super::pull::{record_origin, tell_plan};
use crate::cli::location::Location;
use crate::cli::options::{NetworkOptions, platform, registry};
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::{Direction, Progress};
use crate::cli::report::{Doing, Failure, Outcome, Status, Tally, usage};
use crate::cli::session::Session;
use crate::error::{Error, Result, Thing};
use crate::oci::{Name, Platform, Platforms, Reference, Tag};
use crate::registry::{Repository, WhenBroken};
use crate::store::layout::{At, Layout};
use crate::transfer::{self, IndexRule, Item};

/// Push images from the local store to a registry
#[allow(
    clippy::struct_excessive_bools,
    clippy::doc_markdown,
    reason = "each is an option of the command line, and its comment the help text"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} tag debian:12 registry.example:5000/debian:12
  {program} push registry.example:5000/debian:12
  {program} push -a registry.example:5000/team/app
  {program} push --to registry.example:5000/mirror debian:12 alpine:3

Layers that the registry has already are not sent again, and layers it has in another repository are mounted. A push that ended early goes on where the registry kept what it got: run the same command again.")]
pub(crate) struct Options {
    /// Images to push; with --to also by ID or digest
    #[arg(value_name = "NAME[:TAG]", value_parser = Location::stored, required = true)]
    names: Vec<String>,

    /// Push every local tag of the repository
    #[arg(short, long)]
    all_tags: bool,

    /// Push only the image for this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// Push to this registry, under this prefix, keeping the rest of each name
    #[arg(long, value_name = "HOST[:PORT][/PREFIX]")]
    to: Option<String>,

    /// Print only the name of what was pushed
    #[arg(short, long)]
    quiet: bool,

    /// Only say what would be pushed
    #[arg(long)]
    dry_run: bool,

    /// Accepted for docker's sake
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    disable_content_trust: Option<bool>,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Pushes one name after the other; a failing one does not keep the others from being pushed.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    for name in &options.names {
        let reference = match name.parse::<Reference>() {
            // An ID of 64 digits is no name.
            Err(_) if options.to.is_some() && is_id(name) => continue,
            parsed => parsed?,
        };
        if reference.digest.is_some() && options.to.is_none() {
            return Err(usage("cannot push a digest reference", None).into());
        }
        if options.all_tags && (reference.tag.is_some() || reference.digest.is_some()) {
            return Err(usage("tag can't be used with --all-tags/-a", None).into());
        }
        target(&reference.name, options.to.as_deref())?;
    }
    let layout = session.layout_there()?;
    let mut tally = Tally::default();
    let (mut failed, mut all) = (0, 0);
    for name in &options.names {
        let doing = format!("cannot push {}", escape(name));
        let references = match named(session, &options, &layout, name) {
            Ok(references) => references,
            Err(error) => {
                (failed, all) = (failed + 1, all + 1);
                tally.note(Err(error).doing(doing), &session.program);
                continue;
            }
        };
        for reference in references {
            let outcome = one(session, &options, &layout, &reference).await;
            failed += usize::from(outcome.is_err());
            all += 1;
            tally.note(
                outcome.doing(format!("cannot push {}", reference.familiar())),
                &session.program,
            );
        }
    }
    if failed > 0 && all > 1 {
        output::story(&format!("{failed} of {all} were not pushed"));
    }
    Ok(tally.status())
}

async fn one(
    session: &Session,
    options: &Options,
    layout: &Layout,
    reference: &Reference,
) -> Outcome {
    let target = target(&reference.name, options.to.as_deref())?;
    let push = Push::new(session, options, layout, (&reference.name, &target));
    let outcome = push.run(reference).await;
    push.progress.finish();
    outcome
}

/// Whether a text may be the ID of an image and is no name.
fn is_id(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or(text);
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The names under which an image is here: the one given, or with `--to`, where that is an ID, all it has. One that has none
/// but its digest goes by that.
fn named(
    session: &Session,
    options: &Options,
    layout: &Layout,
    text: &str,
) -> Result<Vec<Reference>> {
    let parsed = text.parse::<Reference>();
    if options.to.is_none() || options.all_tags {
        return Ok(vec![parsed?]);
    }
    let found = layout.find(text, &session.wanted(options.platform.as_ref()));
    let image = match (found, &parsed) {
        (Ok(image), _) => image,
        // What is wrong with it is told in its turn.
        (Err(error), Ok(reference)) if error.is_not_found() => {
            return Ok(vec![reference.clone()]);
        }
        (Err(error), _) => return Err(error),
    };
    if let Ok(reference) = parsed
        && (reference.digest.is_some() || image.tags.contains(&reference.clone().or_latest()))
    {
        return Ok(vec![reference]);
    }
    let digest = image.digests.into_iter().next();
    match (&image.tags[..], digest) {
        ([], Some(digest)) => Ok(vec![digest]),
        ([], None) => {
            let hint = format!("give it one: `{} tag {text} NAME`", session.program);
            Err(usage(format!("{text} has no name"), Some(&hint)))
        }
        (tags, _) => Ok(tags.to_vec()),
    }
}

/// Where a repository goes: `to` in place of its registry.
fn target(name: &Name, to: Option<&str>) -> Result<Name> {
    let Some(to) = to else {
        return Ok(name.clone());
    };
    let to = to.trim_end_matches('/');
    let (host, prefix) = match to.split_once('/') {
        Some((host, prefix)) => (host, format!("{prefix}/")),
        None => (to, String::new()),
    };
    let host = registry(host)?;
    // The official images of Docker Hub are called without `library/` elsewhere.
    let path = name.repository.to_string();
    let path = match path.strip_prefix("library/") {
        Some(rest) if name.host.is_docker_hub() => rest,
        _ => &path,
    };
    Ok(format!("{host}/{prefix}{path}").parse()?)
}

/// One repository on its way.
struct Push<'a> {
    session: &'a Session,
    options: &'a Options,
    layout: &'a Layout,
    source: At,
    sink: Repository,
    target: Name,
    progress: Arc<dyn Progress>,
}

impl<'a> Push<'a> {
    fn new(
        session: &'a Session,
        options: &'a Options,
        layout: &'a Layout,
        (name, target): (&Name, &Name),
    ) -> Self {
        let progress = session.progress(Direction::Push, options.quiet);
        let client = session.client(WhenBroken::Fail, progress.clone());
        Self {
            session,
            options,
            layout,
            source: layout.at(name),
            sink: client.repository(target),
            target: target.clone(),
            progress,
        }
    }

    async fn run(&self, reference: &Reference) -> Outcome {
        if !self.options.quiet {
            let nothing = reference.tag.is_none() && reference.digest.is_none();
            if nothing && !self.options.all_tags {
                output::line("Using default tag: latest")?;
            }
            output::line(&format!("The push refers to repository [{}]", self.target))?;
        }
        if reference.digest.is_some() {
            let target = Reference {
                name: self.target.clone(),
                ..reference.clone()
            };
            self.one(&target).await?;
            if self.options.quiet && !self.options.dry_run {
                output::line(&target.to_string())?;
            }
            return Ok(Status::SUCCESS);
        }
        let tags = self.tags(reference)?;
        for tag in &tags {
            let one = self.target.with_tag(tag);
            let pushed = self.one(&one).await;
            if self.options.all_tags {
                pushed.doing(format!("tag {tag}"))?;
            } else {
                pushed?;
            }
        }
        if self.options.quiet && !self.options.dry_run {
            let full = match &tags[..] {
                [tag] if !self.options.all_tags => self.target.with_tag(tag).to_string(),
                _ => self.target.to_string(),
            };
            output::line(&full)?;
        }
        Ok(Status::SUCCESS)
    }

    /// The tags to push, all of them known to be here.
    fn tags(&self, reference: &Reference) -> Result<Vec<Tag>, Failure> {
        let entries = self.layout.entries()?;
        let mut here: Vec<Tag> = entries
            .into_iter()
            .filter_map(|entry| entry.reference)
            .filter(|known| known.name == reference.name)
            .filter_map(|known| known.tag)
            .collect();
        here.sort();
        let familiar = reference.name.familiar();
        let whole = reference.familiar();
        let wanted = reference.tag.clone().unwrap_or_else(Tag::latest);
        let missing = Failure::from(Error::NotFound {
            what: Thing::Image,
            name: reference.familiar(),
            answer: None,
        });
        let program = &self.session.program;
        if here.is_empty() {
            return Err(missing
                .saying(format!(
                    "An image does not exist locally with the tag: {familiar}"
                ))
                .hinting(format!(
                    "fetch it with `{program} pull {whole}`, or name a local image so with `{program} tag IMAGE {whole}`"
                )));
        }
        if self.options.all_tags {
            return Ok(here);
        }
        if here.contains(&wanted) {
            return Ok(vec![wanted]);
        }
        let names: Vec<&str> = here.iter().map(Tag::as_str).collect();
        Err(missing
            .saying(format!("tag does not exist: {familiar}:{wanted}"))
            .hinting(format!("local tags of it: {}", names.join(", "))))
    }

    async fn one(&self, reference: &Reference) -> Result<(), Failure> {
        let item = self.item(reference);
        let options = self.session.transfer(self.progress.as_ref(), None);
        if self.options.dry_run {
            let (plan, lacking) =
                transfer::dry_run(&self.source, &self.sink, &item, &options).await?;
            output::line(&format!("Would push {reference}"))?;
            output::line(&format!("Digest: {}", plan.root.digest))?;
            return Ok(tell_plan(&plan, &lacking)?);
        }
        let outcomes = transfer::copy(&self.source, &self.sink, &[item], &options).await?;
        self.progress.finish();
        for outcome in &outcomes {
            record_origin(self.layout, outcome.put.digest, &reference.name).await?;
            self.tell(reference, outcome)?;
        }
        Ok(())
    }

    fn item(&self, reference: &Reference) -> Item {
        Item {
            label: None,
            reference: reference.clone(),
            selector: reference.selector(),
            tag: reference.tag.clone(),
            platforms: match &self.options.platform {
                Some(platform) => Platforms::These(vec![platform.clone()]),
                None => Platforms::All,
            },
            strict: self.options.platform.is_some(),
            index: match &self.options.platform {
                Some(_) => IndexRule::Dropped,
                None => IndexRule::Kept,
            },
        }
    }

    /// Docker's last line, and its note when less went than the tag names here.
    fn tell(&self, reference: &Reference, outcome: &transfer::Outcome) -> Result<()> {
        if self.options.quiet {
            return Ok(());
        }
        let tag = reference.tag.as_ref().map(|tag| format!("{tag}: "));
        output::line(&format!(
            "{}digest: {} size: {}",
            tag.unwrap_or_default(),
            outcome.put.digest,
            outcome.put.size
        ))?;
        if let Some(platform) = &outcome.reduced {
            let why = match &self.options.platform {
                Some(_) => format!(": the one for {platform} alone was pushed"),
                None => format!(", and only {platform} is here: that image alone was pushed"),
            };
            output::story(&format!(
                "note: {} names images for several platforms{why}\n      {} -> {}",
                reference.familiar(),
                outcome.root.digest,
                outcome.put.digest
            ));
        }
        Ok(())
    }
}
