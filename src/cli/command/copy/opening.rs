//! Both ends of a copy opened, by whom and for what they are asked.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::origin::Origin;
use super::target::Target;
use super::{Copy, Done, Options};
use crate::cli::location::{Location, Transport, is_one_file};
use crate::cli::options::credential;
use crate::cli::output;
use crate::cli::render::Direction;
use crate::cli::render::escape::escape;
use crate::cli::report::{Failure, Status, usage};
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
    ) -> Result<Done, Failure> {
        let copy = Self::open(session, options, from, to, pipe).await?;
        let outcome = if options.all_tags {
            copy.all_tags().await
        } else {
            copy.one().await
        };
        copy.progress.finish();
        let status = outcome?;
        let lines = copy
            .lines
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        // An archive is all that was asked for, or what was there before stays.
        let whole = status == Status::SUCCESS && !(copy.to.is_archive() && lines.is_empty());
        if options.dry_run {
            return Ok(Done {
                status,
                lines,
                whole: true,
            });
        }
        if whole {
            let wanted = session.wanted(copy.platforms.first());
            copy.to.finish(&wanted).await?;
        } else if copy.to.is_archive() {
            output::story(&format!("{} was not written", escape(&options.to)));
        }
        Ok(Done {
            status,
            lines: if whole { lines } else { Vec::new() },
            whole,
        })
    }

    async fn open(
        session: &'a Session,
        options: &'a Options,
        from: Location,
        to: Location,
        pipe: Option<Box<dyn Write + Send>>,
    ) -> Result<Self, Failure> {
        apart(&from, &to)?;
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
            lines: Mutex::default(),
        })
    }
}

/// Makes sure that an archive is not written in its own place: what else it holds would be lost.
fn apart(from: &Location, to: &Location) -> Result<(), Failure> {
    let (Location::Place(from), Location::Place(to)) = (from, to) else {
        return Ok(());
    };
    if to.transport.is_file() && is_one_file(&from.path, &to.path) {
        let message = format!(
            "{} is read and cannot be written meanwhile",
            from.path.display()
        );
        return Err(usage(message, Some("copy into another file")).into());
    }
    Ok(())
}
