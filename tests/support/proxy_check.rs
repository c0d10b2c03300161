//! The fault proxy proves itself, connection by connection: where they break, and how many it makes.

use std::io::{self, BufReader};
use std::net::TcpStream;
use std::sync::Arc;

use super::fake::{Content, Fake};
use super::image::{Graph, small};
use super::proxy::{Limits, Proxy, Resets};
use super::socket::Plain;
use super::wire::{self, Framing, Head, Headers};

/// A fake registry with one small image as `app:v1`.
fn registry() -> (Fake, Graph) {
    let graph = small(1);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    (fake, graph)
}

/// One connection and no other: a client library would open a second one when it likes.
struct Line(BufReader<Plain>);

impl Line {
    fn to(host: &str) -> Self {
        let stream = TcpStream::connect(host).expect("somebody listens there");
        Self(BufReader::new(Plain(Arc::new(stream))))
    }

    /// Bytes of the body that a GET of `path` brings, from `range` if there is one.
    fn get(&mut self, path: &str, range: Option<&str>) -> io::Result<u64> {
        let mut headers = Headers::default();
        headers.set("Host", "registry");
        if let Some(range) = range {
            headers.set("Range", range);
        }
        let first = format!("GET {path} HTTP/1.1");
        Head { first, headers }.write(self.0.get_mut())?;
        let head = wire::read_head(&mut self.0)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let framing = Framing::of_response("GET", head.status(), &head.headers);
        wire::read_body(&mut self.0, framing, &mut |_| Ok(()))
    }
}

#[test]
fn connections_of_the_proxy_break_at_the_bytes_their_seed_says() {
    let (fake, graph) = registry();
    let path = format!("/v2/app/blobs/{}", graph.largest().digest);
    let length = graph.largest().content.len();
    let resets = Resets {
        seed: 3,
        after: length / 4..=length / 2,
    };
    let limits = Limits {
        resets: Some(resets.clone()),
        ..Limits::default()
    };
    let proxy = Proxy::limited(&fake.host(), limits);
    for place in 0..3 {
        assert!(Line::to(&proxy.host()).get(&path, None).is_err());
        assert_eq!(proxy.sent(), resets.draw(place));
        proxy.forget();
    }
    // Several answers on one connection count together.
    let piece = length / 10;
    let range = format!("bytes=0-{}", piece - 1);
    let mut line = Line::to(&proxy.host());
    let whole = (0..10).take_while(|_| line.get(&path, Some(&range)).is_ok());
    assert_eq!(whole.count() as u64, resets.draw(3) / piece);
    assert_eq!((proxy.sent(), proxy.connections()), (resets.draw(3), 1));
}

#[test]
fn the_proxy_asks_the_registry_over_one_connection_for_each_of_its_clients() {
    let (fake, _) = registry();
    let proxy = Proxy::start(&fake.host());
    let outer = Proxy::start(&proxy.host());
    for clients in 1..3 {
        let mut line = Line::to(&outer.host());
        for _ in 0..5 {
            assert!(line.get("/v2/app/manifests/v1", None).unwrap() > 0);
        }
        assert_eq!(
            (outer.connections(), proxy.connections()),
            (clients, clients)
        );
    }
    assert_eq!(proxy.log().len(), 10);
}
