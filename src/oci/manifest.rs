//! Manifests and indexes of both families: their exact bytes, and a checked view of them.
//!
//! The bytes are what was received and what is sent on; nothing is ever serialised again. The view is made only from
//! bytes already bound to a digest, and only if the document has one shape (image-spec 1.1, after CVE-2021-41190): an
//! index has `manifests`, an image has `config` and `layers`, neither has parts of the other, no key stands twice,
//! and an embedded media type agrees with the one it came under.

use std::collections::HashMap;

use bytes::Bytes;
use serde::Deserialize;

use super::descriptor::{Annotations, Descriptor, MAX_SIZE};
use super::json;
use super::{Digest, MediaType, Platform};

/// The largest manifest or index, in bytes (distribution-spec: registries should accept 4 MiB).
pub const MAX_BYTES: usize = 4 << 20;
/// The most descriptors in one document.
pub const MAX_DESCRIPTORS: usize = 4096;

/// How deep indexes may be nested in indexes.
pub const MAX_INDEX_DEPTH: usize = 8;

/// Why bytes are not a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not JSON, or JSON of another form.
    #[error("not a manifest: {0}")]
    Json(#[from] serde_json::Error),
    /// Larger than [`MAX_BYTES`].
    #[error("the manifest is larger than 4 MiB")]
    TooLarge,
    /// More than [`MAX_DESCRIPTORS`].
    #[error("the manifest has more than {MAX_DESCRIPTORS} entries")]
    TooMany,
    /// Parts of an image and of an index in one document.
    #[error("the document is ambiguous: {0}")]
    Ambiguous(&'static str),
    /// The document says it is one thing and came as another.
    #[error("the document says it is {embedded}, but came as {stated}")]
    Type {
        /// In the document.
        embedded: MediaType,
        /// In the header or descriptor.
        stated: MediaType,
    },
    /// Docker's schema 1.
    #[error(
        "schema 1 is not supported: its digest does not bind its bytes; push the image again with a current client"
    )]
    Schema1,
    /// Some other type of document.
    #[error("unsupported manifest type {0}")]
    Unsupported(MediaType),
    /// One digest described in two ways.
    #[error("{digest} is described with two sizes or types")]
    Conflict {
        /// The digest.
        digest: Digest,
    },
    /// A size no content has.
    #[error("{digest} is said to have {size} bytes")]
    Size {
        /// The digest.
        digest: Digest,
        /// The claim.
        size: u64,
    },
}

/// A manifest or index: exact bytes, what they hash to, and what they say.
#[derive(Debug, Clone)]
pub struct Manifest {
    descriptor: Descriptor,
    bytes: Bytes,
    view: View,
}

/// What a manifest says.
#[derive(Debug, Clone)]
pub enum View {
    /// One image or artifact.
    Image(Box<Image>),
    /// A list of manifests.
    Index(Box<Index>),
}

/// An image or artifact manifest.
#[derive(Debug, Clone)]
pub struct Image {
    /// Points at the config.
    pub config: Descriptor,
    /// Point at the layers, lowest first.
    pub layers: Vec<Descriptor>,
    /// The manifest this one is about.
    pub subject: Option<Descriptor>,
    /// What kind of artifact it is.
    pub artifact_type: Option<MediaType>,
    /// Free text.
    pub annotations: Option<Annotations>,
}

/// An index or manifest list.
#[derive(Debug, Clone)]
pub struct Index {
    /// Point at manifests, in the order listed.
    pub manifests: Vec<Descriptor>,
    /// The manifest this one is about.
    pub subject: Option<Descriptor>,
    /// What kind of artifact it is.
    pub artifact_type: Option<MediaType>,
    /// Free text.
    pub annotations: Option<Annotations>,
}

impl Index {
    /// The platforms it lists images for, in its order; attestations are for none.
    #[must_use]
    pub fn platforms(&self) -> Vec<Platform> {
        let images = self
            .manifests
            .iter()
            .filter(|entry| !entry.is_attestation());
        images.filter_map(|entry| entry.platform.clone()).collect()
    }
}

impl Image {
    /// Whether it can run: its config is an image's, not an artifact's.
    #[must_use]
    pub fn is_runnable(&self) -> bool {
        self.config.media_type.is_image_config()
    }

    /// Whether its layers make a file system. Those of a signature by cosign do not, though its config is an image's.
    #[must_use]
    pub fn has_files(&self) -> bool {
        let mut layers = self.layers.iter();
        self.is_runnable() && layers.all(|layer| layer.media_type.is_layer())
    }
}

/// Where a document and its descriptors must be objects: an array of their values is no manifest to other readers.
#[derive(Deserialize)]
struct Outline {
    #[serde(rename = "config")]
    _config: Option<json::Object>,
    #[serde(rename = "layers")]
    _layers: Option<Vec<json::Object>>,
    #[serde(rename = "manifests")]
    _manifests: Option<Vec<json::Object>>,
    #[serde(rename = "subject")]
    _subject: Option<json::Object>,
}

fn check_objects(bytes: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<json::Object>(bytes)?;
    serde_json::from_slice::<Outline>(bytes).map(drop)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u64,
    media_type: Option<MediaType>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    fs_layers: Option<serde::de::IgnoredAny>,
    history: Option<serde::de::IgnoredAny>,
    subject: Option<Descriptor>,
    artifact_type: Option<MediaType>,
    annotations: Option<Annotations>,
}

impl Manifest {
    /// Reads `bytes` as the manifest they were served as. `stated` is the media type of the header or descriptor they
    /// came under; a vague one (`application/json`) is accepted when the document names its own. `digest` is the
    /// digest the caller has already found `bytes` to have.
    ///
    /// # Errors
    /// The rule of this module that the document breaks.
    pub fn read(
        bytes: Bytes,
        stated: Option<&MediaType>,
        digest: Digest,
    ) -> Result<Self, ManifestError> {
        if bytes.len() > MAX_BYTES {
            return Err(ManifestError::TooLarge);
        }
        if stated.is_some_and(MediaType::is_schema1) {
            return Err(ManifestError::Schema1);
        }
        let document: Document = json::strict(&bytes)?;
        check_objects(&bytes)?;
        let (media_type, view) = document.view(stated.filter(|stated| !stated.is_vague()))?;
        let mut descriptor = Descriptor::new(media_type, digest, bytes.len() as u64);
        descriptor.artifact_type = match &view {
            View::Image(image) => image.artifact_type.clone(),
            View::Index(index) => index.artifact_type.clone(),
        };
        let manifest = Self {
            descriptor,
            bytes,
            view,
        };
        manifest.check_descriptors()?;
        Ok(manifest)
    }

    /// Reads `bytes` and computes their SHA-256.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn parse(
        bytes: impl Into<Bytes>,
        stated: Option<&MediaType>,
    ) -> Result<Self, ManifestError> {
        let bytes = bytes.into();
        let digest = Digest::of(&bytes);
        Self::read(bytes, stated, digest)
    }

    fn check_descriptors(&self) -> Result<(), ManifestError> {
        let mut seen: HashMap<Digest, (u64, &MediaType)> = HashMap::new();
        // Artifacts put the empty object in the place of their config and of their layers, under a type for each.
        let empty = Digest::of(b"{}");
        let mut count = 0;
        for descriptor in self.children() {
            count += 1;
            if count > MAX_DESCRIPTORS {
                return Err(ManifestError::TooMany);
            }
            if descriptor.size > MAX_SIZE {
                return Err(ManifestError::Size {
                    digest: descriptor.digest,
                    size: descriptor.size,
                });
            }
            let said = (descriptor.size, &descriptor.media_type);
            let (size, media_type) = *seen.entry(descriptor.digest).or_insert(said);
            let any_type = descriptor.digest == empty && self.image().is_some();
            if size != said.0 || (media_type != said.1 && !any_type) {
                return Err(ManifestError::Conflict {
                    digest: descriptor.digest,
                });
            }
        }
        Ok(())
    }

    /// A descriptor of this manifest: its type, digest and size.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The digest of the bytes.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.descriptor.digest
    }

    /// What kind of manifest it is.
    #[must_use]
    pub fn media_type(&self) -> &MediaType {
        &self.descriptor.media_type
    }

    /// The bytes as they were received.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// What they say.
    #[must_use]
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The image, unless this is an index.
    #[must_use]
    pub fn image(&self) -> Option<&Image> {
        match &self.view {
            View::Image(image) => Some(image),
            View::Index(_) => None,
        }
    }

    /// The index, unless this is an image.
    #[must_use]
    pub fn index(&self) -> Option<&Index> {
        match &self.view {
            View::Index(index) => Some(index),
            View::Image(_) => None,
        }
    }

    /// The manifest this one is about (signatures, attestations, SBOMs).
    #[must_use]
    pub fn subject(&self) -> Option<&Descriptor> {
        match &self.view {
            View::Image(image) => image.subject.as_ref(),
            View::Index(index) => index.subject.as_ref(),
        }
    }

    /// A descriptor of this manifest as a referrers list shows it: with its artifact type (or, for an image manifest
    /// without one, the type of its config) and its annotations (distribution-spec, listing referrers).
    #[must_use]
    pub fn referrer(&self) -> Descriptor {
        let mut descriptor = self.descriptor.clone();
        let (artifact_type, annotations) = match &self.view {
            View::Image(image) => (
                image
                    .artifact_type
                    .clone()
                    .or(Some(image.config.media_type.clone())),
                &image.annotations,
            ),
            View::Index(index) => (index.artifact_type.clone(), &index.annotations),
        };
        descriptor.artifact_type = artifact_type;
        descriptor.annotations.clone_from(annotations);
        descriptor
    }

    /// Everything it points at and owes: config and layers, or child manifests. Not the subject.
    pub fn children(&self) -> Box<dyn Iterator<Item = &Descriptor> + '_> {
        match &self.view {
            View::Image(image) => Box::new(std::iter::once(&image.config).chain(&image.layers)),
            View::Index(index) => Box::new(index.manifests.iter()),
        }
    }
}

impl Document {
    fn view(self, stated: Option<&MediaType>) -> Result<(MediaType, View), ManifestError> {
        if self.schema_version == 1 || self.fs_layers.is_some() || self.history.is_some() {
            return Err(ManifestError::Schema1);
        }
        if self.manifests.is_some() && (self.config.is_some() || self.layers.is_some()) {
            return Err(ManifestError::Ambiguous(
                "it has both manifests and config or layers",
            ));
        }
        let media_type = match (self.media_type, stated) {
            (Some(embedded), Some(stated)) if embedded != *stated => {
                return Err(ManifestError::Type {
                    embedded,
                    stated: stated.clone(),
                });
            }
            (Some(media_type), _) => media_type,
            (None, Some(stated)) => stated.clone(),
            (None, None) if self.manifests.is_some() => MediaType::OCI_INDEX,
            (None, None) => MediaType::OCI_MANIFEST,
        };
        let (subject, artifact_type, annotations) =
            (self.subject, self.artifact_type, self.annotations);
        if media_type.is_index() {
            let manifests = self
                .manifests
                .ok_or(ManifestError::Ambiguous("an index without manifests"))?;
            Ok((
                media_type,
                View::Index(Box::new(Index {
                    manifests,
                    subject,
                    artifact_type,
                    annotations,
                })),
            ))
        } else if media_type.is_image() {
            let config = self
                .config
                .ok_or(ManifestError::Ambiguous("an image manifest without config"))?;
            let layers = self
                .layers
                .ok_or(ManifestError::Ambiguous("an image manifest without layers"))?;
            let image = Image {
                config,
                layers,
                subject,
                artifact_type,
                annotations,
            };
            Ok((media_type, View::Image(Box::new(image))))
        } else {
            Err(ManifestError::Unsupported(media_type))
        }
    }
}

#[cfg(test)]
mod tests;
