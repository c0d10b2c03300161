//! What is a manifest and what is not.

use super::*;

fn descriptor(text: &str) -> String {
    format!(
        r#"{{"mediaType":"application/octet-stream","digest":"{}","size":{}}}"#,
        Digest::of(text.as_bytes()),
        text.len()
    )
}

#[allow(clippy::needless_pass_by_value)] // the callers' constants read better
fn parse(text: &str, stated: Option<MediaType>) -> Result<Manifest, ManifestError> {
    Manifest::parse(text.to_owned(), stated.as_ref())
}

#[test]
fn the_bytes_stay_as_they_came() {
    let text = format!(
        "{{ \"schemaVersion\":2,\n \"config\":{}, \"layers\":[] }}\n",
        descriptor("c")
    );
    let manifest = parse(&text, Some(MediaType::OCI_MANIFEST)).unwrap();
    assert_eq!(&manifest.bytes()[..], text.as_bytes());
    assert_eq!(*manifest.digest(), Digest::of(text.as_bytes()));
    assert!(!manifest.image().unwrap().is_runnable());
}

#[test]
fn a_document_has_one_shape() {
    let (c, m) = (descriptor("c"), descriptor("m"));
    let both = format!(r#"{{"schemaVersion":2,"config":{c},"layers":[],"manifests":[{m}]}}"#);
    assert!(matches!(
        parse(&both, None),
        Err(ManifestError::Ambiguous(_))
    ));
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{m}]}}"#);
    assert!(matches!(
        parse(&index, Some(MediaType::OCI_MANIFEST)),
        Err(ManifestError::Ambiguous(_))
    ));
    let twice = format!(r#"{{"schemaVersion":2,"config":{c},"layers":[],"layers":[{m}]}}"#);
    assert!(matches!(parse(&twice, None), Err(ManifestError::Json(_))));
}

#[test]
fn an_embedded_type_agrees_with_the_header() {
    let text = format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[]}}"#,
        MediaType::OCI_MANIFEST,
        descriptor("c")
    );
    assert!(matches!(
        parse(&text, Some(MediaType::OCI_INDEX)),
        Err(ManifestError::Type { .. })
    ));
    assert!(
        parse(
            &text,
            Some(MediaType::from_header("application/json; charset=utf-8"))
        )
        .is_ok()
    );
}

#[test]
fn schema_1_is_refused_by_header_and_by_shape() {
    let one = r#"{"schemaVersion":1,"name":"x","tag":"y","fsLayers":[],"history":[]}"#;
    assert!(matches!(parse(one, None), Err(ManifestError::Schema1)));
    let signed = MediaType::new("application/vnd.docker.distribution.manifest.v1+prettyjws");
    assert!(matches!(
        parse("{}", Some(signed)),
        Err(ManifestError::Schema1)
    ));
}

#[test]
fn one_digest_has_one_size_and_sizes_are_sane() {
    let (c, d) = (descriptor("c"), Digest::of(b"layer"));
    let layer = |size: &str| {
        format!(r#"{{"mediaType":"application/octet-stream","digest":"{d}","size":{size}}}"#)
    };
    let with = |layers: &str| {
        parse(
            &format!(r#"{{"schemaVersion":2,"config":{c},"layers":[{layers}]}}"#),
            None,
        )
    };
    assert!(
        with(&format!("{0},{0}", layer("5"))).is_ok(),
        "the same layer twice is legal"
    );
    assert!(matches!(
        with(&format!("{},{}", layer("5"), layer("6"))),
        Err(ManifestError::Conflict { .. })
    ));
    let as_type = |digest: &Digest, media_type: &str| {
        format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":2}}"#)
    };
    let two_types = |digest| format!("{},{}", as_type(digest, "a/a"), as_type(digest, "b/b"));
    assert!(matches!(
        with(&two_types(&d)),
        Err(ManifestError::Conflict { .. })
    ));
    assert!(
        with(&two_types(&Digest::of(b"{}"))).is_ok(),
        "the empty object of artifacts may be of any type"
    );
    for size in ["-1", "1.5", "\"5\"", "18446744073709551616"] {
        assert!(
            matches!(with(&layer(size)), Err(ManifestError::Json(_))),
            "size {size}"
        );
    }
    assert!(matches!(
        with(&layer("1099511627777")),
        Err(ManifestError::Size { .. })
    ));
}

#[test]
fn a_digest_that_is_a_path_never_becomes_a_descriptor() {
    let text = r#"{"schemaVersion":2,"config":{"mediaType":"a","digest":"sha256:../../../../outside/x","size":1},"layers":[]}"#;
    assert!(matches!(parse(text, None), Err(ManifestError::Json(_))));
}

#[test]
fn what_is_no_manifest_is_refused() {
    for text in [
        "",
        "{}",
        "[]",
        "null",
        "<html></html>",
        r#"{"schemaVersion":2}"#,
    ] {
        assert!(
            parse(text, None).is_err(),
            "{text:?} was taken for a manifest"
        );
    }
    let other = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/x","config":{},"layers":[]}}"#,
        descriptor("c")
    );
    assert!(matches!(
        parse(&other, None),
        Err(ManifestError::Unsupported(_))
    ));
    let many = vec![descriptor("m"); MAX_DESCRIPTORS + 1].join(",");
    assert!(matches!(
        parse(
            &format!(r#"{{"schemaVersion":2,"manifests":[{many}]}}"#),
            None
        ),
        Err(ManifestError::TooMany)
    ));
    assert!(matches!(
        Manifest::parse(vec![b' '; MAX_BYTES + 1], None),
        Err(ManifestError::TooLarge)
    ));
}

#[test]
fn an_array_of_the_values_is_no_manifest_and_no_descriptor() {
    let index = MediaType::OCI_INDEX;
    let array = format!(r#"[2,"{index}",null,null,[],null,null,null,null,null]"#);
    assert!(matches!(parse(&array, None), Err(ManifestError::Json(_))));
    let values = format!(r#"["a/b","{}",1,[],null,null,null]"#, Digest::of(b"x"));
    for text in [
        format!(r#"{{"schemaVersion":2,"mediaType":"{index}","manifests":[{values}]}}"#),
        format!(r#"{{"schemaVersion":2,"mediaType":"{index}","manifests":[],"subject":{values}}}"#),
    ] {
        assert!(
            matches!(parse(&text, None), Err(ManifestError::Json(_))),
            "{text}"
        );
    }
}
