//! The embedded registry over real sockets: the four workflows of the distribution-spec's conformance list, and what
//! its clients run into when connections break.

use std::net::SocketAddr;

use reqwest::header::{
    ACCEPT_RANGES, ALLOW, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, LINK, LOCATION,
    RANGE, WWW_AUTHENTICATE,
};
use reqwest::{Method, RequestBuilder};
use rg::Error;
use rg::oci::{Digest, MediaType};
use rg::serve::{Options, Server};
use rg::store::layout::Layout;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux"}"#;

/// A server on a free port over a store of its own, stopped with the test.
struct Registry {
    address: SocketAddr,
    client: reqwest::Client,
    layout: Layout,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
    folder: TempDir,
}

/// An answer, read to its end.
struct Said {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Said {
    fn header(&self, name: impl reqwest::header::AsHeaderName) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn code(&self) -> String {
        let document = self.json();
        document["errors"][0]["code"].as_str().unwrap().to_owned()
    }
}

async fn send(request: RequestBuilder) -> Said {
    let response = request.send().await.unwrap();
    Said {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().await.unwrap().to_vec(),
    }
}

impl Registry {
    async fn start(options: Options) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(&folder.path().join("store")).unwrap();
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(layout.clone(), address, options)
            .await
            .unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            server.run(stopped).await.unwrap();
        });
        Self {
            address,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            layout,
            stop: Some(stop),
            running,
            folder,
        }
    }

    async fn open() -> Self {
        Self::start(Options {
            allow_delete: true,
            ..Options::default()
        })
        .await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        assert!(
            path.starts_with('/'),
            "not relative to the registry: {path}"
        );
        let url = format!("http://{}{path}", self.address);
        self.client.request(method, url)
    }

    async fn get(&self, path: &str) -> Said {
        send(self.request(Method::GET, path)).await
    }

    async fn head(&self, path: &str) -> Said {
        send(self.request(Method::HEAD, path)).await
    }

    async fn delete(&self, path: &str) -> Said {
        send(self.request(Method::DELETE, path)).await
    }

    /// Begins an upload and says where it goes on.
    async fn begin(&self, name: &str) -> String {
        let path = format!("/v2/{name}/blobs/uploads/");
        let said = send(self.request(Method::POST, &path)).await;
        assert_eq!((said.status, said.header(RANGE)), (202, "0-0"));
        said.header(LOCATION).to_owned()
    }

    async fn patch(&self, location: &str, bytes: &[u8], range: Option<&str>) -> Said {
        let mut request = self.request(Method::PATCH, location).body(bytes.to_vec());
        if let Some(range) = range {
            request = request.header(CONTENT_RANGE, range);
        }
        send(request).await
    }

    async fn put(&self, location: &str, digest: &Digest, bytes: &[u8]) -> Said {
        let path = format!("{location}?digest={digest}");
        send(self.request(Method::PUT, &path).body(bytes.to_vec())).await
    }

    async fn push_blob(&self, name: &str, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        let location = self.begin(name).await;
        let said = self.put(&location, &digest, bytes).await;
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        digest
    }

    async fn push_manifest(&self, name: &str, reference: &str, document: &Value) -> Said {
        let path = format!("/v2/{name}/manifests/{reference}");
        let request = self
            .request(Method::PUT, &path)
            .header(CONTENT_TYPE, document["mediaType"].as_str().unwrap())
            .body(document.to_string());
        send(request).await
    }

    /// Pushes an image of one layer and says the digest of its manifest.
    async fn push_image(&self, name: &str, tag: &str, layer: &[u8]) -> Digest {
        self.push_blob(name, CONFIG).await;
        self.push_blob(name, layer).await;
        let document = image(layer);
        let said = self.push_manifest(name, tag, &document).await;
        assert_eq!(said.status, 201, "{}", String::from_utf8_lossy(&said.body));
        Digest::of(document.to_string().as_bytes())
    }

    /// Sends `head` and `body` by hand and hangs up.
    async fn cut(&self, head: &str, body: &[u8]) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!("{head}\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream.shutdown().await.unwrap();
        // The server answers or hangs up once it has seen the end.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }

    /// What is in the store under `blobs/`.
    fn stored(&self, digest: &Digest) -> bool {
        self.layout.size_of(digest).unwrap().is_some()
    }

    /// Asks the server to stop and waits for it; its store lives as long as what this returns.
    async fn stop(mut self) -> TempDir {
        drop(self.stop.take());
        self.running.await.unwrap();
        self.folder
    }
}

fn describe(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": Digest::of(bytes), "size": bytes.len() })
}

fn image(layer: &[u8]) -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_MANIFEST,
        "config": describe(MediaType::OCI_CONFIG.as_str(), CONFIG),
        "layers": [describe(MediaType::OCI_LAYER_GZIP.as_str(), layer)],
    })
}

fn index(manifests: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX, "manifests": manifests })
}

fn noise(length: usize) -> Vec<u8> {
    crate::support::layer::noise(1, length)
}

// Pull.

#[tokio::test]
async fn pull_what_was_pushed_comes_back_byte_for_byte() {
    let registry = Registry::open().await;
    assert_eq!(registry.get("/v2/").await.status, 200);
    let layer = noise(3 << 20);
    let digest = registry.push_image("user/app", "v1", &layer).await;
    let document = image(&layer).to_string();
    for reference in ["v1".to_owned(), digest.to_string()] {
        let path = format!("/v2/user/app/manifests/{reference}");
        let (got, head) = (registry.get(&path).await, registry.head(&path).await);
        assert_eq!((got.status, head.status), (200, 200), "{reference}");
        assert_eq!(got.body, document.as_bytes());
        for said in [&got, &head] {
            assert_eq!(said.header(CONTENT_TYPE), MediaType::OCI_MANIFEST.as_str());
            assert_eq!(said.header(CONTENT_LENGTH), document.len().to_string());
            assert_eq!(said.header("docker-content-digest"), digest.to_string());
        }
    }
    let path = format!("/v2/user/app/blobs/{}", Digest::of(&layer));
    let (got, head) = (registry.get(&path).await, registry.head(&path).await);
    assert!(got.body == layer, "the layer came back changed");
    assert_eq!(head.header(CONTENT_LENGTH), layer.len().to_string());
    assert_eq!(head.header(ACCEPT_RANGES), "bytes");
}

#[tokio::test]
async fn pull_of_what_is_not_there_is_404_in_json() {
    let registry = Registry::open().await;
    let layer = registry.push_blob("app", b"a blob, no manifest").await;
    let absent = Digest::of(b"absent");
    for (path, code) in [
        ("/v2/app/manifests/none".to_owned(), "MANIFEST_UNKNOWN"),
        ("/v2/app/manifests/.INVALID".to_owned(), "MANIFEST_UNKNOWN"),
        (format!("/v2/app/manifests/{absent}"), "MANIFEST_UNKNOWN"),
        (format!("/v2/app/manifests/{layer}"), "MANIFEST_UNKNOWN"),
        (format!("/v2/app/blobs/{absent}"), "BLOB_UNKNOWN"),
        ("/v2/app/tags/list".to_owned(), "NAME_UNKNOWN"),
        ("/v2/app/blobs/uploads/0".to_owned(), "BLOB_UPLOAD_UNKNOWN"),
        ("/elsewhere".to_owned(), "UNSUPPORTED"),
    ] {
        let said = registry.get(&path).await;
        assert_eq!((said.status, said.code().as_str()), (404, code), "{path}");
        assert_eq!(registry.head(&path).await.status, 404, "{path}");
    }
    for (path, code) in [
        ("/v2/APP/tags/list", "NAME_INVALID"),
        ("/v2/app/blobs/sha256:..etc", "DIGEST_INVALID"),
        ("/v2/app/manifests/sha256:00", "DIGEST_INVALID"),
    ] {
        let said = registry.get(path).await;
        assert_eq!((said.status, said.code().as_str()), (400, code), "{path}");
    }
}

#[tokio::test]
async fn head_has_no_body_and_the_connection_goes_on() {
    let registry = Registry::open().await;
    let digest = registry.push_blob("app", b"twelve bytes").await;
    let mut stream = TcpStream::connect(registry.address).await.unwrap();
    let ask = |method: &str, last: &str| {
        format!("{method} /v2/app/blobs/{digest} HTTP/1.1\r\nHost: x\r\n{last}\r\n")
    };
    let asked = format!("{}{}", ask("HEAD", ""), ask("GET", "Connection: close\r\n"));
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let lower = text.to_lowercase();
    assert_eq!(lower.matches("content-length: 12").count(), 2, "{text}");
    assert_eq!(text.matches("twelve bytes").count(), 1, "{text}");
    assert!(text.ends_with("\r\n\r\ntwelve bytes"), "{text}");
}

#[tokio::test]
async fn one_range_is_answered_with_exactly_its_bytes() {
    let registry = Registry::open().await;
    let blob = noise(1 << 20);
    let path = format!("/v2/app/blobs/{}", registry.push_blob("app", &blob).await);
    let size = blob.len();
    let ranged = |range: &str| send(registry.request(Method::GET, &path).header(RANGE, range));
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=1000-400000", 1000, 400_001),
        ("bytes=1048575-", size - 1, size),
        ("bytes=-10", size - 10, size),
        ("bytes=5-99999999", 5, size),
    ] {
        let said = ranged(range).await;
        let expected = format!("bytes {from}-{}/{size}", to - 1);
        assert_eq!(
            (said.status, said.header(CONTENT_RANGE)),
            (206, &*expected),
            "{range}"
        );
        assert!(said.body == blob[from..to], "{range}");
    }
    for range in ["bytes=1048576-", "bytes=-0"] {
        let said = ranged(range).await;
        let expected = format!("bytes */{size}");
        assert_eq!(
            (said.status, said.header(CONTENT_RANGE)),
            (416, &*expected),
            "{range}"
        );
    }
    for range in ["bytes=0-1,4-5", "bytes=5-2", "lines=1-2", "nonsense"] {
        let said = ranged(range).await;
        assert_eq!((said.status, said.body.len()), (200, size), "{range}");
    }
    let other = registry.request(Method::GET, &path);
    let other = other
        .header(RANGE, "bytes=0-0")
        .header("if-range", "\"other\"");
    assert_eq!(send(other).await.status, 200, "another content was meant");
}

// Push.

#[tokio::test]
async fn push_a_blob_in_every_way_the_spec_has() {
    let registry = Registry::open().await;
    let blob = noise(2 << 20);
    let digest = Digest::of(&blob);
    let expected = format!("/v2/app/blobs/{digest}");

    let path = format!("/v2/app/blobs/uploads/?digest={digest}");
    let said = send(registry.request(Method::POST, &path).body(blob.clone())).await;
    assert_eq!(
        (said.status, said.header(LOCATION)),
        (201, &*expected),
        "one POST"
    );
    assert!(registry.get(&expected).await.body == blob);

    let location = registry.begin("app").await;
    let said = registry.put(&location, &digest, &blob).await;
    assert_eq!(
        (said.status, said.header(LOCATION)),
        (201, &*expected),
        "POST and PUT"
    );

    let location = registry.begin("app").await;
    let said = registry.patch(&location, &blob, None).await;
    assert_eq!(
        (said.status, said.header(RANGE)),
        (202, "0-2097151"),
        "streamed PATCH"
    );
    let said = registry.put(said.header(LOCATION), &digest, b"").await;
    assert_eq!(said.status, 201);

    let sha512 = Digest::Sha512([0; 64]).same_algorithm_of(&blob);
    let mut location = registry.begin("app").await;
    for (number, chunk) in blob.chunks(700_000).enumerate().take(2) {
        let first = number * 700_000;
        let range = format!("{first}-{}", first + chunk.len() - 1);
        let said = registry.patch(&location, chunk, Some(&range)).await;
        let sent = format!("0-{}", first + chunk.len() - 1);
        assert_eq!(
            (said.status, said.header(RANGE)),
            (202, &*sent),
            "chunk {number}"
        );
        location = said.header(LOCATION).to_owned();
    }
    let last = registry
        .request(Method::PUT, &format!("{location}?digest={sha512}"))
        .header(CONTENT_RANGE, "1400000-2097151")
        .body(blob[1_400_000..].to_vec());
    assert_eq!(
        send(last).await.status,
        201,
        "the last chunk in the PUT, by sha512"
    );
    assert!(registry.stored(&sha512) && registry.stored(&digest));

    let empty = Digest::of(b"");
    let location = registry.begin("app").await;
    assert_eq!(
        registry.put(&location, &empty, b"").await.status,
        201,
        "no bytes at all"
    );
    assert_eq!(
        registry.get(&format!("/v2/app/blobs/{empty}")).await.body,
        b""
    );
    let said = registry.get(&location).await;
    assert_eq!(said.status, 404, "a committed upload is over");
}

#[tokio::test]
async fn push_of_a_chunk_out_of_order_says_where_to_go_on() {
    let registry = Registry::open().await;
    let location = registry.begin("app").await;
    assert_eq!(
        registry
            .patch(&location, b"01234", Some("0-4"))
            .await
            .status,
        202
    );
    for range in ["0-4", "4-8", "6-10"] {
        let said = registry.patch(&location, b"xxxxx", Some(range)).await;
        assert_eq!((said.status, said.header(RANGE)), (416, "0-4"), "{range}");
        assert_eq!(said.header(LOCATION), location);
    }
    for (range, code) in [("5-8", "SIZE_INVALID"), ("five", "BLOB_UPLOAD_INVALID")] {
        let said = registry.patch(&location, b"xxxxx", Some(range)).await;
        assert_eq!((said.status, &*said.code()), (400, code), "{range}");
    }
    let said = registry.get(&location).await;
    assert_eq!(
        (said.status, said.header(RANGE)),
        (204, "0-4"),
        "none of it was taken"
    );
    assert_eq!(
        registry
            .patch(&location, b"56789", Some("5-9"))
            .await
            .status,
        202
    );
    let said = registry
        .put(&location, &Digest::of(b"0123456789"), b"")
        .await;
    assert_eq!(said.status, 201);
}

#[tokio::test]
async fn every_byte_of_a_request_that_was_cut_counts() {
    let registry = Registry::open().await;
    let blob = noise(1 << 20);
    let digest = Digest::of(&blob);
    let location = registry.begin("app").await;
    let head = format!(
        "PATCH {location} HTTP/1.1\r\nContent-Length: {}",
        blob.len()
    );
    registry.cut(&head, &blob[..300_000]).await;
    let said = registry.get(&location).await;
    assert_eq!(
        (said.status, said.header(RANGE)),
        (204, "0-299999"),
        "a PATCH"
    );

    let head = format!(
        "PUT {location}?digest={digest} HTTP/1.1\r\nContent-Length: {}",
        blob.len() - 300_000
    );
    registry.cut(&head, &blob[300_000..700_001]).await;
    assert_eq!(
        registry.get(&location).await.header(RANGE),
        "0-700000",
        "a PUT"
    );
    assert!(!registry.stored(&digest));

    let head = format!("PATCH {location} HTTP/1.1\r\nTransfer-Encoding: chunked");
    let chunk = [b"186a0\r\n", &blob[700_001..800_001], b"\r\n"].concat();
    registry.cut(&head, &chunk).await;
    assert_eq!(
        registry.get(&location).await.header(RANGE),
        "0-800000",
        "a chunked body"
    );

    let said = registry
        .patch(&location, &blob[800_001..], Some("800001-1048575"))
        .await;
    assert_eq!(said.status, 202);
    assert_eq!(registry.put(&location, &digest, b"").await.status, 201);
    let path = format!("/v2/app/blobs/{digest}");
    assert!(registry.get(&path).await.body == blob);
}

#[tokio::test]
async fn a_new_request_takes_over_from_one_that_hangs() {
    let registry = Registry::open().await;
    let location = registry.begin("app").await;
    let mut hanging = TcpStream::connect(registry.address).await.unwrap();
    let head = format!("PATCH {location} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234");
    hanging.write_all(head.as_bytes()).await.unwrap();
    while registry.get(&location).await.header(RANGE) != "0-4" {}
    assert_eq!(
        registry
            .patch(&location, b"56789", Some("5-9"))
            .await
            .status,
        202
    );
    let mut answer = Vec::new();
    hanging.read_to_end(&mut answer).await.unwrap();
    assert!(
        answer.starts_with(b"HTTP/1.1 409"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    let said = registry
        .put(&location, &Digest::of(b"0123456789"), b"")
        .await;
    assert_eq!(said.status, 201);
}

#[tokio::test]
async fn content_with_another_digest_is_never_committed() {
    let registry = Registry::open().await;
    let wrong = Digest::of(b"something else");
    for sha512 in [false, true] {
        let wrong = if sha512 {
            Digest::Sha512([7; 64])
        } else {
            wrong
        };
        let location = registry.begin("app").await;
        let said = registry.put(&location, &wrong, b"content").await;
        assert_eq!((said.status, &*said.code()), (400, "DIGEST_INVALID"));
        assert_eq!(
            registry.get(&location).await.status,
            404,
            "the upload is over"
        );
        let path = format!("/v2/app/blobs/uploads/?digest={wrong}");
        let said = send(registry.request(Method::POST, &path).body("content")).await;
        assert_eq!((said.status, &*said.code()), (400, "DIGEST_INVALID"));
        assert!(!registry.stored(&wrong) && !registry.stored(&Digest::of(b"content")));
    }
    let document = image(b"layer").to_string();
    let path = format!("/v2/app/manifests/{wrong}");
    let said = send(registry.request(Method::PUT, &path).body(document)).await;
    assert_eq!((said.status, &*said.code()), (400, "DIGEST_INVALID"));

    let location = registry.begin("app").await;
    for query in ["", "?digest=", "?digest=md5:00", "?digest=sha256:../../x"] {
        let said = send(registry.request(Method::PUT, &format!("{location}{query}"))).await;
        assert_eq!(
            (said.status, &*said.code()),
            (400, "DIGEST_INVALID"),
            "{query}"
        );
    }
    assert_eq!(
        registry.get(&location).await.status,
        204,
        "asking wrongly ends nothing"
    );
}

#[tokio::test]
async fn an_upload_belongs_to_whoever_knows_its_id_and_repository() {
    let registry = Registry::open().await;
    let (one, two) = (registry.begin("app").await, registry.begin("app").await);
    let id = one.rsplit('/').next().unwrap();
    assert!(
        id.len() >= 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    assert_ne!(one, two);
    let elsewhere = format!("/v2/other/blobs/uploads/{id}");
    assert_eq!(registry.get(&elsewhere).await.status, 404);
    assert_eq!(registry.patch(&elsewhere, b"x", None).await.status, 404);
    assert_eq!(registry.delete(&elsewhere).await.status, 404);
    let shorter = &one[..one.len() - 1];
    assert_eq!(registry.get(shorter).await.status, 404);

    assert_eq!(registry.patch(&one, b"x", None).await.status, 202);
    assert_eq!(registry.delete(&one).await.status, 204);
    assert_eq!(registry.get(&one).await.status, 404, "cancelled");
    assert_eq!(registry.get(&two).await.status, 204);
    let ingest = std::fs::read_dir(registry.layout.path().join("ingest")).unwrap();
    assert_eq!(
        ingest.count(),
        0,
        "what was cancelled left its bytes behind"
    );
}

#[tokio::test]
async fn a_blob_that_is_here_is_mounted_and_another_is_not() {
    let registry = Registry::open().await;
    let here = registry.push_blob("one", b"shared").await;
    let mount = |digest: &Digest, from: &str| {
        let path = format!("/v2/two/blobs/uploads/?mount={digest}{from}");
        send(registry.request(Method::POST, &path))
    };
    for from in ["&from=one", ""] {
        let said = mount(&here, from).await;
        let expected = format!("/v2/two/blobs/{here}");
        assert_eq!(
            (said.status, said.header(LOCATION)),
            (201, &*expected),
            "{from}"
        );
    }
    let absent = Digest::of(b"absent");
    let said = mount(&absent, "&from=one").await;
    assert_eq!(said.status, 202);
    let said = registry
        .put(said.header(LOCATION), &absent, b"absent")
        .await;
    assert_eq!(said.status, 201, "the session of a refused mount goes on");
}

#[tokio::test]
async fn push_of_a_manifest_is_refused_when_it_is_not_right() {
    let registry = Registry::open().await;
    registry.push_blob("app", CONFIG).await;
    let layer = b"layer";
    let said = registry.push_manifest("app", "v1", &image(layer)).await;
    assert_eq!(
        (said.status, &*said.code()),
        (400, "MANIFEST_BLOB_UNKNOWN"),
        "absent layer"
    );
    registry.push_blob("app", layer).await;

    let mut lying = image(layer);
    lying["layers"][0]["size"] = json!(4);
    let child = describe(MediaType::OCI_MANIFEST.as_str(), b"absent image");
    for (document, code) in [
        (lying, "MANIFEST_INVALID"),
        (index(&[child]), "MANIFEST_BLOB_UNKNOWN"),
        (
            json!({"mediaType": MediaType::OCI_MANIFEST}),
            "MANIFEST_INVALID",
        ),
        (
            json!({"mediaType": "text/html", "schemaVersion": 2}),
            "MANIFEST_INVALID",
        ),
    ] {
        let said = registry.push_manifest("app", "v1", &document).await;
        assert_eq!((said.status, &*said.code()), (400, code), "{document}");
    }
    let request = registry.request(Method::PUT, "/v2/app/manifests/v1");
    let request = request.header(CONTENT_TYPE, MediaType::OCI_INDEX.as_str());
    let said = send(request.body(image(layer).to_string())).await;
    assert_eq!(
        (said.status, &*said.code()),
        (400, "MANIFEST_INVALID"),
        "two types"
    );

    let said = registry.push_manifest("app", ".v1", &image(layer)).await;
    assert_eq!(said.status, 400, "no tag");
    assert_eq!(registry.get("/v2/app/manifests/v1").await.status, 404);
    assert_eq!(
        registry
            .push_manifest("app", "v1", &image(layer))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn a_manifest_may_have_four_mebibytes_and_no_more() {
    let registry = Registry::open().await;
    registry.push_blob("app", CONFIG).await;
    registry.push_blob("app", b"layer").await;
    let mut large = image(b"layer");
    let room = (4 << 20) - large.to_string().len() - r#","annotations":{"a":""}"#.len();
    large["annotations"] = json!({ "a": "x".repeat(room) });
    assert_eq!(large.to_string().len(), 4 << 20);
    assert_eq!(
        registry.push_manifest("app", "v1", &large).await.status,
        201
    );
    large["annotations"] = json!({ "a": "x".repeat(room + 1) });
    assert_eq!(
        registry.push_manifest("app", "v2", &large).await.status,
        413,
        "by its length"
    );
    let bytes = large.to_string().into_bytes();
    let head = "PUT /v2/app/manifests/v2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut stream = TcpStream::connect(registry.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let size = format!("{:x}\r\n", bytes.len());
    stream.write_all(size.as_bytes()).await.unwrap();
    let _ = stream.write_all(&bytes).await; // it may hang up before the end
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 413", "by its bytes");
}

#[tokio::test]
async fn push_by_digest_needs_no_tag() {
    let registry = Registry::open().await;
    let digest = registry.push_image("app", "first", b"one").await;
    registry.push_blob("app", b"two").await;
    let document = image(b"two");
    let other = Digest::of(document.to_string().as_bytes());
    let said = registry
        .push_manifest("app", &other.to_string(), &document)
        .await;
    assert_eq!(said.status, 201);
    assert_eq!(said.header(LOCATION), format!("/v2/app/manifests/{other}"));
    assert_eq!(said.header("docker-content-digest"), other.to_string());
    let path = format!("/v2/app/manifests/{other}");
    assert_eq!(
        registry.get(&path).await.body,
        document.to_string().as_bytes()
    );
    assert_eq!(
        registry.get("/v2/app/tags/list").await.json()["tags"],
        json!(["first"])
    );

    let manifest = |digest: &Digest, document: &Value| {
        json!({
            "mediaType": MediaType::OCI_MANIFEST, "digest": digest, "size": document.to_string().len()
        })
    };
    let both = index(&[
        manifest(&digest, &image(b"one")),
        manifest(&other, &document),
    ]);
    assert_eq!(
        registry.push_manifest("app", "both", &both).await.status,
        201
    );
    let said = registry.get("/v2/app/manifests/both").await;
    assert_eq!(said.header(CONTENT_TYPE), MediaType::OCI_INDEX.as_str());
    assert_eq!(said.body, both.to_string().as_bytes());
}

// Content discovery.

#[tokio::test]
async fn discovery_of_tags_comes_in_pages() {
    let registry = Registry::open().await;
    for tag in ["v2", "v10", "latest", "V1", "v1"] {
        registry.push_image("user/app", tag, b"layer").await;
    }
    let all = ["V1", "latest", "v1", "v10", "v2"];
    let said = registry.get("/v2/user/app/tags/list").await;
    assert_eq!(said.json(), json!({ "name": "user/app", "tags": all }));
    assert_eq!(said.header(LINK), "");
    let said = registry.get("/v2/user/app/tags/list?n=2").await;
    assert_eq!(said.json()["tags"], json!(["V1", "latest"]));
    assert_eq!(
        said.header(LINK),
        "</v2/user/app/tags/list?n=2&last=latest>; rel=\"next\""
    );
    let said = registry.get("/v2/user/app/tags/list?n=2&last=latest").await;
    assert_eq!(said.json()["tags"], json!(["v1", "v10"]));
    let said = registry.get("/v2/user/app/tags/list?n=2&last=v10").await;
    assert_eq!(
        (said.json()["tags"].clone(), said.header(LINK)),
        (json!(["v2"]), "")
    );
    let said = registry.get("/v2/user/app/tags/list?n=0").await;
    assert_eq!(
        (said.json()["tags"].clone(), said.header(LINK)),
        (json!([]), "")
    );
    let said = registry
        .get("/v2/user/app/tags/list?n=99999999999999")
        .await;
    assert_eq!(said.json()["tags"], json!(all));
    for n in ["-1", "many"] {
        let path = format!("/v2/user/app/tags/list?n={n}");
        assert_eq!(registry.get(&path).await.status, 400, "{n}");
    }
}

#[tokio::test]
async fn discovery_of_repositories_lists_names_that_can_be_asked_for() {
    let registry = Registry::open().await;
    for name in ["docker.io/library/app", "user/app", "ghcr.io/acme/app"] {
        registry.push_image(name, "v1", b"layer").await;
    }
    let said = registry.get("/v2/_catalog").await;
    let names = json!(["app", "ghcr.io/acme/app", "user/app"]);
    assert_eq!(said.json(), json!({ "repositories": names }));
    for name in names.as_array().unwrap() {
        let path = format!("/v2/{}/manifests/v1", name.as_str().unwrap());
        assert_eq!(registry.get(&path).await.status, 200, "{name}");
    }
    let said = registry.get("/v2/_catalog?n=1&last=app").await;
    assert_eq!(said.json()["repositories"], json!(["ghcr.io/acme/app"]));
    assert_eq!(
        said.header(LINK),
        "</v2/_catalog?n=1&last=ghcr.io%2Facme%2Fapp>; rel=\"next\""
    );
    let said = registry.get("/v1/search?q=ACME").await;
    let expected = json!([{
        "name": "ghcr.io/acme/app", "description": "", "star_count": 0,
        "is_official": false, "is_automated": false,
    }]);
    assert_eq!(said.json()["results"], expected);
    assert_eq!(said.json()["num_results"], 1);
}

#[tokio::test]
async fn discovery_of_referrers_needs_no_subject_to_be_there() {
    let registry = Registry::open().await;
    let subject = Digest::of(b"to be pushed later");
    let empty = |digest: &Digest| format!("/v2/app/referrers/{digest}");
    let said = registry.get(&empty(&subject)).await;
    assert_eq!(
        (said.status, said.json()["manifests"].clone()),
        (200, json!([]))
    );
    assert_eq!(said.header(CONTENT_TYPE), MediaType::OCI_INDEX.as_str());

    registry.push_blob("app", b"{}").await;
    let mut digests = Vec::new();
    for kind in ["application/spdx+json", "application/vnd.signature"] {
        let document = json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_MANIFEST,
            "artifactType": kind,
            "config": describe(MediaType::OCI_EMPTY.as_str(), b"{}"),
            "layers": [],
            "subject": { "mediaType": MediaType::OCI_MANIFEST, "digest": subject, "size": 18 },
            "annotations": { "kind": kind },
        });
        let digest = Digest::of(document.to_string().as_bytes());
        let said = registry
            .push_manifest("app", &digest.to_string(), &document)
            .await;
        assert_eq!(
            (said.status, said.header("oci-subject")),
            (201, &*subject.to_string())
        );
        digests.push((digest, kind));
    }
    let said = registry.get(&empty(&subject)).await;
    assert_eq!(said.json()["manifests"].as_array().unwrap().len(), 2);
    assert_eq!(said.header("oci-filters-applied"), "");
    for (digest, kind) in digests {
        let kind_encoded = kind.replace('+', "%2B");
        let path = format!("{}?artifactType={kind_encoded}", empty(&subject));
        let said = registry.get(&path).await;
        assert_eq!(said.header("oci-filters-applied"), "artifactType");
        let found = said.json()["manifests"].clone();
        assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
        assert_eq!(found[0]["digest"], digest.to_string());
        assert_eq!(found[0]["artifactType"], kind);
        assert_eq!(found[0]["annotations"]["kind"], kind);
    }
    let said = registry.get("/v2/app/referrers/latest").await;
    assert_eq!(said.status, 400);
}

// Content management.

#[tokio::test]
async fn management_deletes_tags_manifests_and_blobs() {
    let registry = Registry::open().await;
    let digest = registry.push_image("app", "v1", b"layer").await;
    registry.push_image("app", "v2", b"layer").await;
    let layer = format!("/v2/app/blobs/{}", Digest::of(b"layer"));
    let said = registry.delete(&layer).await;
    assert_eq!(
        (said.status, &*said.code()),
        (405, "UNSUPPORTED"),
        "an image uses it"
    );

    assert_eq!(registry.delete("/v2/app/manifests/v1").await.status, 202);
    assert_eq!(registry.get("/v2/app/manifests/v1").await.status, 404);
    assert_eq!(registry.get("/v2/app/manifests/v2").await.status, 200);
    assert_eq!(
        registry.get("/v2/app/tags/list").await.json()["tags"],
        json!(["v2"])
    );
    assert_eq!(registry.delete("/v2/app/manifests/v1").await.status, 404);

    let path = format!("/v2/app/manifests/{digest}");
    assert_eq!(registry.delete(&path).await.status, 202);
    assert_eq!(registry.get(&path).await.status, 404);
    assert_eq!(registry.get("/v2/app/manifests/v2").await.status, 404);
    assert_eq!(registry.delete(&path).await.status, 404);

    let alone = format!(
        "/v2/app/blobs/{}",
        registry.push_blob("app", b"alone").await
    );
    assert_eq!(registry.delete(&alone).await.status, 202);
    assert_eq!(registry.head(&alone).await.status, 404);
    assert_eq!(registry.delete(&alone).await.status, 404);
}

#[tokio::test]
async fn nothing_is_deleted_unless_that_was_allowed() {
    let registry = Registry::start(Options::default()).await;
    let digest = registry.push_image("app", "v1", b"layer").await;
    for path in [
        "/v2/app/manifests/v1".to_owned(),
        format!("/v2/app/manifests/{digest}"),
        format!("/v2/app/blobs/{}", Digest::of(b"layer")),
    ] {
        let said = registry.delete(&path).await;
        assert_eq!((said.status, &*said.code()), (405, "UNSUPPORTED"), "{path}");
        assert_eq!(registry.get(&path).await.status, 200, "{path}");
    }
    let location = registry.begin("app").await;
    assert_eq!(
        registry.delete(&location).await.status,
        204,
        "uploads may be cancelled"
    );
}

#[tokio::test]
async fn a_read_only_registry_takes_nothing() {
    let registry = Registry::start(Options {
        read_only: true,
        allow_delete: true,
        ..Options::default()
    })
    .await;
    let digest = Digest::of(b"x");
    for (method, path) in [
        (Method::POST, "/v2/app/blobs/uploads/".to_owned()),
        (
            Method::POST,
            format!("/v2/app/blobs/uploads/?digest={digest}"),
        ),
        (Method::PUT, "/v2/app/manifests/v1".to_owned()),
        (Method::DELETE, "/v2/app/manifests/v1".to_owned()),
        (Method::DELETE, format!("/v2/app/blobs/{digest}")),
    ] {
        let said = send(registry.request(method.clone(), &path).body("x")).await;
        assert_eq!(
            (said.status, &*said.code()),
            (405, "UNSUPPORTED"),
            "{method} {path}"
        );
    }
    assert_eq!(registry.get("/v2/").await.status, 200);
    assert_eq!(registry.get("/v2/app/manifests/v1").await.status, 404);
    assert!(!registry.stored(&digest));
}

#[tokio::test]
async fn other_methods_are_refused_with_the_ones_there_are() {
    let registry = Registry::open().await;
    let digest = Digest::of(b"x");
    for (path, allowed) in [
        ("/v2/".to_owned(), "GET"),
        ("/v2/_catalog".to_owned(), "GET"),
        ("/v2/app/tags/list".to_owned(), "GET"),
        ("/v2/app/manifests/v1".to_owned(), "PUT"),
        (format!("/v2/app/blobs/{digest}"), "DELETE"),
        ("/v2/app/blobs/uploads/".to_owned(), "POST"),
        (format!("/v2/app/referrers/{digest}"), "GET"),
    ] {
        let said = send(registry.request(Method::OPTIONS, &path)).await;
        assert_eq!((said.status, &*said.code()), (405, "UNSUPPORTED"), "{path}");
        assert!(
            said.header(ALLOW).contains(allowed),
            "{path}: {}",
            said.header(ALLOW)
        );
    }
}

// Who may come in, and how it ends.

#[tokio::test]
async fn with_an_htpasswd_file_only_its_users_come_in() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let hash = bcrypt::hash("secret", 4).unwrap().replace("$2b$", "$2y$");
    std::fs::write(file.path(), format!("ann:{hash}\n")).unwrap();
    let registry = Registry::start(Options {
        htpasswd: Some(file.path().to_owned()),
        ..Options::default()
    })
    .await;
    for path in [
        "/v2/",
        "/v2/_catalog",
        "/v1/search?q=a",
        "/v2/app/tags/list",
        "/x",
    ] {
        let said = registry.get(path).await;
        assert_eq!(
            (said.status, &*said.code()),
            (401, "UNAUTHORIZED"),
            "{path}"
        );
        assert!(
            said.header(WWW_AUTHENTICATE).starts_with("Basic realm="),
            "{path}"
        );
    }
    let begin = registry.request(Method::POST, "/v2/app/blobs/uploads/");
    assert_eq!(send(begin).await.status, 401);
    let with = |user: &str, password: &str| {
        send(
            registry
                .request(Method::GET, "/v2/")
                .basic_auth(user, Some(password)),
        )
    };
    assert_eq!(with("ann", "wrong").await.status, 401);
    assert_eq!(with("eve", "secret").await.status, 401);
    assert_eq!(with("ann", "secret").await.status, 200);
    assert_eq!(with("ann", "secret").await.status, 200);
}

#[tokio::test]
async fn a_bad_htpasswd_file_keeps_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(&folder.path().join("store")).unwrap();
    let file = folder.path().join("htpasswd");
    std::fs::write(&file, "ann:$apr1$not$bcrypt\n").unwrap();
    let bind = |path| {
        let options = Options {
            htpasswd: Some(path),
            ..Options::default()
        };
        Server::bind(layout.clone(), "127.0.0.1:0".parse().unwrap(), options)
    };
    let error = bind(file).await.err().unwrap();
    assert!(matches!(error, Error::BadFile { .. }), "{error}");
    assert!(error.to_string().contains("line 1"), "{error}");
    let error = bind(folder.path().join("absent")).await.err().unwrap();
    assert_eq!(error.exit_code(), 7, "{error}");
}

#[tokio::test]
async fn an_address_in_use_is_told() {
    let registry = Registry::open().await;
    let second = Server::bind(
        registry.layout.clone(),
        registry.address,
        Options::default(),
    );
    let error = second.await.err().unwrap();
    assert!(
        error.to_string().contains(&registry.address.to_string()),
        "{error}"
    );
    assert_eq!(error.exit_code(), 7);
}

#[tokio::test]
async fn a_request_in_flight_is_finished_before_the_end() {
    let registry = Registry::open().await;
    let location = registry.begin("app").await;
    let digest = Digest::of(b"0123456789");
    let mut stream = TcpStream::connect(registry.address).await.unwrap();
    let head = format!(
        "PUT {location}?digest={digest} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n01234"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    while registry.get(&location).await.header(RANGE) != "0-4" {}
    let (address, layout) = (registry.address, registry.layout.clone());
    let stopping = tokio::spawn(registry.stop());
    // The listener closes first: from then on the request in flight is all there is.
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(b"56789").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let _folder = stopping.await.unwrap();
    assert_eq!(layout.size_of(&digest).unwrap(), Some(10));
}

#[tokio::test]
async fn a_web_page_of_another_host_may_not_use_an_open_registry() {
    let registry = Registry::open().await;
    let asked = async |origin: Option<&str>, host: &str| {
        let mut request = registry.request(Method::GET, "/v2/").header("host", host);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        send(request).await
    };
    let page = Some("http://evil.example");
    let said = asked(page, "evil.example:5000").await;
    assert_eq!((said.status, said.code().as_str()), (421, "DENIED"));
    for host in ["localhost:5000", "127.0.0.1", "[::1]:80"] {
        assert_eq!(asked(page, host).await.status, 200, "{host}");
    }
    // No browser: clients may reach this machine by any name it has.
    assert_eq!(asked(None, "registry.example").await.status, 200);
}
