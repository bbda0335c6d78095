//! What controls rest on besides findings: which checks looked at what, which statements there are about a thing, who signed in, and
//! whether the ledger was verified.

use super::bearing::{AT_ONCE, among};
use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// The newest run of a check over a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// The check.
    pub name: String,
    /// The thing.
    pub asset: i64,
    /// The statement that tells of it.
    pub seq: i64,
    /// When it ran, in milliseconds since 1970.
    pub at: i64,
    /// `ran`, `partial`, `skipped` or `failed`.
    pub status: String,
    /// Why it did not look at all of the thing; empty where it did.
    pub why: String,
    /// The statement that tells of the newest run that looked at all of it.
    pub whole_seq: Option<i64>,
    /// When that ran.
    pub whole_at: Option<i64>,
}

/// A statement about a thing, as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Its place.
    pub seq: i64,
    /// Its SHA-256.
    pub digest: Vec<u8>,
    /// Who sent it.
    pub by: String,
}

/// The newest statement of a type about a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetStatementRow {
    /// The type of its predicate.
    pub predicate: String,
    /// The thing.
    pub asset: i64,
    /// Its place.
    pub seq: i64,
    /// When it was so, in milliseconds since 1970.
    pub at: i64,
}

/// The newest sign-in of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// Who.
    pub login: String,
    /// Whether it was granted.
    pub granted: bool,
    /// The statement that tells of it.
    pub seq: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// The newest verification of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationRow {
    /// The statement that tells of it.
    pub seq: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Entries that were looked at.
    pub entries: i64,
    /// Whether all of them are there and unchanged.
    pub is_intact: bool,
}

impl Session<'_> {
    /// Keeps runs of checks over a thing. What is older than what is known changes nothing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_coverage(&mut self, rows: &[CoverageRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = rows
            .iter()
            .flat_map(|row| {
                [
                    tenant.into(),
                    (&row.name).into(),
                    row.asset.into(),
                    row.seq.into(),
                    row.at.into(),
                    (&row.status).into(),
                    (&row.why).into(),
                    row.whole_seq.into(),
                    row.whole_at.into(),
                ]
            })
            .collect();
        let newer = |column: &str, at: &str| {
            format!(
                "{column} = CASE WHEN excluded.{at} >= COALESCE(check_coverage.{at}, excluded.{at}) \
                 THEN excluded.{column} ELSE check_coverage.{column} END"
            )
        };
        let sets: Vec<String> = [
            ("seq", "at"),
            ("at", "at"),
            ("status", "at"),
            ("why", "at"),
            ("whole_seq", "whole_at"),
            ("whole_at", "whole_at"),
        ]
        .into_iter()
        .map(|(column, at)| newer(column, at))
        .collect();
        let tail = format!(
            "ON CONFLICT (tenant, name, asset) DO UPDATE SET {}",
            sets.join(", ")
        );
        let insert = Insert {
            table: "check_coverage",
            columns: "tenant, name, asset, seq, at, status, why, whole_seq, whole_at",
            tail: &tail,
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// The newest runs of a check, by thing: of all things, or of these.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn coverage(&mut self, name: &str, assets: Option<&[i64]>) -> Result<Vec<CoverageRow>, StoreError> {
        let columns = "name, asset, seq, at, status, why, whole_seq, whole_at";
        self.by_asset(
            &format!("SELECT {columns} FROM check_coverage WHERE tenant = $1 AND name = $2"),
            name,
            assets,
            |row| {
                Ok(CoverageRow {
                    name: row.text(0)?,
                    asset: row.int(1)?,
                    seq: row.int(2)?,
                    at: row.int(3)?,
                    status: row.text(4)?,
                    why: row.text(5)?,
                    whole_seq: row.maybe_int(6)?,
                    whole_at: row.maybe_int(7)?,
                })
            },
        )
    }

    /// Keeps which statement of a type is the newest about a thing. What is older than what is known changes nothing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_asset_statement(&mut self, row: &AssetStatementRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO asset_statements (tenant, predicate, asset, seq, at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (tenant, predicate, asset) DO UPDATE SET seq = excluded.seq, at = excluded.at \
                 WHERE excluded.at >= asset_statements.at",
                &[
                    tenant.into(),
                    (&row.predicate).into(),
                    row.asset.into(),
                    row.seq.into(),
                    row.at.into(),
                ],
            )
            .map(|_| ())
    }

    /// The newest statements of a type, by thing: about all things, or about these.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn asset_statements(
        &mut self,
        predicate: &str,
        assets: Option<&[i64]>,
    ) -> Result<Vec<AssetStatementRow>, StoreError> {
        self.by_asset(
            "SELECT predicate, asset, seq, at FROM asset_statements WHERE tenant = $1 AND predicate = $2",
            predicate,
            assets,
            |row| {
                Ok(AssetStatementRow {
                    predicate: row.text(0)?,
                    asset: row.int(1)?,
                    seq: row.int(2)?,
                    at: row.int(3)?,
                })
            },
        )
    }

    fn by_asset<T>(
        &mut self,
        sql: &str,
        name: &str,
        assets: Option<&[i64]>,
        mut read: impl FnMut(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let tenant = self.tenant().0;
        let Some(assets) = assets else {
            let sql = format!("{sql} ORDER BY asset");
            return self.sql.all(&sql, &[tenant.into(), name.into()], read);
        };
        let mut rows = Vec::new();
        for part in assets.chunks(AT_ONCE) {
            let mut params: Vec<Param<'_>> = vec![tenant.into(), name.into()];
            let sql = format!("{sql} AND {} ORDER BY asset", among("asset", part, &mut params));
            rows.extend(self.sql.all(&sql, &params, &mut read)?);
        }
        Ok(rows)
    }

    /// What is cited of these statements; those that do not exist are left out. By place.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn cited(&mut self, statements: &[i64]) -> Result<Vec<Cited>, StoreError> {
        let tenant = self.tenant().0;
        let mut cited = Vec::new();
        for part in statements.chunks(AT_ONCE) {
            let mut params: Vec<Param<'_>> = vec![tenant.into()];
            let sql = format!(
                "SELECT seq, digest, pusher FROM statements WHERE tenant = $1 AND {} ORDER BY seq",
                among("seq", part, &mut params)
            );
            let rows = self.sql.all(&sql, &params, |row| {
                Ok(Cited {
                    seq: row.int(0)?,
                    digest: row.bytes(1)?,
                    by: row.text(2)?,
                })
            })?;
            cited.extend(rows);
        }
        Ok(cited)
    }

    /// Keeps that somebody signed in, or tried to.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_sign_in(&mut self, row: &SignInRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO sign_ins (tenant, login, granted, seq, at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (tenant, login, granted) DO UPDATE SET seq = excluded.seq, at = excluded.at",
                &[
                    tenant.into(),
                    (&row.login).into(),
                    row.granted.into(),
                    row.seq.into(),
                    row.at.into(),
                ],
            )
            .map(|_| ())
    }

    /// The newest sign-in of each person, by login.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn sign_ins(&mut self) -> Result<Vec<SignInRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT login, granted, seq, at FROM sign_ins WHERE tenant = $1 ORDER BY login, granted",
            &[tenant.into()],
            |row| {
                Ok(SignInRow {
                    login: row.text(0)?,
                    granted: row.flag(1)?,
                    seq: row.int(2)?,
                    at: row.int(3)?,
                })
            },
        )
    }

    /// Keeps that the ledger was verified.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_verification(&mut self, row: &VerificationRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO verifications (tenant, seq, at, entries, is_intact) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, at = excluded.at, entries = excluded.entries, \
                 is_intact = excluded.is_intact",
                &[
                    tenant.into(),
                    row.seq.into(),
                    row.at.into(),
                    row.entries.into(),
                    row.is_intact.into(),
                ],
            )
            .map(|_| ())
    }

    /// The newest verification of the ledger.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn verification(&mut self) -> Result<Option<VerificationRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT seq, at, entries, is_intact FROM verifications WHERE tenant = $1",
            &[tenant.into()],
            |row| {
                Ok(VerificationRow {
                    seq: row.int(0)?,
                    at: row.int(1)?,
                    entries: row.int(2)?,
                    is_intact: row.flag(3)?,
                })
            },
        )
    }
}
