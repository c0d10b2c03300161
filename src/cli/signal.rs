//! SIGINT, SIGTERM and SIGHUP: the first one ends the command in order, a second one ends the program at once.

use tokio::sync::oneshot;

/// What a signal is called where it is counted: its number on Unix.
pub(crate) const INTERRUPT: i32 = 2;
/// SIGHUP's number: the terminal or the connection is gone.
#[cfg(unix)]
pub(crate) const HANGUP: i32 = 1;
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

/// The signals, listened to once: none is lost between two questions for the next one. One that the program was started
/// to ignore (`nohup`) stays ignored.
#[cfg(unix)]
struct Signals(Vec<(i32, tokio::signal::unix::Signal)>);

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
        let mut heeded = vec![INTERRUPT, TERMINATE];
        heeded.extend((!is_hangup_ignored()).then_some(HANGUP));
        let listened = |number| Some((number, signal(SignalKind::from_raw(number)).ok()?));
        Self(heeded.into_iter().filter_map(listened).collect())
    }

    async fn next(&mut self) -> i32 {
        // Without handlers the system's own apply: the signals end the process.
        if self.0.is_empty() {
            return std::future::pending().await;
        }
        let any = self.0.iter_mut().map(|(number, signal)| {
            let number = *number;
            Box::pin(async move {
                signal.recv().await;
                number
            })
        });
        futures_util::future::select_all(any).await.0
    }
}

/// Whether the program was started to ignore SIGHUP. Only Linux tells without unsafe code; elsewhere it is left as it is.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask & 1 << (HANGUP - 1) != 0)
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
