//! A disk that is really full: a small tmpfs holds the store.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::client::Client;
use crate::support::env::{Env, wait_for};
use crate::support::image::{AMD64, Graph, image, push_raw};
use crate::support::layer::Layer;
use crate::support::layout;
use crate::support::proxy::{Limits, Proxy};
use crate::support::registry::{Options, Registry};

/// Bytes of the disk.
const DISK: u64 = 64 << 20;
/// Bytes of the layer.
const LAYER: u64 = 24 << 20;

/// Where the store is, as the tests here tell `rg`.
const PLACE: [&str; 2] = ["--store", "disk/store"];

/// A program run by root: by ourselves, or by a sudo that asks for no password.
fn as_root(program: &str) -> Command {
    if rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    sudo
}

/// A tmpfs of [`DISK`] bytes, unmounted when dropped.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: PathBuf) -> Self {
        std::fs::create_dir_all(&at).unwrap();
        let user = rustix::process::geteuid().as_raw();
        let options = format!("size={DISK},mode=0700,uid={user}");
        let mounted = as_root("mount")
            .args(["-t", "tmpfs", "-o", &options, "rg-test"])
            .arg(&at)
            .status()
            .unwrap();
        assert!(mounted.success(), "this test needs root to mount a tmpfs");
        Self(at)
    }

    /// Leaves `free` bytes.
    fn fill(&self, free: u64) {
        let taken = rustix::fs::statvfs(&self.0).unwrap();
        let size = (taken.f_bavail * taken.f_frsize).saturating_sub(free);
        let zeros = vec![0; usize::try_from(size).unwrap()];
        std::fs::write(self.0.join("filler"), zeros).unwrap();
    }

    /// Takes what is left.
    fn fill_up(&self) {
        let mut filler = std::fs::File::create(self.0.join("filler")).unwrap();
        let page = [0; 4096];
        while std::io::Write::write_all(&mut filler, &page).is_ok() {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = as_root("umount").arg(&self.0).status();
    }
}

/// A registry with two images, a store on a small disk that has the smaller one.
struct Bench {
    disk: Disk,
    env: Env,
    proxy: Proxy,
    graph: Graph,
    _registry: Registry,
}

impl Bench {
    fn new() -> Self {
        let graph = image(AMD64, &[Layer::big(1, LAYER), Layer::gzip(2, 50_000)]);
        let small = image(AMD64, &[Layer::gzip(3, 50_000)]);
        let registry = Registry::embedded(&Options::default());
        push_raw(&Client::new(), &registry.base(), "app", "v1", &graph);
        push_raw(&Client::new(), &registry.base(), "small", "v1", &small);
        let limits = Limits {
            in_all: Some(LAYER / 3),
            ..Limits::default()
        };
        let env = Env::new();
        let bench = Self {
            disk: Disk::mount(env.path("disk")),
            env,
            proxy: Proxy::limited(&registry.host(), limits),
            graph,
            _registry: registry,
        };
        let small = format!("{}/small:v1", bench.proxy.host());
        bench
            .env
            .command(["pull", &small])
            .args(&PLACE)
            .run()
            .succeeds();
        bench.proxy.forget();
        bench
    }

    fn store(&self) -> PathBuf {
        self.disk.0.join("store")
    }

    fn pull(&self) -> crate::support::env::Run {
        let name = format!("{}/app:v1", self.proxy.host());
        self.env.command(["pull", &name]).args(&PLACE)
    }

    /// Asserts that nothing is wrong with what is here, and that the image comes once there is room.
    #[track_caller]
    fn recovers(&self) {
        self.is_clean();
        self.disk.make_room();
        self.pull().run().succeeds();
        self.is_clean();
        for node in &self.graph.nodes {
            assert!(layout::has(&self.store(), &node.digest));
        }
    }

    #[track_caller]
    fn is_clean(&self) {
        layout::check(&self.store());
        self.env.command(["fsck"]).args(&PLACE).run().succeeds();
    }
}

#[track_caller]
fn names(output: &crate::support::env::Output, place: &Path) {
    let place = place.display().to_string();
    assert!(
        output.stderr.contains(&place) && output.stderr.contains("hint: make room"),
        "{output}"
    );
}

#[test]
#[ignore = "needs root to mount a tmpfs"]
fn a_disk_too_small_is_told_before_the_first_byte() {
    let bench = Bench::new();
    bench.disk.fill(LAYER / 2);
    let refused = bench.pull().run().exits(7).says(" bytes free, ");
    names(&refused, &bench.store());
    assert_eq!(bench.proxy.blob_bytes_fetched(), 0);
    bench.recovers();
}

#[test]
#[ignore = "needs root to mount a tmpfs"]
fn a_disk_that_fills_up_meanwhile_is_told_with_what_is_needed_and_the_rest_is_kept() {
    let bench = Bench::new();
    let running = bench.pull().spawn();
    wait_for("a quarter of the layer", || {
        (bench.proxy.sent() > LAYER / 4).then_some(())
    });
    bench.disk.fill_up();
    let ended = running.wait().exits(7).says(" bytes free, ");
    names(&ended, &bench.store().join("ingest"));
    bench.proxy.forget();
    bench.recovers();
    let fetched = bench.proxy.blob_bytes_fetched();
    assert!(fetched < LAYER, "{fetched} bytes: what was there was kept");
}
