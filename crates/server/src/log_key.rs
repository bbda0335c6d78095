//! The key with which the server signs what its logs say of themselves.
//!
//! In: a private key. Out: checkpoints. Every log, of which each tenant has one, has a name that is made from the key and the number of
//! the tenant: who pins the key pins the log, and no two installations have logs of the same name.

use crate::http::{Kind, Problem};
use bartizan_ledger::tlog::Hash;
use bartizan_model::encoding::hex;
use bartizan_store::TenantId;
use bartizan_trust::checkpoint::Checkpoint;
use bartizan_trust::keys::{KeyError, SigningKey, SigningKind};
use bartizan_trust::note::NoteSigner;
use std::sync::Arc;

/// Bytes of the hash of the key that are in the name of a log.
const NAMED_BY: usize = 16;

/// A key that signs checkpoints.
#[derive(Debug, Clone)]
pub struct LogKey(Arc<SigningKey>);

/// Why a key cannot sign checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogKeyError {
    /// It is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It is for something else.
    #[error("checkpoints are signed with Ed25519, and this key is for ECDSA")]
    Kind,
}

impl LogKeyError {
    /// What the operator can do about it.
    #[must_use]
    pub fn help(&self) -> String {
        let other = || "make one with `bartizan sign --new-key FILE`".to_owned();
        match self {
            Self::Key(error) => error.help().unwrap_or_else(other),
            Self::Kind => other(),
        }
    }
}

impl LogKey {
    /// A new key, and its PEM text, to be kept where only the server reads.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn generate() -> Result<(Self, String), LogKeyError> {
        let key = SigningKey::generate(SigningKind::Ed25519)?;
        let text = key.to_pem().to_string();
        Ok((Self(Arc::new(key)), text))
    }

    /// The key that a PEM text of PKCS #8 holds.
    ///
    /// # Errors
    /// When it is none, or not one of Ed25519.
    pub fn from_pem(text: &str) -> Result<Self, LogKeyError> {
        let key = SigningKey::from_pem(text)?;
        match key.kind() {
            SigningKind::Ed25519 => Ok(Self(Arc::new(key))),
            SigningKind::EcdsaP256 => Err(LogKeyError::Kind),
        }
    }

    /// Who signs for the log of this tenant.
    pub(crate) fn signer(&self, tenant: TenantId) -> Result<NoteSigner<'_>, Problem> {
        let id = self.0.public().id();
        let hash = id.as_bytes().get(..NAMED_BY).unwrap_or_default();
        let origin = format!("bartizan/{}/{}", hex(hash), tenant.0);
        NoteSigner::new(origin, &self.0).map_err(internal)
    }

    /// What the log of this tenant says of itself.
    pub(crate) fn checkpoint(&self, tenant: TenantId, size: u64, root: Hash) -> Result<String, Problem> {
        let signer = self.signer(tenant)?;
        let checkpoint = Checkpoint::new(signer.verifier_key().name(), size, root).map_err(internal)?;
        let note = checkpoint.sign(&[signer]).map_err(internal)?;
        Ok(note.to_string())
    }
}

fn internal(error: impl ToString) -> Problem {
    Problem::new(
        Kind::Internal,
        format!("the checkpoint cannot be signed: {}", error.to_string()),
    )
}
