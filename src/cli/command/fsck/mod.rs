//! `fsck`: the local store, checked byte by byte; what is damaged, fetched again.

use std::sync::Arc;

use clap::Args;

use crate::cli::options::NetworkOptions;
use crate::cli::render::{Direction, Progress};
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::Session;
use crate::event::Observer;
use crate::store::layout::{Check, Findings};

mod repair;
mod tell;

/// The exit code where content is wrong.
const WRONG: u8 = 6;
/// The exit code where files cannot be read.
const MACHINE: u8 = 7;

/// Check every byte of the local store
#[derive(Args)]
#[command(after_help = "Examples:
  {program} fsck
  {program} fsck --repair        fetch what is damaged or missing again
  {program} fsck -q || echo 'the store is damaged'

Other commands may run meanwhile. A pull that was cut is no damage. What is repaired comes from the registry that the image was pulled from or pushed to. Exit codes: 0 all is well, 6 content is wrong or missing, 7 files cannot be read.")]
pub(crate) struct Options {
    /// Fetch damaged and missing content again
    #[arg(long)]
    repair: bool,

    /// One JSON object a problem, and one about all
    #[arg(long)]
    json: bool,

    /// Print only problems
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Checks, repairs if asked to, and tells what is wrong.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let layout = session.layout_there()?;
    let progress = session.progress(Direction::Pull, options.quiet);
    let (mut check, mut findings) = look(&layout, &progress)
        .await
        .doing(format!("cannot check {}", layout.path().display()))?;
    let mut repaired = Vec::new();
    if options.repair && !findings.problems.is_empty() {
        repaired = repair::run(session, &layout, &mut check, &findings, &progress).await?;
        progress.finish();
        findings = check.findings().await?;
    }
    let telling = tell::Telling {
        program: &session.program,
        options: &options,
        check: &check,
        findings: &findings,
        repaired: &repaired,
    };
    telling.print()?;
    Ok(status(&findings))
}

async fn look(
    layout: &crate::store::layout::Layout,
    progress: &Arc<dyn Progress>,
) -> crate::Result<(Check, Findings)> {
    let observer: &dyn Observer = progress.as_ref();
    let lanes = std::thread::available_parallelism().map_or(1, usize::from);
    let check = Check::run(layout, lanes, observer).await;
    progress.finish();
    let check = check?;
    let findings = check.findings().await?;
    Ok((check, findings))
}

fn status(findings: &Findings) -> Status {
    let problems = &findings.problems;
    if problems.is_empty() {
        Status::SUCCESS
    } else if problems
        .iter()
        .any(crate::store::layout::Problem::is_about_content)
    {
        Status(WRONG)
    } else {
        Status(MACHINE)
    }
}
