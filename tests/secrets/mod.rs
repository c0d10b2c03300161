//! Secrets are planted everywhere and used, and then looked for in everything that is said and left behind: both
//! streams at the loudest, progress as JSON, and every file but those that keep logins.
//!
//! Each test also shows that the secret was really told to the server it is for; a search for what was never used would
//! find nothing either.

mod proxies;
mod search;
mod world;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::env::{Output, wait_for};
use crate::support::http::Server;
use crate::support::registry;
use crate::support::tls::Authority;
use search::{files, forms, found, heard};
use world::{
    BEARER, Mood, PASSWORD, REFRESH, REGISTRY_TOKEN, ROTATED, SIGNATURE, STATE, USER, Watched, Way,
    World,
};

/// Every way in which a server repeats what it was sent.
const TURNS: [Mood; 11] = [
    Mood::Echo(400),
    Mood::Echo(401),
    Mood::Echo(403),
    Mood::Echo(404),
    Mood::Echo(500),
    Mood::EchoText(403),
    Mood::EchoScheme,
    Mood::EchoChallenge,
    Mood::EchoPlace,
    Mood::EchoRubbish,
    Mood::EchoWarning,
];

/// All secrets of a user with a login.
const ALL: [&str; 6] = [PASSWORD, BEARER, REFRESH, ROTATED, SIGNATURE, STATE];

#[track_caller]
fn was_told(server: &Server, secrets: &[&str]) {
    for secret in secrets {
        assert!(heard(server, secret), "{secret:?} was never used");
    }
}

/// Has the images of `world` locally, one of them by the name of a repository that has nothing yet.
fn prepare(user: &Watched, world: &World, flags: &[&str]) {
    let [v1, fresh] = ["app:v1", "fresh/app:v1"].map(|name| world.registry.name(name));
    user.rg(&[&["pull", v1.as_str()], flags].concat())
        .succeeds();
    user.rg(&["tag", &v1, &fresh]).succeeds();
}

#[track_caller]
fn all_succeed(outputs: Vec<Output>) {
    for output in outputs {
        output.succeeds();
    }
}

/// Whoever repeats a secret is heard by somebody who repeats that: the text of the server did reach the user.
#[track_caller]
fn something_was_masked(outputs: &[Output]) {
    let masked = |output: &Output| output.stderr.contains("***");
    assert!(
        outputs.iter().any(masked),
        "nothing of what the server said was shown: {}",
        outputs[0]
    );
}

fn turn_by_turn(user: &Watched, world: &World, turns: &[Mood], flags: &[&str]) {
    for &turn in turns {
        world.mood.set(turn);
        let outputs = user.ask_some(world, flags);
        if !matches!(turn, Mood::EchoRubbish | Mood::EchoScheme) {
            something_was_masked(&outputs);
        }
        world.mood.set(Mood::Honest);
    }
}

#[test]
fn a_password_on_the_command_line_is_never_said() {
    let world = World::new(Way::Basic);
    let user = Watched::new(&ALL);
    let creds = format!("{USER}:{PASSWORD}");
    let flags = ["--creds", creds.as_str()];
    prepare(&user, &world, &flags);
    all_succeed(user.ask_all(&world, &flags));
    was_told(&world.registry, &[PASSWORD, STATE]);
    was_told(&world.store, &[SIGNATURE]);
    turn_by_turn(&user, &world, &TURNS, &flags);
}

#[test]
fn a_login_with_tokens_never_says_any_of_them() {
    let world = World::new(Way::Token);
    let user = Watched::new(&ALL);
    let host = world.registry.host();
    let login = ["login", "-u", USER, "--password-stdin", &host];
    user.with_input(&login, PASSWORD).succeeds();
    assert_eq!(
        user.env.docker_config()["auths"][&host]["identitytoken"],
        REFRESH
    );
    prepare(&user, &world, &[]);
    all_succeed(user.ask_all(&world, &[]));
    // A push that asks for a mount needs two tokens: the second costs the refresh token that came with the first.
    was_told(&world.tokens, &[PASSWORD, REFRESH, ROTATED]);
    was_told(&world.registry, &[BEARER, STATE]);
    was_told(&world.store, &[SIGNATURE]);
    for secret in [PASSWORD, REFRESH, ROTATED] {
        assert!(
            !heard(&world.registry, secret),
            "only the token server may know"
        );
    }
    assert!(!heard(&world.store, BEARER));
    turn_by_turn(&user, &world, &TURNS, &[]);
    for turn in TURNS {
        world.tokens_mood.set(turn);
        user.with_input(&[&login[..], &["--retries", "0"]].concat(), PASSWORD);
        user.rg(&["pull", "--retries", "0", &world.registry.name("app:v1")]);
    }
}

#[test]
fn a_given_token_is_never_said() {
    let world = World::new(Way::Token);
    let user = Watched::new(&[REGISTRY_TOKEN, SIGNATURE, STATE]);
    let host = world.registry.host();
    let config = serde_json::json!({"auths": {host: {"registrytoken": REGISTRY_TOKEN}}});
    user.env.write("docker/config.json", &config.to_string());
    prepare(&user, &world, &[]);
    all_succeed(user.ask_all(&world, &[]));
    was_told(&world.registry, &[REGISTRY_TOKEN, STATE]);
    turn_by_turn(&user, &world, &TURNS[2..3], &[]);
}

#[test]
fn a_login_in_a_variable_is_never_said() {
    let world = World::new(Way::Basic);
    let auth = world::basic(USER, PASSWORD);
    let auth = auth.trim_start_matches("Basic ");
    let config = serde_json::json!({"auths": {world.registry.host(): {"auth": auth}}});
    let user = Watched::new(&ALL).env("DOCKER_AUTH_CONFIG", &config.to_string());
    prepare(&user, &world, &[]);
    all_succeed(user.ask_all(&world, &[]));
    was_told(&world.registry, &[PASSWORD]);
    turn_by_turn(&user, &world, &TURNS[2..3], &[]);
    // One that cannot be read is told without what it holds.
    let broken = Watched::new(&ALL).env(
        "DOCKER_AUTH_CONFIG",
        &config.to_string().replace("}}}", "}}"),
    );
    for output in broken.ask_some(&world, &[]) {
        output.fails();
    }
}

#[test]
fn the_secret_of_a_helper_is_never_said() {
    let world = World::new(Way::Basic);
    let user = Watched::new(&ALL);
    let bin = user.env.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let answer = serde_json::json!({"ServerURL": "", "Username": USER, "Secret": PASSWORD});
    let helper = |name: &str, script: &str| {
        let path = user.env.write(
            &format!("bin/docker-credential-{name}"),
            &format!("#!/bin/sh\n{script}\n"),
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    helper(
        "good",
        &format!("cat >/dev/null\ncat <<'END'\n{answer}\nEND"),
    );
    helper(
        "chatty",
        &format!("cat >&2\ncat <<'END'\n{answer}\nEND\nexit 1"),
    );
    let path = format!(
        "{}:{}",
        bin.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let user = user.env("PATH", &path);
    user.env
        .write("docker/config.json", "{\"credsStore\": \"good\"}");
    prepare(&user, &world, &[]);
    all_succeed(user.ask_all(&world, &[]));
    was_told(&world.registry, &[PASSWORD]);
    turn_by_turn(&user, &world, &TURNS[2..3], &[]);

    user.env
        .write("docker/config.json", "{\"credsStore\": \"chatty\"}");
    let host = world.registry.host();
    user.rg(&["pull", &world.registry.name("app:v1")]).exits(4);
    let login = ["login", "-u", USER, "--password-stdin", &host];
    user.with_input(&login, PASSWORD).exits(4);
}

#[test]
fn a_login_that_is_refused_or_not_trusted_says_no_password() {
    let wrong = "wr0ng p@ss/word\"2";
    for way in [Way::Basic, Way::Token] {
        let world = World::new(way);
        let user = Watched::new(&[wrong]);
        let host = world.registry.host();
        let login = ["login", "-u", USER, "--password-stdin", &host];
        user.with_input(&login, wrong).exits(4);
        let asked: &Server = match way {
            Way::Basic => &world.registry,
            Way::Token => &world.tokens,
        };
        was_told(asked, &[wrong]);
        let shown = ["login", "-u", USER, "-p", wrong, &host];
        user.rg(&shown).exits(4);
        let name = world.registry.name("app:v1");
        user.rg(&["pull", "--creds", &format!("{USER}:{wrong}"), &name])
            .exits(4);
    }
    let authority = Authority::new();
    let distrusted = Server::start_tls(authority.server_config(), |_| {
        crate::support::fake::basic_challenge()
    });
    let user = Watched::new(&[PASSWORD]);
    let (creds, name) = (
        format!("{USER}:{PASSWORD}"),
        format!("{}/app:v1", distrusted.host()),
    );
    user.rg(&["pull", "--creds", &creds, &name]).exits(8);
    let ca = user.env.write("ca.pem", &authority.ca);
    let ca = ca.to_str().unwrap();
    user.rg(&["pull", "--ca-file", ca, "--creds", &creds, &name])
        .exits(4);
    was_told(&distrusted, &[PASSWORD]);
}

#[test]
fn a_wrong_spelling_of_credentials_is_not_repeated() {
    let user = Watched::new(&[PASSWORD, registry::PASSWORD]);
    user.rg(&["pull", "--creds", PASSWORD, "localhost/app"])
        .exits(2);
    user.rg(&["pull", "--creds", PASSWORD, "--anonymous", "localhost/app"])
        .exits(2);
    user.rg(&["login", "-p", PASSWORD, "localhost", "more"])
        .exits(2);
    user.rg(&[
        "login",
        "-u",
        USER,
        "-p",
        PASSWORD,
        "--password-stdin",
        "localhost",
    ])
    .exits(2);
}

#[test]
fn an_object_store_that_repeats_a_signature_is_not_repeated() {
    let world = World::new(Way::Basic);
    let user = Watched::new(&ALL);
    let creds = format!("{USER}:{PASSWORD}");
    let name = world.registry.name("app:v1");
    let pull = ["pull", "--retries", "0", "--creds", &creds, &name];
    for turn in [
        Mood::Echo(403),
        Mood::Echo(500),
        Mood::EchoText(403),
        Mood::EchoRubbish,
    ] {
        world.store_mood.set(turn);
        user.rg(&pull).fails();
    }
    was_told(&world.store, &[SIGNATURE]);
    assert!(!heard(&world.store, PASSWORD));
}

/// Where the address of an unfinished upload is kept: with the registry's state in it, for the owner alone.
#[test]
fn the_state_of_an_upload_is_kept_in_one_private_file_and_said_nowhere() {
    // Large enough for an unfinished upload to be remembered.
    let world = World::with(Way::Basic, 9 << 20);
    let user = Watched::new(&ALL);
    let creds = format!("{USER}:{PASSWORD}");
    let flags = ["--creds", creds.as_str()];
    prepare(&user, &world, &flags);
    let fresh = world.registry.name("fresh/app:v1");
    // A registry that begins an upload and never says what became of it.
    world.mood.set(Mood::SilentPuts);
    let push = user.env.command(["push", "--creds", &creds, &fresh]);
    let push = push.args(&["-D"]).env("RG_LOG", world::LOUDEST).spawn();
    wait_for("the layer", || {
        let lines = world.registry.lines();
        let large = lines.iter().filter(|line| line.starts_with("PUT")).count() > 1;
        large.then_some(())
    });
    let output = push.kill();
    was_told(&world.registry, &[STATE, PASSWORD]);
    for secret in ALL {
        let said = found(&forms(secret), &output.stderr).cloned();
        assert_eq!(said, None, "{output}");
        let kept = holding(&user.env.path(""), secret);
        if secret != STATE {
            assert!(kept.is_empty(), "{secret:?} is in {kept:?}");
            continue;
        }
        let [note] = &kept[..] else {
            panic!("the unfinished upload is noted in {kept:?}");
        };
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(note), mode(note.parent().unwrap())),
            (0o600, 0o700),
            "{}",
            note.display()
        );
    }
    // It goes with the upload.
    world.mood.set(Mood::Honest);
    user.rg(&["push", "--creds", &creds, &fresh]).succeeds();
    assert!(holding(&user.env.path(""), STATE).is_empty());
}

/// The files below `folder` that hold `secret`.
fn holding(folder: &Path, secret: &str) -> Vec<std::path::PathBuf> {
    let forms = forms(secret);
    let all = files(folder, &[]);
    let with = all
        .into_iter()
        .filter(|(_, text)| found(&forms, text).is_some());
    with.map(|(path, _)| path).collect()
}
