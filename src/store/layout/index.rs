//! `index.json`: which names there are and what they point at.
//!
//! An entry carries its full reference in two annotations: `org.opencontainers.image.ref.name` (skopeo, umoci) and
//! `io.containerd.image.name` (containerd). An image without a tag (pulled by digest, or its tag moved on) is kept as
//! `repository@digest`. Entries and annotations that other programs wrote are left as they are.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Thing};
use crate::oci::descriptor::Annotations;
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Name, Reference, Selector, json};

use super::{Layout, absent, disk};

pub(in crate::store) const REF_NAME: &str = "org.opencontainers.image.ref.name";
pub(in crate::store) const CONTAINERD_NAME: &str = "io.containerd.image.name";
const MAX_BYTES: u64 = 64 << 20; // a hundred thousand names

/// One entry of `index.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it points at, with the annotations as written.
    pub descriptor: Descriptor,
    /// The full name, where it has one: a repository with a tag, or with a digest for an image without tag.
    pub reference: Option<Reference>,
}

impl Entry {
    fn new(root: &Descriptor, reference: Reference) -> Self {
        let mut descriptor = Descriptor::new(root.media_type.clone(), root.digest, root.size);
        descriptor.artifact_type.clone_from(&root.artifact_type);
        let name = reference.to_string();
        let annotations = [(REF_NAME, &name), (CONTAINERD_NAME, &name)];
        descriptor.annotations = Some(
            annotations
                .into_iter()
                .map(|(key, name)| (key.to_owned(), name.as_str().into()))
                .collect(),
        );
        Self {
            descriptor,
            reference: Some(reference),
        }
    }

    fn read(descriptor: Descriptor) -> Self {
        let name = descriptor
            .annotation(CONTAINERD_NAME)
            .or_else(|| descriptor.annotation(REF_NAME));
        // A bare tag, as other programs write it, names no repository.
        let reference = name
            .filter(|name| name.contains('/'))
            .and_then(|name| name.parse().ok());
        Self {
            descriptor,
            reference,
        }
    }

    /// Whether this is `name` with a tag.
    pub(super) fn is_tag_of(&self, name: &Name) -> bool {
        self.reference
            .as_ref()
            .is_some_and(|reference| reference.name == *name && reference.tag.is_some())
    }

    /// Whether this is an image of `name` without a tag.
    fn is_untagged_of(&self, name: &Name) -> bool {
        let reference = self.reference.as_ref();
        reference.is_some_and(|reference| reference.tag.is_none() && reference.name == *name)
    }
}

/// The digests of the manifests an index lists.
fn children(manifest: &Manifest) -> Vec<Digest> {
    let listed = manifest.index().map(|index| &index.manifests[..]);
    let listed = listed.unwrap_or_default().iter();
    listed.map(|child| child.digest).collect()
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema_version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<MediaType>,
    manifests: Vec<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

impl Layout {
    /// All entries, in the order of the file.
    ///
    /// # Errors
    /// `BadFile` when `index.json` is not an index; `Io`.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        Ok(self
            .document()?
            .manifests
            .into_iter()
            .map(Entry::read)
            .collect())
    }

    /// The repositories that have an entry, each once, ascending.
    ///
    /// # Errors
    /// As [`Layout::entries`].
    pub fn repositories(&self) -> Result<Vec<Name>> {
        let names = self
            .entries()?
            .into_iter()
            .filter_map(|entry| Some(entry.reference?.name));
        Ok(names
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect())
    }

    /// What a name points at.
    pub(super) fn resolve(&self, name: &Name, at: &Selector) -> Result<Option<Descriptor>> {
        let entries = self.entries()?;
        let found = entries.into_iter().find(|entry| match at {
            Selector::Tag(tag) => {
                entry.is_tag_of(name)
                    && entry.reference.as_ref().and_then(|r| r.tag.as_ref()) == Some(tag)
            }
            Selector::Digest(digest) => entry.descriptor.digest == *digest,
        });
        match (found, at) {
            (Some(entry), _) => {
                let plain = entry.descriptor;
                let mut descriptor = Descriptor::new(plain.media_type, plain.digest, plain.size);
                descriptor.artifact_type = plain.artifact_type;
                Ok(Some(descriptor))
            }
            (None, Selector::Tag(_)) => Ok(None),
            (None, Selector::Digest(digest)) => Ok(self
                .manifest(digest, None)?
                .map(|manifest| manifest.descriptor().clone())),
        }
    }

    /// Points `target` at `root`, which must be here. An image that loses its last name by this is kept without one.
    ///
    /// # Errors
    /// `NotFound` when `root` is gone; `Io`; `BadFile`.
    pub fn tag(&self, root: &Descriptor, target: &Reference) -> Result<()> {
        let _lock = self.lock()?;
        let manifest = self.manifest(&root.digest, Some(&root.media_type))?;
        let manifest = manifest.ok_or_else(|| absent(Thing::Image, &target.familiar()))?;
        let target = target.clone().or_latest();
        // A name is a repository with a tag or with a digest, never both.
        let target = if target.tag.is_some() {
            Reference {
                digest: None,
                ..target
            }
        } else {
            target
        };
        let before = self.entries()?;
        let mut entries = before.clone();
        let children = children(&manifest);
        let mut orphans = Vec::new();
        entries.retain(|entry| {
            if entry.reference.as_ref() == Some(&target) {
                if entry.descriptor.digest == root.digest {
                    return true;
                }
                orphans.push(entry.descriptor.clone());
                return false;
            }
            // What the new name covers needs no entry of its own.
            let covered = entry.descriptor.digest == root.digest
                || children.contains(&entry.descriptor.digest);
            !(covered && entry.is_untagged_of(&target.name))
        });
        let set = |entry: &Entry| entry.reference.as_ref() == Some(&target);
        if !entries.iter().any(set) {
            entries.push(Entry::new(root, target.clone()));
        }
        for orphan in orphans {
            if !entries
                .iter()
                .any(|entry| entry.descriptor.digest == orphan.digest)
            {
                entries.push(Entry::new(&orphan, target.name.with_digest(&orphan.digest)));
            }
        }
        if entries == before {
            return Ok(());
        }
        self.replace_entries(entries)
    }

    /// Keeps `root` under `name` without a tag, unless a name of that repository holds it already, by itself or as one
    /// of the images of an index.
    pub(super) fn keep(&self, root: &Descriptor, name: &Name) -> Result<()> {
        let _lock = self.lock()?;
        let mut entries = self.entries()?;
        let mut held = HashSet::new();
        let ours = |entry: &&Entry| entry.reference.as_ref().is_some_and(|r| r.name == *name);
        for entry in entries.iter().filter(ours) {
            let top = &entry.descriptor;
            self.reach(&top.digest, Some(&top.media_type), &mut held)?;
        }
        if held.contains(&root.digest) {
            return Ok(());
        }
        if let Some(manifest) = self.manifest(&root.digest, Some(&root.media_type))? {
            let children = children(&manifest);
            entries.retain(|entry| {
                !(children.contains(&entry.descriptor.digest) && entry.is_untagged_of(name))
            });
        }
        entries.push(Entry::new(root, name.with_digest(&root.digest)));
        self.replace_entries(entries)
    }

    /// Writes `index.json`; the caller holds the lock.
    pub(super) fn replace_entries(&self, entries: Vec<Entry>) -> Result<()> {
        let mut document = self.document()?;
        document.manifests = entries.into_iter().map(|entry| entry.descriptor).collect();
        document.media_type.get_or_insert(MediaType::OCI_INDEX);
        let bytes =
            serde_json::to_vec(&document).map_err(|error| Error::Machine(error.to_string()))?;
        // The blobs an entry points at were renamed before; their names must be durable first.
        for algorithm in ["sha256", "sha512"] {
            let folder = self.path().join("blobs").join(algorithm);
            if self.durable && folder.is_dir() {
                disk::sync_folder(&folder)?;
            }
        }
        self.replace(&self.path().join("index.json"), &bytes)
    }

    fn document(&self) -> Result<Document> {
        let path = self.path().join("index.json");
        let Some(bytes) = disk::read(&path, MAX_BYTES)? else {
            return Ok(Document {
                schema_version: 2,
                media_type: None,
                manifests: Vec::new(),
                annotations: None,
            });
        };
        json::strict(&bytes).map_err(|error| Error::BadFile {
            path,
            reason: format!("not an image index: {error}"),
        })
    }
}
