//! Docker's files as people write them.

use super::*;
use crate::config::proxy::Proxies;

/// What the files say, and the complaints about them.
fn read(files: &[(&str, &str)]) -> (Docker, Vec<String>) {
    read_for(files, None)
}

fn read_for(files: &[(&str, &str)], daemon: Option<&str>) -> (Docker, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let places = Places {
        system: Some(folder.path().join("etc")),
        user: Some(folder.path().join("config")),
        docker: folder.path().join("client"),
        daemon: daemon.map(str::to_owned),
        ..Places::default()
    };
    let complaints = Complaints::default();
    let docker = Docker::read(&places, &complaints);
    let root = format!("{}/", folder.path().display());
    let complaints = complaints.take().into_iter();
    (
        docker,
        complaints.map(|text| text.replace(&root, "")).collect(),
    )
}

const ETC: &str = "etc/docker/daemon.json";

fn is_insecure(docker: &Docker, host: &str) -> bool {
    let host: Host = host.parse().unwrap();
    let told = docker.about(&host).into_iter();
    let reach = told.fold(Reach::default(), |sum, told| sum.or(&told.reach));
    reach.settle(&host).insecure
}

fn proxy(docker: &Docker, url: &str) -> Option<String> {
    let named = docker.proxies.first().cloned().unwrap_or_default();
    let proxies = Proxies {
        named,
        ..Proxies::default()
    };
    proxies.of(&url.parse().unwrap()).map(Proxy::address)
}

#[test]
fn insecure_registries_are_hosts_as_they_stand_in_names_and_networks() {
    let text = r#"{"insecure-registries": ["nas.lan:5000", "http://old.lan/", "10.0.0.0/8", "[fd00::1]:5000"]}"#;
    let (docker, complaints) = read(&[(ETC, text)]);
    assert_eq!(complaints, Vec::<String>::new());
    for host in [
        "nas.lan:5000",
        "old.lan",
        "10.9.8.7",
        "10.9.8.7:5000",
        "[fd00::1]:5000",
    ] {
        assert!(is_insecure(&docker, host), "{host}");
    }
    for host in [
        "nas.lan",
        "old.lan:5000",
        "11.9.8.7",
        "docker.io",
        "[fd00::1]",
    ] {
        assert!(!is_insecure(&docker, host), "{host}");
    }
}

#[test]
fn the_files_of_every_kind_of_docker_count_together() {
    let insecure = |host: &str| format!("{{\"insecure-registries\": [\"{host}\"]}}");
    let (docker, _) = read(&[
        (ETC, &insecure("a.lan")),
        ("config/docker/daemon.json", &insecure("b.lan")),
        ("client/daemon.json", &insecure("c.lan")),
    ]);
    assert!(
        ["a.lan", "b.lan", "c.lan"]
            .iter()
            .all(|host| is_insecure(&docker, host))
    );
    let told = docker.about(&"a.lan".parse().unwrap());
    assert!(told.len() == 1 && told[0].place.ends_with(ETC), "{told:?}");
}

#[test]
fn comments_and_trailing_commas_are_taken() {
    let text = "{\n  // the old one\n  \"debug\": true, # yes\n  \"insecure-registries\": [\"nas.lan:5000\",],\n}\n";
    let (docker, complaints) = read(&[(ETC, text)]);
    assert!(is_insecure(&docker, "nas.lan:5000") && complaints.is_empty());
}

#[test]
fn what_is_wrong_is_a_complaint_that_says_where() {
    let cases = [
        (
            "{\n\"debug\": tru }",
            "it is not used: not valid JSON (line 2",
        ),
        ("[1]", "it is not used: not a JSON object"),
        (
            r#"{"insecure-registries": "nas.lan"}"#,
            "insecure-registries is not a list",
        ),
        (
            r#"{"insecure-registries": ["a b"]}"#,
            "\"a b\" is neither HOST[:PORT] nor a network",
        ),
        (r#"{"insecure-registries": [5000]}"#, "5000 is neither"),
        (
            r#"{"insecure-registry": []}"#,
            "\"insecure-registry\" is no key of docker's; \"insecure-registries\" is",
        ),
        (r#"{"registry-mirror": []}"#, "\"registry-mirrors\" is"),
        (r#"{"registry_mirrors": []}"#, "\"registry-mirrors\" is"),
        (r#"{"proxies": {"httpProxy": "p:1"}}"#, "\"http-proxy\" is"),
        (
            r#"{"proxies": {"http-proxy": "ftp://bob:hunter2@p"}}"#,
            "http-proxy: not a proxy",
        ),
        (
            r#"{"proxies": {"no-proxy": ["a"]}}"#,
            "no-proxy is not a text",
        ),
        (r#"{"proxies": 1}"#, "proxies is not an object"),
    ];
    for (text, expected) in cases {
        let (_, complaints) = read(&[(ETC, text)]);
        let [complaint] = &complaints[..] else {
            panic!("{text}: {complaints:?}");
        };
        assert!(
            complaint.starts_with("etc/docker/daemon.json: "),
            "{complaint}"
        );
        assert!(complaint.contains(expected), "{text}: {complaint}");
        assert!(!complaint.contains("hunter2"));
    }
}

#[test]
fn the_rest_of_dockers_keys_is_not_ours() {
    let others = [
        "allow-nondistributable-artifacts",
        "api-cors-header",
        "authorization-plugins",
        "bip",
        "bridge",
        "builder",
        "cgroup-parent",
        "containerd",
        "cpu-rt-period",
        "data-root",
        "debug",
        "default-address-pools",
        "default-gateway",
        "default-runtime",
        "default-ulimits",
        "dns",
        "dns-search",
        "exec-opts",
        "experimental",
        "features",
        "fixed-cidr",
        "hosts",
        "http-proxy",
        "https-proxy",
        "icc",
        "init",
        "insecure-registries",
        "ip",
        "ip-forward",
        "iptables",
        "ipv6",
        "labels",
        "live-restore",
        "log-driver",
        "log-level",
        "log-opts",
        "max-concurrent-downloads",
        "mtu",
        "no-new-privileges",
        "no-proxy",
        "pidfile",
        "raw-logs",
        "registry-mirrors",
        "runtimes",
        "seccomp-profile",
        "storage-driver",
        "storage-opts",
        "tls",
        "tlscacert",
        "tlskey",
        "tlsverify",
        "userland-proxy",
        "userland-proxy-path",
        "userns-remap",
    ];
    let members: Vec<String> = others.iter().map(|key| format!("\"{key}\": []")).collect();
    let (_, complaints) = read(&[(ETC, &format!("{{{}}}", members.join(",")))]);
    assert_eq!(complaints, Vec::<String>::new());
    for nothing in ["", "\n", "{}"] {
        assert!(read(&[(ETC, nothing)]).1.is_empty());
    }
}

#[test]
fn the_daemons_proxies_come_before_those_for_containers() {
    let daemon = r#"{"proxies": {"https-proxy": "http://d:1", "no-proxy": ".lan"}}"#;
    let client = r#"{"auths": {}, "proxies": {"default": {"httpProxy": "http://c:1", "allProxy": "socks5://c:2"}}}"#;
    let (docker, complaints) = read(&[(ETC, daemon), ("client/config.json", client)]);
    assert!(complaints.is_empty());
    assert_eq!(proxy(&docker, "https://r.example").unwrap(), "d:1");
    assert_eq!(proxy(&docker, "http://r.example"), None);
    assert_eq!(proxy(&docker, "https://r.lan"), None);
    let (docker, _) = read(&[("client/config.json", client)]);
    assert_eq!(proxy(&docker, "http://r.example").unwrap(), "c:1");
    assert_eq!(proxy(&docker, "https://r.example").unwrap(), "c:2");
}

#[test]
fn the_proxies_of_the_daemon_that_is_used_beat_the_default_ones() {
    let client =
        r#"{"proxies": {"default": {"httpProxy": "d:1"}, "tcp://far:2375": {"httpProxy": "f:1"}}}"#;
    for (daemon, expected) in [
        (None, "d:1"),
        (Some("tcp://far:2375"), "f:1"),
        (Some("tcp://x"), "d:1"),
    ] {
        let (docker, _) = read_for(&[("client/config.json", client)], daemon);
        assert_eq!(proxy(&docker, "http://r.example").unwrap(), expected);
    }
}

#[test]
fn registry_mirrors_are_of_docker_hub_alone() {
    let text =
        r#"{"registry-mirrors": ["https://m.example/", "http://127.0.0.1:5001", "m.example", 5]}"#;
    let (docker, complaints) = read(&[(ETC, text)]);
    let route = docker.route(&"alpine".parse().unwrap()).unwrap();
    let told = route.mirrors.iter();
    let told: Vec<String> = told
        .map(|mirror| {
            format!(
                "{} {} {:?}",
                mirror.site, mirror.repository, mirror.namespace
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "https://m.example library/alpine None",
            "http://127.0.0.1:5001 library/alpine None"
        ]
    );
    assert_eq!(docker.route(&"quay.io/a/b".parse().unwrap()), None);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].contains("registry-mirrors: \"m.example\" is not a URL"));
}
