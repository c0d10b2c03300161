//! Fetching wrong and missing content again, from where it is on record to be: by the same copy that pulls.
//!
//! A copy into a [`Mending`] sink moves exactly what is wrong. A damaged manifest hides what is below it, so the store is
//! surveyed again after each round, as often as indexes can be nested.

use std::collections::HashSet;
use std::sync::Arc;

use crate::cli::render::Progress;
use crate::cli::report::{Doing, Failure};
use crate::cli::session::{Session, blocking};
use crate::error::Result;
use crate::oci::manifest::MAX_INDEX_DEPTH;
use crate::oci::{Digest, Name, Platforms, Selector};
use crate::registry::{Client, WhenBroken};
use crate::store::layout::{Check, Findings, Layout, Mending, Owner, Problem, Subject, Wrong};
use crate::store::{Sink, Source};
use crate::transfer::{self, IndexRule, Item};

/// At most so many repositories are asked for one image.
const MOST_ORIGINS: usize = 2;

/// What was done about one problem.
pub(super) struct Repaired {
    /// The problem as it was.
    pub(super) problem: Problem,
    /// Such as `fetched again from ghcr.io/acme/app`.
    pub(super) how: String,
}

/// Repairs what can be repaired; failures are told as they come.
///
/// # Errors
/// `Io` of the store itself.
pub(super) async fn run(
    session: &Session,
    layout: &Layout,
    check: &mut Check,
    findings: &Findings,
    progress: &Arc<dyn Progress>,
) -> Result<Vec<Repaired>> {
    let mut repair = Repair {
        session,
        layout,
        client: session.client(WhenBroken::Warn, progress.clone()),
        progress,
        wrong: Wrong::new(check.wrong()),
        tried: HashSet::new(),
        from: None,
        done: Vec::new(),
    };
    repair.set_origins_aside(findings).await?;
    let mut findings = check.findings().await?;
    for _ in 0..=MAX_INDEX_DEPTH {
        let tried = repair.tried.len();
        for problem in &findings.problems {
            repair.mend(problem).await?;
        }
        check.keep_wrong(&repair.wrong.left());
        findings = check.findings().await?;
        if repair.tried.len() == tried {
            break;
        }
    }
    if !findings.problems.iter().any(hides_content) {
        for problem in &findings.problems {
            repair.discard(problem).await?;
        }
        check.keep_wrong(&repair.wrong.left());
        findings = check.findings().await?;
    }
    let left = |done: &Repaired| {
        let still = |problem: &Problem| problem.about == done.problem.about;
        !findings.problems.iter().any(still)
    };
    Ok(repair.done.into_iter().filter(left).collect())
}

struct Repair<'a> {
    session: &'a Session,
    layout: &'a Layout,
    client: Client,
    progress: &'a Arc<dyn Progress>,
    wrong: Wrong,
    /// What was asked of whom: once is enough.
    tried: HashSet<(Digest, String)>,
    /// Where the last copy came from.
    from: Option<Name>,
    done: Vec<Repaired>,
}

impl Repair<'_> {
    async fn set_origins_aside(&mut self, findings: &Findings) -> Result<()> {
        let layout = self.layout.clone();
        let Some(aside) = blocking(move || layout.set_origins_aside()).await? else {
            return Ok(());
        };
        let about_it = |problem: &&Problem| matches!(&problem.about, Subject::File(path) if path.ends_with("origins.json"));
        if let Some(problem) = findings.problems.iter().find(about_it) {
            self.done.push(Repaired {
                problem: problem.clone(),
                how: format!("set aside as {}", aside.display()),
            });
        }
        Ok(())
    }

    async fn mend(&mut self, problem: &Problem) -> Result<()> {
        let Subject::Content(digest) = problem.about else {
            return Ok(());
        };
        if !problem.is_mended_by_fetching() || self.is_mended(problem, &digest)? {
            return Ok(());
        }
        for owner in &problem.owners {
            for origin in owner.origins.iter().take(MOST_ORIGINS) {
                if !self.tried.insert((owner.manifest, origin.to_string())) {
                    continue;
                }
                self.from = Some(origin.clone());
                let fetched = self.fetch(owner, origin).await;
                self.progress.finish();
                if let Err(failure) = fetched {
                    failure.print(&self.session.program);
                }
                if self.is_mended(problem, &digest)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether content is right by now, which is noted once: one copy may have mended it for the sake of something else.
    fn is_mended(&mut self, problem: &Problem, digest: &Digest) -> Result<bool> {
        let mended = !self.wrong.left().contains(digest) && self.layout.size_of(digest)?.is_some();
        let noted = |done: &Repaired| done.problem.about == problem.about;
        if mended && !self.done.iter().any(noted) {
            self.done.push(Repaired {
                problem: problem.clone(),
                how: match &self.from {
                    Some(from) => format!("fetched again from {}", from.familiar()),
                    None => "mended by another process".to_owned(),
                },
            });
        }
        Ok(mended)
    }

    /// Brings the manifest an owner names, and what of it is wrong or missing, from `origin`.
    async fn fetch(&self, owner: &Owner, origin: &Name) -> Result<(), Failure> {
        let reference = origin.with_digest(&owner.manifest);
        let doing = format!("cannot fetch {} again", reference.familiar());
        let source = self.client.repository(origin);
        let at = self.layout.at(origin).observed(self.progress.clone());
        let sink = Mending::new(self.layout, at, self.wrong.clone(), self.progress.clone());
        let selector = Selector::Digest(owner.manifest);
        let manifest = source.manifest(&selector).await.doing(&doing)?;
        if manifest.index().is_some() {
            return sink.put_manifest(&manifest, None).await.doing(&doing);
        }
        let item = Item {
            label: None,
            reference,
            selector,
            tag: None,
            platforms: Platforms::All,
            strict: false,
            index: IndexRule::Kept,
        };
        // Nothing nearby: what is here is in doubt.
        let options = self.session.transfer(self.progress.as_ref(), None);
        let copied = transfer::copy(&source, &sink, &[item], &options).await;
        copied.map(drop).doing(&doing)
    }

    /// Removes what is damaged and needed by no image.
    async fn discard(&mut self, problem: &Problem) -> Result<()> {
        let (Subject::Content(digest), []) = (&problem.about, &problem.owners[..]) else {
            return Ok(());
        };
        let digest = *digest;
        let layout = self.layout.clone();
        match blocking(move || layout.discard(&digest)).await {
            Ok(_) => {
                self.wrong.remove(&digest);
                self.done.push(Repaired {
                    problem: problem.clone(),
                    how: "removed, no image needs it".to_owned(),
                });
            }
            // A command that runs counts on it.
            Err(error) => Failure::from(error).print(&self.session.program),
        }
        Ok(())
    }
}

/// Whether a problem is a manifest's, so that nobody knows what else is needed: nothing may be removed then.
fn hides_content(problem: &Problem) -> bool {
    let is_manifest = |owner: &Owner| problem.about == Subject::Content(owner.manifest);
    matches!(problem.about, Subject::File(_)) || problem.owners.iter().any(is_manifest)
}
