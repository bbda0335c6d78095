//! Keys that sign and keys that verify.
//!
//! In: PEM texts with the public key information of X.509 (RFC 5280, section 4.1.2.7) or with a private key of PKCS #8 (RFC 5958), as
//! `openssl genpkey` and `openssl pkey -pubout` write them. Out: keys that can do what their kind can: Ed25519 (RFC 8032), ECDSA over
//! P-256 with SHA-256, and RSA with SHA-256, which verifies only. Keys are written back in the same forms.
//!
//! A key is named by the SHA-256 hash of its public key information: [`KeyId`].

mod private;
mod public;

#[cfg(test)]
mod tests;

pub use private::{SigningKey, SigningKind};
pub use public::{BadSignature, KeyId, KeyKind, PublicKey};

use crate::pem::MAX_PEM;

/// A text or bytes that are no key that can be used here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is longer than any key's.
    #[error("a key in PEM has at most {MAX_PEM} bytes, and this text has {0}")]
    TooLong(usize),
    /// The text is not one PEM block.
    #[error(
        "not a key in PEM: one block from `-----BEGIN …-----` to `-----END …-----`, and nothing around it"
    )]
    Pem,
    /// The PEM block holds something else.
    #[error("the PEM block is a `{found}`, and `{wanted}` is what is read here")]
    Label {
        /// Its label.
        found: String,
        /// The label of a key of the kind asked for.
        wanted: &'static str,
    },
    /// The bytes are not the DER of such a key.
    #[error("the key is damaged, or not in the form that its PEM label tells")]
    Form,
    /// An algorithm or curve that is not supported.
    #[error(
        "the key is for an algorithm that is not supported: Ed25519, ECDSA over P-256 and (to verify) RSA are"
    )]
    Algorithm,
    /// An RSA key of a size that is not accepted.
    #[error("the RSA key has {0} bits; 2048 to 8192 are accepted")]
    RsaSize(usize),
    /// An Ed25519 key for which signatures can be made by anyone.
    #[error("the Ed25519 key is a point of small order: anyone can sign for it")]
    SmallOrder,
    /// The private key does not hold together.
    #[error("the private key was rejected: {0}")]
    Rejected(String),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Random,
}

impl KeyError {
    /// What the reader can do about it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let command = match self {
            Self::Label { found, wanted } => match (found.as_str(), *wanted) {
                (_, "PUBLIC KEY") if found.contains("PRIVATE KEY") => {
                    "this file is private: take its public half with `openssl pkey -in KEY -pubout -out KEY.pub`"
                }
                ("CERTIFICATE", "PUBLIC KEY") => {
                    "take the key out with `openssl x509 -in CERT -noout -pubkey`"
                }
                ("RSA PUBLIC KEY", "PUBLIC KEY") => {
                    "convert it with `openssl rsa -RSAPublicKey_in -in KEY -pubout`"
                }
                ("ENCRYPTED PRIVATE KEY", _) => "decrypt it with `openssl pkcs8 -in KEY -out KEY.plain`",
                ("EC PRIVATE KEY" | "RSA PRIVATE KEY", _) => {
                    "convert it with `openssl pkcs8 -topk8 -nocrypt -in KEY -out KEY.pkcs8`"
                }
                _ => return None,
            },
            Self::Algorithm | Self::RsaSize(_) | Self::SmallOrder => {
                "make a key with `openssl genpkey -algorithm ed25519`"
            }
            Self::Rejected(_) => "make a new key with `openssl genpkey -algorithm ed25519`",
            Self::TooLong(_) | Self::Pem | Self::Form | Self::Random => return None,
        };
        Some(command.to_owned())
    }
}
