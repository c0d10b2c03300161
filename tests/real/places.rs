//! Places that other programs made or read: layouts and archives of skopeo and umoci, the daemons of docker and podman.

use std::process::{Child, Command, Stdio};

use crate::support::client::Client;
use crate::support::docker::Docker;
use crate::support::env::{Env, Output, require, wait_for};
use crate::support::image::{AMD64, ARM64, Graph, image, index, push_raw};
use crate::support::layer::{Layer, sha256};
use crate::support::registry::{Options, Registry};

use super::archives::layer;

fn sample() -> Graph {
    image(AMD64, &[layer("hello"), layer("world")])
}

/// The ID of an image: the digest of its config.
fn id(graph: &Graph) -> &str {
    &graph.blobs().next().unwrap().digest
}

/// A registry with `graph` as `team/app:v1`, a world, and the name there.
fn world(graph: &Graph) -> (Registry, Env, String) {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "team/app", "v1", graph);
    let name = format!("{}/team/app:v1", registry.host());
    (registry, Env::new(), name)
}

fn run(env: &Env, program: &str, arguments: &[&str]) -> Output {
    require(program);
    env.program(program, arguments).run().succeeds()
}

#[test]
#[ignore = "needs skopeo"]
fn skopeo_reads_what_was_copied_to_a_place_and_its_places_are_read() {
    let multi = index(&[sample(), image(ARM64, &[layer("arm")])]);
    for graph in [sample(), multi] {
        let (registry, env, name) = world(&graph);
        let at = |rest: &str| env.path(rest).display().to_string();
        let skopeo = |arguments: &[&str]| {
            run(
                &env,
                "skopeo",
                &[&["--insecure-policy"], arguments].concat(),
            )
        };
        let places = [
            (
                format!("oci:{}:v7", at("lay")),
                format!("oci:{}:x", at("lay2")),
            ),
            (
                format!("oci:{}:lab/app:v7", at("lay")),
                format!("oci:{}:lab/app:x", at("lay2")),
            ),
            (
                format!("oci-archive:{}:v7", at("a.tar")),
                format!("oci-archive:{}:x", at("b.tar")),
            ),
        ];
        for (ours, theirs) in &places {
            env.rg(["copy", &name, ours]).succeeds();
            let raw = skopeo(&["inspect", "--raw", ours]);
            assert_eq!(sha256(raw.stdout.as_bytes()), graph.digest(), "{ours}");
            skopeo(&["copy", "-q", "--all", ours, theirs]);
            let target = format!("{}/back:v1", registry.host());
            env.rg(["copy", theirs, &target]).succeeds();
            let digest = env.rg(["digest", &target]).succeeds();
            assert_eq!(digest.stdout.trim(), graph.digest(), "{theirs}");
        }
    }
}

#[test]
#[ignore = "needs skopeo"]
fn docker_archives_of_skopeo_are_read_and_ours_by_it() {
    let graph = sample();
    let (registry, env, name) = world(&graph);
    let ours = format!("docker-archive:{}:lab/app:v7", env.path("a.tar").display());
    let theirs = format!("docker-archive:{}:lab/app:v8", env.path("b.tar").display());
    env.rg(["copy", &name, &ours]).succeeds();
    let copied = ["--insecure-policy", "copy", "-q", &ours, &theirs];
    run(&env, "skopeo", &copied);
    // Layers are as they were before compression there, so that only the image's ID stays.
    env.rg(["inspect", "--format", "{{.Id}} {{.RepoTags}}", &theirs])
        .succeeds()
        .prints(&format!("{} [lab/app:v8]\n", id(&graph)));
    let target = format!("{}/back", registry.host());
    env.rg(["copy", &theirs, &target]).succeeds();
    env.rg([
        "inspect",
        "--remote",
        "--format",
        "{{.Id}}",
        &format!("{target}:v8"),
    ])
    .succeeds()
    .prints(&format!("{}\n", id(&graph)));
}

#[test]
#[ignore = "needs umoci"]
fn umoci_works_on_a_layout_that_was_copied_and_its_work_is_read() {
    let graph = sample();
    let (registry, env, name) = world(&graph);
    let folder = env.path("lay").display().to_string();
    env.rg(["copy", &name, &format!("oci:{folder}:v7")])
        .succeeds();
    let listed = run(&env, "umoci", &["ls", "--layout", &folder]);
    assert_eq!(listed.stdout.trim(), "v7");
    let image = format!("{folder}:v7");
    run(
        &env,
        "umoci",
        &[
            "config",
            "--image",
            &image,
            "--tag",
            "v8",
            "--config.cmd",
            "/x",
        ],
    );
    let target = format!("{}/changed", registry.host());
    env.rg(["copy", "-a", &format!("oci:{folder}"), &target])
        .succeeds();
    env.rg([
        "inspect",
        "--remote",
        "--format",
        "{{.Config.Cmd}}",
        &format!("{target}:v8"),
    ])
    .succeeds()
    .prints("[/x]\n");
}

#[test]
#[ignore = "needs docker"]
fn images_go_into_dockers_daemon_and_out_of_it() {
    let graph = index(&[sample(), image(ARM64, &[layer("arm")])]);
    let (registry, mut env, name) = world(&graph);
    let docker = Docker::start();
    env.set("DOCKER_HOST", &docker.host());
    env.rg(["copy", &name, "docker-daemon:lab/app:dev"])
        .succeeds();
    let ids = docker.command(&env, &["images", "-q", "--no-trunc", "lab/app:dev"]);
    assert_eq!(ids.run().succeeds().stdout.trim(), id(&sample()));
    let target = format!("{}/back", registry.host());
    env.rg(["copy", "docker-daemon:lab/app:dev", &target])
        .succeeds();
    env.rg([
        "inspect",
        "--remote",
        "--format",
        "{{.Id}}",
        &format!("{target}:dev"),
    ])
    .succeeds()
    .prints(&format!("{}\n", id(&sample())));
    // By its ID, too, which has no name.
    let by_id = format!("docker-daemon:{}", &id(&sample())["sha256:".len()..][..12]);
    let layout = format!("oci:{}:v1", env.path("lay").display());
    env.rg(["copy", &by_id, &layout]).succeeds();
    env.rg(["inspect", "--format", "{{.Id}}", &layout])
        .succeeds()
        .prints(&format!("{}\n", id(&sample())));
    env.rg(["copy", "docker-daemon:lab/none:v1", &layout])
        .exits(3);
    let zstd = image(AMD64, &[Layer::zstd(5, 100_000)]);
    push_raw(&Client::new(), &registry.base(), "team/zstd", "v1", &zstd);
    let zstd = format!("{}/team/zstd:v1", registry.host());
    env.rg(["copy", &zstd, "docker-daemon:lab/zstd:v1"])
        .exits(7)
        .says("docker's daemon does not take it");
}

/// podman in docker's place.
struct Podman {
    child: Child,
}

impl Podman {
    fn start(env: &Env, socket: &str) -> Self {
        require("podman");
        let at = |name: &str| env.path(name).display().to_string();
        let child = Command::new("podman")
            .args(["--root", &at("p-root"), "--runroot", &at("p-run")])
            .args(["--tmpdir", &at("p-tmp"), "--storage-driver", "vfs"])
            .args(["system", "service", "--time=0", socket])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(env.path("podman.log")).unwrap())
            .spawn()
            .unwrap();
        let mut podman = Self { child };
        let path = socket.trim_start_matches("unix://");
        wait_for("podman's service", || {
            assert!(podman.child.try_wait().unwrap().is_none(), "podman ended");
            std::os::unix::net::UnixStream::connect(path).ok()
        });
        podman
    }
}

impl Drop for Podman {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs podman"]
fn podmans_service_does_in_place_of_dockers_daemon() {
    let graph = sample();
    let (registry, mut env, name) = world(&graph);
    let socket = format!("unix://{}", env.path("p.sock").display());
    let _podman = Podman::start(&env, &socket);
    env.set("DOCKER_HOST", &socket);
    env.rg(["copy", &name, "docker-daemon:docker.io/lab/app:dev"])
        .succeeds();
    let target = format!("{}/back", registry.host());
    env.rg(["copy", "docker-daemon:docker.io/lab/app:dev", &target])
        .succeeds();
    env.rg([
        "inspect",
        "--remote",
        "--format",
        "{{.Id}}",
        &format!("{target}:dev"),
    ])
    .succeeds()
    .prints(&format!("{}\n", id(&graph)));
    env.rg(["copy", "docker-daemon:docker.io/lab/none:v1", &target])
        .fails();
}
