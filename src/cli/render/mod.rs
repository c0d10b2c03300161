//! How things look: sizes, tables, templates, and the renderers of what happens while images move.
//!
//! Every renderer is an [`Observer`]. All text that came from a server or an archive passes [`escape::escape`]. What
//! moves is told on standard error only; results on standard output are the commands' own business.

use std::sync::Arc;

use indicatif::ProgressDrawTarget;

use crate::event::{Event, Observer, Role};
use crate::oci::Digest;

mod bar_style;
pub(crate) mod bars;
pub(crate) mod escape;
pub(crate) mod format;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod quiet;
mod screen;
pub(crate) mod table;
pub(crate) mod template;
pub(crate) mod tree;
pub(crate) mod units;
pub(crate) mod value;

/// Which way images move: docker has other words for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From a registry to this machine.
    Pull,
    /// From this machine to a registry.
    Push,
    /// From any place to any other.
    Copy,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// Bars on a terminal, lines elsewhere.
    Auto,
    /// One bar a layer and a total.
    Bars,
    /// Docker's words, one line a step.
    Lines,
    /// One JSON object a step.
    Json,
    /// Warnings only.
    None,
}

/// A renderer of progress.
pub(crate) trait Progress: Observer {
    /// Leaves the terminal as a command's last words should find it. May be called more than once.
    fn finish(&self);
}

/// The renderer for `mode`, with `auto` settled by what standard error is: bars need a terminal that can move its cursor,
/// which `TERM=dumb` says it cannot.
pub(crate) fn progress(mode: Mode, direction: Direction) -> Arc<dyn Progress> {
    match mode {
        Mode::Json => Arc::new(json::Json::new()),
        Mode::None => Arc::new(quiet::Quiet),
        Mode::Bars | Mode::Auto if !ProgressDrawTarget::stderr().is_hidden() => {
            Arc::new(bars::Bars::new(direction))
        }
        Mode::Auto | Mode::Bars | Mode::Lines => Arc::new(lines::Lines::new(direction)),
    }
}

/// What a layer is called in progress: docker's twelve digits.
pub(crate) fn layer_id(digest: &Digest) -> String {
    digest.short()
}

/// Whether an event is about something shown as a line: layers only.
pub(crate) fn is_layer(role: Role) -> bool {
    role == Role::Layer
}

/// The warning or note an event is to every renderer but JSON, escaped.
pub(crate) fn notice(event: &Event) -> Option<String> {
    match event {
        Event::Warning { message } => Some(format!("warning: {}", escape::escape(message))),
        Event::Waiting { digest } => Some(format!(
            "{}: Waiting for another process that is fetching it",
            layer_id(digest)
        )),
        Event::Retrying {
            doing,
            reason,
            wait,
        } => Some(format!(
            "retrying in {}: {}: {}",
            units::duration(*wait),
            escape::escape(doing),
            escape::escape(reason)
        )),
        _ => None,
    }
}
