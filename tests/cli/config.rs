//! `config`: what holds, and who says so.

use crate::support::env::Env;

/// The line of `config` about `name`.
fn line<'a>(stdout: &'a str, name: &str) -> &'a str {
    let mut lines = stdout.lines();
    lines
        .find(|line| line.split_whitespace().next() == Some(name))
        .unwrap_or_else(|| panic!("no line about {name}:\n{stdout}"))
}

#[test]
fn every_setting_is_shown_with_who_settled_it() {
    let env = Env::new();
    env.settings(
        "retries = 7\n\nproxy = \"http://bob:hunter2@proxy.example:3128\"\ncredential_store = \"file\"\n",
    );
    let store = env.path("elsewhere").display().to_string();
    let shown = env
        .rg(["config", "--store", &store])
        .succeeds()
        .hides("hunter2");
    let settings = env.path("settings.toml").display().to_string();
    let has = |name: &str, value: &str, origin: &str| {
        let line = line(&shown.stdout, name);
        assert!(line.contains(value) && line.ends_with(origin), "{line}");
    };
    has("store", &store, "the command line");
    has("state", "", "default");
    has(
        "docker_config",
        "docker",
        "DOCKER_CONFIG in the environment",
    );
    has("retries", "7", &format!("{settings}:1"));
    has("credential_store", "file", &format!("{settings}:4"));
    has("parallel", "16", "default");
    has(
        "proxy",
        "http://***@proxy.example:3128",
        &format!("{settings}:3"),
    );
    let by_environment = env.command(["config"]).env("https_proxy", "p:1").run();
    let proxy = by_environment.succeeds().stdout;
    assert!(
        line(&proxy, "proxy").ends_with("the environment"),
        "{proxy}"
    );
}

#[test]
fn how_a_registry_would_be_reached_is_shown_with_the_file_that_says_so() {
    let env = Env::new();
    let folder = "etc/docker/certs.d/r.example:5000";
    for file in ["ca.crt", "me.cert", "me.key"] {
        env.write(&format!("{folder}/{file}"), "");
    }
    let insecure = "{\"insecure-registries\": [\"nas.lan:5000\", \"10.0.0.0/8\"]}";
    env.write("etc/docker/daemon.json", insecure);
    env.settings("credential_store = \"file\"\n[registry.\"plain.lan\"]\nplain_http = true\nproxy = \"none\"\n");
    let about = |host: &str| env.rg(["config", host]).succeeds().stdout;
    let at = |relative: &str| env.path(relative).display().to_string();
    let ends = |shown: &str, name: &str, value: &str, origin: &str| {
        let line = line(shown, name);
        assert!(line.contains(value) && line.ends_with(origin), "{line}");
    };
    let shown = about("r.example:5000");
    ends(
        &shown,
        "ca_file",
        &at(&format!("{folder}/ca.crt")),
        &at(folder),
    );
    ends(
        &shown,
        "cert_file",
        &at(&format!("{folder}/me.cert")),
        &at(folder),
    );
    ends(&shown, "login", &at("docker/config.json"), "default");
    let daemon = at("etc/docker/daemon.json");
    ends(&about("nas.lan:5000"), "scheme", "not verified", &daemon);
    ends(&about("10.1.2.3:80"), "scheme", "not verified", &daemon);
    ends(
        &about("other.lan"),
        "scheme",
        "in an insecure network",
        &daemon,
    );
    let settings = format!("{}:2", at("settings.toml"));
    ends(&about("plain.lan"), "scheme", "http", &settings);
    ends(&about("plain.lan"), "proxy", "none", &settings);
    ends(
        &about("localhost:5000"),
        "scheme",
        "http where it speaks no TLS",
        "this machine",
    );
    let json = env
        .rg(["config", "--json", "nas.lan:5000"])
        .succeeds()
        .stdout;
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["Name"], &first["From"]),
        (&"scheme".into(), &daemon.into())
    );
}

#[test]
fn a_typing_error_in_a_file_of_docker_is_a_warning() {
    let env = Env::new();
    env.write(
        "etc/docker/daemon.json",
        "{\"insecure-registry\": [\"nas.lan\"]}",
    );
    env.rg(["config", "nas.lan"])
        .succeeds()
        .says("\"insecure-registry\" is no key of docker's; \"insecure-registries\" is");
}

#[test]
fn half_a_client_certificate_is_an_error_that_names_the_other_half() {
    let env = Env::new();
    env.write("etc/docker/certs.d/r.example/me.cert", "");
    let missing = env.path("etc/docker/certs.d/r.example/me.key is missing");
    let output = env
        .rg(["config", "r.example"])
        .exits(7)
        .says(&missing.display().to_string());
    drop(output);
    env.rg(["tags", "r.example/app"])
        .exits(7)
        .says("me.key is missing");
    env.rg(["config", "other.example"]).succeeds();
}

#[test]
fn a_settings_file_to_begin_with_is_private_and_replaces_nothing() {
    let env = Env::new();
    let file = env.path("new/config.toml");
    let named = file.display().to_string();
    env.rg(["--settings", &named, "config", "--init"])
        .succeeds()
        .prints(&named);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("# parallel = 16"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    env.rg(["--settings", &named, "config"]).succeeds();
    std::fs::write(&file, "parallel = 3\n").unwrap();
    env.rg(["--settings", &named, "config", "--init"])
        .exits(2)
        .says("is there already")
        .says("--force");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "parallel = 3\n");
    env.rg(["--settings", &named, "config", "--init", "--force"])
        .succeeds();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}
