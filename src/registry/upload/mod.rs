//! Blobs on their way into a repository (distribution-spec, "Pushing blobs").
//!
//! 1. POST begins an upload; a mount that was not possible has begun one already.
//! 2. One PUT carries the whole blob as it is read. Where the registry takes only so much at once (413,
//!    `OCI-Chunk-Min-Length`) or no PUT with a body, PATCH requests carry it in pieces and an empty PUT closes it.
//! 3. What is sent is hashed on the way. The last buffer leaves only after the digest has matched, so that content
//!    damaged at the source never becomes complete at the registry.
//! 4. After an error the registry is asked how much it has, and the upload goes on there; the bytes before are hashed
//!    again from the last snapshot, but not sent. Where the registry knows nothing any more, another upload begins, at
//!    most [`MAX_SESSIONS`] for one blob. When everything had been sent, the blob itself is asked for first: the answer
//!    may be all that was lost.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE};
use tokio::sync::Mutex;

mod feed;
mod session;

use super::answer::Response;
use super::endpoint::Server;
use super::request::Request;
use super::{Repository, blob};
use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Hasher};
use crate::store::BlobWriter;
use feed::Sending;
use session::Session;

pub(super) use session::mount;

/// The most uploads begun for one blob.
const MAX_SESSIONS: u32 = 3;
/// How often one upload may be refused a token in a row: expiry explains one, a race a second.
const MAX_RENEWALS: u32 = 2;
/// How far apart the states of the hash are kept, in bytes: an upload that goes on reads at most this much again.
const SNAPSHOT: u64 = 8 << 20;
/// The first size of a piece where the whole is too much, in bytes; below the 100 MB that common proxies take.
const PIECE: u64 = 64 << 20;
/// The smallest piece that is tried, in bytes.
const SMALLEST_PIECE: u64 = 1 << 20;

/// A blob being uploaded.
pub(super) struct Upload {
    repository: Repository,
    server: Arc<Server>,
    blob: Descriptor,
    /// One task writes; the lock only makes that certain.
    state: Mutex<State>,
}

struct State {
    hasher: Hasher,
    /// How far the blob was hashed: where the writer goes on.
    hashed: u64,
    snapshots: Vec<(u64, Hasher)>,
    /// How far it was handed to requests.
    sent: u64,
    session: Option<Session>,
    sessions: u32,
    sending: Option<Sending>,
    renewals: u32,
    /// The size of pieces; `None` sends the whole in one PUT.
    piece: Option<u64>,
    health: Health,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Fine,
    /// An error came; the registry has to be asked.
    Broken,
    /// The blob is complete there.
    Done,
}

impl Upload {
    /// Begins an upload.
    pub(super) async fn begin(repository: &Repository, blob: &Descriptor) -> Result<Self> {
        let server = repository.server().await?;
        let session = Session::begin(repository, blob).await?;
        let piece = piece_for(&session, blob.size);
        let state = State {
            hasher: blob.digest.hasher(),
            hashed: 0,
            snapshots: Vec::new(),
            sent: 0,
            session: Some(session),
            sessions: 1,
            sending: None,
            renewals: 0,
            piece,
            health: Health::Fine,
        };
        Ok(Self {
            repository: repository.clone(),
            server,
            blob: blob.clone(),
            state: Mutex::new(state),
        })
    }

    fn broke(&self, reason: &str) -> Error {
        Error::Network {
            doing: format!("uploading {}", self.blob.digest),
            reason: reason.to_owned(),
        }
    }

    /// Hands bytes at `state.sent` to requests.
    async fn push(&self, state: &mut State, mut bytes: Bytes) -> Result<()> {
        while !bytes.is_empty() {
            if state.sending.is_none() {
                state.sending = Some(self.start(state)?);
            }
            let sending = state
                .sending
                .as_ref()
                .ok_or_else(|| self.broke("nothing is being sent"))?;
            let room = usize::try_from(sending.end - state.sent).unwrap_or(usize::MAX);
            let part = bytes.split_to(bytes.len().min(room));
            let length = part.len();
            self.repository.client.throttle(length).await;
            if !sending.push(part).await {
                return Err(self.ended_early(state).await);
            }
            state.sent += length as u64;
            if state.sent < self.blob.size && sending.end == state.sent {
                self.end_piece(state).await?;
            }
        }
        Ok(())
    }

    /// The request for what comes next.
    fn start(&self, state: &State) -> Result<Sending> {
        let session = state
            .session
            .as_ref()
            .ok_or_else(|| self.broke("no upload is open"))?;
        let (from, size) = (state.sent, self.blob.size);
        let closes = from == 0 && state.piece.is_none();
        let end = match state.piece {
            Some(piece) => size.min(from.saturating_add(piece)),
            None => size,
        };
        let (method, url) = if closes {
            (Method::PUT, session.closing(&self.blob.digest))
        } else {
            (Method::PATCH, session.location.clone())
        };
        let url = session.redirected.clone().unwrap_or(url);
        let mut request = Request::new(method, url, self.repository.push())
            .with(CONTENT_TYPE, "application/octet-stream");
        if !closes {
            request = request.with(CONTENT_RANGE, &format!("{from}-{}", end - 1));
        }
        let client = &self.repository.client;
        Ok(Sending::start(
            client,
            &self.server,
            request,
            end - from,
            end,
            closes,
        ))
    }

    /// Waits for the answer to what was sent, and takes note of it.
    async fn end_piece(&self, state: &mut State) -> Result<()> {
        let Some(mut sending) = state.sending.take() else {
            return Ok(());
        };
        let Some(answer) = sending.answer().await? else {
            return Err(self.renewed(state));
        };
        if !answer.is_success() {
            return Err(self.refused(state, answer).await);
        }
        answer.refuse_html("an upload")?;
        state.renewals = 0;
        if sending.closes {
            return self.confirm(state, &answer).await;
        }
        let created = answer.status() == 201;
        if let Some(session) = &mut state.session {
            session.update(&self.server, &answer, sending.end)?;
            if session.has != sending.end {
                return Err(self.broke("the registry took less than was sent"));
            }
        }
        // Some registries take the last piece for the end (ECR).
        if created && sending.end == self.blob.size {
            return self.confirm(state, &answer).await;
        }
        Ok(())
    }

    /// Takes the answer that closes an upload for success, if it is one.
    async fn confirm(&self, state: &mut State, answer: &Response) -> Result<()> {
        let certain = answer.status() == 201 && answer.header("range").is_none();
        if certain || blob::has(&self.repository, &self.blob).await? {
            state.health = Health::Done;
            return Ok(());
        }
        Err(self.broke("the registry did not keep the blob"))
    }

    fn renewed(&self, state: &mut State) -> Error {
        state.renewals += 1;
        if state.renewals <= MAX_RENEWALS {
            return self.broke("the token was not accepted any more; it has been renewed");
        }
        Error::Denied {
            host: self.server.host.clone(),
            what: self.repository.push().to_string(),
            with_credentials: self.server.auth.has_credentials(),
            answer: None,
        }
    }

    /// The error of a request that ended before all of its body was sent.
    async fn ended_early(&self, state: &mut State) -> Error {
        match state.sending.take() {
            None => self.broke("nothing is being sent"),
            Some(mut sending) => match sending.answer().await {
                Ok(None) => self.renewed(state),
                Ok(Some(answer)) if answer.is_success() => {
                    self.broke("the registry answered before it had everything")
                }
                Ok(Some(answer)) => self.refused(state, answer).await,
                Err(error) => error,
            },
        }
    }

    /// What a refused request means: another way to send, another upload, or the end.
    async fn refused(&self, state: &mut State, answer: Response) -> Error {
        let status = answer.status();
        let reason = match status {
            307 | 308 => match session::redirected(&self.server, &answer) {
                Ok(target) => {
                    if let Some(session) = &mut state.session {
                        session.redirected = Some(target);
                    }
                    "the upload is redirected"
                }
                Err(error) => return error,
            },
            404 => {
                state.session = None;
                "the registry forgot the upload"
            }
            416 => "the registry stands somewhere else in the upload",
            413 if self.shrink(state) => "the registry takes smaller pieces only",
            405 | 411 | 415 | 500 | 501 if state.piece.is_none() => {
                state.piece = Some(u64::MAX);
                "the registry does not take a blob in one PUT; sending it by PATCH"
            }
            400 if state.sessions < MAX_SESSIONS => {
                state.session = None;
                "the registry does not accept the upload; beginning another one"
            }
            _ => {
                let name = self.blob.digest.to_string();
                return answer
                    .fail(self.repository.transport(), Thing::Blob, name)
                    .await;
            }
        };
        tracing::debug!(status, reason, digest = %self.blob.digest, "upload refused");
        self.broke(&format!("answered {status}: {reason}"))
    }

    /// Makes pieces smaller, if they can be.
    fn shrink(&self, state: &mut State) -> bool {
        let least = state.session.as_ref().map_or(0, |session| session.least);
        let now = state.piece.unwrap_or(u64::MAX).min(self.blob.size);
        let smaller = (now / 2).min(PIECE).max(least).max(SMALLEST_PIECE);
        state.piece = Some(smaller);
        // What was refused as too large cannot go on in the same upload everywhere.
        state.session = None;
        smaller < now
    }

    /// Finds out where the registry stands and goes back there.
    async fn recover(&self, state: &mut State) -> Result<()> {
        state.sending = None;
        if state.sent == self.blob.size && blob::has(&self.repository, &self.blob).await? {
            state.health = Health::Done;
            return Ok(());
        }
        let session = match state.session.take() {
            Some(session) if session.redirected.is_some() => Some(session),
            Some(session) => {
                // Kept while it is asked about: an error now says nothing about it.
                state.session = Some(session.clone());
                session.ask(&self.repository, self.blob.size).await?
            }
            None => None,
        };
        let session = match session {
            Some(session) => session,
            None if state.sessions == MAX_SESSIONS => {
                // distribution forgets an upload whose request was cut, so this is the network's fault more often.
                return Err(self.broke(&format!(
                    "the registry forgot {MAX_SESSIONS} uploads of it after they broke off"
                )));
            }
            None => {
                state.session = None;
                let session = Session::begin(&self.repository, &self.blob).await?;
                state.sessions += 1;
                session
            }
        };
        tracing::debug!(digest = %self.blob.digest, has = session.has, "taking the upload up again");
        state.rewind(&self.blob, session.has);
        state.session = Some(session);
        state.health = Health::Fine;
        Ok(())
    }

    async fn take(&self, state: &mut State, offset: u64, mut bytes: Bytes) -> Result<()> {
        if offset != state.hashed || bytes.len() as u64 > self.blob.size - offset {
            return Err(self.broke("bytes came out of order"));
        }
        state.hash(&bytes);
        if state.hashed == self.blob.size {
            self.check(state).await?;
        }
        let known = state.sent.saturating_sub(offset).min(bytes.len() as u64);
        let fresh = bytes.split_off(usize::try_from(known).unwrap_or(bytes.len()));
        self.push(state, fresh).await
    }

    /// Compares the digest of everything with the one promised, before the last of it is sent.
    async fn check(&self, state: &mut State) -> Result<()> {
        let found = state.hasher.clone().finish();
        if found == self.blob.digest {
            return Ok(());
        }
        state.sending = None;
        if let Some(session) = state.session.take() {
            session.give_up(&self.repository).await;
        }
        state.snapshots.clear();
        state.rewind(&self.blob, 0);
        Err(Error::DigestMismatch {
            expected: self.blob.digest,
            found,
        })
    }

    async fn finish(&self, state: &mut State) -> Result<()> {
        if state.hashed < self.blob.size {
            return Err(Error::SizeMismatch {
                digest: self.blob.digest,
                expected: self.blob.size,
                found: state.hashed,
            });
        }
        if self.blob.size == 0 {
            self.check(state).await?;
        }
        self.end_piece(state).await?;
        if state.health == Health::Done {
            return Ok(());
        }
        let session = state
            .session
            .as_ref()
            .ok_or_else(|| self.broke("no upload is open"))?;
        let closed =
            session::close(&self.repository, &self.server, session, &self.blob.digest).await?;
        if closed.is_success() {
            return self.confirm(state, &closed).await;
        }
        // The first of two tries may have closed it.
        if closed.status() == 404 && blob::has(&self.repository, &self.blob).await? {
            state.health = Health::Done;
            return Ok(());
        }
        Err(self.refused(state, closed).await)
    }
}

impl State {
    fn hash(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.hashed += bytes.len() as u64;
        let last = self.snapshots.last().map_or(0, |(at, _)| *at);
        if self.hashed - last >= SNAPSHOT {
            self.snapshots.push((self.hashed, self.hasher.clone()));
        }
    }

    /// Goes back to the last snapshot at or below `has`, which is as far as nothing has to be sent.
    fn rewind(&mut self, blob: &Descriptor, has: u64) {
        self.snapshots.retain(|(at, _)| *at <= has);
        (self.hashed, self.hasher) = match self.snapshots.last() {
            Some((at, hasher)) => (*at, hasher.clone()),
            None => (0, blob.digest.hasher()),
        };
        self.sent = has;
    }

    /// Remembers that an error came.
    fn note<T>(&mut self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.health = Health::Broken;
            self.sending = None;
        }
        result
    }
}

/// Pieces are needed from the beginning only where the registry says so and the blob is large.
fn piece_for(session: &Session, size: u64) -> Option<u64> {
    let piece = session.least.max(PIECE);
    (session.least > 0 && size > piece).then_some(piece)
}

#[async_trait]
impl BlobWriter for Upload {
    async fn missing(&self) -> Result<Vec<Range<u64>>> {
        let mut state = self.state.lock().await;
        if state.health == Health::Broken {
            self.recover(&mut state).await?;
        }
        let left = state.hashed..self.blob.size;
        let complete = state.health == Health::Done || left.is_empty();
        Ok(if complete { Vec::new() } else { vec![left] })
    }

    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        let mut state = self.state.lock().await;
        if state.health != Health::Fine {
            return Err(self.broke("the upload has to be taken up again"));
        }
        let taken = self.take(&mut state, offset, bytes).await;
        state.note(taken)
    }

    async fn commit(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        match state.health {
            Health::Done => Ok(()),
            Health::Broken => Err(self.broke("the upload has to be taken up again")),
            Health::Fine => {
                let finished = self.finish(&mut state).await;
                state.note(finished)
            }
        }
    }
}
