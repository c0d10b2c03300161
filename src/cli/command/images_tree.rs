//! `images --tree`: each local image with the platforms it lists, and which of them are here.

use super::referrers::about;
use crate::cli::render::escape::escape;
use crate::cli::render::tree::{self, Node};
use crate::cli::render::{table, units};
use crate::error::{Error, Result};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Descriptor, Index};
use crate::store::layout::{Layout, LocalImage};

/// What stands for the name of an image without one.
const NONE: &str = "<none>";

/// The table, a tree for each image.
///
/// # Errors
/// `BadFile`, `Io`. What is damaged is shown as that.
pub(super) fn table<'a>(
    layout: &Layout,
    images: impl Iterator<Item = (&'a LocalImage, Vec<String>)>,
    whole: bool,
) -> Result<String> {
    let mut lines = vec!["IMAGE\tID\tSIZE".to_owned()];
    let trees = Trees { layout, whole };
    for (image, names) in images {
        let name = if names.is_empty() {
            NONE.to_owned()
        } else {
            names.join(", ")
        };
        let mut root = trees.node(&name, &image.root, 0)?;
        root.text = trees.cells(&name, &image.root, &units::size(image.size));
        lines.extend(tree::lines(&root));
    }
    Ok(table::align(&lines))
}

struct Trees<'a> {
    layout: &'a Layout,
    /// Digests are not shortened.
    whole: bool,
}

impl Trees<'_> {
    /// The manifest that `entry` points at, called `name`, and what it lists.
    fn node(&self, name: &str, entry: &Descriptor, depth: usize) -> Result<Node> {
        let found = match self.layout.manifest(&entry.digest, Some(&entry.media_type)) {
            Err(Error::DigestMismatch { .. } | Error::Manifest { .. }) => {
                return Ok(self.leaf(name, entry, "damaged"));
            }
            found => found?,
        };
        let Some(manifest) = found else {
            return Ok(self.leaf(name, entry, "-"));
        };
        if let Some(index) = manifest.index() {
            let mut node = self.leaf(name, entry, &units::size(manifest.descriptor().size));
            if depth < MAX_INDEX_DEPTH {
                node.below = self.listed(index, depth + 1)?;
            }
            return Ok(node);
        }
        let mut size = manifest.descriptor().size;
        for content in manifest.children() {
            size += self.layout.size_of(&content.digest)?.unwrap_or_default();
        }
        Ok(self.leaf(name, entry, &units::size(size)))
    }

    /// What an index lists: attestations below the image they are about.
    fn listed(&self, index: &Index, depth: usize) -> Result<Vec<Node>> {
        let mut nodes = Vec::new();
        let entries = &index.manifests;
        for entry in entries.iter().filter(|entry| !entry.is_attestation()) {
            let platform = entry.platform.as_ref();
            let name = platform.map_or_else(|| "image".to_owned(), ToString::to_string);
            let mut node = self.node(&name, entry, depth)?;
            for statement in about(&entry.digest, entries) {
                node.below.push(self.node("attestation", statement, depth)?);
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn leaf(&self, name: &str, entry: &Descriptor, size: &str) -> Node {
        Node {
            text: self.cells(name, entry, size),
            below: Vec::new(),
        }
    }

    fn cells(&self, name: &str, entry: &Descriptor, size: &str) -> String {
        let id = if self.whole {
            entry.digest.to_string()
        } else {
            entry.digest.short()
        };
        format!("{}\t{id}\t{size}", escape(name))
    }
}
