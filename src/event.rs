//! What happens while images move, told once by the rooms that do the work and rendered elsewhere (bars, lines, JSON).
//!
//! An [`Observer`] is called from whichever task did the step, often and briefly: it must not block.

use std::time::Duration;

use crate::oci::{Digest, Name, Tag};

/// What kind of blob moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The config of an image or artifact.
    Config,
    /// A layer.
    Layer,
    /// Content of any kind, where it does not matter which: it is checked, and nobody waits for this piece.
    Content,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A reference will be moved.
    Began {
        /// Its full name, or whatever it is called where it has none.
        reference: String,
    },
    /// The plan is known: every blob that may have to move, in the order of the manifest.
    Planned {
        /// The distinct blobs.
        blobs: Vec<PlannedBlob>,
    },
    /// One blob took a step.
    Blob {
        /// Which one.
        digest: Digest,
        /// Config or layer.
        role: Role,
        /// What happened to it.
        step: Step,
    },
    /// A manifest was written at the target.
    ManifestPut {
        /// Its digest.
        digest: Digest,
        /// The tag that points at it now.
        tag: Option<Tag>,
    },
    /// Another process is writing a blob just now: its bytes will be shared when it is done.
    Waiting {
        /// Which blob.
        digest: Digest,
    },
    /// Something failed and is tried again.
    Retrying {
        /// Method and URL without query, or the blob.
        doing: String,
        /// Why it failed.
        reason: String,
        /// How long until the next try.
        wait: Duration,
    },
    /// Something the user should know.
    Warning {
        /// In plain words; may hold text of a server, unescaped.
        message: String,
    },
}

/// A blob of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedBlob {
    /// Which one.
    pub digest: Digest,
    /// Config or layer.
    pub role: Role,
    /// Bytes in all.
    pub size: u64,
}

/// A step in the life of one blob, in the order they can come.
#[derive(Debug, Clone)]
pub enum Step {
    /// It is at the target already.
    Exists,
    /// The registry took it over from another of its repositories.
    Mounted {
        /// That repository.
        from: Name,
    },
    /// Its bytes begin to move.
    Started {
        /// Bytes in all.
        size: u64,
        /// Bytes already at the target, from an earlier run.
        resumed: u64,
    },
    /// More of it arrived.
    Moved {
        /// How many bytes more.
        bytes: u64,
    },
    /// What was counted does not count any more: it is moved again from there.
    Rewound {
        /// How many bytes fewer.
        bytes: u64,
    },
    /// All bytes are there; their digest is being checked.
    Verifying,
    /// It is complete, verified and visible at the target.
    Done,
}

/// Whoever wants to know.
pub trait Observer: Send + Sync {
    /// Takes note of `event`. Must return at once.
    fn observe(&self, event: &Event);
}

/// An observer that wants to know nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn observe(&self, _: &Event) {}
}
