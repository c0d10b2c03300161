//! `images`: the local images in docker's table, newest first.

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::images_filter::{Filters, Settled};
use super::images_tree;
use crate::cli::output;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::units;
use crate::cli::report::{Outcome, Status};
use crate::cli::session::Session;
use crate::oci::{Digest, Name, Reference};
use crate::store::layout::LocalImage;

/// What docker writes where there is nothing.
const NONE: &str = "<none>";
/// What docker writes where nothing is known.
const UNKNOWN: &str = "N/A";

const COLUMNS: &[Column] = &[
    Column {
        name: "Containers",
        title: "CONTAINERS",
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
        name: "Digest",
        title: "DIGEST",
    },
    Column {
        name: "ID",
        title: "IMAGE ID",
    },
    Column {
        name: "Repository",
        title: "REPOSITORY",
    },
    Column {
        name: "SharedSize",
        title: "SHARED SIZE",
    },
    Column {
        name: "Size",
        title: "SIZE",
    },
    Column {
        name: "Tag",
        title: "TAG",
    },
    Column {
        name: "UniqueSize",
        title: "UNIQUE SIZE",
    },
    Column {
        name: "VirtualSize",
        title: "VIRTUAL SIZE",
    },
];
const TABLE: &str = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";
const TABLE_WITH_DIGESTS: &str =
    "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}";

/// List the images in the local store
#[allow(
    clippy::struct_excessive_bools,
    clippy::doc_markdown,
    reason = "each is an option of the command line, and its comment the help text"
)]
#[derive(Args)]
#[command(after_help = "Examples:
  {program} images
  {program} images --filter reference='team/*'
  {program} images --format '{{.Repository}}:{{.Tag}} {{.Size}}'
  {program} images -q --filter dangling=true
  {program} images --tree

Filters: dangling=true|false, label=KEY[=VALUE], before=IMAGE, since=IMAGE, reference=PATTERN.

SIZE is what an image takes in the store, shared content counted in each.")]
pub(crate) struct Options {
    /// Only images of this repository, or with this name
    #[arg(value_name = "REPOSITORY[:TAG]")]
    name: Option<String>,

    /// Show what is attached to others, too, such as signatures, where it has no name
    #[arg(short, long)]
    all: bool,

    /// Show digests
    #[arg(long)]
    digests: bool,

    /// Show only images that pass a condition
    #[arg(short, long, value_name = "FILTER")]
    filter: Vec<String>,

    /// table, json, or a template such as {{.ID}} (see `man`)
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        hide_default_value = true
    )]
    format: String,

    /// Do not shorten IDs
    #[arg(long)]
    no_trunc: bool,

    /// Print only IDs
    #[arg(short, long)]
    quiet: bool,

    /// Show the platforms that each image lists; a size of - is not here
    #[arg(long, conflicts_with_all = ["format", "quiet", "digests"])]
    tree: bool,
}

/// Prints the images that pass the filters.
pub(crate) fn run(session: &Session, options: &Options) -> Outcome {
    let format = Format::parse(&options.format)?;
    format.check(COLUMNS)?;
    let filters = Filters::parse(&options.filter, options.name.as_deref())?;
    let layout = session.layout_there()?;
    let wanted = session.wanted(None);
    let mut images = layout.images(&wanted)?;
    images.sort_by_key(|image| std::cmp::Reverse(created(image)));
    let filters = filters.settled(|text| Ok(created(&layout.find(text, &wanted)?)))?;
    let passing = || {
        let images = images.iter();
        let shown = images.filter(|image| options.all || !image.is_attached_alone());
        shown.filter(|image| filters.pass_image(image, created(image)))
    };
    if options.tree {
        let trees = passing().filter_map(|image| Some((image, names(image, &filters)?)));
        let text = images_tree::table(&layout, trees, options.no_trunc)?;
        output::bytes(text.as_bytes())?;
        return Ok(Status::SUCCESS);
    }
    let rows: Vec<Row> = passing()
        .flat_map(|image| rows(image, options.digests))
        .filter(|row| filters.pass_name(row.reference().as_ref()))
        .collect();
    let text = if options.quiet {
        rows.iter()
            .map(|row| row.id(options.no_trunc) + "\n")
            .collect()
    } else {
        let now = Timestamp::now();
        let values: Vec<Value> = rows
            .iter()
            .map(|row| row.value(options.no_trunc, now))
            .collect();
        let table = if options.digests {
            TABLE_WITH_DIGESTS
        } else {
            TABLE
        };
        format.print(COLUMNS, table, &values)?
    };
    output::bytes(text.as_bytes())?;
    Ok(Status::SUCCESS)
}

/// The names of an image that pass the filters, `None` when it has none that does.
fn names(image: &LocalImage, filters: &Settled) -> Option<Vec<String>> {
    let mut rows = rows(image, false);
    rows.retain(|row| filters.pass_name(row.reference().as_ref()));
    let names = rows.iter().filter_map(|row| Some(row.reference()?.1));
    (!rows.is_empty()).then(|| names.collect())
}

/// When an image was made, where its config says so in a form that can be read.
pub(crate) fn created(image: &LocalImage) -> Option<Timestamp> {
    image.config.as_ref()?.created.as_deref()?.parse().ok()
}

/// One line: an image under one of its names.
struct Row<'a> {
    image: &'a LocalImage,
    name: Option<&'a Name>,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// The lines of one image: one for each tag, and for each digest of its repository when digests are shown. An image
/// without tags has one for each repository it came from, or one without a name.
fn rows(image: &LocalImage, digests: bool) -> Vec<Row<'_>> {
    let known = |name: &Name| -> Vec<Option<Digest>> {
        let of_name = image.digests.iter().filter(|known| known.name == *name);
        let found: Vec<_> = of_name.map(|known| known.digest).collect();
        if digests && !found.is_empty() {
            found
        } else {
            vec![None]
        }
    };
    let mut tags: Vec<&Reference> = image.tags.iter().collect();
    tags.sort_by_key(|tag| tag.familiar());
    let mut rows = Vec::new();
    for reference in tags {
        for digest in known(&reference.name) {
            let tag = reference.tag.as_ref().map(ToString::to_string);
            rows.push(Row {
                image,
                name: Some(&reference.name),
                tag,
                digest,
            });
        }
    }
    for bare in &image.bare {
        rows.push(Row {
            image,
            name: None,
            tag: Some(bare.clone()),
            digest: None,
        });
    }
    if rows.is_empty() {
        let mut names: Vec<&Name> = image.digests.iter().map(|known| &known.name).collect();
        names.dedup();
        for name in names {
            for digest in known(name) {
                rows.push(Row {
                    image,
                    name: Some(name),
                    tag: None,
                    digest,
                });
            }
        }
    }
    if rows.is_empty() {
        rows.push(Row {
            image,
            name: None,
            tag: None,
            digest: None,
        });
    }
    rows
}

impl Row<'_> {
    fn id(&self, whole: bool) -> String {
        if whole {
            self.image.id.to_string()
        } else {
            self.image.id.short()
        }
    }

    /// The name filters look at.
    fn reference(&self) -> Option<(String, String)> {
        let name = self.name?.familiar();
        let full = match &self.tag {
            Some(tag) => format!("{name}:{tag}"),
            None => name.clone(),
        };
        Some((name, full))
    }

    /// Docker's fields, in the order of their names.
    fn value(&self, whole: bool, now: Timestamp) -> Value {
        let created = created(self.image);
        let none = || NONE.to_owned();
        json!({
            "Containers": UNKNOWN,
            "CreatedAt": units::moment(created),
            "CreatedSince": units::ago(created, now),
            "Digest": self.digest.map_or_else(none, |digest| digest.to_string()),
            "ID": self.id(whole),
            "Repository": self.name.map_or_else(none, Name::familiar),
            "SharedSize": UNKNOWN,
            "Size": units::size(self.image.size),
            "Tag": self.tag.clone().unwrap_or_else(none),
            "UniqueSize": UNKNOWN,
            "VirtualSize": units::precise_size(self.image.size),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;

    const CONFIG: &str =
        r#"{"created":"2025-01-01T00:00:00Z","os":"linux","architecture":"amd64"}"#;

    fn image(names: &[&str]) -> LocalImage {
        Fixture::new().image(CONFIG, names)
    }

    fn values(image: &LocalImage, digests: bool) -> Vec<Value> {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        rows(image, digests)
            .iter()
            .map(|row| row.value(false, now))
            .collect()
    }

    fn table(image: &LocalImage, digests: bool) -> String {
        let table = if digests { TABLE_WITH_DIGESTS } else { TABLE };
        Format::Table(None)
            .print(COLUMNS, table, &values(image, digests))
            .unwrap()
    }

    #[test]
    fn each_tag_is_a_line() {
        let image = image(&["my/bb:v2", "127.0.0.1:25000/lab/busybox:latest"]);
        let (id, size) = (
            Digest::of(CONFIG.as_bytes()).short(),
            units::size(image.size),
        );
        assert_eq!(
            table(&image, false),
            format!(
                "REPOSITORY                    TAG       IMAGE ID       CREATED         SIZE\n\
                 127.0.0.1:25000/lab/busybox   latest    {id}   23 months ago   {size}\n\
                 my/bb                         v2        {id}   23 months ago   {size}\n"
            )
        );
    }

    #[test]
    fn digests_are_shown_where_the_repository_has_one() {
        let fixture = Fixture::new();
        let image = fixture.image(CONFIG, &["h.example/a:1", "b:1"]);
        let from = "h.example/a".parse().unwrap();
        fixture
            .layout
            .record_origin(&image.root.digest, &from)
            .unwrap();
        let image = fixture.image(CONFIG, &[]);
        let table = table(&image, true);
        let lines: Vec<&str> = table.lines().collect();
        assert!(
            lines[1].starts_with("b ") && lines[1].contains("   <none>   "),
            "{table}"
        );
        assert!(lines[2].contains(&image.root.digest.to_string()), "{table}");
    }

    #[test]
    fn an_image_without_tags_keeps_its_repository() {
        let table = table(&image(&["h.example/a"]), false);
        assert!(table.contains("\nh.example/a   <none>    "), "{table}");
    }

    #[test]
    fn dockers_own_examples_of_templates_print_what_docker_prints() {
        let image = image(&["my/bb:v1", "my/bb:v2"]);
        let print = |format: &str| {
            let format = Format::parse(format).unwrap();
            format.check(COLUMNS).unwrap();
            format
                .print(COLUMNS, TABLE, &values(&image, false))
                .unwrap()
        };
        let (id, size) = (&image.id.short(), units::size(image.size));
        assert_eq!(
            print("{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}"),
            format!("my/bb:v1 {id} {size}\nmy/bb:v2 {id} {size}\n")
        );
        assert_eq!(
            print("table {{.Repository}}\t{{.Size}}"),
            format!("REPOSITORY   SIZE\nmy/bb        {size}\nmy/bb        {size}\n")
        );
    }

    #[test]
    fn json_has_dockers_keys_and_values() {
        let image = image(&["127.0.0.1:25000/lab/python:3.11"]);
        let expected = r#"{"Containers":"N/A","CreatedAt":"2025-01-01 00:00:00 +0000 UTC","CreatedSince":"23 months ago","Digest":"\u003cnone\u003e","ID":"IDENTITY","Repository":"127.0.0.1:25000/lab/python","SharedSize":"N/A","Size":"SHORT","Tag":"3.11","UniqueSize":"N/A","VirtualSize":"LONG"}"#
            .replace("IDENTITY", &image.id.short())
            .replace("SHORT", &units::size(image.size))
            .replace("LONG", &units::precise_size(image.size));
        assert_eq!(
            Format::Json
                .print(COLUMNS, TABLE, &values(&image, false))
                .unwrap(),
            expected + "\n"
        );
    }
}
