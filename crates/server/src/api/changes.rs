//! Which single change closes most: what is the same to do on several things, counted over all of them.

use super::shown::{DECISIONS, Fix, SEVERITIES, Things, time, word};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One change, wherever it is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Change {
    /// Its number.
    pub id: i64,
    /// What it is: a package and the version to have, or a rule and what to do.
    pub change: String,
    /// Things on which it closes something.
    pub things: i64,
    /// Open findings that it closes.
    pub findings: i64,
    /// The most urgent decision among them.
    pub decision: String,
    /// The gravest severity among them.
    pub severity: String,
    /// The first day that is due; RFC 3339.
    pub due: Option<String>,
}

/// Changes, the one that closes most findings first.
#[utoipa::path(get, operation_id = "changes_list", path = "/api/v1/changes", tag = "questions", params(PageQuery),
    responses((status = 200, body = Page<Change>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Change>>, Problem> {
    let (limit, cursor) = (page.short_limit(), page.cursor()?);
    app.read(caller.tenant, move |session| {
        let rows = session.best_changes(cursor.map(|cursor| (cursor.0, cursor.1)), limit + 1)?;
        let mut urgent = Vec::with_capacity(rows.len());
        for row in &rows {
            urgent.push(session.change_urgency(&row.change)?);
        }
        let rows: Vec<_> = rows.into_iter().zip(urgent).collect();
        Ok(Json(Page::of(
            rows,
            limit,
            |(row, _)| Cursor(row.findings, row.id),
            |(row, (decision, severity, due))| Change {
                id: row.id,
                change: row.change,
                things: row.things,
                findings: row.findings,
                decision: word(&DECISIONS, decision),
                severity: word(&SEVERITIES, severity),
                due: due.map(time),
            },
        )))
    })
    .await
}

/// Where a change is to be made, and what it closes there.
#[utoipa::path(get, operation_id = "changes_fixes", path = "/api/v1/changes/{id}/fixes", tag = "questions", params(PageQuery, ("id" = i64, Path, description = "Number of the change.")),
    responses((status = 200, body = Page<Fix>), (status = 404, body = Problem)))]
pub(super) async fn fixes(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Fix>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    app.read(caller.tenant, move |session| {
        let change = session
            .change(id)?
            .ok_or_else(|| Problem::missing(&format!("change {id}")))?;
        let after = cursor.map_or(0, |cursor| cursor.0);
        let rows = session.remedies_by_change(&change.change, after, limit + 1)?;
        let things = Things::of(session, rows.iter().map(|row| row.asset))?;
        Ok(Json(Page::of(
            rows,
            limit,
            |row| Cursor(row.id, 0),
            |row| {
                let asset = things.key(row.asset);
                Fix::of(row, asset)
            },
        )))
    })
    .await
}
