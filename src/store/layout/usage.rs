//! What takes how much of the disk.

use std::collections::{HashMap, HashSet};

use crate::error::Result;
use crate::oci::{Digest, Platform};

use super::collect::{files, measure};
use super::images::LocalImage;
use super::{Layout, images::undamaged};

/// The disk that a store takes, in bytes.
#[derive(Debug, Clone)]
pub struct Usage {
    /// Every image.
    pub images: Vec<ImageUsage>,
    /// Content that images name, each once.
    pub named: u64,
    /// Content that nothing names.
    pub unnamed: u64,
    /// Parts of blobs whose download was cut, and what killed commands left.
    pub partial: u64,
    /// How many of those files there are.
    pub partials: usize,
}

/// The disk that an image takes, in bytes.
#[derive(Debug, Clone)]
pub struct ImageUsage {
    /// Which.
    pub image: LocalImage,
    /// What other images have in it, too.
    pub shared: u64,
    /// What goes with it.
    pub unique: u64,
}

impl Layout {
    /// Measures the store. Blocks.
    ///
    /// # Errors
    /// `Io`, `BadFile`.
    pub fn usage(&self, wanted: &Platform) -> Result<Usage> {
        let sizes: HashMap<Digest, u64> = self
            .content()?
            .into_iter()
            .map(|(digest, size, _)| (digest, size))
            .collect();
        let images = self.images(wanted)?;
        let mut reached: Vec<HashSet<Digest>> = Vec::new();
        let mut users: HashMap<Digest, usize> = HashMap::new();
        for image in &images {
            let mut found = HashSet::new();
            let root = &image.root;
            let walked = self.reach(&root.digest, Some(&root.media_type), &mut found);
            undamaged(&root.digest, walked)?;
            for digest in &found {
                *users.entry(*digest).or_default() += 1;
            }
            reached.push(found);
        }
        let size = |digest: &Digest| sizes.get(digest).copied().unwrap_or_default();
        let images = images
            .into_iter()
            .zip(&reached)
            .map(|(image, found)| {
                let (shared, own): (Vec<&Digest>, Vec<&Digest>) =
                    found.iter().partition(|digest| users[digest] > 1);
                ImageUsage {
                    image,
                    shared: shared.into_iter().map(size).sum(),
                    unique: own.into_iter().map(size).sum(),
                }
            })
            .collect();
        let named: u64 = users.keys().map(size).sum();
        let ingest: Vec<u64> = files(&self.path().join("ingest"))?
            .iter()
            .filter_map(measure)
            .map(|(size, _)| size)
            .collect();
        Ok(Usage {
            images,
            named,
            unnamed: sizes.values().sum::<u64>() - named,
            partial: ingest.iter().sum(),
            partials: ingest.len(),
        })
    }
}
