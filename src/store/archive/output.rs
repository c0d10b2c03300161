//! The file that an archive becomes when it is complete.
//!
//! Until then it has no name where the file system has files without one (Linux, `O_TMPFILE`): whatever ends the program
//! leaves nothing behind. Elsewhere it has one of its own beside the target.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

use crate::error::{Error, Result};
use crate::store::disk;

/// A file that is being written.
pub(crate) struct Unfinished {
    /// What it becomes.
    path: PathBuf,
    /// The name it has until then, if it has one.
    named: Option<TempPath>,
}

impl Unfinished {
    /// A private file, to become `path`. Where that is a link to a file, the file is meant, and the link stays one.
    ///
    /// # Errors
    /// `BadFile` where a device, a pipe or a folder is, which would be replaced, not written to; `Io`.
    pub(crate) fn begin(path: &Path) -> Result<(File, Self)> {
        let path = meant(path);
        if std::fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(Error::BadFile {
                path,
                reason: "it is no regular file; to write into it, redirect standard output"
                    .to_owned(),
            });
        }
        if let Some(file) = nameless(folder_of(&path)) {
            return Ok((file, Self { path, named: None }));
        }
        // Made with mode 0600.
        let named = builder().tempfile_in(folder_of(&path));
        let (file, named) = named
            .map_err(Error::io("cannot write", &path))?
            .into_parts();
        let named = Some(named);
        Ok((file, Self { path, named }))
    }

    /// Gives `file`, which is complete, its name, durably.
    ///
    /// # Errors
    /// `Io`. The file then does not appear.
    pub(crate) fn publish(self, file: &File) -> Result<()> {
        let (path, folder) = (&self.path, folder_of(&self.path));
        let failed = || Error::io("cannot write", path);
        file.sync_all().map_err(failed())?;
        let named = match self.named {
            Some(named) => named,
            // A link takes no other file's place; a rename does.
            None => builder()
                .make_in(folder, |beside| give_name(file, beside))
                .map_err(failed())?
                .into_temp_path(),
        };
        let named = named.persist(path);
        named.map_err(|error| failed()(error.error))?;
        disk::sync_folder(folder)
    }
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".rg-").suffix(".tmp");
    builder
}

/// A file in `folder` without a name, which can be given one; `None` where there is no such thing.
#[cfg(target_os = "linux")]
fn nameless(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR).ok()?;
    let file = File::from(file);
    in_proc(&file).exists().then_some(file)
}

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn give_name(file: &File, path: &Path) -> std::io::Result<()> {
    use rustix::fs::{AtFlags, CWD};
    Ok(rustix::fs::linkat(
        CWD,
        in_proc(file),
        CWD,
        path,
        AtFlags::SYMLINK_FOLLOW,
    )?)
}

#[cfg(not(target_os = "linux"))]
fn give_name(_: &File, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// The link by which an open file is reached, open(2).
#[cfg(target_os = "linux")]
fn in_proc(file: &File) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// The file that a link leads to, such as `/dev/stdout` where that is redirected into one.
fn meant(path: &Path) -> PathBuf {
    if path.is_symlink() && path.is_file() {
        path.canonicalize().unwrap_or_else(|_| path.to_owned())
    } else {
        path.to_owned()
    }
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    folder
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn in_folder(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_takes_its_place_when_it_is_complete_whether_it_had_a_name_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tar");
        std::fs::write(&path, "before").unwrap();
        for named in [false, true] {
            let (mut file, mut unfinished) = Unfinished::begin(&path).unwrap();
            if named {
                let (other, path) = builder().tempfile_in(folder.path()).unwrap().into_parts();
                (file, unfinished.named) = (other, Some(path));
            }
            write!(file, "after {named}").unwrap();
            assert_ne!(
                std::fs::read_to_string(&path).unwrap(),
                format!("after {named}")
            );
            unfinished.publish(&file).unwrap();
            assert_eq!(
                std::fs::read_to_string(&path).unwrap(),
                format!("after {named}")
            );
            assert_eq!(in_folder(folder.path()), ["a.tar"]);
        }
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (mut file, unfinished) = Unfinished::begin(&folder.path().join("a.tar")).unwrap();
        file.write_all(b"some").unwrap();
        #[cfg(target_os = "linux")]
        assert_eq!(
            in_folder(folder.path()),
            [""; 0],
            "it should have no name yet"
        );
        drop(unfinished);
        assert_eq!(in_folder(folder.path()), [""; 0]);
    }
}
