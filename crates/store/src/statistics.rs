//! What the planner of SQLite believes about tables that it has not looked at.
//!
//! Without statistics it takes the first column of every index, which is the tenant, to tell rows apart, and reads all rows of a
//! tenant to find those of one thing. What is true of every table here is written down in its stead: rows of one tenant are many, and each
//! further column leaves few of them (<https://www.sqlite.org/fileformat2.html#the_sqlite_stat1_table>). PostgreSQL looks for itself.

use crate::StoreError;
use crate::session::{Insert, Sql};
use crate::value::Param;

/// Rows of a table, as far as the planner is concerned.
const ROWS: u64 = 1_000_000;

/// An index: its table, the name under which statistics know it, whether its columns name one row, and the columns.
struct Index {
    table: String,
    name: String,
    is_unique: bool,
    columns: Vec<String>,
}

/// Writes down what is true of every index, in place of what stood there.
pub(crate) fn write(sql: &mut Sql<'_>) -> Result<(), StoreError> {
    // Makes the table of statistics where there is none.
    sql.connection
        .batch("ANALYZE sqlite_schema; DELETE FROM sqlite_stat1")?;
    let rows: Vec<(String, String, String)> = indexes(sql)?
        .into_iter()
        .map(|index| (estimate(&index), index))
        .map(|(estimate, index)| (index.table, index.name, estimate))
        .collect();
    let values: Vec<Param<'_>> = rows
        .iter()
        .flat_map(|(table, index, estimate)| [table.into(), index.into(), estimate.into()])
        .collect();
    let insert = Insert {
        table: "sqlite_stat1",
        columns: "tbl, idx, stat",
        tail: "",
    };
    sql.insert(&insert, &values)?;
    sql.connection.batch("ANALYZE sqlite_schema")
}

fn indexes(sql: &mut Sql<'_>) -> Result<Vec<Index>, StoreError> {
    let mut indexes: Vec<Index> = Vec::new();
    sql.each(
        "SELECT t.name, CASE WHEN i.origin = 'pk' AND t.sql LIKE '%WITHOUT ROWID' THEN t.name ELSE i.name END, i.\"unique\", c.name \
         FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, i.name, c.seqno",
        &[],
        |row| {
            let (table, name, column) = (row.text(0)?, row.text(1)?, row.text(3)?);
            match indexes.last_mut().filter(|last| last.table == table && last.name == name) {
                Some(last) => last.columns.push(column),
                None => indexes.push(Index {
                    table,
                    name,
                    is_unique: row.flag(2)?,
                    columns: vec![column],
                }),
            }
            Ok(())
        },
    )?;
    Ok(indexes)
}

/// How many rows there are, and how many have the same first column, the same first two, and so on.
fn estimate(index: &Index) -> String {
    let mut left = ROWS;
    let mut words = vec![ROWS.to_string()];
    let last = index.columns.len().saturating_sub(1);
    for (place, column) in index.columns.iter().enumerate() {
        if column != "tenant" {
            left = (left / if place < 2 { 1_000 } else { 10 }).max(1);
        }
        if index.is_unique && place == last {
            left = 1;
        }
        words.push(left.to_string());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::{DatabaseUrl, Options, Store};

    #[test]
    fn what_belongs_to_one_thing_is_found_by_its_index_and_not_by_reading_everything_of_the_tenant() {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("state.db"));
        let store = Store::open(&url, Options::default()).unwrap();
        store.upgrade().unwrap();
        let queries = [
            (
                "SELECT title FROM findings WHERE tenant = 1 AND asset = 2 ORDER BY id",
                "asset=?",
            ),
            (
                "SELECT what FROM remedies WHERE tenant = 1 AND asset = 2 ORDER BY id",
                "asset=?",
            ),
            (
                "SELECT build FROM bills WHERE tenant = 1 AND asset = 2 AND is_current = 1",
                "asset=?",
            ),
            (
                "SELECT s.finding FROM scopes p JOIN sightings s ON s.tenant = p.tenant AND s.scope = p.id AND s.present = 1 \
                 WHERE p.tenant = 1 AND p.asset = 2 ORDER BY s.finding",
                "asset=?",
            ),
            (
                "SELECT title FROM findings WHERE tenant = 1 AND status = 0 AND due >= 5 AND due <= 9 AND (due > 5 OR id > 3) \
                 ORDER BY due, id LIMIT 500",
                "findings_due (tenant=? AND status=? AND due>? AND due<?)",
            ),
            (
                "SELECT title FROM findings WHERE tenant = 1 AND waived_until >= 5 AND waived_until <= 9 AND (waived_until > 5 OR id > 3) \
                 AND status = 2 ORDER BY waived_until, id LIMIT 500",
                "findings_waived (tenant=? AND status=? AND waived_until>? AND waived_until<?)",
            ),
            (
                "SELECT f.title FROM finding_events e JOIN findings f ON f.tenant = e.tenant AND f.id = e.finding \
                 WHERE e.tenant = 1 AND e.seq >= 5 AND (e.seq > 5 OR e.finding > 3) AND e.seq < 9 \
                 AND e.kind IN ('opened', 'reopened', 'due', 'resumed') AND f.status = 0 AND (f.severity = 4 OR f.due <= 7) \
                 ORDER BY e.seq, e.finding, e.kind LIMIT 500",
                "finding_events_seq (tenant=? AND seq>? AND seq<?)",
            ),
            (
                "SELECT payload FROM deliveries WHERE tenant = 1 AND channel = 2 AND status = 0 AND next_at <= 9 ORDER BY next_at, id LIMIT 9",
                "deliveries_turn (tenant=? AND channel=? AND status=? AND next_at<?)",
            ),
            (
                "SELECT 1 FROM deliveries WHERE tenant = 1 AND status = 0 AND next_at <= 9 LIMIT 1",
                "deliveries_next (tenant=? AND status=? AND next_at<?)",
            ),
        ];
        for (query, wanted) in queries {
            let plan: Vec<String> = store
                .read_all(|all| {
                    all.sql
                        .all(&format!("EXPLAIN QUERY PLAN {query}"), &[], |row| row.text(3))
                })
                .unwrap();
            assert!(
                plan.first().is_some_and(|step| step.contains(wanted)),
                "{query}: {plan:?}"
            );
        }
    }
}
