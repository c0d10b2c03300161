//! Certificates and plain HTTP as people have them: private authorities in `certs.d`, mutual TLS, a registry in the LAN.

use std::net::Ipv4Addr;
use std::process::Command;

use crate::support::client::Client;
use crate::support::daemon::Daemon;
use crate::support::env::{Env, require};
use crate::support::image::{push_raw, small};
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::tls::Authority;

fn over_tls(authority: &Authority) -> Registry {
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        tls: Some(authority),
        ..Options::default()
    });
    let client = Client::trusting(&authority.ca).with_basic(USER, PASSWORD);
    push_raw(&client, &registry.base(), "app", "v1", &small(1));
    registry
}

fn creds() -> String {
    format!("{USER}:{PASSWORD}")
}

#[test]
#[ignore = "needs docker-registry"]
fn an_authority_in_certs_d_is_trusted_and_without_it_the_error_says_where_to_put_it() {
    let authority = Authority::new();
    let registry = over_tls(&authority);
    let image = format!("{}/app:v1", registry.host());
    for folder in [
        "etc/docker",
        "home/.config/docker",
        "docker",
        "etc/containers",
    ] {
        let env = Env::new();
        let folder = format!("{folder}/certs.d/{}", registry.host());
        let refused = env.rg(["pull", "--creds", &creds(), &image]).exits(8);
        refused
            .says("signed by \"a private authority\"")
            .says(&format!("/etc/docker/certs.d/{}/ca.crt", registry.host()));
        env.write(&format!("{folder}/ca.crt"), &authority.ca);
        env.rg(["pull", "--creds", &creds(), &image]).succeeds();
        env.rg(["tag", &image, &format!("{}/app:v2", registry.host())])
            .succeeds();
        env.rg([
            "push",
            "--creds",
            &creds(),
            &format!("{}/app:v2", registry.host()),
        ])
        .succeeds();
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn the_variables_of_openssl_name_authorities_too() {
    let authority = Authority::new();
    let registry = over_tls(&authority);
    let env = Env::new();
    let file = env.write("ca/ca.pem", &authority.ca).display().to_string();
    let image = format!("{}/app:v1", registry.host());
    let asking = || env.command(["digest", "--creds", &creds(), &image]);
    asking().env("SSL_CERT_FILE", &file).run().succeeds();
    // Files in such a folder go by the hash of their subject, as c_rehash names them.
    require("openssl");
    let hash = Command::new("openssl")
        .args(["x509", "-hash", "-noout", "-in", &file])
        .output()
        .unwrap();
    let hash = String::from_utf8(hash.stdout).unwrap();
    env.write(&format!("hashed/{}.0", hash.trim()), &authority.ca);
    let folder = env.path("hashed").display().to_string();
    asking().env("SSL_CERT_DIR", &folder).run().succeeds();
    asking().run().exits(8);
}

#[test]
#[ignore = "needs docker-registry, openssl"]
fn what_openssl_makes_in_one_line_is_trusted_where_it_lies_in_certs_d() {
    require("openssl");
    let folder = tempfile::tempdir().unwrap();
    let make = || {
        let at = |name: &str| folder.path().join(name).display().to_string();
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "3",
                "-subj",
                "/CN=my registry",
            ])
            .args([
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                &at("key"),
                "-out",
                &at("crt"),
            ])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let read = |name: &str| std::fs::read_to_string(at(name)).unwrap();
        (read("crt"), read("key"))
    };
    let mut authority = Authority::new();
    (authority.certificate, authority.key) = make();
    let registry = Registry::distribution(&Options {
        tls: Some(&authority),
        ..Options::default()
    });
    let env = Env::new();
    let tags = || env.rg(["catalog", &registry.host()]);
    let place = format!("etc/docker/certs.d/{}/ca.crt", registry.host());
    tags().exits(8);
    env.write(&place, &authority.certificate);
    tags().succeeds();
    env.write(&place, &make().0);
    tags().exits(8);
}

#[test]
#[ignore = "needs docker-registry, nginx"]
fn mutual_tls_with_a_pair_in_certs_d_works_and_without_it_is_explained() {
    let authority = Authority::new();
    let registry = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    let front = Daemon::nginx(
        Ipv4Addr::LOCALHOST.into(),
        &registry.host(),
        Some(&authority),
    );
    let env = Env::new();
    let folder = format!("etc/docker/certs.d/{}", front.host());
    let image = format!("{}/app:v1", front.host());
    env.write(&format!("{folder}/ca.crt"), &authority.ca);
    for command in ["pull", "tags"] {
        env.rg([command, image.trim_end_matches(":v1")])
            .exits(4)
            .says("client certificate")
            .says("--cert-file");
    }
    env.write(&format!("{folder}/me.cert"), &authority.client_certificate);
    env.rg(["pull", &image]).exits(7).says("me.key is missing");
    env.write(&format!("{folder}/me.key"), &authority.client_key);
    env.rg(["pull", &image]).succeeds();
    // A pair of somebody else, first by its name, is passed over.
    let stranger = Authority::named("a strange authority");
    env.write(&format!("{folder}/a.cert"), &stranger.client_certificate);
    env.write(&format!("{folder}/a.key"), &stranger.client_key);
    env.rg(["manifest", &image]).succeeds();
}

#[test]
#[ignore = "needs docker-registry"]
fn a_registry_in_the_lan_without_tls_works_once_somebody_says_that_it_may() {
    let registry = Registry::distribution(&Options::default());
    push_raw(&Client::new(), &registry.base(), "app", "v1", &small(1));
    // An address that is not one of this machine's own by any rule, and that Linux leads to this machine all the same:
    // nothing listens where others could reach it.
    let host = registry.host().replace("127.0.0.1", "0.0.0.0");
    let image = format!("{host}/app:v1");
    let pull = |env: &Env| env.rg(["pull", &image]);
    let env = Env::new();
    pull(&env)
        .exits(8)
        .says("http: server gave HTTP response to HTTPS client")
        .says("insecure-registries");
    for listed in [host.clone(), "0.0.0.0/24".to_owned()] {
        let env = Env::new();
        let text =
            format!("{{\n  // in the cellar\n  \"insecure-registries\": [\"{listed}\"],\n}}\n");
        env.write("etc/docker/daemon.json", &text);
        pull(&env).succeeds();
        env.rg(["push", &image]).succeeds();
    }
    for setting in ["plain_http", "insecure"] {
        let env = Env::new();
        env.settings(&format!("[registry.\"{host}\"]\n{setting} = true\n"));
        pull(&env).succeeds();
    }
    for flag in ["--plain-http", "--insecure"] {
        Env::new().rg(["pull", flag, &image]).succeeds();
    }
    env.write("etc/docker/daemon.json", "{\"insecure-registry\": [\"x\"]}");
    pull(&env).exits(8).says("\"insecure-registries\" is");
}
