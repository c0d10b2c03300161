//! `completion`: scripts for shells, under the name the program was called by.

use clap::Args;
use clap_complete::Shell;

use crate::cli::output;
use crate::cli::report::{Outcome, Status};

/// Print the completion script of a shell
#[derive(Args)]
#[command(after_help = "Examples:
  {program} completion bash > ~/.local/share/bash-completion/completions/{program}
  {program} completion zsh > \"${fpath[1]}/_{program}\"
  {program} completion fish > ~/.config/fish/completions/{program}.fish")]
pub(crate) struct Options {
    /// bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(program: &str, options: &Options) -> Outcome {
    let mut script = Vec::new();
    let mut command = crate::cli::command(program);
    clap_complete::generate(options.shell, &mut command, program, &mut script);
    output::bytes(&script)?;
    Ok(Status::SUCCESS)
}
