//! Questions about things and what is in them: who ships what, what changed, what is missing, which change closes most.

use super::assets::AssetRow;
use super::bills::{self, BillRow};
use super::history::EventRow;
use super::{assets, history};
use crate::session::Insert;
use crate::value::Param;
use crate::{Session, StoreError};
use std::collections::HashMap;

/// What somebody ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipped<'a> {
    /// A package: by package URL with or without version, by name, or by the name of the source package it was built from.
    Called(&'a str),
    /// Whatever is under this licence.
    Under(&'a str),
}

/// What a thing may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A bill of materials.
    Bill,
    /// Anything that says how it was made.
    Provenance,
    /// Somebody who answers for it.
    Owner,
}

impl Lack {
    const fn condition(self) -> &'static str {
        match self {
            Self::Bill => "NOT EXISTS (SELECT 1 FROM bills b WHERE b.tenant = a.tenant AND b.asset = a.id)",
            Self::Provenance => {
                "NOT EXISTS (SELECT 1 FROM provenances p WHERE p.tenant = a.tenant AND p.asset = a.id)"
            }
            Self::Owner => "a.owner IS NULL",
        }
    }
}

/// One change, wherever it is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its number within the tenant.
    pub id: i64,
    /// What it is.
    pub change: String,
    /// Things on which it closes something that is open.
    pub things: i64,
    /// Open findings that it closes.
    pub findings: i64,
}

/// What is open on a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenRow {
    /// The thing.
    pub asset: i64,
    /// The most urgent decision, 0 for defer to 3 for immediate.
    pub decision: i64,
    /// How many findings.
    pub findings: i64,
}

fn places(from: usize, count: usize) -> String {
    let all: Vec<String> = (from..from + count).map(|place| format!("${place}")).collect();
    all.join(",")
}

impl Session<'_> {
    /// The last bills of things that ship it, by thing: those whose number is above `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn bills_shipping(
        &mut self,
        what: Shipped<'_>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<BillRow>, StoreError> {
        let tenant = self.tenant().0;
        let (components, of) = match what {
            Shipped::Called(name) => (
                "SELECT id FROM components WHERE tenant = $1 AND package = $2 \
                 UNION SELECT id FROM components WHERE tenant = $1 AND name = $2 \
                 UNION SELECT id FROM components WHERE tenant = $1 AND source_name = $2 \
                 UNION SELECT id FROM components WHERE tenant = $1 AND purl = $2",
                name,
            ),
            Shipped::Under(license) => (
                "SELECT component FROM component_licenses WHERE tenant = $1 AND license = $2",
                license,
            ),
        };
        self.sql.all(
            &format!(
                "SELECT {} FROM bills WHERE tenant = $1 AND is_current = 1 AND asset > $3 AND inventory IN (\
                 SELECT inventory FROM inventory_chunks WHERE tenant = $1 AND chunk IN (\
                 SELECT chunk FROM chunk_components WHERE tenant = $1 AND component IN ({components}))) \
                 ORDER BY asset LIMIT $4",
                bills::BILL
            ),
            &[tenant.into(), of.into(), after.into(), limit.max(0).into()],
            bills::read,
        )
    }

    /// The last bill of a thing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn current_bill(&mut self, asset: i64) -> Result<Option<BillRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!(
                "SELECT {} FROM bills WHERE tenant = $1 AND asset = $2 AND is_current = 1",
                bills::BILL
            ),
            &[tenant.into(), asset.into()],
            bills::read,
        )
    }

    /// Things that have a finding about this advisory that is not fixed, by number: those above `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn assets_affected_by(
        &mut self,
        about: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        // SQLite joins in the order that CROSS JOIN is written in: from the few findings about it.
        self.sql.all(
            "SELECT DISTINCT f.asset FROM finding_ids i CROSS JOIN findings f \
             WHERE f.tenant = i.tenant AND f.id = i.finding AND i.tenant = $1 AND i.id = $2 AND f.status <> 1 AND f.asset > $3 \
             ORDER BY f.asset LIMIT $4",
            &[tenant.into(), about.into(), after.into(), limit.max(0).into()],
            |row| row.int(0),
        )
    }

    /// Components of a thing that have a finding about this advisory that is not fixed.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn components_affected_by(&mut self, about: &str, asset: i64) -> Result<Vec<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT DISTINCT f.component FROM finding_ids i CROSS JOIN findings f \
             WHERE f.tenant = i.tenant AND f.id = i.finding AND i.tenant = $1 AND i.id = $2 AND f.status <> 1 AND f.asset = $3 \
             AND f.component IS NOT NULL ORDER BY f.component",
            &[tenant.into(), about.into(), asset.into()],
            |row| row.int(0),
        )
    }

    /// What opened and closed findings of a thing behind the statement `from` and up to `to`, in order, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn events_between(
        &mut self,
        asset: i64,
        (from, to): (i64, i64),
        limit: i64,
    ) -> Result<Vec<EventRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT e.finding, e.seq, e.kind, e.at, e.by_whom, e.note FROM findings f CROSS JOIN finding_events e \
             WHERE e.tenant = f.tenant AND e.finding = f.id AND f.tenant = $1 AND f.asset = $2 AND e.seq > $3 AND e.seq <= $4 \
             AND e.kind IN ('opened', 'reopened', 'fixed') ORDER BY e.seq, e.finding, e.kind LIMIT $5",
            &[
                tenant.into(),
                asset.into(),
                from.into(),
                to.into(),
                limit.max(0).into(),
            ],
            history::read,
        )
    }

    /// Things of these kinds that lack something, by number: those above `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn assets_lacking(
        &mut self,
        lack: Lack,
        kinds: &[&str],
        after: i64,
        limit: i64,
    ) -> Result<Vec<AssetRow>, StoreError> {
        let sql = format!(
            "SELECT {} FROM assets a WHERE tenant = $1 AND id > $2 AND kind IN ({}) AND {} ORDER BY id LIMIT $3",
            assets::COLUMNS,
            places(4, kinds.len().max(1)),
            lack.condition()
        );
        let mut params: Vec<Param<'_>> = vec![self.tenant().0.into(), after.into(), limit.max(0).into()];
        params.extend(kinds.iter().map(|kind| Param::Text(kind)));
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        self.sql.all(&sql, &params, assets::read)
    }

    /// How many things of these kinds there are, and how many of them lack something.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn count_lacking(&mut self, lack: Lack, kinds: &[&str]) -> Result<(i64, i64), StoreError> {
        if kinds.is_empty() {
            return Ok((0, 0));
        }
        let mut params: Vec<Param<'_>> = vec![self.tenant().0.into()];
        params.extend(kinds.iter().map(|kind| Param::Text(kind)));
        let of_kinds = places(2, kinds.len());
        let mut counted = |more: &str| {
            let sql =
                format!("SELECT count(*) FROM assets a WHERE tenant = $1 AND kind IN ({of_kinds}){more}");
            let count = self.sql.first(&sql, &params, |row| row.int(0))?;
            Ok::<_, StoreError>(count.unwrap_or(0))
        };
        Ok((counted("")?, counted(&format!(" AND {}", lack.condition()))?))
    }

    /// Keeps that a statement says how a thing was made.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_provenance(&mut self, asset: i64, seq: i64, at: i64) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO provenances (tenant, asset, seq, at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (tenant, asset, seq) DO NOTHING",
                &[tenant.into(), asset.into(), seq.into(), at.into()],
            )
            .map(|_| ())
    }

    /// The schemes of things with a number above `after`, by number.
    ///
    /// # Errors
    /// Those of the engine, and those of `kind`.
    pub fn each_asset_kind(
        &mut self,
        after: i64,
        mut kind: impl FnMut(i64, &str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.each(
            "SELECT id, kind FROM assets WHERE tenant = $1 AND id > $2 ORDER BY id",
            &[tenant.into(), after.into()],
            |row| kind(row.int(0)?, &row.text(1)?),
        )
    }

    /// Things that have labels, by number: number and labels, a JSON object of texts.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn labelled_assets(&mut self) -> Result<Vec<(i64, String)>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT id, labels FROM assets WHERE tenant = $1 AND labels <> '{}' ORDER BY id",
            &[tenant.into()],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }

    /// What is open, by thing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn open_by_asset(&mut self) -> Result<Vec<OpenRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT asset, MAX(decision), CAST(SUM(findings) AS BIGINT) FROM remedies \
             WHERE tenant = $1 AND rank > 0 GROUP BY asset ORDER BY asset",
            &[tenant.into()],
            |row| {
                Ok(OpenRow {
                    asset: row.int(0)?,
                    decision: row.int(1)?,
                    findings: row.int(2)?,
                })
            },
        )
    }

    /// Changes that close something, the one that closes most first: what stands behind (`findings`, `id`), at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn best_changes(
        &mut self,
        behind: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<ChangeRow>, StoreError> {
        let tenant = self.tenant().0;
        let (findings, id) = behind.unwrap_or((i64::MAX, i64::MAX));
        self.sql.all(
            "SELECT id, change, things, findings FROM changes WHERE tenant = $1 AND findings > 0 AND (findings, id) < ($2, $3) \
             ORDER BY findings DESC, id DESC LIMIT $4",
            &[tenant.into(), findings.into(), id.into(), limit.max(0).into()],
            read_change,
        )
    }

    /// Adds to what changes close: (change, how many more things, how many more findings). Those that are new are made in this order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_to_changes(&mut self, counts: &[(&str, i64, i64)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let names: Vec<Param<'_>> = counts.iter().map(|(change, ..)| Param::Text(change)).collect();
        let mut known: HashMap<String, i64> = HashMap::new();
        self.sql.each_of(
            "SELECT change, id FROM changes WHERE tenant = $1 AND change IN ({of})",
            &[tenant.into()],
            &names,
            |row| {
                known.insert(row.text(0)?, row.int(1)?);
                Ok(())
            },
        )?;
        let mut next = self.next_id("changes")?;
        let mut values: Vec<Param<'_>> = Vec::new();
        for &(change, things, findings) in counts {
            let id = *known.entry(change.to_owned()).or_insert(next);
            next += i64::from(id == next);
            values.extend::<[Param<'_>; 5]>([
                tenant.into(),
                id.into(),
                change.into(),
                things.into(),
                findings.into(),
            ]);
        }
        let insert = Insert {
            table: "changes",
            columns: "tenant, id, change, things, findings",
            tail: "ON CONFLICT (tenant, id) DO UPDATE SET things = changes.things + excluded.things, \
                   findings = changes.findings + excluded.findings",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// The change with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn change(&mut self, id: i64) -> Result<Option<ChangeRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT id, change, things, findings FROM changes WHERE tenant = $1 AND id = $2",
            &[tenant.into(), id.into()],
            read_change,
        )
    }
}

fn read_change(row: &crate::value::Row) -> Result<ChangeRow, StoreError> {
    Ok(ChangeRow {
        id: row.int(0)?,
        change: row.text(1)?,
        things: row.int(2)?,
        findings: row.int(3)?,
    })
}
