//! `manifest inspect --verbose`: manifests with their names, descriptors, platforms and bytes, in docker's shape.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Map, Value, json};

use super::{parsed, read};
use crate::cli::output;
use crate::cli::place::Subject;
use crate::error::Result;
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Digest, ImageConfig, Manifest, MediaType, Platform, Selector, config};
use crate::store::read_blob;

/// How many manifests are asked for at once.
const AT_ONCE: usize = 8;

/// The one manifest that is meant as an object, or all those of an index as a list. What an index lists and is not there
/// is told on standard error.
pub(super) async fn described(subject: &Subject, asked: Option<&Platform>) -> Result<Value> {
    let source = subject.source.as_ref();
    let manifest = read(subject, asked).await?;
    if manifest.index().is_some() {
        return below(subject, manifest).await;
    }
    let platform = match manifest.image().filter(|image| image.is_runnable()) {
        Some(image) => {
            let bytes = read_blob(source, &image.config, config::MAX_BYTES as u64).await?;
            let config = ImageConfig::parse(&bytes).ok();
            config.and_then(|config| config.platform())
        }
        None => None,
    };
    let name = match asked {
        Some(_) => name(subject, Some(manifest.digest())),
        None => name(subject, None),
    };
    object(name, &manifest, platform)
}

/// What an index lists, and the indexes that it lists.
async fn below(subject: &Subject, root: Manifest) -> Result<Value> {
    let source = subject.source.as_ref();
    let (mut all, mut absent) = (Vec::new(), 0);
    let mut indexes = vec![root];
    for _ in 0..MAX_INDEX_DEPTH {
        let listed = indexes.iter().filter_map(Manifest::index);
        let listed: Vec<_> = listed.flat_map(|index| index.manifests.clone()).collect();
        let read = stream::iter(listed).map(|entry| async move {
            let found = source.manifest(&Selector::Digest(entry.digest)).await;
            match found {
                Err(error) if error.is_not_found() => Ok((entry, None)),
                found => found.map(|manifest| (entry, Some(manifest))),
            }
        });
        let read: Vec<_> = read.buffered(AT_ONCE).try_collect().await?;
        indexes = Vec::new();
        for (entry, manifest) in read {
            match manifest {
                None => absent += 1,
                Some(manifest) if manifest.index().is_some() => indexes.push(manifest),
                Some(manifest) => {
                    let name = name(subject, Some(&entry.digest));
                    all.push(object(name, &manifest, entry.platform)?);
                }
            }
        }
        if indexes.is_empty() {
            break;
        }
    }
    if absent > 0 {
        output::story(&format!("{absent} more are listed and not there"));
    }
    Ok(Value::Array(all))
}

/// What is meant by its full name, with a digest in place of its own.
fn name(subject: &Subject, digest: Option<&Digest>) -> String {
    let reference = subject.reference.as_ref();
    match (reference, digest) {
        (Some(reference), None) => reference.to_string(),
        (Some(reference), Some(digest)) => {
            let mut reference = reference.clone();
            reference.digest = Some(*digest);
            reference.to_string()
        }
        (None, None) => subject.name.clone(),
        (None, Some(digest)) => format!("{}@{digest}", subject.name),
    }
}

/// Docker's object, its keys in docker's order.
fn object(name: String, manifest: &Manifest, platform: Option<Platform>) -> Result<Value> {
    let descriptor = manifest.descriptor();
    let mut described = json!({
        "mediaType": descriptor.media_type.as_str(),
        "digest": descriptor.digest.to_string(),
        "size": descriptor.size,
    });
    if let Some(platform) = platform {
        described["platform"] = json!(platform);
    }
    let docker = descriptor.media_type == MediaType::DOCKER_MANIFEST;
    let key = if docker {
        "SchemaV2Manifest"
    } else {
        "OCIManifest"
    };
    let mut object = Map::new();
    object.insert("Ref".to_owned(), name.into());
    object.insert("Descriptor".to_owned(), described);
    let raw = BASE64_STANDARD.encode(manifest.bytes());
    object.insert("Raw".to_owned(), raw.into());
    object.insert(key.to_owned(), parsed(manifest.bytes())?);
    Ok(Value::Object(object))
}
