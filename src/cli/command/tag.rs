//! `tag`: another name for a local image. Silent when it worked, as in docker.

use clap::Args;

use crate::cli::location::Location;
use crate::cli::report::{Doing, Failure, Outcome, Status, usage};
use crate::cli::session::Session;
use crate::error::{Error, Result, Thing};
use crate::oci::Reference;
use crate::store::layout::LocalImage;

/// Give a local image another name
#[derive(Args)]
#[command(after_help = "Examples:
  {program} tag debian:12 registry.example:5000/debian:12
  {program} tag 4f2e7a1c9d10 team/app:v2")]
pub(crate) struct Options {
    /// The image, by name or ID
    #[arg(value_name = "SOURCE_IMAGE[:TAG]", value_parser = Location::stored)]
    source: String,

    /// Its new name
    #[arg(value_name = "TARGET_IMAGE[:TAG]", value_parser = Location::stored)]
    target: String,
}

/// Points the target at the source.
pub(crate) fn run(session: &Session, options: &Options) -> Outcome {
    let target: Reference = options.target.parse::<Reference>()?.or_latest();
    if target.digest.is_some() {
        return Err(usage("refusing to create a tag with a digest reference", None).into());
    }
    let layout = session.layout_there()?;
    let image = layout
        .find(&options.source, &session.wanted(None))
        .map_err(no_such_image)?;
    layout
        .tag(&image.root, &target)
        .doing(format!("cannot tag {}", target.familiar()))?;
    Ok(Status::SUCCESS)
}

/// The name that a local image goes by which `text` found: that one where it is a tag, else any that it has.
///
/// # Errors
/// `Usage` when it has none.
pub(crate) fn named(image: &LocalImage, text: &str) -> Result<Reference> {
    let typed = text.parse::<Reference>().ok().map(Reference::or_latest);
    let typed = typed.filter(|typed| image.tags.contains(typed));
    let mut all = image.tags.iter().chain(&image.digests).cloned();
    typed.or_else(|| all.next()).ok_or_else(|| {
        let message = format!("{text} has no name in the local store");
        usage(message, Some("give it one with `tag`"))
    })
}

/// Docker's words for a local image that is not there.
pub(crate) fn no_such_image(error: Error) -> Failure {
    let said = match &error {
        Error::NotFound {
            what: Thing::Image,
            name,
            ..
        } => Some(format!("No such image: {name}")),
        _ => None,
    };
    let failure = Failure::from(error);
    match said {
        Some(said) => failure.saying(said),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_image_exits_with_three_and_others_keep_their_words() {
        let missing = Error::NotFound {
            what: Thing::Image,
            name: "nosuch:latest".to_owned(),
            answer: None,
        };
        assert_eq!(no_such_image(missing).exit_code(), 3);
        assert_eq!(no_such_image(Error::Machine("x".to_owned())).exit_code(), 7);
    }
}
