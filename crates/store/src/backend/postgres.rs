//! PostgreSQL: the state is a database that several replicas share.
//!
//! The wire protocol is that of the `postgres` crate; [`super::tls`] protects the way.

use super::{Connection, tls};
use crate::StoreError;
use crate::value::{Param, Row, Value};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};
use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::time::Duration;

/// Parameters of one statement; the protocol counts them with 16 bits.
const MAX_PARAMS: usize = 30_000;
/// How long the engine may take to answer when we connect.
const CONNECT: Duration = Duration::from_secs(10);
/// After how much silence the system asks whether the other end is there, and how long it waits for an answer.
const SILENCE: Duration = Duration::from_secs(30);
/// Statements that a connection keeps prepared.
const PREPARED: usize = 512;

pub(crate) struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
    /// A transaction could not be ended.
    stuck: bool,
}

impl Postgres {
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let address = tls::parse(url).map_err(StoreError::Misunderstood)?;
        let connector = address.connector()?;
        let mut config = address.config;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.keepalives_idle(SILENCE).tcp_user_timeout(SILENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("bartizan");
        }
        let mut client = config.connect(connector).map_err(lift)?;
        client
            .batch_execute("SET statement_timeout = '120s'; SET idle_in_transaction_session_timeout = '60s'; SET lock_timeout = '30s'")
            .map_err(lift)?;
        Ok(Self {
            client,
            prepared: HashMap::new(),
            stuck: false,
        })
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(lift)?;
        if self.prepared.len() >= PREPARED {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn insert_run(
        &mut self,
        head: &str,
        tail: &str,
        width: usize,
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        // Full parts have one size, so that they share one prepared statement; the rest goes in powers of two.
        let mut rows = values.len() / width;
        let mut at = 0;
        let mut changed = 0;
        while rows > 0 {
            let most = (MAX_PARAMS / width).clamp(1, 512).min(rows);
            let take = 1 << most.ilog2();
            let mut sql = format!("{head} VALUES ");
            for row in 0..take {
                sql.push_str(if row == 0 { "(" } else { ",(" });
                for column in 0..width {
                    if column > 0 {
                        sql.push(',');
                    }
                    sql.push('$');
                    sql.push_str(&(row * width + column + 1).to_string());
                }
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(tail);
            let part = values.get(at..at + take * width).unwrap_or_default();
            changed += self.execute(&sql, part)?;
            at += take * width;
            rows -= take;
        }
        Ok(changed)
    }
}

#[derive(Debug)]
struct Bound<'a>(Param<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(value) => value.to_sql(kind, out),
            Param::Text(value) => value.to_sql(kind, out),
            Param::Bytes(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA, Type::VARCHAR].contains(kind)
    }

    to_sql_checked!();
}

struct Any(Value);

impl<'a> FromSql<'a> for Any {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Value::Int(i64::from(i32::from_sql(kind, raw)?)),
            Type::BOOL => Value::Int(i64::from(bool::from_sql(kind, raw)?)),
            Type::BYTEA => Value::Bytes(<Vec<u8>>::from_sql(kind, raw)?),
            _ => Value::Text(String::from_sql(kind, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        [
            Type::INT8,
            Type::INT4,
            Type::BOOL,
            Type::BYTEA,
            Type::TEXT,
            Type::VARCHAR,
            Type::NAME,
        ]
        .contains(kind)
    }
}

impl Connection for Postgres {
    fn execute(&mut self, sql: &str, params: &[Param<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepare(sql)?;
        let bound: Vec<Bound<'_>> = params.iter().map(|param| Bound(*param)).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|param| param as _).collect();
        self.client.execute(&statement, &bound).map_err(lift)
    }

    fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(sql)?;
        let bound: Vec<Bound<'_>> = params.iter().map(|param| Bound(*param)).collect();
        let mut rows = self.client.query_raw(&statement, &bound).map_err(lift)?;
        while let Some(row) = rows.next().map_err(lift)? {
            let mut values = Vec::with_capacity(row.len());
            for column in 0..row.len() {
                values.push(row.try_get::<_, Any>(column).map_err(lift)?.0);
            }
            each(Row::new(values))?;
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
        let width = width.max(1);
        let mut changed = 0;
        for run in runs_of_different_rows(head, tail, width, values) {
            changed += self.insert_run(head, tail, width, run)?;
        }
        Ok(changed)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(lift)
    }

    fn begin(&mut self, writes: bool) -> Result<(), StoreError> {
        self.batch(if writes {
            "BEGIN"
        } else {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        })
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        if self.batch("ROLLBACK").is_err() {
            self.stuck = true;
        }
    }

    fn is_usable(&mut self) -> bool {
        !self.stuck && !self.client.is_closed()
    }
}

/// Cuts rows where a statement would change one row twice, which PostgreSQL refuses and SQLite does in order.
fn runs_of_different_rows<'v, 'p>(
    head: &str,
    tail: &str,
    width: usize,
    values: &'v [Param<'p>],
) -> Vec<&'v [Param<'p>]> {
    let key = conflict_columns(head, tail);
    if key.is_empty() {
        return vec![values];
    }
    let mut runs = Vec::new();
    let mut rest = values;
    let mut rows = 0;
    let mut seen = HashSet::new();
    for row in values.chunks_exact(width) {
        let identity: Vec<Param<'p>> = key
            .iter()
            .filter_map(|column| row.get(*column).copied())
            .collect();
        if let (false, Some((run, after))) =
            (seen.insert(identity.clone()), rest.split_at_checked(rows * width))
        {
            runs.push(run);
            rest = after;
            rows = 0;
            seen.clear();
            seen.insert(identity);
        }
        rows += 1;
    }
    runs.push(rest);
    runs
}

/// Places of the columns of `ON CONFLICT (…) DO UPDATE` among those of `INSERT INTO table (…)`.
fn conflict_columns(head: &str, tail: &str) -> Vec<usize> {
    let within = |text: &str| -> Vec<String> {
        let inner = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        inner.map_or_else(Vec::new, |(inner, _)| {
            inner.split(',').map(|column| column.trim().to_owned()).collect()
        })
    };
    if !tail.contains("DO UPDATE") {
        return Vec::new();
    }
    let columns = within(head);
    within(tail)
        .iter()
        .filter_map(|wanted| columns.iter().position(|column| column == wanted))
        .collect()
}

/// Codes: <https://www.postgresql.org/docs/15/errcodes-appendix.html>. Details are left out: they quote rows.
#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err calls")]
fn lift(error: postgres::Error) -> StoreError {
    let Some(said) = error.as_db_error() else {
        let what = error.to_string();
        let text = error
            .source()
            .map_or_else(|| what.clone(), |cause| format!("{what}: {cause}"));
        // The kind of an error is not public, its first words are.
        return if what.starts_with("error performing TLS handshake") {
            StoreError::Untrusted(text)
        } else {
            StoreError::Unavailable(text)
        };
    };
    let code = said.code().code();
    let text = format!("{} ({code})", said.message());
    match (code.get(..2).unwrap_or_default(), code) {
        // The server was told to give the statement up, or did because of a timeout.
        (_, "57014" | "55P03") => StoreError::Busy(text),
        ("40", _) => StoreError::Conflict(text),
        (_, "25006" | "25P03" | "25P04") | ("08" | "57" | "58" | "28" | "3D", _) => {
            StoreError::Unavailable(text)
        }
        (_, "53300") => StoreError::Busy(text),
        ("53", _) => StoreError::Full(text),
        ("55", _) => StoreError::Busy(text),
        (_, "23514") | ("54", _) => StoreError::Unstorable(text),
        ("23", _) | (_, "22003") => StoreError::Refused(text),
        (_, "XX001" | "XX002") => StoreError::Corrupt(text),
        _ => StoreError::Misunderstood(text),
    }
}
