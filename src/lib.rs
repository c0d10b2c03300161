//! `rg`: a container registry client without a daemon, over a local store that is a plain OCI image layout.
//!
//! # The rooms, and who may call whom
//!
//! | room | what lives there | may import |
//! |---|---|---|
//! | [`oci`] | pure values: names, digests, manifests, platforms | nothing of ours |
//! | [`event`], [`error`] | what happened; what went wrong and what to do about it | `oci` |
//! | [`config`] | settings file, environment, flags, and what docker's files say, become one value | `oci`, `error`, `event` |
//! | [`credential`] | where secrets live: docker's `config.json`, podman's files, helpers, the keyring | the above |
//! | [`store`] | the three traits; the local layout and those of others, partial blobs, archives, docker's daemon, a store in memory | `oci`, `error`, `event` |
//! | [`registry`] | the distribution API over HTTP: a repository is a source and a sink | all above; of `store` the traits |
//! | [`transfer`] | the one `copy` | `oci`, `error`, `event`, the traits of `store` |
//! | `rootfs` | the layers of a local image applied to a folder, or as one tar (Linux) | `oci`, `error`, `event`, `store` |
//! | [`serve`] | the distribution API over the local layout | `oci`, `error`, `event`, `store` |
//! | [`cli`] | clap, commands, everything a person sees | all |
//!
//! `tests/layers.rs` reads the imports and enforces the table.
//!
//! # One pull, walked through
//!
//! 1. `main` hands the arguments to [`cli::run`]; the command `cli/command/pull.rs` asks its session (the composition
//!    root) for both ends: a [`registry::Repository`] and a [`store::layout::At`].
//! 2. [`transfer::copy`] asks the layout what the tag points at. If it has one, the registry is asked by a HEAD; when
//!    both agree and the image wanted is here, that was all.
//! 3. The plan: manifests are read from the root down, those already here without asking the registry.
//! 4. The layout is told the plan ([`store::Sink::reserve`]): a lease protects it from removal, and the room is checked.
//! 5. Each blob: [`store::Sink::has`], else [`store::Sink::begin`], then `missing()` → ranges → lanes → `commit()`. A
//!    range is [`store::Source::blob`] on one side, [`store::BlobWriter::write`] on the other, nothing between.
//! 6. Manifests in post-order, the tag last ([`store::Sink::put_manifest`] writes `index.json`).
//!
//! A push is the same walk with the ends exchanged.
//!
//! # Where the code departs from the first plan
//!
//! - [`store::Sink::reserve`] was added: a lease must be written before the first `has`, and only the copy knows the
//!   plan.
//! - [`store::Sink::mount`] takes all origins and says which one served: the sink alone knows which of them are on its
//!   registry.
//! - [`store::Source::offers`] was added: a foreign layer may be absent, and only the source knows whether it is; what it
//!   does not offer is left out of a copy. A registry offers every layer and fails where it has none, except in a copy to
//!   another registry, which does not owe it either.
//! - [`store::Source::doubt`] was added: only who checks a digest at the end knows that a blob is wrong, and only the
//!   source knows that it came from a mirror and could be had elsewhere.
//! - A removal takes all content of the removed image that nothing names and no lease lists, however young: who pulled an
//!   image a minute ago and removes it wants the room back. The rule of an hour is for garbage that no image names, which
//!   only a collection touches.
//! - Checking the store is part of [`store::layout`], not a room beside it: it looks at what the layout keeps to itself. A
//!   repair removes nothing that an image names: right content takes the place of wrong content by a rename, so that a
//!   manifest which is here never lacks what it owes because somebody mended it.
//! - A lane whose source broke off goes on by itself and asks `missing()` only after the sink broke: one connection that is
//!   reset does not make the others wait. It is still the one loop of `copy_blob`, on one budget of tries.
//! - Parents in an unpacked tree are opened by an `openat2` that takes no link at all, not by one that resolves links in the
//!   root; where there is a link the way is walked. The walk knows the true name of where it arrives, and whiteouts,
//!   opaque directories and the modes that are set at the end go by true names.
//! - Docker's daemon is a part of [`store`], not of [`registry`]: what it speaks over its socket is an archive, in or out,
//!   and nothing of the distribution API.
//! - A layout of others is read as one source without repositories ([`store::layout::Whole`]): its names may be bare tags.
//!   What is put into one is called something afterwards, by whoever knows the name that was typed.
//!   The local store is read so where one image of it is meant: what is attached to it may have another name there.
//! - The rules of layers are applied to a `Ground`: the folder on disk or a picture of it in memory, from which
//!   `unpack --tar` knows what is left of the layers. There is one walk over links and one set of rules for both. In the
//!   tar files come first, as their layers are streams, and directories last, so that GNU tar gets their times right.
//! - A hard link may lead to a symbolic link, where the plan allows only regular files: GNU tar, docker and Nix write
//!   such entries. The link itself gets the other name, it is never followed, and the entry's mode, owner and time are
//!   not set through it; whatever is written under either name takes its place or goes the way of every link.
//! - How many lanes are open is found out while they run (`transfer/lanes.rs`); plain HTTP goes over hyper rather than
//!   reqwest (`registry/plain.rs`), for the memory of its read buffers.
//! - Results of a search are not printed as they come: the best match first, of several registries and after a filter, is
//!   known when all pages were read. There are at most ten of them.
//! - Ranges written but not yet synced are journaled too and count as long as the machine was not started anew, so that a
//!   `kill -9` loses nothing and a power cut loses no truth.

pub mod cli;
pub mod config;
pub mod credential;
pub mod error;
pub mod event;
pub mod oci;
pub mod registry;
#[cfg(target_os = "linux")]
pub mod rootfs;
pub mod serve;
pub mod store;
pub mod transfer;

pub use error::{Error, Result};
