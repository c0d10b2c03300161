//! `history`: the steps an image was made by, and the layers they left.

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::inspect::{Subject, check_platform, listed, subject};
use super::tag::no_such_image;
use crate::cli::location::Location;
use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::{table, units};
use crate::cli::report::{Doing, Failure, Outcome, Status};
use crate::cli::session::{Session, blocking};
use crate::error::Result;
use crate::oci::{Digest, ImageConfig, Manifest, Platform, Reference, config};

/// What docker writes where the image of a step is not known.
const MISSING: &str = "<missing>";
/// The most characters of a step in a table.
const WIDTH: usize = 45;

const COLUMNS: &[Column] = &[
    Column {
        name: "ID",
        title: "IMAGE",
    },
    Column {
        name: "CreatedAt",
        title: "CREATED AT",
    },
    Column {
        name: "CreatedSince",
        title: "CREATED",
    },
    Column {
        name: "CreatedBy",
        title: "CREATED BY",
    },
    Column {
        name: "Size",
        title: "SIZE",
    },
    Column {
        name: "Comment",
        title: "COMMENT",
    },
];
const TABLE: &str = "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}";

/// Show how an image was made
#[allow(
    clippy::struct_excessive_bools,
    clippy::doc_markdown,
    reason = "each is an option of the command line, and its comment the help text"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} history debian:12
  {program} history --remote --platform linux/arm64 debian:12
  {program} history --no-trunc --format '{{.CreatedBy}}' debian:12

SIZE is that of the layer as it is kept and moved, compressed.

Other places: oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME], docker-daemon:NAME.")]
pub(crate) struct Options {
    /// The image, by name or ID
    #[arg(value_name = "IMAGE")]
    name: String,

    /// table, json, or a template such as {{.CreatedBy}} (see `man`)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        hide_default_value = true
    )]
    format: String,

    /// Do not shorten IDs and steps
    #[arg(long)]
    no_trunc: bool,

    /// Print only IDs
    #[arg(short, long)]
    quiet: bool,

    /// Sizes and times for people; false for bytes and RFC 3339
    #[arg(short = 'H', long, default_value_t = true, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true", hide_default_value = true, hide_possible_values = true)]
    human: bool,

    /// The image for this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// The image on its registry, without pulling it
    #[arg(long)]
    remote: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// An image's config and manifest.
struct Made {
    id: Digest,
    config: ImageConfig,
    manifest: Option<Manifest>,
}

impl From<(Subject, Manifest)> for Made {
    fn from((subject, manifest): (Subject, Manifest)) -> Self {
        Self {
            id: subject.id,
            config: subject.config,
            manifest: Some(manifest),
        }
    }
}

/// Prints the steps, the last one first.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let format = Format::parse(&options.format)?;
    format.check(COLUMNS)?;
    let made = match Location::place(&options.name)? {
        Some(place) => {
            let read = listed(session, &place, options.platform.as_ref()).await;
            Made::from(read.doing(format!("cannot read the history of {place}"))?)
        }
        None if options.remote && !Location::is_local(&options.name) => {
            on_registry(session, &options).await?
        }
        None => in_store(session, &options).await?,
    };
    let rows = rows(&made, &options, Timestamp::now());
    if options.quiet {
        for row in &rows {
            output::line(row["ID"].as_str().unwrap_or(MISSING))?;
        }
        return Ok(Status::SUCCESS);
    }
    let text = format.print(COLUMNS, TABLE, &rows)?;
    output::bytes(text.as_bytes())?;
    Ok(Status::SUCCESS)
}

async fn in_store(session: &Session, options: &Options) -> Result<Made, Failure> {
    let (layout, asked) = (session.layout_there()?, options.platform.clone());
    let name = Location::unprefixed(&options.name).to_owned();
    let wanted = session.wanted(asked.as_ref());
    blocking(move || {
        let image = layout.find(&name, &wanted).map_err(no_such_image)?;
        check_platform(&name, &image, asked.as_ref())?;
        Ok(Made {
            id: image.id,
            config: image.config.unwrap_or_default(),
            manifest: image.manifest.as_deref().cloned(),
        })
    })
    .await
}

async fn on_registry(session: &Session, options: &Options) -> Result<Made, Failure> {
    let reference = options.name.parse::<Reference>()?.or_latest();
    let doing = format!("cannot read the history of {}", reference.familiar());
    let repository = session.reader().repository(&reference.name);
    let asked = options.platform.as_ref();
    let read = subject(session, &repository, &reference, asked).await;
    Ok(Made::from(read.doing(doing)?))
}

/// A row for each step, the last one first; layers of which no step is told have one too.
fn rows(made: &Made, options: &Options, now: Timestamp) -> Vec<Value> {
    let layers = made.manifest.as_ref().and_then(Manifest::image);
    let layers = layers.map(|image| &image.layers[..]).unwrap_or_default();
    let mut sizes = layers.iter().map(|layer| layer.size);
    let steps = made.config.history.clone().unwrap_or_default();
    let mut rows: Vec<Value> = steps
        .iter()
        .map(|step| {
            let size = match step.empty_layer {
                Some(true) => 0,
                _ => sizes.next().unwrap_or_default(),
            };
            row(step, size, options, now)
        })
        .collect();
    rows.extend(sizes.map(|size| row(&config::History::default(), size, options, now)));
    rows.reverse();
    if let Some(first) = rows.first_mut() {
        first["ID"] = if options.no_trunc {
            made.id.to_string().into()
        } else {
            made.id.short().into()
        };
    }
    rows
}

fn row(step: &config::History, size: u64, options: &Options, now: Timestamp) -> Value {
    let created = step.created.as_deref();
    let created: Option<Timestamp> = created.and_then(|created| created.parse().ok());
    let by = step.created_by.clone().unwrap_or_default();
    let by = by.replace('\t', " ");
    let exact = created.map_or_else(String::new, |created| created.to_string());
    // In the order of their names, as docker prints them.
    json!({
        "Comment": step.comment.clone().unwrap_or_default(),
        "CreatedAt": exact,
        "CreatedBy": if options.no_trunc { by } else { table::shorten(&by, WIDTH) },
        "CreatedSince": if options.human { units::ago(created, now) } else { exact.clone() },
        "ID": MISSING,
        "Size": if options.human { units::size(size) } else { size.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(no_trunc: bool, human: bool) -> Options {
        Options {
            name: String::new(),
            format: "table".to_owned(),
            no_trunc,
            quiet: false,
            human,
            platform: None,
            remote: false,
            network: NetworkOptions::default(),
        }
    }

    fn made() -> Made {
        let long = "x".repeat(60);
        let history = json!({"history": [
            {"created": "2024-01-01T00:00:00Z", "created_by": "lab layer 0"},
            {"created": "2024-01-02T00:00:00Z", "created_by": "ENV A=b", "empty_layer": true},
            {"created": "2024-01-03T00:00:00Z", "created_by": long, "comment": "buildkit"},
        ]});
        let layer = |size: u64| {
            let digest = Digest::of(&size.to_le_bytes()).to_string();
            json!({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digest, "size": size})
        };
        let document = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": Digest::of(b"c").to_string(), "size": 1},
            "layers": [layer(129_000_000), layer(68)],
        });
        Made {
            id: Digest::of(b"c"),
            config: serde_json::from_value(history).unwrap(),
            manifest: Some(Manifest::parse(document.to_string(), None).unwrap()),
        }
    }

    #[test]
    fn steps_are_told_last_first_with_the_layers_they_left() {
        let now = "2024-01-03T00:13:00Z".parse().unwrap();
        let rows = rows(&made(), &options(false, true), now);
        let text = Format::Table(None).print(COLUMNS, TABLE, &rows).unwrap();
        let id = Digest::of(b"c").short();
        let short = "x".repeat(44);
        assert_eq!(
            text,
            format!(
                "IMAGE          CREATED          CREATED BY                                      SIZE      COMMENT\n\
                 {id}   13 minutes ago   {short}…   68B       buildkit\n\
                 <missing>      24 hours ago     ENV A=b                                         0B        \n\
                 <missing>      2 days ago       lab layer 0                                     129MB     \n"
            )
        );
    }

    #[test]
    fn json_has_dockers_keys_in_dockers_order() {
        let now = "2024-01-03T00:13:00Z".parse().unwrap();
        let rows = rows(&made(), &options(false, true), now);
        let text = Format::Json.print(COLUMNS, TABLE, &rows[1..2]).unwrap();
        assert_eq!(
            text,
            r#"{"Comment":"","CreatedAt":"2024-01-02T00:00:00Z","CreatedBy":"ENV A=b","CreatedSince":"24 hours ago","ID":"\u003cmissing\u003e","Size":"0B"}"#
                .to_owned()
                + "\n"
        );
    }

    #[test]
    fn sizes_and_times_can_be_exact_and_nothing_shortened() {
        let now = "2024-01-03T00:13:00Z".parse().unwrap();
        let rows = rows(&made(), &options(true, false), now);
        assert_eq!(rows[0]["ID"], Digest::of(b"c").to_string());
        assert_eq!(rows[0]["CreatedBy"], "x".repeat(60));
        assert_eq!(rows[2]["Size"], "129000000");
        assert_eq!(rows[2]["CreatedSince"], "2024-01-01T00:00:00Z");
    }
}
