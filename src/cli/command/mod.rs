//! One file a command: its options, and a thin `run` that parses names, calls the inner rooms and prints.

pub(crate) mod catalog;
pub(crate) mod completion;
pub(crate) mod credential;
pub(crate) mod digest;
pub(crate) mod doctor;
#[cfg(test)]
mod fixture;
pub(crate) mod fsck;
pub(crate) mod images;
mod images_filter;
pub(crate) mod inspect;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod manifest;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod rmi;
pub(crate) mod search;
mod search_filter;
pub(crate) mod serve;
pub(crate) mod tag;
pub(crate) mod tags;
pub(crate) mod version;
