//! `rmi`: takes names off local images, and removes images that have none left.

use std::collections::HashSet;

use clap::Args;

use super::tag::no_such_image;
use crate::cli::location::Location;
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::report::{Failure, Outcome, Status, Tally};
use crate::cli::session::Session;
use crate::error::{Error, Result};
use crate::store::layout::{Layout, Removed};

/// The exit code of what is not here.
const NOT_FOUND: u8 = 3;

/// Remove images from the local store
#[derive(Args)]
#[command(after_help = "Examples:
  {program} rmi debian:12
  {program} rmi -f 4f2e7a1c9d10          all names of an image, and the image

What another image still uses stays.")]
pub(crate) struct Options {
    /// Images, by name or ID
    #[arg(value_name = "IMAGE", value_parser = Location::stored, required = true)]
    images: Vec<String>,

    /// Remove an image by ID although several repositories name it
    #[arg(short, long)]
    force: bool,

    /// Accepted for docker's sake: there are no untagged parents here
    #[arg(long, hide = true)]
    no_prune: bool,
}

/// Removes one after the other; a failing one does not keep the others from being removed.
pub(crate) fn run(session: &Session, options: &Options) -> Outcome {
    let layout = session.layout_there()?;
    let mut tally = Tally::default();
    let mut named = HashSet::new();
    // `rmi $(images -q)` names an image once for each of its tags.
    for image in options.images.iter().filter(|image| named.insert(*image)) {
        match remove(&layout, image, options.force, &session.program) {
            // As docker has it: what should be gone by all means and is not here is no failure.
            Err(failure) if options.force && failure.exit_code() == NOT_FOUND => {
                failure.print(&session.program);
            }
            outcome => tally.note(outcome.map(|()| Status::SUCCESS), &session.program),
        }
    }
    Ok(tally.status())
}

fn remove(layout: &Layout, image: &str, force: bool, program: &str) -> Result<(), Failure> {
    let removed = layout.remove(image, force).map_err(|error| {
        let in_the_way = matches!(error, Error::Conflict { .. });
        let failure = no_such_image(error);
        if in_the_way {
            failure.hinting(format!(
                "`{program} rmi -f {image}` takes all its names off and removes it"
            ))
        } else {
            failure
        }
    })?;
    for step in removed {
        output::line(&told(&step, "Deleted"))?;
    }
    Ok(())
}

/// A step of a removal as a line, of content that is called `deleted`.
pub(super) fn told(step: &Removed, deleted: &str) -> String {
    match step {
        Removed::Untagged(reference) => format!("Untagged: {}", reference.familiar()),
        Removed::Unnamed(name) => format!("Untagged: {}", escape(name)),
        Removed::Deleted(digest) => format!("{deleted}: {digest}"),
    }
}
