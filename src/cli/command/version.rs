//! `version`: which program this is.

use clap::Args;

use crate::cli::output;
use crate::cli::report::{Outcome, Status};
use crate::oci::Platform;

/// Show the version
#[derive(Args)]
pub(crate) struct Options {}

/// Prints name, version, platform, and the specifications spoken.
pub(crate) fn run(program: &str) -> Outcome {
    output::line(&format!(
        "{program} {}\n OS/Arch:  {}/{}\n Images:   {}\n Speaks:   OCI image-spec 1.1, distribution-spec 1.1, docker image manifest v2 schema 2",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        Platform::host(),
    ))?;
    Ok(Status::SUCCESS)
}
