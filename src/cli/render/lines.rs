//! Progress where standard error is no terminal: docker's words, one line a step of a layer.
//!
//! Docker tells nothing while a layer is on its way when its output is piped. Here a layer that takes long says every
//! ten seconds how far it is, so that the log of a CI job stays honest; a transfer shorter than that has docker's lines
//! alone. Configs are moved too, but docker never shows them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Direction, Progress, is_layer, layer_id, notice, units};
use crate::cli::output;
use crate::event::{Event, Observer, Role, Step};
use crate::oci::Digest;

/// How often a layer on its way is mentioned.
const MENTION_EVERY: Duration = Duration::from_secs(10);

/// Docker's lines.
pub(crate) struct Lines {
    direction: Direction,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    layers: HashMap<Digest, Layer>,
    /// Layers of a pull that is not known to move anything yet, and whether each is here: docker tells nothing of
    /// layers when an image is up to date.
    held_back: Vec<(Digest, bool)>,
    /// Content that is checked, all of it together: none of it has lines of its own.
    checked: Layer,
}

#[derive(Default)]
struct Layer {
    size: u64,
    moved: u64,
    mentioned: Option<Instant>,
}

impl Lines {
    /// Lines for images that move in `direction`.
    pub(crate) fn new(direction: Direction) -> Self {
        Self {
            direction,
            state: Mutex::default(),
        }
    }

    /// The lines that `event`, seen at `now`, is worth.
    fn tell(&self, event: &Event, now: Instant) -> Vec<String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Planned { blobs } => {
                let content = blobs.iter().filter(|blob| blob.role == Role::Content);
                state.checked.size += content.map(|blob| blob.size).sum::<u64>();
                let layers = blobs.iter().filter(|blob| is_layer(blob.role));
                let layers = layers.map(|blob| blob.digest);
                if self.direction == Direction::Pull {
                    state.held_back.extend(layers.map(|digest| (digest, false)));
                    return Vec::new();
                }
                let waiting = self.direction.words().waiting;
                layers.map(|digest| named(&digest, waiting)).collect()
            }
            Event::Blob {
                digest,
                step: Step::Exists,
                ..
            } if !state.held_back.is_empty() => {
                let of_this = |(known, _): &&mut (Digest, bool)| known == digest;
                if let Some((_, here)) = state.held_back.iter_mut().find(of_this) {
                    *here = true;
                }
                Vec::new()
            }
            Event::Blob {
                role: Role::Content,
                step: Step::Moved { bytes },
                ..
            } => {
                let checked = &mut state.checked;
                checked.mentioned.get_or_insert(now);
                if checked.is_due(*bytes, now) {
                    return vec![checked.progress("Checking")];
                }
                Vec::new()
            }
            Event::Blob { digest, role, step } => {
                let mut lines = state.release();
                if is_layer(*role) {
                    let words = self.step(&mut state, *digest, step, now);
                    lines.extend(words.iter().map(|words| named(digest, words)));
                }
                lines
            }
            other => notice(other).into_iter().collect(),
        }
    }

    fn step(&self, state: &mut State, digest: Digest, step: &Step, now: Instant) -> Vec<String> {
        let layer = state.layers.entry(digest).or_default();
        let pull = self.direction == Direction::Pull;
        let words = self.direction.words();
        let word = words.moving;
        match step {
            Step::Exists => vec![words.exists.to_owned()],
            Step::Mounted { from } => vec![format!("Mounted from {}", from.repository)],
            Step::Started { size, resumed } => {
                let again = layer.mentioned.replace(now).is_some();
                (layer.size, layer.moved) = (*size, *resumed);
                match (again, resumed) {
                    (true, _) => Vec::new(),
                    (false, 0) => vec![word.to_owned()],
                    (false, _) => vec![layer.progress(word)],
                }
            }
            Step::Moved { bytes } => {
                if layer.is_due(*bytes, now) {
                    return vec![layer.progress(word)];
                }
                Vec::new()
            }
            Step::Rewound { bytes } => {
                layer.moved = layer.moved.saturating_sub(*bytes);
                Vec::new()
            }
            Step::Verifying if pull => vec![words.verifying.to_owned()],
            Step::Verifying => Vec::new(),
            Step::Done if pull => vec!["Download complete".to_owned(), words.done.to_owned()],
            Step::Done => vec![words.done.to_owned()],
        }
    }
}

fn named(digest: &Digest, words: &str) -> String {
    format!("{}: {words}", layer_id(digest))
}

impl State {
    /// What was held back, now that something moves.
    fn release(&mut self) -> Vec<String> {
        let told = |(digest, here): (Digest, bool)| {
            named(&digest, if here { "Already exists" } else { "Waiting" })
        };
        self.held_back.drain(..).map(told).collect()
    }
}

impl Layer {
    /// Adds what moved; whether it is time to say how far it is.
    fn is_due(&mut self, bytes: u64, now: Instant) -> bool {
        self.moved += bytes;
        let long_ago = |last| now.saturating_duration_since(last) >= MENTION_EVERY;
        let due = self.mentioned.is_some_and(long_ago);
        if due {
            self.mentioned = Some(now);
        }
        due
    }

    fn progress(&self, word: &str) -> String {
        let (moved, size) = (
            units::precise_size(self.moved),
            units::precise_size(self.size),
        );
        format!("{word}  {moved}/{size}")
    }
}

impl Observer for Lines {
    fn observe(&self, event: &Event) {
        for line in self.tell(event, Instant::now()) {
            output::story(&line);
        }
    }
}

impl Progress for Lines {
    /// The next image of the same command is told of for itself.
    fn finish(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{PlannedBlob, Role};

    fn layer(step: Step) -> Event {
        Event::Blob {
            digest: Digest::of(b"layer"),
            role: Role::Layer,
            step,
        }
    }

    fn told(lines: &Lines, events: &[Event]) -> Vec<String> {
        let now = Instant::now();
        let id = layer_id(&Digest::of(b"layer"));
        events
            .iter()
            .flat_map(|event| lines.tell(event, now))
            .map(|line| line.replace(&id, "ID"))
            .collect()
    }

    #[test]
    fn a_pull_has_dockers_words() {
        let lines = Lines::new(Direction::Pull);
        let blob = |role, content: &[u8]| PlannedBlob {
            digest: Digest::of(content),
            role,
            size: 9,
        };
        let planned = vec![blob(Role::Config, b"config"), blob(Role::Layer, b"layer")];
        let events = [
            Event::Planned { blobs: planned },
            layer(Step::Started {
                size: 9,
                resumed: 0,
            }),
            layer(Step::Moved { bytes: 9 }),
            layer(Step::Verifying),
            layer(Step::Done),
        ];
        assert_eq!(
            told(&lines, &events),
            [
                "ID: Waiting",
                "ID: Downloading",
                "ID: Verifying Checksum",
                "ID: Download complete",
                "ID: Pull complete"
            ]
        );
    }

    #[test]
    fn an_image_that_is_up_to_date_has_no_lines_and_a_known_layer_is_not_waited_for() {
        let blob = |content: &[u8]| PlannedBlob {
            digest: Digest::of(content),
            role: Role::Layer,
            size: 9,
        };
        let planned = || Event::Planned {
            blobs: vec![blob(b"layer"), blob(b"other")],
        };
        let up_to_date = Lines::new(Direction::Pull);
        assert!(told(&up_to_date, &[planned(), layer(Step::Exists)]).is_empty());
        let lines = Lines::new(Direction::Pull);
        let other = Digest::of(b"other");
        let started = Event::Blob {
            digest: other,
            role: Role::Layer,
            step: Step::Started {
                size: 9,
                resumed: 0,
            },
        };
        let id = layer_id(&other);
        assert_eq!(
            told(&lines, &[planned(), layer(Step::Exists), started]),
            [
                "ID: Already exists".to_owned(),
                format!("{id}: Waiting"),
                format!("{id}: Downloading")
            ]
        );
    }

    #[test]
    fn a_push_has_dockers_words() {
        let lines = Lines::new(Direction::Push);
        let from = "127.0.0.1:25000/lab/python".parse().unwrap();
        let events = [
            layer(Step::Started {
                size: 9,
                resumed: 0,
            }),
            layer(Step::Verifying),
            layer(Step::Done),
            layer(Step::Exists),
            layer(Step::Mounted { from }),
        ];
        assert_eq!(
            told(&lines, &events),
            [
                "ID: Pushing",
                "ID: Pushed",
                "ID: Layer already exists",
                "ID: Mounted from lab/python"
            ]
        );
    }

    #[test]
    fn a_long_layer_is_mentioned_every_ten_seconds() {
        let lines = Lines::new(Direction::Pull);
        let start = Instant::now();
        let at = |seconds: u64, step: Step| {
            lines.tell(&layer(step), start + Duration::from_secs(seconds))
        };
        assert_eq!(
            at(
                0,
                Step::Started {
                    size: 1_070_000_000,
                    resumed: 300_000
                }
            )
            .len(),
            1
        );
        assert!(at(9, Step::Moved { bytes: 12_000_000 }).is_empty());
        let line = at(10, Step::Moved { bytes: 0 });
        assert!(
            line[0].ends_with(": Downloading  12.3MB/1.07GB"),
            "{line:?}"
        );
        assert!(at(11, Step::Moved { bytes: 1 }).is_empty());
        assert!(
            at(
                12,
                Step::Started {
                    size: 1_070_000_000,
                    resumed: 0
                }
            )
            .is_empty(),
            "said once"
        );
    }

    #[test]
    fn a_long_check_says_how_far_it_is_and_nothing_of_single_blobs() {
        let lines = Lines::new(Direction::Pull);
        let start = Instant::now();
        let content = |name: &[u8], step| Event::Blob {
            digest: Digest::of(name),
            role: Role::Content,
            step,
        };
        let blobs = [&b"1"[..], b"2"].map(|name| PlannedBlob {
            digest: Digest::of(name),
            role: Role::Content,
            size: 1_000_000,
        });
        let planned = Event::Planned {
            blobs: blobs.to_vec(),
        };
        assert!(lines.tell(&planned, start).is_empty());
        let at = |seconds, event: &Event| lines.tell(event, start + Duration::from_secs(seconds));
        let moved = |bytes| Step::Moved { bytes };
        assert!(at(0, &content(b"1", moved(900_000))).is_empty());
        assert!(at(9, &content(b"1", moved(100_000))).is_empty());
        assert!(at(9, &content(b"1", Step::Done)).is_empty());
        let line = at(10, &content(b"2", moved(500_000)));
        assert_eq!(line, ["Checking  1.5MB/2MB"]);
        assert!(at(11, &content(b"2", moved(500_000))).is_empty());
    }

    #[test]
    fn configs_are_not_shown_and_server_text_is_escaped() {
        let lines = Lines::new(Direction::Pull);
        let config = Event::Blob {
            digest: Digest::of(b"config"),
            role: Role::Config,
            step: Step::Done,
        };
        let warning = Event::Warning {
            message: "a\x1b[2Jb".to_owned(),
        };
        assert_eq!(told(&lines, &[config, warning]), ["warning: a\\x1b[2Jb"]);
    }
}
