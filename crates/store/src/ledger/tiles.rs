//! Tiles of the Merkle tree over the statements.

use crate::session::Insert;
use crate::value::Param;
use crate::{Session, StoreError};

impl Session<'_> {
    /// The hashes of a tile, as far as it is filled; none where there is none.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tile(&mut self, level: i64, index: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            "SELECT hashes FROM tiles WHERE tenant = $1 AND level = $2 AND idx = $3",
            &[tenant.into(), level.into(), index.into()],
            |row| row.bytes(0),
        )
    }

    /// Keeps tiles: level, index, hashes; each in place of what it was.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_tiles<'a>(
        &mut self,
        tiles: impl IntoIterator<Item = (i64, i64, &'a [u8])>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = tiles
            .into_iter()
            .flat_map(|(level, index, hashes)| [tenant.into(), level.into(), index.into(), hashes.into()])
            .collect();
        let insert = Insert {
            table: "tiles",
            columns: "tenant, level, idx, hashes",
            tail: "ON CONFLICT (tenant, level, idx) DO UPDATE SET hashes = excluded.hashes",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }
}
