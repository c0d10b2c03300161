//! What the tags of a repository point at, for the commands that show or judge all of them. Tags that share an image
//! cost no more than one.
//!
//! 1. A HEAD for each tag tells its digest. Registries that limit how much is pulled do not count these.
//! 2. Each manifest is fetched by its digest, once.
//! 3. Its config tells what it runs on and when it was made: one more request for each image.
//!
//! What cannot be read leaves a gap, and an error for whoever asked; it does not keep the others from being known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::cli::report::{Doing, Failure, usage};
use crate::error::{Error, Result, Thing};
use crate::oci::descriptor::Annotations;
use crate::oci::manifest::{MAX_INDEX_DEPTH, ManifestError};
use crate::oci::{
    self, Descriptor, Digest, ImageConfig, Index, Manifest, Name, Platform, Reference, Selector,
    Tag, View, config,
};
use crate::registry::Repository;
use crate::store::{Source, read_blob};

/// When something was made, where no config tells (image-spec, annotations).
const CREATED: &str = "org.opencontainers.image.created";

/// What the images are looked at for.
#[derive(Debug, Clone)]
pub(crate) enum Purpose {
    /// To be shown: of an index, the image for this platform.
    Show(Platform),
    /// To be judged: of an index, all images. Asked is the registry itself, since a mirror may not know yet where a tag
    /// went.
    Judge,
}

/// What is known of a manifest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    /// What it runs on; of an index, what its entries say.
    pub(crate) platforms: Vec<Platform>,
    /// Bytes of manifest, config and layers as they are kept and moved, each content once. Of an index, of the image
    /// that is shown.
    pub(crate) size: Option<u64>,
    /// When it was made: by its config, else by its annotations. Of an index, the image that is shown, or the newest.
    pub(crate) created: Option<Timestamp>,
    /// All manifests that it lists, at any depth.
    pub(crate) below: BTreeSet<Digest>,
    /// What it is about.
    pub(crate) subject: Option<Digest>,
    /// What it, or one of those it lists, is about.
    pub(crate) subjects: BTreeSet<Digest>,
    /// Whether `below` is all there is.
    pub(crate) complete: bool,
}

/// An image of which something could not be read.
#[derive(Debug)]
struct Broken {
    /// The rest.
    known: Image,
    /// What went wrong.
    error: Error,
}

/// Where a tag leads.
#[derive(Debug)]
pub(crate) enum Root {
    /// To this manifest.
    At(Box<Descriptor>),
    /// Nowhere any more.
    Gone,
    /// Nobody knows where, and whether to something that lists others.
    Unread {
        /// It may.
        may_list: bool,
    },
}

/// What tags lead to, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The tags, in the order they were asked about.
    pub(crate) roots: Vec<(Tag, Root)>,
    /// What those are.
    pub(crate) images: HashMap<Digest, Arc<Image>>,
    /// What went wrong.
    pub(crate) troubles: Vec<Failure>,
}

/// An image, as far as it could be read.
type Read = Result<Arc<Image>, Box<Broken>>;

/// The images of one repository, read at most once each.
pub(crate) struct Survey {
    repository: Repository,
    purpose: Purpose,
    at_once: usize,
    images: Mutex<HashMap<Digest, Arc<OnceCell<Arc<Image>>>>>,
    /// What could not be read in this reading, and what is known of it: it is not tried again for each that lists it.
    broken: Mutex<HashMap<Digest, Image>>,
}

/// The repository that `text` names, and nothing inside it.
///
/// # Errors
/// `Reference`; `Usage` when it names one image.
pub(crate) fn whole_repository(text: &str) -> Result<Name> {
    let reference: Reference = text.parse()?;
    if reference.tag.is_none() && reference.digest.is_none() {
        return Ok(reference.name);
    }
    let port = |tag: &Tag| tag.as_str().bytes().all(|byte| byte.is_ascii_digit());
    let registry = !text.contains('/') && reference.tag.as_ref().is_some_and(port);
    let hint = if registry {
        "give the repository alone; the repositories of a registry are listed by `catalog`"
    } else {
        "give the repository alone, without tag or digest"
    };
    let message = format!("{} names one image", reference.familiar());
    Err(usage(message, Some(hint)))
}

/// Whether what failed lists nothing for sure: there is no schema 1 index.
fn lists_nothing(error: &Error) -> bool {
    let schema1 = |source: &ManifestError| matches!(source, ManifestError::Schema1);
    matches!(error, Error::Manifest { source, .. } if schema1(source))
}

impl Reading {
    /// Notes what could not be read.
    pub(crate) fn failed(&mut self, what: &str, error: Error) {
        let failed: Result<()> = Err(error);
        let failure = failed.doing(format!("cannot read {what}")).err();
        self.troubles.extend(failure);
    }
}

impl Survey {
    /// A survey that asks `at_once` things at the same time.
    pub(crate) fn new(repository: Repository, purpose: Purpose, at_once: usize) -> Self {
        Self {
            repository,
            purpose,
            at_once,
            images: Mutex::default(),
            broken: Mutex::default(),
        }
    }

    /// The repository.
    pub(crate) fn repository(&self) -> &Repository {
        &self.repository
    }

    /// What a tag points at now; nothing when it is not there any more.
    pub(crate) async fn now(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        if let Purpose::Judge = self.purpose {
            return self.repository.now(tag).await;
        }
        match Source::resolve(&self.repository, &Selector::Tag(tag.clone())).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What `tags` lead to.
    pub(crate) async fn read(&self, tags: Vec<Tag>) -> Reading {
        let name = self.repository.name();
        self.broken().clear();
        let mut reading = Reading::default();
        let mut tagged: BTreeMap<Digest, Vec<Tag>> = BTreeMap::new();
        for (tag, head) in self.heads(tags).await {
            let root = match head {
                Ok(Some(root)) => {
                    tagged.entry(root.digest).or_default().push(tag.clone());
                    Root::At(root.into())
                }
                Ok(None) => Root::Gone,
                Err(error) => {
                    let may_list = !lists_nothing(&error);
                    reading.failed(&name.with_tag(&tag).familiar(), error);
                    Root::Unread { may_list }
                }
            };
            reading.roots.push((tag, root));
        }
        for (digest, read) in self.images(tagged.keys().copied()).await {
            let image = read.unwrap_or_else(|broken| {
                let tags: Vec<&str> = tagged[&digest].iter().map(Tag::as_str).collect();
                let whole = name.with_digest(&digest).familiar();
                reading.failed(&format!("{whole} ({})", tags.join(", ")), broken.error);
                Arc::new(broken.known)
            });
            reading.images.insert(digest, image);
        }
        reading
    }

    /// What each of `tags` points at now, in their order.
    async fn heads(&self, tags: Vec<Tag>) -> Vec<(Tag, Result<Option<Descriptor>>)> {
        stream::iter(tags)
            .map(|tag| async move {
                let now = self.now(&tag).await;
                (tag, now)
            })
            .buffered(self.at_once)
            .collect()
            .await
    }

    /// The images of `digests`.
    async fn images(&self, digests: impl Iterator<Item = Digest>) -> Vec<(Digest, Read)> {
        stream::iter(digests)
            .map(|digest| async move { (digest, self.image(digest, 0).await) })
            .buffered(self.at_once)
            .collect()
            .await
    }

    fn broken(&self) -> MutexGuard<'_, HashMap<Digest, Image>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One image; who asks for it meanwhile waits for the same answer. A failure is kept until the next reading.
    fn image(&self, digest: Digest, depth: usize) -> BoxFuture<'_, Read> {
        async move {
            if let Some(known) = self.broken().get(&digest).cloned() {
                let error = Error::Machine(format!("{digest} could not be read"));
                return Err(Box::new(Broken { known, error }));
            }
            let cell = {
                let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
                images.entry(digest).or_default().clone()
            };
            let fetch = || self.fetch(digest, depth);
            let read: Read = cell.get_or_try_init(fetch).await.cloned();
            if let Err(broken) = &read {
                self.broken().insert(digest, broken.known.clone());
            }
            read
        }
        .boxed()
    }

    async fn fetch(&self, digest: Digest, depth: usize) -> Read {
        let at = Selector::Digest(digest);
        match Source::manifest(&self.repository, &at).await {
            Ok(manifest) => match manifest.view() {
                View::Image(image) => self.single(&manifest, image).await,
                View::Index(index) => self.index(&manifest, index, depth).await,
            },
            Err(error) => {
                let known = Image {
                    complete: lists_nothing(&error),
                    ..Image::default()
                };
                Err(Box::new(Broken { known, error }))
            }
        }
    }

    async fn single(&self, manifest: &Manifest, image: &oci::Image) -> Read {
        let mut known = Image {
            size: Some(size(manifest)),
            created: annotated(image.annotations.as_ref()),
            subject: subject(manifest),
            subjects: subject(manifest).into_iter().collect(),
            complete: true,
            ..Image::default()
        };
        if !image.is_runnable() {
            return Ok(known.into());
        }
        let limit = config::MAX_BYTES as u64;
        let bytes = match read_blob(&self.repository, &image.config, limit).await {
            Ok(bytes) => bytes,
            Err(error) => return Err(Box::new(Broken { known, error })),
        };
        // One that is no config says nothing.
        if let Ok(config) = ImageConfig::parse(&bytes) {
            known.platforms.extend(config.platform());
            let created = config.created.as_deref();
            let created = created.and_then(|created| created.parse().ok());
            // Go's programs that set no time write one of the year 1.
            let created = created.filter(|created: &Timestamp| created.as_second() >= 0);
            known.created = created.or(known.created);
        }
        Ok(known.into())
    }

    async fn index(&self, manifest: &Manifest, index: &Index, depth: usize) -> Read {
        let mut known = Image {
            platforms: index.platforms(),
            below: index.manifests.iter().map(|entry| entry.digest).collect(),
            subject: subject(manifest),
            subjects: subject(manifest).into_iter().collect(),
            complete: true,
            ..Image::default()
        };
        let (mut ages, mut trouble) = (Vec::new(), None);
        let mut seen = BTreeSet::new();
        for entry in self.looked_at(index) {
            if !seen.insert(entry.digest) {
                continue;
            }
            if depth == MAX_INDEX_DEPTH {
                known.complete = false;
                break;
            }
            let read = self.image(entry.digest, depth + 1).await;
            let child = match &read {
                Ok(child) => child.as_ref(),
                // An index may list what its registry never got. An image lists no manifests, whatever it is.
                Err(broken) if self.judges() && is_absent(&broken.error) => {
                    known.complete &= !entry.media_type.is_index();
                    continue;
                }
                Err(broken) => &broken.known,
            };
            known.size = child.size.or(known.size);
            if entry.media_type.is_index() && entry.platform.is_none() {
                let new = |platform: &&Platform| !known.platforms.contains(platform);
                let more: Vec<_> = child.platforms.iter().filter(new).cloned().collect();
                known.platforms.extend(more);
            }
            known.below.extend(&child.below);
            known.subjects.extend(&child.subjects);
            known.complete &= child.complete;
            if !entry.is_attestation() {
                ages.push(child.created);
            }
            if let Err(broken) = read {
                trouble.get_or_insert(broken.error);
            }
        }
        let own = annotated(index.annotations.as_ref());
        // Of several images one that does not tell could be the newest.
        let all_told = ages.iter().all(Option::is_some);
        let newest = ages.into_iter().max().flatten();
        known.created = match own {
            Some(own) => newest.map_or(Some(own), |newest| Some(own.max(newest))),
            None => newest.filter(|_| all_told),
        };
        match trouble {
            Some(error) => Err(Box::new(Broken { known, error })),
            None => Ok(known.into()),
        }
    }

    fn judges(&self) -> bool {
        matches!(self.purpose, Purpose::Judge)
    }

    /// The entries of an index that are read.
    fn looked_at<'a>(&self, index: &'a Index) -> Vec<&'a Descriptor> {
        let entries = index.manifests.iter();
        match &self.purpose {
            Purpose::Show(wanted) => wanted.candidates(&index.manifests),
            // Whatever an entry says it is, it keeps what it lists; only an attestation that is an image lists nothing.
            Purpose::Judge => entries
                .filter(|entry| !(entry.is_attestation() && entry.media_type.is_image()))
                .collect(),
        }
    }
}

/// Whether there is no such manifest; one that lacks its config is there.
fn is_absent(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound {
            what: Thing::Manifest,
            ..
        }
    )
}

/// Bytes of a manifest and of what it points at, each content once.
fn size(manifest: &Manifest) -> u64 {
    let mut counted = BTreeSet::new();
    let children = manifest.children();
    let distinct = children.filter(|child| counted.insert(child.digest));
    manifest.descriptor().size + distinct.map(|child| child.size).sum::<u64>()
}

fn subject(manifest: &Manifest) -> Option<Digest> {
    manifest.subject().map(|subject| subject.digest)
}

fn annotated(annotations: Option<&Annotations>) -> Option<Timestamp> {
    annotations?.get(CREATED)?.as_str()?.parse().ok()
}
