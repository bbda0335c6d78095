//! People who were sent to sign in elsewhere, until they are back. A row is used up by whoever brings its state, whatever comes of it.

use crate::{Installation, StoreError};

/// Somebody who was sent to sign in elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// SHA-256 of the cookie of the browser that was sent.
    pub browser: Vec<u8>,
    /// What the other server has to repeat in what it signs.
    pub nonce: String,
    /// What proves that the code is asked about by whoever asked for it (RFC 7636).
    pub verifier: String,
    /// The tenant that was chosen.
    pub tenant: Option<String>,
    /// Until when they may come back, in milliseconds since 1970.
    pub expires: i64,
}

impl Installation<'_> {
    /// Keeps somebody who is sent, by the hash of the state; takes those away who did not come back before `at`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_sign_in(&mut self, state: &[u8], row: &SignInRow, at: i64) -> Result<(), StoreError> {
        self.sql
            .execute("DELETE FROM sent_away WHERE expires < $1", &[at.into()])?;
        self.sql
            .execute(
                "INSERT INTO sent_away (state, browser, nonce, verifier, tenant, expires) VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    state.into(),
                    (&row.browser).into(),
                    (&row.nonce).into(),
                    (&row.verifier).into(),
                    row.tenant.as_ref().into(),
                    row.expires.into(),
                ],
            )
            .map(|_| ())
    }

    /// Uses a state up. None where it is not known, or was used; whether it has expired is for the caller to see.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn use_sign_in(&mut self, state: &[u8]) -> Result<Option<SignInRow>, StoreError> {
        self.sql.first(
            "DELETE FROM sent_away WHERE state = $1 RETURNING browser, nonce, verifier, tenant, expires",
            &[state.into()],
            |row| {
                Ok(SignInRow {
                    browser: row.bytes(0)?,
                    nonce: row.text(1)?,
                    verifier: row.text(2)?,
                    tenant: row.maybe_text(3)?,
                    expires: row.int(4)?,
                })
            },
        )
    }
}
