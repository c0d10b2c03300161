//! The fault proxy of the tests as a program: an HTTP/1.1 reverse proxy that is as slow and as unreliable as it is told,
//! for `benches/run` and for looking at a client by hand.
//!
//! It prints its address, then obeys its standard input: the line `counts` is answered by one line of JSON about what
//! has passed, `forget` (answered by an empty object) begins counting anew, and the end of the input ends the proxy,
//! which prints its counts once more.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, Write as _};
use std::ops::RangeInclusive;
use std::time::Duration;

use clap::Parser;
use serde::Serialize;

use support::proxy::{Limits, Proxy, Record, Resets};

#[path = "../tests/support"]
#[expect(
    dead_code,
    reason = "the faults that a rule aims at one request are for tests"
)]
mod support {
    pub(crate) mod proxy;
    pub(crate) mod socket;
    pub(crate) mod wire;
}

/// A slow or unreliable way to a registry, on a free loopback port.
#[derive(Debug, Parser)]
#[command(name = "fault-proxy")]
struct Arguments {
    /// The registry, plain HTTP
    #[arg(long, value_name = "HOST:PORT")]
    upstream: String,
    /// What a handshake takes, and each request with its answer, such as 60ms
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "0ms")]
    round_trip: Duration,
    /// The most body bytes a second on one connection, such as 8MB/s
    #[arg(long, value_name = "RATE", value_parser = bytes)]
    per_connection: Option<u64>,
    /// The most body bytes a second in all, such as 125MB/s
    #[arg(long, value_name = "RATE", value_parser = bytes)]
    in_all: Option<u64>,
    /// Resets each connection after a number of body bytes drawn from this range, such as 8MiB-64MiB
    #[arg(long, value_name = "FROM-TO", value_parser = range)]
    reset_after: Option<RangeInclusive<u64>>,
    /// What the draws begin with
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A number of bytes with its unit: powers of ten as `MB`, of two as `MiB`; `/s` may follow.
fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim_end_matches("/s");
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "B" => 1,
        "kB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        other => return Err(format!("unknown unit {other}")),
    };
    let number: u64 = digits.parse().map_err(|_| "not a whole number")?;
    match number.checked_mul(unit) {
        None | Some(0) => Err("out of range".to_owned()),
        Some(bytes) => Ok(bytes),
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let millis = text
        .strip_suffix("ms")
        .ok_or("milliseconds, such as 60ms")?;
    let millis = millis.parse().map_err(|_| "not a whole number")?;
    Ok(Duration::from_millis(millis))
}

fn range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (from, to) = text.split_once('-').ok_or("a range, such as 8MiB-64MiB")?;
    let (from, to) = (bytes(from)?, bytes(to)?);
    if from > to {
        return Err("the range ends before it begins".to_owned());
    }
    Ok(from..=to)
}

/// What has passed. Bytes are of bodies, as seen from the client.
#[derive(Debug, Default, Serialize)]
struct Counts {
    connections: u64,
    #[serde(flatten)]
    all: Traffic,
    by_kind: BTreeMap<String, Traffic>,
}

#[derive(Debug, Default, Serialize)]
struct Traffic {
    requests: u64,
    /// Bytes that went to the client.
    sent: u64,
    /// Bytes that came from it.
    received: u64,
}

impl Traffic {
    fn add(&mut self, record: &Record) {
        self.requests += 1;
        self.sent += record.sent;
        self.received += record.received;
    }
}

/// The method and what the request is about.
fn kind(record: &Record) -> String {
    let about = if record.is_manifest() {
        "manifest"
    } else if record.uploads_blob() {
        "upload"
    } else if record.target.contains("/blobs/") {
        "blob"
    } else {
        "other"
    };
    format!("{} {about}", record.method)
}

fn counts(proxy: &Proxy) -> Counts {
    let mut counts = Counts {
        connections: proxy.connections(),
        ..Counts::default()
    };
    for record in proxy.log() {
        counts.all.add(&record);
        counts
            .by_kind
            .entry(kind(&record))
            .or_default()
            .add(&record);
    }
    counts
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let limits = Limits {
        per_connection: arguments.per_connection,
        in_all: arguments.in_all,
        round_trip: arguments.round_trip,
        resets: arguments.reset_after.map(|after| Resets {
            seed: arguments.seed,
            after,
        }),
    };
    let proxy = Proxy::limited(&arguments.upstream, limits);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", proxy.host())?;
    for line in io::stdin().lock().lines() {
        match line?.as_str() {
            "counts" => writeln!(out, "{}", serde_json::to_string(&counts(&proxy))?)?,
            "forget" => {
                proxy.forget();
                writeln!(out, "{{}}")?;
            }
            other => return Err(io::Error::other(format!("unknown command {other:?}"))),
        }
    }
    writeln!(out, "{}", serde_json::to_string(&counts(&proxy))?)
}
