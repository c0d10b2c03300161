//! Docker's `config.json` on disk: read whole, replaced whole, never seen half-written.
//!
//! A change is made in these steps, so that two programs of ours lose nothing of each other's and a kill at any instant
//! leaves either the old file or the new one:
//!
//! 1. follow a symbolic link to the file it means (the link stays);
//! 2. lock a file beside it, waiting a bounded time, and sweep away what a killed run left;
//! 3. read it; what is not one unambiguous JSON object is not touched;
//! 4. write a new file with a name of its own in the same folder, readable by the owner alone, and sync it;
//! 5. give it the owner and the stricter mode of the old one, rename it over that, sync the folder.
//!
//! Docker itself takes no lock: between its reading and its writing it can still lose a change of ours.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

use super::docker::{DockerConfig, Origin};
use crate::error::{Error, Result};

/// The largest file read: far more than thousands of logins, far less than memory.
const MAX_BYTES: u64 = 16 << 20;
/// Symbolic links followed before they count as a loop; Linux gives up after as many.
const MAX_LINKS: usize = 40;
/// How long to wait for the lock: whoever holds it reads and writes a few KiB.
const LOCK_WAIT: Duration = Duration::from_secs(10);
/// How often to try the lock. A thread that blocks in it could not be told to stop.
const LOCK_POLL: Duration = Duration::from_millis(10);

/// What the names of new files begin with while they are written.
const NEW_PREFIX: &str = ".config.json.";
/// What they end with.
const NEW_SUFFIX: &str = ".new";

/// A `config.json` by its path. Everything here blocks.
#[derive(Clone)]
pub(super) struct DockerFile {
    path: PathBuf,
}

impl DockerFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it; an absent file is an empty one.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, [`Error::BadFile`] when it is not one unambiguous JSON object.
    pub(super) fn read(&self) -> Result<DockerConfig> {
        let bytes = self.bytes()?;
        DockerConfig::parse(Origin::File(self.path.clone()), &bytes)
    }

    /// Reads it as the old `.dockercfg`; an absent file is an empty one.
    ///
    /// # Errors
    /// As [`DockerFile::read`].
    pub(super) fn read_entries(&self) -> Result<DockerConfig> {
        let bytes = self.bytes()?;
        DockerConfig::parse_entries(Origin::File(self.path.clone()), &bytes)
    }

    /// Changes it by `edit`, which sees what is there now.
    ///
    /// # Errors
    /// As [`DockerFile::read`], what `edit` says, and [`Error::Io`] when it cannot be locked or written. After an error
    /// the file is as it was.
    pub(super) fn update(&self, edit: impl FnOnce(&mut DockerConfig) -> Result<()>) -> Result<()> {
        let target = self.target()?;
        let folder = match target.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        create_private_folder(folder)?;
        let _lock = lock(&target)?;
        sweep(folder);
        let mut config = self.read()?;
        edit(&mut config)?;
        replace(&target, folder, &config.to_text())
    }

    fn bytes(&self) -> Result<Vec<u8>> {
        let failed = || Error::io("cannot read", &self.path);
        match std::fs::metadata(&self.path) {
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(failed()(error)),
            // A pipe would be waited for without end, and a device must never be renamed over.
            Ok(metadata) if !metadata.is_file() => return Err(self.bad("it is not a regular file")),
            Ok(_) => {}
        }
        let mut bytes = Vec::new();
        let file = File::open(&self.path).map_err(failed())?;
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(failed())?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(self.bad("it is larger than 16 MiB"));
        }
        Ok(bytes)
    }

    /// The file behind the links. It need not exist: a link may have been laid before the first login.
    fn target(&self) -> Result<PathBuf> {
        let mut target = self.path.clone();
        for _ in 0..MAX_LINKS {
            match std::fs::read_link(&target) {
                Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
                Err(_) => return Ok(target),
            }
        }
        Err(self.bad("it is a loop of symbolic links"))
    }

    fn bad(&self, reason: &str) -> Error {
        Error::BadFile {
            path: self.path.clone(),
            reason: reason.to_owned(),
        }
    }
}

fn create_private_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(Error::io("cannot create", folder))
}

/// Holds the lock beside `target` until the file returned is dropped. The lock file stays: removing it would let two
/// runs lock two different files of that name.
fn lock(target: &Path) -> Result<File> {
    let mut path = target.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = || Error::io("cannot lock", &path);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(failed())?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                tracing::debug!(?path, "this file system has no locks; going on without");
                return Ok(file);
            }
            Err(TryLockError::Error(error)) => return Err(failed()(error)),
            Err(TryLockError::WouldBlock) if begin.elapsed() < LOCK_WAIT => {
                std::thread::sleep(LOCK_POLL);
            }
            Err(TryLockError::WouldBlock) => return Err(failed()(ErrorKind::TimedOut.into())),
        }
    }
}

/// Removes files that killed runs were writing: each may hold a login that nothing would ever erase. Only whoever holds
/// the lock writes such files, so none of them is in use.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(NEW_PREFIX) && name.ends_with(NEW_SUFFIX) {
            let removed = std::fs::remove_file(entry.path());
            tracing::debug!(path = ?entry.path(), ?removed, "left by a run that was killed");
        }
    }
}

fn replace(target: &Path, folder: &Path, text: &str) -> Result<()> {
    let failed = || Error::io("cannot write", target);
    let mut builder = tempfile::Builder::new();
    builder.prefix(NEW_PREFIX).suffix(NEW_SUFFIX);
    // Created exclusively, for the owner alone, under a name that cannot be guessed.
    let mut new: NamedTempFile = builder.tempfile_in(folder).map_err(failed())?;
    new.write_all(text.as_bytes()).map_err(failed())?;
    #[cfg(unix)]
    take_over(target, new.as_file()).map_err(failed())?;
    new.as_file().sync_all().map_err(failed())?;
    new.persist(target).map_err(|error| failed()(error.error))?;
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed())?;
    Ok(())
}

/// Gives `new` the owner of the file it replaces, and its mode as far as that is stricter than 0600.
#[cfg(unix)]
fn take_over(target: &Path, new: &File) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let mut mode = 0o600;
    match std::fs::metadata(target) {
        Ok(old) => {
            let mine = new.metadata()?;
            if old.uid() != mine.uid() {
                fchown(new, Some(old.uid()), Some(old.gid()))?;
            } else if old.gid() != mine.gid() {
                // The group may be one we are not in; the mode gives it nothing anyway.
                let kept = fchown(new, None, Some(old.gid()));
                tracing::trace!(?kept, "group of the file that is replaced");
            }
            mode &= old.mode();
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    new.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests;
