//! An image for the run: one layer holds this very program, the other a file of noise, large enough that ranges, cuts
//! and resumes are real.

use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::broken;
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, Manifest, MediaType, Platform, Reference};
use crate::store::Sink;
use crate::store::layout::Layout;

/// Bytes of noise: noise does not shrink, so its layer is at least 64 MiB, which takes many ranges.
const NOISE: usize = 65 << 20;
/// Where the program stands in its layer.
pub(super) const MEMBER: &str = "usr/local/bin/program";
/// Bytes handed to the store at once.
const BUFFER: usize = 256 << 10;

/// What was made.
pub(super) struct Made {
    /// The manifest.
    pub(super) manifest: Manifest,
    /// SHA-256 of the program inside.
    pub(super) program: Digest,
    /// Bytes of all its blobs.
    pub(super) size: u64,
}

/// Builds the image and puts it into `layout` under `reference`.
pub(super) async fn make(layout: &Layout, reference: &Reference) -> Result<Made> {
    let (layers, program) = tokio::task::spawn_blocking(layers)
        .await
        .map_err(|error| broken(format!("the layers were not made: {error}")))??;
    let mut descriptors = Vec::new();
    let mut diff_ids = Vec::new();
    for (bytes, diff_id) in layers {
        diff_ids.push(diff_id.to_string());
        descriptors.push(put(layout, MediaType::OCI_LAYER_GZIP, bytes).await?);
    }
    let host = Platform::host();
    let config = json!({
        "created": jiff::Timestamp::now().to_string(),
        "architecture": host.architecture,
        "os": host.os,
        "config": {"Entrypoint": [format!("/{MEMBER}")]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    let config = put(layout, MediaType::OCI_CONFIG, config.to_string().into()).await?;
    let size = descriptors
        .iter()
        .chain([&config])
        .map(|blob| blob.size)
        .sum();
    let text = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_MANIFEST.as_str(),
        "config": config,
        "layers": descriptors,
    });
    let manifest = Manifest::parse(text.to_string(), None).map_err(|source| Error::Manifest {
        name: reference.to_string(),
        source,
    })?;
    let at = layout.at(&reference.name);
    at.put_manifest(&manifest, reference.tag.as_ref()).await?;
    Ok(Made {
        manifest,
        program,
        size,
    })
}

async fn put(layout: &Layout, media_type: MediaType, bytes: Bytes) -> Result<Descriptor> {
    let descriptor = Descriptor::of(media_type, &bytes);
    let mut upload = layout.upload()?;
    let mut rest = bytes;
    while !rest.is_empty() {
        upload.append(rest.split_to(rest.len().min(BUFFER))).await?;
    }
    layout.commit(upload, &descriptor.digest).await?;
    Ok(descriptor)
}

/// A layer, compressed, and the digest of its uncompressed form.
type Layer = (Bytes, Digest);

fn layers() -> Result<(Vec<Layer>, Digest)> {
    let path = std::env::current_exe()
        .map_err(|error| broken(format!("cannot find this program: {error}")))?;
    let program = std::fs::read(&path).map_err(Error::io("cannot read", &path))?;
    let digest = Digest::of(&program);
    let layers = vec![
        layer(MEMBER, 0o755, &program)?,
        layer("var/noise", 0o644, &noise(NOISE))?,
    ];
    Ok((layers, digest))
}

fn layer(name: &str, mode: u32, content: &[u8]) -> Result<Layer> {
    let failed = |error: std::io::Error| broken(format!("cannot make a layer: {error}"));
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(mode);
    let mut archive = tar::Builder::new(Vec::with_capacity(content.len() + 4096));
    archive
        .append_data(&mut header, Path::new(name), content)
        .map_err(failed)?;
    let archive = archive.into_inner().map_err(failed)?;
    let diff_id = Digest::of(&archive);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&archive).map_err(failed)?;
    let compressed = encoder.finish().map_err(failed)?;
    Ok((compressed.into(), diff_id))
}

/// Bytes that do not compress, the same in every run (xorshift64*; Vigna, 2016).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_does_not_shrink() {
        let (compressed, _) = layer("x", 0o644, &noise(1 << 20)).unwrap();
        assert!(compressed.len() >= 1 << 20);
    }
}
