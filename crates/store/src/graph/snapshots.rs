//! The edges of a tenant as one value, in the form of whoever keeps them in memory: read at once, and brought up to date from what statements
//! changed since.

use crate::{Session, StoreError};

/// Bytes of a piece.
const PIECE: usize = 8 << 20;

/// What a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotRow {
    /// The last statement that is in it.
    pub seq: i64,
    /// The highest number of a thing that is in it.
    pub things: i64,
    /// Its bytes.
    pub bytes: i64,
}

impl Session<'_> {
    /// How often the graph of this tenant was made again. What was kept of another generation means nothing any more.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn graph_generation(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        let generation = self.sql.first(
            "SELECT generation FROM graph_generations WHERE tenant = $1",
            &[tenant.into()],
            |row| row.int(0),
        )?;
        Ok(generation.unwrap_or(0))
    }

    /// Begins another generation, with no snapshot.
    pub(super) fn begin_generation(&mut self) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute("DELETE FROM graph_snapshots WHERE tenant = $1", &[tenant.into()])?;
        self.sql
            .execute(
                "INSERT INTO graph_generations (tenant, generation) VALUES ($1, 1) \
                 ON CONFLICT (tenant) DO UPDATE SET generation = graph_generations.generation + 1",
                &[tenant.into()],
            )
            .map(|_| ())
    }

    /// What the snapshot holds; none where there is none.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn snapshot(&mut self) -> Result<Option<SnapshotRow>, StoreError> {
        let tenant = self.tenant().0;
        let rows = self.sql.all(
            "SELECT seq, things, octet_length(bytes) FROM graph_snapshots WHERE tenant = $1",
            &[tenant.into()],
            |row| {
                Ok(SnapshotRow {
                    seq: row.int(0)?,
                    things: row.int(1)?,
                    bytes: row.int(2)?,
                })
            },
        )?;
        Ok(rows.into_iter().reduce(|sum, row| SnapshotRow {
            bytes: sum.bytes + row.bytes,
            ..row
        }))
    }

    /// The snapshot itself; empty where there is none.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn snapshot_bytes(&mut self) -> Result<Vec<u8>, StoreError> {
        let tenant = self.tenant().0;
        let mut bytes = Vec::new();
        self.sql.each(
            "SELECT bytes FROM graph_snapshots WHERE tenant = $1 ORDER BY part",
            &[tenant.into()],
            |row| {
                let mut piece = row.bytes(0)?;
                if bytes.is_empty() {
                    bytes = piece;
                } else {
                    bytes.append(&mut piece);
                }
                Ok(())
            },
        )?;
        Ok(bytes)
    }

    /// Bytes of what statements changed after the statement `after`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn edge_change_bytes(&mut self, after: i64) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        // PostgreSQL adds whole numbers up to one of another type.
        let sizes = self.sql.all(
            "SELECT octet_length(edges) FROM edge_packs WHERE tenant = $1 AND seq > $2",
            &[tenant.into(), after.into()],
            |row| row.int(0),
        )?;
        Ok(sizes.into_iter().sum())
    }

    /// Keeps a snapshot that was made of this generation, unless the graph was made again since or a newer one is there; out comes whether it
    /// was kept.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn keep_snapshot(
        &mut self,
        generation: i64,
        (seq, things): (i64, i64),
        bytes: &[u8],
    ) -> Result<bool, StoreError> {
        // Nobody makes the graph again meanwhile.
        self.hold_log()?;
        let is_newer = self
            .snapshot()?
            .is_none_or(|known| (known.seq, known.things) < (seq, things));
        if !is_newer || self.graph_generation()? != generation {
            return Ok(false);
        }
        let tenant = self.tenant().0;
        self.sql
            .execute("DELETE FROM graph_snapshots WHERE tenant = $1", &[tenant.into()])?;
        for (part, piece) in (0_i64..).zip(bytes.chunks(PIECE)) {
            self.sql.execute(
                "INSERT INTO graph_snapshots (tenant, part, seq, things, bytes) VALUES ($1, $2, $3, $4, $5)",
                &[
                    tenant.into(),
                    part.into(),
                    seq.into(),
                    things.into(),
                    piece.into(),
                ],
            )?;
        }
        Ok(true)
    }
}
