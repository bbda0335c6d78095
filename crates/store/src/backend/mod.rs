//! The two engines behind one way of asking.

mod link;
pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod tls;

pub(crate) use link::Link;

use crate::StoreError;
use crate::value::{Param, Row};

/// What an engine can do; everybody else asks through [`Link`].
pub(crate) trait Connection: Send {
    /// Runs a statement; out comes how many rows it changed.
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError>;

    /// Runs a query, and hands over each row as it comes; stops at the first error.
    fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        row: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Runs a query in which `{of}`, in `IN ({of})`, stands for this list of values of one type. Long lists are asked for in parts.
    fn each_of(
        &mut self,
        sql: &str,
        before: &[Param<'_>],
        of: &[Param<'_>],
        row: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Inserts many rows: `head` is `INSERT INTO table (columns)`, `tail` what stands behind the values.
    fn insert_many(
        &mut self,
        head: &str,
        tail: &str,
        width: usize,
        values: &[Param<'_>],
    ) -> Result<u64, StoreError>;

    /// Runs several statements without parameters.
    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;

    /// Starts a transaction: one that writes, or one that reads one state of everything.
    fn begin(&mut self, writes: bool) -> Result<(), StoreError>;

    /// Makes what was written durable.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Forgets what was written; never fails: a connection that cannot is dropped by [`Connection::is_usable`].
    fn rollback(&mut self);

    /// Whether the connection can be used again.
    fn is_usable(&mut self) -> bool;
}

/// Which engine it is, where a statement has to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}
