//! Leases: what a running command needs kept.
//!
//! A lease is a file of digests, locked as long as its command lives. It is written under the store's lock before the
//! first question whether something is here; removal, which holds that lock too, skips what a held lease lists. A
//! lease whose lock can be had is of a command that ended, however it ended, and is cleared away.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::oci::Digest;

use super::{Layout, disk, unless_read_only};

/// A held lease; dropping it ends it.
#[derive(Debug)]
pub(super) struct Lease {
    file: File,
    path: PathBuf,
}

impl Lease {
    /// Begins an empty lease.
    pub(super) fn begin(layout: &Layout) -> Result<Self> {
        let folder = layout.path().join("leases");
        let named = tempfile::Builder::new()
            .suffix(".lease")
            .rand_bytes(16)
            .tempfile_in(&folder)
            .map_err(Error::io("cannot write in", &folder))?;
        let (file, path) = named
            .keep()
            .map_err(|error| Error::io("cannot write in", &folder)(error.error))?;
        file.try_lock()
            .map_err(|error| Error::io("cannot lock", &path)(error.into()))?;
        Ok(Self { file, path })
    }

    /// Adds digests; the caller holds the store's lock.
    pub(super) fn add(&mut self, digests: impl Iterator<Item = Digest>) -> Result<()> {
        let lines: Vec<String> = digests.map(|digest| digest.to_string() + "\n").collect();
        self.file
            .write_all(lines.concat().as_bytes())
            .map_err(Error::io("cannot write", &self.path))
    }
}

/// Content that is kept from removal as long as this lives; more may be added as it becomes known.
#[derive(Debug)]
pub struct Hold {
    layout: Layout,
    lease: Lease,
}

impl Hold {
    /// Keeps `content` too, also what is here already. Blocks.
    ///
    /// # Errors
    /// `Io`.
    pub(in crate::store) fn add(&mut self, content: impl Iterator<Item = Digest>) -> Result<()> {
        let _lock = self.layout.lock()?;
        self.lease.add(content)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path); // a leftover is cleared by the next removal
    }
}

impl Layout {
    /// Begins to hold content. Blocks.
    ///
    /// # Errors
    /// `Io`.
    pub(in crate::store) fn hold(&self) -> Result<Hold> {
        let _lock = self.lock()?;
        Ok(Hold {
            layout: self.clone(),
            lease: Lease::begin(self)?,
        })
    }

    /// Keeps content that is read from being removed meanwhile. What is to be kept must be looked for after that. `None`
    /// where the store can only be read: then there is nothing to write a lease in. Blocks.
    ///
    /// # Errors
    /// `Io`.
    pub fn hold_for_reading(&self, content: impl Iterator<Item = Digest>) -> Result<Option<Hold>> {
        let held = self.hold().and_then(|mut hold| {
            hold.add(content)?;
            Ok(hold)
        });
        unless_read_only(held)
    }

    /// Everything held leases list; the caller holds the store's lock.
    pub(super) fn leased(&self) -> Result<HashSet<Digest>> {
        let folder = self.path().join("leases");
        let mut leased = HashSet::new();
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(leased), // a layout of others
            entries => entries.map_err(Error::io("cannot read", &folder))?,
        };
        for entry in entries {
            let path = entry.map_err(Error::io("cannot read", &folder))?.path();
            let mut file = match disk::open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::NotFound => continue, // ended just now
                // A lease that cannot be read may list anything: nothing must be removed.
                Err(error) => return Err(Error::io("cannot read", path)(error)),
            };
            if file.try_lock_shared().is_ok() {
                let _ = std::fs::remove_file(&path);
                continue;
            }
            let mut text = String::new();
            file.read_to_string(&mut text)
                .map_err(Error::io("cannot read", &path))?;
            leased.extend(text.lines().filter_map(|line| line.parse::<Digest>().ok()));
        }
        Ok(leased)
    }
}
