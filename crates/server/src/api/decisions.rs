//! What people decide: waivers, owners, labels, links, policy, and what they vouch for.

use super::statements::Receipt;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::{Json, Kind, Problem};
use crate::ingest;
use crate::notify::Rules;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bartizan_ledger::decision::Decision;
use serde_json::value::RawValue;

/// Which role a decision needs.
const fn role_of(decision: &Decision) -> Option<Role> {
    match decision {
        Decision::Assign { .. } | Decision::Link { .. } => Some(Role::Developer),
        Decision::Waive { .. }
        | Decision::EndWaiver { .. }
        | Decision::Label { .. }
        | Decision::Attest { .. } => Some(Role::Responder),
        Decision::Policy { .. } => Some(Role::Admin),
        // The control plane says these itself.
        Decision::LetWaiversEnd {} | Decision::TakeAway { .. } | Decision::Access { .. } => None,
    }
}

/// Decides something. The decision goes through the ledger as a statement.
#[utoipa::path(post, operation_id = "decisions_decide", path = "/api/v1/decisions", tag = "decisions",
    request_body(content = serde_json::Value, description = "`{\"action\": \"waive\" | \"end-waiver\" | \"assign\" | \"label\" | \"link\" | \"policy\" | \"attest\", …}`"),
    responses((status = 201, body = Receipt), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn decide(
    State(app): State<App>,
    caller: Caller,
    Json(decision): Json<Box<RawValue>>,
) -> Result<Response, Problem> {
    let decision = Decision::read(decision.get())
        .map_err(|error| Problem::new(Kind::Unprocessable, error.to_string()))?;
    match role_of(&decision) {
        Some(role) => caller.needs(role)?,
        None => {
            return Err(Problem::new(
                Kind::Forbidden,
                format!("`{}` is said by the control plane itself", decision.action()),
            ));
        }
    }
    if let Decision::Policy { name, value } = &decision
        && name == Rules::NAME
    {
        Rules::read(value)
            .map_err(|why| Problem::new(Kind::Unprocessable, format!("policy {name}: {why}")))?;
    }
    let at = app.now();
    let receipt = app
        .blocking(move |store| {
            Ok(store.write(caller.tenant, |session| {
                ingest::record(session, &decision, &caller.login, at)
            })?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Receipt::from(receipt))).into_response())
}
