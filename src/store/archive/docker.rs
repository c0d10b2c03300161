//! `manifest.json`: docker's list of the images in an archive.
//!
//! It names a config and layers by the names of members. A layer that is as it was before compression has the diff id of
//! the config for a digest, and is verified by that when it is copied; one that is compressed is read through, so that
//! both of its digests are known. From that an OCI manifest is made, always the same for the same image.

use std::collections::HashMap;
use std::io::{self, Read};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::MANIFEST;
use super::members::{Members, digest_of_name};
use super::plain::measured;
use crate::error::{Error, Result};
use crate::oci::{Digest, ImageConfig, Manifest, MediaType, config, json};
use crate::store::layer::{GZIP, ZSTD, decompressed};

/// The largest `manifest.json` read, in bytes: a thousand images of a hundred layers.
const MAX_BYTES: u64 = 16 << 20;
/// What digests are by where nothing says otherwise.
const SHA256: Digest = Digest::Sha256([0; 32]);

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

/// What is known of layers by their names: many images share them.
pub(super) type Layers = HashMap<String, Layer>;

/// A layer of the archive.
#[derive(Clone)]
pub(super) struct Layer {
    media_type: &'static str,
    digest: Digest,
    /// Of what it was before compression.
    diff_id: Digest,
    size: u64,
}

/// Makes an image of an item.
pub(super) fn image(members: &Members, item: Item, known: &mut Layers) -> Result<Image> {
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
        let layer = match known.get(&name) {
            Some(layer) => layer.clone(),
            None => layer(members, &name, diff_id)?,
        };
        if layer.diff_id != diff_id {
            return Err(Error::DigestMismatch {
                expected: diff_id,
                found: layer.diff_id,
            });
        }
        layers.push(json!({
            "mediaType": layer.media_type,
            "digest": layer.digest.to_string(),
            "size": layer.size,
        }));
        content.push((layer.digest, name.clone()));
        known.insert(name, layer);
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

/// What a layer is that should be `diff_id` before compression.
fn layer(members: &Members, name: &str, diff_id: Digest) -> Result<Layer> {
    let size = members
        .size(name)
        .ok_or_else(|| members.wrong(format!("the layer {name} is missing")))?;
    let length = usize::try_from(size.min(4)).unwrap_or(4);
    let start = members.read_at(name, 0, length)?;
    let media_type = if start.starts_with(&GZIP) {
        "application/vnd.oci.image.layer.v1.tar+gzip"
    } else if start.starts_with(&ZSTD) {
        "application/vnd.oci.image.layer.v1.tar+zstd"
    } else {
        let named = digest_of_name(name).or_else(|| members.digest(name));
        let digest = named.unwrap_or(diff_id);
        return Ok(Layer {
            media_type: "application/vnd.oci.image.layer.v1.tar",
            digest,
            // By another algorithm it says nothing of this one.
            diff_id: if digest.algorithm() == diff_id.algorithm() {
                digest
            } else {
                hash(Content::of(members, name, size), &diff_id, members)?
            },
            size,
        });
    };
    let digest = match digest_of_name(name).or_else(|| members.digest(name)) {
        Some(known) => known,
        None => hash(Content::of(members, name, size), &SHA256, members)?,
    };
    let plain = decompressed(Content::of(members, name, size));
    let plain = plain.map_err(|error| members.wrong(format!("the layer {name}: {error}")))?;
    Ok(Layer {
        media_type,
        digest,
        diff_id: hash(plain, &diff_id, members)?,
        size,
    })
}

/// The digest of all that `from` gives, by the algorithm of `like`.
fn hash(from: impl Read, like: &Digest, members: &Members) -> Result<Digest> {
    let measured = measured(from, like);
    let (digest, _) =
        measured.map_err(|error| members.wrong(format!("a layer cannot be read: {error}")))?;
    Ok(digest)
}

/// The bytes of a member, one after the other.
struct Content<'a> {
    members: &'a Members,
    name: &'a str,
    at: u64,
    size: u64,
}

impl<'a> Content<'a> {
    fn of(members: &'a Members, name: &'a str, size: u64) -> Self {
        Self {
            members,
            name,
            at: 0,
            size,
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size - self.at).unwrap_or(usize::MAX);
        let length = left.min(into.len());
        let bytes = self.members.read_at(self.name, self.at, length);
        let bytes = bytes.map_err(io::Error::other)?;
        into[..length].copy_from_slice(&bytes);
        self.at += length as u64;
        Ok(length)
    }
}
