//! Progress on a terminal: a line for each layer, and one for everything with bytes, rate and the time left.
//!
//! A layer's line ends in docker's words. When an image has more layers than the terminal has lines, only those on
//! their way have one; a finished layer moves up into the scrollback. Configs count in the total and have no line.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar};

use super::bar_style::{console_size, moving_style, total_style, words_style};
use super::screen::Screen;
use super::{Direction, Progress, is_layer, layer_id, notice};
use crate::event::{Event, Observer, PlannedBlob, Role, Step};
use crate::oci::Digest;

/// Lines kept free of layers: one for the total, one for the prompt that follows.
const RESERVED_LINES: u16 = 2;
/// A terminal narrower than this, in columns, has no room for a bar beside the numbers.
const NARROW: u16 = 64;
/// How often the total is drawn again while nothing arrives, so that rate and time left stay true.
const TICK: Duration = Duration::from_millis(100);
/// Bars for images that move in one direction.
pub(crate) struct Bars {
    direction: Direction,
    multi: MultiProgress,
    screen: Screen,
    slots: usize,
    wide: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    layers: HashMap<Digest, ProgressBar>,
    sizes: HashMap<Digest, u64>,
    total: Option<ProgressBar>,
    /// What a pull has told so far while it is not known to move anything: an image that is up to date draws nothing.
    held_back: Vec<Event>,
    moving: bool,
}

impl Bars {
    /// Bars on standard error, as many as its terminal has lines for.
    pub(crate) fn new(direction: Direction) -> Self {
        let term = console_size();
        Self::drawn_on(Screen::stderr(), direction, term)
    }

    fn drawn_on(screen: Screen, direction: Direction, (rows, columns): (u16, u16)) -> Self {
        Self {
            direction,
            multi: MultiProgress::with_draw_target(screen.target()),
            screen,
            slots: usize::from(rows.saturating_sub(RESERVED_LINES).max(1)),
            wide: columns >= NARROW,
            state: Mutex::default(),
        }
    }

    fn plan(&self, state: &mut State, blobs: &[PlannedBlob]) {
        let fresh = |blob: &&PlannedBlob| !state.sizes.contains_key(&blob.digest);
        let fresh: Vec<PlannedBlob> = blobs.iter().filter(fresh).cloned().collect();
        state
            .sizes
            .extend(fresh.iter().map(|blob| (blob.digest, blob.size)));
        let sum = fresh.iter().map(|blob| blob.size).sum();
        if let Some(total) = &state.total {
            total.inc_length(sum);
        } else {
            let total = ProgressBar::new(sum).with_style(total_style(self.wide));
            let total = self.multi.add(total);
            total.enable_steady_tick(TICK);
            state.total = Some(total);
        }
        let layers: Vec<&PlannedBlob> = fresh.iter().filter(|blob| is_layer(blob.role)).collect();
        if state.layers.len() + layers.len() <= self.slots {
            for blob in layers {
                self.line(state, blob.digest, self.direction.words().waiting);
            }
        }
    }

    /// The line of a layer, made if there is room for it.
    fn line(&self, state: &mut State, digest: Digest, word: &'static str) -> Option<ProgressBar> {
        if let Some(bar) = state.layers.get(&digest) {
            return Some(bar.clone());
        }
        if state.layers.len() >= self.slots {
            return None;
        }
        let bar = ProgressBar::new(state.sizes.get(&digest).copied().unwrap_or(0))
            .with_style(words_style())
            .with_prefix(layer_id(&digest))
            .with_message(word);
        let bar = match &state.total {
            Some(total) => self.multi.insert_before(total, bar),
            None => self.multi.add(bar),
        };
        bar.tick();
        state.layers.insert(digest, bar.clone());
        Some(bar)
    }

    fn step(&self, state: &mut State, digest: Digest, role: Role, step: &Step) {
        state.count(digest, step);
        if !is_layer(role) {
            return;
        }
        let words = self.direction.words();
        match step {
            Step::Started { size, resumed } => {
                if let Some(bar) = self.line(state, digest, words.moving) {
                    bar.set_style(moving_style(self.wide));
                    bar.set_message(words.moving);
                    bar.set_length(*size);
                    bar.set_position(*resumed);
                }
            }
            Step::Moved { bytes } => {
                if let Some(bar) = state.layers.get(&digest) {
                    bar.inc(*bytes);
                }
            }
            Step::Rewound { bytes } => {
                if let Some(bar) = state.layers.get(&digest) {
                    bar.dec(*bytes);
                }
            }
            Step::Verifying => {
                if let Some(bar) = state.layers.get(&digest) {
                    bar.set_style(words_style());
                    bar.set_message(words.verifying);
                }
            }
            Step::Exists => self.end(state, digest, words.exists.to_owned()),
            Step::Mounted { from } => {
                self.end(state, digest, format!("Mounted from {}", from.repository));
            }
            Step::Done => self.end(state, digest, words.done.to_owned()),
        }
    }
}

impl State {
    /// Adds a step to the total.
    fn count(&self, digest: Digest, step: &Step) {
        let Some(total) = &self.total else { return };
        match step {
            Step::Exists | Step::Mounted { .. } => {
                total.dec_length(self.sizes.get(&digest).copied().unwrap_or(0));
            }
            Step::Started { resumed, .. } => {
                // What an earlier run brought is no merit of this one: it leaves the sum instead of racing the rate.
                total.dec_length(*resumed);
            }
            Step::Moved { bytes } => total.inc(*bytes),
            Step::Rewound { bytes } => {
                let position = total.position();
                total.set_position(position.saturating_sub(*bytes));
                total.inc_length(bytes.saturating_sub(position));
            }
            Step::Verifying | Step::Done => {}
        }
    }
}

impl Bars {
    /// Ends a layer's line in words: where it stands if all layers fit the terminal, else in the scrollback.
    fn end(&self, state: &mut State, digest: Digest, words: String) {
        let layers = state.sizes.len();
        match state.layers.get(&digest) {
            Some(bar) if layers <= self.slots => {
                bar.set_style(words_style());
                bar.finish_with_message(words);
            }
            bar => {
                if let Some(bar) = bar {
                    bar.finish_and_clear();
                    self.multi.remove(bar);
                    state.layers.remove(&digest);
                }
                self.say(&format!("{}: {words}", layer_id(&digest)));
            }
        }
    }

    /// A line above the bars.
    fn say(&self, line: &str) {
        // A terminal that is gone cannot be told so.
        let _ = self.multi.println(line);
    }
}

impl Bars {
    fn draw(&self, state: &mut State, event: &Event) {
        match event {
            Event::Planned { blobs } => self.plan(state, blobs),
            Event::Blob { digest, role, step } => self.step(state, *digest, *role, step),
            other => {
                if let Some(text) = notice(other) {
                    self.say(&text);
                }
            }
        }
    }
}

impl Observer for Bars {
    fn observe(&self, event: &Event) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing_moves = matches!(
            event,
            Event::Planned { .. }
                | Event::Blob {
                    step: Step::Exists,
                    ..
                }
        );
        if self.direction == Direction::Pull && nothing_moves && !state.moving {
            state.held_back.push(event.clone());
            return;
        }
        if let Event::Blob { .. } = event {
            state.moving = true;
            for earlier in std::mem::take(&mut state.held_back) {
                self.draw(&mut state, &earlier);
            }
        }
        self.draw(&mut state, event);
    }
}

impl Drop for Bars {
    /// A command that is dropped in its middle leaves a clean terminal.
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for Bars {
    fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, bar) in state.layers.drain() {
            if !bar.is_finished() {
                bar.finish_and_clear();
            }
        }
        if let Some(total) = state.total.take() {
            total.disable_steady_tick();
            total.finish_and_clear();
        }
        *state = State::default();
        self.screen.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::InMemoryTerm;

    fn blob(content: &[u8], role: Role) -> PlannedBlob {
        PlannedBlob {
            digest: Digest::of(content),
            role,
            size: 1_000_000,
        }
    }

    fn step(content: &[u8], step: Step) -> Event {
        Event::Blob {
            digest: Digest::of(content),
            role: Role::Layer,
            step,
        }
    }

    fn bars(rows: u16, columns: u16) -> (Bars, InMemoryTerm) {
        let term = InMemoryTerm::new(rows, columns);
        let screen = Screen::on(term.clone());
        (
            Bars::drawn_on(screen, Direction::Pull, (rows, columns)),
            term,
        )
    }

    #[test]
    fn layers_end_in_dockers_words_and_the_total_goes() {
        let (bars, term) = bars(10, 80);
        let planned = vec![
            blob(b"c", Role::Config),
            blob(b"1", Role::Layer),
            blob(b"2", Role::Layer),
        ];
        bars.observe(&Event::Planned { blobs: planned });
        bars.observe(&step(b"1", Step::Exists));
        bars.observe(&step(
            b"2",
            Step::Started {
                size: 1_000_000,
                resumed: 250_000,
            },
        ));
        bars.observe(&step(b"2", Step::Moved { bytes: 750_000 }));
        bars.observe(&step(b"2", Step::Done));
        bars.finish();
        let (one, two) = (layer_id(&Digest::of(b"1")), layer_id(&Digest::of(b"2")));
        assert_eq!(
            term.contents(),
            format!("{one}: Already exists\n{two}: Pull complete")
        );
    }

    #[test]
    fn an_echoed_ctrl_c_leaves_no_line_behind() {
        use indicatif::TermLike;
        let (bars, term) = bars(10, 80);
        term.write_line("Pulling").unwrap();
        let layers = [b"1", b"2"];
        bars.observe(&Event::Planned {
            blobs: layers.map(|name| blob(name, Role::Layer)).to_vec(),
        });
        for name in layers {
            let (size, resumed) = (1_000_000, 0);
            bars.observe(&step(name, Step::Started { size, resumed }));
        }
        assert_eq!(term.contents().lines().count(), 4);
        term.write_str("^C^C").unwrap();
        bars.finish();
        assert_eq!(term.contents(), "Pulling");
        term.write_line("interrupted").unwrap();
        assert_eq!(term.contents(), "Pulling\ninterrupted");
    }

    #[test]
    fn what_is_printed_after_the_bars_begins_below_them() {
        use indicatif::TermLike;
        let (bars, term) = bars(10, 80);
        bars.observe(&Event::Planned {
            blobs: vec![blob(b"1", Role::Layer)],
        });
        let (size, resumed) = (1_000_000, 0);
        bars.observe(&step(b"1", Step::Started { size, resumed }));
        bars.observe(&step(b"1", Step::Done));
        bars.finish();
        bars.finish();
        term.write_line("Digest").unwrap();
        let layer = layer_id(&Digest::of(b"1"));
        assert_eq!(term.contents(), format!("{layer}: Pull complete\nDigest"));
    }

    #[test]
    fn a_low_terminal_never_has_more_lines_than_fit() {
        let (bars, term) = bars(5, 80);
        let names: Vec<Vec<u8>> = (0..20_u8).map(|n| vec![n]).collect();
        bars.observe(&Event::Planned {
            blobs: names.iter().map(|name| blob(name, Role::Layer)).collect(),
        });
        for name in &names {
            bars.observe(&step(
                name,
                Step::Started {
                    size: 1_000_000,
                    resumed: 0,
                },
            ));
        }
        let drawn = term.contents().lines().count();
        assert!(drawn <= 4, "{drawn} lines on a terminal of 5");
        for name in &names {
            bars.observe(&step(name, Step::Done));
        }
        bars.finish();
        assert!(
            term.contents()
                .lines()
                .all(|line| line.ends_with(": Pull complete"))
        );
    }

    #[test]
    fn a_narrow_terminal_has_numbers_and_no_broken_lines() {
        let (bars, term) = bars(10, 30);
        bars.observe(&Event::Planned {
            blobs: vec![blob(b"1", Role::Layer)],
        });
        bars.observe(&step(b"1", Step::Exists));
        assert_eq!(term.contents(), "", "nothing moves yet");
        bars.observe(&step(
            b"1",
            Step::Started {
                size: 1_000_000,
                resumed: 0,
            },
        ));
        bars.observe(&step(b"1", Step::Moved { bytes: 500_000 }));
        let contents = term.contents();
        assert!(contents.lines().count() <= 2, "{contents}");
        assert!(!contents.contains('['), "{contents}");
    }
}
