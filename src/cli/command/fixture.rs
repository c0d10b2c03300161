//! A local store with images in it, for the tests of commands that read one.

use bytes::Bytes;

use crate::oci::{Descriptor, Digest, Manifest, MediaType, Platform, Reference};
use crate::store::Sink;
use crate::store::layout::{Layout, LocalImage};

/// A store in a folder that goes with it.
pub(crate) struct Fixture {
    _folder: tempfile::TempDir,
    pub(crate) layout: Layout,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(&folder.path().join("store")).unwrap();
        Self {
            _folder: folder,
            layout,
        }
    }

    /// Puts one image without layers under `names`: by tag, or by digest where a name has no tag.
    pub(crate) fn image(&self, config: &str, names: &[&str]) -> LocalImage {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let config = Bytes::from(config.to_owned());
        let descriptor = Descriptor::of(MediaType::OCI_CONFIG, &config);
        let text = serde_json::json!({
            "schemaVersion": 2,
            "mediaType": MediaType::OCI_MANIFEST.as_str(),
            "config": descriptor,
            "layers": [],
        });
        let manifest = Manifest::parse(text.to_string(), None).unwrap();
        runtime.block_on(async {
            let mut upload = self.layout.upload().unwrap();
            upload.append(config).await.unwrap();
            self.layout
                .commit(upload, &descriptor.digest)
                .await
                .unwrap();
            for name in names {
                let reference: Reference = name.parse().unwrap();
                let at = self.layout.at(&reference.name);
                at.put_manifest(&manifest, reference.tag.as_ref())
                    .await
                    .unwrap();
            }
        });
        self.found(manifest.digest())
    }

    fn found(&self, root: &Digest) -> LocalImage {
        let images = self.layout.images(&Platform::host()).unwrap();
        images
            .into_iter()
            .find(|image| image.root.digest == *root)
            .unwrap()
    }
}
