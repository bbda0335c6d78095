//! Evidence: statements are sent here, and read back as they came in.

use super::shown::time;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::body::{self as sent, LARGEST};
use crate::http::{Cursor, Json, Page, PageQuery, Problem};
use crate::ingest::{self, Arrival, Trust};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bartizan_model::encoding::hex;
use bartizan_store::ledger::StatementRow;
use serde::{Deserialize, Serialize};
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
    /// Why it is believed: `signed:KEY` or `authenticated`.
    pub trust: String,
    /// Bytes that were sent.
    pub bytes: i64,
}

impl From<StatementRow> for Statement {
    fn from(row: StatementRow) -> Self {
        Self {
            seq: row.seq,
            digest: format!("sha256:{}", hex(&row.digest)),
            predicate_type: row.predicate,
            received: time(row.received),
            by: row.pusher,
            trust: row.trust,
            bytes: row.bytes,
        }
    }
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

/// Sends a statement: an in-toto Statement, or a DSSE envelope with one. When this answers with success the statement is durable.
/// What is sent twice is taken once.
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
    let at = app.now();
    let receipt = app
        .blocking(move |store| {
            let _turn = turn;
            let statement = ingest::envelope::statement_of(&held.bytes)?;
            Ok(ingest::take(
                store,
                caller.tenant,
                &Arrival {
                    body: &held.bytes,
                    statement: &statement,
                    trust: Trust::Authenticated,
                    by: &caller.login,
                    at,
                },
            )?)
        })
        .await?;
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
            Ok(session.newest_statements(filter.predicate_type.as_deref(), before, limit + 1)?)
        })
        .await?;
    Ok(Json(Page::of(
        rows,
        limit,
        |row| Cursor(row.seq, 0),
        Statement::from,
    )))
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
        let row = session.statement(seq)?;
        row.map(|row| Json(Statement::from(row)))
            .ok_or_else(|| Problem::missing(&format!("statement {seq}")))
    })
    .await
}

/// What was sent, byte by byte.
#[utoipa::path(get, operation_id = "statements_body", path = "/api/v1/statements/{seq}/body", tag = "evidence", params(("seq" = i64, Path, description = "Its place in the log.")),
    responses((status = 200, description = "The statement or envelope.", content_type = "application/json"), (status = 404, body = Problem)))]
pub(super) async fn body(
    State(app): State<App>,
    caller: Caller,
    Path(seq): Path<i64>,
) -> Result<Response, Problem> {
    let body = app
        .read(caller.tenant, move |session| {
            session.body(seq)?.ok_or_else(|| {
                Problem::missing(&format!("body of a statement {seq}; it may have been taken away"))
            })
        })
        .await?;
    let mut response = body.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
