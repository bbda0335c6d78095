//! What one does with one's own sessions: end this one or all of them, and go to another tenant.

use super::access::{answer, set_cookie, tenant_of};
use crate::app::App;
use crate::auth::audit::{self, Access};
use crate::auth::session::Fresh;
use crate::auth::setup::record_everywhere;
use crate::auth::{Peer, SignedIn};
use crate::http::{Brief, Json, Kind, Page, Problem};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody signed out here, and may want to sign out elsewhere as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct SignedOut {
    /// Where to go for that, at the server through which they signed in.
    pub elsewhere: String,
}

/// Signs out. Where the session began at another server, the answer says where to sign out there.
#[utoipa::path(delete, operation_id = "access_sign_out", path = "/api/v1/session", tag = "people", security(("session" = [])),
    responses((status = 204, description = "Signed out; the cookie is taken away."), (status = 200, description = "Signed out; the cookie is taken away.", body = SignedOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn sign_out(
    State(app): State<App>,
    peer: Peer,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let (now, provider) = (app.now(), signed_in.provider.clone());
    app.blocking(move |store| {
        store.write_all(|installation| -> Result<(), Problem> {
            installation.end_session(&signed_in.hash)?;
            let caller = &signed_in.caller;
            let access = Access {
                event: "sign-out",
                subject: &caller.login,
                detail: &peer.from(),
                by: &caller.login,
                at: now,
            };
            Ok(audit::record(&mut installation.within(caller.tenant), &access)?)
        })
    })
    .await?;
    Ok(gone(&app, provider).await)
}

/// Ends all sessions of whoever asks, on all machines. Tokens go on.
#[utoipa::path(delete, operation_id = "access_sign_out_everywhere", path = "/api/v1/sessions", tag = "people", security(("session" = [])),
    responses((status = 204, description = "Signed out; the cookie is taken away."), (status = 200, description = "Signed out; the cookie is taken away.", body = SignedOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn sign_out_everywhere(
    State(app): State<App>,
    peer: Peer,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let (now, provider) = (app.now(), signed_in.provider.clone());
    app.blocking(move |store| {
        store.write_all(|installation| -> Result<(), Problem> {
            let caller = &signed_in.caller;
            installation.end_sessions_of(caller.person)?;
            let access = Access {
                event: "sign-out-everywhere",
                subject: &caller.login,
                detail: &peer.from(),
                by: &caller.login,
                at: now,
            };
            Ok(record_everywhere(installation, caller.person, &access)?)
        })
    })
    .await?;
    Ok(gone(&app, provider).await)
}

async fn gone(app: &App, provider: Option<String>) -> Response {
    let elsewhere = match app.oidc() {
        Some(oidc) if provider.as_deref() == Some(&oidc.settings().issuer) => oidc.sign_out().await,
        _ => None,
    };
    let mut response = match elsewhere {
        Some(elsewhere) => Json(SignedOut { elsewhere }).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    };
    set_cookie(&mut response, app.gate().transport.give("", 0));
    response
}

/// A tenant that one belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Membership {
    /// Its name.
    pub tenant: String,
    /// What one may do there: viewer, developer, responder or admin.
    pub role: String,
    /// Whether it is the one that everything is about now.
    pub is_current: bool,
}

/// Tenants that one belongs to.
#[utoipa::path(get, operation_id = "access_tenants", path = "/api/v1/session/tenants", tag = "people", security(("session" = [])),
    responses((status = 200, body = Page<Membership>), (status = 401, body = Problem)))]
pub(super) async fn tenants(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Json<Page<Membership>>, Problem> {
    let caller = signed_in.caller;
    let (all, own) = app
        .read_all(move |installation| {
            Ok((
                installation.tenants()?,
                installation.memberships_of(caller.person)?,
            ))
        })
        .await?;
    let items = own.into_iter().filter_map(|(id, role)| {
        let tenant = all.iter().find(|tenant| tenant.id == id)?;
        Some(Membership {
            tenant: tenant.name.clone(),
            role,
            is_current: id == caller.tenant,
        })
    });
    Ok(Json(Page {
        items: items.collect(),
        next: None,
    }))
}

/// Where to go.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct GoTo {
    /// Name of the tenant.
    tenant: String,
}

/// Goes to another tenant that one belongs to: this session ends, and one there begins.
#[utoipa::path(put, operation_id = "access_go_to_tenant", path = "/api/v1/session/tenant", tag = "people", security(("session" = [])), request_body = GoTo,
    responses((status = 200, description = "There; another cookie is set.", body = super::access::Session), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn go_to(
    State(app): State<App>,
    peer: Peer,
    signed_in: SignedIn,
    Brief(body): Brief<GoTo>,
) -> Result<Response, Problem> {
    let (fresh, now) = (Fresh::instead_of(&signed_in)?, app.now());
    let cookie = fresh.cookie.clone();
    let begun = app
        .blocking(move |store| {
            store.write_all(|installation| -> Result<SignedIn, Problem> {
                let nowhere = || Problem::missing("such tenant that you belong to");
                let person = installation
                    .person(signed_in.caller.person)?
                    .ok_or_else(|| Problem::new(Kind::Unauthenticated, "you were shut out"))?;
                let tenant = tenant_of(installation, &person, Some(&body.tenant))?.ok_or_else(nowhere)?;
                installation.end_session(&signed_in.hash)?;
                fresh
                    .begin(installation, (&person, tenant), (now, &peer.from()))?
                    .ok_or_else(nowhere)
            })
        })
        .await?;
    answer(&app, begun, &cookie).await
}
