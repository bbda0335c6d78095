//! What was sent through channels, what is still to be sent, and what was given up.

use super::shown::time;
use crate::app::App;
use crate::auth::audit::{self, Access};
use crate::auth::{Caller, Role};
use crate::http::{Cursor, Json, Kind, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use bartizan_store::notify::{DeliveryFilter, DeliveryStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Delivery {
    /// Its number.
    pub id: i64,
    /// Number of the channel.
    pub channel: i64,
    /// What it is about: breach, breach-soon, new-critical, waiver-ending, summary, issue-open, issue-close or test.
    pub kind: String,
    /// waiting, sent or given-up.
    pub status: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; RFC 3339.
    pub next: Option<String>,
    /// When it came up; RFC 3339.
    pub created: String,
    /// When it was sent or given up; RFC 3339.
    pub done: Option<String>,
    /// Number of the fix that it is about.
    pub fix: Option<i64>,
    /// Why the last attempt failed; empty where none did.
    pub error: String,
}

impl From<bartizan_store::notify::Delivery> for Delivery {
    fn from(row: bartizan_store::notify::Delivery) -> Self {
        Self {
            id: row.id,
            channel: row.channel,
            kind: row.kind,
            status: match row.status {
                DeliveryStatus::Waiting => "waiting",
                DeliveryStatus::Sent => "sent",
                DeliveryStatus::GivenUp => "given-up",
            }
            .to_owned(),
            attempts: row.attempts,
            next: (row.status == DeliveryStatus::Waiting).then(|| time(row.next_at)),
            created: time(row.created),
            done: row.done.map(time),
            fix: row.remedy,
            error: row.error,
        }
    }
}

/// Which deliveries are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Through this channel only, by its number.
    channel: Option<i64>,
    /// In this state only: waiting, sent or given-up.
    state: Option<String>,
}

/// Deliveries, the newest first.
#[utoipa::path(get, operation_id = "deliveries_list", path = "/api/v1/deliveries", tag = "channels", params(PageQuery, Which),
    responses((status = 200, body = Page<Delivery>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(which): Query<Which>,
) -> Result<Json<Page<Delivery>>, Problem> {
    caller.needs(Role::Admin)?;
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let status = match which.state.as_deref() {
        None => None,
        Some("waiting") => Some(DeliveryStatus::Waiting),
        Some("sent") => Some(DeliveryStatus::Sent),
        Some("given-up") => Some(DeliveryStatus::GivenUp),
        Some(other) => {
            return Err(Problem::new(
                Kind::Malformed,
                format!("`{other}` is none of waiting, sent, given-up"),
            ));
        }
    };
    let filter = DeliveryFilter {
        channel: which.channel,
        status,
    };
    let before = cursor.map_or(i64::MAX, |cursor| cursor.0);
    let rows = app
        .read(caller.tenant, move |session| {
            Ok(session.newest_deliveries(filter, before, limit + 1)?)
        })
        .await?;
    Ok(Json(Page::of(
        rows,
        limit,
        |row| Cursor(row.id, 0),
        Delivery::from,
    )))
}

/// Tries once more what was given up.
#[utoipa::path(post, operation_id = "deliveries_retry", path = "/api/v1/deliveries/{id}/retry", tag = "channels", params(("id" = i64, Path, description = "Its number.")),
    responses((status = 202, description = "It is tried again."), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    caller.needs(Role::Admin)?;
    let (tenant, now) = (caller.tenant, app.now());
    app.blocking(move |store| {
        store.write(tenant, |session| {
            if !session.retry_delivery(id, now)? {
                return Err(Problem::missing(&format!("delivery {id} that was given up")));
            }
            let access = Access {
                event: "delivery-retried",
                subject: &id.to_string(),
                detail: "",
                by: &caller.login,
                at: now,
            };
            audit::record(session, &access)?;
            Ok(StatusCode::ACCEPTED)
        })
    })
    .await
}
