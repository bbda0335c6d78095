//! The keys of notes: a name, a number that is computed of it, and an Ed25519 key (<https://c2sp.org/signed-note#verifier-keys>).
//! In and out: the text `<name>+<number>+<base64>`.

use crate::encoding;
use crate::keys::{KeyError, PublicKey, SigningKey};
use ring::digest::{SHA256, digest};
use std::fmt;
use std::str::FromStr;

/// The most bytes the text of a key may have.
const MAX_VKEY: usize = 1024;

/// The type of a signature as its key has it.
const ED25519: u8 = 1;

/// A key that verifies notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: PublicKey,
    ed25519: [u8; 32],
}

/// Why a text, or a name and a key, make no key of notes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// The text is not in its form.
    #[error("not the key of a note: `<name>+<8 hexadecimal digits>+<base64>`, of at most {MAX_VKEY} bytes")]
    Form,
    /// The name has characters that it must not have, or is too long.
    #[error(
        "the name of a note's key is not empty and has neither spaces, `+` nor control characters; most are like `example.org/log`"
    )]
    Name,
    /// The key is for another type of signature.
    #[error("the key `{0}` is not one for Ed25519 signatures, which are the only ones read")]
    Type(String),
    /// The number is not the one that name and key give.
    #[error(
        "the number of the key `{name}` is not {id:08x} but {computed:08x}: the name or the key was changed"
    )]
    Id {
        /// The name of the key.
        name: String,
        /// The number in the text.
        id: u32,
        /// The number of this name and key.
        computed: u32,
    },
    /// The key itself is not accepted.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl VerifierKey {
    /// The key of notes that is `key`, an Ed25519 key, under `name`.
    ///
    /// # Errors
    /// When the key is another one, or the name has spaces, `+` or control characters, or is empty or too long.
    pub fn new(name: impl Into<String>, key: PublicKey) -> Result<Self, VerifierKeyError> {
        let name = name.into();
        if !is_key_name(&name) {
            return Err(VerifierKeyError::Name);
        }
        let Some(ed25519) = key.ed25519() else {
            return Err(VerifierKeyError::Type(name));
        };
        let id = id_of(&name, &ed25519);
        let made = Self {
            name,
            id,
            key,
            ed25519,
        };
        if made.to_string().len() > MAX_VKEY {
            Err(VerifierKeyError::Name)
        } else {
            Ok(made)
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that tells keys of the same name apart: the first bytes of a hash, so a name and no proof of anything.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// Gives the key a number that is not its own, as one has whom it was worth the search.
    #[cfg(test)]
    pub(super) const fn force_id(&mut self, id: u32) {
        self.id = id;
    }

    /// The key itself.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = [[ED25519].as_slice(), &self.ed25519].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, encoding::encode(&material))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_VKEY {
            return Err(VerifierKeyError::Form);
        }
        // The base64 may have a `+` too.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VerifierKeyError::Form);
        };
        let id = parse_id(id).ok_or(VerifierKeyError::Form)?;
        let material = encoding::decode(material).ok_or(VerifierKeyError::Form)?;
        let key = match material.split_first() {
            Some((&ED25519, key)) => key.try_into().map_err(|_| VerifierKeyError::Form)?,
            Some(_) => return Err(VerifierKeyError::Type(name.to_owned())),
            None => return Err(VerifierKeyError::Form),
        };
        let read = Self::new(name, PublicKey::from_ed25519(key)?)?;
        if read.id != id {
            return Err(VerifierKeyError::Id {
                name: read.name,
                id,
                computed: read.id,
            });
        }
        Ok(read)
    }
}

/// A key that signs notes.
#[derive(Debug, Clone)]
pub struct NoteSigner<'k> {
    key: &'k SigningKey,
    verifier: VerifierKey,
}

impl<'k> NoteSigner<'k> {
    /// Signs with `key`, an Ed25519 key, under `name`.
    ///
    /// # Errors
    /// As for [`VerifierKey::new`].
    pub fn new(name: impl Into<String>, key: &'k SigningKey) -> Result<Self, VerifierKeyError> {
        Ok(Self {
            key,
            verifier: VerifierKey::new(name, key.public().clone())?,
        })
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(super) fn sign(&self, text: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.key.sign(text)
    }
}

pub(super) fn is_key_name(name: &str) -> bool {
    let allowed = |character: char| !character.is_whitespace() && character != '+' && character >= ' ';
    !name.is_empty() && name.chars().all(allowed)
}

fn parse_id(text: &str) -> Option<u32> {
    let lower = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if lower && text.len() == 8 {
        u32::from_str_radix(text, 16).ok()
    } else {
        None
    }
}

fn id_of(name: &str, key: &[u8; 32]) -> u32 {
    let hashed = [name.as_bytes(), b"\n", &[ED25519], key].concat();
    let hash = digest(&SHA256, &hashed);
    hash.as_ref()
        .iter()
        .take(4)
        .fold(0, |id, byte| id << 8 | u32::from(*byte))
}
