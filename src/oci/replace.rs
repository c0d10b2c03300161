//! A manifest with other content in the places of some.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::manifest::{Manifest, ManifestError, View};
use super::reduce::is_about;
use super::{Descriptor, Digest};

/// What annotations that tell of the bytes of a compressed layer begin with: tables of contents of `zstd:chunked` and
/// eStargz, which are wrong for other bytes.
const OF_BYTES: &[&str] = &[
    "io.github.containers.zstd-chunked.",
    "containerd.io/snapshot/stargz/",
    "io.containers.estargz.",
];

impl Manifest {
    /// This manifest with layers, or entries of an index, replaced: where a digest is a key of `by`, the media type, digest
    /// and size of its value stand. What only the old bytes had (embedded data, tables of contents) goes, and of an index
    /// the attestations about what was replaced, for they attest something else. All other things it says stay, in its
    /// order. The same manifest where nothing is replaced.
    ///
    /// # Errors
    /// Those of [`Manifest::parse`].
    pub fn replaced(&self, by: &HashMap<Digest, Descriptor>) -> Result<Self, ManifestError> {
        let list = match self.view() {
            View::Image(image) => ("layers", &image.layers),
            View::Index(index) => ("manifests", &index.manifests),
        };
        let (key, entries) = list;
        if !entries.iter().any(|entry| by.contains_key(&entry.digest)) {
            return Ok(self.clone());
        }
        let old: HashSet<Digest> = by.keys().copied().collect();
        let mut document: Value = serde_json::from_slice(self.bytes())?;
        if let Some(Value::Array(values)) = document.get_mut(key) {
            for (value, entry) in values.iter_mut().zip(entries) {
                if let Some(new) = by.get(&entry.digest) {
                    replace(value, new);
                }
            }
            let mut entries = entries.iter();
            let stays = |entry: &Descriptor| self.index().is_none() || !is_about(entry, &old);
            values.retain(|_| entries.next().is_none_or(stays));
        }
        Self::parse(serde_json::to_vec(&document)?, Some(self.media_type()))
    }
}

fn replace(value: &mut Value, new: &Descriptor) {
    value["mediaType"] = new.media_type.as_str().into();
    value["digest"] = new.digest.to_string().into();
    value["size"] = new.size.into();
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    fields.shift_remove("data");
    if let Some(Value::Object(annotations)) = fields.get_mut("annotations") {
        annotations.retain(|key, _| !OF_BYTES.iter().any(|prefix| key.starts_with(prefix)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oci::MediaType;
    use serde_json::json;

    const ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";

    fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    fn entry(name: &str, media_type: &str) -> Value {
        json!({"mediaType": media_type, "digest": digest(name).to_string(), "size": 7})
    }

    fn parse(document: &Value, media_type: &MediaType) -> Manifest {
        Manifest::parse(serde_json::to_vec(document).unwrap(), Some(media_type)).unwrap()
    }

    #[test]
    fn a_layer_is_replaced_wherever_it_stands_and_nothing_else_changes() {
        let mut old = entry("old", ZSTD);
        old["annotations"] = json!({
            "io.github.containers.zstd-chunked.manifest-checksum": "sha256:1",
            "kept": "yes",
        });
        old["data"] = "aGVsbG8=".into();
        let config = entry("config", "application/vnd.oci.image.config.v1+json");
        let mut document = json!({
            "schemaVersion": 2,
            "x-unknown": 1.50,
            "config": config,
            "layers": [old, entry("other", ZSTD), entry("old", ZSTD)],
            "annotations": {"k": "v"},
        });
        let manifest = parse(&document, &MediaType::OCI_MANIFEST);
        let new = Descriptor::new(MediaType::OCI_LAYER_GZIP, digest("new"), 9);
        let by = HashMap::from([(digest("old"), new)]);
        let replaced = manifest.replaced(&by).unwrap();
        let mut expected = entry("new", MediaType::OCI_LAYER_GZIP.as_str());
        expected["size"] = 9.into();
        document["layers"][2] = expected.clone();
        expected["annotations"] = json!({"kept": "yes"});
        document["layers"][0] = expected;
        assert_eq!(replaced.bytes(), &serde_json::to_vec(&document).unwrap());
        let none = HashMap::from([(digest("config"), replaced.descriptor().clone())]);
        assert_eq!(replaced.replaced(&none).unwrap().bytes(), replaced.bytes());
    }

    #[test]
    fn an_index_loses_what_attests_the_entries_that_were_replaced() {
        let image = MediaType::OCI_MANIFEST.as_str();
        let about = |name: &str, of: &str| {
            let mut about = entry(name, image);
            let of = digest(of).to_string();
            about["annotations"] = json!({"vnd.docker.reference.digest": of});
            about
        };
        let entries = [
            entry("a", image),
            entry("b", image),
            about("about a", "a"),
            about("about b", "b"),
        ];
        let mut document = json!({"schemaVersion": 2, "manifests": entries});
        let index = parse(&document, &MediaType::OCI_INDEX);
        let new = Descriptor::new(MediaType::OCI_MANIFEST, digest("new"), 7);
        let by = HashMap::from([(digest("a"), new)]);
        let replaced = index.replaced(&by).unwrap();
        document["manifests"] = json!([entry("new", image), entries[1], entries[3]]);
        assert_eq!(replaced.bytes(), &serde_json::to_vec(&document).unwrap());
    }
}
