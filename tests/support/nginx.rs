//! nginx in front of a server, on free loopback ports, in a folder of its own, ended with its handle.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::env::{require, wait_for};
use super::tls::Authority;

/// An nginx that runs until it is dropped.
pub(crate) struct Nginx {
    child: Child,
    ports: Vec<u16>,
    _folder: tempfile::TempDir,
}

impl Nginx {
    /// Starts one with what `servers` says for so many ports: `server` blocks, which may name files below its folder.
    /// Where `authority` is given, `server.pem` and `server.key` are there.
    ///
    /// # Panics
    /// When the program is not installed or does not start.
    pub(crate) fn start(
        count: usize,
        authority: Option<&Authority>,
        servers: impl Fn(&[u16]) -> String,
    ) -> Self {
        require("nginx");
        // A port that was free a moment ago may be taken by another test: then nginx ends, and gets others.
        for _ in 0..5 {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let ports = free_ports(count);
            if let Some(authority) = authority {
                let put = |name: &str, text: &str| {
                    std::fs::write(folder.path().join(name), text).expect("a file");
                };
                put("server.pem", &authority.certificate);
                put("server.key", &authority.key);
            }
            let file = folder.path().join("nginx.conf");
            std::fs::write(&file, configuration(folder.path(), &servers(&ports))).expect("a file");
            let log = folder.path().join("log");
            let output = std::fs::File::create(&log).expect("a file");
            let mut child = Command::new("nginx")
                .args(["-p".as_ref(), folder.path(), "-c".as_ref(), file.as_path()])
                .arg("-e")
                .arg(&log)
                .env_clear()
                .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(output)
                .spawn()
                .expect("nginx starts");
            let up = wait_for("nginx listening", || {
                if let Ok(Some(_)) = child.try_wait() {
                    return Some(false);
                }
                let listens = |port: &u16| TcpStream::connect(("127.0.0.1", *port)).is_ok();
                ports.iter().all(listens).then_some(true)
            });
            if up {
                return Self {
                    child,
                    ports,
                    _folder: folder,
                };
            }
            let told = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(told.contains("in use"), "nginx ended:\n{told}");
        }
        panic!("nginx did not start five times");
    }

    /// `127.0.0.1:PORT` of its server block number `at`.
    pub(crate) fn host(&self, at: usize) -> String {
        format!("127.0.0.1:{}", self.ports[at])
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Different ports that are free now.
fn free_ports(count: usize) -> Vec<u16> {
    let sockets: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free loopback port"))
        .collect();
    let port = |socket: &TcpListener| socket.local_addr().expect("it is bound").port();
    sockets.iter().map(port).collect()
}

fn configuration(folder: &Path, servers: &str) -> String {
    let folder = folder.display();
    // One process, so that ending it ends all of it.
    format!(
        "daemon off;\n\
         master_process off;\n\
         pid {folder}/pid;\n\
         events {{ worker_connections 256; }}\n\
         http {{\n\
         access_log off;\n\
         client_body_temp_path {folder}/body;\n\
         proxy_temp_path {folder}/proxy;\n\
         fastcgi_temp_path {folder}/fastcgi;\n\
         uwsgi_temp_path {folder}/uwsgi;\n\
         scgi_temp_path {folder}/scgi;\n\
         client_max_body_size 0;\n\
         proxy_request_buffering off;\n\
         proxy_http_version 1.1;\n\
         proxy_set_header Host $http_host;\n\
         {servers}\n\
         }}\n"
    )
}
