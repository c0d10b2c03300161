//! `manifest.json`: docker's list of the images in an archive.
//!
//! It names a config and layers by the names of members. Where such a name is a blob's, or the layer is as it was before
//! compression (then its digest is the diff id of the config), nothing has to be read to know the digest; else it is
//! hashed. From that an OCI manifest is made, always the same for the same image.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::MANIFEST;
use super::members::{Members, digest_of_name};
use crate::error::Result;
use crate::oci::{Digest, ImageConfig, Manifest, MediaType, config, json};
use crate::store::layer::{GZIP, ZSTD};

/// The largest `manifest.json` read, in bytes: a thousand images of a hundred layers.
const MAX_BYTES: u64 = 16 << 20;
/// Bytes read at once.
const BUFFER: u64 = 1 << 20;

/// One image of the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Item {
    /// The member that is its config.
    pub(super) config: String,
    /// Its names.
    #[serde(default)]
    pub(super) repo_tags: Option<Vec<String>>,
    /// The members that are its layers, lowest first.
    pub(super) layers: Vec<String>,
}

/// An image of the list, and where its content is.
pub(super) struct Image {
    pub(super) names: Vec<String>,
    pub(super) manifest: Manifest,
    /// Digests and the members they are.
    pub(super) content: Vec<(Digest, String)>,
}

/// The items of `manifest.json`, if there is one.
pub(super) fn items(members: &Members) -> Result<Option<Vec<Item>>> {
    let Some(bytes) = members.read(MANIFEST, MAX_BYTES)? else {
        return Ok(None);
    };
    json::strict(&bytes)
        .map(Some)
        .map_err(|error| members.wrong(format!("{MANIFEST} is not docker's list: {error}")))
}

/// Makes an image of an item.
pub(super) fn image(members: &Members, item: Item) -> Result<Image> {
    let limit = config::MAX_BYTES as u64;
    let missing = || members.wrong(format!("{} is missing", item.config));
    let bytes = members.read(&item.config, limit)?.ok_or_else(missing)?;
    let parsed = ImageConfig::parse(&bytes)
        .map_err(|error| members.wrong(format!("{} is no config: {error}", item.config)))?;
    let diff_ids = parsed.rootfs.and_then(|rootfs| rootfs.diff_ids);
    let diff_ids = diff_ids.unwrap_or_default();
    if diff_ids.len() != item.layers.len() {
        return Err(members.wrong(format!(
            "{MANIFEST} names {} layers and the config {}",
            item.layers.len(),
            diff_ids.len()
        )));
    }
    let digest = Digest::of(&bytes);
    let mut content = vec![(digest, item.config)];
    let mut layers = Vec::new();
    for (name, diff_id) in item.layers.into_iter().zip(diff_ids) {
        let (media_type, digest, size) = layer(members, &name, diff_id)?;
        layers.push(json!({"mediaType": media_type, "digest": digest.to_string(), "size": size}));
        content.push((digest, name));
    }
    let document = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_MANIFEST.as_str(),
        "config": {
            "mediaType": MediaType::OCI_CONFIG.as_str(),
            "digest": digest.to_string(),
            "size": bytes.len(),
        },
        "layers": layers,
    });
    let manifest = Manifest::parse(document.to_string(), Some(&MediaType::OCI_MANIFEST))
        .map_err(|error| members.wrong(format!("the image of {digest}: {error}")))?;
    Ok(Image {
        names: item.repo_tags.unwrap_or_default(),
        manifest,
        content,
    })
}

/// Media type, digest and size of a layer.
fn layer(members: &Members, name: &str, diff_id: Digest) -> Result<(&'static str, Digest, u64)> {
    let size = members
        .size(name)
        .ok_or_else(|| members.wrong(format!("the layer {name} is missing")))?;
    let length = usize::try_from(size.min(4)).unwrap_or(4);
    let start = members.read_at(name, 0, length)?;
    let (media_type, plain) = if start.starts_with(&GZIP) {
        ("application/vnd.oci.image.layer.v1.tar+gzip", false)
    } else if start.starts_with(&ZSTD) {
        ("application/vnd.oci.image.layer.v1.tar+zstd", false)
    } else {
        ("application/vnd.oci.image.layer.v1.tar", true)
    };
    let digest = match (digest_of_name(name), members.digest(name)) {
        (Some(named), _) => named,
        (None, Some(known)) => known,
        (None, None) if plain => diff_id,
        (None, None) => hash(members, name, size)?,
    };
    Ok((media_type, digest, size))
}

fn hash(members: &Members, name: &str, size: u64) -> Result<Digest> {
    let mut hasher = Digest::Sha256([0; 32]).hasher();
    let mut at = 0;
    while at < size {
        let length = usize::try_from(BUFFER.min(size - at)).unwrap_or_default();
        hasher.update(&members.read_at(name, at, length)?);
        at += length as u64;
    }
    Ok(hasher.finish())
}
