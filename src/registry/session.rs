//! Unfinished uploads, kept between runs: where each goes on at its registry.
//!
//! One small file an upload, in a folder of the user's alone, named by the digest of registry, repository and blob. What
//! stands in it is only ever a hint: the registry is asked before anything is built on it, its location has to pass the
//! same checks as a fresh one, and a file that is damaged, old or of another upload costs no more than a new upload.
//! Nothing is synced for that reason. Locations may carry the registry's state, so they are not logged.
//!
//! 1. Whoever uploads a blob holds the lock of its file, so that two processes never write to one upload. The file is
//!    replaced whole by one that was locked before it got its name: whoever has the lock of what the name means owns it.
//! 2. The file goes when its blob is complete, or the registry has forgotten the upload.
//! 3. Files older than [`KEPT`] are swept away by the next upload of a run: registries purge theirs too.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Config;
use crate::oci::{Digest, Name};

/// How long an unfinished upload is remembered; distribution purges its own after as long.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The largest file read, in bytes: locations with a registry's state take a few hundred.
const MAX_BYTES: u64 = 64 << 10;
/// The most files looked at by one sweep.
const MAX_SWEPT: usize = 10_000;
/// What the names of files end with.
const SUFFIX: &str = ".json";

/// The folder of unfinished uploads.
pub(super) struct Unfinished {
    folder: Option<PathBuf>,
    swept: OnceLock<()>,
}

/// Where an upload goes on.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Note {
    registry: String,
    repository: String,
    digest: String,
    /// As the registry named it last.
    pub(super) location: String,
    /// How many bytes the registry was known to have.
    pub(super) has: u64,
    /// The smallest chunk it takes; 0 when it did not say.
    pub(super) least: u64,
    /// Seconds since 1970.
    written: u64,
}

/// The right to keep one upload. Dropping it keeps what was written last for the next run.
pub(super) struct Place {
    path: PathBuf,
    registry: String,
    repository: String,
    digest: String,
    /// The locked file that `path` means; `None` before the first note.
    file: Option<File>,
}

impl Unfinished {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            folder: config.state.as_ref().map(|state| state.join("uploads")),
            swept: OnceLock::new(),
        }
    }

    /// The place of an upload and what an earlier run noted there. `None` when it cannot be kept, or another process
    /// is uploading the same.
    pub(super) async fn place(
        &self,
        registry: &Url,
        name: &Name,
        digest: &Digest,
    ) -> Option<(Place, Option<Note>)> {
        let folder = self.folder.clone()?;
        let sweep = self.swept.set(()).is_ok();
        let registry = registry.to_string();
        let repository = name.repository.to_string();
        let digest = digest.to_string();
        let opened = tokio::task::spawn_blocking(move || {
            make_folder(&folder)?;
            if sweep {
                sweep_away(&folder, SystemTime::now());
            }
            let key = Digest::of(format!("{registry}\n{repository}\n{digest}").as_bytes());
            let place = Place {
                path: folder.join(key.hex() + SUFFIX),
                registry,
                repository,
                digest,
                file: None,
            };
            place.open()
        });
        match opened.await.ok()? {
            Ok(place) => place,
            Err(error) => {
                tracing::debug!(%error, "unfinished uploads cannot be kept");
                None
            }
        }
    }
}

impl Place {
    /// Takes the lock of what is there, and reads it.
    fn open(mut self) -> io::Result<Option<(Self, Option<Note>)>> {
        let Some(mut file) = open(&self.path)? else {
            return Ok(Some((self, None)));
        };
        if file.try_lock().is_err() || !is_same(&file, &self.path) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&mut file).take(MAX_BYTES).read_to_end(&mut bytes)?;
        let note = serde_json::from_slice::<Note>(&bytes).ok();
        let note = note.filter(|note| self.is_of(note) && note.is_young(SystemTime::now()));
        self.file = Some(file);
        Ok(Some((self, note)))
    }

    fn is_of(&self, note: &Note) -> bool {
        (&note.registry, &note.repository, &note.digest)
            == (&self.registry, &self.repository, &self.digest)
    }

    /// Notes where the upload goes on. `None` when it cannot be kept any more.
    pub(super) async fn write(self, location: &Url, has: u64, least: u64) -> Option<Self> {
        let note = Note {
            registry: self.registry.clone(),
            repository: self.repository.clone(),
            digest: self.digest.clone(),
            location: location.to_string(),
            has,
            least,
            written: seconds(SystemTime::now()),
        };
        let written = tokio::task::spawn_blocking(move || self.replace(&note));
        match written.await.ok()? {
            Ok(place) => Some(place),
            Err(error) => {
                tracing::debug!(%error, "the unfinished upload is not kept");
                None
            }
        }
    }

    fn replace(mut self, note: &Note) -> io::Result<Self> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        // Made with mode 0600.
        let mut new = tempfile::Builder::new()
            .suffix(SUFFIX)
            .tempfile_in(folder)?;
        new.write_all(&serde_json::to_vec(note)?)?;
        new.as_file().try_lock()?;
        let file = if self.file.is_some() {
            new.persist(&self.path)
        } else {
            // Whoever came first in between keeps the name.
            new.persist_noclobber(&self.path)
        };
        self.file = Some(file.map_err(|error| error.error)?);
        Ok(self)
    }

    /// Forgets the upload.
    pub(super) async fn clear(&mut self) {
        if let Some(file) = self.file.take() {
            let path = self.path.clone();
            let removed = tokio::task::spawn_blocking(move || {
                if is_same(&file, &path) {
                    let _ = std::fs::remove_file(&path); // what stays is swept away later
                }
            });
            let _ = removed.await;
        }
    }
}

impl Drop for Place {
    /// Unlocks by word: a credential helper that is being started has a copy of every open file for a moment, and closing
    /// ours would leave the lock with it.
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = file.unlock(); // goes with the last copy otherwise
        }
    }
}

impl Note {
    fn is_young(&self, now: SystemTime) -> bool {
        let age = seconds(now).checked_sub(self.written);
        age.is_some_and(|age| age < KEPT.as_secs())
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// Makes the folder and those above it, for the user alone.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a regular file; `None` when there is none.
fn open(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe in its place must not be waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    match options.open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(Some(file)),
        Ok(_) => Err(io::ErrorKind::InvalidData.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether `path` still means this file: it may have been replaced before its lock was had.
fn is_same(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (Ok(open), Ok(named)) = (file.metadata(), std::fs::symlink_metadata(path)) else {
            return false;
        };
        (open.dev(), open.ino()) == (named.dev(), named.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}

/// Removes files that are too old and nobody's, half-written ones of killed runs too.
fn sweep_away(folder: &Path, now: SystemTime) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.take(MAX_SWEPT).flatten() {
        let path = entry.path();
        let modified = entry.metadata().and_then(|found| found.modified());
        let age = modified
            .ok()
            .and_then(|modified| now.duration_since(modified).ok());
        let ours = path.as_os_str().to_string_lossy().ends_with(SUFFIX);
        if !ours || age.is_none_or(|age| age < KEPT) {
            continue;
        }
        if let Ok(Some(file)) = open(&path)
            && file.try_lock().is_ok()
            && is_same(&file, &path)
        {
            let _ = std::fs::remove_file(&path); // the next sweep finds it again
        }
    }
}

#[cfg(test)]
mod tests;
