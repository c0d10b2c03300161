//! Deterministic images: the same bytes, and so the same digests, on every run and machine.
//!
//! A [`Graph`] is an image, artifact or index as the exact bytes of its nodes, children before parents. Nothing of
//! the program under test is used to make it, so that a mistake there cannot hide here. [`push_raw`] puts a graph into
//! a registry by plain requests, without `rg`. Its layers come from [`layer`](super::layer).

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::client::Client;
use super::layer::{Content, Layer, sha256};

pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// A fixed point in time for everything that has one.
const CREATED: &str = "2024-01-02T03:04:05Z";

/// One piece of content.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) media_type: String,
    pub(crate) digest: String,
    pub(crate) content: Content,
    /// What an index says beside type, digest and size.
    platform: Option<Value>,
    is_manifest: bool,
}

impl Node {
    fn blob(media_type: &str, digest: &str, content: Content) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: digest.to_owned(),
            content,
            platform: None,
            is_manifest: false,
        }
    }

    fn manifest(media_type: &str, document: &Value) -> Self {
        let bytes = serde_json::to_vec_pretty(document).expect("a value is JSON");
        Self {
            media_type: media_type.to_owned(),
            digest: sha256(&bytes),
            content: Content::Bytes(bytes.into()),
            platform: None,
            is_manifest: true,
        }
    }

    /// Type, digest and size.
    pub(crate) fn descriptor(&self) -> Value {
        json!({"mediaType": self.media_type, "digest": self.digest, "size": self.content.len()})
    }
}

/// An image, artifact or index: its nodes, each once, children before parents, the root last.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
}

impl Graph {
    /// The manifest that a tag would point at.
    pub(crate) fn root(&self) -> &Node {
        self.nodes.last().expect("a graph has a root")
    }

    /// The digest of the root.
    pub(crate) fn digest(&self) -> &str {
        &self.root().digest
    }

    /// The exact bytes of the root.
    pub(crate) fn document(&self) -> Bytes {
        self.root().content.bytes()
    }

    /// Configs and layers.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| !node.is_manifest)
    }

    /// Manifests, children before parents.
    pub(crate) fn manifests(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.is_manifest)
    }

    /// Bytes of all blobs together.
    pub(crate) fn blob_bytes(&self) -> u64 {
        self.blobs().map(|node| node.content.len()).sum()
    }

    /// The largest blob.
    pub(crate) fn largest(&self) -> &Node {
        self.blobs()
            .max_by_key(|node| node.content.len())
            .expect("an image has blobs")
    }

    /// Puts another root over the nodes.
    fn rooted(nodes: impl IntoIterator<Item = Node>, root: Node) -> Self {
        let mut distinct: Vec<Node> = Vec::new();
        for node in nodes {
            if distinct.iter().all(|seen| seen.digest != node.digest) {
                distinct.push(node);
            }
        }
        distinct.push(root);
        Self { nodes: distinct }
    }

    /// The same blobs under a root of any kind: for documents that break the rules.
    pub(crate) fn with_root(&self, media_type: &str, document: &Value) -> Self {
        let mut nodes = self.nodes.clone();
        nodes.pop();
        Self::rooted(nodes, Node::manifest(media_type, document))
    }

    /// The same with more said by the root.
    pub(crate) fn saying(&self, more: &Value) -> Self {
        let mut document = self.value();
        merge(&mut document, more);
        self.with_root(&self.root().media_type.clone(), &document)
    }

    /// The document of the root, as a value to change.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.document()).expect("our own JSON")
    }
}

/// What platform an image says it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct For {
    architecture: &'static str,
    variant: Option<&'static str>,
}

/// 64-bit PCs.
pub(crate) const AMD64: For = For {
    architecture: "amd64",
    variant: None,
};
/// 64-bit ARM.
pub(crate) const ARM64: For = For {
    architecture: "arm64",
    variant: None,
};
/// An older 32-bit ARM, whose images run on the next.
pub(crate) const ARM_V6: For = For {
    architecture: "arm",
    variant: Some("v6"),
};
/// 32-bit ARM with hardware floating point.
pub(crate) const ARM_V7: For = For {
    architecture: "arm",
    variant: Some("v7"),
};

impl For {
    fn json(self) -> Value {
        let mut value = json!({"architecture": self.architecture, "os": "linux"});
        if let Some(variant) = self.variant {
            value["variant"] = variant.into();
        }
        value
    }
}

fn config_of(platform: For, layers: &[Layer], created: &str) -> Vec<u8> {
    let mut config = platform.json();
    config["created"] = created.into();
    config["config"] = json!({"Cmd": ["/bin/sh"], "Labels": {"purpose": "test"}});
    let diffs: Vec<&str> = layers.iter().map(|layer| layer.diff.as_str()).collect();
    config["rootfs"] = json!({"type": "layers", "diff_ids": diffs});
    let history: Vec<Value> = layers
        .iter()
        .map(|_| json!({"created": CREATED, "created_by": "COPY file /"}))
        .collect();
    config["history"] = history.into();
    config.to_string().into_bytes()
}

fn assemble(platform: For, layers: &[Layer], types: [&str; 2], created: &str) -> Graph {
    let config = config_of(platform, layers, created);
    let config = Node::blob(types[1], &sha256(&config), Content::Bytes(config.into()));
    let mut listed = Vec::new();
    let mut nodes = vec![config.clone()];
    for layer in layers {
        let node = Node::blob(&layer.media_type, &layer.digest, layer.content.clone());
        let mut descriptor = node.descriptor();
        if layer.urls.is_empty() {
            nodes.push(node);
        } else {
            descriptor["urls"] = layer.urls.clone().into();
        }
        listed.push(descriptor);
    }
    let document = json!({
        "schemaVersion": 2,
        "mediaType": types[0],
        "config": config.descriptor(),
        "layers": listed,
    });
    let mut root = Node::manifest(types[0], &document);
    root.platform = Some(platform.json());
    Graph::rooted(nodes, root)
}

/// An OCI image.
pub(crate) fn image(platform: For, layers: &[Layer]) -> Graph {
    image_made(CREATED, platform, layers)
}

/// An OCI image whose config says that it was made at another time.
pub(crate) fn image_made(created: &str, platform: For, layers: &[Layer]) -> Graph {
    assemble(platform, layers, [OCI_MANIFEST, OCI_CONFIG], created)
}

/// So many days ago, and a minute.
pub(crate) fn ago(days: u64) -> String {
    let age = Duration::from_secs(days * 24 * 60 * 60 + 60);
    (jiff::Timestamp::now() - age).to_string()
}

/// A one-layer image that was made so many days ago.
pub(crate) fn aged(days: u64, seed: u64) -> Graph {
    image_made(&ago(days), AMD64, &[Layer::gzip(seed, 3000)])
}

/// A docker image, version 2 schema 2.
pub(crate) fn docker_image(platform: For, layers: &[Layer]) -> Graph {
    let mut layers = layers.to_vec();
    for layer in layers.iter_mut().filter(|layer| layer.urls.is_empty()) {
        "application/vnd.docker.image.rootfs.diff.tar.gzip".clone_into(&mut layer.media_type);
    }
    assemble(platform, &layers, [DOCKER_MANIFEST, DOCKER_CONFIG], CREATED)
}

/// A one-layer image for the platform that the tests run on by default.
pub(crate) fn small(seed: u64) -> Graph {
    image(AMD64, &[Layer::gzip(seed, 4000)])
}

/// An index over `children`, of type `media_type`.
pub(crate) fn index_of(media_type: &str, children: &[Graph]) -> Graph {
    let listed: Vec<Value> = children
        .iter()
        .map(|child| {
            let mut descriptor = child.root().descriptor();
            if let Some(platform) = &child.root().platform {
                descriptor["platform"] = platform.clone();
            }
            descriptor
        })
        .collect();
    let document = json!({"schemaVersion": 2, "mediaType": media_type, "manifests": listed});
    let nodes = children.iter().flat_map(|child| child.nodes.clone());
    Graph::rooted(nodes, Node::manifest(media_type, &document))
}

/// An OCI index over `children`.
pub(crate) fn index(children: &[Graph]) -> Graph {
    index_of(OCI_INDEX, children)
}

/// What the attestations of [`index_with_attestations`] state.
pub(crate) const PREDICATE: &str = "https://slsa.dev/provenance/v1";

/// An index as buildkit writes it: every child followed by an attestation about it.
pub(crate) fn index_with_attestations(children: &[Graph]) -> Graph {
    let mut all = Vec::new();
    for child in children {
        let statement = json!({"predicate": {"of": child.digest()}})
            .to_string()
            .into_bytes();
        let layer = Layer::new(
            "application/vnd.in-toto+json",
            &statement,
            statement.clone(),
        );
        let plain = image(AMD64, &[layer]);
        let mut document = plain.value();
        document["layers"][0]["annotations"] = json!({"in-toto.io/predicate-type": PREDICATE});
        let mut attestation = plain.with_root(OCI_MANIFEST, &document);
        let about = child.digest().to_owned();
        let root = attestation.nodes.last_mut().expect("an image has a root");
        root.platform = Some(json!({"architecture": "unknown", "os": "unknown"}));
        all.push((child.clone(), None));
        all.push((attestation, Some(about)));
    }
    let children: Vec<Graph> = all.iter().map(|(graph, _)| graph.clone()).collect();
    let plain = index(&children);
    let mut document = plain.value();
    for (listed, (_, about)) in document["manifests"]
        .as_array_mut()
        .expect("an index lists")
        .iter_mut()
        .zip(&all)
    {
        if let Some(about) = about {
            listed["annotations"] = json!({
                "vnd.docker.reference.digest": about,
                "vnd.docker.reference.type": "attestation-manifest",
            });
        }
    }
    plain.with_root(OCI_INDEX, &document)
}

/// An artifact without layers (image-spec, "Guidelines for artifact usage"), about `subject` if there is one.
pub(crate) fn artifact(subject: Option<&Graph>) -> Graph {
    let config = Node::blob(
        EMPTY,
        &sha256(b"{}"),
        Content::Bytes(Bytes::from_static(b"{}")),
    );
    let mut document = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": "application/vnd.example.note",
        "config": config.descriptor(),
        "layers": [],
    });
    if let Some(subject) = subject {
        document["subject"] = subject.root().descriptor();
    }
    Graph::rooted([config], Node::manifest(OCI_MANIFEST, &document))
}

/// A signature as cosign makes them: its config is an image's, its layer holds no files.
pub(crate) fn cosign_signature() -> Graph {
    let config = br#"{"architecture":"","created":"0001-01-01T00:00:00Z","os":"","rootfs":{"type":"layers","diff_ids":[]}}"#;
    let signed = (
        "application/vnd.dev.cosign.simplesigning.v1+json",
        &b"{}"[..],
    );
    artifact_of((OCI_CONFIG, config), &[signed], &json!({}))
}

/// An artifact of any kind: a config of `config` (media type and bytes), layers that are blobs of any type, and whatever
/// `more` says.
pub(crate) fn artifact_of(config: (&str, &[u8]), layers: &[(&str, &[u8])], more: &Value) -> Graph {
    let blob = |(media_type, bytes): (&str, &[u8])| {
        let content = Content::Bytes(Bytes::copy_from_slice(bytes));
        Node::blob(media_type, &sha256(bytes), content)
    };
    let config = blob(config);
    let layers: Vec<Node> = layers.iter().map(|layer| blob(*layer)).collect();
    let mut document = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": config.descriptor(),
        "layers": layers.iter().map(Node::descriptor).collect::<Vec<_>>(),
    });
    merge(&mut document, more);
    let nodes = std::iter::once(config).chain(layers);
    Graph::rooted(nodes, Node::manifest(OCI_MANIFEST, &document))
}

/// Puts what `more` says into a document, object by object and element by element.
fn merge(document: &mut Value, more: &Value) {
    match (document, more) {
        (Value::Object(fields), Value::Object(more)) => {
            for (key, value) in more {
                merge(fields.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(elements), Value::Array(more)) => {
            for (element, value) in elements.iter_mut().zip(more) {
                merge(element, value);
            }
        }
        (document, more) => document.clone_from(more),
    }
}

/// Puts `graph` into `repository` of the registry at `base` by plain requests: blobs, manifests by digest, the root by
/// `tag`.
pub(crate) fn push_raw(client: &Client, base: &str, repository: &str, tag: &str, graph: &Graph) {
    for blob in graph.blobs() {
        client.upload(base, repository, blob);
    }
    for manifest in graph.manifests() {
        let last = manifest.digest == graph.root().digest;
        let reference = if last { tag } else { manifest.digest.as_str() };
        let url = format!("{base}/v2/{repository}/manifests/{reference}");
        let headers = [("Content-Type", manifest.media_type.as_str())];
        let answer = client.send("PUT", &url, &headers, Some(&manifest.content));
        assert_eq!(answer.status, 201, "PUT {url}: {}", answer.text());
    }
}
