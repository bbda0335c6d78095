//! Laying and renewing the schema, forward only.
//!
//! A migration is one file for both engines. `{text}`, `{int}` and `{bytes}` stand for the types, `{rows}` and `{keyed}` for
//! what ends a table: rows found by number, or kept in the order of the primary key. Texts of PostgreSQL compare by bytes, as those
//! of SQLite do.

use crate::backend::{Dialect, Link};
use crate::session::Sql;
use crate::store::copy_file;
use crate::{DatabaseUrl, Store, StoreError};
use std::path::PathBuf;

/// Every migration, the oldest first. What was released is never changed.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "ledger and graph",
        include_str!("../migrations/0001_ledger_and_graph.sql"),
    ),
    ("people", include_str!("../migrations/0002_people.sql")),
];

/// The schema that this program lays.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Key of the lock that replicas take while they renew the schema.
const LOCK: i64 = 0x6261_7274_697a_616e;

/// How long a replica waits for another one that renews the schema.
const WAIT_SECONDS: u32 = 600;

/// What became of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// What it was; 0 when there was none.
    pub from: i64,
    /// What it is.
    pub to: i64,
    /// The copy that was made before, if one was: SQLite only.
    pub backup: Option<PathBuf>,
}

impl Store {
    /// Lays the schema, or brings it up to [`SCHEMA_VERSION`]. A SQLite file that holds something is copied first, next to itself.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program laid it; those of the engine; then nothing was changed.
    pub fn upgrade(&self) -> Result<Upgrade, StoreError> {
        self.upgrade_through(MIGRATIONS)
    }

    fn upgrade_through(&self, migrations: &[(&str, &str)]) -> Result<Upgrade, StoreError> {
        let mut connection = self.connect(true)?;
        connection.begin(true)?;
        let done = self
            .renew(&mut connection, migrations)
            .and_then(|upgrade| connection.commit().map(|()| upgrade));
        if done.is_err() {
            connection.rollback();
        }
        done
    }

    /// All of it in one transaction that nobody else writes beside: of replicas that start at once the first one does the work.
    fn renew(&self, connection: &mut Link, migrations: &[(&str, &str)]) -> Result<Upgrade, StoreError> {
        let newest = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
        if self.dialect() == Dialect::Postgres {
            connection.batch(&format!(
                "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{WAIT_SECONDS}s'; \
                 SELECT pg_advisory_xact_lock({LOCK})"
            ))?;
        }
        connection.batch(&self.render(
            "CREATE TABLE IF NOT EXISTS settings (name {text} PRIMARY KEY, value {bytes} NOT NULL){keyed};",
        ))?;
        let from = self.known(connection)?;
        if from > newest {
            return Err(StoreError::Newer {
                found: from,
                known: newest,
            });
        }
        let mut upgrade = Upgrade {
            from,
            to: newest,
            backup: None,
        };
        if from == newest {
            return Ok(upgrade);
        }
        if let (DatabaseUrl::Sqlite(path), true) = (self.url(), from > 0) {
            let mut name = path.clone().into_os_string();
            name.push(format!(".before-schema-{newest}"));
            let copy = PathBuf::from(name);
            copy_file(path, &copy)?;
            upgrade.backup = Some(copy);
        }
        let missing = migrations.iter().skip(usize::try_from(from).unwrap_or(0));
        for (_, migration) in missing {
            connection.batch(&self.render(migration))?;
        }
        connection.execute(
            "INSERT INTO settings (name, value) VALUES ('schema', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[newest.to_string().as_bytes().into()],
        )?;
        Ok(upgrade)
    }

    fn known(&self, connection: &mut Link) -> Result<i64, StoreError> {
        let mut sql = Sql {
            connection,
            dialect: self.dialect(),
        };
        let value = sql.first("SELECT value FROM settings WHERE name = 'schema'", &[], |row| {
            row.bytes(0)
        })?;
        match value {
            None => Ok(0),
            Some(text) => String::from_utf8(text)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| StoreError::Corrupt("the number of the schema is none".to_owned())),
        }
    }

    fn render(&self, sql: &str) -> String {
        let words: [(&str, &str); 5] = match self.dialect() {
            Dialect::Sqlite => [
                ("{text}", "TEXT"),
                ("{int}", "INTEGER"),
                ("{bytes}", "BLOB"),
                ("{rows}", " STRICT"),
                ("{keyed}", " STRICT, WITHOUT ROWID"),
            ],
            Dialect::Postgres => [
                ("{text}", "TEXT COLLATE \"C\""),
                ("{int}", "BIGINT"),
                ("{bytes}", "BYTEA"),
                ("{rows}", ""),
                ("{keyed}", ""),
            ],
        };
        words
            .iter()
            .fold(sql.to_owned(), |sql, (word, meaning)| sql.replace(word, meaning))
    }
}
