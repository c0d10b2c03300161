//! Hashing every blob again, as many at once as there are processors.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::error::{Error, Result};
use crate::event::{Event, Observer, PlannedBlob, Role, Step};
use crate::oci::Digest;
use crate::store::disk;
use crate::store::layout::Layout;
use crate::store::partial::{hash_range, on_blocking_pool};

use super::{Check, Fault};

const STEP: u64 = 8 << 20; // bytes hashed in one trip to the blocking pool: Ctrl-C waits no longer than for that

/// A file below `blobs/`.
#[derive(Debug, Clone)]
struct Blob {
    digest: Digest,
    path: PathBuf,
    size: u64,
}

/// Hashes everything.
pub(super) async fn check(layout: &Layout, lanes: usize, observer: &dyn Observer) -> Result<Check> {
    let listed = {
        let layout = layout.clone();
        on_blocking_pool(move || list(&layout)).await?
    };
    let planned = listed.iter().map(|blob| PlannedBlob {
        digest: blob.digest,
        role: Role::Content,
        size: blob.size,
    });
    observer.observe(&Event::Planned {
        blobs: planned.collect(),
    });
    let bytes = listed.iter().map(|blob| blob.size).sum();
    let blobs = listed.len();
    let wrong: HashMap<Digest, Fault> = stream::iter(&listed)
        .map(|blob| async move {
            let fault = check_blob(blob, observer).await?;
            Ok::<_, Error>(fault.map(|fault| (blob.digest, fault)))
        })
        .buffer_unordered(lanes.max(1))
        .try_filter_map(|wrong| async move { Ok(wrong) })
        .try_collect()
        .await?;
    Ok(Check {
        layout: layout.clone(),
        blobs,
        bytes,
        wrong,
    })
}

/// Everything below `blobs/` that has a digest for its name, the largest first: a large one begun last would keep one
/// processor busy alone.
fn list(layout: &Layout) -> Result<Vec<Blob>> {
    let mut listed = Vec::new();
    for (path, name) in super::places::files(&layout.path().join("blobs"))? {
        for (path, hex) in super::places::files_if_folder(&path)? {
            let Ok(digest) = format!("{name}:{hex}").parse() else {
                continue;
            };
            let size = match std::fs::symlink_metadata(&path) {
                Ok(found) => found.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::io("cannot read", path)(error)),
            };
            listed.push(Blob { digest, path, size });
        }
    }
    listed.sort_by_key(|blob| std::cmp::Reverse(blob.size));
    Ok(listed)
}

/// What is wrong with a blob, if anything is. One that was removed meanwhile, or put there anew, is another's business.
async fn check_blob(blob: &Blob, observer: &dyn Observer) -> Result<Option<Fault>> {
    let tell = |step| {
        observer.observe(&Event::Blob {
            digest: blob.digest,
            role: Role::Content,
            step,
        });
    };
    tell(Step::Started {
        size: blob.size,
        resumed: 0,
    });
    let fault = hash(blob, &tell).await?;
    tell(Step::Done);
    Ok(fault)
}

async fn hash(blob: &Blob, tell: &(dyn Fn(Step) + Sync)) -> Result<Option<Fault>> {
    let path = blob.path.clone();
    let opened = on_blocking_pool(move || {
        Ok(disk::open(&path).and_then(|file| file.metadata().map(|found| (file, found))))
    });
    let (file, found) = match opened.await? {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Ok(Some(unreadable(&error))),
    };
    let file = Arc::new(file);
    let mut hasher = blob.digest.hasher();
    let mut at = 0;
    while at < found.len() {
        let range = at..found.len().min(at + STEP);
        let (reader, part) = (file.clone(), range.clone());
        let step = on_blocking_pool(move || {
            let outcome = hash_range(&reader, &mut hasher, part);
            Ok((hasher, outcome))
        });
        let outcome;
        (hasher, outcome) = step.await?;
        if let Err(error) = outcome {
            return Ok(Some(unreadable(&error)));
        }
        tell(Step::Moved {
            bytes: range.end - range.start,
        });
        at = range.end;
    }
    if hasher.finish() == blob.digest || !is_still(&file, &found, &blob.path) {
        return Ok(None);
    }
    Ok(Some(Fault::Damaged))
}

/// Whether a path still names the file that was read, as it was.
fn is_still(file: &File, found: &Metadata, path: &Path) -> bool {
    let unchanged =
        |now: Metadata| now.len() == found.len() && now.modified().ok() == found.modified().ok();
    disk::is_same(file, path).unwrap_or(true) && file.metadata().is_ok_and(unchanged)
}

fn unreadable(error: &std::io::Error) -> Fault {
    Fault::Unreadable {
        reason: error.to_string(),
    }
}
