//! Statistics of SQLite, which are rows of a table of its own: <https://www.sqlite.org/fileformat2.html#the_sqlite_stat1_table>.
//!
//! Without them it takes the first column of every index, which is the tenant, to tell rows apart.

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
pub(super) fn write(sql: &mut Sql<'_>) -> Result<(), StoreError> {
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
    fn what_controls_rest_on_is_found_by_indexes() {
        let directory = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(directory.path().join("state.db"));
        let store = Store::open(&url, Options::default()).unwrap();
        store.upgrade().unwrap();
        let queries = [
            // What controls rest on: counts and not findings, and findings of one thing where they are named.
            (
                "SELECT class, rule, status, severity, sum(findings) FROM finding_totals \
                 WHERE tenant = 1 AND class > 0 GROUP BY class, rule, status, severity",
                "finding_totals USING PRIMARY KEY (tenant=? AND class>?)",
            ),
            (
                "SELECT class, rule, status, severity, sum(findings) FROM finding_counts \
                 WHERE tenant = 1 AND class > 0 AND asset IN (2, 3) GROUP BY class, rule, status, severity",
                "finding_counts_asset (tenant=? AND asset=?",
            ),
            (
                "SELECT asset, rule, count(*) FROM findings \
                 WHERE tenant = 1 AND status = 1 AND due < closed AND closed >= 5 GROUP BY asset, rule",
                "findings_late (tenant=? AND status=? AND closed>?)",
            ),
            (
                "SELECT asset, rule, severity, count(*) FROM findings \
                 WHERE tenant = 1 AND status = 0 AND due >= 5 AND due < 9 GROUP BY asset, rule, severity",
                "findings_due (tenant=? AND status=? AND due>? AND due<?)",
            ),
            (
                "SELECT title FROM findings \
                 WHERE tenant = 1 AND asset = 2 AND status = 0 AND rule || '' = 'x' AND severity = 3 ORDER BY fingerprint",
                "asset=?",
            ),
            (
                "SELECT DISTINCT asset FROM finding_counts \
                 WHERE tenant = 1 AND class = 2 AND rule = 'x' AND status = 0 AND severity = 3 ORDER BY asset LIMIT 50",
                "(tenant=? AND class=? AND rule=? AND status=? AND severity=?",
            ),
            (
                "SELECT key FROM assets WHERE tenant = 1 AND key >= 'image:' AND key < 'image;' ORDER BY key",
                "assets_key (tenant=? AND key>? AND key<?)",
            ),
            (
                "SELECT title FROM findings WHERE tenant = 1 AND status = 0 AND due >= 1 AND due < 9 AND (due, id) > (1, 2) \
                 AND severity >= 2 ORDER BY due, id LIMIT 50",
                "findings_due (tenant=? AND status=? AND due>",
            ),
            (
                "SELECT severity, due / 1000 FROM findings WHERE tenant = 1 AND status = 0 AND due >= 1 AND due < 9",
                "COVERING INDEX findings_due",
            ),
            (
                "SELECT severity, open FROM dues WHERE tenant = 1 AND asset = 0 AND day < 9",
                "asset=? AND day<?",
            ),
            (
                "SELECT 1 FROM edges WHERE tenant = 1 AND kind = 'loads' LIMIT 1000",
                "edges_kind (tenant=? AND kind=?)",
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
            let plan: Vec<String> = store.read_all(|all| all.sql.plan_of(query)).unwrap();
            assert!(
                plan.first().is_some_and(|step| step.contains(wanted)),
                "{query}: {plan:?}"
            );
        }
    }
}
