//! The real parts themselves, started and asked without `rg`: what the other tests here stand on.

use crate::support::client::Client;
use crate::support::docker::Docker;
use crate::support::env::Env;
use crate::support::image::{
    AMD64, ARM64, DOCKER_LIST, artifact, docker_image, image, index_of, index_with_attestations,
    push_raw, small,
};
use crate::support::layer::Layer;
use crate::support::proxy::Proxy;
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::tls::Authority;
use crate::support::token_server::{self, TokenServer};

#[test]
#[ignore = "needs docker-registry"]
fn distribution_takes_every_kind_of_image_made_here() {
    let registry = Registry::distribution(&Options::default());
    let proxy = Proxy::start(&registry.host());
    let client = Client::new();
    let base = format!("http://{}", proxy.host());
    let docker = docker_image(AMD64, &[Layer::gzip(1, 3000)]);
    let images = [
        small(1),
        image(AMD64, &[Layer::zstd(1, 300_000), Layer::plain(2, 10)]),
        index_with_attestations(&[small(1), image(ARM64, &[Layer::gzip(2, 3000)])]),
        index_of(DOCKER_LIST, std::slice::from_ref(&docker)),
        docker,
        artifact(Some(&small(1))),
    ];
    for (number, graph) in images.iter().enumerate() {
        let tag = format!("v{number}");
        push_raw(&client, &base, "shapes", &tag, graph);
        let (kind, bytes) = client.manifest(&base, "shapes", &tag).expect("just put");
        assert_eq!(
            (kind, bytes),
            (graph.root().media_type.clone(), graph.document())
        );
    }
    // Absolute upload locations came back through the proxy.
    assert!(proxy.blob_bytes_uploaded() >= images[1].blob_bytes());
}

#[test]
#[ignore = "needs docker-registry"]
fn distribution_with_a_password_file_over_tls_lets_the_right_one_in() {
    let authority = Authority::new();
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        tls: Some(&authority),
        ..Options::default()
    });
    let client = Client::trusting(&authority.ca);
    let url = format!("{}/v2/", registry.base());
    assert_eq!(client.get(&url).status, 401);
    let client = client.with_basic(USER, PASSWORD);
    assert_eq!(client.get(&url).status, 200);
    push_raw(&client, &registry.base(), "app", "v1", &small(1));
}

#[test]
#[ignore = "needs docker-registry"]
fn distribution_takes_the_token_servers_tokens_until_they_expire() {
    let server = TokenServer::start(token_server::Options {
        ttl: std::time::Duration::from_secs(1),
        ..token_server::Options::default()
    });
    let registry = Registry::distribution(&Options {
        token: Some(&server),
        ..Options::default()
    });
    let url = format!("{}/v2/", registry.base());
    let client = Client::new();
    let refused = client.get(&url);
    let challenge = refused
        .header("WWW-Authenticate")
        .unwrap_or_default()
        .to_owned();
    assert!(challenge.contains(&server.realm()), "{challenge}");
    assert_eq!(client.get(&server.realm()).status, 200);

    let asking = format!(
        "{}?service={}&scope=repository:app:pull",
        server.realm(),
        token_server::SERVICE
    );
    let answer = client.with_basic(USER, PASSWORD).get(&asking);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    let header = format!("Bearer {token}");
    let client = Client::new();
    let ask = || {
        client
            .send("GET", &url, &[("Authorization", &header)], None)
            .status
    };
    assert_eq!(ask(), 200);
    crate::support::env::wait_for("the token's end", || (ask() == 401).then_some(()));
    let asks = server.asks();
    assert_eq!(asks.len(), 2);
    assert_eq!(
        (asks[0].account.as_deref(), asks[1].account.as_deref()),
        (None, Some(USER))
    );
    assert_eq!(asks[1].scopes, ["repository:app:pull"]);
}

#[test]
#[ignore = "needs docker"]
fn dockers_daemon_takes_an_image_and_leaves_nothing_behind() {
    let docker = Docker::start();
    let socket = docker.socket();
    let folder = socket.parent().unwrap().to_owned();
    let env = Env::new();
    env.write("root/file", "hello");
    std::process::Command::from(env.program("tar", &["-cf", "root.tar", "-C", "root", "file"]))
        .status()
        .unwrap();
    let imported = docker.command(&env, &["import", "root.tar", "lab/app:v1"]);
    let id = imported.run().succeeds().stdout.trim().to_owned();
    let listed = docker.command(&env, &["images", "-q", "--no-trunc", "lab/app:v1"]);
    assert_eq!(listed.run().succeeds().stdout.trim(), id);
    drop(docker);
    assert!(!folder.exists());
    let name = folder.display().to_string();
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(&name), "{mounts}");
    for process in std::fs::read_dir("/proc").unwrap() {
        let command = std::fs::read(process.unwrap().path().join("cmdline"));
        let command = String::from_utf8_lossy(&command.unwrap_or_default()).into_owned();
        assert!(!command.contains(&name), "{command}");
    }
}
