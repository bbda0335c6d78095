//! Settings of the installation: names and bytes.

use crate::{Installation, StoreError};

impl Installation<'_> {
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
