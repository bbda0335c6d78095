//! SQLite: the library is part of the program, the state is one file.
//!
//! Write-ahead log with a full sync at each commit: what was acknowledged survives the end of the process and of the power
//! (<https://www.sqlite.org/wal.html>, <https://www.sqlite.org/pragma.html#pragma_synchronous>).

use super::Connection;
use crate::StoreError;
use crate::value::{Param, Row, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, ToSql, ffi};
use std::path::Path;
use std::time::Duration;

/// Between two attempts to open a file that others open.
const PAUSE: Duration = Duration::from_millis(10);
/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;
/// Pages that a connection keeps in memory, in KiB.
const CACHE_KIB: i64 = 16 * 1024;

/// Values of a list that are asked for at once.
const MOST_OF: usize = 256;

pub(crate) struct Sqlite(rusqlite::Connection);

impl Sqlite {
    /// Opens the file; makes it where it may be made.
    pub(crate) fn open(path: &Path, writes: bool) -> Result<Self, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if writes {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(lift)?;
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.busy_timeout(BUSY).map_err(lift)?;
        lay_journal(&connection)?;
        connection
            .execute_batch(&format!(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; \
                 PRAGMA query_only = {};",
                if writes { "OFF" } else { "ON" }
            ))
            .map_err(lift)?;
        Ok(Self(connection))
    }

    /// Writes a copy of the whole file as it is now into an empty file.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.0.execute_batch("PRAGMA query_only = OFF").map_err(lift)?;
        self.0
            .execute("VACUUM INTO ?1", [FileName(path)])
            .map(|_| ())
            .map_err(lift)
    }
}

/// Turns the log of writes on. Of several that open a new file at once one does; SQLite tells the others at once that it is busy, however long
/// they would wait (<https://www.sqlite.org/c3ref/busy_handler.html>).
fn lay_journal(connection: &rusqlite::Connection) -> Result<(), StoreError> {
    let mut left = BUSY;
    loop {
        match connection
            .execute_batch("PRAGMA journal_mode = WAL")
            .map_err(lift)
        {
            Err(StoreError::Busy(_)) if left > PAUSE => {
                #[allow(
                    clippy::disallowed_methods,
                    reason = "whoever holds the file gives no sign when it is free"
                )]
                std::thread::sleep(PAUSE);
                left -= PAUSE;
            }
            done => return done,
        }
    }
}

/// The name of a file, which need not be UTF-8.
struct FileName<'a>(&'a Path);

impl ToSql for FileName<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let bytes = self.0.as_os_str().as_encoded_bytes();
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(bytes)))
    }
}

struct Bound<'a>(Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Param::Null => ValueRef::Null,
            Param::Int(value) => ValueRef::Integer(value),
            Param::Text(value) => ValueRef::Text(value.as_bytes()),
            Param::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

/// To SQLite `$2` is a name, and the parameter that stands first is the first; `?2` is the second wherever it stands
/// (<https://www.sqlite.org/lang_expr.html#parameters>).
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn bound<'a>(params: &'a [Param<'a>]) -> impl rusqlite::Params + 'a {
    rusqlite::params_from_iter(params.iter().map(|param| Bound(*param)))
}

impl Connection for Sqlite {
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.0.prepare_cached(&numbered(sql)).map_err(lift)?;
        statement
            .execute(bound(params))
            .map(|rows| rows as u64)
            .map_err(lift)
    }

    fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(&numbered(sql)).map_err(lift)?;
        let columns = statement.column_count();
        let mut rows = statement.query(bound(params)).map_err(lift)?;
        while let Some(row) = rows.next().map_err(lift)? {
            let mut values = Vec::with_capacity(columns);
            for column in 0..columns {
                values.push(match row.get_ref(column).map_err(lift)? {
                    ValueRef::Null => Value::Null,
                    ValueRef::Integer(value) => Value::Int(value),
                    ValueRef::Text(text) => Value::Text(
                        std::str::from_utf8(text)
                            .map_err(|_| StoreError::Corrupt("a text is not UTF-8".to_owned()))?
                            .to_owned(),
                    ),
                    ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                    ValueRef::Real(_) => {
                        return Err(StoreError::Corrupt(format!("column {column} is a fraction")));
                    }
                });
            }
            each(Row::new(values))?;
        }
        Ok(())
    }

    fn each_of(
        &mut self,
        sql: &str,
        before: &[Param<'_>],
        of: &[Param<'_>],
        row: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rest = of;
        while !rest.is_empty() {
            // Powers of two, so that few statements are prepared.
            let take = 1_usize << rest.len().min(MOST_OF).ilog2();
            let (part, after) = rest.split_at(take);
            rest = after;
            let first = before.len() + 1;
            let places: Vec<String> = (first..first + take).map(|place| format!("${place}")).collect();
            let params: Vec<Param<'_>> = before.iter().chain(part).copied().collect();
            self.each(&sql.replace("{of}", &places.join(",")), &params, row)?;
        }
        Ok(())
    }

    fn insert_many(
        &mut self,
        head: &str,
        tail: &str,
        width: usize,
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        let places: Vec<String> = (1..=width).map(|place| format!("?{place}")).collect();
        let sql = format!("{head} VALUES ({}) {tail}", places.join(","));
        let mut statement = self.0.prepare_cached(&sql).map_err(lift)?;
        let mut changed = 0;
        for row in values.chunks_exact(width.max(1)) {
            changed += statement.execute(bound(row)).map_err(lift)? as u64;
        }
        Ok(changed)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0.execute_batch(sql).map_err(lift)
    }

    fn begin(&mut self, writes: bool) -> Result<(), StoreError> {
        self.batch(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" })
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        if !self.0.is_autocommit() {
            let _ = self.batch("ROLLBACK");
        }
    }

    fn is_usable(&mut self) -> bool {
        self.0.is_autocommit()
    }
}

/// Codes: <https://www.sqlite.org/rescode.html>.
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err calls")]
fn lift(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    let extended = error.sqlite_error().map_or(0, |error| error.extended_code);
    match extended {
        // A write that the system refuses without saying that the disk is full meets a quota or the largest size of files.
        ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE => return StoreError::Full(text),
        ffi::SQLITE_IOERR_CORRUPTFS => return StoreError::Corrupt(text),
        ffi::SQLITE_CONSTRAINT_CHECK => return StoreError::Unstorable(text),
        _ => {}
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(text),
        Some(ErrorCode::DiskFull) => StoreError::Full(text),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(text),
        Some(ErrorCode::ConstraintViolation) => StoreError::Refused(text),
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly,
        ) => StoreError::Unavailable(text),
        _ => StoreError::Misunderstood(text),
    }
}
