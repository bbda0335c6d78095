//! Statistics of PostgreSQL, which come from rows only: each new table is filled with rows like those that will come, looked at, and
//! emptied again. What was seen stays until the first `ANALYZE` that finds rows, which the server runs by itself
//! (<https://www.postgresql.org/docs/current/planner-stats.html>).

use crate::StoreError;
use crate::session::Sql;
use std::fmt::Write as _;

/// Rows that are shown to the planner.
const ROWS: u32 = 1_000;

/// Columns with few different values.
const FEW: [&str; 9] = [
    "status",
    "severity",
    "confidence",
    "decision",
    "present",
    "is_current",
    "level",
    "kind",
    "predicate",
];

/// Shows rows to the planner in every table with tenants; all of them are new and nobody else sees them yet.
pub(super) fn write(sql: &mut Sql<'_>) -> Result<(), StoreError> {
    let tables = tables(sql)?;
    if tables.is_empty() {
        return Ok(());
    }
    sql.connection
        .batch("INSERT INTO tenants (id, name, created) VALUES (1, '', 0)")?;
    for (table, columns) in tables {
        sql.connection.batch(&shown(&table, &columns))?;
    }
    sql.connection.batch("DELETE FROM tenants")
}

type Column = (String, String);

/// Every table of which a tenant has many rows, and its columns with their types. What people are is little, and hangs on other tables.
fn tables(sql: &mut Sql<'_>) -> Result<Vec<(String, Vec<Column>)>, StoreError> {
    let mut tables: Vec<(String, Vec<Column>)> = Vec::new();
    sql.each(
        "SELECT c.relname::TEXT, a.attname::TEXT, format_type(a.atttypid, NULL) \
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
         JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'tenant' \
         WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace \
         AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND (\
         (k.contype = 'f' AND k.confrelid <> to_regclass('tenants')) OR (k.contype = 'p' AND k.conkey = ARRAY[t.attnum]))) \
         ORDER BY c.relname, a.attnum",
        &[],
        |row| {
            let (table, column) = (row.text(0)?, (row.text(1)?, row.text(2)?));
            match tables.last_mut().filter(|last| last.0 == table) {
                Some(last) => last.1.push(column),
                None => tables.push((table, vec![column])),
            }
            Ok(())
        },
    )?;
    Ok(tables)
}

/// The statements that fill a table, look at it and empty it. Within a savepoint `TRUNCATE` gives a table that was just made a new file
/// of which the planner does not know that it is empty; it would read an empty table whole, and keep that plan.
fn shown(table: &str, columns: &[Column]) -> String {
    let (mut names, mut values) = (String::new(), String::new());
    for (name, kind) in columns {
        let separator = if names.is_empty() { "" } else { ", " };
        let number = if FEW.contains(&name.as_str()) {
            "n % 4"
        } else {
            "n"
        };
        let value = match kind.as_str() {
            _ if name == "tenant" => "1".to_owned(),
            "text" => format!("'value ' || ({number})"),
            "bytea" => format!("decode(lpad(to_hex({number}), 16, '0'), 'hex')"),
            _ => number.to_owned(),
        };
        let _ = write!(names, "{separator}{name}");
        let _ = write!(values, "{separator}{value}");
    }
    format!(
        "INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {ROWS}) n \
         ON CONFLICT DO NOTHING; \
         ANALYZE {table}; SAVEPOINT shown; TRUNCATE {table}; RELEASE SAVEPOINT shown;"
    )
}
