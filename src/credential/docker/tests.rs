//! What docker's file says.

use super::*;

fn config(text: &str) -> DockerConfig {
    DockerConfig::parse(Origin::File("/c/config.json".into()), text.as_bytes()).unwrap()
}

fn host(text: &str) -> Host {
    text.parse().unwrap()
}

fn basic(username: &str, password: &str) -> Credential {
    Credential::Basic {
        username: username.to_owned(),
        password: Secret::new(password),
    }
}

fn login(text: &str, name: &str) -> Option<Credential> {
    config(text).login(&host(name)).unwrap()
}

#[test]
fn every_form_of_entry_is_read() {
    let text = r#"{"auths":{
        "a.example":{"auth":"YWxpY2U6cGFzczp3b3Jk"},
        "b.example":{"auth":"YWxpY2U6cA"},
        "c.example":{"username":"alice","password":"p"},
        "d.example":{"auth":"YWxpY2U6","identitytoken":"t"},
        "e.example":{"registrytoken":"t","auth":"YWxpY2U6cA=="},
        "f.example":{}, "g.example":null, "h.example":{"auth":""},
        "https://index.docker.io/v1/":{"auth":"YWxpY2U6cAAA"}
    }}"#;
    assert_eq!(login(text, "a.example"), Some(basic("alice", "pass:word")));
    assert_eq!(login(text, "b.example"), Some(basic("alice", "p")));
    assert_eq!(login(text, "c.example"), Some(basic("alice", "p")));
    let token = Secret::new("t");
    let username = "alice".to_owned();
    let identity = Credential::Identity {
        username,
        token: token.clone(),
    };
    assert_eq!(login(text, "d.example"), Some(identity));
    assert_eq!(login(text, "e.example"), Some(Credential::Bearer { token }));
    for nothing in [
        "f.example",
        "g.example",
        "h.example",
        "i.example",
        "a.example:443",
    ] {
        assert_eq!(login(text, nothing), None, "{nothing}");
    }
    assert_eq!(
        login(text, "docker.io"),
        Some(basic("alice", "p")),
        "NUL padding is cut"
    );
    assert_eq!(config(text).hosts().unwrap().len(), 6);
}

#[test]
fn what_docker_reads_over_is_read_over() {
    // Lines as `base64` wraps them, padding of old versions, empty members, spellings of other times.
    let text = r#"{"HttpHeaders":{"Authorization":"hunter2"},"credsStore":"","detachKeys":"ctrl-e,e","auths":{
        "wrapped.example":{"auth":"YWxp\nY2U6\r\ncA==\n","email":""},
        "nul.example":{"auth":"YWxpY2U6cAAAAA=="},
        "empty.example":{"auth":"","username":"alice","password":"p","identitytoken":"","registrytoken":null},
        "https://v1.example/v1/":{"auth":"YWxpY2U6cA=="},
        "http://plain.example/":{"auth":"YWxpY2U6cA=="},
        "slash.example/":{"auth":"YWxpY2U6cA=="},
        "UPPER.Example:5000":{"auth":"YWxpY2U6cA=="}
    }}"#;
    for name in [
        "wrapped.example",
        "nul.example",
        "empty.example",
        "v1.example",
        "plain.example",
        "slash.example",
        "upper.example:5000",
        "Upper.Example:5000",
    ] {
        assert_eq!(login(text, name), Some(basic("alice", "p")), "{name}");
        assert_eq!(config(text).helper(&host(name)).unwrap(), None);
    }
    let mut config = config(text);
    config.remove(&host("upper.example:5000")).unwrap();
    assert!(!config.to_text().contains("UPPER"));
    assert!(config.to_text().contains("\"HttpHeaders\": {"));
}

#[test]
fn the_old_dockercfg_is_the_entries_alone() {
    let origin = Origin::File("/c/.dockercfg".into());
    let text = br#"{"https://index.docker.io/v1/":{"auth":"YWxpY2U6cA==","email":"a@b"},"auths":{"auth":"YWxpY2U6cA=="}}"#;
    let old = DockerConfig::parse_entries(origin.clone(), text).unwrap();
    assert_eq!(
        old.login(&Host::docker_hub()).unwrap(),
        Some(basic("alice", "p"))
    );
    assert!(DockerConfig::parse_entries(origin.clone(), b"[]").is_err());
    let empty = DockerConfig::parse_entries(origin, b"").unwrap();
    assert!(empty.keys().unwrap().is_empty());
}

#[test]
fn the_key_docker_writes_wins_over_other_spellings() {
    let text = r#"{"auths":{
        "https://r.example/v1/":{"auth":"b2xkOnA="}, "r.example":{"auth":"bmV3OnA="},
        "https://s.example/v1/":{"auth":"b2xkOnA="}, "s.example":{}
    }}"#;
    assert_eq!(login(text, "r.example"), Some(basic("new", "p")));
    assert_eq!(
        login(text, "s.example"),
        Some(basic("old", "p")),
        "an empty entry is nothing"
    );
}

#[test]
fn a_broken_entry_is_an_error_for_its_own_registry_only() {
    let text = r#"{"auths":{"bad.example":{"auth":"%%%hunter2"},"worse.example":["hunter2"],
        "nocolon.example":{"auth":"aHVudGVyMg=="},"good.example":{"auth":"YWxpY2U6cA=="}}}"#;
    assert_eq!(login(text, "good.example"), Some(basic("alice", "p")));
    for name in ["bad.example", "worse.example", "nocolon.example"] {
        let error = config(text).login(&host(name)).unwrap_err();
        assert_eq!(error.exit_code(), 7);
        let error = error.to_string();
        assert!(
            error.contains(name) && !error.contains("hunter2"),
            "{error}"
        );
    }
}

#[test]
fn helpers_are_named_per_host_then_for_all() {
    let text = r#"{"credsStore":"desktop","credHelpers":{"gcr.io":"gcloud","index.docker.io":"hub","f.example":""}}"#;
    let helper = |name: &str| config(text).helper(&host(name)).unwrap();
    assert_eq!(helper("gcr.io").as_deref(), Some("gcloud"));
    assert_eq!(helper("docker.io").as_deref(), Some("hub"));
    assert_eq!(helper("f.example").as_deref(), Some(""));
    assert_eq!(helper("other.example").as_deref(), Some("desktop"));
    assert_eq!(
        config(text).helpers().unwrap(),
        ["desktop", "gcloud", "hub"]
    );
    assert_eq!(
        config(r#"{"credsStore":""}"#).helper(&host("a.b")).unwrap(),
        None
    );
    for bad in [
        r#"{"credsStore":1}"#,
        r#"{"credHelpers":[]}"#,
        r#"{"credHelpers":{"a.b":{}}}"#,
    ] {
        assert_eq!(
            config(bad).helper(&host("a.b")).unwrap_err().exit_code(),
            7,
            "{bad}"
        );
    }
    assert!(config(r#"{"auths":[]}"#).login(&host("a.b")).is_err());
}

#[test]
fn a_login_replaces_the_login_and_leaves_the_rest() {
    let mut config = config(
        r#"{"HttpHeaders":{"A":"b"},"auths":{"r.example":{"email":"a@b","auth":"b2xkOnA=","identitytoken":"old"}},"x":1e2}"#,
    );
    config
        .set_login(&host("r.example"), Some(&basic("alice", "p")))
        .unwrap();
    config.set_login(&host("docker.io"), None).unwrap();
    assert_eq!(
        config.to_text(),
        "{\n\t\"HttpHeaders\": {\n\t\t\"A\": \"b\"\n\t},\n\t\"auths\": {\n\t\t\"r.example\": {\n\t\t\t\"email\": \"a@b\",\n\t\t\t\
         \"auth\": \"YWxpY2U6cA==\"\n\t\t},\n\t\t\"https://index.docker.io/v1/\": {}\n\t},\n\t\"x\": 1e2\n}"
    );
}

#[test]
fn what_is_written_is_read_back() {
    let token = Secret::new("t");
    let username = "alice".to_owned();
    for credential in [
        basic("alice", "p:\u{e9}\""),
        Credential::Identity {
            username,
            token: token.clone(),
        },
        Credential::Bearer { token },
    ] {
        let mut config = config("{}");
        config
            .set_login(&host("r.example"), Some(&credential))
            .unwrap();
        assert_eq!(login(&config.to_text(), "r.example"), Some(credential));
    }
}

#[test]
fn removing_takes_every_spelling_and_nothing_else() {
    let mut config = config(
        r#"{"auths":{"docker.io":{},"https://index.docker.io/v1/":{"auth":"YTpi"},"a.example":{},
            "https://index.docker.io/v1/access-token":{}},"credHelpers":{"docker.io":"x"}}"#,
    );
    assert!(config.mentions(&Host::docker_hub()).unwrap());
    config.remove(&Host::docker_hub()).unwrap();
    assert!(!config.mentions(&Host::docker_hub()).unwrap());
    let names: Vec<_> = config
        .object("auths")
        .unwrap()
        .iter()
        .map(|(name, _)| name.to_owned())
        .collect();
    assert_eq!(
        names,
        ["a.example", "https://index.docker.io/v1/access-token"]
    );
    assert_eq!(
        config.helper(&Host::docker_hub()).unwrap().as_deref(),
        Some("x")
    );
}

#[test]
fn a_login_in_the_keyring_leaves_a_mark_and_no_other_spelling() {
    let text = r#"{"auths":{"https://r.example/v1/":{"auth":"YTpi"},"r.example":{"auth":"YTpi","email":"a@b"},"other.example":{"auth":"YTpi"}}}"#;
    let mut docker = DockerConfig::parse(Origin::Variable("V"), text.as_bytes()).unwrap();
    let host: Host = "r.example".parse().unwrap();
    assert!(!docker.marks_any().unwrap());
    docker.mark(&host).unwrap();
    assert!(docker.mentions(&host).unwrap() && docker.marks_any().unwrap());
    assert!(docker.login(&host).unwrap().is_none());
    let text = docker.to_text();
    assert!(
        !text.contains("https://") && text.contains("a@b") && text.contains("other.example"),
        "{text}"
    );
}

#[test]
fn a_helper_is_put_in_charge_of_a_host_and_taken_back() {
    let text = r#"{"credHelpers":{"r.example":"pass"},"credsStore":"x"}"#;
    let mut docker = DockerConfig::parse(Origin::Variable("V"), text.as_bytes()).unwrap();
    let hub = Host::docker_hub();
    docker.set_helper(&hub, "rg").unwrap();
    assert_eq!(docker.helper(&hub).unwrap().as_deref(), Some("rg"));
    let text = docker.to_text();
    for name in [
        "\"https://index.docker.io/v1/\": \"rg\"",
        "\"docker.io\": \"rg\"",
    ] {
        assert!(text.contains(name), "{text}");
    }
    let host: Host = "r.example".parse().unwrap();
    assert!(docker.has_helper(&hub, "rg").unwrap() && !docker.has_helper(&host, "rg").unwrap());
    docker.remove_helper(&hub, "rg").unwrap();
    docker.remove_helper(&host, "rg").unwrap();
    assert_eq!(docker.helper(&hub).unwrap().as_deref(), Some("x"));
    assert_eq!(
        docker.helper(&host).unwrap().as_deref(),
        Some("pass"),
        "another's stays"
    );
    docker.remove_helper(&host, "pass").unwrap();
    assert_eq!(docker.to_text(), "{\n\t\"credsStore\": \"x\"\n}");
}
