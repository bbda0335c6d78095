//! Laying and renewing the schema, forward only.
//!
//! A migration is one file for both engines. `{text}`, `{int}` and `{bytes}` stand for the types, `{rows}` and `{keyed}` for
//! what ends a table: rows found by number, or kept in the order of the primary key. Texts of PostgreSQL compare by bytes, as those
//! of SQLite do.

use crate::backend::{Dialect, Link};
use crate::graph::pack_known;
use crate::session::Sql;
use crate::statistics;
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
    ("totals", include_str!("../migrations/0003_totals.sql")),
    (
        "what controls rest on",
        include_str!("../migrations/0004_controls.sql"),
    ),
    ("questions", include_str!("../migrations/0005_questions.sql")),
    ("evidence", include_str!("../migrations/0006_evidence.sql")),
    ("operation", include_str!("../migrations/0007_operate.sql")),
    ("remediation", include_str!("../migrations/0008_remediation.sql")),
    ("notices", include_str!("../migrations/0009_notify.sql")),
    ("the bus", include_str!("../migrations/0010_bus.sql")),
    ("snapshots", include_str!("../migrations/0011_snapshots.sql")),
    ("quality of code", include_str!("../migrations/0012_quality.sql")),
    ("alerts", include_str!("../migrations/0013_alerts.sql")),
];

/// The schema that this program lays.
pub const SCHEMA_VERSION: i64 = MIGRATIONS.len() as i64;

/// Key of the lock that replicas take while they renew the schema.
const LOCK: i64 = 0x6261_7274_697a_616e;

/// How long a replica waits for another one that renews the schema.
const WAIT_SECONDS: u32 = 600;

/// What is done once the schema is laid, in the same transaction.
type Fill = fn(&mut Sql<'_>) -> Result<(), StoreError>;

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
        self.upgrade_and(MIGRATIONS, pack_known)
    }

    #[cfg(test)]
    fn upgrade_through(&self, migrations: &[(&str, &str)]) -> Result<Upgrade, StoreError> {
        self.upgrade_and(migrations, |_| Ok(()))
    }

    /// `fill` brings in what was there before a migration and what SQL alone cannot write.
    fn upgrade_and(&self, migrations: &[(&str, &str)], fill: Fill) -> Result<Upgrade, StoreError> {
        let mut connection = self.connect(true)?;
        connection.begin(true)?;
        let done = self
            .renew(&mut connection, migrations, fill)
            .and_then(|upgrade| connection.commit().map(|()| upgrade));
        if done.is_err() {
            connection.rollback();
        }
        done
    }

    /// All of it in one transaction that nobody else writes beside: of replicas that start at once the first one does the work.
    fn renew(
        &self,
        connection: &mut Link,
        migrations: &[(&str, &str)],
        fill: Fill,
    ) -> Result<Upgrade, StoreError> {
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
        fill(&mut Sql {
            connection: &mut *connection,
            dialect: self.dialect(),
        })?;
        connection.execute(
            "INSERT INTO settings (name, value) VALUES ('schema', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            &[newest.to_string().as_bytes().into()],
        )?;
        let mut sql = Sql {
            connection,
            dialect: self.dialect(),
        };
        statistics::write(&mut sql, from == 0)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use bartizan_testbed::{Database, Engine, on_both_engines};

    on_both_engines!(
        edges_and_changes_that_were_there_before_are_brought_along,
        an_older_schema_is_brought_up_in_one_step_and_once,
        a_migration_that_fails_changes_nothing,
        replicas_of_two_versions_that_start_at_once_never_step_back,
    );

    const OLD: &[(&str, &str)] = &[(
        "one",
        "CREATE TABLE one (id {int} PRIMARY KEY, name {text}){rows};",
    )];
    const NEW: &[(&str, &str)] = &[
        OLD[0],
        (
            "two",
            "ALTER TABLE one ADD COLUMN more {bytes}; CREATE TABLE two (id {int} PRIMARY KEY){keyed};",
        ),
        (
            "three",
            "INSERT INTO two (id) VALUES (1); INSERT INTO one (id, name) VALUES (9, 'nine');",
        ),
    ];

    fn open(database: &Database) -> Store {
        Store::open(&database.url.parse().unwrap(), Options::default()).unwrap()
    }

    fn rows(store: &Store, table: &str) -> Result<i64, StoreError> {
        store.read_all(|all| {
            let count = all
                .sql
                .first(&format!("SELECT count(*) FROM {table}"), &[], |row| row.int(0))?;
            Ok(count.unwrap_or(-1))
        })
    }

    fn an_older_schema_is_brought_up_in_one_step_and_once(database: &Database) {
        let store = open(database);
        assert_eq!(store.upgrade_through(OLD).unwrap().from, 0);
        let upgrade = store.upgrade_through(NEW).unwrap();
        assert_eq!((upgrade.from, upgrade.to), (1, 3));
        for _ in 0..2 {
            let again = open(database).upgrade_through(NEW).unwrap();
            assert_eq!((again.from, again.to, again.backup), (3, 3, None));
        }
        assert_eq!(
            (rows(&store, "one").unwrap(), rows(&store, "two").unwrap()),
            (1, 1)
        );
        let older = open(database).upgrade_through(OLD);
        assert!(
            matches!(older, Err(StoreError::Newer { found: 3, known: 1 })),
            "{older:?}"
        );
    }

    fn edges_and_changes_that_were_there_before_are_brought_along(database: &Database) {
        let store = open(database);
        store.upgrade_through(&MIGRATIONS[..2]).unwrap();
        let tenant = store.write_all(|all| all.add_tenant("t", 1)).unwrap().id;
        store
            .write_all(|all| {
                all.sql.connection.batch(&format!(
                    "INSERT INTO edges (tenant, source, kind, target, first_seq, last_seq) VALUES \
                     ({0}, 1, 'reaches', 2, 7, 9), ({0}, 1, 'loads', 3, 4, 4); \
                     INSERT INTO remedies (tenant, id, asset, what, change, rank, findings, decision, severity) VALUES \
                     ({0}, 1, 1, 'b', 'b', 1, 2, 0, 0), ({0}, 2, 2, 'a', 'a', 0, 0, 0, 0), ({0}, 3, 3, 'b', 'b', 1, 3, 0, 0)",
                    tenant.0
                ))
            })
            .unwrap();
        store.upgrade().unwrap();
        let mut told = Vec::new();
        let changes = store
            .read(tenant, |session| {
                session.each_edge_change(-1, |seq, pack| {
                    told.push((seq, pack.came, pack.kinds, pack.edges));
                    Ok(())
                })?;
                let changes = [session.change(1)?, session.change(2)?];
                Ok::<_, StoreError>(changes.map(|row| row.map(|row| (row.change, row.things, row.findings))))
            })
            .unwrap();
        let pack = |seq, kind: &str, target| (seq, true, vec![kind.to_owned()], vec![(1, 0, target)]);
        assert_eq!(told, [pack(4, "loads", 3), pack(7, "reaches", 2)]);
        assert_eq!(
            changes,
            [Some(("b".to_owned(), 2, 5)), Some(("a".to_owned(), 0, 0))]
        );
        // What comes later is told beside it.
        let last = store
            .write(tenant, |session| {
                session.see_edge(1, "reaches", 2, 11)?;
                session.last_edge_change()
            })
            .unwrap();
        assert_eq!(last, Some(7));
    }

    fn a_migration_that_fails_changes_nothing(database: &Database) {
        let store = open(database);
        store.upgrade_through(OLD).unwrap();
        let broken = [OLD[0], NEW[1], ("three", "INSERT INTO two (id) VALUES (1), (1);")];
        assert!(store.upgrade_through(&broken).is_err());
        assert!(rows(&store, "two").is_err());
        let upgrade = store.upgrade_through(NEW).unwrap();
        assert_eq!((upgrade.from, upgrade.to), (1, 3));
    }

    fn replicas_of_two_versions_that_start_at_once_never_step_back(database: &Database) {
        std::thread::scope(|scope| {
            for migrations in [OLD, NEW, OLD, NEW] {
                scope.spawn(move || match open(database).upgrade_through(migrations) {
                    Ok(_) | Err(StoreError::Newer { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                });
            }
        });
        let last = open(database).upgrade_through(NEW).unwrap();
        assert_eq!((last.from, last.to), (3, 3));
    }

    #[test]
    fn a_file_is_copied_before_its_schema_is_changed_and_the_copy_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let database = Engine::Sqlite.database().unwrap();
        let store = open(&database);
        assert_eq!(store.upgrade_through(OLD).unwrap().backup, None);
        let file = database.file().unwrap();
        let backup = PathBuf::from(format!("{}.before-schema-3", file.display()));
        // A copy that was made before an upgrade that came to nothing says what was then, not what is now.
        std::fs::write(&backup, "stale").unwrap();
        assert_eq!(store.upgrade_through(NEW).unwrap().backup.as_ref(), Some(&backup));
        let copy = Store::open(&DatabaseUrl::Sqlite(backup.clone()), Options::default()).unwrap();
        assert_eq!(rows(&copy, "one").unwrap(), 0);
        assert!(rows(&copy, "two").is_err());
        for path in [&file, &backup] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
        let left: Vec<_> = std::fs::read_dir(file.parent().unwrap())
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
            .filter(|name| name.contains(".part"))
            .collect();
        assert_eq!(left, [""; 0]);
    }

    #[test]
    fn a_copy_never_takes_the_place_of_a_file() {
        let database = Engine::Sqlite.database().unwrap();
        let store = open(&database);
        store.upgrade().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("copy of “state”.db");
        store.copy_to(&path).unwrap();
        assert!(matches!(store.copy_to(&path), Err(StoreError::File { .. })));
        let copy = Store::open(&DatabaseUrl::Sqlite(path), Options::default()).unwrap();
        assert_eq!(rows(&copy, "tenants").unwrap(), 0);
    }
}
