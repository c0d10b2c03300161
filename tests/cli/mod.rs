//! What a person types and sees, where no registry is needed: each command with its streams and exit code.

mod config;
#[cfg(not(target_os = "macos"))] // whose keychain no variable leads away from
mod credential;
mod doctor;
mod doctor_host;
mod fsck;
mod help;
mod images;
mod inspect;
mod login;
mod login_file;
mod logins;
mod moving;
mod search;
mod streams;
mod tags;
mod terminal;
mod usage;

use crate::support::env::Env;

/// The text of one program run under another name, in a private world.
fn called(name: &str, arguments: &[&str]) -> crate::support::env::Output {
    let world = Env::new();
    let program = world.path(name);
    std::fs::hard_link(env!("CARGO_BIN_EXE_rg"), &program)
        .or_else(|_| std::fs::copy(env!("CARGO_BIN_EXE_rg"), &program).map(drop))
        .unwrap();
    world
        .program(&program.display().to_string(), arguments)
        .run()
}
