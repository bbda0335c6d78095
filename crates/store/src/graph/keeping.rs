//! What must be kept, and what was taken away.

use crate::value::Row;
use crate::{Session, StoreError};

/// Bodies that must not be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// The statement that lays the hold.
    pub seq: i64,
    /// The statement that is held; all of them where there is none.
    pub statement: Option<i64>,
    /// Why.
    pub reason: String,
    /// Who laid it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub created: i64,
    /// When it was ended, in milliseconds since 1970.
    pub ended: Option<i64>,
}

/// That a body was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TombstoneRow {
    /// The statement whose body it was.
    pub statement: i64,
    /// The statement that says so.
    pub seq: i64,
    /// Why.
    pub reason: String,
    /// Who took it away.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

const HOLD: &str = "seq, statement, reason, by_whom, created, ended";

fn read_hold(row: &Row) -> Result<HoldRow, StoreError> {
    Ok(HoldRow {
        seq: row.int(0)?,
        statement: row.maybe_int(1)?,
        reason: row.text(2)?,
        by: row.text(3)?,
        created: row.int(4)?,
        ended: row.maybe_int(5)?,
    })
}

impl Session<'_> {
    /// Keeps a hold.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_hold(&mut self, hold: &HoldRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                &format!("INSERT INTO holds (tenant, {HOLD}) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
                &[
                    tenant.into(),
                    hold.seq.into(),
                    hold.statement.into(),
                    (&hold.reason).into(),
                    (&hold.by).into(),
                    hold.created.into(),
                    hold.ended.into(),
                ],
            )
            .map(|_| ())
    }

    /// Ends a hold; out comes whether it held until now.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn end_hold(&mut self, seq: i64, at: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let changed = self.sql.execute(
            "UPDATE holds SET ended = $3 WHERE tenant = $1 AND seq = $2 AND ended IS NULL",
            &[tenant.into(), seq.into(), at.into()],
        )?;
        Ok(changed > 0)
    }

    /// Holds before the place `before`, the last first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn newest_holds(&mut self, before: i64, limit: i64) -> Result<Vec<HoldRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {HOLD} FROM holds WHERE tenant = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"),
            &[tenant.into(), before.into(), limit.max(0).into()],
            read_hold,
        )
    }

    /// A hold that is in force on this statement.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn hold_on(&mut self, statement: i64) -> Result<Option<HoldRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!(
                "SELECT {HOLD} FROM holds WHERE tenant = $1 AND ended IS NULL AND (statement IS NULL OR statement = $2) \
                 ORDER BY seq LIMIT 1"
            ),
            &[tenant.into(), statement.into()],
            read_hold,
        )
    }

    /// Keeps that a body was taken away.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_tombstone(&mut self, row: &TombstoneRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO tombstones (tenant, statement, seq, reason, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6) \
                 ON CONFLICT (tenant, statement) DO NOTHING",
                &[
                    tenant.into(),
                    row.statement.into(),
                    row.seq.into(),
                    (&row.reason).into(),
                    (&row.by).into(),
                    row.at.into(),
                ],
            )
            .map(|_| ())
    }

    /// Which bodies were taken away of the statements from the place `from` up to, without it, `to`; the first first.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tombstones(&mut self, from: i64, to: i64) -> Result<Vec<TombstoneRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT statement, seq, reason, by_whom, at FROM tombstones \
             WHERE tenant = $1 AND statement >= $2 AND statement < $3 ORDER BY statement",
            &[tenant.into(), from.into(), to.into()],
            |row| {
                Ok(TombstoneRow {
                    statement: row.int(0)?,
                    seq: row.int(1)?,
                    reason: row.text(2)?,
                    by: row.text(3)?,
                    at: row.int(4)?,
                })
            },
        )
    }

    /// Whether something that is still open, or what is known of a thing now, rests on this statement: a finding that is not fixed was
    /// opened, fixed, waived or made due by it, or it is the last scan of its kind or the bill of materials that holds.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn counts_still(&mut self, statement: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        for sql in [
            // 1 is what is fixed (`Status`).
            "SELECT 1 FROM finding_events e JOIN findings f ON f.tenant = e.tenant AND f.id = e.finding \
             WHERE e.tenant = $1 AND e.seq = $2 AND f.status <> 1 LIMIT 1",
            "SELECT 1 FROM bills WHERE tenant = $1 AND seq = $2 AND is_current = 1",
            "SELECT 1 FROM scans c JOIN scopes s ON s.tenant = c.tenant AND s.id = c.scope \
             WHERE c.tenant = $1 AND c.seq = $2 AND s.last_seq = $2 LIMIT 1",
        ] {
            let found = self
                .sql
                .first(sql, &[tenant.into(), statement.into()], |row| row.int(0))?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
