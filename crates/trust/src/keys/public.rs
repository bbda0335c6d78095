//! Public keys: in, PEM or DER of X.509's public key information; out, whether a signature is theirs.

use super::KeyError;
use crate::der::{BIT_STRING, Elements, OBJECT_IDENTIFIER, SEQUENCE};
use crate::pem;
use ring::digest;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use std::fmt;

const LABEL: &str = "PUBLIC KEY";

/// The public key information of Ed25519 up to the key, which is of 32 bytes (RFC 8410, section 4).
const ED25519_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The public key information of P-256 up to the point, which is of 65 bytes as it is not compressed (RFC 5480, section 2).
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const P256_POINT: usize = 65;
const UNCOMPRESSED: u8 = 4;

/// 1.2.840.113549.1.1.1 and its parameters, NULL (RFC 3279, section 2.3.1).
const RSA_ALGORITHM: [u8; 13] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
const RSA_EXPONENT_BYTES: usize = 4;

/// The encodings of Ed25519's points of small order, two of them not canonical; the sign bit is clear.
const SMALL_ORDER: [[u8; 32]; 7] = [
    [0; 32],
    little(1, 0, 0),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    little(0xec, 0xff, 0x7f),
    little(0xed, 0xff, 0x7f),
    little(0xee, 0xff, 0x7f),
];

/// 32 bytes: `first`, 30 times `middle`, `last`.
const fn little(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    let [low, .., high] = &mut bytes;
    *low = first;
    *high = last;
    bytes
}

/// The name of a key: the SHA-256 hash of its public key information. Written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// The hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", crate::encoding::hex(&self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a public key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Ed25519.
    Ed25519,
    /// ECDSA over P-256 with SHA-256.
    EcdsaP256,
    /// RSA with SHA-256, of 2048 to 8192 bits.
    Rsa,
}

/// A public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kind: KeyKind,
    spki: Vec<u8>,
    /// The key as its algorithm has it: 32 bytes, a point, or RSA's modulus and exponent in DER.
    material: Vec<u8>,
    /// The only length a signature of this key can have, if there is just one.
    signature_length: Option<usize>,
    id: KeyId,
}

/// A signature that is not that of this key over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not one of this key over this message")]
pub struct BadSignature;

impl PublicKey {
    /// Reads a PEM text labelled `PUBLIC KEY`.
    ///
    /// # Errors
    /// When it is something else or damaged, or a key that is not accepted.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        if text.len() > pem::MAX_PEM {
            return Err(KeyError::TooLong(text.len()));
        }
        let (label, spki) = pem::decode(text).ok_or(KeyError::Pem)?;
        if label != LABEL {
            return Err(KeyError::Label {
                found: label.to_owned(),
                wanted: LABEL,
            });
        }
        Self::from_spki(&spki)
    }

    /// Reads the DER of public key information. That a point of P-256 is on the curve is checked when it verifies.
    ///
    /// # Errors
    /// When it is damaged or a key that is not accepted.
    pub fn from_spki(spki: &[u8]) -> Result<Self, KeyError> {
        if spki.len() > pem::MAX_PEM {
            return Err(KeyError::TooLong(spki.len()));
        }
        if let Some(key) = spki.strip_prefix(&ED25519_PREFIX) {
            return Self::from_ed25519(key.try_into().map_err(|_| KeyError::Form)?);
        }
        if let Some(point) = spki.strip_prefix(&P256_PREFIX) {
            return match point {
                [UNCOMPRESSED, ..] if point.len() == P256_POINT => {
                    Ok(Self::new(KeyKind::EcdsaP256, spki, point, None))
                }
                _ => Err(KeyError::Form),
            };
        }
        rsa(spki)
    }

    /// The Ed25519 key of these bytes (RFC 8032, section 5.1.5).
    ///
    /// # Errors
    /// When the key is a point of small order.
    pub fn from_ed25519(key: [u8; 32]) -> Result<Self, KeyError> {
        let mut unsigned = key;
        if let Some(last) = unsigned.last_mut() {
            *last &= 0x7f;
        }
        if SMALL_ORDER.contains(&unsigned) {
            return Err(KeyError::SmallOrder);
        }
        let spki = [ED25519_PREFIX.as_slice(), &key].concat();
        Ok(Self::new(KeyKind::Ed25519, &spki, &key, Some(64)))
    }

    fn new(kind: KeyKind, spki: &[u8], material: &[u8], signature_length: Option<usize>) -> Self {
        let hash = digest::digest(&digest::SHA256, spki);
        let mut id = [0; 32];
        for (to, from) in id.iter_mut().zip(hash.as_ref()) {
            *to = *from;
        }
        Self {
            kind,
            spki: spki.to_vec(),
            material: material.to_vec(),
            signature_length,
            id: KeyId(id),
        }
    }

    /// The key of P-256 that is this point, not compressed.
    pub(super) fn from_p256_point(point: &[u8]) -> Result<Self, KeyError> {
        Self::from_spki(&[P256_PREFIX.as_slice(), point].concat())
    }

    /// What the key is for.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The name of the key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The DER of the public key information.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The 32 bytes of an Ed25519 key; none for other keys.
    #[must_use]
    pub fn ed25519(&self) -> Option<[u8; 32]> {
        match self.kind {
            KeyKind::Ed25519 => self.material.as_slice().try_into().ok(),
            KeyKind::EcdsaP256 | KeyKind::Rsa => None,
        }
    }

    /// The PEM text.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(LABEL, &self.spki).to_string()
    }

    /// Checks a signature over `message`. ECDSA: in DER, or the two numbers one after another. RSA: PKCS #1 v1.5, or PSS with a
    /// salt of 32 bytes. All with SHA-256.
    ///
    /// # Errors
    /// When the signature is not that of this key over this message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if self
            .signature_length
            .is_some_and(|length| length != signature.len())
        {
            return Err(BadSignature);
        }
        let algorithms: &[&dyn VerificationAlgorithm] = match self.kind {
            KeyKind::Ed25519 => &[&ED25519],
            KeyKind::EcdsaP256 if signature.len() == 64 => {
                &[&ECDSA_P256_SHA256_FIXED, &ECDSA_P256_SHA256_ASN1]
            }
            KeyKind::EcdsaP256 => &[&ECDSA_P256_SHA256_ASN1],
            KeyKind::Rsa => &[&RSA_PKCS1_2048_8192_SHA256, &RSA_PSS_2048_8192_SHA256],
        };
        let held = algorithms.iter().any(|algorithm| {
            UnparsedPublicKey::new(*algorithm, &self.material)
                .verify(message, signature)
                .is_ok()
        });
        if held { Ok(()) } else { Err(BadSignature) }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("kind", &self.kind)
            .field("id", &self.id)
            .finish()
    }
}

/// SubjectPublicKeyInfo of RSA: the algorithm, and a bit string with the modulus and the exponent.
fn rsa(spki: &[u8]) -> Result<PublicKey, KeyError> {
    let (algorithm, key) = information(spki).ok_or(KeyError::Form)?;
    if algorithm != RSA_ALGORITHM {
        return Err(KeyError::Algorithm);
    }
    let (modulus, exponent) = rsa_numbers(key).ok_or(KeyError::Form)?;
    let bits = modulus
        .first()
        .map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err(KeyError::RsaSize(bits));
    }
    let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    if !odd(modulus) || !odd(exponent) || exponent == [1] || exponent.len() > RSA_EXPONENT_BYTES {
        return Err(KeyError::Form);
    }
    Ok(PublicKey::new(KeyKind::Rsa, spki, key, Some(modulus.len())))
}

fn information(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = Elements::of(spki);
    let mut members = Elements::of(outer.next(SEQUENCE)?);
    outer.ended()?;
    let algorithm = members.next(SEQUENCE)?;
    Elements::of(algorithm).next(OBJECT_IDENTIFIER)?;
    let bits = members.next(BIT_STRING)?;
    members.ended()?;
    match bits {
        [0, key @ ..] => Some((algorithm, key)),
        _ => None,
    }
}

fn rsa_numbers(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = Elements::of(key);
    let mut numbers = Elements::of(outer.next(SEQUENCE)?);
    outer.ended()?;
    let modulus = numbers.positive()?;
    let exponent = numbers.positive()?;
    numbers.ended()?;
    Some((modulus, exponent))
}
