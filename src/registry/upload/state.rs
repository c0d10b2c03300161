//! Where one upload stands: what of the blob was hashed, what was sent, what the registry is known to have.

use super::feed::Sending;
use super::habits::{SMALLEST_PIECE, Way};
use super::session::Session;
use crate::error::Error;
use crate::oci::{Descriptor, Hasher};
use crate::registry::session::Place;

/// The most uploads of one blob that may come to nothing in a row.
pub(super) const MAX_FRUITLESS: u32 = 3;
/// How far apart the states of the hash are kept, in bytes: an upload that goes on reads at most this much again.
const SNAPSHOT: u64 = 8 << 20;

/// Where an upload stands.
pub(super) struct State {
    pub(super) hasher: Hasher,
    /// How far the blob was hashed: where the writer goes on.
    pub(super) hashed: u64,
    pub(super) snapshots: Vec<(u64, Hasher)>,
    /// How far it was handed to requests.
    pub(super) sent: u64,
    pub(super) session: Option<Session>,
    /// Where the session is kept for the next run.
    pub(super) place: Option<Place>,
    pub(super) sending: Option<Sending>,
    /// The last request that broke: how much it carried, and how much of that was handed on.
    pub(super) cut: Option<(u64, u64)>,
    /// The last piece that was answered 416: where it began, and how much it carried.
    pub(super) unsatisfied: Option<(u64, u64)>,
    /// What the registry had when this run began.
    pub(super) had: u64,
    /// The furthest that any session of this blob came.
    pub(super) furthest: u64,
    /// Sessions lost since one came further than all before.
    pub(super) fruitless: u32,
    /// Errors since then that lost nothing and brought nothing.
    pub(super) idle: u32,
    /// What the last error said.
    pub(super) last_error: String,
    pub(super) renewals: u32,
    pub(super) way: Way,
    pub(super) health: Health,
}

/// How an upload is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Fine,
    /// An error came; the registry has to be asked.
    Broken,
    /// The blob is complete there.
    Done,
}

/// What a session that was lost says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The next one is sent in another way, or in smaller pieces.
    Lesson,
    /// Nothing that could be done better.
    Fruitless,
}

impl State {
    pub(super) fn new(blob: &Descriptor, session: Session, way: Way) -> Self {
        let mut state = Self {
            hasher: blob.digest.hasher(),
            hashed: 0,
            snapshots: Vec::new(),
            sent: session.has,
            session: Some(session),
            place: None,
            sending: None,
            cut: None,
            unsatisfied: None,
            had: 0,
            furthest: 0,
            fruitless: 0,
            idle: 0,
            last_error: String::new(),
            renewals: 0,
            way,
            health: Health::Fine,
        };
        state.had = state.sent;
        state.advance(state.had);
        state
    }

    /// Hashes what the writer brings.
    pub(super) fn hash(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.hashed += bytes.len() as u64;
        let last = self.snapshots.last().map_or(0, |(at, _)| *at);
        if self.hashed - last >= SNAPSHOT {
            self.snapshots.push((self.hashed, self.hasher.clone()));
        }
    }

    /// Goes back to the last snapshot at or below `has`, which is as far as nothing has to be sent.
    pub(super) fn rewind(&mut self, blob: &Descriptor, has: u64) {
        self.snapshots.retain(|(at, _)| *at <= has);
        (self.hashed, self.hasher) = match self.snapshots.last() {
            Some((at, hasher)) => (*at, hasher.clone()),
            None => (0, blob.digest.hasher()),
        };
        self.sent = has;
    }

    /// The registry has this much: more than ever is progress.
    pub(super) fn advance(&mut self, has: u64) {
        if has > self.furthest {
            self.furthest = has;
            (self.fruitless, self.idle) = (0, 0);
        }
    }

    /// Gives the session up for lost.
    pub(super) fn lose(&mut self, loss: Loss) {
        self.session = None;
        if loss == Loss::Fruitless {
            self.fruitless += 1;
        }
    }

    /// Takes note that a request broke off. One that hardly began says nothing about the size of requests.
    pub(super) fn note_cut(&mut self, sending: &Sending) {
        let passed = self.sent - sending.start;
        self.cut = (passed > SMALLEST_PIECE).then_some((sending.end - sending.start, passed));
    }

    /// Remembers that an error came.
    pub(super) fn note(&mut self, error: &Error) {
        self.last_error = error.to_string();
        self.health = Health::Broken;
        self.sending = None;
    }
}
