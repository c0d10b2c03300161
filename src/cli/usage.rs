//! The seam to clap: the program's name put everywhere, and its usage errors told in this program's own form.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::output;
use super::render::escape::{escape, escape_lines};
use super::{PROGRAM, report};

/// The exit code of a usage error.
const USAGE: u8 = 2;

/// `command` under the name `program`, in usage lines and examples of every subcommand.
pub(crate) fn named(command: Command, program: &str) -> Command {
    let command = command
        .name(program.to_owned())
        .bin_name(program.to_owned())
        .display_name(program.to_owned());
    examples(command, program)
}

fn examples(command: Command, program: &str) -> Command {
    let replaced = |text: Option<&clap::builder::StyledStr>| {
        text.map(|text| text.to_string().replace(PROGRAM, program))
    };
    let after = replaced(command.get_after_help());
    let long = replaced(command.get_long_about());
    let command = match after {
        Some(text) => command.after_help(text),
        None => command,
    };
    let command = match long {
        Some(text) => command.long_about(text),
        None => command,
    };
    command.mut_subcommands(|inner| examples(inner, program))
}

/// Commands people know from other clients, which are to come.
const LATER: &[&str] = &["export"];

/// Prints what clap has to say and returns the exit code.
pub(crate) fn answer(error: &clap::Error, command: &Command, arguments: &[OsString]) -> u8 {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render().to_string();
            match output::bytes(text.as_bytes()) {
                Ok(()) => 0,
                Err(error) => report::told(error, command.get_name()),
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            output::story(error.render().to_string().trim_end());
            USAGE
        }
        _ => {
            output::story(&told(error, &spelled(command, arguments)));
            USAGE
        }
    }
}

/// A usage error as `error:`, `hint:` and `usage:` lines.
fn told(error: &clap::Error, command: &str) -> String {
    let rendered = error.render().to_string();
    let usage = rendered
        .lines()
        .find_map(|line| line.strip_prefix("Usage: "))
        .map(str::trim);
    let mut lines = vec![report::headed(&message(error, &rendered, command))];
    let mut hint = |text: &str| lines.push(format!("  hint: {}", escape(text)));
    let later = texts(error, ContextKind::InvalidSubcommand);
    match suggestion(error) {
        _ if later.iter().any(|name| LATER.contains(&name.as_str())) => {
            hint("it is planned and not there yet; the README tells what else works meanwhile");
        }
        Some(text) => hint(&format!("did you mean {text}?")),
        None => hint(&format!("run `{command} --help` for its options")),
    }
    if let Some(usage) = usage {
        lines.push(format!("  usage: {}", escape(usage)));
    }
    lines.join("\n")
}

/// The command that `arguments` reach, as it is typed: `rg image pull`.
fn spelled(command: &Command, arguments: &[OsString]) -> String {
    let mut words = vec![command.get_name()];
    let mut command = command;
    for argument in arguments
        .iter()
        .skip(1)
        .filter_map(|argument| argument.to_str())
    {
        if let Some(inner) = command.find_subcommand(argument) {
            words.push(argument);
            command = inner;
        }
    }
    words.join(" ")
}

fn message(error: &clap::Error, rendered: &str, command: &str) -> String {
    let invalid = texts(error, ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::MissingRequiredArgument if !invalid.is_empty() => {
            format!("`{command}` needs {}", invalid.join(" "))
        }
        ErrorKind::InvalidSubcommand => {
            let name = texts(error, ContextKind::InvalidSubcommand).join(" ");
            format!("unknown command {name:?}")
        }
        ErrorKind::UnknownArgument if invalid.iter().any(|name| name.starts_with('-')) => {
            format!("unknown option {}", invalid.join(" "))
        }
        _ => {
            // clap's own words: one paragraph behind `error: `.
            let first = rendered.split("\n\n").next().unwrap_or(rendered);
            let text = first.strip_prefix("error: ").unwrap_or(first);
            let words: Vec<&str> = text.split_whitespace().collect();
            escape_lines(&words.join(" ")).into_owned()
        }
    }
}

fn suggestion(error: &clap::Error) -> Option<String> {
    let kinds = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let meant = texts(error, ContextKind::InvalidSubcommand).concat();
    let found: Vec<String> = kinds
        .iter()
        // clap lists the likeliest last.
        .flat_map(|kind| texts(error, *kind).into_iter().rev())
        .filter(|text| meant.is_empty() || is_slip(&meant, text))
        .map(|text| format!("`{text}`"))
        .collect();
    (!found.is_empty()).then(|| found.join(" or "))
}

/// Whether one could have been typed for the other: a slip of one letter in three.
fn is_slip(typed: &str, command: &str) -> bool {
    strsim::damerau_levenshtein(typed, command) <= (typed.len() / 3).max(1)
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
