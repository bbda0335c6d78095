//! Signing in through another server: a browser is sent there, and comes back with a code.

use crate::app::App;
use crate::auth::attempts::Attempt;
use crate::auth::federated::{AdmitError, admit};
use crate::auth::session::{Fresh, LONGEST};
use crate::auth::{Peer, secret};
use crate::http::{Json, Kind, Problem};
use crate::oidc::{Departure, Oidc, OidcError, Return, not_set_up, refused};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bartizan_store::Installation;
use bartizan_store::sign_ins::SignInRow;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Milliseconds within which somebody has to be back.
const AWAY: i64 = 600_000;
/// Bytes of what comes back at most.
const LONGEST_WORD: usize = 8_192;

/// How one signs in besides with a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Elsewhere {
    /// What the other server is called; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Through which other server one signs in.
#[utoipa::path(get, operation_id = "oidc_about", path = "/api/v1/oidc", tag = "people", security(()),
    responses((status = 200, body = Elsewhere)))]
pub(super) async fn about(State(app): State<App>) -> Json<Elsewhere> {
    Json(Elsewhere {
        name: app.oidc().map(|oidc| oidc.settings().name.clone()),
    })
}

/// Where to, once signed in.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct Start {
    /// The tenant, for those who belong to several; the first where nothing is said.
    tenant: Option<String>,
}

/// Sends a browser to the other server.
#[utoipa::path(get, operation_id = "oidc_start", path = "/api/v1/oidc/start", tag = "people", security(()), params(Start),
    responses((status = 303, description = "To the other server; a cookie for the way back is set."), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(super) async fn start(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Query(query): Query<Start>,
) -> Result<Response, Problem> {
    let oidc = app.oidc().ok_or_else(not_set_up)?;
    if headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
    {
        return Err(Problem::new(
            Kind::Forbidden,
            "the browser says that another site began this sign-in",
        ));
    }
    app.attempt(Attempt::Peer(peer)).await?;
    match send(&app, &oidc, query.tenant).await {
        Ok((address, cookie)) => Ok(redirect(
            &address,
            [app.gate().transport.give_away(&cookie, AWAY / 1_000)],
        )),
        Err(error) => Ok(fail(&headers, error.word(), error.into())),
    }
}

/// Why a browser is not sent, or not let in when it is back.
#[derive(Debug)]
enum Failed {
    Oidc(OidcError),
    Problem(Problem),
}

impl Failed {
    const fn word(&self) -> &'static str {
        match self {
            Self::Oidc(error) => error.word(),
            Self::Problem(_) => "unreachable",
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Oidc(error) => error.to_string(),
            Self::Problem(problem) => problem.detail.clone(),
        }
    }
}

impl From<OidcError> for Failed {
    fn from(error: OidcError) -> Self {
        Self::Oidc(error)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<AdmitError> for Failed {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::Refused(error) => Self::Oidc(error),
            AdmitError::Store(error) => Self::Problem(error.into()),
            AdmitError::Ledger(error) => Self::Problem(error.into()),
        }
    }
}

impl From<bartizan_store::StoreError> for Failed {
    fn from(error: bartizan_store::StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Oidc(error) => error.into(),
            Failed::Problem(problem) => problem,
        }
    }
}

/// Browsers are shown a page, and others a problem.
fn fail(headers: &HeaderMap, word: &str, problem: Problem) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("text/html")) {
        return redirect(&format!("/#/sign-in/{word}"), []);
    }
    problem.into_response()
}

async fn send(app: &App, oidc: &Oidc, tenant: Option<String>) -> Result<(String, String), Failed> {
    let departure = Departure::new().map_err(Problem::from)?;
    let address = oidc.send(&departure).await?;
    let (state, now) = (secret::hash(&departure.state), app.now());
    let row = SignInRow {
        browser: secret::hash(&departure.cookie).to_vec(),
        nonce: departure.nonce,
        verifier: departure.verifier,
        tenant: tenant.filter(|tenant| tenant.len() <= 2_000 && !tenant.contains('\0')),
        expires: now.saturating_add(AWAY),
    };
    app.write_all(move |installation| installation.add_sign_in(&state, &row, now))
        .await?;
    Ok((address, departure.cookie))
}

/// What a browser brings back.
#[derive(Default, Deserialize, IntoParams)]
pub(super) struct Back {
    /// What is exchanged for who they are.
    code: Option<String>,
    /// Which sign-in it belongs to.
    state: Option<String>,
    /// Whom it is from (RFC 9207).
    iss: Option<String>,
    /// Why the other server did not let them in.
    error: Option<String>,
    /// The same in words.
    error_description: Option<String>,
}

/// Takes a browser that comes back from the other server. Browsers are sent on to the console, which says what went wrong; who does not ask
/// for a page gets a problem.
#[utoipa::path(get, operation_id = "oidc_callback", path = "/api/v1/oidc/callback", tag = "people", security(()), params(Back),
    responses((status = 303, description = "To the console; signed in where the cookie of a session is set."), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(super) async fn callback(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let oidc = app.oidc().ok_or_else(not_set_up)?;
    app.attempt(Attempt::Peer(peer)).await?;
    let cookie = app.gate().transport.find_away(&headers).map(str::to_owned);
    match receive(&app, &oidc, peer, (back, cookie)).await {
        Ok(cookie) => {
            // Both that they were sent and that they came back.
            app.succeeded(Attempt::Peer(peer)).await?;
            app.succeeded(Attempt::Peer(peer)).await?;
            app.watch().metrics.signed_in("oidc", true);
            let transport = app.gate().transport;
            Ok(redirect(
                "/",
                [
                    transport.give(&cookie, LONGEST / 1_000),
                    transport.give_away("", 0),
                ],
            ))
        }
        Err(error) => {
            app.watch().metrics.signed_in("oidc", false);
            tracing::warn!(target: "bartizan", reason = error.word(), why = %error.text(), "somebody who came back from the sign-in server was not let in");
            Ok(fail(&headers, error.word(), error.into()))
        }
    }
}

async fn receive(
    app: &App,
    oidc: &Arc<Oidc>,
    peer: Peer,
    (back, cookie): (Back, Option<String>),
) -> Result<String, Failed> {
    let words = [&back.code, &back.state, &back.iss, &back.error];
    if words.into_iter().flatten().any(|word| word.len() > LONGEST_WORD) {
        return Err(OidcError::Unasked.into());
    }
    let state = secret::hash(&back.state.ok_or(OidcError::Unasked)?);
    // Used up, whatever comes of it: nobody brings the same back twice.
    let kept = app
        .write_all(move |installation| installation.use_sign_in(&state))
        .await?
        .ok_or(OidcError::Unasked)?;
    let now = app.now();
    let is_sent = cookie.is_some_and(|cookie| secret::is_same(&secret::hash(&cookie), &kept.browser));
    if !is_sent || kept.expires <= now {
        return Err(OidcError::Unasked.into());
    }
    oidc.check_issuer(back.iss).await?;
    if let Some(error) = &back.error {
        return Err(refused(error, back.error_description.as_deref().unwrap_or_default()).into());
    }
    let identity = oidc
        .receive(Return {
            code: back.code.ok_or(OidcError::Unasked)?,
            nonce: kept.nonce,
            verifier: kept.verifier,
            now,
        })
        .await?;
    let fresh = Fresh::through(&oidc.settings().issuer).map_err(Problem::from)?;
    let cookie = fresh.cookie.clone();
    let (oidc, tenant) = (Arc::clone(oidc), kept.tenant);
    app.blocking_as(move |store| {
        store.write_all(|installation| -> Result<(), Failed> {
            let person = admit(installation, &identity, oidc.settings(), now)?;
            let begun = begin(installation, &person, tenant.as_deref(), (&fresh, now, peer))?;
            if begun {
                Ok(())
            } else {
                Err(OidcError::NotAdmitted("you belong to no tenant, or not to this one").into())
            }
        })
    })
    .await?;
    Ok(cookie)
}

fn begin(
    installation: &mut Installation<'_>,
    person: &bartizan_store::people::Person,
    tenant: Option<&str>,
    (fresh, at, peer): (&Fresh, i64, Peer),
) -> Result<bool, Problem> {
    let Some(tenant) = super::access::tenant_of(installation, person, tenant)? else {
        return Ok(false);
    };
    let detail = format!("{}, through another server", peer.from());
    Ok(fresh
        .begin(installation, (person, tenant), (at, &detail))?
        .is_some())
}

fn redirect<const N: usize>(address: &str, cookies: [Option<HeaderValue>; N]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let Ok(address) = HeaderValue::from_str(address) else {
        return Problem::new(
            Kind::Internal,
            "the address of the sign-in server cannot be written",
        )
        .into_response();
    };
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, address);
    for cookie in cookies.into_iter().flatten() {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
