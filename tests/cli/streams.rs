//! Where output goes, and what happens when it cannot: pipes that close, colour, the log.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use rustix::process::Signal;

use crate::support::env::{Env, wait_for};

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let world = Env::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_rg"))
        .args(["completion", "bash"])
        .env("RG_STORE", world.store())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
#[cfg(target_os = "linux")] // others have no device that is always full
fn a_full_disk_behind_standard_output_is_an_error() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rg"))
        .arg("version")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7), "{output:?}");
}

#[test]
fn colour_is_only_for_terminals_unless_it_is_asked_for() {
    let world = Env::new();
    let escapes = |run: crate::support::env::Run| run.run().exits(3).stderr.contains('\x1b');
    let rmi = || world.command(["rmi", "nosuch"]);
    assert!(!escapes(rmi()));
    assert!(escapes(rmi().args(&["--color", "always"])));
    assert!(escapes(rmi().env("CLICOLOR_FORCE", "1")));
    assert!(!escapes(
        rmi().env("CLICOLOR_FORCE", "1").args(&["--color", "never"])
    ));
    assert!(!escapes(
        rmi().env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")
    ));
}

#[test]
fn the_log_goes_to_standard_error_and_results_do_not_change() {
    let world = Env::new();
    let plain = world.rg(["images"]).succeeds();
    for arguments in [&["-D", "images"][..], &["images", "--log-level", "trace"]] {
        assert_eq!(world.rg(arguments).succeeds().stdout, plain.stdout);
    }
    let logged = world
        .command(["images"])
        .env("RG_LOG", "debug")
        .run()
        .succeeds();
    assert_eq!(logged.stdout, plain.stdout);
}

/// A registry in a process of its own, and its address.
fn serve(world: &Env) -> (std::process::Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rg"))
        .args(["serve", "127.0.0.1:0"])
        .env("RG_STORE", world.store())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    // The line comes after the signals are watched: no need to wait for anything else.
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let (told, address) = line.trim().split_once(" on http://").expect("an address");
    assert!(
        told.starts_with("serving ") && address.starts_with("127.0.0.1:"),
        "{line}"
    );
    (child, address.to_owned())
}

fn signal(child: &std::process::Child, signal: Signal) {
    rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).unwrap();
}

#[test]
fn an_interrupted_server_stops_cleanly() {
    let world = Env::new();
    for by in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (mut child, _) = serve(&world);
        signal(&child, by);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn f20_a_second_signal_ends_the_program_at_once() {
    let world = Env::new();
    let (mut child, address) = serve(&world);
    let mut stream = TcpStream::connect(&address).unwrap();
    let ask = |stream: &mut TcpStream, text: &str| {
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    };
    let begun = ask(
        &mut stream,
        "POST /v2/app/blobs/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    );
    let location = begun
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .expect("a location");
    // An upload that never ends; the server says that it is reading it.
    let head = format!(
        "PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"
    );
    let told = ask(&mut stream, &head);
    assert!(told.starts_with("HTTP/1.1 100 "), "{told}");
    signal(&child, Signal::INT);
    // The listener closes first: the clean-up waits for the upload from then on.
    wait_for("the end of listening", || {
        TcpStream::connect(&address).is_err().then_some(())
    });
    assert_eq!(child.try_wait().unwrap(), None);
    signal(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

/// `nohup` starts programs so.
#[test]
fn who_is_to_outlive_the_terminal_outlives_it() {
    let world = Env::new();
    let script = "trap '' HUP; \"$RG\" serve 127.0.0.1:0 & child=$!; sleep 1; \
                  kill -HUP $child; sleep 1; kill -0 $child && kill $child && wait $child";
    world
        .program("sh", &["-c", script])
        .env("RG", env!("CARGO_BIN_EXE_rg"))
        .run()
        .succeeds()
        .prints("serving");
}
