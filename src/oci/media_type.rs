//! Media types of manifests, configs and layers, of the OCI and docker families.
//!
//! A media type is kept as the text it was written in (artifacts bring their own), with the questions the rest of
//! the program asks of it.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a piece of content, such as `application/vnd.oci.image.manifest.v1+json`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// An OCI image manifest.
    pub const OCI_MANIFEST: Self =
        Self(Cow::Borrowed("application/vnd.oci.image.manifest.v1+json"));
    /// An OCI image index.
    pub const OCI_INDEX: Self = Self(Cow::Borrowed("application/vnd.oci.image.index.v1+json"));
    /// A docker image manifest, version 2 schema 2.
    pub const DOCKER_MANIFEST: Self = Self(Cow::Borrowed(
        "application/vnd.docker.distribution.manifest.v2+json",
    ));
    /// A docker manifest list.
    pub const DOCKER_LIST: Self = Self(Cow::Borrowed(
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ));
    /// An OCI image config.
    pub const OCI_CONFIG: Self = Self(Cow::Borrowed("application/vnd.oci.image.config.v1+json"));
    /// A docker image config.
    pub const DOCKER_CONFIG: Self = Self(Cow::Borrowed(
        "application/vnd.docker.container.image.v1+json",
    ));
    /// An OCI layer, gzip.
    pub const OCI_LAYER_GZIP: Self =
        Self(Cow::Borrowed("application/vnd.oci.image.layer.v1.tar+gzip"));
    /// The empty JSON object of artifacts (image-spec, "Guidance for an empty descriptor").
    pub const OCI_EMPTY: Self = Self(Cow::Borrowed("application/vnd.oci.empty.v1+json"));
    /// Bytes of no stated type.
    pub const OCTET_STREAM: Self = Self(Cow::Borrowed("application/octet-stream"));

    /// A media type as found in a document, kept to the letter.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Cow::Owned(text.into()))
    }

    /// A media type from a `Content-Type` header: parameters dropped, lower case (distribution-spec: clients should
    /// ignore the parameters).
    #[must_use]
    pub fn from_header(value: &str) -> Self {
        Self::new(
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
        )
    }

    /// What `Accept` names on every manifest request, in one header: both families (some registries read only the
    /// first header, some convert or hide what is not named).
    #[must_use]
    pub fn accepted() -> String {
        [
            Self::OCI_INDEX,
            Self::OCI_MANIFEST,
            Self::DOCKER_LIST,
            Self::DOCKER_MANIFEST,
        ]
        .iter()
        .map(Self::as_str)
        .collect::<Vec<_>>()
        .join(", ")
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An index or a manifest list: its children are manifests.
    #[must_use]
    pub fn is_index(&self) -> bool {
        *self == Self::OCI_INDEX || *self == Self::DOCKER_LIST
    }

    /// A manifest with a config and layers.
    #[must_use]
    pub fn is_image(&self) -> bool {
        *self == Self::OCI_MANIFEST || *self == Self::DOCKER_MANIFEST
    }

    /// A manifest of any kind, as opposed to a blob.
    #[must_use]
    pub fn is_manifest(&self) -> bool {
        self.is_index() || self.is_image()
    }

    /// The config of a runnable image, as opposed to an artifact's.
    #[must_use]
    pub fn is_image_config(&self) -> bool {
        *self == Self::OCI_CONFIG || *self == Self::DOCKER_CONFIG
    }

    /// Docker's schema 1, whose digest does not bind its bytes.
    #[must_use]
    pub fn is_schema1(&self) -> bool {
        matches!(
            self.as_str(),
            "application/vnd.docker.distribution.manifest.v1+json"
                | "application/vnd.docker.distribution.manifest.v1+prettyjws"
        )
    }

    /// A layer that may be kept outside the registry (Windows base layers), named by `urls`.
    #[must_use]
    pub fn is_foreign_layer(&self) -> bool {
        self.as_str() == "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
            || self
                .as_str()
                .starts_with("application/vnd.oci.image.layer.nondistributable.")
    }

    /// A layer of files, whatever compresses it, or a type that does not say what it is.
    #[must_use]
    pub fn is_layer(&self) -> bool {
        const FAMILIES: [&str; 4] = [
            "application/vnd.oci.image.layer.",
            "application/vnd.docker.image.rootfs.",
            "application/vnd.docker.container.image.rootfs.",
            "application/x-tar",
        ];
        let family = |family| self.as_str().starts_with(family);
        FAMILIES.into_iter().any(family) || self.is_vague()
    }

    /// A type so general that it says nothing about a manifest; weak registries send these.
    #[must_use]
    pub fn is_vague(&self) -> bool {
        matches!(
            self.as_str(),
            "" | "application/json"
                | "text/plain"
                | "application/octet-stream"
                | "binary/octet-stream"
        )
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_header_loses_its_parameters() {
        let header = " Application/vnd.oci.image.index.v1+JSON ; charset=utf-8";
        assert_eq!(MediaType::from_header(header), MediaType::OCI_INDEX);
    }

    #[test]
    fn all_four_manifest_types_are_asked_for_and_schema_1_is_not() {
        let accepted = MediaType::accepted();
        assert_eq!(accepted.split(", ").count(), 4);
        assert!(!accepted.contains("v1+prettyjws"));
    }
}
