//! The tenants of an installation.

use crate::value::Row;
use crate::{Installation, StoreError, TenantId};

/// One tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its number.
    pub id: TenantId,
    /// Its name, unique within the installation.
    pub name: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
}

fn read(row: &Row) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        id: TenantId(row.int(0)?),
        name: row.text(1)?,
        created: row.int(2)?,
    })
}

impl Installation<'_> {
    /// Every tenant, by number.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tenants(&mut self) -> Result<Vec<Tenant>, StoreError> {
        self.sql
            .all("SELECT id, name, created FROM tenants ORDER BY id", &[], read)
    }

    /// The tenant of this name.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn tenant(&mut self, name: &str) -> Result<Option<Tenant>, StoreError> {
        self.sql.first(
            "SELECT id, name, created FROM tenants WHERE name = $1",
            &[name.into()],
            read,
        )
    }

    /// Of two replicas that give out numbers at once, the second one waits here and then sees what the first one gave.
    pub(crate) fn hold(&mut self) -> Result<(), StoreError> {
        // An update takes the row in both engines.
        self.sql
            .execute("UPDATE settings SET value = value WHERE name = 'schema'", &[])
            .map(|_| ())
    }

    /// Makes a tenant, with an empty log.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the name is taken, and those of the engine.
    pub fn add_tenant(&mut self, name: &str, at: i64) -> Result<Tenant, StoreError> {
        self.hold()?;
        let id = self
            .sql
            .first("SELECT COALESCE(MAX(id), 0) + 1 FROM tenants", &[], |row| {
                row.int(0)
            })?
            .unwrap_or(1);
        self.sql.execute(
            "INSERT INTO tenants (id, name, created) VALUES ($1, $2, $3)",
            &[id.into(), name.into(), at.into()],
        )?;
        self.sql
            .execute("INSERT INTO logs (tenant, size) VALUES ($1, 0)", &[id.into()])?;
        Ok(Tenant {
            id: TenantId(id),
            name: name.to_owned(),
            created: at,
        })
    }
}
