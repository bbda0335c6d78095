//! Alerts of agents on hosts, and the streams in which they come.

use super::findings::{COLUMNS, FindingRow, read as read_finding};
use crate::session::Insert;
use crate::value::{Param, Row};
use crate::{Session, StoreError};

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRow {
    /// The statement that tells of it.
    pub seq: i64,
    /// Its number in the stream of the agent.
    pub number: i64,
    /// The thing that has the problem.
    pub asset: i64,
    /// The host it happened on.
    pub host: i64,
    /// 0 for emergency to 7 for debug.
    pub priority: i64,
    /// The rule.
    pub rule: String,
    /// When it happened by the clock of the host, in milliseconds since 1970.
    pub at: i64,
    /// One line for people.
    pub output: String,
}

/// Which alerts are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// About this thing only.
    pub asset: Option<i64>,
    /// Of this rule only.
    pub rule: Option<String>,
    /// At most this number of priority: so pressing at least. 7 for all.
    pub priority: i64,
}

/// A sequence of alerts of one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertStreamRow {
    /// Its name.
    pub stream: String,
    /// The host.
    pub host: i64,
    /// What the host calls itself.
    pub name: String,
    /// Version of the agent.
    pub version: String,
    /// When its first batch came in, in milliseconds since 1970.
    pub first_heard: i64,
    /// When its last batch came in.
    pub last_heard: i64,
    /// The statement of the last batch.
    pub seq: i64,
    /// The number behind which its first batch begins: of earlier ones nothing is known.
    pub first: i64,
    /// The highest number that was told of.
    pub last: i64,
    /// Alerts that the agent says it dropped.
    pub dropped: i64,
    /// Alerts that lack though the agent says it sent them.
    pub lacking: i64,
}

const ALERT: &str = "seq, number, asset, host, priority, rule, at, output";
const STREAM: &str =
    "stream, host, name, version, first_heard, last_heard, seq, first, last, dropped, lacking";

fn read_alert(row: &Row) -> Result<AlertRow, StoreError> {
    Ok(AlertRow {
        seq: row.int(0)?,
        number: row.int(1)?,
        asset: row.int(2)?,
        host: row.int(3)?,
        priority: row.int(4)?,
        rule: row.text(5)?,
        at: row.int(6)?,
        output: row.text(7)?,
    })
}

fn read_stream(row: &Row) -> Result<AlertStreamRow, StoreError> {
    Ok(AlertStreamRow {
        stream: row.text(0)?,
        host: row.int(1)?,
        name: row.text(2)?,
        version: row.text(3)?,
        first_heard: row.int(4)?,
        last_heard: row.int(5)?,
        seq: row.int(6)?,
        first: row.int(7)?,
        last: row.int(8)?,
        dropped: row.int(9)?,
        lacking: row.int(10)?,
    })
}

impl Session<'_> {
    /// Keeps alerts, each with the things that it is about.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn add_alerts(&mut self, alerts: &[(AlertRow, Vec<i64>)]) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        let values: Vec<Param<'_>> = alerts
            .iter()
            .flat_map(|(row, _)| {
                [
                    tenant.into(),
                    row.seq.into(),
                    row.number.into(),
                    row.asset.into(),
                    row.host.into(),
                    row.priority.into(),
                    (&row.rule).into(),
                    row.at.into(),
                    (&row.output).into(),
                ]
            })
            .collect();
        let insert = Insert {
            table: "alerts",
            columns: "tenant, seq, number, asset, host, priority, rule, at, output",
            tail: "",
        };
        self.sql.insert(&insert, &values)?;
        let values: Vec<Param<'_>> = alerts
            .iter()
            .flat_map(|(row, things)| things.iter().map(move |thing| (*thing, row.seq, row.number)))
            .flat_map(|(thing, seq, number)| [tenant.into(), thing.into(), seq.into(), number.into()])
            .collect();
        let insert = Insert {
            table: "alert_assets",
            columns: "tenant, asset, seq, number",
            tail: "",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Alerts, those first that came in last, behind a statement and a number in it.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn newest_alerts(
        &mut self,
        filter: &AlertFilter,
        behind: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<AlertRow>, StoreError> {
        let (seq, number) = behind.unwrap_or((i64::MAX, i64::MAX));
        let mut params: Vec<Param<'_>> = vec![
            self.tenant().0.into(),
            seq.into(),
            number.into(),
            filter.priority.into(),
        ];
        let mut sql = format!(
            "SELECT {ALERT} FROM alerts WHERE tenant = $1 AND (seq, number) < ($2, $3) AND priority <= $4"
        );
        let mut conditions: Vec<(&str, Param<'_>)> = Vec::new();
        if let Some(rule) = &filter.rule {
            conditions.push((" AND rule = ?", rule.into()));
        }
        if let Some(asset) = filter.asset {
            conditions.push((
                " AND (seq, number) IN (SELECT seq, number FROM alert_assets WHERE tenant = $1 AND asset = ?)",
                asset.into(),
            ));
        }
        conditions.push((" ORDER BY seq DESC, number DESC LIMIT ?", limit.max(0).into()));
        for (condition, value) in conditions {
            params.push(value);
            sql.push_str(&condition.replace('?', &format!("${}", params.len())));
        }
        self.sql.all(&sql, &params, read_alert)
    }

    /// The stream of this name.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn alert_stream(&mut self, stream: &str) -> Result<Option<AlertStreamRow>, StoreError> {
        let tenant = self.tenant().0;
        self.sql.first(
            &format!("SELECT {STREAM} FROM alert_streams WHERE tenant = $1 AND stream = $2"),
            &[tenant.into(), stream.into()],
            read_stream,
        )
    }

    /// Streams, those first that were heard of last, behind a time and the statement that was heard then.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn alert_streams(
        &mut self,
        behind: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<AlertStreamRow>, StoreError> {
        let tenant = self.tenant().0;
        let (heard, seq) = behind.unwrap_or((i64::MAX, i64::MAX));
        self.sql.all(
            &format!(
                "SELECT {STREAM} FROM alert_streams WHERE tenant = $1 AND (last_heard, seq) < ($2, $3) \
                 ORDER BY last_heard DESC, seq DESC LIMIT $4"
            ),
            &[tenant.into(), heard.into(), seq.into(), limit.max(0).into()],
            read_stream,
        )
    }

    /// Keeps what is known of a stream, in place of what was.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn set_alert_stream(&mut self, row: &AlertStreamRow) -> Result<(), StoreError> {
        let values: Vec<Param<'_>> = vec![
            self.tenant().0.into(),
            (&row.stream).into(),
            row.host.into(),
            (&row.name).into(),
            (&row.version).into(),
            row.first_heard.into(),
            row.last_heard.into(),
            row.seq.into(),
            row.first.into(),
            row.last.into(),
            row.dropped.into(),
            row.lacking.into(),
        ];
        let insert = Insert {
            table: "alert_streams",
            columns: "tenant, stream, host, name, version, first_heard, last_heard, seq, first, last, dropped, lacking",
            tail: "ON CONFLICT (tenant, stream) DO UPDATE SET host = excluded.host, name = excluded.name, \
                   version = excluded.version, last_heard = excluded.last_heard, seq = excluded.seq, last = excluded.last, \
                   dropped = excluded.dropped, lacking = excluded.lacking",
        };
        self.sql.insert(&insert, &values).map(|_| ())
    }

    /// Findings that are there in scopes of this name and were not seen since `before`, each with the scope.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn quiet_findings(&mut self, scope: &str, before: i64) -> Result<Vec<(FindingRow, i64)>, StoreError> {
        let tenant = self.tenant().0;
        let quiet = self.sql.all(
            "SELECT s.finding, s.scope FROM scopes p \
             JOIN sightings s ON s.tenant = p.tenant AND s.scope = p.id AND s.present = 1 \
             JOIN findings f ON f.tenant = p.tenant AND f.id = s.finding \
             WHERE p.tenant = $1 AND p.name = $2 AND f.last_seen < $3 ORDER BY s.finding, s.scope",
            &[tenant.into(), scope.into(), before.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        let mut rows = Vec::with_capacity(quiet.len());
        for (finding, scope) in quiet {
            let row = self.sql.first(
                &format!("SELECT {COLUMNS} FROM findings WHERE tenant = $1 AND id = $2"),
                &[tenant.into(), finding.into()],
                read_finding,
            )?;
            rows.extend(row.map(|row| (row, scope)));
        }
        Ok(rows)
    }
}
