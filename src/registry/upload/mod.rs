//! Blobs on their way into a repository (distribution-spec, "Pushing blobs").
//!
//! 1. An upload that an earlier run could not finish is asked for (`registry::session`) and goes on where the registry
//!    stands. Else POST begins one; a mount that was not possible has begun one already.
//! 2. One PUT carries the whole blob as it is read. PATCH requests carry it in pieces, and an empty PUT closes it, only
//!    where there is a reason. Each piece costs a round trip; Google's registry takes no pieces and GitHub's only small
//!    ones; and they buy nothing where it would matter most, since distribution drops all pieces of an upload with the
//!    first that is cut. Reasons are a registry that takes only so much at once (413), wants chunks
//!    (`OCI-Chunk-Min-Length`), takes no PUT with a body, or a link that cuts large requests before a registry that
//!    keeps nothing of those. `habits` remembers it for all blobs of the run.
//! 3. What is sent is hashed on the way. The last buffer leaves only after the digest has matched, so that content
//!    damaged at the source never becomes complete at the registry.
//! 4. After an error the registry is asked how much it has, and the upload goes on there; the bytes before are hashed
//!    again from the last snapshot, but not sent. Where the registry knows nothing any more, another upload begins, as
//!    long as one comes further than those before it or there is another way to try: else at most [`MAX_FRUITLESS`].
//!    When everything had been sent, the blob itself is asked for first: the answer may be all that was lost.
//!
//! `recovery` has what follows an error, `state` where an upload stands, `feed` the request under way, `session` the
//! upload as the registry knows it; `trial` begins one only to give it up.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONNECTION, CONTENT_RANGE, CONTENT_TYPE};
use tokio::sync::Mutex;

mod feed;
mod habits;
mod recovery;
mod session;
mod state;
mod trial;

use super::answer::Response;
use super::endpoint::Server;
use super::request::Request;
use super::session::Place;
use super::{Repository, blob};
use crate::error::{Error, Result};
use crate::oci::Descriptor;
use crate::store::BlobWriter;
use feed::Sending;
use habits::Way;
use recovery::Part;
use session::Session;
use state::{Health, State};

pub(super) use habits::Habits;
pub(super) use session::mount;
pub use trial::Trial;

#[cfg(doc)]
use state::MAX_FRUITLESS;

/// The smallest blob whose unfinished upload is kept for the next run, in bytes: less is sent again before a file is
/// worth its name.
const WORTH_KEEPING: u64 = 8 << 20;

/// A blob being uploaded.
pub(super) struct Upload {
    repository: Repository,
    server: Arc<Server>,
    blob: Descriptor,
    /// One task writes; the lock only makes that certain.
    state: Mutex<State>,
}

impl Upload {
    /// Begins an upload, or takes up that of an earlier run.
    pub(super) async fn begin(repository: &Repository, blob: &Descriptor) -> Result<Self> {
        let server = repository.server().await?;
        let (place, kept) = take_up(repository, &server, blob).await;
        let session = match kept {
            Some(session) => {
                let begun = repository.begun().remove(&blob.digest);
                if let Some(location) = begun {
                    Session::at(location).give_up(repository).await;
                }
                session
            }
            None => Session::begin(repository, blob).await?,
        };
        let way = server.uploads.way(blob.size, session.least);
        let mut state = State::new(blob, session, way);
        state.place = place;
        let upload = Self {
            repository: repository.clone(),
            server,
            blob: blob.clone(),
            state: Mutex::new(state),
        };
        upload.keep(&mut *upload.state.lock().await).await;
        Ok(upload)
    }

    fn broke(&self, reason: &str) -> Error {
        Error::Network {
            doing: format!("uploading {}", self.blob.digest),
            reason: reason.to_owned(),
        }
    }

    /// Notes for the next run where the upload goes on.
    async fn keep(&self, state: &mut State) {
        if let (Some(session), Some(place)) = (&state.session, state.place.take()) {
            state.place = place
                .write(&session.location, session.has, session.least)
                .await;
        }
    }

    /// The blob is complete at the registry.
    async fn done(&self, state: &mut State) {
        state.health = Health::Done;
        forget(state).await;
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
        let closes = from == 0 && state.way == Way::Put;
        let end = match state.way {
            Way::Patch(piece) => size.min(from.saturating_add(piece)),
            Way::Put => size,
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
            if self.server.uploads.wants_fresh_connections() {
                request = request.with(CONNECTION, "close");
            }
        }
        let client = &self.repository.client;
        let range = from..end;
        Ok(Sending::start(
            client,
            &self.server,
            request,
            &range,
            closes,
        ))
    }

    /// Waits for the answer to what was sent, and takes note of it.
    async fn end_piece(&self, state: &mut State) -> Result<()> {
        let Some(mut sending) = state.sending.take() else {
            return Ok(());
        };
        let answer = match sending.answer().await {
            Ok(Some(answer)) => answer,
            Ok(None) => return Err(self.renewed(state)),
            Err(error) => {
                state.note_cut(&sending);
                return Err(error);
            }
        };
        if !answer.is_success() {
            return Err(self.refused(state, &Part::of(&sending), answer).await);
        }
        answer.refuse_html("an upload")?;
        let bytes = sending.end - sending.start;
        self.server.uploads.took(bytes, sending.began.elapsed());
        state.renewals = 0;
        if sending.closes {
            return self.confirm(state, &answer).await;
        }
        let created = answer.status() == 201;
        if let Some(session) = &mut state.session {
            session.update(&self.server, &answer, sending.end)?;
            let has = session.has;
            state.advance(has);
            if has != sending.end {
                return Err(self.broke("the registry took less than was sent"));
            }
        }
        // Some registries take the last piece for the end (ECR).
        if created && sending.end == self.blob.size {
            return self.confirm(state, &answer).await;
        }
        self.keep(state).await;
        Ok(())
    }

    /// Takes the answer that closes an upload for success, if it is one.
    async fn confirm(&self, state: &mut State, answer: &Response) -> Result<()> {
        let certain = answer.status() == 201 && answer.header("range").is_none();
        if certain || blob::has(&self.repository, &self.blob).await? {
            self.done(state).await;
            return Ok(());
        }
        Err(self.broke("the registry did not keep the blob"))
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
        forget(state).await;
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
            self.done(state).await;
            return Ok(());
        }
        Err(self.refused(state, &Part::Closing, closed).await)
    }
}

/// Where the upload of `blob` is kept between runs, and what the registry still has of an earlier one.
async fn take_up(
    repository: &Repository,
    server: &Server,
    blob: &Descriptor,
) -> (Option<Place>, Option<Session>) {
    if blob.size < WORTH_KEEPING {
        return (None, None);
    }
    let unfinished = repository.client.unfinished();
    let found = unfinished.place(&server.base, &repository.name, &blob.digest);
    let (mut place, note) = match found.await {
        Some((place, Some(note))) => (place, note),
        found => return (found.map(|(place, _)| place), None),
    };
    let session = Session::kept(repository, &note, blob.size).await;
    if let Some(session) = &session {
        tracing::debug!(digest = %blob.digest, has = session.has, noted = note.has, "going on with an earlier upload");
    } else {
        tracing::debug!(digest = %blob.digest, "the registry has forgotten the earlier upload");
        place.clear().await;
    }
    (Some(place), session)
}

/// Nothing of the upload is worth keeping any more.
async fn forget(state: &mut State) {
    if let Some(place) = &mut state.place {
        place.clear().await;
    }
}

/// Remembers that an error came. One that trying again does not help may be the fault of the upload itself, and must not
/// meet every run from now on; only who is denied comes back as somebody else.
async fn note(state: &mut State, result: Result<()>) -> Result<()> {
    if let Err(error) = &result {
        state.note(error);
        if !error.is_transient() && !matches!(error, Error::Denied { .. }) {
            forget(state).await;
        }
    }
    result
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
        note(&mut state, taken).await
    }

    async fn commit(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        match state.health {
            Health::Done => Ok(()),
            Health::Broken => Err(self.broke("the upload has to be taken up again")),
            Health::Fine => {
                let finished = self.finish(&mut state).await;
                note(&mut state, finished).await?;
                self.repository.held().insert(self.blob.digest);
                Ok(())
            }
        }
    }
}
