//! The keyring as the rest sees it: spellings, limits of time, environments that have none.

use std::sync::mpsc;

use zeroize::Zeroizing;

use super::entries::tests::{Memory, login};
use super::*;

fn over(vault: impl Vault + 'static) -> Keyring {
    Keyring::over(Ok(Arc::new(vault)))
}

fn words<T>(result: Result<T>) -> String {
    let error = result.err().unwrap();
    assert!(matches!(error, Error::Keyring { .. }) && error.exit_code() == 4);
    error.to_string()
}

#[tokio::test]
async fn a_registry_has_one_login_under_all_its_spellings() {
    let keyring = over(Memory::default());
    keyring.store("docker.io", &login("old")).await.unwrap();
    keyring
        .store("https://index.docker.io/v1/", &login("new"))
        .await
        .unwrap();
    keyring.store("r.example", &login("r")).await.unwrap();
    let servers = keyring.servers().await.unwrap();
    assert_eq!(servers, ["https://index.docker.io/v1/", "r.example"]);
    for server in [
        "docker.io",
        "https://index.docker.io/v1/",
        "registry-1.docker.io",
    ] {
        assert_eq!(keyring.get(server).await.unwrap(), Some(login("new")));
    }
    assert_eq!(keyring.get("r.example:443").await.unwrap(), None);
    assert!(keyring.erase("index.docker.io").await.unwrap());
    assert!(!keyring.erase("index.docker.io").await.unwrap());
    assert_eq!(keyring.servers().await.unwrap(), ["r.example"]);
}

#[tokio::test]
async fn docker_keeps_its_own_tokens_beside_the_login() {
    let keyring = over(Memory::default());
    for server in ["", "access-token", "refresh-token"] {
        let server = format!("https://index.docker.io/v1/{server}");
        keyring.store(&server, &login(&server)).await.unwrap();
    }
    keyring.erase("docker.io").await.unwrap();
    let kept = keyring
        .get("https://index.docker.io/v1/access-token")
        .await
        .unwrap();
    assert_eq!(kept, Some(login("https://index.docker.io/v1/access-token")));
    assert_eq!(keyring.get("docker.io").await.unwrap(), None);
}

#[tokio::test]
async fn identity_tokens_come_back_as_such_and_bearer_tokens_are_refused() {
    let keyring = over(Memory::default());
    let host: Host = "r.example".parse().unwrap();
    let token = super::super::Secret::new("t");
    let identity = Credential::Identity {
        username: String::new(),
        token: token.clone(),
    };
    keyring.keep(&host, &identity).await.unwrap();
    assert_eq!(keyring.find(&host).await.unwrap(), Some(identity));
    words(keyring.keep(&host, &Credential::Bearer { token }).await);
}

#[tokio::test]
async fn a_server_with_control_characters_is_not_asked_for() {
    let keyring = over(Memory::default());
    for server in ["", "r.example\nhost=evil", "r.example\0", "\u{7f}"] {
        let error = words(keyring.get(server).await);
        assert!(error.contains("control characters"), "{error}");
        words(keyring.store(server, &login("s")).await);
        words(keyring.erase(server).await);
    }
}

/// A keyring that answers when it is told to.
struct Hanging(std::sync::Mutex<mpsc::Receiver<()>>);

impl Vault for Hanging {
    fn connect(&self) -> std::result::Result<(), String> {
        Ok(())
    }

    fn get(&self, _: &str, _: &str) -> std::result::Result<Option<Zeroizing<Vec<u8>>>, String> {
        let told = self.0.lock().unwrap().recv();
        assert!(told.is_err(), "nobody says a word");
        Ok(None)
    }

    fn set(&self, _: &str, _: &str, _: &[u8]) -> std::result::Result<(), String> {
        Err("the prompt was dismissed".to_owned())
    }

    fn erase(&self, _: &str, _: &str) -> std::result::Result<bool, String> {
        Ok(false)
    }

    fn users(&self, _: &str) -> std::result::Result<Vec<String>, String> {
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn a_keyring_that_hangs_is_given_up_and_not_asked_again() {
    let (end, ended) = mpsc::channel();
    let keyring = Keyring {
        limit: Duration::from_millis(200),
        ..over(Hanging(std::sync::Mutex::new(ended)))
    };
    let error = words(keyring.get("r.example").await);
    assert!(error.contains("no answer within 0.2 s"), "{error}");
    drop(end);
    // It would answer by now.
    let again = words(keyring.clone().get("r.example").await);
    assert_eq!(again, error);
    assert!(!words(keyring.connect().await).is_empty());
}

#[tokio::test]
async fn whoever_declined_to_unlock_it_is_not_asked_twice() {
    let (_end, ended) = mpsc::channel();
    let keyring = over(Hanging(std::sync::Mutex::new(ended)));
    let error = words(keyring.probe().await);
    assert!(error.contains("the prompt was dismissed"), "{error}");
    // Listing would work.
    assert_eq!(words(keyring.servers().await), error);
}

#[tokio::test]
async fn an_environment_that_is_not_the_process_has_no_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    std::fs::write(folder.path().join("bus"), "").unwrap();
    let bus = format!("unix:path={place}/bus");
    for variables in [
        &[][..],
        &[("HOME", place.as_str()), ("XDG_RUNTIME_DIR", "/nowhere")],
        &[("HOME", &place), ("XDG_RUNTIME_DIR", &place)],
        &[("HOME", &place), ("DBUS_SESSION_BUS_ADDRESS", &bus)],
    ] {
        let variables = variables
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let keyring = Keyring::open(&variables.collect());
        assert!(!keyring.may_exist());
        words(keyring.get("r.example").await);
    }
}

#[tokio::test]
async fn capitals_in_a_host_make_no_other_login() {
    let keyring = over(Memory::default());
    let capitals: Host = "R.Example".parse().unwrap();
    for name in ["R.Example", "r.example"] {
        let credential = login(name).into_credential().unwrap();
        let host: Host = name.parse().unwrap();
        keyring.keep(&host, &credential).await.unwrap();
        for asked in [&host, &capitals] {
            assert_eq!(
                keyring.find(asked).await.unwrap(),
                Some(credential.clone()),
                "{name} {asked}"
            );
        }
    }
    assert_eq!(keyring.servers().await.unwrap(), ["r.example"]);
}
