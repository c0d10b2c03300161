//! Places on the command line: a name on its registry, `local:NAME` in the local store, and the layouts, archives and
//! daemons that skopeo and podman name alike (containers-transports(5)).

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::report::usage;
use crate::error::{Error, Result};
use crate::oci::Reference;

/// Kinds of places that other programs know and this one does not; none of them is a likely repository.
const UNKNOWN: [&str; 3] = ["containers-storage", "ostree", "sif"];
/// Kinds that are also good names of repositories: `dir:2` is a tag, `dir:/tmp/x` is not.
const FOLDERS: [&str; 1] = ["dir"];
/// How a name in the local store begins.
const LOCAL: &str = "local:";
/// How skopeo begins a name on a registry.
const ON_REGISTRY: &str = "docker://";

/// Where an image is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Location {
    /// On its registry, as it was written: without a tag where none was given.
    Remote(Reference),
    /// In the local store, by name or ID.
    Local(String),
    /// In a layout, an archive or a daemon.
    Place(Place),
}

/// A layout, an archive or a daemon, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What kind of place it is.
    pub(crate) transport: Transport,
    /// The folder or file; nothing for a daemon.
    pub(crate) path: PathBuf,
    /// What is meant of it, if that was said.
    pub(crate) name: Option<String>,
}

/// Kinds of places that are no registries, by containers' word for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// A folder that is an OCI image layout.
    Oci,
    /// A tar of one.
    OciArchive,
    /// What `docker save` writes.
    DockerArchive,
    /// Docker's daemon.
    DockerDaemon,
}

impl Transport {
    const ALL: [Self; 4] = [
        Self::Oci,
        Self::OciArchive,
        Self::DockerArchive,
        Self::DockerDaemon,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Oci => "oci",
            Self::OciArchive => "oci-archive",
            Self::DockerArchive => "docker-archive",
            Self::DockerDaemon => "docker-daemon",
        }
    }

    /// Whether it is a file, written as a whole.
    pub(crate) fn is_file(self) -> bool {
        matches!(self, Self::OciArchive | Self::DockerArchive)
    }

    /// Whether names in it are docker's, where a bare word is a repository and not a tag.
    pub(crate) fn is_docker(self) -> bool {
        matches!(self, Self::DockerArchive | Self::DockerDaemon)
    }
}

impl Location {
    /// Whether it is on a registry.
    pub(crate) fn is_remote(&self) -> bool {
        matches!(self, Self::Remote(_))
    }

    /// Whether `text` says that it is in the local store.
    pub(crate) fn is_local(text: &str) -> bool {
        text.starts_with(LOCAL)
    }

    /// The name in the local store, said to be there or taken for granted.
    pub(crate) fn unprefixed(text: &str) -> &str {
        text.strip_prefix(LOCAL).unwrap_or(text)
    }

    /// A name on a registry, for an argument that takes nothing else; clap wants a printable error.
    ///
    /// # Errors
    /// What says that it is elsewhere.
    pub(crate) fn remote(text: &str) -> Result<String, String> {
        let (what, how) = if Self::is_local(text) {
            ("in the local store", "`push` or `copy` brings it to one")
        } else if Self::place(text)
            .map_err(|error| error.to_string())?
            .is_some()
        {
            ("no name on a registry", "`copy` takes images out of it")
        } else {
            return Ok(text.to_owned());
        };
        Err(format!("this is {what}; {how}"))
    }

    /// A name in the local store, for an argument that takes nothing else; clap wants a printable error.
    ///
    /// # Errors
    /// What says that it is elsewhere.
    pub(crate) fn stored(text: &str) -> Result<String, String> {
        match Self::place(text).map_err(|error| error.to_string())? {
            Some(place) => Err(format!(
                "this is not in the local store; `copy {place} local:NAME` brings it there"
            )),
            None => Ok(Self::unprefixed(text).to_owned()),
        }
    }

    /// A place that is neither a registry nor the local store, where `text` names one; for commands to which a name
    /// without more is one of the local store.
    ///
    /// # Errors
    /// `Usage` for a place of an unknown kind.
    pub(crate) fn place(text: &str) -> Result<Option<Place>> {
        let Some((word, rest)) = text.split_once(':') else {
            return Ok(None);
        };
        let unknown = UNKNOWN.contains(&word)
            || (FOLDERS.contains(&word) && rest.contains(['/', ':']) && !rest.contains('@'));
        if unknown {
            return Err(usage(
                format!("places of the kind {word}: are not supported"),
                Some(
                    "there are NAME on its registry, local:NAME, oci:DIR[:NAME], oci-archive:FILE[:NAME], docker-archive:FILE[:NAME] and docker-daemon:NAME",
                ),
            ));
        }
        let mut known = Transport::ALL.into_iter();
        let Some(transport) = known.find(|transport| transport.word() == word) else {
            return match meant(word) {
                Some(meant) => Err(usage(
                    format!("places of the kind {word}: are not known"),
                    Some(&format!("did you mean {}:?", meant.word())),
                )),
                None => Ok(None),
            };
        };
        Place::read(transport, rest).map(Some)
    }
}

impl Place {
    /// The folder or file ends at the first colon, as it does for skopeo.
    fn read(transport: Transport, rest: &str) -> Result<Self> {
        let (path, name) = match transport {
            Transport::DockerDaemon => ("", Some(rest)),
            _ => match rest.split_once(':') {
                Some((path, name)) => (path, Some(name)),
                None => (rest, None),
            },
        };
        let empty = (transport != Transport::DockerDaemon && path.is_empty()) || name == Some("");
        if empty {
            let word = transport.word();
            return Err(usage(
                match transport {
                    Transport::DockerDaemon => {
                        "docker-daemon: is followed by a name or an image ID".to_owned()
                    }
                    Transport::Oci => {
                        "oci: is followed by a folder, and by :NAME for one image of it".to_owned()
                    }
                    _ => format!("{word}: is followed by a file, and by :NAME for one image of it"),
                },
                None,
            ));
        }
        Ok(Self {
            transport,
            path: PathBuf::from(path),
            name: name.map(str::to_owned),
        })
    }

    /// The same place, whatever is meant of it.
    pub(crate) fn whole(&self) -> Self {
        Self {
            name: None,
            ..self.clone()
        }
    }
}

/// Whether two paths lead to one file that is there.
pub(crate) fn is_one_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The kind of place that a slip of the finger stands for. Short words are names of repositories, too.
fn meant(word: &str) -> Option<Transport> {
    let mut long = Transport::ALL
        .into_iter()
        .filter(|one| one.word().len() > 6);
    long.find(|one| strsim::damerau_levenshtein(word, one.word()) <= 2)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.transport.word())?;
        if self.transport != Transport::DockerDaemon {
            write!(f, ":{}", self.path.display())?;
        }
        match &self.name {
            Some(name) => write!(f, ":{name}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(name) = text.strip_prefix(LOCAL) {
            if name.is_empty() {
                return Err(usage("local: is followed by a name or an image ID", None));
            }
            return Ok(Self::Local(name.to_owned()));
        }
        if let Some(place) = Self::place(text)? {
            return Ok(Self::Place(place));
        }
        let text = text.strip_prefix(ON_REGISTRY).unwrap_or(text);
        Ok(Self::Remote(text.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_remote_unless_they_say_otherwise() {
        let remote: Location = "alpine".parse().unwrap();
        assert_eq!(remote, Location::Remote("alpine".parse().unwrap()));
        assert_eq!("docker://alpine".parse::<Location>().unwrap(), remote);
        assert_eq!(
            "local:4f2e7a1c9d10".parse::<Location>().unwrap(),
            Location::Local("4f2e7a1c9d10".into())
        );
        for text in ["dir:2", "docker:24.0", "oci/app:1", "dir", "ociapp:1"] {
            let location = text.parse::<Location>().unwrap();
            assert!(matches!(location, Location::Remote(_)), "{text}");
        }
    }

    #[test]
    fn places_are_read_as_skopeo_reads_them() {
        let read = |text: &str| match text.parse::<Location>().unwrap() {
            Location::Place(place) => {
                assert_eq!(place.to_string(), text);
                (place.transport, place.path, place.name)
            }
            other => panic!("{text}: {other:?}"),
        };
        let place = |transport, path: &str, name: Option<&str>| {
            (transport, PathBuf::from(path), name.map(str::to_owned))
        };
        assert_eq!(read("oci:layout"), place(Transport::Oci, "layout", None));
        assert_eq!(
            read("oci:/tmp/x:v1"),
            place(Transport::Oci, "/tmp/x", Some("v1"))
        );
        assert_eq!(
            read("oci:x:docker.io/library/busybox:1.35"),
            place(Transport::Oci, "x", Some("docker.io/library/busybox:1.35"))
        );
        assert_eq!(
            read("oci-archive:a.tar"),
            place(Transport::OciArchive, "a.tar", None)
        );
        assert_eq!(
            read("docker-archive:a.tar:app:v1"),
            place(Transport::DockerArchive, "a.tar", Some("app:v1"))
        );
        assert_eq!(
            read("docker-daemon:localhost:5000/app:v1"),
            place(Transport::DockerDaemon, "", Some("localhost:5000/app:v1"))
        );
    }

    #[test]
    fn places_that_lack_something_and_unknown_kinds_are_refused() {
        for text in ["dir:/tmp/x", "containers-storage:alpine", "sif:a"] {
            let error = text.parse::<Location>().unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(
                error.to_string().contains("not supported"),
                "{text}: {error}"
            );
        }
        for text in [
            "local:",
            "oci:",
            "oci::v1",
            "oci:x:",
            "docker-daemon:",
            "oci-archive:",
            "A:",
        ] {
            assert_eq!(
                text.parse::<Location>().unwrap_err().exit_code(),
                2,
                "{text}"
            );
        }
    }
}
