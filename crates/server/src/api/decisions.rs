//! What people decide: waivers, owners, labels, links, policy, and what they vouch for.

use super::policies;
use super::statements::Receipt;
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::comply;
use crate::http::{Json, Kind, Problem};
use crate::ingest;
use crate::notify::Rules;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bartizan_content::controls;
use bartizan_ledger::compliance::CompliancePolicy;
use bartizan_ledger::decision::Decision;
use serde_json::value::RawValue;

/// Which role a decision needs.
const fn role_of(decision: &Decision) -> Option<Role> {
    match decision {
        Decision::Assign { .. } | Decision::Link { .. } | Decision::Unlink { .. } => Some(Role::Developer),
        Decision::Waive { .. }
        | Decision::EndWaiver { .. }
        | Decision::Label { .. }
        | Decision::Attest { .. }
        | Decision::WithdrawAttestation { .. } => Some(Role::Responder),
        Decision::Policy { .. }
        | Decision::TrustKey { .. }
        | Decision::RevokeKey { .. }
        | Decision::Hold { .. }
        | Decision::EndHold { .. } => Some(Role::Admin),
        // The control plane says these itself.
        Decision::LetWaiversEnd {}
        | Decision::TakeAway { .. }
        | Decision::Access { .. }
        | Decision::Verified { .. } => None,
    }
}

/// Decides something. The decision goes through the ledger as a statement.
#[utoipa::path(post, operation_id = "decisions_decide", path = "/api/v1/decisions", tag = "decisions",
    request_body(content = serde_json::Value, description = "`{\"action\": \"waive\" | \"end-waiver\" | \"assign\" | \"label\" | \"link\" | \"unlink\" | \"policy\" | \"attest\" | \"withdraw-attestation\" | \"trust-key\" | \"revoke-key\" | \"hold\" | \"end-hold\", …}`"),
    params(("if-match" = Option<String>, Header, description = "For `policy`: the `ETag` of the part as it was read, `GET /api/v1/policies/{name}`; `*` where it must be there.")),
    responses((status = 201, body = Receipt), (status = 403, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn decide(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
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
            let decision = match decision {
                Decision::Attest { .. } => {
                    let policy = store.read(caller.tenant, comply::policy)?;
                    attested(decision, &policy, at)?
                }
                other => other,
            };
            store.write(caller.tenant, |session| {
                if let Decision::Policy { name, .. } = &decision {
                    // Nobody else decides until we are done.
                    session.hold_log()?;
                    policies::check(session, name, &headers)?;
                }
                Ok::<_, Problem>(ingest::record(session, &decision, &caller.login, at)?)
            })
        })
        .await?;
    Ok((StatusCode::CREATED, Json(Receipt::from(receipt))).into_response())
}

/// An attestation by the one name of its control, where it says what is vouched for and until when. `now` is in milliseconds since 1970.
fn attested(decision: Decision, policy: &CompliancePolicy, now: i64) -> Result<Decision, Problem> {
    let Decision::Attest {
        control,
        statement,
        until,
    } = decision
    else {
        return Ok(decision);
    };
    let refused = |detail: String, help: String| Err(Problem::new(Kind::Unprocessable, detail).help(help));
    let Some((catalog, found)) = controls::find(&control).filter(|(_, found)| !found.withdrawn) else {
        let shown: String = control.chars().take(100).collect();
        return refused(
            format!("there is no control `{shown}`"),
            "write `catalogue:number`, for instance `nist:AC-2`; /api/v1/compliance lists frameworks"
                .to_owned(),
        );
    };
    if statement.trim().is_empty() {
        return refused(
            "an attestation says what is vouched for".to_owned(),
            "give a `statement`: who does what, how often, and where that is recorded".to_owned(),
        );
    }
    let days = i64::from(policy.attestation_days);
    let longest = now.saturating_add(days * 86_400_000);
    let ends = until.map(|day| day.ends().unix_seconds().saturating_mul(1_000));
    if !ends.is_some_and(|ends| ends > now && ends - 86_400_000 <= longest) {
        return refused(
            "an attestation has a last day".to_owned(),
            format!("give `until`, a day within the next {days} days: `2027-03-01`"),
        );
    }
    Ok(Decision::Attest {
        control: format!("{}:{}", catalog.key, found.id),
        statement,
        until,
    })
}
