//! Taking the derived part away, to make it again.

use crate::{Session, StoreError};

/// Every table that is made from the ledger.
const DERIVED: [&str; 41] = [
    "assets",
    "edges",
    "edge_packs",
    "provenances",
    "scopes",
    "scans",
    "check_runs",
    "measures",
    "findings",
    "finding_ids",
    "sightings",
    "finding_events",
    "days",
    "dues",
    "closings",
    "remedies",
    "changes",
    "remedy_counts",
    "open_counts",
    "components",
    "component_licenses",
    "chunks",
    "chunk_components",
    "inventories",
    "inventory_chunks",
    "bills",
    "waivers",
    "policies",
    "attestations",
    "finding_counts",
    "finding_totals",
    "check_coverage",
    "asset_statements",
    "sign_ins",
    "verifications",
    "trusted_keys",
    "holds",
    "tombstones",
    "alerts",
    "alert_assets",
    "alert_streams",
];

impl Session<'_> {
    /// Takes everything away that is made from the ledger of this tenant.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn clear_graph(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        for table in DERIVED {
            self.sql.execute(
                &format!("DELETE FROM {table} WHERE tenant = $1"),
                &[tenant.into()],
            )?;
        }
        self.begin_generation()
    }

    /// Everything that is made from the ledger of this tenant, table by table: what two graphs have to agree on to be the same.
    /// Each row is one line of text, and the lines of a table are in the order of their bytes.
    ///
    /// # Errors
    /// Those of the engine, and those of `line`.
    pub fn each_derived_row(
        &mut self,
        mut line: impl FnMut(&str) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        for table in DERIVED {
            let mut lines = Vec::new();
            self.sql.each(
                &format!("SELECT * FROM {table} WHERE tenant = $1"),
                &[tenant.into()],
                |row| {
                    lines.push(format!("{table} {:?}", row.values()));
                    Ok(())
                },
            )?;
            lines.sort_unstable();
            lines.iter().try_for_each(|text| line(text))?;
        }
        Ok(())
    }
}
