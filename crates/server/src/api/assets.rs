//! Things: repositories, images, hosts, and what is known of them.

use super::ships::Bill;
use super::shown::{Asset, time};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which things are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Filter {
    /// Of this kind only: repo, image, host, sbom, …
    kind: Option<String>,
}

/// Things, in the order in which they became known.
#[utoipa::path(get, operation_id = "assets_list", path = "/api/v1/assets", tag = "graph", params(PageQuery, Filter),
    responses((status = 200, body = Page<Asset>)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<Asset>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let rows = app
        .read(caller.tenant, move |session| {
            Ok(session.assets(
                filter.kind.as_deref(),
                cursor.map_or(0, |cursor| cursor.0),
                limit + 1,
            )?)
        })
        .await?;
    Ok(Json(Page::of(rows, limit, |row| Cursor(row.id, 0), Asset::from)))
}

/// A thing, and how it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct AssetStory {
    /// The thing.
    pub asset: Asset,
    /// Ways in which it is looked at.
    pub scopes: Vec<Scope>,
    /// Components of its last bill of materials; absent where it has none.
    pub components: Option<i64>,
}

/// One way of looking at a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Scope {
    /// Its name.
    pub name: String,
    /// When it was last looked at; RFC 3339.
    pub last: String,
    /// What exactly was looked at.
    pub build: Option<String>,
    /// allow, deny or unknown.
    pub verdict: Option<String>,
    /// The statement about it.
    pub statement: i64,
}

/// A thing, by its number.
#[utoipa::path(get, operation_id = "assets_one", path = "/api/v1/assets/{id}", tag = "graph", params(("id" = i64, Path, description = "Its number.")),
    responses((status = 200, body = AssetStory), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Json<AssetStory>, Problem> {
    app.read(caller.tenant, move |session| {
        let row = session
            .asset_by_id(id)?
            .ok_or_else(|| Problem::missing(&format!("thing {id}")))?;
        let mut scopes = Vec::new();
        for scope in session
            .scopes_of(id)?
            .into_iter()
            .filter(|scope| scope.last_at > 0)
        {
            let scan = session.scan(scope.last_seq)?;
            scopes.push(Scope {
                name: scope.name,
                last: time(scope.last_at),
                build: scan.as_ref().and_then(|scan| scan.build.clone()),
                verdict: scan.map(|scan| scan.verdict),
                statement: scope.last_seq,
            });
        }
        let components = match session.bills_of(id, 1)?.first() {
            Some(bill) => session
                .inventory(bill.inventory)?
                .map(|inventory| inventory.components),
            None => None,
        };
        Ok(Json(AssetStory {
            asset: row.into(),
            scopes,
            components,
        }))
    })
    .await
}

/// Bills of materials of a thing, the newest first: each is one of its builds.
#[utoipa::path(get, operation_id = "assets_bills", path = "/api/v1/assets/{id}/bills", tag = "graph", params(PageQuery, ("id" = i64, Path, description = "Its number.")),
    responses((status = 200, body = Page<Bill>), (status = 404, body = Problem)))]
pub(super) async fn bills(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Bill>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    app.read(caller.tenant, move |session| {
        session
            .asset_by_id(id)?
            .ok_or_else(|| Problem::missing(&format!("thing {id}")))?;
        let rows = session.bills_before(id, cursor.map_or(i64::MAX, |cursor| cursor.0), limit + 1)?;
        Ok(Json(Page::of(rows, limit, |row| Cursor(row.seq, 0), Bill::from)))
    })
    .await
}
