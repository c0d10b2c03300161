//! `-D`, `--log-level`, `RG_LOG`: what the inner rooms say about their work, on standard error, escaped.

use std::io::Write;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::options::GlobalOptions;
use super::output;
use super::render::escape::escape_lines;
use super::report::usage;
use crate::config::Environment;
use crate::error::Result;

/// The crate whose words a bare level is about.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// Turns the log on if it is asked for. The flag counts more than the variable, the variable more than `-D`.
///
/// # Errors
/// `Usage` for a filter that cannot be understood.
pub(crate) fn begin(global: &GlobalOptions, environment: &Environment) -> Result<()> {
    let asked = global
        .log_level
        .as_deref()
        .or_else(|| environment.get("RG_LOG"))
        .or_else(|| global.debug.then_some("debug"));
    let Some(asked) = asked else { return Ok(()) };
    let filter = filter(asked)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Escaped)
        .finish();
    // A second call in one process (tests) keeps the first subscriber.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn filter(asked: &str) -> Result<EnvFilter> {
    let level = ["off", "error", "warn", "info", "debug", "trace"];
    let directives = if level.contains(&asked.to_ascii_lowercase().as_str()) {
        format!("{OURS}={}", asked.to_ascii_lowercase())
    } else if asked.contains('=') {
        asked.to_owned()
    } else {
        return Err(usage(
            format!("unknown log level {asked:?}"),
            Some("it may be error, warn, info, debug or trace, or a filter such as rg=debug"),
        ));
    };
    EnvFilter::try_new(&directives)
        .map_err(|error| usage(format!("invalid log filter {asked:?}: {error}"), None))
}

/// Standard error behind the escape function.
struct Escaped;

impl MakeWriter<'_> for Escaped {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

impl Write for Escaped {
    /// Takes one event, which the formatter hands over whole.
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        output::story(&escape_lines(text.trim_end_matches('\n')));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_filters_are_understood_and_the_rest_is_refused() {
        assert_eq!(filter("Debug").unwrap().to_string(), "rg=debug");
        assert!(filter("rg=trace,hyper=info").is_ok());
        assert_eq!(filter("loud").unwrap_err().exit_code(), 2);
        assert_eq!(filter("rg=loud").unwrap_err().exit_code(), 2);
    }
}
