//! Where a copy comes from: what was written on the command line, open, and which images of it are meant.

use super::Options;
use crate::cli::command::tag::{named, no_such_image};
use crate::cli::location::Location;
use crate::cli::place::Listing;
use crate::cli::report::{Failure, usage};
use crate::cli::session::Session;
use crate::error::Result;
use crate::oci::{Name, Reference, Selector, Tag};
use crate::registry::Repository;
use crate::store::Source;
use crate::store::layout::Layout;

/// Where images come from.
pub(super) enum Origin {
    /// A repository on its registry.
    Registry {
        source: Box<dyn Source>,
        reference: Reference,
    },
    /// A repository of the local store.
    Store {
        source: Box<dyn Source>,
        layout: Layout,
        reference: Reference,
        /// How it is asked for when that is not by its reference.
        selector: Option<Selector>,
    },
    /// A layout, an archive or a daemon.
    Listing(Listing),
}

/// One image that is meant.
pub(super) struct Image {
    /// What to ask the source for.
    pub(super) selector: Selector,
    /// The repository it is of, where that is known.
    pub(super) repository: Option<Name>,
    /// The tag it has there.
    pub(super) tag: Option<Tag>,
}

impl Origin {
    /// Opens a place; `repository` opens one on its registry, if it is that.
    pub(super) async fn open(
        session: &Session,
        place: Location,
        options: &Options,
        repository: impl FnOnce(&Reference) -> Result<Repository, Failure>,
    ) -> Result<Self, Failure> {
        let origin = match place {
            Location::Remote(reference) => Self::Registry {
                source: Box::new(repository(&reference)?),
                reference,
            },
            Location::Local(text) => Self::local(session, &text, options)?,
            Location::Place(place) => Self::Listing(Listing::open(session, &place).await?),
        };
        let named = match &origin {
            Self::Registry { reference, .. } | Self::Store { reference, .. } => Some(reference),
            Self::Listing(_) => None,
        };
        let one = |name: &Reference| name.tag.is_some() || name.digest.is_some();
        if options.all_tags && named.is_some_and(one) {
            return Err(usage("tag can't be used with --all-tags/-a", None).into());
        }
        Ok(origin)
    }

    fn local(session: &Session, text: &str, options: &Options) -> Result<Self, Failure> {
        let layout = session.layout_there()?;
        if options.all_tags {
            let reference: Reference = text.parse()?;
            return Ok(Self::Store {
                source: Box::new(layout.at(&reference.name)),
                layout,
                reference,
                selector: None,
            });
        }
        let image = layout
            .find(text, &session.wanted(None))
            .map_err(no_such_image)?;
        let reference = named(&image, text)?;
        Ok(Self::Store {
            source: Box::new(layout.whole_for(&reference.name)),
            layout,
            reference,
            selector: Some(Selector::Digest(image.root.digest)),
        })
    }

    /// What is read from.
    pub(super) fn source(&self) -> &dyn Source {
        match self {
            Self::Registry { source, .. } | Self::Store { source, .. } => source.as_ref(),
            Self::Listing(listing) => listing.source.as_ref(),
        }
    }

    /// What the image that is meant is called where it is in no repository, or the one that `selector` asks for.
    pub(super) fn label(&self, selector: Option<&Selector>) -> Option<String> {
        let Self::Listing(listing) = self else {
            return None;
        };
        Some(match selector {
            Some(Selector::Digest(digest)) => format!("{}@{digest}", listing.place.whole()),
            Some(Selector::Tag(tag)) => format!("{}:{tag}", listing.place.whole()),
            None => listing.place.to_string(),
        })
    }

    /// The repository on its registry, if that is what it is.
    pub(super) fn remote(&self) -> Option<&Name> {
        match self {
            Self::Registry { reference, .. } => Some(&reference.name),
            Self::Store { .. } | Self::Listing(_) => None,
        }
    }

    /// The local store, if it is in that.
    pub(super) fn layout(&self) -> Option<&Layout> {
        match self {
            Self::Store { layout, .. } => Some(layout),
            Self::Registry { .. } | Self::Listing(_) => None,
        }
    }

    /// The repository that its images are of, where that is known.
    pub(super) fn repository(&self) -> Option<Name> {
        match self {
            Self::Registry { reference, .. } | Self::Store { reference, .. } => {
                Some(reference.name.clone())
            }
            Self::Listing(listing) => listing.repository(),
        }
    }

    /// The one image that is meant.
    pub(super) fn one(&self) -> Result<Image, Failure> {
        let (reference, selector) = match self {
            Self::Registry { reference, .. } => (reference, None),
            Self::Store {
                reference,
                selector,
                ..
            } => (reference, selector.clone()),
            Self::Listing(listing) => {
                let image = listing.image()?;
                let first = image.references.into_iter().next();
                return Ok(Image {
                    selector: image.selector,
                    repository: first.map(|reference| reference.name),
                    tag: image.tag,
                });
            }
        };
        let asked = || reference.clone().or_latest().selector();
        Ok(Image {
            selector: selector.unwrap_or_else(asked),
            repository: Some(reference.name.clone()),
            tag: reference.tag.clone(),
        })
    }

    /// All images that have a tag.
    pub(super) async fn all(&self) -> Result<Vec<(Selector, Tag)>, Failure> {
        if let Self::Listing(listing) = self {
            return listing.tags();
        }
        let mut tags = self.source().tags().await?;
        tags.sort();
        let by_tag = tags.into_iter();
        Ok(by_tag
            .map(|tag| (Selector::Tag(tag.clone()), tag))
            .collect())
    }
}
