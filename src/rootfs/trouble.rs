//! What can go wrong with one entry, before it is known which layer it came from.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::Error;
use crate::oci::Digest;

/// The result of a step.
pub(super) type Step<T> = Result<T, Trouble>;

/// Why a step failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The layer asks for what is not done.
    Bad(String),
    /// More bytes come of the image than these.
    Large(u64),
    /// The layer cannot be read: it is no tar, or it broke off.
    Stream(io::Error),
    /// The system refused.
    System {
        doing: &'static str,
        /// Below the root of the image.
        path: Vec<u8>,
        source: io::Error,
    },
}

impl Trouble {
    pub(super) fn bad(reason: impl Into<String>) -> Self {
        Self::Bad(reason.into())
    }

    /// Wraps what the system said with what was being done to which path.
    pub(super) fn system<E: Into<io::Error>>(
        doing: &'static str,
        path: &[u8],
    ) -> impl FnOnce(E) -> Self {
        let path = path.to_vec();
        move |source| Self::System {
            doing,
            path,
            source: source.into(),
        }
    }

    /// The error of an image unpacked below `root`: this went wrong with `entry` of `layer`.
    pub(super) fn into_error(self, root: &Path, layer: &Digest, entry: Option<&[u8]>) -> Error {
        let reason = match self {
            Self::System {
                doing,
                path,
                source,
            } => return Error::io(doing, root.join(OsStr::from_bytes(&path)))(source),
            Self::Large(limit) => return Error::TooLarge { limit },
            Self::Bad(reason) => reason,
            Self::Stream(error) => error.to_string(),
        };
        Error::Layer {
            layer: *layer,
            reason: match entry {
                Some(name) => format!("{}: {reason}", String::from_utf8_lossy(name)),
                None => reason,
            },
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}
