//! A connection, and what became of the transaction on it.
//!
//! The engines differ in what follows a statement that failed: SQLite goes on, PostgreSQL refuses everything else and answers a
//! later `COMMIT` with a rollback that looks like success. Here both refuse everything else, and the commit is an error. They
//! differ in U+0000 too, which PostgreSQL keeps in no text (<https://www.postgresql.org/docs/15/datatype-character.html>): both refuse it.

use super::Connection;
use crate::value::{Param, Row};
use crate::{StoreError, TenantId};

/// One connection to an engine.
pub(crate) struct Link {
    engine: Box<dyn Connection>,
    failed: Option<Failed>,
    /// Statements that this transaction appends.
    appended: Vec<(TenantId, i64)>,
}

/// The first statement of a transaction that failed.
struct Failed {
    /// Whether the transaction was given up for the sake of another one.
    conflict: bool,
    text: String,
}

impl Link {
    pub(crate) fn new(engine: Box<dyn Connection>) -> Self {
        Self {
            engine,
            failed: None,
            appended: Vec::new(),
        }
    }

    /// Runs a statement; out comes how many rows it changed.
    pub(crate) fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        self.check(params)?;
        let done = self.engine.execute(sql, params);
        self.noted(done)
    }

    /// Runs a query, and hands over each row as it comes; stops at the first error.
    pub(crate) fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        row: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.check(params)?;
        let mut stopped = false;
        let done = self.engine.each(sql, params, &mut |values| {
            row(values).inspect_err(|_| stopped = true)
        });
        if stopped { done } else { self.noted(done) }
    }

    /// The same with a query in which `{of}` stands for a list of values.
    pub(crate) fn each_of(
        &mut self,
        sql: &str,
        before: &[Param<'_>],
        of: &[Param<'_>],
        row: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.check(before)?;
        self.check(of)?;
        let mut stopped = false;
        let done = self.engine.each_of(sql, before, of, &mut |values| {
            row(values).inspect_err(|_| stopped = true)
        });
        if stopped { done } else { self.noted(done) }
    }

    /// Inserts many rows: `head` is `INSERT INTO table (columns)`, `tail` what stands behind the values.
    pub(crate) fn insert_many(
        &mut self,
        head: &str,
        tail: &str,
        width: usize,
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        self.check(values)?;
        let done = self.engine.insert_many(head, tail, width, values);
        self.noted(done)
    }

    /// Runs several statements without parameters.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.check(&[])?;
        let done = self.engine.batch(sql);
        self.noted(done)
    }

    /// Starts a transaction: one that writes, or one that reads one state of everything.
    pub(crate) fn begin(&mut self, writes: bool) -> Result<(), StoreError> {
        self.failed = None;
        self.appended.clear();
        self.engine.begin(writes)
    }

    /// Notes that this transaction appends a statement.
    pub(crate) fn appends(&mut self, tenant: TenantId, seq: i64) {
        self.appended.push((tenant, seq));
    }

    /// What it appended.
    pub(crate) fn appended(&mut self) -> Vec<(TenantId, i64)> {
        std::mem::take(&mut self.appended)
    }

    /// Makes what was written durable.
    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        self.check(&[])?;
        self.engine.commit()
    }

    /// Forgets what was written.
    pub(crate) fn rollback(&mut self) {
        self.engine.rollback();
    }

    /// Whether the connection can be used again.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.engine.is_usable()
    }

    /// Whether the transaction was given up for the sake of another one, so that the same again can do.
    pub(crate) fn lost_against_another(&self) -> bool {
        self.failed.as_ref().is_some_and(|failed| failed.conflict)
    }

    fn check(&mut self, params: &[Param<'_>]) -> Result<(), StoreError> {
        if let Some(failed) = &self.failed {
            return Err(StoreError::Misunderstood(format!(
                "the transaction went on after this: {}",
                failed.text
            )));
        }
        let nul = params
            .iter()
            .any(|param| matches!(param, Param::Text(text) if text.as_bytes().contains(&0)));
        if nul {
            return self.noted(Err(StoreError::Unstorable(
                "a text holds the character U+0000".to_owned(),
            )));
        }
        Ok(())
    }

    fn noted<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        done.inspect_err(|error| {
            self.failed = Some(Failed {
                conflict: matches!(error, StoreError::Conflict(_)),
                text: error.to_string(),
            });
        })
    }
}
