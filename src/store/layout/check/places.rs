//! What lies in the folders of a store beside content: unfinished blobs, leftovers, and files of somebody else.
//!
//! No lock is taken, so that nobody has to wait: what looks odd is looked at twice, and what is younger than an hour may
//! be in use.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::oci::Digest;
use crate::store::journal;
use crate::store::layout::{Layout, on_disk};

/// How long a temporary file is taken to be in use.
const YOUNG: Duration = Duration::from_secs(3600);
/// What belongs into the folder of a store.
const PARTS: [&str; 7] = [
    "oci-layout",
    "index.json",
    "origins.json",
    "rg.lock",
    "blobs",
    "ingest",
    "leases",
];

/// Something that is worth a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// A blob that is not complete: the next pull goes on with it.
    Partial {
        /// Which one.
        digest: Digest,
        /// Bytes of it that count.
        bytes: u64,
        /// Whether its journal is damaged or gone, so that some or all of its bytes do not count.
        doubtful: bool,
    },
    /// A temporary file of a command that was killed.
    Leftover(PathBuf),
    /// A file that is no part of a store.
    Stray(PathBuf),
}

/// Everything there is to say.
///
/// # Errors
/// `Io` when a folder cannot be read.
pub(super) fn notes(layout: &Layout) -> Result<Vec<Note>> {
    let root = layout.path();
    let mut notes = Vec::new();
    for (path, name) in files(root)? {
        if name.starts_with(".rg-") {
            notes.extend(leftover(path));
        } else if !PARTS.contains(&name.as_str()) {
            notes.push(Note::Stray(path));
        }
    }
    for (path, algorithm) in files(&root.join("blobs"))? {
        if !matches!(algorithm.as_str(), "sha256" | "sha512") || !path.is_dir() {
            notes.push(Note::Stray(path));
            continue;
        }
        let names = files(&path)?.into_iter();
        let strays =
            names.filter(|(_, hex)| format!("{algorithm}:{hex}").parse::<Digest>().is_err());
        notes.extend(strays.map(|(path, _)| Note::Stray(path)));
    }
    notes_of_ingest(layout, &mut notes)?;
    for (path, _) in files_if_folder(&root.join("leases"))? {
        if path.extension().is_none_or(|suffix| suffix != "lease") {
            notes.push(Note::Stray(path));
        }
    }
    Ok(notes)
}

fn notes_of_ingest(layout: &Layout, notes: &mut Vec<Note>) -> Result<()> {
    let mut digests = BTreeSet::new();
    for (path, name) in files_if_folder(&layout.path().join("ingest"))? {
        let kind = name.rsplit_once('.').and_then(|(stem, suffix)| {
            let digest: Digest = stem.replacen('-', ":", 1).parse().ok()?;
            matches!(suffix, "part" | "ranges" | "mended").then_some((digest, suffix))
        });
        match kind {
            Some((digest, "part")) => drop(digests.insert(digest)),
            Some((digest, "ranges")) if layout.places(&digest).part.exists() => {}
            Some(_) => notes.extend(leftover(path)),
            None if ["upload-", "manifest-", ".rg-"]
                .iter()
                .any(|ours| name.starts_with(ours)) =>
            {
                notes.extend(leftover(path));
            }
            None => notes.push(Note::Stray(path)),
        }
    }
    notes.extend(digests.iter().filter_map(|digest| partial(layout, digest)));
    Ok(())
}

/// What counts of a partial blob; `None` when it is none any more.
fn partial(layout: &Layout, digest: &Digest) -> Option<Note> {
    let places = layout.places(digest);
    let look = || -> Option<(journal::Claim, u64)> {
        let claim = journal::claim(&places.ranges, digest);
        let length = std::fs::symlink_metadata(&places.part).ok()?.len();
        Some((claim, length))
    };
    let doubtful = |(claim, length): &(journal::Claim, u64)| {
        claim.broken || claim.end > *length || (claim.absent && on_disk(&places.part) > 0)
    };
    let mut seen = look()?;
    // A journal and its data are two files: where they do not agree, somebody may have been between the two.
    while doubtful(&seen) {
        let again = look()?;
        if again == seen {
            break;
        }
        seen = again;
    }
    let (claim, length) = &seen;
    Some(Note::Partial {
        digest: *digest,
        bytes: claim.bytes.min(*length),
        doubtful: doubtful(&seen),
    })
}

/// A temporary file, unless it may be in use.
fn leftover(path: PathBuf) -> Option<Note> {
    let modified = std::fs::symlink_metadata(&path).and_then(|found| found.modified());
    let old = modified.ok()?.elapsed().is_ok_and(|age| age > YOUNG);
    old.then_some(Note::Leftover(path))
}

/// What is in a folder, by path and name, in the order of names.
///
/// # Errors
/// `Io`.
pub(super) fn files(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io("cannot read", folder))? {
        let entry = entry.map_err(Error::io("cannot read", folder))?;
        files.push((
            entry.path(),
            entry.file_name().to_string_lossy().into_owned(),
        ));
    }
    files.sort();
    Ok(files)
}

/// The same; nothing where `path` is no folder.
///
/// # Errors
/// `Io`.
pub(super) fn files_if_folder(path: &Path) -> Result<Vec<(PathBuf, String)>> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => files(path),
        _ => Ok(Vec::new()),
    }
}
