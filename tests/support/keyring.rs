//! A Secret Service of a test's own: gnome-keyring on a private session bus, both of which end with the test.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};

use super::env::{Env, require, wait_for};

/// What unlocks it.
const PASSWORD: &str = "pw";

/// Says when the name is owned, so that nobody's question makes the bus start a second daemon, and stays until its input
/// ends. dbus-run-session ends the bus after it.
const SESSION: &str = r#"
    gnome-keyring-daemon --foreground --components=secrets $UNLOCK <"$INPUT" >/dev/null & daemon=$!
    owned() {
        dbus-send --session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus \
            org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true
    }
    until owned; do sleep 0.01; done
    printf %s "$DBUS_SESSION_BUS_ADDRESS" >"$ADDRESS.new" && mv "$ADDRESS.new" "$ADDRESS"
    read -r end
    kill "$daemon"; wait "$daemon"
"#;

/// A session with a keyring. What it keeps stays in its world, for the next one there.
pub(crate) struct Session {
    child: Child,
    log: std::path::PathBuf,
}

impl Session {
    /// Starts one in `env`, whose programs find it from then on.
    pub(crate) fn start(env: &mut Env, unlocked: bool) -> Self {
        for program in ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"] {
            require(program);
        }
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(env.path("runtime"), private).expect("our own folder");
        let input = if unlocked { PASSWORD } else { "" };
        let input = env.write("unlock", input);
        let address = env.path("address");
        let _ = std::fs::remove_file(&address);
        let log = env.path("session.log");
        let output = std::fs::File::create(&log).expect("a file");
        let mut command: Command = env
            .program("dbus-run-session", &["--", "sh", "-c", SESSION])
            .env("UNLOCK", if unlocked { "--unlock" } else { "" })
            .env("INPUT", &input.display().to_string())
            .env("ADDRESS", &address.display().to_string())
            .into();
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .expect("dbus-run-session starts");
        let mut session = Self { child, log };
        let found = wait_for("a Secret Service on a bus", || {
            let ended = session.child.try_wait().expect("our own child");
            assert!(ended.is_none(), "the session ended: {}", session.log());
            std::fs::read_to_string(&address).ok()
        });
        env.set("DBUS_SESSION_BUS_ADDRESS", &found);
        session
    }

    /// What bus and keyring had to say.
    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(mut input) = self.child.stdin.take() {
            // A session that has ended already reads nothing.
            let _ = input.write_all(b"\n");
        }
        let ended = self.child.wait();
        if !std::thread::panicking() {
            assert!(ended.is_ok(), "{ended:?}: {}", self.log());
        }
    }
}
