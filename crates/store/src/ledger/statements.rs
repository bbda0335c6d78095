//! Statements, in the order in which they came in.

use crate::backend::Dialect;
use crate::pack::{Packed, unpack};
use crate::value::Row;
use crate::{Session, StoreError, TenantId};

/// What is kept of a statement besides its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// Its place in the log, from 0.
    pub seq: i64,
    /// SHA-256 of its body.
    pub digest: Vec<u8>,
    /// Its predicate type.
    pub predicate: String,
    /// When it came in, in milliseconds since 1970.
    pub received: i64,
    /// Who sent it.
    pub pusher: String,
    /// Why it is believed: `signed:sha256:…`, `untrusted` or `authenticated`.
    pub trust: String,
    /// Bytes of its body.
    pub bytes: i64,
    /// The leaf of the log.
    pub entry: Vec<u8>,
}

/// A statement to append.
#[derive(Debug, Clone, Copy)]
pub struct NewStatement<'a> {
    /// SHA-256 of the body.
    pub digest: &'a [u8],
    /// Its predicate type.
    pub predicate: &'a str,
    /// When it came in, in milliseconds since 1970.
    pub received: i64,
    /// Who sent it.
    pub pusher: &'a str,
    /// Why it is believed.
    pub trust: &'a str,
    /// The leaf of the log.
    pub entry: &'a [u8],
    /// What came in.
    pub body: &'a Packed,
}

const COLUMNS: &str = "seq, digest, predicate, received, pusher, trust, bytes, entry";

fn read(row: &Row) -> Result<StatementRow, StoreError> {
    Ok(StatementRow {
        seq: row.int(0)?,
        digest: row.bytes(1)?,
        predicate: row.text(2)?,
        received: row.int(3)?,
        pusher: row.text(4)?,
        trust: row.text(5)?,
        bytes: row.int(6)?,
        entry: row.bytes(7)?,
    })
}

impl Session<'_> {
    /// How many statements there are.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn log_size(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .first(
                "SELECT size FROM logs WHERE tenant = $1",
                &[tenant.into()],
                |row| row.int(0),
            )?
            .ok_or_else(|| StoreError::Corrupt("a tenant has no log".to_owned()))
    }

    /// How many statements there are; nobody else appends before this transaction ends.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn hold_log(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        // An update takes the row in both engines.
        self.sql
            .first(
                "UPDATE logs SET size = size WHERE tenant = $1 RETURNING size",
                &[tenant.into()],
                |row| row.int(0),
            )?
            .ok_or_else(|| StoreError::Corrupt("a tenant has no log".to_owned()))
    }

    /// Appends a statement behind `size` others; [`Session::hold_log`] is to come first.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the same statement is there already, and those of the engine.
    pub fn append_statement(&mut self, size: i64, new: &NewStatement<'_>) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.execute(
            "INSERT INTO statements (tenant, seq, digest, predicate, received, pusher, trust, bytes, entry) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                tenant.into(),
                size.into(),
                new.digest.into(),
                new.predicate.into(),
                new.received.into(),
                new.pusher.into(),
                new.trust.into(),
                new.body.bytes_within().into(),
                new.entry.into(),
            ],
        )?;
        self.sql.execute(
            "INSERT INTO bodies (tenant, seq, body) VALUES ($1, $2, $3)",
            &[tenant.into(), size.into(), new.body.as_bytes().into()],
        )?;
        self.sql.execute(
            "UPDATE logs SET size = $2 WHERE tenant = $1",
            &[tenant.into(), (size + 1).into()],
        )?;
        self.sql.connection.appends(TenantId(tenant), size);
        Ok(())
    }

    /// The statement with this digest.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn statement_by_digest(&mut self, digest: &[u8]) -> Result<Option<StatementRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM statements WHERE tenant = $1 AND digest = $2"),
            &[tenant.into(), digest.into()],
            read,
        )
    }

    /// The statement at this place.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn statement(&mut self, seq: i64) -> Result<Option<StatementRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM statements WHERE tenant = $1 AND seq = $2"),
            &[tenant.into(), seq.into()],
            read,
        )
    }

    /// The statements from the place `from` up to, without it, `to`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn statements(&mut self, from: i64, to: i64) -> Result<Vec<StatementRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM statements WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq"
            ),
            &[tenant.into(), from.into(), to.into()],
            read,
        )
    }

    /// The newest statements before the place `before`, newest first, at most `limit`; of one predicate type where one is given.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn newest_statements(
        &mut self,
        predicate: Option<&str>,
        before: i64,
        limit: i64,
    ) -> Result<Vec<StatementRow>, StoreError> {
        let tenant = self.tenant().0;
        match predicate {
            Some(predicate) => self.sql.all(
                &format!(
                    "SELECT {COLUMNS} FROM statements WHERE tenant = $1 AND predicate = $4 AND seq < $2 \
                     ORDER BY seq DESC LIMIT $3"
                ),
                &[tenant.into(), before.into(), limit.max(0).into(), predicate.into()],
                read,
            ),
            None => self.sql.all(
                &format!("SELECT {COLUMNS} FROM statements WHERE tenant = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"),
                &[tenant.into(), before.into(), limit.max(0).into()],
                read,
            ),
        }
    }

    /// What came in at this place; none where it was taken away.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it cannot be read, and those of the engine.
    pub fn body(&mut self, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .first(
                "SELECT body FROM bodies WHERE tenant = $1 AND seq = $2",
                &[tenant.into(), seq.into()],
                |row| row.bytes(0),
            )?
            .map(|packed| unpack(&packed))
            .transpose()
    }

    /// Places of statements that came in before `received` and whose body is there, from the place `from` on, the first first, at
    /// most `limit`; without those of the predicate type `except`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn old_bodies(
        &mut self,
        (from, received): (i64, i64),
        except: &str,
        limit: i64,
    ) -> Result<Vec<(i64, String, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT s.seq, s.predicate, s.received FROM statements s JOIN bodies b ON b.tenant = s.tenant AND b.seq = s.seq \
             WHERE s.tenant = $1 AND s.seq >= $2 AND s.received < $3 AND s.predicate <> $4 ORDER BY s.seq LIMIT $5",
            &[
                tenant.into(),
                from.into(),
                received.into(),
                except.into(),
                limit.max(0).into(),
            ],
            |row| Ok((row.int(0)?, row.text(1)?, row.int(2)?)),
        )
    }

    /// Takes a body away for good; out comes whether it was there.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn take_body_away(&mut self, seq: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let is_file = self.sql.dialect == Dialect::Sqlite;
        if is_file {
            // Else the bytes stay in pages of the file that nobody uses (<https://www.sqlite.org/pragma.html#pragma_secure_delete>).
            self.sql.connection.batch("PRAGMA secure_delete = ON")?;
        }
        let taken = self.sql.execute(
            "DELETE FROM bodies WHERE tenant = $1 AND seq = $2",
            &[tenant.into(), seq.into()],
        );
        if is_file {
            self.sql.connection.batch("PRAGMA secure_delete = OFF")?;
        }
        let taken = taken?;
        Ok(taken > 0)
    }
}
