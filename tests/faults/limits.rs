//! Limits of this machine and of what stands between it and the registry.

use std::time::Duration;

use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{Response, Server};
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::support::layout;

/// How long each thing takes at a registry that is far away.
const FAR: Duration = Duration::from_millis(30);

#[test]
fn f18_a_proxy_that_wants_credentials_is_named_as_what_refuses() {
    let proxy =
        Server::start(|_| Response::new(407).header("Proxy-Authenticate", "Basic realm=\"proxy\""));
    let address = format!("http://{}", proxy.host());
    for (variable, arguments) in [
        ("HTTPS_PROXY", vec!["pull", "registry.example/app:v1"]),
        (
            "HTTP_PROXY",
            vec!["pull", "--plain-http", "registry.example/app:v1"],
        ),
    ] {
        let env = Env::new();
        let before = proxy.log().len();
        env.command(arguments)
            .env(variable, &address)
            .run()
            .exits(5)
            .says("proxy auth");
        // Asking again without credentials is of no use.
        assert_eq!(proxy.log().len(), before + 1, "{:?}", proxy.lines());
        layout::is_empty(&env.store());
    }
}

#[test]
fn f19_many_blobs_are_pulled_with_few_file_descriptors() {
    let layers: Vec<Layer> = (1..=40).map(|seed| Layer::gzip(seed, 20_000)).collect();
    let graph = image(AMD64, &layers);
    // A registry so far away that everything is asked for at once.
    let fake = Fake::start(Content::of(&[("app", "v1", &graph)]), |request, content| {
        std::thread::sleep(FAR);
        content.answer(request).trickle(5000, FAR)
    });
    let name = fake.name("app:v1");
    let pull = |env: &Env, limit| {
        let limited = format!(
            "ulimit -n {limit}; exec {} pull {name}",
            env!("CARGO_BIN_EXE_rg")
        );
        env.program("sh", &["-c", &limited]).run()
    };
    // Not enough for one request: wherever it comes out, it is this machine that is at fault.
    for limit in [12, 13] {
        let env = Env::new();
        pull(&env, limit).exits(7).says("open files");
        assert_eq!(layout::tag(&env.store(), &name), None);
    }
    let env = Env::new();
    pull(&env, 64).succeeds().hides("retrying");
    layout::check(&env.store());
    let pulled = layout::tag(&env.store(), &name);
    assert_eq!(pulled.as_deref(), Some(graph.digest()));
}
