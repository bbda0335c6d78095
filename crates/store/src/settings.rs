//! Settings of the installation: names and bytes.

use crate::{Installation, StoreError};

impl Installation<'_> {
    /// The number of the schema; 0 where it says none.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn schema(&mut self) -> Result<i64, StoreError> {
        let value = self.setting("schema")?.unwrap_or_default();
        Ok(std::str::from_utf8(&value)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default())
    }

    /// Statements in all ledgers.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn ledger_size(&mut self) -> Result<i64, StoreError> {
        // PostgreSQL adds whole numbers up to one of another type.
        let sizes = self.sql.all("SELECT size FROM logs", &[], |row| row.int(0))?;
        Ok(sizes.into_iter().sum())
    }

    /// The setting of this name.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn setting(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.sql.first(
            "SELECT value FROM settings WHERE name = $1",
            &[name.into()],
            |row| row.bytes(0),
        )
    }

    /// Keeps a setting, in place of what it was.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.sql
            .execute(
                "INSERT INTO settings (name, value) VALUES ($1, $2) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &[name.into(), value.into()],
            )
            .map(|_| ())
    }

    /// The setting of this name; where there is none it becomes `value`. Two replicas that ask at once get the same answer.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn setting_or(&mut self, name: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.sql.execute(
            "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            &[name.into(), value.into()],
        )?;
        self.setting(name)?
            .ok_or_else(|| StoreError::Corrupt(format!("the setting {name} vanished")))
    }
}
