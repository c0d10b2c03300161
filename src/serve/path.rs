//! What a URL asks for: `/v2/<name>/<kind>/<which>`, taken apart from its end because names have slashes.
//!
//! A name is read as docker reads it: `app` is `docker.io/library/app`, `ghcr.io/acme/app` is itself. Nothing that
//! breaks the grammar of names, digests or tags gets past this file, so nothing of a URL ever touches the disk.
//! distribution-spec, "Endpoints".

use http::{StatusCode, Uri};

use super::error::{Code, Refusal};
use crate::oci::{Digest, Name, Selector};

/// One repository, and how the client spelled it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The full name.
    pub(super) name: Name,
    /// As it stood in the URL; Locations and Links repeat it.
    pub(super) path: String,
}

/// What of a repository is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// `tags/list`
    Tags,
    /// `manifests/<reference>`; the reference is checked by [`selector`], since what a bad one means depends on the
    /// method.
    Manifest(String),
    /// `blobs/<digest>`
    Blob(Digest),
    /// `blobs/uploads/`: where uploads begin
    Uploads,
    /// `blobs/uploads/<id>`
    Upload(String),
    /// `referrers/<digest>`
    Referrers(Digest),
}

/// Reads the path of a URL.
pub(super) fn parse(path: &str) -> Result<(Place, Target), Refusal> {
    let nowhere = || Refusal::absent(Code::Unsupported, "there is no such endpoint");
    let path = decode(path).ok_or_else(nowhere)?;
    let rest = path.strip_prefix("/v2/").ok_or_else(nowhere)?;
    let segments: Vec<&str> = rest.split('/').collect();
    let (name, target) = match segments.as_slice() {
        [name @ .., "tags", "list"] => (name, Target::Tags),
        [name @ .., "blobs", "uploads", ""] | [name @ .., "blobs", "uploads"] => {
            (name, Target::Uploads)
        }
        [name @ .., "blobs", "uploads", id] => (name, Target::Upload((*id).to_owned())),
        [name @ .., "manifests", reference] => (name, Target::Manifest((*reference).to_owned())),
        [name @ .., "blobs", digest] => (name, Target::Blob(read_digest(digest)?)),
        [name @ .., "referrers", digest] => (name, Target::Referrers(read_digest(digest)?)),
        _ => return Err(nowhere()),
    };
    let path = name.join("/");
    let name: Name = path
        .parse()
        .map_err(|error: crate::oci::reference::ReferenceError| {
            Refusal::invalid(Code::NameInvalid, error.to_string())
        })?;
    Ok((Place { name, path }, target))
}

/// Reads a digest, of a path or a parameter.
pub(super) fn read_digest(text: &str) -> Result<Digest, Refusal> {
    text.parse()
        .map_err(|error: crate::oci::digest::DigestError| {
            Refusal::invalid(Code::DigestInvalid, error.to_string())
        })
}

/// Reads the reference of a manifest. A text that is neither tag nor digest names nothing that could be found (404
/// when `writing` is false) and nothing that could be written (400).
pub(super) fn selector(text: &str, writing: bool) -> Result<Selector, Refusal> {
    if text.contains(':') {
        return read_digest(text).map(Selector::Digest);
    }
    text.parse()
        .map(Selector::Tag)
        .map_err(|error: crate::oci::reference::ReferenceError| {
            if writing {
                Refusal::invalid(Code::ManifestInvalid, error.to_string())
            } else {
                Refusal::absent(Code::ManifestUnknown, error.to_string())
            }
        })
}

/// A path as it may be logged: the id of an upload lets anyone continue it, so most of it is left out.
pub(super) fn loggable(path: &str) -> String {
    const SHOWN: usize = 8; // digits of an id: enough to tell uploads apart, 96 bits remain
    let Some(at) = path.rfind("/blobs/uploads/") else {
        return path.to_owned();
    };
    let (before, id) = path.split_at(at + "/blobs/uploads/".len());
    match id.char_indices().nth(SHOWN) {
        Some((cut, _)) => format!("{before}{}…", &id[..cut]),
        None => path.to_owned(),
    }
}

/// Undoes percent-encoding. `None` for what is no encoding or no text.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The parameters of a URL.
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// The first value given for `key`.
    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(given, _)| given == key)
            .map(|(_, value)| value.as_str())
    }

    /// The digest that a write has to name.
    pub(super) fn digest(&self) -> Result<Digest, Refusal> {
        match self.first("digest") {
            Some(text) => read_digest(text),
            None => Err(Refusal::new(
                StatusCode::BAD_REQUEST,
                Code::DigestInvalid,
                "the parameter digest is missing",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn read(path: &str) -> (String, Target) {
        let (place, target) = parse(path).unwrap_or_else(|refusal| panic!("{path}: {refusal:?}"));
        (place.name.to_string(), target)
    }

    #[test]
    fn a_path_is_read_as_a_docker_name() {
        for (path, name) in [
            ("app", "docker.io/library/app"),
            ("user/app", "docker.io/user/app"),
            ("docker.io/library/app", "docker.io/library/app"),
            ("ghcr.io/acme/app", "ghcr.io/acme/app"),
            ("localhost:5000/app", "localhost:5000/app"),
            ("localhost%3A5000/app", "localhost:5000/app"),
        ] {
            let url = format!("/v2/{path}/tags/list");
            assert_eq!(read(&url), (name.to_owned(), Target::Tags), "{url}");
        }
    }

    #[test]
    fn repositories_may_be_called_like_endpoints() {
        let blob = Target::Blob(D.parse().unwrap());
        let hub = |path: &str| format!("docker.io/{path}");
        for (url, name, target) in [
            ("/v2/a/tags/tags/list".to_owned(), "a/tags", Target::Tags),
            (
                "/v2/a/manifests/tags/list".to_owned(),
                "a/manifests",
                Target::Tags,
            ),
            (format!("/v2/a/blobs/blobs/{D}"), "a/blobs", blob.clone()),
            (format!("/v2/a/manifests/blobs/{D}"), "a/manifests", blob),
            (
                "/v2/a/blobs/uploads/".to_owned(),
                "library/a",
                Target::Uploads,
            ),
            (
                "/v2/a/blobs/uploads".to_owned(),
                "library/a",
                Target::Uploads,
            ),
            (
                "/v2/a/b/blobs/uploads/42".to_owned(),
                "a/b",
                Target::Upload("42".to_owned()),
            ),
            (
                "/v2/a/blobs/uploads/manifests/v1".to_owned(),
                "a/blobs/uploads",
                Target::Manifest("v1".to_owned()),
            ),
            (
                format!("/v2/a/referrers/{D}"),
                "library/a",
                Target::Referrers(D.parse().unwrap()),
            ),
        ] {
            assert_eq!(read(&url), (hub(name), target), "{url}");
        }
    }

    #[test]
    fn what_breaks_the_grammar_is_refused() {
        for url in [
            "/",
            "/v1/app/tags/list",
            "/v2/tags/list",
            "/v2//tags/list",
            "/v2/../tags/list",
            "/v2/..%2f..%2fetc/tags/list",
            "/v2/a/../b/tags/list",
            "/v2/APP/tags/list",
            "/v2/a%00b/tags/list",
            "/v2/app:tag/tags/list",
            "/v2/app/blobs/sha256:../../etc/passwd",
            "/v2/app/blobs/md5:00",
            "/v2/app/referrers/latest",
            "/v2/app/unknown/x",
            "/v2/%zz/tags/list",
            "/v2/%f/tags/list",
            "/v2/%ff/tags/list",
            &format!("/v2/app@{D}/tags/list"),
            &format!("/v2/{}/tags/list", "a".repeat(256)),
        ] {
            assert!(parse(url).is_err(), "{url} was accepted");
        }
    }

    #[test]
    fn a_bad_tag_is_not_found_and_cannot_be_written() {
        use axum::response::IntoResponse as _;
        let status = |writing| {
            selector(".INVALID", writing)
                .unwrap_err()
                .into_response()
                .status()
        };
        assert_eq!(
            (status(false), status(true)),
            (404.try_into().unwrap(), 400.try_into().unwrap())
        );
        assert!(matches!(selector("v1", true), Ok(Selector::Tag(_))));
        assert!(matches!(selector(D, true), Ok(Selector::Digest(_))));
    }

    #[test]
    fn logs_do_not_hold_what_continues_an_upload() {
        let id = "0123456789abcdef0123456789abcdef";
        let shown = loggable(&format!("/v2/app/blobs/uploads/{id}"));
        assert_eq!(shown, "/v2/app/blobs/uploads/01234567…");
        assert_eq!(loggable("/v2/app/tags/list"), "/v2/app/tags/list");
        assert_eq!(
            loggable("/v2/app/blobs/uploads/äöüäöüäöü"),
            "/v2/app/blobs/uploads/äöüäöüäö…"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_path_panics_and_no_name_climbs(path in "/v2/[a-zA-Z0-9._:@%/-]{0,40}(/tags/list|/manifests/x|/blobs/uploads/[a-z]?)?") {
            if let Ok((place, _)) = parse(&path) {
                proptest::prop_assert!(place.name.to_string().split('/').all(|part| part != ".." && part != "." && !part.is_empty()));
            }
            let _ = loggable(&path);
        }
    }
}
