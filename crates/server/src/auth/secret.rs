//! Tokens, cookies and links: 256 random bits each, of which only a hash is kept.

use bartizan_model::encoding::hex;
use sha2::{Digest, Sha256};

/// What tokens begin with, so that leaked ones are recognised.
const TOKEN: &str = "bzt_";

/// Random bytes of the system.
///
/// # Errors
/// When the system has none.
pub fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A new secret, as text.
///
/// # Errors
/// When the system has no random bytes.
pub fn new() -> Result<String, getrandom::Error> {
    Ok(hex(&random::<32>()?))
}

/// A new token of the interface for programs.
///
/// # Errors
/// When the system has no random bytes.
pub fn new_token() -> Result<String, getrandom::Error> {
    Ok(format!("{TOKEN}{}", new()?))
}

/// What is kept of a secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether two hashes are the same; takes as long where they are not.
#[must_use]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    let differ = one.iter().zip(other).fold(0, |differ, (a, b)| differ | (a ^ b));
    one.len() == other.len() && differ == 0
}
