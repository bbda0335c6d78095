//! Laying and renewing the schema, forward only.
//!
//! A migration is one file for both engines. `{text}`, `{int}` and `{bytes}` stand for the types, `{rows}` and `{keyed}` for
//! what ends a table: rows found by number, or kept in the order of the primary key. Texts of PostgreSQL compare by bytes, as those
//! of SQLite do.

use crate::backend::{Connection, Dialect};
use crate::session::Sql;
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
        let mut connection = self.connect(true)?;
        let from = self.schema(connection.as_mut())?;
        if from > SCHEMA_VERSION {
            return Err(StoreError::Newer {
                found: from,
                known: SCHEMA_VERSION,
            });
        }
        let mut upgrade = Upgrade {
            from,
            to: from,
            backup: None,
        };
        if from == SCHEMA_VERSION {
            return Ok(upgrade);
        }
        if let (DatabaseUrl::Sqlite(path), true) = (self.url(), from > 0) {
            let mut name = path.clone().into_os_string();
            name.push(format!(".before-schema-{SCHEMA_VERSION}"));
            let copy = PathBuf::from(name);
            if !copy.exists() {
                self.copy_to(&copy)?;
            }
            upgrade.backup = Some(copy);
        }
        connection.begin(true)?;
        let done = self.renew(connection.as_mut());
        match done {
            Ok(()) => connection.commit()?,
            Err(error) => {
                connection.rollback();
                return Err(error);
            }
        }
        upgrade.to = SCHEMA_VERSION;
        Ok(upgrade)
    }

    fn schema(&self, connection: &mut dyn Connection) -> Result<i64, StoreError> {
        connection.batch(&self.render(
            "CREATE TABLE IF NOT EXISTS settings (name {text} PRIMARY KEY, value {bytes} NOT NULL){keyed};",
        ))?;
        self.known(connection)
    }

    fn known(&self, connection: &mut dyn Connection) -> Result<i64, StoreError> {
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

    fn renew(&self, connection: &mut dyn Connection) -> Result<(), StoreError> {
        if self.dialect() == Dialect::Postgres {
            connection.batch(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        }
        // Another replica may have been first.
        let from = self.known(connection)?;
        let missing = MIGRATIONS.iter().skip(usize::try_from(from).unwrap_or(0));
        for (_, migration) in missing {
            connection.batch(&self.render(migration))?;
        }
        connection.execute(
            "INSERT INTO settings (name, value) VALUES ('schema', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[SCHEMA_VERSION.to_string().as_bytes().into()],
        )?;
        Ok(())
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
