//! What evidence says of the controls of frameworks: lists, one control with what it rests on, and reports to hand over.

mod shown;

use crate::app::App;
use crate::auth::Caller;
use crate::comply::{self, Asked, Narrow};
use crate::http::{Cursor, Json, Kind, Page, PageQuery, Problem};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bartizan_model::compliance::{Assessment, ControlStatus};
use bartizan_report::{AssessmentFormat, render_assessment};
use serde::Deserialize;
use shown::{ControlStanding, ControlStory, FrameworkStanding, FrameworkSummary};
use utoipa::IntoParams;

/// Of which things a question is; of every repository, image and host where nothing is said.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
pub(super) struct Which {
    /// Of this thing only: its identity.
    asset: Option<String>,
    /// Of the things with this label only: `name=value`, or `name` for any value.
    label: Option<String>,
}

impl From<Which> for Narrow {
    fn from(which: Which) -> Self {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            asset: said(which.asset),
            label: said(which.label),
        }
    }
}

/// Asks within the tenant of the caller.
async fn ask<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    (which, lists): (Which, bool),
    answer: impl FnOnce(&mut bartizan_store::Session<'_>, Asked<'_>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let tenant = caller.tenant;
    let tenants = app.read_all(|installation| installation.tenants()).await?;
    let system = tenants
        .into_iter()
        .find(|known| known.id == tenant)
        .map(|known| known.name)
        .ok_or_else(|| Problem::missing("such tenant"))?;
    let now = app.now();
    app.read(tenant, move |session| {
        let asked = Asked {
            system: &system,
            narrow: &which.into(),
            now,
            lists,
        };
        answer(session, asked)
    })
    .await
}

/// Frameworks, with how many of their controls are in which state.
#[utoipa::path(get, operation_id = "compliance_frameworks", path = "/api/v1/compliance", tag = "compliance", params(PageQuery, Which),
    responses((status = 200, body = Page<FrameworkSummary>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn frameworks(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(which): Query<Which>,
) -> Result<Json<Page<FrameworkSummary>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let all = ask(&app, &caller, (which, false), comply::overview).await?;
    let rows = behind(all.into_iter().enumerate(), cursor, limit);
    Ok(Json(Page::of(rows, limit, place, |(_, assessment)| {
        FrameworkSummary::of(&assessment)
    })))
}

/// A framework: what is known of it, family by family.
#[utoipa::path(get, operation_id = "compliance_framework", path = "/api/v1/compliance/{framework}", tag = "compliance",
    params(("framework" = String, Path, description = "Its name: `nist:moderate`."), Which),
    responses((status = 200, body = FrameworkStanding), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn framework(
    State(app): State<App>,
    caller: Caller,
    Path(framework): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<FrameworkStanding>, Problem> {
    ask(&app, &caller, (which, false), move |session, asked| {
        let things = comply::things(session, asked.narrow)?;
        let assessment = comply::assessment(session, &framework, asked)?;
        Ok(Json(FrameworkStanding::of(&assessment, things as u64)))
    })
    .await
}

/// Which controls are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Filter {
    /// In this state only: satisfied, not-satisfied, manual or no-evidence.
    state: Option<String>,
    /// Of this family only: its title.
    family: Option<String>,
    /// Only those for which something is to be done: all but the satisfied ones, and the manual ones that somebody attests.
    gaps: Option<bool>,
}

/// Controls of a framework, in its own order.
#[utoipa::path(get, operation_id = "compliance_controls", path = "/api/v1/compliance/{framework}/controls", tag = "compliance",
    params(("framework" = String, Path, description = "Its name: `nist:moderate`."), PageQuery, Which, Filter),
    responses((status = 200, body = Page<ControlStanding>), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn controls(
    State(app): State<App>,
    caller: Caller,
    Path(framework): Path<String>,
    Query(page): Query<PageQuery>,
    Query(which): Query<Which>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<ControlStanding>>, Problem> {
    let (limit, cursor) = (page.limit(), page.cursor()?);
    let state = filter.state.as_deref().map(state_of).transpose()?;
    let assessment = ask(&app, &caller, (which, false), move |session, asked| {
        comply::assessment(session, &framework, asked)
    })
    .await?;
    let wanted = assessment.controls.iter().enumerate().filter(|(_, control)| {
        state.is_none_or(|state| control.status == state)
            && filter
                .family
                .as_ref()
                .is_none_or(|family| control.group == *family)
            && (!filter.gaps.unwrap_or(false) || control.is_gap())
    });
    let rows = behind(wanted, cursor, limit);
    Ok(Json(Page::of(rows, limit, place, |(_, control)| {
        ControlStanding::of(control, &assessment)
    })))
}

/// A control: what it rests on, how old that is, and who vouches for what tests leave.
#[utoipa::path(get, operation_id = "compliance_control", path = "/api/v1/compliance/{framework}/controls/{control}", tag = "compliance",
    params(("framework" = String, Path, description = "Name of the framework: `nist:moderate`."), ("control" = String, Path, description = "Its number: `AC-2(1)`."), Which),
    responses((status = 200, body = ControlStory), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn control(
    State(app): State<App>,
    caller: Caller,
    Path((framework, control)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Json<ControlStory>, Problem> {
    ask(&app, &caller, (which, true), move |session, asked| {
        let (assessment, at) = comply::control(session, (&framework, &control), asked)?;
        let result = assessment
            .controls
            .get(at)
            .ok_or_else(|| Problem::missing("such control"))?;
        ControlStory::of(session, result, (&assessment, asked.now)).map(Json)
    })
    .await
}

/// In which form a report is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Form {
    /// oscal, csv, html or json; oscal where nothing is said.
    format: Option<String>,
}

/// A report of a framework to hand over: OSCAL assessment results, a table, a page to print, or the assessment itself.
#[utoipa::path(get, operation_id = "compliance_export", path = "/api/v1/compliance/{framework}/export", tag = "compliance",
    params(("framework" = String, Path, description = "Its name: `nist:moderate`."), Which, Form),
    responses((status = 200, description = "The report.", content_type = "application/oscal+json"), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Path(framework): Path<String>,
    Query(which): Query<Which>,
    Query(form): Query<Form>,
) -> Result<Response, Problem> {
    let format: AssessmentFormat = form.format.as_deref().unwrap_or("oscal").parse().map_err(
        |error: bartizan_report::UnknownAssessmentFormat| Problem::new(Kind::Malformed, error.to_string()),
    )?;
    ask(&app, &caller, (which, true), move |session, asked| {
        let assessment = comply::assessment(session, &framework, asked)?;
        rendered(&assessment, format)
    })
    .await
}

fn rendered(assessment: &Assessment, format: AssessmentFormat) -> Result<Response, Problem> {
    let mut bytes = Vec::new();
    render_assessment(format, assessment, env!("CARGO_PKG_VERSION"), &mut bytes)
        .map_err(|error| Problem::new(Kind::Internal, error.to_string()))?;
    let extension = match format {
        AssessmentFormat::Oscal => "oscal.json",
        other => other.as_str(),
    };
    let day = assessment.at.date();
    let name = assessment.framework.key.replace(':', "-");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(format.media_type()),
    );
    // Saved and not shown: what it says comes from what was scanned.
    let saved = format!("attachment; filename=\"{name}-{day}.{extension}\"");
    if let Ok(value) = HeaderValue::from_str(&saved) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn state_of(word: &str) -> Result<ControlStatus, Problem> {
    ControlStatus::ALL
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or_else(|| {
            let words: Vec<&str> = ControlStatus::ALL.iter().map(|state| state.as_str()).collect();
            Problem::new(
                Kind::Malformed,
                format!(
                    "`{word}` is no state of a control; one of {} is",
                    words.join(", ")
                ),
            )
        })
}

/// Rows of a page, and one more where there is a next one. The cursor says the place of the last one of the page before.
fn behind<T>(rows: impl Iterator<Item = (usize, T)>, cursor: Option<Cursor>, limit: i64) -> Vec<(usize, T)> {
    let after = cursor.map_or(-1, |cursor| cursor.0);
    rows.filter(|(at, _)| i64::try_from(*at).is_ok_and(|at| at > after))
        .take(usize::try_from(limit).map_or(usize::MAX, |limit| limit.saturating_add(1)))
        .collect()
}

fn place<T>((at, _): &(usize, T)) -> Cursor {
    Cursor(i64::try_from(*at).unwrap_or(i64::MAX), 0)
}
