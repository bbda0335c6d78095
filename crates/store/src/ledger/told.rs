//! How far logs were told on the bus between servers.

use crate::{Installation, Session, StoreError, TenantId};

impl Installation<'_> {
    /// Whose log has statements that were not told yet: (tenant, how many), by tenant.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn untold(&mut self) -> Result<Vec<(TenantId, i64)>, StoreError> {
        self.sql.all(
            "SELECT l.tenant, l.size - COALESCE(c.seq, 0) FROM logs l LEFT JOIN bus_cursors c ON c.tenant = l.tenant \
             WHERE l.size > COALESCE(c.seq, 0) ORDER BY l.tenant",
            &[],
            |row| Ok((TenantId(row.int(0)?), row.int(1)?)),
        )
    }
}

impl Session<'_> {
    /// The statement that is told next.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn told(&mut self) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        let seq = self.sql.first(
            "SELECT seq FROM bus_cursors WHERE tenant = $1",
            &[tenant.into()],
            |row| row.int(0),
        )?;
        Ok(seq.unwrap_or(0))
    }

    /// Keeps that everything before this statement was told. It never goes back: another server may have come further.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_told(&mut self, seq: i64) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO bus_cursors (tenant, seq) VALUES ($1, $2) \
                 ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > bus_cursors.seq",
                &[tenant.into(), seq.into()],
            )
            .map(|_| ())
    }
}
