//! Private keys: in, PEM of PKCS #8, or nothing for a new one; out, signatures.

use super::{KeyError, PublicKey};
use crate::der::{Elements, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};
use crate::pem;
use ring::error::KeyRejected;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use std::fmt;
use zeroize::Zeroizing;

const LABEL: &str = "PRIVATE KEY";

/// 1.3.101.112 (RFC 8410, section 3).
const ED25519: [u8; 3] = [0x2b, 0x65, 0x70];
/// An Ed25519 key up to its 32 bytes, in the first version of PKCS #8 (RFC 8410, section 7): `ring` writes the second, which OpenSSL
/// does not read before its version 3.2.
const ED25519_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// 1.2.840.10045.2.1 (RFC 5480, section 2.1.1); which curve it is, `ring` looks at.
const EC: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// What a private key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningKind {
    /// Ed25519.
    Ed25519,
    /// ECDSA over P-256 with SHA-256.
    EcdsaP256,
}

/// A private key. Its PKCS #8 bytes are wiped from memory when it goes; what `ring` derives of them to sign with is not.
pub struct SigningKey {
    pkcs8: Zeroizing<Vec<u8>>,
    pair: Pair,
    public: PublicKey,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    EcdsaP256(EcdsaKeyPair),
}

impl SigningKey {
    /// A new key, of the system's randomness.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn generate(kind: SigningKind) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pkcs8 = match kind {
            SigningKind::Ed25519 => {
                let mut seed = Zeroizing::new([0; 32]);
                random.fill(seed.as_mut_slice()).map_err(|_| KeyError::Random)?;
                [ED25519_PREFIX.as_slice(), seed.as_slice()].concat()
            }
            SigningKind::EcdsaP256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)
                .map_err(|_| KeyError::Random)?
                .as_ref()
                .to_vec(),
        };
        Self::from_pkcs8(Zeroizing::new(pkcs8))
    }

    /// Reads a PEM text labelled `PRIVATE KEY`.
    ///
    /// # Errors
    /// When it is something else, encrypted or damaged, or a key that is not accepted.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        if text.len() > pem::MAX_PEM {
            return Err(KeyError::TooLong(text.len()));
        }
        let (label, pkcs8) = pem::decode(text).ok_or(KeyError::Pem)?;
        if label != LABEL {
            return Err(KeyError::Label {
                found: label.to_owned(),
                wanted: LABEL,
            });
        }
        Self::from_pkcs8(pkcs8)
    }

    fn from_pkcs8(pkcs8: Zeroizing<Vec<u8>>) -> Result<Self, KeyError> {
        let rejected = |error: KeyRejected| KeyError::Rejected(error.to_string());
        let algorithm = algorithm(&pkcs8).ok_or(KeyError::Form)?;
        let pair = if algorithm == ED25519 {
            // Keys of the first version of PKCS #8, which is what OpenSSL writes, have no public half to compare with.
            Pair::Ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).map_err(rejected)?)
        } else if algorithm == EC {
            let random = SystemRandom::new();
            Pair::EcdsaP256(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8, &random)
                    .map_err(rejected)?,
            )
        } else {
            return Err(KeyError::Algorithm);
        };
        let public = match &pair {
            Pair::Ed25519(pair) => PublicKey::from_ed25519(
                pair.public_key()
                    .as_ref()
                    .try_into()
                    .map_err(|_| KeyError::Form)?,
            )?,
            Pair::EcdsaP256(pair) => PublicKey::from_p256_point(pair.public_key().as_ref())?,
        };
        Ok(Self { pkcs8, pair, public })
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// What the key is for.
    #[must_use]
    pub const fn kind(&self) -> SigningKind {
        match self.pair {
            Pair::Ed25519(_) => SigningKind::Ed25519,
            Pair::EcdsaP256(_) => SigningKind::EcdsaP256,
        }
    }

    /// The PEM text, not encrypted, to be kept where only its owner reads.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        pem::encode(LABEL, &self.pkcs8)
    }

    /// The signature over `message`: 64 bytes for Ed25519, DER for ECDSA.
    ///
    /// # Errors
    /// When the system gives no randomness for ECDSA.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::EcdsaP256(pair) => {
                let signature = pair
                    .sign(&SystemRandom::new(), message)
                    .map_err(|_| KeyError::Random)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// The object identifier of the algorithm of a PKCS #8 key.
fn algorithm(pkcs8: &[u8]) -> Option<&[u8]> {
    let mut members = Elements::of(Elements::of(pkcs8).next(SEQUENCE)?);
    members.next(INTEGER)?;
    Elements::of(members.next(SEQUENCE)?).next(OBJECT_IDENTIFIER)
}
