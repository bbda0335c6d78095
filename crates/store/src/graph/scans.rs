//! What was looked at, how, and what became of each check.

use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};
use std::collections::HashMap;

/// One way of looking at one thing again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeRow {
    /// Its number within the tenant.
    pub id: i64,
    /// The thing.
    pub asset: i64,
    /// The way.
    pub name: String,
    /// The last statement about it.
    pub last_seq: i64,
    /// When that was made, in milliseconds since 1970.
    pub last_at: i64,
}

/// One scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// The statement that tells of it.
    pub seq: i64,
    /// What was looked at.
    pub scope: i64,
    /// What exactly that was.
    pub build: Option<String>,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// `allow`, `deny` or `unknown`.
    pub verdict: String,
    /// JSON list of texts.
    pub reasons: String,
    /// Findings in it.
    pub findings: i64,
    /// Things not looked at.
    pub skipped: i64,
    /// Name and version of the program.
    pub tool: String,
    /// Digest of the rules.
    pub rules: String,
}

/// What became of a check, when it was last run within a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRunRow {
    /// The scope.
    pub scope: i64,
    /// The check.
    pub name: String,
    /// The statement that tells of it.
    pub seq: i64,
    /// `ran`, `partial`, `skipped` or `failed`.
    pub status: String,
    /// Why, where it did not run.
    pub note: String,
}

const SCAN: &str = "seq, scope, build, at, verdict, reasons, findings, skipped, tool, rules";

fn read_scan(row: &Row) -> Result<ScanRow, StoreError> {
    Ok(ScanRow {
        seq: row.int(0)?,
        scope: row.int(1)?,
        build: row.maybe_text(2)?,
        at: row.int(3)?,
        verdict: row.text(4)?,
        reasons: row.text(5)?,
        findings: row.int(6)?,
        skipped: row.int(7)?,
        tool: row.text(8)?,
        rules: row.text(9)?,
    })
}

fn read_scope(row: &Row) -> Result<ScopeRow, StoreError> {
    Ok(ScopeRow {
        id: row.int(0)?,
        asset: row.int(1)?,
        name: row.text(2)?,
        last_seq: row.int(3)?,
        last_at: row.int(4)?,
    })
}

fn read_run(row: &Row) -> Result<CheckRunRow, StoreError> {
    Ok(CheckRunRow {
        scope: row.int(0)?,
        name: row.text(1)?,
        seq: row.int(2)?,
        status: row.text(3)?,
        note: row.text(4)?,
    })
}

impl Session<'_> {
    /// The scope of this name of this thing; it is made where it is new. Out comes besides when it was looked at before.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_scope(
        &mut self,
        asset: i64,
        name: &str,
        seq: i64,
        at: i64,
    ) -> Result<(i64, Option<i64>), StoreError> {
        let tenant = self.tenant().0;
        let known = self.sql.first(
            "SELECT id, last_at FROM scopes WHERE tenant = $1 AND asset = $2 AND name = $3",
            &[tenant.into(), asset.into(), name.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        if let Some((id, before)) = known {
            if before <= at {
                self.sql.execute(
                    "UPDATE scopes SET last_seq = $3, last_at = $4 WHERE tenant = $1 AND id = $2",
                    &[tenant.into(), id.into(), seq.into(), at.into()],
                )?;
            }
            return Ok((id, Some(before)));
        }
        let id = self.next_id("scopes")?;
        self.sql.execute(
            "INSERT INTO scopes (tenant, id, asset, name, last_seq, last_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                tenant.into(),
                id.into(),
                asset.into(),
                name.into(),
                seq.into(),
                at.into(),
            ],
        )?;
        Ok((id, None))
    }

    /// The scopes of this name of these things, in their order; those that are new are made, as the statement `seq` tells, and count as
    /// never looked at.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn scopes_called(&mut self, name: &str, assets: &[i64], seq: i64) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        let known = self.sql.all_of(
            "SELECT asset, id FROM scopes WHERE tenant = $1 AND name = $2 AND asset IN ({of})",
            &[tenant.into(), name.into()],
            assets,
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        let known: HashMap<i64, i64> = known.into_iter().collect();
        let mut next = self.next_id("scopes")?;
        let mut ids = Vec::with_capacity(assets.len());
        let mut new: Vec<Param<'_>> = Vec::new();
        for asset in assets {
            ids.push(known.get(asset).copied().unwrap_or(next));
            if !known.contains_key(asset) {
                new.extend::<[Param<'_>; 6]>([
                    tenant.into(),
                    next.into(),
                    (*asset).into(),
                    name.into(),
                    seq.into(),
                    0.into(),
                ]);
                next += 1;
            }
        }
        let insert = Insert {
            table: "scopes",
            columns: "tenant, id, asset, name, last_seq, last_at",
            tail: "",
        };
        self.sql.insert(&insert, &new)?;
        Ok(ids)
    }

    /// The scopes of a thing, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn scopes_of(&mut self, asset: i64) -> Result<Vec<ScopeRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT id, asset, name, last_seq, last_at FROM scopes WHERE tenant = $1 AND asset = $2 ORDER BY id",
            &[tenant.into(), asset.into()],
            read_scope,
        )
    }

    /// The scopes with these numbers.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn scopes_by_id(&mut self, ids: &[i64]) -> Result<Vec<ScopeRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all_of(
            "SELECT id, asset, name, last_seq, last_at FROM scopes WHERE tenant = $1 AND id IN ({of})",
            &[tenant.into()],
            ids,
            read_scope,
        )
    }

    /// Every scope, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn scopes(&mut self) -> Result<Vec<ScopeRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT id, asset, name, last_seq, last_at FROM scopes WHERE tenant = $1 ORDER BY id",
            &[tenant.into()],
            read_scope,
        )
    }

    /// Keeps a scan; where it is the last one of its scope, the scope has its verdict.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_scan(&mut self, scan: &ScanRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.execute(
            &format!(
                "INSERT INTO scans (tenant, {SCAN}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            ),
            &[
                tenant.into(),
                scan.seq.into(),
                scan.scope.into(),
                scan.build.as_ref().into(),
                scan.at.into(),
                (&scan.verdict).into(),
                (&scan.reasons).into(),
                scan.findings.into(),
                scan.skipped.into(),
                (&scan.tool).into(),
                (&scan.rules).into(),
            ],
        )?;
        self.sql
            .execute(
                "UPDATE scopes SET verdict = $4 WHERE tenant = $1 AND id = $2 AND last_seq = $3",
                &[
                    tenant.into(),
                    scan.scope.into(),
                    scan.seq.into(),
                    (&scan.verdict).into(),
                ],
            )
            .map(|_| ())
    }

    /// The scan that a statement tells of.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn scan(&mut self, seq: i64) -> Result<Option<ScanRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {SCAN} FROM scans WHERE tenant = $1 AND seq = $2"),
            &[tenant.into(), seq.into()],
            read_scan,
        )
    }

    /// The last scans of the scopes that have this verdict, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn last_scans(&mut self, verdict: &str, limit: i64) -> Result<Vec<ScanRow>, StoreError> {
        let tenant = self.tenant().0;
        let columns: Vec<String> = SCAN.split(", ").map(|column| format!("s.{column}")).collect();
        self.sql.all(
            &format!(
                "SELECT {} FROM scopes p JOIN scans s ON s.tenant = p.tenant AND s.seq = p.last_seq \
                 WHERE p.tenant = $1 AND p.verdict = $2 ORDER BY p.last_seq DESC LIMIT $3",
                columns.join(", ")
            ),
            &[tenant.into(), verdict.into(), limit.max(0).into()],
            read_scan,
        )
    }

    /// How many scopes have each verdict.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn verdict_counts(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.count_by("SELECT verdict, count(*) FROM scopes WHERE tenant = $1 AND verdict <> '' GROUP BY verdict ORDER BY verdict")
    }

    /// How many last runs of checks ended in each way.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn check_counts(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.count_by(
            "SELECT status, count(*) FROM check_runs WHERE tenant = $1 GROUP BY status ORDER BY status",
        )
    }

    fn count_by(&mut self, sql: &str) -> Result<Vec<(String, i64)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .all(sql, &[tenant.into()], |row| Ok((row.text(0)?, row.int(1)?)))
    }

    /// Last runs of checks that ended in this way, by scope and name, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn check_runs_that(&mut self, status: &str, limit: i64) -> Result<Vec<CheckRunRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT scope, name, seq, status, note FROM check_runs WHERE tenant = $1 AND status = $2 \
             ORDER BY scope, name LIMIT $3",
            &[tenant.into(), status.into(), limit.max(0).into()],
            read_run,
        )
    }

    /// Keeps what became of each check within a scope, in place of what it was.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_check_runs(&mut self, runs: &[CheckRunRow]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = runs
            .iter()
            .flat_map(|run| {
                [
                    tenant.into(),
                    run.scope.into(),
                    (&run.name).into(),
                    run.seq.into(),
                    (&run.status).into(),
                    (&run.note).into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "check_runs",
            columns: "tenant, scope, name, seq, status, note",
            tail: "ON CONFLICT (tenant, scope, name) DO UPDATE SET \
                   seq = excluded.seq, status = excluded.status, note = excluded.note",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// What became of each check, by scope and name.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn check_runs(&mut self) -> Result<Vec<CheckRunRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT scope, name, seq, status, note FROM check_runs WHERE tenant = $1 ORDER BY scope, name",
            &[tenant.into()],
            read_run,
        )
    }
}
