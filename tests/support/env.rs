//! A private world for one test: HOME, store, docker's folder and settings of its own, and the real `rg` in it.
//!
//! The environment of a child is empty but for PATH and what is set here, so nothing of the user's can leak in or be
//! touched. Every wait is bounded: a child that hangs is killed and fails its test with what it printed.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest any child may take: far above what the slowest test needs on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// The user and the group of that number.
const NOBODY: u32 = 65534;

/// How often a condition is looked at again.
const POLL: Duration = Duration::from_millis(5);

/// A private world; removed when dropped.
pub(crate) struct Env {
    root: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Env {
    /// A fresh world with fast retries.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().expect("a temporary folder");
        let mut variables = BTreeMap::new();
        let places = [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_CACHE_HOME", "home/.cache"),
            ("RG_ETC", "etc"),
            ("XDG_RUNTIME_DIR", "runtime"),
            ("TMPDIR", "tmp"),
            ("DOCKER_CONFIG", "docker"),
        ];
        for (name, place) in places {
            let path = root.path().join(place);
            std::fs::create_dir_all(&path).expect("a folder");
            variables.insert(name.to_owned(), path.display().to_string());
        }
        let mut put = |name: &str, place: &str| {
            let path = root.path().join(place).display().to_string();
            variables.insert(name.to_owned(), path);
        };
        put("RG_STORE", "store");
        put("RG_SETTINGS", "settings.toml");
        let path = std::env::var("PATH").unwrap_or_default();
        variables.insert("PATH".to_owned(), path);
        let world = Self { root, variables };
        world.settings("retry_base = \"10ms\"\n");
        world
    }

    /// Replaces the settings file. Unless it says otherwise logins go to docker's file: where keyrings follow the user
    /// and not the environment, they would end in the keyring of whoever runs the tests.
    pub(crate) fn settings(&self, text: &str) {
        let file = if text.contains("credential_store") {
            ""
        } else {
            "credential_store = \"file\"\n"
        };
        std::fs::write(self.path("settings.toml"), format!("{file}{text}")).expect("a file");
    }

    /// Sets a variable for all programs of this world.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Puts a folder of this world in front of `PATH` and says which.
    pub(crate) fn folder_on_path(&mut self, relative: &str) -> PathBuf {
        let folder = self.path(relative);
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = format!("{}:{}", folder.display(), self.variables["PATH"]);
        self.set("PATH", &path);
        folder
    }

    /// Puts `rg` itself on `PATH`, for command lines.
    pub(crate) fn set_rg(&mut self) {
        let folder = self.folder_on_path("bin");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rg"), folder.join("rg")).expect("a link");
    }

    /// A path in this world.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// The local store.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("store")
    }

    /// Writes a file of this world and says where.
    pub(crate) fn write(&self, relative: &str, text: &str) -> PathBuf {
        let path = self.path(relative);
        let folder = path.parent().expect("a path below the root");
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// docker's `config.json`, as a value; `null` when there is none.
    pub(crate) fn docker_config(&self) -> serde_json::Value {
        match std::fs::read(self.path("docker/config.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes).expect("config.json is JSON"),
            Err(_) => serde_json::Value::Null,
        }
    }

    /// Runs `rg` to its end.
    pub(crate) fn rg<'a>(&self, arguments: impl AsRef<[&'a str]>) -> Output {
        self.command(arguments).run()
    }

    /// `rg`, to be given more before it runs.
    pub(crate) fn command<'a>(&self, arguments: impl AsRef<[&'a str]>) -> Run {
        self.program(env!("CARGO_BIN_EXE_rg"), arguments.as_ref())
    }

    /// `rg` as somebody who is not root, the user `nobody` where the tests run as root: modes of files say nothing to root.
    pub(crate) fn as_nobody(&self, arguments: &[&str]) -> Run {
        let (program, original) = (self.path("rg"), env!("CARGO_BIN_EXE_rg"));
        if !program.exists() {
            std::fs::hard_link(original, &program)
                .or_else(|_| std::fs::copy(original, &program).map(drop))
                .expect("another name of the program");
        }
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(self.path(""), open).expect("a folder for everybody");
        let run = self.program(program.to_str().expect("a path"), arguments);
        if rustix::process::geteuid().is_root() {
            run.user(NOBODY)
        } else {
            run
        }
    }

    /// Makes a folder of this world over to whom [`Env::as_nobody`] is.
    pub(crate) fn hand_over(&self, relative: &str) {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let mut paths = vec![self.path(relative)];
        while let Some(path) = paths.pop() {
            std::os::unix::fs::lchown(&path, Some(NOBODY), Some(NOBODY)).expect("another owner");
            if path.is_dir() && !path.is_symlink() {
                let inner = std::fs::read_dir(&path).expect("a folder");
                paths.extend(inner.map(|entry| entry.expect("an entry").path()));
            }
        }
    }

    /// Another program in this world.
    pub(crate) fn program(&self, program: &str, arguments: &[&str]) -> Run {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(&self.variables);
        command.current_dir(self.root.path());
        let title = format!("{program} {}", arguments.join(" "));
        Run {
            command,
            title,
            stdin: Vec::new(),
        }
    }
}

impl From<Run> for Command {
    fn from(run: Run) -> Self {
        run.command
    }
}

/// A command that does not run yet.
pub(crate) struct Run {
    command: Command,
    title: String,
    stdin: Vec<u8>,
}

impl Run {
    /// Gives it something to read.
    pub(crate) fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdin = text.as_ref().to_vec();
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it as another user of this machine, which only root can.
    pub(crate) fn user(mut self, id: u32) -> Self {
        std::os::unix::process::CommandExt::uid(&mut self.command, id);
        std::os::unix::process::CommandExt::gid(&mut self.command, id);
        self
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self.title = format!("{} {}", self.title, arguments.join(" "));
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Output {
        self.spawn().wait()
    }

    /// Starts it.
    pub(crate) fn spawn(mut self) -> Running {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{} does not start: {error}", self.title),
        };
        let mut input = child.stdin.take().expect("piped");
        let text = self.stdin;
        std::thread::spawn(move || {
            // A child that does not read its input is no error.
            let _ = input.write_all(&text);
        });
        let stdout = collect(child.stdout.take().expect("piped"));
        let stderr = collect(child.stderr.take().expect("piped"));
        Running {
            title: self.title,
            child,
            streams: Some([stdout, stderr]),
        }
    }
}

fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        bytes
    })
}

/// A child that runs; killed when dropped.
pub(crate) struct Running {
    title: String,
    child: Child,
    streams: Option<[JoinHandle<Vec<u8>>; 2]>,
}

impl Running {
    /// Ends it as a power cut would, and says what it had printed.
    pub(crate) fn kill(mut self) -> Output {
        let _ = self.child.kill();
        self.finish(None)
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.child.id()).expect("process ids are small");
        let id = rustix::process::Pid::from_raw(id).expect("process ids are positive");
        rustix::process::kill_process(id, signal).expect("our own child");
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("our own child").is_none()
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Output {
        let begun = Instant::now();
        loop {
            match self.child.try_wait().expect("our own child") {
                Some(status) => return self.finish(Some(status)),
                None if begun.elapsed() > PATIENCE => {
                    let _ = self.child.kill();
                    let output = self.finish(None);
                    panic!("it did not end in {PATIENCE:?}: {output}");
                }
                None => std::thread::sleep(POLL),
            }
        }
    }

    fn finish(&mut self, status: Option<ExitStatus>) -> Output {
        use std::os::unix::process::ExitStatusExt as _;
        let status = status.unwrap_or_else(|| self.child.wait().expect("our own child"));
        let streams = self.streams.take().expect("finished once");
        let [stdout, stderr] = streams.map(|thread| {
            let bytes = thread.join().unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let code = status.code().or(status.signal().map(|signal| 128 + signal));
        Output {
            title: self.title.clone(),
            stdout,
            stderr,
            code: code.unwrap_or(-1),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a child printed and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    title: String,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The exit code; 128 + n when signal n ended it.
    pub(crate) code: i32,
}

impl Output {
    /// Asserts success.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.exits(0)
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert!(self.code == code, "exit code {code} was expected: {self}");
        self
    }

    /// Asserts a failure with a message, of whatever code but a crash.
    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        let clean = (1..=8).contains(&self.code);
        assert!(
            clean && self.stderr.contains("error:"),
            "an error was expected: {self}"
        );
        self
    }

    /// Asserts that stderr has `text`.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr lacks {text:?}: {self}");
        self
    }

    /// Asserts that stdout has `text`.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "stdout lacks {text:?}: {self}");
        self
    }

    /// Asserts that neither stream has `text`.
    #[track_caller]
    pub(crate) fn hides(self, text: &str) -> Self {
        let shown = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!shown, "{text:?} was printed: {self}");
        self
    }

    /// The last line of stdout.
    pub(crate) fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            title,
            stdout,
            stderr,
            code,
        } = self;
        write!(
            f,
            "`{title}` ended with {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---"
        )
    }
}

/// Waits until `condition` gives something, at most [`PATIENCE`].
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{what} did not happen in {PATIENCE:?}"
        );
        std::thread::sleep(POLL);
    }
}

/// Asserts that a program this test needs is installed.
#[track_caller]
pub(crate) fn require(program: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).any(|folder| Path::new(&folder).join(program).is_file());
    assert!(
        found,
        "this test needs `{program}`: install it (.ci/run names the package)"
    );
}
