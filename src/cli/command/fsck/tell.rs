//! What `fsck` prints: one line a problem, what is worth a word, and the sum.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Options;
use super::repair::Repaired;
use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::units;
use crate::cli::render::value::go_json;
use crate::error::Result;
use crate::oci::Name;
use crate::store::layout::{Check, Fault, Findings, Note, Owner, Problem, Subject};

/// Everything there is to tell.
pub(super) struct Telling<'a> {
    pub(super) program: &'a str,
    pub(super) options: &'a Options,
    pub(super) check: &'a Check,
    pub(super) findings: &'a Findings,
    pub(super) repaired: &'a [Repaired],
}

/// Partial blobs together.
#[derive(Default)]
struct Partials {
    count: usize,
    bytes: u64,
}

impl Telling<'_> {
    /// Prints it to standard output.
    pub(super) fn print(&self) -> Result<()> {
        if self.options.json {
            return self.print_json();
        }
        if !self.options.quiet {
            for done in self.repaired {
                output::line(&format!(
                    "{}: {}",
                    subject(&done.problem),
                    escape(&done.how)
                ))?;
            }
        }
        for problem in &self.findings.problems {
            output::line(&self.line(problem))?;
        }
        if self.options.quiet {
            return Ok(());
        }
        for line in self.notes() {
            output::line(&line)?;
        }
        output::line(&self.sum())
    }

    /// What is wrong, who needs it, what to do.
    fn line(&self, problem: &Problem) -> String {
        let what = match &problem.fault {
            Fault::Damaged => "damaged".to_owned(),
            Fault::Missing => "missing".to_owned(),
            Fault::Unreadable { reason } => format!("cannot be read: {reason}"),
            Fault::Malformed { reason } => format!("malformed: {reason}"),
        };
        let needed = match (&problem.about, &problem.owners[..]) {
            (Subject::File(_), _) => String::new(),
            (_, []) => ", needed by no image".to_owned(),
            (_, owners) => format!(", needed by {}", names(owners).join(", ")),
        };
        let (subject, what) = (subject(problem), escape(&what));
        format!("{subject}: {what}{needed}; {}", self.remedy(problem))
    }

    fn remedy(&self, problem: &Problem) -> String {
        let program = self.program;
        if let Subject::File(path) = &problem.about {
            return if path.ends_with("origins.json") {
                format!("`{program} fsck --repair` sets it aside")
            } else {
                "mend it by hand, or move the store away and pull again".to_owned()
            };
        }
        let Some(owner) = problem.owners.first() else {
            if self.options.repair {
                return "kept until it is certain that nothing needs it".to_owned();
            }
            return format!("`{program} fsck --repair` removes it");
        };
        let name = name(owner);
        let again = format!("`{program} rmi {name}` and pull it again");
        match origins(problem).first() {
            _ if !problem.is_mended_by_fetching() => format!("`{program} rmi {name}` removes it"),
            Some(_) if self.options.repair => format!("try again later, or {again}"),
            Some(origin) => {
                let origin = origin.familiar();
                format!("`{program} fsck --repair` fetches it again from {origin}")
            }
            None => format!("no registry is on record to have it: {again}"),
        }
    }

    /// What is worth a word, and no problem.
    fn notes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for note in &self.findings.notes {
            match note {
                Note::Partial {
                    digest,
                    doubtful: true,
                    ..
                } => lines.push(format!(
"{digest}: partial blob with a damaged journal; the next pull fetches again what is in doubt"
)),
                Note::Partial { .. } => {}
                Note::Leftover(path) => lines.push(format!(
                    "{}: left over by a command that was killed; it may be removed",
                    escape(&path.display().to_string())
                )),
                Note::Stray(path) => lines.push(format!(
                    "{}: no part of the store",
                    escape(&path.display().to_string())
                )),
            }
        }
        let partials = self.partials();
        if partials.count > 0 {
            lines.push(format!(
                "{}, {}: the next pull goes on with what is there",
                counted(partials.count, "partial blob"),
                units::precise_size(partials.bytes)
            ));
        }
        lines
    }

    fn partials(&self) -> Partials {
        let mut partials = Partials::default();
        for note in &self.findings.notes {
            if let Note::Partial { bytes, .. } = note {
                partials.count += 1;
                partials.bytes += bytes;
            }
        }
        partials
    }

    fn sum(&self) -> String {
        let verdict = match self.findings.problems.len() {
            0 => "all is well".to_owned(),
            some => counted(some, "problem"),
        };
        let repaired = match self.repaired.len() {
            0 => String::new(),
            some => format!(" ({some} repaired)"),
        };
        format!(
            "Checked {}, {}, {}: {verdict}{repaired}",
            counted(self.findings.images, "image"),
            counted(self.check.blobs, "blob"),
            units::precise_size(self.check.bytes)
        )
    }

    fn print_json(&self) -> Result<()> {
        for done in self.repaired {
            output::line(&go_json(&described(&done.problem, Some(&done.how))))?;
        }
        for problem in &self.findings.problems {
            output::line(&go_json(&described(problem, None)))?;
        }
        if self.options.quiet {
            return Ok(());
        }
        let (mut doubtful, mut leftovers, mut strays) = (Vec::new(), Vec::new(), Vec::new());
        for note in &self.findings.notes {
            match note {
                Note::Partial {
                    digest,
                    doubtful: true,
                    ..
                } => doubtful.push(digest.to_string()),
                Note::Partial { .. } => {}
                Note::Leftover(path) => leftovers.push(path.display().to_string()),
                Note::Stray(path) => strays.push(path.display().to_string()),
            }
        }
        let partials = self.partials();
        output::line(&go_json(&json!({
            "Images": self.findings.images,
            "Blobs": self.check.blobs,
            "Bytes": self.check.bytes,
            "Problems": self.findings.problems.len(),
            "Repaired": self.repaired.len(),
            "Partials": partials.count,
            "PartialBytes": partials.bytes,
            "DamagedJournals": doubtful,
            "Leftovers": leftovers,
            "Strays": strays,
        })))
    }
}

/// One problem for programs.
fn described(problem: &Problem, repaired: Option<&str>) -> Value {
    let (kind, reason) = match &problem.fault {
        Fault::Damaged => ("damaged", None),
        Fault::Missing => ("missing", None),
        Fault::Unreadable { reason } => ("unreadable", Some(reason)),
        Fault::Malformed { reason } => ("malformed", Some(reason)),
    };
    let origins = origins(problem);
    let origins: Vec<String> = origins.into_iter().map(ToString::to_string).collect();
    let about = match &problem.about {
        Subject::Content(digest) => ("Digest", digest.to_string()),
        Subject::File(path) => ("Path", path.display().to_string()),
    };
    json!({
        (about.0): about.1,
        "Problem": kind,
        "Reason": reason,
        "NeededBy": names(&problem.owners),
        "Origins": origins,
        "Repaired": repaired,
    })
}

fn subject(problem: &Problem) -> String {
    match &problem.about {
        Subject::Content(digest) => digest.to_string(),
        Subject::File(path) => escape(&path.display().to_string()).into_owned(),
    }
}

/// What a person calls the image: its name, or its ID.
fn name(owner: &Owner) -> String {
    match &owner.reference {
        Some(reference) => reference.familiar(),
        None => owner.root.short(),
    }
}

fn names(owners: &[Owner]) -> Vec<String> {
    let names: BTreeSet<String> = owners.iter().map(name).collect();
    names.into_iter().collect()
}

/// The repositories on record to have it, each once.
fn origins(problem: &Problem) -> Vec<&Name> {
    let mut origins: Vec<&Name> = Vec::new();
    for origin in problem.owners.iter().flat_map(|owner| &owner.origins) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    origins
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        more => format!("{more} {what}s"),
    }
}
