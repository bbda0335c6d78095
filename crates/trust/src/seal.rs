//! Keeping small secrets: what the control plane has to say to others later, such as the password of a mail server, is encrypted before it
//! is kept, and says with which key.
//!
//! In: a key, random bytes, what the secret belongs to. Out: bytes that only the same key opens, and only for the same thing.
//! AES-256-GCM, <https://csrc.nist.gov/pubs/sp/800/38/d/final>; HMAC-SHA-256, <https://www.rfc-editor.org/rfc/rfc2104>.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{digest, hmac};
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Random bytes that sealing takes: never the same twice with one key.
pub const NONCE_BYTES: usize = 12;
/// Bytes by which a key is told from others.
const ID_BYTES: usize = 8;
/// What sealed bytes begin with: the form they have.
const FORM: u8 = 1;
/// Bytes of a secret at most.
const LONGEST: usize = 64 * 1024;

/// A key that secrets are kept with. It is wiped from memory, and never shown.
#[derive(Clone)]
pub struct SealKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealKey").finish_non_exhaustive()
    }
}

/// Why sealed bytes are not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// They were sealed with another key.
    #[error("it was sealed with another key")]
    OtherKey,
    /// They are none, were changed, or belong to something else.
    #[error("what is sealed was changed, or belongs to something else")]
    Broken,
    /// What is to be sealed is longer than secrets are.
    #[error("a secret has at most {LONGEST} bytes")]
    TooLong,
}

impl SealKey {
    /// The key with these bytes, which are to be random.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
        }
    }

    /// Seals a secret that belongs to `place`.
    ///
    /// # Errors
    /// When it is longer than 64 KiB.
    pub fn seal(&self, nonce: [u8; NONCE_BYTES], place: &str, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        if secret.len() > LONGEST {
            return Err(SealError::TooLong);
        }
        let mut body = secret.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.as_bytes()),
                &mut body,
            )
            .map_err(|_| SealError::Broken)?;
        let mut sealed = vec![FORM];
        sealed.extend_from_slice(&self.id());
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what belongs to `place`.
    ///
    /// # Errors
    /// When it was sealed with another key, was changed, or belongs to something else.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (form, rest) = sealed.split_first().ok_or(SealError::Broken)?;
        let (id, rest) = rest.split_first_chunk::<ID_BYTES>().ok_or(SealError::Broken)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Broken)?;
        if *form != FORM {
            return Err(SealError::Broken);
        }
        if *id != self.id() {
            return Err(SealError::OtherKey);
        }
        let mut body = Zeroizing::new(body.to_vec());
        let opened = self
            .cipher()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.as_bytes()),
                &mut body,
            )
            .map_err(|_| SealError::Broken)?
            .len();
        body.truncate(opened);
        Ok(body)
    }

    fn cipher(&self) -> Result<LessSafeKey, SealError> {
        UnboundKey::new(&AES_256_GCM, self.bytes.as_slice())
            .map(LessSafeKey::new)
            .map_err(|_| SealError::Broken)
    }

    /// What tells the key from others; the key cannot be found from it.
    fn id(&self) -> [u8; ID_BYTES] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"bartizan seal key\n");
        context.update(self.bytes.as_slice());
        let whole = context.finish();
        let mut id = [0; ID_BYTES];
        for (to, from) in id.iter_mut().zip(whole.as_ref()) {
            *to = *from;
        }
        id
    }
}

/// HMAC-SHA-256 of a message.
#[must_use]
pub fn authenticate(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message)
        .as_ref()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> SealKey {
        SealKey::new([byte; KEY_BYTES])
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_opened_by_the_same_key_for_the_same_thing_and_by_nothing_else(
            secret in proptest::collection::vec(any::<u8>(), 0..200), nonce in any::<[u8; 12]>(), at in any::<prop::sample::Index>(), bit in 0..8_u32,
        ) {
            let sealed = key(1).seal(nonce, "channel 7", &secret).unwrap();
            prop_assert_eq!(&*key(1).open("channel 7", &sealed).unwrap(), &secret);
            prop_assert_eq!(key(1).open("channel 8", &sealed).unwrap_err(), SealError::Broken);
            prop_assert_eq!(key(2).open("channel 7", &sealed).unwrap_err(), SealError::OtherKey);
            let mut changed = sealed.clone();
            let place = at.index(changed.len());
            changed[place] ^= 1 << bit;
            prop_assert!(key(1).open("channel 7", &changed).is_err());
            prop_assert!(key(1).open("channel 7", &sealed[..place]).is_err());
        }
    }

    #[test]
    fn nothing_of_the_key_is_shown() {
        assert_eq!(format!("{:?}", key(0x41)), "SealKey { .. }");
    }

    #[test]
    fn what_is_too_long_is_not_sealed() {
        assert_eq!(
            key(1).seal([0; 12], "x", &vec![0; LONGEST + 1]),
            Err(SealError::TooLong)
        );
    }

    #[test]
    fn a_message_is_authenticated_as_the_standard_says() {
        // Test case 2 of RFC 4231.
        let mac = authenticate(b"Jefe", b"what do ya want for nothing?");
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
