//! docker itself: it loads what is saved, what it saves is loaded, and the README's ways to hand an image over work.
//!
//! Debian's docker is 20.10, which knows neither plain layouts nor zstd.

use std::path::PathBuf;

use super::archives::{NAME, id, layer, loaded, podman, sample, skopeo};
use crate::support::client::Client;
use crate::support::docker::Docker;
use crate::support::env::{Env, Output, Running, require, wait_for};
use crate::support::image::{AMD64, ARM64, Graph, docker_image, image, index, push_raw};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::registry::{Options, Registry};

/// A store that has these images under these names.
fn store(images: &[(&str, &Graph)]) -> Env {
    let registry = Registry::embedded(&Options::default());
    let env = Env::new();
    for (number, (name, graph)) in images.iter().enumerate() {
        let tag = format!("v{number}");
        push_raw(&Client::new(), &registry.base(), "lab", &tag, graph);
        let source = format!("{}/lab:{tag}", registry.host());
        env.rg(["pull", "-q", "--all-platforms", &source])
            .succeeds();
        env.rg(["tag", &source, name]).succeeds();
        env.rg(["rmi", &source]).succeeds();
    }
    env
}

/// docker, by itself in a world that has `rg` and `docker` as in the README.
struct World {
    env: Env,
    docker: Docker,
}

impl World {
    fn with(images: &[(&str, &Graph)]) -> Self {
        let docker = Docker::start();
        let mut env = store(images);
        env.set("DOCKER_HOST", &docker.host());
        env.set_rg();
        Self { env, docker }
    }

    fn docker(&self, arguments: &[&str]) -> Output {
        self.docker.command(&self.env, arguments).run()
    }

    /// Runs a command line.
    fn shell(&self, line: &str) -> Output {
        let line = ["-o", "pipefail", "-c", line];
        self.env.program("bash", &line).run()
    }

    /// The image ID that docker has for a name.
    fn id(&self, name: &str) -> String {
        let format = ["inspect", "--type", "image", "--format", "{{.Id}}", name];
        self.docker(&format).succeeds().stdout.trim().to_owned()
    }

    /// Removes all images that docker has.
    fn forget(&self) {
        let all = self.docker(&["images", "-q", "--no-trunc"]).succeeds();
        for id in all.stdout.lines() {
            self.docker(&["rmi", "-f", id]);
        }
        assert_eq!(self.docker(&["images", "-qa"]).stdout, "");
    }
}

/// The image ID of an image.
fn config(graph: &Graph) -> String {
    graph.blobs().next().unwrap().digest.clone()
}

/// An image that no other test has layers of.
fn other() -> Graph {
    docker_image(AMD64, &[layer("another"), layer("hello")])
}

#[test]
#[ignore = "needs docker"]
fn docker_loads_what_was_saved_in_every_form_it_reads() {
    let both = index(&[sample(), image(ARM64, &[layer("arm")])]);
    let images = [
        ("lab/app:v1", &sample()),
        ("lab/list:v2", &both),
        ("lab/other:v3", &other()),
    ];
    let world = World::with(&images);
    for options in ["", "--format docker"] {
        for line in [
            format!("rg save {options} -o saved.tar NAMES && docker load -i saved.tar"),
            format!("rg save {options} NAMES | docker load"),
        ] {
            let line = line.replace("NAMES", "lab/app:v1 lab/list:v2 lab/other:v3");
            let output = world.shell(&line).succeeds();
            for (name, _) in images {
                assert!(
                    output.stdout.contains(&format!("Loaded image: {name}")),
                    "{output}"
                );
            }
            assert_eq!(world.id("lab/app:v1"), config(&sample()));
            assert_eq!(
                world.id("lab/list:v2"),
                config(&sample()),
                "the image for this machine"
            );
            assert_eq!(world.id("lab/other:v3"), config(&other()));
            world.forget();
        }
    }
    // What the image for another machine is saved for, docker gets.
    world
        .shell("rg save --platform linux/arm64 lab/list:v2 | docker load")
        .succeeds();
    assert_eq!(
        world.id("lab/list:v2"),
        config(&image(ARM64, &[layer("arm")]))
    );
}

#[test]
#[ignore = "needs docker"]
fn what_docker_saved_is_loaded_with_its_image_ids() {
    let world = World::with(&[("lab/app:v1", &sample()), ("lab/other:v3", &other())]);
    world
        .shell("rg save lab/app:v1 lab/other:v3 | docker load")
        .succeeds();
    // One image in a file, read in place; two through a pipe; compressed.
    let tar = world.env.path("docker.tar");
    world
        .docker(&["save", "-o", tar.to_str().unwrap(), "lab/app:v1"])
        .succeeds();
    let (there, digest) = loaded(&tar);
    assert_eq!(id(&there), config(&sample()));
    // Its layers are not compressed: their digests are the diff ids, and the manifest is made of them.
    let manifest = std::fs::read(layout::blob_path(&there.store(), &digest.unwrap())).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let diffs = [layer("hello"), layer("world")].map(|layer| layer.diff);
    for (layer, diff) in manifest["layers"].as_array().unwrap().iter().zip(&diffs) {
        assert_eq!(layer["digest"], *diff);
    }
    for (store, squeeze) in [("piped", ""), ("gzip", "| gzip"), ("zstd", "| zstd -q")] {
        let line =
            format!("docker save lab/app:v1 lab/other:v3 {squeeze} | rg --store {store} load");
        let output = world.shell(&line).succeeds();
        // docker keeps what it saves in a map, and writes it in whatever order that has.
        let mut told: Vec<_> = output.stdout.lines().collect();
        told.sort_unstable();
        let both = ["Loaded image: lab/app:v1", "Loaded image: lab/other:v3"];
        assert_eq!(told, both);
        layout::check(&world.env.path(store));
        for (name, graph) in [("lab/app:v1", sample()), ("lab/other:v3", other())] {
            let shown = world
                .env
                .rg(["--store", store, "inspect", "--format", "{{.Id}}", name]);
            assert_eq!(shown.succeeds().stdout.trim(), config(&graph), "{store}");
        }
        // And back.
        world.forget();
        world
            .shell(&format!(
                "rg --store {store} save lab/app:v1 lab/other:v3 | docker load"
            ))
            .succeeds();
        assert_eq!(world.id("lab/app:v1"), config(&sample()));
        assert_eq!(world.id("lab/other:v3"), config(&other()));
    }
    // By its ID it has no name in the archive, and gets none.
    let line = format!(
        "docker save {} | rg --store nameless load",
        config(&sample())
    );
    world
        .shell(&line)
        .succeeds()
        .prints("Loaded image ID: sha256:");
}

/// `rg serve` at an address of its own, until it is dropped.
fn serve(world: &World) -> (Running, String) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let host = format!("localhost:{port}");
    let running = world
        .env
        .command(["serve", &format!("127.0.0.1:{port}")])
        .spawn();
    wait_for("the registry", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).ok()
    });
    (running, host)
}

#[test]
#[ignore = "needs docker"]
fn an_image_is_handed_over_to_docker_in_every_way_that_the_readme_names() {
    require("skopeo");
    let world = World::with(&[("alpine", &sample())]);
    world.shell("rg save alpine | docker load").succeeds();
    assert_eq!(world.id("alpine:latest"), config(&sample()));
    world.forget();
    let store = world.env.store().display().to_string();
    let host = world.docker.host();
    let line = format!(
        "skopeo --insecure-policy copy -q --dest-daemon-host {host} \
         oci:{store}:docker.io/library/alpine:latest docker-daemon:alpine:latest"
    );
    world.shell(&line).succeeds();
    assert_eq!(world.id("alpine:latest"), config(&sample()));
    world.forget();
    let (_serving, registry) = serve(&world);
    let name = format!("{registry}/alpine");
    let pulled = world.docker(&["pull", &name]).succeeds();
    assert!(
        pulled
            .stdout
            .contains(&format!("Digest: {}", sample().digest())),
        "{pulled}"
    );
    assert_eq!(world.id(&name), config(&sample()));
}

#[test]
#[ignore = "needs docker"]
fn an_image_that_docker_built_gets_in_by_a_tar_and_through_a_registry() {
    let world = World::with(&[]);
    world.env.write(
        "context/Dockerfile",
        "FROM scratch\nCOPY file /file\nLABEL a=b\n",
    );
    world.env.write("context/file", "hello");
    world
        .docker(&["build", "-q", "-t", "app", "context"])
        .succeeds();
    world
        .shell("docker save app | rg load")
        .succeeds()
        .prints("Loaded image: app:latest\n");
    let shown = world.env.rg(["inspect", "--format", "{{.Id}}", "app"]);
    assert_eq!(shown.succeeds().stdout.trim(), world.id("app"));
    world.env.rg(["rmi", "app"]).succeeds();
    let (_serving, registry) = serve(&world);
    world
        .shell(&format!(
            "docker tag app {registry}/app && docker push {registry}/app"
        ))
        .succeeds();
    let shown = world.env.rg(["inspect", "--format", "{{.Id}}", "app"]);
    assert_eq!(shown.succeeds().stdout.trim(), world.id("app"));
    layout::check(&world.env.store());
}

/// A layer that is a real tar, zstd.
fn zstd(name: &str) -> Layer {
    let plain = layer(name);
    let mut tar = Vec::new();
    let bytes = plain.content.bytes();
    let mut decoder = flate2::read::GzDecoder::new(&bytes[..]);
    std::io::Read::read_to_end(&mut decoder, &mut tar).unwrap();
    let zstd = zstd::encode_all(&tar[..], 3).unwrap();
    Layer::new("application/vnd.oci.image.layer.v1.tar+zstd", &tar, zstd)
}

/// Saves the image with zstd layers and says where.
fn saved(world: &World, options: &str) -> PathBuf {
    world
        .shell(&format!("rg save {options} -o zstd.tar lab/app:v1"))
        .succeeds();
    world.env.path("zstd.tar")
}

#[test]
#[ignore = "needs docker"]
fn docker_refuses_zstd_as_the_warning_says_and_takes_what_was_recompressed() {
    let graph = image(AMD64, &[layer("hello"), zstd("squeezed")]);
    let world = World::with(&[("lab/app:v1", &graph)]);
    saved(&world, "");
    let refused = world.shell("docker load -i zstd.tar").exits(1);
    assert!(refused.stderr.contains("unexpected EOF"), "{refused}");
    for options in ["--recompress gzip", "--format docker"] {
        saved(&world, options);
        world.shell("docker load -i zstd.tar").succeeds();
        assert_eq!(world.id("lab/app:v1"), config(&graph), "{options}");
        world.forget();
    }
    world
        .shell("rg save --recompress gzip lab/app:v1 | docker load")
        .succeeds();
    assert_eq!(world.id("lab/app:v1"), config(&graph));
}

#[test]
#[ignore = "needs podman and skopeo"]
fn podman_and_skopeo_take_what_was_recompressed() {
    let graph = image(AMD64, &[layer("hello"), zstd("squeezed")]);
    let env = store(&[("lab/app:v1", &graph)]);
    let tar = env.path("gzip.tar");
    let tar = tar.to_str().unwrap();
    env.rg(["save", "--recompress", "gzip", "-o", tar, "lab/app:v1"])
        .succeeds();
    podman(&env, &["load", "-i", tar]).succeeds().prints(NAME);
    let listed = podman(&env, &["images", "-q", "--no-trunc"]).succeeds();
    assert_eq!(listed.stdout.trim(), config(&graph));
    for kind in ["oci-archive", "docker-archive"] {
        let place = format!("{kind}:{tar}");
        let raw = skopeo(&env, &["inspect", "--raw", &place]).stdout;
        assert!(
            raw.contains(&config(&graph)) && !raw.contains("zstd"),
            "{raw}"
        );
        skopeo(&env, &["copy", "-q", &place, &format!("dir:{kind}")]);
        if kind == "oci-archive" {
            let (there, digest) = loaded(tar.as_ref());
            assert_eq!(Some(sha256(raw.as_bytes())), digest);
            assert_eq!(id(&there), config(&graph));
        }
    }
}
