//! Evidence: statements are sent here, and read back as they came in.

use super::shown::time;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::body::{self as sent, LARGEST};
use crate::http::{Cursor, Json, Page, PageQuery, Problem, names, unchanged};
use crate::ingest::{self, Sent, Trust};
use crate::watch::metrics::Taken;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bartizan_model::encoding::hex;
use bartizan_store::graph::TombstoneRow;
use bartizan_store::ledger::StatementRow;
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Instant;
use utoipa::{IntoParams, ToSchema};

/// A statement of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Statement {
    /// Its place in the log, from 0.
    pub seq: i64,
    /// SHA-256 of what was sent, `sha256:…`.
    pub digest: String,
    /// What it says: the type of its predicate.
    pub predicate_type: String,
    /// RFC 3339.
    pub received: String,
    /// Who sent it.
    pub by: String,
    /// Why it is believed: `signed:sha256:…` where a key that was trusted for it has signed it, `untrusted` where it has signatures and
    /// none counted, `authenticated` where it has none.
    pub trust: String,
    /// The key that vouches for it, where one does.
    pub signer: Option<Signer>,
    /// Bytes that were sent.
    pub bytes: i64,
    /// That what was sent was taken away, where it was.
    pub taken_away: Option<TakenAway>,
}

/// A key that vouches for a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Signer {
    /// `sha256:…` of its public key information.
    pub key: String,
    /// What the key is called.
    pub name: String,
    /// When it was revoked, where it was; RFC 3339.
    pub revoked: Option<String>,
}

/// That what was sent was taken away. The record of the statement stays in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct TakenAway {
    /// The statement that says so.
    pub statement: i64,
    /// Who took it away.
    pub by: String,
    /// When; RFC 3339.
    pub at: String,
    /// Why.
    pub reason: String,
}

impl From<TombstoneRow> for TakenAway {
    fn from(row: TombstoneRow) -> Self {
        Self {
            statement: row.seq,
            by: row.by,
            at: time(row.at),
            reason: row.reason,
        }
    }
}

/// Statements with who vouches for them and what became of them; in the order of the rows.
fn shown(session: &mut Session<'_>, rows: Vec<StatementRow>) -> Result<Vec<Statement>, StoreError> {
    let first = rows.iter().map(|row| row.seq).min().unwrap_or(0);
    let last = rows.iter().map(|row| row.seq).max().unwrap_or(-1);
    let mut taken: BTreeMap<i64, TombstoneRow> = session
        .tombstones(first, last.saturating_add(1))?
        .into_iter()
        .map(|row| (row.statement, row))
        .collect();
    let mut signers: BTreeMap<String, Option<Signer>> = BTreeMap::new();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        if !signers.contains_key(&row.trust) {
            let signer = match Trust::parse(&row.trust) {
                Some(Trust::Signed(key)) => session.trusted_key(&key)?.map(|known| Signer {
                    key: format!("sha256:{}", hex(&key)),
                    name: known.name,
                    revoked: known.revoked.map(time),
                }),
                _ => None,
            };
            signers.insert(row.trust.clone(), signer);
        }
        all.push(Statement {
            seq: row.seq,
            digest: format!("sha256:{}", hex(&row.digest)),
            predicate_type: row.predicate,
            received: time(row.received),
            by: row.pusher,
            signer: signers.get(&row.trust).cloned().flatten(),
            trust: row.trust,
            bytes: row.bytes,
            taken_away: taken.remove(&row.seq).map(TakenAway::from),
        });
    }
    Ok(all)
}

/// What became of a statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Receipt {
    /// Its place in the log.
    pub seq: i64,
    /// SHA-256 of what was sent.
    pub digest: String,
    /// Whether it was new; what was there already changes nothing.
    pub new: bool,
    /// The thing that it is about, where it is one.
    pub asset: Option<String>,
    /// Findings that were not known before.
    pub opened: u64,
    /// Findings that were fixed and are back.
    pub reopened: u64,
    /// Findings that are gone.
    pub fixed: u64,
    /// Findings that were known and are still there.
    pub seen: u64,
    /// Findings that are waived since.
    pub waived: u64,
    /// Components in the inventory.
    pub components: u64,
    /// What was not understood.
    pub problems: Vec<String>,
}

impl From<ingest::Receipt> for Receipt {
    fn from(receipt: ingest::Receipt) -> Self {
        let effect = receipt.effect;
        Self {
            seq: receipt.seq,
            digest: format!("sha256:{}", hex(&receipt.digest)),
            new: receipt.is_new,
            asset: effect.asset,
            opened: effect.opened,
            reopened: effect.reopened,
            fixed: effect.fixed,
            seen: effect.seen,
            waived: effect.waived,
            components: effect.components,
            problems: effect.problems,
        }
    }
}

/// Sends a statement: an in-toto Statement, or a DSSE envelope with one, whose signatures are verified with the keys that the tenant
/// trusts. When this answers with success the statement is durable. What is sent twice is taken once. Decisions are not sent here.
#[utoipa::path(post, operation_id = "statements_take", path = "/api/v1/statements", tag = "evidence",
    request_body(content_type = "application/vnd.in-toto+json", description = "An in-toto Statement, or a DSSE envelope."),
    responses((status = 201, description = "Taken in", body = Receipt), (status = 200, description = "Known before", body = Receipt),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 408, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem), (status = 507, body = Problem)))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    caller.needs(Role::Developer)?;
    let held = sent::read(request, LARGEST).await?;
    let turn = held.turn().await?;
    let (at, bytes, began) = (app.now(), held.bytes.len(), Instant::now());
    let taken = app
        .blocking(move |store| {
            let _turn = turn;
            let sent = Sent {
                body: &held.bytes,
                by: &caller.login,
                at,
            };
            Ok(ingest::push(store, caller.tenant, &sent)?)
        })
        .await;
    let outcome = match &taken {
        Ok(receipt) if receipt.is_new => Taken::New,
        Ok(_) => Taken::Known,
        Err(_) => Taken::Refused,
    };
    app.watch().metrics.taken(outcome, bytes, began.elapsed());
    let receipt = taken?;
    let status = if receipt.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(Receipt::from(receipt))).into_response())
}

/// Which statements are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Filter {
    /// Of this predicate type only.
    predicate_type: Option<String>,
}

/// Statements, the newest first.
#[utoipa::path(get, operation_id = "statements_list", path = "/api/v1/statements", tag = "evidence", params(PageQuery, Filter),
    responses((status = 200, body = Page<Statement>), (status = 401, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<Statement>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let rows = app
        .read(caller.tenant, move |session| {
            let before = cursor.map_or(i64::MAX, |cursor| cursor.0);
            let rows = session.newest_statements(filter.predicate_type.as_deref(), before, limit + 1)?;
            Ok(shown(session, rows)?)
        })
        .await?;
    Ok(Json(Page::of(rows, limit, |row| Cursor(row.seq, 0), |row| row)))
}

/// One statement.
#[utoipa::path(get, operation_id = "statements_one", path = "/api/v1/statements/{seq}", tag = "evidence", params(("seq" = i64, Path, description = "Its place in the log.")),
    responses((status = 200, body = Statement), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(seq): Path<i64>,
) -> Result<Json<Statement>, Problem> {
    app.read(caller.tenant, move |session| {
        let rows = session.statement(seq)?.into_iter().collect();
        shown(session, rows)?
            .pop()
            .map(Json)
            .ok_or_else(|| Problem::missing(&format!("statement {seq}")))
    })
    .await
}

/// What was sent, byte by byte.
#[utoipa::path(get, operation_id = "statements_body", path = "/api/v1/statements/{seq}/body", tag = "evidence", params(("seq" = i64, Path, description = "Its place in the log.")),
    responses((status = 200, description = "The statement or envelope; its `ETag` is its digest.", content_type = "application/json"), (status = 304, description = "`If-None-Match` names it."), (status = 404, body = Problem)))]
pub(super) async fn body(
    State(app): State<App>,
    caller: Caller,
    Path(seq): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.read(caller.tenant, move |session| {
        let missing = || Problem::missing(&format!("body of a statement {seq}; it may have been taken away"));
        let row = session.statement(seq)?.ok_or_else(missing)?;
        let tag = format!("\"{}\"", hex(&row.digest));
        let body = session.body(seq)?.ok_or_else(missing)?;
        if names(&headers, &header::IF_NONE_MATCH, &tag) {
            return Ok(unchanged(&tag));
        }
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        Ok(response)
    })
    .await
}
