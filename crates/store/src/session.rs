//! Transactions, and the wall between tenants.

use crate::StoreError;
use crate::backend::{Dialect, Link};
use crate::value::{Param, Row};

/// A tenant, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(pub i64);

/// A transaction within one tenant. Every typed call takes the tenant from here and from nowhere else.
pub struct Session<'c> {
    pub(crate) sql: Sql<'c>,
    tenant: TenantId,
}

/// A transaction on what belongs to the whole installation: tenants, people, settings.
pub struct Installation<'c> {
    pub(crate) sql: Sql<'c>,
}

/// A transaction.
pub(crate) struct Sql<'c> {
    pub(crate) connection: &'c mut Link,
    pub(crate) dialect: Dialect,
}

impl<'c> Session<'c> {
    pub(crate) const fn new(sql: Sql<'c>, tenant: TenantId) -> Self {
        Self { sql, tenant }
    }

    /// The tenant that everything in this transaction belongs to.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }
}

impl<'c> Installation<'c> {
    pub(crate) const fn new(sql: Sql<'c>) -> Self {
        Self { sql }
    }

    /// The same transaction, within one tenant.
    pub fn within(&mut self, tenant: TenantId) -> Session<'_> {
        Session::new(
            Sql {
                connection: &mut *self.sql.connection,
                dialect: self.sql.dialect,
            },
            tenant,
        )
    }
}

/// Rows to insert into one table.
pub(crate) struct Insert<'a> {
    /// Name of the table.
    pub(crate) table: &'a str,
    /// Its columns, separated by commas.
    pub(crate) columns: &'a str,
    /// What stands behind the values: `ON CONFLICT …`.
    pub(crate) tail: &'a str,
}

impl Sql<'_> {
    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.connection.execute(sql, params)
    }

    pub(crate) fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut row: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.connection.each(sql, params, &mut row)
    }

    /// Every row of a query, read.
    pub(crate) fn all<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, params, |row| {
            rows.push(read(&row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a query, read; none where there is no row.
    pub(crate) fn first<T>(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        read: impl FnMut(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(sql, params, read)?.into_iter().next())
    }

    /// Every row of a query in which `{of}`, in `IN ({of})`, stands for a list of values; long lists are asked for in parts.
    pub(crate) fn each_of(
        &mut self,
        sql: &str,
        before: &[Param<'_>],
        of: &[Param<'_>],
        mut row: impl FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.connection.each_of(sql, before, of, &mut row)
    }

    /// Every row of a query in which `{of}` stands for a list of numbers, read.
    pub(crate) fn all_of<T>(
        &mut self,
        sql: &str,
        before: &[Param<'_>],
        numbers: &[i64],
        mut read: impl FnMut(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let numbers: Vec<Param<'_>> = numbers.iter().map(|number| (*number).into()).collect();
        let mut rows = Vec::with_capacity(numbers.len());
        self.each_of(sql, before, &numbers, |row| {
            rows.push(read(&row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The steps in which the engine would answer a query.
    #[cfg(test)]
    pub(crate) fn plan_of(&mut self, query: &str) -> Result<Vec<String>, StoreError> {
        match self.dialect {
            Dialect::Sqlite => self.all(&format!("EXPLAIN QUERY PLAN {query}"), &[], |row| row.text(3)),
            Dialect::Postgres => self.all(&format!("EXPLAIN {query}"), &[], |row| row.text(0)),
        }
    }

    /// Inserts rows whose values stand one after the other in `values`.
    pub(crate) fn insert(&mut self, insert: &Insert<'_>, values: &[Param<'_>]) -> Result<u64, StoreError> {
        if values.is_empty() {
            return Ok(0);
        }
        let width = insert.columns.split(',').count();
        let head = format!("INSERT INTO {} ({})", insert.table, insert.columns);
        self.connection.insert_many(&head, insert.tail, width, values)
    }
}
