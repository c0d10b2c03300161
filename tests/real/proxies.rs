//! Real proxies before real registries: CONNECT, plain requests, passwords, exceptions.
//!
//! This machine is not reached through the proxies of the environment, so its registry goes by a made-up name that squid
//! alone can look up; tinyproxy, which cannot, is set for one registry.

use crate::support::client::Client;
use crate::support::daemon::{Daemon, WORD};
use crate::support::env::{Env, Output};
use crate::support::image::{push_raw, small};
use crate::support::registry::{Options, Registry, USER};
use crate::support::tls::{Authority, MADE_UP};

/// A registry with an image in it, over TLS or not, and the name it goes by.
fn registry(authority: Option<&Authority>) -> (Registry, String) {
    let registry = Registry::distribution(&Options {
        tls: authority,
        ..Options::default()
    });
    let client = authority.map_or_else(Client::new, |authority| Client::trusting(&authority.ca));
    push_raw(&client, &registry.base(), "app", "v1", &small(1));
    let port = registry.host().rsplit(':').next().unwrap().to_owned();
    (registry, format!("{MADE_UP}:{port}"))
}

fn round_trip(env: &Env, host: &str, with: impl Fn(&[&str]) -> Output) {
    let (old, new) = (format!("{host}/app:v1"), format!("{host}/app:v2"));
    with(&["pull", &old]).succeeds();
    env.rg(["tag", &old, &new]).succeeds();
    with(&["push", &new]).succeeds();
    with(&["manifest", &new]).succeeds();
}

#[test]
#[ignore = "needs docker-registry, squid"]
fn squid_leads_to_a_registry_over_tls_and_in_plain() {
    let authority = Authority::new();
    let squid = Daemon::squid(false);
    let log = || std::fs::read_to_string(squid.file("access.log")).unwrap_or_default();
    for tls in [Some(&authority), None] {
        let (_registry, host) = registry(tls);
        let env = Env::new();
        env.write(&format!("etc/docker/certs.d/{host}/ca.crt"), &authority.ca);
        if tls.is_none() {
            env.settings(&format!("[registry.\"{host}\"]\nplain_http = true\n"));
        }
        round_trip(&env, &host, |arguments| {
            let command = env.command(arguments);
            command
                .env("https_proxy", &squid.host())
                .env("http_proxy", &squid.host())
                .run()
        });
        let asked = if tls.is_some() {
            format!("CONNECT {host}")
        } else {
            format!("GET http://{host}/v2/")
        };
        crate::support::env::wait_for("squid's log", || log().contains(&asked).then_some(()));
        let excepted = env.command(["manifest", &format!("{host}/app:v1")]);
        let excepted = excepted
            .env("all_proxy", &squid.host())
            .env("NO_PROXY", &format!("other,{host}"));
        excepted
            .run()
            .exits(5)
            .says(&format!("cannot find {MADE_UP}"));
    }
}

#[test]
#[ignore = "needs docker-registry, squid"]
fn an_insecure_registry_in_plain_is_found_behind_squid() {
    let squid = Daemon::squid(false);
    let (_registry, host) = registry(None);
    let env = Env::new();
    env.write("etc/docker/daemon.json", &format!(
        "{{\"insecure-registries\": [\"{host}\"], \"proxies\": {{\"http-proxy\": \"http://{0}\", \"https-proxy\": \"http://{0}\"}}}}",
        squid.host()
    ));
    round_trip(&env, &host, |arguments| env.rg(arguments));
}

#[test]
#[ignore = "needs docker-registry, squid"]
fn squid_with_passwords_is_named_when_it_refuses_and_takes_the_right_one() {
    let authority = Authority::new();
    let squid = Daemon::squid(true);
    for tls in [Some(&authority), None] {
        let (_registry, host) = registry(tls);
        let env = Env::new();
        env.write(&format!("etc/docker/certs.d/{host}/ca.crt"), &authority.ca);
        if tls.is_none() {
            env.settings(&format!("[registry.\"{host}\"]\nplain_http = true\n"));
        }
        let pull = |user: &str| {
            let proxy = format!("http://{user}{}", squid.host());
            env.command(["pull", &format!("{host}/app:v1")])
                .env("ALL_PROXY", &proxy)
                .run()
        };
        pull("")
            .exits(5)
            .says(&squid.host())
            .says("wants credentials")
            .hides("access denied");
        pull("alice:hunter2@")
            .exits(5)
            .says("does not accept the credentials")
            .hides("hunter2");
        pull(&format!("{USER}:correct%20horse@")).succeeds();
    }
}

#[test]
#[ignore = "needs docker-registry, tinyproxy"]
fn tinyproxy_leads_to_a_registry_of_this_machine_where_it_is_set_for_it() {
    let authority = Authority::new();
    for asks in [false, true] {
        let proxy = Daemon::tinyproxy(asks);
        for tls in [Some(&authority), None] {
            let (registry, _) = registry(tls);
            let host = registry.host();
            let env = Env::new();
            env.write(&format!("etc/docker/certs.d/{host}/ca.crt"), &authority.ca);
            let settings = |user: &str| {
                let proxy = format!("http://{user}{}", proxy.host());
                env.settings(&format!("[registry.\"{host}\"]\nproxy = \"{proxy}\"\n"));
            };
            if asks {
                settings("");
                env.rg(["manifest", &format!("{host}/app:v1")])
                    .exits(5)
                    .says("wants credentials");
                settings(&format!("{USER}:{WORD}@"));
            } else {
                settings("");
            }
            round_trip(&env, &host, |arguments| env.rg(arguments));
            let log = std::fs::read_to_string(proxy.file("access.log")).unwrap();
            assert!(log.contains(&host), "{log}");
        }
    }
}

#[test]
#[ignore = "needs docker-registry, squid"]
fn a_proxy_that_cannot_get_there_is_named() {
    let squid = Daemon::squid(false);
    let env = Env::new();
    let asked = env.command([
        "--settings",
        "settings.toml",
        "manifest",
        "nobody.invalid/app",
    ]);
    let output = asked.env("https_proxy", &squid.host()).run().exits(5);
    output.says(&format!(
        "the proxy http://{} refuses to connect to nobody.invalid:443",
        squid.host()
    ));
}
