//! What follows an error of an upload: what a refusal means, where the registry stands, and how to go on.

use super::feed::Sending;
use super::habits::{Habits, Way};
use super::session::{self, Session};
use super::state::{Health, Loss, MAX_FRUITLESS, State};
use super::{Upload, blob, forget};
use crate::error::{Error, Result, Thing};
use crate::registry::answer::Response;
use crate::registry::retry::is_temporary;

/// How often one upload may be refused a token in a row: expiry explains one, a race a second.
const MAX_RENEWALS: u32 = 2;

/// The request of an upload that was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The PUT that carries the blob.
    Whole { carried: u64 },
    /// A PATCH with bytes from there.
    Piece { from: u64, carried: u64 },
    /// The empty PUT at the end.
    Closing,
}

impl Part {
    pub(super) fn of(sending: &Sending) -> Self {
        let carried = sending.end - sending.start;
        if sending.closes {
            return Self::Whole { carried };
        }
        Self::Piece {
            from: sending.start,
            carried,
        }
    }

    fn carried(self) -> u64 {
        match self {
            Self::Whole { carried } | Self::Piece { carried, .. } => carried,
            Self::Closing => 0,
        }
    }
}

impl Upload {
    pub(super) fn renewed(&self, state: &mut State) -> Error {
        state.renewals += 1;
        if state.renewals <= MAX_RENEWALS {
            return self.broke("the token was not accepted any more; it has been renewed");
        }
        let wanted = self.repository.push();
        Error::Denied {
            host: self.server.host.clone(),
            what: wanted.to_string(),
            with_credentials: self.server.auth.has_credentials(&wanted),
            answer: None,
        }
    }

    /// The error of a request that ended before all of its body was sent.
    pub(super) async fn ended_early(&self, state: &mut State) -> Error {
        let Some(mut sending) = state.sending.take() else {
            return self.broke("nothing is being sent");
        };
        match sending.answer().await {
            Ok(None) => self.renewed(state),
            Ok(Some(answer)) if answer.is_success() => {
                self.broke("the registry answered before it had everything")
            }
            Ok(Some(answer)) => {
                if is_temporary(answer.status()) {
                    state.note_cut(&sending);
                }
                self.refused(state, &Part::of(&sending), answer).await
            }
            Err(error) => {
                state.note_cut(&sending);
                error
            }
        }
    }

    /// What a refused request means: another way to send, another upload, or the end.
    pub(super) async fn refused(&self, state: &mut State, part: &Part, answer: Response) -> Error {
        let habits = &self.server.uploads;
        let status = answer.status();
        let least = state.session.as_ref().map_or(0, |session| session.least);
        let reason = match (status, *part) {
            (307 | 308, _) => match session::redirected(&self.server, &answer) {
                Ok(target) => {
                    if let Some(session) = &mut state.session {
                        session.redirected = Some(target);
                    }
                    "the upload is redirected"
                }
                Err(error) => return error,
            },
            (416, part) => {
                if let Part::Piece { from, carried } = part {
                    state.unsatisfied = Some((from, carried));
                }
                "the registry stands somewhere else in the upload"
            }
            // What was refused as too large cannot go on in the same upload everywhere.
            (413, part) if habits.too_large(part.carried(), least) => {
                state.lose(Loss::Lesson);
                "the registry takes smaller pieces only"
            }
            (405 | 411 | 415 | 500 | 501, Part::Whole { .. }) if habits.takes_patch_only() => {
                "the registry does not take a blob in one PUT; sending it by PATCH"
            }
            (status, part) if refuses_pieces(status, part, state) && habits.takes_put_only() => {
                state.lose(Loss::Lesson);
                "the registry does not take pieces; sending the blob in one PUT"
            }
            (404, _) => {
                state.lose(Loss::Fruitless);
                "the registry forgot the upload"
            }
            (400, _) if state.fruitless + 1 < MAX_FRUITLESS => {
                state.lose(Loss::Fruitless);
                "the registry does not accept the upload; beginning another one"
            }
            _ => {
                let name = self.blob.digest.to_string();
                return answer
                    .fail(self.repository.transport(), Thing::Blob, name)
                    .await;
            }
        };
        tracing::debug!(status, reason, digest = %self.blob.digest, "upload refused");
        self.broke(&format!("answered {status}: {reason}"))
    }

    /// Finds out where the registry stands and goes back there.
    pub(super) async fn recover(&self, state: &mut State) -> Result<()> {
        state.sending = None;
        if state.sent == self.blob.size && blob::has(&self.repository, &self.blob).await? {
            self.done(state).await;
            return Ok(());
        }
        self.may_go_on(state).await?;
        let known = match state.session.clone() {
            Some(session) if session.redirected.is_some() => {
                state.idle += 1;
                Some(session)
            }
            Some(session) => {
                // Kept while it is asked about: an error now says nothing about it.
                let asked = session.ask(&self.repository, self.blob.size).await?;
                state.learn(&self.server.uploads, asked.as_ref());
                self.may_go_on(state).await?;
                asked
            }
            None => None,
        };
        let session = if let Some(session) = known {
            session
        } else {
            forget(state).await;
            Session::begin(&self.repository, &self.blob).await?
        };
        tracing::debug!(digest = %self.blob.digest, has = session.has, "taking the upload up again");
        state.rewind(&self.blob, session.has);
        state.way = self.server.uploads.way(self.blob.size, session.least);
        state.session = Some(session);
        state.health = Health::Fine;
        self.keep(state).await;
        Ok(())
    }

    /// The end of all patience. A transfer counts what was written as progress, and what was written for nothing looks
    /// like that too; here is known what the registry really got.
    async fn may_go_on(&self, state: &mut State) -> Result<()> {
        if state.fruitless >= MAX_FRUITLESS {
            forget(state).await;
            // distribution forgets an upload whose request was cut, so this is the network's fault more often.
            return Err(self.broke(&format!(
                "the registry forgot {MAX_FRUITLESS} uploads of it after they broke off"
            )));
        }
        if state.idle > self.repository.client.config().retries {
            if state.furthest == state.had {
                // The next run would fare no better with it.
                forget(state).await;
            }
            return Err(self.broke(&format!(
                "in {} tries nothing more of it arrived; the last ended so: {}",
                state.idle, state.last_error
            )));
        }
        Ok(())
    }
}

impl State {
    /// Takes note of what the registry has of the upload after an error, `None` when it has forgotten it. Where nothing
    /// more came of a request that was too large or was cut, the next ones are smaller, as long as they can be.
    fn learn(&mut self, habits: &Habits, asked: Option<&Session>) {
        let least = self.session.as_ref().map_or(0, |session| session.least);
        let (cut, unsatisfied) = (self.cut.take(), self.unsatisfied.take());
        let before = self.furthest;
        let lesson = |stands: Option<u64>| {
            // GitHub's registry refuses pieces of more than 4 MiB with 416, standing where they begin.
            unsatisfied.is_some_and(|(from, carried)| {
                stands == Some(from) && habits.too_large(carried, least)
            }) || cut.is_some_and(|(carried, passed)| habits.was_cut(carried, passed, least))
        };
        match asked {
            Some(session) => {
                self.advance(session.has);
                if self.furthest == before && !lesson(Some(session.has)) {
                    self.idle += 1;
                }
            }
            None if lesson(None) => self.lose(Loss::Lesson),
            None => self.lose(Loss::Fruitless),
        }
    }
}

/// Whether a refusal is of pieces as such: the method, or the second piece after the first was taken.
fn refuses_pieces(status: u16, part: Part, state: &State) -> bool {
    let Part::Piece { from, .. } = part else {
        return false;
    };
    let second = from > 0 && from == state.furthest && state.cut.is_none();
    let chosen = matches!(state.way, Way::Patch(_));
    match status {
        405 | 411 | 415 | 501 => true,
        400 | 404 => chosen && second,
        _ => false,
    }
}
