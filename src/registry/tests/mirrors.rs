//! Reading through mirrors, over sockets: who is asked, in which order, with what, and who is not.

use std::path::Path;

use futures_util::StreamExt;
use tempfile::TempDir;

use super::*;
use crate::credential::Chain;
use crate::error::Error;
use crate::oci::{Digest, Name, Selector, Tag};
use crate::registry::WhenBroken;
use crate::store::{self, Source};

const HOSTS: &str = "etc/containerd/certs.d/_default/hosts.toml";
const REGISTRIES: &str = "etc/containers/registries.conf";

mod files;

fn latest() -> Selector {
    Selector::Tag(Tag::latest())
}

fn by_digest() -> Selector {
    Selector::Digest(Digest::of(manifest_text().as_bytes()))
}

/// A home and an `/etc` of its own.
struct World(TempDir);

impl World {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(path: &str, text: &str) -> Self {
        let world = Self::new();
        world.write(path, text);
        world
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn config(&self) -> Config {
        let at = |place: &str| self.0.path().join(place).display().to_string();
        let variables = [
            ("HOME", at("home")),
            ("XDG_CONFIG_HOME", at("home/.config")),
            ("RG_ETC", at("etc")),
        ];
        let environment: Environment = variables
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let flags = Flags {
            retries: Some(3),
            stall_timeout: Some(Duration::from_millis(300)),
            ..Flags::default()
        };
        let mut config = Config::load(&flags, environment).unwrap();
        config.retry_base = Duration::from_millis(1);
        config
    }

    fn client(&self, credentials: Credentials) -> (Client, Arc<Memory>) {
        with(self.config(), credentials)
    }

    fn anonymous(&self) -> (Client, Arc<Memory>) {
        self.client(Credentials::Anonymous)
    }

    /// With what docker's `config.json` in the home holds.
    fn stored(&self) -> (Client, Arc<Memory>) {
        let chain = Arc::new(Chain::open(&self.config()));
        self.client(Credentials::Stored {
            chain,
            when_broken: WhenBroken::Warn,
        })
    }
}

/// A `[registry]` of rg's settings with mirrors.
fn settings(registry: &Script, mirrors: &[&Script]) -> World {
    let urls: Vec<String> = mirrors.iter().map(|mirror| mirror.url("")).collect();
    let text = format!("[registry.\"{}\"]\nmirrors = {urls:?}\n", registry.host());
    World::with("home/.config/rg/config.toml", &text)
}

/// A registry with one manifest and these bytes as every blob.
async fn registry(bytes: &[u8]) -> Script {
    let bytes = bytes.to_vec();
    Script::start(move |seen, _| honest(seen, &bytes)).await
}

fn honest(seen: &Seen, bytes: &[u8]) -> Reply {
    if !seen.target.contains("/blobs/") {
        return manifest_reply();
    }
    let Some((first, last)) = seen.header("range").and_then(range) else {
        return Reply::new(200).body(bytes);
    };
    let told = format!("bytes {first}-{last}/{}", bytes.len());
    Reply::new(206)
        .header("Content-Range", told)
        .body(&bytes[first..=last])
}

fn range(header: &str) -> Option<(usize, usize)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

async fn always(reply: Reply) -> Script {
    Script::start(move |_, _| reply.clone()).await
}

async fn read(repository: &Repository, what: &Descriptor) -> Result<Vec<u8>, Error> {
    let mut stream = repository.blob(what, 0..what.size).await?;
    assert_eq!(stream.range, 0..what.size);
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.bytes.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}

#[tokio::test]
async fn mirrors_are_asked_in_order_and_the_registry_last() {
    let registry = registry(b"").await;
    let absent = always(Reply::new(404).body("")).await;
    let second = always(manifest_reply()).await;
    let world = settings(&registry, &[&absent, &second]);
    let (client, memory) = world.anonymous();
    let repository = registry.repository(&client);
    repository.resolve(&latest()).await.unwrap();
    repository.manifest(&by_digest()).await.unwrap();
    assert_eq!(
        (
            absent.count("HEAD", "/v2/a/b/manifests/latest"),
            absent.seen().len()
        ),
        (1, 2)
    );
    assert_eq!(
        (
            second.count("HEAD", "/v2/a/b/manifests/latest"),
            second.seen().len()
        ),
        (1, 2)
    );
    assert_eq!(registry.seen().len(), 0);
    assert_eq!(
        memory.warnings(),
        [""; 0],
        "not to have something is no fault"
    );
    let world = settings(&registry, &[&absent, &absent]);
    let repository = registry.repository(&world.anonymous().0);
    repository.resolve(&latest()).await.unwrap();
    assert_eq!(registry.seen().len(), 1);
}

#[tokio::test]
async fn whatever_goes_wrong_at_a_mirror_the_next_place_is_asked_without_a_wait() {
    let html = Reply::new(200)
        .header("Content-Type", "text/html")
        .body("<p>welcome");
    let typed = || Reply::new(200).header("Content-Type", MediaType::OCI_MANIFEST);
    let faults = [
        ("denied", Reply::new(403).body("")),
        ("asks for a login", {
            let challenge = "Basic realm=\"m\"";
            Reply::new(401)
                .header("WWW-Authenticate", challenge)
                .body("")
        }),
        ("busy", Reply::new(503).header("Retry-After", 3600).body("")),
        (
            "overrun",
            Reply::new(429).header("Retry-After", 3600).body(""),
        ),
        ("broken", Reply::new(500).body("")),
        ("a page", html),
        ("other content", typed().body("{}")),
        ("cut", typed().header("Content-Length", 1000).raw("{")),
        (
            "silent",
            typed().header("Content-Length", 1000).raw("{").hang(),
        ),
        ("sent to nowhere", to("http://127.0.0.1:1/")),
        ("sent in a circle", to("/again")),
    ];
    for (what, fault) in faults {
        let (registry, mirror) = (registry(b"").await, always(fault).await);
        let (client, memory) = settings(&registry, &[&mirror]).anonymous();
        let repository = registry.repository(&client);
        repository.manifest(&by_digest()).await.unwrap();
        assert_eq!(registry.seen().len(), 1, "{what}");
        assert!(
            matches!(mirror.seen().len(), 1 | 2 | 11),
            "{what}: {:?}",
            mirror.seen()
        );
        assert_eq!(memory.retries(), 0, "{what}");
        let warnings = memory.warnings();
        assert_eq!(warnings.len(), 1, "{what}: {warnings:?}");
        assert!(
            warnings[0].contains(&mirror.url("")),
            "{what}: {warnings:?}"
        );
    }
}

#[tokio::test]
async fn a_dead_mirror_is_asked_once_a_run_whoever_asks() {
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = dead.local_addr().unwrap();
    let visits = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&visits);
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = dead.accept().await {
            *counted.lock().unwrap() += 1;
            drop(stream);
        }
    });
    let (bytes, what) = blob(5000);
    let registry = registry(&bytes).await;
    let text = format!("[host.\"http://{address}\"]\n");
    let world = World::with(HOSTS, &text);
    let (client, memory) = world.anonymous();
    let names = ["a/b", "c/d"].map(|path| format!("{}/{path}", registry.host()));
    let repositories = names.map(|name| client.repository(&name.parse().unwrap()));
    let reads = repositories.iter().cycle().take(20);
    let reads = futures_util::future::join_all(reads.map(|repository| read(repository, &what)));
    for read in reads.await {
        assert_eq!(read.unwrap(), bytes);
    }
    assert_eq!(*visits.lock().unwrap(), 1);
    assert_eq!(memory.warnings().len(), 1, "{:?}", memory.warnings());
    assert_eq!(registry.seen().len(), 20);
    task.abort();
}

#[tokio::test]
async fn a_mirror_that_answers_badly_is_given_up_after_three_times_in_a_row() {
    let registry = registry(b"").await;
    let mirror = Script::start(|_, before| match before {
        0 | 1 | 3 | 4 | 5 => Reply::new(503).body(""),
        _ => manifest_reply(),
    })
    .await;
    let (client, memory) = settings(&registry, &[&mirror]).anonymous();
    let repository = registry.repository(&client);
    for _ in 0..9 {
        repository.manifest(&by_digest()).await.unwrap();
    }
    assert_eq!((mirror.seen().len(), registry.seen().len()), (6, 8));
    assert_eq!(memory.warnings().len(), 1, "{:?}", memory.warnings());
}

#[tokio::test]
async fn a_blob_that_breaks_off_goes_on_at_the_next_place() {
    let (bytes, what) = blob(300_000);
    for ranges in [true, false] {
        let all = bytes.clone();
        let registry = Script::start(move |seen, _| {
            if ranges {
                honest(seen, &all)
            } else {
                Reply::new(200).body(all.clone())
            }
        })
        .await;
        let half = bytes[..100_000].to_vec();
        let broken = Reply::new(200).header("Content-Length", 300_000).raw(half);
        let mirror = always(broken).await;
        let (client, memory) = settings(&registry, &[&mirror]).anonymous();
        let repository = registry.repository(&client);
        assert!(
            read(&repository, &what).await.unwrap() == bytes,
            "ranges: {ranges}"
        );
        assert_eq!((mirror.seen().len(), registry.seen().len()), (1, 1));
        assert_eq!(
            registry.seen()[0].header("range"),
            Some("bytes=100000-299999")
        );
        assert_eq!(memory.retries(), 0);
        // The mirror is not asked for that blob again.
        assert!(read(&repository, &what).await.unwrap() == bytes);
        assert_eq!((mirror.seen().len(), registry.seen().len()), (1, 2));
    }
}

#[tokio::test]
async fn a_range_goes_on_as_a_range_whatever_the_next_place_sends() {
    let (bytes, what) = blob(300_000);
    let all = bytes.clone();
    let registry = Script::start(move |_, _| Reply::new(200).body(all.clone())).await;
    let part = bytes[50_000..60_000].to_vec();
    let mirror = Reply::new(206)
        .header("Content-Range", "bytes 50000-99999/300000")
        .header("Content-Length", 50_000)
        .raw(part);
    let mirror = always(mirror).await;
    let (client, _) = settings(&registry, &[&mirror]).anonymous();
    let repository = registry.repository(&client);
    let mut stream = repository.blob(&what, 50_000..100_000).await.unwrap();
    assert_eq!(stream.range, 50_000..100_000);
    let mut read = Vec::new();
    while let Some(chunk) = stream.bytes.next().await {
        read.extend_from_slice(&chunk.unwrap());
    }
    assert!(read == bytes[50_000..100_000]);
}

#[tokio::test]
async fn a_mirror_that_lies_is_doubted_and_the_next_place_asked() {
    let (bytes, what) = blob(5000);
    let mut lie = bytes.clone();
    lie[77] ^= 1;
    let (registry, mirror) = (registry(&bytes).await, registry(&lie).await);
    let (client, memory) = settings(&registry, &[&mirror]).anonymous();
    let repository = registry.repository(&client);
    assert!(read(&repository, &what).await.unwrap() == lie);
    assert!(repository.doubt(&what));
    assert!(read(&repository, &what).await.unwrap() == bytes);
    assert!(!repository.doubt(&what), "there is nobody left to doubt");
    assert_eq!((mirror.seen().len(), registry.seen().len()), (1, 1));
    let warnings = memory.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains(&mirror.url("")), "{warnings:?}");
}

#[tokio::test]
async fn a_small_blob_read_whole_comes_right_from_the_next_place() {
    let (bytes, what) = blob(5000);
    let (registry, mirror) = (registry(&bytes).await, registry(&[7; 5000]).await);
    let (client, _) = settings(&registry, &[&mirror]).anonymous();
    let repository = registry.repository(&client);
    let read = store::read_blob(&repository, &what, 10_000).await;
    assert_eq!(read.unwrap(), bytes);
}

#[tokio::test]
async fn lists_are_asked_of_the_last_place_alone() {
    let list = || Reply::new(200).json(r#"{"name":"a/b","tags":["v1"]}"#);
    let (registry, mirror) = (always(list()).await, always(list()).await);
    let repository = registry.repository(&settings(&registry, &[&mirror]).anonymous().0);
    assert_eq!(repository.tags().await.unwrap().len(), 1);
    assert_eq!((mirror.seen().len(), registry.seen().len()), (0, 1));
}

#[tokio::test]
async fn when_all_fail_the_registry_is_blamed_and_the_mirrors_are_named() {
    let registry = always(Reply::new(503).body("")).await;
    let mirror = always(Reply::new(404).body("")).await;
    let (client, memory) = settings(&registry, &[&mirror]).anonymous();
    let error = registry
        .repository(&client)
        .resolve(&latest())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error:?}");
    let warnings = memory.warnings();
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains(&mirror.url(""))),
        "{warnings:?}"
    );
}
