//! Bills of materials of other programs, as statements about what they are of.

use bartizan_ledger::statement::STATEMENT_TYPE;
use bartizan_model::encoding::hex;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// A statement of this predicate type with the document as its predicate. Its subject is the thing of this name, with the digest of the
/// document: nobody told us the digest of the thing.
///
/// # Errors
/// When the document is no JSON.
pub fn bill_statement(
    predicate_type: &str,
    name: &str,
    document: &[u8],
) -> Result<Vec<u8>, serde_json::Error> {
    let predicate: &RawValue = serde_json::from_slice(document)?;
    let digest = hex(&Sha256::digest(document));
    let subject = serde_json::json!([{ "name": name, "digest": { "sha256": digest } }]);
    let mut statement = format!(
        "{{\"_type\":{},\"subject\":{subject},\"predicateType\":{},\"predicate\":",
        serde_json::to_string(STATEMENT_TYPE)?,
        serde_json::to_string(predicate_type)?,
    );
    statement.push_str(predicate.get());
    statement.push('}');
    Ok(statement.into_bytes())
}

/// The SHA-256 hash by which the ledger knows what was sent.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
