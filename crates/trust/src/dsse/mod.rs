//! Envelopes: a payload, what it is, and signatures over both.
//!
//! In: the JSON of an envelope and the keys to trust, or a payload and keys to sign with. Out: the payload, once enough trusted keys
//! have signed it; or the envelope. DSSE, version 1.0.2: <https://github.com/secure-systems-lab/dsse>.
//!
//! The bytes that were verified are the ones handed out: an envelope is read once, and [`Envelope::verify`] lends what it verified.

use crate::encoding;
use crate::keys::{KeyError, KeyId, PublicKey, SigningKey};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroUsize;

/// The payload type of in-toto statements (<https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md>).
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The most bytes the JSON of an envelope may have.
pub const MAX_ENVELOPE: usize = 32 * 1024 * 1024;

/// The most bytes a payload may have: in base64, with everything else at its longest, it makes an envelope within its bound.
pub const MAX_PAYLOAD: usize = 23 * 1024 * 1024;

/// The most signatures an envelope may have.
pub const MAX_SIGNATURES: usize = 16;

/// How often a signature that names no trusted key is tried with one.
pub const MAX_TRIES: usize = 512;

/// The most bytes a payload type, the name of a key, or a signature may have.
pub const MAX_FIELD: usize = 2048;

/// An envelope as it was read or made. What it holds is not to be trusted before [`Envelope::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

/// A signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// What the signer calls the key; empty when it is not told. Not signed, so a hint and nothing more.
    pub key_id: String,
    /// The signature.
    pub bytes: Vec<u8>,
}

/// A payload that enough trusted keys have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<'e, 'k> {
    /// The payload.
    pub payload: &'e [u8],
    /// The trusted keys that were found to have signed it: as many as were required, each once, in the order of the signatures.
    pub keys: Vec<&'k PublicKey>,
}

/// Why an envelope cannot be read, made or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DsseError {
    /// The JSON is too long.
    #[error("an envelope has at most {MAX_ENVELOPE} bytes, and this one has {0}")]
    TooLong(usize),
    /// The payload is too long.
    #[error("the payload of an envelope has at most {MAX_PAYLOAD} bytes, and this one has {0}")]
    Payload(usize),
    /// The bytes are not the JSON of an envelope.
    #[error("not a DSSE envelope: {0}")]
    Json(String),
    /// A member is not base64, in either alphabet.
    #[error("the member `{0}` of the envelope is not base64")]
    Base64(&'static str),
    /// A member is too long.
    #[error("the member `{member}` of the envelope has {length} bytes; {MAX_FIELD} is the most")]
    Field {
        /// Which.
        member: &'static str,
        /// Its bytes.
        length: usize,
    },
    /// There is no room for another signature.
    #[error("an envelope has at most {MAX_SIGNATURES} signatures")]
    Signatures,
    /// The payload is of another type than was asked for.
    #[error("the envelope holds a payload of type `{found}`, and `{wanted}` was expected")]
    PayloadType {
        /// What it is.
        found: String,
        /// What was asked for.
        wanted: String,
    },
    /// Too few trusted keys have signed.
    #[error("{found} of the trusted keys have signed the envelope, and {needed} are required")]
    NotEnough {
        /// Different trusted keys whose signature holds.
        found: usize,
        /// How many are required.
        needed: usize,
    },
    /// Finding out who has signed would take too long.
    #[error(
        "{signatures} signatures that do not tell their key, and {keys} keys that they may be of: name the key of each (`keyid`)"
    )]
    Unnamed {
        /// Signatures that name no trusted key.
        signatures: usize,
        /// Trusted keys.
        keys: usize,
    },
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What is signed: the type and the payload, each after its length.
#[must_use]
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// An envelope around `payload`, without signatures yet.
    ///
    /// # Errors
    /// When the payload type is longer than [`MAX_FIELD`], or the payload longer than [`MAX_PAYLOAD`].
    pub fn new(payload_type: impl Into<String>, payload: Vec<u8>) -> Result<Self, DsseError> {
        let payload_type = payload_type.into();
        bounded("payloadType", payload_type.len())?;
        if payload.len() > MAX_PAYLOAD {
            return Err(DsseError::Payload(payload.len()));
        }
        Ok(Self {
            payload_type,
            payload,
            signatures: Vec::new(),
        })
    }

    /// Adds a signature of `key`, named by its [`KeyId`].
    ///
    /// # Errors
    /// When there are [`MAX_SIGNATURES`] already, and when the key cannot sign.
    pub fn sign(&mut self, key: &SigningKey) -> Result<(), DsseError> {
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(DsseError::Signatures);
        }
        let bytes = key.sign(&pre_authentication_encoding(&self.payload_type, &self.payload))?;
        self.signatures.push(Signature {
            key_id: key.public().id().to_string(),
            bytes,
        });
        Ok(())
    }

    /// Reads an envelope. Members that are not known are ignored.
    ///
    /// # Errors
    /// When the bytes are too long, not an envelope, or a member is too long or not base64.
    pub fn parse(json: &[u8]) -> Result<Self, DsseError> {
        if json.len() > MAX_ENVELOPE {
            return Err(DsseError::TooLong(json.len()));
        }
        let read: Read<'_> =
            serde_json::from_slice(json).map_err(|error| DsseError::Json(error.to_string()))?;
        let payload = encoding::decode_either(&read.payload).ok_or(DsseError::Base64("payload"))?;
        let signatures = read
            .signatures
            .0
            .iter()
            .map(ReadSignature::decoded)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            signatures,
            ..Self::new(read.payload_type, payload)?
        })
    }

    /// The JSON of the envelope: one line, base64 in the standard alphabet.
    #[must_use]
    pub fn to_json(&self) -> String {
        let written = Written {
            payload: encoding::encode(&self.payload),
            payload_type: &self.payload_type,
            signatures: self
                .signatures
                .iter()
                .map(|signature| WrittenSignature {
                    keyid: &signature.key_id,
                    sig: encoding::encode(&signature.bytes),
                })
                .collect(),
        };
        // Strings and sequences of strings are what JSON can always say.
        serde_json::to_string(&written).unwrap_or_default()
    }

    /// Checks that at least `threshold` different keys of `trusted` have signed, and that the payload is of type `payload_type`.
    ///
    /// A key that is twice in `trusted` counts once. Signatures that do not hold, or are of other keys, count for nothing.
    ///
    /// # Errors
    /// When the payload is of another type, or fewer have signed.
    pub fn verify<'e, 'k>(
        &'e self,
        payload_type: &str,
        trusted: &'k [PublicKey],
        threshold: NonZeroUsize,
    ) -> Result<Verified<'e, 'k>, DsseError> {
        if self.payload_type != payload_type {
            return Err(DsseError::PayloadType {
                found: self.payload_type.clone(),
                wanted: payload_type.to_owned(),
            });
        }
        let message = pre_authentication_encoding(&self.payload_type, &self.payload);
        let mut keys: Vec<&PublicKey> = Vec::new();
        for signature in &self.signatures {
            if keys.len() == threshold.get() {
                break;
            }
            let named = trusted.iter().find(|key| names(&signature.key_id, key.id()));
            let candidates = named.map_or(trusted, std::slice::from_ref);
            let signer = candidates
                .iter()
                .filter(|key| !keys.iter().any(|counted| counted.id() == key.id()))
                .find(|key| key.verify(&message, &signature.bytes).is_ok());
            keys.extend(signer);
        }
        if keys.len() < threshold.get() {
            return Err(DsseError::NotEnough {
                found: keys.len(),
                needed: threshold.get(),
            });
        }
        Ok(Verified {
            payload: &self.payload,
            keys,
        })
    }

    /// Every key of `trusted` that has signed, each once, in the order of the signatures: for whom what each may vouch for differs.
    ///
    /// Signatures that do not hold, or are of other keys, count for nothing.
    ///
    /// # Errors
    /// When more than [`MAX_TRIES`] would be needed to find out.
    pub fn signers<'k>(&self, trusted: &'k [PublicKey]) -> Result<Vec<&'k PublicKey>, DsseError> {
        let named = |signature: &Signature| trusted.iter().find(|key| names(&signature.key_id, key.id()));
        let unnamed = self
            .signatures
            .iter()
            .filter(|signature| named(signature).is_none())
            .count();
        if unnamed.saturating_mul(trusted.len()) > MAX_TRIES {
            return Err(DsseError::Unnamed {
                signatures: unnamed,
                keys: trusted.len(),
            });
        }
        let message = pre_authentication_encoding(&self.payload_type, &self.payload);
        let mut signers: Vec<&PublicKey> = Vec::new();
        for signature in &self.signatures {
            let candidates = named(signature).map_or(trusted, std::slice::from_ref);
            let signer = candidates
                .iter()
                .filter(|key| !signers.iter().any(|known| known.id() == key.id()))
                .find(|key| key.verify(&message, &signature.bytes).is_ok());
            signers.extend(signer);
        }
        Ok(signers)
    }

    /// The type of the payload as the envelope has it.
    #[must_use]
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The payload, of which nothing is known: for showing, never for deciding.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures, verified or not.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }
}

/// Whether `hint` is how this program, or one that leaves the prefix out, names the key.
fn names(hint: &str, id: KeyId) -> bool {
    let written = id.to_string();
    hint == written || written.strip_prefix("sha256:") == Some(hint)
}

const fn bounded(member: &'static str, length: usize) -> Result<(), DsseError> {
    if length > MAX_FIELD {
        Err(DsseError::Field { member, length })
    } else {
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read<'a> {
    #[serde(borrow)]
    payload: Cow<'a, str>,
    #[serde(borrow)]
    payload_type: Cow<'a, str>,
    #[serde(borrow)]
    signatures: ReadSignatures<'a>,
}

#[derive(Deserialize)]
struct ReadSignature<'a> {
    #[serde(borrow, default)]
    keyid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    sig: Cow<'a, str>,
}

impl ReadSignature<'_> {
    fn decoded(&self) -> Result<Signature, DsseError> {
        let key_id = self.keyid.as_deref().unwrap_or_default();
        bounded("keyid", key_id.len())?;
        let bytes = encoding::decode_either(&self.sig).ok_or(DsseError::Base64("sig"))?;
        bounded("sig", bytes.len())?;
        Ok(Signature {
            key_id: key_id.to_owned(),
            bytes,
        })
    }
}

/// At most [`MAX_SIGNATURES`]: where there are more, reading stops there.
struct ReadSignatures<'a>(Vec<ReadSignature<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for ReadSignatures<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Few;

        impl<'de> Visitor<'de> for Few {
            type Value = Vec<ReadSignature<'de>>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX_SIGNATURES} signatures")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut signatures = Vec::new();
                while let Some(signature) = list.next_element()? {
                    if signatures.len() == MAX_SIGNATURES {
                        return Err(A::Error::custom(DsseError::Signatures));
                    }
                    signatures.push(signature);
                }
                Ok(signatures)
            }
        }

        deserializer.deserialize_seq(Few).map(Self)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    payload: String,
    payload_type: &'a str,
    signatures: Vec<WrittenSignature<'a>>,
}

#[derive(Serialize)]
struct WrittenSignature<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    keyid: &'a str,
    sig: String,
}

#[cfg(test)]
mod tests;
