//! The private world of a run: nothing of the user's is read or written, and no proxy is asked.
//!
//! ```text
//! TEMP/home, TEMP/docker     HOME, DOCKER_CONFIG
//! TEMP/etc                   RG_ETC: not there, so that no file of the administrator counts
//! TEMP/settings.toml         RG_SETTINGS: logins go to the file, waits are short
//! TEMP/build                 the store the image is made in and pushed from
//! TEMP/registry              what the embedded registry serves
//! TEMP/pulled                the store it is pulled into
//! ```

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::cli::options::GlobalOptions;
use crate::cli::session::Session;
use crate::config::Environment;
use crate::credential::Secret;
use crate::error::{Error, Result};
use crate::oci::Host;
use crate::serve::{Options, Server};
use crate::store::layout::Layout;

/// The user of the embedded registry.
pub(super) const USER: &str = "doctor";
/// The least bcrypt knows: the password is random and lives for seconds.
const BCRYPT_COST: u32 = 4;
/// Bytes of randomness in the password: it cannot be guessed while the run lasts.
const PASSWORD_BYTES: usize = 16;
/// Variables without which programs do not start or find no room for temporary files.
const PASSED_ON: [&str; 6] = [
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
];

/// Temporary places, and what points programs at them.
pub(super) struct World {
    folder: tempfile::TempDir,
    program: String,
    environment: Environment,
    /// The password of [`USER`].
    pub(super) password: Secret,
}

impl World {
    /// Makes the folders and files. They go when the world is dropped.
    pub(super) fn create(program: &str, outside: &Environment) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("doctor-")
            .tempdir()
            .map_err(Error::io("cannot make a folder in", std::env::temp_dir()))?;
        let at = |name: &str| folder.path().join(name);
        for name in ["home", "docker", "data"] {
            std::fs::create_dir(at(name)).map_err(Error::io("cannot make", at(name)))?;
        }
        write(
            &at("settings.toml"),
            "credential_store = \"file\"\nretry_base = \"50ms\"\n",
        )?;
        let password = random()?;
        let hash = bcrypt::hash(&password, BCRYPT_COST)
            .map_err(|error| Error::Machine(format!("cannot hash a password: {error}")))?;
        write(&at("htpasswd"), &format!("{USER}:{hash}\n"))?;
        let named = |name: &str, path: PathBuf| (name.to_owned(), path.display().to_string());
        let mut environment: Environment = [
            named("HOME", at("home")),
            named("USERPROFILE", at("home")),
            named("XDG_DATA_HOME", at("data")),
            named("XDG_CONFIG_HOME", at("data")),
            named("XDG_RUNTIME_DIR", at("session")),
            named("DOCKER_CONFIG", at("docker")),
            named("RG_ETC", at("etc")),
            named("RG_SETTINGS", at("settings.toml")),
        ]
        .into_iter()
        .collect();
        for name in PASSED_ON {
            if let Some(value) = outside.get(name) {
                environment
                    .variables
                    .insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(Self {
            program: program.to_owned(),
            environment,
            password: Secret::new(password),
            folder,
        })
    }

    /// The folder of everything.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The store called `name`.
    pub(super) fn store(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The environment of a second process that works with the store called `name`.
    pub(super) fn environment(&self, store: &str) -> Environment {
        let mut environment = self.environment.clone();
        let path = self.store(store).display().to_string();
        environment.variables.insert("RG_STORE".to_owned(), path);
        environment
    }

    /// A session of this process with the store called `name`.
    pub(super) fn session(&self, store: &str) -> Result<Session> {
        let global = GlobalOptions::default();
        Session::open(&self.program, &global, None, self.environment(store))
    }

    /// The embedded registry, on a free port of this machine, asking for the password.
    pub(super) async fn registry(&self) -> Result<(Server, Host)> {
        let layout = Layout::open(&self.store("registry"))?;
        let anywhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let options = Options {
            htpasswd: Some(self.path().join("htpasswd")),
            ..Options::default()
        };
        let server = Server::bind(layout, anywhere, options).await?;
        let host = server.address().to_string().parse()?;
        Ok((server, host))
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(Error::io("cannot write", path))
}

fn random() -> Result<String> {
    let mut bytes = [0; PASSWORD_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Machine(format!("the system has no randomness: {error}")))?;
    Ok(crate::oci::Digest::of(&bytes).hex())
}
