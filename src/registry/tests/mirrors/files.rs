//! What the files of docker, containerd and podman say of mirrors, and who logs in where.

use super::*;

/// A registry that lets in who logs in with `password`.
async fn behind(password: &'static str, bytes: Vec<u8>) -> Script {
    use base64::Engine as _;
    let pair = format!("u:{password}");
    let right = base64::engine::general_purpose::STANDARD.encode(pair);
    let right = format!("Basic {right}");
    Script::start(move |seen, _| match seen.header("authorization") {
        Some(given) if given == right => honest(seen, &bytes),
        _ => Reply::new(401)
            .header("WWW-Authenticate", "Basic realm=\"r\"")
            .body(""),
    })
    .await
}

fn logins(pairs: &[(&Script, &str)]) -> String {
    use base64::Engine as _;
    let encode = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
    let auths = pairs.iter().map(|(script, password)| {
        let auth = encode(format!("u:{password}"));
        (script.host().to_string(), serde_json::json!({"auth": auth}))
    });
    let auths: serde_json::Map<String, serde_json::Value> = auths.collect();
    serde_json::json!({"auths": auths}).to_string()
}

#[tokio::test]
async fn every_place_gets_its_own_login_and_no_other() {
    let (bytes, what) = blob(100);
    let registry = behind("registry-secret", bytes.clone()).await;
    let mirror = behind("mirror-secret", bytes.clone()).await;
    let told = |script: &Script| -> Vec<String> {
        let seen = script.seen();
        let given = seen.iter().filter_map(|seen| seen.header("authorization"));
        given.map(str::to_owned).collect()
    };
    // Both have one.
    let world = settings(&registry, &[&mirror]);
    let both = [(&registry, "registry-secret"), (&mirror, "mirror-secret")];
    world.write("home/.docker/config.json", &logins(&both));
    let repository = registry.repository(&world.stored().0);
    read(&repository, &what).await.unwrap();
    assert_eq!((told(&mirror).len(), registry.seen().len()), (1, 0));
    // The registry alone has one: the mirror is asked as by a stranger.
    let before = mirror.seen().len();
    world.write("home/.docker/config.json", &logins(&both[..1]));
    let repository = registry.repository(&world.stored().0);
    read(&repository, &what).await.unwrap();
    assert_eq!((told(&mirror).len(), told(&registry).len()), (1, 1));
    assert!(mirror.seen().len() > before);
    // One given on the command line is for the registry that was named.
    let given = Credential::Basic {
        username: "u".to_owned(),
        password: Secret::new("registry-secret"),
    };
    let (client, _) = world.client(Credentials::Given(given));
    read(&registry.repository(&client), &what).await.unwrap();
    assert_eq!((told(&mirror).len(), told(&registry).len()), (1, 2));
}

#[tokio::test]
async fn hosts_toml_says_namespace_headers_and_path_to_that_host_alone() {
    let (bytes, what) = blob(100);
    let absent = always(Reply::new(404).body("")).await;
    let (registry, mirror) = (registry(&bytes).await, registry(&bytes).await);
    let text = format!(
        "[host.\"{}\"]\n\
         [host.\"{}\"]\noverride_path = true\n\
         [host.\"{}\".header]\nx-key = \"opensesame\"\n",
        absent.url(""),
        mirror.url("/v2/hub"),
        mirror.url("/v2/hub"),
    );
    let world = World::with(HOSTS, &text);
    let (client, _) = world.anonymous();
    let repository = registry.repository(&client);
    repository.resolve(&latest()).await.unwrap();
    read(&repository, &what).await.unwrap();
    let namespace = format!("?ns={}", registry.host()).replace(':', "%3A");
    let targets: Vec<String> = mirror.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets,
        [
            format!("/v2/hub/a/b/manifests/latest{namespace}"),
            format!("/v2/hub/a/b/blobs/{}{namespace}", what.digest)
        ]
    );
    for seen in mirror.seen() {
        assert_eq!(seen.header("x-key"), Some("opensesame"));
    }
    for seen in absent.seen() {
        assert!(seen.target.ends_with(&namespace) && seen.header("x-key").is_none());
    }
    assert!(registry.seen().is_empty());
}

#[tokio::test]
async fn a_mirror_without_resolve_is_never_asked_for_a_tag() {
    let (bytes, what) = blob(100);
    let (registry, mirror) = (registry(&bytes).await, registry(&bytes).await);
    let text = format!("[host.\"{}\"]\ncapabilities = [\"pull\"]\n", mirror.url(""));
    let world = World::with(HOSTS, &text);
    let (client, _) = world.anonymous();
    let repository = registry.repository(&client);
    repository.resolve(&latest()).await.unwrap();
    assert_eq!((mirror.seen().len(), registry.seen().len()), (0, 1));
    repository.manifest(&by_digest()).await.unwrap();
    read(&repository, &what).await.unwrap();
    assert_eq!((mirror.seen().len(), registry.seen().len()), (2, 1));
}

#[tokio::test]
async fn a_server_of_another_name_is_read_instead_and_never_written_to() {
    let (registry, other) = (registry(b"").await, registry(b"").await);
    let text = format!("server = \"{}\"\n", other.url("/proxy"));
    let world = World::with(HOSTS, &text);
    let (client, _) = world.anonymous();
    let repository = registry.repository(&client);
    Source::resolve(&repository, &latest()).await.unwrap();
    assert_eq!(
        (other.count("HEAD", "/proxy/v2/a/b/"), registry.seen().len()),
        (1, 0)
    );
    store::Sink::resolve(&repository, &Tag::latest())
        .await
        .unwrap();
    assert_eq!((other.seen().len(), registry.seen().len()), (1, 1));
}

fn conf(registry: &Script, table: &str) -> World {
    let text = format!("[[registry]]\nprefix = \"{}\"\n{table}", registry.host());
    World::with(REGISTRIES, &text)
}

#[tokio::test]
async fn a_location_is_read_under_its_own_path_with_patience() {
    let registry = registry(b"").await;
    let moved = Script::start(|_, before| match before {
        0 | 1 => Reply::new(503).body(""),
        _ => manifest_reply(),
    })
    .await;
    let world = conf(
        &registry,
        &format!("location = \"{}/proxy/x\"\n", moved.host()),
    );
    let (client, memory) = world.anonymous();
    let name: Name = format!("{}/library/alpine", registry.host())
        .parse()
        .unwrap();
    let repository = client.repository(&name);
    repository.resolve(&latest()).await.unwrap();
    assert_eq!(
        moved.count("HEAD", "/v2/proxy/x/library/alpine/manifests/latest"),
        3
    );
    assert_eq!(memory.retries(), 2, "there is no other place");
    assert!(registry.seen().is_empty());
    assert_eq!(repository.name(), &name);
    assert!(
        !moved.seen()[0].target.contains('?'),
        "no ns= for podman's mirrors"
    );
}

#[tokio::test]
async fn a_blocked_repository_is_not_asked_for_anywhere() {
    let (registry, mirror) = (registry(b"").await, registry(b"").await);
    let world = settings(&registry, &[&mirror]);
    let table = format!(
        "[[registry]]\nlocation = \"{}\"\nblocked = true\n",
        registry.host()
    );
    world.write(REGISTRIES, &table);
    let repository = registry.repository(&world.anonymous().0);
    let errors = [
        Source::resolve(&repository, &latest()).await.unwrap_err(),
        store::Sink::resolve(&repository, &Tag::latest())
            .await
            .unwrap_err(),
        repository.tags().await.unwrap_err(),
        read(&repository, &blob(10).1).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, Error::Blocked { .. }), "{error:?}");
        assert!(error.to_string().contains("registries.conf"), "{error}");
        assert_eq!(error.exit_code(), 4);
    }
    assert!(registry.seen().is_empty() && mirror.seen().is_empty());
}

#[tokio::test]
async fn mirrors_of_registries_conf_serve_tags_or_digests() {
    for (pulls, tag, digest_first, digest_after) in [
        ("all", 1, 1, 2),
        ("digest-only", 0, 1, 2),
        ("tag-only", 1, 0, 1),
    ] {
        let (registry, mirror) = (registry(b"").await, registry(b"").await);
        let world = conf(
            &registry,
            &format!(
                "[[registry.mirror]]\nlocation = \"{}\"\npull-from-mirror = \"{pulls}\"\n",
                mirror.host()
            ),
        );
        let repository = registry.repository(&world.anonymous().0);
        repository.manifest(&by_digest()).await.unwrap();
        assert_eq!(mirror.seen().len(), digest_first, "{pulls}");
        let before = mirror.seen().len();
        repository.resolve(&latest()).await.unwrap();
        assert_eq!(mirror.seen().len() - before, tag, "{pulls}");
        repository.manifest(&by_digest()).await.unwrap();
        let by_digest = mirror.count("GET", "/v2/a/b/manifests/sha256:");
        assert_eq!(by_digest, digest_after, "{pulls}");
    }
}

#[tokio::test]
async fn the_first_file_that_says_anything_decides() {
    let (registry, ours) = (registry(b"").await, registry(b"").await);
    let (hosted, listed) = (
        always(manifest_reply()).await,
        always(manifest_reply()).await,
    );
    let world = settings(&registry, &[&ours]);
    world.write(HOSTS, &format!("[host.\"{}\"]\n", hosted.url("")));
    let table = "[[registry]]\nlocation";
    let mirror = "[[registry.mirror]]\nlocation";
    let text = format!(
        "{table} = \"{}\"\n{mirror} = \"{}\"\n",
        registry.host(),
        listed.host()
    );
    world.write(REGISTRIES, &text);
    let asked = || async {
        let repository = registry.repository(&world.anonymous().0);
        repository.resolve(&latest()).await.unwrap();
        [&ours, &hosted, &listed, &registry].map(|script| script.seen().len())
    };
    assert_eq!(asked().await, [1, 0, 0, 0]);
    world.write("home/.config/rg/config.toml", "");
    assert_eq!(asked().await, [1, 1, 0, 0]);
    world.write(HOSTS, "ca = \"nothing-about-mirrors.pem\"");
    assert_eq!(asked().await, [1, 1, 1, 0]);
    let none = format!("[registry.\"{}\"]\nmirrors = []\n", registry.host());
    world.write("home/.config/rg/config.toml", &none);
    assert_eq!(asked().await, [1, 1, 1, 1], "an empty list is an answer");
}

#[tokio::test]
async fn a_broken_file_is_told_once_and_breaks_nothing() {
    let registry = registry(b"").await;
    let world = World::with(HOSTS, "[host.\"nonsense://x\"]");
    world.write(REGISTRIES, "[[registry]]\n");
    let (client, memory) = world.anonymous();
    for path in ["a/b", "c/d"] {
        let name = format!("{}/{path}", registry.host());
        let repository = client.repository(&name.parse().unwrap());
        repository.resolve(&latest()).await.unwrap();
    }
    let warnings = memory.warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    for file in [HOSTS, REGISTRIES] {
        let told = |warning: &String| warning.contains(Path::new(file).to_str().unwrap());
        assert!(warnings.iter().any(told), "{file}: {warnings:?}");
    }
}
