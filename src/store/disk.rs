//! Files of a store: opened without following links, replaced whole, written at offsets.
//!
//! Rule 1 of the house: what has a name is complete. [`replace`] writes a temporary file in the same folder, syncs it,
//! renames it and syncs the folder, so a kill at any instant leaves the old or the new content.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// Opens a regular file for reading; a link, a device or a pipe in its place is an error.
///
/// # Errors
/// The system's; `InvalidData` for what is no regular file.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    regular(open_nofollow(&mut options, path)?)
}

/// Opens a private file for reading and writing, making it (mode 0600) when absent.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    private(&mut options);
    regular(open_nofollow(&mut options, path)?)
}

#[cfg(unix)]
fn open_nofollow(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // O_NONBLOCK: opening a pipe that was put in a blob's place must not hang; regular files ignore it.
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    options
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
        .open(path)
}

#[cfg(not(unix))]
fn open_nofollow(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.open(path)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        "not a regular file",
    ))
}

/// Reads all of a regular file of at most `limit` bytes; `None` when there is none.
///
/// # Errors
/// `Io`, also for a file past the limit.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>> {
    let file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("cannot read", path)(error)),
    };
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(Error::io("cannot read", path))?;
    if bytes.len() as u64 > limit {
        let error = io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("larger than {limit} bytes"),
        );
        return Err(Error::io("cannot read", path)(error));
    }
    Ok(Some(bytes))
}

/// Puts `bytes` at `path`, durably and all at once. `mode` is of the new file, whatever the umask.
///
/// # Errors
/// `Io`; the old content is then still there.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    write_new(path, bytes, mode, File::sync_all)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// The same, all at once but durable only when the system comes to it: after a power cut there may be the old content,
/// the new, or as many zeros.
///
/// # Errors
/// As [`replace`].
pub(crate) fn replace_in_time(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    write_new(path, bytes, mode, |_| Ok(()))
}

fn write_new(
    path: &Path,
    bytes: &[u8],
    mode: u32,
    sync: impl FnOnce(&File) -> io::Result<()>,
) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".rg-")
            .suffix(".tmp")
            .tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(bytes)?;
        set_mode(file.as_file(), mode)?;
        sync(file.as_file())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(Error::io("cannot write", path))
}

/// Gives a file its mode, whatever the umask was.
///
/// # Errors
/// The system's.
pub(crate) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = (file, mode);
        Ok(())
    }
}

/// Makes the names in `folder` durable.
///
/// # Errors
/// `Io`.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(Error::io("cannot sync", folder))?;
    }
    Ok(())
}

/// Makes a folder with mode 0700, unless it is there.
///
/// # Errors
/// `Io`, also when something else has its name.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let found = std::fs::symlink_metadata(path).map_err(Error::io("cannot read", path))?;
            if found.is_dir() {
                return Ok(());
            }
            Err(Error::BadFile {
                path: path.to_owned(),
                reason: "should be a folder of the store and is not".to_owned(),
            })
        }
        Err(error) => Err(Error::io("cannot make the folder", path)(error)),
    }
}

/// Writes all of `bytes` at `offset` without moving the file's position.
///
/// # Errors
/// The system's.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
    }
    #[cfg(windows)]
    {
        let (mut bytes, mut offset) = (bytes, offset);
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
            bytes = &bytes[written..];
            offset += written as u64;
        }
        Ok(())
    }
}

/// Reads at `offset` until `buffer` is full or the file ends; says how many bytes.
///
/// # Errors
/// The system's.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(
            file,
            &mut buffer[filled..],
            offset + filled as u64,
        );
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(
            file,
            &mut buffer[filled..],
            offset + filled as u64,
        );
        match read {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Whether `file` is still what `path` names.
///
/// # Errors
/// The system's, other than absence.
pub(crate) fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    let named = match std::fs::symlink_metadata(path) {
        Ok(named) => named,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let open = file.metadata()?;
        Ok(open.ino() == named.ino() && open.dev() == named.dev())
    }
    #[cfg(not(unix))]
    {
        let _ = (file, named);
        Ok(true)
    }
}

/// Bytes a file takes on disk, holes left out; 0 when it is not there.
pub(crate) fn on_disk(path: &Path) -> u64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::symlink_metadata(path).map_or(0, |found| found.blocks() * 512)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        0
    }
}

/// Bytes free for us where `path` is, if the system says.
pub(crate) fn free_space(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(path).ok()?;
        Some(found.f_bavail * found.f_frsize)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// The same error; of a full disk, with the bytes still `needed` and those free where `path` is.
pub(crate) fn full(error: Error, path: &Path, needed: u64) -> Error {
    let is_full =
        matches!(&error, Error::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull);
    match free_space(path) {
        Some(available) if is_full => Error::NoSpace {
            path: path.to_owned(),
            needed,
            available,
        },
        _ => error,
    }
}
