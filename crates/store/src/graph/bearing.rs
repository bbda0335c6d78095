//! How many findings there are, for whoever judges by numbers: counts that are kept while findings change, and lists of a few findings.

use super::FindingRow;
use super::findings::{COLUMNS, read as read_finding};
use crate::session::Insert;
use crate::value::Param;
use crate::{Session, StoreError};
use std::collections::BTreeMap;

/// Things that one query names at most.
pub(super) const AT_ONCE: usize = 400;
/// Findings that are looked at to list those of some rules.
const LOOKED_AT: i64 = 1_000;

/// A table of counts, and the columns that its rows are found by.
const OF_THINGS: (&str, &[&str]) = (
    "finding_counts",
    &[
        "tenant", "class", "rule", "status", "severity", "due_day", "asset",
    ],
);
const OF_ALL: (&str, &[&str]) = (
    "finding_totals",
    &["tenant", "class", "rule", "status", "severity", "due_day"],
);

/// So many more findings (or fewer).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingCountRow {
    /// What the thing is: 1 a repository, 2 an image, 3 a host, 0 anything else.
    pub class: i64,
    /// The rule.
    pub rule: String,
    /// The number of the state ([`super::Status::number`]).
    pub status: i64,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// The thing.
    pub asset: i64,
    /// Day since 1970 by which open ones are due; -1 for none.
    pub due_day: i64,
    /// How many.
    pub findings: i64,
}

/// Findings that have class, rule, state and severity in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingSumRow {
    /// As in [`FindingCountRow`].
    pub class: i64,
    /// The rule.
    pub rule: String,
    /// The number of the state.
    pub status: i64,
    /// 0 for info to 4 for critical.
    pub severity: i64,
    /// How many.
    pub findings: i64,
    /// Of these, those that were due before the day that was asked about.
    pub overdue: i64,
}

/// `column IN ($n, …)` for these numbers, which become parameters.
pub(super) fn among(column: &str, numbers: &[i64], params: &mut Vec<Param<'_>>) -> String {
    let places: Vec<String> = numbers
        .iter()
        .map(|number| {
            params.push((*number).into());
            format!("${}", params.len())
        })
        .collect();
    format!("{column} IN ({})", places.join(", "))
}

impl Session<'_> {
    /// Counts more findings, or fewer: of each thing, and of all things.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_finding_counts(&mut self, counts: &[FindingCountRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.add_counts(&OF_THINGS, counts, |row| {
            vec![
                tenant.into(),
                row.class.into(),
                (&row.rule).into(),
                row.status.into(),
                row.severity.into(),
                row.due_day.into(),
                row.asset.into(),
            ]
        })?;
        let mut totals: BTreeMap<(i64, &str, i64, i64, i64), i64> = BTreeMap::new();
        for row in counts {
            let key = (
                row.class,
                row.rule.as_str(),
                row.status,
                row.severity,
                row.due_day,
            );
            *totals.entry(key).or_default() += row.findings;
        }
        let totals: Vec<FindingCountRow> = totals
            .into_iter()
            .filter(|(_, findings)| *findings != 0)
            .map(
                |((class, rule, status, severity, due_day), findings)| FindingCountRow {
                    class,
                    rule: rule.to_owned(),
                    status,
                    severity,
                    asset: 0,
                    due_day,
                    findings,
                },
            )
            .collect();
        self.add_counts(&OF_ALL, &totals, |row| {
            vec![
                tenant.into(),
                row.class.into(),
                (&row.rule).into(),
                row.status.into(),
                row.severity.into(),
                row.due_day.into(),
            ]
        })
    }

    fn add_counts(
        &mut self,
        (table, key): &(&str, &[&str]),
        counts: &[FindingCountRow],
        key_of: impl Fn(&FindingCountRow) -> Vec<Param<'_>>,
    ) -> Result<(), StoreError> {
        let values: Vec<Param<'_>> = counts
            .iter()
            .flat_map(|row| key_of(row).into_iter().chain([row.findings.into()]))
            .collect();
        let columns = key.join(", ");
        let insert = Insert {
            table,
            columns: &format!("{columns}, findings"),
            tail: &format!(
                "ON CONFLICT ({columns}) DO UPDATE SET findings = {table}.findings + excluded.findings"
            ),
        };
        self.sql.insert(&insert, &values)?;
        let equal: Vec<String> = (1..)
            .zip(*key)
            .map(|(place, column)| format!("{column} = ${place}"))
            .collect();
        let sql = format!(
            "DELETE FROM {table} WHERE {} AND findings = 0",
            equal.join(" AND ")
        );
        for row in counts.iter().filter(|row| row.findings < 0) {
            self.sql.execute(&sql, &key_of(row))?;
        }
        Ok(())
    }

    /// How many findings there are of repositories, images and hosts, and how many of them were due before the day `today` (since 1970): of all
    /// things, or of these.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn finding_sums(
        &mut self,
        assets: Option<&[i64]>,
        today: i64,
    ) -> Result<Vec<FindingSumRow>, StoreError> {
        let tenant = self.tenant().0;
        let parts: Vec<Option<&[i64]>> = match assets {
            None => vec![None],
            Some(assets) => assets.chunks(AT_ONCE).map(Some).collect(),
        };
        let mut sums = Vec::new();
        for part in parts {
            let mut params: Vec<Param<'_>> = vec![tenant.into(), today.into()];
            let (table, which) = match part {
                Some(part) => (OF_THINGS.0, format!(" AND {}", among("asset", part, &mut params))),
                None => (OF_ALL.0, String::new()),
            };
            let rows = self.sql.all(
                &format!(
                    "SELECT class, rule, status, severity, CAST(sum(findings) AS BIGINT), \
                     CAST(sum(CASE WHEN due_day >= 0 AND due_day < $2 THEN findings ELSE 0 END) AS BIGINT) \
                     FROM {table} WHERE tenant = $1 AND class > 0{which} GROUP BY class, rule, status, severity \
                     ORDER BY class, rule, status, severity"
                ),
                &params,
                |row| {
                    Ok(FindingSumRow {
                        class: row.int(0)?,
                        rule: row.text(1)?,
                        status: row.int(2)?,
                        severity: row.int(3)?,
                        findings: row.int(4)?,
                        overdue: row.int(5)?,
                    })
                },
            )?;
            sums.extend(rows);
        }
        Ok(sums)
    }

    /// Open findings that are due from `from` on and before `to`: (thing, rule, severity, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn due_between(&mut self, from: i64, to: i64) -> Result<Vec<(i64, String, i64, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT asset, rule, severity, count(*) FROM findings \
             WHERE tenant = $1 AND status = 0 AND due >= $2 AND due < $3 GROUP BY asset, rule, severity \
             ORDER BY asset, rule, severity",
            &[tenant.into(), from.into(), to.into()],
            |row| Ok((row.int(0)?, row.text(1)?, row.int(2)?, row.int(3)?)),
        )
    }

    /// Findings that were closed past their day, and since `from`: (thing, rule, how many).
    ///
    /// # Errors
    /// Those of the engine.
    pub fn late_counts(&mut self, from: i64) -> Result<Vec<(i64, String, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT asset, rule, count(*) FROM findings \
             WHERE tenant = $1 AND status = 1 AND due < closed AND closed >= $2 GROUP BY asset, rule ORDER BY asset, rule",
            &[tenant.into(), from.into()],
            |row| Ok((row.int(0)?, row.text(1)?, row.int(2)?)),
        )
    }

    /// Findings that were closed past their day, the last ones first, of those since `from`: a thousand at most.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn late_findings(&mut self, from: i64) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND status = 1 AND due < closed AND closed >= $2 \
                 ORDER BY closed DESC, id LIMIT $3"
            ),
            &[tenant.into(), from.into(), LOOKED_AT.into()],
            read_finding,
        )
    }

    /// Open findings whose day was before `before`, those that waited longest first: a thousand at most.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn overdue_findings(&mut self, before: i64) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND status = 0 AND due < $2 ORDER BY due, id LIMIT $3"
            ),
            &[tenant.into(), before.into(), LOOKED_AT.into()],
            read_finding,
        )
    }

    /// Things of a class that have open findings of a rule and severity, by number, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn assets_with_open(
        &mut self,
        (class, severity): (i64, i64),
        rule: &str,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT DISTINCT asset FROM finding_counts \
             WHERE tenant = $1 AND class = $2 AND rule = $3 AND status = 0 AND severity = $4 ORDER BY asset LIMIT $5",
            &[
                tenant.into(),
                class.into(),
                rule.into(),
                severity.into(),
                limit.max(0).into(),
            ],
            |row| row.int(0),
        )
    }

    /// Open findings of a thing, of a rule and severity, by fingerprint, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn open_of_asset(
        &mut self,
        asset: i64,
        (rule, severity): (&str, i64),
        limit: i64,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let tenant = self.tenant().0;
        // The rule is no name of an index here: findings of one thing are few, those of one rule may be all there are.
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM findings \
                 WHERE tenant = $1 AND asset = $2 AND status = 0 AND rule || '' = $3 AND severity = $4 \
                 ORDER BY fingerprint LIMIT $5"
            ),
            &[
                tenant.into(),
                asset.into(),
                rule.into(),
                severity.into(),
                limit.max(0).into(),
            ],
            read_finding,
        )
    }

    /// The last statement that has a finding.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn last_sight(&mut self, finding: i64) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT seq FROM sightings WHERE tenant = $1 AND finding = $2 ORDER BY present DESC, seq DESC LIMIT 1",
            &[tenant.into(), finding.into()],
            |row| row.int(0),
        )
    }
}
