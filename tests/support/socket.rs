//! Plain sockets as the test servers and the fault proxy hold them: one owner, little unsent, resets on demand.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// A lock that a failed test elsewhere cannot poison for good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends every conversation that is still going on.
pub(crate) fn hang_up(connections: &Mutex<Vec<Weak<TcpStream>>>) {
    for connection in lock(connections)
        .drain(..)
        .filter_map(|weak| weak.upgrade())
    {
        let _ = connection.shutdown(Shutdown::Both);
    }
}

/// One connection under one file descriptor: the last owner closes it, which is what makes a reset possible.
pub(crate) struct Plain(pub(crate) Arc<TcpStream>);

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Plain {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        (&*self.0).write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}

/// Makes what was written and what the client got nearly the same: a send buffer holds little, and for no time.
pub(crate) fn keep_little_unsent(socket: &TcpStream) {
    /// Bytes the kernel may hold back (it doubles what it is told).
    const UNSENT: usize = 64 << 10;
    let _ = socket.set_nodelay(true);
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(socket, UNSENT);
}

/// Makes the close of `socket` a reset: what the kernel has not sent yet is thrown away.
pub(crate) fn reset(socket: &TcpStream) {
    let _ = rustix::net::sockopt::set_socket_linger(socket, Some(std::time::Duration::ZERO));
}
