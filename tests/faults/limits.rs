//! Limits of this machine and of what stands between it and the registry.

use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::http::{Response, Server};
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;
use crate::support::layout;

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
    let layers: Vec<Layer> = (1..=80).map(|seed| Layer::gzip(seed, 20_000)).collect();
    let graph = image(AMD64, &layers);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let (env, name) = (Env::new(), fake.name("app:v1"));
    let limited = format!(
        "ulimit -n 64; exec {} pull {name}",
        env!("CARGO_BIN_EXE_rg")
    );
    let output = env.program("sh", &["-c", &limited]).run();
    if output.code != 0 {
        output.exits(7).says("open files");
        env.rg(["pull", &name]).succeeds();
    }
    layout::check(&env.store());
    let pulled = layout::tag(&env.store(), &name);
    assert_eq!(pulled.as_deref(), Some(graph.digest()));
}
