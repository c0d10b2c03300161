//! A tar of images being written, as a sink.
//!
//! What is written is a layout and docker's archive in one: `oci-layout`, `index.json` and `blobs/`, and a
//! `manifest.json` whose config and layers are those blobs. docker, podman, containerd and skopeo all take it.
//!
//! Members lie in the tar in the order of the plan, so that the same images make the same bytes, each with the room its
//! size needs. In a file the blobs are written side by side; into a pipe one goes after the other, and nothing can be
//! written again there. A file gets its name when it is complete.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::docker::Item;
use super::sink::At;
use super::{INDEX, LAYOUT, MANIFEST, Unfinished, blob_name};
use crate::error::{Error, Result};
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Name, Platform, Reference};
use crate::store::listed::EntryName;
use crate::store::partial::on_blocking_pool;
use crate::store::tar::{BLOCK, padding};
use crate::store::{Sink, disk};

/// A block of zeros.
const ZEROS: [u8; 512] = [0; 512];

/// What an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An OCI layout.
    Layout,
    /// That, with docker's list of the same blobs.
    Both,
}

/// An archive being written. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    /// Where it goes, for errors.
    path: PathBuf,
    form: Form,
    pub(super) out: Out,
    /// Who may write; one at a time into a pipe.
    turns: Arc<Semaphore>,
    /// The blobs that the plan has next, in its order.
    order: watch::Sender<VecDeque<Digest>>,
    state: Mutex<State>,
}

pub(super) enum Out {
    /// A file that is private until it is complete.
    File(Arc<File>, Mutex<Option<Unfinished>>),
    Pipe(Arc<Mutex<Box<dyn Write + Send>>>),
}

#[derive(Default)]
pub(super) struct State {
    /// Where the next member begins.
    end: u64,
    /// Blobs that are complete, here or where the archive goes.
    pub(super) held: HashSet<Digest>,
    pub(super) manifests: HashMap<Digest, Manifest>,
    listed: Vec<(Descriptor, Option<EntryName>)>,
}

impl Writer {
    /// An archive that will be the file at `path`. Blocks.
    ///
    /// # Errors
    /// `Io`.
    pub fn file(path: &Path, form: Form) -> Result<Self> {
        let (file, unfinished) = Unfinished::begin(path)?;
        let out = Out::File(Arc::new(file), Mutex::new(Some(unfinished)));
        Ok(Self::new(path, out, Semaphore::MAX_PERMITS, form))
    }

    /// An archive that goes into a pipe, for people called `path`.
    #[must_use]
    pub fn pipe(path: &Path, pipe: Box<dyn Write + Send>, form: Form) -> Self {
        Self::new(path, Out::Pipe(Arc::new(Mutex::new(pipe))), 1, form)
    }

    fn new(path: &Path, out: Out, turns: usize, form: Form) -> Self {
        let inner = Inner {
            path: path.to_owned(),
            form,
            out,
            turns: Arc::new(Semaphore::new(turns)),
            order: watch::Sender::default(),
            state: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Leaves out blobs that the reader is known to have.
    pub fn leave_out(&self, digests: impl IntoIterator<Item = Digest>) {
        self.inner.state().held.extend(digests);
    }

    /// The sink of one repository in it.
    #[must_use]
    pub fn at(&self, name: &Name) -> impl Sink + use<> {
        At::new(self.inner.clone(), name)
    }

    /// Lists an image that was put, with a name or without.
    pub fn list(&self, root: &Descriptor, name: Option<EntryName>) {
        self.inner.list(root, name);
    }

    /// Whether docker's list would be empty: readers of that would see none of what is listed.
    ///
    /// # Errors
    /// None that is known of.
    pub fn hides_all(&self, wanted: &Platform) -> Result<bool> {
        let (_, _, hidden) = self.inner.lists(wanted)?;
        Ok(!hidden.is_empty() && hidden.len() == self.inner.state().listed.len())
    }

    /// Writes the lists of images and ends the archive; `wanted` is the platform that readers of docker's list get. Says
    /// which listed images those readers will not see.
    ///
    /// # Errors
    /// `Io`. The file then does not appear.
    pub async fn seal(self, wanted: &Platform) -> Result<Vec<Descriptor>> {
        let (index, docker, hidden) = self.inner.lists(wanted)?;
        let version = json!({"imageLayoutVersion": "1.0.0"}).to_string();
        self.inner.append(LAYOUT, version).await?;
        self.inner.append(INDEX, index).await?;
        if self.inner.form == Form::Both {
            self.inner.append(MANIFEST, docker).await?;
        }
        let inner = self.inner;
        on_blocking_pool(move || inner.end()).await?;
        Ok(hidden)
    }
}

impl Inner {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn list(&self, root: &Descriptor, name: Option<EntryName>) {
        let mut state = self.state();
        let entry = (root.clone(), name);
        if !state.listed.contains(&entry) {
            state.listed.push(entry);
        }
    }

    /// Makes room for a member and says where its bytes go. Blocks.
    fn allot(&self, name: &str, size: u64) -> Result<u64> {
        let header = header(name, size).map_err(Error::io("cannot write", &self.path))?;
        let at = {
            let mut state = self.state();
            let at = state.end;
            state.end = at + header.len() as u64 + size.next_multiple_of(BLOCK);
            at
        };
        self.write(&header, at)?;
        Ok(at + header.len() as u64)
    }

    pub(super) fn write(&self, bytes: &[u8], at: u64) -> Result<()> {
        match &self.out {
            Out::File(file, _) => disk::write_at(file, bytes, at),
            Out::Pipe(pipe) => {
                let mut pipe = pipe.lock().unwrap_or_else(PoisonError::into_inner);
                pipe.write_all(bytes)
            }
        }
        .map_err(Error::io("cannot write", &self.path))
    }

    /// Fills up the last block of a member. Blocks.
    pub(super) fn fill(&self, at: u64, size: u64) -> Result<()> {
        let rest = usize::try_from(padding(size)).unwrap_or_default();
        self.write(&ZEROS[..rest], at + size)
    }

    /// Writes a whole small member.
    pub(super) async fn append(
        self: &Arc<Self>,
        name: impl Into<String>,
        bytes: impl Into<Bytes>,
    ) -> Result<()> {
        let _turn = self.turn().await?;
        let (inner, name, bytes) = (self.clone(), name.into(), bytes.into());
        on_blocking_pool(move || {
            let at = inner.allot(&name, bytes.len() as u64)?;
            inner.write(&bytes, at)?;
            inner.fill(at, bytes.len() as u64)
        })
        .await
    }

    /// Takes note of the blobs that come next, and in which order.
    pub(super) fn expect(&self, blobs: &[Descriptor]) {
        let state = self.state();
        let next = blobs.iter().map(|blob| blob.digest);
        let next = next.filter(|digest| !state.held.contains(digest)).collect();
        self.order.send_replace(next);
    }

    /// Makes room for a blob when those before it have theirs, and says where its bytes go. The turn is to be held until
    /// it is complete.
    pub(super) async fn begin(
        self: &Arc<Self>,
        blob: &Descriptor,
    ) -> Result<(u64, OwnedSemaphorePermit)> {
        let (digest, size) = (blob.digest, blob.size);
        let mut order = self.order.subscribe();
        let is_next = |order: &VecDeque<Digest>| match order.front() {
            Some(next) => *next == digest || !order.contains(&digest),
            None => true,
        };
        // The sender is in `self`: it outlives the wait.
        drop(order.wait_for(is_next).await);
        let turn = self.turn().await?;
        let inner = self.clone();
        let at = on_blocking_pool(move || inner.allot(&blob_name(&digest), size)).await?;
        self.order.send_modify(|order| {
            if order.front() == Some(&digest) {
                order.pop_front();
            }
        });
        Ok((at, turn))
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let turn = self.turns.clone().acquire_owned().await;
        turn.map_err(|_| Error::Machine("the archive was closed".to_owned()))
    }

    /// `index.json`, `manifest.json`, and what only the first lists.
    fn lists(&self, wanted: &Platform) -> Result<(String, String, Vec<Descriptor>)> {
        let state = self.state();
        let mut entries = Vec::new();
        let mut items: Vec<(Digest, Item)> = Vec::new();
        let mut hidden = Vec::new();
        for (root, name) in &state.listed {
            let mut entry = Descriptor::new(root.media_type.clone(), root.digest, root.size);
            entry.annotations = name.as_ref().map(EntryName::annotations);
            entries.push(entry);
            let Some((digest, item)) = state.item(root, wanted) else {
                hidden.push(root.clone());
                continue;
            };
            let full = name.iter().filter_map(|name| name.full.as_ref());
            let tagged = full.filter(|full| full.tag.is_some());
            let names = tagged.map(Reference::to_string);
            let known = items.iter().position(|(other, _)| *other == digest);
            let at = known.unwrap_or(items.len());
            if known.is_none() {
                items.push((digest, item));
            }
            items[at].1.repo_tags.get_or_insert_default().extend(names);
        }
        let index = json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_INDEX.as_str(),
            "manifests": entries,
        });
        let items: Vec<Item> = items.into_iter().map(|(_, item)| item).collect();
        let docker = serde_json::to_string(&items)
            .map_err(|error| Error::Machine(format!("cannot write {MANIFEST}: {error}")))?;
        Ok((index.to_string(), docker, hidden))
    }

    /// Ends the tar and gives the file its name. Blocks.
    fn end(&self) -> Result<()> {
        let end = self.state().end;
        self.write(&[ZEROS, ZEROS].concat(), end)?;
        match &self.out {
            Out::Pipe(pipe) => {
                let mut pipe = pipe.lock().unwrap_or_else(PoisonError::into_inner);
                pipe.flush().map_err(Error::io("cannot write", &self.path))
            }
            Out::File(file, unfinished) => {
                let mut unfinished = unfinished.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(unfinished) = unfinished.take() else {
                    return Ok(());
                };
                unfinished.publish(file)
            }
        }
    }
}

impl State {
    /// The image for `wanted` at or below `at`, else the only one there is.
    fn image(&self, at: &Digest, wanted: &Platform, depth: usize) -> Option<&Manifest> {
        let manifest = self.manifests.get(at)?;
        let Some(index) = manifest.index() else {
            return Some(manifest);
        };
        if depth == MAX_INDEX_DEPTH {
            return None;
        }
        let here: Vec<Descriptor> = index
            .manifests
            .iter()
            .filter(|entry| self.manifests.contains_key(&entry.digest))
            .filter(|entry| !entry.is_attestation())
            .cloned()
            .collect();
        let candidates = match &here[..] {
            [only] => vec![only],
            several => wanted.candidates(several),
        };
        let mut candidates = candidates.into_iter();
        candidates.find_map(|entry| self.image(&entry.digest, wanted, depth + 1))
    }

    /// What docker's list says of `root`: the image for `wanted`, else the only one there is, if it has all its layers.
    fn item(&self, root: &Descriptor, wanted: &Platform) -> Option<(Digest, Item)> {
        let manifest = self.image(&root.digest, wanted, 0)?;
        let image = manifest.image().filter(|image| image.has_files())?;
        // Without a layer (a foreign one that is not here) readers of docker's list refuse all of it.
        let absent = |layer: &Descriptor| !self.held.contains(&layer.digest);
        if image.layers.iter().any(absent) {
            return None;
        }
        let item = Item {
            config: blob_name(&image.config.digest),
            repo_tags: None,
            layers: image
                .layers
                .iter()
                .map(|layer| blob_name(&layer.digest))
                .collect(),
        };
        Some((*manifest.digest(), item))
    }
}

/// The header of a member; for a long name, with the member before it that has the name.
fn header(name: &str, size: u64) -> std::io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_data(&mut header, name, std::io::empty())?;
    let bytes = std::mem::take(builder.get_mut());
    drop(builder); // its end of the archive goes nowhere
    Ok(bytes)
}
