//! Local images as `images`, `inspect` and `rmi` see them: IDs, names, platforms, sizes; and finding one by any name.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Digest, ImageConfig, Manifest, Platform, Reference, config};

use super::origins::Origins;
use super::{Entry, Layout, absent};

/// What is known of a piece of local content that has a name.
#[derive(Debug, Clone)]
pub struct LocalImage {
    /// What `index.json` points at: the index, if it is one.
    pub root: Descriptor,
    /// The image meant: of the wanted platform, else the first that is here. `None` when no image of it is here.
    pub manifest: Option<Arc<Manifest>>,
    /// IMAGE ID: the digest of that image's config, or of the manifest for an artifact or an index of which no image
    /// is here.
    pub id: Digest,
    /// The config, where it is an image's.
    pub config: Option<ImageConfig>,
    /// The platforms that are here.
    pub platforms: Vec<Platform>,
    /// Bytes it takes in the store: every manifest, config and layer that is here, each once.
    pub size: u64,
    /// Its names with a tag.
    pub tags: Vec<Reference>,
    /// Its names that name no repository: bare tags, as other programs write them. Text of strangers.
    pub bare: Vec<String>,
    /// Whether it is attached to something that is here, as signatures and SBOMs are.
    pub attached: bool,
    /// The repositories it was pulled from or pushed to, with its digest.
    pub digests: Vec<Reference>,
    /// The digests of all entries with this ID (one, but for [`Layout::find`] by ID).
    pub(super) roots: HashSet<Digest>,
}

impl LocalImage {
    /// Whether nothing would miss it: it has no name, and is attached to nothing.
    #[must_use]
    pub fn is_dangling(&self) -> bool {
        self.tags.is_empty() && self.bare.is_empty() && !self.attached
    }

    /// Whether it has no name, and is there for what it is attached to.
    #[must_use]
    pub fn is_attached_alone(&self) -> bool {
        self.tags.is_empty() && self.bare.is_empty() && self.attached
    }
}

impl Layout {
    /// Every distinct piece of named content, in the order of `index.json`. `wanted` says which image of an index is
    /// meant.
    ///
    /// # Errors
    /// `BadFile`, `Io`, `DigestMismatch` for a damaged store.
    pub fn images(&self, wanted: &Platform) -> Result<Vec<LocalImage>> {
        let origins = self.origins()?;
        let mut order = Vec::new();
        let mut groups: HashMap<Digest, Vec<Entry>> = HashMap::new();
        for entry in self.entries()? {
            let group = groups.entry(entry.descriptor.digest).or_default();
            if group.is_empty() {
                order.push(entry.descriptor.digest);
            }
            group.push(entry);
        }
        order
            .iter()
            .filter_map(|digest| groups.remove(digest))
            .map(|group| self.image(&group, &origins, wanted))
            .collect()
    }

    fn image(&self, entries: &[Entry], origins: &Origins, wanted: &Platform) -> Result<LocalImage> {
        let root = entries[0].descriptor.clone();
        let manifests = undamaged(&root.digest, self.below(&root))?.unwrap_or_default();
        let mut size = 0;
        let mut counted = HashSet::new();
        for content in manifests
            .iter()
            .flat_map(|manifest| std::iter::once(manifest.descriptor()).chain(manifest.children()))
        {
            if counted.insert(content.digest) {
                size += self.size_of(&content.digest)?.unwrap_or_default();
            }
        }
        let candidates = self.candidates(&root, manifests)?;
        let chosen = candidates
            .iter()
            .find(|candidate| {
                candidate
                    .platform
                    .as_ref()
                    .is_some_and(|platform| platform.runs_on(wanted))
            })
            .or(candidates.first());
        let references = |tagged: bool| {
            let names = entries.iter().filter_map(|entry| entry.reference.clone());
            names.filter(move |reference| reference.tag.is_some() == tagged)
        };
        let mut digests: Vec<Reference> = references(false).collect();
        digests.extend(
            Self::holders(origins, &root.digest)
                .iter()
                .map(|name| name.with_digest(&root.digest)),
        );
        digests.sort_by_key(Reference::to_string);
        digests.dedup();
        let subject = chosen.and_then(|candidate| candidate.manifest.subject());
        let attached = match subject {
            Some(subject) => self.size_of(&subject.digest)?.is_some(),
            None => false,
        };
        let bare = entries.iter().filter_map(Entry::bare);
        Ok(LocalImage {
            bare: bare.map(str::to_owned).collect(),
            attached,
            id: chosen.map_or(root.digest, |candidate| candidate.id),
            config: chosen.and_then(|candidate| candidate.config.clone()),
            manifest: chosen.map(|candidate| candidate.manifest.clone()),
            platforms: candidates
                .iter()
                .filter_map(|candidate| candidate.platform.clone())
                .collect(),
            size,
            tags: references(true).collect(),
            digests,
            roots: std::iter::once(root.digest).collect(),
            root,
        })
    }

    /// The images among `manifests` that could be meant by their root, in the order it lists them.
    fn candidates(&self, root: &Descriptor, manifests: Vec<Manifest>) -> Result<Vec<Candidate>> {
        let attestations: HashSet<Digest> = manifests
            .iter()
            .filter_map(Manifest::index)
            .flat_map(|index| &index.manifests)
            .filter(|entry| entry.is_attestation())
            .map(|entry| entry.digest)
            .collect();
        let mut candidates = Vec::new();
        for manifest in manifests {
            let Some(image) = manifest.image() else {
                continue;
            };
            if attestations.contains(manifest.digest()) {
                continue;
            }
            if !image.is_runnable() {
                if *manifest.digest() == root.digest {
                    candidates.push(Candidate {
                        id: root.digest,
                        config: None,
                        platform: None,
                        manifest: manifest.into(),
                    });
                }
                continue;
            }
            let id = image.config.digest;
            let config = match self.size_of(&id)? {
                Some(size) if size <= config::MAX_BYTES as u64 => {
                    let bytes = undamaged(&id, self.read(&image.config))?;
                    bytes.and_then(|bytes| ImageConfig::parse(&bytes).ok())
                }
                // Absent, or larger than any that describes an image: an image without a description.
                _ => None,
            };
            let platform = config.as_ref().and_then(ImageConfig::platform);
            candidates.push(Candidate {
                id,
                config,
                platform,
                manifest: Arc::new(manifest),
            });
        }
        Ok(candidates)
    }

    /// Finds local content by full reference or digest, by a bare name, or by a unique prefix of an ID, in that order.
    ///
    /// # Errors
    /// `NotFound`; `Ambiguous`; as [`Layout::images`].
    pub fn find(&self, text: &str, wanted: &Platform) -> Result<LocalImage> {
        let images = self.images(wanted)?;
        if let Ok(reference) = text.parse::<Reference>() {
            let reference = reference.or_latest();
            let named = |image: &&LocalImage| match &reference.digest {
                Some(digest) => {
                    let known = image
                        .digests
                        .iter()
                        .chain(&image.tags)
                        .any(|name| name.name == reference.name);
                    image.root.digest == *digest && known
                }
                None => image.tags.contains(&reference),
            };
            if let Some(image) = images.iter().find(named) {
                return Ok(image.clone());
            }
        }
        let bare = |image: &&LocalImage| image.bare.iter().any(|name| name == text);
        if let Some(image) = images.iter().find(bare) {
            return Ok(image.clone());
        }
        let prefix = text.strip_prefix("sha256:").unwrap_or(text);
        let digits = !prefix.is_empty()
            && prefix
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let mut matches: BTreeMap<Digest, LocalImage> = BTreeMap::new();
        if digits || text.starts_with("sha512:") {
            let starts =
                |digest: &Digest| digest.hex().starts_with(prefix) || digest.to_string() == text;
            for image in images
                .into_iter()
                .filter(|image| starts(&image.id) || starts(&image.root.digest))
            {
                let roots = image.roots.clone();
                matches.entry(image.id).or_insert(image).roots.extend(roots);
            }
        }
        if matches.len() > 1 {
            return Err(Error::Ambiguous {
                id: text.to_owned(),
                matches: matches.into_keys().collect(),
            });
        }
        let name = || {
            text.parse::<Reference>()
                .map_or(text.to_owned(), |reference| {
                    reference.or_latest().familiar()
                })
        };
        matches
            .into_values()
            .next()
            .ok_or_else(|| absent(Thing::Image, &name()))
    }
}

/// What was read, `None` where the content itself is damaged: one bad image must not hide the others.
///
/// # Errors
/// What has nothing to do with the content.
pub(super) fn undamaged<T>(digest: &Digest, read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.is_damage() || matches!(error, Error::Manifest { .. }) => {
            tracing::warn!(%digest, ?error, "content in the store is damaged");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// An image that could be the one meant.
struct Candidate {
    id: Digest,
    config: Option<ImageConfig>,
    platform: Option<Platform>,
    manifest: Arc<Manifest>,
}
