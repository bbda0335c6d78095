//! Quality of code over time: what scans of a thing measured.

use super::shown::time;
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Json, Kind, Problem};
use axum::extract::{Path, Query, State};
use bartizan_model::{Quality, QualityGate, Rating};
use bartizan_store::graph::MeasureRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Points that are told at most.
const MOST: i64 = 366;

/// Which measures are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Asked {
    /// `all` for those of the whole tree, `changes` for those of changes; `all` where nothing is said.
    scope: Option<String>,
}

/// What scans of a thing measured, the oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct QualityTrend {
    /// The last 366 scans at most.
    pub points: Vec<QualityPoint>,
}

/// What one scan measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub(super) struct QualityPoint {
    /// When; RFC 3339.
    pub at: String,
    /// The statement that tells of it.
    pub statement: i64,
    /// off, passed, unknown or failed.
    pub gate: String,
    /// Lines of code that were measured.
    pub code: u64,
    /// Lines of code of tests.
    pub tests: u64,
    /// Of the lines that can run: how many in a hundred tests ran; absent where no report told of them.
    pub coverage: Option<f64>,
    /// Of the lines: how many in a hundred stand somewhere else, too; absent where there are none.
    pub duplication: Option<f64>,
    /// Cognitive complexity of a function on average; absent where there is none.
    pub cognitive: Option<f64>,
    /// Minutes that it takes to mend what was found.
    pub minutes: u64,
    /// A to E; absent where there is no code.
    pub maintainability: Option<String>,
    /// A to E; absent where flaws were not looked for.
    pub security: Option<String>,
}

/// What scans of a thing measured of the quality of its code, the oldest first.
#[utoipa::path(get, operation_id = "assets_quality", path = "/api/v1/assets/{id}/quality", tag = "graph", params(Asked, ("id" = i64, Path, description = "Its number.")),
    responses((status = 200, body = QualityTrend), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn quality(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    Query(asked): Query<Asked>,
) -> Result<Json<QualityTrend>, Problem> {
    let scope = asked.scope.unwrap_or_else(|| "all".to_owned());
    if !matches!(scope.as_str(), "all" | "changes") {
        return Err(Problem::new(Kind::Malformed, "the scope is `all` or `changes`"));
    }
    app.read(caller.tenant, move |session| {
        session
            .asset_by_id(id)?
            .ok_or_else(|| Problem::missing(&format!("thing {id}")))?;
        let mut rows = session.measures(id, &scope, MOST)?;
        rows.reverse();
        Ok(Json(QualityTrend {
            points: rows.iter().filter_map(point).collect(),
        }))
    })
    .await
}

/// A point of the trend; none where a row is of another version.
fn point(row: &MeasureRow) -> Option<QualityPoint> {
    let quality: Quality = serde_json::from_str(&row.quality).ok()?;
    let measures = &quality.measures;
    let of = |part, of| bartizan_model::Part { part, of }.percent();
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let letter = |rating: Rating| rating.to_string();
    Some(QualityPoint {
        at: time(row.at),
        statement: row.seq,
        gate: match quality.gate {
            QualityGate::Off => "off",
            QualityGate::Passed => "passed",
            QualityGate::Unknown => "unknown",
            QualityGate::Failed => "failed",
        }
        .to_owned(),
        code: measures.code,
        tests: measures.tests,
        coverage: measures
            .coverage
            .and_then(bartizan_model::Part::percent)
            .map(tenth),
        duplication: of(measures.duplicated, measures.lines).map(tenth),
        cognitive: of(measures.cognitive, measures.functions).map(|hundred| tenth(hundred / 100.0)),
        minutes: quality.minutes,
        maintainability: quality.maintainability.map(letter),
        security: quality.security.map(letter),
    })
}
