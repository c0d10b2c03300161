//! `inspect`: images as docker's JSON, of the local store or, with `--remote`, of their registry without pulling them.
//! What a store without a daemon does not have is left out or empty.

use clap::Args;
use serde_json::ser::PrettyFormatter;
use serde_json::{Map, Serializer, Value, json};

use super::manifest;
use super::tag::no_such_image;
use crate::cli::location::{Location, Place};
use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::place::Listing;
use crate::cli::render::format::Format;
use crate::cli::render::value::html_safe;
use crate::cli::report::{Doing, Failure, Outcome, Tally, usage};
use crate::cli::session::{Session, blocking};
use crate::error::{Error, Result};
use crate::oci::{
    Descriptor, Digest, ImageConfig, Manifest, Platform, Reference, Selector, config,
};
use crate::registry::Repository;
use crate::store::layout::LocalImage;
use crate::store::{Source, read_blob};

use serde::Serialize;

/// Show everything about images, as JSON
#[derive(Args)]
#[command(after_help = "Examples:
  {program} inspect debian:12
  {program} inspect --remote --platform linux/arm64 debian:12
  {program} inspect --format '{{.Config.Env}}' debian:12
  {program} inspect docker-archive:app.tar

Other places: oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME], docker-daemon:NAME.")]
pub(crate) struct Options {
    /// Images, by name or ID
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,

    /// json, or a template such as {{.Config.Env}} (see `man`)
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<String>,

    /// The image for this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// The image on its registry, without pulling it
    #[arg(long)]
    remote: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Prints one array of everything found; what is missing is told, and decides the exit code.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let format = match options.format.as_deref().map(Format::parse).transpose()? {
        Some(Format::Table(_)) => {
            return Err(usage("inspect prints JSON or a template, no table", None).into());
        }
        other => other,
    };
    let asked = options.platform.as_ref();
    let mut tally = Tally::default();
    let mut found = Vec::new();
    let mut complaints = Vec::new();
    for name in &options.names {
        let subject = match Location::place(name)? {
            Some(place) => in_place(session, &place, asked)
                .await
                .doing(format!("cannot inspect {place}")),
            None if options.remote && !Location::is_local(name) => {
                on_registry(session, name, asked).await
            }
            None => in_store(session, Location::unprefixed(name), asked).await,
        };
        match subject {
            Ok(subject) => found.push(subject.described()),
            Err(failure) => complaints.push(failure),
        }
    }
    let text = match &format {
        Some(format) => format.print(&[], "", &found)?,
        None => indented(&Value::Array(found), b"    ")? + "\n",
    };
    output::bytes(text.as_bytes())?;
    for failure in complaints {
        tally.note(Err(failure), &session.program);
    }
    Ok(tally.status())
}

async fn in_store(
    session: &Session,
    name: &str,
    asked: Option<&Platform>,
) -> Result<Subject, Failure> {
    let (layout, wanted) = (session.layout_there()?, session.wanted(asked));
    let (name, asked) = (name.to_owned(), asked.cloned());
    blocking(move || {
        let image = layout.find(&name, &wanted).map_err(no_such_image)?;
        check_platform(&name, &image, asked.as_ref())?;
        Ok(Subject::from(image))
    })
    .await
}

async fn on_registry(
    session: &Session,
    name: &str,
    asked: Option<&Platform>,
) -> Result<Subject, Failure> {
    let reference = name.parse::<Reference>()?.or_latest();
    let doing = format!("cannot inspect {}", reference.familiar());
    let repository = session.reader().repository(&reference.name);
    let (subject, _) = subject(session, &repository, &reference, asked)
        .await
        .doing(doing)?;
    Ok(subject)
}

async fn in_place(
    session: &Session,
    place: &Place,
    asked: Option<&Platform>,
) -> Result<Subject, Failure> {
    let (subject, _) = listed(session, place, asked).await?;
    Ok(subject)
}

/// What a layout, an archive or a daemon tells of the image for the platform asked for, and its manifest.
pub(crate) async fn listed(
    session: &Session,
    place: &Place,
    asked: Option<&Platform>,
) -> Result<(Subject, Manifest), Failure> {
    let listing = Listing::open(session, place).await?;
    let image = listing.image()?;
    let source = listing.source.as_ref();
    let (wanted, name) = (session.wanted(asked), place.to_string());
    let (mut subject, manifest) = read(source, &image.selector, &name, &wanted).await?;
    subject.check(&name, asked)?;
    let root = subject.root.digest;
    for name in image.references {
        let digest = name.name.with_digest(&root);
        if !image.made && !subject.digests.contains(&digest) {
            subject.digests.push(digest);
        }
        subject
            .tags
            .extend(Some(name).filter(|name| name.tag.is_some()));
    }
    Ok((subject, manifest))
}

/// What a registry tells of the image for the platform asked for at or below `reference`, and its manifest; no layer is
/// fetched.
pub(crate) async fn subject(
    session: &Session,
    repository: &Repository,
    reference: &Reference,
    asked: Option<&Platform>,
) -> Result<(Subject, Manifest)> {
    let (at, name) = (reference.selector(), reference.familiar());
    let (mut subject, manifest) = read(repository, &at, &name, &session.wanted(asked)).await?;
    subject.check(&name, asked)?;
    let tags = reference.tag.iter();
    subject.tags = tags.map(|tag| reference.name.with_tag(tag)).collect();
    subject.digests = vec![reference.name.with_digest(&subject.root.digest)];
    Ok((subject, manifest))
}

/// The image for `wanted` at or below `at`, without names, and its manifest.
async fn read(
    source: &dyn Source,
    at: &Selector,
    name: &str,
    wanted: &Platform,
) -> Result<(Subject, Manifest)> {
    let root = source.manifest(at).await?;
    let chosen = manifest::below(source, root.clone(), name, wanted).await?;
    let runnable = chosen.image().filter(|image| image.is_runnable());
    let config = match runnable {
        Some(image) => {
            let bytes = read_blob(source, &image.config, config::MAX_BYTES as u64).await?;
            ImageConfig::parse(&bytes).ok()
        }
        None => None,
    };
    let subject = Subject {
        id: runnable.map_or(*chosen.digest(), |image| image.config.digest),
        config: config.unwrap_or_default(),
        size: chosen.descriptor().size + chosen.children().map(|child| child.size).sum::<u64>(),
        tags: Vec::new(),
        digests: Vec::new(),
        root: root.descriptor().clone(),
    };
    Ok((subject, chosen))
}

/// Makes sure that the platform asked for is the one that was found.
pub(crate) fn check_platform(
    name: &str,
    image: &LocalImage,
    asked: Option<&Platform>,
) -> Result<()> {
    let Some(asked) = asked else { return Ok(()) };
    let found = image.config.as_ref().and_then(ImageConfig::platform);
    match found {
        Some(found) if !found.runs_on(asked) => Err(Error::NoPlatform {
            name: name.to_owned(),
            wanted: asked.clone(),
            available: image.platforms.clone(),
        }),
        _ => Ok(()),
    }
}

/// What is told of an image, wherever it is.
pub(crate) struct Subject {
    root: Descriptor,
    pub(crate) id: Digest,
    pub(crate) config: ImageConfig,
    size: u64,
    tags: Vec<Reference>,
    digests: Vec<Reference>,
}

impl From<LocalImage> for Subject {
    fn from(image: LocalImage) -> Self {
        Self {
            root: image.root,
            id: image.id,
            config: image.config.unwrap_or_default(),
            size: image.size,
            tags: image.tags,
            digests: image.digests,
        }
    }
}

impl Subject {
    /// Makes sure that it is for the platform asked for, where one was.
    fn check(&self, name: &str, asked: Option<&Platform>) -> Result<()> {
        match (asked, self.config.platform()) {
            (Some(wanted), Some(found)) if !found.runs_on(wanted) => Err(Error::OtherPlatform {
                name: name.to_owned(),
                wanted: wanted.clone(),
                found,
            }),
            _ => Ok(()),
        }
    }

    /// Docker's object, its keys in docker's order.
    fn described(&self) -> Value {
        let config = &self.config;
        let text = |field: &Option<String>| Value::from(field.clone().unwrap_or_default());
        let names = |list: &[Reference]| {
            let mut names: Vec<String> = list.iter().map(Reference::familiar).collect();
            names.sort();
            Value::from(names)
        };
        let layers = config
            .rootfs
            .as_ref()
            .and_then(|rootfs| rootfs.diff_ids.clone());
        let layers: Vec<String> = layers
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect();
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("Id", self.id.to_string().into());
        put("RepoTags", names(&self.tags));
        put("RepoDigests", names(&self.digests));
        put("Parent", "".into());
        put("Comment", text(&config.comment));
        put("Created", text(&config.created));
        put("DockerVersion", text(&config.docker_version));
        put("Author", text(&config.author));
        put(
            "Config",
            config.config.clone().map_or(Value::Null, Value::Object),
        );
        put("Architecture", text(&config.architecture));
        if config.variant.is_some() {
            put("Variant", text(&config.variant));
        }
        put("Os", text(&config.os));
        if config.os_version.is_some() {
            put("OsVersion", text(&config.os_version));
        }
        put("Size", self.size.into());
        put("RootFS", json!({"Type": "layers", "Layers": layers}));
        put(
            "Descriptor",
            json!({
                "mediaType": self.root.media_type.as_str(),
                "digest": self.root.digest.to_string(),
                "size": self.root.size,
            }),
        );
        Value::Object(object)
    }
}

/// JSON over several lines, as Go writes it.
pub(crate) fn indented(value: &Value, indent: &[u8]) -> Result<String> {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, PrettyFormatter::with_indent(indent));
    let written = value.serialize(&mut serializer);
    let text = written.ok().and_then(|()| String::from_utf8(out).ok());
    // A value in memory always has a text; this is for the types.
    text.map(|text| html_safe(&text))
        .ok_or_else(|| Error::Machine("cannot write JSON".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;

    const CONFIG: &str = r#"{"architecture":"amd64","os":"linux","created":"2025-01-01T00:00:00Z","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":[]}}"#;

    fn image() -> LocalImage {
        Fixture::new().image(CONFIG, &["my/bb:v2", "busybox:latest"])
    }

    #[test]
    fn an_image_is_dockers_object() {
        let text = indented(
            &Value::Array(vec![Subject::from(image()).described()]),
            b"    ",
        )
        .unwrap();
        let head = format!(
            "[\n    {{\n        \"Id\": \"{}\",\n        \"RepoTags\": [\n            \"busybox:latest\",\n            \"my/bb:v2\"\n        ],\n        \"RepoDigests\": [],\n        \"Parent\": \"\",\n        \"Comment\": \"\",\n        \"Created\": \"2025-01-01T00:00:00Z\",\n",
            Digest::of(CONFIG.as_bytes())
        );
        assert!(text.starts_with(&head), "{text}");
        assert_eq!(indented(&json!([]), b"    ").unwrap(), "[]");
    }

    #[test]
    fn templates_reach_inner_fields() {
        let print = |format: &str| {
            Format::parse(format)
                .unwrap()
                .print(&[], "", &[Subject::from(image()).described()])
        };
        assert_eq!(
            print("{{.Config.Env}} {{.Os}}/{{.Architecture}}").unwrap(),
            "[PATH=/bin] linux/amd64\n"
        );
        assert!(
            print("{{.Config.Nope}}")
                .unwrap_err()
                .to_string()
                .contains("there is no field .Nope")
        );
    }

    #[test]
    fn another_platform_than_asked_for_is_an_error() {
        let arm = "linux/arm64".parse().unwrap();
        assert_eq!(
            check_platform("x", &image(), Some(&arm))
                .unwrap_err()
                .exit_code(),
            3
        );
        assert!(check_platform("x", &image(), None).is_ok());
        assert!(check_platform("x", &image(), Some(&"linux/amd64".parse().unwrap())).is_ok());
    }
}
