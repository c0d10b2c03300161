//! Settings files that say what they should, and others.

use super::*;

fn parse(text: &str) -> Result<Settings, String> {
    Document {
        path: Path::new("/etc/rg/config.toml"),
        home: Some(Path::new("/home/u")),
        text,
    }
    .settings()
    .map_err(|error| {
        assert_eq!(error.exit_code(), 7);
        error.to_string()
    })
}

#[test]
fn every_key_is_read() {
    let settings = parse(
        r#"
        store = "~/images"
        state = "state"
        default_registry = "registry.example:5000"
        credential_store = "pass"
        parallel = 8
        retries = 0
        retry_base = "10ms"
        connect_timeout = "2s"
        stall_timeout = "1m"
        limit_rate = "5M"
        proxy = "proxy.example:3128"
        no_proxy = ".lan"
        [registry."index.docker.io"]
        mirrors = ["https://m.example/hub", "http://127.0.0.1:5001"]
        [registry."registry.example:5000"]
        plain_http = true
        insecure = true
        ca_file = "/abs/ca.pem"
        cert_file = "client.cert"
        key_file = "client.key"
        proxy = "none"
        "#,
    )
    .unwrap();
    let example: Host = "registry.example:5000".parse().unwrap();
    let reach = Reach {
        plain_http: Some(true),
        insecure: Some(true),
        ca_files: vec!["/abs/ca.pem".into()],
        identities: vec![Identity {
            cert_file: "/etc/rg/client.cert".into(),
            key_file: "/etc/rg/client.key".into(),
        }],
        proxy: Some(Way::Direct),
        ..Reach::default()
    };
    let told = |line: usize, reach| Told {
        place: format!("/etc/rg/config.toml:{line}"),
        reach,
    };
    let proxies = Named {
        place: "/etc/rg/config.toml:12".to_owned(),
        all: Some("http://proxy.example:3128".parse().unwrap()),
        ..Named::default()
    };
    let mirrors = ["https://m.example/hub", "http://127.0.0.1:5001"];
    let mirrors = mirrors.map(|url| {
        let address = Address::parse(url, false).unwrap();
        Site::at(address, "/etc/rg/config.toml".into()).unwrap()
    });
    let mirrors = mirrors.to_vec();
    let expected = Settings {
        store: Some("/home/u/images".into()),
        state: Some("/etc/rg/state".into()),
        default_registry: Some(example.clone()),
        credential_store: Some(CredentialStore::Helper("pass".to_owned())),
        parallel: Some(8),
        retries: Some(0),
        retry_base: Some(Duration::from_millis(10)),
        connect_timeout: Some(Duration::from_secs(2)),
        stall_timeout: Some(Duration::from_secs(60)),
        limit_rate: Some(5_000_000),
        proxies: Some(proxies),
        no_proxy: Some(".lan".into()),
        registries: [
            (Host::docker_hub(), told(14, Reach::default())),
            (example, told(16, reach)),
        ]
        .into(),
        mirrors: [(Host::docker_hub(), mirrors)].into(),
        places: settings.places.clone(),
    };
    assert_eq!(settings.places["store"], "/etc/rg/config.toml:2");
    assert_eq!(settings, expected);
    assert_eq!(parse(""), Ok(Settings::default()));
}

#[test]
fn an_unknown_key_is_told_with_its_line_and_the_nearest_one() {
    let error = parse("parallel = 4\n\nconect_timeout = \"2s\"\n").unwrap_err();
    assert_eq!(
        error,
        "/etc/rg/config.toml: line 3: unknown key \"conect_timeout\"; the nearest is \"connect_timeout\""
    );
    let error = parse("[registry.\"a.b\"]\nca-file = \"x\"\n").unwrap_err();
    assert!(
        error.contains("line 2") && error.contains("\"ca_file\""),
        "{error}"
    );
    let error = parse("insecure = true\n").unwrap_err();
    assert!(error.contains("belongs below [registry."), "{error}");
}

#[test]
fn a_bad_value_is_told_with_its_line_and_what_belongs_there() {
    for (text, expected) in [
        ("\nparallel = 0", "line 2: parallel is a number from 1 to"),
        ("parallel = -1", "a whole number"),
        ("retries = \"5\"", "a whole number"),
        ("retries = 4294967296", "a whole number"),
        ("connect_timeout = \"0s\"", "longer than zero"),
        ("connect_timeout = 10", "a text in quotes"),
        ("stall_timeout = \"30\"", "its unit is missing"),
        ("limit_rate = \"fast\"", "it begins with no number"),
        ("limit_rate = 0", "nothing would ever move"),
        (
            "default_registry = \"https://a.b\"",
            "is not HOST or HOST:PORT",
        ),
        ("credential_store = \"../evil\"", "credential helper"),
        ("credential_store = \"keyring\"", "not supported yet"),
        ("store = \"\"", "a path belongs here"),
        ("registry = 1", "[registry."),
        ("[registry]\na = 1", "a table of settings"),
        ("[registry.\"a b\"]", "\"a b\" is not HOST"),
        (
            "[registry.\"docker.io\"]\n[registry.\"index.docker.io\"]",
            "already",
        ),
        (
            "[registry.\"a.b\"]\nmirrors = [\n\"m.example\"]",
            "line 3: \"m.example\" is not a URL",
        ),
        ("[registry.\"a.b\"]\ncert_file = \"c\"", "go together"),
        ("[registry.\"a.b\"]\nplain_http = \"yes\"", "true or false"),
        ("proxy = \"ftp://p\"", "not a proxy such as"),
        ("[registry.\"a.b\"]\nproxy = \"\"", "or none"),
        ("parallel = 1\nparallel = 2", "line 2: "),
        ("parallel 4", "line 1: "),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.contains(expected), "{text:?} gave {error:?}");
    }
}

#[test]
fn known_keys_and_read_keys_are_the_same() {
    for key in KEYS {
        let error = parse(&format!("{key} = 1979-05-27")).unwrap_err();
        assert!(!error.contains("unknown key"), "{error}");
    }
    for key in REGISTRY_KEYS {
        let error = parse(&format!("[registry.\"a.b\"]\n{key} = 1979-05-27")).unwrap_err();
        assert!(!error.contains("unknown key"), "{error}");
    }
}

#[test]
fn the_template_says_nothing_and_names_every_key() {
    assert_eq!(parse(crate::config::TEMPLATE), Ok(Settings::default()));
    let lines = crate::config::TEMPLATE.lines();
    let loud: Vec<&str> = lines
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.contains(" = ") || line.starts_with('['))
        .collect();
    let settings = parse(&loud.join("\n")).unwrap();
    for key in KEYS.iter().filter(|key| **key != "registry") {
        assert!(settings.places.contains_key(*key), "{key}");
    }
    for key in REGISTRY_KEYS {
        assert!(loud.iter().any(|line| line.starts_with(key)), "{key}");
    }
}
