//! Things that can have problems.

use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};
use std::collections::HashMap;

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

pub(super) const COLUMNS: &str = "id, key, kind, owner, labels, first_seen, last_seen";

pub(super) fn read(row: &Row) -> Result<AssetRow, StoreError> {
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

    /// The things with these identities, by identity; those that are new are made, in this order. Their last sight becomes `at`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn see_assets(&mut self, keys: &[&str], at: i64) -> Result<HashMap<String, i64>, StoreError> {
        let tenant = self.tenant().0;
        let mut known = HashMap::new();
        let names: Vec<Param<'_>> = keys.iter().map(|key| Param::Text(key)).collect();
        self.sql.each_of(
            "UPDATE assets SET last_seen = CASE WHEN last_seen < $2 THEN $2 ELSE last_seen END \
             WHERE tenant = $1 AND key IN ({of}) RETURNING key, id",
            &[tenant.into(), at.into()],
            &names,
            |row| {
                known.insert(row.text(0)?, row.int(1)?);
                Ok(())
            },
        )?;
        let mut next = self.next_id("assets")?;
        let mut new: Vec<(i64, &str)> = Vec::new();
        for key in keys {
            if !known.contains_key(*key) {
                known.insert((*key).to_owned(), next);
                new.push((next, key));
                next += 1;
            }
        }
        let values: Vec<Param<'_>> = new
            .iter()
            .flat_map(|(id, key)| {
                let kind = key.split_once(':').map_or("", |(kind, _)| kind);
                [
                    tenant.into(),
                    (*id).into(),
                    Param::Text(key),
                    Param::Text(kind),
                    Param::Text("{}"),
                    at.into(),
                    at.into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "assets",
            columns: "tenant, id, key, kind, labels, first_seen, last_seen",
            tail: "",
        };
        self.sql.insert(&insert, &values)?;
        Ok(known)
    }

    /// The highest number of a thing; 0 where there is none.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn last_asset(&mut self) -> Result<i64, StoreError> {
        Ok(self.next_id("assets")? - 1)
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

    /// The things with these numbers, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn assets_of(&mut self, ids: &[i64]) -> Result<Vec<AssetRow>, StoreError> {
        let tenant = self.tenant().0;
        let mut found = self.sql.all_of(
            &format!("SELECT {COLUMNS} FROM assets WHERE tenant = $1 AND id IN ({{of}})"),
            &[tenant.into()],
            ids,
            read,
        )?;
        found.sort_by_key(|row| row.id);
        Ok(found)
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

    /// Things whose identity begins with `scheme:`, by identity.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn assets_of_scheme(&mut self, scheme: &str) -> Result<Vec<AssetRow>, StoreError> {
        let tenant = self.tenant().0;
        // The character behind the colon ends the range.
        self.sql.all(
            &format!(
                "SELECT {COLUMNS} FROM assets WHERE tenant = $1 AND key >= $2 AND key < $3 ORDER BY key"
            ),
            &[
                tenant.into(),
                (&format!("{scheme}:")).into(),
                (&format!("{scheme};")).into(),
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

    /// What things have to do with others in these two ways: (thing, way, identity of the other), in order.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn edges_from(
        &mut self,
        sources: &[i64],
        ways: [&str; 2],
    ) -> Result<Vec<(i64, String, String)>, StoreError> {
        let tenant = self.tenant().0;
        let [one, other] = ways;
        let mut found = self.sql.all_of(
            "SELECT e.source, e.kind, a.key FROM edges e JOIN assets a ON a.tenant = e.tenant AND a.id = e.target \
             WHERE e.tenant = $1 AND e.kind IN ($2, $3) AND e.source IN ({of})",
            &[tenant.into(), one.into(), other.into()],
            sources,
            |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)),
        )?;
        found.sort_unstable();
        Ok(found)
    }
}
