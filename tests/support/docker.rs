//! docker's own daemon, in a folder and namespaces of its own, and its command line.
//!
//! It runs as the first process of a PID namespace and in a mount namespace, so that the containerd it starts and every
//! mount it makes end with it, however the test ends. It has no network and no bridge: images are loaded, saved, tagged and
//! listed, not run.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal};

use super::env::{Env, Run, require, wait_for};

/// A daemon that runs until it is dropped.
pub(crate) struct Docker {
    /// `unshare`, which waits for the daemon.
    child: Child,
    folder: tempfile::TempDir,
}

impl Docker {
    /// Starts Debian's `dockerd`.
    ///
    /// # Panics
    /// When it is not installed, this is not root, or it does not start.
    pub(crate) fn start() -> Self {
        require("dockerd");
        require("docker");
        let root = rustix::process::geteuid().is_root();
        assert!(root, "this test needs root: dockerd runs as nobody else");
        // Names of sockets have at most 108 bytes, so this folder is not a test's own.
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(at("daemon.json"), "{}").expect("a file");
        let output = std::fs::File::create(at("log")).expect("a file");
        let child = Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child"])
            .args(["--mount-proc", "dockerd", "--config-file"])
            .arg(at("daemon.json"))
            .args(["--data-root", &at("data"), "--exec-root", &at("exec")])
            .args(["-H", &format!("unix://{}", at("docker.sock"))])
            .args(["-p", &at("pid"), "--storage-driver=vfs", "--bridge=none"])
            .args(["--iptables=false", "--ip6tables=false"])
            .arg("--log-level=warn")
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a file"))
            .stderr(output)
            .spawn()
            .expect("unshare starts");
        let mut docker = Self { child, folder };
        wait_for("dockerd answering", || {
            let ended = docker.child.try_wait().expect("our own child");
            assert!(ended.is_none(), "dockerd ended:\n{}", docker.log());
            let mut asked = Command::new("docker");
            asked.args(["-H", &docker.host(), "version"]);
            let output = asked.output().expect("docker runs");
            output.status.success().then_some(())
        });
        docker
    }

    /// Where it listens, as `docker -H` and `DOCKER_HOST` take it: `unix://SOCKET`.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Its socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }

    /// The command `docker` with these arguments, in the world of `env`.
    pub(crate) fn command(&self, env: &Env, arguments: &[&str]) -> Run {
        let run = env.program("docker", arguments);
        run.env("DOCKER_HOST", &self.host())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        // The daemon is the only child of `unshare`. With it ends everything in its namespaces, before `unshare` hears of it.
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        let daemon = children.ok().and_then(|text| text.trim().parse().ok());
        let killed = daemon
            .and_then(Pid::from_raw)
            .is_some_and(|daemon| rustix::process::kill_process(daemon, Signal::KILL).is_ok());
        if !killed {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
