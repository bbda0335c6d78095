//! Alerts of agents on hosts, and the streams in which they come: who was heard of when, and how many alerts lack.

use super::shown::{Things, time};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Kind, Page, PageQuery, Problem};
use axum::extract::{Query, State};
use bartizan_model::runtime::Priority;
use bartizan_store::graph::{AlertFilter, AlertRow, AlertStreamRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Alert {
    /// The statement that has all of it.
    pub statement: i64,
    /// Its number in the stream of the agent.
    pub number: i64,
    /// The rule.
    pub rule: String,
    /// emergency, alert, critical, error, warning, notice, informational or debug.
    pub priority: String,
    /// When it happened, by the clock of the host; RFC 3339.
    pub at: String,
    /// One line for people.
    pub output: String,
    /// The thing that has the problem: the pod, else the image, else the host.
    pub asset: String,
    /// The host it happened on.
    pub host: String,
}

/// Which alerts are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Filter {
    /// About this thing only, by its identity: a host, a pod, an image.
    asset: Option<String>,
    /// Of this rule only.
    rule: Option<String>,
    /// At least so pressing.
    priority: Option<String>,
}

/// Alerts, those first that came in last.
#[utoipa::path(get, operation_id = "alerts_list", path = "/api/v1/alerts", tag = "alerts", params(PageQuery, Filter),
    responses((status = 200, body = Page<Alert>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<Alert>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let priority = match filter.priority.as_deref() {
        None => Priority::Debug,
        Some(word) => Priority::named(word).ok_or_else(|| {
            let words = Priority::ALL.map(Priority::name).join(", ");
            Problem::new(Kind::Malformed, format!("`{word}` is none of {words}"))
        })?,
    };
    app.read(caller.tenant, move |session| {
        let asset = match &filter.asset {
            None => None,
            Some(key) => Some(
                session
                    .asset(key)?
                    .ok_or_else(|| Problem::missing(&format!("thing `{key}`")))?
                    .id,
            ),
        };
        let wanted = AlertFilter {
            asset,
            rule: filter.rule,
            priority: priority as i64,
        };
        let behind = cursor.map(|cursor| (cursor.0, cursor.1));
        let rows = session.newest_alerts(&wanted, behind, limit + 1)?;
        let things = Things::of(session, rows.iter().flat_map(|row| [row.asset, row.host]))?;
        let of = |row: AlertRow| Alert {
            statement: row.seq,
            number: row.number,
            rule: row.rule,
            priority: name_of(row.priority),
            at: time(row.at),
            output: row.output,
            asset: things.key(row.asset),
            host: things.key(row.host),
        };
        Ok(Json(Page::of(rows, limit, |row| Cursor(row.seq, row.number), of)))
    })
    .await
}

fn name_of(priority: i64) -> String {
    let known = Priority::ALL.into_iter().find(|known| *known as i64 == priority);
    known.map_or_else(String::new, |known| known.name().to_owned())
}

/// An unbroken sequence of alerts of one agent. An agent that lost what it remembers begins another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Stream {
    /// Its name.
    pub stream: String,
    /// The host.
    pub host: String,
    /// What the host calls itself.
    pub name: String,
    /// Version of the agent.
    pub version: String,
    /// When its first batch came in; RFC 3339.
    pub first_heard: String,
    /// When its last batch came in; an agent without alerts sends one every hour. RFC 3339.
    pub last_heard: String,
    /// Number of the first alert that could have come in: above 1 where nothing is known of those before.
    pub first: i64,
    /// Number of the last alert.
    pub last: i64,
    /// Alerts that the agent says it dropped, because it had no room for them.
    pub dropped: i64,
    /// Alerts that did not come in though the agent says that it sent them.
    pub lacking: i64,
}

/// Streams of alerts, those first that were heard of last.
#[utoipa::path(get, operation_id = "alerts_streams", path = "/api/v1/alert-streams", tag = "alerts", params(PageQuery),
    responses((status = 200, body = Page<Stream>), (status = 400, body = Problem)))]
pub(super) async fn streams(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Stream>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    app.read(caller.tenant, move |session| {
        let behind = cursor.map(|cursor| (cursor.0, cursor.1));
        let rows = session.alert_streams(behind, limit + 1)?;
        let things = Things::of(session, rows.iter().map(|row| row.host))?;
        let of = |row: AlertStreamRow| Stream {
            stream: row.stream,
            host: things.key(row.host),
            name: row.name,
            version: row.version,
            first_heard: time(row.first_heard),
            last_heard: time(row.last_heard),
            first: row.first.saturating_add(1),
            last: row.last,
            dropped: row.dropped,
            lacking: row.lacking,
        };
        Ok(Json(Page::of(
            rows,
            limit,
            |row| Cursor(row.last_heard, row.seq),
            of,
        )))
    })
    .await
}
