//! What to do next: fixes, ranked.

use super::shown::{Fix, Things};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};

/// Everything there is to do, the first thing first.
#[utoipa::path(get, operation_id = "fixes_list", path = "/api/v1/fixes", tag = "priorities", params(PageQuery),
    responses((status = 200, body = Page<Fix>), (status = 401, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Fix>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    app.read(caller.tenant, move |session| {
        let rows = session.ranked_remedies(cursor.map(|cursor| (cursor.0, cursor.1)), limit + 1)?;
        let things = Things::of(session, rows.iter().map(|row| row.asset))?;
        Ok(Json(Page::of(
            rows,
            limit,
            |row| Cursor(row.totals.rank, row.id),
            |row| {
                let asset = things.key(row.asset);
                Fix::of(row, asset)
            },
        )))
    })
    .await
}

/// One fix.
#[utoipa::path(get, operation_id = "fixes_one", path = "/api/v1/fixes/{id}", tag = "priorities", params(("id" = i64, Path, description = "Its number.")),
    responses((status = 200, body = Fix), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Json<Fix>, Problem> {
    app.read(caller.tenant, move |session| {
        let row = session
            .remedy(id)?
            .ok_or_else(|| Problem::missing(&format!("fix {id}")))?;
        let asset = Things::of(session, [row.asset])?.key(row.asset);
        Ok(Json(Fix::of(row, asset)))
    })
    .await
}
