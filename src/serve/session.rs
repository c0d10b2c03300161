//! Uploads in progress: what was received so far of blobs whose digest is not known yet.
//!
//! A session is found by an id that cannot be guessed, only in the repository that began it, and ends with a commit, a
//! cancellation, an hour without use, or the program: the bytes go with it. Every byte that reached the disk counts,
//! also those of a request that was cut in its middle, so that a client can go on from there.
//!
//! One request at a time writes to a session. A newer one takes over: the older is most likely the remains of a
//! connection that its client has given up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderValue, StatusCode};
use tokio::sync::{OwnedMutexGuard, watch};

use super::body::Chunks;
use super::error::{Code, Refusal};
use crate::error::Error;
use crate::oci::{Digest, Name};
use crate::store::layout::Layout;
use crate::store::partial::on_blocking_pool;
use crate::store::upload::Upload;

/// How long a session is kept without being used.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// The most sessions at once. Each may hold an open file, and systems begin at 256 or 1024 of them.
const MOST: usize = 128;

/// How long a session must have been idle before a new one may push it out when there are too many.
const SPARED: Duration = Duration::from_secs(60);

/// How long the question how much has arrived waits for a request that is still writing: long enough for one that was
/// just cut to put away what it had read, short enough for one that hangs.
const SETTLING: Duration = Duration::from_secs(1);

/// The random bytes of an id: 128 bits.
const ID_BYTES: usize = 16;

/// All uploads in progress.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Arc<Session>>>);

/// One upload in progress.
pub(super) struct Session {
    name: Name,
    received: AtomicU64,
    touched: Mutex<Instant>,
    /// Counts the requests that wanted to write; each stops when a later one comes.
    turns: watch::Sender<u64>,
    hold: Arc<tokio::sync::Mutex<Hold>>,
}

/// What there is of the blob.
enum Hold {
    /// Nothing yet, so no file either.
    Fresh,
    Begun(Upload),
    /// Committed, cancelled or failed.
    Gone,
}

impl Sessions {
    /// Begins an upload to `name` and returns its id.
    pub(super) fn begin(&self, name: &Name) -> Result<String, Refusal> {
        let mut bytes = [0; ID_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::Machine(format!("no random numbers: {error}")))?;
        let id = format!("{:032x}", u128::from_be_bytes(bytes));
        let mut sessions = self.lock();
        if sessions.len() >= MOST {
            push_out(&mut sessions)?;
        }
        sessions.insert(id.clone(), Arc::new(Session::new(name.clone())));
        Ok(id)
    }

    /// The upload of that id, if it was begun in `name`.
    pub(super) fn find(&self, id: &str, name: &Name) -> Result<Arc<Session>, Refusal> {
        self.lock()
            .get(id)
            .filter(|session| session.name == *name)
            .cloned()
            .ok_or_else(unknown)
    }

    /// Forgets an upload; its bytes go when the last request that uses it has ended.
    pub(super) fn end(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Forgets what has not been used for too long.
    pub(super) fn expire(&self) {
        self.lock().retain(|_, session| session.idle() < KEPT);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes room for one more session by ending the one unused for longest.
fn push_out(sessions: &mut HashMap<String, Arc<Session>>) -> Result<(), Refusal> {
    let longest = sessions
        .iter()
        .map(|(id, session)| (session.idle(), id))
        .max()
        .filter(|(idle, _)| *idle >= SPARED)
        .map(|(_, id)| id.clone());
    let Some(id) = longest else {
        return Err(Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            Code::TooManyRequests,
            "too many uploads at once",
        )
        .with(
            http::header::RETRY_AFTER,
            HeaderValue::from(SPARED.as_secs()),
        ));
    };
    sessions.remove(&id);
    Ok(())
}

fn unknown() -> Refusal {
    Refusal::absent(
        Code::BlobUploadUnknown,
        "there is no such upload in this repository",
    )
}

impl Session {
    fn new(name: Name) -> Self {
        Self {
            name,
            received: AtomicU64::new(0),
            touched: Mutex::new(Instant::now()),
            turns: watch::Sender::new(0),
            hold: Arc::new(tokio::sync::Mutex::new(Hold::Fresh)),
        }
    }

    /// Bytes on the disk by now.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Ordering::Acquire)
    }

    /// Bytes on the disk once whoever is writing has finished or has had a moment to.
    pub(super) async fn settled(&self) -> u64 {
        self.touch();
        let _ = tokio::time::timeout(SETTLING, self.hold.lock()).await;
        self.received()
    }

    /// Waits for the right to write, ending the turn of whoever has it.
    pub(super) async fn take(self: Arc<Self>) -> Result<Turn, Refusal> {
        self.touch();
        self.turns.send_modify(|turns| *turns += 1);
        let later = self.turns.subscribe();
        let hold = Arc::clone(&self.hold).lock_owned().await;
        if matches!(*hold, Hold::Gone) {
            return Err(unknown());
        }
        Ok(Turn {
            session: self,
            later,
            hold,
        })
    }

    fn touch(&self) {
        *self.touched.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn idle(&self) -> Duration {
        self.touched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }
}

/// The right to write to a session.
pub(super) struct Turn {
    session: Arc<Session>,
    later: watch::Receiver<u64>,
    hold: OwnedMutexGuard<Hold>,
}

impl Turn {
    /// Bytes on the disk.
    pub(super) fn received(&self) -> u64 {
        self.session.received()
    }

    /// Puts a body behind what there is. With `announced`, the body must have exactly that many bytes.
    pub(super) async fn receive(
        &mut self,
        layout: &Layout,
        mut body: Chunks,
        announced: Option<u64>,
    ) -> Result<(), Refusal> {
        let mut left = announced;
        loop {
            let bytes = tokio::select! {
                biased;
                _ = self.later.changed() => return Err(taken_over()),
                bytes = body.next() => bytes?,
            };
            let Some(bytes) = bytes else { break };
            if let Some(left) = &mut left {
                *left = left
                    .checked_sub(bytes.len() as u64)
                    .ok_or_else(unannounced)?;
            }
            self.append(layout, bytes).await?;
        }
        if left.unwrap_or(0) > 0 {
            return Err(unannounced());
        }
        Ok(())
    }

    async fn append(&mut self, layout: &Layout, bytes: bytes::Bytes) -> Result<(), Refusal> {
        self.session.touch();
        // Where an append fails it is not known what of it is on the disk, so the session goes with it.
        let mut upload = self.begun(layout).await?;
        upload.append(bytes).await?;
        self.session
            .received
            .store(upload.length(), Ordering::Release);
        *self.hold = Hold::Begun(upload);
        Ok(())
    }

    /// Takes the upload out of the session, beginning it where there is none yet.
    async fn begun(&mut self, layout: &Layout) -> Result<Upload, Refusal> {
        match std::mem::replace(&mut *self.hold, Hold::Gone) {
            Hold::Begun(upload) => Ok(upload),
            Hold::Fresh => begin(layout).await,
            Hold::Gone => Err(unknown()),
        }
    }

    /// Ends the session by making its bytes the blob `digest`, if they are.
    pub(super) async fn commit(mut self, layout: &Layout, digest: &Digest) -> Result<(), Refusal> {
        let upload = self.begun(layout).await?;
        commit(layout, upload, digest).await
    }

    /// Ends the session and drops its bytes.
    pub(super) fn cancel(mut self) {
        *self.hold = Hold::Gone;
    }
}

/// An upload outside of any session.
pub(super) async fn begin(layout: &Layout) -> Result<Upload, Refusal> {
    let layout = layout.clone();
    Ok(on_blocking_pool(move || layout.upload()).await?)
}

/// Makes an upload the blob `digest`, if it is.
pub(super) async fn commit(
    layout: &Layout,
    upload: Upload,
    digest: &Digest,
) -> Result<(), Refusal> {
    match layout.commit(upload, digest).await {
        Ok(_) => Ok(()),
        Err(error @ Error::DigestMismatch { .. }) => {
            Err(Refusal::invalid(Code::DigestInvalid, error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

fn taken_over() -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        Code::BlobUploadInvalid,
        "another request goes on with this upload",
    )
}

fn unannounced() -> Refusal {
    Refusal::invalid(
        Code::SizeInvalid,
        "the body has another length than its Content-Range",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    #[test]
    fn an_upload_is_found_only_where_it_began() {
        let sessions = Sessions::default();
        let id = sessions.begin(&name("a")).unwrap();
        assert!(sessions.find(&id, &name("a")).is_ok());
        assert!(sessions.find(&id, &name("b")).is_err());
        assert!(sessions.find("", &name("a")).is_err());
        sessions.end(&id);
        assert!(sessions.find(&id, &name("a")).is_err());
    }

    #[test]
    fn ids_are_long_and_never_the_same() {
        let sessions = Sessions::default();
        let ids: std::collections::HashSet<String> = (0..MOST)
            .map(|_| sessions.begin(&name("a")).unwrap())
            .collect();
        assert_eq!(ids.len(), MOST);
        assert!(ids.iter().all(|id| id.len() == 2 * ID_BYTES));
    }

    fn age(session: &Session, by: Duration) {
        *session.touched.lock().unwrap() -= by;
    }

    #[test]
    fn their_number_is_bounded_and_idle_ones_make_room() {
        let sessions = Sessions::default();
        let first = sessions.begin(&name("a")).unwrap();
        for _ in 1..MOST {
            sessions.begin(&name("a")).unwrap();
        }
        assert!(sessions.begin(&name("a")).is_err());
        age(&sessions.find(&first, &name("a")).unwrap(), SPARED);
        assert!(sessions.begin(&name("a")).is_ok());
        assert!(sessions.find(&first, &name("a")).is_err());
        assert_eq!(sessions.lock().len(), MOST);
    }

    #[test]
    fn what_nobody_uses_expires() {
        let sessions = Sessions::default();
        let (old, new) = (
            sessions.begin(&name("a")).unwrap(),
            sessions.begin(&name("a")).unwrap(),
        );
        age(&sessions.find(&old, &name("a")).unwrap(), KEPT);
        sessions.expire();
        assert!(sessions.find(&old, &name("a")).is_err());
        assert!(sessions.find(&new, &name("a")).is_ok());
    }

    #[tokio::test]
    async fn a_later_request_ends_the_turn_of_an_earlier_one() {
        let sessions = Sessions::default();
        let id = sessions.begin(&name("a")).unwrap();
        let session = sessions.find(&id, &name("a")).unwrap();
        let mut first = Arc::clone(&session).take().await.unwrap();
        let second = tokio::spawn(Arc::clone(&session).take());
        first.later.changed().await.unwrap();
        drop(first);
        second.await.unwrap().unwrap().cancel();
        assert!(session.take().await.is_err(), "a cancelled upload is gone");
    }
}
