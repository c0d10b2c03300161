//! A pull in a second process of this program, killed in its middle.
//!
//! The process tells its progress as JSON on standard error, so that it can be killed when a known part has come, not
//! after a time. A machine on which it ends before it could be killed gets another try at a lower rate.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::broken;
use super::world::World;
use crate::error::{Error, Result};
use crate::oci::Reference;

/// Bytes a second, the first try and the next: a quarter of 65 MiB takes a third of a second at the first.
const RATES: [u64; 3] = [48_000_000, 12_000_000, 3_000_000];

/// Pulls `reference` into the store called `store` until more than a quarter of `size` bytes came, then kills. Returns
/// how many bytes had come.
pub(super) async fn pull(
    world: &World,
    store: &str,
    reference: &Reference,
    size: u64,
) -> Result<u64> {
    for rate in RATES {
        let mut child = spawn(world, store, reference, rate)?;
        let moved = watch(&mut child, size / 4).await?;
        // A process that has ended meanwhile is no failure to kill.
        let _ = child.start_kill();
        let status = child.wait().await.map_err(failed)?;
        if !status.success() {
            if moved <= size / 4 {
                return Err(broken(
                    "the second process failed before it could be killed",
                ));
            }
            return Ok(moved);
        }
        // It was done before it could be killed: once more into an empty store, slower.
        let path = world.store(store);
        std::fs::remove_dir_all(&path).map_err(Error::io("cannot remove", path))?;
    }
    Err(broken(
        "the second process was always done before it could be killed",
    ))
}

fn spawn(world: &World, store: &str, reference: &Reference, rate: u64) -> Result<Child> {
    let program = std::env::current_exe().map_err(failed)?;
    Command::new(program)
        .args(["pull", "--progress", "json", "--limit-rate"])
        .arg(rate.to_string())
        .arg(reference.to_string())
        .env_clear()
        .envs(world.environment(store).variables)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)
}

/// Reads events until more than `enough` bytes moved or the process ends.
async fn watch(child: &mut Child, enough: u64) -> Result<u64> {
    let Some(stderr) = child.stderr.take() else {
        return Err(broken("the second process has no standard error"));
    };
    let mut lines = BufReader::new(stderr).lines();
    let mut moved = 0;
    let mut last = String::new();
    while let Some(line) = lines.next_line().await.map_err(failed)? {
        match serde_json::from_str::<serde_json::Value>(&line) {
            Ok(event) if event["event"] == "moved" => moved += event["bytes"].as_u64().unwrap_or(0),
            Ok(_) => {}
            Err(_) => last = line,
        }
        if moved > enough {
            return Ok(moved);
        }
    }
    if last.is_empty() {
        Ok(moved)
    } else {
        Err(broken(format!("the second process failed: {last}")))
    }
}

fn failed(source: std::io::Error) -> Error {
    Error::Io {
        doing: "cannot run",
        path: "a second process".into(),
        source,
    }
}
