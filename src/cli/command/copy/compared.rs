//! Whether the target has an image already.

use super::Copy;
use super::target::Wanted;
use crate::error::Result;
use crate::oci::{Digest, Selector};

/// What a comparison of two tags says.
#[derive(Clone, Copy)]
pub(super) enum Compared {
    /// They were not compared.
    Not,
    /// The target's is absent, or another image.
    Other,
    /// It is this one at both ends, with all it owes.
    Same(Digest),
}

impl Copy<'_> {
    /// Whether the target's tag is what `selector` is at the source, with all it owes: a registry takes no manifest of
    /// which something is absent, while a local store holds the platforms that were pulled.
    pub(super) async fn compare(&self, selector: &Selector, wanted: &Wanted) -> Result<Compared> {
        let (Some(tag), Some(_)) = (&wanted.tag, self.to.remote()) else {
            return Ok(Compared::Not);
        };
        if !self.platforms.is_empty() {
            return Ok(Compared::Not);
        }
        let Some(there) = self.to.sink.resolve(tag).await? else {
            return Ok(Compared::Other);
        };
        let here = self.from.source().resolve(selector).await?;
        Ok(if here.digest == there.digest {
            Compared::Same(here.digest)
        } else {
            Compared::Other
        })
    }
}
