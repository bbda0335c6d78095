//! Signed notes: a text, and lines below it with who has signed it.
//!
//! In: the bytes of a note and the keys to trust, or a text and keys to sign with. Out: the text, once a trusted key has signed it; or
//! the note. C2SP signed-note, version 1: <https://c2sp.org/signed-note>. Of its signature types there is Ed25519; lines of others are
//! kept as they are and count for nothing.

mod key;

#[cfg(test)]
mod tests;

pub use key::{NoteSigner, VerifierKey, VerifierKeyError};

use crate::encoding;
use crate::keys::KeyError;
use key::is_key_name;
use std::fmt;

/// The most bytes a note may have.
pub const MAX_NOTE: usize = 1024 * 1024;

/// The most signatures a note may have.
pub const MAX_SIGNATURES: usize = 64;

/// An em dash and a space.
const LINE_START: &str = "\u{2014} ";

const ID_BYTES: usize = 4;

/// A note as it was read or made. What it says is not to be trusted before [`Note::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: u32,
    bytes: Vec<u8>,
}

/// A text that a trusted key has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNote<'n, 'k> {
    /// The text, with the line break at its end.
    pub text: &'n str,
    /// The trusted keys that have signed it, each once, in the order of the signatures.
    pub keys: Vec<&'k VerifierKey>,
}

/// Why a note cannot be read, made or trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is too long.
    #[error("a note has at most {MAX_NOTE} bytes, and this one has {0}")]
    TooLong(usize),
    /// The text is not one that a note can have.
    #[error("the text of a note is UTF-8 that ends with a line break, and has no other control characters")]
    Text,
    /// There is no blank line with signatures below it.
    #[error("not a signed note: a text, a blank line, and below it lines with signatures")]
    Form,
    /// A line with a signature is not in its form.
    #[error("signature {0} of the note is not in its form: `— <name> <base64>`")]
    Signature(usize),
    /// There are too many signatures.
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    Signatures,
    /// Two different keys to trust go by the same name and number.
    #[error("two different keys to trust are both called `{name}+{id:08x}`")]
    Ambiguous {
        /// The name of the keys.
        name: String,
        /// Their number.
        id: u32,
    },
    /// A signature that names a trusted key is not its signature over this text.
    #[error(
        "the signature of `{name}+{id:08x}` does not hold: the note was changed, or made by someone else"
    )]
    BadSignature {
        /// The name of the key.
        name: String,
        /// Its number.
        id: u32,
    },
    /// No trusted key has signed the note.
    #[error("no trusted key has signed the note")]
    Unsigned,
    /// The key could not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Note {
    /// A note with this text, signed by each of `signers` in turn.
    ///
    /// # Errors
    /// When the text does not end with a line break, has other control characters or is too long; when there is no signer, or there
    /// are too many.
    pub fn sign(text: impl Into<String>, signers: &[NoteSigner<'_>]) -> Result<Self, NoteError> {
        let text = text.into();
        if !is_text(&text) {
            return Err(NoteError::Text);
        }
        let mut note = Self {
            text,
            signatures: Vec::new(),
        };
        for signer in signers {
            note.add(signer)?;
        }
        if note.signatures.is_empty() {
            Err(NoteError::Unsigned)
        } else {
            Ok(note)
        }
    }

    /// Adds a signature below those there are.
    ///
    /// # Errors
    /// When there are too many, or the note would be too long.
    pub fn add(&mut self, signer: &NoteSigner<'_>) -> Result<(), NoteError> {
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::Signatures);
        }
        let key = signer.verifier_key();
        let bytes = signer.sign(self.text.as_bytes())?;
        self.signatures.push(NoteSignature {
            name: key.name().to_owned(),
            id: key.id(),
            bytes,
        });
        let length = self.to_string().len();
        if length > MAX_NOTE {
            self.signatures.pop();
            return Err(NoteError::TooLong(length));
        }
        Ok(())
    }

    /// Reads a note.
    ///
    /// # Errors
    /// When it is too long or not in its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Text)?;
        if !is_text(note) {
            return Err(NoteError::Text);
        }
        let (before, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        if lines.is_empty() {
            return Err(NoteError::Form);
        }
        let mut signatures = Vec::new();
        for (number, line) in (1..).zip(lines.lines()) {
            if number > MAX_SIGNATURES {
                return Err(NoteError::Signatures);
            }
            signatures.push(NoteSignature::parse(line).ok_or(NoteError::Signature(number))?);
        }
        Ok(Self {
            text: format!("{before}\n"),
            signatures,
        })
    }

    /// Checks that a key of `trusted` has signed the note.
    ///
    /// Signatures of other keys are ignored, and so are those that share but the name or but the number with a trusted one.
    ///
    /// # Errors
    /// When none has, and when a signature that names a trusted key does not hold, whatever the others do.
    pub fn verify<'n, 'k>(&'n self, trusted: &'k [VerifierKey]) -> Result<VerifiedNote<'n, 'k>, NoteError> {
        let mut keys: Vec<&VerifierKey> = Vec::new();
        for signature in &self.signatures {
            let named = |key: &&VerifierKey| key.name() == signature.name && key.id() == signature.id;
            let Some(key) = trusted.iter().find(named) else {
                continue;
            };
            let (name, id) = (signature.name.clone(), signature.id);
            if trusted.iter().filter(named).any(|other| other != key) {
                return Err(NoteError::Ambiguous { name, id });
            }
            key.key()
                .verify(self.text.as_bytes(), &signature.bytes)
                .map_err(|_| NoteError::BadSignature { name, id })?;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            Err(NoteError::Unsigned)
        } else {
            Ok(VerifiedNote {
                text: &self.text,
                keys,
            })
        }
    }

    /// The text, of which nothing is known: for showing, never for deciding.
    #[must_use]
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// The signatures, verified or not.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for signature in &self.signatures {
            let bytes = [signature.id.to_be_bytes().as_slice(), &signature.bytes].concat();
            writeln!(f, "{LINE_START}{} {}", signature.name, encoding::encode(&bytes))?;
        }
        Ok(())
    }
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, digits) = line.strip_prefix(LINE_START)?.split_once(' ')?;
        let decoded = encoding::decode(digits)?;
        let (id, bytes) = decoded.split_first_chunk::<ID_BYTES>()?;
        if !is_key_name(name) || bytes.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            id: u32::from_be_bytes(*id),
            bytes: bytes.to_vec(),
        })
    }

    /// The name of the key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that tells keys of the same name apart.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }
}

fn is_text(text: &str) -> bool {
    text.ends_with('\n') && text.bytes().all(|byte| byte >= b' ' || byte == b'\n')
}
