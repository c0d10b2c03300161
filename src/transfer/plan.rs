//! The plan of a copy: which manifests, in which order, and which blobs, each once.

use std::collections::{HashMap, HashSet};

use crate::error::{Error, Result};
use crate::event::{Event, Observer, PlannedBlob, Role, Step};
use crate::oci::{Descriptor, Digest, Manifest, Platform};
use crate::store::Sink;

use super::Item;

/// Blobs up to this many bytes are moved before larger ones.
const SMALL: u64 = 8 << 20;

/// What a copy will move.
#[derive(Debug)]
pub struct Plan {
    /// What the selector resolved to.
    pub root: Descriptor,
    /// The manifests to put, children before parents, the root last.
    pub manifests: Vec<Manifest>,
    /// The blobs they need, each once, in the order they are listed.
    pub blobs: Vec<Blob>,
    /// The platform of the one image that goes instead of its index.
    pub reduced: Option<Platform>,
    /// Whether the source had to be asked for a manifest.
    pub(super) asked_source: bool,
    /// Children of an index that the source does not have.
    pub(super) absent: Vec<Descriptor>,
    /// Foreign layers that the source does not have: they stay where their images say.
    pub(super) left_out: Vec<Descriptor>,
}

/// A blob of a plan.
#[derive(Debug, Clone)]
pub struct Blob {
    /// What it is.
    pub descriptor: Descriptor,
    /// Config or layer.
    pub role: Role,
}

impl Blob {
    pub(super) fn planned(&self) -> PlannedBlob {
        PlannedBlob {
            digest: self.descriptor.digest,
            role: self.role,
            size: self.descriptor.size,
        }
    }

    pub(super) fn tell(&self, observer: &dyn Observer, step: Step) {
        observer.observe(&Event::Blob {
            digest: self.descriptor.digest,
            role: self.role,
            step,
        });
    }

    /// Whether one request fetches it.
    pub(super) fn is_small(&self) -> bool {
        self.descriptor.size <= SMALL
    }

    /// When its turn is: configs, small ones by size, large ones as listed.
    fn turn(&self) -> (bool, u64) {
        (
            self.role == Role::Layer,
            if self.is_small() {
                self.descriptor.size
            } else {
                u64::MAX
            },
        )
    }
}

impl Plan {
    /// The blobs in the order in which they move. Small ones come first: configs, then what one request fetches; they
    /// never wait behind a large one.
    pub(super) fn in_turn(&self) -> Vec<&Blob> {
        let mut order: Vec<&Blob> = self.blobs.iter().collect();
        order.sort_by_key(|blob| blob.turn());
        order
    }

    /// Everything the plan is about, in the order in which it moves: blobs and manifests.
    pub(super) fn content(&self) -> Vec<Descriptor> {
        let blobs = self.in_turn().into_iter();
        let blobs = blobs.map(|blob| blob.descriptor.clone());
        blobs
            .chain(
                self.manifests
                    .iter()
                    .map(|manifest| manifest.descriptor().clone()),
            )
            .collect()
    }

    /// Decides what becomes of an index of which the source has only a part: whole where the sink has the rest; else
    /// the one image that is here; else nothing.
    pub(super) async fn settle(&mut self, sink: &dyn Sink, item: &Item) -> Result<()> {
        let mut absent = 0;
        for child in &self.absent {
            absent += usize::from(!sink.has(child).await?);
        }
        if absent == 0 {
            return Ok(());
        }
        let images: Vec<(Manifest, Option<Platform>)> = self.images();
        let [(image, platform)] = &images[..] else {
            return Err(Error::Incomplete {
                name: item.name(),
                absent,
            });
        };
        let owed: HashSet<Digest> = image.children().map(|child| child.digest).collect();
        self.reduced.clone_from(platform);
        self.blobs
            .retain(|blob| owed.contains(&blob.descriptor.digest));
        self.manifests = vec![image.clone()];
        Ok(())
    }

    /// The images of the plan that could run, with the platform their index gives them.
    fn images(&self) -> Vec<(Manifest, Option<Platform>)> {
        let listed: HashMap<Digest, &Descriptor> = self
            .manifests
            .iter()
            .filter_map(Manifest::index)
            .flat_map(|index| &index.manifests)
            .map(|entry| (entry.digest, entry))
            .collect();
        let images = self
            .manifests
            .iter()
            .filter(|manifest| manifest.image().is_some());
        images
            .filter(|image| {
                !listed
                    .get(image.digest())
                    .is_some_and(|entry| entry.is_attestation())
            })
            .map(|image| {
                (
                    image.clone(),
                    listed
                        .get(image.digest())
                        .and_then(|entry| entry.platform.clone()),
                )
            })
            .collect()
    }
}
