//! Servers of others: what stands before a registry (nginx, squid, tinyproxy), and a registry of long ago. Each listens
//! on a free port, in a folder of its own, and ends with its handle.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::env::{require, wait_for};
use super::registry::USER;
use super::tls::{Authority, MADE_UP};

/// A server that runs until it is dropped.
pub(crate) struct Daemon {
    child: Child,
    address: SocketAddr,
    folder: tempfile::TempDir,
}

impl Daemon {
    /// Starts `program` on a free port of `ip`. `configure` gets its folder and address, writes files, and returns the
    /// arguments.
    fn start(
        program: &str,
        ip: IpAddr,
        configure: impl Fn(&Path, SocketAddr) -> Vec<String>,
    ) -> Self {
        require(program);
        // A port that was free a moment ago may be taken by another test: then the server ends, and gets another.
        for _ in 0..5 {
            let folder = tempfile::tempdir().expect("a temporary folder");
            share(folder.path());
            let free = TcpListener::bind((ip, 0)).and_then(|socket| socket.local_addr());
            let address = free.expect("a free port");
            let arguments = configure(folder.path(), address);
            let output = std::fs::File::create(folder.path().join("output")).expect("a file");
            let mut child = Command::new(program)
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(output.try_clone().expect("a file"))
                .stderr(output)
                .spawn()
                .expect("it starts");
            let up = wait_for("the server listening", || {
                match child.try_wait().expect("our own child") {
                    Some(_) => Some(false),
                    None => TcpStream::connect(address).is_ok().then_some(true),
                }
            });
            if up {
                return Self {
                    child,
                    address,
                    folder,
                };
            }
            let said = std::fs::read_to_string(folder.path().join("output")).unwrap_or_default();
            let said =
                said + &std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            assert!(
                said.contains("ddress already in use"),
                "{program} ended:\n{said}"
            );
        }
        panic!("{program} did not start five times");
    }

    /// nginx on `ip` before the registry at `target`, which speaks plain HTTP. With an authority it speaks TLS and wants
    /// certificates of that authority from clients.
    pub(crate) fn nginx(ip: IpAddr, target: &str, mutual: Option<&Authority>) -> Self {
        Self::nginx_that("", ip, target, mutual)
    }

    /// nginx before the registry at `target`, which has only what is asked for with `?ns=` and something that the
    /// regular expression `namespace` describes.
    pub(crate) fn nginx_for(namespace: &str, target: &str) -> Self {
        let rule = format!("if ($arg_ns !~* \"^{namespace}$\") {{ return 404; }}");
        Self::nginx_that(&rule, IpAddr::V4(Ipv4Addr::LOCALHOST), target, None)
    }

    /// The same with a rule of its own.
    fn nginx_that(rule: &str, ip: IpAddr, target: &str, mutual: Option<&Authority>) -> Self {
        Self::start("nginx", ip, |folder, address| {
            let at = |name: &str| folder.join(name).display().to_string();
            let mut listen = format!("listen {address};");
            if let Some(authority) = mutual {
                std::fs::write(at("ca.pem"), &authority.ca).expect("a file");
                std::fs::write(at("server.pem"), &authority.certificate).expect("a file");
                std::fs::write(at("server.key"), &authority.key).expect("a file");
                listen = format!(
                    "listen {address} ssl; ssl_certificate {}; ssl_certificate_key {}; \
                     ssl_client_certificate {}; ssl_verify_client on;",
                    at("server.pem"),
                    at("server.key"),
                    at("ca.pem")
                );
            }
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
                .concat();
            let text = format!(
                "daemon off; master_process off; worker_processes 1; pid {};\nerror_log stderr;\nevents {{}}\n\
                 http {{ access_log off;\n{temporary}\
                 server {{ {listen} client_max_body_size 0;\n\
                 location / {{ {rule} proxy_pass http://{target}; proxy_set_header Host $http_host; \
                 proxy_set_header X-Forwarded-Proto $scheme; proxy_request_buffering off; }} }} }}\n",
                at("pid"),
            );
            std::fs::write(at("conf"), text).expect("a file");
            vec![
                "-p".into(),
                at(""),
                "-e".into(),
                "stderr".into(),
                "-c".into(),
                at("conf"),
            ]
        })
    }

    /// squid, which knows that [`MADE_UP`] is this machine; with `asks` it wants [`USER`] and her password.
    pub(crate) fn squid(asks: bool) -> Self {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self::start("squid", here, |folder, address| {
            let at = |name: &str| folder.join(name).display().to_string();
            std::fs::write(at("hosts"), format!("127.0.0.1 {MADE_UP}\n")).expect("a file");
            let access = if asks {
                std::fs::write(at("passwords"), super::registry::htpasswd_line()).expect("a file");
                format!(
                    "auth_param basic program /usr/lib/squid/basic_ncsa_auth {}\n\
                     acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n",
                    at("passwords")
                )
            } else {
                "http_access allow all\n".to_owned()
            };
            let text = format!(
                "http_port {address}\npid_filename {}\naccess_log stdio:{}\ncache_log {}\ncache deny all\n\
                 coredump_dir {}\nhosts_file {}\npinger_enable off\nmemory_cache_shared off\n\
                 shutdown_lifetime 0 seconds\nvisible_hostname squid.test\n{access}",
                at("pid"),
                at("access.log"),
                at("log"),
                at(""),
                at("hosts"),
            );
            std::fs::write(at("conf"), text).expect("a file");
            // Names of shared memory begin with this one.
            let name = format!("test{}", address.port());
            vec!["-N".into(), "-n".into(), name, "-f".into(), at("conf")]
        })
    }

    /// tinyproxy; with `asks` it wants [`USER`] and [`WORD`].
    pub(crate) fn tinyproxy(asks: bool) -> Self {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self::start("tinyproxy", here, |folder, address| {
            let at = |name: &str| folder.join(name).display().to_string();
            let secret = if asks {
                format!("BasicAuth {USER} {WORD}\n")
            } else {
                String::new()
            };
            let text = format!(
                "Port {}\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nAllow 127.0.0.1\nLogLevel Connect\nLogFile \"{}\"\n{secret}",
                address.port(),
                at("access.log"),
            );
            std::fs::write(at("conf"), text).expect("a file");
            vec!["-d".into(), "-c".into(), at("conf")]
        })
    }

    /// The search of docker-registry 0.9.1, whose index has these names and descriptions.
    pub(crate) fn old_registry(repositories: &[(String, String)]) -> Self {
        let program = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/target/ci-tools/v1-registry/bin/python"
        );
        let launcher = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/v1_registry.py");
        Self::start(program, Ipv4Addr::LOCALHOST.into(), |folder, address| {
            let at = |name: &str| folder.join(name).display().to_string();
            let text = format!(
                "dev:\n  loglevel: warn\n  standalone: true\n  storage: local\n  storage_path: {}\n  \
                 search_backend: sqlalchemy\n  sqlalchemy_index_database: sqlite:///{}\n  \
                 disable_token_auth: true\n",
                at("storage"),
                at("index"),
            );
            std::fs::write(at("config"), text).expect("a file");
            let seed = serde_json::to_vec(repositories).expect("texts are JSON");
            std::fs::write(at("seed"), seed).expect("a file");
            let port = address.port().to_string();
            vec![launcher.into(), at("config"), port, at("seed")]
        })
    }

    /// `HOST:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// A file in its folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// The password of tinyproxy: its configuration takes letters and digits alone.
pub(crate) const WORD: &str = "sesame7";

/// Lets the user that a server changes to write into its folder.
fn share(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder, mode).expect("our own folder");
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
