//! Signing in and out, with a password or with a link that lets somebody in once.

use super::shown::time;
use crate::app::App;
use crate::auth::attempts::Attempt;
use crate::auth::audit::{self, Access, OURSELVES};
use crate::auth::session::{Fresh, LONGEST};
use crate::auth::setup::record_everywhere;
use crate::auth::{Peer, Role, SignedIn, check_site, password, secret};
use crate::http::{Brief, Json, Kind, Problem};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bartizan_store::people::Person;
use bartizan_store::{Installation, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Session {
    /// What they sign in as.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// The tenant that everything they ask is about.
    pub tenant: String,
    /// What they may do.
    pub role: Role,
    /// What every request but GET and HEAD sends along in `x-bartizan-csrf`; the same until the session ends.
    pub csrf: String,
    /// Whether they have a password here; those who sign in through another server have none.
    pub has_password: bool,
    /// When the session ends at the latest; RFC 3339. It ends earlier when it is not used for twelve hours.
    pub expires: String,
}

/// What a link is used with.
#[derive(Deserialize, ToSchema)]
pub(super) struct SetUp {
    /// What is in the link.
    secret: String,
    /// The password to sign in with from now on: 12 characters or more.
    #[schema(min_length = 12)]
    password: String,
}

/// What one signs in with.
#[derive(Deserialize, ToSchema)]
pub(super) struct SignIn {
    /// An address of mail, or a name.
    login: String,
    /// Their password.
    password: String,
    /// Where to, for those who belong to several tenants; the first where nothing is said.
    #[serde(default)]
    tenant: Option<String>,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
pub(super) struct ChangePassword {
    /// The one that holds until now.
    current: String,
    /// The one that holds from now on: 12 characters or more.
    #[schema(min_length = 12)]
    new: String,
}

/// Uses a link up: sets the password of whoever it lets in, ends their sessions, and signs them in.
#[utoipa::path(post, operation_id = "access_set_up", path = "/api/v1/setup", tag = "people", security(()), request_body = SetUp,
    responses((status = 200, description = "Signed in; the cookie is set.", body = Session), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn set_up(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Brief(body): Brief<SetUp>,
) -> Result<Response, Problem> {
    check_site(&headers)?;
    app.attempt(Attempt::Peer(peer)).await?;
    password::check(&body.password)?;
    let (link, now) = (secret::hash(&body.secret), app.now());
    // Nobody makes us hash who has no link.
    let person = app
        .read_all(move |installation| installation.link(&link, now))
        .await?;
    person.ok_or_else(spent)?;
    let hash = app.gate().passwords.hash(body.password).await?;
    let fresh = Fresh::new()?;
    let cookie = fresh.cookie.clone();
    let signed_in = app
        .blocking(move |store| {
            store.write_all(|installation| {
                let person = installation.use_link(&link, now)?.ok_or_else(spent)?;
                let person = installation.person(person)?.ok_or_else(spent)?;
                set_password(installation, &person, (&hash, now))?;
                begin(installation, &person, None, (&fresh, now, peer))?.ok_or_else(spent)
            })
        })
        .await?;
    app.succeeded(Attempt::Peer(peer)).await?;
    app.watch().metrics.signed_in("link", true);
    answer(&app, signed_in, &cookie).await
}

fn spent() -> Problem {
    Problem::new(
        Kind::Forbidden,
        "this link lets nobody in: it was used, or is older than a day",
    )
    .help("ask an administrator for a new one, or run `bartizan serve --new-link LOGIN` on the server")
}

/// Keeps a password; whoever is signed in as this person no longer is.
fn set_password(
    installation: &mut Installation<'_>,
    person: &Person,
    (hash, at): (&str, i64),
) -> Result<(), Problem> {
    installation.set_password(person.id, Some(hash))?;
    installation.end_sessions_of(person.id)?;
    installation.end_links_of(person.id)?;
    let access = Access {
        event: "password-set",
        subject: &person.login,
        detail: "their sessions ended",
        by: &person.login,
        at,
    };
    Ok(record_everywhere(installation, person.id, &access)?)
}

/// Begins a session in the tenant of this name, or in the first that they belong to. None where there is none.
fn begin(
    installation: &mut Installation<'_>,
    person: &Person,
    tenant: Option<&str>,
    (fresh, at, peer): (&Fresh, i64, Peer),
) -> Result<Option<SignedIn>, Problem> {
    let Some(tenant) = tenant_of(installation, person, tenant)? else {
        return Ok(None);
    };
    Ok(fresh.begin(installation, (person, tenant), (at, &peer.from()))?)
}

/// The tenant of this name, or the first, of those that they belong to.
pub(super) fn tenant_of(
    installation: &mut Installation<'_>,
    person: &Person,
    name: Option<&str>,
) -> Result<Option<TenantId>, Problem> {
    let mut members = installation.memberships_of(person.id)?.into_iter();
    let Some(name) = name else {
        return Ok(members.next().map(|(tenant, _)| tenant));
    };
    let wanted = installation.tenant(name)?.map(|tenant| tenant.id);
    Ok(members
        .map(|(tenant, _)| tenant)
        .find(|tenant| Some(*tenant) == wanted))
}

/// Signs in. Whether it is the login or the password that is wrong is not said.
#[utoipa::path(post, operation_id = "access_sign_in", path = "/api/v1/session", tag = "people", security(()), request_body = SignIn,
    responses((status = 200, description = "Signed in; the cookie is set.", body = Session), (status = 401, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn sign_in(
    State(app): State<App>,
    peer: Peer,
    headers: HeaderMap,
    Brief(body): Brief<SignIn>,
) -> Result<Response, Problem> {
    check_site(&headers)?;
    let login = body.login.trim().to_lowercase();
    app.attempt(Attempt::Peer(peer)).await?;
    app.attempt(Attempt::Login(&login)).await?;
    let now = app.now();
    let asked = login.clone();
    let person = app
        .read_all(move |installation| installation.person_by_login(&asked))
        .await?;
    let kept = person.as_ref().and_then(|person| person.password.clone());
    let is_right = app.gate().passwords.is_right(kept, body.password).await?;
    let tenant = body.tenant;
    let signed_in = match &person {
        Some(person) if is_right => {
            let (fresh, person, tenant) = (Fresh::new()?, person.id, tenant.clone());
            let cookie = fresh.cookie.clone();
            let begun = app
                .blocking(move |store| {
                    store.write_all(|installation| -> Result<_, Problem> {
                        let Some(person) = installation.person(person)? else {
                            return Ok(None);
                        };
                        begin(installation, &person, tenant.as_deref(), (&fresh, now, peer))
                    })
                })
                .await?;
            begun.map(|signed_in| (signed_in, cookie))
        }
        _ => None,
    };
    app.watch().metrics.signed_in("password", signed_in.is_some());
    let Some((signed_in, cookie)) = signed_in else {
        if let Some(person) = person {
            record_failure(&app, person, tenant, peer);
        }
        return Err(Problem::new(
            Kind::Unauthenticated,
            "the login and the password do not belong together",
        )
        .help("an administrator can make a link with which to set a new password"));
    };
    app.succeeded(Attempt::Peer(peer)).await?;
    app.succeeded(Attempt::Login(&login)).await?;
    answer(&app, signed_in, &cookie).await
}

/// Says in the ledger that somebody tried, after the answer: how long that takes must not tell that there is such a person.
fn record_failure(app: &App, person: Person, tenant: Option<String>, peer: Peer) {
    let (app, now) = (app.clone(), app.now());
    drop(tokio::spawn(async move {
        app.blocking(move |store| {
            store.write_all(|installation| -> Result<(), Problem> {
                let asked = tenant_of(installation, &person, tenant.as_deref())?;
                let Some(tenant) = asked.or(tenant_of(installation, &person, None)?) else {
                    return Ok(());
                };
                let access = Access {
                    event: "sign-in-failed",
                    subject: &person.login,
                    detail: &peer.from(),
                    by: OURSELVES,
                    at: now,
                };
                Ok(audit::record(&mut installation.within(tenant), &access)?)
            })
        })
        .await
    }));
}

/// Who is signed in.
#[utoipa::path(get, operation_id = "access_who", path = "/api/v1/session", tag = "people", security(("session" = [])),
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub(super) async fn who(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Session>, Problem> {
    show(&app, signed_in).await.map(Json)
}

/// Changes one's own password; all sessions of the person end, and a new one begins.
#[utoipa::path(put, operation_id = "access_change_password", path = "/api/v1/session/password", tag = "people", security(("session" = [])), request_body = ChangePassword,
    responses((status = 200, description = "Changed; another cookie is set.", body = Session), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub(super) async fn change_password(
    State(app): State<App>,
    peer: Peer,
    signed_in: SignedIn,
    Brief(body): Brief<ChangePassword>,
) -> Result<Response, Problem> {
    password::check(&body.new)?;
    let (id, tenant) = (signed_in.caller.person, signed_in.caller.tenant);
    let login = signed_in.caller.login;
    app.attempt(Attempt::Login(&login)).await?;
    let person = app
        .read_all(move |installation| installation.person(id))
        .await?
        .ok_or_else(|| Problem::missing("such person"))?;
    let kept = person.password.clone();
    if !app.gate().passwords.is_right(kept, body.current).await? {
        return Err(Problem::new(
            Kind::Forbidden,
            "the current password is another one",
        ));
    }
    app.succeeded(Attempt::Login(&login)).await?;
    let hash = app.gate().passwords.hash(body.new).await?;
    let (fresh, now) = (Fresh::new()?, app.now());
    let cookie = fresh.cookie.clone();
    let signed_in = app
        .blocking(move |store| {
            store.write_all(|installation| {
                set_password(installation, &person, (&hash, now))?;
                fresh
                    .begin(installation, (&person, tenant), (now, &peer.from()))?
                    .ok_or_else(|| Problem::new(Kind::Unauthenticated, "you were shut out"))
            })
        })
        .await?;
    answer(&app, signed_in, &cookie).await
}

pub(super) async fn show(app: &App, signed_in: SignedIn) -> Result<Session, Problem> {
    let tenants = app.read_all(|installation| installation.tenants()).await?;
    let tenant = tenants
        .into_iter()
        .find(|tenant| tenant.id == signed_in.caller.tenant)
        .ok_or_else(|| Problem::missing("such tenant"))?;
    Ok(Session {
        login: signed_in.caller.login,
        name: signed_in.name,
        tenant: tenant.name,
        role: signed_in.caller.role,
        csrf: signed_in.csrf,
        has_password: signed_in.has_password,
        expires: time(signed_in.expires),
    })
}

pub(super) async fn answer(app: &App, signed_in: SignedIn, cookie: &str) -> Result<Response, Problem> {
    let mut response = Json(show(app, signed_in).await?).into_response();
    set_cookie(&mut response, app.gate().transport.give(cookie, LONGEST / 1_000));
    Ok(response)
}

pub(super) fn set_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}
