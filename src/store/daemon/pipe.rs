//! An archive on its way into a request: written at one end from the blocking pool, sent at the other.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Pieces that may wait to be sent; with those of 256 KiB that are written, 1 MiB.
const WAITING: usize = 4;

/// Where an archive is written. Flushing it says that it is complete: an archive that ends before is not sent to its end.
pub struct Pipe {
    to: Sender<Bytes>,
    complete: Arc<AtomicBool>,
}

/// What comes out of a [`Pipe`], as the body of a request.
pub struct Feed {
    from: Option<Receiver<Bytes>>,
    complete: Arc<AtomicBool>,
    sent: Pulse,
}

/// How many pieces have been sent.
#[derive(Clone, Default)]
pub(super) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Pipe {
    /// A pipe and its other end.
    #[must_use]
    pub fn new() -> (Self, Feed) {
        let (to, from) = channel(WAITING);
        let complete = Arc::<AtomicBool>::default();
        let feed = Feed {
            from: Some(from),
            complete: complete.clone(),
            sent: Pulse::default(),
        };
        (Self { to, complete }, feed)
    }
}

impl io::Write for Pipe {
    /// Blocks while the other end is slow, and must not run on a worker.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.to.blocking_send(Bytes::copy_from_slice(bytes));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.complete.store(true, Ordering::Release);
        Ok(())
    }
}

impl Feed {
    /// The body of a request that has none.
    pub(super) fn nothing() -> Self {
        Self {
            from: None,
            complete: Arc::default(),
            sent: Pulse::default(),
        }
    }

    /// Tells, later too, how much was sent.
    pub(super) fn pulse(&self) -> Pulse {
        self.sent.clone()
    }
}

impl Body for Feed {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(from) = &mut self.from else {
            return Poll::Ready(None);
        };
        let received = ready!(from.poll_recv(context));
        self.sent.0.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(match received {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.complete.load(Ordering::Acquire) => None,
            None => Some(Err(io::ErrorKind::BrokenPipe.into())),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.from.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.from {
            Some(_) => SizeHint::default(),
            None => SizeHint::with_exact(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    async fn received(mut feed: Feed) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(frame) =
            std::future::poll_fn(|context| Pin::new(&mut feed).poll_frame(context)).await
        {
            all.extend(frame?.into_data().unwrap_or_default());
        }
        Ok(all)
    }

    #[tokio::test]
    async fn only_an_archive_that_is_complete_is_sent_to_its_end() {
        for complete in [true, false] {
            let (mut pipe, feed) = Pipe::new();
            let written = tokio::task::spawn_blocking(move || {
                for _ in 0..100 {
                    pipe.write_all(b"0123456789").unwrap();
                }
                if complete {
                    pipe.flush().unwrap();
                }
            });
            let got = received(feed).await;
            written.await.unwrap();
            assert_eq!(got.ok().map(|all| all.len()), complete.then_some(1000));
        }
    }

    #[tokio::test]
    async fn a_reader_that_went_away_is_a_broken_pipe() {
        let (mut pipe, feed) = Pipe::new();
        drop(feed);
        let written = tokio::task::spawn_blocking(move || pipe.write_all(b"x"));
        let error = written.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
