//! `tags`: the tags of a repository on its registry, and what they point at.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::images_filter::pattern;
use super::tagged::{Image, Purpose, Root, Survey, whole_repository};
use crate::cli::location::Location;
use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::{table, units};
use crate::cli::report::{Doing, Failure, Outcome, usage};
use crate::cli::session::Session;
use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Name, Platform, Tag};
use crate::store::Source;

pub(crate) mod order;

use order::{Order, by_version};

/// What is known without asking about a tag.
const PLAIN: &[Column] = &[
    Column {
        name: "Name",
        title: "NAME",
    },
    Column {
        name: "Tag",
        title: "TAG",
    },
];
const COLUMNS: &[Column] = &[
    PLAIN[0],
    PLAIN[1],
    Column {
        name: "Digest",
        title: "DIGEST",
    },
    Column {
        name: "MediaType",
        title: "MEDIA TYPE",
    },
    Column {
        name: "Platforms",
        title: "PLATFORMS",
    },
    Column {
        name: "Size",
        title: "SIZE",
    },
    Column {
        name: "CreatedSince",
        title: "CREATED",
    },
    Column {
        name: "CreatedAt",
        title: "CREATED AT",
    },
];
const TABLE: &str = "{{.Tag}}\t{{.Digest}}\t{{.Platforms}}\t{{.Size}}\t{{.CreatedSince}}";
const LINES: &str = "{{.Tag}}";
/// What stands in a table where a digest is missing.
const NONE: &str = "<none>";
/// What stands where anything else is.
const UNKNOWN: &str = "-";
/// The most characters of platforms in a table.
const WIDTH: usize = 45;
/// The most failures told one by one.
const MOST_TOLD: usize = 10;

/// List the tags of a repository on its registry
#[allow(clippy::doc_markdown, reason = "the comments are help texts")]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} tags debian
  {program} tags -l --sort created --limit 10 registry.example/app
  {program} tags --sort semver --filter '1.*' registry.example:5000/team/app | tail -1
  {program} tags --format '{{.Tag}} {{.Size}}' registry.example:5000/team/app

SIZE is what the image for this platform takes compressed, CREATED when it was made; -l asks once for each tag, and once more for each image, however many tags it has. What an image does not tell, or an index has not for the platform, is -. Fields of templates: .Name .Tag .Digest .MediaType .Platforms .Size .CreatedSince .CreatedAt.")]
pub(crate) struct Options {
    /// The repository
    #[arg(value_name = "NAME", value_parser = Location::remote)]
    name: String,

    /// Show what the tags point at: digest, platforms, size and age
    #[arg(short, long)]
    long: bool,

    /// name; semver: by version, the newest last; created: by age, the newest last
    #[arg(
        long,
        value_name = "HOW",
        default_value = "name",
        hide_default_value = true,
        hide_possible_values = true
    )]
    sort: Order,

    /// Only tags that match a shell pattern
    #[arg(long, value_name = "GLOB")]
    filter: Option<String>,

    /// The most tags to list: the first by name, the newest by version or age
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// Size and age of the image for this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// Do not shorten digests and lists of platforms
    #[arg(long)]
    no_trunc: bool,

    /// table, json, or a template such as {{.Tag}} (see `man`)
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,

    /// One JSON object a line
    #[arg(long, conflicts_with = "format")]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

impl Options {
    /// How tags are printed, and whether that takes more than their names.
    fn settled(&self) -> Result<(Format, bool)> {
        let text = match (&self.format, self.json, self.long) {
            (Some(text), ..) => text,
            (None, true, _) => "json",
            (None, false, true) => "table",
            (None, false, false) => LINES,
        };
        let format = Format::parse(text)?;
        format.check(COLUMNS)?;
        let tells_more = match &format {
            Format::Table(None) => true,
            other => other.check(PLAIN).is_err(),
        };
        let long = self.long || tells_more;
        if self.platform.is_some() && !long && self.sort != Order::Created {
            return Err(usage(
                "--platform is about what tags point at",
                Some("give -l, too"),
            ));
        }
        Ok((format, long))
    }
}

/// Prints the tags.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let name = whole_repository(&options.name)?;
    let filter = options.filter.as_deref().map(pattern).transpose()?;
    let (format, long) = options.settled()?;
    let repository = session.reader().repository(&name);
    let doing = format!("cannot list the tags of {}", name.familiar());
    let mut tags = repository.tags().await.doing(doing)?;
    tags.retain(|tag| {
        filter
            .as_ref()
            .is_none_or(|filter| filter.is_match(tag.as_str()))
    });
    match options.sort {
        Order::Name => tags.sort(),
        Order::Semver | Order::Created => tags.sort_by(by_version),
    }
    if options.sort != Order::Created {
        options.sort.cut(&mut tags, options.limit);
    }
    let mut rows: Vec<Row> = tags.into_iter().map(Row::of).collect();
    let mut troubles = Vec::new();
    if long || options.sort == Order::Created {
        let wanted = session.wanted(options.platform.as_ref());
        let survey = Survey::new(repository, Purpose::Show(wanted), session.at_once());
        troubles = look(&survey, &mut rows).await;
    }
    if options.sort == Order::Created {
        rows.sort_by_key(Row::created);
        options.sort.cut(&mut rows, options.limit);
    }
    let now = Timestamp::now();
    let values: Vec<Value> = rows
        .iter()
        .map(|row| match (&format, long) {
            (_, false) => row.name_alone(&name),
            (Format::Json, true) => row.exact(&name),
            (_, true) => row.shown(&name, options.no_trunc, now),
        })
        .collect();
    output::bytes(format.print(COLUMNS, TABLE, &values)?.as_bytes())?;
    Ok(session.told(troubles, MOST_TOLD))
}

/// Finds out what the tags of `rows` point at. Returns what could not be read.
async fn look(survey: &Survey, rows: &mut [Row]) -> Vec<Failure> {
    let tags = rows.iter().map(|row| row.tag.clone()).collect();
    let mut reading = survey.read(tags).await;
    let roots = std::mem::take(&mut reading.roots);
    for (row, (tag, root)) in rows.iter_mut().zip(roots) {
        match root {
            Root::At(root) => {
                row.image = reading.images.get(&root.digest).cloned();
                row.root = Some(*root);
            }
            Root::Gone => {
                let name = survey.repository().name().with_tag(&tag).familiar();
                let absent = Error::NotFound {
                    what: Thing::Manifest,
                    name: name.clone(),
                    answer: None,
                };
                reading.failed(&name, absent);
            }
            Root::Unread { .. } => {}
        }
    }
    reading.troubles
}

/// A tag, and what is known of what it points at.
struct Row {
    tag: Tag,
    root: Option<Descriptor>,
    image: Option<Arc<Image>>,
}

impl Row {
    fn of(tag: Tag) -> Self {
        Self {
            tag,
            root: None,
            image: None,
        }
    }

    fn created(&self) -> Option<Timestamp> {
        self.image.as_ref()?.created
    }

    fn size(&self) -> Option<u64> {
        self.image.as_ref()?.size
    }

    fn platforms(&self) -> Vec<String> {
        let image = self.image.iter();
        let platforms = image.flat_map(|image| &image.platforms);
        platforms.map(ToString::to_string).collect()
    }

    fn name_alone(&self, name: &Name) -> Value {
        json!({"Name": name.familiar(), "Tag": self.tag.as_str()})
    }

    /// For programs: whole digests, numbers of bytes, times in RFC 3339.
    fn exact(&self, name: &Name) -> Value {
        let root = self.root.as_ref();
        json!({
            "Name": name.familiar(),
            "Tag": self.tag.as_str(),
            "Digest": root.map(|root| root.digest.to_string()),
            "MediaType": root.map(|root| root.media_type.as_str()),
            "Platforms": self.platforms(),
            "Size": self.size(),
            "CreatedAt": self.created().map(|created| created.to_string()),
        })
    }

    /// For people.
    fn shown(&self, name: &Name, whole: bool, now: Timestamp) -> Value {
        let unknown = || UNKNOWN.to_owned();
        let root = self.root.as_ref();
        let digest = |root: &Descriptor| {
            if whole {
                root.digest.to_string()
            } else {
                root.digest.short()
            }
        };
        let platforms = match self.platforms().join(", ") {
            none if none.is_empty() => unknown(),
            list if whole => list,
            list => table::shorten(&list, WIDTH),
        };
        let created = self.created();
        json!({
            "Name": name.familiar(),
            "Tag": self.tag.as_str(),
            "Digest": root.map_or_else(|| NONE.to_owned(), digest),
            "MediaType": root.map_or(UNKNOWN, |root| root.media_type.as_str()),
            "Platforms": platforms,
            "Size": self.size().map_or_else(unknown, units::size),
            "CreatedSince": created.map_or_else(unknown, |_| units::ago(created, now)),
            "CreatedAt": created.map_or_else(unknown, |_| units::moment(created)),
        })
    }
}
