//! What a person at a terminal sees: a pseudo-terminal stands behind standard error, and behind a login altogether.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::image::{push_raw, small};
use crate::support::registry::{Options, Registry};

/// The near side of a pseudo-terminal.
struct Terminal {
    near: OwnedFd,
    path: String,
    shown: String,
}

impl Terminal {
    fn open() -> Self {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&near).unwrap();
        unlockpt(&near).unwrap();
        let path = ptsname(&near, Vec::new()).unwrap().into_string().unwrap();
        Self {
            near,
            path,
            shown: String::new(),
        }
    }

    fn stream(&self) -> File {
        self.near.try_clone().unwrap().into()
    }

    /// Reads until `text` is on the screen, or until nobody writes to it any more.
    fn wait_for(&mut self, text: &str) -> &str {
        let mut stream = self.stream();
        let mut buffer = [0; 1024];
        while !self.shown.contains(text) {
            // Linux says EIO once the far side is closed.
            match stream.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(count) => self
                    .shown
                    .push_str(&String::from_utf8_lossy(&buffer[..count])),
            }
        }
        &self.shown
    }

    fn types(&self, text: &str) {
        self.stream().write_all(text.as_bytes()).unwrap();
    }

    fn echoes(&self) -> bool {
        let settings = tcgetattr(&self.near).unwrap();
        settings.local_modes.contains(LocalModes::ECHO)
    }
}

/// `rg` with the terminal behind standard error, and behind standard input for what asks; a session of its own, so
/// that the terminal is the one it is controlled by.
fn run(
    env: &Env,
    terminal: &Terminal,
    term: &str,
    arguments: &str,
) -> crate::support::env::Running {
    let script = format!(
        "exec '{}' {arguments} <'{path}' 2>'{path}'",
        env!("CARGO_BIN_EXE_rg"),
        path = terminal.path
    );
    env.program("setsid", &["sh", "-c", &script])
        .env("TERM", term)
        .spawn()
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_gets_lines() {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    let name = format!("{}/app:v1", registry.host());
    let pulled = |term: &str, how: &str| {
        let (env, mut terminal) = (Env::new(), Terminal::open());
        let running = run(&env, &terminal, term, &format!("pull {how} {name}"));
        let shown = terminal.wait_for("Pull complete").to_owned();
        running.wait().succeeds();
        shown
    };
    for how in ["", "--progress bars"] {
        let lines = pulled("dumb", how);
        assert!(lines.contains(": Downloading\r\n"), "{how}: {lines:?}");
        assert!(!lines.contains('\x1b'), "{how}: {lines:?}");
    }
    assert!(pulled("xterm", "").contains('\x1b'));
}

#[test]
fn a_password_is_never_seen_however_early_it_is_typed() {
    let (env, mut terminal) = (Env::new(), Terminal::open());
    let running = run(&env, &terminal, "xterm", "login --retries 0 127.0.0.1:1");
    terminal.wait_for("Username: ");
    assert!(terminal.echoes());
    terminal.types("bob\n");
    terminal.wait_for("Password: ");
    assert!(!terminal.echoes(), "{}", terminal.shown);
    terminal.types("hunter2\n");
    running.wait().exits(5);
    assert!(terminal.echoes());
    assert!(
        terminal
            .wait_for("cannot log in")
            .contains("Password: \r\n"),
        "{}",
        terminal.shown
    );
    assert!(!terminal.shown.contains("hunter2"), "{}", terminal.shown);
}

#[test]
fn what_follows_a_question_begins_a_new_line_however_it_ends() {
    for (typed, code, said) in [
        ("\x04", 2, "a user name is required"),
        ("\x03", 130, "interrupted"),
    ] {
        let (env, mut terminal) = (Env::new(), Terminal::open());
        let running = run(&env, &terminal, "xterm", "--color never login 127.0.0.1:1");
        terminal.wait_for("Username: ");
        terminal.types(typed);
        running.wait().exits(code);
        let shown = terminal.wait_for(said).to_owned();
        let line = shown.lines().find(|line| line.contains(said));
        assert!(
            line.is_some_and(|line| !line.contains("Username")),
            "{shown:?}"
        );
    }
    let (env, mut terminal) = (Env::new(), Terminal::open());
    let running = run(
        &env,
        &terminal,
        "xterm",
        "--color never login -u bob 127.0.0.1:1",
    );
    terminal.wait_for("Password: ");
    terminal.types("\x04");
    running.wait().exits(2);
    let shown = terminal.wait_for("a password is required");
    assert!(shown.contains("Password: \r\nerror: "), "{shown:?}");
}

#[test]
fn a_tar_is_not_written_to_a_terminal() {
    let (env, terminal) = (Env::new(), Terminal::open());
    for run in [
        "unpack --tar app:v1",
        "unpack app:v1 --tar -",
        "save app:v1",
    ] {
        let script = format!(
            "exec '{}' {run} >'{}'",
            env!("CARGO_BIN_EXE_rg"),
            terminal.path
        );
        env.program("setsid", &["sh", "-c", &script])
            .run()
            .exits(2)
            .says("cowardly refusing");
    }
}
