//! The movement of images: one function for pull, push and every other copy.
//!
//! `copy` = plan, then blobs, then manifests, children first, the tag last:
//!
//! 1. *Up to date?* If the sink's tag points at what the source's does, and the images wanted are there, nothing moves.
//! 2. *Plan*: all manifests are read, platforms chosen, every blob known before the first byte of one moves.
//! 3. *Reserve*: the sink is told all of it, to keep it from removal and to make sure it fits.
//! 4. *Blobs*: those the sink lacks, several at once, over one pool of lanes.
//! 5. *Manifests*: in post-order, so that what is visible always has all it owes.
//!
//! This room knows the two traits and nothing else of either end.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::event::{Event, Observer, Step};
use crate::oci::{Descriptor, Manifest, Platform, Platforms, Reference, Selector, Tag};
use crate::store::{Sink, Source};
use futures_util::{StreamExt, TryStreamExt, stream};

mod blob;
mod budget;
mod lanes;
mod plan;
mod planner;

pub use plan::{Blob, Plan};

/// One thing to move.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is called in events and errors.
    pub reference: Reference,
    /// What it is called there instead, where it is in no repository: such as `oci:layout:v1`.
    pub label: Option<String>,
    /// What to ask the source for.
    pub selector: Selector,
    /// The tag to set at the sink.
    pub tag: Option<Tag>,
    /// Which images of an index.
    pub platforms: Platforms,
    /// Whether an image that stands alone must be for one of `platforms`, too: the user named them.
    pub strict: bool,
    /// What becomes of an index of which only some images are chosen.
    pub index: IndexRule,
}

/// What becomes of an index of which only some images are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexRule {
    /// It goes as it is, and the other images stay absent.
    Kept,
    /// The one chosen image goes without it.
    Dropped,
    /// It goes with the entries of the chosen images and their attestations only, under another digest.
    Reduced,
}

impl Item {
    /// What it is called for people.
    #[must_use]
    pub fn name(&self) -> String {
        let label = self.label.clone();
        label.unwrap_or_else(|| self.reference.familiar())
    }

    /// The same with nothing left out.
    #[must_use]
    pub fn full_name(&self) -> String {
        let label = self.label.clone();
        label.unwrap_or_else(|| self.reference.to_string())
    }
}

/// How to move.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Lanes: how many ranges of large blobs move at once, at most.
    pub parallel: usize,
    /// How many requests for blobs are under way at once, whole small blobs included.
    pub requests: usize,
    /// How often a blob is tried again without progress in between.
    pub retries: u32,
    /// The first wait before another try; doubled each time.
    pub retry_base: Duration,
    /// Told every step.
    pub observer: &'a dyn Observer,
    /// Where manifests already known can be read without asking the source: the sink itself, when it can be read. A
    /// manifest found there has everything it owes there.
    pub nearby: Option<&'a dyn Source>,
    /// Whether the caller has found that the sink's tags are absent or other images: then they are not asked for again.
    pub compared: bool,
}

/// What came of an item.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What the selector resolved to: the index, if it is one.
    pub root: Descriptor,
    /// What was put at the sink under the tag. Another than `root` when one image of an index went alone.
    pub put: Descriptor,
    /// Whether anything had to be done.
    pub changed: bool,
    /// The platform of the one image that went instead of its index, which is not whole here.
    pub reduced: Option<Platform>,
}

/// Moves every item from `source` to `sink`, one after the other.
///
/// # Errors
/// The first that an item runs into. What was moved until then stays, invisible where it is not complete.
pub async fn copy(
    source: &dyn Source,
    sink: &dyn Sink,
    items: &[Item],
    options: &Options<'_>,
) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        options.observer.observe(&Event::Began {
            reference: item.full_name(),
        });
        outcomes.push(copy_item(source, sink, item, options).await?);
    }
    Ok(outcomes)
}

/// The plan of an item, and which of its content the sink lacks. Moves nothing.
///
/// # Errors
/// As [`copy`].
pub async fn dry_run(
    source: &dyn Source,
    sink: &dyn Sink,
    item: &Item,
    options: &Options<'_>,
) -> Result<(Plan, Vec<Descriptor>)> {
    let mut plan = planner::Planner::new(source, item, options.nearby)
        .plan(None)
        .await?;
    plan.settle(sink, item).await?;
    let lacking: Vec<Descriptor> =
        stream::iter(plan.content())
            .map(|content| async move {
                Ok::<_, Error>((!sink.has(&content).await?).then_some(content))
            })
            .buffered(options.parallel.max(1))
            .try_filter_map(|lacking| async move { Ok(lacking) })
            .try_collect()
            .await?;
    Ok((plan, lacking))
}

async fn copy_item(
    source: &dyn Source,
    sink: &dyn Sink,
    item: &Item,
    options: &Options<'_>,
) -> Result<Outcome> {
    let known = match &item.tag {
        Some(tag) if !options.compared => sink.resolve(tag).await?,
        _ => None,
    };
    // The question costs a round trip, so it is asked only where the answer can be yes.
    let same = match &known {
        Some(known) => {
            Some(source.resolve(&item.selector).await?).filter(|now| now.digest == known.digest)
        }
        None => None,
    };
    let mut plan = planner::Planner::new(source, item, options.nearby)
        .plan(same.as_ref())
        .await?;
    // What goes in place of an index is not what the tag points at.
    let goes = plan.manifests.last().map(Manifest::digest);
    let held = match item.tag {
        Some(_) => same.is_some_and(|same| goes == Some(&same.digest)),
        None => options.nearby.is_some(),
    } && !plan.asked_source
        && (options.nearby.is_none() || is_whole(sink, &plan).await?);
    if !held {
        plan.settle(sink, item).await?;
    }
    let blobs = plan.blobs.iter().map(Blob::planned).collect();
    options.observer.observe(&Event::Planned { blobs });
    if held {
        for blob in &plan.blobs {
            blob.tell(options.observer, Step::Exists);
        }
        if let (None, Some(root)) = (&item.tag, plan.manifests.last()) {
            // It may be here by another repository's name only.
            sink.put_manifest(root, None).await?;
        }
        return Ok(Outcome {
            put: plan.root.clone(),
            root: plan.root,
            changed: false,
            reduced: None,
        });
    }
    for layer in &plan.left_out {
        let digest = layer.digest;
        let message = format!("the foreign layer {digest} is not here and is left out");
        options.observer.observe(&Event::Warning { message });
    }
    sink.reserve(&plan.content()).await?;
    move_blobs(source, sink, &plan, options).await?;
    put_manifests(sink, &plan, item, options).await?;
    let put = plan
        .manifests
        .last()
        .map_or(&plan.root, Manifest::descriptor)
        .clone();
    Ok(Outcome {
        root: plan.root,
        put,
        changed: true,
        reduced: plan.reduced,
    })
}

/// Whether a sink that is nearby has the blobs that its manifests owe: somebody may have removed one by hand. A foreign
/// layer need not be there.
async fn is_whole(sink: &dyn Sink, plan: &Plan) -> Result<bool> {
    for blob in &plan.blobs {
        let blob = &blob.descriptor;
        if !blob.media_type.is_foreign_layer() && !sink.has(blob).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn move_blobs(
    source: &dyn Source,
    sink: &dyn Sink,
    plan: &Plan,
    options: &Options<'_>,
) -> Result<()> {
    let lanes = lanes::Lanes::new(options.parallel, options.requests);
    let mover = blob::Mover {
        source,
        sink,
        options,
        lanes: &lanes,
    };
    let order = plan.in_turn().into_iter();
    let (small, large): (Vec<&Blob>, Vec<&Blob>) = order.partition(|blob| blob.is_small());
    let moving = |blobs: Vec<_>, at_once: usize| {
        stream::iter(blobs)
            .map(|blob| mover.move_blob(blob))
            .buffer_unordered(at_once.max(1))
            .try_collect::<()>()
    };
    let all = async {
        tokio::try_join!(
            moving(small, options.requests),
            moving(large, options.parallel)
        )
    };
    tokio::select! {
        done = all => done.map(|_| ()),
        never = lanes.govern() => match never {},
    }
}

async fn put_manifests(
    sink: &dyn Sink,
    plan: &Plan,
    item: &Item,
    options: &Options<'_>,
) -> Result<()> {
    let Some((root, children)) = plan.manifests.split_last() else {
        return Ok(());
    };
    for child in children {
        if !sink.has(child.descriptor()).await? {
            sink.put_manifest(child, None).await?;
            options.observer.observe(&Event::ManifestPut {
                digest: *child.digest(),
                tag: None,
            });
        }
    }
    sink.put_manifest(root, item.tag.as_ref()).await?;
    options.observer.observe(&Event::ManifestPut {
        digest: *root.digest(),
        tag: item.tag.clone(),
    });
    Ok(())
}
