//! How far have we come? Five stages, each by what evidence shows.

use super::shown::time;
use crate::app::App;
use crate::auth::Caller;
use crate::http::{Json, Problem};
use crate::remediation;
use axum::extract::State;
use bartizan_ledger::journey::{self, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The way that was come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Journey {
    /// When this was so; RFC 3339.
    pub at: String,
    /// The last stage that is met together with all before it, 1 to 5; 0 where none is.
    pub reached: u8,
    /// The five stages.
    pub stages: Vec<Stage>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Stage {
    /// 1 to 5.
    pub number: u8,
    /// Its name.
    pub name: String,
    /// Whether everything of it is met.
    pub is_met: bool,
    /// What has to be so.
    pub criteria: Vec<Criterion>,
}

/// One line of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Criterion {
    /// Its name, which stays.
    pub id: String,
    /// What has to be so.
    pub title: String,
    /// met, unmet, or no-evidence where nothing speaks of it.
    pub status: String,
    /// What was counted.
    pub seen: String,
    /// What evidence shows it.
    pub evidence: String,
}

/// How far we have come, by evidence alone.
#[utoipa::path(get, operation_id = "journey", path = "/api/v1/journey", tag = "remediation",
    responses((status = 200, body = Journey), (status = 401, body = Problem)))]
pub(super) async fn journey(State(app): State<App>, caller: Caller) -> Result<Json<Journey>, Problem> {
    let now = app.now();
    app.read(caller.tenant, move |session| {
        let stages = journey::stages(&remediation::facts(session, now)?);
        Ok(Json(Journey {
            at: time(now),
            reached: journey::reached(&stages),
            stages: stages.into_iter().map(shown).collect(),
        }))
    })
    .await
}

fn shown(stage: journey::Stage) -> Stage {
    let is_met = stage.is_met();
    let criteria = stage.criteria.into_iter().map(|criterion| Criterion {
        id: criterion.id.to_owned(),
        title: criterion.title.to_owned(),
        status: match criterion.status {
            Status::Met => "met",
            Status::Unmet => "unmet",
            Status::NoEvidence => "no-evidence",
        }
        .to_owned(),
        seen: criterion.seen,
        evidence: criterion.evidence.to_owned(),
    });
    Stage {
        number: stage.number,
        name: stage.name.to_owned(),
        is_met,
        criteria: criteria.collect(),
    }
}
