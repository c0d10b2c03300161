//! The fault proxy: an HTTP/1.1 reverse proxy before any registry that breaks things on request and counts everything.
//!
//! It streams, so that blobs of any size pass, and keeps the client's `Host`, so that absolute upload locations lead back
//! through it. Faults are [`Rule`]s: a condition, how often, and what then. Nothing here is random.

mod passage;

use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::http::{Plain, hang_up, keep_little_unsent, lock};
use super::wire;

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
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    /// Bytes a second on one connection, both ways together.
    pub(crate) per_connection: Option<u64>,
    /// Bytes a second over all connections.
    pub(crate) in_all: Option<u64>,
    /// Bytes of request bodies that a connection of the client carries before it is reset.
    pub(crate) connection_carries: Option<u64>,
    /// Waited before a request is passed on.
    pub(crate) latency: Duration,
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
    pace: Mutex<Option<Instant>>,
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
            limits,
            rules: Mutex::default(),
            log: Mutex::default(),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            connections: Mutex::default(),
            pace: Mutex::default(),
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
        let shared = Arc::clone(shared);
        threads.push(std::thread::spawn(move || {
            let mut reader = BufReader::with_capacity(64 << 10, Plain(Arc::clone(&stream)));
            if wire::turns_away_tls(&mut reader).unwrap_or(true) {
                return;
            }
            let mut carried = 0;
            while matches!(
                passage::relay(&shared, &mut reader, &stream, &mut carried),
                Ok(true)
            ) {}
        }));
    }
    hang_up(&shared.connections);
    for thread in threads {
        let _ = thread.join();
    }
}

impl Shared {
    /// Waits as long as `bytes` take under the limits.
    fn wait(&self, bytes: usize) {
        let time = |rate: u64| Duration::from_nanos(bytes as u64 * 1_000_000_000 / rate);
        if let Some(rate) = self.limits.per_connection {
            std::thread::sleep(time(rate));
        }
        if let Some(rate) = self.limits.in_all {
            let due = {
                let mut pace = lock(&self.pace);
                let now = Instant::now();
                let due = pace.map_or(now, |due| due.max(now)) + time(rate);
                *pace = Some(due);
                due
            };
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }
}
