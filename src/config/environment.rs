//! The process environment as a value, and the folders that follow from it.
//!
//! Tests and `doctor` hand in their own, so nothing they do can touch the user's files, and nothing of the user's can
//! change what they see. The folders follow the XDG base directory specification where its variables are set, and
//! the platform's habits where they are not.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Environment variables. The only place that reads those of the process is [`Environment::of_process`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// Names and values. Values may be secrets (`DOCKER_AUTH_CONFIG`, proxy passwords), so `Debug` leaves them out.
    pub variables: BTreeMap<String, String>,
    /// The home that the system has on record, for a process started without one in its environment (cron, systemd).
    recorded_home: Option<PathBuf>,
    /// Where the administrator's settings of programs are.
    system_folder: Option<PathBuf>,
    /// The folder that podman uses where the session has none of its own.
    recorded_session: Option<PathBuf>,
}

impl Environment {
    /// What this process was started with. Variables that are not UTF-8 are left out.
    #[must_use]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            variables,
            recorded_home: dirs::home_dir(),
            system_folder: cfg!(unix).then(|| PathBuf::from("/etc")),
            recorded_session: recorded_session(),
        }
    }

    /// The value of `name`. An empty value counts as not set, as docker and the XDG specification have it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = if cfg!(windows) {
            let mut variables = self.variables.iter();
            variables.find_map(|(other, value)| other.eq_ignore_ascii_case(name).then_some(value))
        } else {
            self.variables.get(name)
        };
        value.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The user's home.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.get(name)
            .map(PathBuf::from)
            .or_else(|| self.recorded_home.clone())
    }

    /// Where programs keep a user's data: `$XDG_DATA_HOME`, or the platform's folder.
    #[must_use]
    pub fn data_folder(&self) -> Option<PathBuf> {
        self.folder("XDG_DATA_HOME", ".local/share", "LOCALAPPDATA")
    }

    /// Where programs keep a user's settings: `$XDG_CONFIG_HOME`, or the platform's folder.
    #[must_use]
    pub fn settings_folder(&self) -> Option<PathBuf> {
        self.folder("XDG_CONFIG_HOME", ".config", "APPDATA")
    }

    /// Where programs keep what should outlive a run and nobody would miss: `$XDG_STATE_HOME`, or the platform's folder.
    #[must_use]
    pub fn state_folder(&self) -> Option<PathBuf> {
        self.folder("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")
    }

    /// Where the administrator keeps settings of docker, containerd and podman: `$RG_ETC`, else `/etc` for a process that
    /// has its own environment. An environment made by hand has none, so that no test depends on the machine's.
    #[must_use]
    pub fn system_folder(&self) -> Option<PathBuf> {
        let named = self.get("RG_ETC").map(PathBuf::from);
        named.or_else(|| self.system_folder.clone())
    }

    /// Where docker and podman keep a user's settings on every Unix: `$XDG_CONFIG_HOME`, else `~/.config`.
    #[must_use]
    pub fn config_home(&self) -> Option<PathBuf> {
        let named = self.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let named = named.filter(|path| path.is_absolute());
        named.or_else(|| Some(self.home()?.join(".config")))
    }

    /// Where podman and skopeo keep a user's settings: `containers` in that folder.
    #[must_use]
    pub fn containers_settings_folder(&self) -> Option<PathBuf> {
        Some(self.config_home()?.join("containers"))
    }

    /// Where they keep what ends with the session: `containers` in `$XDG_RUNTIME_DIR`; on Linux without that,
    /// `/run/containers/UID`.
    #[must_use]
    pub fn containers_session_folder(&self) -> Option<PathBuf> {
        let named = self.get("XDG_RUNTIME_DIR").map(PathBuf::from);
        named
            .filter(|path| path.is_absolute())
            .map(|folder| folder.join("containers"))
            .or_else(|| self.recorded_session.clone())
    }

    fn folder(&self, xdg: &str, unix: &str, windows: &str) -> Option<PathBuf> {
        // "All paths set in these environment variables must be absolute": a relative one is ignored.
        let named = |name| {
            self.get(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        named(xdg).or_else(|| {
            if cfg!(windows) {
                named(windows)
            } else if cfg!(target_os = "macos") {
                Some(self.home()?.join("Library/Application Support"))
            } else {
                Some(self.home()?.join(unix))
            }
        })
    }
}

#[cfg(unix)]
fn recorded_session() -> Option<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    cfg!(target_os = "linux").then(|| PathBuf::from(format!("/run/containers/{user}")))
}

#[cfg(not(unix))]
fn recorded_session() -> Option<PathBuf> {
    None
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self {
            variables: variables.into_iter().collect(),
            recorded_home: None,
            system_folder: None,
            recorded_session: None,
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        variables
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let environment = environment(&[("DOCKER_CONFIG", ""), ("A", "b")]);
        assert_eq!(environment.get("DOCKER_CONFIG"), None);
        assert_eq!(environment.get("A"), Some("b"));
        assert_eq!(environment.get("C"), None);
    }

    #[test]
    fn printing_an_environment_shows_no_value() {
        let environment = environment(&[("DOCKER_AUTH_CONFIG", "hunter2")]);
        let shown = format!("{environment:?}");
        assert!(
            shown.contains("DOCKER_AUTH_CONFIG") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn folders_follow_xdg_then_home() {
        let home = ("HOME", "/home/u");
        assert_eq!(
            environment(&[home]).data_folder(),
            Some("/home/u/.local/share".into())
        );
        assert_eq!(
            environment(&[home]).settings_folder(),
            Some("/home/u/.config".into())
        );
        let xdg = environment(&[
            home,
            ("XDG_DATA_HOME", "/data"),
            ("XDG_CONFIG_HOME", "relative"),
        ]);
        assert_eq!(xdg.data_folder(), Some("/data".into()));
        assert_eq!(xdg.settings_folder(), Some("/home/u/.config".into()));
        assert_eq!(xdg.state_folder(), Some("/home/u/.local/state".into()));
        assert_eq!(environment(&[]).data_folder(), None);
    }

    #[cfg(unix)]
    #[test]
    fn podmans_folders_are_those_of_its_manual() {
        let places = |variables: &[(&str, &str)]| {
            let environment = environment(variables);
            let lasting = environment.containers_settings_folder();
            (environment.containers_session_folder(), lasting)
        };
        let home = ("HOME", "/home/u");
        let below = |path: &str| Some(PathBuf::from(path));
        assert_eq!(places(&[]), (None, None));
        assert_eq!(places(&[home]), (None, below("/home/u/.config/containers")));
        let xdg = [
            home,
            ("XDG_RUNTIME_DIR", "/run/user/1"),
            ("XDG_CONFIG_HOME", "/c"),
        ];
        let expected = (below("/run/user/1/containers"), below("/c/containers"));
        assert_eq!(places(&xdg), expected);
        let relative = [home, ("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "c")];
        assert_eq!(places(&relative), places(&[home]));
    }
}
