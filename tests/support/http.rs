//! A scripted HTTP/1.1 server on loopback: every answer is what a closure says, to the byte, and everything asked is on
//! record.
//!
//! One thread a connection, all of them ended by dropping the [`Server`]. An answer may lie about its length, stop in
//! its middle, end in a reset, stall, or never end.

use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

pub(crate) use super::message::{End, Request, Response};
pub(crate) use super::socket::lock;
use super::socket::{Plain, hang_up, keep_little_unsent, reset};
use super::wire::{self, Framing, Head};

/// Largest request body kept, in bytes: scripted registries see small images only.
const MAX_BODY: usize = 64 << 20;

/// One request and what came of it.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    status: AtomicU16,
    sent: AtomicU64,
}

impl Exchange {
    /// The status answered; 0 while there is none.
    pub(crate) fn status(&self) -> u16 {
        self.status.load(Ordering::SeqCst)
    }

    /// Bytes of the body that were given to the connection.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }
}

type Handler = dyn Fn(&Request) -> Response + Send + Sync;

struct Shared {
    stop: AtomicBool,
    log: Mutex<Vec<Arc<Exchange>>>,
    connections: Mutex<Vec<Weak<TcpStream>>>,
    handler: Box<Handler>,
    tls: Option<Arc<rustls::ServerConfig>>,
}

/// A server that runs until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `handler` over plain HTTP on a free port.
    pub(crate) fn start(handler: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        Self::launch(None, Box::new(handler))
    }

    /// Serves `handler` over TLS on a free port.
    pub(crate) fn start_tls(
        tls: Arc<rustls::ServerConfig>,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::launch(Some(tls), Box::new(handler))
    }

    fn launch(tls: Option<Arc<rustls::ServerConfig>>, handler: Box<Handler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            log: Mutex::default(),
            connections: Mutex::default(),
            handler,
            tls,
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

    /// `localhost:PORT`: the same server under another name.
    pub(crate) fn localhost(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// Every request so far, in the order they were read.
    pub(crate) fn log(&self) -> Vec<Arc<Exchange>> {
        lock(&self.shared.log).clone()
    }

    /// The requests so far as `METHOD target`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log()
            .iter()
            .map(|exchange| exchange.request.line())
            .collect()
    }

    /// Requests so far that carried the header `name`.
    pub(crate) fn with_header(&self, name: &str) -> usize {
        let log = self.log();
        let carrying = log
            .iter()
            .filter(|exchange| exchange.request.headers.get(name).is_some());
        carrying.count()
    }
}

impl Drop for Server {
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
            let _ = match &shared.tls {
                None => converse(&shared, Plain(Arc::clone(&stream)), &stream),
                Some(tls) => secure(tls, &stream).and_then(|tls| converse(&shared, tls, &stream)),
            };
        }));
    }
    hang_up(&shared.connections);
    for thread in threads {
        let _ = thread.join();
    }
}

fn secure(
    tls: &Arc<rustls::ServerConfig>,
    stream: &Arc<TcpStream>,
) -> io::Result<rustls::StreamOwned<rustls::ServerConnection, Plain>> {
    let session = rustls::ServerConnection::new(Arc::clone(tls)).map_err(io::Error::other)?;
    Ok(rustls::StreamOwned::new(session, Plain(Arc::clone(stream))))
}

fn converse<S: Read + Write>(shared: &Shared, stream: S, socket: &TcpStream) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    if wire::turns_away_tls(&mut stream)? {
        return Ok(());
    }
    while let Some(head) = wire::read_head(&mut stream)? {
        let mut words = head.first.split(' ').map(str::to_owned);
        let mut request = Request {
            method: words.next().unwrap_or_default(),
            target: words.next().unwrap_or_default(),
            headers: head.headers,
            body: Vec::new(),
        };
        let framing = Framing::of_request(&request.headers);
        let mut body = Vec::new();
        wire::read_body(&mut stream, framing, &mut |piece| {
            if body.len() + piece.len() > MAX_BODY {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            body.extend_from_slice(piece);
            Ok(())
        })?;
        request.body = body;
        let exchange = Arc::new(Exchange {
            request,
            status: AtomicU16::new(0),
            sent: AtomicU64::new(0),
        });
        lock(&shared.log).push(Arc::clone(&exchange));
        let response = (shared.handler)(&exchange.request);
        exchange.status.store(response.status, Ordering::SeqCst);
        if !answer(&mut stream, socket, &exchange, &response)? {
            break;
        }
    }
    Ok(())
}

/// Sends `response`; whether the connection can carry another one.
fn answer<S: Read + Write>(
    stream: &mut BufReader<S>,
    socket: &TcpStream,
    exchange: &Exchange,
    response: &Response,
) -> io::Result<bool> {
    let mut headers = response.headers.clone();
    if response.framed && headers.get("Content-Length").is_none() && response.status != 204 {
        headers.set("Content-Length", &response.body.len().to_string());
    }
    if !response.framed {
        headers.set("Connection", "close");
    }
    let first = format!("HTTP/1.1 {} Scripted", response.status);
    let head = Head { first, headers };
    if let Some(bytes) = response.silent_after {
        let mut text = Vec::new();
        head.write(&mut text)?;
        text.truncate(bytes);
        stream.get_mut().write_all(&text)?;
        return fall_silent(stream);
    }
    head.write(stream.get_mut())?;
    let silent = exchange.request.method == "HEAD" || response.status == 204;
    let length = response.cut.map_or(response.body.len(), |(bytes, _)| {
        bytes.min(response.body.len())
    });
    if !silent {
        loop {
            let (size, between) = response.pace.unwrap_or((16 << 10, Duration::ZERO));
            for piece in response.body[..length].chunks(size) {
                std::thread::sleep(between);
                // Before the client can have it and look.
                exchange
                    .sent
                    .fetch_add(piece.len() as u64, Ordering::SeqCst);
                stream.get_mut().write_all(piece)?;
            }
            stream.get_mut().flush()?;
            if !response.endless {
                break;
            }
        }
    }
    match response.cut {
        Some((_, End::Reset)) if !silent => {
            reset(socket);
            Ok(false)
        }
        Some((_, End::Stall)) if !silent => fall_silent(stream),
        Some((_, End::Close)) if !silent => Ok(false),
        _ => Ok(response.framed),
    }
}

/// Says nothing more until the client gives up or the server is dropped: both end this read.
fn fall_silent<S: Read + Write>(stream: &mut BufReader<S>) -> io::Result<bool> {
    stream.get_mut().flush()?;
    let _ = stream.get_mut().read(&mut [0]);
    Ok(false)
}
