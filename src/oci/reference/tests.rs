//! What is a name and what is not.

use super::*;

fn full(text: &str) -> String {
    text.parse::<Reference>().unwrap().to_string()
}

#[test]
fn short_names_are_dockers() {
    assert_eq!(full("alpine"), "docker.io/library/alpine");
    assert_eq!(full("alpine:3"), "docker.io/library/alpine:3");
    assert_eq!(full("user/app"), "docker.io/user/app");
    assert_eq!(full("index.docker.io/alpine"), "docker.io/library/alpine");
    assert_eq!(
        full("registry-1.docker.io/library/alpine"),
        "docker.io/library/alpine"
    );
    assert_eq!(full("localhost/app"), "localhost/app");
    assert_eq!(full("localhost:5000/a/b:t"), "localhost:5000/a/b:t");
    assert_eq!(full("Foo/bar"), "Foo/bar");
    assert_eq!(full("[::1]:5000/app"), "[::1]:5000/app");
    assert_eq!(
        full("192.168.7.26:5000"),
        "docker.io/library/192.168.7.26:5000"
    );
}

#[test]
fn familiar_names_leave_out_what_everyone_leaves_out() {
    for text in [
        "alpine",
        "user/app:1",
        "localhost:5000/app",
        "ghcr.io/acme/app:v2",
    ] {
        assert_eq!(text.parse::<Reference>().unwrap().familiar(), text);
    }
    assert_eq!(
        "docker.io/library/alpine"
            .parse::<Name>()
            .unwrap()
            .familiar(),
        "alpine"
    );
    assert_eq!(
        "docker.io/library/a/b".parse::<Name>().unwrap().familiar(),
        "library/a/b"
    );
}

#[test]
fn the_digest_decides_over_the_tag() {
    let digest = Digest::of(b"x");
    let reference: Reference = format!("alpine:3@{digest}").parse().unwrap();
    assert_eq!(reference.selector(), Selector::Digest(digest));
    assert_eq!(reference.familiar(), format!("alpine:3@{digest}"));
}

#[test]
fn an_error_points_at_the_character() {
    let at = |text: &str| {
        let error = text.parse::<Reference>().unwrap_err();
        (text[error.at.clone()].to_owned(), error.reason)
    };
    assert_eq!(
        at("lab/UPPER"),
        (
            "U".to_owned(),
            "repository name (lab/UPPER) must be lowercase".to_owned()
        )
    );
    assert_eq!(
        at("Lab/UPPER").1,
        "repository name (UPPER) must be lowercase"
    );
    assert_eq!(at("app:la$t").0, "$");
    assert_eq!(at("app:-x").0, "-");
    assert_eq!(at("a b").0, " ");
    assert_eq!(at("lab/x:@bad").0, "bad");
    assert_eq!(at("a..b").0, "a..b");
    assert_eq!(at("host.example:99999/x").0, "99999");
    assert_eq!(at("ho_st.example/x").0, "ho_st");
    assert_eq!(at("apß").0, "ß");
    assert_eq!(at("../etc").0, "..");
    assert_eq!(at("https://a.b/c").0, "https://");
}

#[test]
fn malformed_names_are_refused() {
    let long = "a".repeat(256);
    let cases = [
        "",
        ":",
        "@",
        "/",
        "a/",
        "/a",
        "a//b",
        "-x",
        "--",
        "a:",
        "a@",
        "a@sha256:ab",
        "a:b:c",
        "a___b",
        "a\nb",
        "a%2fb",
        &long,
    ];
    for text in cases {
        assert!(
            text.parse::<Reference>().is_err(),
            "{text:?} was taken for a name"
        );
    }
    assert!(
        "a".repeat(64).parse::<Reference>().is_err(),
        "an image ID is not a name"
    );
}

#[test]
fn hosts_know_what_they_are() {
    let host = |text: &str| text.parse::<Host>().unwrap();
    assert!(host("index.docker.io").is_docker_hub());
    assert!(
        host("127.8.0.1:5000").is_loopback()
            && host("[::1]:5000").is_loopback()
            && host("localhost").is_loopback()
    );
    assert!(!host("127.example.com").is_loopback());
    assert_eq!(
        (host("[::1]:5000").hostname(), host("[::1]:5000").port()),
        ("::1", Some(5000))
    );
    for text in [
        "",
        "a/b",
        "https://x",
        "x:",
        "x:0",
        "x y",
        "a\r\nb",
        "[zz]:5",
    ] {
        assert!(
            text.parse::<Host>().is_err(),
            "{text:?} was taken for a host"
        );
    }
}

proptest::proptest! {
    #[test]
    fn what_parses_prints_to_something_that_parses_to_the_same(text in "[a-zA-Z0-9./:@_-]{0,40}") {
        if let Ok(reference) = text.parse::<Reference>() {
            proptest::prop_assert_eq!(reference.to_string().parse::<Reference>().unwrap(), reference.clone());
            proptest::prop_assert_eq!(reference.familiar().parse::<Reference>().unwrap(), reference);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = text.parse::<Reference>();
    }
}
