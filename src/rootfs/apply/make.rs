//! Making one entry: a file and its content, a link, a pipe, a device, another name. What stands there goes first.

use std::io::BufRead;

use rustix::fs::FileType;
use rustix::io::Errno;

use super::Applying;
use crate::rootfs::attributes::Attributes;
use crate::rootfs::ground::{Ground, Missing, New, Spot};
use crate::rootfs::members::{Kind, Member, Members};
use crate::rootfs::name::{self, MAX_PATH};
use crate::rootfs::trouble::{Step, Trouble};

/// One more than the largest numbers of devices: Linux has 12 bits for the major one and 20 for the minor one.
const DEVICES: (u32, u32) = (1 << 12, 1 << 20);

impl<G: Ground> Applying<'_, G> {
    /// Makes something; what is there goes first.
    fn anew(
        &mut self,
        doing: &'static str,
        at: &Spot<G::Place>,
        new: &New<G::Place>,
    ) -> Step<G::Made> {
        match self.ground.make(&at.folder.place, at.name, new) {
            Err(Errno::EXIST) => self.remove(at.folder, at.name)?,
            made => return made.map_err(Trouble::system(doing, &at.path)),
        }
        let made = self.ground.make(&at.folder.place, at.name, new);
        made.map_err(Trouble::system(doing, &at.path))
    }

    /// Makes what is neither a directory nor another name of something.
    pub(super) fn other(
        &mut self,
        member: &Member,
        at: &Spot<G::Place>,
        content: &mut Members<impl BufRead>,
    ) -> Step<()> {
        let attributes = Attributes::of(member, self.who, &mut self.report)?;
        let (doing, new) = match member.kind {
            Kind::Symlink => ("cannot make the link", link(&member.link)?),
            Kind::Fifo => ("cannot make the pipe", New::Pipe),
            Kind::CharacterDevice => (
                "cannot make the device",
                device(member, FileType::CharacterDevice, &attributes)?,
            ),
            Kind::BlockDevice => (
                "cannot make the device",
                device(member, FileType::BlockDevice, &attributes)?,
            ),
            Kind::File | Kind::Directory | Kind::HardLink => {
                let (left, limit) = (self.left.checked_sub(member.size), self.limit);
                self.left = left.ok_or(Trouble::Large(limit))?;
                self.report.bytes += member.size;
                ("cannot make", New::File)
            }
        };
        let made = self.anew(doing, at, &new)?;
        let report = &mut self.report;
        self.ground
            .complete(made, at, member, &attributes, content, report)
    }

    /// Gives an earlier file or link of this image another name. A link is named itself, not followed, and neither gets
    /// any attributes of this entry.
    pub(super) fn name(&mut self, raw: &[u8], at: &Spot<G::Place>) -> Step<()> {
        let absent = || {
            let target = String::from_utf8_lossy(raw).into_owned();
            Trouble::Bad(format!("it links to {target}, which is no file before it"))
        };
        let target = name::clean(raw)?;
        let (outer, inner) = name::split(&target);
        let source = self.ground.folder(outer, Missing::Leave)?;
        let source = source.ok_or_else(absent)?;
        if inner.is_empty() {
            return Err(absent());
        }
        let found = self.ground.stat(&source, inner)?;
        let found = found
            .filter(|found| [FileType::RegularFile, FileType::Symlink].contains(&found.kind))
            .ok_or_else(absent)?;
        let same = |this: &mut Self| -> Step<bool> {
            let here = this.ground.stat(at.folder, at.name)?;
            Ok(here.is_some_and(|here| here.id == found.id))
        };
        if same(self)? {
            return Ok(());
        }
        let new = New::Name {
            folder: &source.place,
            name: inner,
        };
        self.anew("cannot make the link", at, &new)?;
        // Somebody else could have exchanged it between the look and the link.
        if !same(self)? {
            self.remove(at.folder, at.name)?;
            return Err(absent());
        }
        Ok(())
    }
}

fn link<P>(target: &[u8]) -> Step<New<'_, P>> {
    if target.is_empty() || target.len() > MAX_PATH || target.contains(&0) {
        return Err(Trouble::bad("it is a link that leads nowhere"));
    }
    Ok(New::Link { target })
}

fn device<'a, P>(member: &Member, kind: FileType, attributes: &'a Attributes) -> Step<New<'a, P>> {
    if member.device.0 >= DEVICES.0 || member.device.1 >= DEVICES.1 {
        return Err(Trouble::bad(
            "its device number is larger than any system has",
        ));
    }
    Ok(New::Device {
        kind,
        number: member.device,
        attributes,
    })
}
