//! Keys whose signatures vouch for statements. They are registered and revoked by decisions (`trust-key`, `revoke-key`).

use super::shown::time;
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Page, PageQuery, Problem};
use axum::extract::{Query, State};
use bartizan_model::encoding::hex;
use bartizan_store::graph::TrustedKeyRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A key whose signatures vouch for statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Key {
    /// `sha256:…` of its public key information.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// The public key, in PEM.
    pub pem: String,
    /// Types of predicates that it may vouch for; empty for all.
    pub predicates: Vec<String>,
    /// What the names of subjects begin with that it may vouch for; empty for all.
    pub subjects: Vec<String>,
    /// From when; RFC 3339.
    pub from: Option<String>,
    /// Until when; RFC 3339.
    pub until: Option<String>,
    /// Who registered it.
    pub by: String,
    /// When it was registered; RFC 3339.
    pub created: String,
    /// When it was revoked; RFC 3339.
    pub revoked: Option<String>,
    /// Who revoked it.
    pub revoked_by: Option<String>,
    /// Why.
    pub revoked_because: Option<String>,
    /// The statement that registers it.
    pub statement: i64,
}

impl From<TrustedKeyRow> for Key {
    fn from(row: TrustedKeyRow) -> Self {
        let list = |text: &str| serde_json::from_str(text).unwrap_or_default();
        Self {
            key: format!("sha256:{}", hex(&row.key)),
            name: row.name,
            pem: row.pem,
            predicates: list(&row.predicates),
            subjects: list(&row.subjects),
            from: row.from.map(time),
            until: row.until.map(time),
            by: row.by,
            created: time(row.created),
            revoked: row.revoked.map(time),
            revoked_by: row.revoked_by,
            revoked_because: row.revoked_because,
            statement: row.seq,
        }
    }
}

/// Keys whose signatures vouch for statements, and those that were revoked; the last registered first.
#[utoipa::path(get, operation_id = "keys_list", path = "/api/v1/keys", tag = "evidence", params(PageQuery),
    responses((status = 200, body = Page<Key>), (status = 401, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Key>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let rows = app
        .read(caller.tenant, move |session| {
            let before = cursor.map_or(i64::MAX, |cursor| cursor.0);
            Ok(session.newest_keys(before, limit + 1)?)
        })
        .await?;
    Ok(Json(Page::of(rows, limit, |row| Cursor(row.seq, 0), Key::from)))
}
