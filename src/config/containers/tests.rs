//! Files as containers-registries.conf(5) and distributions have them.

use super::*;

fn registries(text: &str) -> Registries {
    let mut registries = Registries::default();
    let path = Path::new("/etc/containers/registries.conf");
    registries.add(path, text).unwrap();
    registries
}

/// Where `name` is read, one text a place, the last one first.
fn read_at(registries: &Registries, name: &str) -> Vec<String> {
    let route = registries.route(&name.parse().unwrap()).unwrap_or_default();
    let told = |mirror: &Mirror| {
        let insecure = mirror.site.reach.insecure == Some(true);
        let insecure = if insecure { " insecure" } else { "" };
        format!("{}/{}{insecure}", mirror.site.host, mirror.repository)
    };
    let last = route.instead.as_ref().map_or("itself".to_owned(), told);
    [last]
        .into_iter()
        .chain(route.mirrors.iter().map(told))
        .collect()
}

#[test]
fn the_example_of_the_manual_reads_two_mirrors_and_a_location() {
    let registries = registries(
        r#"
        unqualified-search-registries = ["example.com"]
        [[registry]]
        prefix = "example.com/foo"
        insecure = false
        blocked = false
        location = "internal-registry-for-example.com/bar"
        [[registry.mirror]]
        location = "example-mirror-0.local/mirror-for-foo"
        [[registry.mirror]]
        location = "example-mirror-1.local/mirrors/foo/"
        insecure = true
        "#,
    );
    assert_eq!(
        read_at(&registries, "example.com/foo/image"),
        [
            "internal-registry-for-example.com/bar/image",
            "example-mirror-0.local/mirror-for-foo/image",
            "example-mirror-1.local/mirrors/foo/image insecure",
        ]
    );
    assert_eq!(
        registries.route(&"example.com/food/image".parse().unwrap()),
        None
    );
    assert_eq!(
        registries.route(&"other.example/foo/image".parse().unwrap()),
        None
    );
}

#[test]
fn only_the_longest_prefix_counts_and_docker_hub_has_its_library() {
    let registries = registries(
        r#"
        [[registry]]
        location = "docker.io"
        [[registry.mirror]]
        location = "mirror.example"
        [[registry]]
        prefix = "docker.io/library"
        location = "harbor.example/proxy/library"
        "#,
    );
    assert_eq!(
        read_at(&registries, "alpine"),
        ["harbor.example/proxy/library/alpine"]
    );
    assert_eq!(
        read_at(&registries, "user/app"),
        ["itself", "mirror.example/user/app"]
    );
}

#[test]
fn a_star_stands_for_hosts_below_a_domain() {
    let registries = registries(
        r#"
        [[registry]]
        prefix = "*.example.com"
        insecure = true
        [[registry]]
        prefix = "*.moved.example"
        location = "new.example/old"
        "#,
    );
    assert_eq!(
        read_at(&registries, "a.b.moved.example:5000/x"),
        ["itself"],
        "`new.example/old:5000/x` is no place"
    );
    assert_eq!(
        read_at(&registries, "a.moved.example/x"),
        ["new.example/old/x"]
    );
    let insecure = |host: &str| registries.about(&host.parse().unwrap()).is_some();
    assert!(insecure("r.example.com") && insecure("r.example.com:5000"));
    assert!(!insecure("example.com") && !insecure("r.example.com.evil.example"));
}

#[test]
fn insecure_of_a_path_is_not_said_of_the_whole_registry() {
    let registries = registries(
        "[[registry]]\nlocation = \"r.example/lab\"\ninsecure = true\n\
         [[registry]]\nlocation = \"lan.example:5000\"\ninsecure = true\n",
    );
    assert_eq!(registries.about(&"r.example".parse().unwrap()), None);
    assert_eq!(
        read_at(&registries, "r.example/lab/x"),
        ["r.example/lab/x insecure"]
    );
    assert!(
        registries
            .about(&"lan.example:5000".parse().unwrap())
            .is_some()
    );
}

#[test]
fn mirrors_say_what_they_are_asked_for() {
    let text = |extra: &str, pulls: &str| {
        format!(
            "[[registry]]\nlocation = \"r.example\"\n{extra}\n\
             [[registry.mirror]]\nlocation = \"m.example\"\n{pulls}\n"
        )
    };
    let serves = |extra: &str, pulls: &str| {
        let registries = registries(&text(extra, pulls));
        let route = registries.route(&"r.example/a".parse().unwrap()).unwrap();
        route.mirrors[0].serves
    };
    assert_eq!(serves("", ""), Serves::EVERYTHING);
    assert_eq!(serves("", "pull-from-mirror = \"all\""), Serves::EVERYTHING);
    assert_eq!(
        serves("", "pull-from-mirror = \"digest-only\""),
        Serves::DIGESTS
    );
    assert_eq!(serves("", "pull-from-mirror = \"tag-only\""), Serves::TAGS);
    assert_eq!(serves("mirror-by-digest-only = true", ""), Serves::DIGESTS);
    for (extra, pulls, reason) in [
        ("", "pull-from-mirror = \"some\"", "\"some\""),
        (
            "mirror-by-digest-only = true",
            "pull-from-mirror = \"all\"",
            "exclude",
        ),
    ] {
        let mut registries = Registries::default();
        let error = registries
            .add(Path::new("f"), &text(extra, pulls))
            .unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn version_1_lists_count_too() {
    let registries = registries(
        "[registries.search]\nregistries = ['registry1.com']\n\
         [registries.insecure]\nregistries = ['registry3.com', 'both.com']\n\
         [registries.block]\nregistries = ['bad.com', 'both.com']\n",
    );
    let blocked = |name: &str| {
        let route = registries.route(&name.parse().unwrap());
        route.is_some_and(|route| route.blocked_by.is_some())
    };
    assert!(blocked("bad.com/x") && blocked("both.com/x") && !blocked("registry3.com/x"));
    assert!(registries.about(&"both.com".parse().unwrap()).is_some());
    assert!(
        registries
            .about(&"registry1.com".parse().unwrap())
            .is_none()
    );
}

#[test]
fn what_is_wrong_is_told_and_leaves_out_the_file() {
    for (text, reason) in [
        (
            "[[registry]]\ninsecure = true",
            "neither prefix nor location",
        ),
        ("[[registry]]\nlocation = \"https://r.example\"", "scheme"),
        (
            "[[registry]]\nlocation = \"a.b\"\n[[registry.mirror]]\n",
            "no location",
        ),
        ("\n[[registry]]\nlocation = 1", "line 3"),
    ] {
        let mut registries = Registries::default();
        let error = registries.add(Path::new("f"), text).unwrap_err();
        assert!(error.contains(reason), "{text:?} gave {error:?}");
        assert_eq!(registries, Registries::default());
    }
}

/// A home and an `/etc`.
fn world() -> (tempfile::TempDir, Places) {
    let world = tempfile::tempdir().unwrap();
    let places = Places {
        system: Some(world.path().join("etc")),
        user: Some(world.path().join("home/.config")),
        ..Places::default()
    };
    (world, places)
}

fn put(world: &tempfile::TempDir, path: &str, location: &str) {
    let path = world.path().join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = format!("[[registry]]\nprefix = \"r.example\"\nlocation = \"{location}\"\n");
    std::fs::write(path, text).unwrap();
}

#[test]
fn later_files_replace_tables_of_earlier_ones() {
    let (world, mut places) = world();
    let location = |places: &Places| {
        let complaints = Complaints::default();
        let registries = Registries::read(places, &complaints);
        assert_eq!(complaints.take(), [""; 0]);
        let route = registries.route(&"r.example/a".parse().unwrap());
        route.map(|route| route.instead.unwrap().site.host.to_string())
    };
    assert_eq!(location(&places), None);
    put(&world, "etc/containers/registries.conf", "one.example");
    assert_eq!(location(&places).unwrap(), "one.example");
    put(
        &world,
        "etc/containers/registries.conf.d/20-b.conf",
        "three.example",
    );
    put(
        &world,
        "etc/containers/registries.conf.d/10-a.conf",
        "two.example",
    );
    put(
        &world,
        "etc/containers/registries.conf.d/99.disabled",
        "no.example",
    );
    assert_eq!(location(&places).unwrap(), "three.example");
    put(
        &world,
        "home/.config/containers/registries.conf.d/00.conf",
        "four.example",
    );
    assert_eq!(location(&places).unwrap(), "four.example");
    put(&world, "named.conf", "named.example");
    places.registries = Some(world.path().join("named.conf"));
    assert_eq!(
        location(&places).unwrap(),
        "four.example",
        "fragments come after it"
    );
    places.registries = None;
    std::fs::remove_dir_all(world.path().join("home/.config/containers")).unwrap();
    put(
        &world,
        "home/.config/containers/registries.conf",
        "five.example",
    );
    assert_eq!(
        location(&places).unwrap(),
        "five.example",
        "the system's do not count"
    );
}

#[test]
fn a_broken_fragment_takes_nothing_else_with_it() {
    let (world, places) = world();
    put(&world, "etc/containers/registries.conf", "one.example");
    put(&world, "etc/containers/registries.conf.d/x.conf", "\"");
    let complaints = Complaints::default();
    let registries = Registries::read(&places, &complaints);
    let warnings = complaints.take();
    assert_eq!(read_at(&registries, "r.example/a"), ["one.example/a"]);
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains("x.conf: it is not used: line 4"),
        "{warnings:?}"
    );
}
