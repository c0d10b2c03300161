//! What an entry has beside its content: mode, owner, time, extended attributes. Set by descriptor, on what was just
//! made, never by a path that could have become another's.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{AtFlags, Gid, Mode, Timespec, Timestamps, Uid, XattrFlags};
use rustix::io::Errno;

use super::Unpacked;
use super::members::Member;
use super::trouble::{Step, Trouble};

/// Set-user-ID and set-group-ID.
const SPECIAL: u32 = 0o6000;
/// The bits of a mode.
const BITS: u32 = 0o7777;
/// The largest user or group: above it some systems count backwards, and -1 means "leave it".
const MAX_ID: u64 = (1 << 31) - 1;
/// What directories have that no layer describes.
const DEFAULT_MODE: u32 = 0o755;

/// Who unpacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// The superuser: everything becomes what the image says.
    Root,
    /// Anybody else: everything becomes theirs.
    User,
}

impl Who {
    /// The user of this process.
    pub(super) fn is() -> Self {
        if rustix::process::geteuid().is_root() {
            Self::Root
        } else {
            Self::User
        }
    }
}

/// What an entry has beside its content.
#[derive(Debug, Clone)]
pub(super) struct Attributes {
    pub(super) mode: u32,
    /// User and group; `None` leaves them.
    pub(super) owner: Option<(u32, u32)>,
    /// `None` leaves it.
    pub(super) time: Option<Timespec>,
    /// Extended attributes.
    pub(super) extended: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Attributes {
    /// What `member` gets when `who` unpacks it. What is left out is counted in `report`.
    ///
    /// # Errors
    /// `Bad` for an owner that no system has.
    pub(super) fn of(member: &Member, who: Who, report: &mut Unpacked) -> Step<Self> {
        let mut mode = member.mode & BITS;
        let id = |id: u64| match u32::try_from(id) {
            Ok(small) if id <= MAX_ID => Ok(small),
            _ => Err(Trouble::Bad(format!(
                "its owner is {id}, and none above {MAX_ID} is set"
            ))),
        };
        let owner = match who {
            Who::Root => Some((id(member.user)?, id(member.group)?)),
            Who::User => None,
        };
        if who == Who::User && mode & SPECIAL != 0 && !member.is_symlink() {
            mode &= !SPECIAL;
            report.stripped += 1;
        }
        let wanted = |name: &[u8]| {
            name.starts_with(b"user.") || (who == Who::Root && name == b"security.capability")
        };
        let extended = member.extended.iter();
        Ok(Self {
            mode,
            owner,
            time: Some(member.time),
            extended: extended.filter(|(name, _)| wanted(name)).cloned().collect(),
        })
    }

    /// What a directory gets that no layer describes.
    pub(super) fn of_folder(who: Who) -> Self {
        Self {
            mode: DEFAULT_MODE,
            owner: (who == Who::Root).then_some((0, 0)),
            time: None,
            extended: Vec::new(),
        }
    }

    /// Bytes of its extended attributes.
    pub(super) fn weight(&self) -> usize {
        let extended = self.extended.iter();
        extended.map(|(name, value)| name.len() + value.len()).sum()
    }

    fn times(&self) -> Timestamps {
        let time = self.time.unwrap_or(Timespec {
            tv_sec: 0,
            tv_nsec: rustix::fs::UTIME_OMIT,
        });
        Timestamps {
            last_access: time,
            last_modification: time,
        }
    }

    fn ids(&self) -> Option<(Option<Uid>, Option<Gid>)> {
        let (user, group) = self.owner?;
        Some((Some(Uid::from_raw(user)), Some(Gid::from_raw(group))))
    }

    /// Sets them on what `fd` is open on and `path` names. A change of owner takes special bits and capabilities away, so
    /// it is first; whatever changes anything sets times, so these are last.
    pub(super) fn set(&self, fd: impl AsFd, path: &[u8], report: &mut Unpacked) -> Step<()> {
        if let Some((user, group)) = self.ids() {
            rustix::fs::fchown(&fd, user, group)
                .map_err(Trouble::system("cannot change the owner of", path))?;
        }
        // Only root may give attributes to what is read-only.
        for (name, value) in &self.extended {
            match rustix::fs::fsetxattr(&fd, &name[..], value, XattrFlags::empty()) {
                Ok(()) => {}
                Err(error) if is_refusal(error) => report.unattributed += 1,
                Err(error) => return Err(Trouble::system("cannot set attributes of", path)(error)),
            }
        }
        rustix::fs::fchmod(&fd, Mode::from_raw_mode(self.mode))
            .map_err(Trouble::system("cannot change the mode of", path))?;
        rustix::fs::futimens(&fd, &self.times())
            .map_err(Trouble::system("cannot set the time of", path))
    }

    /// The same for what cannot be opened, a link or a device, right after it was made in `folder`. Links have no mode of
    /// their own.
    pub(super) fn set_at(&self, folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Step<()> {
        if let Some((user, group)) = self.ids() {
            rustix::fs::chownat(folder, name, user, group, AtFlags::SYMLINK_NOFOLLOW)
                .map_err(Trouble::system("cannot change the owner of", path))?;
        }
        rustix::fs::utimensat(folder, name, &self.times(), AtFlags::SYMLINK_NOFOLLOW)
            .map_err(Trouble::system("cannot set the time of", path))
    }
}

/// Whether a file system refuses an attribute that others may take: it has none, or none as large, or not in a container,
/// or the value is none that it knows. A full disk is told when content is written.
fn is_refusal(error: Errno) -> bool {
    matches!(
        error,
        Errno::OPNOTSUPP
            | Errno::PERM
            | Errno::ACCESS
            | Errno::TOOBIG
            | Errno::INVAL
            | Errno::RANGE
            | Errno::NOSPC
    )
}
