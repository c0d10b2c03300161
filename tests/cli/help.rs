//! Help, version, completions and manual pages, under whatever name the program has.

use super::called;
use crate::support::env::Env;

const COMMANDS: [&str; 22] = [
    "login",
    "logout",
    "credential",
    "pull",
    "push",
    "images",
    "tag",
    "rmi",
    "search",
    "catalog",
    "tags",
    "inspect",
    "manifest",
    "digest",
    "expire",
    "fsck",
    "serve",
    "doctor",
    "image",
    "completion",
    "man",
    "version",
];

#[test]
fn every_command_has_a_purpose_and_its_own_help() {
    let world = Env::new();
    let help = world.rg(["--help"]).succeeds();
    for command in COMMANDS {
        let listed = help.stdout.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(command) && words.next().is_some()
        });
        assert!(listed, "{command} is not in {help}");
        let own = world.rg([command, "--help"]).succeeds();
        assert!(
            own.stdout.contains(&format!("Usage: rg {command}")),
            "{own}"
        );
        assert_eq!(own.stderr, "", "{own}");
    }
}

#[test]
fn examples_stand_in_the_help_and_hide_no_placeholder() {
    let world = Env::new();
    for command in COMMANDS {
        let help = world.rg([command, "--help"]).succeeds().hides("{program}");
        let plain = matches!(command, "image" | "version");
        assert!(plain || help.stdout.contains("Examples:"), "{help}");
    }
}

#[test]
fn the_program_goes_by_the_name_it_was_called_by() {
    called("crane-rg", &["--version"])
        .succeeds()
        .prints(&format!("crane-rg {}", env!("CARGO_PKG_VERSION")));
    called("crane-rg", &["pull", "--help"])
        .succeeds()
        .prints("Usage: crane-rg pull")
        .prints("  crane-rg pull debian")
        .hides(" rg pull");
    called("crane-rg", &["pull"])
        .exits(2)
        .says("`crane-rg pull` needs");
    called("crane-rg", &["man", "pull"])
        .succeeds()
        .prints("crane\\-rg\\-pull");
    called("crane-rg", &["completion", "bash"])
        .succeeds()
        .prints("-F _crane__rg ")
        .hides("default rg\n");
    called("crane-rg", &["push", "none/x"])
        .exits(3)
        .says("`crane-rg pull none/x`");
}

#[test]
fn version_is_told_in_one_line_or_in_full() {
    let world = Env::new();
    let line = format!("rg {}", env!("CARGO_PKG_VERSION"));
    for spelling in ["--version", "-v"] {
        let output = world.rg([spelling]).succeeds();
        assert_eq!(output.stdout.trim_end(), line);
    }
    let full = world.rg(["version"]).succeeds();
    assert!(
        full.stdout.starts_with(&line) && full.stdout.contains("OS/Arch:"),
        "{full}"
    );
}

#[test]
fn what_needs_no_settings_works_with_broken_ones() {
    let world = Env::new();
    world.settings("no toml at all [");
    for arguments in [
        &["version"][..],
        &["man"],
        &["completion", "fish"],
        &["--help"],
    ] {
        world.rg(arguments).succeeds();
    }
    world.rg(["images"]).exits(7).says("settings.toml");
}

#[test]
fn every_shell_has_a_completion() {
    let world = Env::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        world
            .rg(["completion", shell])
            .succeeds()
            .prints("all-platforms");
    }
    world.rg(["completion", "csh"]).exits(2).says("csh");
}

#[test]
fn every_command_has_a_manual_page() {
    let world = Env::new();
    world.rg(["man"]).succeeds().prints(".TH rg 1");
    for command in COMMANDS {
        let page = world.rg(["man", command]).succeeds();
        assert!(
            page.stdout.contains(&format!(".TH rg-{command} 1")),
            "{page}"
        );
    }
    world
        .rg(["man", "image", "ls"])
        .succeeds()
        .prints("rg\\-image\\-ls");
    world
        .rg(["man", "nope"])
        .exits(2)
        .says("there is no command \"nope\"");
}

#[test]
fn help_below_the_options_fits_any_terminal() {
    fn check(command: &clap::Command) {
        let name = command.get_name();
        let text = command.get_after_help().map(ToString::to_string);
        let lines: Vec<String> = text
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect();
        for (at, line) in lines.iter().enumerate() {
            if line.starts_with("  ") {
                assert!(line.chars().count() <= 80, "{name}: {line}");
            } else if !line.is_empty() && line != "Examples:" {
                // Prose is wrapped to the terminal: a line break of its own would make it ragged.
                let next = lines.get(at + 1);
                assert!(next.is_none_or(String::is_empty), "{name}: {line}");
            }
        }
        command.get_subcommands().for_each(check);
    }
    check(&rg::cli::command("rg"));
}
