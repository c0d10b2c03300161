//! `du`: what takes how much of the local store.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::output;
use crate::cli::render::format::{Column, Format};
use crate::cli::render::units;
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::{Session, blocking};
use crate::error::Result;
use crate::store::layout::{ImageUsage, Usage};

const COLUMNS: &[Column] = &[
    Column {
        name: "Repository",
        title: "REPOSITORY",
    },
    Column {
        name: "Tag",
        title: "TAG",
    },
    Column {
        name: "ID",
        title: "IMAGE ID",
    },
    Column {
        name: "Size",
        title: "SIZE",
    },
    Column {
        name: "SharedSize",
        title: "SHARED SIZE",
    },
    Column {
        name: "UniqueSize",
        title: "UNIQUE SIZE",
    },
];
const TABLE: &str =
    "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}";

/// Show how much disk the images take
#[derive(Args)]
#[command(after_help = "Examples:
  {program} du
  {program} du --json

SIZE is what an image takes in all; UNIQUE SIZE is what removing it alone would free.")]
pub(crate) struct Options {
    /// One JSON object an image, and one about all
    #[arg(long)]
    json: bool,
}

/// Prints the images and the sums.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let layout = session.layout_there()?;
    let wanted = session.wanted(None);
    let doing = format!("cannot measure {}", layout.path().display());
    let usage = blocking(move || layout.usage(&wanted)).await.doing(doing)?;
    if options.json {
        json(&usage)?;
    } else {
        table(&usage)?;
    }
    Ok(Status::SUCCESS)
}

/// A row for each name, or one for an image without any.
fn rows(of: &ImageUsage, size: impl Fn(u64) -> Value) -> Vec<Value> {
    // With another name left, removing one frees nothing.
    let unique = if of.image.tags.len() > 1 {
        0
    } else {
        of.unique
    };
    let all = of.shared + of.unique;
    let row = |repository: String, tag: &str| {
        json!({
            "Repository": repository,
            "Tag": tag,
            "ID": of.image.id.short(),
            "Size": size(all),
            "SharedSize": size(all - unique),
            "UniqueSize": size(unique),
        })
    };
    let tags = of.image.tags.iter();
    let mut rows: Vec<Value> = tags
        .filter_map(|name| Some(row(name.name.familiar(), name.tag.as_ref()?.as_str())))
        .collect();
    if rows.is_empty() {
        let digests = of.image.digests.first();
        let repository = digests.map_or("<none>".to_owned(), |name| name.name.familiar());
        rows.push(row(repository, "<none>"));
    }
    rows
}

fn table(usage: &Usage) -> Result<()> {
    let text = |bytes: u64| Value::from(units::size(bytes));
    let rows: Vec<Value> = usage.images.iter().flat_map(|of| rows(of, text)).collect();
    if !rows.is_empty() {
        let table = Format::Table(None).print(COLUMNS, TABLE, &rows)?;
        output::bytes(table.as_bytes())?;
        output::line("")?;
    }
    let total = usage.named + usage.unnamed + usage.partial;
    for (what, bytes, more) in [
        ("images", usage.named, String::new()),
        ("named by no image", usage.unnamed, String::new()),
        (
            "partly downloaded",
            usage.partial,
            match usage.partials {
                0 => String::new(),
                files => format!(" in {files} files"),
            },
        ),
        ("in all", total, String::new()),
    ] {
        output::line(&format!("{:>10}  {what}{more}", units::size(bytes)))?;
    }
    Ok(())
}

fn json(usage: &Usage) -> Result<()> {
    for row in usage.images.iter().flat_map(|of| rows(of, Value::from)) {
        output::line(&row.to_string())?;
    }
    output::line(
        &json!({
            "Images": usage.named,
            "Unnamed": usage.unnamed,
            "Partial": usage.partial,
            "Total": usage.named + usage.unnamed + usage.partial,
        })
        .to_string(),
    )
}
