//! Tokens that distribution verifies itself, of every kind that a token server may give.

use std::time::Duration;

use crate::support::client::Client;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::image::{AMD64, Graph, image, small};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::token_server::{self, Algorithm, Ask, Field, TokenServer};

fn creds() -> String {
    format!("{USER}:{PASSWORD}")
}

/// A token server and distribution that takes its tokens.
fn guarded(options: token_server::Options) -> (TokenServer, Registry) {
    let tokens = TokenServer::start(options);
    let registry = Registry::distribution(&Options {
        token: Some(&tokens),
        ..Options::default()
    });
    (tokens, registry)
}

/// A user who has `graph` by the name `repository:v1` of that registry.
fn with_image(registry: &Registry, repository: &str, graph: &Graph) -> (Env, String) {
    let source = Fake::honest(Content::of(&[("app", "v1", graph)]));
    let env = Env::new();
    let name = format!("{}/{repository}:v1", registry.host());
    env.rg(["pull", &source.name("app:v1")]).succeeds();
    env.rg(["tag", &source.name("app:v1"), &name]).succeeds();
    (env, name)
}

fn login(env: &Env, registry: &Registry) {
    let host = registry.host();
    let login = env.command(["login", "-u", USER, "--password-stdin", &host]);
    login
        .stdin(PASSWORD)
        .run()
        .succeeds()
        .prints("Login Succeeded");
}

#[test]
#[ignore = "needs docker-registry"]
fn every_kind_of_token_logs_in_pushes_and_pulls() {
    for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
        for (no_post, field) in [
            (false, Field::Both),
            (true, Field::Token),
            (false, Field::AccessToken),
        ] {
            let (tokens, registry) = guarded(token_server::Options {
                no_post,
                field,
                algorithm,
                ..token_server::Options::default()
            });
            let graph = small(1);
            let (env, name) = with_image(&registry, "app", &graph);
            login(&env, &registry);
            let identity =
                !env.docker_config()["auths"][registry.host()]["identitytoken"].is_null();
            assert_eq!(identity, !no_post);
            env.rg(["push", &name]).succeeds();
            env.rg(["rmi", &name]).succeeds();
            env.rg(["pull", &name]).succeeds();
            assert_eq!(
                layout::tag(&env.store(), &name).as_deref(),
                Some(graph.digest())
            );
            let refused = Env::new().rg(["pull", "--creds", "alice:wrong", &name]);
            refused.exits(4);
            assert!(tokens.asks().iter().any(|ask| ask.status == 401));
        }
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn after_a_login_with_a_refresh_token_no_password_is_sent() {
    let (tokens, registry) = guarded(token_server::Options::default());
    let (env, name) = with_image(&registry, "app", &small(1));
    login(&env, &registry);
    let stored = &env.docker_config()["auths"][registry.host()];
    assert!(stored["identitytoken"].is_string(), "{stored}");
    let before = tokens.asks().len();
    env.rg(["push", &name]).succeeds();
    env.rg(["pull", &name]).succeeds();
    let asks = tokens.asks().split_off(before);
    let by_refresh = |ask: &Ask| ask.method == "POST" && ask.refreshed && ask.status == 200;
    assert!(!asks.is_empty() && asks.iter().all(by_refresh), "{asks:?}");
    assert_eq!(&env.docker_config()["auths"][registry.host()], stored);
}

/// Bytes a second of the slow push: its 27 MiB take three lives of a token.
const SLOW: &str = "3M";

#[test]
#[ignore = "needs docker-registry"]
fn tokens_of_three_seconds_last_for_a_slow_push() {
    let (tokens, registry) = guarded(token_server::Options {
        ttl: Duration::from_secs(3),
        ..token_server::Options::default()
    });
    let layers: Vec<Layer> = (1..4).map(|seed| Layer::big(seed, 9 << 20)).collect();
    let graph = image(AMD64, &layers);
    let (env, name) = with_image(&registry, "app", &graph);
    let before = tokens.asks().len();
    env.rg([
        "push",
        "-j",
        "1",
        "--limit-rate",
        SLOW,
        "--creds",
        &creds(),
        &name,
    ])
    .succeeds();
    let asks = tokens.asks().split_off(before);
    assert!(asks.len() >= 3, "{asks:?}");
    // One layer alone outlives its token, and so does the way to the manifest after it.
    let (env, name) = with_image(
        &registry,
        "alone",
        &image(AMD64, &[Layer::big(9, 20 << 20)]),
    );
    let before = tokens.asks().len();
    env.rg(["push", "--limit-rate", SLOW, "--creds", &creds(), &name])
        .succeeds();
    assert!(tokens.asks().len() >= before + 2);
    let fresh = Env::new();
    fresh.rg(["pull", "--creds", &creds(), &name]).succeeds();
    layout::check(&fresh.store());
}

#[test]
#[ignore = "needs docker-registry"]
fn a_mount_asks_for_both_repositories() {
    let (tokens, registry) = guarded(token_server::Options::default());
    let graph = small(1);
    let (env, name) = with_image(&registry, "one", &graph);
    env.rg(["push", "--creds", &creds(), &name]).succeeds();
    let other = format!("{}/two:v1", registry.host());
    env.rg(["tag", &name, &other]).succeeds();
    let before = tokens.asks().len();
    env.rg(["push", "--creds", &creds(), &other])
        .succeeds()
        .says("Mounted from one");
    let asks = tokens.asks().split_off(before);
    let both = |ask: &Ask| {
        let has = |text: &str| ask.scopes.iter().any(|scope| scope.contains(text));
        has("repository:two:pull,push") && has("repository:one:pull")
    };
    assert!(asks.iter().any(both), "{asks:?}");
}

#[test]
#[ignore = "needs docker-registry"]
fn a_public_repository_is_pulled_by_anybody_and_pushed_to_by_a_login() {
    let (tokens, registry) = guarded(token_server::Options {
        anonymous_pull: true,
        ..token_server::Options::default()
    });
    let graph = small(1);
    let (env, name) = with_image(&registry, "app", &graph);
    env.rg(["push", &name]).exits(4).says("login");
    login(&env, &registry);
    env.rg(["push", &name]).succeeds();
    let before = tokens.asks().len();
    let anybody = Env::new();
    anybody.rg(["pull", &name]).succeeds();
    let asks = tokens.asks().split_off(before);
    assert!(asks.iter().all(|ask| ask.account.is_none()), "{asks:?}");
    assert_eq!(asks.len(), 1);
    // A bearer token in docker's file is used as it is.
    let asking = format!(
        "{}?service={}&scope=repository:app:pull",
        tokens.realm(),
        token_server::SERVICE
    );
    let token = Client::new().get(&asking).json()["token"].clone();
    let given = Env::new();
    let config = serde_json::json!({"auths": {registry.host(): {"registrytoken": token}}});
    given.write("docker/config.json", &config.to_string());
    let before = tokens.asks().len();
    given.rg(["pull", &name]).succeeds();
    // It is good for no more than that.
    let other = name.replace(":v1", ":v2");
    given.rg(["tag", &name, &other]).succeeds();
    given.rg(["push", &other]).exits(4);
    assert_eq!(tokens.asks().len(), before);
}
