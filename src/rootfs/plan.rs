//! What is to be unpacked, known before anything is written: the layers, all here and held, each with the digest of what
//! is in it.

use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest, ImageConfig, Manifest, config};
use crate::store::layout::{Hold, Layout};

/// What an image may always grow to, in bytes.
const ALWAYS: u64 = 64 << 20;
/// How many times their compressed size the layers may grow to beyond that.
const RATIO: u64 = 1000;

/// The layers of an image.
#[derive(Debug)]
pub struct Plan {
    /// The image, for errors.
    pub(super) image: Digest,
    pub(super) layers: Vec<Layer>,
    /// The most bytes that may come of it.
    pub(super) limit: u64,
    /// Keeps the layers from being removed meanwhile.
    _hold: Option<Hold>,
}

/// A layer.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) descriptor: Descriptor,
    /// The digest of what is in it.
    pub(super) diff_id: Digest,
}

impl Plan {
    /// The layers of `manifest`, which are all in `layout`, and stay there as long as the plan lives. `limit` is the most bytes that may come of them; without it
    /// 64 MiB, or a thousand times what they take compressed if that is more. Blocks.
    ///
    /// # Errors
    /// `NotFound` for a layer or config that is not here; `Malformed` for a config that does not describe the layers, and
    /// for what is no image; what reading the config says.
    pub fn of(layout: &Layout, manifest: &Manifest, limit: Option<u64>) -> Result<Self> {
        let wrong = |reason: &str| Error::Malformed {
            doing: manifest.digest().to_string(),
            reason: reason.to_owned(),
        };
        let image = manifest.image().filter(|image| image.has_files());
        let image = image.ok_or_else(|| wrong("it is no image that has a root filesystem"))?;
        if image.config.size > config::MAX_BYTES as u64 {
            return Err(wrong("its config is too large"));
        }
        // Before the first look at what is here.
        let content = manifest.children().map(|child| child.digest);
        let hold = layout.hold_for_reading(content)?;
        let bytes = layout.read(&image.config)?;
        let parsed = ImageConfig::parse(&bytes)
            .map_err(|error| wrong(&format!("its config is damaged: {error}")))?;
        let diff_ids = parsed.rootfs.and_then(|rootfs| rootfs.diff_ids);
        let diff_ids = diff_ids.unwrap_or_default();
        if diff_ids.len() != image.layers.len() {
            return Err(wrong(&format!(
                "its config names {} layers, its manifest {}",
                diff_ids.len(),
                image.layers.len()
            )));
        }
        for layer in &image.layers {
            if layout.size_of(&layer.digest)?.is_none() {
                return Err(Error::NotFound {
                    what: Thing::Blob,
                    name: layer.digest.to_string(),
                    answer: None,
                });
            }
        }
        let compressed: u64 = image.layers.iter().map(|layer| layer.size).sum();
        let layers = image.layers.iter().cloned().zip(diff_ids);
        Ok(Self {
            image: *manifest.digest(),
            layers: layers
                .map(|(descriptor, diff_id)| Layer {
                    descriptor,
                    diff_id,
                })
                .collect(),
            limit: limit.unwrap_or_else(|| compressed.saturating_mul(RATIO).max(ALWAYS)),
            _hold: hold,
        })
    }

    /// How many layers there are.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.layers.len()
    }
}
