//! Reading what a copy is about, which makes its plan.
//!
//! Manifests are read from the root down, with bounds: 64 MiB of them in all, eight indexes deep, each digest once. A
//! child must have the type and size its parent says. Nothing of a blob is read here, but the config of an image that
//! stands alone where a platform was named.

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};

use crate::error::{Error, Result};
use crate::event::Role;
use crate::oci::manifest::{MAX_INDEX_DEPTH, ManifestError};
use crate::oci::{
    Descriptor, Digest, ImageConfig, Index, Manifest, Platforms, Selector, View, config,
};
use crate::store::{Source, read_blob};

use super::plan::{Blob, Plan};
use super::{IndexRule, Item};

const MAX_MANIFEST_BYTES: u64 = 64 << 20; // of all manifests in one plan
const MAX_MANIFESTS: usize = 10_000;
const MANIFESTS_AT_ONCE: usize = 8;

/// Makes a [`Plan`].
pub(super) struct Planner<'a> {
    source: &'a dyn Source,
    nearby: Option<&'a dyn Source>,
    item: &'a Item,
    seen: HashSet<Digest>,
    sizes: HashMap<Digest, u64>,
    bytes: u64,
    plan: Plan,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        source: &'a dyn Source,
        item: &'a Item,
        nearby: Option<&'a dyn Source>,
    ) -> Self {
        let root = Descriptor::of(crate::oci::MediaType::OCTET_STREAM, &[]); // replaced by plan()
        let plan = Plan {
            root,
            manifests: Vec::new(),
            blobs: Vec::new(),
            reduced: None,
            asked_source: false,
            absent: Vec::new(),
            left_out: Vec::new(),
        };
        Self {
            source,
            nearby,
            item,
            seen: HashSet::new(),
            sizes: HashMap::new(),
            bytes: 0,
            plan,
        }
    }

    /// Reads everything that is needed to know what moves. `resolved` is what the selector points at, where the
    /// caller has just asked.
    pub(super) async fn plan(mut self, resolved: Option<&Descriptor>) -> Result<Plan> {
        let at = resolved.map_or_else(
            || self.item.selector.clone(),
            |root| Selector::Digest(root.digest),
        );
        let (root, near) = fetch(self.source, self.nearby, &at).await?;
        self.plan.asked_source |= !near;
        self.plan.root = root.descriptor().clone();
        if self.item.strict && root.image().is_some() {
            self.check_platform(&root).await?;
        }
        let platforms = self.item.platforms.clone();
        match self.item.index {
            IndexRule::Dropped if root.index().is_some() => {
                let chosen = self.chosen_alone(&root).await?;
                self.visit(chosen, &platforms, 0).await?;
            }
            IndexRule::Reduced if root.index().is_some() => {
                let reduced = self.reduced(&root)?;
                self.visit(reduced, &Platforms::All, 0).await?;
            }
            _ => self.visit(root, &platforms, 0).await?,
        }
        Ok(self.plan)
    }

    /// The index with nothing but what is wanted.
    fn reduced(&self, root: &Manifest) -> Result<Manifest> {
        let chosen = self.choose(root, &self.item.platforms)?;
        let chosen = chosen.into_iter().map(|entry| entry.digest).collect();
        root.reduced_to(&chosen).map_err(|source| Error::Manifest {
            name: self.item.name(),
            source,
        })
    }

    /// The one image of an index that goes without it.
    async fn chosen_alone(&mut self, root: &Manifest) -> Result<Manifest> {
        let mut index = root.clone();
        for _ in 0..MAX_INDEX_DEPTH {
            let chosen = self.choose(&index, &self.item.platforms)?;
            let [child] = &chosen[..] else {
                let message = "only one platform can go without its index".to_owned();
                return Err(Error::Usage {
                    message,
                    hint: None,
                });
            };
            self.plan.reduced.clone_from(&child.platform);
            let (manifest, near) = self.child(child).await?;
            self.plan.asked_source |= !near;
            if manifest.image().is_some() {
                return Ok(manifest);
            }
            index = manifest;
        }
        Err(too_deep(root))
    }

    fn visit<'s>(
        &'s mut self,
        manifest: Manifest,
        platforms: &'s Platforms,
        depth: usize,
    ) -> BoxFuture<'s, Result<()>> {
        async move {
            if !self.seen.insert(*manifest.digest()) {
                return Ok(());
            }
            self.bytes += manifest.bytes().len() as u64;
            if self.bytes > MAX_MANIFEST_BYTES || self.seen.len() > MAX_MANIFESTS {
                let reason = "its manifests are more than 64 MiB or 10,000 in all".to_owned();
                return Err(Error::Malformed {
                    doing: self.item.name(),
                    reason,
                });
            }
            match manifest.view() {
                View::Image(image) => {
                    self.add(&image.config, Role::Config)?;
                    for layer in &image.layers {
                        if layer.media_type.is_foreign_layer() && !self.source.offers(layer).await?
                        {
                            self.plan.left_out.push(layer.clone());
                            continue;
                        }
                        self.add(layer, Role::Layer)?;
                    }
                }
                View::Index(_) if depth == MAX_INDEX_DEPTH => return Err(too_deep(&manifest)),
                View::Index(_) => self.visit_children(&manifest, platforms, depth).await?,
            }
            self.plan.manifests.push(manifest);
            Ok(())
        }
        .boxed()
    }

    async fn visit_children(
        &mut self,
        index: &Manifest,
        platforms: &Platforms,
        depth: usize,
    ) -> Result<()> {
        let chosen = self.choose(index, platforms)?;
        let (manifests, others): (Vec<_>, Vec<_>) = chosen
            .into_iter()
            .partition(|child| child.media_type.is_manifest());
        for other in &others {
            self.add(other, Role::Layer)?; // an index may list what is no manifest; it is moved as it is
        }
        let unseen: Vec<Descriptor> = manifests
            .into_iter()
            .filter(|child| !self.seen.contains(&child.digest))
            .collect();
        let this = &*self;
        let fetched: Vec<(Descriptor, Result<(Manifest, bool)>)> = stream::iter(unseen)
            .map(|child| async move {
                let result = this.child(&child).await;
                (child, result)
            })
            .buffered(MANIFESTS_AT_ONCE)
            .collect()
            .await;
        for (child, result) in fetched {
            match result {
                Ok((manifest, near)) => {
                    self.plan.asked_source |= !near;
                    self.visit(manifest, platforms, depth + 1).await?;
                }
                Err(error) if error.is_not_found() && *platforms == Platforms::All => {
                    self.plan.absent.push(child);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The entries of an index that are wanted.
    fn choose(&self, index: &Manifest, platforms: &Platforms) -> Result<Vec<Descriptor>> {
        let entries = index
            .index()
            .map(|index| &index.manifests[..])
            .unwrap_or_default();
        let Platforms::These(wanted) = platforms else {
            return Ok(entries.to_vec());
        };
        let mut chosen = Vec::new();
        for wanted in wanted {
            let candidates = wanted.candidates(entries);
            if candidates.is_empty() {
                let available = index.index().map(Index::platforms).unwrap_or_default();
                let name = self.item.name();
                return Err(Error::NoPlatform {
                    name,
                    wanted: wanted.clone(),
                    available,
                });
            }
            chosen.extend(candidates.into_iter().cloned());
        }
        Ok(chosen)
    }

    /// Reads a child manifest and checks it against what its parent says.
    async fn child(&self, child: &Descriptor) -> Result<(Manifest, bool)> {
        let (manifest, near) =
            fetch(self.source, self.nearby, &Selector::Digest(child.digest)).await?;
        let found = manifest.descriptor();
        if found.size != child.size {
            return Err(Error::SizeMismatch {
                digest: child.digest,
                expected: child.size,
                found: found.size,
            });
        }
        if found.media_type != child.media_type {
            let source = ManifestError::Type {
                embedded: found.media_type.clone(),
                stated: child.media_type.clone(),
            };
            return Err(Error::Manifest {
                name: child.digest.to_string(),
                source,
            });
        }
        Ok((manifest, near))
    }

    fn add(&mut self, blob: &Descriptor, role: Role) -> Result<()> {
        match self.sizes.insert(blob.digest, blob.size) {
            None => self.plan.blobs.push(Blob {
                descriptor: blob.clone(),
                role,
            }),
            Some(size) if size == blob.size => {}
            Some(_) => {
                let source = ManifestError::Conflict {
                    digest: blob.digest,
                };
                return Err(Error::Manifest {
                    name: self.item.name(),
                    source,
                });
            }
        }
        Ok(())
    }

    /// Refuses an image that stands alone and is not for a platform that the user named.
    async fn check_platform(&self, manifest: &Manifest) -> Result<()> {
        let (Some(image), Platforms::These(wanted)) = (manifest.image(), &self.item.platforms)
        else {
            return Ok(());
        };
        if !image.is_runnable() || image.config.size > config::MAX_BYTES as u64 {
            return Ok(());
        }
        let limit = config::MAX_BYTES as u64;
        let near = match self.nearby {
            Some(nearby) => read_blob(nearby, &image.config, limit).await.ok(),
            None => None,
        };
        let bytes = match near {
            Some(bytes) => bytes,
            None => read_blob(self.source, &image.config, limit).await?,
        };
        let Some(found) = ImageConfig::parse(&bytes)
            .ok()
            .and_then(|config| config.platform())
        else {
            return Ok(());
        };
        match wanted.iter().find(|wanted| !found.runs_on(wanted)) {
            Some(wanted) => Err(Error::OtherPlatform {
                name: self.item.name(),
                wanted: wanted.clone(),
                found,
            }),
            None => Ok(()),
        }
    }
}

/// A manifest from nearby, if it is there by its digest, else from the source; and which it was.
async fn fetch(
    source: &dyn Source,
    nearby: Option<&dyn Source>,
    at: &Selector,
) -> Result<(Manifest, bool)> {
    if let (Some(nearby), Selector::Digest(_)) = (nearby, at) {
        match nearby.manifest(at).await {
            Ok(manifest) => return Ok((manifest, true)),
            // A damaged one is fetched again, and put in its place.
            Err(error) if error.is_not_found() || error.is_damage() => {}
            Err(error) => return Err(error),
        }
    }
    Ok((source.manifest(at).await?, nearby.is_none()))
}

fn too_deep(manifest: &Manifest) -> Error {
    let reason = format!("indexes nested deeper than {MAX_INDEX_DEPTH}");
    Error::Malformed {
        doing: manifest.digest().to_string(),
        reason,
    }
}
