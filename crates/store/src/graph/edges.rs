//! What joins things: each edge as a row, by which it is known again, and in packs, from which the whole graph is read.

use super::packs::{self, EdgePack};
use crate::session::{Insert, Sql};
use crate::value::Param;
use crate::{Session, StoreError};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// One thing has to do with another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EdgeRow {
    /// The number of the one.
    pub source: i64,
    /// How.
    pub kind: String,
    /// The number of the other.
    pub target: i64,
}

/// Up to so many edges of one thing are looked up one by one; above that all that it has are read.
const FEW: usize = 8;

impl Session<'_> {
    /// Says that things have to do with others, as the statement `seq` tells. Out comes how many of it was not known.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_edges(&mut self, edges: &[EdgeRow], seq: i64) -> Result<u64, StoreError> {
        let tenant = self.tenant().0;
        let mut by_source: BTreeMap<i64, BTreeSet<(&str, i64)>> = BTreeMap::new();
        for edge in edges {
            let of_source = by_source.entry(edge.source).or_default();
            of_source.insert((&edge.kind, edge.target));
        }
        let mut new = Vec::new();
        for (source, wanted) in &by_source {
            let known = self.known_edges(*source, wanted)?;
            for (kind, target) in wanted {
                if !known.contains(&((*kind).to_owned(), *target)) {
                    new.push((*source, *kind, *target));
                }
            }
        }
        let values: Vec<Param<'_>> = by_source
            .iter()
            .flat_map(|(source, wanted)| wanted.iter().map(|(kind, target)| (*source, *kind, *target)))
            .flat_map(|(source, kind, target)| {
                [
                    tenant.into(),
                    source.into(),
                    Param::Text(kind),
                    target.into(),
                    seq.into(),
                    seq.into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "edges",
            columns: "tenant, source, kind, target, first_seq, last_seq",
            tail: "ON CONFLICT (tenant, source, kind, target) DO UPDATE SET last_seq = excluded.last_seq",
        };
        self.sql.insert(&insert, &values)?;
        pack(&mut self.sql, (tenant, seq), true, &new)?;
        Ok(new.len() as u64)
    }

    fn known_edges(
        &mut self,
        source: i64,
        wanted: &BTreeSet<(&str, i64)>,
    ) -> Result<HashSet<(String, i64)>, StoreError> {
        let tenant = self.tenant().0;
        let mut known = HashSet::new();
        if wanted.len() > FEW {
            self.sql.each(
                "SELECT kind, target FROM edges WHERE tenant = $1 AND source = $2",
                &[tenant.into(), source.into()],
                |row| {
                    known.insert((row.text(0)?, row.int(1)?));
                    Ok(())
                },
            )?;
            return Ok(known);
        }
        for (kind, target) in wanted {
            let found = self.sql.first(
                "SELECT target FROM edges WHERE tenant = $1 AND source = $2 AND kind = $3 AND target = $4",
                &[tenant.into(), source.into(), Param::Text(kind), (*target).into()],
                |row| row.int(0),
            )?;
            known.extend(found.map(|target| ((*kind).to_owned(), target)));
        }
        Ok(known)
    }

    /// Says that one thing has to do with another, as the statement `seq` tells.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_edge(&mut self, source: i64, kind: &str, target: i64, seq: i64) -> Result<(), StoreError> {
        let edge = EdgeRow {
            source,
            kind: kind.to_owned(),
            target,
        };
        self.see_edges(&[edge], seq).map(|_| ())
    }

    /// Takes an edge away, as the statement `seq` tells; out comes whether it was there.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn cut_edge(&mut self, edge: &EdgeRow, seq: i64) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let gone = self.sql.execute(
            "DELETE FROM edges WHERE tenant = $1 AND source = $2 AND kind = $3 AND target = $4",
            &[
                tenant.into(),
                edge.source.into(),
                (&edge.kind).into(),
                edge.target.into(),
            ],
        )?;
        if gone > 0 {
            let edges = [(edge.source, edge.kind.as_str(), edge.target)];
            pack(&mut self.sql, (tenant, seq), false, &edges)?;
        }
        Ok(gone > 0)
    }

    /// The last statement that changed the edges of this tenant; none where it has none.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn last_edge_change(&mut self) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT seq FROM edge_packs WHERE tenant = $1 ORDER BY seq DESC LIMIT 1",
            &[tenant.into()],
            |row| row.int(0),
        )
    }

    /// How the edges changed after the statement `after`, handed over in the order of the log: with the statement, what came or went.
    ///
    /// # Errors
    /// Those of the engine, and those of `change`.
    pub fn each_edge_change(
        &mut self,
        after: i64,
        mut change: impl FnMut(i64, EdgePack) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.each(
            "SELECT seq, edges FROM edge_packs WHERE tenant = $1 AND seq > $2 ORDER BY seq",
            &[tenant.into(), after.into()],
            |row| {
                let seq = row.int(0)?;
                packs::decode(&row.bytes(1)?)?
                    .into_iter()
                    .try_for_each(|pack| change(seq, pack))
            },
        )
    }
}

/// Puts edges behind those that the statement has packed already.
fn pack(
    sql: &mut Sql<'_>,
    (tenant, seq): (i64, i64),
    came: bool,
    edges: &[(i64, &str, i64)],
) -> Result<(), StoreError> {
    if edges.is_empty() {
        return Ok(());
    }
    let words: BTreeSet<&str> = edges.iter().map(|(_, kind, _)| *kind).collect();
    let kinds: Vec<&str> = words.into_iter().collect();
    let one = EdgePack {
        came,
        edges: edges
            .iter()
            .map(|(source, kind, target)| (*source, kinds.binary_search(kind).unwrap_or(0), *target))
            .collect(),
        kinds: kinds.into_iter().map(str::to_owned).collect(),
    };
    let before = sql.first(
        "SELECT edges FROM edge_packs WHERE tenant = $1 AND seq = $2",
        &[tenant.into(), seq.into()],
        |row| row.bytes(0),
    )?;
    let mut bytes = before.unwrap_or_default();
    packs::encode(&one, &mut bytes);
    sql.execute(
        "INSERT INTO edge_packs (tenant, seq, edges) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant, seq) DO UPDATE SET edges = excluded.edges",
        &[tenant.into(), seq.into(), (&bytes).into()],
    )
    .map(|_| ())
}

/// Packs the edges that were there before there were packs: as each was first told.
pub(crate) fn pack_known(sql: &mut Sql<'_>) -> Result<(), StoreError> {
    if sql
        .first("SELECT seq FROM edge_packs LIMIT 1", &[], |row| row.int(0))?
        .is_some()
    {
        return Ok(());
    }
    let mut by_statement: BTreeMap<(i64, i64), Vec<EdgeRow>> = BTreeMap::new();
    sql.each(
        "SELECT tenant, first_seq, source, kind, target FROM edges ORDER BY tenant, first_seq, source, kind, target",
        &[],
        |row| {
            by_statement
                .entry((row.int(0)?, row.int(1)?))
                .or_default()
                .push(EdgeRow {
                    source: row.int(2)?,
                    kind: row.text(3)?,
                    target: row.int(4)?,
                });
            Ok(())
        },
    )?;
    for (place, edges) in by_statement {
        let edges: Vec<(i64, &str, i64)> = edges
            .iter()
            .map(|edge| (edge.source, edge.kind.as_str(), edge.target))
            .collect();
        pack(sql, place, true, &edges)?;
    }
    Ok(())
}
