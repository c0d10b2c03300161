//! Archives that go to other programs and come from them: podman, containerd, skopeo.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::client::Client;
use crate::support::env::{Env, Output, require, wait_for};
use crate::support::image::{AMD64, Graph, cosign_signature, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::registry::{Options, Registry};

pub(super) const NAME: &str = "docker.io/lab/app:v1";

/// A layer that is a real tar with a file in it.
pub(super) fn layer(name: &str) -> Layer {
    let mut builder = tar::Builder::new(Vec::new());
    let content = name.repeat(10_000);
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    builder
        .append_data(&mut header, name, content.as_bytes())
        .unwrap();
    let tar = builder.into_inner().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &tar).unwrap();
    Layer::new(
        "application/vnd.oci.image.layer.v1.tar+gzip",
        &tar,
        encoder.finish().unwrap(),
    )
}

pub(super) fn sample() -> Graph {
    image(AMD64, &[layer("hello"), layer("world")])
}

/// A store with the sample in it, and it saved in a tar.
fn saved(arguments: &[&str]) -> (Env, PathBuf) {
    let registry = Registry::embedded(&Options::default());
    push_raw(&Client::new(), &registry.base(), "lab/app", "v1", &sample());
    let env = Env::new();
    let name = format!("{}/lab/app:v1", registry.host());
    env.rg(["pull", "-q", &name]).succeeds();
    env.rg(["tag", &name, "lab/app:v1"]).succeeds();
    let tar = env.path("saved.tar");
    env.command(["save", "-o", tar.to_str().unwrap(), "lab/app:v1"])
        .args(arguments)
        .run()
        .succeeds();
    (env, tar)
}

/// Loads a tar into a fresh store and gives back what its name means there.
pub(super) fn loaded(tar: &Path) -> (Env, Option<String>) {
    let env = Env::new();
    env.rg(["load", "-i", tar.to_str().unwrap()])
        .succeeds()
        .prints("Loaded image: lab/app:v1\n");
    layout::check(&env.store());
    let found = layout::tag(&env.store(), NAME);
    (env, found)
}

fn config() -> String {
    sample().blobs().next().unwrap().digest.clone()
}

/// The image ID in a store.
pub(super) fn id(env: &Env) -> String {
    let output = env.rg(["images", "-q", "--no-trunc"]).succeeds();
    output.stdout.trim().to_owned()
}

pub(super) fn skopeo(env: &Env, arguments: &[&str]) -> Output {
    require("skopeo");
    let all = [&["--insecure-policy"], arguments].concat();
    env.program("skopeo", &all).run().succeeds()
}

#[test]
#[ignore = "needs skopeo"]
fn skopeo_reads_what_was_saved_and_its_archives_are_loaded() {
    let (env, tar) = saved(&[]);
    let tar = tar.to_str().unwrap();
    let inspected = skopeo(&env, &["inspect", &format!("oci-archive:{tar}")]);
    inspected.prints(sample().digest());
    for kind in ["oci-archive", "docker-archive"] {
        let place = format!("{kind}:{tar}");
        skopeo(&env, &["copy", "-q", &place, &format!("dir:{kind}")]);
        let manifest = std::fs::read_to_string(env.path(&format!("{kind}/manifest.json"))).unwrap();
        assert!(manifest.contains(&config()), "{manifest}");
        let back = env.path(&format!("{kind}.tar"));
        let target = format!("{kind}:{}:lab/app:v1", back.display());
        skopeo(
            &env,
            &["copy", "-q", &format!("oci-archive:{tar}"), &target],
        );
        let (there, digest) = loaded(&back);
        assert_eq!(id(&there), config(), "{kind}");
        if kind == "oci-archive" {
            assert_eq!(digest.as_deref(), Some(sample().digest()));
        }
    }
}

/// podman with a store of its own in this world.
pub(super) fn podman(env: &Env, arguments: &[&str]) -> Output {
    require("podman");
    let folders = ["root", "runroot", "tmpdir"].map(|name| {
        let path = env.path(&format!("podman-{name}"));
        [format!("--{name}"), path.display().to_string()]
    });
    let mut all: Vec<&str> = folders.iter().flatten().map(String::as_str).collect();
    all.extend(["--storage-driver", "vfs"]);
    all.extend(arguments);
    env.program("podman", &all).run()
}

#[test]
#[ignore = "needs podman"]
fn podman_loads_what_was_saved_and_its_archives_are_loaded() {
    for arguments in [&[][..], &["--format", "docker"]] {
        let (env, tar) = saved(arguments);
        let podman = |more: &[&str]| podman(&env, more).succeeds();
        podman(&["load", "-i", tar.to_str().unwrap()]).prints(NAME);
        let listed = podman(&["images", "-q", "--no-trunc"]);
        assert_eq!(listed.stdout.trim(), config());
        for format in ["docker-archive", "oci-archive"] {
            let back = env.path(&format!("{format}.tar"));
            podman(&[
                "save",
                "--format",
                format,
                "-o",
                back.to_str().unwrap(),
                NAME,
            ]);
            let (there, _) = loaded(&back);
            // On the way to OCI podman writes configs anew.
            if format == "docker-archive" {
                assert_eq!(id(&there), config());
            }
        }
    }
}

/// containerd in a folder of its own.
struct Containerd<'a> {
    env: &'a Env,
    socket: String,
    child: Child,
}

impl<'a> Containerd<'a> {
    fn start(env: &'a Env) -> Self {
        let at = |name: &str| env.path(name).display().to_string();
        let socket = at("c.sock");
        let settings = format!(
            "version = 2\nroot = \"{}\"\nstate = \"{}\"\n\
             disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n\
             [grpc]\naddress = \"{socket}\"\n[ttrpc]\naddress = \"{socket}.ttrpc\"\n",
            at("c-root"),
            at("c-state"),
        );
        let file = env.write("containerd.toml", &settings);
        let log = std::fs::File::create(env.path("containerd.log")).unwrap();
        let child = Command::new("containerd")
            .arg("--config")
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let this = Self { env, socket, child };
        wait_for("containerd", || {
            let asked = this.env.program("ctr", &["-a", &this.socket, "version"]);
            (asked.run().code == 0).then_some(())
        });
        this
    }

    fn ctr(&self, arguments: &[&str]) -> Output {
        let all = [&["-a", &self.socket], arguments].concat();
        self.env.program("ctr", &all).run().succeeds()
    }
}

impl Drop for Containerd<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs podman"]
fn podman_loads_an_archive_that_has_a_signature_in_it() {
    require("podman");
    let (registry, client) = (Registry::embedded(&Options::default()), Client::new());
    let push = |tag: &str, graph: &Graph| {
        push_raw(&client, &registry.base(), "lab/app", tag, graph);
    };
    push("v1", &sample());
    let tie = sample().digest().replace(':', "-");
    push(&format!("{tie}.sig"), &cosign_signature());
    let env = Env::new();
    let name = format!("{}/lab/app:v1", registry.host());
    env.rg(["copy", "--referrers", &name, "docker-archive:signed.tar"])
        .succeeds();
    let tar = env.path("signed.tar");
    let loaded = podman(&env, &["load", "-i", tar.to_str().unwrap()]).succeeds();
    assert!(loaded.stdout.contains("lab/app:v1"), "{loaded}");
}

#[test]
#[ignore = "needs containerd"]
fn containerd_imports_what_was_saved_and_its_exports_are_loaded() {
    require("containerd");
    let (env, tar) = saved(&[]);
    let containerd = Containerd::start(&env);
    containerd.ctr(&["images", "import", "--no-unpack", tar.to_str().unwrap()]);
    let listed = containerd.ctr(&["images", "ls"]);
    assert!(
        listed
            .stdout
            .lines()
            .any(|line| line.contains(NAME) && line.contains(sample().digest())),
        "{listed}"
    );
    let back = env.path("exported.tar");
    containerd.ctr(&["images", "export", back.to_str().unwrap(), NAME]);
    let (_there, digest) = loaded(&back);
    assert_eq!(digest.as_deref(), Some(sample().digest()));
}
