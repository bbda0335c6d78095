//! What controls rest on: how many findings there are, which checks looked at what, which statements there are about a thing, who
//! signed in, and whether the ledger was verified. Nothing here reads findings one by one but the lists of a few of them.

use super::FindingRow;
use super::findings::{COLUMNS, read as read_finding};
use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// Things that one query names at most.
const AT_ONCE: usize = 400;
/// Findings that are looked at to list those of some rules.
const LOOKED_AT: i64 = 1_000;

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

/// `column IN ($n, …)` for these numbers, which become parameters.
fn among(column: &str, numbers: &[i64], params: &mut Vec<Param<'_>>) -> String {
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
    /// Counts more findings, or fewer.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_finding_counts(&mut self, counts: &[FindingCountRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let key = |row: &'_ FindingCountRow| -> [Param<'static>; 5] {
            [
                row.class.into(),
                row.status.into(),
                row.severity.into(),
                row.asset.into(),
                row.due_day.into(),
            ]
        };
        let values: Vec<Param<'_>> = counts
            .iter()
            .flat_map(|row| {
                let head: [Param<'_>; 2] = [tenant.into(), (&row.rule).into()];
                head.into_iter().chain(key(row)).chain([row.findings.into()])
            })
            .collect();
        let insert = Insert {
            table: "finding_counts",
            columns: "tenant, rule, class, status, severity, asset, due_day, findings",
            tail: "ON CONFLICT (tenant, class, rule, status, severity, asset, due_day) \
                   DO UPDATE SET findings = finding_counts.findings + excluded.findings",
        };
        self.sql.insert(&insert, &values)?;
        for row in counts.iter().filter(|row| row.findings < 0) {
            let head: [Param<'_>; 2] = [tenant.into(), (&row.rule).into()];
            let params: Vec<Param<'_>> = head.into_iter().chain(key(row)).collect();
            self.sql.execute(
                "DELETE FROM finding_counts WHERE tenant = $1 AND rule = $2 AND class = $3 AND status = $4 \
                 AND severity = $5 AND asset = $6 AND due_day = $7 AND findings = 0",
                &params,
            )?;
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
            let which = part.map_or_else(String::new, |part| {
                format!(" AND {}", among("asset", part, &mut params))
            });
            let rows = self.sql.all(
                &format!(
                    "SELECT class, rule, status, severity, CAST(sum(findings) AS BIGINT), \
                     CAST(sum(CASE WHEN due_day >= 0 AND due_day < $2 THEN findings ELSE 0 END) AS BIGINT) \
                     FROM finding_counts WHERE tenant = $1 AND class > 0{which} GROUP BY class, rule, status, severity"
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
             WHERE tenant = $1 AND status = 0 AND due >= $2 AND due < $3 GROUP BY asset, rule, severity",
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
             WHERE tenant = $1 AND status = 1 AND due < closed AND closed >= $2 GROUP BY asset, rule",
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
