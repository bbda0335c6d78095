//! Measures of the quality of code over time.

use crate::{Session, StoreError};

/// What a scan measured of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRow {
    /// The thing.
    pub asset: i64,
    /// `all` or `changes`: which lines were measured.
    pub scope: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The statement that tells of it.
    pub seq: i64,
    /// As the report has it: JSON.
    pub quality: String,
}

impl Session<'_> {
    /// Keeps what a scan measured.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_measures(&mut self, row: &MeasureRow) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO measures (tenant, asset, scope, at, seq, quality) VALUES ($1, $2, $3, $4, $5, $6)",
                &[
                    tenant.into(),
                    row.asset.into(),
                    (&row.scope).into(),
                    row.at.into(),
                    row.seq.into(),
                    (&row.quality).into(),
                ],
            )
            .map(|_| ())
    }

    /// What was measured of a thing in one scope, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn measures(&mut self, asset: i64, scope: &str, limit: i64) -> Result<Vec<MeasureRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            "SELECT asset, scope, at, seq, quality FROM measures WHERE tenant = $1 AND asset = $2 AND scope = $3 \
             ORDER BY at DESC, seq DESC LIMIT $4",
            &[tenant.into(), asset.into(), scope.into(), limit.max(0).into()],
            |row| {
                Ok(MeasureRow {
                    asset: row.int(0)?,
                    scope: row.text(1)?,
                    at: row.int(2)?,
                    seq: row.int(3)?,
                    quality: row.text(4)?,
                })
            },
        )
    }
}
