//! Stable identities of findings, and keyed identities of secrets.
//!
//! A fingerprint is 128 bits of BLAKE3 over length-prefixed parts, so that no two lists of parts collide by
//! concatenation. Line numbers and directories are never parts. <https://github.com/BLAKE3-team/BLAKE3-specs>

use serde::{Deserialize, Serialize};
use std::fmt;

/// Identity of a finding: 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads a fingerprint; `None` unless it is 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        crate::encoding::is_hex(text, 32).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Collects the parts of a fingerprint.
#[derive(Debug)]
pub struct FingerprintBuilder(blake3::Hasher);

impl FingerprintBuilder {
    /// Starts with the rule id.
    #[must_use]
    pub fn new(rule: &str) -> Self {
        Self(blake3::Hasher::new_derive_key("bartizan finding fingerprint v1")).part(rule.as_bytes())
    }

    /// Adds one part.
    #[must_use]
    pub fn part(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// Adds the file name of a path without its directories: a renamed directory keeps the fingerprint.
    #[must_use]
    pub fn file_name_of(self, path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.part(name.as_bytes())
    }

    /// The 128 bits of the finished fingerprint.
    #[must_use]
    pub fn finish_bytes(self) -> [u8; 16] {
        let digest = *self.0.finalize().as_bytes();
        digest.first_chunk::<16>().copied().unwrap_or_default()
    }

    /// The fingerprint.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        Fingerprint::from_bytes(self.finish_bytes())
    }
}

impl Fingerprint {
    /// The identity with these 128 bits.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let mut text = String::with_capacity(32);
        for byte in bytes {
            text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        Self(text)
    }

    /// Its 128 bits.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(self.0.as_bytes().chunks_exact(2)) {
            let digit = |at: usize| {
                pair.get(at)
                    .and_then(|&digit| char::from(digit).to_digit(16))
                    .unwrap_or(0)
            };
            *byte = u8::try_from(digit(0) << 4 | digit(1)).unwrap_or(0);
        }
        bytes
    }
}

/// Key under which secrets are identified. A secret's text is never kept: only its keyed hash is.
///
/// With the default key anyone who holds a fingerprint can test guesses of a weak password against it, at the
/// price of [`SecretKey::ROUNDS`] hashes a guess; a key of one's own (`leak.fingerprint-key-file`) prevents that.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl Default for SecretKey {
    fn default() -> Self {
        Self(blake3::derive_key("bartizan secret identity v1 default key", b""))
    }
}

impl SecretKey {
    /// Hashes a guess costs.
    pub const ROUNDS: u32 = 512;

    /// A key derived from text or bytes of the user's own.
    #[must_use]
    pub fn derive(material: &[u8]) -> Self {
        Self(blake3::derive_key("bartizan secret identity v1", material))
    }

    /// The keyed hash that stands for a secret.
    #[must_use]
    pub fn identify(&self, secret: &[u8]) -> [u8; 32] {
        let mut state = *blake3::keyed_hash(&self.0, secret).as_bytes();
        for _ in 0..Self::ROUNDS {
            state = *blake3::keyed_hash(&self.0, &state).as_bytes();
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_do_not_collide_by_concatenation() {
        let one = FingerprintBuilder::new("leak/x").part(b"ab").part(b"c").finish();
        let other = FingerprintBuilder::new("leak/x").part(b"a").part(b"bc").finish();
        assert_ne!(one, other);
    }

    #[test]
    fn a_key_of_ones_own_changes_the_identity_of_a_secret() {
        assert_ne!(
            SecretKey::default().identify(b"hunter"),
            SecretKey::derive(b"k").identify(b"hunter")
        );
    }

    proptest! {
        #[test]
        fn renaming_directories_keeps_the_fingerprint(dir in "[a-z/]{0,20}", other in "[a-z/]{0,20}", name in "[a-z.]{1,10}") {
            let of = |dir: &str| FingerprintBuilder::new("leak/x").file_name_of(&format!("{dir}/{name}")).finish();
            prop_assert_eq!(of(&dir), of(&other));
            prop_assert!(Fingerprint::parse(of(&dir).as_str()).is_some());
        }
    }
}
