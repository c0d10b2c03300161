//! A blob being written to the local layout: ranges on disk, the hash following behind, then verify, sync, rename.
//!
//! - Pieces come in any order and land at their offset in `ingest/<alg>-<hex>.part`; holes are normal and the file's
//!   length means nothing. What is there is told by a set of ranges and kept in a journal beside it.
//! - One follower at a time re-reads the run of bytes that starts at 0, fresh in the page cache, and hashes it while
//!   later pieces still arrive; so at the end little is left to hash. Bytes once counted as there are never written
//!   over, hence what was hashed is what is kept.
//!   A blob that comes in one range is hashed from memory instead, as it comes.
//! - Data is synced every few MiB on the blocking pool while more arrives, so that the last sync is short.
//! - The file is locked as long as anything may write to it. A second process waits for the lock, and looks again
//!   whether the blob is there by then.
//! - A wrong digest drops everything held. Anything else keeps it for the next run.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Notify;

use crate::error::{Error, Result};
use crate::event::{Event, Observer};
use crate::oci::{Descriptor, Hasher};

use super::BlobWriter;
use super::disk;
use super::journal::Journal;
use super::ranges::Ranges;

/// The largest range a lane is given at once, in bytes: what is lost at most when a lane breaks.
pub const PIECE: u64 = 8 << 20;

const FOLLOW_STEP: u64 = 4 << 20; // bytes: enough for one trip to the blocking pool to be worth it
const SYNC_STEP: u64 = 16 << 20; // bytes written before the next sync begins
const SYNC_TIME: Duration = Duration::from_secs(2); // or time passed
const READ_BUFFER: usize = 128 << 10; // bytes
const LOCK_POLL: Duration = Duration::from_millis(50); // try_lock with polling: a blocked thread would delay Ctrl-C

/// Where a blob lives while it is written and afterwards.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The data, while partial.
    pub(crate) part: PathBuf,
    /// The journal of ranges.
    pub(crate) ranges: PathBuf,
    /// The blob, when complete.
    pub(crate) blob: PathBuf,
    /// Whether to wait for the disk.
    pub(crate) durable: bool,
}

/// The writer of one blob in a layout.
#[derive(Debug)]
pub(crate) struct Partial {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    blob: Descriptor,
    places: Places,
    file: File,
    state: Mutex<State>,
    /// Told whenever a job on the blocking pool ends.
    idle: Notify,
}

#[derive(Debug)]
struct State {
    have: Ranges,
    journal: Journal,
    /// The hash of the first `hashed` bytes; away while the follower has it.
    hasher: Option<Hasher>,
    hashed: u64,
    /// Bytes written since the last sync began, and when that was.
    unsynced: u64,
    synced_at: Instant,
    syncing: bool,
    /// Whether the names of data and journal were synced, too.
    named: bool,
    /// What a job on the blocking pool ran into, to be told by the next call.
    failure: Option<Error>,
    committed: bool,
}

impl Partial {
    /// Takes up or begins the partial of `blob`; `observer` hears of a wait for another process. `None` when the blob is there by the time the lock is had.
    ///
    /// # Errors
    /// `Io`.
    pub(crate) async fn open(
        blob: &Descriptor,
        places: Places,
        observer: &dyn Observer,
    ) -> Result<Option<Self>> {
        let mut waiting = false;
        let file = loop {
            if places.blob.exists() {
                return Ok(None);
            }
            let file = disk::open_private(&places.part)
                .map_err(Error::io("cannot write", &places.part))?;
            match file.try_lock() {
                Ok(())
                    if disk::is_same(&file, &places.part)
                        .map_err(Error::io("cannot read", &places.part))? =>
                {
                    break file;
                }
                Ok(()) => {}
                Err(std::fs::TryLockError::WouldBlock) => {
                    if !std::mem::replace(&mut waiting, true) {
                        observer.observe(&Event::Waiting {
                            digest: blob.digest,
                        });
                    }
                    tokio::time::sleep(LOCK_POLL).await;
                }
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(Error::io("cannot lock", &places.part)(error));
                }
            }
        };
        if places.blob.exists() {
            let _ = std::fs::remove_file(&places.part); // ours by the lock, and of no more use
            return Ok(None);
        }
        let length = file
            .metadata()
            .map_err(Error::io("cannot read", &places.part))?
            .len();
        let (journal, have) =
            Journal::open(places.ranges.clone(), &blob.digest, blob.size.min(length))
                .map_err(|error| disk::full(error, &places.part, blob.size))?;
        let state = State {
            have,
            journal,
            hasher: Some(blob.digest.hasher()),
            hashed: 0,
            unsynced: 0,
            synced_at: Instant::now(),
            syncing: false,
            named: false,
            failure: None,
            committed: false,
        };
        let shared = Shared {
            blob: blob.clone(),
            places,
            file,
            state: Mutex::new(state),
            idle: Notify::new(),
        };
        let partial = Self {
            shared: Arc::new(shared),
        };
        partial.shared.clone().follow(&mut partial.shared.lock());
        Ok(Some(partial))
    }

    async fn wait_idle(&self) -> Result<()> {
        loop {
            let idle = self.shared.idle.notified();
            {
                let mut state = self.shared.lock();
                if let Some(failure) = state.failure.take() {
                    return Err(failure);
                }
                if state.hasher.is_some() && !state.syncing {
                    return Ok(());
                }
            }
            idle.await;
        }
    }

    /// Verifies and publishes; runs on the blocking pool.
    fn finish(shared: &Shared) -> Result<()> {
        let places = &shared.places;
        let mut state = shared.lock();
        if state.committed {
            return Ok(());
        }
        let blob = &shared.blob;
        if state.have.prefix() < blob.size {
            let found = state.have.total();
            return Err(Error::SizeMismatch {
                digest: blob.digest,
                expected: blob.size,
                found,
            });
        }
        let Some(mut hasher) = state.hasher.take() else {
            return Err(Error::Machine(format!(
                "{} was committed while it was being hashed",
                blob.digest
            )));
        };
        let outcome = shared.hash(&mut hasher, state.hashed..blob.size);
        let found = outcome.map(|()| hasher.finish());
        state.hasher = Some(blob.digest.hasher());
        state.hashed = 0;
        let found = found?;
        if found != blob.digest {
            state.have.clear();
            state.journal.clear()?;
            shared
                .file
                .set_len(0)
                .map_err(Error::io("cannot write", &places.part))?;
            return Err(Error::DigestMismatch {
                expected: blob.digest,
                found,
            });
        }
        // A longer file can only be left over from a foreign hand; what was verified is the first `size` bytes.
        shared
            .file
            .set_len(blob.size)
            .map_err(Error::io("cannot write", &places.part))?;
        publish(&shared.file, &places.part, &places.blob, places.durable)?;
        let _ = std::fs::remove_file(&places.ranges); // left behind it would only be ignored
        state.committed = true;
        Ok(())
    }
}

/// Makes a verified file visible under its digest, and durable before if that is wanted. The folder is synced
/// once, before `index.json`.
///
/// # Errors
/// `Io`.
pub(crate) fn publish(file: &File, from: &Path, to: &Path, durable: bool) -> Result<()> {
    disk::set_mode(file, 0o644)
        .and_then(|()| if durable { file.sync_data() } else { Ok(()) })
        .map_err(Error::io("cannot sync", from))?;
    std::fs::rename(from, to).map_err(Error::io("cannot rename to", to))
}

/// Feeds `range` of `file` to `hasher`; fails if the file ends before.
///
/// # Errors
/// The system's; `UnexpectedEof`.
pub(crate) fn hash_range(file: &File, hasher: &mut Hasher, range: Range<u64>) -> io::Result<()> {
    let mut buffer = vec![0; READ_BUFFER];
    let mut at = range.start;
    while at < range.end {
        let want = usize::try_from(range.end - at)
            .unwrap_or(usize::MAX)
            .min(READ_BUFFER);
        let read = disk::read_at(file, &mut buffer[..want], at)?;
        if read < want {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hasher.update(&buffer[..read]);
        at += read as u64;
    }
    Ok(())
}

impl State {
    /// Hashes what follows directly on what was hashed.
    fn hash_in_passing(&mut self, bytes: &[u8]) {
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
            self.hashed += bytes.len() as u64;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash(&self, hasher: &mut Hasher, range: Range<u64>) -> Result<()> {
        hash_range(&self.file, hasher, range).map_err(Error::io("cannot read", &self.places.part))
    }

    /// The same error; of a full disk, with how much of the blob is still to come.
    fn counted(&self, error: Error) -> Error {
        let have = self.lock().have.total();
        disk::full(
            error,
            &self.places.part,
            self.blob.size.saturating_sub(have),
        )
    }

    /// Sends the follower after the bytes that came in a row, if there are enough and it is at home.
    fn follow(self: Arc<Self>, state: &mut State) {
        let (from, to) = (state.hashed, state.have.prefix());
        if to < from + FOLLOW_STEP {
            return;
        }
        let Some(mut hasher) = state.hasher.take() else {
            return;
        };
        // Not detached: commit waits for it, and an abandoned one only reads a file whose lock it shares.
        tokio::task::spawn_blocking(move || {
            let result = self.hash(&mut hasher, from..to);
            {
                let mut state = self.lock();
                match result {
                    Ok(()) => (state.hasher, state.hashed) = (Some(hasher), to),
                    Err(error) => {
                        (state.hasher, state.hashed) = (Some(self.blob.digest.hasher()), 0);
                        state.failure = Some(error);
                    }
                }
                self.clone().follow(&mut state);
            }
            self.idle.notify_waiters();
        });
    }

    /// Begins a sync of what is written, if one is due and none is under way.
    fn sync(self: Arc<Self>, state: &mut State) {
        let due = state.unsynced >= SYNC_STEP
            || (state.unsynced > 0 && state.synced_at.elapsed() >= SYNC_TIME);
        if state.syncing || !due || !self.places.durable {
            return;
        }
        (state.syncing, state.unsynced, state.synced_at) = (true, 0, Instant::now());
        let written = state.have.clone();
        let names = !std::mem::replace(&mut state.named, true);
        tokio::task::spawn_blocking(move || {
            let note = || -> Result<()> {
                self.file
                    .sync_data()
                    .map_err(Error::io("cannot sync", &self.places.part))?;
                let journal = self.lock().journal.durable(&written)?;
                journal
                    .sync_data()
                    .map_err(Error::io("cannot sync", &self.places.ranges))?;
                match self.places.ranges.parent() {
                    Some(folder) if names => disk::sync_folder(folder),
                    _ => Ok(()),
                }
            };
            let result = note().map_err(|error| self.counted(error));
            {
                let mut state = self.lock();
                state.syncing = false;
                if let Err(error) = result {
                    state.failure = Some(error);
                }
            }
            self.idle.notify_waiters();
        });
    }

    /// Writes those parts of `bytes` that are not there yet.
    fn store(self: &Arc<Self>, offset: u64, bytes: &[u8]) -> Result<()> {
        self.store_absent(offset, bytes)
            .map_err(|error| self.counted(error))
    }

    fn store_absent(self: &Arc<Self>, offset: u64, bytes: &[u8]) -> Result<()> {
        let whole = offset..offset + bytes.len() as u64;
        if whole.end > self.blob.size {
            return Err(Error::SizeMismatch {
                digest: self.blob.digest,
                expected: self.blob.size,
                found: whole.end,
            });
        }
        let absent: Vec<Range<u64>> = {
            let mut state = self.lock();
            if let Some(failure) = state.failure.take() {
                return Err(failure);
            }
            state.have.gaps_in(&whole)
        };
        for range in absent {
            let from = usize::try_from(range.start - offset).unwrap_or_default();
            let to = usize::try_from(range.end - offset).unwrap_or_default();
            disk::write_at(&self.file, &bytes[from..to], range.start)
                .map_err(Error::io("cannot write", &self.places.part))?;
            let mut state = self.lock();
            state.unsynced += range.end - range.start;
            state.have.insert(range.clone());
            if range.start == state.hashed && self.blob.size <= PIECE {
                state.hash_in_passing(&bytes[from..to]);
            }
            // What completes a blob in one write needs no record: its commit is next.
            if range != (0..self.blob.size) {
                state.journal.written(&range)?;
            }
        }
        let mut state = self.lock();
        self.clone().follow(&mut state);
        self.clone().sync(&mut state);
        Ok(())
    }
}

#[async_trait]
impl BlobWriter for Partial {
    async fn missing(&self) -> Result<Vec<Range<u64>>> {
        let state = self.shared.lock();
        if state.committed {
            return Ok(Vec::new());
        }
        Ok(state.have.gaps(self.shared.blob.size, PIECE))
    }

    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        self.shared.store(offset, &bytes)
    }

    async fn commit(&self) -> Result<()> {
        self.wait_idle().await?;
        let shared = self.shared.clone();
        on_blocking_pool(move || Self::finish(&shared)).await
    }
}

/// The writer of a blob that is complete already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Complete;

#[async_trait]
impl BlobWriter for Complete {
    async fn missing(&self) -> Result<Vec<Range<u64>>> {
        Ok(Vec::new())
    }

    async fn write(&self, _: u64, _: Bytes) -> Result<()> {
        Ok(())
    }

    async fn commit(&self) -> Result<()> {
        Ok(())
    }
}

/// Runs what blocks off the async workers.
///
/// # Errors
/// What `job` returns; `Machine` when it panicked.
pub(crate) async fn on_blocking_pool<T: Send + 'static>(
    job: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(job).await {
        Ok(result) => result,
        Err(error) => Err(Error::Machine(format!("a background job stopped: {error}"))),
    }
}
