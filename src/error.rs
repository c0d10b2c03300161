//! What can go wrong, grouped by who can do something about it; the exit code and the hint follow from the variant.
//!
//! Variants carry typed fields. Texts of servers are kept raw in them: whoever prints an error escapes it. Secrets are
//! never put into one, and URLs come without their query.

use std::path::PathBuf;
use std::time::Duration;

use crate::oci::digest::DigestError;
use crate::oci::manifest::ManifestError;
use crate::oci::platform::PlatformError;
use crate::oci::reference::ReferenceError;
use crate::oci::{Digest, Host, Platform};

mod answer;
mod hint;
mod kind;
mod text;

pub use answer::Answer;
pub use kind::{Distrust, Thing};
use text::{images, list, offer, outside, seconds};

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    // The command line is wrong.
    /// A name breaks the grammar.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// A text is no digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// A text is no platform.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// Arguments that do not fit together.
    #[error("{message}")]
    Usage {
        /// What does not fit.
        message: String,
        /// What to write instead.
        hint: Option<String>,
    },

    // Something is not there.
    /// A registry or store has no such thing.
    #[error("{what} {name} not found")]
    NotFound {
        /// What kind of thing.
        what: Thing,
        /// Which one.
        name: String,
        /// What the registry said, if one was asked.
        #[source]
        answer: Option<Box<Answer>>,
    },
    /// An index has nothing for the platform wanted.
    #[error("no image for {wanted} in {name} ({})", offer(available))]
    NoPlatform {
        /// Where.
        name: String,
        /// What was wanted.
        wanted: Platform,
        /// What there is.
        available: Vec<Platform>,
    },
    /// An image runs on another platform than the one asked for.
    #[error("{name} is for {found}, not for {wanted}")]
    OtherPlatform {
        /// Which image.
        name: String,
        /// What was wanted.
        wanted: Platform,
        /// What it is.
        found: Platform,
    },
    /// An index cannot be pushed because parts of it are neither here nor there.
    #[error("{name} lists {} neither here nor at the target", images(*absent))]
    Incomplete {
        /// Which index.
        name: String,
        /// How many.
        absent: usize,
    },
    /// Several images match a short ID.
    #[error("{id} is ambiguous: {}", list(matches))]
    Ambiguous {
        /// The prefix.
        id: String,
        /// What it could mean.
        matches: Vec<Digest>,
    },
    /// An image cannot be removed without force.
    #[error("conflict: unable to delete {id} (must be forced) - {reason}")]
    Conflict {
        /// The image.
        id: String,
        /// Why not.
        reason: &'static str,
    },

    /// A layer is kept outside the registry.
    #[error("{host} does not have the foreign layer {digest}; {}", outside(refusals.as_deref()))]
    Foreign {
        /// The registry.
        host: Host,
        /// The layer.
        digest: Digest,
        /// Why none of the addresses it lists gave it; `None` when they were not asked.
        refusals: Option<String>,
    },
    /// A registry lacks a part of the API.
    #[error("{host} does not offer {what}")]
    Unsupported {
        /// The registry.
        host: Host,
        /// Such as `a catalog`.
        what: &'static str,
        /// What it said.
        #[source]
        answer: Box<Answer>,
    },

    // Not allowed.
    /// A file on this machine forbids a repository.
    #[error("{name} is blocked by {}", file.display())]
    Blocked {
        /// Which repository.
        name: String,
        /// The file that says so.
        file: PathBuf,
    },
    /// The registry or its token server refused.
    #[error("access denied to {what}")]
    Denied {
        /// The registry.
        host: Host,
        /// Repository and action, or the registry.
        what: String,
        /// Whether credentials were sent.
        with_credentials: bool,
        /// What the server said.
        #[source]
        answer: Option<Box<Answer>>,
    },
    /// The authentication a registry asks for cannot or must not be done.
    #[error("{host} asks for authentication that cannot be given: {reason}")]
    Challenge {
        /// The registry.
        host: Host,
        /// Why not.
        reason: String,
    },
    /// A credential store does not work.
    #[error("the credential store {store} failed: {reason}")]
    Credential {
        /// Which store: a helper's program name, a file.
        store: String,
        /// Why.
        reason: String,
    },
    /// The platform's keyring cannot be used.
    #[error("the keyring ({name}) cannot be used: {reason}")]
    Keyring {
        /// Which one: `Secret Service`, `macOS Keychain`, `Windows Credential Manager`.
        name: &'static str,
        /// Why.
        reason: String,
    },

    // The network.
    /// No connection, or one that broke.
    #[error("{doing}: {reason}")]
    Network {
        /// Method and URL without its query.
        doing: String,
        /// Why.
        reason: String,
    },
    /// Nothing came for too long.
    #[error("{doing}: nothing received for {}", seconds(*waited))]
    Stalled {
        /// Method and URL without its query.
        doing: String,
        /// How long.
        waited: Duration,
    },
    /// A server error or a request to come back later, after all tries.
    #[error("the registry is not able to answer now")]
    Busy {
        /// What it said.
        #[source]
        answer: Box<Answer>,
    },
    /// A status that fits nothing above.
    #[error("the registry refused the request")]
    Refused {
        /// What it said.
        #[source]
        answer: Box<Answer>,
    },

    // The content.
    /// Bytes do not hash to their digest.
    #[error("digest mismatch for {expected}: got {found}")]
    DigestMismatch {
        /// What they should be.
        expected: Digest,
        /// What they are.
        found: Digest,
    },
    /// Content has another size than its descriptor says.
    #[error("size mismatch for {digest}: expected {expected} bytes, got {found}")]
    SizeMismatch {
        /// Which content.
        digest: Digest,
        /// Bytes it should have.
        expected: u64,
        /// Bytes it has, or a bound it went past.
        found: u64,
    },
    /// A layer that is not unpacked: broken, or made to do harm.
    #[error("the layer {layer}: {reason}")]
    Layer {
        /// Which one.
        layer: Digest,
        /// The entry in it and what is wrong with it.
        reason: String,
    },
    /// More comes out of an image than may.
    #[error("the image grows to more than {limit} bytes")]
    TooLarge {
        /// The most bytes that may come of it.
        limit: u64,
    },
    /// A manifest breaks a rule.
    #[error("{name}: {source}")]
    Manifest {
        /// Which one.
        name: String,
        /// The rule.
        #[source]
        source: ManifestError,
    },
    /// An answer of a server is not what the protocol says.
    #[error("{doing}: {reason}")]
    Malformed {
        /// Method and URL without its query, or the document.
        doing: String,
        /// What is wrong.
        reason: String,
    },

    // This machine.
    /// The file system refused.
    #[error("{doing} {}", path.display())]
    Io {
        /// Such as `cannot write`.
        doing: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The disk has less room than is needed.
    #[error("{} has {available} bytes free, {needed} are needed", path.display())]
    NoSpace {
        /// Where.
        path: PathBuf,
        /// Bytes needed in all.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// A file of ours or of docker's does not say what it should.
    #[error("{}: {reason}", path.display())]
    BadFile {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Something else this machine cannot do.
    #[error("{0}")]
    Machine(String),

    // TLS.
    /// The server could not be trusted.
    #[error("the certificate of {host} is not trusted: {reason}")]
    Tls {
        /// Which server, with its port.
        host: String,
        /// Expired, wrong name, unknown issuer.
        reason: String,
        /// What kind of distrust.
        kind: Distrust,
    },

    /// A server answered in plain HTTP where TLS was spoken to it.
    #[error("{host} speaks plain HTTP, not TLS (http: server gave HTTP response to HTTPS client)")]
    NoTls {
        /// Which server, with its port.
        host: String,
    },

    // Nobody's fault.
    /// A signal ended the command.
    #[error("interrupted")]
    Interrupted {
        /// The signal's number.
        signal: i32,
    },
}

impl Error {
    /// The exit code of the program that ends with this error.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Conflict { .. } | Self::Refused { .. } | Self::Unsupported { .. } => 1,
            Self::Reference(_) | Self::Digest(_) | Self::Platform(_) | Self::Usage { .. } => 2,
            Self::NotFound { .. }
            | Self::NoPlatform { .. }
            | Self::OtherPlatform { .. }
            | Self::Incomplete { .. }
            | Self::Foreign { .. }
            | Self::Ambiguous { .. } => 3,
            Self::Blocked { .. }
            | Self::Denied { .. }
            | Self::Challenge { .. }
            | Self::Credential { .. }
            | Self::Keyring { .. } => 4,
            Self::Network { .. } | Self::Stalled { .. } | Self::Busy { .. } => 5,
            Self::DigestMismatch { .. }
            | Self::SizeMismatch { .. }
            | Self::Layer { .. }
            | Self::TooLarge { .. }
            | Self::Manifest { .. }
            | Self::Malformed { .. } => 6,
            Self::Io { .. } | Self::NoSpace { .. } | Self::BadFile { .. } | Self::Machine(_) => 7,
            Self::Tls { .. } | Self::NoTls { .. } => 8,
            Self::Interrupted { signal } => u8::try_from(128 + signal).unwrap_or(130),
        }
    }

    /// Whether the same thing may work if it is tried again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Network { .. } | Self::Stalled { .. } | Self::Busy { .. }
        )
    }

    /// Whether something was looked for and is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether the reader of what was written went away.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe)
    }

    /// Whether content is not what its digest and size say.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::DigestMismatch { .. } | Self::SizeMismatch { .. }
        )
    }

    /// Wraps an I/O error with what was being done to which file: `.map_err(Error::io("cannot read", &path))`.
    pub fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}
