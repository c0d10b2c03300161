//! What is attached to an image: signatures, attestations, SBOMs.
//!
//! Two ways are in use: manifests that name the image as their subject (distribution-spec, "Listing Referrers", with its
//! fallback to a tag), and cosign's tags that are named after its digest.

use super::Source;
use crate::error::Result;
use crate::oci::{Descriptor, Digest, Selector, Tag};

/// What cosign ends the names of its tags with.
const COSIGN: [&str; 3] = ["sig", "att", "sbom"];

/// A manifest that is attached to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The manifest. Only a listed referrer tells its artifact type and annotations here.
    pub descriptor: Descriptor,
    /// The tag that ties it to its image; a referrer has none.
    pub tag: Option<Tag>,
}

impl Attached {
    /// What to ask its place for.
    #[must_use]
    pub fn selector(&self) -> Selector {
        match &self.tag {
            Some(tag) => Selector::Tag(tag.clone()),
            None => Selector::Digest(self.descriptor.digest),
        }
    }
}

/// What is attached to `of`: referrers in the order they are listed in, then cosign's tags.
///
/// # Errors
/// Whatever keeps either from being known; nothing attached is an empty list.
pub async fn attached(source: &dyn Source, of: &Digest) -> Result<Vec<Attached>> {
    let listed = source.referrers(of).await?;
    let mut attached: Vec<_> = listed
        .into_iter()
        .map(|descriptor| Attached {
            descriptor,
            tag: None,
        })
        .collect();
    for kind in COSIGN {
        let tag: Tag = format!("{}-{}.{kind}", of.algorithm(), of.hex()).parse()?;
        match source.resolve(&Selector::Tag(tag.clone())).await {
            Ok(descriptor) => attached.push(Attached {
                descriptor,
                tag: Some(tag),
            }),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(attached)
}
