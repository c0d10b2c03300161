//! The local store as somebody else reads it: an OCI image layout, checked from the outside.
//!
//! [`check`] hashes every blob again and follows every entry of `index.json`, by the image-layout spec and the rule
//! that a manifest which is present owes everything below it (children of an index may be absent).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::Digest as _;

use super::layer::hex;

/// A hash that can be copied into.
struct Hashing<'a, H>(&'a mut H);

impl<H: sha2::Digest> std::io::Write for Hashing<'_, H> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Names under which a store lists an entry.
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// Where a blob lies.
pub(crate) fn blob_path(store: &Path, digest: &str) -> PathBuf {
    let (algorithm, hex) = digest.split_once(':').expect("a digest has an algorithm");
    store.join("blobs").join(algorithm).join(hex)
}

/// Whether a blob or manifest is visible.
pub(crate) fn has(store: &Path, digest: &str) -> bool {
    blob_path(store, digest).exists()
}

/// The entries of `index.json`; none when there is no store yet.
fn entries(store: &Path) -> Vec<Value> {
    let Ok(bytes) = std::fs::read(store.join("index.json")) else {
        return Vec::new();
    };
    let index: Value = serde_json::from_slice(&bytes).expect("index.json is JSON");
    index["manifests"].as_array().cloned().unwrap_or_default()
}

/// The digest that a full reference points at.
pub(crate) fn tag(store: &Path, reference: &str) -> Option<String> {
    let entry = entries(store)
        .into_iter()
        .find(|entry| entry["annotations"][REF_NAME] == reference)?;
    entry["digest"].as_str().map(str::to_owned)
}

/// The digests of all visible content, each hashed again.
///
/// # Panics
/// When a visible file is not what its name says.
pub(crate) fn contents(store: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for algorithm in ["sha256", "sha512"] {
        let Ok(files) = std::fs::read_dir(store.join("blobs").join(algorithm)) else {
            continue;
        };
        for file in files {
            let path = file.expect("a readable folder").path();
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            let mut file = std::fs::File::open(&path).expect("a readable blob");
            let digest = if algorithm == "sha256" {
                let mut hasher = sha2::Sha256::new();
                std::io::copy(&mut file, &mut Hashing(&mut hasher)).expect("a readable blob");
                format!("sha256:{}", hex(&hasher.finalize()))
            } else {
                let mut hasher = sha2::Sha512::new();
                std::io::copy(&mut file, &mut Hashing(&mut hasher)).expect("a readable blob");
                format!("sha512:{}", hex(&hasher.finalize()))
            };
            assert_eq!(
                format!("{algorithm}:{name}"),
                digest,
                "{} is visible and wrong",
                path.display()
            );
            found.insert(digest);
        }
    }
    found
}

/// Asserts that the store is valid: every visible byte is right, every entry leads to complete content.
pub(crate) fn check(store: &Path) {
    let contents = contents(store);
    for entry in entries(store) {
        let digest = entry["digest"].as_str().expect("an entry has a digest");
        assert!(
            contents.contains(digest),
            "index.json points at {digest}, which is not here"
        );
        owed(store, &contents, digest);
    }
}

/// Asserts that everything below the manifest `digest` is here.
fn owed(store: &Path, contents: &BTreeSet<String>, digest: &str) {
    let bytes = std::fs::read(blob_path(store, digest)).expect("checked to be here");
    let document: Value = serde_json::from_slice(&bytes).expect("a manifest is JSON");
    for child in document["manifests"].as_array().into_iter().flatten() {
        let child = child["digest"].as_str().expect("a descriptor has a digest");
        if contents.contains(child) {
            owed(store, contents, child);
        }
    }
    let layers = document["layers"].as_array().into_iter().flatten();
    let config = document.get("config").into_iter();
    for blob in config
        .chain(layers)
        .filter(|blob| blob.get("urls").is_none())
    {
        let blob = blob["digest"].as_str().expect("a descriptor has a digest");
        assert!(
            contents.contains(blob),
            "{digest} is here and owes {blob}, which is not"
        );
    }
}

/// Asserts that nothing is visible: no blob, no entry.
pub(crate) fn is_empty(store: &Path) {
    let contents = contents(store);
    let entries = entries(store);
    assert!(
        contents.is_empty() && entries.is_empty(),
        "visible: {contents:?} {entries:?}"
    );
}

/// Bytes of everything in the store that is no visible content: partial blobs, journals.
pub(crate) fn partial_bytes(store: &Path) -> u64 {
    fn walk(folder: &Path, total: &mut u64) {
        use std::os::unix::fs::MetadataExt as _;
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            if metadata.is_dir() && entry.file_name() != "blobs" {
                walk(&entry.path(), total);
            } else if metadata.is_file() {
                // Blocks, not length: a partial may be allotted in full before its bytes are there.
                *total += metadata.blocks() * 512;
            }
        }
    }
    let mut total = 0;
    walk(store, &mut total);
    total
}
