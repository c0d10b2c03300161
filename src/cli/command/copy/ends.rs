//! The two ends of a copy: what was written on the command line, and where it is.

use super::Options;
use crate::cli::command::tag::no_such_image;
use crate::cli::location::Location;
use crate::cli::report::{Failure, usage};
use crate::cli::session::Session;
use crate::oci::{Reference, Selector};
use crate::store::layout::Layout;

/// One end of a copy.
pub(super) struct End {
    pub(super) reference: Reference,
    /// How it is asked for when that is not by its reference.
    selector: Option<Selector>,
    /// The local store, if it is there.
    pub(super) layout: Option<Layout>,
}

impl End {
    pub(super) fn source(
        session: &Session,
        place: Location,
        options: &Options,
    ) -> Result<Self, Failure> {
        let (reference, layout, selector) = match place {
            Location::Remote(reference) => (reference, None, None),
            Location::Local(text) if options.all_tags => {
                (text.parse()?, Some(session.layout()?), None)
            }
            Location::Local(text) => {
                let layout = session.layout()?;
                let image = layout
                    .find(&text, &session.wanted(None))
                    .map_err(no_such_image)?;
                let name = text.parse::<Reference>().ok();
                let named = name
                    .map(Reference::or_latest)
                    .filter(|name| image.tags.contains(name));
                let reference = named.or_else(|| image.tags.first().cloned());
                let reference = reference.or_else(|| image.digests.first().cloned());
                let reference = reference.ok_or_else(|| {
                    usage(
                        format!("{text} has no name in the local store"),
                        Some("give it one with `tag`"),
                    )
                })?;
                let selector = Selector::Digest(image.root.digest);
                (reference, Some(layout), Some(selector))
            }
        };
        if options.all_tags && (reference.tag.is_some() || reference.digest.is_some()) {
            return Err(usage("tag can't be used with --all-tags/-a", None).into());
        }
        Ok(Self {
            reference,
            selector,
            layout,
        })
    }

    pub(super) fn target(
        session: &Session,
        place: Location,
        options: &Options,
    ) -> Result<Self, Failure> {
        let (reference, layout) = match place {
            Location::Remote(reference) => (reference, None),
            Location::Local(text) => (text.parse::<Reference>()?, Some(session.layout()?)),
        };
        if reference.digest.is_some() {
            return Err(usage(
                "cannot copy to a digest reference",
                Some("name the tag it shall have"),
            )
            .into());
        }
        if options.all_tags && reference.tag.is_some() {
            return Err(usage("tag can't be used with --all-tags/-a", None).into());
        }
        Ok(Self {
            reference,
            selector: None,
            layout,
        })
    }

    /// What to ask the source for.
    pub(super) fn selector(&self) -> Selector {
        let selector = self.selector.clone();
        selector.unwrap_or_else(|| self.reference.clone().or_latest().selector())
    }
}
