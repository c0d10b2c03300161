//! Making one entry: a file and its content, a link, a pipe, a device. What stands there goes first; nothing is ever
//! written through a name that exists.

use std::fs::File;
use std::io::{BufRead, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::Applying;
use crate::rootfs::attributes::Attributes;
use crate::rootfs::members::{Kind, Member, Members};
use crate::rootfs::name::{self, MAX_PATH};
use crate::rootfs::tree::{Folder, Missing, is};
use crate::rootfs::trouble::{Step, Trouble};

impl Applying<'_> {
    /// Makes something by `create`, which fails where something is; then that goes first.
    fn anew<T>(
        &mut self,
        doing: &'static str,
        folder: &Folder,
        name: &[u8],
        path: &[u8],
        create: impl Fn() -> rustix::io::Result<T>,
    ) -> Step<T> {
        match create() {
            Err(Errno::EXIST) => self.remove(folder, name)?,
            made => return made.map_err(Trouble::system(doing, path)),
        }
        create().map_err(Trouble::system(doing, path))
    }

    pub(super) fn file(
        &mut self,
        member: &Member,
        folder: &Folder,
        name: &[u8],
        path: &[u8],
        attributes: &Attributes,
        content: &mut Members<impl BufRead>,
    ) -> Step<()> {
        self.left = self.left.checked_sub(member.size).ok_or_else(|| {
            let limit = self.limit;
            Trouble::Large(limit)
        })?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let fd = self.anew("cannot make", folder, name, path, || {
            rustix::fs::openat(folder, name, flags, mode)
        })?;
        let mut file = File::from(fd);
        let whole = [(0, member.size)];
        let pieces = match &member.sparse {
            Some(sparse) => &sparse.pieces[..],
            None => &whole,
        };
        let fail = || Trouble::system("cannot write", path);
        for &(offset, length) in pieces {
            if member.sparse.is_some() {
                file.seek(SeekFrom::Start(offset)).map_err(fail())?;
            }
            let mut left = length;
            while left > 0 {
                let bytes = content.fill()?;
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                if length == 0 {
                    return Err(Trouble::bad("its content is cut off"));
                }
                file.write_all(&bytes[..length]).map_err(fail())?;
                content.consume(length);
                left -= length as u64;
            }
        }
        if member.sparse.is_some() {
            file.set_len(member.size).map_err(fail())?;
        }
        self.report.bytes += member.size;
        attributes.set(&file, path, &mut self.report)
    }

    /// Gives an earlier file of this image another name.
    pub(super) fn hard_link(
        &mut self,
        raw: &[u8],
        folder: &Folder,
        name: &[u8],
        path: &[u8],
    ) -> Step<()> {
        let absent = || {
            let target = String::from_utf8_lossy(raw).into_owned();
            Trouble::Bad(format!("it links to {target}, which is no file before it"))
        };
        let target = name::clean(raw)?;
        let (outer, inner) = name::split(&target);
        let source = self.tree.folder(outer, Missing::Leave)?;
        let source = source.ok_or_else(absent)?;
        let found = source
            .stat(inner)?
            .filter(|found| is(found, FileType::RegularFile));
        let found = found.ok_or_else(absent)?;
        let same =
            |other: &rustix::fs::Stat| (other.st_dev, other.st_ino) == (found.st_dev, found.st_ino);
        if folder.stat(name)?.is_some_and(|other| same(&other)) {
            return Ok(());
        }
        self.anew("cannot make the link", folder, name, path, || {
            rustix::fs::linkat(&source, inner, folder, name, AtFlags::empty())
        })?;
        // Somebody else could have exchanged it between the look and the link.
        if !folder.stat(name)?.is_some_and(|made| same(&made)) {
            self.remove(folder, name)?;
            return Err(absent());
        }
        Ok(())
    }

    pub(super) fn symlink(
        &mut self,
        target: &[u8],
        folder: &Folder,
        name: &[u8],
        path: &[u8],
        attributes: &Attributes,
    ) -> Step<()> {
        if target.is_empty() || target.len() > MAX_PATH || target.contains(&0) {
            return Err(Trouble::bad("it is a link that leads nowhere"));
        }
        self.anew("cannot make the link", folder, name, path, || {
            rustix::fs::symlinkat(target, folder, name)
        })?;
        attributes.set_at(folder, name, path)
    }

    pub(super) fn fifo(
        &mut self,
        folder: &Folder,
        name: &[u8],
        path: &[u8],
        attributes: &Attributes,
    ) -> Step<()> {
        let doing = "cannot make the pipe";
        self.anew(doing, folder, name, path, || {
            rustix::fs::mknodat(folder, name, FileType::Fifo, Mode::RUSR, 0)
        })?;
        // Opened for reading without waiting for a writer: a descriptor of the pipe itself.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(folder, name, flags, Mode::empty());
        let fd: OwnedFd = opened.map_err(Trouble::system(doing, path))?;
        let found = rustix::fs::fstat(&fd).map_err(Trouble::system(doing, path))?;
        if !is(&found, FileType::Fifo) {
            return Err(Trouble::bad("something else took its place"));
        }
        attributes.set(&fd, path, &mut self.report)
    }

    pub(super) fn device(
        &mut self,
        member: &Member,
        folder: &Folder,
        name: &[u8],
        path: &[u8],
        attributes: &Attributes,
    ) -> Step<()> {
        let kind = match member.kind {
            Kind::BlockDevice => FileType::BlockDevice,
            _ => FileType::CharacterDevice,
        };
        let device = rustix::fs::makedev(member.device.0, member.device.1);
        // A device cannot be opened to set its mode, as opening one may do something: the mask is out of the way while
        // it is made.
        let mask = rustix::process::umask(Mode::empty());
        let made = self.anew("cannot make the device", folder, name, path, || {
            rustix::fs::mknodat(folder, name, kind, attributes.mode(), device)
        });
        rustix::process::umask(mask);
        made?;
        attributes.set_at(folder, name, path)
    }
}
