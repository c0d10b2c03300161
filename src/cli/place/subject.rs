//! One image that is looked at, wherever it is.

use super::Listing;
use crate::cli::command::inspect::check_platform;
use crate::cli::command::tag::{named, no_such_image};
use crate::cli::location::Location;
use crate::cli::report::{Doing, Failure};
use crate::cli::session::{Session, blocking};
use crate::oci::{Name, Platform, Reference, Selector};
use crate::store::Source;

/// An image, and where it is.
pub(crate) struct Subject {
    /// Where it is.
    pub(crate) source: Box<dyn Source>,
    /// What to ask for there.
    pub(crate) selector: Selector,
    /// What people call it.
    pub(crate) name: String,
    /// The name it has there, where it has one.
    pub(crate) reference: Option<Reference>,
}

impl Subject {
    /// Finds what `text` names; `doing` says of a name what is being done to it. Whether a registry has it is not asked. An
    /// image of the local store has to be there for `asked`.
    ///
    /// # Errors
    /// `Reference`, `Usage`; `NotFound` and `NoPlatform` for what is here; whatever keeps a place from being opened.
    pub(crate) async fn open(
        session: &Session,
        text: &str,
        asked: Option<&Platform>,
        doing: impl Fn(&str) -> String,
    ) -> Result<Self, Failure> {
        Ok(match text.parse()? {
            Location::Remote(reference) => {
                let reference = reference.or_latest();
                Self {
                    source: Box::new(session.reader().repository(&reference.name)),
                    selector: reference.selector(),
                    name: reference.familiar(),
                    reference: Some(reference),
                }
            }
            Location::Local(text) => Self::local(session, text, asked.cloned()).await?,
            Location::Place(place) => {
                let name = place.to_string();
                let listing = Listing::open(session, &place).await.doing(doing(&name))?;
                let image = listing.image().doing(doing(&name))?;
                Self {
                    source: listing.source,
                    selector: image.selector,
                    name,
                    reference: image.references.into_iter().next(),
                }
            }
        })
    }

    async fn local(
        session: &Session,
        text: String,
        asked: Option<Platform>,
    ) -> Result<Self, Failure> {
        let layout = session.layout_there()?;
        let wanted = session.wanted(asked.as_ref());
        blocking(move || {
            let image = layout.find(&text, &wanted).map_err(no_such_image)?;
            check_platform(&text, &image, asked.as_ref())?;
            let reference = named(&image, &text).ok();
            let repository = reference.as_ref().map(|reference| reference.name.clone());
            let source = layout.whole_for(&repository.unwrap_or_else(Name::stand_in));
            Ok(Self {
                source: Box::new(source),
                selector: Selector::Digest(image.root.digest),
                name: text,
                reference,
            })
        })
        .await
    }

    /// The repository it is of, where that is known.
    pub(crate) fn repository(&self) -> Option<&Name> {
        self.reference.as_ref().map(|reference| &reference.name)
    }
}
