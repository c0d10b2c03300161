//! The values an image is made of: names, digests, media types, descriptors, manifests, platforms.
//!
//! Everything here is pure: parsed from text or bytes, checked once, then carried as a type. Nothing reads a file,
//! opens a socket or knows a runtime. What other rooms hold as a [`Digest`], [`Name`] or [`Tag`] has passed the
//! grammar of the distribution-spec and may therefore become a path or a URL segment; a plain string may not.
//!
//! Specs followed: OCI image-spec 1.1 (descriptor, manifest, index, config), distribution-spec 1.1 (names, tags),
//! docker's image manifest version 2, schema 2, and docker's rules for short names.

pub mod config;
pub mod descriptor;
pub mod digest;
pub mod json;
pub mod manifest;
pub mod media_type;
pub mod platform;
mod reduce;
pub mod reference;
mod replace;

pub use config::ImageConfig;
pub use descriptor::Descriptor;
pub use digest::{Digest, Hasher};
pub use manifest::{Image, Index, Manifest, View};
pub use media_type::MediaType;
pub use platform::{Platform, Platforms};
pub use reference::{Host, Name, Reference, Repository, Selector, Tag};
