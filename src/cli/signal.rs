//! SIGINT and SIGTERM: the first one ends the command in order, a second one ends the program at once.

use tokio::sync::oneshot;

/// What a signal is called where it is counted: its number on Unix.
pub(crate) const INTERRUPT: i32 = 2;
/// SIGTERM's number.
#[cfg(unix)]
pub(crate) const TERMINATE: i32 = 15;

/// Watches for signals from now on. The receiver gets the number of the first one.
///
/// The watcher is a task of its own, so that a second signal is heeded even while the first one's clean-up runs.
pub(crate) fn watch() -> oneshot::Receiver<i32> {
    let (sender, receiver) = oneshot::channel();
    let mut signals = Signals::listen();
    tokio::spawn(async move {
        let first = signals.next().await;
        // Nobody listens when the command has just ended by itself.
        let _ = sender.send(first);
        let second = signals.next().await;
        std::process::exit(128 + second);
    });
    receiver
}

/// Both signals, listened to once: none is lost between two questions for the next one.
#[cfg(unix)]
struct Signals(Option<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)>);

/// Lets a write past the limit on file sizes (`ulimit -f`) fail like one on a full disk, not end the program unheard.
#[cfg(unix)]
fn outlive_file_limit() {
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays for good. Without one the system's own applies, as for every program.
    let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        outlive_file_limit();
        let interrupt = signal(SignalKind::interrupt());
        Self(interrupt.ok().zip(signal(SignalKind::terminate()).ok()))
    }

    async fn next(&mut self) -> i32 {
        // Without handlers the system's own apply: both signals end the process.
        let Some((interrupt, terminate)) = &mut self.0 else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => INTERRUPT,
            _ = terminate.recv() => TERMINATE,
        }
    }
}

/// Ctrl-C, the only one there is.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) -> i32 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => INTERRUPT,
            Err(_) => std::future::pending().await,
        }
    }
}
