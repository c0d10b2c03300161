//! Places on the command line: a name on its registry, or `local:NAME` in the local store.

use std::str::FromStr;

use super::report::usage;
use crate::error::{Error, Result};
use crate::oci::Reference;

/// Kinds of places that other programs know and this one does not read; none of them is a likely repository.
const ARCHIVES: [&str; 4] = [
    "oci-archive",
    "docker-archive",
    "docker-daemon",
    "containers-storage",
];
/// Kinds that are also good names of repositories: `oci:2` is a tag, `oci:/tmp/x` is not.
const FOLDERS: [&str; 3] = ["oci", "dir", "docker"];

/// Where an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// On its registry, as it was written: without a tag where none was given.
    Remote(Reference),
    /// In the local store, by name or ID.
    Local(String),
}

impl Location {
    /// Whether it is on a registry.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self, Self::Remote(_))
    }
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(name) = text.strip_prefix("local:") {
            if name.is_empty() {
                return Err(usage("local: is followed by a name or an image ID", None));
            }
            return Ok(Self::Local(name.to_owned()));
        }
        if let Some((prefix, rest)) = text.split_once(':')
            && (ARCHIVES.contains(&prefix)
                || (FOLDERS.contains(&prefix) && rest.contains(['/', ':']) && !rest.contains('@')))
        {
            return Err(usage(
                format!("places of the kind {prefix}: are not supported"),
                Some(
                    "write NAME for an image on its registry, local:NAME for one in the local store",
                ),
            ));
        }
        Ok(Self::Remote(text.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_remote_unless_they_say_local() {
        let remote: Location = "alpine".parse().unwrap();
        assert_eq!(remote, Location::Remote("alpine".parse().unwrap()));
        assert_eq!(
            "local:4f2e7a1c9d10".parse::<Location>().unwrap(),
            Location::Local("4f2e7a1c9d10".into())
        );
        for text in ["oci:2", "docker:24.0", "oci/app:1", "dir"] {
            assert!(
                matches!(text.parse::<Location>().unwrap(), Location::Remote(_)),
                "{text}"
            );
        }
    }

    #[test]
    fn unknown_kinds_of_places_are_named() {
        for text in [
            "oci:/tmp/layout:x",
            "docker-archive:a.tar",
            "docker://alpine",
        ] {
            let error = text.parse::<Location>().unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(
                error.to_string().contains("not supported"),
                "{text}: {error}"
            );
        }
        assert_eq!("local:".parse::<Location>().unwrap_err().exit_code(), 2);
        assert_eq!("A:".parse::<Location>().unwrap_err().exit_code(), 2);
    }
}
