//! Parts of the policy of a tenant, each with the tag by which two people who change it at once notice each other.

use crate::app::App;
use crate::auth::Caller;
use crate::http::{Json, Kind, Problem, names, tag_of};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bartizan_store::Session;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A part of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Policy {
    /// Its name.
    pub name: String,
    /// What it says: JSON as text, as it was decided.
    pub value: String,
}

/// A part of the policy. It is changed by `POST /api/v1/decisions`, with the `ETag` of this answer in `If-Match` where it must not have been changed since.
#[utoipa::path(get, operation_id = "policies_one", path = "/api/v1/policies/{name}", tag = "decisions", params(("name" = String, Path, description = "Its name, `objectives` for one.")),
    responses((status = 200, body = Policy), (status = 304, description = "`If-None-Match` names it."), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let policy = app
        .read(caller.tenant, move |session| {
            let value = session.policy(&name)?;
            let value =
                value.ok_or_else(|| Problem::missing("such part of the policy: nobody decided it"))?;
            Ok(Policy { name, value })
        })
        .await?;
    let tag = HeaderValue::from_str(&tag_of(policy.value.as_bytes()));
    let mut response = Json(policy).into_response();
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// That a part of the policy is still what whoever changes it saw, where they say what they saw.
///
/// # Errors
/// When somebody else changed it since.
pub(super) fn check(session: &mut Session<'_>, name: &str, headers: &HeaderMap) -> Result<(), Problem> {
    if !headers.contains_key(header::IF_MATCH) {
        return Ok(());
    }
    let current = session.policy(name)?;
    let is_seen = current.is_some_and(|value| names(headers, &header::IF_MATCH, &tag_of(value.as_bytes())));
    if is_seen {
        return Ok(());
    }
    Err(
        Problem::new(Kind::Stale, "this part of the policy is not what you saw")
            .help("read it again, and decide again"),
    )
}
