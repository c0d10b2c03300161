//! The one test binary: every file below `tests/` is a module of it, so that the program is linked once.
//! `layers` fails when a file is forgotten here.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "clippy knows `#[test]` functions as tests, but not the functions that they share"
)]

mod cli;
mod crash;
mod faults;
mod generated;
mod hostile;
mod layers;
mod mirrors;
mod real;
mod secrets;
mod serve;
mod store;
mod support;
mod transfer;
mod transfer_cli;
mod unpack;
