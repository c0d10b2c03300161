//! Layers before they have a place in a manifest, and the bytes of anything: deterministic, hashed independently of the
//! program under test.
//!
//! Small layers are real tars under gzip, zstd (RFC 8878) or nothing. Large ones are made while they are read, so that
//! no test holds a GiB.

use std::io::Write as _;

use bytes::Bytes;
use sha2::Digest as _;

/// Bytes of a pattern made at once.
const BLOCK: usize = 1 << 20;

/// `sha256:` and the hex digits of what `bytes` hash to.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&sha2::Sha256::digest(bytes)))
}

/// `sha512:` and the hex digits of what `bytes` hash to.
pub(crate) fn sha512(bytes: &[u8]) -> String {
    format!("sha512:{}", hex(&sha2::Sha512::digest(bytes)))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Incompressible bytes that depend on `seed` alone (xorshift64).
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// The bytes of a node.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Held in memory.
    Bytes(Bytes),
    /// A tar of one file of `size` bytes, made while it is read: for layers that should not be in memory.
    Tar { seed: u64, size: u64 },
}

impl Content {
    /// How many bytes there are.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Tar { size, .. } => 512 + size.next_multiple_of(512) + 1024,
        }
    }

    /// The bytes, in pieces.
    pub(crate) fn pieces(&self) -> Box<dyn Iterator<Item = Bytes> + Send> {
        match self.clone() {
            Self::Bytes(bytes) => Box::new(std::iter::once(bytes)),
            Self::Tar { seed, size } => {
                let head = Bytes::copy_from_slice(tar_header("data.bin", size).as_bytes());
                let block = noise(seed, BLOCK);
                let data = (0..size.div_ceil(BLOCK as u64)).map(move |number| {
                    let mut piece = block.clone();
                    piece[..8].copy_from_slice(&number.to_le_bytes());
                    let left = size - number * BLOCK as u64;
                    piece.truncate(usize::try_from(left).unwrap_or(BLOCK));
                    Bytes::from(piece)
                });
                let padding = size.next_multiple_of(512) - size + 1024;
                let padding = usize::try_from(padding).expect("under 2 KiB");
                let tail = Bytes::from(vec![0; padding]);
                Box::new(
                    std::iter::once(head)
                        .chain(data)
                        .chain(std::iter::once(tail)),
                )
            }
        }
    }

    /// All bytes at once.
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Tar { .. } => self
                .pieces()
                .fold(Vec::new(), |mut all, piece| {
                    all.extend_from_slice(&piece);
                    all
                })
                .into(),
        }
    }

    fn sha256(&self) -> String {
        let mut hasher = sha2::Sha256::new();
        for piece in self.pieces() {
            hasher.update(&piece);
        }
        format!("sha256:{}", hex(&hasher.finalize()))
    }
}

fn tar_header(name: &str, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_path(name).expect("a short name");
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(1_704_164_645);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    header
}

/// A tar of one file.
fn tar_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    builder
        .append(&tar_header(name, bytes.len() as u64), bytes)
        .expect("memory takes it");
    builder.into_inner().expect("memory takes it")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// A zstd frame of raw blocks (RFC 8878 3.1.1): one segment, a four-byte content size, no checksum.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    /// The most a block may hold, in bytes.
    const MOST: usize = 128 << 10;
    let size = u32::try_from(bytes.len()).expect("small layers only");
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000];
    frame.extend_from_slice(&size.to_le_bytes());
    let blocks = bytes.len().div_ceil(MOST).max(1);
    for number in 0..blocks {
        let piece = &bytes[number * MOST..bytes.len().min((number + 1) * MOST)];
        let last = u32::from(number + 1 == blocks);
        let header = last | u32::try_from(piece.len()).expect("at most 128 KiB") << 3;
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.extend_from_slice(piece);
    }
    frame
}

/// A layer before it has a place in a manifest.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) media_type: String,
    pub(crate) content: Content,
    /// The digest of the tar inside.
    pub(crate) diff: String,
    pub(crate) digest: String,
    /// Where else it may be had; such a layer is not put into a registry by [`push_raw`].
    pub(crate) urls: Vec<String>,
}

impl Layer {
    /// A layer of `bytes` that hold `tar`.
    pub(crate) fn new(media_type: &str, tar: &[u8], bytes: Vec<u8>) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest: sha256(&bytes),
            content: Content::Bytes(bytes.into()),
            diff: sha256(tar),
            urls: Vec::new(),
        }
    }

    /// A gzip layer with one file of `size` incompressible bytes.
    pub(crate) fn gzip(seed: u64, size: usize) -> Self {
        let tar = tar_of(&format!("file-{seed}"), &noise(seed, size));
        Self::new(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            &tar,
            gzip(&tar),
        )
    }

    /// A gzip layer of any tar.
    pub(crate) fn of(tar: &[u8]) -> Self {
        Self::new(
            "application/vnd.oci.image.layer.v1.tar+gzip",
            tar,
            gzip(tar),
        )
    }

    /// The same, under zstd.
    pub(crate) fn zstd(seed: u64, size: usize) -> Self {
        let tar = tar_of(&format!("file-{seed}"), &noise(seed, size));
        Self::new(
            "application/vnd.oci.image.layer.v1.tar+zstd",
            &tar,
            zstd(&tar),
        )
    }

    /// The same, not compressed.
    pub(crate) fn plain(seed: u64, size: usize) -> Self {
        let tar = tar_of(&format!("file-{seed}"), &noise(seed, size));
        Self::new("application/vnd.oci.image.layer.v1.tar", &tar, tar.clone())
    }

    /// An uncompressed layer of `size` bytes and a little more that is never in memory as a whole.
    pub(crate) fn big(seed: u64, size: u64) -> Self {
        let content = Content::Tar { seed, size };
        let digest = content.sha256();
        Self {
            media_type: "application/vnd.oci.image.layer.v1.tar".to_owned(),
            content,
            diff: digest.clone(),
            digest,
            urls: Vec::new(),
        }
    }

    /// Turns a layer into one that is kept elsewhere.
    pub(crate) fn foreign(mut self, url: &str) -> Self {
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
            .clone_into(&mut self.media_type);
        self.urls.push(url.to_owned());
        self
    }

    /// Names the layer by SHA-512.
    pub(crate) fn by_sha512(mut self) -> Self {
        self.digest = sha512(&self.content.bytes());
        self
    }
}
