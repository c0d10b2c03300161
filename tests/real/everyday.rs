//! The main job against distribution in each of its ways to ask who is there.

use std::time::Duration;

use crate::support::client::Client;
use crate::support::env::{Env, Output};
use crate::support::image::{AMD64, image, push_raw, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Limits, Proxy};
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::tls::Authority;
use crate::support::token_server::{self, Field, TokenServer};

/// One person at one registry.
struct Story<'a> {
    env: Env,
    registry: &'a Registry,
    flags: Vec<String>,
    /// `app/one:v1` at the registry.
    name: String,
}

impl<'a> Story<'a> {
    /// A world that has an image of the registry's name already.
    fn begin(registry: &'a Registry, flags: &[&str]) -> Self {
        let source = Registry::distribution(&Options::default());
        push_raw(&Client::new(), &source.base(), "app", "v1", &small(1));
        let env = Env::new();
        let from = format!("{}/app:v1", source.host());
        let name = format!("{}/app/one:v1", registry.host());
        env.rg(["pull", &from]).succeeds();
        env.rg(["tag", &from, &name]).succeeds();
        env.rg(["rmi", &from]).succeeds();
        Self {
            env,
            registry,
            flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
            name,
        }
    }

    fn rg(&self, arguments: &[&str]) -> Output {
        let flags = self.flags.iter().map(String::as_str);
        let all: Vec<&str> = arguments.iter().copied().chain(flags).collect();
        self.env.rg(all)
    }

    fn login(&self, password: &str) -> Output {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        let host = self.registry.host();
        let run = self
            .env
            .command(["login", "-u", USER, "--password-stdin", &host]);
        run.args(&flags).stdin(format!("{password}\n")).run()
    }

    /// Push, pull, pull again, look around.
    fn main_job(&self) {
        let (env, name) = (&self.env, self.name.as_str());
        let graph = small(1);
        let line = format!(
            "v1: digest: {} size: {}",
            graph.digest(),
            graph.document().len()
        );
        self.rg(&["push", name])
            .succeeds()
            .prints(&line)
            .says("Pushed");
        env.rg(["rmi", name]).succeeds();
        assert_eq!(layout::tag(&env.store(), name), None);
        let digest = format!("Digest: {}", graph.digest());
        let pulled = self.rg(&["pull", name]).succeeds().prints(&digest);
        assert_eq!(
            pulled.prints("Status: Downloaded newer image").last_line(),
            name
        );
        let again = self.rg(&["pull", name]).succeeds();
        assert_eq!(
            again.prints("Status: Image is up to date").last_line(),
            name
        );
        layout::check(&env.store());
        let host = self.registry.host();
        assert_eq!(
            self.rg(&["catalog", &host]).succeeds().stdout.trim(),
            "app/one"
        );
        let repository = format!("{host}/app/one");
        assert_eq!(
            self.rg(&["tags", &repository]).succeeds().stdout.trim(),
            "v1"
        );
        self.rg(&["search", &format!("{host}/one")])
            .succeeds()
            .prints("app/one");
        self.rg(&["pull", &format!("{repository}:unknown")])
            .exits(3);
        self.rg(&["tags", &format!("{host}/nowhere")]).exits(3);
    }

    /// The same, with a login before and a logout after it.
    fn with_login(&self) {
        let host = self.registry.host();
        self.login("wrong").exits(4).hides("wrong\n");
        assert!(self.env.docker_config()["auths"][&host].is_null());
        self.rg(&["push", &self.name]).exits(4);
        self.login(PASSWORD)
            .succeeds()
            .prints("Login Succeeded")
            .hides(PASSWORD);
        assert!(self.env.docker_config()["auths"][&host].is_object());
        self.main_job();
        let gone = format!("Removing login credentials for {host}");
        self.env.rg(["logout", &host]).succeeds().prints(&gone);
        assert!(self.env.docker_config()["auths"][&host].is_null());
        self.env.rg(["rmi", &self.name]).succeeds();
        self.rg(&["pull", &self.name]).exits(4).says("login");
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn a_plain_registry_on_loopback() {
    let registry = Registry::distribution(&Options::default());
    Story::begin(&registry, &[]).main_job();
}

#[test]
#[ignore = "needs docker-registry"]
fn a_password_file_over_tls_with_a_private_authority() {
    let authority = Authority::new();
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        tls: Some(&authority),
        ..Options::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, &authority.ca).unwrap();
    let story = Story::begin(&registry, &["--ca-file", ca.to_str().unwrap()]);
    // Without the authority nothing is trusted, and nothing is sent in the clear instead.
    let untrusting = story.env.rg(["pull", &story.name]);
    untrusting.exits(8).says("--ca-file");
    story.with_login();
}

#[test]
#[ignore = "needs docker-registry"]
fn tokens_that_live_three_seconds() {
    for (no_post, field) in [
        (false, Field::Both),
        (true, Field::Token),
        (false, Field::AccessToken),
    ] {
        let server = TokenServer::start(token_server::Options {
            ttl: Duration::from_secs(3),
            no_post,
            field,
            ..token_server::Options::default()
        });
        let registry = Registry::distribution(&Options {
            token: Some(&server),
            ..Options::default()
        });
        Story::begin(&registry, &[]).with_login();
        let asks = server.asks();
        assert!(
            asks.iter().any(|ask| ask.status == 401),
            "the wrong password was never tried"
        );
        let known = asks.iter().filter(|ask| ask.account.is_some());
        assert!(known.count() > 3, "{asks:?}");
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn a_token_that_expires_during_a_transfer_is_renewed() {
    let server = TokenServer::start(token_server::Options {
        ttl: Duration::from_secs(2),
        ..token_server::Options::default()
    });
    let registry = Registry::distribution(&Options {
        token: Some(&server),
        ..Options::default()
    });
    let layers: Vec<Layer> = (0..8).map(|seed| Layer::gzip(seed, 1 << 20)).collect();
    let graph = image(AMD64, &layers);
    let source = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &source.base(), "app", "v1", &graph);
    // Eight layers one after the other: about two lives of a token, each way.
    let limits = Limits {
        in_all: Some(2 << 20),
        ..Limits::default()
    };
    let proxy = Proxy::limited(&registry.host(), limits);
    let env = Env::new();
    let (from, to) = (
        format!("{}/app:v1", source.host()),
        format!("{}/app:v1", proxy.host()),
    );
    let creds = format!("{USER}:{PASSWORD}");
    env.rg(["pull", &from]).succeeds();
    env.rg(["tag", &from, &to]).succeeds();
    env.rg(["push", "-j", "1", "--creds", &creds, &to])
        .succeeds();
    let for_push = server.asks().len();
    assert!(for_push >= 2, "{:?}", server.asks());
    let fresh = Env::new();
    fresh
        .rg(["pull", "-j", "1", "--creds", &creds, &to])
        .succeeds();
    assert!(server.asks().len() >= for_push + 2, "{:?}", server.asks());
    layout::check(&fresh.store());
}

#[test]
#[ignore = "needs docker-registry"]
fn a_stopped_registry_is_a_network_error() {
    let registry = Registry::distribution(&Options::default());
    let name = format!("{}/app:v1", registry.stop());
    let env = Env::new();
    env.rg(["pull", &name]).exits(5);
    env.rg(["tags", &name.replace(":v1", "")]).exits(5);
    layout::is_empty(&env.store());
}
