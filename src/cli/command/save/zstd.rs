//! Layers that are zstd, which docker reads since 23.0: told, or saved as gzip.

use std::collections::HashMap;

use crate::cli::session::blocking;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::oci::{Descriptor, Digest, Manifest, Platforms, Selector};
use crate::store::Sink;
use crate::store::layout::{At, Layout};
use crate::store::recompress::{Recompressed, zstd_layers};
use crate::transfer::{self, IndexRule, Item};

/// What is done about zstd in one archive.
pub(super) struct Zstd {
    layout: Layout,
    recompress: bool,
    /// What became of layers that were recompressed.
    made: HashMap<Digest, Descriptor>,
}

impl Zstd {
    pub(super) fn new(layout: &Layout, recompress: bool) -> Self {
        Self {
            layout: layout.clone(),
            recompress,
            made: HashMap::new(),
        }
    }

    /// What to save instead of `item`, if something else is to be saved.
    pub(super) async fn instead(
        &mut self,
        source: &At,
        sink: &dyn Sink,
        item: &Item,
        options: &transfer::Options<'_>,
    ) -> Result<Option<(Recompressed, Item)>> {
        let (plan, _) = transfer::dry_run(source, sink, item, options).await?;
        let (layout, manifests) = (self.layout.clone(), plan.manifests.clone());
        let layers = blocking(move || zstd_layers(&layout, &manifests)).await?;
        if layers.is_empty() {
            return Ok(None);
        }
        let name = item.reference.familiar();
        let warn = |message| options.observer.observe(&Event::Warning { message });
        if !self.recompress {
            warn(format!(
                "{name} has layers that are zstd, which docker before 23.0 refuses; --recompress gzip saves them as gzip, \
                 under other digests"
            ));
            return Ok(None);
        }
        let known = std::mem::take(&mut self.made);
        let (layout, source, mut made) = (self.layout.clone(), source.clone(), known.clone());
        let (manifests, of) = (plan.manifests.clone(), layers.clone());
        let recompressed = blocking(move || {
            let recompressed = Recompressed::gzip(&layout, source, &manifests, &of, &mut made)?;
            Ok::<_, Error>((recompressed, made))
        });
        let (recompressed, made) = recompressed.await?;
        self.made = made;
        for layer in &layers {
            let (old, new) = (&layer.digest, &self.made[&layer.digest].digest);
            if !known.contains_key(old) {
                warn(format!("the layer {old} (zstd) is {new} (gzip) in the tar"));
            }
        }
        let root = recompressed.root();
        if let Some(old) = plan.manifests.last() {
            let lost = entries(old) - entries(root);
            if lost > 0 {
                warn(format!(
                    "{lost} attestations of {name} are left out: they attest what it was before"
                ));
            }
            warn(format!(
                "{name} is {} in the tar, not {}; image IDs stay",
                root.digest(),
                old.digest()
            ));
        }
        let item = Item {
            selector: Selector::Digest(*root.digest()),
            platforms: Platforms::All,
            strict: false,
            index: IndexRule::Kept,
            ..item.clone()
        };
        Ok(Some((recompressed, item)))
    }
}

fn entries(manifest: &Manifest) -> usize {
    manifest.index().map_or(0, |index| index.manifests.len())
}
