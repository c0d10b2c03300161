//! An index with fewer entries, for a copy of some platforms.

use std::collections::HashSet;

use serde_json::Value;

use super::manifest::{Manifest, ManifestError};
use super::{Descriptor, Digest};

/// Where buildkit's attestations name the image that they are about.
const ABOUT: &str = "vnd.docker.reference.digest";

impl Manifest {
    /// This index with the entries in `chosen`, those about them, and no others; whatever else it says stays, in its
    /// order. Its digest is another then. The same manifest where nothing goes, and where it is no index.
    ///
    /// # Errors
    /// Those of [`Manifest::parse`]: fewer entries break no rule that more of them kept.
    pub fn reduced_to(&self, chosen: &HashSet<Digest>) -> Result<Self, ManifestError> {
        let Some(index) = self.index() else {
            return Ok(self.clone());
        };
        let stays: Vec<bool> = index
            .manifests
            .iter()
            .map(|entry| chosen.contains(&entry.digest) || is_about(entry, chosen))
            .collect();
        if stays.iter().all(|stays| *stays) {
            return Ok(self.clone());
        }
        let mut document: Value = serde_json::from_slice(self.bytes())?;
        if let Some(Value::Array(entries)) = document.get_mut("manifests") {
            let mut stays = stays.iter();
            entries.retain(|_| stays.next() == Some(&true));
        }
        Self::parse(serde_json::to_vec(&document)?, Some(self.media_type()))
    }
}

pub(super) fn is_about(entry: &Descriptor, chosen: &HashSet<Digest>) -> bool {
    let about = entry.annotation(ABOUT);
    about.is_some_and(|about| chosen.iter().any(|digest| digest.to_string() == about))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::MediaType;
    use serde_json::json;

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn entry(name: &str, more: &Value) -> Value {
        let mut entry = json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest(name).to_string(),
            "size": 7,
        });
        entry
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        entry
    }

    #[test]
    fn an_index_keeps_what_was_chosen_what_is_about_it_and_all_it_says_itself() {
        let about = |name: &str| json!({"annotations": {ABOUT: digest(name).to_string()}});
        let document = json!({
            "schemaVersion": 2,
            "x-unknown": 1.50,
            "manifests": [
                entry("a", &json!({"platform": {"os": "linux", "architecture": "amd64"}, "x": null})),
                entry("b", &json!({})),
                entry("about a", &about("a")),
                entry("about b", &about("b")),
            ],
            "annotations": {"k": "v"},
        });
        let media_type = MediaType::OCI_INDEX;
        let bytes = serde_json::to_vec_pretty(&document).unwrap();
        let index = Manifest::parse(bytes, Some(&media_type)).unwrap();
        let reduced = index.reduced_to(&[digest("a")].into()).unwrap();
        let mut expected = document.clone();
        let entries = expected["manifests"].as_array_mut().unwrap();
        entries.remove(3);
        entries.remove(1);
        assert_eq!(reduced.bytes(), &serde_json::to_vec(&expected).unwrap());
        assert_eq!(reduced.media_type(), index.media_type());
        let all = index
            .reduced_to(&[digest("a"), digest("b")].into())
            .unwrap();
        assert_eq!(all.bytes(), index.bytes());
    }
}
