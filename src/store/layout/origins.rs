//! Origins: which repositories are known to hold an image, because it was pulled from or pushed there.
//!
//! A fact, not a promise: a registry may have lost it since. Used for the DIGEST of `images`, and to offer a registry
//! its own blobs for mounting.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::{Error, Result};
use crate::oci::{Digest, Name, json};

use super::{Layout, disk};

const MAX_BYTES: u64 = 64 << 20;

/// Repository, full, to the digests known to be there, latest last.
pub(super) type Origins = BTreeMap<String, Vec<Digest>>;

impl Layout {
    /// Records that the repository `name` holds `root`, an image or index, and all below it that is here.
    ///
    /// # Errors
    /// `Io`, `BadFile`.
    pub fn record_origin(&self, root: &Digest, name: &Name) -> Result<()> {
        if self
            .origins()?
            .get(&name.to_string())
            .is_some_and(|digests| digests.contains(root))
        {
            return Ok(());
        }
        // It saves a mount now and then; a store that cannot be written to goes without.
        let Some(_lock) = self.lock_for_reading()? else {
            return Ok(());
        };
        let mut origins = self.origins()?;
        let digests = origins.entry(name.to_string()).or_default();
        if !digests.contains(root) {
            digests.push(*root);
        }
        self.replace_origins(&origins)
    }

    /// All that was recorded.
    pub(super) fn origins(&self) -> Result<Origins> {
        let path = self.path().join("origins.json");
        let bytes = disk::read(&path, MAX_BYTES)?.unwrap_or_default();
        // Nothing was recorded, or a power cut took it: it is not synced.
        if bytes.iter().all(|byte| *byte == 0) {
            return Ok(Origins::new());
        }
        json::strict(&bytes).map_err(|error| Error::BadFile {
            path,
            reason: error.to_string(),
        })
    }

    /// Writes the record; the caller holds the store's lock. Not worth a wait for the disk: it only saves work.
    pub(super) fn replace_origins(&self, origins: &Origins) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(origins)
            .map_err(|error| Error::Machine(error.to_string()))?;
        disk::replace_in_time(&self.path().join("origins.json"), &bytes, 0o644)
    }

    /// The repositories known to hold `root`.
    pub(super) fn holders(origins: &Origins, root: &Digest) -> Vec<Name> {
        let held = origins.iter().filter(|(_, digests)| digests.contains(root));
        held.filter_map(|(name, _)| name.parse().ok()).collect()
    }

    /// For every blob and manifest below a recorded image, the repositories that hold it.
    pub(super) fn origins_of_blobs(&self) -> Result<HashMap<Digest, Vec<Name>>> {
        let mut found: HashMap<Digest, Vec<Name>> = HashMap::new();
        for (name, roots) in self.origins()? {
            let Ok(name) = name.parse::<Name>() else {
                continue;
            };
            let mut below = HashSet::new();
            for root in roots.iter().rev() {
                self.reach(root, None, &mut below)?;
            }
            for digest in below {
                found.entry(digest).or_default().push(name.clone());
            }
        }
        Ok(found)
    }
}
