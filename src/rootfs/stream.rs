//! The layers of an image as they were before compression, one after the other: read, decompressed and hashed by a thread
//! of their own, a few pieces ahead of whoever writes them, across the border of two layers too.

use std::io::{self, BufRead, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender};

use super::plan::Layer;
use crate::error::{Error, Result};
use crate::oci::Digest;
use crate::store::layer::decompressed;
use crate::store::layout::Layout;

/// Bytes of one piece.
const PIECE: usize = 256 << 10;
/// Pieces that wait to be written: 4 MiB.
pub(super) const AHEAD: usize = 16;

/// What comes from the thread.
pub(super) enum Piece {
    Bytes(Vec<u8>),
    /// A layer is complete and what its image says.
    Verified,
    Failed(Box<Error>),
}

/// Reads `layers`, and sends what is in them, as far as `limit` bytes in all. Ends when nobody listens any more.
pub(super) fn send(layout: &Layout, layers: &[Layer], limit: u64, to: &SyncSender<Piece>) {
    let mut left = limit;
    for layer in layers {
        let last = match one(layout, layer, limit, &mut left, to) {
            Ok(true) => Piece::Verified,
            Ok(false) => return,
            Err(error) => Piece::Failed(error.into()),
        };
        let failed = matches!(last, Piece::Failed(_));
        if to.send(last).is_err() || failed {
            return;
        }
    }
}

/// Sends one layer. Whether somebody listened to its end.
fn one(
    layout: &Layout,
    layer: &Layer,
    limit: u64,
    left: &mut u64,
    to: &SyncSender<Piece>,
) -> Result<bool> {
    let file = layout.open_blob(&layer.descriptor)?;
    let mut from =
        decompressed(file).map_err(|error| unreadable(error, &layer.descriptor.digest))?;
    let mut hasher = layer.diff_id.hasher();
    loop {
        let mut piece = vec![0; PIECE];
        let mut length = 0;
        while length < PIECE {
            match from.read(&mut piece[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(error, &layer.descriptor.digest)),
            }
        }
        if length == 0 {
            break;
        }
        piece.truncate(length);
        hasher.update(&piece);
        let size = length as u64;
        *left = left.checked_sub(size).ok_or(Error::TooLarge { limit })?;
        if to.send(Piece::Bytes(piece)).is_err() {
            return Ok(false);
        }
    }
    let found = hasher.finish();
    if found != layer.diff_id {
        return Err(Error::DigestMismatch {
            expected: layer.diff_id,
            found,
        });
    }
    Ok(true)
}

/// What keeps a layer from being read: the disk, or what is in it.
fn unreadable(error: io::Error, layer: &Digest) -> Error {
    if error.raw_os_error().is_some() {
        return Error::io("cannot read the layer", layer.to_string())(error);
    }
    Error::Layer {
        layer: *layer,
        reason: format!("it cannot be decompressed: {error}"),
    }
}

/// One layer as it comes from the thread.
pub(super) struct Incoming<'a> {
    from: &'a Receiver<Piece>,
    stop: &'a AtomicBool,
    piece: Vec<u8>,
    used: usize,
    ended: bool,
    /// Why no more comes.
    failure: Option<Error>,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(from: &'a Receiver<Piece>, stop: &'a AtomicBool) -> Self {
        Self {
            from,
            stop,
            piece: Vec::new(),
            used: 0,
            ended: false,
            failure: None,
        }
    }

    /// Why no more came, where that was not the end of the layer.
    pub(super) fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }
}

impl BufRead for Incoming<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.used == self.piece.len() && !self.ended {
            if self.stop.load(Ordering::Relaxed) {
                self.failure = Some(Error::Machine("unpacking was given up".to_owned()));
                return Err(io::Error::other("given up"));
            }
            match self.from.recv() {
                Ok(Piece::Bytes(piece)) => (self.piece, self.used) = (piece, 0),
                Ok(Piece::Verified) => self.ended = true,
                Ok(Piece::Failed(error)) => {
                    self.failure = Some(*error);
                    return Err(io::Error::other("the layer broke off"));
                }
                Err(_) => return Err(io::Error::other("the reader of the layers is gone")),
            }
        }
        Ok(&self.piece[self.used..])
    }

    fn consume(&mut self, count: usize) {
        self.used += count;
    }
}

impl Read for Incoming<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut from = self.fill_buf()?;
        let read = from.read(into)?;
        self.consume(read);
        Ok(read)
    }
}
