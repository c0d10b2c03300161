//! A scripted registry: honest by itself, and as dishonest as a test makes it.
//!
//! [`Content::answer`] is the honest part: manifests, blobs with ranges, tags, uploads, mounts, all in memory. A test
//! wraps it in a closure that may look at the request first, or at the answer afterwards, and lie.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::json;

use super::http::{Request, Response, Server, lock};
use super::image::Graph;
use super::layer::{sha256, sha512};

type Uploads = BTreeMap<String, Vec<u8>>;

/// What a registry holds.
#[derive(Default)]
pub(crate) struct Content {
    /// Repository and tag to digest.
    tags: Mutex<BTreeMap<(String, String), String>>,
    /// Digest to media type and bytes.
    nodes: Mutex<BTreeMap<String, (String, Bytes)>>,
    uploads: Mutex<Uploads>,
}

impl Content {
    /// Images under `repository` and tag.
    pub(crate) fn of(images: &[(&str, &str, &Graph)]) -> Arc<Self> {
        let content = Self::default();
        for (repository, tag, graph) in images {
            for node in &graph.nodes {
                let held = (node.media_type.clone(), node.content.bytes());
                lock(&content.nodes).insert(node.digest.clone(), held);
            }
            let key = ((*repository).to_owned(), (*tag).to_owned());
            lock(&content.tags).insert(key, graph.digest().to_owned());
        }
        Arc::new(content)
    }

    /// Adds bytes under a name that need not be their digest.
    pub(crate) fn put(&self, digest: &str, bytes: impl Into<Bytes>) {
        let held = ("application/octet-stream".to_owned(), bytes.into());
        lock(&self.nodes).insert(digest.to_owned(), held);
    }

    /// Whether content of that digest is here.
    pub(crate) fn has(&self, digest: &str) -> bool {
        lock(&self.nodes).contains_key(digest)
    }

    /// Points a tag at content that is here.
    pub(crate) fn point(&self, repository: &str, tag: &str, digest: &str) {
        let key = (repository.to_owned(), tag.to_owned());
        lock(&self.tags).insert(key, digest.to_owned());
    }

    /// The digest under a tag.
    pub(crate) fn tag(&self, repository: &str, tag: &str) -> Option<String> {
        let key = (repository.to_owned(), tag.to_owned());
        lock(&self.tags).get(&key).cloned()
    }

    /// Bytes of an unfinished upload.
    pub(crate) fn uploaded(&self, id: &str) -> usize {
        lock(&self.uploads).get(id).map_or(0, Vec::len)
    }

    /// Answers as an honest registry would.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        let path = request.path().to_owned();
        let Some(path) = path.strip_prefix("/v2/") else {
            return Response::new(404);
        };
        if path.is_empty() {
            return Response::new(200).json(&json!({}));
        }
        if let Some((repository, id)) = path.split_once("/blobs/uploads/") {
            return self.upload(request, repository, id);
        }
        if let Some((_, digest)) = path.split_once("/blobs/") {
            return self.blob(request, digest);
        }
        if let Some((repository, reference)) = path.split_once("/manifests/") {
            return self.manifest(request, repository, reference);
        }
        if let Some(repository) = path.strip_suffix("/tags/list") {
            let tags = lock(&self.tags);
            let names: Vec<&str> = tags
                .keys()
                .filter(|(name, _)| name == repository)
                .map(|(_, tag)| tag.as_str())
                .collect();
            return Response::new(200).json(&json!({"name": repository, "tags": names}));
        }
        Response::error(404, "UNSUPPORTED", "no such endpoint")
    }

    fn manifest(&self, request: &Request, repository: &str, reference: &str) -> Response {
        if request.method == "PUT" {
            let digest = sha256(&request.body);
            let kind = request
                .headers
                .get("Content-Type")
                .unwrap_or_default()
                .to_owned();
            let held = (kind, Bytes::copy_from_slice(&request.body));
            lock(&self.nodes).insert(digest.clone(), held);
            if !reference.contains(':') {
                let key = (repository.to_owned(), reference.to_owned());
                lock(&self.tags).insert(key, digest.clone());
            }
            return Response::new(201).header("Docker-Content-Digest", &digest);
        }
        if request.method == "DELETE" {
            return self.delete(repository, reference);
        }
        let digest = if reference.contains(':') {
            Some(reference.to_owned())
        } else {
            self.tag(repository, reference)
        };
        let held = digest.and_then(|digest| {
            let held = lock(&self.nodes).get(&digest).cloned();
            held.map(|(kind, bytes)| (digest, kind, bytes))
        });
        match held {
            None => Response::error(404, "MANIFEST_UNKNOWN", "manifest unknown"),
            Some((digest, kind, bytes)) => Response::new(200)
                .header("Content-Type", &kind)
                .header("Docker-Content-Digest", &digest)
                .body(bytes),
        }
    }

    /// A tag alone, or a manifest with all tags that it has.
    fn delete(&self, repository: &str, reference: &str) -> Response {
        let mut tags = lock(&self.tags);
        let before = tags.len();
        tags.retain(|(name, tag), digest| {
            name != repository || (tag != reference && digest != reference)
        });
        let manifest = lock(&self.nodes).remove(reference);
        if manifest.is_none() && tags.len() == before {
            return Response::error(404, "MANIFEST_UNKNOWN", "manifest unknown");
        }
        Response::new(202)
    }

    fn blob(&self, request: &Request, digest: &str) -> Response {
        let Some((_, bytes)) = lock(&self.nodes).get(digest).cloned() else {
            return Response::error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        };
        let response = Response::new(200)
            .header("Content-Type", "application/octet-stream")
            .header("Docker-Content-Digest", digest);
        let Some((first, last)) = asked_range(request, bytes.len()) else {
            return response.body(bytes);
        };
        let range = format!("bytes {first}-{last}/{}", bytes.len());
        let mut partial = response.header("Content-Range", &range);
        partial.status = 206;
        partial.body(bytes.slice(first..=last))
    }

    fn upload(&self, request: &Request, repository: &str, id: &str) -> Response {
        match (request.method.as_str(), id) {
            ("POST", "") => self.begin(request, repository),
            ("GET", id) if lock(&self.uploads).contains_key(id) => {
                self.session(repository, id, 204)
            }
            ("PATCH", id) => {
                let mut uploads = lock(&self.uploads);
                let Some(upload) = uploads.get_mut(id) else {
                    return Response::error(404, "BLOB_UPLOAD_UNKNOWN", "upload unknown");
                };
                upload.extend_from_slice(&request.body);
                drop(uploads);
                self.session(repository, id, 202)
            }
            ("PUT", id) => {
                let Some(mut bytes) = lock(&self.uploads).remove(id) else {
                    return Response::error(404, "BLOB_UPLOAD_UNKNOWN", "upload unknown");
                };
                bytes.extend_from_slice(&request.body);
                self.commit(bytes, &request.query("digest").unwrap_or_default())
            }
            ("DELETE", id) => {
                lock(&self.uploads).remove(id);
                Response::new(204)
            }
            _ => Response::error(404, "BLOB_UPLOAD_UNKNOWN", "upload unknown"),
        }
    }

    fn begin(&self, request: &Request, repository: &str) -> Response {
        if let Some(digest) = request.query("mount").filter(|digest| self.has(digest)) {
            let place = format!("/v2/{repository}/blobs/{digest}");
            return Response::new(201).header("Location", &place);
        }
        let mut uploads = lock(&self.uploads);
        let id = format!("upload-{}", uploads.len() + 1);
        uploads.insert(id.clone(), Vec::new());
        drop(uploads);
        self.session(repository, &id, 202)
    }

    fn session(&self, repository: &str, id: &str, status: u16) -> Response {
        let length = self.uploaded(id);
        Response::new(status)
            .header("Location", &format!("/v2/{repository}/blobs/uploads/{id}"))
            .header("Range", &format!("0-{}", length.saturating_sub(1)))
    }

    fn commit(&self, bytes: Vec<u8>, digest: &str) -> Response {
        if digest != sha256(&bytes) && digest != sha512(&bytes) {
            return Response::error(400, "DIGEST_INVALID", "provided digest did not match");
        }
        let held = ("application/octet-stream".to_owned(), bytes.into());
        lock(&self.nodes).insert(digest.to_owned(), held);
        Response::new(201).header("Docker-Content-Digest", digest)
    }
}

/// First and last byte of the range asked for, if one was that a blob of `length` bytes can serve.
fn asked_range(request: &Request, length: usize) -> Option<(usize, usize)> {
    let range = request.headers.get("Range")?.strip_prefix("bytes=")?;
    let (first, last) = range.split_once('-')?;
    let first: usize = first.parse().ok()?;
    let last = last
        .parse()
        .unwrap_or(usize::MAX)
        .min(length.checked_sub(1)?);
    (first <= last).then_some((first, last))
}

/// A scripted registry that runs until it is dropped.
pub(crate) struct Fake {
    server: Server,
    pub(crate) content: Arc<Content>,
}

impl Fake {
    /// Serves `content` through `script`.
    pub(crate) fn start(
        content: Arc<Content>,
        script: impl Fn(&Request, &Content) -> Response + Send + Sync + 'static,
    ) -> Self {
        let held = Arc::clone(&content);
        let server = Server::start(move |request| script(request, &held));
        Self { server, content }
    }

    /// Serves `content` honestly.
    pub(crate) fn honest(content: Arc<Content>) -> Self {
        Self::start(content, |request, content| content.answer(request))
    }

    /// The reference of `repository:tag` here.
    pub(crate) fn name(&self, rest: &str) -> String {
        format!("{}/{rest}", self.server.host())
    }

    /// The base URL.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.server.host())
    }
}

impl Deref for Fake {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// A challenge that sends a client to the token server at `realm`.
pub(crate) fn bearer_challenge(realm: &str, scope: &str) -> Response {
    let challenge = format!("Bearer realm=\"{realm}\",service=\"fake\",scope=\"{scope}\"");
    Response::error(401, "UNAUTHORIZED", "authentication required")
        .header("WWW-Authenticate", &challenge)
}

/// A challenge for a user name and a password.
pub(crate) fn basic_challenge() -> Response {
    Response::error(401, "UNAUTHORIZED", "authentication required")
        .header("WWW-Authenticate", "Basic realm=\"fake\"")
}
