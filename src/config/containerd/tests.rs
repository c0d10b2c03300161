//! Files as the documentation of containerd, nerdctl and Spegel has them.

use super::*;

fn parsed(text: &str, host: &str) -> Result<Hosts, String> {
    let host: Host = host.parse().unwrap();
    parse(Path::new("/etc/certs.d/x/hosts.toml"), text, &host)
}

fn route(text: &str, name: &str) -> Route {
    let name: Name = name.parse().unwrap();
    let hosts = parsed(text, name.host.as_str()).unwrap();
    hosts.route(&name).unwrap_or_default()
}

/// Where and what, for each mirror.
fn told(mirrors: &[Mirror]) -> Vec<String> {
    let told = mirrors.iter().map(|mirror| {
        let Serves { tags, digests, .. } = mirror.serves;
        let namespace = mirror.namespace.as_ref().map(Host::as_str);
        let namespace = namespace.unwrap_or("-");
        format!(
            "{} {} {namespace} {tags} {digests}",
            mirror.site, mirror.repository
        )
    });
    told.collect()
}

#[test]
fn hosts_are_asked_in_the_order_of_the_file_for_what_they_can() {
    let text = r#"
        server = "https://registry-1.docker.io"
        [host."https://z-first.example"]
          capabilities = ["pull", "resolve"]
        [host."https://a-second.example:8443"]
          capabilities = ["pull"]
        [host."https://registry-to-push-to.example"]
          capabilities = ["Push"]
        [host."third.example"]
    "#;
    let route = route(text, "alpine");
    assert_eq!(
        told(&route.mirrors),
        [
            "https://z-first.example library/alpine docker.io true true",
            "https://a-second.example:8443 library/alpine docker.io false true",
            "https://third.example library/alpine docker.io true true",
        ]
    );
    assert_eq!(route.instead, None, "docker's own name is no other server");
}

#[test]
fn a_server_of_another_name_stands_in_for_the_registry() {
    let route = route("server = \"https://only.example/hub\"", "quay.io/a/b");
    assert!(route.mirrors.is_empty());
    let instead: Vec<Mirror> = route.instead.into_iter().collect();
    assert_eq!(
        told(&instead),
        ["https://only.example/hub a/b quay.io true true"]
    );
}

#[test]
fn the_path_of_a_host_may_hold_the_api() {
    let text = r#"
        [host."https://harbor.example/v2/quay"]
          override_path = true
        [host."https://odd.example/api"]
          override_path = true
    "#;
    let route = route(text, "quay.io/a/b");
    assert_eq!(
        told(&route.mirrors),
        [
            "https://harbor.example quay/a/b quay.io true true",
            "https://odd.example/api a/b quay.io true true"
        ]
    );
    let odd = route.mirrors[1].site.address.clone().unwrap();
    assert!(odd.unversioned);
}

#[test]
fn files_are_next_to_the_file_and_in_every_form() {
    let text = r#"
        ca = "own.crt"
        skip_verify = true
        [host."https://m.example"]
          ca = ["a.pem", "/abs/b.pem"]
          client = [["c.cert", "c.key"], ["d.pem", ""], "e.pem"]
          [host."https://m.example".header]
            x-one = "1"
            X-Two = ["2", "3"]
        [host."https://n.example"]
          client = "both.pem"
          proxy = "http://proxy.example:3128"
    "#;
    let hosts = parsed(text, "r.example").unwrap();
    let next_to = |name: &str| Path::new("/etc/certs.d/x").join(name);
    assert_eq!(hosts.reach.ca_files, [next_to("own.crt")]);
    assert_eq!(hosts.reach.insecure, Some(true));
    let [(m, _), (n, _)] = &hosts.before[..] else {
        panic!("{hosts:?}");
    };
    assert_eq!(m.reach.ca_files, [next_to("a.pem"), "/abs/b.pem".into()]);
    let pair = |cert: &str, key: &str| Identity::from((next_to(cert), next_to(key)));
    assert_eq!(
        m.reach.identities,
        [
            pair("c.cert", "c.key"),
            pair("d.pem", "d.pem"),
            pair("e.pem", "e.pem")
        ]
    );
    assert_eq!(n.reach.identities, [pair("both.pem", "both.pem")]);
    assert!(n.reach.proxy.is_some() && m.reach.proxy.is_none());
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        m.headers,
        [
            header("X-Two", "2"),
            header("X-Two", "3"),
            header("x-one", "1")
        ]
    );
    let name: Name = "r.example/a".parse().unwrap();
    assert!(hosts.route(&name).unwrap().instead.is_none());
}

#[test]
fn a_server_may_be_the_registry_without_tls() {
    let hosts = parsed("server = \"http://10.0.0.1:5000\"", "10.0.0.1:5000").unwrap();
    assert_eq!(hosts.reach.plain_http, Some(true));
    assert_eq!(hosts.route(&"10.0.0.1:5000/a".parse().unwrap()), None);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (text, reason) in [
        ("server = 1", "line 1"),
        (
            "\n[host.\"https://m\"]\ncapabilities = [\"fly\"]",
            "\"fly\"",
        ),
        ("[host.\"ftp://m\"]", "http"),
        ("[host.\"https://m\"]\nproxy = \"gopher://p\"", "proxy"),
        ("[host", "line 1"),
    ] {
        let error = parsed(text, "r.example").unwrap_err();
        assert!(error.contains(reason), "{text:?} gave {error:?}");
    }
}

#[test]
fn the_first_folder_that_exists_decides() {
    let world = tempfile::tempdir().unwrap();
    let at = |place: &str| world.path().join(place);
    let put = |folder: &str, text: &str| {
        std::fs::create_dir_all(at(folder)).unwrap();
        std::fs::write(at(folder).join("hosts.toml"), text).unwrap();
    };
    let places = Places {
        system: Some(at("etc")),
        user: Some(at("home/.config")),
        ..Places::default()
    };
    let read = |host: &str| {
        let complaints = Complaints::default();
        let hosts = Hosts::read(&places, &host.parse().unwrap(), &complaints);
        let file = hosts.map(|hosts| {
            let file = hosts.file.strip_prefix(world.path());
            file.unwrap().to_owned()
        });
        (file, complaints.take())
    };
    assert_eq!(read("r.example:5000"), (None, Vec::new()));
    put("etc/containerd/certs.d/_default", "");
    put("etc/containerd/certs.d/r.example:5000", "");
    put("etc/containerd/certs.d/broken.example", "server = ");
    std::fs::create_dir_all(at("etc/containerd/certs.d/only-certificates.example")).unwrap();
    let system = Path::new("etc/containerd/certs.d");
    let found = |host: &str| read(host).0.unwrap();
    assert_eq!(found("r.example"), system.join("_default/hosts.toml"));
    assert_eq!(
        found("r.example:5000"),
        system.join("r.example:5000/hosts.toml")
    );
    put("etc/containerd/certs.d/r.example_5000_", "");
    assert_eq!(
        found("r.example:5000"),
        system.join("r.example_5000_/hosts.toml")
    );
    assert_eq!(read("only-certificates.example"), (None, Vec::new()));
    let (none, warnings) = read("broken.example");
    assert!(none.is_none() && warnings.len() == 1, "{warnings:?}");
    assert!(
        warnings[0].contains("broken.example/hosts.toml: it is not used: line 1"),
        "{warnings:?}"
    );
    put("home/.config/containerd/certs.d/_default", "");
    let rootless = Path::new("home/.config/containerd/certs.d/_default/hosts.toml");
    assert_eq!(found("r.example:5000"), rootless);
}
