//! The whole chain over a home of its own: a `config.json`, helper programs written on the spot, a variable.

#[cfg(feature = "keyring")]
mod keyring;

use std::path::PathBuf;

use super::helper::tests::{environment, script};
use super::{Chain, Credential, Secret, Stored};
use crate::config::{Config, Flags};
use crate::error::Error;
use crate::oci::Host;

mod places;

const VARIABLE: &str = "DOCKER_AUTH_CONFIG";

/// A home with helper programs in it.
pub(super) struct Home {
    folder: tempfile::TempDir,
    pub(super) variable: Option<&'static str>,
    /// `REGISTRY_AUTH_FILE`, below the home.
    auth_file: Option<&'static str>,
    pub(super) settings: &'static str,
}

impl Home {
    pub(super) fn new(docker: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(".docker")).unwrap();
        std::fs::write(folder.path().join(".docker/config.json"), docker).unwrap();
        Self {
            folder,
            variable: None,
            auth_file: None,
            settings: "",
        }
    }

    pub(super) fn chain(&self) -> Chain {
        let mut environment = environment(self.folder.path());
        let mut set = |name: &str, value: &str| {
            environment
                .variables
                .insert(name.to_owned(), value.to_owned());
        };
        let below = |path: &str| self.folder.path().join(path).display().to_string();
        set("HOME", &below(""));
        set("XDG_RUNTIME_DIR", &below("session"));
        if let Some(path) = self.auth_file {
            set("REGISTRY_AUTH_FILE", &below(path));
        }
        if let Some(text) = self.variable {
            set(VARIABLE, text);
        }
        let settings = self.folder.path().join("settings.toml");
        std::fs::write(&settings, self.settings).unwrap();
        let flags = Flags {
            settings: Some(settings),
            ..Flags::default()
        };
        Chain::open(&Config::load(&flags, environment).unwrap())
    }

    /// Writes a file below the home.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(super) fn file(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(".docker/config.json")).unwrap()
    }

    /// A helper that works, and the folder it keeps its logins in, one file a server.
    fn add_helper(&self, name: &str) -> PathBuf {
        let kept = self.folder.path().join(format!("{name}.kept"));
        std::fs::create_dir(&kept).unwrap();
        let body = r#"cd 'KEPT' || exit 9
            place() { printf %s "$1" | tr -c 'a-z0-9.' _; }
            case "$1" in
            get) at=$(place "$(cat)"); cat "$at" 2>/dev/null || { echo credentials not found in native keychain; exit 1; };;
            store) login=$(cat); server=${login#*:\"}; server=${server%%\"*}; printf %s "$login" > "$(place "$server")";;
            erase) rm "$(place "$(cat)")";;
            list) comma=; printf '{'; for at in *; do [ -f "$at" ] || continue; login=$(cat "$at"); server=${login#*:\"};
                printf '%s"%s":"someone"' "$comma" "${server%%\"*}"; comma=,; done; printf '}';;
            esac"#;
        script(
            self.folder.path(),
            name,
            &body.replace("KEPT", kept.to_str().unwrap()),
        );
        kept
    }

    /// Puts a login into a helper as another program would.
    fn put(&self, helper: &str, server: &str) {
        let login = format!(r#"{{"ServerURL":"{server}","Username":"{helper}","Secret":"s"}}"#);
        let place = server.replace(|c: char| !(c.is_ascii_alphanumeric() || c == '.'), "_");
        std::fs::write(
            self.folder
                .path()
                .join(format!("{helper}.kept"))
                .join(place),
            login,
        )
        .unwrap();
    }
}

pub(super) fn host(text: &str) -> Host {
    text.parse().unwrap()
}

pub(super) fn alice() -> Credential {
    Credential::Basic {
        username: "alice".to_owned(),
        password: Secret::new("hunter2"),
    }
}

/// User name and place of what is found.
async fn find(home: &Home, name: &str) -> Option<(String, String)> {
    let found = home.chain().find(&host(name)).await.unwrap()?;
    let origin = found
        .origin
        .replace(home.folder.path().to_str().unwrap(), "~");
    match found.credential {
        Credential::Basic { username, .. } => Some((username, origin)),
        other => panic!("{other:?}"),
    }
}

fn at(user: &str, origin: &str) -> (String, String) {
    (user.to_owned(), origin.to_owned())
}

#[tokio::test]
async fn places_are_searched_in_dockers_order() {
    // The entries are base64 of `file:p` and `variable:p`.
    let mut home = Home::new(
        r#"{"credsStore":"all","credHelpers":{"one.example":"one","file.example":""},
            "auths":{"one.example":{"auth":"ZmlsZTpw"},"all.example":{},"docker.io":{"auth":"ZmlsZTpw"},
            "file.example":{"auth":"ZmlsZTpw"},"v.example":{"auth":"ZmlsZTpw"}}}"#,
    );
    home.variable = Some(r#"{"auths":{"v.example":{"auth":"dmFyaWFibGU6cA=="}}}"#);
    home.add_helper("all");
    home.add_helper("one");
    for (helper, server) in [
        ("all", "all.example"),
        ("all", "one.example"),
        ("all", "v.example"),
        ("all", "file.example"),
    ] {
        home.put(helper, server);
    }
    assert_eq!(
        find(&home, "v.example").await,
        Some(at("variable", VARIABLE))
    );
    assert_eq!(
        find(&home, "all.example").await,
        Some(at("all", "docker-credential-all"))
    );
    assert_eq!(
        find(&home, "one.example").await,
        Some(at("file", "~/.docker/config.json")),
        "the helper in charge knows nothing, so the file is asked, and no other helper"
    );
    home.put("one", "one.example");
    assert_eq!(
        find(&home, "one.example").await,
        Some(at("one", "docker-credential-one"))
    );
    assert_eq!(
        find(&home, "file.example").await,
        Some(at("file", "~/.docker/config.json"))
    );
    assert_eq!(
        find(&home, "docker.io").await,
        Some(at("file", "~/.docker/config.json"))
    );
    assert_eq!(find(&home, "other.example").await, None);
    home.put("all", "https://other.example/v1/");
    assert_eq!(
        find(&home, "other.example").await,
        Some(at("all", "docker-credential-all"))
    );
}

#[tokio::test]
async fn our_setting_fills_the_gap_that_dockers_file_leaves() {
    let mut home = Home::new(r#"{"credHelpers":{"one.example":"one","file.example":""}}"#);
    home.settings = "credential_store = \"ours\"\n";
    home.add_helper("ours");
    home.add_helper("one");
    let chain = home.chain();
    for (name, expected) in [("one.example", "one"), ("other.example", "ours")] {
        let stored = chain.store(&host(name), &alice()).await.unwrap();
        assert_eq!(
            stored,
            Stored::Helper(format!("docker-credential-{expected}"))
        );
        assert_eq!(
            chain.find(&host(name)).await.unwrap().unwrap().credential,
            alice()
        );
    }
    let file = home.folder.path().join(".docker/config.json");
    assert_eq!(
        chain.store(&host("file.example"), &alice()).await.unwrap(),
        Stored::File(file)
    );
}

#[tokio::test]
async fn a_broken_helper_is_an_error_and_nothing_goes_elsewhere() {
    let text = r#"{"credsStore":"missing","credHelpers":{"evil.example":"../../evil"},"auths":{"r.example":{"auth":"ZmlsZTpw"}}}"#;
    let home = Home::new(text);
    let chain = home.chain();
    for name in ["r.example", "evil.example"] {
        let host = host(name);
        let errors = [
            chain.find(&host).await.err(),
            chain.destination(&host).await.err(),
            chain.store(&host, &alice()).await.err(),
        ];
        for error in errors {
            let error = error.unwrap();
            assert!(matches!(error, Error::Credential { .. }), "{error}");
            assert!(error.to_string().contains("docker-credential-"), "{error}");
        }
    }
    assert_eq!(home.file(), text);
    assert!(chain.erase(&host("r.example")).await.is_err());
    assert!(
        !home.file().contains("ZmlsZTpw"),
        "the file forgets all the same"
    );
    assert_eq!(chain.list().await.broken.len(), 2, "each broken helper");
}

#[tokio::test]
async fn a_login_in_a_helper_leaves_only_its_mark_in_the_file() {
    let home = Home::new(
        r#"{"auths":{"r.example":{"auth":"b2xkOnA=","email":"a@b"}},"credsStore":"safe"}"#,
    );
    let kept = home.add_helper("safe");
    let chain = home.chain();
    let helper = Stored::Helper("docker-credential-safe".to_owned());
    assert_eq!(chain.destination(&host("r.example")).await.unwrap(), helper);
    assert_eq!(
        chain.store(&host("r.example"), &alice()).await.unwrap(),
        helper
    );
    chain.store(&Host::docker_hub(), &alice()).await.unwrap();
    assert_eq!(
        home.file(),
        "{\n\t\"auths\": {\n\t\t\"r.example\": {\n\t\t\t\"email\": \"a@b\"\n\t\t},\n\t\t\
         \"https://index.docker.io/v1/\": {}\n\t},\n\t\"credsStore\": \"safe\"\n}"
    );
    assert!(kept.join("https___index.docker.io_v1_").exists());
    let token = Credential::Identity {
        username: String::new(),
        token: Secret::new("t"),
    };
    chain.store(&host("r.example"), &token).await.unwrap();
    assert_eq!(
        chain
            .find(&host("r.example"))
            .await
            .unwrap()
            .unwrap()
            .credential,
        token
    );
    let bearer = Credential::Bearer {
        token: Secret::new("t"),
    };
    assert!(chain.store(&host("r.example"), &bearer).await.is_err());
}

#[tokio::test]
async fn every_spelling_is_erased_from_helper_and_file() {
    let home = Home::new(
        r#"{"credsStore":"safe","credHelpers":{"x.example":"safe"},
            "auths":{"docker.io":{"auth":"ZmlsZTpw"},"https://index.docker.io/v1/":{},"keep.example":{"auth":"ZmlsZTpw"}}}"#,
    );
    let kept = home.add_helper("safe");
    for server in [
        "https://index.docker.io/v1/",
        "docker.io",
        "https://registry-1.docker.io/v2/",
        "keep.example",
    ] {
        home.put("safe", server);
    }
    let chain = home.chain();
    assert!(chain.erase(&Host::docker_hub()).await.unwrap());
    assert!(!chain.erase(&Host::docker_hub()).await.unwrap());
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 1);
    let file = home.file();
    assert!(
        !file.contains("docker.io") && file.contains("keep.example"),
        "{file}"
    );
    assert!(file.contains("\"x.example\": \"safe\""), "{file}");
    assert_eq!(chain.find(&Host::docker_hub()).await.unwrap(), None);
}

#[tokio::test]
async fn a_helper_without_a_list_is_asked_for_each_spelling() {
    let home = Home::new(r#"{"credsStore":"plain"}"#);
    home.add_helper("real");
    home.put("real", "https://r.example/v1/");
    let body = "[ \"$1\" = list ] && exit 1; exec docker-credential-real \"$1\"";
    script(home.folder.path(), "plain", body);
    assert!(home.chain().erase(&host("r.example")).await.unwrap());
    assert!(!home.chain().erase(&host("r.example")).await.unwrap());
}

#[tokio::test]
async fn without_a_helper_the_file_keeps_logins_and_forgets_them() {
    let home = Home::new("{}");
    std::fs::remove_dir_all(home.folder.path().join(".docker")).unwrap();
    let chain = home.chain();
    assert!(!chain.erase(&host("r.example")).await.unwrap());
    assert!(
        !home.folder.path().join(".docker").exists(),
        "nothing to forget, nothing written"
    );
    let file = Stored::File(home.folder.path().join(".docker/config.json"));
    assert_eq!(chain.destination(&host("r.example")).await.unwrap(), file);
    assert_eq!(
        chain.store(&host("r.example"), &alice()).await.unwrap(),
        file
    );
    assert_eq!(
        chain
            .find(&host("r.example"))
            .await
            .unwrap()
            .unwrap()
            .credential,
        alice()
    );
    assert_eq!(
        chain.find(&host("r.example:443")).await.unwrap(),
        None,
        "another port is another registry"
    );
    let colon = Credential::Basic {
        username: "a:b".to_owned(),
        password: Secret::new("hunter2"),
    };
    let error = chain.store(&host("r.example"), &colon).await.unwrap_err();
    assert_eq!(error.exit_code(), 4);
    assert!(chain.erase(&host("r.example")).await.unwrap());
    assert_eq!(home.file(), "{\n\t\"auths\": {}\n}");
}

#[tokio::test]
async fn a_bad_variable_is_an_error_that_names_it_and_shows_nothing() {
    let mut home = Home::new("{}");
    for text in [
        "hunter2",
        "{\"auths\":{\"r.example\":{\"auth\":\"hunter2\"}}}",
    ] {
        home.variable = Some(text);
        let error = home.chain().find(&host("r.example")).await.unwrap_err();
        assert_eq!(error.exit_code(), 4);
        let error = error.to_string();
        assert!(
            error.contains(VARIABLE) && !error.contains("hunter2"),
            "{error}"
        );
    }
}
