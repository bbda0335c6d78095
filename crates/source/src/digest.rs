//! Digests of content, <https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests>.
//!
//! In: the text of a digest, bytes. Out: whether the bytes are those that the digest names.

use bartizan_model::encoding::is_hex;
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

/// A digest of an algorithm that is registered, `algorithm:hex` in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    algorithm: Algorithm,
    hex: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Algorithm {
    Sha256,
    Sha512,
}

/// Why a text is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no digest of sha256 or sha512")]
pub struct NoDigest(String);

impl Digest {
    /// Reads a digest.
    ///
    /// # Errors
    /// When the algorithm is not sha256 or sha512, or the rest is not its length in lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, NoDigest> {
        let parts = text.split_once(':').and_then(|(name, hex)| {
            let algorithm = match name {
                "sha256" => Algorithm::Sha256,
                "sha512" => Algorithm::Sha512,
                _ => return None,
            };
            is_hex(hex, algorithm.digits()).then_some((algorithm, hex))
        });
        let shown: String = text.chars().take(160).collect();
        let (algorithm, hex) = parts.ok_or(NoDigest(shown))?;
        Ok(Self {
            algorithm,
            hex: hex.to_owned(),
        })
    }

    /// Name of the algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        }
    }

    /// The digits.
    #[must_use]
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// The digest of `bytes` by SHA-256.
    #[must_use]
    pub fn sha256(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::Sha256(Sha256::new());
        hasher.update(bytes);
        hasher.finish()
    }

    /// Whether `bytes` are those it names.
    #[must_use]
    pub fn names(&self, bytes: &[u8]) -> bool {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish() == *self
    }

    pub(crate) fn hasher(&self) -> Hasher {
        match self.algorithm {
            Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
            Algorithm::Sha512 => Hasher::Sha512(Box::new(Sha512::new())),
        }
    }
}

impl Algorithm {
    const fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.hex)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// Digests bytes as they pass.
#[derive(Debug, Clone)]
pub(crate) enum Hasher {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Digest {
        let (algorithm, bytes) = match self {
            Self::Sha256(hasher) => (Algorithm::Sha256, hasher.finalize().to_vec()),
            Self::Sha512(hasher) => (Algorithm::Sha512, hasher.finalize().to_vec()),
        };
        let hex = bartizan_model::encoding::hex(&bytes);
        Digest { algorithm, hex }
    }
}

/// A reader that digests and counts what passes through it.
pub(crate) struct Hashing<R> {
    inner: R,
    hasher: Option<Hasher>,
    count: u64,
}

impl<R> Hashing<R> {
    /// Without a hasher it only counts.
    pub(crate) const fn new(inner: R, hasher: Option<Hasher>) -> Self {
        Self {
            inner,
            hasher,
            count: 0,
        }
    }

    pub(crate) const fn count(&self) -> u64 {
        self.count
    }

    /// The digest of what passed so far.
    pub(crate) fn digest(&self) -> Option<Digest> {
        self.hasher.clone().map(Hasher::finish)
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(buffer.get(..count).unwrap_or_default());
        }
        self.count += count as u64;
        Ok(count)
    }
}

/// The digests of a file by the algorithms with which package managers record files, in lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentDigests {
    /// MD5, of dpkg and former rpm.
    pub md5: String,
    /// SHA-1, of apk.
    pub sha1: String,
    /// SHA-256, of rpm.
    pub sha256: String,
}

impl ContentDigests {
    /// The digests of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut summing = Summing::default();
        summing.update(bytes);
        summing.finish()
    }

    /// The digests of what a reader gives.
    ///
    /// # Errors
    /// When the reader breaks.
    pub(crate) fn read(reader: &mut dyn Read) -> io::Result<Self> {
        let mut summing = Summing::default();
        let mut piece = vec![0; 64 << 10];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok(summing.finish()),
                Ok(count) => summing.update(piece.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[derive(Default)]
struct Summing {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
}

impl Summing {
    fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        self.sha1.update(bytes);
        self.sha256.update(bytes);
    }

    fn finish(self) -> ContentDigests {
        ContentDigests {
            md5: digits(&self.md5.finalize()),
            sha1: digits(&self.sha1.finalize()),
            sha256: digits(&self.sha256.finalize()),
        }
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registered_algorithms_in_lower_case_are_digests() {
        let hex = "a".repeat(64);
        assert!(Digest::parse(&format!("sha256:{hex}")).is_ok());
        assert!(Digest::parse(&format!("sha512:{hex}{hex}")).is_ok());
        for text in [
            "",
            "sha256:",
            &hex,
            &format!("sha256:{}", "A".repeat(64)),
            &format!("sha512:{hex}"),
            &format!("md5:{hex}"),
            &format!("sha256:../{}", "a".repeat(61)),
        ] {
            assert!(Digest::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_digests_of_a_content_are_those_of_rfc_1321_and_of_fips_180() {
        let digests = ContentDigests::of(b"abc");
        assert_eq!(digests.md5, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(digests.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(digests.sha256, Digest::sha256(b"abc").hex());
        assert_eq!(ContentDigests::read(&mut &b"abc"[..]).unwrap(), digests);
    }

    #[test]
    fn a_digest_names_its_bytes_and_no_others() {
        let digest = Digest::sha256(b"abc");
        assert_eq!(
            digest.hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(digest.names(b"abc") && !digest.names(b"abd"));
    }
}
