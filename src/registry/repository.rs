//! One repository: the API put in terms of the two traits.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use url::Url;

use super::auth::Scopes;
use super::endpoint::Server;
use super::foreign::Outside;
use super::mirror::{self, Place, Readings};
use super::transport::Transport;
use super::{Client, blob, list, manifest, referrers, upload};
use crate::config::Route;
use crate::error::{Error, Result};
use crate::oci::{self, Descriptor, Digest, Manifest, Name, Selector, Tag};
use crate::store::{BlobStream, BlobWriter, Sink, Source};

/// One repository on one registry.
#[derive(Clone)]
pub struct Repository {
    pub(super) client: Client,
    pub(super) name: Name,
    /// Uploads that a refused mount has begun, to be used by [`Sink::begin`].
    pub(super) begun: Arc<Mutex<HashMap<Digest, Url>>>,
    /// Blobs that are here, as far as this run knows: many tags share most of theirs, and each is asked about once.
    pub(super) held: Arc<Mutex<HashSet<Digest>>>,
    /// Where foreign layers may be fetched from the addresses they list: what is known of those.
    pub(super) outside: Option<Arc<Outside>>,
    /// Whether a foreign layer that it lacks is left out of a copy, instead of being an error.
    pub(super) leaves_out: bool,
    /// Where it is asked, if not at the registry.
    pub(super) place: Option<Arc<Place>>,
    pub(super) route: Arc<OnceLock<Route>>,
    pub(super) readings: Arc<Readings>,
}

impl Repository {
    /// The same repository, whose foreign layers are fetched from the addresses their image lists where the registry
    /// does not have them: without credentials, over http and https alone, and verified like any blob.
    #[must_use]
    pub fn with_foreign_layers(self) -> Self {
        Self {
            outside: Some(Arc::default()),
            ..self
        }
    }

    /// The same repository, which offers a foreign layer only if it has it: for a copy to where it is not owed either.
    #[must_use]
    pub fn without_absent_layers(self) -> Self {
        Self {
            leaves_out: true,
            ..self
        }
    }

    /// All tags, for whoever is about to delete: what is listed and is no tag is an error, since nobody knows what it keeps.
    ///
    /// # Errors
    /// `Malformed` for that; as [`Source::tags`].
    pub async fn tags_for_certain(&self) -> Result<Vec<Tag>> {
        let listed = list::tags(&self.last_place()?).await?;
        match listed.other {
            None => Ok(listed.tags),
            Some(other) => Err(Error::Malformed {
                doing: format!("the list of tags of {}", self.name.familiar()),
                reason: format!(
                    "it has {other:?}, which is none, and what that needs is not known"
                ),
            }),
        }
    }

    /// What a tag points at now, for whoever is about to delete: by the registry itself, and not absent before a GET says
    /// so too, since some registries know no HEAD (distribution-spec, "Checking if content exists in the registry").
    ///
    /// # Errors
    /// As [`Source::resolve`], but for what is absent.
    pub async fn now(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        let at = Selector::Tag(tag.clone());
        match manifest::head(self, &at, self.push()).await? {
            manifest::Head::Known(found) => Ok(Some(*found)),
            manifest::Head::Vague | manifest::Head::Absent => self.got(&at).await,
        }
    }

    /// What a GET says that `at` points at, for whoever may write here.
    async fn got(&self, at: &Selector) -> Result<Option<Descriptor>> {
        match manifest::get(self, at, self.push()).await {
            Ok(manifest) => Ok(Some(manifest.descriptor().clone())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Its name, with the registry.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Deletes a manifest, or the tag alone when `at` is one and the registry can do that.
    ///
    /// # Errors
    /// `NotFound`; `Denied`; `Unsupported` when the registry deletes nothing.
    pub async fn delete(&self, at: &Selector) -> Result<()> {
        manifest::delete(self, at).await
    }

    pub(super) async fn server(&self) -> Result<Arc<Server>> {
        if let Some(place) = &self.place {
            return place.server(&self.client).await;
        }
        self.allowed()?;
        self.client.server(&self.name.host).await
    }

    /// Its path on the server.
    pub(super) fn path(&self) -> &oci::Repository {
        let place = self.place.as_ref();
        place.map_or(&self.name.repository, |place| &place.repository)
    }

    /// A URL of this repository: `rest` follows the name.
    pub(super) fn url(&self, server: &Server, rest: &str) -> Url {
        let mut url = server.url(&format!("/v2/{}/{rest}", self.path()));
        if let Some(registry) = self.place.as_ref().and_then(|it| it.namespace.as_ref()) {
            url.query_pairs_mut().append_pair("ns", registry.as_str());
        }
        url
    }

    pub(super) fn transport(&self) -> &Transport {
        self.client.transport()
    }

    pub(super) fn pull(&self) -> Scopes {
        Scopes::pull(self.path())
    }

    pub(super) fn push(&self) -> Scopes {
        Scopes::push(&self.name.repository)
    }

    pub(super) fn held(&self) -> std::sync::MutexGuard<'_, HashSet<Digest>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begun(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Url>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Source for Repository {
    async fn resolve(&self, at: &Selector) -> Result<Descriptor> {
        self.find(
            at,
            |there| async move { manifest::resolve(&there, at).await },
        )
        .await
    }

    async fn manifest(&self, at: &Selector) -> Result<Manifest> {
        let get = |there: Self| async move { manifest::get(&there, at, there.pull()).await };
        self.find(at, get).await
    }

    async fn blob(&self, blob: &Descriptor, range: Range<u64>) -> Result<BlobStream> {
        mirror::blob(self, blob, range).await
    }

    fn doubt(&self, blob: &Descriptor) -> bool {
        mirror::doubt(self, blob)
    }

    async fn offers(&self, foreign: &Descriptor) -> Result<bool> {
        Ok(!self.leaves_out || blob::has(self, foreign).await?)
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        Ok(list::tags(&self.last_place()?).await?.tags)
    }

    async fn referrers(&self, of: &Digest) -> Result<Vec<Descriptor>> {
        referrers::list(&self.last_place()?, of).await
    }

    /// A registry does not tell where else its blobs are; here it has what is read from here.
    async fn origins(&self, _: &Descriptor) -> Vec<Name> {
        vec![self.name.clone()]
    }
}

#[async_trait]
impl Sink for Repository {
    async fn resolve(&self, tag: &Tag) -> Result<Option<Descriptor>> {
        let at = Selector::Tag(tag.clone());
        match manifest::head(self, &at, self.push()).await? {
            manifest::Head::Known(found) => Ok(Some(*found)),
            manifest::Head::Absent => Ok(None),
            manifest::Head::Vague => self.got(&at).await,
        }
    }

    async fn has(&self, what: &Descriptor) -> Result<bool> {
        if what.media_type.is_manifest() {
            return manifest::has(self, what).await;
        }
        if self.held().contains(&what.digest) {
            return Ok(true);
        }
        let has = blob::has(self, what).await?;
        if has {
            self.held().insert(what.digest);
        }
        Ok(has)
    }

    async fn mount(&self, blob: &Descriptor, from: &[Name]) -> Result<Option<Name>> {
        let mounted = upload::mount(self, blob, from).await?;
        if mounted.is_some() {
            self.held().insert(blob.digest);
        }
        Ok(mounted)
    }

    async fn begin(&self, blob: &Descriptor) -> Result<Box<dyn BlobWriter>> {
        Ok(Box::new(upload::Upload::begin(self, blob).await?))
    }

    async fn put_manifest(&self, manifest: &Manifest, tag: Option<&Tag>) -> Result<()> {
        let listed = manifest::put(self, manifest, tag).await?;
        match manifest.subject() {
            Some(subject) if !listed => referrers::add(self, &subject.digest, manifest).await,
            _ => Ok(()),
        }
    }
}
