//! One file a command: its options, and a thin `run` that parses names, calls the inner rooms and prints.

pub(crate) mod catalog;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod copy;
pub(crate) mod credential;
pub(crate) mod delete;
pub(crate) mod digest;
pub(crate) mod doctor;
pub(crate) mod du;
pub(crate) mod expire;
#[cfg(test)]
mod fixture;
pub(crate) mod fsck;
pub(crate) mod history;
pub(crate) mod images;
mod images_filter;
mod images_tree;
pub(crate) mod inspect;
pub(crate) mod load;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod man;
pub(crate) mod manifest;
pub(crate) mod prune;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod referrers;
pub(crate) mod rmi;
pub(crate) mod save;
pub(crate) mod search;
pub(crate) mod serve;
pub(crate) mod tag;
mod tagged;
pub(crate) mod tags;
#[cfg(target_os = "linux")]
pub(crate) mod unpack;
pub(crate) mod version;
