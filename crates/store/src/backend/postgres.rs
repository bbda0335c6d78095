//! PostgreSQL: the state is a database that several replicas share.
//!
//! The wire protocol is that of the `tokio-postgres` crate, driven by whoever waits for an answer, and not for ever: a database that is
//! there and does not answer is as good as gone. [`super::tls`] protects the way.

use super::{Connection, tls};
use crate::StoreError;
use crate::value::{Param, Row, Value};
use futures_core::Stream;
use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Statement};

/// How long the engine may take to answer when we connect.
const CONNECT: Duration = Duration::from_secs(10);
/// After how much silence the system asks whether the other end is there, and how long it waits for an answer.
const SILENCE: Duration = Duration::from_secs(30);
/// How long we wait for an answer within a transaction that reads.
const READING: Duration = Duration::from_secs(30);
/// How long we wait for an answer within a transaction that writes: longer than the engine works on a statement.
const WRITING: Duration = Duration::from_secs(130);
/// Statements that a connection keeps prepared.
const PREPARED: usize = 512;
/// Rows from which on they are copied rather than inserted, where nothing is to be done about those that are there.
const COPIED: usize = 64;
/// Rows that are copied, and rows that are inserted, by one statement.
const COPY: usize = 50_000;
const UNNEST: usize = 2_048;

/// Rows that are taken at once at most, where they are there already.
const AT_ONCE: usize = 256;

pub(crate) struct Postgres {
    /// Drives the protocol while we wait, on the thread that waits. None once this is dropped.
    runtime: Option<Runtime>,
    client: Client,
    prepared: HashMap<String, Statement>,
    /// How long an answer may take where the URL says so.
    asked: Option<Duration>,
    patience: Duration,
    /// A transaction could not be ended, or an answer did not come.
    stuck: bool,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Also where the last owner of the store is a task, which must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Postgres {
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let address = tls::parse(url).map_err(StoreError::Misunderstood)?;
        let connector = address.connector()?;
        let asked = address.answer_timeout;
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
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let patience = asked.unwrap_or(READING);
        let connected =
            runtime.block_on(async { tokio::time::timeout(patience, config.connect(connector)).await });
        let (client, connection) = connected.map_err(|_| silent(patience))?.map_err(lift)?;
        // Why a connection ended is told to whoever waits for an answer.
        runtime.spawn(async move {
            let _ = connection.await;
        });
        let mut postgres = Self {
            runtime: Some(runtime),
            client,
            prepared: HashMap::new(),
            asked,
            patience,
            stuck: false,
        };
        postgres.batch(
            "SET statement_timeout = '120s'; SET idle_in_transaction_session_timeout = '60s'; SET lock_timeout = '30s'",
        )?;
        Ok(postgres)
    }

    /// Waits for an answer; a connection that gives none is not used again.
    fn wait<T>(
        &mut self,
        ask: impl AsyncFnOnce(&mut Client) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        let (patience, client) = (self.patience, &mut self.client);
        let runtime = self
            .runtime
            .as_ref()
            .filter(|_| !self.stuck)
            .ok_or_else(|| silent(patience))?;
        let answer = runtime.block_on(async { tokio::time::timeout(patience, ask(client)).await });
        match answer {
            Ok(answer) => answer.map_err(lift),
            Err(_) => {
                self.stuck = true;
                Err(silent(patience))
            }
        }
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.wait(async |client| client.prepare(sql).await)?;
        if self.prepared.len() >= PREPARED {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Hands over each row of a query. Rows that are there already are taken at once.
    fn each_bound(
        &mut self,
        sql: &str,
        bound: &[&(dyn ToSql + Sync)],
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let statement = self.prepare(sql)?;
        let bound = bound.iter().copied();
        let rows = self.wait(async |client| client.query_raw(&statement, bound.clone()).await)?;
        let mut rows = pin!(rows);
        let mut has_ended = false;
        while !has_ended {
            let mut ready = Vec::new();
            self.wait(async |_| {
                poll_fn(|context| {
                    while ready.len() < AT_ONCE {
                        match rows.as_mut().poll_next(context) {
                            Poll::Ready(Some(Ok(row))) => ready.push(row),
                            Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                            Poll::Ready(None) => {
                                has_ended = true;
                                return Poll::Ready(Ok(()));
                            }
                            Poll::Pending if ready.is_empty() => return Poll::Pending,
                            Poll::Pending => break,
                        }
                    }
                    Poll::Ready(Ok(()))
                })
                .await
            })?;
            for row in ready {
                let mut values = Vec::with_capacity(row.len());
                for column in 0..row.len() {
                    values.push(row.try_get::<_, Any>(column).map_err(lift)?.0);
                }
                each(Row::new(values))?;
            }
        }
        Ok(())
    }

    /// One row, many in a few statements, or very many as a copy: whichever takes least.
    fn insert_run(
        &mut self,
        head: &str,
        tail: &str,
        width: usize,
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        let places: Vec<String> = (1..=width).map(|place| format!("${place}")).collect();
        let one = format!("{head} VALUES ({}) {tail}", places.join(","));
        if values.len() <= width {
            return if values.is_empty() {
                Ok(0)
            } else {
                self.execute(&one, values)
            };
        }
        let types = self.prepare(&one)?.params().to_vec();
        let mut changed = 0;
        if tail.is_empty() && values.len() / width >= COPIED {
            for part in values.chunks(COPY * width) {
                changed += self.copy(head, &types, part)?;
            }
        } else {
            for part in values.chunks(UNNEST * width) {
                changed += self.insert_unnested(head, tail, &types, part)?;
            }
        }
        Ok(changed)
    }

    /// Rows as one array a column, so that any number of them is one prepared statement
    /// (<https://www.postgresql.org/docs/15/functions-array.html>).
    fn insert_unnested(
        &mut self,
        head: &str,
        tail: &str,
        types: &[Type],
        values: &[Param<'_>],
    ) -> Result<u64, StoreError> {
        let arrays: Vec<String> = (1..)
            .zip(types)
            .map(|(place, kind): (usize, _)| format!("${place}::{}[]", kind.name()))
            .collect();
        let sql = format!("{head} SELECT * FROM unnest({}) {tail}", arrays.join(","));
        let statement = self.prepare(&sql)?;
        let columns: Vec<Vec<Bound<'_>>> = (0..types.len())
            .map(|column| {
                let of_rows = values.iter().skip(column).step_by(types.len());
                of_rows.map(|value| Bound(*value)).collect()
            })
            .collect();
        let bound: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column as _).collect();
        self.wait(async |client| client.execute(&statement, &bound).await)
    }

    /// <https://www.postgresql.org/docs/15/sql-copy.html>
    fn copy(&mut self, head: &str, types: &[Type], values: &[Param<'_>]) -> Result<u64, StoreError> {
        let table = head.strip_prefix("INSERT INTO ").unwrap_or(head);
        let sql = format!("COPY {table} FROM STDIN BINARY");
        self.wait(async |client| {
            let sink = client.copy_in(&sql).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
            for row in values.chunks_exact(types.len()) {
                writer
                    .as_mut()
                    .write_raw(row.iter().map(|value| Bound(*value)))
                    .await?;
            }
            writer.finish().await
        })
    }
}

fn silent(patience: Duration) -> StoreError {
    StoreError::Unavailable(format!("it did not answer within {} s", patience.as_secs_f32()))
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
        self.wait(async |client| client.execute(&statement, &bound).await)
    }

    fn each(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let bound: Vec<Bound<'_>> = params.iter().map(|param| Bound(*param)).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|param| param as _).collect();
        self.each_bound(sql, &bound, each)
    }

    /// The list is one array: however long it is, it is one prepared statement, and the planner does not take a list of parameters for something
    /// that is cheap to compare every row with.
    fn each_of(
        &mut self,
        sql: &str,
        before: &[Param<'_>],
        of: &[Param<'_>],
        each: &mut dyn FnMut(Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = sql.replace("IN ({of})", &format!("= ANY(${})", before.len() + 1));
        let before: Vec<Bound<'_>> = before.iter().map(|param| Bound(*param)).collect();
        for part in of.chunks(UNNEST) {
            let list: Vec<Bound<'_>> = part.iter().map(|param| Bound(*param)).collect();
            let mut bound: Vec<&(dyn ToSql + Sync)> = before.iter().map(|param| param as _).collect();
            bound.push(&list);
            self.each_bound(&sql, &bound, each)?;
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
        self.wait(async |client| client.batch_execute(sql).await)
    }

    fn begin(&mut self, writes: bool) -> Result<(), StoreError> {
        // Whether it is there at all is told at once.
        self.patience = self.asked.unwrap_or(READING);
        self.batch(if writes {
            "BEGIN"
        } else {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        })?;
        self.patience = self.asked.unwrap_or(if writes { WRITING } else { READING });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("COMMIT")
    }

    fn rollback(&mut self) {
        self.patience = self.asked.unwrap_or(READING);
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
fn lift(error: tokio_postgres::Error) -> StoreError {
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
