//! Content digests: the algorithm and its bytes, parsed once (image-spec, descriptor, "Digests").
//!
//! Only `sha256:` with 64 and `sha512:` with 128 lower-case hex digits exist. Any other text is an error, so a digest
//! is safe to put into a path or a URL, and no content can escape verification behind an unknown algorithm.

use std::fmt;
use std::str::FromStr;

use sha2::Digest as _;

/// The most characters of a digest's value in a tag (distribution-spec, "Referrers Tag Schema").
pub const MAX_TIE: usize = 64;

/// A digest of some content: which function, and its output.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Digest {
    /// 32 bytes of SHA-256.
    Sha256([u8; 32]),
    /// 64 bytes of SHA-512.
    Sha512([u8; 64]),
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// There is no `:` between algorithm and value.
    #[error("a digest is written algorithm:hex, as in sha256:0123…")]
    NoAlgorithm,
    /// The algorithm is not one whose content can be verified here.
    #[error("unsupported digest algorithm (sha256 and sha512 are supported)")]
    Algorithm,
    /// The value has the wrong number of digits.
    #[error("a {algorithm} digest has {expected} hex digits, this one has {found}")]
    Length {
        /// The algorithm named.
        algorithm: &'static str,
        /// Digits it must have.
        expected: usize,
        /// Characters it has.
        found: usize,
    },
    /// A character is not a lower-case hex digit.
    #[error("a digest is lower-case hex")]
    NotHex,
}

impl Digest {
    /// The SHA-256 of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self::Sha256(sha2::Sha256::digest(bytes).into())
    }

    /// The digest of `bytes` by the same algorithm as `self`: equal to `self` when the bytes are the right ones.
    #[must_use]
    pub fn same_algorithm_of(&self, bytes: &[u8]) -> Self {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// A hasher of the algorithm of `self`.
    #[must_use]
    pub fn hasher(&self) -> Hasher {
        match self {
            Self::Sha256(_) => Hasher::Sha256(sha2::Sha256::new()),
            Self::Sha512(_) => Hasher::Sha512(Box::new(sha2::Sha512::new())),
        }
    }

    /// `sha256` or `sha512`.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "sha256",
            Self::Sha512(_) => "sha512",
        }
    }

    /// What tags begin with that tie something to what has this digest; where a registry lists no referrers it is the tag of
    /// the list (distribution-spec, "Referrers Tag Schema").
    #[must_use]
    pub fn tie(&self) -> String {
        let mut hex = self.hex();
        hex.truncate(MAX_TIE);
        format!("{}-{hex}", self.algorithm())
    }

    /// The value in lower-case hex, without the algorithm.
    #[must_use]
    pub fn hex(&self) -> String {
        let bytes: &[u8] = match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha512(bytes) => bytes,
        };
        let mut hex = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            hex.push(char::from(HEX[usize::from(byte >> 4)]));
            hex.push(char::from(HEX[usize::from(byte & 15)]));
        }
        hex
    }

    /// The first twelve hex digits: docker's short form of an ID.
    #[must_use]
    pub fn short(&self) -> String {
        let mut hex = self.hex();
        hex.truncate(12);
        hex
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn nibble(character: u8) -> Option<u8> {
    HEX.iter()
        .position(|&hex| hex == character)
        .and_then(|at| u8::try_from(at).ok())
}

fn unhex<const N: usize>(algorithm: &'static str, hex: &str) -> Result<[u8; N], DigestError> {
    if hex.len() != N * 2 {
        return Err(DigestError::Length {
            algorithm,
            expected: N * 2,
            found: hex.chars().count(),
        });
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let high = nibble(pair[0]).ok_or(DigestError::NotHex)?;
        let low = nibble(pair[1]).ok_or(DigestError::NotHex)?;
        *byte = high << 4 | low;
    }
    Ok(bytes)
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (algorithm, hex) = text.split_once(':').ok_or(DigestError::NoAlgorithm)?;
        match algorithm {
            "sha256" => Ok(Self::Sha256(unhex("sha256", hex)?)),
            "sha512" => Ok(Self::Sha512(unhex("sha512", hex)?)),
            _ => Err(DigestError::Algorithm),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error| serde::de::Error::custom(format_args!("digest {text:?}: {error}")))
    }
}

/// A digest being computed. Cloning keeps the state at that point, so a hash can be taken up again from there.
#[derive(Clone)]
pub enum Hasher {
    /// SHA-256 in progress.
    Sha256(sha2::Sha256),
    /// SHA-512 in progress.
    Sha512(Box<sha2::Sha512>),
}

impl Hasher {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of everything taken in.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::Sha256(hasher.finalize().into()),
            Self::Sha512(hasher) => Digest::Sha512(hasher.finalize().into()),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256(_) => "Hasher(sha256)",
            Self::Sha512(_) => "Hasher(sha512)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_printed_as_it_was_written() {
        assert_eq!(EMPTY.parse::<Digest>().unwrap().to_string(), EMPTY);
        assert_eq!(Digest::of(b"").to_string(), EMPTY);
        assert_eq!(Digest::of(b"").short(), "e3b0c44298fc");
    }

    #[test]
    fn sha512_is_verified_with_sha512() {
        let digest = Digest::Sha512([0; 64]).same_algorithm_of(b"abc");
        assert!(digest.to_string().starts_with("sha512:ddaf35a193617aba"));
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
    }

    #[test]
    fn nothing_but_a_digest_is_one() {
        let upper = EMPTY.to_uppercase().replace("SHA256", "sha256");
        let cases = [
            "",
            "sha256",
            "sha256:",
            "sha256:../../../../etc/passwd",
            "sha256:ABC",
            "md5:d41d8cd98f00b204e9800998ecf8427e",
            "sha384:00",
            &EMPTY[..EMPTY.len() - 1],
            &format!("{EMPTY}0"),
            &format!("{EMPTY}\0"),
            &format!(" {EMPTY}"),
            &upper,
        ];
        for case in cases {
            assert!(
                case.parse::<Digest>().is_err(),
                "{case:?} was taken for a digest"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_refused_or_comes_back_unchanged(text in "(sha256:|sha512:|md5:)?[0-9a-fA-F/.]{0,130}") {
            if let Ok(digest) = text.parse::<Digest>() {
                proptest::prop_assert_eq!(digest.to_string(), text);
            }
        }
    }
}
