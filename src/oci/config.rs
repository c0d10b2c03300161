//! The config of an image: what it runs on, when it was made, what it is made of (image-spec, config).
//!
//! Read leniently: configs come from many builders, and nothing here decides what is moved. A field that is absent or
//! `null` has its default.

use serde::Deserialize;

use super::{Digest, Platform, json};

/// The largest config read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// The parts of an image config that are shown or checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImageConfig {
    /// When it was made, RFC 3339.
    pub created: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// Such as `amd64`.
    pub architecture: Option<String>,
    /// Such as `v7`.
    pub variant: Option<String>,
    /// Such as `linux`.
    pub os: Option<String>,
    /// The version of the system (Windows).
    #[serde(rename = "os.version")]
    pub os_version: Option<String>,
    /// Free text.
    pub comment: Option<String>,
    /// The version of docker that built it.
    pub docker_version: Option<String>,
    /// How it runs, as written.
    pub config: Option<serde_json::Map<String, serde_json::Value>>,
    /// Its layers, uncompressed.
    pub rootfs: Option<RootFs>,
    /// How its layers were made.
    pub history: Option<Vec<History>>,
}

/// The layers of an image by the digest of their uncompressed form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RootFs {
    /// Lowest first.
    pub diff_ids: Option<Vec<Digest>>,
}

/// One step of how an image was made.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct History {
    /// When, RFC 3339.
    pub created: Option<String>,
    /// By what command.
    pub created_by: Option<String>,
    /// Free text.
    pub comment: Option<String>,
    /// Whether it made no layer.
    pub empty_layer: Option<bool>,
}

impl ImageConfig {
    /// Reads a config whose bytes were already bound to a digest.
    ///
    /// # Errors
    /// Not JSON, a key twice, a field of another type.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        json::strict(bytes)
    }

    /// What it runs on, where it says.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        let (os, architecture) = (self.os.as_deref()?, self.architecture.as_deref()?);
        (!os.is_empty() && !architecture.is_empty()).then(|| Platform {
            architecture: architecture.to_owned(),
            os: os.to_owned(),
            os_version: self.os_version.clone(),
            os_features: Vec::new(),
            variant: self.variant.clone().filter(|variant| !variant.is_empty()),
        })
    }

    /// The labels.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        let labels = self
            .config
            .as_ref()
            .and_then(|config| config.get("Labels"))
            .and_then(|labels| labels.as_object());
        labels
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_and_absent_fields_are_defaults() {
        let config = ImageConfig::parse(
            br#"{"os":"linux","architecture":"arm","variant":"v7","config":null,"history":null}"#,
        )
        .unwrap();
        assert_eq!(config.platform().unwrap().to_string(), "linux/arm/v7");
        assert_eq!(config.labels().count(), 0);
        assert!(ImageConfig::parse(b"{}").unwrap().platform().is_none());
    }

    #[test]
    fn labels_are_read() {
        let config = ImageConfig::parse(br#"{"config":{"Labels":{"a":"1","b":"2"}}}"#).unwrap();
        assert_eq!(
            config.labels().collect::<Vec<_>>(),
            [("a", "1"), ("b", "2")]
        );
    }
}
