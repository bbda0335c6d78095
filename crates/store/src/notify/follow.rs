//! Following the ledger and the time: what happened since, what became due since, which waivers end.
//!
//! How far one came is a row that whoever follows holds, so that of two replicas the second one waits and then finds nothing left to do.

use super::channels::{IssueRow, issue};
use crate::graph::FindingRow;
use crate::graph::findings::{COLUMNS, read};
use crate::value::Row;
use crate::{Session, StoreError};

/// A moment in milliseconds since 1970, or a place in the log, and a finding there: everything up to it was looked at.
pub type Place = (i64, i64);

/// How far the ledger and the time were followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The statement that is looked at next, and the finding up to which it was looked at.
    pub log: Place,
    /// Findings that were due by then.
    pub due: Place,
    /// Findings that were due soon by then.
    pub soon: Place,
    /// Waivers that ended soon by then.
    pub waiver: Place,
}

/// An open finding to which something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The statement.
    pub seq: i64,
    /// What: `opened`, `reopened`, `due`, `resumed`.
    pub kind: String,
    /// The finding as it is now.
    pub finding: FindingRow,
}

/// A waiver that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// A finding that it covers.
    pub finding: FindingRow,
    /// JSON of the waiver.
    pub waiver: String,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
}

const CURSOR: &str = "seq, finding, due_at, due_id, soon_at, soon_id, waiver_at, waiver_id";

fn cursor(row: &Row) -> Result<Cursor, StoreError> {
    Ok(Cursor {
        log: (row.int(0)?, row.int(1)?),
        due: (row.int(2)?, row.int(3)?),
        soon: (row.int(4)?, row.int(5)?),
        waiver: (row.int(6)?, row.int(7)?),
    })
}

/// The columns of findings, of this table of a join.
fn columns_of(table: &str) -> String {
    COLUMNS
        .split(", ")
        .map(|column| format!("{table}.{column}"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Session<'_> {
    /// How far one came. Nobody else follows before this transaction ends. Where nobody followed yet it becomes `start`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn hold_cursor(&mut self, start: Cursor) -> Result<Cursor, StoreError> {
        let tenant = self.tenant().0;
        self.sql.execute(
            &format!(
                "INSERT INTO notice_cursors (tenant, {CURSOR}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                 ON CONFLICT (tenant) DO NOTHING"
            ),
            &[
                tenant.into(),
                start.log.0.into(),
                start.log.1.into(),
                start.due.0.into(),
                start.due.1.into(),
                start.soon.0.into(),
                start.soon.1.into(),
                start.waiver.0.into(),
                start.waiver.1.into(),
            ],
        )?;
        self.sql
            .first(
                &format!("UPDATE notice_cursors SET seq = seq WHERE tenant = $1 RETURNING {CURSOR}"),
                &[tenant.into()],
                cursor,
            )?
            .ok_or_else(|| StoreError::Corrupt("how far the ledger was followed vanished".to_owned()))
    }

    /// How far one came, without holding anybody up.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn cursor(&mut self) -> Result<Option<Cursor>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {CURSOR} FROM notice_cursors WHERE tenant = $1"),
            &[tenant.into()],
            cursor,
        )
    }

    /// Says how far one came; [`Session::hold_cursor`] is to come first.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_cursor(&mut self, to: Cursor) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "UPDATE notice_cursors SET seq = $2, finding = $3, due_at = $4, due_id = $5, soon_at = $6, soon_id = $7, \
                 waiver_at = $8, waiver_id = $9 WHERE tenant = $1",
                &[
                    tenant.into(),
                    to.log.0.into(),
                    to.log.1.into(),
                    to.due.0.into(),
                    to.due.1.into(),
                    to.soon.0.into(),
                    to.soon.1.into(),
                    to.waiver.0.into(),
                    to.waiver.1.into(),
                ],
            )
            .map(|_| ())
    }

    /// Open findings to which something happened behind `from` and before the statement `to`: those that are critical, and those that are
    /// due by `due` at the latest. In the order of the log, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn changed_findings(
        &mut self,
        from: Place,
        to: i64,
        due: i64,
        limit: i64,
    ) -> Result<Vec<Changed>, StoreError> {
        let tenant = self.tenant().0;
        let columns = columns_of("f");
        self.sql.all(
            &format!(
                "SELECT {columns}, e.seq, e.kind FROM finding_events e \
                 JOIN findings f ON f.tenant = e.tenant AND f.id = e.finding \
                 WHERE e.tenant = $1 AND e.seq >= $2 AND (e.seq > $2 OR e.finding > $3) AND e.seq < $4 \
                 AND e.kind IN ('opened', 'reopened', 'due', 'resumed') AND f.status = 0 AND (f.severity = 4 OR f.due <= $5) \
                 ORDER BY e.seq, e.finding, e.kind LIMIT $6"
            ),
            &[
                tenant.into(),
                from.0.into(),
                from.1.into(),
                to.into(),
                due.into(),
                limit.max(0).into(),
            ],
            |row| {
                Ok(Changed {
                    finding: read(row)?,
                    seq: row.int(23)?,
                    kind: row.text(24)?,
                })
            },
        )
    }

    /// Open issues whose fix has nothing left to close: no finding of it is open or waived.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn issues_to_close(&mut self) -> Result<Vec<IssueRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT i.channel, i.remedy, i.number, i.url, i.is_open FROM issues i WHERE i.tenant = $1 AND i.is_open = 1 \
             AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.tenant = i.tenant AND f.remedy = i.remedy AND f.status = 0) \
             AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.tenant = i.tenant AND f.remedy = i.remedy AND f.status = 2) \
             ORDER BY i.channel, i.remedy",
            &[tenant.into()],
            issue,
        )
    }

    /// Whether anything that a remedy closes is open or waived.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn is_remedy_needed(&mut self, remedy: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let found = self.sql.first(
            "SELECT 1 FROM findings WHERE tenant = $1 AND remedy = $2 AND status IN (0, 2) LIMIT 1",
            &[tenant.into(), remedy.into()],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// Findings whose waiver ends behind `from` and until `until`, in order, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn ending_waivers(&mut self, from: Place, until: i64, limit: i64) -> Result<Vec<Ending>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND waived_until >= $2 AND waived_until <= $4 \
                 AND (waived_until > $2 OR id > $3) AND status = 2 ORDER BY waived_until, id LIMIT $5"
            ),
            &[
                tenant.into(),
                from.0.into(),
                from.1.into(),
                until.into(),
                limit.max(0).into(),
            ],
            |row| {
                let finding = read(row)?;
                Ok(Ending {
                    waiver: finding.waiver.clone().unwrap_or_default(),
                    until: finding.waived_until.unwrap_or_default(),
                    finding,
                })
            },
        )
    }

    /// Says that something is told; out comes whether it was not told before.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tell_once(&mut self, kind: &str, subject: &str, moment: i64, at: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let told = self.sql.execute(
            "INSERT INTO notices (tenant, kind, subject, moment, at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant, kind, subject, moment) DO NOTHING",
            &[
                tenant.into(),
                kind.into(),
                subject.into(),
                moment.into(),
                at.into(),
            ],
        )?;
        Ok(told > 0)
    }
}
