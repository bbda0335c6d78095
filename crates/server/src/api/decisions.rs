//! What people decide: waivers, owners, labels, links, policy, and what they vouch for.

use super::statements::Receipt;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::{Json, Kind, Problem};
use crate::ingest::{self, Arrival, Vouched};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bartizan_ledger::decision::Decision;
use bartizan_ledger::statement::{DECISION, STATEMENT_TYPE};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

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
        Decision::TakeAway { .. } | Decision::Access { .. } => None,
    }
}

/// Decides something. The decision goes through the ledger as a statement.
#[utoipa::path(post, path = "/api/v1/decisions", tag = "decisions",
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
    let at = app.now();
    let receipt = app
        .blocking(move |store| {
            let body = statement_of(&decision, at, &caller.login);
            Ok(ingest::take(
                store,
                caller.tenant,
                &Arrival {
                    body: &body,
                    statement: &body,
                    vouched: Vouched::Sender,
                    by: &caller.login,
                    at,
                },
            )?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Receipt::from(receipt))).into_response())
}

/// A decision as a statement. Its subject is the decision itself, made at this time by this person: the same decision taken twice is two.
pub(crate) fn statement_of(decision: &Decision, at: i64, by: &str) -> Vec<u8> {
    let predicate = serde_json::to_value(decision).unwrap_or_default();
    let digest = Sha256::digest(format!("{at} {by} {predicate}").as_bytes());
    let statement = serde_json::json!({
        "_type": STATEMENT_TYPE,
        "subject": [{
            "name": format!("decision:{}", decision.action()),
            "digest": { "sha256": crate::auth::secret::hex(&digest) },
        }],
        "predicateType": DECISION,
        "predicate": predicate,
    });
    statement.to_string().into_bytes()
}
