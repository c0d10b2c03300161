//! `doctor`: the whole main job on this machine.

use crate::support::env::Env;

#[test]
fn everything_works_here_even_with_dead_proxies_and_nothing_is_left_behind() {
    let world = Env::new();
    let mut run = world.command(["doctor"]);
    for variable in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ] {
        run = run.env(variable, "http://127.0.0.1:9");
    }
    let output = run.run().succeeds();
    for step in [
        "image", "login", "push", "list", "cut", "resume", "verify", "again", "logout",
    ] {
        let passed = format!("  ok    {step}");
        assert!(output.stdout.contains(&passed), "no {step} in {output}");
    }
    assert!(
        output.last_line().starts_with("Everything works: "),
        "{output}"
    );
    assert_eq!(output.stderr, "", "{output}");
    assert!(!world.store().exists() && world.docker_config().is_null());
    assert_eq!(
        std::fs::read_dir(world.path("tmp")).unwrap().count(),
        0,
        "temporary files are left"
    );
}
