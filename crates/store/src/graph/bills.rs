//! Bills of materials: which inventory a thing had, and has.

use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// A bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillRow {
    /// The statement that tells of it.
    pub seq: i64,
    /// The thing.
    pub asset: i64,
    /// Which build of the thing.
    pub build: Option<String>,
    /// What was in it.
    pub inventory: i64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Whether it is the last one of the thing.
    pub is_current: bool,
}

/// What is in a bill of materials; bills with the same content have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryRow {
    /// Its number within the tenant.
    pub id: i64,
    /// How many components.
    pub components: i64,
    /// How many dependencies between them.
    pub edges: i64,
}

pub(super) const BILL: &str = "seq, asset, build, inventory, at, is_current";

pub(super) fn read(row: &Row) -> Result<BillRow, StoreError> {
    Ok(BillRow {
        seq: row.int(0)?,
        asset: row.int(1)?,
        build: row.maybe_text(2)?,
        inventory: row.int(3)?,
        at: row.int(4)?,
        is_current: row.flag(5)?,
    })
}

impl Session<'_> {
    /// The number of the inventory with this digest.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn inventory_by_digest(&mut self, digest: &[u8]) -> Result<Option<i64>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT id FROM inventories WHERE tenant = $1 AND digest = $2",
            &[tenant.into(), digest.into()],
            |row| row.int(0),
        )
    }

    /// What is known of an inventory.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn inventory(&mut self, id: i64) -> Result<Option<InventoryRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT id, components, edges FROM inventories WHERE tenant = $1 AND id = $2",
            &[tenant.into(), id.into()],
            |row| {
                Ok(InventoryRow {
                    id: row.int(0)?,
                    components: row.int(1)?,
                    edges: row.int(2)?,
                })
            },
        )
    }

    /// Adds an inventory that is new, of these chunks; out comes its number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_inventory(
        &mut self,
        digest: &[u8],
        chunks: &[i64],
        components: i64,
        edges: i64,
    ) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        let id = self.next_id("inventories")?;
        self.sql.execute(
            "INSERT INTO inventories (tenant, id, digest, components, edges) VALUES ($1, $2, $3, $4, $5)",
            &[
                tenant.into(),
                id.into(),
                digest.into(),
                components.into(),
                edges.into(),
            ],
        )?;
        let values: Vec<Param<'_>> = (0_i64..)
            .zip(chunks)
            .flat_map(|(place, chunk)| [tenant.into(), id.into(), place.into(), (*chunk).into()])
            .collect();
        let insert = Insert {
            table: "inventory_chunks",
            columns: "tenant, inventory, place, chunk",
            tail: "",
        };
        self.sql.insert(&insert, &values)?;
        Ok(id)
    }

    /// Keeps a bill, in place of the one that was the last of the thing where it is not older than that. Out comes whether it is the
    /// last one now.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_bill(&mut self, bill: &BillRow) -> Result<bool, StoreError> {
        let tenant = self.tenant().0;
        let newer = self.sql.first(
            "SELECT seq FROM bills WHERE tenant = $1 AND asset = $2 AND is_current = 1 AND at > $3 LIMIT 1",
            &[tenant.into(), bill.asset.into(), bill.at.into()],
            |row| row.int(0),
        )?;
        if newer.is_none() {
            self.sql.execute(
                "UPDATE bills SET is_current = 0 WHERE tenant = $1 AND asset = $2 AND is_current = 1",
                &[tenant.into(), bill.asset.into()],
            )?;
        }
        self.sql.execute(
            &format!("INSERT INTO bills (tenant, {BILL}) VALUES ($1, $2, $3, $4, $5, $6, $7)"),
            &[
                tenant.into(),
                bill.seq.into(),
                bill.asset.into(),
                bill.build.as_ref().into(),
                bill.inventory.into(),
                bill.at.into(),
                newer.is_none().into(),
            ],
        )?;
        Ok(newer.is_none())
    }

    /// The bills of a thing, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn bills_of(&mut self, asset: i64, limit: i64) -> Result<Vec<BillRow>, StoreError> {
        self.bills_before(asset, i64::MAX, limit)
    }

    /// The bills of a thing before the statement `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn bills_before(&mut self, asset: i64, before: i64, limit: i64) -> Result<Vec<BillRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {BILL} FROM bills WHERE tenant = $1 AND asset = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4"
            ),
            &[tenant.into(), asset.into(), before.into(), limit.max(0).into()],
            read,
        )
    }

    /// The bill that a statement tells of.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn bill(&mut self, seq: i64) -> Result<Option<BillRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {BILL} FROM bills WHERE tenant = $1 AND seq = $2"),
            &[tenant.into(), seq.into()],
            read,
        )
    }

    /// The last bills that have the component, by thing: those whose number is above `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn bills_with(&mut self, component: i64, after: i64, limit: i64) -> Result<Vec<BillRow>, StoreError> {
        let tenant = self.tenant().0;
        let columns: Vec<String> = BILL.split(", ").map(|column| format!("b.{column}")).collect();
        // SQLite joins in the order that CROSS JOIN is written in: from the few parts that have the component.
        self.sql.all(
            &format!(
                "SELECT DISTINCT {} FROM chunk_components c \
                 CROSS JOIN inventory_chunks i CROSS JOIN bills b \
                 WHERE i.tenant = c.tenant AND i.chunk = c.chunk \
                 AND b.tenant = i.tenant AND b.inventory = i.inventory AND b.is_current = 1 AND c.tenant = $1 AND c.component = $2 AND b.asset > $3 ORDER BY b.asset LIMIT $4",
                columns.join(", ")
            ),
            &[tenant.into(), component.into(), after.into(), limit.max(0).into()],
            read,
        )
    }
}
