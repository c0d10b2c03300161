//! One client's connection through the proxy: its pace, its end, and the one connection to the registry behind it.

use std::io::{self, BufReader};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::Shared;
use super::pace::Pace;
use crate::support::socket::{Plain, lock};

/// Bytes read at once: what a slow connection lets pass in one go.
pub(super) const BUFFER: usize = 64 << 10;

/// What belongs to one client's connection as long as it lasts.
pub(super) struct Link {
    pub(super) shared: Arc<Shared>,
    pub(super) socket: Arc<TcpStream>,
    upstream: Option<BufReader<Plain>>,
    pace: Option<Pace>,
    /// When the client's first word could have come, had the handshake taken its round trip.
    established: Instant,
    /// Body bytes that still pass before the connection breaks.
    left: Option<u64>,
}

impl Link {
    pub(super) fn new(shared: &Arc<Shared>, socket: &Arc<TcpStream>) -> Self {
        let place = shared.accepted.fetch_add(1, Ordering::SeqCst);
        shared.opened.fetch_add(1, Ordering::SeqCst);
        let limits = &shared.limits;
        Self {
            shared: Arc::clone(shared),
            socket: Arc::clone(socket),
            upstream: None,
            pace: limits.per_connection.map(Pace::new),
            established: Instant::now() + limits.round_trip,
            left: limits.resets.as_ref().map(|resets| resets.draw(place)),
        }
    }

    /// Waits as long as a request and its answer are on their way.
    pub(super) fn travel(&self) {
        let round_trip = self.shared.limits.round_trip;
        if !round_trip.is_zero() {
            sleep_until(self.established.max(Instant::now()) + round_trip);
        }
    }

    /// Waits until bytes of a body may have passed; how many of those `wanted` still do before the connection breaks.
    pub(super) fn admit(&mut self, wanted: usize) -> usize {
        let bytes = self.left.map_or(wanted, |left| {
            usize::try_from(left).map_or(wanted, |left| left.min(wanted))
        });
        if let Some(left) = &mut self.left {
            *left -= bytes as u64;
        }
        let now = Instant::now();
        let own = self.pace.as_mut().map(|pace| pace.book(bytes, now));
        let all = lock(&self.shared.pace)
            .as_mut()
            .map(|pace| pace.book(bytes, now));
        if let Some(due) = own.max(all) {
            sleep_until(due);
        }
        bytes
    }

    /// The connection to the registry: the one of the last request while it is fit for another.
    pub(super) fn upstream(&mut self) -> io::Result<BufReader<Plain>> {
        if let Some(kept) = self.upstream.take().filter(is_fit) {
            return Ok(kept);
        }
        let upstream = TcpStream::connect(&self.shared.upstream)?;
        let _ = upstream.set_nodelay(true);
        let upstream = Arc::new(upstream);
        lock(&self.shared.connections).push(Arc::downgrade(&upstream));
        Ok(BufReader::with_capacity(BUFFER, Plain(upstream)))
    }

    /// Keeps the registry's connection for the next request.
    pub(super) fn keep(&mut self, upstream: BufReader<Plain>) {
        self.upstream = Some(upstream);
    }
}

/// Whether the other side of an idle connection has neither closed it nor said anything unasked.
fn is_fit(upstream: &BufReader<Plain>) -> bool {
    let socket = &upstream.get_ref().0;
    let silent = |socket: &TcpStream| {
        socket.set_nonblocking(true)?;
        let seen = socket.peek(&mut [0]);
        socket.set_nonblocking(false)?;
        io::Result::Ok(matches!(seen, Err(error) if error.kind() == io::ErrorKind::WouldBlock))
    };
    upstream.buffer().is_empty() && silent(socket).unwrap_or(false)
}

fn sleep_until(moment: Instant) {
    std::thread::sleep(moment.saturating_duration_since(Instant::now()));
}
