//! What must be kept, and what is taken away for good. For administrators.

use super::shown::time;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::{Brief, Cursor, Json, Page, PageQuery, Problem};
use crate::ingest;
use axum::extract::{Path, Query, State};
use bartizan_store::graph::HoldRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What must not be taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Hold {
    /// The statement that lays the hold.
    pub seq: i64,
    /// The statement that is held; every one where there is none.
    pub statement: Option<i64>,
    /// Why.
    pub reason: String,
    /// Who laid it.
    pub by: String,
    /// When; RFC 3339.
    pub created: String,
    /// When it was ended; RFC 3339.
    pub ended: Option<String>,
}

impl From<HoldRow> for Hold {
    fn from(row: HoldRow) -> Self {
        Self {
            seq: row.seq,
            statement: row.statement,
            reason: row.reason,
            by: row.by,
            created: time(row.created),
            ended: row.ended.map(time),
        }
    }
}

/// Holds, and those that were ended; the last laid first. They are laid and ended by decisions (`hold`, `end-hold`).
#[utoipa::path(get, operation_id = "holds_list", path = "/api/v1/holds", tag = "evidence", params(PageQuery),
    responses((status = 200, body = Page<Hold>), (status = 401, body = Problem)))]
pub(super) async fn holds(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Hold>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let rows = app
        .read(caller.tenant, move |session| {
            let before = cursor.map_or(i64::MAX, |cursor| cursor.0);
            Ok(session.newest_holds(before, limit + 1)?)
        })
        .await?;
    Ok(Json(Page::of(rows, limit, |row| Cursor(row.seq, 0), Hold::from)))
}

/// Why something is taken away.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Forget {
    /// Why.
    reason: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Forgotten {
    /// Open findings before.
    pub open_before: i64,
    /// Open findings of what is left.
    pub open_after: i64,
    /// Statements that the graph was made from again.
    pub made_from: u64,
    /// Statements whose body is gone.
    pub without_body: u64,
    /// Decisions that change nothing any more, because what they are about was told by what is gone.
    pub about_nothing: u64,
}

/// Takes away for good what was sent. Its record and digest stay in the log, a statement says who took it away and why, and the graph is
/// made again from what is left. Decisions, and what is held, stay.
#[utoipa::path(post, operation_id = "statements_forget", path = "/api/v1/statements/{seq}/forget", tag = "evidence", request_body = Forget,
    params(("seq" = i64, Path, description = "Its place in the log.")),
    responses((status = 200, body = Forgotten), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn forget(
    State(app): State<App>,
    caller: Caller,
    Path(seq): Path<i64>,
    Brief(body): Brief<Forget>,
) -> Result<Json<Forgotten>, Problem> {
    caller.needs(Role::Admin)?;
    let at = app.now();
    app.blocking(move |store| {
        let done = store.write(caller.tenant, |session| {
            ingest::forget(session, &[seq], &body.reason, (&caller.login, at))
        })?;
        Ok(Json(Forgotten {
            open_before: done.open_before,
            open_after: done.open_after,
            made_from: done.made.statements,
            without_body: done.made.without_body,
            about_nothing: done.made.about_nothing,
        }))
    })
    .await
}
