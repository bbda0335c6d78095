//! Whose signatures are believed.

use crate::value::Row;
use crate::{Session, StoreError};

/// A key whose signatures vouch for statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKeyRow {
    /// SHA-256 of its public key information.
    pub key: Vec<u8>,
    /// The statement that trusts it.
    pub seq: i64,
    /// What it is called.
    pub name: String,
    /// The public key, in PEM.
    pub pem: String,
    /// Types of predicates that it may vouch for, a JSON list; empty for all.
    pub predicates: String,
    /// What the names of subjects begin with that it may vouch for, a JSON list; empty for all.
    pub subjects: String,
    /// From when, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Until when, in milliseconds since 1970.
    pub until: Option<i64>,
    /// Who trusts it.
    pub by: String,
    /// Since when, in milliseconds since 1970.
    pub created: i64,
    /// When it was revoked, in milliseconds since 1970.
    pub revoked: Option<i64>,
    /// By whom.
    pub revoked_by: Option<String>,
    /// Why.
    pub revoked_because: Option<String>,
}

const COLUMNS: &str = "key, seq, name, pem, predicates, subjects, valid_from, valid_until, by_whom, created, revoked, revoked_by, \
                       revoked_because";

fn read(row: &Row) -> Result<TrustedKeyRow, StoreError> {
    Ok(TrustedKeyRow {
        key: row.bytes(0)?,
        seq: row.int(1)?,
        name: row.text(2)?,
        pem: row.text(3)?,
        predicates: row.text(4)?,
        subjects: row.text(5)?,
        from: row.maybe_int(6)?,
        until: row.maybe_int(7)?,
        by: row.text(8)?,
        created: row.int(9)?,
        revoked: row.maybe_int(10)?,
        revoked_by: row.maybe_text(11)?,
        revoked_because: row.maybe_text(12)?,
    })
}

impl Session<'_> {
    /// Keeps a key, in place of what was known of it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_trusted_key(&mut self, row: &TrustedKeyRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.execute(
            "DELETE FROM trusted_keys WHERE tenant = $1 AND key = $2",
            &[tenant.into(), (&row.key).into()],
        )?;
        self.sql
            .execute(
                &format!(
                    "INSERT INTO trusted_keys (tenant, {COLUMNS}) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
                ),
                &[
                    tenant.into(),
                    (&row.key).into(),
                    row.seq.into(),
                    (&row.name).into(),
                    (&row.pem).into(),
                    (&row.predicates).into(),
                    (&row.subjects).into(),
                    row.from.into(),
                    row.until.into(),
                    (&row.by).into(),
                    row.created.into(),
                    row.revoked.into(),
                    row.revoked_by.as_ref().into(),
                    row.revoked_because.as_ref().into(),
                ],
            )
            .map(|_| ())
    }

    /// Revokes a key; out comes whether it was trusted until now.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn revoke_key(&mut self, key: &[u8], at: i64, by: &str, because: &str) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let changed = self.sql.execute(
            "UPDATE trusted_keys SET revoked = $3, revoked_by = $4, revoked_because = $5 \
             WHERE tenant = $1 AND key = $2 AND revoked IS NULL",
            &[tenant.into(), key.into(), at.into(), by.into(), because.into()],
        )?;
        Ok(changed > 0)
    }

    /// The key with this hash.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn trusted_key(&mut self, key: &[u8]) -> Result<Option<TrustedKeyRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM trusted_keys WHERE tenant = $1 AND key = $2"),
            &[tenant.into(), key.into()],
            read,
        )
    }

    /// Keys that were trusted by statements before the place `before`, the last first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn newest_keys(&mut self, before: i64, limit: i64) -> Result<Vec<TrustedKeyRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM trusted_keys WHERE tenant = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
            ),
            &[tenant.into(), before.into(), limit.max(0).into()],
            read,
        )
    }

    /// Keys that were not revoked, the last first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn keys_in_force(&mut self, limit: i64) -> Result<Vec<TrustedKeyRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM trusted_keys WHERE tenant = $1 AND revoked IS NULL ORDER BY seq DESC LIMIT $2"
            ),
            &[tenant.into(), limit.max(0).into()],
            read,
        )
    }
}
