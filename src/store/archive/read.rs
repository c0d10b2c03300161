//! The images of an archive, as a source.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use serde::Deserialize;

use super::members::Members;
use super::{INDEX, LAYOUT, blob_name, docker};
use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest, Manifest, Name, Reference, Selector, Tag, json, manifest};
use crate::store::listed::{Listed, full_name, listed};
use crate::store::partial::on_blocking_pool;
use crate::store::{BlobStream, Source};

/// The largest `index.json` read, in bytes.
const MAX_INDEX: u64 = 64 << 20;
/// Bytes in one buffer of a stream.
const BUFFER: u64 = 256 << 10;

/// An archive that is read. Cheap to clone.
#[derive(Clone)]
pub struct Archive {
    inner: Arc<Inner>,
}

struct Inner {
    members: Members,
    /// Manifests that were made from docker's list.
    made: HashMap<Digest, Manifest>,
    /// Content that is not under its own name.
    elsewhere: HashMap<Digest, String>,
    listed: Vec<Listed>,
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

impl Archive {
    /// What is in an archive. Blocks.
    ///
    /// # Errors
    /// `BadFile` when it is neither a layout nor docker's, or what it lists is not there; `Io`.
    pub fn open(members: Members) -> Result<Self> {
        let mut inner = Inner {
            members,
            made: HashMap::new(),
            elsewhere: HashMap::new(),
            listed: Vec::new(),
        };
        let items = docker::items(&inner.members)?;
        let index = match inner.members.size(LAYOUT) {
            Some(_) => inner.members.read(INDEX, MAX_INDEX)?,
            None => None,
        };
        match (index, items) {
            (Some(index), items) => inner.list_layout(&index, items.unwrap_or_default())?,
            (None, Some(items)) => inner.list_docker(items)?,
            (None, None) => {
                return Err(inner
                    .members
                    .wrong("it holds no images: neither a layout nor docker's manifest.json"));
            }
        }
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Its images, in its order.
    #[must_use]
    pub fn listed(&self) -> &[Listed] {
        &self.inner.listed
    }

    /// Whether the bytes of `digest` are in it.
    #[must_use]
    pub fn has(&self, digest: &Digest) -> bool {
        self.inner.member(digest).is_some() || self.inner.made.contains_key(digest)
    }

    /// The digests of the blobs that it has under their names.
    #[must_use]
    pub fn blobs(&self) -> Vec<Digest> {
        let names = self.inner.members.names();
        let blobs = names.filter_map(super::members::digest_of_name);
        blobs.chain(self.inner.elsewhere.keys().copied()).collect()
    }
}

impl Inner {
    fn list_layout(&mut self, index: &[u8], items: Vec<docker::Item>) -> Result<()> {
        let index: Index = json::strict(index)
            .map_err(|error| self.members.wrong(format!("{INDEX} is no index: {error}")))?;
        self.listed = listed(index.manifests);
        // Of names that only docker's list has, those of the same config.
        let mut nameless: HashMap<Digest, Vec<usize>> = HashMap::new();
        if !items.is_empty() {
            for at in 0..self.listed.len() {
                if self.listed[at].references.is_empty()
                    && let Some(config) = self.config_of(&self.listed[at].root)?
                {
                    nameless.entry(config).or_default().push(at);
                }
            }
        }
        for item in items {
            let config = super::members::digest_of_name(&item.config);
            let names = item.repo_tags.unwrap_or_default();
            for at in config
                .and_then(|config| nameless.get(&config))
                .into_iter()
                .flatten()
            {
                self.listed[*at].references = references(&names);
                self.listed[*at].names.extend(names.iter().cloned());
            }
        }
        Ok(())
    }

    fn list_docker(&mut self, items: Vec<docker::Item>) -> Result<()> {
        let mut layers = docker::Layers::new();
        for item in items {
            let image = docker::image(&self.members, item, &mut layers)?;
            let root = image.manifest.descriptor().clone();
            self.elsewhere.extend(image.content);
            self.made.insert(root.digest, image.manifest);
            self.listed.push(Listed {
                root,
                references: references(&image.names),
                names: image.names,
                made: true,
            });
        }
        Ok(())
    }

    fn config_of(&self, root: &Descriptor) -> Result<Option<Digest>> {
        if !root.media_type.is_image() || self.member(&root.digest).is_none() {
            return Ok(None);
        }
        let manifest = self.manifest(&root.digest, Some(root))?;
        Ok(manifest.image().map(|image| image.config.digest))
    }

    /// The member that has the bytes of `digest`.
    fn member(&self, digest: &Digest) -> Option<String> {
        let own = blob_name(digest);
        if self.members.size(&own).is_some() {
            return Some(own);
        }
        self.elsewhere.get(digest).cloned()
    }

    fn manifest(&self, digest: &Digest, stated: Option<&Descriptor>) -> Result<Manifest> {
        if let Some(made) = self.made.get(digest) {
            return Ok(made.clone());
        }
        let absent = || Error::NotFound {
            what: Thing::Manifest,
            name: digest.to_string(),
            answer: None,
        };
        let member = self.member(digest).ok_or_else(absent)?;
        let bytes = self.members.read(&member, manifest::MAX_BYTES as u64)?;
        let bytes = bytes.ok_or_else(absent)?;
        let found = digest.same_algorithm_of(&bytes);
        if found != *digest {
            let expected = *digest;
            return Err(Error::DigestMismatch { expected, found });
        }
        let stated = stated.map(|stated| &stated.media_type);
        let stated = stated.filter(|stated| stated.is_manifest());
        Manifest::read(bytes, stated, *digest).map_err(|source| Error::Manifest {
            name: digest.to_string(),
            source,
        })
    }

    fn find(&self, at: &Selector) -> Result<Manifest> {
        let wanted = |listed: &&Listed| match at {
            Selector::Digest(digest) => listed.root.digest == *digest,
            Selector::Tag(tag) => {
                let mut references = listed.references.iter();
                references.any(|reference| reference.tag.as_ref() == Some(tag))
            }
        };
        match (self.listed.iter().find(wanted), at) {
            (Some(listed), _) => self.manifest(&listed.root.digest, Some(&listed.root)),
            (None, Selector::Digest(digest)) => self.manifest(digest, None),
            (None, Selector::Tag(tag)) => Err(Error::NotFound {
                what: Thing::Image,
                name: tag.to_string(),
                answer: None,
            }),
        }
    }
}

fn references(names: &[String]) -> Vec<Reference> {
    names.iter().filter_map(|name| full_name(name)).collect()
}

#[async_trait]
impl Source for Archive {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        Ok(self.manifest(at).await?.descriptor().clone())
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        let (inner, at) = (self.inner.clone(), at.clone());
        on_blocking_pool(move || inner.find(&at)).await
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        let absent = || Error::NotFound {
            what: Thing::Blob,
            name: blob.digest.to_string(),
            answer: None,
        };
        let member = self.inner.member(&blob.digest).ok_or_else(absent)?;
        let found = self.inner.members.size(&member).unwrap_or_default();
        if found != blob.size {
            return Err(Error::SizeMismatch {
                digest: blob.digest,
                expected: blob.size,
                found,
            });
        }
        let inner = self.inner.clone();
        let bytes = stream::try_unfold(range.clone(), move |rest: Range<u64>| {
            let (inner, member) = (inner.clone(), member.clone());
            async move {
                if rest.is_empty() {
                    return Ok(None);
                }
                let length = BUFFER.min(rest.end - rest.start);
                let (start, want) = (rest.start, usize::try_from(length).unwrap_or_default());
                let read = on_blocking_pool(move || inner.members.read_at(&member, start, want));
                Ok(Some((read.await?, start + length..rest.end)))
            }
        });
        Ok(BlobStream {
            range,
            bytes: bytes.boxed(),
        })
    }

    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        Ok(self.has(&foreign.digest))
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        let references = self
            .inner
            .listed
            .iter()
            .flat_map(|listed| &listed.references);
        let mut tags: Vec<Tag> = references
            .filter_map(|reference| reference.tag.clone())
            .collect();
        tags.sort();
        tags.dedup();
        Ok(tags)
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        let (inner, of) = (self.inner.clone(), *of);
        on_blocking_pool(move || {
            let mut found = Vec::new();
            for listed in &inner.listed {
                let manifest = inner.manifest(&listed.root.digest, Some(&listed.root))?;
                if manifest
                    .subject()
                    .is_some_and(|subject| subject.digest == of)
                {
                    found.push(manifest.referrer());
                }
            }
            Ok(found)
        })
        .await
    }

    async fn origins(&self, _: &Descriptor) -> Vec<Name> {
        Vec::new()
    }
}
