//! The fault proxy: an HTTP/1.1 reverse proxy before any registry that breaks things on request and counts everything.
//!
//! It streams, so that blobs of any size pass, and keeps the client's `Host`, so that absolute upload locations lead back
//! through it. Faults are [`Rule`]s: a condition, how often, and what then. Nothing here is random.

mod link;
mod pace;
mod passage;

use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use super::socket::{Plain, hang_up, keep_little_unsent, lock};
use super::wire;
use link::{BUFFER, Link};
use pace::Pace;
pub(crate) use pace::Resets;

/// One request that came by, and what became of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) range: Option<String>,
    /// What the client was answered; 0 when nothing was.
    pub(crate) status: u16,
    /// Bytes of the request's body that the client sent.
    pub(crate) received: u64,
    /// Bytes of the response's body that were sent to the client.
    pub(crate) sent: u64,
    /// Whether a rule spoiled it.
    pub(crate) spoiled: bool,
}

impl Record {
    /// A GET of a blob.
    pub(crate) fn fetches_blob(&self) -> bool {
        self.method == "GET" && wire::path(&self.target).contains("/blobs/sha")
    }

    /// A request that carries blob bytes to the registry, if its body is not empty.
    pub(crate) fn uploads_blob(&self) -> bool {
        matches!(self.method.as_str(), "PUT" | "PATCH" | "POST")
            && wire::path(&self.target).contains("/blobs/uploads/")
    }

    /// The first byte asked for, and the one after the last where the request names it.
    pub(crate) fn asked(&self) -> (u64, Option<u64>) {
        let range = self.range.as_deref().and_then(|range| {
            let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
            let last: Option<u64> = last.parse().ok();
            Some((first.parse().ok()?, last.map(|last| last + 1)))
        });
        range.unwrap_or((0, None))
    }

    /// A request for, or about, a manifest.
    pub(crate) fn is_manifest(&self) -> bool {
        wire::path(&self.target).contains("/manifests/")
    }
}

/// What a rule does to a request or its answer. Byte counts are of bodies.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The answer breaks off with a reset after so many bytes.
    Cut(u64),
    /// The answer breaks off with a reset where this byte of the blob would come, or after the byte before it.
    CutAt(u64),
    /// The answer breaks off with an orderly close after so many bytes.
    Close(u64),
    /// The request's body is passed on for so many bytes, then both connections are reset.
    CutRequest(u64),
    /// The answer stops after so many bytes and the connection stays open.
    Stall(u64),
    /// The proxy answers itself: a status, and perhaps `Retry-After`.
    Answer(u16, Option<String>),
    /// The registry never learns that a range was asked for.
    IgnoreRange,
    /// `Content-Range` begins one byte early.
    WrongContentRange,
    /// One byte of the answer is changed.
    Flip(u64),
    /// The client is sent to this base URL.
    Redirect(String),
    /// The registry does it all, the client hears nothing but a reset.
    DropAfterCommit,
}

type Condition = dyn Fn(&Record) -> bool + Send + Sync;

/// When to do what.
pub(crate) struct Rule {
    when: Box<Condition>,
    left: AtomicUsize,
    fault: Fault,
}

impl Rule {
    /// Applies `fault` to the first `times` requests that `when` picks.
    pub(crate) fn new(
        times: usize,
        fault: Fault,
        when: impl Fn(&Record) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            when: Box::new(when),
            left: AtomicUsize::new(times),
            fault,
        }
    }

    /// The fault, when it is due for this request.
    fn take(&self, record: &Record) -> Option<Fault> {
        if !(self.when)(record) {
            return None;
        }
        let due = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        due.ok().map(|_| self.fault.clone())
    }
}

/// Limits that hold for all requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// Bytes a second on one connection, both ways together.
    pub(crate) per_connection: Option<u64>,
    /// Bytes a second over all connections.
    pub(crate) in_all: Option<u64>,
    /// What a handshake takes, and then each request with its answer, beside the time of their bodies.
    pub(crate) round_trip: Duration,
    /// Where connections break.
    pub(crate) resets: Option<Resets>,
}

struct Shared {
    upstream: String,
    limits: Limits,
    rules: Mutex<Vec<Arc<Rule>>>,
    log: Mutex<Vec<Arc<Mutex<Record>>>>,
    /// Bytes of response bodies sent so far, also of answers that are still on their way.
    sent: AtomicU64,
    /// The same of request bodies.
    received: AtomicU64,
    stop: AtomicBool,
    connections: Mutex<Vec<Weak<TcpStream>>>,
    /// Connections that clients have made, ever.
    accepted: AtomicU64,
    /// The same since counting began anew.
    opened: AtomicU64,
    /// Of all connections together.
    pace: Mutex<Option<Pace>>,
}

/// A proxy that runs until it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy before the registry at `upstream` (`host:port`, plain HTTP).
    pub(crate) fn start(upstream: &str) -> Self {
        Self::limited(upstream, Limits::default())
    }

    /// The same, as slow as `limits` say.
    pub(crate) fn limited(upstream: &str, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            pace: Mutex::new(limits.in_all.map(Pace::new)),
            limits,
            rules: Mutex::default(),
            log: Mutex::default(),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            connections: Mutex::default(),
            accepted: AtomicU64::new(0),
            opened: AtomicU64::new(0),
        });
        let serving = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || accept(&listener, &serving));
        Self {
            address,
            shared,
            acceptor: Some(acceptor),
        }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// Adds a rule; the first that is due wins.
    pub(crate) fn rule(&self, rule: Rule) {
        lock(&self.shared.rules).push(Arc::new(rule));
    }

    /// Every request that came by, in the order they came. What a client has seen of an answer stands here before.
    pub(crate) fn log(&self) -> Vec<Record> {
        let log = lock(&self.shared.log);
        log.iter().map(|record| lock(record).clone()).collect()
    }

    /// Forgets what has been counted, requests that are still on their way included.
    pub(crate) fn forget(&self) {
        lock(&self.shared.log).clear();
        self.shared.sent.store(0, Ordering::SeqCst);
        self.shared.received.store(0, Ordering::SeqCst);
        self.shared.opened.store(0, Ordering::SeqCst);
    }

    /// Connections that clients have made.
    pub(crate) fn connections(&self) -> u64 {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// Forgets what has been counted, and all rules.
    pub(crate) fn forget_all(&self) {
        self.forget();
        lock(&self.shared.rules).clear();
    }

    /// Bytes of response bodies sent so far, unfinished ones included.
    pub(crate) fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// Bytes of request bodies received so far, unfinished ones included.
    pub(crate) fn received(&self) -> u64 {
        self.shared.received.load(Ordering::SeqCst)
    }

    /// Bytes of blobs that requests have fetched.
    pub(crate) fn blob_bytes_fetched(&self) -> u64 {
        let log = self.log();
        log.iter()
            .filter(|record| record.fetches_blob())
            .map(|record| record.sent)
            .sum()
    }

    /// Bytes of blobs that requests have uploaded.
    pub(crate) fn blob_bytes_uploaded(&self) -> u64 {
        let log = self.log();
        log.iter()
            .filter(|record| record.uploads_blob())
            .map(|record| record.received)
            .sum()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads = Vec::new();
    for stream in listener.incoming() {
        if shared.stop.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        keep_little_unsent(&stream);
        let stream = Arc::new(stream);
        lock(&shared.connections).push(Arc::downgrade(&stream));
        let mut link = Link::new(shared, &stream);
        threads.push(std::thread::spawn(move || {
            let mut reader = BufReader::with_capacity(BUFFER, Plain(stream));
            if wire::turns_away_tls(&mut reader).unwrap_or(true) {
                return;
            }
            while matches!(passage::relay(&mut link, &mut reader), Ok(true)) {}
        }));
    }
    hang_up(&shared.connections);
    for thread in threads {
        let _ = thread.join();
    }
}
