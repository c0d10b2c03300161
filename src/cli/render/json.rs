//! `--progress json`: one object a line on standard error, for programs that show progress themselves.
//!
//! The schema is stable: fields and kinds are only ever added. Every object has `event`; sizes are bytes, times are
//! milliseconds, digests and references are written in full.
//!
//! | `event` | other fields |
//! |---|---|
//! | `began` | `reference` |
//! | `planned` | `blobs`: list of `{digest, role, size}` |
//! | `exists` | `digest`, `role` |
//! | `mounted` | `digest`, `role`, `from` |
//! | `started` | `digest`, `role`, `size`, `resumed` |
//! | `moved` | `digest`, `role`, `bytes`: more than were told before |
//! | `rewound` | `digest`, `role`, `bytes`: fewer than were told before |
//! | `verifying`, `done` | `digest`, `role` |
//! | `manifest` | `digest`, `tag` (or null) |
//! | `waiting` | `digest`; another process is writing this blob |
//! | `retrying` | `doing`, `reason`, `wait_ms` |
//! | `warning` | `message` |
//!
//! `role` is `config` or `layer`, in a check of the store `content`. `moved` events of one blob are joined until 100 ms have passed; their sum is exact
//! when the next other event of that blob comes. A failure is told as in every other mode, in `error:`, `cause:` and
//! `hint:` lines after the last event.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Progress, value};
use crate::cli::output;
use crate::event::{Event, Observer, Role, Step};
use crate::oci::Digest;

/// How long moved bytes of one blob are gathered before they are told: ten lines a second and blob are enough to draw.
const GATHER: Duration = Duration::from_millis(100);

/// Writes events as JSON.
pub(crate) struct Json {
    gathered: Mutex<HashMap<Digest, (u64, Instant)>>,
}

impl Json {
    /// A writer with nothing gathered yet.
    pub(crate) fn new() -> Self {
        Self {
            gathered: Mutex::default(),
        }
    }

    fn tell(&self, event: &Event, now: Instant) -> Vec<Value> {
        let Event::Blob { digest, role, step } = event else {
            return vec![plain(event)];
        };
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Step::Moved { bytes } = step {
            let (sum, since) = gathered.entry(*digest).or_insert((0, now));
            *sum += bytes;
            if now.saturating_duration_since(*since) < GATHER {
                return Vec::new();
            }
        }
        let moved = gathered.remove(digest).filter(|(sum, _)| *sum > 0);
        let mut told: Vec<Value> = moved
            .map(|(bytes, _)| blob(*digest, *role, &Step::Moved { bytes }))
            .into_iter()
            .collect();
        if !matches!(step, Step::Moved { .. }) {
            told.push(blob(*digest, *role, step));
        }
        told
    }
}

fn plain(event: &Event) -> Value {
    match event {
        Event::Began { reference } => {
            json!({"event": "began", "reference": reference})
        }
        Event::Planned { blobs } => {
            let blobs: Vec<Value> = blobs
                .iter()
                .map(|blob| {
                    let (digest, role) = (blob.digest.to_string(), name(blob.role));
                    json!({"digest": digest, "role": role, "size": blob.size})
                })
                .collect();
            json!({"event": "planned", "blobs": blobs})
        }
        Event::ManifestPut { digest, tag } => {
            let tag = tag.as_ref().map(ToString::to_string);
            json!({"event": "manifest", "digest": digest.to_string(), "tag": tag})
        }
        Event::Waiting { digest } => json!({"event": "waiting", "digest": digest.to_string()}),
        Event::Retrying {
            doing,
            reason,
            wait,
        } => {
            let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            json!({"event": "retrying", "doing": doing, "reason": reason, "wait_ms": wait})
        }
        Event::Warning { message } => json!({"event": "warning", "message": message}),
        Event::Blob { digest, role, step } => blob(*digest, *role, step),
    }
}

fn blob(digest: Digest, role: Role, step: &Step) -> Value {
    let (digest, role) = (digest.to_string(), name(role));
    match step {
        Step::Exists => json!({"event": "exists", "digest": digest, "role": role}),
        Step::Mounted { from } => {
            json!({"event": "mounted", "digest": digest, "role": role, "from": from.to_string()})
        }
        Step::Started { size, resumed } => {
            json!({"event": "started", "digest": digest, "role": role, "size": size, "resumed": resumed})
        }
        Step::Moved { bytes } => {
            json!({"event": "moved", "digest": digest, "role": role, "bytes": bytes})
        }
        Step::Rewound { bytes } => {
            json!({"event": "rewound", "digest": digest, "role": role, "bytes": bytes})
        }
        Step::Verifying => json!({"event": "verifying", "digest": digest, "role": role}),
        Step::Done => json!({"event": "done", "digest": digest, "role": role}),
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Config => "config",
        Role::Layer => "layer",
        Role::Content => "content",
    }
}

impl Observer for Json {
    fn observe(&self, event: &Event) {
        for told in self.tell(event, Instant::now()) {
            output::story(&value::go_json(&told));
        }
    }
}

impl Progress for Json {
    fn finish(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(step: Step) -> Event {
        Event::Blob {
            digest: Digest::of(b"layer"),
            role: Role::Layer,
            step,
        }
    }

    #[test]
    fn moved_bytes_are_joined_and_complete_before_the_next_step() {
        let json = Json::new();
        let now = Instant::now();
        assert_eq!(
            json.tell(
                &layer(Step::Started {
                    size: 9,
                    resumed: 2
                }),
                now
            )
            .len(),
            1
        );
        assert!(json.tell(&layer(Step::Moved { bytes: 3 }), now).is_empty());
        assert!(json.tell(&layer(Step::Moved { bytes: 4 }), now).is_empty());
        let told = json.tell(&layer(Step::Done), now);
        assert_eq!(
            (told[0]["event"].as_str(), told[0]["bytes"].as_u64()),
            (Some("moved"), Some(7))
        );
        assert_eq!(told[1]["event"], "done");
    }

    #[test]
    fn a_slow_blob_is_told_as_it_moves() {
        let json = Json::new();
        let now = Instant::now();
        assert!(json.tell(&layer(Step::Moved { bytes: 3 }), now).is_empty());
        let told = json.tell(&layer(Step::Moved { bytes: 4 }), now + GATHER);
        assert_eq!((told.len(), told[0]["bytes"].as_u64()), (1, Some(7)));
    }

    #[test]
    fn server_text_stays_inside_its_string() {
        let warning = plain(&Event::Warning {
            message: "a\n\u{202e}".to_owned(),
        });
        assert_eq!(
            value::go_json(&warning),
            r#"{"event":"warning","message":"a\n\u202e"}"#
        );
    }
}
