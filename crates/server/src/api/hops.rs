//! Ways over edges as the interface shows them.

use bartizan_ledger::graph::spread::{Reached, Spread};
use bartizan_store::graph::AssetRow;
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Steps of one way that are shown.
const SHOWN: usize = 20;

/// A step of a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Hop {
    /// Number of the thing.
    pub id: i64,
    /// The thing.
    pub key: String,
    /// How the thing before it passes on to it, as the middle of a sentence; absent where the way begins.
    pub by: Option<String>,
}

/// Things by number, looked up at once.
#[derive(Debug, Default)]
pub(super) struct Named(HashMap<i64, AssetRow>);

impl Named {
    pub(super) fn of(
        session: &mut Session<'_>,
        nodes: impl IntoIterator<Item = u32>,
    ) -> Result<Self, StoreError> {
        let mut ids: Vec<i64> = nodes.into_iter().map(i64::from).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = session.assets_of(&ids)?;
        Ok(Self(rows.into_iter().map(|row| (row.id, row)).collect()))
    }

    pub(super) fn row(&self, node: u32) -> Option<&AssetRow> {
        self.0.get(&i64::from(node))
    }

    pub(super) fn key(&self, node: u32) -> String {
        self.row(node).map(|row| row.key.clone()).unwrap_or_default()
    }
}

/// The last steps of the way to each of these, and how many are left out before them.
pub(super) fn ways(spread: &Spread, found: &[(usize, Reached)]) -> Vec<(Vec<Reached>, usize)> {
    found
        .iter()
        .map(|(distance, reached)| {
            let mut way = spread.way_to(*reached, *distance);
            let left_out = way.len().saturating_sub(SHOWN);
            (way.split_off(left_out), left_out)
        })
        .collect()
}

pub(super) fn hops(way: &[Reached], named: &Named) -> Vec<Hop> {
    way.iter()
        .map(|reached| Hop {
            id: i64::from(reached.node),
            key: named.key(reached.node),
            by: reached.by.map(|(_, way)| way.words().to_owned()),
        })
        .collect()
}

/// A number of a thing as the graph in memory has it.
pub(super) fn node(id: i64) -> Option<u32> {
    u32::try_from(id).ok()
}
