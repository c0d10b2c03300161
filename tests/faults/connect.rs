//! Registries that do not even take a connection.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::Bench;
use crate::support::env::Env;
use crate::support::layout;

#[test]
fn a_port_where_nobody_listens_is_a_network_error() {
    let free = TcpListener::bind("127.0.0.1:0")
        .and_then(|socket| socket.local_addr())
        .unwrap();
    let env = Env::new();
    env.rg(["pull", &format!("{free}/app:v1")]).exits(5);
    layout::is_empty(&env.store());
}

/// Fills the queue of a listener that never accepts, until the kernel drops what comes.
fn fill(address: SocketAddr) -> Vec<TcpStream> {
    let mut waiting = Vec::new();
    // A queue of length zero holds one or two; the bound is for kernels that think otherwise.
    while waiting.len() < 64 {
        match TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(stream) => waiting.push(stream),
            Err(_) => return waiting,
        }
    }
    panic!("the queue of {address} does not fill");
}

#[test]
fn a_registry_that_accepts_no_connection_is_given_up_after_the_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let _waiting = fill(address);
    let env = Env::new();
    let name = format!("{address}/app:v1");
    env.rg([
        "pull",
        "--connect-timeout",
        "200ms",
        "--retries",
        "2",
        &name,
    ])
    .exits(5);
    layout::is_empty(&env.store());
}

#[test]
fn a_mirror_that_accepts_no_connection_costs_one_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let address = listener.local_addr().unwrap();
    let _waiting = fill(address);
    let bench = Bench::new();
    bench.env.settings(&format!(
        "retry_base = \"10ms\"\n[registry.\"{}\"]\nmirrors = [\"http://{address}\"]\n",
        bench.proxy.host()
    ));
    let pull = ["pull", "-D", "--connect-timeout", "200ms", &bench.name()];
    let pulled = bench.env.rg(pull).succeeds();
    bench.assert_pulled();
    let asked = format!("http://{address}/v2/");
    let lines = pulled.stderr.lines();
    let asked = lines.filter(|line| line.contains("sending") && line.contains(&asked));
    assert_eq!(asked.count(), 1, "{pulled}");
}
