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
    /// The next free number of a remedy.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn next_remedy(&mut self) -> Result<i64, StoreError> {
        self.next_id("remedies")
    }

    /// Writes remedies; those that are there are renewed.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_remedies(&mut self, remedies: &[RemedyRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = remedies
            .iter()
            .flat_map(|row| {
                [
                    tenant.into(),
                    row.id.into(),
                    row.asset.into(),
                    (&row.what).into(),
                    (&row.change).into(),
                    row.upgrade.as_ref().into(),
                    row.owner.as_ref().into(),
                    row.totals.rank.into(),
                    row.totals.findings.into(),
                    row.totals.decision.into(),
                    row.totals.severity.into(),
                    row.totals.due.into(),
                ]
            })
            .collect();
        let columns = format!("tenant, {COLUMNS}");
        let insert = Insert {
            table: "remedies",
            columns: &columns,
            tail: "ON CONFLICT (tenant, id) DO UPDATE SET upgrade = excluded.upgrade, owner = excluded.owner, \
                   rank = excluded.rank, findings = excluded.findings, decision = excluded.decision, \
                   severity = excluded.severity, due = excluded.due",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Which of these things have the remedy with these words: (thing, number of the remedy).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedies_called(&mut self, what: &str, assets: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all_of(
            "SELECT asset, id FROM remedies WHERE tenant = $1 AND what = $2 AND asset IN ({of})",
            &[tenant.into(), what.into()],
            assets,
            |row| Ok((row.int(0)?, row.int(1)?)),
        )
    }

    /// The remedies with these numbers.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedies_by_id(&mut self, ids: &[i64]) -> Result<Vec<RemedyRow>, StoreError> {
        let tenant = self.tenant().0;
        let mut rows = self.sql.all_of(
            &format!("SELECT {COLUMNS} FROM remedies WHERE tenant = $1 AND id IN ({{of}})"),
            &[tenant.into()],
            ids,
            read,
        )?;
        rows.sort_by_key(|row| row.id);
        Ok(rows)
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

    /// Open findings of remedies: (remedy, decision, severity, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedy_counts(&mut self, remedies: &[i64]) -> Result<Vec<(i64, i64, i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        let mut counts = self.sql.all_of(
            "SELECT remedy, decision, severity, findings FROM remedy_counts \
             WHERE tenant = $1 AND findings > 0 AND remedy IN ({of})",
            &[tenant.into()],
            remedies,
            |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?)),
        )?;
        counts.sort_unstable();
        Ok(counts)
    }

    /// Adds to the numbers of open findings of everything: (decision, severity, how many more).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_open(&mut self, counts: &[(i64, i64, i64)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = counts
            .iter()
            .flat_map(|(decision, severity, more)| {
                [
                    tenant.into(),
                    (*decision).into(),
                    (*severity).into(),
                    (*more).into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "open_counts",
            columns: "tenant, decision, severity, findings",
            tail: "ON CONFLICT (tenant, decision, severity) \
                   DO UPDATE SET findings = open_counts.findings + excluded.findings",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Open findings of everything: (decision, severity, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn open_counts(&mut self) -> Result<Vec<(i64, i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT decision, severity, findings FROM open_counts WHERE tenant = $1 AND findings > 0 \
             ORDER BY decision, severity",
            &[tenant.into()],
            |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)),
        )
    }

    /// When the first open finding of each remedy is due: (remedy, milliseconds since 1970).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn remedy_dues(&mut self, remedies: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        let dues = self.sql.all_of(
            "SELECT r.id, (SELECT f.due FROM findings f WHERE f.tenant = r.tenant AND f.remedy = r.id AND f.status = 0 \
             AND f.due IS NOT NULL ORDER BY f.due LIMIT 1) FROM remedies r WHERE r.tenant = $1 AND r.id IN ({of})",
            &[tenant.into()],
            remedies,
            |row| Ok((row.int(0)?, row.maybe_int(1)?)),
        )?;
        let mut dues: Vec<(i64, i64)> = dues
            .into_iter()
            .filter_map(|(remedy, due)| Some((remedy, due?)))
            .collect();
        dues.sort_unstable();
        Ok(dues)
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
