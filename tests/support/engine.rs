//! A scripted daemon: a [`Server`] behind a Unix socket, where the Engine API is spoken.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::http::{Request, Response, Server};

/// A daemon that runs until it is dropped.
pub(crate) struct Engine {
    pub(crate) server: Server,
    socket: PathBuf,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Engine {
    /// Serves `handler` on the socket `socket`, which is made.
    pub(crate) fn start(
        socket: &Path,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        let server = Server::start(handler);
        let listener = UnixListener::bind(socket).expect("a socket can be made");
        let (stop, host) = (Arc::new(AtomicBool::new(false)), server.host());
        let stopped = stop.clone();
        let acceptor = std::thread::spawn(move || {
            let mut threads = Vec::new();
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(near), Ok(far)) = (stream, TcpStream::connect(&host)) else {
                    continue;
                };
                threads.extend(bridge(near, far));
            }
            for thread in threads {
                let _ = thread.join();
            }
        });
        Self {
            server,
            socket: socket.to_owned(),
            stop,
            acceptor: Some(acceptor),
        }
    }

    /// What `DOCKER_HOST` says of it.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }
}

/// Carries bytes both ways until either side has no more.
fn bridge(near: UnixStream, far: TcpStream) -> [JoinHandle<()>; 2] {
    let (mut near_in, mut far_out) = (
        near.try_clone().expect("a socket can be shared"),
        far.try_clone().expect("a socket can be shared"),
    );
    let (mut far_in, mut near_out) = (far, near);
    [
        std::thread::spawn(move || {
            let _ = io::copy(&mut near_in, &mut far_out);
            let _ = far_out.shutdown(Shutdown::Write);
        }),
        std::thread::spawn(move || {
            let _ = io::copy(&mut far_in, &mut near_out);
            let _ = near_out.shutdown(Shutdown::Both);
        }),
    ]
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = UnixStream::connect(&self.socket);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}
