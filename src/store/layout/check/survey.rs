//! Following `index.json` to everything that is owed (image-spec, image layout; the rules of [`crate::store`]).
//!
//! A manifest that is here owes its config and its layers, except foreign layers. An index owes nothing: children for
//! other platforms may be absent; those that are here are followed.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::{Error, Result};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Descriptor, Digest, Manifest, Name};
use crate::store::layout::origins::Origins;
use crate::store::layout::{Entry, Layout};

use super::{Fault, Findings, Owner, Problem, Subject};

/// Follows every entry. `wrong` is the content found wrong before.
///
/// # Errors
/// `Io` when the store's lock cannot be had.
pub(super) fn survey(layout: &Layout, wrong: &HashMap<Digest, Fault>) -> Result<Findings> {
    let _lock = layout.lock_for_reading()?;
    let mut survey = Survey {
        layout,
        wrong,
        origins: Origins::new(),
        problems: Vec::new(),
        known: BTreeMap::new(),
        manifests: HashMap::new(),
    };
    match layout.origins() {
        Ok(origins) => survey.origins = origins,
        Err(error) => survey.add_file("origins.json", &error),
    }
    if let Err(error) = layout.check_index() {
        survey.add_file("index.json", &error);
    }
    let entries = layout.entries().unwrap_or_else(|error| {
        survey.add_file("index.json", &error);
        Vec::new()
    });
    for entry in &entries {
        survey.follow_entry(entry);
    }
    let left: Vec<Digest> = wrong.keys().copied().collect();
    for digest in left {
        survey.problem(digest, &wrong[&digest]);
    }
    let roots: HashSet<Digest> = entries
        .iter()
        .map(|entry| entry.descriptor.digest)
        .collect();
    Ok(Findings {
        images: roots.len(),
        problems: survey.problems,
        notes: Vec::new(),
    })
}

struct Survey<'a> {
    layout: &'a Layout,
    wrong: &'a HashMap<Digest, Fault>,
    origins: Origins,
    problems: Vec<Problem>,
    /// Which of `problems` is about which content.
    known: BTreeMap<String, usize>,
    /// Manifests that were read: several entries lead to one.
    manifests: HashMap<Digest, Option<Manifest>>,
}

/// An entry on the way down from it.
struct Way<'a> {
    entry: &'a Entry,
    origins: Vec<Name>,
    seen: HashSet<Digest>,
}

impl Way<'_> {
    fn owner(&self, manifest: &Digest) -> Owner {
        Owner {
            reference: self.entry.reference.clone(),
            root: self.entry.descriptor.digest,
            manifest: *manifest,
            origins: self.origins.clone(),
        }
    }
}

impl Survey<'_> {
    fn add_file(&mut self, name: &str, error: &Error) {
        let fault = match error {
            Error::BadFile { reason, .. } => Fault::Malformed {
                reason: reason.clone(),
            },
            error => unreadable(error),
        };
        self.problems.push(Problem {
            about: Subject::File(self.layout.path().join(name)),
            fault,
            owners: Vec::new(),
        });
    }

    fn follow_entry(&mut self, entry: &Entry) {
        let root = &entry.descriptor;
        let mut way = Way {
            entry,
            origins: Layout::holders(&self.origins, &root.digest),
            seen: HashSet::new(),
        };
        // Other programs list things of their own, too.
        if root.media_type.is_manifest() {
            self.follow(&mut way, root, 0);
        } else if let Some(fault) = self.look(root) {
            let owner = way.owner(&root.digest);
            self.problem(root.digest, &fault).owners.push(owner);
        }
    }

    /// Follows a manifest: an entry's own, or a child of an index that is here.
    fn follow(&mut self, way: &mut Way<'_>, at: &Descriptor, depth: usize) {
        if depth > MAX_INDEX_DEPTH || !way.seen.insert(at.digest) {
            return;
        }
        if let Some(fault) = self.look(at) {
            let owner = way.owner(&at.digest);
            self.problem(at.digest, &fault).owners.push(owner);
            return;
        }
        let manifest = match self.read(at) {
            Ok(Some(manifest)) => manifest,
            Ok(None) => return,
            Err(fault) => {
                let owner = way.owner(&at.digest);
                self.problem(at.digest, &fault).owners.push(owner);
                return;
            }
        };
        for child in manifest.children() {
            let owed = manifest.image().is_some() && !child.media_type.is_foreign_layer();
            let absent = matches!(self.layout.size_of(&child.digest), Ok(None));
            if absent && !owed {
                continue;
            }
            if manifest.index().is_some() && child.media_type.is_manifest() {
                self.follow(way, child, depth + 1);
            } else if let Some(fault) = self.look(child) {
                let owner = way.owner(manifest.digest());
                self.problem(child.digest, &fault).owners.push(owner);
            }
        }
    }

    /// The manifest `at` describes; `None` for one found faulty before.
    fn read(&mut self, at: &Descriptor) -> Result<Option<Manifest>, Fault> {
        if let Some(known) = self.manifests.get(&at.digest) {
            return Ok(known.clone());
        }
        let read = self.layout.manifest(&at.digest, Some(&at.media_type));
        let manifest = read.map_err(|error| match error {
            Error::Manifest { source, .. } => Fault::Malformed {
                reason: source.to_string(),
            },
            error if error.is_damage() => Fault::Damaged,
            error => unreadable(&error),
        });
        let known = manifest.as_ref().ok().cloned().flatten();
        self.manifests.insert(at.digest, known);
        manifest
    }

    /// What is wrong with content that something points at.
    fn look(&self, at: &Descriptor) -> Option<Fault> {
        if let Some(fault) = self.wrong.get(&at.digest) {
            return Some(fault.clone());
        }
        match self.layout.size_of(&at.digest) {
            Ok(None) => Some(Fault::Missing),
            Ok(Some(found)) if found != at.size => {
                let said = at.size;
                Some(Fault::Malformed {
                    reason: format!("it has {found} bytes, and what points at it says {said}"),
                })
            }
            Ok(Some(_)) => None,
            Err(error) => Some(unreadable(&error)),
        }
    }

    /// The problem of `digest`, added when it is not known yet.
    fn problem(&mut self, digest: Digest, fault: &Fault) -> &mut Problem {
        let next = self.problems.len();
        let at = *self.known.entry(digest.to_string()).or_insert(next);
        if at == next {
            self.problems.push(Problem {
                about: Subject::Content(digest),
                fault: fault.clone(),
                owners: Vec::new(),
            });
        }
        &mut self.problems[at]
    }
}

fn unreadable(error: &Error) -> Fault {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    Fault::Unreadable {
        reason: cause.unwrap_or_else(|| error.to_string()),
    }
}
