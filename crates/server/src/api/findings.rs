//! Findings: lists, and the story of each.

use super::shown::{Event, Finding, SEVERITIES, Things, number};
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Cursor, Json, Kind, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};
use bartizan_store::graph::{FindingFilter, FindingRow, Status};
use bartizan_store::{Session, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};

/// Which findings are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Filter {
    /// open, fixed or waived; open where nothing is said.
    status: Option<String>,
    /// Of this thing only, by its identity.
    asset: Option<String>,
    /// Of this rule only.
    rule: Option<String>,
    /// At least this severity.
    severity: Option<String>,
    /// Closed by this fix only.
    fix: Option<i64>,
    /// About this advisory or weakness only.
    about: Option<String>,
    /// Due before this many milliseconds since 1970.
    due_before: Option<i64>,
}

/// Findings, the most urgent first.
#[utoipa::path(get, operation_id = "findings_list", path = "/api/v1/findings", tag = "priorities", params(PageQuery, Filter),
    responses((status = 200, body = Page<Finding>), (status = 400, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<Finding>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let malformed =
        |what: &str, words: &str| Problem::new(Kind::Malformed, format!("`{what}` is none of {words}"));
    let status = match filter.status.as_deref() {
        None => Status::Open,
        Some(word) => word
            .parse()
            .map_err(|()| malformed(word, "open, fixed, waived"))?,
    };
    let severity = match filter.severity.as_deref() {
        None => 0,
        Some(word) => {
            number(&SEVERITIES, word).ok_or_else(|| malformed(word, "critical, high, medium, low, info"))?
        }
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
        let rows = session.ranked_findings(
            &FindingFilter {
                status,
                severity,
                asset,
                rule: filter.rule,
                remedy: filter.fix,
                about: filter.about,
                due_before: filter.due_before,
            },
            cursor.map(|cursor| (cursor.0, cursor.1)),
            limit + 1,
        )?;
        let things = Things::of(session, rows.iter().map(|row| row.asset))?;
        let owners = owners(session, &rows, &things)?;
        Ok(Json(Page::of(
            rows,
            limit,
            |row| Cursor(row.rank, row.id),
            |row| {
                let owner = owners.get(&row.remedy).cloned().flatten();
                let asset = things.key(row.asset);
                Finding::of(row, asset, owner)
            },
        )))
    })
    .await
}

/// Who does each of the fixes that close findings, or else answers for the thing: by the number of the fix.
pub(super) fn owners(
    session: &mut Session<'_>,
    rows: &[FindingRow],
    things: &Things,
) -> Result<HashMap<i64, Option<String>>, StoreError> {
    let fixes: BTreeSet<i64> = rows.iter().map(|row| row.remedy).collect();
    let fixes = session.remedies_by_id(&fixes.into_iter().collect::<Vec<_>>())?;
    Ok(fixes
        .into_iter()
        .map(|fix| (fix.id, fix.owner.or_else(|| things.owner(fix.asset))))
        .collect())
}

/// The story of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct Story {
    /// The finding.
    pub finding: Finding,
    /// It as it was last reported: the finding of the report format (`bartizan schema report`), with code frame, steps, places and fix.
    pub report: serde_json::Value,
    /// What happened to it, in order.
    pub events: Vec<Event>,
    /// The waiver that covers it.
    pub waiver: Option<serde_json::Value>,
}

/// A finding, with everything that is known of it.
#[utoipa::path(get, operation_id = "findings_one", path = "/api/v1/findings/{id}", tag = "priorities", params(("id" = i64, Path, description = "Its number.")),
    responses((status = 200, body = Story), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<Json<Story>, Problem> {
    app.read(caller.tenant, move |session| {
        let row = session
            .finding(id)?
            .ok_or_else(|| Problem::missing(&format!("finding {id}")))?;
        let things = Things::of(session, [row.asset])?;
        let owner = owners(session, std::slice::from_ref(&row), &things)?
            .remove(&row.remedy)
            .flatten();
        let asset = things.key(row.asset);
        let detail = session.finding_detail(id)?.unwrap_or_default();
        let events = session.events_of(id)?.into_iter().map(Event::from).collect();
        Ok(Json(Story {
            report: serde_json::from_slice(&detail).unwrap_or_default(),
            waiver: row
                .waiver
                .as_deref()
                .and_then(|text| serde_json::from_str(text).ok()),
            events,
            finding: Finding::of(row, asset, owner),
        }))
    })
    .await
}
