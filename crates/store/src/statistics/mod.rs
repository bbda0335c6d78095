//! What the planner of an engine believes about tables before it has looked at them.
//!
//! In: the schema that was just laid. Out: statistics of the engine's own kind, which say what is true of every table here: rows of
//! one tenant are many, and each further column of an index leaves few of them. Without them the first large reports and bills of
//! materials are taken in by plans that read everything of a tenant.

mod postgres;
mod sqlite;

use crate::StoreError;
use crate::backend::Dialect;
use crate::session::Sql;

/// Writes down what is true of every table of a schema that was laid or renewed. PostgreSQL is told of a new schema only: tables that
/// others may write to are none to try things in, and it has looked at those by itself.
pub(crate) fn write(sql: &mut Sql<'_>, is_new: bool) -> Result<(), StoreError> {
    match sql.dialect {
        Dialect::Sqlite => sqlite::write(sql),
        Dialect::Postgres if is_new => postgres::write(sql),
        Dialect::Postgres => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use crate::{DatabaseUrl, Options, Store};
    use bartizan_testbed::{Database, on_both_engines};

    on_both_engines!(
        what_belongs_to_one_thing_is_found_by_its_index_and_not_by_reading_everything_of_the_tenant,
    );

    fn what_belongs_to_one_thing_is_found_by_its_index_and_not_by_reading_everything_of_the_tenant(
        database: &Database,
    ) {
        let url: DatabaseUrl = database.url.parse().unwrap();
        let store = Store::open(&url, Options::default()).unwrap();
        store.upgrade().unwrap();
        let queries = [
            (
                "SELECT title FROM findings WHERE tenant = 1 AND asset = 2 ORDER BY id",
                "asset",
            ),
            (
                "SELECT what FROM remedies WHERE tenant = 1 AND asset = 2 ORDER BY id",
                "asset",
            ),
            (
                "SELECT build FROM bills WHERE tenant = 1 AND asset = 2 AND is_current = 1",
                "asset",
            ),
            (
                "SELECT s.finding FROM scopes p JOIN sightings s ON s.tenant = p.tenant AND s.scope = p.id \
                 AND s.present = 1 WHERE p.tenant = 1 AND p.asset = 2 ORDER BY s.finding",
                "asset",
            ),
            (
                "SELECT id FROM components WHERE tenant = 1 AND purl IN ('a', 'b', 'c')",
                "purl",
            ),
            (
                "SELECT due FROM findings WHERE tenant = 1 AND remedy = 2 AND status = 0 AND due IS NOT NULL \
                 ORDER BY due LIMIT 1",
                "remedy",
            ),
        ];
        for (query, column) in queries {
            let plan = store.read_all(|all| all.sql.plan_of(query)).unwrap();
            // `asset=?` says SQLite, `Index Cond: ((tenant = 1) AND (asset = 2))` PostgreSQL.
            let by_index = |step: &String| {
                step.contains(&format!("{column}=?"))
                    || (step.contains("Index Cond") && step.contains(&format!("({column} = ")))
            };
            assert!(plan.iter().any(by_index), "{query}: {plan:?}");
        }
    }
}
