//! Who asks.

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::{Json, Problem};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who makes the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Me {
    /// What they sign in as.
    pub login: String,
    /// The tenant that everything they ask is about.
    pub tenant: String,
    /// What they may do.
    pub role: Role,
}

/// Who makes the request, and what they may do.
#[utoipa::path(get, operation_id = "me", path = "/api/v1/me", tag = "people", responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub(super) async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Me>, Problem> {
    let tenants = app.read_all(|installation| installation.tenants()).await?;
    let tenant = tenants
        .into_iter()
        .find(|tenant| tenant.id == caller.tenant)
        .ok_or_else(|| Problem::missing("such tenant"))?;
    Ok(Json(Me {
        login: caller.login,
        tenant: tenant.name,
        role: caller.role,
    }))
}
