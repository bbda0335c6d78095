//! What is past its day: lists, and the sums from which the security debt of any instant follows.
//!
//! Sums change only when findings change, though the debt grows by itself: what is added up is when findings are due. Sums of whole days
//! come from the table `dues`, those of the day that is not over from the index of the findings.

use super::FindingRow;
use super::findings::{COLUMNS, read};
use crate::session::Insert;
use crate::value::Param;
use crate::{Session, StoreError};

const DAY: i64 = 86_400_000;

/// What is added to the sums of one thing, day and severity. Due dates are in seconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DueRow {
    /// The thing; 0 for all of them.
    pub asset: i64,
    /// Days since 1970.
    pub day: i64,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// Open findings that are due on this day.
    pub open: i64,
    /// When they are due, added up.
    pub open_due: i64,
    /// Findings due on this day that were past it when they were closed.
    pub passed: i64,
    /// When they were due, added up.
    pub passed_due: i64,
    /// Findings that were closed on this day and past theirs.
    pub ended: i64,
    /// When they were due, added up.
    pub ended_due: i64,
}

/// Findings that were fixed on one day and took about as long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClosingRow {
    /// Days since 1970.
    pub day: i64,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// How long they took at most, in milliseconds.
    pub class: i64,
    /// How many.
    pub findings: i64,
}

/// Open findings of one severity that are past their day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breached {
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// How many.
    pub findings: i64,
    /// When they were due, in seconds since 1970, added up.
    pub due: i64,
}

/// Open findings of one severity of one thing that have an objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRow {
    /// The thing.
    pub asset: i64,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// How many are open.
    pub open: i64,
    /// How many of them are past their day.
    pub breached: i64,
    /// When these were due, in seconds since 1970, added up.
    pub due: i64,
}

impl Session<'_> {
    /// Adds to the sums.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_dues(&mut self, rows: &[DueRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = rows
            .iter()
            .flat_map(|row| {
                [
                    tenant,
                    row.asset,
                    row.day,
                    row.severity,
                    row.open,
                    row.open_due,
                    row.passed,
                    row.passed_due,
                    row.ended,
                    row.ended_due,
                ]
                .map(Param::from)
            })
            .collect();
        let insert = Insert {
            table: "dues",
            columns: "tenant, asset, day, severity, open, open_due, passed, passed_due, ended, ended_due",
            tail: "ON CONFLICT (tenant, asset, day, severity) DO UPDATE SET \
                   open = dues.open + excluded.open, open_due = dues.open_due + excluded.open_due, \
                   passed = dues.passed + excluded.passed, passed_due = dues.passed_due + excluded.passed_due, \
                   ended = dues.ended + excluded.ended, ended_due = dues.ended_due + excluded.ended_due",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Adds to the numbers of what was fixed.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_closings(&mut self, rows: &[ClosingRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = rows
            .iter()
            .flat_map(|row| [tenant, row.day, row.severity, row.class, row.findings].map(Param::from))
            .collect();
        let insert = Insert {
            table: "closings",
            columns: "tenant, day, severity, class, findings",
            tail: "ON CONFLICT (tenant, day, severity, class) DO UPDATE SET findings = closings.findings + excluded.findings",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// The sums of all things together, by day and severity.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn dues(&mut self) -> Result<Vec<DueRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT day, severity, open, open_due, passed, passed_due, ended, ended_due FROM dues \
             WHERE tenant = $1 AND asset = 0 ORDER BY day, severity",
            &[tenant.into()],
            |row| {
                Ok(DueRow {
                    asset: 0,
                    day: row.int(0)?,
                    severity: row.int(1)?,
                    open: row.int(2)?,
                    open_due: row.int(3)?,
                    passed: row.int(4)?,
                    passed_due: row.int(5)?,
                    ended: row.int(6)?,
                    ended_due: row.int(7)?,
                })
            },
        )
    }

    /// How long it took what was fixed since a day, by severity and class.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn closings(&mut self, since: i64) -> Result<Vec<ClosingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT severity, class, CAST(sum(findings) AS BIGINT) FROM closings WHERE tenant = $1 AND day >= $2 \
             GROUP BY severity, class ORDER BY severity, class",
            &[tenant.into(), since.into()],
            |row| {
                Ok(ClosingRow {
                    day: since,
                    severity: row.int(0)?,
                    class: row.int(1)?,
                    findings: row.int(2)?,
                })
            },
        )
    }

    /// Open findings that are past their day at an instant in milliseconds since 1970, by severity.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn breached(&mut self, at: i64) -> Result<Vec<Breached>, StoreError> {
        let tenant = self.tenant().0;
        let today = at.div_euclid(DAY);
        self.sql.all(
            "SELECT severity, CAST(sum(findings) AS BIGINT), CAST(sum(due) AS BIGINT) FROM ( \
             SELECT severity, open AS findings, open_due AS due FROM dues WHERE tenant = $1 AND asset = 0 AND day < $2 \
             UNION ALL \
             SELECT severity, 1 AS findings, due / 1000 AS due FROM findings \
             WHERE tenant = $1 AND status = 0 AND due >= $3 AND due < $4) AS both_parts \
             GROUP BY severity ORDER BY severity",
            &[tenant.into(), today.into(), (today * DAY).into(), at.into()],
            |row| {
                Ok(Breached {
                    severity: row.int(0)?,
                    findings: row.int(1)?,
                    due: row.int(2)?,
                })
            },
        )
    }

    /// Open findings with an objective, by thing and severity, and how many of them are past their day at an instant in milliseconds since
    /// 1970.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn breached_by_asset(&mut self, at: i64) -> Result<Vec<GroupRow>, StoreError> {
        let tenant = self.tenant().0;
        let today = at.div_euclid(DAY);
        self.sql.all(
            "SELECT asset, severity, CAST(sum(open) AS BIGINT), CAST(sum(breached) AS BIGINT), CAST(sum(due) AS BIGINT) FROM ( \
             SELECT asset, severity, open, CASE WHEN day < $2 THEN open ELSE 0 END AS breached, \
             CASE WHEN day < $2 THEN open_due ELSE 0 END AS due FROM dues WHERE tenant = $1 AND asset > 0 \
             UNION ALL \
             SELECT asset, severity, 0 AS open, 1 AS breached, due / 1000 AS due FROM findings \
             WHERE tenant = $1 AND status = 0 AND due >= $3 AND due < $4) AS both_parts \
             GROUP BY asset, severity ORDER BY asset, severity",
            &[tenant.into(), today.into(), (today * DAY).into(), at.into()],
            |row| {
                Ok(GroupRow {
                    asset: row.int(0)?,
                    severity: row.int(1)?,
                    open: row.int(2)?,
                    breached: row.int(3)?,
                    due: row.int(4)?,
                })
            },
        )
    }

    /// Open findings of at least a severity that are due from `between.0` on and before `between.1`, in milliseconds since 1970: what is due first
    /// comes first, what stands behind (`due`, `id`), at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn due_findings(
        &mut self,
        between: (i64, i64),
        severity: i64,
        behind: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        let (due, id) = behind.unwrap_or((i64::MIN, i64::MIN));
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND status = 0 AND due >= $2 AND due < $3 \
                 AND (due, id) > ($4, $5) AND severity >= $6 ORDER BY due, id LIMIT $7"
            ),
            &[
                tenant.into(),
                between.0.into(),
                between.1.into(),
                due.into(),
                id.into(),
                severity.into(),
                limit.max(0).into(),
            ],
            read,
        )
    }

    /// Open findings that are due from `between.0` on and before `between.1`, in milliseconds since 1970: (severity, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn count_due(&mut self, between: (i64, i64)) -> Result<Vec<(i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT severity, count(*) FROM findings WHERE tenant = $1 AND status = 0 AND due >= $2 AND due < $3 \
             GROUP BY severity ORDER BY severity",
            &[tenant.into(), between.0.into(), between.1.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
    }
}
