//! The registry client against scripted servers: real sockets on loopback, answers told by each test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Client, Credentials, Repository};
use crate::config::{Config, Environment, Flags};
use crate::credential::{Credential, Secret};
use crate::event::{Event, Observer};
use crate::oci::{Descriptor, Host, MediaType};

mod auth;
mod content;
mod habits;
mod lists;
mod logins;
mod mirrors;
mod products;
mod proxies;
mod reach;
mod resume;
mod search;
mod tls;
mod tokens;
mod upload;

/// A request as a scripted server got it.
#[derive(Debug, Clone)]
struct Seen {
    method: String,
    /// Path and query, to the letter.
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn is(&self, method: &str, start: &str) -> bool {
        self.method == method && self.target.starts_with(start)
    }
}

/// What a scripted server answers.
#[derive(Debug, Clone)]
struct Reply {
    head: String,
    body: Vec<u8>,
    /// Whether the connection stays open and silent after the answer.
    hang: bool,
}

impl Reply {
    fn new(status: u16) -> Self {
        Self {
            head: format!("HTTP/1.1 {status} X\r\nConnection: close\r\n"),
            body: Vec::new(),
            hang: false,
        }
    }

    fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.head = format!("{}{name}: {value}\r\n", self.head);
        self
    }

    fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let length = self.body.len();
        self.header("Content-Length", length)
    }

    /// A body whose length is not told, or told by a header of the test's own.
    fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn json(self, body: &str) -> Self {
        self.header("Content-Type", "application/json").body(body)
    }

    fn hang(mut self) -> Self {
        self.hang = true;
        self
    }
}

fn to(location: impl std::fmt::Display) -> Reply {
    Reply::new(307).header("Location", location).body("")
}

/// A server that answers what a function says.
struct Script {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    /// `answer` gets a request and how many came before it.
    async fn start(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                connections.spawn(async move {
                    // A peer that goes away in the middle is part of many tests.
                    let _ = serve(stream, &*answer, &log).await;
                });
            }
        });
        Self { port, seen, task }
    }

    fn host(&self) -> Host {
        format!("127.0.0.1:{}", self.port).parse().unwrap()
    }

    fn url(&self, rest: &str) -> String {
        format!("http://127.0.0.1:{}{rest}", self.port)
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Method and target of every request, for failures.
    fn lines(&self) -> Vec<String> {
        let seen = self.seen();
        let line = |seen: &Seen| format!("{} {}", seen.method, seen.target);
        seen.iter().map(line).collect()
    }

    fn count(&self, method: &str, start: &str) -> usize {
        self.seen()
            .iter()
            .filter(|seen| seen.is(method, start))
            .count()
    }

    fn repository(&self, client: &Client) -> Repository {
        client.repository(&format!("{}/a/b", self.host()).parse().unwrap())
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: &(impl Fn(&Seen, usize) -> Reply + ?Sized),
    log: &Mutex<Vec<Seen>>,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        // The first message of a TLS handshake gets what an HTTP server makes of it.
        if buffer.first() == Some(&22) || stream.read_buf(&mut buffer).await? == 0 {
            return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let mut seen = Seen {
        method: first.next().unwrap_or_default().to_owned(),
        target: first.next().unwrap_or_default().to_owned(),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect(),
        body: buffer.split_off(end + 4),
    };
    let length = seen
        .header("content-length")
        .and_then(|text| text.parse::<usize>().ok());
    // A server may answer before it has read the body.
    let early = seen.target.starts_with("/early/");
    while !early && seen.body.len() < length.unwrap_or(0) {
        if stream.read_buf(&mut seen.body).await? == 0 {
            break;
        }
    }
    let reply = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        answer(&seen, log.len() - 1)
    };
    stream
        .write_all(format!("{}\r\n", reply.head).as_bytes())
        .await?;
    if seen.method != "HEAD" {
        stream.write_all(&reply.body).await?;
    }
    stream.flush().await?;
    if reply.hang || early {
        // Until the client gives up.
        while stream.read_buf(&mut Vec::with_capacity(1024)).await? > 0 {}
    }
    stream.shutdown().await
}

/// An observer that remembers.
#[derive(Default)]
struct Memory(Mutex<Vec<Event>>);

impl Observer for Memory {
    fn observe(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Memory {
    fn warnings(&self) -> Vec<String> {
        let events = self.0.lock().unwrap();
        let warnings = events.iter().filter_map(|event| match event {
            Event::Warning { message } => Some(message.clone()),
            _ => None,
        });
        warnings.collect()
    }

    fn retries(&self) -> usize {
        self.waits().len()
    }

    /// How long each retry was said to wait.
    fn waits(&self) -> Vec<Duration> {
        let events = self.0.lock().unwrap();
        let waits = events.iter().filter_map(|event| match event {
            Event::Retrying { wait, .. } => Some(*wait),
            _ => None,
        });
        waits.collect()
    }
}

/// Settings for tests: plain http, short waits, nothing of this machine.
fn config() -> Config {
    let environment: Environment = [
        // Not even root can make a folder there.
        ("HOME".to_owned(), "/dev/null/home".to_owned()),
        ("HTTP_PROXY".to_owned(), "http://127.0.0.1:9".to_owned()),
        ("https_proxy".to_owned(), "http://127.0.0.1:9".to_owned()),
    ]
    .into_iter()
    .collect();
    let flags = Flags {
        plain_http: true,
        retries: Some(3),
        connect_timeout: Some(Duration::from_secs(5)),
        stall_timeout: Some(Duration::from_secs(20)),
        ..Flags::default()
    };
    let mut config = Config::load(&flags, environment).unwrap();
    config.retry_base = Duration::from_millis(1);
    config
}

fn with(config: Config, credentials: Credentials) -> (Client, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let observer = Arc::clone(&memory);
    (Client::new(Arc::new(config), credentials, observer), memory)
}

fn anonymous() -> Client {
    with(config(), Credentials::Anonymous).0
}

fn user() -> Credential {
    Credential::Basic {
        username: "user".to_owned(),
        password: Secret::new("opensesame"),
    }
}

fn as_user() -> Client {
    with(config(), Credentials::Given(user())).0
}

/// A blob and its descriptor.
fn blob(size: usize) -> (Vec<u8>, Descriptor) {
    let bytes: Vec<u8> = (0..size)
        .map(|at| u8::try_from((at * 7 + at / 251) % 256).unwrap())
        .collect();
    let descriptor = Descriptor::of(MediaType::OCI_LAYER_GZIP, &bytes);
    (bytes, descriptor)
}

/// A small image manifest.
fn manifest_text() -> String {
    let config = Descriptor::of(MediaType::OCI_CONFIG, b"{}");
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}}"#,
        MediaType::OCI_MANIFEST,
        serde_json::to_string(&config).unwrap()
    )
}

fn manifest_reply() -> Reply {
    Reply::new(200)
        .header("Content-Type", MediaType::OCI_MANIFEST)
        .header(
            "Docker-Content-Digest",
            crate::oci::Digest::of(manifest_text().as_bytes()),
        )
        .body(manifest_text())
}
