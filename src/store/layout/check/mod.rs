//! Checking the store: whether everything in it is what its name says, and every image has all it owes.
//!
//! 1. *Content*: every file below `blobs/` is hashed again ([`content`]), several at once, without any lock: a file that
//!    goes meanwhile was removed, and a file never changes in its place.
//! 2. *Graph*: `index.json` is followed to every manifest and blob that an image owes ([`survey`]), under the store's lock:
//!    a removal takes manifests first and blobs after them, a pull brings them the other way round, so that nobody's
//!    work looks like damage.
//! 3. *Places*: unfinished blobs, and files that are no part of a store ([`places`]). None of them is a problem.
//!
//! A check changes nothing. What mends is [`Mending`](super::Mending).

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use crate::error::Result;
use crate::event::Observer;
use crate::oci::{Digest, Name, Reference};
use crate::store::partial::on_blocking_pool;

use super::Layout;

mod content;
mod places;
mod survey;

pub use places::Note;

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Distinct images and indexes with an entry in `index.json`.
    pub images: usize,
    /// What is wrong, each piece of content once.
    pub problems: Vec<Problem>,
    /// What is worth a word and not wrong.
    pub notes: Vec<Note>,
}

/// One thing that is wrong.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What it is about.
    pub about: Subject,
    /// What is wrong with it.
    pub fault: Fault,
    /// What cannot do without it.
    pub owners: Vec<Owner>,
}

/// What a problem is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Content, by its digest.
    Content(Digest),
    /// `index.json` or `origins.json`.
    File(PathBuf),
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are not what their digest says.
    Damaged,
    /// An image owes it, and it is not here.
    Missing,
    /// The system does not give it out.
    Unreadable {
        /// What it said.
        reason: String,
    },
    /// The bytes are what their digest says, but not what points at it says, or break a rule: they came so.
    Malformed {
        /// What is wrong.
        reason: String,
    },
}

/// One entry of `index.json` that cannot do without something.
#[derive(Debug, Clone)]
pub struct Owner {
    /// Its name, where it has one.
    pub reference: Option<Reference>,
    /// What it points at.
    pub root: Digest,
    /// The manifest that lists what is wrong; or that one itself, where it is a manifest.
    pub manifest: Digest,
    /// The repositories on record to hold `root`.
    pub origins: Vec<Name>,
}

impl Problem {
    /// Whether content that is fetched again would mend it.
    #[must_use]
    pub fn is_mended_by_fetching(&self) -> bool {
        matches!(self.about, Subject::Content(_)) && !matches!(self.fault, Fault::Malformed { .. })
    }

    /// Whether it is about content, as opposed to what this machine does with files.
    #[must_use]
    pub fn is_about_content(&self) -> bool {
        matches!(self.about, Subject::Content(_)) && !matches!(self.fault, Fault::Unreadable { .. })
    }
}

/// A check whose first step, the long one, is done.
#[derive(Debug)]
pub struct Check {
    layout: Layout,
    /// Files below `blobs/` that were hashed.
    pub blobs: usize,
    /// Their bytes.
    pub bytes: u64,
    wrong: HashMap<Digest, Fault>,
}

impl Check {
    /// Hashes every blob of `layout`, `lanes` of them at once; `observer` is told as it goes.
    ///
    /// # Errors
    /// `Io` when a folder of the store cannot be read.
    pub async fn run(layout: &Layout, lanes: usize, observer: &dyn Observer) -> Result<Self> {
        content::check(layout, lanes, observer).await
    }

    /// Content that is here and wrong.
    #[must_use]
    pub fn wrong(&self) -> HashSet<Digest> {
        self.wrong.keys().copied().collect()
    }

    /// Takes note that of what was wrong, only `left` still is.
    pub fn keep_wrong(&mut self, left: &HashSet<Digest>) {
        self.wrong.retain(|digest, _| left.contains(digest));
    }

    /// Looks at everything else; may be asked again after something was mended.
    ///
    /// # Errors
    /// `Io`, also when another process holds the store's lock for long.
    pub async fn findings(&self) -> Result<Findings> {
        let (layout, wrong) = (self.layout.clone(), self.wrong.clone());
        on_blocking_pool(move || {
            let mut findings = survey::survey(&layout, &wrong)?;
            findings.notes = places::notes(&layout)?;
            Ok(findings)
        })
        .await
    }
}
