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
use crate::store::listed::{EntryName, Listed, listed};

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
    fn new(root: &Descriptor, name: EntryName) -> Self {
        let mut entry = Self::nameless(root);
        entry.descriptor.annotations = Some(name.annotations());
        entry.reference = name.full;
        entry
    }

    fn nameless(root: &Descriptor) -> Self {
        let mut descriptor = Descriptor::new(root.media_type.clone(), root.digest, root.size);
        descriptor.artifact_type.clone_from(&root.artifact_type);
        Self {
            descriptor,
            reference: None,
        }
    }

    /// Whether it is called so, by its full name or as it is written.
    fn is_called(&self, name: &EntryName) -> bool {
        let full = name.full.is_some() && self.reference == name.full;
        full || self.descriptor.annotation(REF_NAME) == Some(&name.written)
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

    /// The name as it is written, where it names no repository: a bare tag, as other programs write it.
    pub(super) fn bare(&self) -> Option<&str> {
        let names = [REF_NAME, CONTAINERD_NAME].into_iter();
        let mut written = names.filter_map(|key| self.descriptor.annotation(key));
        written.next().filter(|_| self.reference.is_none())
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

/// Points `name` at `root`, which lists `children`, among `entries`.
fn called(entries: &mut Vec<Entry>, root: &Descriptor, children: &[Digest], name: EntryName) {
    let repository = name.full.as_ref().map(|full| full.name.clone());
    let mut orphans = Vec::new();
    entries.retain(|entry| {
        if entry.is_called(&name) {
            if *entry == Entry::new(root, name.clone()) {
                return true;
            }
            orphans.push(entry.descriptor.clone());
            return false;
        }
        // What the new name covers needs no entry of its own.
        let covered =
            entry.descriptor.digest == root.digest || children.contains(&entry.descriptor.digest);
        let ours = repository
            .as_ref()
            .is_some_and(|ours| entry.is_untagged_of(ours));
        !(covered && ours)
    });
    if !entries.iter().any(|entry| entry.is_called(&name)) {
        entries.push(Entry::new(root, name));
    }
    for orphan in orphans {
        let named = |entry: &Entry| entry.descriptor.digest == orphan.digest;
        if !entries.iter().any(named) {
            entries.push(match &repository {
                Some(ours) => Entry::new(&orphan, ours.with_digest(&orphan.digest).into()),
                None => Entry::nameless(&orphan),
            });
        }
    }
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

    /// Makes sure that the list was not lost: a store that has had images has one.
    ///
    /// # Errors
    /// `BadFile` when it is not there, but a record of images that were; as [`Layout::entries`].
    pub(super) fn check_index(&self) -> Result<()> {
        let path = self.path().join("index.json");
        if path.exists() || self.origins()?.is_empty() {
            return Ok(());
        }
        Err(Error::BadFile {
            path,
            reason: "it is missing, and the store has had images (origins.json)".to_owned(),
        })
    }

    /// Writes a list of nothing where there is none: a layout has one from the beginning (image-spec, "index.json file").
    ///
    /// # Errors
    /// `Io`.
    pub fn begin_index(&self) -> Result<()> {
        let _lock = self.lock()?;
        if self.path().join("index.json").exists() {
            return Ok(());
        }
        self.replace_entries(Vec::new())
    }

    /// The images that are listed, by whatever names.
    ///
    /// # Errors
    /// As [`Layout::entries`].
    pub fn listed(&self) -> Result<Vec<Listed>> {
        Ok(listed(self.document()?.manifests))
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
        self.tag_all(root, std::slice::from_ref(target))
    }

    /// The same for several names, at once.
    ///
    /// # Errors
    /// As [`Layout::tag`].
    pub fn tag_all(&self, root: &Descriptor, targets: &[Reference]) -> Result<()> {
        let name = |target: &Reference| {
            let mut target = target.clone().or_latest();
            // A name is a repository with a tag or with a digest, never both.
            if target.tag.is_some() {
                target.digest = None;
            }
            EntryName::from(target)
        };
        self.call_all(root, targets.iter().map(name))
    }

    /// The same by a name that need not be full.
    ///
    /// # Errors
    /// As [`Layout::tag`].
    pub fn call(&self, root: &Descriptor, name: EntryName) -> Result<()> {
        self.call_all(root, std::iter::once(name))
    }

    fn call_all(&self, root: &Descriptor, names: impl Iterator<Item = EntryName>) -> Result<()> {
        let _lock = self.lock()?;
        let manifest = self.manifest(&root.digest, Some(&root.media_type))?;
        let manifest = manifest.ok_or_else(|| absent(Thing::Image, &root.digest))?;
        let children = children(&manifest);
        let before = self.entries()?;
        let mut entries = before.clone();
        for name in names {
            called(&mut entries, root, &children, name);
        }
        if entries == before {
            return Ok(());
        }
        self.replace_entries(entries)
    }

    /// Lists `root` without any name, unless it is listed.
    ///
    /// # Errors
    /// `Io`; `BadFile`.
    pub fn list(&self, root: &Descriptor) -> Result<()> {
        let _lock = self.lock()?;
        let mut entries = self.entries()?;
        let same = |entry: &Entry| entry.descriptor.digest == root.digest;
        if entries.iter().any(same) {
            return Ok(());
        }
        entries.push(Entry::nameless(root));
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
        entries.push(Entry::new(root, name.with_digest(&root.digest).into()));
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
