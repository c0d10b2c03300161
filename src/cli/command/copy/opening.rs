//! Both ends of a copy opened, by whom and for what they are asked.

use std::io::Write;

use super::origin::Origin;
use super::target::Target;
use super::{Copy, Options};
use crate::cli::location::{Location, Transport};
use crate::cli::options::credential;
use crate::cli::render::Direction;
use crate::cli::report::{Failure, Outcome};
use crate::cli::session::Session;
use crate::oci::Reference;
use crate::registry::WhenBroken;

impl<'a> Copy<'a> {
    /// Opens both places, copies what is wanted, and ends an archive that was written.
    pub(super) async fn run(
        session: &'a Session,
        options: &'a Options,
        from: Location,
        to: Location,
        pipe: Option<Box<dyn Write + Send>>,
    ) -> Outcome {
        let copy = Self::open(session, options, from, to, pipe).await?;
        let outcome = if options.all_tags {
            copy.all_tags().await
        } else {
            copy.one().await
        };
        copy.progress.finish();
        let status = outcome?;
        if !options.dry_run {
            copy.to
                .finish(&session.wanted(copy.platforms.first()))
                .await?;
        }
        Ok(status)
    }

    async fn open(
        session: &'a Session,
        options: &'a Options,
        from: Location,
        to: Location,
        pipe: Option<Box<dyn Write + Send>>,
    ) -> Result<Self, Failure> {
        let progress = session.progress(Direction::Copy, options.quiet);
        // Docker's daemon holds one image a name.
        let single =
            matches!(&to, Location::Place(place) if place.transport == Transport::DockerDaemon);
        let platforms = match &options.platform[..] {
            [] if single => vec![session.wanted(None)],
            chosen => chosen.to_vec(),
        };
        let writer = match &options.dest_creds {
            Some(secret) => session.client_as(credential(secret)?, progress.clone()),
            None => session.client(WhenBroken::Fail, progress.clone()),
        };
        let host = match &to {
            Location::Remote(target) => Some(target.name.host.clone()),
            Location::Local(_) | Location::Place(_) => None,
        };
        // A foreign layer that the source lacks stays where its image says; only the local store would lack something.
        let owes_all = matches!(to, Location::Local(_));
        let reader = |reference: &Reference| {
            let client = match &options.src_creds {
                Some(secret) => session.client_as(credential(secret)?, progress.clone()),
                // One client, so that connections and tokens are shared.
                None if host.as_ref() == Some(&reference.name.host) => writer.clone(),
                None => session.client(WhenBroken::Warn, progress.clone()),
            };
            let repository = client.repository(&reference.name);
            Ok(if owes_all {
                repository
            } else {
                repository.without_absent_layers()
            })
        };
        let from = Origin::open(session, from, options, reader).await?;
        let to = match to {
            Location::Remote(reference) => Target::registry(reference, options, &writer)?,
            Location::Local(text) => Target::store(session, &text, options, progress.clone())?,
            Location::Place(place) => Target::place(place, options, progress.clone(), pipe).await?,
        };
        Ok(Self {
            session,
            options,
            from,
            to,
            platforms,
            progress,
        })
    }
}
