//! Platforms: what an image runs on, and which entry of an index is meant (image-spec, index; containerd's rules for
//! variants).
//!
//! `linux/arm/v7` runs what is built for v7, v6 and v5, in that order; `arm64` and `arm64/v8` are the same; a plain
//! `amd64` is its v1. An entry `unknown/unknown` is an attestation and is never chosen.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Descriptor;

/// An operating system, an architecture and, where it matters, a variant of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Platform {
    /// Such as `amd64` or `arm64`, in Go's words.
    pub architecture: String,
    /// Such as `linux`, in Go's words.
    pub os: String,
    /// The version of the system (Windows).
    #[serde(
        rename = "os.version",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub os_version: Option<String>,
    /// Features the system must have (Windows).
    #[serde(rename = "os.features", default, skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
    /// Such as `v7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// Why a text is not a platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid platform {text:?}: {reason}")]
pub struct PlatformError {
    text: String,
    reason: &'static str,
}

/// Which platforms of an index are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Platforms {
    /// Everything the index lists, attestations included.
    All,
    /// One image for each of these.
    These(Vec<Platform>),
}

const SYSTEMS: &[&str] = &[
    "linux", "windows", "darwin", "freebsd", "netbsd", "openbsd", "solaris", "illumos", "aix",
    "android", "plan9", "wasip1",
];
const ARCHITECTURES: &[&str] = &[
    "386", "amd64", "arm", "arm64", "ppc64", "ppc64le", "mips", "mipsle", "mips64", "mips64le",
    "riscv64", "s390x", "loong64", "wasm",
];

impl Platform {
    /// A platform of the given parts, in their usual spelling.
    #[must_use]
    pub fn new(os: &str, architecture: &str, variant: Option<&str>) -> Self {
        let os = match os {
            "macos" => "darwin",
            other => other,
        };
        let (architecture, variant) = match (architecture, variant) {
            ("x86_64" | "x86-64", variant) => ("amd64", variant),
            ("i386" | "i686" | "x86", _) => ("386", None),
            ("aarch64" | "arm64", None | Some("8" | "v8")) => ("arm64", None),
            ("aarch64", variant) => ("arm64", variant),
            ("armhf", _) | ("arm", None | Some("7")) => ("arm", Some("v7")),
            ("armel", _) | ("arm", Some("6")) => ("arm", Some("v6")),
            ("arm", Some("5")) => ("arm", Some("v5")),
            ("amd64", Some("v1")) => ("amd64", None),
            ("powerpc64", variant) => ("ppc64", variant),
            ("loongarch64", variant) => ("loong64", variant),
            other => other,
        };
        Self {
            architecture: architecture.to_owned(),
            os: os.to_owned(),
            os_version: None,
            os_features: Vec::new(),
            variant: variant.map(str::to_owned),
        }
    }

    /// What this machine runs: its architecture, and Linux images where the system itself has none (macOS).
    #[must_use]
    pub fn host() -> Self {
        let os = match std::env::consts::OS {
            "macos" => "linux",
            other => other,
        };
        let architecture = match std::env::consts::ARCH {
            "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
            "mips" if cfg!(target_endian = "little") => "mipsle",
            "mips64" if cfg!(target_endian = "little") => "mips64le",
            other => other,
        };
        Self::new(os, architecture, None)
    }

    /// How well content built for `self` runs on `wanted`: 0 is exact, larger is older, `None` not at all.
    fn distance(&self, wanted: &Self) -> Option<u32> {
        let have = Self::new(&self.os, &self.architecture, self.variant.as_deref());
        if have.os != wanted.os || have.architecture != wanted.architecture {
            return None;
        }
        if have.variant == wanted.variant {
            return Some(0);
        }
        let number = |platform: &Self| -> Option<u32> {
            match platform.variant.as_deref() {
                None if platform.architecture == "amd64" => Some(1),
                None if platform.architecture == "arm64" => Some(8),
                Some(variant) => variant.strip_prefix('v')?.parse().ok(),
                None => None,
            }
        };
        match (number(&have), number(wanted)) {
            (Some(have), Some(wanted)) if have <= wanted => Some(wanted - have),
            // An entry that names no variant promises to run everywhere on its architecture, but only as a last resort.
            _ if have.variant.is_none() => Some(1000),
            _ => None,
        }
    }

    /// Whether an image for `self` runs on `wanted`.
    #[must_use]
    pub fn runs_on(&self, wanted: &Self) -> bool {
        self.distance(wanted).is_some()
    }

    /// The entry of an index to use for `self`: the best variant, the first of equals, never an attestation.
    #[must_use]
    pub fn choose<'a>(&self, entries: &'a [Descriptor]) -> Option<&'a Descriptor> {
        entries
            .iter()
            .filter(|entry| !entry.is_attestation())
            .filter_map(|entry| Some((entry.platform.as_ref()?.distance(self)?, entry)))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, entry)| entry)
    }

    /// Where an image for `self` is to be looked for: the entry to use, else the indexes in the index that say nothing of
    /// platforms and may have it.
    #[must_use]
    pub fn candidates<'a>(&self, entries: &'a [Descriptor]) -> Vec<&'a Descriptor> {
        if let Some(chosen) = self.choose(entries) {
            return vec![chosen];
        }
        let nested = |entry: &&Descriptor| entry.media_type.is_index() && entry.platform.is_none();
        entries.iter().filter(nested).collect()
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    /// Reads `os/arch[/variant]`, or one of the two alone with the other taken from this machine.
    fn from_str(text: &str) -> Result<Self, PlatformError> {
        let wrong = |reason| PlatformError {
            text: text.to_owned(),
            reason,
        };
        let parts: Vec<String> = text.split('/').map(str::to_ascii_lowercase).collect();
        let plain = |part: &String| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        };
        if !parts.iter().all(plain) {
            return Err(wrong(
                "write os/architecture or os/architecture/variant, as in linux/arm/v7",
            ));
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let host = Self::host();
        let platform = match parts[..] {
            [os] if SYSTEMS.contains(&os) => {
                Self::new(os, &host.architecture, host.variant.as_deref())
            }
            [architecture] => Self::new(&host.os, architecture, None),
            [os, architecture] => Self::new(os, architecture, None),
            [os, architecture, variant] => Self::new(os, architecture, Some(variant)),
            _ => {
                return Err(wrong(
                    "write os/architecture or os/architecture/variant, as in linux/arm/v7",
                ));
            }
        };
        if !ARCHITECTURES.contains(&platform.architecture.as_str()) {
            return Err(wrong(
                "unknown architecture (known: amd64, arm64, arm, 386, ppc64le, s390x, riscv64, …)",
            ));
        }
        if !SYSTEMS.contains(&platform.os.as_str()) {
            return Err(wrong(
                "unknown operating system (known: linux, windows, darwin, freebsd, …)",
            ));
        }
        Ok(platform)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match &self.variant {
            Some(variant) => write!(f, "/{variant}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Digest, MediaType};
    use super::*;

    fn entry(platform: &str) -> Descriptor {
        let mut parts = platform.split('/');
        let (os, architecture) = (parts.next().unwrap(), parts.next().unwrap());
        let mut entry =
            Descriptor::new(MediaType::OCI_MANIFEST, Digest::of(platform.as_bytes()), 1);
        entry.platform = Some(Platform {
            architecture: architecture.to_owned(),
            os: os.to_owned(),
            os_version: None,
            os_features: Vec::new(),
            variant: parts.next().map(str::to_owned),
        });
        entry
    }

    fn choice(wanted: &str, entries: &[&str]) -> Option<String> {
        let list: Vec<Descriptor> = entries.iter().map(|text| entry(text)).collect();
        let wanted: Platform = wanted.parse().unwrap();
        let chosen = wanted.choose(&list)?;
        entries
            .iter()
            .find(|text| Digest::of(text.as_bytes()) == chosen.digest)
            .map(|text| (*text).to_owned())
    }

    #[test]
    fn the_newest_variant_that_runs_is_chosen() {
        let arms = [
            "linux/arm/v5",
            "linux/arm/v6",
            "linux/arm/v7",
            "linux/arm64/v8",
            "linux/amd64",
        ];
        assert_eq!(choice("linux/arm/v7", &arms).unwrap(), "linux/arm/v7");
        assert_eq!(choice("linux/arm/v6", &arms).unwrap(), "linux/arm/v6");
        assert_eq!(choice("linux/arm", &arms).unwrap(), "linux/arm/v7");
        assert_eq!(choice("linux/arm/v7", &arms[..2]).unwrap(), "linux/arm/v6");
        assert_eq!(choice("linux/arm/v5", &arms[1..]), None);
        assert_eq!(choice("linux/arm64", &arms).unwrap(), "linux/arm64/v8");
        assert_eq!(
            choice("linux/aarch64/v8", &["linux/arm64"]).unwrap(),
            "linux/arm64"
        );
        assert_eq!(
            choice("linux/amd64", &["linux/amd64/v3", "linux/amd64"]).unwrap(),
            "linux/amd64"
        );
        assert_eq!(choice("linux/amd64", &["linux/amd64/v3"]), None);
        assert_eq!(
            choice("linux/amd64/v3", &["linux/amd64", "linux/amd64/v2"]).unwrap(),
            "linux/amd64/v2"
        );
    }

    #[test]
    fn an_attestation_is_never_chosen() {
        assert_eq!(choice("linux/amd64", &["unknown/unknown"]), None);
        let mut attestation = entry("linux/amd64");
        attestation.annotations = Some(
            [(
                "vnd.docker.reference.type".to_owned(),
                "attestation-manifest".into(),
            )]
            .into_iter()
            .collect(),
        );
        assert!(
            "linux/amd64"
                .parse::<Platform>()
                .unwrap()
                .choose(&[attestation])
                .is_none()
        );
    }

    #[test]
    fn half_a_platform_is_completed_from_this_machine() {
        assert_eq!(
            "linux".parse::<Platform>().unwrap().architecture,
            Platform::host().architecture
        );
        assert_eq!("s390x".parse::<Platform>().unwrap().os, Platform::host().os);
    }

    #[test]
    fn malformed_platforms_are_refused() {
        for text in [
            "",
            "/",
            "linux/",
            "linux/amd64/v1/x",
            "linux/amd46",
            "lunix/amd64",
            "linux amd64",
            "linux/ämd64",
        ] {
            assert!(
                text.parse::<Platform>().is_err(),
                "{text:?} was taken for a platform"
            );
        }
    }
}
