//! docker's `config.json` under the real program: open masks, links, rivals, kills, folders and disks that take nothing.
//! Whatever happens, it is whole, private, and has everything that others wrote.
//!
//! The kills at random instants print the seed they are drawn from; `RG_TEST_SEED` sets it.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::env::{Env, Run};
use crate::support::http::{Response, Server};
use crate::support::random::Random;

const FILE: &str = "docker/config.json";

/// What somebody else wrote: odd white space, numbers and strings as no program of ours would write them.
const FOREIGN: &str = "{ \"z\":{\"n\": 1.10 ,\"big\":123456789012345678901234567890},\r\n\t\"auths\" : {\"keep.example\":{\"auth\":\"dTpw\",\"email\":\"a\\u0040b\"}},\n \"a\":[ ] }\n";

/// A registry that lets everybody in.
fn registry() -> Server {
    Server::start(|_| Response::new(200).json(&json!({})))
}

fn login(env: &Env, host: &str) -> Run {
    env.command(["login", "-u", "alice", "--password-stdin", host])
        .stdin("secret")
}

fn read(env: &Env) -> String {
    std::fs::read_to_string(env.path(FILE)).unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The files beside `config.json`, but for its lock.
fn beside(env: &Env) -> Vec<String> {
    let entries = std::fs::read_dir(env.path("docker")).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "config.json" && name != "config.json.lock")
        .collect()
}

#[test]
fn an_open_file_becomes_private_and_keeps_every_word_of_others() {
    let server = registry();
    let env = Env::new();
    let path = env.write(FILE, FOREIGN);
    set_mode(&path, 0o644);
    let script = format!(
        "umask 000; exec {} login -u alice --password-stdin {}",
        env!("CARGO_BIN_EXE_rg"),
        server.host()
    );
    env.program("sh", &["-c", &script])
        .stdin("secret")
        .run()
        .succeeds();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&env.path("docker/config.json.lock")), 0o600);
    let expected = format!(
        "{{\n\t\"z\": {{\n\t\t\"n\": 1.10,\n\t\t\"big\": 123456789012345678901234567890\n\t}},\n\t\"auths\": {{\n\t\t\
         \"keep.example\": {{\n\t\t\t\"auth\": \"dTpw\",\n\t\t\t\"email\": \"a\\u0040b\"\n\t\t}},\n\t\t\
         \"{}\": {{\n\t\t\t\"auth\": \"YWxpY2U6c2VjcmV0\"\n\t\t}}\n\t}},\n\t\"a\": []\n}}",
        server.host()
    );
    assert_eq!(read(&env), expected);
    assert_eq!(beside(&env), [""; 0]);
}

#[test]
fn a_link_stays_and_the_file_it_means_is_written() {
    let server = registry();
    let host = server.host();
    let env = Env::new();
    std::fs::create_dir(env.path("dotfiles")).unwrap();
    let real = env.path("dotfiles/docker.json");
    let link = env.path(FILE);
    symlink("../dotfiles/docker.json", &link).unwrap();
    // At first there is nothing behind it.
    for before in [None, Some(FOREIGN)] {
        if let Some(text) = before {
            std::fs::write(&real, text).unwrap();
        }
        login(&env, &host).run().succeeds();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(mode(&real), 0o600);
        let document = env.docker_config();
        assert!(document["auths"][&host]["auth"].is_string());
        let kept = &document["auths"]["keep.example"];
        assert_eq!(kept.is_object(), before.is_some());
        env.rg(["logout", &host]).succeeds();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(env.docker_config()["auths"][&host].is_null());
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_a_clear_error_and_nothing_is_lost() {
    let server = registry();
    let host = server.host();
    let env = Env::new();
    let path = env.write(FILE, FOREIGN);
    let run = |arguments: &[&str]| env.as_nobody(arguments).stdin("secret").run();
    set_mode(&path, 0o644);
    set_mode(&env.path("docker"), 0o555);
    let outputs = [
        run(&["login", "-u", "alice", "--password-stdin", &host]),
        run(&["logout", "keep.example"]),
    ];
    let (text, left) = (read(&env), beside(&env));
    set_mode(&env.path("docker"), 0o755);
    for output in outputs {
        output
            .exits(7)
            .says("docker/config.json")
            .says("Permission denied")
            .hides("secret");
    }
    assert_eq!(text, FOREIGN);
    assert_eq!(left, [""; 0]);
}

#[test]
fn ten_logins_at_once_all_stay_and_so_do_ten_logouts() {
    let servers: Vec<Server> = (0..10).map(|_| registry()).collect();
    let env = Env::new();
    env.write(FILE, FOREIGN);
    let all = |start: &dyn Fn(&str) -> Run| {
        let running: Vec<_> = servers
            .iter()
            .map(|server| start(&server.host()).spawn())
            .collect();
        for child in running {
            child.wait().succeeds();
        }
        let document = env.docker_config();
        assert_eq!(document["auths"]["keep.example"]["auth"], "dTpw");
        document["auths"].as_object().unwrap().len()
    };
    assert_eq!(all(&|host| login(&env, host)), 11);
    assert_eq!(all(&|host| env.command(["logout", host])), 1);
    assert_eq!(beside(&env), [""; 0]);
}

/// Raises a flag when it goes, however that comes: the reader must not read on after a failure.
struct Raise<'a>(&'a AtomicBool);

impl Drop for Raise<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_kill_at_any_instant_leaves_a_whole_private_file() {
    const ROUNDS: u32 = 24;
    let server = registry();
    let host = server.host();
    let env = Env::new();
    // Large enough that writing takes a while.
    let large = "x".repeat(1 << 20);
    let before = format!(
        "{{\"auths\":{{\"keep.example\":{{\"auth\":\"dTpw\"}}}},\"large\":\"{large}\",\"n\":1.10}}"
    );
    env.write(FILE, &before);
    let begun = Instant::now();
    login(&env, &host).run().succeeds();
    let whole = begun.elapsed();
    env.rg(["logout", &host]).succeeds();

    let done = AtomicBool::new(false);
    let mut random = Random::new();
    let reads = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let path = env.path(FILE);
            let mut reads = 0_u32;
            while !done.load(Ordering::SeqCst) {
                let text = std::fs::read_to_string(&path).expect("it is always there");
                let document: Value = serde_json::from_str(&text).expect("it is always JSON");
                assert_eq!(document["auths"]["keep.example"]["auth"], "dTpw");
                assert_eq!(document["large"].as_str().map(str::len), Some(large.len()));
                assert!(text.contains("\"n\": 1.10"));
                assert_eq!(mode(&path), 0o600);
                reads += 1;
            }
            reads
        });
        let end = Raise(&done);
        let (mut left, mut found) = (Vec::new(), 0);
        for round in 0..ROUNDS {
            let run = match round % 4 {
                3 => env.command(["logout", &host]),
                _ => login(&env, &host),
            };
            let mut running = run.spawn();
            if round % 2 == 0 {
                let instant = random.below(u64::try_from(whole.as_micros()).unwrap());
                std::thread::sleep(Duration::from_micros(instant));
            } else {
                // While the new file is written.
                while beside(&env).iter().all(|name| left.contains(name)) && running.is_running() {
                    std::hint::spin_loop();
                }
            }
            running.kill();
            left = beside(&env);
            found += left.len();
            assert!(
                left.len() <= 1,
                "what one killed run leaves, the next takes away: {left:?}"
            );
        }
        drop(end);
        println!("after {found} of {ROUNDS} kills there was an unfinished file");
        reader.join().unwrap()
    });
    assert!(reads > 0);
    login(&env, &host).run().succeeds();
    assert!(env.docker_config()["auths"][&host].is_object());
    assert_eq!(beside(&env), [""; 0]);
}

#[test]
fn a_file_that_is_not_understood_is_refused_before_any_password_is_sent() {
    let server = registry();
    let host = server.host();
    for text in [
        "{\"auths\": {\"h\": {}}",
        "[]",
        "{\"auths\": []}",
        "{\"auths\": {}, \"auths\": {}}",
        "auths: {}",
    ] {
        let env = Env::new();
        let path = env.write(FILE, text);
        set_mode(&path, 0o640);
        for arguments in [
            &["login", "-u", "alice", "--password-stdin", &host][..],
            &[
                "login",
                "-u",
                "alice",
                "--password-stdin",
                &format!("{host}/team"),
            ],
            &["logout", &host],
            &["logout", "--all"],
        ] {
            env.command(arguments)
                .stdin("secret")
                .run()
                .exits(7)
                .says("docker/config.json")
                .hides("secret");
        }
        assert_eq!(read(&env), text);
        assert_eq!(mode(&path), 0o640);
        assert_eq!(beside(&env), [""; 0]);
    }
    assert!(server.log().is_empty(), "{:?}", server.lines());
}

#[test]
fn a_disk_that_takes_no_more_leaves_the_old_file() {
    let server = registry();
    let env = Env::new();
    env.write(FILE, FOREIGN);
    // No file may grow; the signal that would end the program for it is ignored, so writing fails as on a full disk.
    let limited = format!(
        "trap '' XFSZ; ulimit -f 0; exec {} \"$@\"",
        env!("CARGO_BIN_EXE_rg")
    );
    let host = server.host();
    for arguments in [
        &["login", "-u", "alice", "--password-stdin", &host][..],
        &["logout", "keep.example"],
    ] {
        let arguments: Vec<&str> = ["-c", &limited, "rg"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        env.program("sh", &arguments)
            .stdin("secret")
            .run()
            .exits(7)
            .says("cannot write")
            .says("docker/config.json")
            .hides("secret");
        assert_eq!(read(&env), FOREIGN);
        assert_eq!(beside(&env), [""; 0]);
    }
}
