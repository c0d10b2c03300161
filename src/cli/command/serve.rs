//! `serve`: the local store as a registry, until a signal.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use tokio::sync::oneshot;

use crate::cli::output;
use crate::cli::report::{Doing, Outcome, Status, usage, warn};
use crate::cli::session::Session;
use crate::error::Result;
use crate::serve::{self, Server};

/// Serve the local store as a registry
#[derive(Args)]
#[command(after_help = "Examples:
  {program} serve
  {program} serve --read-only 0.0.0.0:5000

It speaks plain HTTP and listens on this machine alone unless an address says otherwise. It is made for \
tests, CI and moving images between two machines; a lasting registry with TLS, quotas and users is another program's job.")]
pub(crate) struct Options {
    /// Where to listen: ADDRESS:PORT or PORT; port 0 takes a free one
    #[arg(value_name = "ADDR", default_value = "127.0.0.1:5000")]
    address: String,

    /// Refuse everything that would change the store
    #[arg(long)]
    read_only: bool,

    /// Let clients delete tags, manifests and blobs
    #[arg(long, conflicts_with = "read_only")]
    allow_delete: bool,

    /// Ask for a user and password of this file, bcrypt lines as `htpasswd -B` writes them
    #[arg(long, value_name = "FILE")]
    htpasswd: Option<PathBuf>,
}

/// Serves until `signal` comes, then lets requests in flight end.
pub(crate) async fn run(
    session: &Session,
    options: Options,
    signal: oneshot::Receiver<i32>,
) -> Outcome {
    let address = address(&options.address)?;
    let layout = session.layout()?;
    let behaviour = serve::Options {
        read_only: options.read_only,
        allow_delete: options.allow_delete,
        htpasswd: options.htpasswd,
    };
    let store = layout.path().display().to_string();
    let server = Server::bind(layout, address, behaviour)
        .await
        .doing(format!("cannot serve on {address}"))?;
    let bound = server.address();
    if !bound.ip().is_loopback() {
        warn(&format!(
            "{bound} can be reached from other machines, in plain HTTP"
        ));
    }
    output::line(&format!("serving {store} on http://{bound}"))?;
    let stop = async {
        // A watcher that is gone cannot signal any more; stopping is the safe reading of that.
        let _ = signal.await;
    };
    server.run(stop).await.doing("cannot serve")?;
    Ok(Status::SUCCESS)
}

/// `ADDRESS:PORT`, `localhost:PORT`, or a port on this machine alone.
fn address(text: &str) -> Result<SocketAddr> {
    let local = |port: u16| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let port = text
        .strip_prefix("localhost")
        .unwrap_or(text)
        .trim_start_matches(':');
    port.parse().map(local).map_err(|_| {
        usage(
            format!("{text:?} is no address to listen on"),
            Some("write ADDRESS:PORT, as in 127.0.0.1:5000 or 0.0.0.0:5000, or a port"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_leaves_this_machine() {
        let shown = |text: &str| address(text).unwrap().to_string();
        assert_eq!(shown("5000"), "127.0.0.1:5000");
        assert_eq!(shown(":5000"), "127.0.0.1:5000");
        assert_eq!(shown("localhost:5000"), "127.0.0.1:5000");
        assert_eq!(shown("0.0.0.0:80"), "0.0.0.0:80");
        assert_eq!(shown("[::1]:5000"), "[::1]:5000");
        for text in ["", "host:5000", "127.0.0.1", "70000", "localhost"] {
            assert_eq!(address(text).unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
