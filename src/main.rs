//! The program: reads the command line, picks the runtime, runs the command, ends with its exit code.

use std::process::ExitCode;
use std::time::Duration;

/// How long threads that are stuck in the system may keep the process after a command has ended.
const LINGER: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let invocation = match rg::cli::parse(std::env::args_os()) {
        Ok(invocation) => invocation,
        Err(code) => return ExitCode::from(code),
    };
    let runtime = match rg::cli::runtime() {
        Ok(runtime) => runtime,
        Err(code) => return ExitCode::from(code),
    };
    let code = runtime.block_on(rg::cli::run(invocation));
    runtime.shutdown_timeout(LINGER);
    ExitCode::from(code)
}
