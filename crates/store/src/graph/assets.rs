//! Things that can have problems, and what joins them.

use crate::value::Row;
use crate::{Session, StoreError};

/// A thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRow {
    /// Its number within the tenant.
    pub id: i64,
    /// Its identity, `scheme:rest`.
    pub key: String,
    /// The scheme.
    pub kind: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// JSON object of texts.
    pub labels: String,
    /// Milliseconds since 1970.
    pub first_seen: i64,
    /// Milliseconds since 1970.
    pub last_seen: i64,
}

/// One thing has to do with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeRow {
    /// The number of the one.
    pub source: i64,
    /// How.
    pub kind: String,
    /// The number of the other.
    pub target: i64,
}

const COLUMNS: &str = "id, key, kind, owner, labels, first_seen, last_seen";

fn read(row: &Row) -> Result<AssetRow, StoreError> {
    Ok(AssetRow {
        id: row.int(0)?,
        key: row.text(1)?,
        kind: row.text(2)?,
        owner: row.maybe_text(3)?,
        labels: row.text(4)?,
        first_seen: row.int(5)?,
        last_seen: row.int(6)?,
    })
}

impl Session<'_> {
    /// The next free number in a table.
    pub(crate) fn next_id(&mut self, table: &str) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        Ok(self
            .sql
            .first(
                &format!("SELECT COALESCE(MAX(id), 0) + 1 FROM {table} WHERE tenant = $1"),
                &[tenant.into()],
                |row| row.int(0),
            )?
            .unwrap_or(1))
    }

    /// The thing with this identity; it is made where it is new. Its last sight becomes `at`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_asset(&mut self, key: &str, at: i64) -> Result<i64, StoreError> {
        let tenant = self.tenant().0;
        let known = self.sql.first(
            "UPDATE assets SET last_seen = CASE WHEN last_seen < $3 THEN $3 ELSE last_seen END \
             WHERE tenant = $1 AND key = $2 RETURNING id",
            &[tenant.into(), key.into(), at.into()],
            |row| row.int(0),
        )?;
        if let Some(id) = known {
            return Ok(id);
        }
        let id = self.next_id("assets")?;
        let kind = key.split_once(':').map_or("", |(kind, _)| kind);
        self.sql.execute(
            "INSERT INTO assets (tenant, id, key, kind, owner, labels, first_seen, last_seen) \
             VALUES ($1, $2, $3, $4, NULL, '{}', $5, $5)",
            &[tenant.into(), id.into(), key.into(), kind.into(), at.into()],
        )?;
        Ok(id)
    }

    /// The thing with this identity.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn asset(&mut self, key: &str) -> Result<Option<AssetRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM assets WHERE tenant = $1 AND key = $2"),
            &[tenant.into(), key.into()],
            read,
        )
    }

    /// The thing with this number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn asset_by_id(&mut self, id: i64) -> Result<Option<AssetRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {COLUMNS} FROM assets WHERE tenant = $1 AND id = $2"),
            &[tenant.into(), id.into()],
            read,
        )
    }

    /// Things with a number above `after`, by number, at most `limit`; of one kind where one is given.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn assets(
        &mut self,
        kind: Option<&str>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AssetRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM assets WHERE tenant = $1 AND id > $2 AND ($4 = '' OR kind = $4) \
                 ORDER BY id LIMIT $3"
            ),
            &[
                tenant.into(),
                after.into(),
                limit.max(0).into(),
                kind.unwrap_or("").into(),
            ],
            read,
        )
    }

    /// Says who answers for a thing.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_asset_owner(&mut self, id: i64, owner: Option<&str>) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "UPDATE assets SET owner = $3 WHERE tenant = $1 AND id = $2",
                &[tenant.into(), id.into(), owner.into()],
            )
            .map(|_| ())
    }

    /// Says what is known of a thing: a JSON object of texts.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_asset_labels(&mut self, id: i64, labels: &str) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "UPDATE assets SET labels = $3 WHERE tenant = $1 AND id = $2",
                &[tenant.into(), id.into(), labels.into()],
            )
            .map(|_| ())
    }

    /// Says that one thing has to do with another, as the statement `seq` tells.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_edge(&mut self, source: i64, kind: &str, target: i64, seq: i64) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql
            .execute(
                "INSERT INTO edges (tenant, source, kind, target, first_seq, last_seq) VALUES ($1, $2, $3, $4, $5, $5) \
                 ON CONFLICT (tenant, source, kind, target) DO UPDATE SET last_seq = excluded.last_seq",
                &[tenant.into(), source.into(), kind.into(), target.into(), seq.into()],
            )
            .map(|_| ())
    }

    /// What a thing has to do with others in these two ways: (way, identity of the other), in order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn edges_of(&mut self, source: i64, ways: [&str; 2]) -> Result<Vec<(String, String)>, StoreError> {
        let tenant = self.tenant().0;
        let [one, other] = ways;
        self.sql.all(
            "SELECT e.kind, a.key FROM edges e JOIN assets a ON a.tenant = e.tenant AND a.id = e.target \
             WHERE e.tenant = $1 AND e.source = $2 AND e.kind IN ($3, $4) ORDER BY e.kind, a.key",
            &[tenant.into(), source.into(), one.into(), other.into()],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }

    /// Every edge, handed over one by one: by source, kind and target.
    ///
    /// # Errors
    /// Those of the engine, and those of `edge`.
    pub fn each_edge(
        &mut self,
        mut edge: impl FnMut(EdgeRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        self.sql.each(
            "SELECT source, kind, target FROM edges WHERE tenant = $1 ORDER BY source, kind, target",
            &[tenant.into()],
            |row| {
                edge(EdgeRow {
                    source: row.int(0)?,
                    kind: row.text(1)?,
                    target: row.int(2)?,
                })
            },
        )
    }
}
