//! Registries that tests talk to: Debian's `docker-registry` as a child, and the embedded one in this process.
//!
//! Each listens on a free loopback port in a folder of its own and ends with its handle.

use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

use super::client::Client;
use super::env::{require, wait_for};
use super::tls::Authority;
use super::token_server::{self, TokenServer};

/// The one user that registries with a password file know.
pub(crate) const USER: &str = "alice";
/// Her password.
pub(crate) const PASSWORD: &str = "correct horse";

/// How a registry is set up.
#[derive(Default)]
pub(crate) struct Options<'a> {
    /// Asks for [`USER`] and [`PASSWORD`].
    pub(crate) htpasswd: bool,
    /// Speaks TLS.
    pub(crate) tls: Option<&'a Authority>,
    /// Asks for tokens of this server.
    pub(crate) token: Option<&'a TokenServer>,
    /// Lets things be deleted.
    pub(crate) delete: bool,
    /// Fetches what it lacks from the registry at this URL, and takes nothing else.
    pub(crate) remote: Option<&'a str>,
}

enum Running {
    Child(Child),
    Thread(
        Option<tokio::sync::oneshot::Sender<()>>,
        Option<JoinHandle<()>>,
    ),
}

/// A registry that runs until it is dropped.
pub(crate) struct Registry {
    address: SocketAddr,
    tls: bool,
    folder: tempfile::TempDir,
    running: Running,
}

/// A line of an htpasswd file for [`USER`], with the cheapest work factor there is.
pub(crate) fn htpasswd_line() -> String {
    let hash = bcrypt::hash_with_result(PASSWORD, 4).expect("bcrypt takes cost 4");
    format!(
        "{USER}:{}\n",
        hash.format_for_version(bcrypt::Version::TwoY)
    )
}

impl Registry {
    /// Starts Debian's `docker-registry`.
    ///
    /// # Panics
    /// When the program is not installed or does not start.
    pub(crate) fn distribution(options: &Options<'_>) -> Self {
        require("docker-registry");
        // A port that was free a moment ago may be taken by another test: then the registry ends, and gets another.
        for _ in 0..5 {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
            let address = free.expect("a free loopback port");
            let file = write_configuration(&folder, address, options);
            let output = std::fs::File::create(folder.path().join("log")).expect("a file");
            let child = Command::new("docker-registry")
                .args(["serve".as_ref(), file.as_os_str()])
                .env_clear()
                .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
                .env("OTEL_TRACES_EXPORTER", "none")
                .stdin(Stdio::null())
                .stdout(output.try_clone().expect("a file"))
                .stderr(output)
                .spawn()
                .expect("docker-registry starts");
            let mut registry = Self {
                address,
                tls: options.tls.is_some(),
                folder,
                running: Running::Child(child),
            };
            if registry.comes_up() {
                return registry;
            }
        }
        panic!("docker-registry did not start five times");
    }

    /// Starts the embedded registry on a store of its own.
    pub(crate) fn embedded(options: &Options<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let htpasswd = options.htpasswd.then(|| folder.path().join("htpasswd"));
        if let Some(path) = &htpasswd {
            std::fs::write(path, htpasswd_line()).expect("a file");
        }
        let serving = rg::serve::Options {
            read_only: false,
            allow_delete: options.delete,
            htpasswd,
        };
        let store = folder.path().join("store");
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime needs nothing");
            runtime.block_on(async {
                let layout = rg::store::layout::Layout::open(&store).expect("an empty folder");
                let any = SocketAddr::from(([127, 0, 0, 1], 0));
                let server = rg::serve::Server::bind(layout, any, serving)
                    .await
                    .expect("a free port");
                tell.send(server.address()).expect("somebody waits");
                let ended = server.run(async { drop(stopped.await) }).await;
                ended.expect("the embedded registry ends well");
            });
        });
        let address = told.recv().expect("the embedded registry starts");
        Self {
            address,
            tls: false,
            folder,
            running: Running::Thread(Some(stop), Some(thread)),
        }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The base URL.
    pub(crate) fn base(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Where an embedded registry keeps its images.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// Where distribution keeps its repositories.
    pub(crate) fn repositories(&self) -> PathBuf {
        self.folder
            .path()
            .join("data/docker/registry/v2/repositories")
    }

    /// Ends it; the address stays free for nobody.
    pub(crate) fn stop(self) -> String {
        self.host()
    }

    /// Waits until the registry answers; false when it ended instead.
    fn comes_up(&mut self) -> bool {
        let (address, folder) = (self.address, self.folder.path().to_owned());
        let Running::Child(child) = &mut self.running else {
            return true;
        };
        let client = Client::new();
        let up = wait_for("docker-registry answering", || {
            if let Ok(Some(_)) = child.try_wait() {
                return Some(false);
            }
            // Over plain HTTP: a registry that speaks TLS answers that with a 400, which is an answer.
            let answer = client.try_send("GET", &format!("http://{address}/v2/"), &[], None);
            answer.is_ok().then_some(true)
        });
        if !up {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(
                log.contains("address already in use"),
                "docker-registry ended:\n{log}"
            );
        }
        up
    }
}

fn write_configuration(
    folder: &tempfile::TempDir,
    address: SocketAddr,
    options: &Options<'_>,
) -> PathBuf {
    let path = |name: &str| folder.path().join(name);
    let put = |name: &str, text: &str| {
        std::fs::write(path(name), text).expect("a file");
        path(name).display().to_string()
    };
    let mut text = format!(
        "version: 0.1\n\
         log: {{level: error}}\n\
         storage: {{filesystem: {{rootdirectory: \"{}\"}}, delete: {{enabled: {}}}}}\n\
         validation: {{manifests: {{urls: {{allow: ['^https?://']}}}}}}\n",
        path("data").display(),
        options.delete,
    );
    let mut http = format!("addr: \"{address}\", secret: any");
    if let Some(authority) = options.tls {
        let certificate = put("server.pem", &authority.certificate);
        let key = put("server.key", &authority.key);
        let _ = write!(
            http,
            ", tls: {{certificate: \"{certificate}\", key: \"{key}\"}}"
        );
    }
    let _ = writeln!(text, "http: {{{http}}}");
    if let Some(remote) = options.remote {
        let _ = writeln!(text, "proxy: {{remoteurl: \"{remote}\"}}");
    }
    if options.htpasswd {
        let file = put("htpasswd", &htpasswd_line());
        let _ = writeln!(
            text,
            "auth: {{htpasswd: {{realm: test, path: \"{file}\"}}}}"
        );
    }
    if let Some(server) = options.token {
        let bundle = put("token.pem", server.certificate());
        let (realm, service, issuer) =
            (server.realm(), token_server::SERVICE, token_server::ISSUER);
        let _ = writeln!(
            text,
            "auth: {{token: {{realm: \"{realm}\", service: \"{service}\", issuer: \"{issuer}\", rootcertbundle: \"{bundle}\"}}}}"
        );
    }
    let file = path("registry.yml");
    std::fs::write(&file, text).expect("a file");
    file
}

impl Drop for Registry {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Child(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            Running::Thread(stop, thread) => {
                drop(stop.take());
                let ended = thread.take().map(JoinHandle::join);
                if let (Some(Err(panic)), false) = (ended, std::thread::panicking()) {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
}
