//! Flags over environment over file.

use super::*;

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn load(flags: &Flags, variables: &[(&str, &str)]) -> Result<Config> {
    Config::load(flags, environment(variables))
}

/// A folder with `rg/config.toml` in it.
fn settings_folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("rg")).unwrap();
    std::fs::write(folder.path().join("rg/config.toml"), text).unwrap();
    folder
}

#[test]
fn with_nothing_but_a_home_everything_has_a_default() {
    let config = load(&Flags::default(), &[("HOME", "/dev/null/u")]).unwrap();
    assert_eq!(config.docker_config, Path::new("/dev/null/u/.docker"));
    assert!(config.store.starts_with("/dev/null/u") && config.store.ends_with("rg"));
    assert!(config.default_registry.is_docker_hub());
    assert_eq!(config.credential_store, CredentialStore::Auto);
    assert_eq!((config.parallel, config.retries), (16, 5));
    assert_eq!(config.retry_base, Duration::from_millis(500));
    assert_eq!(config.connect_timeout, Duration::from_secs(10));
    assert_eq!(config.stall_timeout, Duration::from_secs(30));
    assert_eq!(config.limit_rate, None);
    assert_eq!(
        config.endpoint(&Host::docker_hub()).unwrap(),
        Endpoint::default()
    );
}

#[test]
fn flags_beat_the_environment_which_beats_the_settings() {
    let folder = settings_folder("store = \"from-settings\"\nretries = 1\nparallel = 2\n");
    let xdg = ("XDG_CONFIG_HOME", folder.path().to_str().unwrap());
    let home = ("HOME", "/dev/null/u");
    let config = load(&Flags::default(), &[home, xdg]).unwrap();
    assert_eq!(config.store, folder.path().join("rg/from-settings"));
    assert_eq!((config.retries, config.parallel), (1, 2));
    let config = load(&Flags::default(), &[home, xdg, ("RG_STORE", "/env")]).unwrap();
    assert_eq!(config.store, Path::new("/env"));
    let flags = Flags {
        store: Some("/flag".into()),
        retries: Some(9),
        ..Flags::default()
    };
    let config = load(&flags, &[home, xdg, ("RG_STORE", "/env")]).unwrap();
    assert_eq!(config.store, Path::new("/flag"));
    assert_eq!((config.retries, config.parallel), (9, 2));
}

#[test]
fn what_is_remembered_has_a_place_of_its_own_or_none() {
    let folder = settings_folder("state = \"remembered\"\n");
    let xdg = ("XDG_CONFIG_HOME", folder.path().to_str().unwrap());
    let home = ("HOME", "/dev/null/u");
    let state = |variables: &[(&str, &str)]| load(&Flags::default(), variables).unwrap().state;
    let default = state(&[home]).unwrap();
    assert!(default.starts_with("/dev/null/u") && default.ends_with("rg"));
    assert_eq!(
        state(&[home, xdg]),
        Some(folder.path().join("rg/remembered"))
    );
    assert_eq!(
        state(&[home, xdg, ("RG_STATE", "/env")]),
        Some("/env".into())
    );
    assert_eq!(state(&[("RG_STORE", "/s"), ("DOCKER_CONFIG", "/d")]), None);
}

#[test]
fn without_a_home_places_must_be_named() {
    let error = load(&Flags::default(), &[]).unwrap_err();
    assert!(
        matches!(error, Error::Machine(_)) && error.exit_code() == 7,
        "{error}"
    );
    assert!(error.to_string().contains("HOME is not set"), "{error}");
    let named = [("RG_STORE", "/s"), ("DOCKER_CONFIG", "/d")];
    let config = load(&Flags::default(), &named).unwrap();
    assert_eq!(config.docker_config, Path::new("/d"));
}

#[test]
fn a_settings_file_that_was_named_must_exist() {
    let variables = [("HOME", "/dev/null/u"), ("RG_SETTINGS", "/nowhere/rg.toml")];
    let error = load(&Flags::default(), &variables).unwrap_err();
    assert_eq!(error.exit_code(), 7);
    assert!(error.to_string().contains("/nowhere/rg.toml"), "{error}");
}

#[test]
fn a_bad_default_platform_is_a_usage_error() {
    let home = ("HOME", "/dev/null/u");
    let good = load(
        &Flags::default(),
        &[home, ("DOCKER_DEFAULT_PLATFORM", "linux/arm/v7")],
    );
    assert_eq!(
        good.unwrap().default_platform,
        Some("linux/arm/v7".parse().unwrap())
    );
    let bad = load(
        &Flags::default(),
        &[home, ("DOCKER_DEFAULT_PLATFORM", "linux/")],
    );
    assert_eq!(bad.unwrap_err().exit_code(), 2);
}

#[test]
fn flags_that_cannot_be_meant_are_usage_errors() {
    for flags in [
        Flags {
            parallel: Some(0),
            ..Flags::default()
        },
        Flags {
            parallel: Some(MAX_PARALLEL + 1),
            ..Flags::default()
        },
        Flags {
            connect_timeout: Some(Duration::ZERO),
            ..Flags::default()
        },
        Flags {
            stall_timeout: Some(Duration::ZERO),
            ..Flags::default()
        },
        Flags {
            key_file: Some("k".into()),
            ..Flags::default()
        },
        Flags {
            ca_file: Some("".into()),
            ..Flags::default()
        },
    ] {
        let error = load(&flags, &[("HOME", "/dev/null/u")]).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{flags:?}");
    }
}

#[test]
fn an_endpoint_takes_certificate_with_key_from_one_place() {
    let folder = settings_folder(
        "[registry.\"r.example\"]\nca_file = \"ca\"\ncert_file = \"c\"\nkey_file = \"k\"\n",
    );
    let xdg = ("XDG_CONFIG_HOME", folder.path().to_str().unwrap());
    let flags = Flags {
        insecure: true,
        cert_file: Some("/c".into()),
        key_file: Some("/k".into()),
        ..Flags::default()
    };
    let config = load(&flags, &[("HOME", "/dev/null/u"), xdg]).unwrap();
    let endpoint = config.endpoint(&"r.example".parse().unwrap()).unwrap();
    let flags: Identity = (PathBuf::from("/c"), PathBuf::from("/k")).into();
    assert_eq!(endpoint.ca_files, [folder.path().join("rg/ca")]);
    assert_eq!(endpoint.identities.first(), Some(&flags));
    assert!(endpoint.insecure && !endpoint.plain_http);
    let other = config.endpoint(&"other.example".parse().unwrap()).unwrap();
    assert_eq!(
        (other.ca_files, other.identities),
        (Vec::new(), vec![flags])
    );
}

#[test]
fn mirrors_are_explained_with_the_file_that_names_each() {
    let folder = settings_folder("[registry.\"off.example\"]\nmirrors = []\n");
    let at = |path: &str| folder.path().join(path).display().to_string();
    let etc = folder.path().join("containers");
    std::fs::create_dir(&etc).unwrap();
    let conf = "[[registry]]\nlocation = \"r.example\"\n\
                [[registry.mirror]]\nlocation = \"m.example/r\"\npull-from-mirror = \"digest-only\"\n\
                [[registry]]\nprefix = \"r.example/old\"\nlocation = \"new.example/x\"\nblocked = true\n";
    std::fs::write(etc.join("registries.conf"), conf).unwrap();
    let (xdg, system) = (at(""), at(""));
    let variables = [
        ("HOME", "/dev/null/u"),
        ("XDG_CONFIG_HOME", &xdg),
        ("RG_ETC", &system),
    ];
    let config = load(&Flags::default(), &variables).unwrap();
    let told = |host: &str| -> Vec<(String, String)> {
        let facts = config.facts_about(&host.parse().unwrap()).unwrap();
        let names = ["mirrors", "location", "blocked"];
        let facts = facts.into_iter().filter(|fact| names.contains(&fact.name));
        facts.map(|fact| (fact.value, fact.origin)).collect()
    };
    let fact = |value: &str, origin: &str| (value.to_owned(), origin.to_owned());
    let file = at("containers/registries.conf");
    assert_eq!(
        told("r.example"),
        [
            fact("r.example: m.example/r, for content by digest", &file),
            fact("r.example/old", &file),
            fact(
                "r.example/old: new.example/x instead of the registry",
                &file
            ),
        ]
    );
    assert_eq!(told("off.example"), [fact("none", &at("rg/config.toml:1"))]);
    assert_eq!(told("other.example"), [fact("none", "default")]);
}
