//! What closes findings: one row for each thing to do on each thing.

use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// One thing to do on one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemedyRow {
    /// Its number within the tenant.
    pub id: i64,
    /// Where to do it.
    pub asset: i64,
    /// What to do, in the imperative.
    pub what: String,
    /// What is the same on other things.
    pub change: String,
    /// JSON of the upgrade, if it is one.
    pub upgrade: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The totals of the findings that are open.
    pub totals: RemedyTotals,
}

/// Totals of the findings of a remedy that are open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RemedyTotals {
    /// What is to be done first has the highest; 0 where nothing is open.
    pub rank: i64,
    /// How many.
    pub findings: i64,
    /// The most urgent decision, 0 for defer to 3 for immediate.
    pub decision: i64,
    /// The gravest severity, 0 for info to 4 for critical.
    pub severity: i64,
    /// The first day that is due, in milliseconds since 1970.
    pub due: Option<i64>,
}

const COLUMNS: &str = "id, asset, what, change, upgrade, owner, rank, findings, decision, severity, due";

fn read(row: &Row) -> Result<RemedyRow, StoreError> {
    Ok(RemedyRow {
        id: row.int(0)?,
        asset: row.int(1)?,
        what: row.text(2)?,
        change: row.text(3)?,
        upgrade: row.maybe_text(4)?,
        owner: row.maybe_text(5)?,
        totals: RemedyTotals {
            rank: row.int(6)?,
            findings: row.int(7)?,
            decision: row.int(8)?,
            severity: row.int(9)?,
            due: row.maybe_int(10)?,
        },
    })
}

impl Session<'_> {
    /// The number of the remedy, which is made where it is new; `upgrade` is JSON.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_remedy(
        &mut self,
        asset: i64,
        what: &str,
        change: &str,
        upgrade: Option<&str>,
    ) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        let known = self.sql.first(
            "SELECT id FROM remedies WHERE tenant = $1 AND asset = $2 AND what = $3",
            &[tenant.into(), asset.into(), what.into()],
            |row| row.int(0),
        )?;
        if let Some(id) = known {
            return Ok(id);
        }
        let id = self.next_id("remedies")?;
        self.sql.execute(
            "INSERT INTO remedies (tenant, id, asset, what, change, upgrade, owner, rank, findings, decision, severity, due) \
             VALUES ($1, $2, $3, $4, $5, $6, NULL, 0, 0, 0, 0, NULL)",
            &[
                tenant.into(),
                id.into(),
                asset.into(),
                what.into(),
                change.into(),
                upgrade.into(),
            ],
        )?;
        let known = self.sql.first(
            "SELECT id FROM changes WHERE tenant = $1 AND change = $2",
            &[tenant.into(), change.into()],
            |row| row.int(0),
        )?;
        if known.is_none() {
            let number = self.next_id("changes")?;
            self.sql.execute(
                "INSERT INTO changes (tenant, id, change, things, findings) VALUES ($1, $2, $3, 0, 0)",
                &[tenant.into(), number.into(), change.into()],
            )?;
        }
        Ok(id)
    }

    /// The remedy with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedy(&mut self, id: i64) -> Result<Option<RemedyRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM remedies WHERE tenant = $1 AND id = $2"),
            &[tenant.into(), id.into()],
            read,
        )
    }

    /// Every remedy of a thing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedies_of(&mut self, asset: i64) -> Result<Vec<RemedyRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!("SELECT {COLUMNS} FROM remedies WHERE tenant = $1 AND asset = $2 ORDER BY id"),
            &[tenant.into(), asset.into()],
            read,
        )
    }

    /// Remedies with this change that close something, by number: those above `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedies_by_change(
        &mut self,
        change: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<RemedyRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM remedies WHERE tenant = $1 AND change = $2 AND id > $3 AND findings > 0 ORDER BY id LIMIT $4"
            ),
            &[tenant.into(), change.into(), after.into(), limit.max(0).into()],
            read,
        )
    }

    /// The most urgent decision, the gravest severity and the first day that is due of what a change closes; zeros where it is nothing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn change_urgency(&mut self, change: &str) -> Result<(i64, i64, Option<i64>), StoreError> {
        let tenant = self.tenant().0;
        let found = self.sql.first(
            "SELECT COALESCE(MAX(decision), 0), COALESCE(MAX(severity), 0), MIN(due) FROM remedies \
             WHERE tenant = $1 AND change = $2 AND findings > 0",
            &[tenant.into(), change.into()],
            |row| Ok((row.int(0)?, row.int(1)?, row.maybe_int(2)?)),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// What is to be done, the first thing first: what stands behind (`rank`, `id`), at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn ranked_remedies(
        &mut self,
        behind: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<RemedyRow>, StoreError> {
        let tenant = self.tenant().0;
        let (rank, id) = behind.unwrap_or((i64::MAX, i64::MAX));
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM remedies WHERE tenant = $1 AND rank > 0 AND (rank, id) < ($2, $3) \
                 ORDER BY rank DESC, id DESC LIMIT $4"
            ),
            &[tenant.into(), rank.into(), id.into(), limit.max(0).into()],
            read,
        )
    }

    /// Adds to the numbers of open findings: (remedy, decision, severity, how many more).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_remedies(&mut self, counts: &[(i64, i64, i64, i64)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = counts
            .iter()
            .flat_map(|(remedy, decision, severity, more)| {
                [
                    tenant.into(),
                    (*remedy).into(),
                    (*decision).into(),
                    (*severity).into(),
                    (*more).into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "remedy_counts",
            columns: "tenant, remedy, decision, severity, findings",
            tail: "ON CONFLICT (tenant, remedy, decision, severity) \
                   DO UPDATE SET findings = remedy_counts.findings + excluded.findings",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Open findings of a remedy: (decision, severity, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedy_counts(&mut self, remedy: i64) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT decision, severity, findings FROM remedy_counts \
             WHERE tenant = $1 AND remedy = $2 AND findings > 0 ORDER BY decision, severity",
            &[tenant.into(), remedy.into()],
            |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
        )
    }

    /// Open findings of everything: (decision, severity, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn open_counts(&mut self) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT decision, severity, CAST(sum(findings) AS BIGINT) FROM remedy_counts \
             WHERE tenant = $1 GROUP BY decision, severity ORDER BY decision, severity",
            &[tenant.into()],
            |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
        )
    }

    /// When the first open finding of a remedy is due.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedy_due(&mut self, remedy: i64) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant().0;
        let due = self.sql.first(
            "SELECT due FROM findings WHERE tenant = $1 AND remedy = $2 AND status = 0 AND due IS NOT NULL \
             ORDER BY due LIMIT 1",
            &[tenant.into(), remedy.into()],
            |row| row.int(0),
        )?;
        Ok(due)
    }

    /// Keeps the totals of a remedy.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_remedy_totals(&mut self, remedy: i64, totals: RemedyTotals) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let before = self.sql.first(
            "SELECT change, findings FROM remedies WHERE tenant = $1 AND id = $2",
            &[tenant.into(), remedy.into()],
            |row| Ok((row.text(0)?, row.int(1)?)),
        )?;
        let Some((change, before)) = before else {
            return Ok(());
        };
        let things = i64::from(totals.findings > 0) - i64::from(before > 0);
        let more = totals.findings.wrapping_sub(before);
        if more != 0 {
            self.sql.execute(
                "UPDATE changes SET findings = findings + $3, things = things + $4 WHERE tenant = $1 AND change = $2",
                &[tenant.into(), (&change).into(), more.into(), things.into()],
            )?;
        }
        self.sql
            .execute(
                "UPDATE remedies SET rank = $3, findings = $4, decision = $5, severity = $6, due = $7 \
                 WHERE tenant = $1 AND id = $2",
                &[
                    tenant.into(),
                    remedy.into(),
                    totals.rank.into(),
                    totals.findings.into(),
                    totals.decision.into(),
                    totals.severity.into(),
                    totals.due.into(),
                ],
            )
            .map(|_| ())
    }

    /// Says who does a remedy.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_remedy_owner(&mut self, remedy: i64, owner: Option<&str>) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "UPDATE remedies SET owner = $3 WHERE tenant = $1 AND id = $2",
                &[tenant.into(), remedy.into(), owner.into()],
            )
            .map(|_| ())
    }
}
